"""The deduplicate step: a batch's usable values go to the core, links and clusters come back as evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.dedup.compared import FIELDS
from crmclean.dedup.core import Result, link_records
from crmclean.dedup.judgements import Judged, Judgements
from crmclean.dedup.unmapped import PREFIX, read_unmapped
from crmclean.dedup.workings import settings_of
from crmclean.measures import Counts
from crmclean.tables.batch import Batch, as_text
from crmclean.tables.evidence import TEXT, evidence_table
from crmclean.tables.fields import Kind

__all__ = ["DeduplicateStep", "compared_fields", "settings_of", "with_judgements"]

# a filler is no evidence of anything; other invalid cells (a phone with a digit too many) still are
_FILLERS = ("name.bogus", "email.bogus", "phone.bogus", "phone.spreadsheet", "company.bogus", "title.bogus")
CLUSTER_COLUMN = "crmclean_cluster_id"


@dataclass(frozen=True)
class DeduplicateStep:
    """Links between the records that are still cleaned, and the clusters they form.

    With ``apart`` it only looks: every record is kept apart from every other, so that a pair that would match is put
    before a person, and clusters stay as they are. That is what the next run does with a cleaned file. ``judgements``
    of a person are obeyed in both looks.
    """

    apart: bool = False
    judgements: Judgements | None = None
    name: str = "deduplicate"
    scope: Literal["row", "file"] = "file"

    def measure(self, batch: Batch, context: Context) -> Counts:
        """The core measures the whole file itself."""
        return {}

    def apply(self, batch: Batch, context: Context) -> Batch:
        """Link, cluster, and leave what the model settled on as a fact."""
        at = np.flatnonzero(batch.is_disposition("cleaned"))
        if not context.rules.dedup.enabled or len(at) < 2:
            return batch
        if self.apart and not batch.is_disposition("merged").any():
            return batch  # the first look said it all
        fields = compared_fields(batch, context, at)
        if all(name.startswith(PREFIX) for name in fields):
            return batch
        result = link_records(
            fields,
            settings_of(context.rules.dedup),
            kept_apart=np.arange(len(at), dtype=np.int64) if self.apart else _kept_apart(batch, at),
            order=_rank(batch, at),
            # golden records have no duplicates left to prove a column by
            unmapped=read_unmapped(context.measures.model.get(fact_of(apart=False))) if self.apart else None,
            judged=_judged(batch, self.judgements, at) if self.judgements else None,
            sources=_sources(batch, at) if context.rules.dedup.one_to_one and not self.apart else None,
        )
        batch = batch.replacing(links=_links(batch, result, at)).with_fact(fact_of(self.apart), result.measures)
        return batch if self.apart else batch.replacing(clusters=_clusters(batch, result, at))


def fact_of(apart: bool) -> str:
    """Under which name a look leaves its measures: a pair is explained by the look that judged it."""
    return "look_again" if apart else "dedup"


def compared_fields(batch: Batch, context: Context, at: np.ndarray[Any, Any]) -> Mapping[str, Sequence[pa.Array]]:
    """Canonical field -> its columns' canonical values for the rows ``at``, without fillers.

    A number known to be a mobile is person evidence whatever its column is called; the parts of a full name stand in
    for first and last name where the file has no such columns.
    """
    index = pa.array(at)
    fields: dict[str, list[pa.Array]] = {}
    for column in context.plan.columns:
        if not column.field and not column.column.startswith("crmclean_"):
            fields[PREFIX + column.column] = [_without_fillers(batch, column.column).take(index)]
        if column.field not in FIELDS:
            continue
        values = _without_fillers(batch, column.column).take(index)
        if column.kind is Kind.PHONE and column.field != "mobile":
            is_mobile = pc.fill_null(
                pc.equal(batch.attribute(column.column, "phone_type").take(index), "mobile"), False
            )
            if pc.any(is_mobile).as_py():
                nothing = pa.scalar("", TEXT)
                fields.setdefault("mobile", []).append(pc.if_else(is_mobile, values, nothing))
                values = pc.if_else(is_mobile, nothing, values)
        fields.setdefault(column.field or "", []).append(values)
    names = context.plan.fields
    if "full_name" in names and not {"first_name", "last_name"} & set(names):
        for attribute, field in (("given", "first_name"), ("middle", "middle_name"), ("family", "last_name")):
            learnt = batch.attribute(names["full_name"][0], attribute).take(index)
            if learnt.null_count < len(learnt):
                fields.setdefault(field, []).append(learnt)
    return fields


def with_judgements(steps: Sequence[Any], judgements: Judgements) -> tuple[Any, ...]:
    """Steps of a pipeline, those that deduplicate given the judgements."""
    return tuple(replace(step, judgements=judgements) if isinstance(step, DeduplicateStep) else step for step in steps)


def _judged(batch: Batch, judgements: Judgements, at: np.ndarray[Any, Any]) -> Judged:
    """Judged pairs by place in ``at``; a record merged away stands for its golden record, one set aside for nobody.

    Records are called by record id, by their id in their source, or by the number of their row, from 1.
    """
    ids = as_text(batch.rows["record_id"])
    numbers = pa.array(np.arange(1, len(batch) + 1)).cast(TEXT)
    left, right, same = judgements.find([ids, _own_ids(batch, ids), numbers])
    place = np.full(len(batch), -1, np.int64)
    place[at] = np.arange(len(at))
    survivor = pc.fill_null(batch.rows["survivor_row"], -1).to_numpy() - batch.first_row
    merged = np.flatnonzero(survivor >= 0)
    place[merged] = place[survivor[merged]]
    left, right = place[left], place[right]
    there = (left >= 0) & (right >= 0) & (left != right)
    return Judged.of(len(at), left[there], right[there], same[there])


def _sources(batch: Batch, at: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A code of the input of each row."""
    names = batch.rows["source"].combine_chunks().take(pa.array(at)).cast(pa.string()).dictionary_encode()
    codes: np.ndarray[Any, np.dtype[np.int64]] = pc.fill_null(names.indices, -1).to_numpy().astype(np.int64)
    return codes


def _own_ids(batch: Batch, ids: pa.Array) -> pa.Array:
    """Record ids without the name of their source in front."""
    sources = batch.rows["source"].combine_chunks().cast(pa.string()).dictionary_encode()
    for code, name in enumerate(sources.dictionary.to_pylist()):  # one round an input
        bare = pc.if_else(pc.starts_with(ids, f"{name}:"), pc.utf8_slice_codeunits(ids, len(name) + 1), ids)
        ids = pc.if_else(pc.equal(sources.indices, code), bare, ids)
    return ids


def _without_fillers(batch: Batch, column: str) -> pa.Array:
    values = pc.fill_null(batch.canonical(column), "")
    mask = batch.flagged(column, reasons=_FILLERS)
    return pc.if_else(pa.array(mask), pa.scalar("", TEXT), values) if mask.any() else values


def _kept_apart(batch: Batch, at: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Codes of the clusters an earlier run gave; records it kept apart are never merged automatically."""
    if CLUSTER_COLUMN not in batch.originals.schema.names:
        return np.full(len(at), -1, np.int64)
    earlier = pc.fill_null(batch.originals[CLUSTER_COLUMN], "").combine_chunks().take(pa.array(at))
    codes = earlier.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return np.where(np.asarray(pc.equal(earlier, "")), -1, codes)


def _rank(batch: Batch, at: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Rank of each record id: the final tie-break, independent of the row order."""
    ids = batch.rows["record_id"].combine_chunks().take(pa.array(at))
    rank = np.empty(len(at), np.int64)
    rank[pc.sort_indices(ids).to_numpy()] = np.arange(len(at))
    return rank


def _links(batch: Batch, result: Result, at: np.ndarray[Any, Any]) -> pa.Table:
    """The new links in row numbers; links of earlier rounds stay unless the same pair was judged again."""
    links = result.links
    numbers = batch.row_numbers[at]
    left, right = (numbers[links[side].to_numpy()] for side in ("row_l", "row_r"))
    links = links.set_column(links.schema.get_field_index("row_l"), "row_l", pa.array(left))
    links = links.set_column(links.schema.get_field_index("row_r"), "row_r", pa.array(right))
    earlier = batch.evidence.links
    if earlier.num_rows:
        # only links inside a cluster are still needed: whatever else was said is said again by this round
        live = np.zeros(len(batch), bool)
        live[at] = True
        both = live[earlier["row_l"].to_numpy() - batch.first_row] & live[earlier["row_r"].to_numpy() - batch.first_row]
        earlier = earlier.filter(pa.array(~both))
    return pa.concat_tables([earlier, links], promote_options="default")


def _clusters(batch: Batch, result: Result, at: np.ndarray[Any, Any]) -> pa.Table:
    """Every active row with its cluster, named by its smallest record id; survivorship gives the lasting name."""
    ids = batch.rows["record_id"].combine_chunks().take(pa.array(at))
    rank = _rank(batch, at)
    _, cluster = np.unique(result.cluster, return_inverse=True)
    count = int(cluster.max()) + 1 if len(cluster) else 0
    first = np.full(count, np.iinfo(np.int64).max, np.int64)
    np.minimum.at(first, cluster, rank)
    of_rank = np.empty(len(at), np.int64)
    of_rank[rank] = np.arange(len(at))
    names = ids.take(pa.array(of_rank[first]))
    sizes = np.bincount(cluster, minlength=count)
    return evidence_table(
        "clusters",
        {
            "row": batch.row_numbers[at],
            "cluster_id": names.take(pa.array(cluster)),
            "cluster_size": sizes[cluster].astype(np.int32),
        },
    )
