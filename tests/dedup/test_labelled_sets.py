"""Accuracy on sets labelled by others and on generated contacts: one default configuration, nothing but column names.

Floors, not records: a change that lowers one of these has broken something.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from crmclean.dedup.core import Settings, link_records
from crmclean.evaluate import pairwise

pytestmark = [pytest.mark.acceptance, pytest.mark.filterwarnings("ignore")]

FLOORS = {
    "febrl1": (0.999, 0.995),
    "febrl2": (0.99, 0.99),
    "febrl3": (0.99, 0.99),
    "febrl4": (0.99, 0.99),
    "fake_1000": (0.99, 0.905),
    "historical_50k": (0.98, 0.80),
    "RLdata500": (0.95, 0.90),
    "RLdata10000": (0.985, 0.945),
    "clkhash": (0.98, 0.98),
    "senzing_persons": (0.99, 0.95),
    "senzing_companies": (0.99, 0.80),
    "restaurants": (0.97, 0.95),
    "stoxx50": (0.99, 0.94),
    "air_umass": (0.96, 0.60),
    "patstat": (0.99, 0.70),
}


@pytest.fixture(scope="module")
def sets() -> Any:
    folder = str(Path(__file__).resolve().parents[2] / "benchmarks")
    sys.path.insert(0, folder)
    try:
        yield importlib.import_module("sets")
    finally:
        sys.path.remove(folder)


def _scores(task: Any) -> Any:
    fields: dict[str, list[pa.Array]] = {}
    for column, field in task.mapping.items():
        fields.setdefault(field, []).append(pa.array(task.frame[column].fillna("").astype(str), pa.large_string()))
    return pairwise(link_records(fields, Settings(entity=task.entity)).cluster, task.truth)


@pytest.mark.parametrize("name", list(FLOORS))
def test_labelled_sets_stay_above_their_floor(sets, name):
    try:
        task = sets.load(name)
    except (FileNotFoundError, ImportError) as error:
        pytest.skip(f"{name}: {error}")
    scores = _scores(task)
    assert scores.precision >= FLOORS[name][0]
    assert scores.recall >= FLOORS[name][1]


@pytest.mark.parametrize("rows", [10_000, 100_000])
def test_generated_contacts_stay_above_their_floor(sets, rows):
    scores = _scores(sets.contacts(rows, 7))
    assert scores.precision >= 0.985
    assert scores.recall >= 0.95
