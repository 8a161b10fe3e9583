"""What one column of a file says about another: approximate functional dependencies, and the cells that break them.

Rows that share an identifier, a company, a street, a postcode or a phone share the place and the switchboard that go
with it, in most files and but for slips. A dependency is taken from the file only where the file bears it out: its g3
error, the share of rows one would have to take away for it to hold (Kivinen & Mannila 1995), may be a tenth at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Groups", "Majority", "group_rows", "majority_of"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
MOST_ERROR = 0.1
LEAST_ROWS = 3  # of a group that may speak: two of them must agree against the third


@dataclass(frozen=True)
class Groups:
    """Rows that share a value of a column, in groups of at least `LEAST_ROWS`.

    Attributes
    ----------
    order : int64 array
        Rows, those of one group side by side.
    starts : int64 array
        Where each group begins in ``order``.
    sizes : int64 array
        How many rows each group has.
    """

    order: Ints
    starts: Ints
    sizes: Ints


@dataclass(frozen=True)
class Majority:
    """What most rows of each row's group have in another column.

    Attributes
    ----------
    value : int64 array
        Code of the value that more than half of the group's filled cells share; -1 where there is none.
    votes, voters : int64 array
        How many cells have it, of how many.
    """

    value: Ints
    votes: Ints
    voters: Ints


def group_rows(codes: Ints) -> Groups | None:
    """The groups of a column of codes (-1: empty); None where no value has enough rows."""
    filled = np.flatnonzero(codes >= 0)
    counts = np.bincount(codes[filled]) if len(filled) else np.zeros(0, np.int64)
    rows = filled[counts[codes[filled]] >= LEAST_ROWS] if len(filled) else filled
    if not len(rows):
        return None
    order = rows[np.argsort(codes[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    return Groups(order, starts, np.diff(starts, append=len(order)))


def majority_of(groups: Groups, target: Ints) -> Majority | None:
    """What the groups say about a target column (codes, -1: empty); None where the file does not bear it out.

    Groups of one mind are settled by their least and greatest code; only the others are counted value by value.
    """
    found = target[groups.order]
    least = np.minimum.reduceat(np.where(found < 0, np.iinfo(np.int64).max, found), groups.starts)
    most = np.maximum.reduceat(found, groups.starts)
    voters = np.add.reduceat((found >= 0).astype(np.int64), groups.starts)
    votes = np.where(least == most, voters, 0)
    value = np.where((least == most) & (voters >= 2), most, -1)
    split = np.flatnonzero((least < most) & (most >= 0))
    if len(split):
        value[split], votes[split] = _counted(groups, found, split, int(target.max()) + 1)
    heard = voters >= 2
    total = int(voters[heard].sum())
    if not total or not len(split) or 1 - votes[heard].sum() / total > MOST_ERROR:
        return None
    value = np.where(2 * votes > voters, value, -1)
    out = [np.full(len(target), fill, np.int64) for fill in (-1, 0, 0)]
    for array, per_group in zip(out, (value, votes, voters), strict=True):
        array[groups.order] = np.repeat(per_group, groups.sizes)
    return Majority(*out)


def _counted(groups: Groups, found: Ints, split: Ints, width: int) -> tuple[Ints, Ints]:
    """Most frequent value and its count in each of some groups; of equally frequent ones the first code."""
    chosen = np.zeros(len(groups.starts), bool)
    chosen[split] = True
    number = np.repeat(np.arange(len(groups.starts)), groups.sizes)
    inside = np.repeat(chosen, groups.sizes) & (found >= 0)
    pairs, counts = np.unique(number[inside] * width + found[inside], return_counts=True)
    group = pairs // width
    best = np.lexsort((pairs, -counts, group))
    first = best[np.flatnonzero(np.diff(group[best], prepend=-1))]
    return pairs[first] % width, counts[first]
