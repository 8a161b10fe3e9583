"""Records to rows of one width: what is data, what is not, and what cannot be told.

The decisions, in this order; each is counted in the notes and nothing is dropped:

* a blank line (nothing, or in a table of several columns nothing but white space, NUL or the end mark of DOS) is not
  data;
* a record equal to the header, cell by cell, is a header repeated by whoever glued files together: not data;
* records at the end that :func:`crmclean.files.footers.trailing_footers` recognises are a footer, and so is a row of
  totals if it says so and its numbers add up: not data;
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
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from crmclean.files.footers import is_total, trailing_footers
from crmclean.files.sniff import Dialect
from crmclean.files.tolerant import Record, parse, physical_lines
from crmclean.tables.evidence import TEXT

__all__ = [
    "EDGES",
    "LOOSE",
    "TAIL",
    "Aligned",
    "Fitted",
    "above_kind",
    "align_records",
    "align_tolerant",
    "as_columns",
    "fit",
    "fold_heading",
    "is_habit",
    "kind_aside",
    "lines_above",
    "stray_notes",
]

TAIL = 40  # records from the end among which footers are looked for
_SHORT_ROWS, _SHORT_SHARE = 5, 0.1
_ENDS = "\r\n"
_NOTHING = " \t\x0b\x0c\x1a\0"  # DOS ends a text with ^Z; an interrupted copy is filled up with NUL
EDGES = " \t\ufeff"  # files glued together bring their byte order marks along
LOOSE = 3  # from this many columns on a repeated header may differ in case and in the spaces around its words
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}  # as Arrow's ascii_lower
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
    above = lines_above(dialect)
    not_data = [(number, *above_kind(line, number)) for number, line in enumerate(lines[:above], 1)]
    body = lines[above:]
    collecting = gc.isenabled()
    gc.disable()  # millions of lists and no cycles among them: looking for some doubles the time
    try:
        records = list(parse("".join(body) if above else text, dialect.grammar, body))
        return align_records(records, body, dialect.has_header, above, not_data)
    finally:
        if collecting:
            gc.enable()


def lines_above(dialect: Dialect) -> int:
    """Physical lines above the table's first record."""
    return max(0, dialect.header_line - 1) if dialect.has_header else dialect.preamble_lines


def above_kind(line: str, number: int) -> tuple[str, str]:
    """What a line above the table is, and its text."""
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
    notes = stray_notes(records)
    header: tuple[str, ...] = ()
    if has_header and records:
        header, records = tuple(records[0].cells), records[1:]
    width = len(header) or _modal_width(records, lines)

    def aside(record: Record, what: str) -> tuple[int, str, str]:
        return record.line + above, what, _raw(record, lines)

    rows, others = _told_apart(records, lines, header, width)
    blank = {record.line for record, what in others if what == "blank"}
    end = len(rows) - _footer_count(rows, width, blank)
    not_data += [aside(record, what) for record, what in others]
    not_data += [aside(record, "footer") for record in rows[end:]]
    rows = rows[:end]
    short = sum(1 for row in rows if len(row.cells) < width)
    full_but_empty = sum(1 for row in rows if len(row.cells) >= width and not row.cells[width - 1])
    fitted = fit(rows, width, is_habit(short, len(rows), len(rows) - short, full_but_empty))
    unaligned = {n: _raw(rows[n], lines) for n, cells in enumerate(fitted.cells) if cells is None}
    line = np.fromiter((row.line + above for row in rows), np.int64, len(rows))
    columns = as_columns(fitted.cells, width)
    return Aligned(header, columns, line, unaligned, sorted(not_data), notes + fitted.notes(width))


def _raw(record: Record, lines: Sequence[str]) -> str:
    """The physical lines of a record, as they were."""
    return "".join(lines[record.line - 1 : record.line - 1 + record.lines]).rstrip(_ENDS)


def _told_apart(
    records: Sequence[Record], lines: Sequence[str], header: Sequence[str], width: int
) -> tuple[list[Record], list[tuple[Record, str]]]:
    """The records that are data, and the others with what they are."""
    rows: list[Record] = []
    others: list[tuple[Record, str]] = []
    first = fold_heading(header[0], width) if header else None
    for record in records:
        what = ""
        if len(record.cells) == 1 or fold_heading(record.cells[0], width) == first:
            what = kind_aside(record.cells, lines[record.line - 1], header, width)
        if what:
            others.append((record, what))
        else:
            rows.append(record)
    return rows, others


def _footer_count(rows: Sequence[Record], width: int, blank: Collection[int]) -> int:
    """How many of the last rows are footers; ``blank`` are the lines that are blank."""
    tail = rows[-TAIL:]
    footers = trailing_footers([row.cells for row in tail], width, [row.line - 1 in blank for row in tail])
    last = len(rows) - footers - 1
    if last >= 0 and is_total(rows[last].cells, width, lambda at: (row.cells[at : at + 1] for row in rows[:last])):
        footers += 1
    return footers


def stray_notes(records: Iterable[Record]) -> list[str]:
    """A note on broken quoting, if there is any."""
    stray = sum(record.stray for record in records)
    what = "a quote that neither opens nor closes a cell"
    return [f"1 record holds {what}" if stray == 1 else f"{stray} records hold {what}"] if stray else []


def _modal_width(records: Sequence[Record], lines: Sequence[str]) -> int:
    cells = (record.cells for record in records if len(record.cells) > 1 or lines[record.line - 1].strip())
    counts = np.bincount([len(row) for row in cells] or [1])
    return len(counts) - 1 - int(np.argmax(counts[::-1]))


def kind_aside(cells: Sequence[str], raw: str, header: Sequence[str], width: int) -> str:
    """Which kind of "not data" a record is by itself: blank, repeated_header, comment; "" for a row."""
    if len(cells) == 1:
        content = raw.rstrip(_ENDS)
        if not content or (width > 1 and not content.strip().strip(_NOTHING)):
            return "blank"
        if width > 1 and content.startswith("#") and cells[0].startswith("#"):
            return "comment"
    if len(cells) != len(header) or not header:
        return ""
    same = all(fold_heading(cell, width) == fold_heading(name, width) for cell, name in zip(cells, header, strict=True))
    return "repeated_header" if same else ""


def fold_heading(cell: str, width: int) -> str:
    """A header cell as it is compared with its repetition: case and spaces count only in a narrow table."""
    if width < LOOSE:
        return cell.lstrip("\ufeff")
    return cell.strip(EDGES).translate(_LOWER)


def is_habit(short: int, rows: int, full: int, full_but_empty: int) -> bool:
    """Are rows that lack their last cells this exporter's way of writing empty ones?

    ``full_but_empty`` counts the rows of (at least) the table's width whose last cell is empty, out of ``full``.
    """
    if short < max(_SHORT_ROWS, _SHORT_SHARE * rows):
        return False
    return full_but_empty == 0 or full_but_empty * 2 >= full


class Fitted(NamedTuple):
    """Records brought to the table's width: cells, or None where that would be a guess; and how many by what."""

    cells: list[list[str] | None]
    cut: int
    padded: int
    unaligned: int

    def notes(self, width: int) -> list[str]:
        """In words."""
        said = (
            (self.cut, "row was", "rows were", "cut: the cells beyond the last column are empty"),
            (self.padded, "row was", "rows were", "filled up: their last delimiters are missing"),
            (self.unaligned, "row does", "rows do", f"not have the table's {width} cells"),
        )
        return [f"{count} {one if count == 1 else many} {what}" for count, one, many, what in said if count]


def fit(records: Sequence[Record], width: int, habit: bool) -> Fitted:
    """Records that are rows, cut, filled up or given up as the module's text says."""
    fitted: list[list[str] | None] = []
    cut = padded = unaligned = 0
    for record in records:
        cells = record.cells
        if len(cells) == width:
            fitted.append(cells)
        elif len(cells) > width and not any(cells[width:]):
            fitted.append(cells[:width])
            cut += 1
        elif len(cells) < width and (habit or not any(cells)):
            fitted.append(cells + [""] * (width - len(cells)))
            padded += 1
        else:
            fitted.append(None)
            unaligned += 1
    return Fitted(fitted, cut, padded, unaligned)


def as_columns(cells: Sequence[list[str] | None], width: int) -> list[pa.Array]:
    """Rows of cells as columns; None becomes a row of nulls."""
    if not cells:
        return [pa.array([], TEXT) for _ in range(width)]
    nothing: list[str | None] = [None] * width
    return [pa.array(column, TEXT) for column in zip(*(row or nothing for row in cells), strict=True)]
