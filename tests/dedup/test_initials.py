"""Initials before and behind the name somebody goes by: S. Lakshmi Narayanan, Suresh Kumar P, J. Edgar Hoover."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from crmclean.dedup.core import Settings, explain_pair, link_records
from crmclean.dedup.encode_names import forms_of_names
from tests.dedup.dedup_files import TEXT, fields_of


def names_of(texts: list[str]) -> list[tuple[str, str, str]]:
    """Given, middle and family name as they are compared."""
    forms = forms_of_names({"full_name": [pa.array(texts, TEXT)]}, len(texts))
    parts = []
    for name in ("given", "middle", "family"):
        form = forms.get(name)
        codes = np.zeros(len(texts), np.int64) if form is None else form.codes
        parts.append([form.values[int(code)].as_py() if form is not None else "" for code in codes])
    return list(zip(*parts, strict=True))


def test_initials_at_the_outer_ends_take_the_word_beside_them() -> None:
    assert names_of(
        [
            "S. Lakshmi Narayanan",
            "Suresh Kumar P",
            "A. P. J. Abdul Kalam Azad",
            "Ramana Rao K V",
            "J. K. Rowling",
            "John F. Kennedy",
            "R Venkatesh",
            "Priya",
        ]
    ) == [
        ("s lakshmi", "", "narayanan"),
        ("suresh", "", "kumar p"),
        ("a p j abdul", "kalam", "azad"),
        ("ramana", "", "rao k v"),
        ("j", "k", "rowling"),
        ("john", "f", "kennedy"),
        ("r", "", "venkatesh"),
        ("priya", "", ""),
    ]


def level(left: str, right: str, comparison: str = "given") -> str:
    """The level of two full names in a file of strangers besides."""
    others = ["Ada Byron", "Ole Rask", "Ida Bay", "Tomasz Zielinski", "Amira Haddad", "Jonas Weber"]
    columns = fields_of([{"full_name": name, "city": "Chennai"} for name in [left, right, *others]])
    measures = link_records(columns, Settings()).measures
    found = explain_pair(columns, Settings(), measures, 0, 1)
    return next(item.level for item in found.comparisons if item.name == comparison)


@pytest.mark.parametrize(
    ("left", "right", "given", "family"),
    [
        ("S. Lakshmi Narayanan", "Lakshmi Narayanan", ("part", "variant"), ("exact",)),
        ("P. Suresh Kumar", "Suresh Kumar P", ("part", "variant"), ("part", "variant")),
        ("J. Edgar Hoover", "John Edgar Hoover", ("initial",), ("exact",)),
        ("J. Edgar Hoover", "Edgar Hoover", ("part", "variant"), ("exact",)),
        ("Maria Clara S.", "Maria Clara Souza", ("exact",), ("initial",)),
        ("R. Suresh Kumar", "S. Suresh Kumar", ("different",), ("exact",)),
        ("P. Suresh Kumar", "P. Ramesh Kumar", ("different", "similar"), ("exact",)),
    ],
)
def test_the_name_somebody_goes_by_is_compared(
    left: str, right: str, given: tuple[str, ...], family: tuple[str, ...]
) -> None:
    assert level(left, right) in given
    assert level(left, right, "family") in family


def test_one_person_with_and_without_the_initial_is_found_and_two_are_not() -> None:
    rows = [
        ("P. Suresh Kumar", "98840 66666", "suresh.p@ashok.example"),
        ("Suresh Kumar P", "+91 98840 66666", ""),
        ("Suresh Kumar", "", "suresh.p@ashok.example"),
        ("R. Venkatesh", "98400 12345", ""),
        ("S. Venkatesh", "98400 54321", ""),
        ("M. Divya Bharathi", "97910 11111", ""),
        ("K. Divya Bharathi", "97910 22222", ""),
    ]
    columns = fields_of([dict(zip(("full_name", "mobile", "email"), row, strict=True)) for row in rows])
    assert link_records(columns, Settings()).cluster.tolist() == [0, 0, 0, 3, 4, 5, 6]


def _explained(left: dict[str, str], right: dict[str, str]) -> dict[str, tuple[str, float]]:
    """Level and weight of each comparison, in a file of a hundred others of whom one in five is called S-something."""
    given = ("Sara", "Amira", "Jonas", "Tomasz", "Ole")
    others = [
        {"first_name": given[at % 5], "last_name": f"Stranger{at}", "email": f"x{at}@o.example"} for at in range(99)
    ]
    columns = fields_of([left, right, *others])
    measures = link_records(columns, Settings()).measures
    found = explain_pair(columns, Settings(), measures, 0, 1)
    return {item.name: (item.level, item.weight) for item in found.comparisons}


def test_an_initial_on_both_sides_is_as_common_as_the_names_it_may_stand_for() -> None:
    family = {"last_name": "Arulbalamurugan"}
    lone = _explained({"first_name": "S.", **family}, {"first_name": "S", **family})
    full = _explained({"first_name": "Saravanan", **family}, {"first_name": "Saravanan", **family})
    assert lone["given"][0] == full["given"][0] == "exact"
    assert 1.0 < lone["given"][1] < 3.0
    assert full["given"][1] > lone["given"][1] + 2


@pytest.mark.parametrize(
    ("first", "local", "level"),
    [
        ("S.", "saravanan.arulbalamurugan", "named_alike"),
        ("S.", "arulbalamurugan.s", "named_alike"),
        ("S.", "arulbalamurugan.saravanan", "named_alike"),
        ("S.", "karthik.arulbalamurugan", "local"),
        ("S.", "saravanan.exports", "local"),
    ],
)
def test_a_mailbox_is_seen_to_be_after_an_initial_and_its_family_name(first: str, local: str, level: str) -> None:
    name = {"first_name": first, "last_name": "Arulbalamurugan"}
    found = _explained(name | {"email": f"{local}@one.example"}, name | {"email": f"{local}@other.example"})
    assert found["email"][0] == level
