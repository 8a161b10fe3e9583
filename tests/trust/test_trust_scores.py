"""Trust by hand: the examples of the documentation, and every score of a run from the cleaned file and its evidence."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

import crmclean
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import evidence_table
from crmclean.trust import CONTRADICTIONS, TERMS, judge_as_read
from tests.promises.strategies import contact_lists
from tests.survivorship.golden import AS_OF, normalised

WEIGHTS = {"validity": 35, "completeness": 20, "freshness": 20, "uniqueness": 15, "consistency": 10}
GROUPS: dict[str, tuple[float, str, tuple[str, ...]]] = {
    "name": (3, "worst", ("first_name", "last_name", "full_name")),
    "email": (3, "best", ("email", "email_2")),
    "phone": (2, "best", ("phone", "mobile", "home_phone", "other_phone")),
    "company": (2, "best", ("company",)),
    "title": (1, "best", ("title",)),
    "place": (1, "worst", ("city", "state", "postal_code", "country", "street")),
}
EVIDENCE = ("last_activity_at", "verified_at", "scanned_at", "opt_in_at", "converted_at", "created_at")


def by_hand(result: crmclean.CleanResult) -> dict[str, dict[str, float]]:
    """Record id -> the five terms, as docs/trust.md says, one record and one cell at a time."""
    fields = result.context.plan.fields
    rows = dict(zip(*(result.batch.rows[name].to_pylist() for name in ("record_id", "row")), strict=True))
    changed = {item["row"] for item in result.evidence.changes.to_pylist() if str(item["step"]).startswith("survive")}
    pending = [item for item in result.evidence.links.to_pylist() if item["decision"] == "review"]
    issues: dict[int, list[dict[str, Any]]] = {}
    for item in result.evidence.issues.to_pylist():
        issues.setdefault(item["row"], []).append(item)
    live = {rows[record] for record in result.cleaned["crmclean_record_id"]}
    found = {}
    for record in result.cleaned.fillna("").to_dict("records"):
        row = rows[record["crmclean_record_id"]]
        own = [item for item in issues.get(row, []) if item["rule"].startswith("golden.") == (row in changed)]
        found[record["crmclean_record_id"]] = {
            **values(record, own, fields),
            "freshness": freshness(record, fields),
            "uniqueness": 1
            - max(
                (
                    item["probability"]
                    for item in pending
                    if row in (item["row_l"], item["row_r"]) and {item["row_l"], item["row_r"]} <= live
                ),
                default=0.0,
            ),
            "consistency": 1 / (1 + sum(item["reason"] in CONTRADICTIONS for item in own)),
        }
    return found


def values(record: dict[str, str], own: list[dict[str, Any]], fields: dict[str, list[str]]) -> dict[str, float]:
    known = right = total = 0.0
    for weight, which, names in GROUPS.values():
        columns = [column for name in names for column in fields.get(name, [])]
        worth = [worth_of(column, own) for column in columns if record[column]]
        total += weight if columns else 0
        known += weight if worth else 0
        right += weight * (min(worth) if which == "worst" else max(worth)) if worth else 0
    return {"validity": right / known if known else 0.0, "completeness": known / total if total else 0.0}


def worth_of(column: str, own: list[dict[str, Any]]) -> float:
    verdicts = {item["verdict"] for item in own if item["column"] == column and "normalise.text" not in item["rule"]}
    return 0.0 if "invalid" in verdicts else 0.5 if "unknown" in verdicts else 1.0


def freshness(record: dict[str, str], fields: dict[str, list[str]]) -> float:
    days = []
    for name in EVIDENCE:
        for column in fields.get(name, []):
            try:
                days.append(datetime.date.fromisoformat(record[column][:10]))
            except ValueError:
                continue
    past = [day for day in days if day <= AS_OF]
    return float(0.75 ** ((AS_OF - max(past)).days / 365.25)) if past else 0.5


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(contact_lists(min_size=2))
def test_every_score_can_be_recomputed_as_documented(frame: pd.DataFrame) -> None:
    result = crmclean.clean(frame, as_of=AS_OF, region="US")
    expected = by_hand(result)
    ids = dict(zip(*(result.batch.rows[name].to_pylist() for name in ("row", "record_id")), strict=True))
    for item in result.evidence.trust.to_pylist():
        want = expected[ids[item["row"]]]
        for term in TERMS:
            assert item[term] == pytest.approx(want[term], abs=1e-6), term
        score = sum(WEIGHTS[term] * want[term] for term in TERMS)
        assert item["score"] == pytest.approx(score, abs=1e-4)


def test_the_example_of_the_documentation() -> None:
    data = pd.DataFrame(
        {
            "First Name": ["John"],
            "Last Name": ["Smith"],
            "Email": ["john.smith@globex.com"],
            "Phone": ["(646) 555-7891"],
            "Company": ["Acme Inc"],
            "Country": ["US"],
            "Last Activity Date": ["2025-03-18"],
        },
        dtype="str",
    )
    result = crmclean.clean(data, as_of="2026-11-22")
    assert list(result.cleaned["crmclean_trust"]) == ["92.3"]
    assert list(result.cleaned["crmclean_grade"]) == ["A"]
    assert result.as_read["score"] == pytest.approx(result.trust, abs=1e-6)


def with_link(batch: Batch, left: int, right: int, probability: float, decision: str) -> Batch:
    link = {
        "row_l": np.array([left], np.int32),
        "row_r": np.array([right], np.int32),
        "blocking_rule": ["by hand"],
        "weight": [1.0],
        "probability": [probability],
        "decision": [decision],
        "decided_by": ["by hand"],
    }
    return batch.replacing(links=evidence_table("links", link))


def test_the_list_as_it_came_in_as_in_the_documentation() -> None:
    data = pd.DataFrame(
        {
            "First Name": ["Ann", "ANN", "Bo"],
            "Last Name": ["Lee", "LEE", "Ray"],
            "Email": ["ann@globex.com", "ann@globex.com", ""],
        },
        dtype="str",
    )
    batch, context = normalised(data)
    found = judge_as_read(with_link(batch, 0, 1, 0.95, "match"), context)
    assert found["rows"] == 3
    assert found["score"] == pytest.approx((75.75 + 67.0 + 80.0) / 3, abs=1e-4)
    assert found["terms"]["uniqueness"] == pytest.approx((0.05 + 0.05 + 1) / 3, abs=1e-6)
    kept_apart = judge_as_read(with_link(batch, 0, 1, 0.4, "non_match"), context)
    assert kept_apart["terms"]["uniqueness"] == 1.0


@pytest.mark.parametrize(
    ("name", "validity"),
    [("Ann", 1.0), ("  Ann ", 1.0), ("ANN", 0.75), ("JosÃ©", 0.75), ("प्रिया", 1.0), ("test", 0.5)],
)
def test_only_what_was_wrong_as_it_stood_costs_validity(name: str, validity: float) -> None:
    data = pd.DataFrame({"First Name": [name], "Email": ["ann@globex.com"]}, dtype="str")
    assert judge_as_read(*normalised(data))["terms"]["validity"] == pytest.approx(validity)


def test_fillers_stamps_and_forms_are_neither_filled_nor_wrong() -> None:
    data = pd.DataFrame(
        {"Last Name": ["Lee"], "Email": ["n/a"], "Mobile": ["(646) 555-7891"], "Country": [""]}, dtype="str"
    )
    found = judge_as_read(*normalised(data, {"stamp": {"fields": {"country": "US"}}}))
    assert found["terms"]["validity"] == 1.0
    assert found["terms"]["completeness"] == pytest.approx((3 + 2) / (3 + 3 + 2 + 1), abs=1e-6)


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(contact_lists(min_size=2))
def test_a_clean_list_is_worth_the_same_before_and_after(frame: pd.DataFrame) -> None:
    once = crmclean.clean(frame, as_of=AS_OF, region="US")
    again = crmclean.clean(once.cleaned, as_of=AS_OF, region="US")
    shuffled = crmclean.clean(frame.iloc[::-1].reset_index(drop=True), as_of=AS_OF, region="US")
    assert shuffled.as_read == once.as_read
    if len(once.cleaned):
        assert again.as_read["score"] == pytest.approx(once.trust, abs=1e-5)
