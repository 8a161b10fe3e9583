"""How much blocking finds: the estimate against the truth, and what is said of a pair that was never compared."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from crmclean.dedup import core
from crmclean.dedup.blocking import candidate_pairs
from crmclean.dedup.core import Settings, count_pairs, explain_pair, link_records
from crmclean.dedup.scoring import recall_of
from crmclean.dedup.workings import prepare
from tests.dedup.dedup_files import TEXT, fields_of, full_rows

FIELDS = {"First Name": "first_name", "Last Name": "last_name", "Company": "company", "Email": "email"}
FIELDS |= {"Phone": "phone", "Mobile": "mobile", "Street": "street", "City": "city", "Postal Code": "postal_code"}


@pytest.fixture(scope="module")
def contacts() -> tuple[dict[str, list[pa.Array]], np.ndarray[Any, Any]]:
    sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
    frame, truth = importlib.import_module("make_contacts").make_contacts(4_000, 5)
    fields = {field: [pa.array(frame[column].fillna(""), TEXT)] for column, field in FIELDS.items()}
    return fields, truth.to_numpy()


def true_recall(fields: Any, truth: np.ndarray[Any, Any], settings: Settings) -> float:
    """Share of the true pairs among the candidates, counted."""
    work = prepare(fields, settings)
    found = core._believed_and_candidates(work, settings)[2]
    label = pd.factorize(truth)[0][work.records.position]
    sizes = np.bincount(label)
    return float((label[found.left] == label[found.right]).sum() / (sizes * (sizes - 1) // 2).sum())


@pytest.mark.parametrize("left_out", [frozenset(), frozenset({"email", "phone", "mobile", "company"})])
def test_the_estimate_is_near_the_truth_on_contacts(contacts, left_out, monkeypatch) -> None:
    fields, truth = contacts
    some = {name: column for name, column in fields.items() if name not in left_out}
    actual = true_recall(some, truth, Settings())
    assert link_records(some, Settings()).measures["blocking_recall"] == pytest.approx(actual, abs=0.02)
    assert count_pairs(some, Settings()).recall == pytest.approx(actual, abs=0.02)


def test_the_estimate_falls_with_the_rules(contacts, monkeypatch) -> None:
    """With a few narrow rules much is missed, and the estimate says so: too darkly, as they complement each other."""
    fields, truth = contacts
    full = true_recall(fields, truth, Settings())
    narrow = [
        rule
        for rule in importlib.import_module("crmclean.dedup.blocking")._PERSON_RULES
        if rule.name in ("email", "line", "street+given_skeleton")
    ]
    monkeypatch.setattr("crmclean.dedup.blocking._PERSON_RULES", tuple(narrow))
    poor = link_records(fields, Settings()).measures["blocking_recall"]
    actual = true_recall(fields, truth, Settings())
    assert poor < actual < full - 0.05


def test_the_formula_by_hand() -> None:
    rules = np.array([0b1] * 6 + [0b11] * 2 + [0b111] * 12, np.uint32)
    sure = np.ones(20)
    assert recall_of(rules, sure) == pytest.approx(20 / (20 + 6 * 5 / (2 * 3)))
    assert recall_of(rules, sure / 2) == pytest.approx(10 / (10 + 3 * 2 / (2 * 2)))
    assert recall_of(rules[:0], sure[:0]) is None


def test_a_file_without_matches_has_no_recall() -> None:
    rows = [{"first_name": "Ann", "last_name": "Lee"}, {"first_name": "Zoltan", "last_name": "Kovacs"}]
    assert count_pairs(fields_of(rows), Settings()).recall is None


# ---- a pair that was never compared


def test_each_rule_says_why_it_missed_a_pair() -> None:
    rows = [
        {"first_name": "Ann", "last_name": "Abel", "email": "ann@abel.org", "company": ""},
        {"first_name": "Zoltan", "last_name": "Zukov", "email": "", "company": "Acme"},
        *({"first_name": f"M{n}x", "last_name": f"M{n}y", "email": f"m{n}@x.org", "company": ""} for n in range(20)),
    ]
    result = link_records(fields_of(rows), Settings())
    told = {item.rule: item for item in explain_pair(fields_of(rows), Settings(), result.measures, 0, 1).meetings}
    assert told["name_pair"].why == "name_pair differs"
    assert told["email"].why == "email is missing"
    assert told["company+family_skeleton"].why == "company is missing, family_skeleton differs"
    assert "places apart in name order, not 3 at most" in told["name_order"].why
    assert not any(item.shared for item in told.values())


def test_a_full_block_and_a_rule_left_out_are_told(monkeypatch) -> None:
    rows = [{"first_name": f"Given{n}", "last_name": f"Fam{n}", "email": "info@acme.com"} for n in range(600)]
    fields = fields_of(rows)
    monkeypatch.setattr("crmclean.dedup.blocking._CHEAP", 500)
    monkeypatch.setattr("crmclean.dedup.blocking._WORTH", 0)
    monkeypatch.setattr("crmclean.dedup.blocking._ANYWAY", 3_000)
    result = link_records(fields, Settings())
    used = {report["name"]: report["used"] for report in result.measures["blocking"]}
    assert not used["name_order"]
    told = {item.rule: item for item in explain_pair(fields, Settings(), result.measures, 0, 400).meetings}
    assert told["name_order"].why.startswith("left out of this run")
    assert told["email"].shared
    assert "left out" in told["email"].why or "600 records share it" in told["email"].why


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_said_of_the_rules_is_what_they_did(seed) -> None:
    """In a file whose blocks are all small enough a pair is a candidate exactly if some rule says so."""
    fields = fields_of(full_rows(seed, 60))
    result = link_records(fields, Settings())
    work = prepare(fields, Settings())
    found = candidate_pairs(work.records, "person", pairs_per_row=12, max_block=400)
    position = work.records.position
    made = {
        tuple(sorted((int(position[left]), int(position[right]))))
        for left, right in zip(found.left, found.right, strict=True)
    }
    rng = np.random.default_rng(seed)
    for left, right in rng.integers(0, 60, (40, 2)).tolist():
        if left != right:
            told = explain_pair(fields, Settings(), result.measures, left, right)
            met = any(not item.why for item in told.meetings)
            assert met == (tuple(sorted((left, right))) in made), told.meetings
