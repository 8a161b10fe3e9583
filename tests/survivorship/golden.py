"""Golden records of clusters that a test lays down itself: everything of a run before and after the matcher."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crmclean.consent import ConsentStep
from crmclean.context import Context
from crmclean.ingest import ingest
from crmclean.normalisers.step import NormaliseStep
from crmclean.ruleset import load_rules
from crmclean.survivorship.step import SurviveStep
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import evidence_table

AS_OF = datetime.date(2026, 11, 22)


def normalised(data: pd.DataFrame, *packs: Any) -> tuple[Batch, Context]:
    """The rows of a frame after the row steps that survivorship builds on."""
    rules = load_rules("default", {"input": {"region": "US"}}, *packs)
    read = ingest([data], rules)
    context = Context(rules, read.plan, AS_OF)
    batch = read.parts[0].batch
    for step in (NormaliseStep(), ConsentStep()):
        batch = step.apply(batch, context)
    return batch, context


def survived(data: pd.DataFrame, clusters: Sequence[int], *packs: Any) -> tuple[Batch, Batch, Context]:
    """(before, after, context) of the survive step, row ``n`` belonging to cluster ``clusters[n]``."""
    batch, context = normalised(data, *packs)
    sizes = np.bincount(np.asarray(clusters))
    said = evidence_table(
        "clusters",
        {
            "row": np.arange(len(data), dtype=np.int32),
            "cluster_id": [f"cluster {number:04d}" for number in clusters],
            "cluster_size": sizes[np.asarray(clusters)].astype(np.int32),
        },
    )
    before = batch.replacing(clusters=said)
    return before, SurviveStep().apply(before, context), context


def survivor_rows(batch: Batch) -> dict[int, list[int]]:
    """Row of each golden record -> the rows it stands for, itself included."""
    found: dict[int, list[int]] = {}
    rows = batch.rows.to_pydict()
    for row, survivor in zip(rows["row"], rows["survivor_row"], strict=True):
        found.setdefault(row if survivor is None else survivor, []).append(row)
    return found
