"""How many slips a match has: whether one slip makes another likelier or rarer than independence has it.

Names, birth dates and identity numbers are issued once and written down since, so where two of a match are alike and
not equal, one was written wrong (or another way). Whoever writes carelessly does so in several fields, while a list
that was checked has one slip or none in a record. How it is, the file tells: among the expected matches with n of these
findings equal or alike, O(d) have d slips where

    E(d) = sum over matches of P(d slips in those n), each independent with its share of slips among all matches

(a Poisson-binomial distribution) are expected, and a pair of that kind counts

    log2( (O(d) + 100) / (E(d) + 100) )          between -1 and 1 bit

more: a log-linear model of the matches with one interaction, the number of slips (for interactions in the classes of a
linkage model see Thibaudeau 1993). A hundred matches at independence keep a few from telling anything, and the shares
of the single levels are kept but for a little. What is different is no slip, and two names in each other's field are
one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table
from crmclean.dedup.priors import DIFFERENT, Comparison

__all__ = ["INDEPENDENT", "bits_by_code", "fit_slips", "slip_codes"]

_WRITTEN = ("given", "family", "birth", "national_id")
_SHAPE = (3,) * len(_WRITTEN)
_UNKNOWN, _EQUAL, _SLIP = range(3)
_STATES = np.stack(np.unravel_index(np.arange(3 ** len(_WRITTEN)), _SHAPE))  # of each finding, by code
_KNOWN, _SLIPS = (_STATES != _UNKNOWN).sum(axis=0), (_STATES == _SLIP).sum(axis=0)
_BELIEVED = 100.0  # matches that are as independence has them
_MOST = 1.0  # bits either way

INDEPENDENT = np.zeros((len(_WRITTEN) + 1, len(_WRITTEN) + 1))


def slip_codes(comparisons: Sequence[Comparison], levels: Mapping[str, Ints], count: int) -> Ints:
    """What each finding of a pair is, unknown or different, equal, or a slip, as one uint8 code a pair."""
    codes = np.zeros(count, np.uint8)
    for item in comparisons:
        if item.name in _WRITTEN and item.name in levels:
            worth = np.uint8(3 ** (len(_WRITTEN) - 1 - _WRITTEN.index(item.name)))
            codes += (_states(item) * worth).take(levels[item.name])
    return codes


def _states(item: Comparison) -> Ints:
    """What a finding is, by level code."""
    states = np.full(item.size, _SLIP, np.uint8)
    states[: DIFFERENT + 1] = _UNKNOWN
    states[item.code("exact")] = _EQUAL
    if item.name == "family":
        states[item.code("swapped")] = _UNKNOWN  # the given name tells it
    return states


def bits_by_code(slips: Table) -> Table:
    """``Model.slips`` by the code of a pair."""
    bits: Table = slips[_KNOWN, _SLIPS]
    return bits


def fit_slips(codes: Ints, posterior: Ints, matches: float) -> Table:
    """Bits by how many findings are equal or slips, and how many are slips, both up to all there are.

    Parameters
    ----------
    codes : uint8 array
        ``slip_codes`` of pairs.
    posterior : int array
        How likely each is a match, in whole units, so that the order of the pairs does not matter.
    matches : float
        How many matches a unit stands for.
    """
    counts = np.bincount(codes, posterior, minlength=len(_KNOWN)) * matches
    slips, equal = (np.where(state == _STATES, counts, 0.0).sum(axis=1) for state in (_SLIP, _EQUAL))
    rate = slips / np.maximum(slips + equal, 1e-9)
    bits = INDEPENDENT.copy()
    for known in range(2, len(_WRITTEN) + 1):
        met = np.bincount(_SLIPS, counts * (known == _KNOWN), minlength=known + 1)[: known + 1]
        expected = np.zeros(known + 1)
        for places in combinations(range(len(_WRITTEN)), known):
            of_these = counts[(known == _KNOWN) & (_STATES[list(places)] != _UNKNOWN).all(axis=0)].sum()
            expected += of_these * _independent(rate[list(places)])
        ratio = (met + _BELIEVED) / (expected + _BELIEVED)
        bits[known, : known + 1] = np.clip(np.log2(ratio), -_MOST, _MOST)
    return bits


def _independent(rates: Table) -> Table:
    """The chance of 0, 1 ... slips in findings that are slips at these rates (Poisson-binomial)."""
    chance = np.ones(1)
    for rate in rates:
        chance = np.convolve(chance, [1.0 - rate, rate])
    return chance
