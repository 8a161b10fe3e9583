"""How alike two names are across scripts and romanisations: for ranking candidates; it is no probability.

Three forms of each name are compared, and the weighted mean of their normalised indel similarities (1 minus insertions
and deletions over both lengths) is taken. The more a form leaves out of what romanisers differ in, and the more it
keeps of what they do not, the more it weighs: the sound most, then the skeleton; the bare spelling settles between
names that sound alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from crmclean.keys.names import name_skeleton, name_sound, written_key

__all__ = ["name_similarity", "name_similarity_matrix"]

Floats = np.ndarray[Any, np.dtype[np.float64]]

_FORMS = ((written_key, 1 / 6), (name_skeleton, 2 / 6), (name_sound, 3 / 6))


def name_similarity(left: Any, right: Any) -> Floats:
    """How alike each name of ``left`` is to the name beside it, 0 to 1.

    Parameters
    ----------
    left, right : sequence of str
        Names of any script, equally many.

    Returns
    -------
    numpy.ndarray
        float64, one number a pair; 0 where a side is empty.

    >>> name_similarity(["प्रिया शर्मा", "محمد رضایی"], ["Priya Sharma", "Mohammad Rezaei"]).tolist()
    [1.0, 1.0]
    >>> bool(name_similarity(["राजेश कुमार"], ["Rakesh Kumar"])[0] < name_similarity(["राजेश कुमार"], ["Rajesh Kumar"])[0])
    True
    """
    scores = np.zeros(len(left))
    for form, weight in _FORMS:
        one, other = form(left).to_pylist(), form(right).to_pylist()
        scores += weight * process.cpdist(one, other, scorer=Indel.normalized_similarity, dtype=np.float64)
    return scores


def name_similarity_matrix(left: Any, right: Any) -> Floats:
    """As `name_similarity`, each name of ``left`` (rows) with each name of ``right`` (columns)."""
    scores = np.zeros((len(left), len(right)))
    for form, weight in _FORMS:
        one, other = form(left).to_pylist(), form(right).to_pylist()
        scores += weight * process.cdist(one, other, scorer=Indel.normalized_similarity, dtype=np.float64)
    return scores
