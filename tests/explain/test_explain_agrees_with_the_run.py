"""What `explain` says of a pair is what the run said of it, in whichever look it was judged."""

from __future__ import annotations

from pathlib import Path

import pytest

import crmclean
from crmclean.errors import UsageError
from crmclean.explain import explain_pair, find_record, pair_text, record_text
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


def test_a_record_is_called_as_its_crm_calls_it(run: tuple[crmclean.CleanResult, Path]) -> None:
    result, folder = run
    ids = result.batch.rows["record_id"].to_pylist()
    whole = next(name for name in ids if name.startswith("crm_contacts.csv:"))
    assert find_record(folder, whole) == find_record(folder, whole.removeprefix("crm_contacts.csv:")) == whole
    assert find_record(folder, "1") == ids[0]
    for unknown in ("0", str(len(ids) + 1), "nobody"):
        with pytest.raises(UsageError, match=f"no record '{unknown}'"):
            find_record(folder, unknown)


def test_an_id_of_two_sources_has_to_name_one(tmp_path: Path) -> None:
    row = "Id,First Name,Last Name\n7,Ada,Byron\n"
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(row.replace("Ada", f"Ada {name[0]}"), encoding="utf-8")
    result = crmclean.clean([tmp_path / "a.csv", tmp_path / "b.csv"], as_of="2026-11-22")
    folder = result.write(tmp_path / "out")
    assert find_record(folder, "b.csv:7") == "b.csv:7"
    with pytest.raises(UsageError, match=r"a\.csv:7, b\.csv:7"):
        find_record(folder, "7")
