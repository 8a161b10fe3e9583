"""Components put together again, part by part, from what their pairs say finding by finding.

Records of one person differ in what changes (a mobile, an employer's mailbox) and agree, somewhere, in what lasts. Two
parts A and B, groups of records, are one entity by the log odds

    prior + sum over findings k of  2 log2( mean of sqrt(2^w_k) )  + charge(|A|, |B|)

where the mean is over the pairs between A and B in which k is known, and w_k are the bits that k says of a pair. So
what is missing in one copy is told by another, and the prior is paid once. The mean is the power mean with exponent 1/2
of likelihood ratios (Hardy, Littlewood & Polya 1934). Exponent 1, a mixture over the copies from which a record may
descend, would let a single mailbox typed into the wrong row carry two people into one; exponent 0, the mean of bits,
would count an old mobile in three copies three times against the new one. Halfway, one copy that agrees is worth nearly
as much as all, less 2 bits for each doubling of those that do not.

One finding may lead, the given name of people. Records of which it is not known agree with everybody of their household
alike. So where it speaks against two parts, the pairs in which it is known are heard alone, about all that they know:
what a record without a given name shares with the whole family does not carry one member of it into another.

From single records the two parts with the best odds are joined, as long as the odds are in favour (agglomerative, on
log odds as in correlation clustering, Bansal, Blum & Chawla 2004).

The charge holds down clusters of a size that the file hardly has. Where sizes are drawn from a distribution mu, the
prior of a partition is proportional to the product of |c|! mu_|c| over its clusters (Betancourt, Zanella & Steorts
2022), so that joining a and b records instead of 1 and 1 changes the odds by

    log2( (a + b)! mu_(a+b) / (a! mu_a  b! mu_b) )  -  log2( 2 mu_2 / mu_1^2 )

Only what it takes off counts: that a size is common is no reason to merge. Where it takes something off, what speaks
for the join counts 8 bits at most, unless a record of A and one of B are equal in everything: cells get into wrong rows
and people share what is their own elsewhere, so that however much agrees, one such join in some hundreds is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from crmclean.dedup.forms import Ints
from crmclean.dedup.pairs import runs

__all__ = ["Evidence", "Parts", "SizeCharge", "join_components"]

Floats = np.ndarray[Any, np.dtype[np.float64]]

_WIDE = 1000  # records from which on a component is joined by its pairs' evidence as a whole: memory
_CELLS = 4_000_000  # findings of pairs held at a time
_SINGLE, _FEWER = 16.0, 3.0  # clusters of one record a file is believed to have besides, and how many times fewer
_SMALL = 6  # records from which on there are no fewer of a size
_BEYOND = 2.0  # bits that a size is rarer for each record that it has more than any of the file
_SUREST = 8.0  # bits: one join in 256 is wrong whatever its evidence


@dataclass(frozen=True)
class Evidence:
    """What there is to say of pairs of records.

    Attributes
    ----------
    bits : float array, shape (pairs,)
        Evidence for a match, the prior left out.
    never, contrary : bool array, shape (pairs,)
        Pairs that must never be joined, and pairs that contradict each other.
    findings : float array, shape (findings, pairs)
        What the evidence is made of, in bits; it adds up to ``bits``.
    known : bool array, shape (findings, pairs)
        Findings about which both records say something.
    leading : int, optional
        The finding that leads.
    equal : bool array, shape (pairs,), optional
        Pairs whose records are equal in everything.
    """

    bits: np.ndarray[Any, Any]
    never: np.ndarray[Any, np.dtype[np.bool_]]
    contrary: np.ndarray[Any, np.dtype[np.bool_]]
    findings: np.ndarray[Any, Any]
    known: np.ndarray[Any, np.dtype[np.bool_]]
    leading: int | None = None
    equal: np.ndarray[Any, np.dtype[np.bool_]] | None = None

    @staticmethod
    def whole(bits: Ints, never: Ints, contrary: Ints) -> Evidence:
        """Evidence that is one finding."""
        return Evidence(bits, never, contrary, bits[None], np.ones((1, len(bits)), bool))

    def take(self, chosen: Ints) -> Evidence:
        """Of some pairs only."""
        one = (self.bits[chosen], self.never[chosen], self.contrary[chosen])
        equal = None if self.equal is None else self.equal[chosen]
        return Evidence(*one, self.findings[:, chosen], self.known[:, chosen], self.leading, equal)


def _by_chance(seen: Floats) -> Floats:
    """Clusters of each size that wrong joins of two smaller ones are expected to make; ``seen[k - 1]`` have k records.

    Each wrong join is of two clusters drawn at random, the larger of them one in ``2 ** _SUREST``.
    """
    whole, made = max(float(seen.sum()), 1.0), np.zeros(len(seen))
    for larger in np.flatnonzero(seen) + 1:
        fits = min(larger, len(seen) - larger)
        made[larger : larger + fits] += seen[larger - 1] * seen[:fits] / whole
    by_chance: Floats = made / 2.0**_SUREST
    return by_chance


@dataclass(frozen=True)
class SizeCharge:
    """What joining parts of two sizes costs, in bits of at most 0; ``bits[k]`` is log2(k! mu_k) up to a constant."""

    bits: Floats

    @staticmethod
    def of(sizes: Ints, largest: int) -> SizeCharge:
        """From the sizes of the clusters of a file; ``largest`` is the largest size to be asked about.

        Of the clusters of each size those do not count that wrong joins of two smaller ones would explain, where one
        cluster in 256 is joined to some other by chance. Larger clusters count as well, as one in k for each of k
        records, for on its way to their size a cluster comes through the smaller ones. Besides the file is believed to
        have 16 clusters of one record, and a third as many with each record more up to six; for each record more than
        any cluster has, a quarter.
        """
        size = np.arange(1, max(largest, _SMALL, int(sizes.max(initial=0))) + 1)
        seen = np.bincount(sizes, minlength=len(size) + 1)[1:].astype(np.float64)
        seen -= np.minimum(seen, _by_chance(seen))
        most = max(int(size[seen > 0].max(initial=0)), _SMALL)
        seen = np.maximum(seen, np.cumsum(seen[::-1])[::-1] / size)
        believed = _SINGLE / _FEWER ** (np.minimum(size, _SMALL) - 1)
        share = np.log2(seen + believed) - _BEYOND * np.maximum(size - most, 0)
        return SizeCharge(np.concatenate([[0.0], share + np.cumsum(np.log2(size))]))

    def __call__(self, one: Ints, other: Ints) -> Floats:
        """Of parts of ``one`` and of ``other`` records, arrays that broadcast; the largest stands for larger ones."""
        a, b = np.asarray(one, np.intp), np.asarray(other, np.intp)
        odds = (
            self.bits[np.minimum(a + b, len(self.bits) - 1)]
            - self.bits[a]
            - self.bits[b]
            - (self.bits[2] - 2 * self.bits[1])
        )
        charged: Floats = np.minimum(odds, 0.0)
        return charged

    def taken_off(self, odds: Floats, one: Ints, other: Ints, equal: Ints) -> Floats:
        """Odds of joins of parts of two sizes with the charge taken off; ``equal`` are those surer than any chance."""
        charged = self(one, other)
        less: Floats = np.where((charged < 0) & ~equal, np.minimum(odds, _SUREST), odds) + charged
        return less

    def is_charged(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Sizes that some join of two parts is charged for."""
        charged = np.zeros(len(self.bits), bool)
        for size in range(2, len(self.bits)):
            part = np.arange(1, size // 2 + 1)
            charged[size] = bool((self(part, size - part) < 0).any())
        return charged


def join_components(
    labels: Ints,
    first: Ints,
    second: Ints,
    evidence: Evidence,
    prior: float,
    charge: SizeCharge | None = None,
    weakest: Floats | None = None,
) -> None:
    """Put components together again from single records; writes the labels of their records.

    Parameters
    ----------
    labels : int32 array, shape (records,)
        Of whole components; those of the records in the pairs are written anew: the smallest record of each part.
    first, second : int array, shape (pairs,)
        All pairs of each component, ``first < second``.
    evidence : Evidence
        Of these pairs.
    prior : float
        Log2 odds of the prior.
    charge : SizeCharge, optional
    weakest : float64 array, shape (records,), optional
        Written for the records in the pairs: the odds, in bits, of the weakest join that made their part, before
        anything is taken off for its size; infinite for a record on its own.
    """
    owner = labels[first]
    order = np.lexsort((second, first, owner))
    starts, pairs = runs(owner[order])
    sizes = np.rint((1 + np.sqrt(1 + 8 * pairs)) / 2).astype(np.int64)
    for size in np.unique(sizes).tolist():
        for some in _portions(starts[sizes == size], size, len(evidence.findings)):
            chosen = order[some[:, None] + np.arange(size * (size - 1) // 2)]
            members = np.concatenate([first[chosen[:, :1]], second[chosen[:, : size - 1]]], axis=1)
            part, odds = Parts.of(evidence, chosen, size).joined(prior, charge)
            labels[members] = np.take_along_axis(members, part, axis=1)
            if weakest is not None:
                weakest[members] = np.take_along_axis(odds, part, axis=1)


def _portions(starts: Ints, size: int, findings: int) -> Iterator[Ints]:
    """The components of one size in portions that fit the memory there is for them."""
    many = max(_CELLS // (findings * size * size), 1)
    for begin in range(0, len(starts), many):
        yield starts[begin : begin + many]


@dataclass(frozen=True)
class Told:
    """What pairs between two parts say of each finding.

    Attributes
    ----------
    told, known : float64 array, shape (findings, components, size, size)
        Sum of sqrt(2^bits) over the pairs between two parts in which a finding is known, and the number of these.
    """

    told: Floats
    known: Floats

    @staticmethod
    def of(roots: Floats, known: Ints, size: int) -> Told:
        """From pairs, arrays of shape (findings, components, pairs of a component)."""
        one, other = np.triu_indices(size, 1)
        told, counted = (np.zeros((*roots.shape[:2], size, size)) for _ in range(2))
        told[:, :, one, other] = told[:, :, other, one] = np.where(known, roots, 0.0)
        counted[:, :, one, other] = counted[:, :, other, one] = known
        return Told(told, counted)

    def bits(self, at: tuple[Any, ...]) -> Floats:
        """Evidence by finding; one known in no pair says nothing."""
        told, known = self.told[:, *at], self.known[:, *at]
        silent = known == 0
        bits: Floats = 2.0 * np.log2(np.where(silent, 1.0, told) / np.where(silent, 1.0, known))
        return bits

    def merge(self, at: Ints, kept: Ints, gone: Ints) -> None:
        """Give the pairs of one part to another in each of some components."""
        for sums in (self.told, self.known):
            sums[:, at, kept] += sums[:, at, gone]
            sums[:, at, :, kept] = np.swapaxes(sums[:, at, kept], 0, 1)


@dataclass(frozen=True)
class Parts:
    """The parts of components of one size, each a single record at first.

    Attributes
    ----------
    told : Told
        By all pairs.
    led : Told or None
        By the pairs in which the leading finding is known.
    leading : int
        Which finding this is.
    never : bool array, shape (components, size, size)
        Parts that must not be joined.
    equal : bool array, shape (components, size, size)
        Parts with a record each that are equal in everything.
    """

    told: Told
    led: Told | None
    leading: int
    never: np.ndarray[Any, np.dtype[np.bool_]]
    equal: np.ndarray[Any, np.dtype[np.bool_]]

    @staticmethod
    def of(evidence: Evidence, chosen: Ints, size: int) -> Parts:
        """From pairs, one row of ``chosen`` a component, in the order (0, 1), (0, 2) ... (1, 2) ..."""
        one, other = np.triu_indices(size, 1)
        findings, known, leading = evidence.findings[:, chosen], evidence.known[:, chosen], evidence.leading
        if size > _WIDE:
            findings, known, leading = evidence.bits[chosen][None], np.ones((1, *chosen.shape), bool), None
        roots = np.exp2(findings / 2.0)
        never, equal = np.zeros((2, len(chosen), size, size), bool)
        never[:, one, other] = never[:, other, one] = evidence.never[chosen]
        if evidence.equal is not None:
            equal[:, one, other] = equal[:, other, one] = evidence.equal[chosen]
        led = None if leading is None else Told.of(roots, known & known[leading], size)
        return Parts(Told.of(roots, known, size), led, leading or 0, never, equal)

    def joined(self, prior: float, charge: SizeCharge | None) -> tuple[Ints, Floats]:
        """The first member of the part that each record ends up in, and by first member the weakest join of the part.

        Both of shape (components, size); the odds of joins in bits, before anything is taken off for their size.

        All components take a step at a time: the best two parts of each are joined until their odds are against it.
        Each part remembers its best partner, so that a join costs a row.
        """
        count, size = self.never.shape[:2]
        part = np.tile(np.arange(size), (count, 1))
        sizes, weakest = np.ones((count, size)), np.full((count, size), np.inf)
        odds = np.where(self.never, -np.inf, self._bits((slice(None),)) + prior)
        odds[:, np.arange(size), np.arange(size)] = -np.inf
        partner, best = odds.argmax(axis=2), odds.max(axis=2)
        at = np.arange(count)
        while True:
            one = best[at].argmax(axis=1)
            going = best[at, one] >= 0
            at, one = at[going], one[going]
            if not len(at):
                return part, weakest
            other = partner[at, one]
            kept, gone = np.minimum(one, other), np.maximum(one, other)
            join = self._bits((at, kept, gone)) + prior
            weakest[at, kept] = np.minimum(np.minimum(weakest[at, kept], weakest[at, gone]), join)
            part[at] = np.where(part[at] == gone[:, None], kept[:, None], part[at])
            self._merge(at, kept, gone)
            sizes[at, kept] += sizes[at, gone]
            sizes[at, gone] = 0
            row = self._bits((at, kept)) + prior
            if charge is not None:
                row = charge.taken_off(row, sizes[at, kept][:, None], sizes[at], self.equal[at, kept])
            lost = self.never[at, kept] | (sizes[at] == 0) | (np.arange(size) == kept[:, None])
            row[lost] = -np.inf
            odds[at, gone] = odds[at, :, gone] = -np.inf
            odds[at, kept] = odds[at, :, kept] = row
            _partners(odds, partner, best, at, kept, gone)

    def _bits(self, at: tuple[Any, ...]) -> Floats:
        """The evidence of parts, summed over findings."""
        bits = self.told.bits(at)
        if self.led is not None:
            led = self.led.bits(at)
            bits = np.where((led[self.leading] < 0) & (self.led.known[:, *at] > 0), led, bits)
        summed: Floats = bits.sum(axis=0)
        return summed

    def _merge(self, at: Ints, kept: Ints, gone: Ints) -> None:
        """Make one part of two in each of some components."""
        for told in (self.told, self.led):
            if told is not None:
                told.merge(at, kept, gone)
        for flags in (self.never, self.equal):
            flags[at, kept] |= flags[at, gone]
            flags[at, :, kept] = flags[at, kept]


def _partners(odds: Floats, partner: Ints, best: Floats, at: Ints, kept: Ints, gone: Ints) -> None:
    """Bring the best partner of each part up to date after ``gone`` went into ``kept``."""
    mine = partner[at]
    row = odds[at, kept]
    stale = (mine == kept[:, None]) | (mine == gone[:, None])
    better = (row > best[at]) & ~stale
    where, which = np.nonzero(better)
    partner[at[where], which], best[at[where], which] = kept[where], row[where, which]
    stale[np.arange(len(at)), kept] = stale[np.arange(len(at)), gone] = True
    where, which = np.nonzero(stale)
    rows = odds[at[where], which]
    partner[at[where], which], best[at[where], which] = rows.argmax(axis=1), rows.max(axis=1)
