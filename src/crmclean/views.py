"""Views of a finished batch: the tables a user opens. Everything here is a selection; nothing is decided.

All views are Arrow tables of text (and a few numbers) with the record's own columns under their unique names.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.channels import DENIED, column_states
from crmclean.context import Context
from crmclean.dedup.pair_words import pair_reasons
from crmclean.plan import Plan
from crmclean.ruleset.spec import OutputRules
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import TEXT
from crmclean.tables.fields import BY_NAME, Kind
from crmclean.tables.reasons import sentence
from crmclean.tables.shares import share_text

__all__ = [
    "changes",
    "cleaned",
    "dropped_columns",
    "duplicates",
    "output_columns",
    "output_notes",
    "quarantined",
    "review",
]

Ints = np.ndarray[Any, np.dtype[np.int64]]


def output_columns(plan: Plan, rules: OutputRules, filled: dict[str, int]) -> list[str]:
    """The columns that are written, in order: ``keep`` selects and orders, ``drop`` and ``drop_unused`` leave out."""
    every = [item.column for item in plan.columns]

    def named(word: str) -> list[str]:
        return [word] if word in every else plan.fields.get(word, [])

    chosen = [column for word in rules.keep for column in named(word)] if rules.keep else every
    gone = {column for word in rules.drop for column in named(word)}
    if rules.drop_unused:
        gone |= {column for column in every if not filled.get(column, 0)}
    return [column for column in dict.fromkeys(chosen) if column not in gone]


def dropped_columns(plan: Plan, rules: OutputRules, filled: dict[str, int]) -> list[str]:
    """The input's columns that are not written."""
    kept = set(output_columns(plan, rules, filled))
    return [item.column for item in plan.columns if item.column not in kept]


def output_notes(batch: Batch, context: Context) -> list[str]:
    """What a person should know about what the rules leave out or ask for in vain, in sentences."""
    plan, rules = context.plan, context.rules.output
    every = {item.column for item in plan.columns}
    said = [
        f"[output] names {word!r}, which is neither a column nor a field"
        for word in dict.fromkeys([*rules.keep, *rules.drop])
        if word not in every and word not in BY_NAME
    ]
    limit = rules.changes_limit
    rows = batch.evidence.changes["row"].to_numpy() - batch.first_row
    listed = len(rows) if len(rows) <= limit else int((~batch.is_disposition("quarantined"))[rows].sum())
    if listed > limit:
        said.append(f"changes.csv has the first {limit:,} of {listed:,} changes; evidence/changes.parquet has them all")
    cleaned_rows = batch.is_disposition("cleaned")
    for name in dropped_columns(plan, rules, _filled(batch, context)):
        column = plan.of(name)
        if column.kind is Kind.CONSENT:
            denied = int(((column_states(batch, column) == DENIED) & cleaned_rows).sum())
            if denied:
                said.append(
                    f"the output leaves out {name} and its opt-outs ({denied:,}); whoever imports it loses them"
                )
    return said


def _filled(batch: Batch, context: Context) -> dict[str, int]:
    return {item.column: context.measures.count("filled", item.column) for item in context.plan.columns}


def cleaned(batch: Batch, context: Context, *, several: bool | None = None) -> pa.Table:
    """One golden row per entity: the input's columns, then ours; ``crmclean_source`` where there are several."""
    at = np.flatnonzero(batch.is_disposition("cleaned"))
    table = _records(batch, at, output_columns(context.plan, context.rules.output, _filled(batch, context)))
    dense = _Dense(batch)
    table = table.append_column("crmclean_record_id", _take(batch.rows["record_id"], at))
    table = table.append_column("crmclean_cluster_id", dense.text("clusters", "cluster_id", at))
    table = table.append_column("crmclean_trust", _score(dense.numbers("trust", "score", at)))
    table = table.append_column("crmclean_grade", dense.text("trust", "grade", at))
    table = table.append_column("crmclean_freshness", dense.text("freshness", "status", at, field="*"))
    table = table.append_column("crmclean_reasons", dense.text("trust", "reasons", at))
    for name in dict.fromkeys(context.rules.output.learnt):
        table = table.append_column(f"crmclean_{name}", _learnt(batch, context, name).take(pa.array(at)))
    sources = batch.rows["source"]
    if several if several is not None else pc.count_distinct(sources.cast(pa.string())).as_py() > 1:
        table = table.append_column("crmclean_source", _take(sources.cast(TEXT), at))
    return table


def _learnt(batch: Batch, context: Context, name: str) -> pa.Array:
    """An attribute by row: of several columns that have it the first in the plan's order; "" where none has."""
    values = pa.nulls(len(batch), TEXT)
    for item in context.plan.columns:
        values = pc.coalesce(values, batch.attribute(item.column, name))
    return pc.fill_null(values, "")


def quarantined(batch: Batch, context: Context) -> pa.Table:
    """The rows set aside: line, original cells, the raw text of rows that could not be aligned, and the reasons."""
    at = np.flatnonzero(batch.is_disposition("quarantined"))
    table = pa.table({"crmclean_line": _take(batch.rows["line"], at).cast(TEXT)})
    for item in context.plan.columns:
        table = table.append_column(item.column, _take(batch.originals[item.column], at))
    issues = batch.evidence.issues
    raw = issues.filter(pc.equal(issues["reason"], "file.unaligned"))
    table = table.append_column("crmclean_raw", _spread(raw["row"], raw["value"], batch, at))
    severe = issues.filter(pc.or_(pc.equal(issues["severity"], "error"), _set_aside_for(issues, context)))
    return table.append_column("crmclean_reasons", _reasons(severe, batch, at, context))


def _set_aside_for(issues: pa.Table, context: Context) -> pa.Array:
    """Where an issue is one that the rules set rows aside for, by its reason or by the name of their own check."""
    named = sorted(context.rules.validate_.quarantine)
    rules = pa.array([f"check.{name}" for name in named], pa.string())
    by_reason = pc.is_in(issues["reason"].cast(pa.string()), pa.array(named, pa.string()))
    return pc.or_(by_reason, pc.is_in(issues["rule"].cast(pa.string()), rules))


def duplicates(batch: Batch, context: Context) -> pa.Table:
    """Every record of every cluster of several, with role, probability and reason, cluster by cluster."""
    clusters = batch.evidence.clusters
    several = clusters.filter(pc.greater(clusters["cluster_size"], 1))
    merged = batch.is_disposition("merged")
    rows = several["row"].to_numpy().astype(np.int64) - batch.first_row
    order = np.lexsort((rows, merged[rows], _codes(several["cluster_id"])))
    at = rows[order]
    probability, why = _best_links(batch)
    table = pa.table(
        {
            "crmclean_cluster_id": several["cluster_id"].take(pa.array(order)),
            "crmclean_role": pa.array(np.where(merged[at], "merged", "survivor"), TEXT),
            "crmclean_match_probability": share_text(probability[at]),
            "crmclean_reasons": why.take(pa.array(at)),
            "crmclean_record_id": _take(batch.rows["record_id"], at),
            "crmclean_source": _take(batch.rows["source"].cast(TEXT), at),
            "crmclean_line": _take(batch.rows["line"], at).cast(TEXT),
        }
    )
    for item in context.plan.columns:
        table = table.append_column(item.column, _take(batch.originals[item.column], at))
    return table


def review(batch: Batch, context: Context) -> pa.Table:
    """Pairs in the review band, both sides next to each other, likeliest first, with a column for the judgement."""
    links = batch.evidence.links
    live = batch.is_disposition("cleaned")
    pending = links.filter(pc.equal(links["decision"], "review"))
    left = pending["row_l"].to_numpy().astype(np.int64) - batch.first_row
    right = pending["row_r"].to_numpy().astype(np.int64) - batch.first_row
    both = live[left] & live[right]
    left, right, pending = left[both], right[both], pending.filter(pa.array(both))
    ids = batch.rows["record_id"].combine_chunks()
    table = pa.table(
        {
            "probability": pending["probability"],
            "id_l": ids.take(pa.array(left)),
            "id_r": ids.take(pa.array(right)),
            "place": np.arange(len(left)),
        }
    )
    order = pc.sort_indices(table, [("probability", "descending"), ("id_l", "ascending"), ("id_r", "ascending")])
    place = order.to_numpy()
    left, right = left[place], right[place]
    out = pa.table(
        {
            "judgement": pa.array([""] * len(left), TEXT),
            "probability": share_text(table["probability"].to_numpy()[place]),
            "why": pair_reasons(pending, batch).take(order),
            "record_id_l": ids.take(pa.array(left)),
            "record_id_r": ids.take(pa.array(right)),
        }
    )
    for item in context.plan.columns:
        if item.field:
            out = out.append_column(f"{item.column} (l)", _take(batch.records[item.column], left))
            out = out.append_column(f"{item.column} (r)", _take(batch.records[item.column], right))
    return out


def changes(batch: Batch, limit: int | None = None) -> pa.Table:
    """What changed, for people: record, source, line, column, before, after, why; in row order."""
    table = batch.evidence.changes
    live = ~batch.is_disposition("quarantined")
    rows = table["row"].to_numpy().astype(np.int64) - batch.first_row
    keep = live[rows]
    table, rows = table.filter(pa.array(keep)), rows[keep]
    order = np.lexsort((table["seq"].to_numpy(), _codes(table["column"]), rows))[:limit]
    table, rows = table.take(pa.array(order)), rows[order]
    return pa.table(
        {
            "record_id": _take(batch.rows["record_id"], rows),
            "source": _take(batch.rows["source"].cast(TEXT), rows),
            "line": _take(batch.rows["line"], rows),
            "column": table["column"].cast(TEXT),
            "before": table["before"],
            "after": table["after"],
            "why": _sentences(table["reason"]),
            "reason": table["reason"].cast(TEXT),
        }
    )


def with_attributes(table: pa.Table, batch: Batch) -> pa.Table:
    """The cleaned view with one more column per column and attribute that was learnt: ``Phone: phone_type``."""
    at = np.flatnonzero(batch.is_disposition("cleaned"))
    learnt = batch.evidence.attributes
    plain = pa.table({name: learnt[name].cast(pa.string()) for name in ("column", "name")})
    pairs = plain.group_by(["column", "name"]).aggregate([]).to_pylist() if learnt.num_rows else []
    for pair in sorted(pairs, key=lambda item: (item["column"], item["name"])):
        values = batch.attribute(pair["column"], pair["name"]).take(pa.array(at))
        table = table.append_column(f"{pair['column']}: {pair['name']}", pc.fill_null(values, ""))
    return table


# ---- pieces


def _take(values: Any, at: Ints) -> Any:
    return values.take(pa.array(at))


def _records(batch: Batch, at: Ints, columns: list[str]) -> pa.Table:
    return batch.records.select(columns).take(pa.array(at))


def _codes(values: Any) -> Ints:
    """Rank of each text: sorts like the text itself, not like its first appearance."""
    plain = values.cast(TEXT).combine_chunks() if isinstance(values, pa.ChunkedArray) else values.cast(TEXT)
    encoded = plain.dictionary_encode()
    rank = np.empty(len(encoded.dictionary) + 1, np.int64)
    rank[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(encoded.dictionary))
    found: Ints = rank[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
    return found


def _score(values: np.ndarray[Any, Any]) -> pa.Array:
    tenths = np.round(np.nan_to_num(values) * 10).astype(np.int64)
    text = pc.binary_join_element_wise(
        pa.array(tenths // 10).cast(TEXT), pa.array(tenths % 10).cast(TEXT), pa.scalar(".", TEXT)
    )
    return pc.if_else(pa.array(np.isnan(values)), pa.scalar("", TEXT), text)


class _Dense:
    """Evidence columns as one value per position."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch

    def _place(self, name: str, field: str) -> tuple[pa.Table, Ints]:
        table = getattr(self.batch.evidence, name)
        if field and table.num_rows:
            table = table.filter(pc.equal(table["field"], field))
        place = np.full(len(self.batch), -1, np.int64)
        place[table["row"].to_numpy() - self.batch.first_row] = np.arange(table.num_rows)
        return table, place

    def text(self, name: str, column: str, at: Ints, *, field: str = "") -> pa.Array:
        """A text column, "" where the table says nothing."""
        table, place = self._place(name, field)
        chosen = place[at]
        values = table[column].cast(TEXT).combine_chunks()
        return pc.fill_null(values.take(pa.array(chosen, mask=chosen < 0)), "")

    def numbers(self, name: str, column: str, at: Ints) -> np.ndarray[Any, Any]:
        """A numeric column, NaN where the table says nothing."""
        table, place = self._place(name, "")
        values = np.append(table[column].to_numpy().astype(float), np.nan)
        return values[place[at]]


def _spread(rows: Any, values: Any, batch: Batch, at: Ints) -> pa.Array:
    place = np.full(len(batch), -1, np.int64)
    place[rows.to_numpy() - batch.first_row] = np.arange(len(rows))
    chosen = place[at]
    plain = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    return pc.fill_null(plain.take(pa.array(chosen, mask=chosen < 0)), "")


def _sentences(reasons: Any) -> pa.Array:
    plain = reasons.cast(pa.string()).combine_chunks() if isinstance(reasons, pa.ChunkedArray) else reasons
    encoded = plain.dictionary_encode()
    words = pa.array([sentence(code) for code in encoded.dictionary.to_pylist()], TEXT)
    return words.take(encoded.indices)


def _reasons(issues: pa.Table, batch: Batch, at: Ints, context: Context) -> pa.Array:
    """The distinct reasons of each row in words, joined; a check of the rules speaks by its message or its name."""
    place = np.full(len(batch), -1, np.int64)
    place[at] = np.arange(len(at))
    owner = place[issues["row"].to_numpy() - batch.first_row]
    keep = owner >= 0
    owner = owner[keep]
    kept = issues.filter(pa.array(keep))
    words = _sentences(kept["reason"])
    for rule in context.rules.validate_.checks:
        own = pc.equal(kept["rule"].cast(pa.string()), f"check.{rule.name}").combine_chunks()
        named = pc.binary_join_element_wise(words, pa.scalar(f" ({rule.name})", TEXT), pa.scalar("", TEXT))
        words = pc.if_else(own, pa.scalar(rule.message, TEXT) if rule.message else named, words)
    return join_by_owner(owner, words, len(at))


def join_by_owner(owner: Ints, words: pa.Array, count: int, separator: str = "; ") -> pa.Array:
    """The distinct words of each owner (0 .. count - 1), joined in alphabetical order; "" for an owner without any."""
    codes = _codes(words)
    width = int(codes.max(initial=0)) + 1
    _, first = np.unique(owner * width + codes, return_index=True)
    sizes = np.bincount(owner[first], minlength=count)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    lists = pa.LargeListArray.from_arrays(pa.array(offsets), words.take(pa.array(first)).cast(TEXT))
    return pc.binary_join(lists, pa.scalar(separator, TEXT)).cast(TEXT)


def _best_links(batch: Batch) -> tuple[np.ndarray[Any, Any], pa.Array]:
    """Per position: the highest probability of a match link (1 if judged), and in words which fields agreed in it."""
    links = batch.evidence.links
    best = np.full(len(batch), np.nan)
    reason = np.full(len(batch), -1, np.int64)
    matches = links.filter(pc.equal(links["decision"], "match"))
    probability = np.where(pc.equal(matches["decided_by"], "judgement"), 1.0, matches["probability"])
    order = np.argsort(probability, kind="stable")
    for side in ("row_l", "row_r"):
        rows = matches[side].to_numpy().astype(np.int64)[order] - batch.first_row
        better = ~(best[rows] > probability[order])
        best[rows[better]] = probability[order][better]
        reason[rows[better]] = order[better]
    told, place = np.unique(reason, return_inverse=True)  # only these links have to be put in words; -1 comes first
    shift = int(len(told) > 0 and told[0] < 0)
    words = pair_reasons(matches.take(pa.array(told[shift:])), batch)
    return best, pc.fill_null(words.take(pa.array(place - shift, mask=reason < 0)), "")
