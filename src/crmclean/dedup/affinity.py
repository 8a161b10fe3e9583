"""How much oftener a given and a family name meet than chance has it, because each language has its own names.

In a file of many countries the frequencies of *Théo* and *Brunet* multiply to next to nothing, yet both are French: two
people called Théo Brunet are no wonder. With names independent within a country c,

    P(g, f) = sum_c P(c) P(g | c) P(f | c) = P(g) P(f) * lift,    lift = sum_c P(c | g) P(c | f) / P(c)

A full name that agrees is charged log2(lift) bits, and what the file shows beyond that (``model``) on top. P(c | name)
is smoothed with P(c) worth ``_WEIGHT`` carriers, so a name met once says little about where it is from. Rare countries
are taken together.

Source: the latent-class view of dependent agreements in Thibaudeau (1993), with the class seen instead of estimated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["LEAST_CHARGE", "Affinity", "affinity_of"]

Ints = np.ndarray[Any, Any]
Floats = np.ndarray[Any, np.dtype[np.float32]]

_WEIGHT = 2.0
_COUNTRIES = 24
_ENOUGH = 50  # records of a country, below which it is one of the rare ones
_MOST = -6.0  # bits
_PART = 20_000  # pairs at a time: their rows stay in the cache
_NAMES = 4096  # likewise
LEAST_CHARGE = 1.0


@dataclass(frozen=True)
class Affinity:
    """The countries of the names of a file.

    Attributes
    ----------
    given, family : float32 arrays, shape (values, countries)
        P(c | name), the family's divided by P(c).
    namesakes : float
        The share of random pairs that would have one full name if names were independent within each country.
    """

    given: Floats
    family: Floats
    namesakes: float

    def bits(self, given: Ints, family: Ints) -> Floats:
        """-log2(lift) of full names given by their codes: what agreeing on one is charged (negative) or gains."""
        lift = np.empty(len(given), np.float32)
        for start in range(0, len(given), _PART):
            part = slice(start, start + _PART)
            rows = self.given.take(given[part], axis=0), self.family.take(family[part], axis=0)
            np.einsum("ij,ij->i", *rows, out=lift[part])
        charge: Floats = np.clip(-np.log2(np.maximum(lift, 1e-6)), _MOST, LEAST_CHARGE).astype(np.float32)
        return charge


def affinity_of(given: Ints, family: Ints, country: Ints, sizes: tuple[int, int, int]) -> Affinity | None:
    """The affinity of a file; None where its records are of one country, or it does not say.

    Parameters
    ----------
    given, family, country : int arrays
        Codes per record, 0 = missing.
    sizes : three ints
        Number of codes of each.
    """
    records = np.bincount(country, minlength=sizes[2])
    records[0] = 0
    ranked = np.lexsort((np.arange(sizes[2]), -records))[:_COUNTRIES]
    kept = ranked[records[ranked] >= _ENOUGH]
    if len(kept) < 2:
        return None
    slot = np.full(sizes[2], len(kept), np.int64)
    slot[kept] = np.arange(len(kept))
    slots = len(kept) + 1
    told = country > 0
    share = np.bincount(slot[country[told]], minlength=slots) / max(int(told.sum()), 1)
    share = np.maximum(share, 1e-4)
    slot[0] = slots  # of the records that do not tell
    place = slot.take(country)
    tables = [_carriers(codes, place, size, slots) for codes, size in ((given, sizes[0]), (family, sizes[1]))]
    same = [_agreement(table) for table in tables]
    namesakes = float((share**2 * same[0] * same[1]).sum())
    return Affinity(_shares(tables[0], share, 1.0), _shares(tables[1], share, share), namesakes)


def _carriers(codes: Ints, place: Ints, size: int, slots: int) -> Floats:
    """How many records of each country carry each name."""
    width = slots + 1
    pairs = np.bincount(codes * np.int64(width) + place, minlength=size * width).reshape(size, width)
    pairs[0] = 0
    return pairs[:, :slots].astype(np.float32)


def _shares(table: Floats, share: Ints, base: Any) -> Floats:
    """P(country | name) / base."""
    made = np.empty(table.shape, np.float32)
    for start in range(0, len(table), _NAMES):
        part = table[start : start + _NAMES]
        of_name = (part + _WEIGHT * share) / (part.sum(axis=1, keepdims=True) + _WEIGHT)
        made[start : start + _NAMES] = of_name / base
    return made


def _agreement(counts: Floats) -> Ints:
    """Per country the chance that two of its people share the name: sum n (n - 1) / N (N - 1)."""
    whole, pairs = np.zeros(counts.shape[1]), np.zeros(counts.shape[1])
    for start in range(0, len(counts), _NAMES):
        exact = counts[start : start + _NAMES].astype(np.float64)
        whole += exact.sum(axis=0)
        pairs += (exact * (exact - 1)).sum(axis=0)
    share: Ints = np.divide(pairs, whole * (whole - 1), out=np.zeros(len(whole)), where=whole > 1)
    return share
