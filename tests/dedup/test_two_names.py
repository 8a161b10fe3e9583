"""Names that look alike and are two, and one name in several spellings, in lists too small to tell by themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crmclean.dedup.core import Settings, link_records
from crmclean.dedup.workings import prepare
from tests.dedup.dedup_files import fields_of

COLUMNS = ("first_name", "last_name", "company", "city", "phone", "mobile", "street", "email")
OTHERS = [
    {"first_name": f"Odd{n}", "last_name": f"Other{n}", "company": f"Firm {n}", "email": f"odd{n}@firm{n}.example"}
    for n in range(60)
]
FIRM = {"company": "Punjab Agro Foods", "city": "Ludhiana", "phone": "+91 161 240 1100", "street": "12 Mall Road"}


def file_of(*rows: dict[str, str]) -> Any:
    return fields_of([dict.fromkeys(COLUMNS, "") | row for row in (*rows, *OTHERS)])


def are_merged(one: dict[str, str], other: dict[str, str]) -> bool:
    labels = link_records(file_of(one, other), Settings()).cluster
    return bool(labels[0] == labels[1])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ramesh", "Rajesh"),
        ("Gurpreet", "Harpreet"),
        ("Hassan", "Hossein"),
        ("Zahra", "Zohreh"),
        ("Maria", "Mario"),
        ("Oliver", "Olivia"),
        ("حسن", "حسین"),
    ],
)
@pytest.mark.parametrize(
    "shared",
    [
        {},
        {"email": "info@punjabagro.example"},
        {"email": "singh@punjabagro.example"},
    ],
    ids=["firm", "role", "household"],
)
def test_colleagues_and_kin_of_two_names_stay_two(one: str, other: str, shared: dict[str, str]) -> None:
    kin = FIRM | shared | {"last_name": "Singh"}
    assert not are_merged(kin | {"first_name": one}, kin | {"first_name": other})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hasan", "Hassan"),
        ("Mohammad", "Muhammed"),
        ("Katherine", "Catherine"),
        ("Subrata", "Subroto"),
        ("حسین", "Hossain"),
    ],
)
def test_one_name_in_two_spellings_is_one(one: str, other: str) -> None:
    person = FIRM | {"last_name": "Berryman", "mobile": "+91 98140 12345"}
    assert are_merged(person | {"first_name": one}, person | {"first_name": other})


def test_a_slip_that_makes_another_name_is_forgiven_behind_the_own_mailbox() -> None:
    """Lina, typed for Linda, has Linda's mailbox and mobile."""
    linda = FIRM | {"last_name": "Berryman", "email": "linda.berryman@web.example", "mobile": "+91 98140 12345"}
    assert are_merged(linda | {"first_name": "Linda"}, linda | {"first_name": "Lina"})


def test_their_lines_are_of_a_series() -> None:
    kin = FIRM | {"last_name": "Singh"}
    rows = [
        kin | {"first_name": first, "mobile": f"+91 98140 1234{digit}"}
        for first, digit in (("Gurpreet", 5), ("Harpreet", 6), ("Gurprit", 7))
    ]
    work = prepare(file_of(*rows), Settings())
    place: Any = np.argsort(work.records.position)
    item = next(item for item in work.comparer.active if item.name == "own_line")
    levels, _ = work.comparer.levels(np.sort(place[[0, 0]]), place[[1, 2]])
    assert [item.level_names[code] for code in levels["own_line"]] == ["different", "near"]
