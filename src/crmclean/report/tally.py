"""Counting over evidence tables: dictionary codes and ``bincount``, never a loop over rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.batch import Batch, as_text

__all__ = [
    "Rows",
    "before_merges",
    "codes_of",
    "distinct",
    "distinct_rows",
    "filled",
    "ratio",
    "representative",
    "rounded",
    "steadied",
]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

_PRIOR_ROWS = 20
_READABLE = 16  # examples of about this many bytes are the easiest to read


def codes_of(column: Any) -> tuple[Ints, list[str]]:
    """A text or dictionary column as int64 codes into its sorted distinct values; null is -1."""
    if len(column) == 0:
        return np.empty(0, np.int64), []
    if isinstance(column, pa.ChunkedArray):
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries()
        column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    codes = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    spelled = as_text(column.dictionary)
    order = pc.sort_indices(spelled).to_numpy()
    places = np.empty(len(order) + 1, np.int64)  # the last place answers for null, code -1
    places[order], places[-1] = np.arange(len(order)), -1
    return places[codes], spelled.take(pa.array(order)).to_pylist()


def before_merges(batch: Batch, column: str) -> pa.Array:
    """The cells of a column as its rows brought them: a merge may have written another row's word into one of them."""
    values, changes = batch.column(column), batch.evidence.changes
    own = changes.filter(pc.equal(changes["column"], column)) if changes.num_rows else changes
    own = own.filter(pc.starts_with(own["step"].cast(pa.string()), "survive"))
    source = np.arange(len(values))
    source[row_positions(own, batch.first_row)] = len(values) + np.arange(own.num_rows)
    return pa.concat_arrays([values, as_text(own["before"])]).take(pa.array(source))


def filled(values: Any) -> Bools:
    """Boolean array: the cells that hold something."""
    lengths = pc.fill_null(pc.binary_length(values), 0)
    return np.asarray(lengths.to_numpy(zero_copy_only=False) > 0)


def distinct(keys: Ints) -> Ints:
    """The different keys, sorted. By sorting: hashing millions of integers is several times slower."""
    ordered = np.sort(keys)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def distinct_rows(groups: Ints, rows: Ints, group_count: int, row_count: int) -> Ints:
    """How many different rows each group touches; a negative group is left out."""
    keep = groups >= 0
    keys = distinct(groups[keep] * max(row_count, 1) + rows[keep])
    return np.bincount(keys // max(row_count, 1), minlength=group_count).astype(np.int64)


def ratio(part: float, whole: float) -> float | None:
    """``part / whole`` rounded for the report; None of nothing."""
    return round(float(part) / float(whole), 4) if whole else None


def rounded(value: float | None, digits: int = 4) -> float | None:
    """A float for JSON: None for not-a-number, and no digits that depend on the order of summing."""
    return None if value is None or not np.isfinite(value) else round(float(value), digits)


def steadied(bad: Ints, total: Ints) -> Floats:
    """Share of bad rows per group as if each group had twenty more rows of the average quality of all.

    So that a list of one row cannot look worst by luck.

    >>> steadied(np.array([1, 30]), np.array([1, 100])).round(3).tolist()
    [0.34, 0.301]
    """
    average = bad.sum() / max(int(total.sum()), 1)
    return np.asarray((bad + _PRIOR_ROWS * average) / (total + _PRIOR_ROWS))


@dataclass(frozen=True)
class Rows:
    """Per-row facts that several parts of the report count over; arrays as long as the batch."""

    count: int
    first: int
    cleaned: Bools
    merged: Bools
    quarantined: Bools
    score: Floats  # nan where the row has no score
    stale: Bools
    dated: Bools  # the row's age is known

    @staticmethod
    def of(batch: Batch) -> Rows:
        """Gathered from the ``rows``, ``trust`` and ``freshness`` tables."""
        codes, names = codes_of(batch.rows["disposition"])
        place = {name: place for place, name in enumerate(names)}
        masks = [codes == place.get(name, -2) for name in ("cleaned", "merged", "quarantined")]
        count, first = len(batch), batch.first_row
        score = np.full(count, np.nan)
        trust = batch.evidence.trust
        if trust.num_rows:
            score[row_positions(trust, first)] = trust["score"].to_numpy()
        stale, dated = np.zeros(count, bool), np.zeros(count, bool)
        fresh = batch.evidence.freshness
        if fresh.num_rows:
            fields, field_names = codes_of(fresh["field"])
            status, status_names = codes_of(fresh["status"])
            positions = row_positions(fresh, first)
            whole = fields == _place(field_names, "*")
            stale[positions[whole & (status == _place(status_names, "stale"))]] = True
            dated[positions[whole & (status != _place(status_names, "unknown"))]] = True
        return Rows(count, first, masks[0], masks[1], masks[2], score, stale, dated)

    def positions(self, table: pa.Table, name: str = "row") -> Ints:
        """The ``row`` column of an evidence table as positions in the batch."""
        return row_positions(table, self.first, name)


def row_positions(table: pa.Table, first: int, name: str = "row") -> Ints:
    """The ``row`` column of an evidence table as int64 positions counted from ``first``."""
    if not table.num_rows:
        return np.empty(0, np.int64)
    return np.asarray(table[name].to_numpy(), np.int64) - first


def _place(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else -2


def representative(
    groups: Ints, texts: Sequence[Any], extra: Sequence[Ints], wanted: Sequence[int], count: int
) -> dict[int, list[tuple[Any, ...]]]:
    """For each wanted group up to ``count`` typical rows: ``(*texts, *extra codes, how often)``.

    Typical means of readable length, then frequent, then first in code-point order: the answer does not depend on
    the order of rows, and no text is compared except that of candidates.
    """
    if not len(groups) or not wanted:
        return {}
    length = pc.fill_null(pc.binary_length(texts[0]), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    oddness = np.minimum(np.abs(length - _READABLE), 255)
    oddness[length == 0] = 255
    width = max(int(groups.max()), max(wanted)) + 1
    slots = np.bincount(np.maximum(groups, 0) * 256 + oddness, weights=groups >= 0, minlength=width * 256)
    enough = np.cumsum(slots.reshape(width, 256), axis=1)
    limits = np.full(width, -1, np.int64)
    for group in wanted:
        limits[group] = int(np.searchsorted(enough[group], min(count * 20, enough[group, -1])))
    picked = np.flatnonzero((groups >= 0) & (oddness <= limits[np.maximum(groups, 0)]))
    columns: dict[str, Any] = {"group": groups[picked], "odd": oddness[picked]}
    columns |= {f"text{n}": as_text(text).take(pa.array(picked)).fill_null("") for n, text in enumerate(texts)}
    columns |= {f"code{n}": code[picked] for n, code in enumerate(extra)}
    counted = pa.table(columns).group_by(list(columns)).aggregate([([], "count_all")])
    order = [("group", "ascending"), ("count_all", "descending"), ("odd", "ascending")]
    order += [(name, "ascending") for name in columns if name.startswith(("text", "code"))]
    found: dict[int, list[tuple[Any, ...]]] = {}
    shown = [name for name in columns if name.startswith(("text", "code"))] + ["count_all"]
    ranked = counted.take(pc.sort_indices(counted, sort_keys=order))
    names = ranked["group"].to_numpy()
    for group in wanted:
        start, stop = np.searchsorted(names, [group, group + 1])
        part = ranked.slice(start, min(stop - start, count * 20)).select(shown).to_pydict()
        found[group] = list(zip(*part.values(), strict=True))
    return found
