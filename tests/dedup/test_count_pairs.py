"""Counting pairs says what linking does, and links nothing."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd
import pyarrow as pa
import pytest

from crmclean.api import count_pairs as count_frame
from crmclean.dedup import core
from crmclean.dedup.core import Settings, count_pairs, link_records
from crmclean.errors import UsageError

GIVEN = ["Ann", "Anna", "Ann", "प्रिया", "प्रिया", "Bob", "", "Zoë"] * 4
FAMILY = ["Lee", "Lee", "Li", "शर्मा", "शर्मा", "Ray", "", "Lee"] * 4
EMAIL = [f"{number // 2}@x.example" if number % 3 else "" for number in range(32)]
FIELDS = {"first_name": [pa.array(GIVEN)], "last_name": [pa.array(FAMILY)], "email": [pa.array(EMAIL)]}


def test_the_reports_are_those_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    measures = link_records(FIELDS, Settings()).measures
    for name in ("_fit", "cluster_records"):
        monkeypatch.setattr(core, name, None)  # nothing of this is asked for
    found = count_pairs(FIELDS, Settings())
    assert [asdict(report) for report in found.reports] == measures["blocking"]
    assert found.records == 32
    assert 0 < found.pairs <= sum(report.pairs for report in found.reports)


def test_rules_that_make_many_pairs_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmclean.dedup.blocking._CHEAP", 1)
    monkeypatch.setattr("crmclean.dedup.blocking._WORTH", 0)
    found = count_pairs(FIELDS, Settings())
    judged = [report for report in found.reports if report.expected_new is not None]
    assert judged
    assert not any(report.used for report in judged)
    whole = sum(report.pairs for report in found.reports if report.used)
    assert found.pairs <= whole


def test_each_distinct_pair_is_counted_once() -> None:
    same = {"first_name": [pa.array(["Ann"] * 5)], "last_name": [pa.array(["Lee"] * 5)]}
    found = count_pairs(same, Settings())
    assert found.pairs == 10
    assert {report.name: report.pairs for report in found.reports}["name_pair"] == 10


@pytest.mark.parametrize("count", [0, 1])
def test_a_file_without_pairs_has_none(count: int) -> None:
    assert count_pairs({"email": [pa.array(["a@x.example"][:count], pa.string())]}, Settings()).pairs == 0


def test_a_frame_is_counted_by_what_its_columns_mean() -> None:
    frame = pd.DataFrame({"First Name": GIVEN, "Last Name": FAMILY, "E-mail": EMAIL})
    assert count_frame(frame).reports == count_pairs(FIELDS, Settings()).reports
    told = count_frame(frame.add_prefix("x"), mapping={"xE-mail": "email"}, entity="person")
    assert "email" in [report.name for report in told.reports]
    with pytest.raises(UsageError, match="does not have"):
        count_frame(frame, mapping={"Mail": "email"})
