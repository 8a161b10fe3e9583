"""Small arithmetic on pairs of codes: distinct pairs once, runs of a sorted array, pairs inside runs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from crmclean.dedup.forms import Ints
from crmclean.kernels import kernel

__all__ = [
    "are_in",
    "distinct",
    "numbered",
    "pairs_of_runs",
    "runs",
    "score_distinct",
    "sort_with",
    "sort_words",
    "stable_order",
]


def score_distinct(left: Ints, right: Ints, score: Callable[[Ints, Ints], Ints]) -> Ints:
    """``score`` of each pair of codes, called once with the distinct unordered pairs (smaller code first).

    Parameters
    ----------
    left, right : int arrays of equal length
    score : callable
        Takes two int64 arrays of codes and gives one value for each pair; must be symmetric in meaning.
    """
    if not len(left):
        return score(left.astype(np.int64), right.astype(np.int64))
    low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right).astype(np.int64)
    width = int(high.max()) + 1
    packed, inverse = np.unique(low * width + high, return_inverse=True)
    scores: Ints = score(packed // width, packed % width)[inverse]
    return scores


def distinct(codes: Ints) -> Ints:
    """The distinct ones of some codes, in order."""
    ordered = np.sort(codes)  # several times faster than the hashing of np.unique
    fresh: Ints = ordered[np.concatenate((np.ones(len(ordered[:1]), bool), ordered[1:] != ordered[:-1]))]
    return fresh


def are_in(codes: Ints, known: Ints) -> Ints:
    """Which codes are among some in order."""
    if not len(known):
        return np.zeros(len(codes), bool)
    there: Ints = known[np.minimum(np.searchsorted(known, codes), len(known) - 1)] == codes
    return there


def runs(keys: Ints) -> tuple[Ints, Ints]:
    """Start and length of each run of equal values in a sorted array."""
    if not len(keys):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return starts, np.diff(np.append(starts, len(keys)))


def sort_with(keys: Ints, members: Ints, count: int) -> tuple[Ints, Ints]:
    """``keys`` in order, each with its member; members (0 to ``count`` - 1) break ties.

    Key and member are packed into one number where both fit: sorting numbers is several times faster than sorting
    places by them.
    """
    width = max(count - 1, 1).bit_length()
    if int(keys.max(initial=0)) >> (62 - width):
        order = np.lexsort((members, keys))
        return keys[order], members[order]
    packed = (keys.astype(np.int64) << width) | members
    packed.sort()
    return packed >> width, packed & ((1 << width) - 1)


def sort_words(words: Ints, low: int, high: int) -> Ints:
    """uint64 or int64 words, below 2**``high`` and none negative, in order; ``words`` is used up.

    Words that differ below the bit ``low`` only have to be in order already.
    """
    sort = kernel("sort_words", "QQnnn")
    if sort is None:
        words.sort()
        return words
    bits = words.view(np.uint64)
    spare = np.empty_like(bits)
    return (spare if sort(bits, spare, len(bits), low, high) else bits).view(words.dtype)


def stable_order(keys: Ints) -> Ints:
    """int64 places that put keys (int64, none negative) in order, equal ones as they come.

    Least significant bits first, as many at a time as one number holds beside a place.
    """
    places = np.arange(len(keys))
    width = max(len(keys) - 1, 1).bit_length()
    bits = int(keys.max(initial=0)).bit_length()
    order = places
    for low in range(0, bits, 62 - width):
        high = min(62, bits - low + width)
        part = keys.take(order) >> low << width & (1 << high) - 1
        order = order.take(sort_words(part | places, width, high) & (1 << width) - 1)
    return order


def numbered(keys: Ints) -> Ints:
    """int32 number of each key (int64, none negative) among the distinct ones in order."""
    order = stable_order(keys)
    values = keys.take(order)
    numbers = np.empty(len(keys), np.int32)
    numbers[order] = np.cumsum(np.concatenate((np.zeros(len(values[:1]), bool), values[1:] != values[:-1])))
    return numbers


def pairs_of_runs(members: Ints, starts: Ints, lengths: Ints, window: int | None = None) -> tuple[Ints, Ints]:
    """All pairs of members inside each run, or only those at most ``window`` places apart.

    Returns the left and right members; the number of pairs is the sum of ``length * (length - 1) / 2`` without a
    window and at most ``window * length`` a run with one.
    """
    places = np.repeat(starts, lengths) + _ramp(lengths)
    later = np.repeat(starts + lengths, lengths) - places - 1
    if window is not None:
        later = np.minimum(later, window)
    left = np.repeat(places, later)
    right = left + 1 + _ramp(later)
    return members.take(left), members.take(right)


def _ramp(lengths: Ints) -> Ints:
    """0, 1, ... length-1 for each length, end to end."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    ramp: Ints = np.arange(total) - np.repeat(ends - lengths, lengths)
    return ramp
