"""What the dates of a whole column say about their order and calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crmclean.normalisers._calendars import FIRST_JALALI, LAST_JALALI
from crmclean.normalisers._date_bytes import groups_by_shape, number
from crmclean.normalisers._date_layouts import Layout, layout_of
from crmclean.normalisers.dates import prepare
from crmclean.tables.batch import as_text

__all__ = ["DateEvidence", "date_evidence"]


@dataclass(frozen=True)
class DateEvidence:
    """Counts of distinct values.

    Attributes
    ----------
    filled : int
        Values that are not blank.
    dated : int
        Values that have the shape of a date.
    slots : int
        Dates of three numbers with the year behind (``3/4/2025``): those whose order matters.
    day_first, month_first, year_first : int
        Those of them that can only be read one way: a first or second number above 12, or a first number above 31.
    dotted : int
        Those written with dots, which nobody does month first.
    whole_year_first : int
        Dates that begin with a year of four digits.
    jalali, gregorian : int
        Years of four digits between 1300 and 1450, and from 1900 on.
    """

    filled: int = 0
    dated: int = 0
    slots: int = 0
    day_first: int = 0
    month_first: int = 0
    year_first: int = 0
    dotted: int = 0
    whole_year_first: int = 0
    jalali: int = 0
    gregorian: int = 0


def date_evidence(values: Any) -> DateEvidence:
    """Count what the distinct values of a column tell; their order does not matter.

    >>> import pyarrow as pa
    >>> found = date_evidence(pa.array(["3/4/2025", "15/4/2025"]))
    >>> found.slots, found.day_first, found.month_first
    (2, 1, 0)
    """
    text, present = prepare(as_text(values))
    counts = {"filled": int(present.sum())}
    for shape, gather in groups_by_shape(text):
        layout = layout_of(shape)
        if layout is not None:
            _, cells = gather()
            for name, count in _counted(layout, cells).items():
                counts[name] = counts.get(name, 0) + count
    return DateEvidence(**counts)


def _counted(layout: Layout, cells: np.ndarray[Any, np.dtype[np.uint8]]) -> dict[str, int]:
    found = {"dated": len(cells)}
    if layout.kind in ("ymd", "slots") and layout.year[1] - layout.year[0] == 4:
        year = number(cells, layout.year)
        found["jalali"] = int(((year >= FIRST_JALALI) & (year <= LAST_JALALI)).sum())
        found["gregorian"] = int((year >= 1900).sum())
    if layout.kind == "ymd" and not layout.month_number:
        found["whole_year_first"] = len(cells)
    if layout.kind == "slots":
        first, second = number(cells, layout.first), number(cells, layout.second_slot)
        real = (first >= 1) & (second >= 1)
        found["slots"] = int(real.sum())
        found["dotted"] = int(real.sum()) if layout.separator == "." else 0
        found["day_first"] = int((real & (first > 12) & (first <= 31) & (second <= 12)).sum())
        found["month_first"] = int((real & (first <= 12) & (second > 12) & (second <= 31)).sum())
        found["year_first"] = int((real & (first > 31) & (second <= 12)).sum())
    return found
