"""Record ids: what a record is called in all that is written about it.

An id of the source where the source has unique ones, else a hash of the row's raw cells, so that the same row has the
same id tonight; an id that an earlier run of ours gave is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.files.read import Source
from crmclean.plan import Plan
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT

__all__ = ["OURS", "RecordIds"]

OURS = "crmclean_"  # how the names of the columns begin that a run of ours adds


class RecordIds:
    """Record ids, unique over all inputs."""

    def __init__(self) -> None:
        self.seen: pa.Array = pa.array([], TEXT)

    def of(self, source: Source, plan: Plan, ours: Mapping[str, pa.Array]) -> pa.Array:
        """``source:id`` where the ids of a column are unique, else (and for rows without) a hash; ids of ours stay."""
        ids = self._by_id(source, plan)
        if ids is None:
            ids = _by_content(source)
        earlier = ours.get("crmclean_record_id")
        if earlier is not None:
            ids = pc.if_else(pc.greater(pc.fill_null(pc.binary_length(earlier), 0), 0), earlier, ids)
        ids = _numbered(pa.concat_arrays([self.seen, ids]))[len(self.seen) :] if self._clash(ids) else ids
        self.seen = pa.concat_arrays([self.seen, ids])
        return ids

    def _by_id(self, source: Source, plan: Plan) -> pa.Array | None:
        for column in plan.fields.get("id", []):
            values = as_text(source.table[column])
            filled = pc.greater(pc.fill_null(pc.binary_length(values), 0), 0)
            count = pc.sum(filled).as_py() or 0
            blank = len(values) - count - len(source.unaligned)
            if count <= blank or pc.count_distinct(values.filter(filled)).as_py() < count:
                continue
            named = pc.binary_join_element_wise(pa.scalar(source.name, TEXT), values, pa.scalar(":", TEXT))
            if blank:  # a row without an id is known by its cells, and the others keep theirs
                named = pc.if_else(pc.or_(filled, values.is_null()), named, _by_content(source))
            return _numbered(pc.fill_null(named, f"{source.name}:unaligned"))
        return None

    def _clash(self, ids: pa.Array) -> bool:
        if pc.count_distinct(ids).as_py() < len(ids):
            return True
        return bool(len(self.seen)) and bool(pc.any(pc.is_in(ids, self.seen)).as_py())


def _by_content(source: Source) -> pa.Array:
    """Hash of each row's cells, with an occurrence number for rows that are the same to the letter."""
    import pandas as pd  # for its hash alone

    count = source.table.num_rows
    total = np.full(count, 0x9E3779B97F4A7C15, np.uint64)
    for place, name in enumerate(source.table.schema.names):
        if name.startswith(OURS):
            continue
        encoded = as_text(source.table[name]).dictionary_encode()
        words = np.array([*encoded.dictionary.to_pylist(), ""], dtype=object)
        hashes = pd.util.hash_array(words, categorize=False).astype(np.uint64)
        codes = encoded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)
        total = (total ^ hashes[codes]) * np.uint64(0x100000001B3) + np.uint64(place + 1)
        total ^= total >> np.uint64(29)
    for position, raw in source.unaligned.items():
        total[position] = pd.util.hash_array(np.array([raw], dtype=object), categorize=False)[0]
    return _numbered(pa.array(_hex(total), TEXT))


def _hex(numbers: np.ndarray[Any, np.dtype[np.uint64]]) -> np.ndarray[Any, Any]:
    """``r`` and sixteen hexadecimal digits each, as an array of text."""
    letters = np.frombuffer(b"0123456789abcdef", np.uint8)
    shifts = np.arange(60, -4, -4, dtype=np.uint64)
    digits = ((numbers[:, None] >> shifts) & np.uint64(15)).astype(np.uint8)
    text = np.concatenate([np.full((len(numbers), 1), ord("r"), np.uint8), letters[digits]], axis=1)
    return np.ascontiguousarray(text).view("S17").ravel().astype("U17")


def _numbered(ids: pa.Array) -> pa.Array:
    """The same ids with ``-2``, ``-3``, ... behind the second, third, ... occurrence."""
    codes = ids.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    sizes = np.diff(np.append(starts, len(order)))
    occurrence = np.empty(len(order), np.int64)
    occurrence[order] = np.arange(len(order)) - np.repeat(starts, sizes)
    at = np.flatnonzero(occurrence)
    if not len(at):
        return ids
    suffixed = pc.binary_join_element_wise(
        ids.take(pa.array(at)), pa.array(occurrence[at] + 1).cast(TEXT), pa.scalar("-", TEXT)
    )
    source = np.arange(len(ids))
    source[at] = len(ids) + np.arange(len(at))
    return pa.concat_arrays([ids, suffixed]).take(pa.array(source))
