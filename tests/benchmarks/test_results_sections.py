"""RESULTS.md is updated section by section."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def results() -> Any:
    return importlib.import_module("results")


def test_a_section_is_added_then_replaced_and_the_rest_left_alone(results: Any, tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    results.update_section("Accuracy", "first", path)
    results.update_section("Speed", "fast", path)
    path.write_text(path.read_text(encoding="utf-8") + "\nwritten by hand\n", encoding="utf-8")
    results.update_section("Accuracy", "second", path)
    text = path.read_text(encoding="utf-8")
    assert "first" not in text
    assert text.index("second") < text.index("fast") < text.index("written by hand")
    assert text.count("## Accuracy") == 1


def test_tables_are_markdown_and_aligned(results: Any) -> None:
    assert results.table(["set", "F1"], [["a", "0.9"], ["long name", "1"]]).splitlines() == [
        "| set       |  F1 |",
        "| --------- | --: |",
        "| a         | 0.9 |",
        "| long name |   1 |",
    ]


def test_the_machine_is_named_by_cores_and_memory_only(results: Any) -> None:
    assert set(results.machine()) <= set("0123456789 cores,GiB")


def test_the_rows_of_a_section_come_back_as_they_were_written(results: Any, tmp_path: Path) -> None:
    path, header, rows = tmp_path / "RESULTS.md", ["set", "F1"], [["a", "0.9"], ["long name", ""]]
    results.update_section("Peers", f"A note.\n\n{results.table(header, rows)}", path)
    assert results.rows_of("Peers", header, path) == rows
    assert results.rows_of("Peers", ["set", "recall"], path) == results.rows_of("Speed", header, path) == []
