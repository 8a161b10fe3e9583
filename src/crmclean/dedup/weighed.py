"""Pairs that are compared once and weighed under many models, and what a model expects of them.

Posterior probabilities are rounded to 1/4096 and summed as integers: sums do not depend on the order of the pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np

from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table
from crmclean.dedup.levels import Comparer
from crmclean.dedup.misdated import are_misdated, fit_misdated
from crmclean.dedup.priors import DIFFERENT
from crmclean.dedup.support import LASTING
from crmclean.dedup.weights import Model, probability_of, score_pairs

__all__ = ["UNIT", "Weighed"]

UNIT = 4096
_THREADS = 2
_PART = 80_000  # pairs weighed at a time
_LASTING_PAIRS = 100.0


class Weighed:
    """Pairs of canonical record numbers with their levels, to be weighed under one model after the other."""

    def __init__(self, comparer: Comparer, tables: Mapping[str, Table], left: Ints, right: Ints) -> None:
        self.pairs = (left.astype(np.intp), right.astype(np.intp))  # the type NumPy indexes with
        self.records, self.tables = comparer.records, tables
        self.items = comparer.active
        self.levels, self.shared = _levels_of(comparer, *self.pairs)

    def posterior(self, model: Model) -> tuple[Ints, Ints]:
        """How likely each pair is a match, in units of 1 / ``UNIT``; and a match that kept what (``support``)."""
        weight, classes = _weight_of(model, self.tables, self.records, self.pairs, self.levels, self.shared)
        probability = probability_of(weight)
        posterior: Ints = np.rint(probability * UNIT).astype(np.int64)
        kept: Ints = np.rint(probability * classes * UNIT).astype(np.int64)
        return posterior, kept

    def matches(self, posterior: Ints, kept: Ints) -> dict[str, Table]:
        """How many matches are to be expected on each level, by comparison."""
        by_role = {"identity": posterior, "place": kept[0] + kept[1], "employer": kept[0] + kept[2]}
        return {item.name: _by_level(self.levels[item.name], by_role[item.role], item.size) for item in self.items}

    def lasting(self, kept: Ints) -> Table:
        """Shares of matches that kept both place and employer, one of them, or neither, where either is known.

        By level of the mailbox, for a new employer mostly gives a new one: with a Dirichlet prior of 100 pairs that are
        as all matches are; and these with one of 100 pairs as believed, and no further than fourfold from it.
        """
        known = np.zeros(kept.shape[1], bool)
        for item in self.items:
            if item.role in ("place", "employer"):
                known |= self.levels[item.name] >= DIFFERENT
        believed = np.array(LASTING)
        mailbox = next((item for item in self.items if item.name == "email"), None)
        level = np.zeros(len(known), np.uint8) if mailbox is None else self.levels["email"]
        seen = [_by_level(level[known], shares[known], 1 if mailbox is None else mailbox.size) for shares in kept]
        of_level = np.stack(seen, axis=1)
        fitted = of_level.sum(axis=0) + _LASTING_PAIRS * believed
        fitted = np.clip(fitted / fitted.sum(), believed / 4.0, believed * 4.0)
        of_level += _LASTING_PAIRS * fitted / fitted.sum()
        lasting: Table = of_level / of_level.sum(axis=1, keepdims=True)
        return lasting

    @cached_property
    def _misdated(self) -> Ints:
        """Places of the pairs of which one birth date cannot be."""
        item = next(item for item in self.items if item.name == "birth")
        return np.flatnonzero(are_misdated(self.records, self.levels["birth"], item, *self.pairs))

    def misdated(self, posterior: Ints, m: Mapping[str, Table]) -> Table:
        """``Model.misdated`` by how likely each pair is a match, beside the ``m`` of all."""
        if self.records.misdated is None:
            return np.zeros(0)
        item = next(item for item in self.items if item.name == "birth")
        matches = _by_level(self.levels["birth"][self._misdated], posterior[self._misdated], item.size)
        return fit_misdated(m["birth"], item, matches)


def _levels_of(comparer: Comparer, left: Ints, right: Ints) -> tuple[dict[str, Ints], dict[str, Ints]]:
    """``Comparer.levels``, half of the pairs in each thread."""
    halves = [slice(0, len(left) // 2), slice(len(left) // 2, len(left))]
    with ThreadPoolExecutor(_THREADS) as pool:
        done = list(pool.map(lambda half: comparer.levels(left[half], right[half]), halves))
    levels, shared = (
        {name: np.concatenate([each[at][name] for each in done]) for name in done[0][at]} for at in (0, 1)
    )
    return levels, shared


def _by_level(levels: Ints, posterior: Ints, size: int) -> Table:
    sums: Table = np.bincount(levels, posterior, minlength=size) / UNIT  # of whole numbers, so in any order
    return sums


def _weight_of(
    model: Model,
    tables: Mapping[str, Table],
    records: Records,
    pairs: tuple[Ints, Ints],
    levels: Mapping[str, Ints],
    shared: Mapping[str, Ints],
) -> tuple[Ints, Ints]:
    """Weights of pairs, a part of them at a time: NumPy lets go of the interpreter lock."""

    def score(start: int) -> tuple[Ints, Ints]:
        part = slice(start, start + _PART)
        scored = score_pairs(
            model,
            tables,
            records,
            (pairs[0][part], pairs[1][part]),
            {name: codes[part] for name, codes in levels.items()},
            {name: codes[part] for name, codes in shared.items()},
        )
        return scored.weight, scored.classes

    with ThreadPoolExecutor(_THREADS) as pool:
        done = list(pool.map(score, range(0, len(pairs[0]), _PART)))
    weights, classes = [weight for weight, _ in done], [found for _, found in done]
    return np.concatenate([np.zeros(0, np.float32), *weights]), np.concatenate([np.zeros((4, 0)), *classes], axis=1)
