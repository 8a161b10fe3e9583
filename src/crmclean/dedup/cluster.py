"""From match links to clusters: connected components, then a guard against chains.

A component of three or more records can hold two that nobody would link: A is like B and B like C, but A is not like
C. The guard compares all pairs inside such a component. Two parts A and B of it are one entity by the log odds

    prior + n * (mean evidence of the pairs between A and B)

The prior is paid once and not by every pair, and p pairs are worth n = sqrt(p) independent findings (two where there
are two or three, four at most), because the copies of a record say, and err, together. Where some pair has evidence
against it, the component is put together again from single records: the two parts with the best odds a finding are
joined as long as the odds are in favour (average linkage, Sokal & Michener 1958, on log odds as in correlation
clustering, Bansal, Blum & Chawla 2004). So a chain is cut at its weakest place, and a record that differs from one copy
of a person but agrees with three others stays.

Components too large to compare all with all are first split at rising link weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from crmclean.dedup.components import components
from crmclean.dedup.forms import Ints
from crmclean.dedup.pairs import pairs_of_runs, runs

__all__ = ["Clusters", "Evaluate", "Guard", "cluster_records", "confidence"]

Evaluate = Callable[[Ints, Ints], tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]]

_AGAINST, _FOR = -9.0, 60.0  # bits that one pair can say between two parts of a component
_FEW, _MANY = 2.0, 4.0  # independent findings that the pairs between two parts can make
_NEVER = -1e6
_STEP = 3.0


@dataclass(frozen=True)
class Guard:
    """What the guard asks of a file.

    Attributes
    ----------
    evaluate : callable
        Of pairs of records: evidence in bits, whether they must never be joined, whether they contradict each other.
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
    bits, never, contrary = guard.evaluate(first, second)
    torn = _torn_links(labels, (left, right, weight), (first[contrary], second[contrary]), guard.firm)
    if torn.any():
        kept = ~torn & (labels[left] == labels[right])
        labels = components(count, left[kept], right[kept])
        inside = labels[first] == labels[second]
        first, second, bits, never = first[inside], second[inside], bits[inside], never[inside]
    bits = np.where(never, _NEVER, np.clip(bits, _AGAINST, _FOR))
    doubtful = np.unique(labels[first[bits < 0]])  # one pair that speaks against it
    owner = labels[first]
    chosen = np.flatnonzero(np.isin(owner, doubtful))
    order = np.lexsort((second[chosen], first[chosen], owner[chosen]))
    chosen = chosen[order]
    block_starts, block_lengths = runs(owner[chosen])
    trios = block_lengths == 3
    split = _join_trios(labels, first, second, bits, chosen[block_starts[trios, None] + np.arange(3)], guard.prior)
    for start, length in zip(block_starts[~trios].tolist(), block_lengths[~trios].tolist(), strict=True):
        inside = chosen[start : start + length]
        split += _join_parts(labels, first[inside], second[inside], bits[inside], guard.prior)
    return Clusters(labels, len(doubtful), split, int(np.bincount(labels).max()))


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


def _join_trios(labels: Ints, first: Ints, second: Ints, bits: Ints, pairs: Ints, prior: float) -> int:
    """``_join_parts`` of all components of three records at once; says how many fell apart.

    ``pairs`` holds for each the places of its pairs (0, 1), (0, 2) and (1, 2).
    """
    if not len(pairs):
        return 0
    members = np.stack([first[pairs[:, 0]], second[pairs[:, 0]], second[pairs[:, 2]]], axis=1)
    weights = bits[pairs]
    rows, best = np.arange(len(pairs)), weights.argmax(axis=1)
    top = weights[rows, best]
    apart = _odds(weights.sum(axis=1) - top, 2.0, prior) < 0
    third = 2 - best  # pair (0, 1) leaves record 2, pair (0, 2) leaves 1, pair (1, 2) leaves 0
    heads = np.where(third == 0, members[:, 1], members[:, 0])
    alone = top + prior < 0
    for place in range(3):
        joined = np.where(apart, heads, members[:, 0])
        labels[members[:, place]] = np.where(alone | (apart & (third == place)), members[:, place], joined)
    return int((apart | alone).sum())


def _join_parts(labels: Ints, first: Ints, second: Ints, bits: Ints, prior: float) -> bool:
    """Put one component together again; writes its records' labels and says whether it fell apart."""
    members = np.unique(np.concatenate([first, second]))
    total = np.zeros((len(members), len(members)))
    a, b = np.searchsorted(members, first), np.searchsorted(members, second)
    total[a, b] = total[b, a] = bits
    groups = _joined(total, prior)
    labels[members] = members[groups]
    return bool((groups != groups[0]).any())


def _odds(total: Ints, pairs: Ints | float, prior: float) -> Ints:
    """Log odds a finding that parts with so much evidence in so many pairs between them are one; see the top."""
    findings = np.minimum(np.maximum(np.sqrt(pairs), np.minimum(pairs, _FEW)), _MANY)
    odds: Ints = total / pairs + prior / findings
    return odds


def _joined(total: Ints, prior: float) -> Ints:
    """The first member of the part that each record ends up in, by the evidence ``total`` between all of them.

    ``odds`` are those of two parts, a pair; each part remembers its best partner, so that a join costs one row.
    """
    count = len(total)
    part, size = np.arange(count), np.ones(count)
    odds = total + prior
    np.fill_diagonal(odds, -np.inf)
    partner, best = odds.argmax(axis=1), odds.max(axis=1)
    while count and best.max() >= 0:
        one = int(best.argmax())
        kept, gone = sorted((one, int(partner[one])))
        part[part == gone] = kept
        size[kept] += size[gone]
        total[kept] += total[gone]
        total[:, kept] = total[kept]
        row = np.where(np.isneginf(odds[kept]) | np.isneginf(odds[gone]), -np.inf, 0.0)
        row += _odds(total[kept], size[kept] * size, prior)
        odds[gone] = odds[:, gone] = -np.inf
        row[gone] = -np.inf
        odds[kept] = odds[:, kept] = row
        stale = np.flatnonzero((partner == kept) | (partner == gone))
        partner[stale], best[stale] = odds[stale].argmax(axis=1), odds[stale].max(axis=1)
        better = row > best
        partner[better], best[better] = kept, row[better]
        partner[kept], best[kept] = row.argmax(), row.max()
        best[gone] = -np.inf
    return part


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
