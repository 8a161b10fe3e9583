"""Calendars as arrays: year, month and day to a day number (days since 1970-01-01) and back, all vectorised."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

__all__ = ["FIRST_JALALI", "LAST_JALALI", "NO_DAY", "civil_from_days", "days_from_civil", "days_from_jalali"]

Ints = np.ndarray[Any, np.dtype[np.int64]]

NO_DAY = np.iinfo(np.int64).min
"""Marks a date that does not exist; the same bits as NumPy's NaT."""

FIRST_JALALI, LAST_JALALI = 1300, 1450
"""Years taken as Jalali (1921 to 2072); no CRM holds Gregorian dates of these years."""

# In the solar Hijri calendar of Iran the leap years of 1210-1635 follow a 33-year cycle.
_LEAP_RESIDUES = (1, 5, 9, 13, 17, 22, 26, 30)
_LEAPS_BEFORE = np.array([sum(leap < residue for leap in _LEAP_RESIDUES) for residue in range(34)], np.int64)
_ANCHOR_YEAR, _ANCHOR_DAY = 1400, 18707  # 1 Farvardin 1400 was 21 March 2021


def days_from_civil(year: Ints, month: Ints, day: Ints) -> Ints:
    """Gregorian dates to day numbers; `NO_DAY` where there is no such day (30 February, month 0).

    >>> int(days_from_civil(np.array([1970]), np.array([1]), np.array([2]))[0])
    1
    """
    sane = (year >= 1) & (year <= 9998) & (month >= 1) & (month <= 12) & (day >= 1)
    starts = _month_starts()
    months = np.where(sane, year * 12 + month - 1, 12)
    first = starts[months]
    return np.where(sane & (day <= starts[months + 1] - first), first + day - 1, NO_DAY)


@lru_cache(maxsize=1)
def _month_starts() -> Ints:
    """Day number of the first of each month, counted from January of the year 0."""
    months = np.arange(-1970 * 12, (9999 - 1970) * 12 + 12)
    return _first_of(months)


def _first_of(months: Ints) -> Ints:
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def civil_from_days(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Day numbers to Gregorian (year, month, day).

    >>> [int(part[0]) for part in civil_from_days(np.array([18707]))]
    [2021, 3, 21]
    """
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months // 12 + 1970, months % 12 + 1, days - _first_of(months) + 1


def days_from_jalali(year: Ints, month: Ints, day: Ints) -> Ints:
    """Jalali dates to day numbers; `NO_DAY` where there is no such day or the year is not 1300-1450.

    Six months of 31 days, five of 30, and Esfand of 29 or, in a leap year, 30.

    >>> int(days_from_jalali(np.array([1400]), np.array([1]), np.array([1]))[0])
    18707
    """
    leap = np.isin(year % 33, _LEAP_RESIDUES)
    length = np.where(month <= 6, 31, np.where((month <= 11) | leap, 30, 29))
    known = (year >= FIRST_JALALI) & (year <= LAST_JALALI)
    sane = known & (month >= 1) & (month <= 12) & (day >= 1) & (day <= length)
    within = np.where(month <= 7, (month - 1) * 31, 186 + (month - 7) * 30) + day - 1
    return np.where(sane, _ANCHOR_DAY + _new_year(year) - int(_new_year(np.array(_ANCHOR_YEAR))) + within, NO_DAY)


def _new_year(year: Ints) -> Ints:
    return 365 * year + 8 * (year // 33) + _LEAPS_BEFORE[year % 33]
