"""The survive step: every new cluster becomes one golden record, kept in the row of its master record.

Nothing is thrown away: the other records stay in the batch with the disposition ``merged`` and the row of their
survivor, and each golden cell that differs from the master's own is a change with the record it came from.
"""

from __future__ import annotations

import fnmatch
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.measures import Counts
from crmclean.plan import ColumnPlan
from crmclean.recency import column_moments, evidence_moments
from crmclean.survivorship.choose import Members, best, choose_master, join_values
from crmclean.survivorship.clusters import settle
from crmclean.survivorship.consents import golden_consent
from crmclean.survivorship.units import Unit, units_of
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import TEXT, constant, evidence_table
from crmclean.text import fold_digits

__all__ = ["SurviveStep"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
FIRST_SEQ = 10  # changes of the normalisers come before


@dataclass(frozen=True)
class SurviveStep:
    """Golden records for the clusters of the last deduplicate step."""

    name: str = "survive"
    scope: Literal["row", "file"] = "file"

    def measure(self, batch: Batch, context: Context) -> Counts:
        """Nothing to count beforehand."""
        return {}

    def apply(self, batch: Batch, context: Context) -> Batch:
        """Choose masters and values, write changes and survivors, and settle dispositions and cluster ids."""
        members = _members(batch, context)
        if not members.count:
            return settle(batch, np.empty(0, np.int64), np.empty(0, np.int64))
        chosen = choose_master(members, context.rules.survivorship.master)
        is_master = np.zeros(len(members.position), bool)
        is_master[chosen] = True
        masters = members.position[chosen]
        writer = _Golden(batch, context, members, is_master, masters)
        for unit in units_of(context.plan, context.rules):
            writer.write(unit)
        return settle(writer.finish(), members.position, masters[members.cluster], writer.statements())


def _members(batch: Batch, context: Context) -> Members:
    clusters = batch.evidence.clusters
    # rows that are merged already belong to settled clusters; their survivor stands for them
    position = clusters["row"].to_numpy().astype(np.int64) - batch.first_row
    codes = clusters["cluster_id"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    live = batch.is_disposition("cleaned")[position]
    position, codes = position[live], codes[live]
    sizes = np.bincount(codes) if len(codes) else np.empty(0, np.int64)
    several = sizes[codes] > 1 if len(codes) else np.empty(0, bool)
    position, codes = position[several], codes[several]
    rank = _id_rank(batch, position)
    order = np.lexsort((rank, codes))
    position, codes, rank = position[order], codes[order], rank[order]
    _, cluster = np.unique(codes, return_inverse=True)
    return Members(
        position,
        cluster.astype(np.int64),
        _source_rank(batch, context)[position],
        evidence_moments(batch, context, position),
        _filled_counts(batch, context)[position],
        rank,
        _any_of(batch, context, "id", batch.filled)[position],
        _any_of(batch, context, "deleted", functools.partial(_says, batch, "true"))[position],
    )


def _id_rank(batch: Batch, position: Ints) -> Ints:
    """Place of each of some records among them by record id."""
    ids = batch.rows["record_id"].combine_chunks().take(pa.array(position))
    rank = np.empty(len(position), np.int64)
    rank[pc.sort_indices(ids).to_numpy()] = np.arange(len(position))
    return rank


def _source_rank(batch: Batch, context: Context) -> Ints:
    """Place of each row's source in the rules' list of trusted sources; those not named come last, equal."""
    patterns = context.rules.survivorship.sources
    encoded = batch.rows["source"].combine_chunks()
    names = encoded.dictionary.to_pylist()
    ranks = [
        next(
            (place for place, pattern in enumerate(patterns) if fnmatch.fnmatchcase(name or "", pattern)), len(patterns)
        )
        for name in names
    ]
    found: Ints = np.array([*ranks, len(patterns)], np.int64)[
        encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    ]
    return found


def _filled_counts(batch: Batch, context: Context) -> Ints:
    counts = np.zeros(len(batch), np.int64)
    for item in context.plan.columns:
        if item.field:
            counts += batch.filled(item.column) & ~batch.flagged(item.column, verdict="invalid")
    return counts


def _any_of(batch: Batch, context: Context, field: str, holds: Callable[[str], Mask]) -> Mask:
    """The rows for which something holds of any column of a field."""
    found = np.zeros(len(batch), bool)
    for column in context.plan.fields.get(field, []):
        found |= holds(column)
    return found


def _says(batch: Batch, value: str, column: str) -> Mask:
    return np.asarray(pc.fill_null(pc.equal(batch.canonical(column), value), False), bool)


class _Golden:
    """Writes the golden values of one round; lives for the length of one `apply`."""

    def __init__(self, batch: Batch, context: Context, members: Members, is_master: Mask, masters: Ints) -> None:
        self.batch, self.context, self.members = batch, context, members
        self.is_master, self.masters = is_master, masters
        self.index = pa.array(members.position)
        self.columns: dict[str, pa.Array] = {}
        self.changes: list[pa.Table] = []
        self.survivors: list[pa.Table] = []
        self.seq = _next_seq(batch)

    def write(self, unit: Unit) -> None:
        """Choose and write the golden values of one unit."""
        if unit.kind == "joined":
            self._joined(unit)
        elif unit.kind == "consent":
            self._consent(unit)
        elif unit.kind == "flag":
            true = _says(self.batch, "true", unit.columns[0].column)[self.members.position]
            self._chosen(unit, [-true.astype(np.int64)], "merge.survivor")
        else:
            self._chosen(unit, self._strategy(unit), "merge.survivor")

    def _strategy(self, unit: Unit) -> list[Ints]:
        columns = [item.column for item in unit.columns]
        cells = [self.batch.column(name).take(self.index) for name in columns]
        if unit.own_date:
            return [column_moments(self.batch, columns[0], self.members.position) * -unit.own_date]
        strategy = unit.rule.strategy
        complete = -sum((pc.fill_null(pc.binary_length(item), 0).to_numpy() > 0).astype(np.int64) for item in cells)
        if strategy == "master" and len(columns) > 1:
            return [self._thin_names(columns), complete]  # a fuller name or address first, then the master's
        keys: dict[str, list[Ints]] = {
            "master": [],
            "most_recent": [-self.members.recency],
            "oldest": [self.members.recency],
            "most_trusted": [self.members.source_rank],
            "most_complete": [complete],
        }
        if strategy == "longest":
            return [-sum(pc.fill_null(pc.utf8_length(item), 0).to_numpy().astype(np.int64) for item in cells)]
        if strategy == "most_frequent":
            return [-self._frequency(cells)]
        if strategy == "highest":
            return [-self._height(cells[0], unit.rule.order)]
        return keys[strategy]

    def _thin_names(self, columns: list[str]) -> Ints:
        """How many of the columns hold no more than an initial."""
        thin = np.zeros(len(self.members.position), np.int64)
        for name in columns:
            if self.context.plan.of(name).field in ("first_name", "last_name"):
                thin += np.asarray(
                    pc.fill_null(pc.match_substring_regex(self.batch.column(name), r"^\p{L}\p{M}*\.?$"), False), bool
                )[self.members.position]
        return thin

    def _frequency(self, cells: list[pa.Array]) -> Ints:
        joined = pc.binary_join_element_wise(*[pc.fill_null(item, "") for item in cells], pa.scalar("\x1f", TEXT))
        codes = joined.dictionary_encode().indices.to_numpy().astype(np.int64)
        pairs = self.members.cluster * (int(codes.max(initial=0)) + 1) + codes
        _, inverse, counts = np.unique(pairs, return_inverse=True, return_counts=True)
        return np.asarray(counts[inverse], np.int64)

    def _height(self, cells: pa.Array, order: tuple[str, ...]) -> Ints:
        """Place of each value in the rules' order, lowest first; below them all numbers by size, then the rest."""
        plain = fold_digits(pc.utf8_trim_whitespace(cells))
        number = pc.if_else(pc.match_substring_regex(plain, r"^\d{1,9}(\.\d{1,3})?$"), plain, pa.scalar(None, TEXT))
        height = pc.fill_null(pc.multiply(pc.cast(number, pa.float64()), 1000.0), -1.0).to_numpy()
        folded = pa.array([word.casefold() for word in order], TEXT)
        place = pc.fill_null(pc.index_in(pc.utf8_lower(plain), folded), -1).to_numpy().astype(np.int64)
        return np.asarray(np.where(place >= 0, place + 10**13, height), np.int64)

    def _chosen(self, unit: Unit, strategy: list[Ints], reason: str) -> None:
        filled = np.zeros(len(self.members.position), bool)
        invalid = np.zeros(len(self.members.position), bool)
        for item in unit.columns:
            own = self.batch.filled(item.column)[self.members.position]
            filled |= own
            invalid |= own & self.batch.flagged(item.column, verdict="invalid")[self.members.position]
        index, has = best(self.members, self.is_master, filled, invalid, strategy)
        origin = np.where(has, self.members.position[index], self.masters)
        for item in unit.columns:
            values = self.batch.column(item.column).take(pa.array(origin))
            self._put(item, values, origin, unit.name, reason)

    def _joined(self, unit: Unit) -> None:
        column = unit.columns[0]
        cells = self.batch.column(column.column).take(self.index)
        separator = unit.rule.separator
        pattern = r"\s*[;|]\s*" if unit.rule.strategy == "union" else _literal(separator)
        joined = join_values(self.members, cells, separator, split=pattern)
        self._change(column, joined.values, unit.name, "merge.joined")
        origin = self.members.position[joined.member]
        self._trace(column, joined.pieces, self.masters[joined.cluster], origin, unit.name)

    def _consent(self, unit: Unit) -> None:
        column = unit.columns[0]
        golden = golden_consent(self.batch, self.context, self.members, self.is_master, column)
        self._put(column, golden.values, golden.origin, unit.name, golden.reasons)

    def _put(
        self, item: ColumnPlan, values: pa.Array, origin: Ints, rule: str, reason: str | np.ndarray[Any, Any]
    ) -> None:
        self._change(item, values, rule, reason)
        self._trace(item, values, self.masters, origin, rule)

    def _change(self, item: ColumnPlan, values: pa.Array, rule: str, reason: str | np.ndarray[Any, Any]) -> None:
        column = item.column
        current = self.columns.get(column, self.batch.column(column))
        before = current.take(pa.array(self.masters))
        differs = np.asarray(pc.not_equal(pc.fill_null(before, ""), pc.fill_null(values, "")), bool)
        at = np.flatnonzero(differs)
        if len(at):
            rows = self.masters[at]
            self.changes.append(
                evidence_table(
                    "changes",
                    {
                        "row": (rows + self.batch.first_row).astype(np.int32),
                        "column": constant(column, len(at)),
                        "field": constant(item.field or "", len(at)),
                        "seq": np.full(len(at), self.seq, np.int16),
                        "before": before.take(pa.array(at)),
                        "after": values.take(pa.array(at)),
                        "step": constant(f"survive.{rule}", len(at)),
                        "reason": constant(reason, len(at))
                        if isinstance(reason, str)
                        else pa.array(reason[at].tolist()),
                    },
                )
            )
            source = np.arange(len(self.batch))
            source[rows] = len(self.batch) + np.arange(len(at))
            self.columns[column] = pa.concat_arrays([current, values.take(pa.array(at))]).take(pa.array(source))

    def _trace(self, item: ColumnPlan, values: pa.Array, owner: Ints, origin: Ints, rule: str) -> None:
        """Say of the values that are there which record each comes from; a joined one is said piece by piece.

        A column that means nothing to us goes by its own name.
        """
        at = np.flatnonzero(np.asarray(pc.fill_null(pc.greater(pc.binary_length(values), 0), False), bool))
        self.survivors.append(
            pa.table(
                {
                    "owner": owner[at],
                    "field": constant(item.field or item.column, len(at)),
                    "value": values.take(pa.array(at)),
                    "from_row": (origin[at] + self.batch.first_row).astype(np.int32),
                    "survivor_rule": constant(rule, len(at)),
                }
            )
        )

    def statements(self) -> pa.Table | None:
        """What this round says about its golden records."""
        return pa.concat_tables(self.survivors) if self.survivors else None

    def finish(self) -> Batch:
        """The batch with golden values in the masters' rows."""
        batch = self.batch.with_columns(self.columns) if self.columns else self.batch
        return batch.adding(changes=self.changes)


def _literal(text: str) -> str:
    return "".join(f"\\x{{{ord(letter):x}}}" for letter in text)


def _next_seq(batch: Batch) -> int:
    highest = pc.max(batch.evidence.changes["seq"]).as_py() if batch.evidence.changes.num_rows else None
    return max(FIRST_SEQ, (highest or 0) + 1)
