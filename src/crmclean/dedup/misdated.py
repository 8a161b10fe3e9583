"""Birth dates that cannot be: month 13, 30 February, a year that nobody in the file was born in (``dates.cannot_be``).

Whoever's record it is, such a date was written wrong. So a match does not have it on both sides, unless one is a copy
of the other, but a slip on one side, or now and then another date altogether. With m the shares of the levels among all
matches, those among the matches with such a date on one side and any other date on the other are

    m'_exact = 0        m'_different = rho m_different / S        m'_l = m_l / S for the rest        S = their sum

by Bayes' rule: rho is how much less often a date cannot be if it is another one (mostly a true date, of somebody else)
than if it is a slip of the true one (about every second wrong digit and exchange of digits makes no date of it). That
is what is believed, with the weight that the comparison's m has; the expected matches with such a date move it. What
chance brings about is left as it is, though fewer dates are a slip away from such a one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table
from crmclean.dedup.priors import DIFFERENT, Comparison

if TYPE_CHECKING:
    from crmclean.dedup.weights import Model

__all__ = ["are_misdated", "bits_of_misdated", "fit_misdated", "shares_of_misdated", "with_misdated", "write_misdated"]

Floats = np.ndarray[Any, np.dtype[np.float32]]

_OTHER_DATE = 0.1  # rho: one wrong date in ten that is no slip of the true one is several slips of it


def shares_of_misdated(model: Model, item: Comparison) -> Table:
    """m' by level code of the birth date, 0 where there is no such pair: on the best level and the missing ones."""
    return model.misdated if len(model.misdated) else _believed(model.m[item.name], item)


def fit_misdated(m: Table, item: Comparison, matches: Table) -> Table:
    """m' from the expected matches among such pairs, by level; none moves further than fourfold.

    Parameters
    ----------
    m, matches : float64 array by level code of the birth date
        The shares of the levels among all matches, and how many matches of such a date there are on each.
    """
    believed = _believed(m, item)
    fitted = matches + item.strength * believed
    fitted = np.clip(fitted / fitted.sum(), believed / 4.0, believed * 4.0)
    shares: Table = fitted / fitted.sum()
    return shares


def _believed(m: Table, item: Comparison) -> Table:
    shares: Table = m.copy()
    shares[:DIFFERENT] = 0.0
    shares[DIFFERENT] *= _OTHER_DATE
    shares[item.code("exact")] = 0.0
    shares /= shares.sum()
    return shares


def bits_of_misdated(model: Model, item: Comparison) -> Floats:
    """log2(m' / u) by level code; no such pair is on the best or on a missing level."""
    ratio = np.maximum(shares_of_misdated(model, item), 1e-9) / np.maximum(model.u[item.name], 1e-9)
    bits: Floats = np.log2(ratio).astype(np.float32)
    return bits


def are_misdated(records: Records, level: Ints, item: Comparison, left: Ints, right: Ints) -> Ints:
    """Which pairs of canonical record numbers have two different birth dates, one of which cannot be.

    Parameters
    ----------
    level : uint8 array
        Level code of the birth date of each pair.
    """
    if records.misdated is None:
        return np.zeros(len(level), bool)
    wrong: Ints = records.misdated.take(left) | records.misdated.take(right)
    wrong &= (level >= DIFFERENT) & (level != item.code("exact"))
    return wrong


def with_misdated(bits: Floats, of_misdated: Floats, level: Ints, misdated: Ints) -> Floats:
    """Bits of birth dates, those of ``bits_of_misdated`` where one of them cannot be."""
    return np.where(misdated, of_misdated.take(level), bits) if misdated.any() else bits


def write_misdated(
    model: Model, records: Records, levels: Mapping[str, Ints], parts: dict[str, Floats], pairs: tuple[Ints, Ints]
) -> None:
    """What birth dates say of pairs in which one of them cannot be (writes ``parts``)."""
    item = next((item for item in model.comparisons if item.name == "birth" and "birth" in parts), None)
    if item is not None:
        level = levels["birth"]
        wrong = are_misdated(records, level, item, *pairs)
        parts["birth"] = with_misdated(parts["birth"], bits_of_misdated(model, item), level, wrong)
