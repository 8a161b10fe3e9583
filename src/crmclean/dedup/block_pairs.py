"""The pairs inside blocks: a sample of them by a hash, and the distinct ones of several rules."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from crmclean.dedup.blocks import Blocks
from crmclean.dedup.forms import Ints, mix
from crmclean.dedup.pairs import pairs_of_runs, runs, sort_words
from crmclean.kernels import Kernel, kernel

__all__ = ["distinct_pairs", "is_picked", "sample_codes"]

_RULE_BITS = 5
_ALONE = 200_000  # pairs that one thread joins sooner than two
_GLANCE = 1_000  # members of blocks looked at to see how many records there are
_ROOM = 1_000  # codes that a sample may be larger than expected


def sample_codes(found: Sequence[Blocks], width: int, share: float) -> Ints:
    """int64 codes in order of a ``share`` (below 1) of the pairs inside blocks: ``smaller << width | larger``.

    A hash of its code decides whether a pair ``is_picked``. Pairs that are in two blocks come twice.
    """
    sample = kernel("pair_sample", "iqqnnnnnQ")
    codes = [np.zeros(0, np.int64)]
    for blocks in found:
        if sample is not None:
            codes.append(_sampled(sample, blocks, width, share))
        else:
            made = _codes(blocks, width)
            codes.append(made[is_picked(made, share)])
    whole = np.concatenate(codes)
    whole.sort()
    return whole


def _sampled(sample: Kernel, blocks: Blocks, width: int, share: float) -> Ints:
    room = int(blocks.pairs * share) + _ROOM
    while True:
        codes = np.empty(room + 1, np.uint64)
        made = sample(*_as_arguments(blocks), width, _limit(share), room, codes)
        if made <= room:
            return codes[:made].view(np.int64)
        room = made


def is_picked(codes: Ints, share: float) -> Ints:
    """Whether each code is in a sample of a ``share`` (below 1) of all the codes there could be."""
    picked: Ints = mix(codes) < np.uint64(_limit(share))
    return picked


def _limit(share: float) -> int:
    return int(2**64 * share)


def distinct_pairs(found: Sequence[Sequence[Blocks]], width: int) -> tuple[Ints, Ints, Ints]:
    """The distinct pairs inside the blocks of several rules, at most 32.

    Returns
    -------
    left, right : int32 arrays
        Sorted by (left, right), left < right.
    rules : uint32 array
        Which rules found each, a bit for each.
    """
    word, distinct = kernel("pair_words", "iqqnnnnnnnQ"), kernel("distinct_pairs", "QnniiI")
    if word is None or distinct is None:
        return _plain_distinct(found, width)
    total = sum(blocks.pairs for each in found for blocks in each)
    everyone = 1 << width
    cut = _middle(found) if total > _ALONE else everyone
    parts = ((0, cut), (cut, everyone)) if cut < everyone else ((0, everyone),)

    def joined(part: tuple[int, int]) -> tuple[Ints, Ints, Ints]:
        words = _words(word, found, width, part, total // len(parts) * 11 // 10 + _ROOM)
        words = sort_words(words, _RULE_BITS, _RULE_BITS + 2 * width)
        left, right = np.empty(len(words), np.int32), np.empty(len(words), np.int32)
        rules = np.empty(len(words), np.uint32)
        size = distinct(words, len(words), width, left, right, rules)
        return left[:size], right[:size], rules[:size]

    with ThreadPoolExecutor(len(parts)) as pool:
        left, right, rules = zip(*pool.map(joined, parts), strict=True)
    return np.concatenate(left), np.concatenate(right), np.concatenate(rules)


def _middle(found: Sequence[Sequence[Blocks]]) -> int:
    """A record that about half of the pairs have none before: the smaller of two of n is below n (1 - 1 / sqrt(2))."""
    some = [int(blocks.members[:_GLANCE].max(initial=0)) for each in found for blocks in each]
    return int(max(some) * (1 - 0.5**0.5))


def _words(word: Kernel, found: Sequence[Sequence[Blocks]], width: int, part: tuple[int, int], room: int) -> Ints:
    """A word for each pair whose smaller record is in a range: its code, and the rule."""
    while True:
        words, made = np.empty(room + 1, np.uint64), 0
        for rule, each in enumerate(found):
            for blocks in each:
                at = min(made, room)
                made += word(*_as_arguments(blocks), width, rule, *part, room - at, words[at:])
        if made <= room:
            return words[:made]
        room = made


def _plain_distinct(found: Sequence[Sequence[Blocks]], width: int) -> tuple[Ints, Ints, Ints]:
    words = [_codes(blocks, width) << _RULE_BITS | rule for rule, each in enumerate(found) for blocks in each]
    packed = np.concatenate([np.zeros(0, np.int64), *words])
    packed.sort()
    codes = packed >> _RULE_BITS
    starts, _ = runs(codes)
    bits = np.left_shift(np.uint32(1), (packed & (2**_RULE_BITS - 1)).astype(np.uint32), dtype=np.uint32)
    rules = np.bitwise_or.reduceat(bits, starts) if len(starts) else np.zeros(0, np.uint32)
    distinct = codes[starts]
    return (distinct >> width).astype(np.int32), (distinct & ((1 << width) - 1)).astype(np.int32), rules


def _codes(blocks: Blocks, width: int) -> Ints:
    left, right = pairs_of_runs(blocks.members, blocks.starts, blocks.lengths, blocks.window)
    codes: Ints = np.minimum(left, right).astype(np.int64) << width | np.maximum(left, right)
    return codes


def _as_arguments(blocks: Blocks) -> tuple[Ints, Ints, Ints, int, int]:
    window = -1 if blocks.window is None else blocks.window
    return blocks.members, blocks.starts, blocks.lengths, len(blocks.starts), window
