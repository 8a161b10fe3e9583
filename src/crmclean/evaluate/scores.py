"""How good is a clustering? Pairwise and B-cubed scores against a known truth, from counts, never from pairs.

Both take two arrays of labels, one label a record, in the same record order; the labels themselves mean nothing, only
which records share one. With ``n_ij`` the number of records in predicted cluster ``i`` and true cluster ``j``, ``n_i.``
and ``n_.j`` its margins and ``N`` the number of records (Bagga and Baldwin 1998 for B-cubed):

    pairs together in both      TP = sum_ij n_ij (n_ij - 1) / 2
    pairs predicted             TP + FP = sum_i n_i. (n_i. - 1) / 2
    pairs true                  TP + FN = sum_j n_.j (n_.j - 1) / 2
    B-cubed precision           sum_ij n_ij^2 / n_i. / N
    B-cubed recall              sum_ij n_ij^2 / n_.j / N

Report pairwise precision and the largest cluster beside B-cubed: a single chain of thousands of colleagues hardly
shows in B-cubed, and ruins a CRM.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = [
    "ClusterFigures",
    "Codes",
    "PairScores",
    "Scores",
    "bcubed",
    "cluster_figures",
    "largest_cluster",
    "pairwise",
]

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scores:
    """Precision, recall and their harmonic mean, each between 0 and 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0 where both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class PairScores(Scores):
    """Pairwise scores with the counts they come from."""

    true_positive: int
    false_positive: int
    false_negative: int


@dataclass(frozen=True)
class ClusterFigures:
    """What became of whole clusters.

    ``exactly_right``, ``split`` and the ``_of_several`` count clusters of two or more records; ``split`` are true
    clusters whose records lie in several predicted ones, ``merged`` predicted clusters that hold records of several
    true ones. A record on its own that is predicted so is right, but no feat, and not counted.
    """

    predicted: int
    true: int
    predicted_of_several: int
    true_of_several: int
    exactly_right: int
    split: int
    merged: int
    largest_predicted: int
    largest_true: int


def pairwise(predicted: Any, truth: Any) -> PairScores:
    """Precision, recall and F1 over all pairs of records.

    Parameters
    ----------
    predicted, truth : one-dimensional array-like
        A label for each record, in the same order. Missing labels are refused: whether two unlabelled records belong
        together is not known.

    Returns
    -------
    PairScores
        No pair predicted: precision 1; no true pair: recall 1 (nothing was claimed wrongly, nothing was missed).

    Raises
    ------
    ValueError
        The two differ in length, are not one-dimensional, or a label is missing.

    Examples
    --------
    >>> scores = pairwise(["a", "a", "b", "b"], [1, 1, 1, 2])
    >>> scores.true_positive, scores.false_positive, scores.false_negative
    (1, 1, 2)
    >>> round(scores.precision, 3), round(scores.recall, 3), round(scores.f1, 3)
    (0.5, 0.333, 0.4)
    """
    _, _, cells, rows, columns = _contingency(predicted, truth)
    together = _pairs(cells)
    claimed, real = _pairs(rows), _pairs(columns)
    return PairScores(
        precision=together / claimed if claimed else 1.0,
        recall=together / real if real else 1.0,
        true_positive=together,
        false_positive=claimed - together,
        false_negative=real - together,
    )


def bcubed(predicted: Any, truth: Any) -> Scores:
    """B-cubed precision, recall and F1: the average over records of how pure and how complete its cluster is.

    Parameters and errors as for `pairwise`; an empty file scores 1.

    Examples
    --------
    >>> scores = bcubed(["a", "a", "b", "b"], [1, 1, 1, 2])
    >>> round(scores.precision, 3), round(scores.recall, 3)
    (0.75, 0.667)
    """
    row, column, cells, rows, columns = _contingency(predicted, truth)
    count = int(cells.sum())
    if not count:
        return Scores(1.0, 1.0)
    squares = cells.astype(np.float64) ** 2
    return Scores(
        precision=float((squares / rows[row]).sum() / count), recall=float((squares / columns[column]).sum() / count)
    )


def largest_cluster(labels: Any) -> int:
    """The number of records in the largest cluster; 0 for an empty file.

    >>> largest_cluster(["a", "b", "a", "a"])
    3
    """
    return int(np.bincount(_codes(labels)).max(initial=0))


def cluster_figures(predicted: Any, truth: Any) -> ClusterFigures:
    """How many clusters are exactly right, split and merged. Parameters and errors as for `pairwise`.

    >>> found = cluster_figures(["a", "a", "b", "b", "c"], [1, 1, 2, 3, 3])
    >>> found.exactly_right, found.split, found.merged
    (1, 1, 1)
    """
    row, column, cells, rows, columns = _contingency(predicted, truth)
    whole = (cells == rows[row]) & (cells == columns[column]) & (cells > 1)
    return ClusterFigures(
        predicted=len(rows),
        true=len(columns),
        predicted_of_several=int((rows > 1).sum()),
        true_of_several=int((columns > 1).sum()),
        exactly_right=int(whole.sum()),
        split=int((np.bincount(column) > 1).sum()),
        merged=int((np.bincount(row) > 1).sum()),
        largest_predicted=int(rows.max(initial=0)),
        largest_true=int(columns.max(initial=0)),
    )


def _pairs(sizes: Codes) -> int:
    """How many pairs there are within groups of these sizes."""
    return int((sizes * (sizes - 1) // 2).sum())


def _codes(labels: Any) -> Codes:
    """Labels as numbers 0..k-1."""
    array = labels.to_pandas() if hasattr(labels, "to_pandas") else labels
    array = array if isinstance(array, (pd.Series, pd.Index, np.ndarray)) else pd.Series(array)
    if array.ndim != 1:
        raise ValueError(f"labels must be one-dimensional, not {array.ndim}-dimensional")
    codes, _ = pd.factorize(array)
    if (codes < 0).any():
        raise ValueError(f"{int((codes < 0).sum())} labels are missing; give unlabelled records a label of their own")
    return np.asarray(codes, np.int64)


def _contingency(predicted: Any, truth: Any) -> tuple[Codes, Codes, Codes, Codes, Codes]:
    """(row, column, count) of each filled cell of the table of predicted by true clusters, and both margins."""
    left, right = _codes(predicted), _codes(truth)
    if len(left) != len(right):
        raise ValueError(f"{len(left)} predicted labels for {len(right)} true ones")
    width = int(right.max(initial=-1)) + 1
    cell, count = np.unique(left * width + right, return_counts=True)
    row, column = np.divmod(cell, max(width, 1))
    return row, column, count.astype(np.int64), np.bincount(left), np.bincount(right)
