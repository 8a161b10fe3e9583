"""From match links to clusters: connected components, then a guard against chains.

A component of three or more records can hold two that nobody would link: A is like B and B like C, but A is not like
C. The guard weighs all pairs inside such a component. Where one of them is less likely a match than not, the component
is put together again from single records (``joining``): by the evidence alone, and where it has or gives a cluster of a
size that the file hardly has, by the sizes of its clusters too. So a chain is cut at its weakest place, and a record
that differs from one copy of a person but agrees with three others stays.

Components too large to compare all with all are first split at rising link weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from crmclean.dedup.components import components
from crmclean.dedup.forms import Ints
from crmclean.dedup.joining import Evidence, SizeCharge, join_components
from crmclean.dedup.pairs import pairs_of_runs, runs

__all__ = ["Clusters", "Evaluate", "Guard", "cluster_records", "confidence"]

Evaluate = Callable[[Ints, Ints], Evidence]

_STEP = 3.0
_ROUNDS = 10
_SURE = 10.0  # bits, a thousand to one, of the weakest join of a cluster by which the file is believed to have its size


@dataclass(frozen=True)
class Guard:
    """What the guard asks of a file.

    Attributes
    ----------
    evaluate : callable
        The evidence of pairs of records.
    prior : float
        Bits of the prior, against which evidence is held.
    firm : float
        Weight in bits from which on a link is firm.
    """

    evaluate: Evaluate
    prior: float = 0.0
    firm: float = 0.0


@dataclass(frozen=True)
class Clusters:
    """Labels (the smallest record number of each cluster) and what the guard did."""

    labels: np.ndarray[Any, np.dtype[np.int32]]
    examined: int
    split: int
    largest: int


def cluster_records(
    count: int,
    left: Ints,
    right: Ints,
    weight: Ints,
    guard: Guard,
    twins: Callable[[], Ints] | None = None,
) -> Clusters:
    """Clusters of records.

    Parameters
    ----------
    count : int
        Number of records.
    left, right, weight : arrays
        The match links and their weights in bits.
    guard : Guard
    twins : callable, optional
        The first record that is the same as each in everything; asked only where a component is very large.
    """
    labels = components(count, left, right)
    giant = _in_giants(labels)
    if twins is not None and giant.any():
        return _without_twins(labels, giant, twins(), (left, right, weight), guard)
    labels = _split_giants(labels, left, right, weight)
    members = np.argsort(labels, kind="stable")
    starts, lengths = runs(labels[members])
    wide = lengths > 2
    if not wide.any():
        return Clusters(labels, 0, 0, int(lengths.max(initial=0)))
    first, second = pairs_of_runs(members, starts[wide], lengths[wide])
    evidence = guard.evaluate(first, second)
    contrary = first[evidence.contrary], second[evidence.contrary]
    torn = _torn_links(labels, (left, right, weight), contrary, guard.firm)
    if torn.any():
        kept = ~torn & (labels[left] == labels[right])
        labels = components(count, left[kept], right[kept])
        inside = np.flatnonzero(labels[first] == labels[second])
        first, second, evidence = first[inside], second[inside], evidence.take(inside)
    doubted = evidence.never | (evidence.bits + guard.prior < 0)
    doubtful = np.zeros(count, bool)
    doubtful[labels[first[doubted]]] = True
    whole = _examine(labels, doubtful, first, second, evidence, guard.prior)
    apart = labels[first] != labels[second]
    return Clusters(labels, int(doubtful.sum()), len(np.unique(whole[first[apart]])), int(np.bincount(labels).max()))


def _examine(labels: Ints, doubtful: Ints, first: Ints, second: Ints, evidence: Evidence, prior: float) -> Ints:
    """Put the doubtful components together again, and those of a size that the file hardly has.

    Writes ``labels``, and adds the latter to ``doubtful``. That a size is rare shows when the wrong joins among its
    clusters are gone, so sizes are counted on clusters that surely hold together, until nothing changes.
    """
    whole, weakest = labels.copy(), np.full(len(labels), np.inf)
    chosen = np.flatnonzero(doubtful[labels[first]])
    if len(chosen):
        join_components(labels, first[chosen], second[chosen], evidence.take(chosen), prior, None, weakest)
    largest, settled = int(np.bincount(whole).max()), b""
    for _ in range(_ROUNDS):
        sizes = np.bincount(labels)
        unsure = np.zeros(len(sizes), bool)
        unsure[labels[weakest < _SURE]] = True
        charge = SizeCharge.of(sizes[(sizes > 0) & ~unsure], largest)
        odd = np.zeros(len(labels), bool)
        odd[whole[charge.is_charged()[sizes[labels]]]] = True
        again = np.flatnonzero(odd[whole[first]])
        if not len(again) or charge.bits.tobytes() == settled:
            break
        settled = charge.bits.tobytes()
        doubtful |= odd
        labels[odd[whole]] = whole[odd[whole]]
        join_components(labels, first[again], second[again], evidence.take(again), prior, charge, weakest)
    return whole


def _without_twins(labels: Ints, giant: Ints, twins: Ints, links: tuple[Ints, Ints, Ints], guard: Guard) -> Clusters:
    """Clusters where records of very large components that are the same in everything count as one.

    Thousands of copies of one record are a large component that no rising bar could split but into nothing.
    """
    count, (left, right, weight) = len(labels), links
    first = np.unique(labels.astype(np.int64) * count + twins, return_index=True, return_inverse=True)[1:]
    stands_for = np.where(giant, first[0][first[1]], np.arange(count))
    left, right = stands_for[left], stands_for[right]
    apart = left != right
    found = cluster_records(count, left[apart], right[apart], weight[apart], guard)
    whole = found.labels[stands_for]
    return Clusters(whole, found.examined, found.split, int(np.bincount(whole).max()))


def _torn_links(
    labels: Ints, links: tuple[Ints, Ints, Ints], contrary: tuple[Ints, Ints], firm: float
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Links of records that match two records which contradict each other, and neither of them firmly.

    Nothing but a coin could say to which of the two such a record belongs, so it goes to neither: a link of r and a is
    torn if r has no firm link, and one of its other partners contradicts a.
    """
    left, right, weight = links
    torn = np.zeros(len(left), bool)
    if not len(contrary[0]):
        return torn
    count = len(labels)
    strongest = np.full(count, -np.inf)
    np.maximum.at(strongest, left, weight)
    np.maximum.at(strongest, right, weight)
    loose = strongest < firm
    record, partner = np.concatenate([left, right]).astype(np.int64), np.concatenate([right, left])
    asked = np.flatnonzero(loose[record])
    one, other = (np.concatenate([contrary[side], contrary[1 - side]]) for side in (0, 1))
    order = np.argsort(one, kind="stable")
    one, other = one[order], other[order]
    begin, end = (np.searchsorted(one, partner[asked], side=side) for side in ("left", "right"))
    met = end - begin  # how many records the partner contradicts
    against = other[np.repeat(end - np.cumsum(met), met) + np.arange(met.sum())]
    crossed = np.repeat(record[asked], met) * count + against
    found = asked[np.isin(record[asked] * count + partner[asked], crossed)]
    torn[found % len(left)] = True
    return torn


def _split_giants(labels: Ints, left: Ints, right: Ints, weight: Ints) -> Ints:
    """Raise the bar for the links of components too large to compare all with all until they are small enough."""
    count = len(labels)
    while True:
        giant = _in_giants(labels)
        if not giant.any():
            return labels
        kept = giant[left] & (weight >= float(weight[giant[left]].min()) + _STEP)
        labels = np.where(giant, components(count, left[kept], right[kept]), labels).astype(np.int32)
        left, right, weight = (array[kept | ~giant[left]] for array in (left, right, weight))


def _in_giants(labels: Ints) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Records of the components that are too large to compare all with all."""
    sizes = np.bincount(labels, minlength=len(labels)).astype(np.int64)
    order = np.sort(sizes[sizes > 2])
    work = np.cumsum(order * (order - 1) // 2)
    fitting = int(np.searchsorted(work, 2_000_000 + 4 * len(labels), side="right"))
    if fitting == len(order):
        return np.zeros(len(labels), bool)
    giant: np.ndarray[Any, np.dtype[np.bool_]] = sizes[labels] > max(int(order[fitting - 1]) if fitting else 2, 30)
    return giant


def confidence(labels: Ints, left: Ints, right: Ints, probability: Ints) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Per record the probability of the weakest link its cluster needs to hang together; 1 for a record on its own.

    The needed links are those of the maximum spanning tree of the cluster's links.
    """
    from scipy.sparse import coo_array  # slow to import
    from scipy.sparse.csgraph import minimum_spanning_tree

    inside = labels[left] == labels[right]
    left, right, probability = left[inside], right[inside], probability[inside]
    cost = coo_array((2.0 - probability, (left, right)), shape=(len(labels), len(labels))).tocsr()
    tree = minimum_spanning_tree(cost).tocoo()
    weakest = np.ones(len(labels))
    np.minimum.at(weakest, labels[tree.row], 2.0 - tree.data)
    return weakest[labels]
