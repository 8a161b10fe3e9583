"""Ruling out hopeless candidate pairs before anything is compared in earnest.

A pair's weight is at most prior + identity + min(identity, support cap), so a pair whose identity evidence cannot
reach half of what is needed can be dropped. What it can reach is bounded from codes alone: a value shared by both
sides counts as much as its rarity allows, values that may be near count ``_NEAR`` bits, and values that can be neither
count nothing. The bound is never below the true weight, so no pair that would be kept is lost; most candidate pairs
(people who share a name part and a town, say) go here at the cost of a few array look-ups.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table
from crmclean.dedup.levels import POOLED, Comparer
from crmclean.dedup.weights import SUPPORT_CAP

__all__ = ["may_link", "rarities_of"]

Floats = np.ndarray[Any, np.dtype[np.float32]]

_NEAR = 16.0  # bits that a near level can be worth
_CAP = 24.0
_SLACK = 0.5
_ROUNDING = 0.01  # bits that float32 sums may be off
_ANY_VALUE = np.full(1, 2.0, np.float32)  # of a comparison without a frequency
_AGAINST = -2.5  # the least that given names which contradict each other can cost


def may_link(
    comparer: Comparer, rarities: Mapping[str, Floats], left: Ints, right: Ints, needed: float
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether pairs of canonical record numbers can have ``needed`` bits of identity and support together.

    Pairs that can even if all their unequal names contradict each other are not looked at any closer.

    Parameters
    ----------
    rarities : mapping of comparison name to float32 table
        ``rarities_of`` the file.
    needed : float
        Bits that evidence must add to the prior for a pair to be kept.
    """
    left, right = left.astype(np.intp), right.astype(np.intp)  # the type NumPy indexes with
    least = _bound(comparer, rarities, left, right, closely=False)
    possible: np.ndarray[Any, np.dtype[np.bool_]] = least + np.minimum(least, SUPPORT_CAP) >= needed + _ROUNDING
    open_ = np.flatnonzero(~possible)
    most = _bound(comparer, rarities, left[open_], right[open_], closely=True)
    possible[open_] = most + np.minimum(most, SUPPORT_CAP) >= needed
    return possible


def rarities_of(tables: Mapping[str, Table]) -> dict[str, Floats]:
    """The most bits each value can be worth, log2(1 / u), per comparison with a frequency."""
    return {
        name: np.minimum(-np.log2(np.maximum(table, 1e-9)), _CAP).astype(np.float32) for name, table in tables.items()
    }


def _bound(comparer: Comparer, rarities: Mapping[str, Floats], left: Ints, right: Ints, *, closely: bool) -> Floats:
    """What identity evidence can reach; unless ``closely``, as if unequal names always contradicted each other."""
    total = np.full(len(left), np.float32(_SLACK))
    for item in comparer.active:
        rarity = rarities.get(item.name, _ANY_VALUE)
        if item.name in ("given", "family"):
            total += _name_bound(comparer, rarity, item.name, left, right, closely=closely)
        elif item.name in POOLED:
            if "identity" in item.roles():
                total += _pool_bound(comparer.records, rarity, item.name, left, right)
        elif item.role == "identity":
            total += _form_bound(comparer, rarity, item.name, left, right)
    return total


def _name_bound(comparer: Comparer, rarity: Floats, name: str, left: Ints, right: Ints, *, closely: bool) -> Floats:
    codes = comparer.records.codes(name)
    a, b = codes[left], codes[right]
    missing = (a == 0) | (b == 0)
    bits = np.where(a == b, rarity[a], np.float32(_AGAINST))
    if closely:
        apart = (a != b) & ~missing
        alike = apart & comparer.may_be_alike(name, a, b)
        other = "family" if name == "given" else "given"
        if comparer.records.has(other):
            crossed = comparer.records.codes(other)
            alike |= apart & ((a == crossed[right]) | (b == crossed[left]))
        bits[alike] = _NEAR if name == "family" else 12.0
    bits[missing] = 0
    return bits


def _form_bound(comparer: Comparer, rarity: Floats, name: str, left: Ints, right: Ints) -> Floats:
    codes = comparer.records.codes(name)
    a, b = codes[left], codes[right]
    bits = np.where(a == b, rarity[np.minimum(a, len(rarity) - 1)], np.float32(0))
    bits[(a != b) & (a > 0) & (b > 0)] = {"birth": 12.0, "company": _NEAR}.get(name, 2.0)
    bits[(a == 0) | (b == 0)] = 0
    return bits


def _pool_bound(records: Records, rarity: Floats, name: str, left: Ints, right: Ints) -> Floats:
    """Equal in any column, else near where the cheap signs of nearness are there."""
    first = records.codes(name)
    second = records.codes("line") if name == "own_line" else first
    bits = np.zeros(len(left), np.float32)
    for one, other in ((first, second), (second, first)) if name == "own_line" else ((first, second),):
        for row in one:
            a = row[left]
            for column in other:
                b = column[right]
                both = (a > 0) & (b > 0)
                np.maximum(
                    bits, np.where(both, np.where(a == b, rarity[a], _near_bound(records, name, a, b)), 0), out=bits
                )
    return bits


def _near_bound(records: Records, name: str, a: Ints, b: Ints) -> Floats:
    """What two different values of a pool can be worth."""
    if name == "national_id":
        return np.full(len(a), _NEAR, np.float32)
    if name == "email" and records.has("local", "mail_domain"):
        local, domain = records.forms["local"].of_parent, records.forms["mail_domain"].of_parent
        assert local is not None
        assert domain is not None
        same_local = (local[a] == local[b]) & (local[a] > 0)
        return np.where(same_local, _CAP, np.where(domain[a] == domain[b], 12.0, 0.0)).astype(np.float32)
    return np.full(len(a), 9.0 if name != "site" else 0.0, np.float32)
