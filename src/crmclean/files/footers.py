"""What stands below a table and is not data: notices, remarks, record counts, rows of totals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.files.layout import count_filled, kinds_of

__all__ = ["is_closing_phrase", "is_total", "trailing_footers"]

_TAIL = 30  # a footer is looked for in this many records from the bottom

_CLOSING = (
    r"(?i)^\W*("
    + "|".join(
        (
            r"grand\s+totals?\b",
            r"totals?\s*:?\s*\(?\p{Nd}",
            r"total\s+(records|rows|count)",
            r"\p{Nd}+\s+(records|rows)\s*(total|affected|selected|returned)?\W*$",
            r"\(\p{Nd}+\s+rows?",
            r"confidential information\b",
            r"do not distribute",
            r"copyright\s*(\(c\)|©|\p{Nd})",
            r"(©|\(c\))\s*(\p{Nd}{4}|\p{L})",
            r".*all rights reserved",
            r"(report\s+)?(generated|exported|downloaded|created|run)\s+(by|on|at)\b",
            r"end of (report|file|export)",
            r"page \p{Nd}+ (of|/)",
            r"filtered by",
            r"gesamtsumme|gesamtergebnis|vertrauliche information",
            r"totaux? (g[ée]n[ée]ra|globa)|informations? confidentielle",
            r"totale? generale?s?\b|informaci[óo]n confidencial",
            r"eindtotaal|algemeen totaal|общий итог|итого",
            r"कुल योग|إجمالي|المجموع|جمع کل|総計|总计|總計",
        )
    )
    + ")"
)

# what a row of totals says in its one cell of words; it is believed only if its numbers add up
_TOTAL = re.compile(
    r"\W*(sub|grand)?\s*("
    r"totals?|sums?|summe|gesamt|gesamtsumme|insgesamt|total général|totaal|somme|suma|soma|totale|totali|totales"
    r"|totais"
    r"|итого|всего|合计|合計|总计|कुल|योग|మొత్తం|மொத்தம்|মোট|جمع|جمع کل|المجموع|الإجمالي"
    r")\W*",
    re.IGNORECASE,
)


def is_closing_phrase(cell: str) -> bool:
    """Is this what exporters print below a table ("Grand Totals (12 records)", "Copyright (c) ...")?"""
    return bool(pc.match_substring_regex(pa.scalar(cell[:500], pa.large_string()), _CLOSING).as_py())


def trailing_footers(records: Sequence[Sequence[str]], width: int, blank_before: Sequence[bool]) -> int:
    """How many records at the end are not data: totals, notices, remarks below the table.

    Parameters
    ----------
    records : sequence of cells
        The last records of the file (blank lines left out).
    width : int
        Cells of a record of the table.
    blank_before : sequence of bool
        Whether a blank line stands directly above each record.

    A record with the table's width goes only where its own words say so ("Grand Totals (12 records)") or it is empty
    and belongs to such a block. A shorter one of a cell or two goes where its words say so, where it belongs to a
    block in which another's do, or where a blank line sets its block apart from the table.
    """
    start = len(records)
    while start > 0 and len(records) - start < _TAIL and _footer_shaped(records[start - 1], width):
        start -= 1
    block = list(range(start, len(records)))
    spoken = {index: _speaks(records[index]) for index in block}
    apart = next((index for index in block if blank_before[index]), len(records))
    if width == 1:  # in a list of one column only a block set apart by a blank line can be told from data
        block = [index for index in block if index >= apart]
    count = 0
    for index in reversed(block):
        cells = records[index]
        if len(cells) == width:
            footer = spoken[index] or (count_filled(cells) == 0 and any(spoken.values()))
        else:
            footer = any(spoken.values()) or (index >= apart and width >= 2)
        if not footer:
            break
        count += 1
    return count


def _footer_shaped(cells: Sequence[str], width: int) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    if len(cells) == width:
        if not filled:
            return True
        return (
            len(filled) <= max(2, width // 2)
            and is_closing_phrase(filled[0])
            and set(kinds_of(filled[1:])) <= {"number"}
        )
    return len(cells) < width and len(filled) <= 2


def _speaks(cells: Sequence[str]) -> bool:
    return any(is_closing_phrase(cell) for cell in cells if cell.strip())


# ---- totals


def is_total(cells: Sequence[str], width: int, column: Callable[[int], Iterable[Sequence[str]]]) -> bool:
    """Whether the last row of a table is no record but the sum of those above it.

    Parameters
    ----------
    cells : sequence of str
        The row.
    width : int
        Cells of a record of the table.
    column : callable
        Gives the cells above the row in the column of an index, each as a sequence of one cell or none.

    It must say "Total" and nothing else but numbers, one of which is the sum of its column or, below words, the number
    of rows: a company may well be called Total.
    """
    filled = [(at, cell) for at, cell in enumerate(cells) if cell.strip()]
    if len(cells) != width or len(filled) < 2:
        return False
    words = [cell for _, cell in filled if not _numbers(cell)]
    if len(words) != 1 or not _TOTAL.fullmatch(words[0]):
        return False
    numbers = [(at, cell) for at, cell in filled if cell != words[0]]
    return any(_adds_up(cell, [above for row in column(at) for above in row]) for at, cell in numbers)


def _adds_up(total: str, above: Sequence[str]) -> bool:
    if len(above) < 2:
        return False
    known = [_numbers(cell) for cell in above if cell.strip()]
    if not any(known):
        return _numbers(total) == {float(len(above))}
    if len(known) < 2 or not all(known):
        return False
    for pick in (min, max):  # "1.234" is a bit more than one, or a thousand; all cells of a column are written alike
        sum_ = sum(pick(readings) for readings in known)
        if abs(sum_ - pick(_numbers(total))) <= 0.005 * max(1.0, len(known) ** 0.5):
            return True
    return False


def _numbers(cell: str) -> set[float]:
    """What a cell may mean as a number: with a point or with a comma before the decimals; nothing for other text."""
    bare = re.sub(r"[\s\u00a0€$£¥₹%'’]", "", cell)
    if not re.fullmatch(r"-?\d[\d.,]*", bare):
        return set()
    found = set()
    for thousands, point in ((",", "."), (".", ",")):
        digits = bare.replace(thousands, "").replace(point, ".")
        if digits.count(".") <= 1 and bare.rfind(thousands) <= (bare.rfind(point) if point in bare else len(bare)):
            found.add(float(digits))
    return found
