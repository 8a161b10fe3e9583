"""Pairs of records that a person has judged: they are obeyed, and they teach the weights a little.

*Obeyed*: records judged the same are one from the start (so is what follows: A is B, B is C), and their group is
clustered like a record; two groups judged different are never joined, whatever lies between them.

*Teaching*: pairs judged the same count as matches of the M-step, each as ``_WORTH`` pairs, but all of them together as
no more than half the pairs that the Dirichlet prior of a comparison is worth; pairs judged different count among the
random pairs that u is from, on each level as no more than the events its gamma prior is worth. With the bounds that
every fit has (no level further than fourfold from its prior), a handful of judgements cannot derail a model.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.cluster import Clusters, Evaluate, Guard, cluster_records
from crmclean.dedup.compare import Levels
from crmclean.dedup.components import components
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table
from crmclean.dedup.joining import Evidence
from crmclean.dedup.model import EVENTS, Chance
from crmclean.dedup.priors import DIFFERENT, Comparison
from crmclean.errors import UsageError
from crmclean.tables.evidence import TEXT

__all__ = ["Judged", "Judgements", "cluster_judged", "taught_chance", "taught_matches"]

_WORTH = 5.0  # pairs that one judged the same counts as
_MOST = 0.5  # of the pairs a comparison's prior is worth


@dataclass(frozen=True)
class Judged:
    """Judged pairs by the numbers of their records.

    Attributes
    ----------
    left, right : int64 arrays
        The records of each pair.
    same : bool array
        What was judged.
    group : int32 array, one for each record of the file
        The smallest record that each is judged to be the same as, itself where there is none.
    """

    left: Ints
    right: Ints
    same: Ints
    group: Ints

    @staticmethod
    def of(count: int, left: Ints, right: Ints, same: Ints) -> Judged:
        """From pairs of record numbers below ``count`` that do not contradict each other."""
        left, right, same = np.asarray(left, np.int64), np.asarray(right, np.int64), np.asarray(same, bool)
        return Judged(left, right, same, components(count, left[same], right[same]))

    def renumbered(self, place: Ints) -> Judged:
        """The same with record r under the number ``place[r]``."""
        return Judged.of(len(self.group), place[self.left], place[self.right], self.same)

    def counts(self) -> dict[str, int]:
        """How many pairs were judged the same, and how many different."""
        same = int(self.same.sum())
        return {"same": same, "different": len(self.same) - same}

    def together(self, left: Ints, right: Ints) -> Ints:
        """Whether pairs of records are the same by judgement, or by what follows from it."""
        alike: Ints = self.group[left] == self.group[right]
        return alike

    def apart(self, left: Ints, right: Ints) -> Ints:
        """Whether pairs of records are different by judgement, or by what follows from it."""
        return np.isin(self._codes(left, right), self._codes(self.left[~self.same], self.right[~self.same]))

    def _codes(self, left: Ints, right: Ints) -> Ints:
        a, b = self.group[left].astype(np.int64), self.group[right].astype(np.int64)
        return np.minimum(a, b) * len(self.group) + np.maximum(a, b)

    @property
    def marks(self) -> Ints:
        """A code of its own for each record that is judged different from another, 0 for all others."""
        marks = np.zeros(len(self.group), np.int64)
        for side in (self.left[~self.same], self.right[~self.same]):
            marks[side] = side + 1
        return marks


@dataclass(frozen=True)
class Judgements:
    """Judged pairs by the ids of their records, and where they come from."""

    left: Sequence[str]
    right: Sequence[str]
    same: Sequence[bool]
    name: str = field(default="the table of labels")

    def find(self, known: Sequence[pa.Array]) -> tuple[Ints, Ints, Ints]:
        """Positions of the records of each pair, and whether it is judged the same; pairs of one record left out.

        Parameters
        ----------
        known : sequence of text arrays
            What records can be called, a value for each: the first that knows all ids decides.

        Raises
        ------
        UsageError
            No record has one of the ids, or two judgements contradict each other.
        """
        asked = pa.array([*self.left, *self.right], TEXT)
        places = pa.nulls(len(asked), pa.int32())
        for names in known:
            found = pc.index_in(asked, value_set=names)
            twice = names.filter(pc.is_in(names, value_set=asked))
            if found.null_count < places.null_count and pc.count_distinct(twice).as_py() == len(twice):
                places = found
        if places.null_count:
            unknown = asked.filter(pc.is_null(places))[0].as_py()
            raise UsageError(
                f"{self.name}: no record is called {unknown!r}",
                hint="name records by crmclean_record_id, or by the number of the row, from 1",
            )
        left, right = np.split(places.to_numpy().astype(np.int64), 2)
        same = np.asarray(self.same, bool)
        self._refuse_contradictions(left, right, same)
        apart = left != right
        return left[apart], right[apart], same[apart]

    def _refuse_contradictions(self, left: Ints, right: Ints, same: Ints) -> None:
        records, codes = np.unique(np.concatenate([left, right]), return_inverse=True)
        one, other = np.split(codes, 2)
        group = components(len(records), one[same], other[same])
        wrong = np.flatnonzero(~same & (group[one] == group[other]))
        if not len(wrong):
            return
        pair = int(wrong[0])
        names = dict(zip([*one.tolist(), *other.tolist()], [*self.left, *self.right], strict=True))
        chain = [names[step] for step in _path(int(one[pair]), int(other[pair]), one[same], other[same])]
        said = ", ".join(f"{a} = {b}" for a, b in pairwise(chain))
        if not said:
            raise UsageError(f"{self.name}: {self.left[pair]!r} cannot be another record than itself")
        raise UsageError(
            f"{self.name} contradicts itself: {said}, but {self.left[pair]} != {self.right[pair]}",
            hint="take one of these judgements out",
        )


def _path(start: int, goal: int, left: Ints, right: Ints) -> list[int]:
    """The shortest chain of pairs from one record to another."""
    steps: dict[int, list[int]] = {}
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        steps.setdefault(a, []).append(b)
        steps.setdefault(b, []).append(a)
    came, queue = {goal: goal}, deque([goal])
    while start not in came:
        here = queue.popleft()
        for step in steps.get(here, []):
            if step not in came:
                came[step] = here
                queue.append(step)
    chain = [start]
    while chain[-1] != goal:
        chain.append(came[chain[-1]])
    return chain


# ---- teaching


def taught_matches(items: Sequence[Comparison], levels: Levels, judged: Judged) -> dict[str, Table]:
    """Per comparison the pairs that the judgements count as on each level, among the matches."""
    worth = {}
    for item in items:
        seen = np.bincount(levels[item.name][judged.same], minlength=item.size).astype(np.float64)
        seen[:DIFFERENT] = 0.0
        worth[item.name] = seen * min(_WORTH, _MOST * item.strength / max(float(seen.sum()), 1.0))
    return worth


def taught_chance(items: Sequence[Comparison], levels: Levels, judged: Judged, chance: Chance) -> Chance:
    """The random pairs with those judged different among them."""
    rates = dict(chance.rates)
    for item in items:
        seen = np.bincount(levels[item.name][~judged.same], minlength=item.size)
        rates[item.name] = rates[item.name] + np.minimum(seen, int(EVENTS))
    return replace(chance, rates=rates)


# ---- obeying


def cluster_judged(
    judged: Judged,
    count: int,
    links: tuple[Ints, Ints, Ints],
    guard: Guard,
    twins: Callable[[], Ints],
) -> Clusters:
    """As ``cluster.cluster_records``, with each group of records judged the same in the place of one record."""
    left, right = judged.group[links[0]], judged.group[links[1]]
    between = left != right
    of_groups = replace(guard, evaluate=_of_groups(judged, guard.evaluate))
    found = cluster_records(count, left[between], right[between], links[2][between], of_groups, twins)
    labels = found.labels[judged.group]
    return Clusters(labels, found.examined, found.split, int(np.bincount(labels, minlength=1).max()))


def _of_groups(judged: Judged, evaluate: Evaluate) -> Evaluate:
    """What the guard is told of two groups: the best of their pairs; never together only if judged different."""
    members = np.argsort(judged.group, kind="stable")
    sizes = np.bincount(judged.group, minlength=len(judged.group))
    starts = np.cumsum(sizes) - sizes

    def asked(first: Ints, second: Ints) -> Evidence:
        width = sizes[second]
        pairs = sizes[first] * width
        begin = np.cumsum(pairs) - pairs
        of = np.repeat(np.arange(len(first)), pairs)
        place = np.arange(len(of)) - begin[of]
        one = members[starts[first][of] + place // width[of]]
        other = members[starts[second][of] + place % width[of]]
        told = evaluate(one, other)
        if len(of) > len(first):
            never, contrary = (np.logical_and.reduceat(said, begin) for said in (told.never, told.contrary))
            findings = np.where(told.known, told.findings, -np.inf)
            known = np.logical_or.reduceat(told.known, begin, axis=1)
            best = np.where(known, np.maximum.reduceat(findings, begin, axis=1), 0)
            equal = None if told.equal is None else np.logical_or.reduceat(told.equal, begin)
            told = Evidence(np.maximum.reduceat(told.bits, begin), never, contrary, best, known, equal=equal)
        return replace(told, never=told.never | judged.apart(first, second))

    return asked
