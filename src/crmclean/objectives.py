"""Objectives and the circuit breaker: measurable targets, and the point at which nothing is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.tables.batch import Batch
from crmclean.trust import open_issues

__all__ = ["Objective", "broken_limits", "judge_objectives"]


@dataclass(frozen=True)
class Objective:
    """One target: ``passed`` is None where there was nothing to measure."""

    name: str
    target: float
    actual: float | None
    passed: bool | None
    unit: str


def judge_objectives(batch: Batch, context: Context) -> list[Objective]:
    """The objectives the rules set, in the order of the rules, with what was reached."""
    rules = context.rules.objectives
    read, at = len(batch), np.flatnonzero(batch.is_disposition("cleaned"))
    wrong = open_issues(batch)
    errors = pc.count_distinct(wrong.filter(pc.equal(wrong["severity"], "error"))["row"]).as_py()
    stale = _share_stale(batch)
    merged, set_aside = (int(batch.is_disposition(name).sum()) for name in ("merged", "quarantined"))
    scores = batch.evidence.trust["score"]
    pairs = _pending_pairs(batch)
    actual: list[tuple[str, float | None, float | None, str, bool]] = [
        ("min_trust", rules.min_trust, float(pc.mean(scores).as_py()) if len(scores) else None, "score", True),
        ("max_invalid_share", rules.max_invalid_share, _share(errors, len(at)), "share", False),
        ("max_stale_share", rules.max_stale_share, stale, "share", False),
        ("max_duplicate_share", rules.max_duplicate_share, _share(merged, read), "share", False),
        ("max_quarantined_share", rules.max_quarantined_share, _share(set_aside, read), "share", False),
        ("max_review_pairs", rules.max_review_pairs, float(pairs), "count", False),
    ]
    for field, target in rules.min_fill.items():
        actual.append((f"min_fill.{field}", target, _fill(batch, context, field, at), "share", True))
    return [_judged(*item) for item in actual if item[1] is not None]


def _pending_pairs(batch: Batch) -> int:
    """Pairs in the review band whose records are both still there, as review.csv lists them."""
    links = batch.evidence.links
    pending = links.filter(pc.equal(links["decision"], "review"))
    live = batch.is_disposition("cleaned")
    left, right = (live[pending[side].to_numpy() - batch.first_row] for side in ("row_l", "row_r"))
    return int((left & right).sum())


def _judged(name: str, target: float | None, actual: float | None, unit: str, at_least: bool) -> Objective:
    goal = float(target or 0)
    passed = None if actual is None else (actual >= goal if at_least else actual <= goal)
    return Objective(name, goal, actual, passed, unit)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _share_stale(batch: Batch) -> float | None:
    table = batch.evidence.freshness
    record = table.filter(pc.equal(table["field"], "*"))
    return _share(int(pc.sum(pc.equal(record["status"], "stale")).as_py() or 0), record.num_rows)


def _fill(batch: Batch, context: Context, field: str, at: np.ndarray[Any, Any]) -> float | None:
    columns = context.plan.fields.get(field, [])
    filled = np.zeros(len(batch), bool)
    for column in columns:
        filled |= batch.filled(column)
    return _share(int(filled[at].sum()), len(at))


def broken_limits(batch: Batch, context: Context) -> list[str]:
    """What exceeds the rules' limits, one sentence each with the figures; empty when all is well."""
    limits, read = context.rules.limits, len(batch)
    said = []
    if read >= limits.min_rows and read:
        for name, limit, verb in (
            ("merged", limits.max_merged_share, "merged away"),
            ("quarantined", limits.max_quarantined_share, "set aside"),
        ):
            count = int(batch.is_disposition(name).sum())
            if count / read > limit:
                said.append(
                    f"{count:,} of {read:,} rows ({count / read:.0%}) would be {verb}; the limit is {limit:.0%}"
                )
    sizes = batch.evidence.clusters["cluster_size"]
    largest = int(pc.max(sizes).as_py() or 0) if len(sizes) else 0
    if largest > limits.max_cluster_size:
        said.append(f"one cluster has {largest:,} records; the limit is {limits.max_cluster_size}")
    return said
