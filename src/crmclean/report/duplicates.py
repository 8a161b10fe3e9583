"""What deduplication found: clusters by size, one of them as an example, and the pairs that wait for a person."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.report.facts import ReportFacts
from crmclean.report.masking import mask
from crmclean.report.tally import Ints, Rows, codes_of, rounded
from crmclean.tables.batch import Batch

__all__ = ["duplicate_summary", "review_pair_count", "waiting_pairs"]

# What a reader needs to see that records are the same person, in reading order.
_TELLING = (
    "full_name",
    "first_name",
    "last_name",
    "email",
    "mobile",
    "phone",
    "company",
    "title",
    "city",
    "lead_source",
)
_COLUMNS_SHOWN = 5
_RECORDS_SHOWN = 5


def waiting_pairs(batch: Batch, rows: Rows) -> tuple[Ints, Ints]:
    """Positions of both sides of the pairs in the review band that are both still in the cleaned file."""
    links = batch.evidence.links.filter(_decided(batch, "review"))
    left, right = rows.positions(links, "row_l"), rows.positions(links, "row_r")
    both = rows.cleaned[left] & rows.cleaned[right]
    return left[both], right[both]


def review_pair_count(batch: Batch, rows: Rows, facts: ReportFacts) -> int:
    """Pairs waiting for a person: as told, else counted."""
    return len(waiting_pairs(batch, rows)[0]) if facts.review_pairs is None else int(facts.review_pairs)


def duplicate_summary(batch: Batch, rows: Rows, facts: ReportFacts) -> dict[str, Any]:
    """Clusters of several records by size, an example, how sure the matches are, and what waits for review."""
    table = batch.evidence.clusters
    several = table.filter(pc.greater(table["cluster_size"], 1))
    sizes = several["cluster_size"].to_numpy().astype(np.int64)
    counts = np.bincount(sizes) if len(sizes) else np.zeros(2, np.int64)
    clusters = {int(size): int(counts[size] // size) for size in np.flatnonzero(counts)}
    links = batch.evidence.links
    matches = links.filter(_decided(batch, "match"))
    rules, names = codes_of(matches["blocking_rule"])
    hits = np.bincount(rules[rules >= 0], minlength=len(names))
    order = np.lexsort((np.arange(len(names)), -hits))[:6]
    return {
        "clusters": sum(clusters.values()),
        "records": len(sizes),
        "merged": int(rows.merged.sum()),
        "largest": max(clusters, default=0),
        "sizes": [{"key": key, "clusters": count} for key, count in _by_size(clusters)],
        "review_pairs": review_pair_count(batch, rows, facts),
        "match_links": matches.num_rows,
        "branch_links": links.filter(_decided(batch, "branch")).num_rows,
        "certainty": _certainty(matches),
        "found_by": [{"rule": names[place], "pairs": int(hits[place])} for place in order if hits[place]],
        "match_probability": rounded(facts.match_probability),
        "review_probability": rounded(facts.review_probability),
        "blocking_recall": rounded(facts.blocking_recall),
        "example": _example(batch, rows, several, facts),
    }


def _decided(batch: Batch, decision: str) -> Any:
    links = batch.evidence.links
    return pc.fill_null(pc.equal(links["decision"].cast(pa.string()), decision), False)


def _by_size(clusters: dict[int, int]) -> list[tuple[str, int]]:
    bands = (("2", 2, 2), ("3", 3, 3), ("4", 4, 4), ("5-9", 5, 9), ("10+", 10, 1 << 31))
    return [(key, sum(n for size, n in clusters.items() if low <= size <= high)) for key, low, high in bands]


def _certainty(matches: pa.Table) -> list[dict[str, Any]]:
    """Match links by probability, the surest first."""
    chance = matches["probability"].to_numpy()
    bands = (("0.999+", 0.999, 2.0), ("0.99-0.999", 0.99, 0.999), ("0.95-0.99", 0.95, 0.99), ("<0.95", -1.0, 0.95))
    return [{"key": key, "pairs": int(((chance >= low) & (chance < high)).sum())} for key, low, high in bands]


def _example(batch: Batch, rows: Rows, several: pa.Table, facts: ReportFacts) -> dict[str, Any] | None:
    """The cluster nearest to three records that lost a row to a merge; among several the smallest cluster id."""
    positions = rows.positions(several)
    sizes = several["cluster_size"].to_numpy().astype(np.int64)
    if not len(positions):
        return None
    distance = np.abs(sizes - 3) * 2 + (sizes < 3) + np.where(rows.merged[positions], 0, 1000)
    candidates = several.filter(pa.array(distance == distance.min()))
    chosen = pc.min(candidates["cluster_id"]).as_py()
    members = np.sort(rows.positions(several.filter(pc.equal(several["cluster_id"], chosen))))
    order = np.lexsort((_record_rank(batch, members), rows.merged[members]))
    members = members[order][:_RECORDS_SHOWN]
    columns = _telling_columns(batch, facts, members)
    sources = batch.rows["source"].take(pa.array(members)).to_pylist()
    cells = {name: batch.originals[name].take(pa.array(members)).to_pylist() for name, _, _ in columns}
    return {
        "columns": [{"column": name, "field": field, "label": label} for name, field, label in columns],
        "records": [
            {
                "role": _role(rows, int(row)),
                "source": sources[place] or "",
                "cells": [mask(cells[name][place] or "", field) for name, field, _ in columns],
            }
            for place, row in enumerate(members)
        ],
        "size": int(sizes[distance == distance.min()][0]),
        "probability": _probability(batch, rows, members),
    }


def _record_rank(batch: Batch, members: Ints) -> Ints:
    ids = batch.rows["record_id"].take(pa.array(members))
    return np.asarray(pc.rank(ids, sort_keys="ascending", tiebreaker="first").to_numpy(), np.int64)


def _role(rows: Rows, row: int) -> str:
    return "merged" if rows.merged[row] else "quarantined" if rows.quarantined[row] else "survivor"


def _telling_columns(batch: Batch, facts: ReportFacts, members: Ints) -> list[tuple[str, str, str]]:
    """The first columns of telling fields in which the members hold something."""
    found = []
    for wanted in _TELLING:
        for fact in facts.columns:
            if fact.field == wanted and fact.column in batch.records.schema.names:
                cells = batch.originals[fact.column].take(pa.array(members)).to_pylist()
                if any(cells):
                    found.append((fact.column, fact.field, fact.label or fact.column))
    return found[:_COLUMNS_SHOWN]


def _probability(batch: Batch, rows: Rows, members: Ints) -> float | None:
    """The weakest match link that holds the shown records together."""
    links = batch.evidence.links
    inside = np.zeros(rows.count, bool)
    inside[members] = True
    keep = inside[rows.positions(links, "row_l")] & inside[rows.positions(links, "row_r")]
    held = links.filter(pc.and_(pa.array(keep, pa.bool_()), _decided(batch, "match")))
    return rounded(pc.min(held["probability"]).as_py()) if held.num_rows else None
