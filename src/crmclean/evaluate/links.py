"""What the links of a run are worth: other thresholds tried on them, and their probabilities held against the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crmclean.evaluate.scores import Codes, PairScores, pairwise

__all__ = ["THRESHOLDS", "Bin", "Links", "reliability", "sweep"]

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
_EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True)
class Links:
    """Links of a run: positions of their two records among the records, and the probability that they are one."""

    left: Codes
    right: Codes
    probability: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bin:
    """Links of a probability from ``low`` to ``high``: how many, their mean, and the share that is true."""

    low: float
    high: float
    links: int
    mean_probability: float | None
    share_true: float | None


def sweep(links: Links, truth: Codes, thresholds: Sequence[float] = THRESHOLDS) -> tuple[tuple[float, PairScores], ...]:
    """Scores of the connected components of the links of at least each threshold.

    Parameters
    ----------
    truth : int64 array
        True label of each record, -1 where it is not known; such records can join others, and are not scored.
    """
    from crmclean.dedup.components import components

    known = np.flatnonzero(truth >= 0)
    found = []
    for bar in thresholds:
        strong = links.probability >= bar
        labels = components(len(truth), links.left[strong], links.right[strong])
        found.append((bar, pairwise(labels[known], truth[known])))
    return tuple(found)


def reliability(links: Links, truth: Codes) -> tuple[Bin, ...]:
    """Whether of the links of a probability that share is true. ``truth`` as for `sweep`.

    Links with a record whose true label is not known are left out. Bins hold their lower edge, the last one both.
    """
    left, right = truth[links.left], truth[links.right]
    known = (left >= 0) & (right >= 0)
    probability, true = links.probability[known], (left == right)[known]
    place = np.clip(np.searchsorted(_EDGES, probability, side="right") - 1, 0, len(_EDGES) - 2)
    counts, sums, rights = (
        np.bincount(place, weights, minlength=len(_EDGES) - 1) for weights in (None, probability, true)
    )
    return tuple(
        Bin(low, high, int(count), float(total / count) if count else None, float(right / count) if count else None)
        for low, high, count, total, right in zip(_EDGES[:-1], _EDGES[1:], counts, sums, rights, strict=True)
    )
