"""What a set can give at most is never less than what it gives now; diagrams are of the links there are."""

from __future__ import annotations

import importlib
from typing import Any

import pytest


@pytest.fixture(scope="module")
def task() -> Any:
    return importlib.import_module("sets").contacts(500, 1)


def test_the_best_threshold_by_the_truth_is_no_worse_than_the_usual_one(task: Any) -> None:
    ceilings = importlib.import_module("ceilings")
    found = ceilings.ceiling_of(task)
    assert found.best >= found.true_weights > 0.9
    alike = ceilings.missed_pairs(task, found.missed)
    assert len(alike) == len(found.missed)
    assert all(set(fields) <= set(task.mapping.values()) for fields in alike)


def test_the_diagram_has_a_row_for_every_bin_with_links(task: Any) -> None:
    rows, review = importlib.import_module("reliability").measure(task)
    assert rows
    assert all(0 <= float(row[3]) <= 1 for row in rows)
    assert "pairs for review" in review
