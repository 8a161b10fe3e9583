"""Blocks: records that share a key, found by sorting; and the pairs inside them, counted before any is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from crmclean.dedup.forms import Ints, mix
from crmclean.dedup.pairs import pairs_of_runs, runs, sort_with

__all__ = ["Blocks", "blocks_of", "codes_of_pairs", "distinct_pairs", "in_order", "is_picked"]


@dataclass(frozen=True)
class Blocks:
    """Blocks of two records and more, end to end in ``members``.

    Attributes
    ----------
    members : int32 array
        Canonical record numbers.
    starts, lengths : int64 arrays
        Where in ``members`` each block begins and how many there are.
    window : int, optional
        Only members at most so many places apart are a pair; None: all of a block are.
    largest : int
        Records in the largest block that was found, 1 where no two records share one.
    """

    members: Ints
    starts: Ints
    lengths: Ints
    window: int | None = None
    largest: int = 0

    @property
    def pairs(self) -> int:
        """How many pairs they hold."""
        near = self.lengths if self.window is None else np.minimum(self.lengths, self.window)
        return int((near * self.lengths - near * (near + 1) // 2).sum())

    def those(self, chosen: Ints) -> Blocks:
        """The blocks of a boolean mask, of the same members."""
        return Blocks(self.members, self.starts[chosen], self.lengths[chosen], self.window)

    def apart(self, chosen: Ints) -> Blocks:
        """The blocks of a boolean mask with their own members, end to end."""
        lengths = self.lengths[chosen]
        ends = np.cumsum(lengths)
        places = np.repeat(self.starts[chosen] - ends + lengths, lengths)
        places += np.arange(len(places))
        return Blocks(self.members.take(places), ends - lengths, lengths, self.window)

    def without(self, left_out: Ints) -> Blocks:
        """Blocks (members end to end) without the members of a boolean mask."""
        kept = np.concatenate(([0], np.cumsum(~left_out)))
        starts = kept.take(self.starts)
        return Blocks(self.members[~left_out], starts, kept.take(self.starts + self.lengths) - starts, self.window)

    def numbers(self) -> Ints:
        """int32 number of the block of each member, from 1 on; of blocks whose members are end to end."""
        return np.repeat(np.arange(1, len(self.lengths) + 1, dtype=np.int32), self.lengths)


def blocks_of(keys: Sequence[Ints], members: Ints | None, count: int) -> Blocks:
    """The blocks of records that agree on every key.

    Parameters
    ----------
    keys : sequence of int32 arrays
        Codes, 0 = missing. With ``members`` each key is as long as they are; without, of shape (count,) or, for a
        pool of interchangeable values, (k, count): a record is once in each block, whichever value brings it there.
    members : int32 array, optional
        Canonical record numbers, none twice with the same keys.
    count : int
        Number of records.
    """
    joint = keys[0].astype(np.int64)
    for other in keys[1:]:
        known = (joint > 0) & (other > 0)
        joint = np.where(known, joint * (int(other.max(initial=0)) + 1) + other, 0)
    several, joint = joint.ndim > 1 and len(joint) > 1, joint.reshape(-1)
    filled = np.flatnonzero(joint)
    own = filled if members is None else members.take(filled)
    values, own = sort_with(joint[filled], own % count if several else own, count)
    if several and len(values):
        fresh = np.concatenate(([True], (values[1:] != values[:-1]) | (own[1:] != own[:-1])))
        values, own = values[fresh], own[fresh]
    starts, lengths = runs(values)
    found = Blocks(own.astype(np.int32), starts, lengths).apart(lengths > 1)
    return replace(found, largest=int(lengths.max(initial=0)))


def in_order(blocks: Blocks, rank: Ints, ordered: Ints, window: int) -> Blocks:
    """Blocks (members end to end) with their members by rank, to be walked with a window.

    Parameters
    ----------
    rank : int array
        Place of each record.
    ordered : int32 array
        The record at each place.
    """
    _, places = sort_with(blocks.numbers(), rank.take(blocks.members), len(rank))
    return Blocks(ordered.take(places), blocks.starts, blocks.lengths, window)


def codes_of_pairs(found: Sequence[Blocks], width: int, share: float = 1.0) -> Ints:
    """int64 codes of the pairs inside blocks, ``smaller << width | larger``, in no order; a pair may come twice.

    Of the pairs only a ``share`` (below 1) is picked by a hash of their codes.
    """
    codes = [np.zeros(0, np.int64)]
    for blocks in found:
        left, right = pairs_of_runs(blocks.members, blocks.starts, blocks.lengths, blocks.window)
        made = np.minimum(left, right).astype(np.int64) << width | np.maximum(left, right)
        codes.append(made[is_picked(made, share)] if share < 1 else made)
    return np.concatenate(codes)


def is_picked(codes: Ints, share: float) -> Ints:
    """Whether each code is of a sample of a ``share`` (below 1) of all codes there could be: one decided by a hash."""
    picked: Ints = mix(codes) < np.uint64(int(2**64 * share))
    return picked


def distinct_pairs(found: Sequence[Sequence[Blocks]], width: int) -> tuple[Ints, Ints, Ints]:
    """The distinct pairs of the blocks of several rules.

    Returns
    -------
    left, right : int32 arrays
        Sorted by (left, right), left < right.
    rules : uint32 array
        Which rules found each, a bit for each.
    """
    words = [codes_of_pairs(blocks, width) << 5 | number for number, blocks in enumerate(found)]
    packed = np.concatenate([np.zeros(0, np.int64), *words])
    packed.sort()
    codes = packed >> 5
    starts, _ = runs(codes)
    bits = np.left_shift(np.uint32(1), (packed & 31).astype(np.uint32), dtype=np.uint32)
    rules = np.bitwise_or.reduceat(bits, starts) if len(starts) else np.zeros(0, np.uint32)
    distinct = codes[starts]
    return (distinct >> width).astype(np.int32), (distinct & ((1 << width) - 1)).astype(np.int32), rules
