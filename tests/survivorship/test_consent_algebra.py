"""Consent through a merge, against an oracle that looks at one cluster at a time."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmclean
from crmclean.channels import DENIED, GRANTED, UNKNOWN, channel_states, channels, column_states
from tests.survivorship.golden import AS_OF, survived, survivor_rows

SAID = ["", "", "Yes", "No", "maybe", "Unsubscribed"]
DAYS = ["", "", "2019-03-01", "2021-06-15", "2024-01-01", "2026-11-22", "2041-01-01"]
COLUMNS = {
    "Email Opt Out": SAID,
    "Email Opt In": SAID,
    "Do Not Call": SAID,
    "Opt-in date": DAYS,
    "Opt-out date": DAYS,
    "Last Activity Date": DAYS,
    "Modified Date": DAYS,
}


@st.composite
def consents(draw: st.DrawFn) -> tuple[pd.DataFrame, list[int]]:
    count = draw(st.integers(4, 40))
    rows = [{name: draw(st.sampled_from(values)) for name, values in COLUMNS.items()} for _ in range(count)]
    people = [{"Last Name": f"Person{n}", **row} for n, row in enumerate(rows)]
    return pd.DataFrame(people, dtype="str"), [draw(st.integers(0, count // 3)) for _ in range(count)]


def word(text: str, polarity: int) -> int:
    if text == "Unsubscribed":
        return DENIED
    if text not in ("Yes", "No"):
        return UNKNOWN
    return GRANTED if (text == "Yes") == (polarity > 0) else DENIED


def email_state(row: dict[str, str]) -> int:
    out, back = row["Opt-out date"], row["Opt-in date"]
    dated = DENIED if out and out >= back else UNKNOWN
    return max(word(row["Email Opt Out"], -1), word(row["Email Opt In"], 1), dated)


def beaten(row: dict[str, str], opt_in: str) -> bool:
    """Whether an opt-out is surely older than an opt-in."""
    touched = [row[name] for name in ("Last Activity Date", "Modified Date") if row[name] <= AS_OF.isoformat()]
    said = row["Opt-out date"] or max(touched)
    return bool(said) and opt_in > said


def expected(rows: list[dict[str, str]], later_opt_in_wins: bool) -> int:
    states = [email_state(row) for row in rows]
    if later_opt_in_wins:
        dates = [row["Opt-in date"] for row, state in zip(rows, states, strict=True) if state == GRANTED]
        opt_in = max([day for day in dates if day <= AS_OF.isoformat()], default="")
        states = [
            UNKNOWN if state == DENIED and beaten(row, opt_in) else state
            for row, state in zip(rows, states, strict=True)
        ]
    return max(states)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(consents(), st.booleans())
def test_the_golden_record_says_what_counts_in_every_column(
    drawn: tuple[pd.DataFrame, list[int]], later_opt_in_wins: bool
) -> None:
    data, clusters = drawn
    before, after, context = survived(data, clusters, {"consent": {"later_opt_in_wins": later_opt_in_wins}})
    rows = data.to_dict("records")
    said = {column.field: column_states(after, column) for part in channels(context.plan).values() for column in part}
    calls = column_states(before, channels(context.plan)["phone"][0])
    for golden, members in survivor_rows(after).items():
        if len(members) == 1:
            continue
        cells = {column: after.column(column)[golden].as_py() or "" for column in data.columns}
        want = expected([rows[row] for row in members], later_opt_in_wins)
        own = {
            "email_opt_out": {"true": DENIED, "false": GRANTED}.get(cells["Email Opt Out"], UNKNOWN),
            "email_opt_in": {"true": GRANTED, "false": DENIED}.get(cells["Email Opt In"], UNKNOWN),
        }
        assert max(own.values()) == want, (cells, [rows[row] for row in members])
        assert want != DENIED or set(own.values()) == {DENIED}
        phone = {"true": DENIED, "false": GRANTED}.get(cells["Do Not Call"], UNKNOWN)
        assert phone == max(calls[row] for row in members)
    assert said


@settings(max_examples=12, deadline=None, derandomize=True)
@given(consents())
def test_a_merge_only_ever_strengthens_and_a_missing_word_never_wins(drawn: tuple[pd.DataFrame, list[int]]) -> None:
    data, clusters = drawn
    before, after, context = survived(data, clusters)
    for channel, columns in channels(context.plan).items():
        was = channel_states(before, context.plan, channel)
        for golden, members in survivor_rows(after).items():
            for column in columns if len(members) > 1 else ():
                cell = after.column(column.column)[golden].as_py() or ""
                spoken = [before.column(column.column)[row].as_py() or "" for row in members]
                assert cell or not any(spoken)
                if max(was[row] for row in members) == DENIED:
                    assert cell == ("true" if column.polarity < 0 else "false")


def people(**columns: list[str]) -> pd.DataFrame:
    count = len(next(iter(columns.values())))
    same = {"First Name": "Ann", "Last Name": "Lee", "Email": "ann.lee@globex.com", "Mobile": "+1 646 555 7891"}
    return pd.DataFrame({**{name: [value] * count for name, value in same.items()}, **columns}, dtype="str")


def clean(data: pd.DataFrame, wins: bool) -> crmclean.CleanResult:
    return crmclean.clean(data, rules=["default", {"consent": {"later_opt_in_wins": wins}}], as_of=AS_OF, region="US")


LATER: dict[str, dict[str, Any]] = {
    "an undated opt-out stands": {"out": ["Yes", ""], "opt_in": ["", "2026-06-01"], "wins": False},
    "a date in the future is no opt-in": {
        "out": ["Yes", ""],
        "opt_in": ["", "2092-06-01"],
        "seen": ["2021-01-01", ""],
        "wins": False,
    },
    "an opt-out by its own date": {
        "out": ["Yes", ""],
        "opt_in": ["", "2024-06-01"],
        "opt_out": ["2023-01-01", ""],
        "seen": ["2025-01-01", ""],
        "wins": True,
    },
    "the other column follows": {
        "out": ["Yes", "No"],
        "opt_in": ["", "2024-06-01"],
        "seen": ["2023-01-01", ""],
        "wins": True,
    },
}


@pytest.mark.parametrize("case", LATER)
def test_only_an_opt_in_that_is_surely_later_wins(case: str) -> None:
    told = LATER[case]
    empty = ["", ""]
    data = people(
        **{
            "Email Opt Out": told["out"],
            "Email Opt In": ["", "Yes"],
            "Opt-in date": told["opt_in"],
            "Opt-out date": told.get("opt_out", empty),
            "Last Activity Date": told.get("seen", empty),
        }
    )
    once = clean(data, wins=True)
    assert len(once.cleaned) == 1
    assert list(once.cleaned["Email Opt Out"]) == ["false" if told["wins"] else "true"]
    assert list(once.cleaned["Email Opt In"]) == ["true" if told["wins"] else "false"]
    assert not [item for item in once.evidence.issues.to_pylist() if item["reason"] == "consent.conflict"]
    again = clean(once.cleaned, wins=True)
    assert again.cleaned["Email Opt Out"].tolist() == once.cleaned["Email Opt Out"].tolist()
    assert list(clean(data, wins=False).cleaned["Email Opt Out"]) == ["true"]


def test_the_date_of_an_opt_out_is_an_opt_out() -> None:
    data = people(**{"Email Opt In": ["", "Yes"], "UNSUB_TIME": ["2024-02-02", ""]})
    assert list(clean(data, wins=False).cleaned["Email Opt In"]) == ["false"]
    alone = clean(people(**{"Email Opt In": ["Yes"], "UNSUB_TIME": ["2024-02-02"]}), wins=False)
    assert [item["column"] for item in alone.evidence.issues.to_pylist() if item["reason"] == "consent.conflict"] == [
        "Email Opt In"
    ]
    back = people(**{"Email Opt In": ["Yes"], "UNSUB_TIME": ["2024-02-02"], "OPTIN_TIME": ["2025-02-02"]})
    assert "consent.conflict" not in clean(back, wins=False).evidence.issues["reason"].to_pylist()


def test_an_address_that_is_opted_out_in_a_record_kept_apart_is_told() -> None:
    data = pd.DataFrame(
        {
            "First Name": ["Ann", "Bob", "test", "Cyd"],
            "Last Name": ["Lee", "Ray", "test", "Fox"],
            "Email": ["office@globex.com", "Office@Globex.com", "test@test.com", "cyd@fox.org"],
            "Email Opt Out": ["Yes", "", "Yes", "No"],
        },
        dtype="str",
    )
    result = clean(data, wins=False)
    assert result.balance["merged"] == 0
    ids = dict(zip(result.cleaned["First Name"], result.cleaned["crmclean_record_id"], strict=True))
    told = [note for note in result.summary["notes"] if "opts out" in note]
    assert told == [f"records holding an address that another row, kept apart, opts out: 1 ({ids['Bob']})"]
    assert not clean(people(**{"Email Opt Out": ["Yes", ""]}), wins=False).summary["notes"]
