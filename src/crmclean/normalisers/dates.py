"""Dates and times: every usual shape to ISO 8601, in one order per column.

The canonical form is ``2026-01-15``, or ``2026-01-15T14:30`` with as much of the time as the cell gave: seconds,
fractions and the zone (``Z`` or ``+05:30``) appear only where they were written, and no zone is ever made up. A count
of seconds since 1970 is in UTC by definition and says so; a spreadsheet's day number has no zone.

Which number is the day and which the month is never decided by a single cell: the column's ``date_order`` decides.
Where a column cannot tell (order ""), a number above 12 still does, and everything else is left as typed; in a column
whose dates start with the year (``ymd``), a stray ``3/15/2024`` is left as typed too.

A year of two digits stands last (``24-01-15`` is no date that begins with its year); it falls into the hundred years
that end twenty years after ``as_of`` (for birth dates: in the year of ``as_of``). Years 1300 to 1450 are Jalali in a
column whose calendar is ``jalali``, and wherever the month has a Jalali name. Years outside 1000-2999 are no years of
a CRM.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalisers._calendars import (
    FIRST_JALALI,
    LAST_JALALI,
    NO_DAY,
    civil_from_days,
    days_from_civil,
    days_from_jalali,
)
from crmclean.normalisers._date_bytes import as_digits, groups_by_shape, joined_text, number, repeated
from crmclean.normalisers._date_layouts import Layout, layout_of
from crmclean.normalisers._draft import frame_of
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, UNKNOWN, VALID, CellOptions, Normalised
from crmclean.text import fold_digits, map_subset, strip_invisible

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OLDEST", "clock_of", "date_kernel", "days_of", "normalise_date", "parse_dates", "prepare"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]

_READ, _AMBIGUOUS, _UNREAD = 1, 2, 0
_CAUSES = ("date.iso", "date.jalali", "date.serial", "date.epoch")
_ISO, _JALALI, _SERIAL, _EPOCH = range(4)

_PAST: Final = frozenset(
    {
        "birth_date", "created_at", "modified_at", "last_activity_at", "scanned_at", "verified_at",
        "opt_in_at", "opt_out_at", "bounced_at",
    }
)  # fmt: skip
"""Fields that record what has happened: a date in the future is an issue."""

_SERIALS = (20_000, 60_000)  # October 1954 to April 2064
_EPOCH_END = 4_102_444_800  # the year 2100
_WHOLE = r"^([0-9]{5}|[0-9]{8}|[0-9]{10}|[0-9]{13})\.0+$"
_EXCEL_ZERO = -25_569  # 30 December 1899: right for every serial from March 1900 on


OLDEST: Final = -171_664  # 1 January 1500: what is older is more likely another calendar, and is left as typed


@dataclass(frozen=True)
class _Reading:
    """What was read of some texts; every member has their length."""

    days: Ints
    status: np.ndarray[Any, np.dtype[np.int8]]
    cause: np.ndarray[Any, np.dtype[np.int8]]
    iso: pa.LargeStringArray


def date_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Dates to ISO 8601; see the module's docstring for the form.

    Parameters
    ----------
    values : large_string array
        Distinct cells.
    options : CellOptions
        ``date_order``, ``calendar``, ``field`` (which dates may lie in the future) and ``as_of`` are used.
    regions : optional
        Ignored: an order is a fact of the column.

    Returns
    -------
    Normalised
        Attribute ``date`` is the day alone (``YYYY-MM-DD``) of everything that was read. ``date.future`` and
        ``date.ancient`` make a date invalid; ``date.ambiguous`` leaves it unknown.
    """
    values = as_text(values)
    text, present = prepare(values)
    reading = _read(text, options)
    read = reading.status == _READ
    future = read & (options.field in _PAST) & (reading.days > _day_number(options) + 1)
    ancient = read & (reading.days < _days("1900-01-01" if options.field == "birth_date" else "1950-01-01"))
    kept = ancient & (reading.days < OLDEST)
    canonical = pc.if_else(pa.array(read & ~kept), reading.iso, values)
    changed = np.asarray(pc.fill_null(pc.not_equal(canonical, values), False))
    causes = pa.array(np.where(changed, reading.cause, 0).astype(np.int32), mask=~changed)
    verdict = np.where(read & ~future & ~ancient, VALID, np.where(read | (reading.status == _UNREAD), INVALID, UNKNOWN))
    return Normalised(
        canonical,
        pa.DictionaryArray.from_arrays(causes, pa.array(_CAUSES)).cast(pa.string()),
        np.where(present, verdict, UNKNOWN).astype(np.int8),
        {
            "date.unparsed": present & (reading.status == _UNREAD),
            "date.ambiguous": present & (reading.status == _AMBIGUOUS),
            "date.future": future,
            "date.ancient": ancient,
        },
        {
            "date": pc.if_else(
                pa.array(read & ~kept), pc.utf8_slice_codeunits(reading.iso, 0, 10), pa.scalar(None, TEXT)
            )
        },
    )


def parse_dates(values: Any, options: CellOptions | None = None) -> np.ndarray[Any, np.dtype[np.datetime64]]:
    """The day of each cell as ``datetime64[D]``, NaT where it cannot be told.

    >>> import pyarrow as pa
    >>> parse_dates(pa.array(["2026-01-15", "15.1.2026 14:30", "TBD"])).astype(str).tolist()
    ['2026-01-15', '2026-01-15', 'NaT']
    """
    text, _ = prepare(as_text(values))
    reading = _read(text, options or CellOptions())
    return np.where(reading.status == _READ, reading.days, NO_DAY).astype("datetime64[D]")


def normalise_date(
    series: pd.Series, order: str = "dmy", *, calendar: str = "gregorian", as_of: Any = None
) -> pd.DataFrame:
    """Dates of a column in one form.

    Parameters
    ----------
    series : pandas.Series
        Text.
    order : str
        ``"dmy"``, ``"mdy"``, ``"ymd"``, or "" when unknown.
    calendar : str
        ``"gregorian"`` or ``"jalali"``.
    as_of : datetime.date, optional
        The day taken as today (two-digit years).

    Returns
    -------
    pandas.DataFrame
        Columns ``value``, ``verdict``, ``reason``, ``issues``, ``date``; the index of ``series``.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.Series(["3/4/2025, 10:22 AM", "15 Jan 2026", "۱۴۰۲/۱۲/۲۵"])
    >>> normalise_date(cells, "mdy", calendar="jalali").value.tolist()
    ['2025-03-04T10:22', '2026-01-15', '2024-03-15']
    """
    options = CellOptions(date_order=order, calendar=calendar)
    options = options if as_of is None else replace(options, as_of=as_of)
    return frame_of(series, date_kernel, options)


def prepare(values: pa.LargeStringArray) -> tuple[pa.LargeStringArray, Flags]:
    """Cells ready for reading, and where there is one: ASCII digits, lower case, no outer spaces, "" for null."""
    text = pc.fill_null(values, "")
    if not pc.all(pc.string_is_ascii(text)).as_py():
        text = pc.utf8_normalize(fold_digits(strip_invisible(text)), form="NFKC")
        text = pc.utf8_lower(fold_digits(text))
    text = as_text(pc.utf8_trim_whitespace(text))
    floats = pc.match_substring_regex(text, _WHOLE)  # a whole number that a program took for a fraction: 45000.0
    text = map_subset(text, floats, lambda part: pc.replace_substring_regex(part, _WHOLE, r"\1"))
    return text, np.asarray(pc.greater(pc.binary_length(text), 0))


# ---- reading


def _read(text: pa.LargeStringArray, options: CellOptions) -> _Reading:
    days = np.full(len(text), NO_DAY, np.int64)
    status = np.full(len(text), _UNREAD, np.int8)
    cause = np.zeros(len(text), np.int8)
    places, pieces = [], []
    for shape, gather in groups_by_shape(text):
        layout = layout_of(shape)
        if layout is None:
            continue
        rows, cells = gather()
        group_days, ambiguous, group_cause = days_of(layout, cells, options)
        clock_days, good, clock = clock_of(layout, cells)
        good &= (group_days != NO_DAY) & ~ambiguous
        days[rows] = np.where(good, group_days + clock_days, NO_DAY)
        status[rows] = np.where(good, _READ, np.where(ambiguous, _AMBIGUOUS, _UNREAD))
        cause[rows] = group_cause
        safe = np.where(good, group_days + clock_days, 0)
        places.append(rows)
        pieces.append(joined_text([_calendar_digits(safe), *clock]))
    iso = _scattered(places, pieces, len(text))
    return _Reading(days, status, cause, iso)


def _scattered(places: list[Ints], pieces: list[pa.LargeStringArray], count: int) -> pa.LargeStringArray:
    if len(places) == 1 and len(places[0]) == count:
        return pieces[0]  # the rows of one group are in order
    positions = np.full(count, -1, np.int64)
    if places:
        positions[np.concatenate(places)] = np.arange(sum(map(len, places)))
    together = pa.concat_arrays(pieces) if pieces else pa.array([], TEXT)
    return together.take(pa.array(positions, mask=positions < 0))


def days_of(layout: Layout, cells: Bytes, options: CellOptions) -> tuple[Ints, Flags, Any]:
    """(day numbers, ambiguous, cause) of the cells of one layout."""
    nowhere = np.zeros(len(cells), bool)
    if layout.kind == "serial":
        serial = number(cells, layout.number)
        inside = (serial >= _SERIALS[0]) & (serial <= _SERIALS[1])
        return np.where(inside, serial + _EXCEL_ZERO, NO_DAY), nowhere, _SERIAL
    if layout.kind in ("seconds", "milliseconds"):
        seconds = number(cells, layout.number) // (1 if layout.kind == "seconds" else 1000)
        return np.where(seconds < _EPOCH_END, seconds // 86_400, NO_DAY), nowhere, _EPOCH
    if layout.kind == "slots":
        year, month, day, ambiguous = _in_order(layout, cells, options)
    else:
        month = number(cells, layout.month) if not layout.month_number else np.full(len(cells), layout.month_number)
        year, day, ambiguous = number(cells, layout.year), number(cells, layout.day), nowhere
    jalali = layout.jalali or options.calendar == "jalali"
    if layout.year[1] - layout.year[0] == 2:
        year = _full_year(year, options, jalali)
    sane = (year >= 1000) & (year <= 2999) & (not layout.jalali)
    days = np.where(sane, days_from_civil(year, month, day), NO_DAY)
    elsewhere = (year >= FIRST_JALALI) & (year <= LAST_JALALI) & jalali
    if elsewhere.any():
        days = np.where(elsewhere, days_from_jalali(year, month, day), days)
    return days, ambiguous, np.where(elsewhere, _JALALI, _ISO)


def _in_order(layout: Layout, cells: Bytes, options: CellOptions) -> tuple[Ints, Ints, Ints, Flags]:
    """(year, month, day, ambiguous) of three numbers of which the last is the year."""
    first, second, year = (number(cells, slot) for slot in (layout.first, layout.second_slot, layout.year))
    certain = np.zeros(len(cells), bool)
    if options.date_order == "dmy":
        return year, second, first, certain
    if options.date_order == "mdy":
        return year, first, second, certain
    if options.date_order == "ymd":  # the other dates say nothing about day and month, and a stray one decides nothing
        return year, first, second, ~certain
    day_first = (first > 12) | (first == second)
    month_first = second > 12
    return year, np.where(month_first, first, second), np.where(month_first, second, first), ~day_first & ~month_first


def _full_year(short: Ints, options: CellOptions, jalali: bool) -> Ints:
    """Two digits to four: the newest such year that is not more than twenty years ahead (none for birth dates)."""
    newest = options.as_of.year - (621 if jalali else 0) + (0 if options.field == "birth_date" else 20)
    return newest - (newest - short) % 100


# ---- the time of day


def clock_of(layout: Layout, cells: Bytes) -> tuple[Ints | int, Flags, list[Bytes]]:
    """(days to add, valid, byte columns from ``T`` on) of the times of one layout."""
    count = len(cells)
    if layout.kind in ("seconds", "milliseconds"):
        return 0, np.ones(count, bool), _epoch_clock(layout, cells)
    if layout.kind == "serial":
        return _serial_clock(layout, cells)
    if layout.hour is None or layout.minute is None:
        return 0, np.ones(count, bool), []
    hour, minute = number(cells, layout.hour), number(cells, layout.minute)
    good = (hour <= 23) & (minute <= 59)
    if layout.half:
        good &= (hour >= 1) & (hour <= 12)
        hour = hour % 12 + (12 if layout.half == "pm" else 0)
    columns = [repeated("T", count), as_digits(hour, 2), repeated(":", count), as_digits(minute, 2)]
    if layout.second:
        second = number(cells, layout.second)
        good &= second <= 59
        columns += [repeated(":", count), as_digits(second, 2)]
    if layout.fraction:
        columns += [repeated(".", count), cells[:, slice(*layout.fraction)]]
    zone, zone_good = _zone(layout, cells)
    return 0, good & zone_good, columns + zone


def _zone(layout: Layout, cells: Bytes) -> tuple[list[Bytes], Flags]:
    count = len(cells)
    if not layout.zone_digits:
        return [repeated(layout.zone, count)], np.ones(count, bool)
    start, stop = layout.zone_digits
    hours = number(cells, (start, start + 2))
    minutes = number(cells, (stop - 2, stop)) if stop - start > 2 else np.zeros(count, np.int64)
    good = (hours <= 14) & (minutes <= 59)
    return [repeated(layout.zone_sign, count), as_digits(hours, 2), repeated(":", count), as_digits(minutes, 2)], good


def _epoch_clock(layout: Layout, cells: Bytes) -> list[Bytes]:
    count = len(cells)
    total = number(cells, layout.number)
    seconds = total // (1000 if layout.kind == "milliseconds" else 1)
    columns = _clock_digits(seconds % 86_400)
    if layout.kind == "milliseconds":
        columns += [repeated(".", count), as_digits(total % 1000, 3)]
    return [*columns, repeated("Z", count)]


def _serial_clock(layout: Layout, cells: Bytes) -> tuple[Ints | int, Flags, list[Bytes]]:
    """A fraction of a day to the nearest second, which is finer than a spreadsheet shows."""
    good = np.ones(len(cells), bool)
    if not layout.fraction:
        return 0, good, []
    start, stop = layout.fraction
    stop = min(stop, start + 12)
    part = number(cells, (start, stop))
    scale = 10 ** (stop - start)
    seconds = (part * 86_400 + scale // 2) // scale
    return seconds // 86_400, good, _clock_digits(seconds % 86_400)


def _clock_digits(seconds: Ints) -> list[Bytes]:
    colon = repeated(":", len(seconds))
    hour, minute, second = (as_digits(part, 2) for part in (seconds // 3600, seconds // 60 % 60, seconds % 60))
    return [repeated("T", len(seconds)), hour, colon, minute, colon, second]


# ---- days as text


def _calendar_digits(days: Ints) -> Bytes:
    """``YYYY-MM-DD``; where many cells share few days, each day is written once."""
    if not len(days):
        return np.zeros((0, 10), np.uint8)
    lowest, highest = int(days.min()), int(days.max())
    if highest - lowest < len(days):
        return _written(np.arange(lowest, highest + 1))[days - lowest]
    return _written(days)


def _written(days: Ints) -> Bytes:
    year, month, day = civil_from_days(days)
    dash = repeated("-", len(days))
    return np.concatenate([as_digits(year, 4), dash, as_digits(month, 2), dash, as_digits(day, 2)], axis=1)


def _days(text: str) -> int:
    return int(np.datetime64(text, "D").astype(np.int64))


def _day_number(options: CellOptions) -> int:
    return _days(options.as_of.isoformat())
