"""Dates as eight-digit keys ``YYYYMMDD``, for comparison only: a damaged date keeps its digits, valid or not.

Reads ISO and compact dates, day/month/year in either order (one order per column, decided by the distinct values of
the whole column; undecided columns read month first, and the comparison has a level for swapped day and month), dates
with an English month name, and bare years. Digits of any script are read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.evidence import TEXT
from crmclean.text import fold_digits

__all__ = ["birth_key", "birth_key_of_parts", "cannot_be", "date_digits", "stand_for_none"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_COMPACT = r"^(?P<y>(?:1[3-9]|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?:[t ].*)?$"
_YEAR_FIRST = r"^(?P<y>\d{4})[-/. ](?P<m>\d{1,2})[-/. ](?P<d>\d{1,2})(?:[t ,].*)?$"
_YEAR_LAST = r"^(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ](?P<y>\d{4})(?:[t ,].*)?$"
_SHORT_YEAR = r"^(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d\d)$"
_DAY_NAMED = r"^(?P<d>\d{1,2})(?:st|nd|rd|th)?[-/. ]*(?P<m>[a-z]{3})[a-z]*[-/., ]+(?P<y>\d{4}|\d\d)$"
_MONTH_NAMED = r"^(?P<m>[a-z]{3})[a-z]*[-/. ]*(?P<d>\d{1,2})(?:st|nd|rd|th)?[-/., ]+(?P<y>\d{4})$"
_YEAR_ONLY = r"^(?P<y>(?:1[3-9]|20)\d\d)$"
_DAYS = np.array([31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])  # of each month; of none known, at most
_LIFETIME = 110  # years: people in one file are alive at one time, as a rule
_RANK, _TIMES, _STRANGERS = 10, 5, 10.0  # of ``stand_for_none``
_FEW = 0.05  # share of a file's dates that may be out of that time; where more are, the rule is none


def birth_key(texts: pa.Array) -> pa.LargeStringArray:
    """Eight-digit keys of date texts; ``""`` where no date is recognised. Year-only dates end in ``0000``.

    >>> birth_key(pa.array(["1971-06-24", "24.6.1971", "19710624", "June 24, 1971", "1971", "soon"], TEXT)).to_pylist()
    ['19710624', '19710624', '19710624', '19710624', '19710000', '']
    """
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(fold_digits(pc.fill_null(texts, ""))))
    keys = np.full(len(plain), 0, np.int64)
    for pattern in (_COMPACT, _YEAR_FIRST, _DAY_NAMED, _MONTH_NAMED, _YEAR_ONLY):
        parts = _extract(plain, pattern)
        year = _century(parts["y"]) if pattern == _DAY_NAMED else parts["y"]
        _fill(keys, year, parts.get("m"), parts.get("d"))
    for pattern in (_YEAR_LAST, _SHORT_YEAR):
        parts = _extract(plain, pattern)
        year = _century(parts["y"]) if pattern == _SHORT_YEAR else parts["y"]
        dots = pc.match_substring(plain, ".").to_numpy(zero_copy_only=False)
        day_first = dots | (np.count_nonzero(parts["a"] > 12) > np.count_nonzero(parts["b"] > 12))
        _fill(keys, year, np.where(day_first, parts["b"], parts["a"]), np.where(day_first, parts["a"], parts["b"]))
    return _as_keys(keys)


def birth_key_of_parts(year: pa.Array, month: pa.Array | None, day: pa.Array | None) -> pa.LargeStringArray:
    """Eight-digit keys from separate year, month and day texts; ``""`` where the year is missing."""
    keys = np.zeros(len(year), np.int64)
    numbers = [None if part is None else _numbers(part) for part in (year, month, day)]
    assert numbers[0] is not None
    _fill(keys, np.where(numbers[0] >= 1000, numbers[0], 0), numbers[1], numbers[2])
    return _as_keys(keys)


def date_digits(keys: pa.LargeStringArray) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The digits of eight-digit keys as a (n, 8) matrix; rows of ``""`` are zeros."""
    number = pc.cast(pc.if_else(pc.equal(keys, ""), "0", keys), pa.int64()).to_numpy()
    return np.stack([number // 10**place % 10 for place in range(7, -1, -1)], axis=1).astype(np.uint8)


def cannot_be(keys: pa.LargeStringArray, codes: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which eight-digit keys are no date that anybody in the file was born on: one of their digits is wrong.

    There is no such month or day (13, 30 February; a day of no month), or the year is more than a lifetime away from
    the median of the file, unless many are: a file of history has people of all times. Dates of which only the year,
    or year and month, are known can be.

    Parameters
    ----------
    codes : int array
        The place in ``keys`` of each record's date, 0 = missing; it tells the file's median year.
    """
    number = pc.cast(pc.if_else(pc.equal(keys, ""), "0", keys), pa.int64()).to_numpy()
    year, month, day = number // 10000, number // 100 % 100, number % 100
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _DAYS.take(month, mode="clip") - ((month == 2) & ~is_leap)
    wrong: np.ndarray[Any, np.dtype[np.bool_]] = (month > 12) | (day > last) | ((month == 0) & (day > 0))
    born = year.take(codes[codes > 0])
    if len(born):
        away = np.abs(year - np.median(born)) > _LIFETIME
        if np.count_nonzero(away.take(codes[codes > 0])) <= _FEW * len(born):
            wrong |= away
    wrong &= number > 0
    return wrong


def stand_for_none(carriers: np.ndarray[Any, Any], names: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which dates were put where none was known (1900-01-01, 9999-12-31): far too many people are born on them.

    Those of at least ten different names that five times as many records have as the tenth most common date. True
    dates are common too, and the first of January most of all, but not a few of them so much more than the others.

    Parameters
    ----------
    carriers : int array by code of the date
        How many records have it; the first entry is of those without a date.
    names : float array by code of the date
        The effective number of names among them.
    """
    if len(carriers) <= _RANK:
        return np.zeros(len(carriers), bool)
    tenth = np.partition(carriers[1:], -_RANK)[-_RANK]
    found: np.ndarray[Any, np.dtype[np.bool_]] = (carriers >= _TIMES * tenth) & (names >= _STRANGERS)
    found[0] = False
    return found


def _extract(texts: pa.Array, pattern: str) -> dict[str, np.ndarray[Any, Any]]:
    found = pc.extract_regex(texts, pattern)
    return {field.name: _numbers(pc.struct_field(found, field.name)) for field in found.type}


def _numbers(texts: pa.Array) -> np.ndarray[Any, Any]:
    """Whole numbers of digit texts and month names; 0 where neither."""
    texts = pc.utf8_lower(pc.utf8_trim_whitespace(fold_digits(pc.fill_null(texts.cast(TEXT), ""))))
    named = pc.index_in(texts, pa.array(_MONTHS, TEXT)).to_numpy(zero_copy_only=False)
    digits = pc.replace_substring_regex(texts, r"\.0+$", "")
    is_number = pc.match_substring_regex(digits, r"^\d{1,8}$")
    number = pc.cast(pc.if_else(is_number, digits, "0"), pa.int64()).to_numpy(zero_copy_only=False)
    known: np.ndarray[Any, Any] = np.where(np.isnan(named), number, np.nan_to_num(named) + 1).astype(np.int64)
    return known


def _century(year: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Two-digit years of birth as four digits: 01-19 are this century, 20-99 the last one."""
    return np.select([(year > 0) & (year <= 19), (year > 19) & (year < 100)], [2000 + year, 1900 + year], year)


def _fill(keys: np.ndarray[Any, Any], year: Any, month: Any, day: Any) -> None:
    number = year * 10000 + (0 if month is None else month * 100) + (0 if day is None else day)
    fits = (keys == 0) & (year > 0) & (number < 10**8)
    keys[fits] = number[fits]


def _as_keys(keys: np.ndarray[Any, Any]) -> pa.LargeStringArray:
    texts = pc.utf8_lpad(pc.cast(pa.array(keys), TEXT), 8, "0")
    return pc.if_else(pa.array(keys > 0), texts, pa.scalar("", TEXT))
