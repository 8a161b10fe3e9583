"""The fast path whole: Arrow reads the records that have the table's width, the tolerant rules judge the few others.

One odd row, a footer or a title line must not cost a file of millions its fast reader. So records are found by array
operations; where all have the same width Arrow reads the bytes as they are; else the odd ones are taken out, read and
judged by the tolerant path's own functions, and put back in their places. The result is the tolerant path's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.files.align import (
    EDGES,
    LOOSE,
    TAIL,
    Aligned,
    Fitted,
    above_kind,
    as_columns,
    fit,
    fold_heading,
    is_habit,
    kind_aside,
    lines_above,
    stray_notes,
)
from crmclean.files.fast import Scan, cell_counts, read_fast, scan
from crmclean.files.footers import is_total, trailing_footers
from crmclean.files.linewise import scan_lines
from crmclean.files.sniff import Dialect
from crmclean.files.split import split_records
from crmclean.files.tolerant import Grammar, Record, parse, physical_lines

__all__ = ["align_fast"]

_FIRST = 1 << 20  # the header is looked for in this many bytes
_ODD_SHARE, _ODD_MOST = 0.2, 200_000  # with more odd records than that the tolerant path is as fast
_ENDS = "\r\n"
_Positions = np.ndarray[Any, np.dtype[np.int64]]


class _Body(NamedTuple):
    """Everything below the header: bytes, where its records are, and how cells are told apart."""

    data: memoryview
    found: Scan
    grammar: Grammar  # with a delimiter that occurs nowhere for a file of one column
    above: int  # physical lines above

    def raw(self, position: int) -> str:
        """The text of a record, and of blank lines that follow it."""
        start, stop = int(self.found.starts[position]), int(self.found.ends(np.array([position]))[0])
        return bytes(self.data[start:stop]).decode()

    def record(self, position: int) -> Record:
        """A record, split; its line counts from 0 below the header."""
        cells, _, _, stray = next(parse(self.raw(position), self.grammar))
        return Record(cells, int(self.found.record_lines[position]), 1, stray)


def align_fast(utf8: bytes, dialect: Dialect) -> Aligned | None:
    """Rows of UTF-8 bytes, equal to :func:`crmclean.files.align.align_tolerant`'s; None where that cannot be shown."""
    delimiter = dialect.delimiter or _spare_byte(utf8)
    if dialect.escapechar or not dialect.doublequote or len(delimiter.encode()) != 1:
        return None
    above = lines_above(dialect)
    offset = _offset_of_line(utf8, above)
    top = physical_lines(utf8[:offset].decode())
    not_data = [(number, *above_kind(line, number)) for number, line in enumerate(top, 1)]
    header: tuple[str, ...] = ()
    if dialect.has_header:
        piece = utf8[offset : offset + _FIRST]
        first = _header_record(piece, dialect)
        if first is None:
            return None
        header = tuple(first.cells)
        offset += _offset_of_line(piece, first.lines)
        above += first.lines
    data = memoryview(utf8)[offset:]
    grammar = dialect.grammar._replace(delimiter=delimiter)
    split = split_records(data, len(header), delimiter, dialect.quotechar) if header else None
    found = split[1] if split else scan(data, delimiter, dialect.quotechar) or scan_lines(data, grammar)
    if found is None:
        return None
    body = _Body(data, found, grammar, above)
    not_data += [(number, "blank", "") for number in (found.blank_lines + above + 1).tolist()]
    if split:
        everything: _Positions = np.arange(len(found.starts))
        return _put_together(body, header, split[0], everything, everything[:0], not_data)
    return _read_body(body, header, not_data)


def _spare_byte(data: bytes) -> str:
    return next((mark for mark in "\x1f\x1e\x1c\x1d\x01\x02\x03\x04\x05\x06\x07" if mark.encode() not in data), "")


def _offset_of_line(data: bytes, count: int) -> int:
    """Where physical line ``count`` (from 0) starts."""
    offset = 0
    for _ in range(count):
        feed = data.find(b"\n", offset)
        back = data.find(b"\r", offset, feed if feed >= 0 else len(data))
        if feed < 0 and back < 0:
            return len(data)
        end = back if back >= 0 else feed
        offset = end + (2 if data[end : end + 2] == b"\r\n" else 1)
    return offset


def _header_record(piece: bytes, dialect: Dialect) -> Record | None:
    """The record at the start of ``piece``; None if it is not beyond doubt."""
    cut = len(piece) == _FIRST
    if cut:
        piece = piece[: max(piece.rfind(b"\n"), piece.rfind(b"\r"))]
    text = piece.decode(errors="ignore" if cut else "strict")
    lines = physical_lines(text)
    first = next(parse(text, dialect.grammar, lines), None)
    if first is None or first.stray or not lines[0].strip() or (cut and first.lines >= len(lines)):
        return None
    return first


def _read_body(body: _Body, header: tuple[str, ...], not_data: list[tuple[int, str, str]]) -> Aligned | None:
    found, (delimiter, quotechar, *_) = body.found, body.grammar
    count = len(found.starts)
    everything: _Positions = np.arange(count)
    if header and not len(found.doubtful):
        columns = read_fast(body.data, len(header), delimiter, quotechar, found)
        if columns is not None and len(columns[0]) == count:
            return _put_together(body, header, columns, everything, everything[:0], not_data)
    counts = cell_counts(body.data, delimiter, quotechar, found)
    for position in found.doubtful.tolist():
        counts[position] = len(body.record(position).cells)
    width = len(header) or _modal_width(body, counts)
    odd = np.union1d(np.flatnonzero(counts != width), found.doubtful)
    if len(odd) > min(_ODD_MOST, max(1000, _ODD_SHARE * count)):
        return None
    good = np.setdiff1d(everything, odd, assume_unique=True)
    data = _without(body, odd) if len(odd) else body.data
    columns = read_fast(data, width, delimiter, quotechar, found)
    if columns is None or len(columns[0]) != len(good):
        return None
    return _put_together(body, header, columns, good, odd, not_data)


def _modal_width(body: _Body, counts: _Positions) -> int:
    """The usual number of cells, of equals the larger; lines of white space do not count."""
    single = [position for position in np.flatnonzero(counts == 1).tolist() if not body.raw(position).strip()]
    frequency = np.bincount(np.delete(counts, single), minlength=2)
    return max(1, len(frequency) - 1 - int(np.argmax(frequency[::-1])))


def _without(body: _Body, odd: _Positions) -> bytes:
    """The bytes of all records but the odd ones."""
    starts, ends = body.found.starts[odd].tolist(), body.found.ends(odd).tolist()
    edges = zip([0, *ends], [*starts, len(body.data)], strict=True)
    return b"".join(body.data[low:high] for low, high in edges)


def _put_together(
    body: _Body,
    header: tuple[str, ...],
    columns: Sequence[pa.ChunkedArray],
    good: _Positions,
    odd: _Positions,
    not_data: list[tuple[int, str, str]],
) -> Aligned:
    """Rows from the columns of the good records and from the odd records, in file order."""
    width, lines = len(columns), body.found.record_lines
    repeated = good[_equal_rows(columns, header)]
    records = {position: body.record(position) for position in odd.tolist()}
    aside = dict.fromkeys(repeated.tolist(), "repeated_header")
    for position, record in records.items():
        what = kind_aside(record.cells, body.raw(position) if len(record.cells) == 1 else "x", header, width)
        if what:
            aside[position] = what
    kept = np.delete(np.arange(len(lines)), sorted(aside))
    blank = {*body.found.blank_lines.tolist(), *(int(lines[p]) for p, what in aside.items() if what == "blank")}
    tail = kept[-TAIL:].tolist()
    place = dict(zip(tail, np.searchsorted(good, tail).tolist(), strict=True))
    cells = [records[p].cells if p in records else [column[place[p]].as_py() for column in columns] for p in tail]
    footers = trailing_footers(cells, width, [int(lines[position]) - 1 in blank for position in tail])
    if footers < len(tail) and is_total(
        cells[-footers - 1], width, lambda at: _column(columns, good, records, kept[: len(kept) - footers - 1], at)
    ):
        footers += 1
    aside.update(dict.fromkeys(kept[len(kept) - footers :].tolist(), "footer"))
    kept = kept[: len(kept) - footers]
    line = lines + body.above + 1
    not_data += [(int(line[p]), what, body.raw(p).rstrip(_ENDS)) for p, what in aside.items()]
    rows = [position for position in records if position not in aside]
    fitted = _fit(columns, good, kept, [records[position] for position in rows], width)
    merged = _merge(columns, good, np.array(rows, np.int64), fitted, kept)
    failed = [rows[number] for number, found in enumerate(fitted.cells) if found is None]
    where = np.searchsorted(kept, failed).tolist()
    unaligned = {row: body.raw(position).rstrip(_ENDS) for row, position in zip(where, failed, strict=True)}
    notes = stray_notes(records.values()) + fitted.notes(width)
    return Aligned(header, merged, line[kept], unaligned, sorted(not_data), notes)


def _column(
    columns: Sequence[pa.ChunkedArray], good: _Positions, records: dict[int, Record], kept: _Positions, at: int
) -> list[list[str]]:
    """The cells of one column in the kept records, each as a list of one or none."""
    places = np.flatnonzero(np.isin(good, kept))
    cells = [[cell] for cell in columns[at].take(pa.array(places)).to_pylist()]
    chosen = set(kept.tolist())
    return cells + [record.cells[at : at + 1] for position, record in records.items() if position in chosen]


def _equal_rows(columns: Sequence[pa.ChunkedArray], header: tuple[str, ...]) -> _Positions:
    """Places of the rows that repeat the header."""
    width = len(columns)
    places = np.arange(len(columns[0]) if header else 0)
    for cell, column in zip(header, columns, strict=False):
        if not len(places):
            break
        heading = fold_heading(cell, width)
        # folding makes no cell longer, and to look at lengths costs next to nothing
        lengths = pc.binary_length(column).to_numpy()[places]
        places = places[lengths >= len(heading.encode())]
        values = column if len(places) == len(column) else column.take(pa.array(places))
        folded = pc.ascii_lower(pc.utf8_trim(values, EDGES)) if width >= LOOSE else pc.utf8_ltrim(values, "\ufeff")
        places = places[pc.equal(folded, heading).to_numpy()]
    return places


def _fit(
    columns: Sequence[pa.ChunkedArray], good: _Positions, kept: _Positions, records: Sequence[Record], width: int
) -> Fitted:
    short = sum(1 for record in records if len(record.cells) < width)
    habit = False
    if short:
        full = np.isin(good, kept)
        empty = int(np.sum(pc.equal(columns[-1], "").to_numpy() & full))
        empty += sum(1 for record in records if len(record.cells) >= width and not record.cells[width - 1])
        habit = is_habit(short, len(kept), len(kept) - short, empty)
    return fit(records, width, habit)


def _merge(
    columns: Sequence[pa.ChunkedArray], good: _Positions, rows: _Positions, fitted: Fitted, kept: _Positions
) -> list[pa.ChunkedArray]:
    """The columns of the kept records, good and odd, in file order."""
    if len(kept) == len(good) and not len(rows):
        return list(columns)
    order = np.full(int(max(good.max(initial=-1), rows.max(initial=-1))) + 1, -1, np.int64)
    order[good] = np.arange(len(good))
    order[rows] = len(good) + np.arange(len(rows))
    take = pa.array(order[kept])
    odd_columns = as_columns(fitted.cells, len(columns))
    return [
        pa.chunked_array([*column.chunks, extra], column.type).combine_chunks().take(take)
        for column, extra in zip(columns, odd_columns, strict=True)
    ]
