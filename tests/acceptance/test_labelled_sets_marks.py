"""The marks set for labelled sets made by others: one default configuration, a map of column names, the entity type.

Asked of the public interface, rows shuffled, truth stripped (see benchmarks/sets.py).
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import crmclean
from crmclean.evaluate import bcubed, pairwise

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        not Path(os.environ.get("CRMCLEAN_EXTRA_DATA", "/nonexistent")).is_dir(),
        reason="CRMCLEAN_EXTRA_DATA does not point to outside data",
    ),
]
MARKS = {
    "febrl1": 0.998,
    "febrl2": 0.998,
    "febrl3": 0.9995,
    "febrl4": 0.999,
    "fake_1000": 0.95,
    "historical_50k": 0.85,
    "RLdata10000": 0.95,
    "clkhash": 0.99,
    "restaurants": 0.97,
    "stoxx50": 0.95,
}


@pytest.fixture(scope="module")
def sets() -> Any:
    folder = str(Path(__file__).parents[2] / "benchmarks")
    sys.path.insert(0, folder)
    try:
        yield importlib.import_module("sets")
    finally:
        sys.path.remove(folder)


def clusters(task: Any) -> pd.Series:
    return crmclean.dedupe(task.frame, mapping=dict(task.mapping), entity=task.entity)["crmclean_cluster_id"]


@pytest.mark.parametrize("name", sorted(MARKS))
def test_a_labelled_set_reaches_its_mark(sets: Any, name: str) -> None:
    task = sets.load(name)
    assert pairwise(clusters(task).to_numpy(), np.asarray(task.truth)).f1 >= MARKS[name]


def test_the_senzing_truth_set_has_no_false_merge(sets: Any) -> None:
    """Persons and companies together: not one pair is wrong, and nine in ten are found."""
    found = [
        pairwise(clusters(task).to_numpy(), np.asarray(task.truth))
        for task in (sets.load("senzing_persons"), sets.load("senzing_companies"))
    ]
    assert sum(scores.false_positive for scores in found) == 0
    true = sum(scores.true_positive for scores in found)
    assert true / (true + sum(scores.false_negative for scores in found)) >= 0.9


def test_the_inventors_of_patents_reach_their_mark(sets: Any) -> None:
    """Large clusters make pairs say little: the share of each record's own cluster that is right."""
    task = sets.load("patstat")
    assert bcubed(clusters(task).to_numpy(), np.asarray(task.truth)).f1 >= 0.85
