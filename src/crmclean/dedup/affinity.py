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
    counts = []
    for codes, size in ((given, sizes[0]), (family, sizes[1])):
        known = told & (codes > 0)
        pairs = np.bincount(codes[known] * np.int64(slots) + slot[country[known]], minlength=size * slots)
        counts.append(pairs.reshape(size, slots).astype(np.float32))
    of_name = [(table + _WEIGHT * share) / (table.sum(axis=1, keepdims=True) + _WEIGHT) for table in counts]
    same = [_agreement(table) for table in counts]
    namesakes = float((share**2 * same[0] * same[1]).sum())
    return Affinity(of_name[0].astype(np.float32), (of_name[1] / share).astype(np.float32), namesakes)


def _agreement(counts: Floats) -> Ints:
    """Per country the chance that two of its people share the name: sum n (n - 1) / N (N - 1)."""
    exact = counts.astype(np.float64)
    whole = exact.sum(axis=0)
    pairs: Ints = (exact * (exact - 1)).sum(axis=0)
    share: Ints = np.divide(pairs, whole * (whole - 1), out=np.zeros(len(whole)), where=whole > 1)
    return share
