"""Where the table is in a file: the header row, and the lines above it that are not data.

Everything here looks at records that are already split into cells; nothing knows about bytes or quoting, so that text
files and workbooks share it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Layout", "count_filled", "find_layout", "kinds_of", "unique_names"]

_LOOK = 50  # a header is looked for in this many records from the top
_BODY = 400  # and compared with this many records below it

# what a cell looks like; tested in this order with RE2 over the distinct cells of the sample
_KINDS: tuple[tuple[str, str], ...] = (
    ("empty", r"^\s*$"),
    ("email", r"^\s*[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+\s*$"),
    ("url", r"(?i)^\s*(https?://|www\.)\S+\s*$"),
    ("year", r"^\s*(19|20)\p{Nd}{2}\s*$"),
    ("number", r"^\s*[-+(]?[%‰]?[-+]?[\p{Sc}]?\s?\p{Nd}[\p{Nd}.,'٫٬\x{a0}]*([eE][-+]?\p{Nd}+)?\s?[%‰)\p{Sc}]?\s*$"),
    ("date", r"^\s*\p{Nd}{1,4}([-/.]\p{Nd}{1,2}){1,2}([-/.]\p{Nd}{2,4})?([ T,].*)?$"),
    ("date", r"^\s*\p{Nd}{1,2}:\p{Nd}{2}(:\p{Nd}{2})?\S*\s*$"),
    ("phone", r"^\s*[+(]?[\p{Nd}][\p{Nd}\s().\-/x+]{5,}\s*$"),
)
_DATA_KINDS = frozenset({"email", "url", "number", "date", "phone"})


class Layout(NamedTuple):
    """The table within the records: index of its first record (the header where there is one), and why."""

    first: int
    has_header: bool
    width: int
    confidence: float
    notes: tuple[str, ...]


def kinds_of(cells: Sequence[str]) -> list[str]:
    """What each cell looks like: empty, email, url, year, number, date, phone or text.

    >>> kinds_of(["Name", "a@b.example", "१२३", "2024-01-05", "+91 98765 43210", " "])
    ['text', 'email', 'number', 'date', 'phone', 'empty']
    """
    distinct = list(dict.fromkeys(cells))
    values = pa.array([cell[:200] for cell in distinct], pa.large_string())
    kinds = ["text"] * len(distinct)
    for kind, pattern in reversed(_KINDS):
        for position in np.flatnonzero(pc.match_substring_regex(values, pattern).to_numpy(zero_copy_only=False)):
            kinds[position] = kind
    lookup = dict(zip(distinct, kinds, strict=True))
    return [lookup[cell] for cell in cells]


def unique_names(header: Sequence[str]) -> list[str]:
    """Column names from header cells: blank ones get a number, repeated ones a suffix.

    >>> unique_names(["Company", "", "Company", "Company#2"])
    ['Company', 'column_2', 'Company#2', 'Company#2#2']
    """
    taken: set[str] = set()
    names = []
    for position, cell in enumerate(header, 1):
        base = name = cell if cell.strip() else f"column_{position}"
        count = 1
        while name in taken:
            count += 1
            name = f"{base}#{count}"
        taken.add(name)
        names.append(name)
    return names


def find_layout(
    records: Sequence[Sequence[str]],
    *,
    gaps: Sequence[bool] = (),
    has_header: bool | None = None,
    known: Callable[[str], bool] | None = None,
) -> Layout:
    """Where the table starts among ``records`` (blank lines left out), and whether its first record is a header.

    Parameters
    ----------
    records : sequence of cells
        The first some hundred records that are not blank lines.
    gaps : sequence of bool, optional
        Whether a blank line stands directly above each record.
    has_header : bool, optional
        What the caller knows; decided here otherwise. In doubt there is one: exports have headers.
    known : callable, optional
        Tells whether a cell is a header word the caller knows.
    """
    if not records:
        return Layout(0, bool(has_header), 0, 0.0, ("no records",))
    width = _usual_width(records)
    first = _wider_block(records, gaps, known) or _skip_preamble(records, width, known)
    notes = [f"{first} records above the table"] if first else []
    if has_header is not None:
        return Layout(first, has_header, len(records[first]) if has_header else width, 1.0, tuple(notes))
    score, reason = _header_score(records[first], records[first + 1 : first + 1 + _BODY], known)
    notes.append(reason)
    headed = score >= 0
    confidence = min(0.99, 0.6 + 0.05 * abs(score))
    return Layout(first, headed, len(records[first]) if headed else width, confidence, tuple(notes))


def _usual_width(records: Sequence[Sequence[str]]) -> int:
    """The most frequent number of cells, of equals the larger; lines that were not split are titles and footers."""
    counts = Counter(len(cells) for cells in records if len(cells) > 1) or Counter({1: 1})
    return max(counts, key=lambda width: (counts[width], width))


def count_filled(cells: Sequence[str]) -> int:
    """How many cells hold more than white space."""
    return sum(1 for cell in cells if cell.strip())


def _wider_block(records: Sequence[Sequence[str]], gaps: Sequence[bool], known: Callable[[str], bool] | None) -> int:
    """Index of a header-like record that begins a block of wider records below a narrow one; 0 if there is none.

    It takes a blank line (or a row of empty cells) between the two, or a difference of two cells at least: a title
    block whose lines happen to hold delimiters is narrower than the table and set apart from it.
    """
    widths = [len(cells) for cells in records[: _BODY + _LOOK]]
    for index in range(1, min(21, len(records) - 1)):
        width, above = widths[index], max(widths[:index])
        apart = (index < len(gaps) and gaps[index]) or not count_filled(records[index - 1])
        if width < 3 or above >= width or not (apart or above <= width - 2):
            continue
        below = widths[index:]
        if sum(1 for cells in below if cells == width) < 0.8 * len(below):
            continue
        if _looks_like_header(records[index], (width + 1) // 2):
            heads = max(_known(row, known) for row in records[:index])
            return 0 if heads > _known(records[index], known) else index
    return 0


def _known(cells: Sequence[str], known: Callable[[str], bool] | None) -> int:
    return sum(1 for cell in cells if known(cell)) if known else 0


def _skip_preamble(records: Sequence[Sequence[str]], width: int, known: Callable[[str], bool] | None) -> int:
    """Index of the first record that looks like part of the table."""
    last = max((index for index, cells in enumerate(records) if len(cells) > 1), default=len(records) - 1)
    body = [count_filled(cells) for cells in records[1 : min(_BODY + _LOOK, last + 1)]]
    typical = float(np.median(body)) if body else 0.0
    for index, cells in enumerate(records[:_LOOK]):
        later = records[index + 1 : min(index + 21, last + 1)]
        if not later or not (_is_preamble(cells, later, width, typical) or _is_group_row(cells, later[0], known)):
            return index
    return 0


def _is_preamble(cells: Sequence[str], later: Sequence[Sequence[str]], width: int, typical: float) -> bool:
    filled = count_filled(cells)
    wider = sum(1 for row in later if len(row) > len(cells))
    if width >= 2 and len(cells) == 1 and wider * 2 >= len(later):
        return True
    if filled == 0 and len(cells) >= 1:
        return any(count_filled(row) for row in later)
    if len(cells) < width and filled < 0.5 * typical and wider * 2 >= len(later):
        return True
    fuller = max(map(count_filled, later))
    if width >= 3 and filled <= max(1, min(typical, width) // 4) and typical >= 2 and fuller > filled:
        return True
    names = {cell for cell in cells if cell.strip()}
    if filled >= 3 and 2 * len(names) <= filled:
        return any(_looks_like_header(row, filled) for row in later[:5])
    return False


def _is_group_row(cells: Sequence[str], below: Sequence[str], known: Callable[[str], bool] | None) -> bool:
    """Words over several columns each (cells that were merged), and the names of all columns below them."""
    filled = count_filled(cells)
    if len(cells) != len(below) or filled == len(cells) or not _looks_like_header(below, max(3, filled + 1)):
        return False
    names = _known(below, known)
    return 2 * names >= count_filled(below) and names > _known(cells, known)


def _looks_like_header(cells: Sequence[str], at_least: int) -> bool:
    names = [cell for cell in cells if cell.strip()]
    return (
        len(names) >= at_least
        and len(set(names)) == len(names)
        and not any(kind in _DATA_KINDS for kind in kinds_of(names))
    )


def _header_score(
    head: Sequence[str], body: Sequence[Sequence[str]], known: Callable[[str], bool] | None
) -> tuple[float, str]:
    """At least 0 where ``head`` is a header; how far from 0 tells how sure. And the reason in words."""
    score, reasons = 0.0, []
    rows = [row for row in body if list(row) != list(head)]
    distinct = list(dict.fromkeys(cell for row in (head, *rows) for cell in row))
    kinds = dict(zip(distinct, kinds_of(distinct), strict=True))
    head_kinds = [kinds[cell] for cell in head]
    for position, (cell, kind) in enumerate(zip(head, head_kinds, strict=True)):
        if kind == "empty":
            continue
        if known is not None and known(cell):
            score += 3.0
            reasons.append(f"{cell.strip()!r} is a known column name")
            continue
        below = [row[position] for row in rows if position < len(row) and row[position].strip()]
        change, reason = _cell_score(cell, kind, below, Counter(kinds[other] for other in below))
        score += change
        if reason:
            reasons.append(reason)
    names = [cell.strip() for cell in head if cell.strip()]
    if not names:
        return -1.0, "the first record is empty"
    if "text" not in head_kinds and score < 3.0:
        return min(score, -2.0), "the first record holds no words"
    return score, reasons[0] if reasons else "nothing speaks against a header"


def _cell_score(cell: str, kind: str, below: list[str], kinds: Counter[str]) -> tuple[float, str]:
    """What one cell of the first record says for (+) or against (-) its being a header."""
    shown = cell.strip()[:40]
    if kind in ("email", "url", "date", "phone"):
        return -3.0, f"{shown!r} is a value, not a column name"
    numbers = (kinds["number"] + kinds["year"]) / max(1, len(below))
    values = sum(kinds[name] for name in (*_DATA_KINDS, "year")) / max(1, len(below))
    if kind == "number":
        if not below or numbers >= 0.8:
            return -2.0, f"{shown!r} is a number like those below it"
        return 0.5, ""
    if kind == "year":
        return (-2.0, f"{shown!r} is a number like those below it") if kinds["year"] >= 0.8 * len(below) else (0.0, "")
    if below and values >= 0.8:
        return 2.0, f"{shown!r} stands above values of another kind"
    if len(below) >= 5 and below.count(cell) >= 2:
        return -1.5, f"{shown!r} also occurs below"
    return 0.1, ""
