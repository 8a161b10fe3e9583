"""Records to rows of one width: what is data, what is not, and what cannot be told.

The decisions, in this order; each is counted in the notes and nothing is dropped:

* a blank line (nothing, or nothing but white space in a table of several columns) is not data;
* a record equal to the header, cell by cell, is a header repeated by whoever glued files together: not data;
* records at the end that :func:`crmclean.files.layout.trailing_footers` recognises are a footer: not data;
* a record of one cell that begins with ``#``, in a table of several columns, is a comment: not data;
* a record that is too long is cut if everything beyond the last column is empty, else it is *unaligned*;
* a record that is too short is padded if it holds nothing at all, or if short records are this exporter's habit:
  at least five and a tenth of all, while either no full record ends in an empty cell or at least half of them do
  (exporters that leave out trailing delimiters do it always, spreadsheets do it for whole blocks). Else it is
  *unaligned*: which cell is missing would be a guess.

An unaligned record stays a row, all null, with its raw text kept apart.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.files.fast import read_fast, scan
from crmclean.files.layout import trailing_footers
from crmclean.files.sniff import Dialect
from crmclean.files.tolerant import Record, parse, physical_lines
from crmclean.tables.evidence import TEXT

__all__ = ["Aligned", "align_fast", "align_records", "align_tolerant"]

_TAIL = 40
_SHORT_ROWS, _SHORT_SHARE = 5, 0.1
_ENDS = "\r\n"
_Lines = np.ndarray[Any, np.dtype[np.int64]]


class Aligned(NamedTuple):
    """Rows of one width, and everything that is not one."""

    header: tuple[str, ...]
    columns: list[pa.Array | pa.ChunkedArray]
    line: _Lines
    unaligned: dict[int, str]
    not_data: list[tuple[int, str, str]]
    notes: list[str]


# ---- the tolerant path ----


def align_tolerant(text: str, dialect: Dialect) -> Aligned:
    """Rows of a decoded text, whatever its state."""
    lines = physical_lines(text)
    above = _lines_above(dialect)
    not_data = [(number, *_above(line, number)) for number, line in enumerate(lines[:above], 1)]
    body = lines[above:]
    collecting = gc.isenabled()
    gc.disable()  # millions of lists and no cycles among them: looking for some doubles the time
    try:
        records = list(parse("".join(body) if above else text, dialect.grammar, body))
        return align_records(records, body, dialect.has_header, above, not_data)
    finally:
        if collecting:
            gc.enable()


def _lines_above(dialect: Dialect) -> int:
    return max(0, dialect.header_line - 1) if dialect.has_header else dialect.preamble_lines


def _above(line: str, number: int) -> tuple[str, str]:
    content = line.rstrip(_ENDS)
    if not content.strip():
        return "blank", content
    return ("sep_line" if number == 1 and content.lower().lstrip('"').startswith("sep=") else "preamble"), content


def align_records(
    records: Sequence[Record],
    lines: Sequence[str],
    has_header: bool,
    above: int,
    not_data: list[tuple[int, str, str]],
) -> Aligned:
    """Rows of records that start at the table's first line.

    Parameters
    ----------
    records : sequence of Record
        Header (if any) and everything below it.
    lines : sequence of str
        The physical lines they were made of; a blank one tells a blank line from a quoted empty cell.
    has_header : bool
        Whether the first record is the header.
    above : int
        Physical lines above the first record; added to line numbers.
    not_data : list of (line, what, text)
        What was set aside before; added to.
    """
    stray = sum(record.stray for record in records)
    notes = [f"{stray} records hold a quote that neither opens nor closes a cell"] if stray else []
    header: tuple[str, ...] = ()
    if has_header and records:
        header, records = tuple(records[0].cells), records[1:]
    width = len(header) or _modal_width(records, lines)
    sorter = _Sorter(header, width, lines, above, not_data)
    rows = sorter.rows(records)
    cells, unaligned = sorter.align(rows)
    columns = _columns(cells, width)
    line = np.fromiter((row.line + above for row in rows), np.int64, len(rows))
    return Aligned(header, columns, line, unaligned, sorted(not_data), notes + sorter.notes)


def _modal_width(records: Sequence[Record], lines: Sequence[str]) -> int:
    cells = (record.cells for record in records if len(record.cells) > 1 or lines[record.line - 1].strip())
    counts = np.bincount([len(row) for row in cells] or [1])
    return len(counts) - 1 - int(np.argmax(counts[::-1]))


class _Sorter:
    """Tells rows from the rest and brings them to one width."""

    def __init__(
        self,
        header: tuple[str, ...],
        width: int,
        lines: Sequence[str],
        above: int,
        not_data: list[tuple[int, str, str]],
    ) -> None:
        self.header, self.width, self.lines, self.above, self.not_data = list(header), width, lines, above, not_data
        self.notes: list[str] = []

    def rows(self, records: Sequence[Record]) -> list[Record]:
        """The records that are rows; the rest goes to ``not_data``."""
        several, lines, blank_lines = self.width > 1, self.lines, set()
        kept = []
        for record in records:
            cells = record.cells
            if len(cells) == 1 and self._is_blank(record, several):
                blank_lines.add(record.line)
                self._aside(record, "blank")
            elif cells == self.header:
                self._aside(record, "repeated_header")
            elif several and len(cells) == 1 and cells[0].startswith("#") and lines[record.line - 1].startswith("#"):
                self._aside(record, "comment")
            else:
                kept.append(record)
        tail = kept[-_TAIL:]
        above = [record.line - 1 in blank_lines for record in tail]
        footers = trailing_footers([record.cells for record in tail], self.width, above)
        for record in kept[len(kept) - footers :]:
            self._aside(record, "footer")
        return kept[: len(kept) - footers]

    def _is_blank(self, record: Record, several: bool) -> bool:
        content = self.lines[record.line - 1].rstrip(_ENDS)
        return not content or (several and not content.strip())

    def _raw(self, record: Record) -> str:
        return "".join(self.lines[record.line - 1 : record.line - 1 + record.lines]).rstrip(_ENDS)

    def _aside(self, record: Record, what: str) -> None:
        self.not_data.append((record.line + self.above, what, self._raw(record)))

    def align(self, rows: Sequence[Record]) -> tuple[list[list[str] | None], dict[int, str]]:
        """Cells of each row at the table's width (None where that cannot be), and the raw text of those."""
        width = self.width
        widths = np.fromiter((len(row.cells) for row in rows), np.int64, len(rows))
        cells: list[list[str] | None] = [row.cells for row in rows]
        short = np.flatnonzero(widths < width)
        habit = self._short_habit(rows, widths, short)
        unaligned: dict[int, str] = {}
        cut = padded = 0
        for position in np.flatnonzero(widths != width).tolist():
            found = rows[position].cells
            if len(found) > width and not any(found[width:]):
                cells[position] = found[:width]
                cut += 1
            elif len(found) < width and (habit or not any(found)):
                cells[position] = found + [""] * (width - len(found))
                padded += 1
            else:
                cells[position] = None
                unaligned[position] = self._raw(rows[position])
        if cut:
            self.notes.append(f"{cut} rows were cut: the cells beyond the last column are empty")
        if padded:
            self.notes.append(f"{padded} rows were filled up: their last delimiters are missing")
        if unaligned:
            self.notes.append(f"{len(unaligned)} rows do not have the table's {width} cells")
        return cells, unaligned

    def _short_habit(self, rows: Sequence[Record], widths: _Lines, short: _Lines) -> bool:
        if len(short) < max(_SHORT_ROWS, _SHORT_SHARE * len(rows)):
            return False
        full = np.flatnonzero(widths >= self.width)
        empty = sum(1 for position in full.tolist() if not rows[position].cells[self.width - 1])
        return empty == 0 or empty * 2 >= len(full)


def _columns(cells: Sequence[list[str] | None], width: int) -> list[pa.Array]:
    if not cells:
        return [pa.array([], TEXT) for _ in range(width)]
    nothing: list[str | None] = [None] * width
    return [pa.array(column, TEXT) for column in zip(*(row or nothing for row in cells), strict=True)]


# ---- the fast path ----

_FIRST = 1 << 20  # the header is looked for in this many bytes


def align_fast(utf8: bytes, dialect: Dialect) -> Aligned | None:
    """Rows of UTF-8 bytes through Arrow, or None where that might differ from :func:`align_tolerant`."""
    delimiter = dialect.delimiter or _spare_byte(utf8)
    if dialect.escapechar or not dialect.doublequote or len(delimiter.encode()) != 1:
        return None
    above = _lines_above(dialect)
    offset = _offset_of_line(utf8, above)
    top = physical_lines(utf8[:offset].decode())
    not_data = [(number, *_above(line, number)) for number, line in enumerate(top, 1)]
    first = _first_record(utf8[offset : offset + _FIRST], dialect)
    if first is None:
        return None
    header = tuple(first.cells) if dialect.has_header else ()
    if dialect.has_header:
        offset += _offset_of_line(utf8[offset : offset + _FIRST], first.lines)
        above += first.lines
    data = memoryview(utf8)[offset:]
    found = scan(data, delimiter, dialect.quotechar)
    columns = None if found is None else read_fast(data, len(first.cells), delimiter, dialect.quotechar, found)
    if found is None or columns is None or len(columns[0]) != len(found.record_lines):
        return None
    not_data += [(number, "blank", "") for number in (found.blank_lines + above + 1).tolist()]
    kept = np.arange(len(found.record_lines))
    kept, repeated = _split_repeated(kept, columns, header)
    kept, footers = _split_footers(kept, columns, found.record_lines, set(found.blank_lines.tolist()))
    line = found.record_lines + above + 1
    for what, positions in (("repeated_header", repeated), ("footer", footers)):
        starts = found.starts[positions]
        not_data += [
            (number, what, bytes(data[start:stop]).decode().rstrip(_ENDS))
            for number, start, stop in zip(line[positions], starts, found.ends(positions), strict=True)
        ]
    if len(kept) < len(line):
        columns = [column.take(pa.array(kept)) for column in columns]
    return Aligned(header, list(columns), line[kept], {}, sorted(not_data), [])


def _spare_byte(data: bytes) -> str:
    return next((mark for mark in "\x1f\x1e\x1c\x1d\x01\x02\x03\x04\x05\x06\x07" if mark.encode() not in data), "")


def _offset_of_line(data: bytes, count: int) -> int:
    """Where physical line ``count`` (from 0) starts."""
    offset = 0
    for _ in range(count):
        feed, back = data.find(b"\n", offset), data.find(b"\r", offset, offset + _FIRST)
        if feed < 0 and back < 0:
            return len(data)
        end = feed if back < 0 or 0 <= feed < back else back
        offset = end + (2 if data[end : end + 2] == b"\r\n" else 1)
    return offset


def _first_record(piece: bytes, dialect: Dialect) -> Record | None:
    """The header, or the first row where there is none; None if it is not beyond doubt."""
    if len(piece) == _FIRST:
        piece = piece[: max(piece.rfind(b"\n"), piece.rfind(b"\r"))]
    text = piece.decode()
    lines = physical_lines(text)
    for record in parse(text, dialect.grammar, lines):
        if lines[record.line - 1].strip():
            whole = record.line - 1 + record.lines < len(lines) or len(piece) < _FIRST - 1
            return record if whole and not record.stray else None
        if dialect.has_header:
            return None
    return None


def _split_repeated(kept: _Lines, columns: Sequence[pa.ChunkedArray], header: tuple[str, ...]) -> tuple[_Lines, _Lines]:
    """Positions of rows, and of rows that repeat the header."""
    for cell, column in zip(header, columns, strict=False):
        if not len(kept):
            break
        same = pc.equal(column if len(kept) == len(column) else column.take(pa.array(kept)), cell)
        kept = kept[same.to_numpy()]
    everything = np.arange(len(columns[0]))
    if not header or not len(kept):
        return everything, everything[:0]
    return np.setdiff1d(everything, kept, assume_unique=True), kept


def _split_footers(
    kept: _Lines, columns: Sequence[pa.ChunkedArray], starts: _Lines, blank: set[int]
) -> tuple[_Lines, _Lines]:
    """Positions of rows, and of footers at the end."""
    tail = kept[-_TAIL:]
    cells = list(zip(*(column.take(pa.array(tail)).to_pylist() for column in columns), strict=True))
    above = [int(starts[position]) - 1 in blank for position in tail]
    count = trailing_footers(cells, len(columns), above)
    return kept[: len(kept) - count], kept[len(kept) - count :]
