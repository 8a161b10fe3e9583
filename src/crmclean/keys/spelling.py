"""How far apart two spellings are: edits between two values side by side."""

from __future__ import annotations

from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

__all__ = ["edits"]


def edits(left: list[str], right: list[str]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Letters more, less, other or swapped between each value and the one beside it (optimal string alignment).

    >>> edits(["birminghxm", "35233"], ["birmingham", "35323"]).tolist()
    [1, 1]
    """
    return np.asarray(process.cpdist(left, right, scorer=OSA.distance, dtype=np.int64), np.int64)
