"""Numbers and dates of cells, for checks that compare: what a cell does not say is never held against it.

A date without a time is the whole day, so ``2024-01-15`` is neither before nor after ``2024-01-15T10:00``. Times with a
zone are compared as instants; where only one side has a zone, the days are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.evidence import TEXT
from crmclean.text import fold_digits

__all__ = ["COMPARE", "Moments", "compare_moments", "moments_of", "number_bounds"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Ints = np.ndarray[Any, np.dtype[np.int64]]

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
    "!=": np.not_equal,
    ">=": np.greater_equal,
    ">": np.greater,
}

_MOMENT = (
    r"^(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
)
_PLAIN = r"[-+]?[0-9]+(?:\.[0-9]+)?"
_RANGE = rf"^(?P<low>{_PLAIN})\s*(?:(?:-|–|to)\s*(?P<high>{_PLAIN}))?\s*\+?$"
_GROUPS = r"[0-9](?:[,'’ ][0-9]{2,3})*[,'’ ][0-9]{3}(?:[^0-9]|$)"  # 1,000 and 1,00,000; a single dot may be a fraction


@dataclass(frozen=True)
class Moments:
    """Dates and times of some cells; every member has their length."""

    known: Mask
    day: Ints  # since 1970
    timed: Mask
    zoned: Mask
    second: Ints  # since 1970: of the instant where there is a zone, else of the wall clock


def moments_of(values: pa.Array) -> Moments:
    """The moment each ISO date or time names.

    >>> found = moments_of(pa.array(["2024-01-15", "2024-01-15T10:00Z", "soon"], TEXT))
    >>> found.known.tolist(), found.timed.tolist()
    ([True, True, False], [False, True, False])
    """
    found = pc.extract_regex(values, _MOMENT)
    day = pc.strptime(pc.struct_field(found, "day").cast(pa.string()), "%Y-%m-%d", "s", error_is_null=True)
    known = np.asarray(day.is_valid())
    start = pc.fill_null(day.cast(pa.int64()), 0).to_numpy()
    hour, minute, second = (_integer(pc.struct_field(found, name)) for name in ("hour", "minute", "second"))
    zone = pc.fill_null(pc.struct_field(found, "zone").cast(TEXT), "")
    sign = np.where(np.asarray(pc.starts_with(zone, "-")), -1, 1)
    digits = pc.replace_substring_regex(zone, "[^0-9]", "")
    offset = sign * (
        3600 * _integer(pc.utf8_slice_codeunits(digits, 0, 2)) + 60 * _integer(pc.utf8_slice_codeunits(digits, 2))
    )
    timed = np.asarray(pc.fill_null(pc.greater(pc.binary_length(pc.struct_field(found, "hour")), 0), False))
    zoned = np.asarray(pc.greater(pc.binary_length(zone), 0))
    return Moments(known, start // 86_400, timed, zoned, start + 3600 * hour + 60 * minute + second - offset)


def _integer(texts: pa.Array) -> Ints:
    filled = pc.fill_null(texts, "")
    whole: Ints = pc.cast(pc.if_else(pc.equal(filled, ""), pa.scalar("0", filled.type), filled), pa.int64()).to_numpy()
    return whole


def compare_moments(left: Moments, right: Moments, sign: str) -> tuple[Mask, Mask]:
    """(both sides are dates, the comparison holds as far as they say)."""
    both = left.known & right.known
    exact = left.timed & right.timed & (left.zoned == right.zoned)
    by_second, by_day = COMPARE[sign](left.second, right.second), COMPARE[sign](left.day, right.day)
    same_day = (left.day == right.day) & (left.timed | right.timed)  # one of them is the whole day
    return both, np.where(exact, by_second, by_day | same_day)


def number_bounds(
    values: pa.Array,
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.float64]]]:
    """The least and the greatest number of each cell (``51-200``), NaN where it is none.

    >>> low, high = number_bounds(pa.array(["1,000", "51-200", "1000+", "many"], TEXT))
    >>> low.tolist(), high.tolist()
    ([1000.0, 51.0, 1000.0, nan], [1000.0, 200.0, 1000.0, nan])
    """
    text = pc.utf8_trim_whitespace(fold_digits(values))
    for _ in range(4):  # a pass joins every other group
        grouped = pc.match_substring_regex(text, _GROUPS)
        if not pc.any(grouped).as_py():
            break
        text = pc.if_else(grouped, pc.replace_substring_regex(text, r"([0-9])[,'’ ]([0-9]{2,3})\b", r"\1\2"), text)
    found = pc.extract_regex(text, _RANGE)
    low = pc.struct_field(found, "low").cast(TEXT)
    high = pc.struct_field(found, "high").cast(TEXT)
    high = pc.if_else(pc.equal(high, ""), low, high)
    return _floats(low), _floats(high)


def _floats(texts: pa.Array) -> np.ndarray[Any, np.dtype[np.float64]]:
    found: np.ndarray[Any, np.dtype[np.float64]] = pc.fill_null(pc.cast(texts, pa.float64()), np.nan).to_numpy()
    return found
