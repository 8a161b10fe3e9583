"""What a golden record is made of: whole units, every value with its record, and the record the CRM knows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.survivorship.golden import survived, survivor_rows

COLUMNS = {
    "Contact ID": ["", "C-1", "C-2", "C-3"],
    "First Name": ["", "Ann", "A.", "प्रिया", "لیلا"],
    "Last Name": ["", "Lee", "शर्मा", "رضایی"],
    "Phone": ["", "+1 212 555 7890", "+44 20 7946 0958"],
    "Extension": ["", "12", "7"],
    "Mailing Street": ["", "1 Main St", "9 High Rd"],
    "Mailing City": ["", "Berlin", "Pune", "तिरुपति"],
    "Mailing Zip/Postal Code": ["", "10115", "411001"],
    "Mailing Country": ["", "DE", "IN"],
    "Other Street": ["", "5 Old St", "7 Low Rd"],
    "Other City": ["", "Leipzig", "Agra"],
    "Contact Owner": ["", "Asha", "Bob"],
    "Owner ID": ["", "U1", "U2"],
    "National ID": ["", "N1", "N2"],
    "Title": ["", "CEO", "CTO"],
    "Notes": ["", "met", "met | call", "demo"],
    "Tags": ["", "a; b", "b", "c|a"],
    "Rating": ["", "Hot", "Cold", "3", "5"],
    "Last Activity Date": ["", "2024-01-01", "2025-06-01"],
    "Own column": ["", "x", "y"],
}
UNITS = [
    ("First Name", "Last Name"),
    ("Phone", "Extension"),
    ("Mailing Street", "Mailing City", "Mailing Zip/Postal Code", "Mailing Country"),
    ("Other Street", "Other City"),
    ("Contact Owner", "Owner ID"),
]


@st.composite
def records(draw: st.DrawFn) -> tuple[pd.DataFrame, list[int]]:
    count = draw(st.integers(4, 40))
    rows = [{name: draw(st.sampled_from(values)) for name, values in COLUMNS.items()} for _ in range(count)]
    return pd.DataFrame(rows, dtype="str"), [draw(st.integers(0, count // 3)) for _ in range(count)]


def cells(batch: Any, names: tuple[str, ...], row: int) -> tuple[str, ...]:
    return tuple(batch.column(name)[row].as_py() or "" for name in names)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(records())
def test_a_unit_is_taken_whole_from_one_record(drawn: tuple[pd.DataFrame, list[int]]) -> None:
    data, clusters = drawn
    before, after, _ = survived(data, clusters)
    for golden, members in survivor_rows(after).items():
        for unit in UNITS:
            assert cells(after, unit, golden) in {cells(before, unit, row) for row in members}
        own = cells(before, ("Own column",), golden)
        assert own == ("",) or cells(after, ("Own column",), golden) == own


@settings(max_examples=15, deadline=None, derandomize=True)
@given(records())
def test_every_value_is_traced_to_a_record_that_holds_it(drawn: tuple[pd.DataFrame, list[int]]) -> None:
    data, clusters = drawn
    before, after, context = survived(data, clusters)
    column_of = {**context.plan.fields, "Own column": ["Own column"]}
    ids = {item["row"]: item["cluster_id"] for item in after.evidence.clusters.to_pylist()}
    groups = {ids[golden]: (golden, members) for golden, members in survivor_rows(after).items()}
    said: dict[str, set[str]] = {}
    for item in after.evidence.survivors.to_pylist():
        golden, members = groups[item["cluster_id"]]
        assert item["from_row"] in members
        held = [before.column(name)[item["from_row"]].as_py() or "" for name in column_of[item["field"]]]
        assert any(item["value"] in cell for cell in held)
        said.setdefault(item["cluster_id"], set()).add(item["field"])
    for cluster, (golden, members) in groups.items():
        if len(members) > 1:
            filled = {
                field for field, names in column_of.items() if any(cells(after, (name,), golden)[0] for name in names)
            }
            assert filled == said.get(cluster, set())


@settings(max_examples=10, deadline=None, derandomize=True)
@given(records())
def test_the_golden_record_is_the_one_the_crm_knows(drawn: tuple[pd.DataFrame, list[int]]) -> None:
    data, clusters = drawn
    _, after, _ = survived(data, clusters)
    for golden, members in survivor_rows(after).items():
        had = {data["Contact ID"][row] for row in members} - {""}
        assert (data["Contact ID"][golden] in had) == bool(had)
        identities = {data["National ID"][row] for row in members} - {""}
        assert bool(cells(after, ("National ID",), golden)[0]) == bool(identities)


def test_a_deleted_record_never_becomes_the_master_of_a_live_one() -> None:
    data = pd.DataFrame(
        {
            "Contact ID": ["C1", "C2"],
            "Last Name": ["Lee", "Lee"],
            "Email": ["ann@globex.com", ""],
            "IsDeleted": ["true", ""],
        },
        dtype="str",
    )
    _, after, _ = survived(data, [0, 0])
    assert survivor_rows(after) == {1: [0, 1]}
    assert cells(after, ("Contact ID", "Email", "IsDeleted"), 1) == ("C2", "ann@globex.com", "")


@pytest.mark.parametrize(
    ("ratings", "highest"),
    [
        (["2", "5", "3"], "5"),
        (["9", "10"], "10"),
        (["4.5", "4"], "4.5"),
        (["Cold", "HOT", "5"], "Hot"),
        (["३", "५"], "५"),
        (["great", "1"], "1"),
    ],
)
def test_the_highest_rating_wins_on_any_scale(ratings: list[str], highest: str) -> None:
    data = pd.DataFrame({"Last Name": ["Lee"] * len(ratings), "Rating": ratings}, dtype="str")
    _, after, _ = survived(data, [0] * len(ratings), "tradeshow")
    assert cells(after, ("Rating",), next(iter(survivor_rows(after)))) == (highest,)


def test_joined_notes_are_traced_piece_by_piece() -> None:
    data = pd.DataFrame(
        {"Last Name": ["Lee"] * 3, "Notes": ["met | call", "demo", "met"], "Created Date": ["2025-01-01"] * 3},
        dtype="str",
    )
    _, after, _ = survived(data, [0, 0, 0])
    pieces = [item for item in after.evidence.survivors.to_pylist() if item["field"] == "notes"]
    rows = {row: [item["value"] for item in pieces if item["from_row"] == row] for row in range(3)}
    joined = cells(after, ("Notes",), next(iter(survivor_rows(after))))[0]
    assert sorted(joined.split(" | ")) == ["call", "demo", "met"]
    assert rows[1] == ["demo"]
    assert "call" in rows[0]


def test_the_scans_of_one_day_are_in_their_order_and_answers_are_not_lost() -> None:
    data = pd.DataFrame(
        {
            "Last Name": ["Lee"] * 3,
            "Scan time": ["2026-10-14 15:40", "2026-10-14 09:15:30", "2026-10-14 09:15:05"],
            "Title": ["Director", "Manager", "Clerk"],
            "Comments": ["third", "second", "first"],
            "Budget": ["", "10k", ""],
            "Interest": ["pumps", "valves", "pumps"],
        },
        dtype="str",
    )
    rules = {"survivorship": {"columns": {"Interest": {"strategy": "join", "separator": "; "}}}}
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        _, after, _ = survived(data.iloc[order].reset_index(drop=True), [0, 0, 0], "tradeshow", rules)
        row = next(iter(survivor_rows(after)))
        told = cells(after, ("Scan time", "Title", "Comments", "Budget", "Interest"), row)
        assert told == ("2026-10-14T15:40", "Director", "first | second | third", "10k", "pumps; valves")
