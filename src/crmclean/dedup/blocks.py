"""Blocks: records that share a key, found by sorting; the pairs inside them are counted before any is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from crmclean.dedup.forms import Ints
from crmclean.dedup.pairs import runs, sort_with, sort_words
from crmclean.kernels import kernel

__all__ = ["Blocks", "blocks_of", "in_order"]

_NO_KEY = np.zeros(0, np.int32)
_WORD = 64  # bits


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
    made, read = kernel("key_words", "iininnnnQ"), kernel("key_blocks", "Qnniqqq")
    bits = [int(key.max(initial=0)).bit_length() for key in keys]
    width = max(count - 1, 1).bit_length()
    if made is None or read is None or len(keys) > 2 or sum(bits) + width > _WORD:
        return _plain_blocks(keys, members, count)
    rows = [np.atleast_2d(key) for key in np.broadcast_arrays(*keys)]
    words = np.empty(rows[0].size, np.uint64)
    filled = 0
    own = (_NO_KEY, 0) if members is None else (members, 1)
    for row in zip(*rows, strict=True):
        second = (row[1], 1) if len(row) > 1 else (_NO_KEY, 0)
        filled += made(row[0], *second, *own, len(row[0]), bits[-1], width, words[filled:])
    several = len(rows[0]) > 1  # which does not leave the records of one key in order
    words = sort_words(words[:filled], 0 if several else width, width + sum(bits))
    found, largest = np.empty(filled, np.int32), np.zeros(1, np.int64)
    starts, lengths = np.empty(filled // 2, np.int64), np.empty(filled // 2, np.int64)
    size = read(words, filled, width, found, starts, lengths, largest)
    starts, lengths = starts[:size].copy(), lengths[:size].copy()
    return Blocks(found[: lengths.sum()].copy(), starts, lengths, largest=int(largest[0]))


def _plain_blocks(keys: Sequence[Ints], members: Ints | None, count: int) -> Blocks:
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
    rank : int32 array
        Place of each record.
    ordered : int32 array
        The record at each place.
    """
    made, read = kernel("rank_words", "iqninQ"), kernel("members_at", "Qnnii")
    width = max(len(rank) - 1, 1).bit_length()
    if made is None or read is None:
        _, places = sort_with(blocks.numbers(), rank.take(blocks.members), len(rank))
        return Blocks(ordered.take(places), blocks.starts, blocks.lengths, window)
    size = len(blocks.lengths)
    words, members = np.empty(len(blocks.members), np.uint64), np.empty(len(blocks.members), np.int32)
    made(blocks.members, blocks.lengths, size, rank, width, words)
    read(sort_words(words, 0, width + size.bit_length()), len(words), width, ordered, members)
    return Blocks(members, blocks.starts, blocks.lengths, window)
