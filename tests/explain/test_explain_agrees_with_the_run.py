"""What `explain` says of a pair is what the run said of it, in whichever look it was judged."""

from __future__ import annotations

from pathlib import Path

import pytest

import crmclean
from crmclean.explain import explain_pair, pair_text, record_text
from crmclean.reopen import load_run

SAMPLES = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module", params=["canonical", "keep"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[crmclean.CleanResult, Path]:
    inputs = [SAMPLES / "tradeshow_leads.csv", SAMPLES / "crm_contacts.csv"]
    rules = ["tradeshow", {"output": {"values": request.param}}]
    result = crmclean.clean(inputs, rules=rules, as_of="2026-11-22")
    return result, result.write(tmp_path_factory.mktemp("explain") / "out")


@pytest.mark.parametrize("decision", ["match", "review", "non_match"])
def test_a_pair_has_the_probability_the_run_gave_it(run: tuple[crmclean.CleanResult, Path], decision: str) -> None:
    result, folder = run
    ids = result.batch.rows["record_id"].to_pylist()
    links = [item for item in result.evidence.links.to_pylist() if item["decision"] == decision]
    for link in links[:: max(len(links) // 4, 1)]:
        pair = ids[link["row_l"]], ids[link["row_r"]]
        told = explain_pair(*load_run(folder, *pair), *pair)
        assert told["decision"] == decision
        assert told["probability"] == pytest.approx(link["probability"], abs=1e-6)
        said = pair_text(told)
        assert "1.0000" not in said
        assert "for it: " in said


def test_the_probability_is_the_one_of_the_review_list(run: tuple[crmclean.CleanResult, Path]) -> None:
    result, folder = run
    for item in result.review.to_dict("records"):
        pair = item["record_id_l"], item["record_id_r"]
        assert f"= {item['probability']}" in pair_text(explain_pair(*load_run(folder, *pair), *pair))


def test_a_record_never_links_with_certainty(run: tuple[crmclean.CleanResult, Path]) -> None:
    from crmclean.explain import explain_record

    result, folder = run
    merged = result.duplicates["crmclean_record_id"][0]
    told = record_text(explain_record(folder, merged))
    assert "link" in told
    assert "at 1.0000" not in told
