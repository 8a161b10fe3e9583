"""A company's branches through a whole run: linked, not merged, told by explain and counted in the report."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import crmclean
from crmclean.explain import explain_pair, pair_text, record_text
from crmclean.explain import explain_record as told_of
from crmclean.reopen import load_run

WORDS = ("Arbor", "Basalt", "Cobalt", "Dorado", "Ember", "Falcon", "Garnet", "Harbour", "Indigo", "Juniper")
KINDS = ("Dynamics", "Foundry", "Ventures", "Robotics", "Textiles", "Optics")


@pytest.fixture(scope="module")
def accounts() -> pd.DataFrame:
    fill = [
        {
            "Account Name": f"{word} {kind} Ltd",
            "Billing Street": f"{place} Mill Road",
            "Billing City": "Leeds",
            "Website": f"www.{word}{kind}.co.uk".lower(),
        }
        for place, (word, kind) in enumerate([(word, kind) for word in WORDS for kind in KINDS], 1)
    ]
    ours = [
        ("Kestrel Ostrander AS", "Kaigaten 1", "Bergen"),
        ("Kestrel Ostrander", "Kaigaten 1", "Bergen"),
        ("Kestrel Ostrander AS", "Storgata 9", "Oslo"),
    ]
    rows = [
        {"Account Name": name, "Billing Street": street, "Billing City": city, "Website": "kestrel.no"}
        for name, street, city in ours
    ]
    return pd.DataFrame(rows + fill)


def test_a_branch_stays_a_record_and_is_told(accounts: pd.DataFrame, tmp_path: Path) -> None:
    result = crmclean.clean(accounts, rules=["default", {"dedup": {"entity": "company"}}], as_of="2026-11-22")
    assert len(result.cleaned) == len(accounts) - 1
    links = result.evidence.links.to_pylist()
    branches = [link for link in links if link["decision"] == "branch"]
    assert branches
    assert {link["decided_by"] for link in branches} == {"branch"}
    folder = result.write(tmp_path / "out")
    ids = result.batch.rows["record_id"].to_pylist()
    pair = ids[branches[0]["row_l"]], ids[branches[0]["row_r"]]
    told = explain_pair(*load_run(folder, *pair), *pair)
    assert told["decision"] == told["band"] == "branch"
    assert "one company at two places" in pair_text(told)
    assert any("branch at" in record_text(told_of(folder, record)) for record in pair)
    assert "are branches of one company" in (folder / "report.html").read_text(encoding="utf-8")


def test_the_rules_can_merge_branches(accounts: pd.DataFrame) -> None:
    rules = ["default", {"dedup": {"entity": "company", "merge_branches": True}}]
    assert len(crmclean.clean(accounts, rules=rules, as_of="2026-11-22").cleaned) == len(accounts) - 2
