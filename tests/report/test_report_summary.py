"""The numbers of the report against counts made by hand, and against each other."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from crmclean.report import ColumnFact, ReportFacts, SourceFact, summarise
from crmclean.report.tally import codes_of, distinct, steadied
from crmclean.tables.batch import Batch, new_rows
from crmclean.tables.evidence import Evidence
from tests.report.report_batches import changes_table, demo, issues_table, links_table, small, text_table


@pytest.fixture(scope="module")
def counted() -> dict[str, Any]:
    return summarise(*small())


def test_balance_by_hand(counted: dict[str, Any]) -> None:
    balance = counted["balance"]
    assert [balance[key] for key in ("read", "cleaned", "merged", "quarantined")] == [8, 6, 1, 1]
    assert balance["adds_up"] is True
    assert balance["not_data"] == {"blank": 1, "preamble": 2}


def test_a_balance_that_does_not_add_up_is_said() -> None:
    batch, _ = small()
    told = ReportFacts(as_of="2026-11-22", sources=(SourceFact("a.csv", 9),))
    assert summarise(batch, told)["balance"]["adds_up"] is False


def test_trust_by_hand(counted: dict[str, Any]) -> None:
    trust = counted["trust"]
    assert (trust["score"], trust["grade"], trust["before"], trust["gain"]) == (70.0, "C", 52.5, 17.5)
    assert trust["grades"] == {"A": 1, "B": 2, "C": 0, "D": 1, "F": 2}
    assert sum(trust["histogram"]) == trust["records"] == 6
    assert trust["terms"]["validity"] == 0.9
    assert trust["median"] == 71.0
    assert trust["weights"] == dict.fromkeys(trust["terms"], 0.2)
    assert trust["weakest"] == "freshness"


def test_what_was_done_by_hand(counted: dict[str, Any]) -> None:
    done = counted["done"]
    assert (done["cells_changed"], done["cells_repaired"], done["cells_formatted"], done["cells_merged"]) == (
        4,
        2,
        1,
        1,
    )
    assert (done["rows_changed"], done["duplicates_merged"], done["clusters"]) == (3, 1, 1)
    assert (done["bad_rows"], done["bad_share"], done["flagged"]) == (3, 0.375, 2)


def test_groups_by_hand(counted: dict[str, Any]) -> None:
    by = {part["by"]: part for part in counted["groups"]}
    assert set(by) == {"file", "owner"}
    assert [(group["name"], group["bad"], group["rows"]) for group in by["owner"]["groups"]] == [
        ("Bob", 2, 3),
        ("Ada", 1, 4),
        ("", 0, 1),
    ]
    assert by["owner"]["column"] == "Rep"
    assert [(group["name"], group["bad"], group["score"]) for group in by["file"]["groups"]] == [
        ("a.csv", 2, 76.6667),
        ("b.csv", 1, 63.3333),
    ]
    ada = by["owner"]["groups"][1]
    assert (ada["reason"], ada["reason_label"], ada["reason_rows"]) == ("email.syntax", "E-mail", 1)


def test_fields_by_hand(counted: dict[str, Any]) -> None:
    fields = {field["column"]: field for field in counted["fields"]}
    assert list(fields) == ["Name", "Mail", "Rep", "Extra"]
    mail = fields["Mail"]
    assert (mail["filled"], mail["fill_rate"], mail["invalid"], mail["valid_share"]) == (5, 0.8333, 1, 0.8)
    assert (mail["stale_share"], mail["trust"]) == (0.5, 0.5)
    assert (fields["Extra"]["filled"], fields["Extra"]["valid_share"]) == (1, None)
    assert fields["Name"]["filled"] == 5


def test_freshness_by_hand(counted: dict[str, Any]) -> None:
    fresh = counted["freshness"]
    assert fresh["records"] == {"fresh": 1, "ageing": 1, "stale": 1, "unknown": 3}
    assert fresh["median_age_days"] == 300.0
    assert {age["key"]: age["rows"] for age in fresh["ages"]} == {
        "months_0_6": 1,
        "months_6_12": 1,
        "years_1_2": 0,
        "years_2_3": 1,
        "years_3_more": 0,
    }
    assert fresh["fields"] == [{"field": "email", "label": "E-mail", "unknown": 0, "fresh": 1, "ageing": 0, "stale": 1}]


def test_problems_by_hand(counted: dict[str, Any]) -> None:
    listed = {problem["reason"]: problem for problem in counted["problems"]}
    assert [problem["severity"] for problem in counted["problems"][:3]] == ["error"] * 3
    assert (listed["email.syntax"]["rows"], listed["email.syntax"]["rows_in_cleaned"]) == (1, 1)
    assert (listed["email.bogus"]["rows"], listed["email.bogus"]["rows_in_cleaned"]) == (1, 0)
    assert listed["email.bogus"]["examples"] == [{"value": "t•••@test.com", "field": "email", "rows": 1}]
    assert counted["by_severity"] == {"info": 1, "warning": 2, "error": 2}


def test_duplicates_by_hand(counted: dict[str, Any]) -> None:
    dup = counted["duplicates"]
    assert (dup["clusters"], dup["records"], dup["merged"], dup["largest"], dup["review_pairs"]) == (1, 2, 1, 2, 1)
    assert dup["found_by"] == [{"rule": "email", "pairs": 1}]
    example = dup["example"]
    assert example["probability"] == 0.998
    assert [(record["role"], record["cells"]) for record in example["records"]] == [
        ("survivor", ["A••• L•••", "a•••@x.org"]),
        ("merged", ["A••• L•••", "a•••@x.org"]),
    ]


def test_changes_by_hand(counted: dict[str, Any]) -> None:
    assert [(change["reason"], change["cells"], change["kind"]) for change in counted["changes"]] == [
        ("email.case", 1, "format"),
        ("merge.survivor", 1, "merge"),
        ("name.case", 1, "repair"),
        ("text.spaces", 1, "repair"),
    ]
    assert counted["changes"][2]["examples"] == [{"before": "AXX LXX", "after": "Axx Lxx", "field": "full_name"}]


def test_actions_are_ranked_and_bounded(counted: dict[str, Any]) -> None:
    found = counted["actions"]
    assert 3 <= len(found) <= 5
    gains = [action["gain"] for action in found if action["gain"] is not None]
    assert gains == sorted(gains, reverse=True)
    assert sum(gains) <= 100 - counted["trust"]["score"] + 0.1
    assert found[-1] == {**found[-1], "key": "rescue", "rows": 1, "file": "quarantine.csv", "gain": None}


def test_an_action_is_worth_what_its_rows_lost() -> None:
    batch, facts = small()
    action = next(action for action in summarise(batch, facts)["actions"] if action["key"] == "correct")
    # row 1 alone holds a wrong cell; its validity is 0.4, validity weighs a fifth, six records share the score
    assert (action["field"], action["rows"], action["gain"]) == ("email", 1, 2.0)
    assert action["reasons"] == ["email.syntax"]


def test_issues_of_a_merged_record_speak_for_its_golden_cells_only() -> None:
    batch, facts = small()
    survived = changes_table([(1, "Mail", "email", "bo@", "bo@x.org", "merge.survivor")])
    survived = survived.set_column(6, "step", pa.array(["survive"]).dictionary_encode().cast(survived["step"].type))
    after = summarise(batch.adding(changes=survived), facts)
    problem = next(problem for problem in after["problems"] if problem["reason"] == "email.syntax")
    assert (problem["rows"], problem["rows_in_cleaned"]) == (1, 0)
    assert after["done"]["flagged"] == 1
    assert after["done"]["bad_rows"] == 3  # it did arrive broken


def test_the_summary_is_json_and_holds_no_unmasked_contact() -> None:
    batch, facts = demo(200)
    text = json.dumps(summarise(batch, facts), allow_nan=False, ensure_ascii=False)
    for column in ("Email", "Phone"):
        cells = {cell for cell in batch.column(column).to_pylist() if cell}
        assert not [cell for cell in cells if cell in text]
    assert "ann.lee@" not in text


def test_the_order_of_rows_does_not_matter() -> None:
    batch, facts = demo(160)
    assert summarise(_shuffled(batch, 3), facts) == summarise(batch, facts)


@pytest.mark.parametrize("columns", [{}, {"Name": []}, {"Name": ["Ann"]}, {"Name": [None], "Mail": [""]}])
def test_bare_batches_have_a_summary(columns: dict[str, list[Any]]) -> None:
    records = text_table(columns) if columns else pa.table({})
    summary = summarise(Batch.of(records), ReportFacts(as_of="2026-11-22"))
    json.dumps(summary, allow_nan=False)
    assert summary["balance"]["adds_up"] is True
    assert summary["trust"]["score"] is None
    assert summary["actions"] == []


def test_reasons_left_over_in_a_dictionary_are_not_listed() -> None:
    batch, facts = small()
    tables = {name: getattr(batch.evidence, name).slice(0, 1) for name in ("issues", "changes", "links")}
    summary = summarise(batch.replacing(**tables), facts)
    assert [problem["reason"] for problem in summary["problems"]] == ["email.syntax"]
    assert [change["reason"] for change in summary["changes"]] == ["name.case"]
    assert summary["duplicates"]["found_by"] == [{"rule": "email", "pairs": 1}]


def test_pairs_wait_only_while_both_sides_are_in_the_file() -> None:
    batch, facts = small()
    links = links_table([(1, 2, "name", 1.0, 0.6, "review"), (3, 4, "name", 1.0, 0.6, "review")])
    summary = summarise(batch.replacing(links=links), facts)
    assert summary["duplicates"]["review_pairs"] == 0
    assert "review" not in {action["key"] for action in summary["actions"]}


def test_a_batch_may_start_at_any_row() -> None:
    records = text_table({"Mail": ["a@", "b@x.org"], "Rep": ["Ada", "Bob"]})
    batch = Batch.of(records, new_rows(2, first_row=10, source="a.csv")).adding(
        issues=issues_table([(10, "Mail", "email", "a@", "email.syntax", "invalid", "error")])
    )
    facts = ReportFacts(as_of="2026-11-22", columns=(ColumnFact("Mail", "email"), ColumnFact("Rep", "owner")))
    owner = next(part for part in summarise(batch, facts)["groups"] if part["by"] == "owner")
    assert [(group["name"], group["bad"]) for group in owner["groups"]] == [("Ada", 1), ("Bob", 0)]


def test_small_groups_are_not_worst_by_luck() -> None:
    shares = steadied(np.array([1, 60, 0]), np.array([1, 100, 900]))
    assert shares.argsort().tolist() == [2, 0, 1]
    assert steadied(np.array([0]), np.array([0])).tolist() == [0.0]


def test_codes_are_sorted_whatever_the_chunks() -> None:
    chunks = pa.chunked_array([pa.array(["b", None]).dictionary_encode(), pa.array(["a", "b"]).dictionary_encode()])
    codes, names = codes_of(chunks)
    assert (codes.tolist(), names) == ([1, -1, 0, 1], ["a", "b"])
    assert distinct(np.array([3, 1, 3])).tolist() == [1, 3]


def _shuffled(batch: Batch, seed: int) -> Batch:
    """The same batch with its rows in another order, and its evidence with them."""
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(batch))
    place = np.empty(len(batch) + 1, np.int32)
    place[order] = np.arange(len(batch))

    def moved(table: pa.Table) -> pa.Table:
        for name in ("row", "row_l", "row_r", "from_row", "survivor_row"):
            if name in table.schema.names:
                old = table[name].combine_chunks()
                new = pa.array(
                    place[pc.fill_null(old, 0).to_numpy()], mask=pc.is_null(old).to_numpy(zero_copy_only=False)
                )
                table = table.set_column(table.schema.get_field_index(name), name, new)
        if "row_l" in table.schema.names and table.num_rows:
            left, right = table["row_l"].to_numpy(), table["row_r"].to_numpy()
            table = table.set_column(0, "row_l", pa.array(np.minimum(left, right)))
            table = table.set_column(1, "row_r", pa.array(np.maximum(left, right)))
        return table.take(pa.array(generator.permutation(table.num_rows)))

    rows = moved(batch.rows).sort_by("row")
    evidence = Evidence(**{name: moved(table) for name, table in batch.evidence.items()})
    take = pa.array(order)
    return Batch(batch.records.take(take), rows, batch.originals.take(take), evidence).check()
