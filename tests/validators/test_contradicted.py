"""Cells that the rest of the file contradicts."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import crmclean
from crmclean.validators.dependencies import group_rows, majority_of

AS_OF = "2026-11-26"


def suggestions(frame: pd.DataFrame, **rules: object) -> dict[tuple[int, str], str]:
    result = crmclean.check(frame, rules={"name": "t", "extends": "default", **rules}, as_of=AS_OF)
    found = result.evidence.attributes.to_pylist()
    flagged = {
        (i["row"], i["column"]) for i in result.evidence.issues.to_pylist() if i["reason"] == "value.contradicted"
    }
    offered = {(a["row"], a["column"]): a["value"] for a in found if a["name"] == "suggestion"}
    assert set(offered) == flagged
    changed = {(c["row"], c["column"]): c["after"] for c in result.evidence.changes.to_pylist()}
    assert all(changed.get(cell) != value for cell, value in offered.items())
    return offered


def company_list(cities: list[str], **more: list[str]) -> pd.DataFrame:
    count = len(cities)
    names = [f"{first} {last}" for last in ("Moss", "Fox", "Ray", "Orr", "Poe") for first in ("Ann", "Bob", "Cy", "Di")]
    return pd.DataFrame({"Name": names[:count], "Account ID": ["A-1"] * count, "City": cities, **more}, dtype="str")


TEN = ["Birmingham"] * 9


def test_a_slip_is_offered_what_the_others_have_and_left() -> None:
    assert suggestions(company_list([*TEN, "Birminghxm"])) == {(9, "City"): "Birmingham"}


@pytest.mark.parametrize("own", ["Chicago", "Boston", "", "Birmingham ", "BIRMINGHAM", "Burlington"])
def test_another_place_an_empty_cell_and_another_case_are_no_slips(own: str) -> None:
    assert suggestions(company_list([*TEN, own])) == {}


def test_a_known_city_is_no_slip_of_another() -> None:
    assert suggestions(company_list(["Bombay"] * 9 + ["Mumbai"])) == {}


def test_two_against_one_decide_and_one_against_one_does_not() -> None:
    others = pd.DataFrame(
        {
            "Name": [f"Eve {first}{last}" for first in "BCDF" for last in ("ell", "ane", "orn", "unt", "ink")],
            "Account ID": ["A-2"] * 10 + ["A-3"] * 10,
            "City": ["Gorakhpur"] * 10 + ["Ludhiana"] * 10,
        },
        dtype="str",
    )
    two = pd.concat([others, company_list(["Maplewood", "Maplwood"])], ignore_index=True)
    three = pd.concat([others, company_list(["Maplewood", "Maplwood", "Maplewood"])], ignore_index=True)
    assert suggestions(two) == {}
    assert suggestions(three) == {(21, "City"): "Maplewood"}


def test_a_column_that_settles_nothing_has_no_say() -> None:
    """One account with people in five towns: its id does not tell the town."""
    assert suggestions(company_list(["Pune", "Pune", "Delhi", "Agra", "Surat", "Thane", "Punne"])) == {}


def test_a_direct_line_is_no_slip_of_the_switchboard() -> None:
    phones = ["+1 212 456 7800"] * 9 + ["+1 212 456 7801"]
    assert suggestions(company_list([*TEN, "Birmingham"], Phone=phones)) == {}
    phones[9] = "+1 212 456 78o0x"
    assert (9, "Phone") in suggestions(company_list([*TEN, "Birmingham"], Phone=phones))


def test_groups_that_disagree_say_nothing() -> None:
    frame = pd.DataFrame(
        {
            "Name": [f"Ann {chr(97 + row)}oss" for row in range(11)],
            "Account ID": ["A-1"] * 5 + ["A-2"] * 5 + ["A-1"],
            "Postal Code": ["35233"] * 5 + ["36101"] * 5 + ["36101"],
            "City": ["Maplewood"] * 5 + ["Maplewoods"] * 5 + ["Maplewoodx"],
        },
        dtype="str",
    )
    assert suggestions(frame) == {}


def test_severity_off_is_silence() -> None:
    frame = company_list([*TEN, "Birminghxm"])
    assert suggestions(frame, validate={"severity": {"value.contradicted": "off"}}) == {}


def test_row_order_does_not_matter() -> None:
    frame = company_list([*TEN, "Birminghxm"])
    turned = frame.iloc[::-1].reset_index(drop=True)
    assert suggestions(turned) == {(0, "City"): "Birmingham"}


def test_the_majority_is_counted_as_a_slow_count_would() -> None:
    chance = np.random.default_rng(4)
    for _ in range(50):
        group = chance.integers(-1, 6, 60)
        target = np.where(chance.random(60) < 0.95, group % 3, chance.integers(-1, 3, 60))
        groups = group_rows(group)
        assert groups is not None
        found = majority_of(groups, target)
        if found is None:
            continue
        for row in range(60):
            peers = target[(group == group[row]) & (target >= 0)] if group[row] >= 0 else target[:0]
            counts = np.bincount(peers, minlength=3)
            if (group == group[row]).sum() >= 3 and group[row] >= 0 and 2 * counts.max() > len(peers) >= 2:
                assert (found.value[row], found.votes[row]) == (counts.argmax(), counts.max())
            else:
                assert found.value[row] == -1


@pytest.mark.acceptance
def test_what_the_file_itself_proves_is_offered() -> None:
    """123 wrong cells of phone, state, postcode and city in a list of hospitals; the truth is known cell by cell."""
    folder = Path(os.environ.get("CRMCLEAN_EXTRA_DATA", ""), "labelled", "hospital_cells")
    if not folder.is_dir():
        pytest.skip("needs CRMCLEAN_EXTRA_DATA with labelled/hospital_cells")
    columns = ("PhoneNumber", "State", "ZipCode", "City")
    with (folder / "hospital.csv").open(encoding="utf-8") as file:
        dirty = list(csv.DictReader(file))
    with (folder / "hospital_clean.csv").open(encoding="utf-8") as file:
        truth = {(int(r["tid"]), r["attribute"]): r["correct_val"] for r in csv.DictReader(file)}
    wrong = {key for key, value in truth.items() if key[1] in columns and dirty[key[0]][key[1]] != value}
    result = crmclean.check(folder / "hospital.csv", as_of=AS_OF)
    attributes = result.evidence.attributes.to_pylist()
    offered = {(a["row"], a["column"]): a["value"] for a in attributes if a["name"] == "suggestion"}
    offered = {key: value for key, value in offered.items() if key[1] in columns}

    def plain(text: str) -> str:
        return re.sub(r"[^0-9a-z]", "", text.lower())

    right = {key for key in offered if key in wrong and plain(offered[key]) == plain(truth[key])}
    print(f"{len(right)} right of {len(offered)} offered, {len(wrong)} wrong cells")
    assert len(wrong) == 123
    assert len(right) / len(offered) >= 0.95
    assert len(right) / len(wrong) >= 0.6
    touched = {(c["row"], c["column"]) for c in result.evidence.changes.to_pylist() if c["step"] == "contradicted"}
    assert touched == set()
