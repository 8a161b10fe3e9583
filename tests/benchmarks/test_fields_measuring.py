"""Columns are measured beside the library of their field, and what is measured is the answer a library gives too."""

from __future__ import annotations

import importlib
from typing import Any

import pyarrow.compute as pc
import pytest


@pytest.fixture
def fields() -> Any:
    return importlib.import_module("fields")


def test_every_column_has_values_and_agrees_with_its_library(fields: Any) -> None:
    make_table = importlib.import_module("make_contacts").make_table
    by_library = importlib.import_module("row_by_row").BY_LIBRARY
    found = {case.name: case for case in fields.cases([make_table(400, 1)[0], make_table(400, 2)[0]], 300)}
    assert {"phones", "e-mails", "dates", "full names", "companies"} <= set(found)
    for case in found.values():
        frame = case.function(case.values)
        assert len(frame) == len(case.values) > 0
        assert case.library == "cleanco" or case.library in by_library
    mails = found["e-mails"]
    assert mails.values.is_unique
    refused = mails.function(mails.values)["issues"].str.contains("email.syntax")
    assert not any(by_library["email-validator"](text) for text in mails.values[refused])
    assert refused.mean() < 0.1


def test_a_measured_cost_is_the_median_of_its_runs(fields: Any) -> None:
    calls: list[int] = []
    cost = fields.measure(lambda: calls.append(sum(range(200_000))), 3)
    assert len(calls) == 3
    assert cost.wall > 0
    assert cost.cpu > 0


def test_hostile_cells_are_as_long_as_asked(fields: Any) -> None:
    hostile = importlib.import_module("hostile_cells")
    assert {len(hostile.hostile_cell(name, 1_001)) for name in hostile.PIECES} == {1_001}
    assert pc.count_distinct(list(hostile.PIECES.values())).as_py() == len(hostile.PIECES)
