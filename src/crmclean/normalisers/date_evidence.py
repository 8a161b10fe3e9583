"""What the dates of a whole column say about their order and calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crmclean.normalisers._calendars import FIRST_JALALI, LAST_JALALI
from crmclean.normalisers._date_bytes import groups_by_shape, number
from crmclean.normalisers._date_layouts import Layout, layout_of
from crmclean.normalisers.dates import OLDEST, clock_of, days_of, prepare
from crmclean.tables.batch import as_text
from crmclean.tables.normalised import CellOptions

__all__ = ["DateEvidence", "date_evidence"]

Bytes = np.ndarray[Any, np.dtype[np.uint8]]


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
    day_first, month_first : int
        Those of them that are only a date when read that way: ``31/4/2025`` is none at all and does not count.
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
    dotted: int = 0
    whole_year_first: int = 0
    jalali: int = 0
    gregorian: int = 0

    @property
    def calendar(self) -> str:
        """``jalali`` when most years are, else ``gregorian``."""
        return "jalali" if self.jalali > self.gregorian else "gregorian"


def date_evidence(values: Any) -> DateEvidence:
    """Count what the distinct values of a column tell; their order does not matter.

    >>> import pyarrow as pa
    >>> found = date_evidence(pa.array(["3/4/2025", "15/4/2025"]))
    >>> found.slots, found.day_first, found.month_first
    (2, 1, 0)
    """
    text, present = prepare(as_text(values))
    groups = []
    for shape, gather in groups_by_shape(text):
        layout = layout_of(shape)
        if layout is not None:
            groups.append((layout, gather()[1]))
    found = DateEvidence(filled=int(present.sum()), **_total(_years(layout, cells) for layout, cells in groups))
    options = CellOptions(calendar=found.calendar)
    return replace(
        found, **_total(_slots(layout, cells, options) for layout, cells in groups if layout.kind == "slots")
    )


def _total(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(total)


def _years(layout: Layout, cells: Bytes) -> dict[str, int]:
    found = {"dated": len(cells)}
    if layout.kind in ("ymd", "slots") and layout.year[1] - layout.year[0] == 4:
        year = number(cells, layout.year)
        found["jalali"] = int(((year >= FIRST_JALALI) & (year <= LAST_JALALI)).sum())
        found["gregorian"] = int((year >= 1900).sum())
    if layout.kind == "ymd" and not layout.month_number:
        found["whole_year_first"] = len(cells)
    return found


def _slots(layout: Layout, cells: Bytes, options: CellOptions) -> dict[str, int]:
    by_day, by_month = (_readable(layout, cells, replace(options, date_order=order)) for order in ("dmy", "mdy"))
    slots = int((by_day | by_month).sum())
    return {
        "slots": slots,
        "dotted": slots if layout.separator == "." else 0,
        "day_first": int((by_day & ~by_month).sum()),
        "month_first": int((by_month & ~by_day).sum()),
    }


def _readable(layout: Layout, cells: Bytes, options: CellOptions) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where a cell is a date that would be rewritten: what is left as typed must not decide anything."""
    days, _, _ = days_of(layout, cells, options)
    _, good, _ = clock_of(layout, cells)
    return np.asarray(good & (days >= OLDEST), bool)
