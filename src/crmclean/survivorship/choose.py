"""Choosing: which record of each cluster gives a value. Pure functions of arrays, ties broken by a named order.

The order of preference is always: filled, valid, then the strategy of the field, then the master record, then the
more trusted source, then the newer evidence, then the smaller record id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.evidence import TEXT

__all__ = ["Joined", "Members", "best", "choose_master", "first_of_each", "join_values"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
_ROOM = 1 << 62  # different keys that one number tells apart


@dataclass(frozen=True)
class Members:
    """The records of all clusters of two or more; arrays of one length, sorted by cluster.

    Attributes
    ----------
    position : int64 array
        Position in the batch.
    cluster : int64 array
        0, 1, 2, ... ascending.
    source_rank : int64 array
        0 for the most trusted source.
    recency : int64 array
        Newest evidence date, days since 1970-01-01.
    filled : int64 array
        Number of filled and valid cells of mapped columns.
    id_rank : int64 array
        Rank of the record id.
    known : bool array
        The record has an id of its own in the system it comes from.
    gone : bool array
        The record says of itself that it is deleted.
    """

    position: Ints
    cluster: Ints
    source_rank: Ints
    recency: Ints
    filled: Ints
    id_rank: Ints
    known: Mask
    gone: Mask

    @property
    def count(self) -> int:
        """Number of clusters."""
        return int(self.cluster[-1]) + 1 if len(self.cluster) else 0


def choose_master(members: Members, order: Sequence[str]) -> Ints:
    """Index (into the members) of each cluster's master record, by the rules' order, then the smaller record id.

    A record that has an id goes before one that has none, whatever else the order says, unless the latter comes from a
    source the rules trust more: the golden record is to update what the CRM has, not to stand beside it. A deleted one
    is master only of deleted ones.
    """
    keys = {
        "most_trusted": members.source_rank,
        "most_recent": -members.recency,
        "most_complete": -members.filled,
        "oldest": members.recency,
    }
    named = [keys[name] for name in order]
    named.insert(1 if order and order[0] == "most_trusted" else 0, (~members.known).astype(np.int64))
    return first_of_each(members.cluster, [members.gone.astype(np.int64), *named, members.id_rank])


def first_of_each(cluster: Ints, keys: Sequence[Ints]) -> Ints:
    """Index of the first member of each cluster when ordered by ``keys``, the most important key first.

    ``cluster`` ascends. The keys of a member are written behind one another into one number where they fit: then the
    smallest of each cluster is found without sorting.
    """
    if not len(cluster):
        return np.empty(0, np.int64)
    starts = np.flatnonzero(np.append(True, cluster[1:] != cluster[:-1]))
    packed = _packed(keys)
    if packed is None:
        return np.lexsort((*reversed(list(keys)), cluster))[starts]
    least = np.repeat(np.minimum.reduceat(packed, starts), np.diff(np.append(starts, len(cluster))))
    at = np.flatnonzero(packed == least)
    found: Ints = at[np.append(True, cluster[at][1:] != cluster[at][:-1])]  # equals: the one that stands first
    return found


def _packed(keys: Sequence[Ints]) -> Ints | None:
    """One number for the keys of each member, in their order; None where they do not fit."""
    packed = np.zeros(len(keys[0]), np.int64)
    size = 1
    for key in keys:
        low, high = int(key.min()), int(key.max())
        width = high - low + 1
        if size > _ROOM // width:
            return None
        size *= width
        packed = packed * width + (key.astype(np.int64) - low)
    return packed


def best(members: Members, master: Mask, filled: Mask, invalid: Mask, strategy: Sequence[Ints]) -> tuple[Ints, Mask]:
    """(index of the member that gives the value, whether it has one) for each cluster."""
    keys = [
        (~filled).astype(np.int64),
        invalid.astype(np.int64),
        *strategy,
        (~master).astype(np.int64),
        members.source_rank,
        -members.recency,
        members.id_rank,
    ]
    index = first_of_each(members.cluster, keys)
    return index, filled[index]


@dataclass(frozen=True)
class Joined:
    """The joined values of the clusters, and the pieces they were made of.

    Attributes
    ----------
    values : large_string array
        One per cluster.
    pieces : large_string array
        What was joined, cluster by cluster, in the order in which it was.
    member, cluster : int64 arrays
        For each piece the index of the member that had it first, and its cluster.
    """

    values: pa.Array
    pieces: pa.Array
    member: Ints
    cluster: Ints


def join_values(members: Members, values: pa.Array, separator: str, *, split: str = "") -> Joined:
    """The distinct non-empty values of each cluster, oldest evidence first, joined.

    Parameters
    ----------
    values : large_string array
        One value per member.
    separator : str
        Put between the values.
    split : str, optional
        RE2 pattern at which a value is several ("a; b"); "" takes each cell as one value.
    """
    owner = np.lexsort((members.id_rank, members.recency, members.cluster))
    cells = pc.fill_null(values.take(pa.array(owner)), "")
    if split:
        parts = pc.split_pattern_regex(cells, split)
        owner = owner[pc.list_parent_indices(parts).to_numpy()]
        cells = pc.utf8_trim_whitespace(pc.list_flatten(parts))
    present = np.asarray(pc.not_equal(cells, ""), bool)
    cells, owner = cells.filter(pa.array(present)), owner[present]
    encoded = cells.dictionary_encode()
    codes = encoded.indices.to_numpy().astype(np.int64)
    _, first = np.unique(members.cluster[owner] * (len(encoded.dictionary) + 1) + codes, return_index=True)
    first.sort()
    owner, pieces = owner[first], cells.take(pa.array(first)).cast(TEXT)
    cluster = members.cluster[owner]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(cluster, minlength=members.count))]).astype(np.int64)
    lists = pa.LargeListArray.from_arrays(pa.array(offsets), pieces)
    return Joined(pc.binary_join(lists, pa.scalar(separator, TEXT)).cast(TEXT), pieces, owner, cluster)
