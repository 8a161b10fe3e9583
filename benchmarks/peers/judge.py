"""What a tool found against the truth: its own clusters, and the best of other thresholds on its pairs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from crmclean.dedup.cluster import components
from crmclean.evaluate import Links, PairScores, bcubed, largest_cluster, pairwise, sweep

__all__ = ["Judged", "best", "judge", "read_clusters", "read_pairs"]

THRESHOLDS = (
    0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99,
    0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999, 0.99995, 0.99998, 0.99999, 0.999995, 0.999998, 0.999999, 0.9999999,
    0.99999999,
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """The scores of a clustering of all records."""

    pairs: PairScores
    bcubed_f1: float
    largest: int


def judge(labels: np.ndarray, truth: np.ndarray) -> Judged:
    """Score one label a record against the truth."""
    return Judged(pairwise(labels, truth), bcubed(labels, truth).f1, largest_cluster(labels))


def _columns(path: Path, *types: tuple[str, pa.DataType]) -> list[np.ndarray]:
    options = csv.ConvertOptions(column_types=dict(types), include_columns=[name for name, _ in types])
    table = csv.read_csv(path, convert_options=options)
    return [table[name].to_numpy() for name, _ in types]


def read_clusters(path: Path, records: int) -> np.ndarray:
    """The cluster of each record from a tool's ``clusters.csv``; a record that is not named stands alone.

    Raises
    ------
    ValueError
        A row number is out of range or named twice.
    """
    row, cluster = _columns(path, ("row", pa.int64()), ("cluster", pa.string()))
    if len(row) and (row.min() < 0 or row.max() >= records or len(np.unique(row)) != len(row)):
        raise ValueError(f"{path.name} names rows twice or rows that are not there")
    _, codes = np.unique(cluster.astype(str), return_inverse=True)
    labels = np.arange(records, dtype=np.int64)
    labels[row] = records + codes
    return labels


def read_pairs(path: Path, records: int) -> Links:
    """The pairs of a tool's ``pairs.csv``; ValueError if a row number is out of range."""
    left, right, probability = _columns(
        path, ("row_l", pa.int64()), ("row_r", pa.int64()), ("probability", pa.float64())
    )
    for side in (left, right):
        if len(side) and (side.min() < 0 or side.max() >= records):
            raise ValueError(f"{path.name} names rows that are not there")
    return Links(left, right, probability)


def best(links: Links, truth: np.ndarray) -> tuple[float, Judged]:
    """The threshold of the best pairwise F1, chosen on the truth (which flatters the tool), and its scores."""
    codes = np.unique(truth, return_inverse=True)[1].astype(np.int64)
    tried = sweep(links, codes, THRESHOLDS)
    bar, _ = max(tried, key=lambda one: one[1].f1)
    strong = links.probability >= bar
    return bar, judge(components(len(truth), links.left[strong], links.right[strong]), truth)
