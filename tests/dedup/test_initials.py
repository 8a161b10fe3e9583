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
