"""Checks that users write in their rules: what fails, what cannot be judged, and what a row set aside says."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import crmclean
from crmclean.errors import RulesError

PERSON = {"First Name": "Ann", "Last Name": "Lee"}


def failing(check: dict[str, Any], cells: dict[str, list[str]], **validate: Any) -> list[int]:
    """The rows a check finds wrong."""
    count = len(next(iter(cells.values())))
    frame = pd.DataFrame({"Email": [f"ann{row}@globex.com" for row in range(count)], **cells})
    rules = crmclean.Rules.model_validate({"validate": {"checks": [{"name": "own", **check}], **validate}})
    issues = crmclean.clean(frame, rules=rules, as_of="2026-11-26").evidence.issues.to_pandas()
    own = issues[issues["rule"].astype(str) == "check.own"]
    assert set(own["verdict"].astype(str)) <= {"invalid"}
    return sorted(own["row"].tolist())


@pytest.mark.parametrize(
    ("check", "cells", "wrong"),
    [
        ({"pattern": "K-[0-9]{6}"}, ["K-123456", "K-12", "", "xK-123456", "k-123456"], [1, 3, 4]),
        ({"pattern": "[\\p{L}\\p{M}]+"}, ["शर्मा", "Lee", "Lee2", "علی"], [2]),
        ({"allowed": ["North", "South"]}, ["North", "south", "", "East"], [1, 3]),
        ({"minimum": 1, "maximum": 500}, ["1", "0", "500", "501", "", "1.5", "-1"], [1, 3, 6]),
        ({"minimum": 1, "maximum": 5000}, ["1,000", "51-200", "1000+", "10,000", "4000-6000", "many"], [3, 4, 5]),
        ({"minimum": 100}, ["۱۲۰", "९०", "1,00,000"], [1]),
        ({"minimum": "2020-01-01"}, ["2019-12-31", "2020-01-01", "2020-01-01T00:00", ""], [0]),
        ({"maximum": "2025-12-31"}, ["2025-12-31", "2025-12-31T23:59", "2026-01-01", "2025-12-31T10:00Z"], [2]),
        ({"minimum": "B", "maximum": "M"}, ["A", "B", "Lee", "Zoe"], [0, 3]),
    ],
)
def test_one_column_is_asked_one_thing(check: dict[str, Any], cells: list[str], wrong: list[int]) -> None:
    assert failing({"column": "Own", **check}, {"Own": cells}) == wrong


@pytest.mark.parametrize(
    ("left", "sign", "right", "holds"),
    [
        ("9", "<", "10", True),
        ("1,000", "<", "900", False),
        ("2024-01-15", ">=", "2024-01-15T10:00", True),
        ("2024-01-15T09:00", ">=", "2024-01-15", True),
        ("2024-01-15T09:00", ">=", "2024-01-15T10:00", False),
        ("2024-01-14", ">=", "2024-01-15T10:00", False),
        ("2024-01-15T23:00Z", ">", "2024-01-16T01:00+05:30", True),
        ("2024-01-15T23:00Z", ">", "2024-01-15T23:30", True),
        ("", ">=", "2024-01-15", True),
        ("2024-01-15", ">=", "", True),
        ("Ann", "==", "Ann", True),
        ("Ann", "!=", "Ann", False),
    ],
)
def test_column_against_column(left: str, sign: str, right: str, holds: bool) -> None:
    check = {"column": "Left", "compare": sign, "other": "Right"}
    assert failing(check, {"Left": [left, left], "Right": [right, right]}) == ([] if holds else [0, 1])


def test_a_check_on_a_field_sees_its_canonical_values() -> None:
    cells = {"Phone": ["098450 12345", "+1 212 456 7890", ""], "Country": ["IN", "IN", "IN"]}
    assert failing({"field": "phone", "pattern": "\\+91[0-9]{10}"}, cells) == [1]


def test_a_pattern_takes_linear_time_and_a_wrong_one_is_refused() -> None:
    assert failing({"column": "Own", "pattern": "(a+)+b"}, {"Own": ["a" * 5_000, "aab"]}) == [0]
    with pytest.raises((RulesError, ValueError)):
        failing({"column": "Own", "pattern": "("}, {"Own": ["a"]})


@pytest.mark.parametrize(("message", "said"), [("ask the shop", "ask the shop"), ("", "(own)")])
def test_a_row_set_aside_for_a_check_says_so(message: str, said: str) -> None:
    check = {"name": "own", "column": "Own", "pattern": "K-[0-9]+", "message": message}
    rules = crmclean.Rules.model_validate({"validate": {"checks": [check], "quarantine": ["own"]}})
    frame = pd.DataFrame({**{name: [cell] * 2 for name, cell in PERSON.items()}, "Own": ["K-1", "x"]})
    found = crmclean.clean(frame, rules=rules, as_of="2026-11-26")
    assert found.quarantined["Own"].tolist() == ["x"]
    assert said in found.quarantined["crmclean_reasons"].item()
