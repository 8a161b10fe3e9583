"""Father and son of one name and address: told apart by Jr and Sr, or by one of these and the years they were born."""

from __future__ import annotations

import pytest

from crmclean.dedup.core import Settings, link_records
from tests.dedup.dedup_files import fields_of

OTHERS = [("Ida", "Bay", "1980-01-01"), ("Ole", "Rask", "1988-05-05"), ("Ann", "Lee", "1970-03-03")]


def are_one(one: tuple[str, str], other: tuple[str, str]) -> bool:
    rows = [("Karl", f"Stetten {suffix}".strip(), born) for suffix, born in (one, other)]
    records = [
        {"first_name": given, "last_name": family, "birth_date": born, "street": "1 Elm Street" if place < 2 else ""}
        for place, (given, family, born) in enumerate([*rows, *OTHERS])
    ]
    cluster = link_records(fields_of(records), Settings()).cluster
    return bool(cluster[0] == cluster[1])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("jun.", "1980-06-30"), ("", "1950-12-12")),
        (("", "1980-06-30"), ("Sr", "1950-12-12")),
        (("III", "1990-06-30"), ("", "1961-12-12")),
        (("Jr", ""), ("Sr", "")),
    ],
)
def test_two_generations_are_two_people(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert not are_one(one, other)
    assert not are_one(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Jr", "1980-06-30"), ("", "1980-06-30")),
        (("Jr", "1980-06-30"), ("", "")),
        (("Jr", "1980-06-30"), ("", "1950-06-30")),  # a slip of the year
    ],
)
def test_a_generation_named_once_is_no_contradiction_by_itself(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert are_one(one, other)
    assert are_one(other, one)
