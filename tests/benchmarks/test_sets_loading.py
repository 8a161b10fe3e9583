"""The labelled sets load without their truth, whole, and with mappings to fields that exist."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from crmclean.evaluate import pairwise
from crmclean.tables.fields import BY_NAME

BIRTH_PARTS = {"birth_year", "birth_month", "birth_day"}


@pytest.fixture(scope="module")
def sets() -> Any:
    return importlib.import_module("sets")


def test_mappings_name_canonical_fields(sets: Any) -> None:
    for one in sets.SETS:
        assert set(one.mapping.values()) <= set(BY_NAME) | BIRTH_PARTS, one.name
    assert set(sets.CONTACTS.values()) <= set(BY_NAME)


def test_contacts_task_holds_no_truth(sets: Any) -> None:
    task = sets.contacts(1_000, 1)
    assert list(task.frame.columns) == list(task.mapping)
    assert len(task.truth) == len(task.frame)


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("name", "records", "pairs"),
    [
        ("febrl1", 1_000, 500),
        ("febrl2", 5_000, 1_934),
        ("febrl3", 5_000, 6_538),
        ("febrl4", 10_000, 5_000),
        ("fake_1000", 1_000, 2_031),
        ("historical_50k", 50_578, 303_961),
        ("RLdata500", 500, 50),
        ("RLdata10000", 10_000, 1_000),
        ("clkhash", 2_000, 500),
        ("restaurants", 864, 112),
        ("stoxx50", 134, 118),
        ("air_umass", 2_269, 81_820),
        ("patstat", 2_379, 293_785),
    ],
)
def test_sets_have_the_records_and_true_pairs_they_are_known_for(
    sets: Any, name: str, records: int, pairs: int
) -> None:
    if name not in {one.name for one in sets.available()}:
        pytest.skip(f"{name} is not there: set {sets.VARIABLE} to the folder of outside data")
    task = sets.load(name)
    assert len(task.frame) == records
    assert pairwise(np.arange(records), task.truth).false_negative == pairs
    again = sets.load(name)
    assert again.frame.equals(task.frame)
    labels = set(task.truth)
    for column in task.frame.columns:
        assert set(task.frame[column]) != labels, f"{column} gives the truth away"
