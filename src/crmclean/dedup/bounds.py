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

__all__ = ["may_link"]

Floats = np.ndarray[Any, np.dtype[np.float32]]

_NEAR = 16.0  # bits that a near level can be worth
_CAP = 24.0
_SLACK = 0.5
_AGAINST = -2.5  # the least that given names which contradict each other can cost


def may_link(comparer: Comparer, tables: Mapping[str, Table], left: Ints, right: Ints, needed: float) -> Ints:
    """Whether pairs of canonical record numbers can have ``needed`` bits of identity and support together.

    Parameters
    ----------
    needed : float
        Bits that evidence must add to the prior for a pair to be kept.
    """
    records = comparer.records
    total = np.full(len(left), np.float32(_SLACK))
    for item in comparer.active:
        if item.name in ("given", "family"):
            total += _name_bound(comparer, tables, item.name, left, right)
        elif item.name in POOLED:
            if "identity" in item.roles():
                total += _pool_bound(records, tables, item.name, left, right)
        elif item.role == "identity":
            total += _form_bound(comparer, tables, item.name, left, right)
    return total + np.minimum(total, SUPPORT_CAP) >= needed


def _rarity(tables: Mapping[str, Table], name: str) -> Floats:
    """The most bits each value can be worth: log2(1 / u)."""
    if name not in tables:
        return np.full(1, 2.0, np.float32)
    return np.minimum(-np.log2(np.maximum(tables[name], 1e-9)), _CAP).astype(np.float32)


def _name_bound(comparer: Comparer, tables: Mapping[str, Table], name: str, left: Ints, right: Ints) -> Floats:
    codes = comparer.records.codes(name)
    a, b = codes[left], codes[right]
    bits = np.where(a == b, _rarity(tables, name)[a], 0).astype(np.float32)
    apart = (a != b) & (a > 0) & (b > 0)
    alike = apart & comparer.may_be_alike(name, a, b)
    other = "family" if name == "given" else "given"
    if comparer.records.has(other):
        crossed = comparer.records.codes(other)
        alike |= apart & ((a == crossed[right]) | (b == crossed[left]))
    bits[alike] = _NEAR if name == "family" else 12.0
    bits[apart & ~alike] = _AGAINST
    bits[(a == 0) | (b == 0)] = 0
    return bits


def _form_bound(comparer: Comparer, tables: Mapping[str, Table], name: str, left: Ints, right: Ints) -> Floats:
    codes = comparer.records.codes(name)
    a, b = codes[left], codes[right]
    bits = np.where(a == b, _rarity(tables, name)[np.minimum(a, len(_rarity(tables, name)) - 1)], 0).astype(np.float32)
    bits[(a != b) & (a > 0) & (b > 0)] = {"birth": 12.0, "company": _NEAR}.get(name, 2.0)
    bits[(a == 0) | (b == 0)] = 0
    return bits


def _pool_bound(records: Records, tables: Mapping[str, Table], name: str, left: Ints, right: Ints) -> Floats:
    """Equal in any column, else near where the cheap signs of nearness are there."""
    first = records.codes(name)
    second = records.codes("line") if name == "own_line" else first
    rarity = _rarity(tables, name)
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
