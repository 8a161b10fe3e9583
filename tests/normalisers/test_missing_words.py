"""Placeholder words are emptied where they mean nothing, and only there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.keys.lists import read_toml
from crmclean.normalisers.missing import missing_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.fields import FIELDS, Kind
from crmclean.tables.normalised import CellOptions


def emptied(text: str, field: str, *missing: str) -> bool:
    found = missing_kernel(pa.array([text], TEXT), CellOptions(field=field, missing=frozenset(missing)))
    value = found.value[0].as_py()
    assert value in ("", text)
    assert found.reason[0].as_py() == (None if value == text else "missing.placeholder")
    return bool(value != text)


@pytest.mark.parametrize("field", ["phone", "email", "street", "website", "title", "company", "city"])
@pytest.mark.parametrize(
    "word",
    [
        "N/A",
        "n/a",
        "#N/A",
        "NULL",
        "None",
        "-",
        "--",
        ".",
        "?",
        "unknown",
        "Not Provided",
        "(none)",
        "TBD",
        "nil",
        "keine Angabe",
        "Unbekannt",
        "inconnu",
        "desconocido",
        "não informado",
        "нет",
        "неизвестно",
        "अज्ञात",
        "نامشخص",
        "غير معروف",
        "অজানা",
        "不明",
        "“n/a”",
    ],
)
def test_missing_words_of_many_languages(field: str, word: str) -> None:
    if field in ("city", "title", "company", "street") and word.casefold() == "tbd":
        return
    assert emptied(word, field)


@pytest.mark.parametrize("field", ["first_name", "last_name", "full_name"])
@pytest.mark.parametrize(
    "word",
    ["Null", "None", "Na", "Nil", "Nan", "Nat", "Test", "No", "N.A.", "Keine", "Niemand", "Nada", "O", "X", "Ng", "王"],
)
def test_missing_names_are_never_emptied(field: str, word: str) -> None:
    assert not emptied(word, field)


@pytest.mark.parametrize(
    "word", ["n/a", "N/A", "-", "#N/A", "(none)", "(null)", "unknown", "not provided", "ثبت نشده", "उपलब्ध नहीं"]
)
def test_missing_words_that_can_be_no_name(word: str) -> None:
    assert emptied(word, "last_name")


@pytest.mark.parametrize(
    ("word", "field"),
    [
        ("NA", "country"),  # Namibia
        ("No", "email_opt_out"),
        ("None", "lead_source"),
        ("Unknown", "rating"),
        ("0", "employees"),
        ("Nothing", "company"),
        ("Nada", "city"),
        ("Nan", "city"),
        ("n/a", "notes"),
        ("n/a", "id"),
        ("N/A", ""),
        ("Test", "company"),
    ],
)
def test_missing_answers_are_kept(word: str, field: str) -> None:
    assert emptied(word, field) == (field == "" and word == "N/A")


def test_missing_words_of_the_rules_are_added() -> None:
    assert not emptied("ohne", "phone")
    assert emptied("OHNE", "phone", "ohne")
    assert emptied("ohne", "last_name", "Ohne")
    assert not emptied("ohne", "id", "ohne")


def test_missing_dates_of_zeros() -> None:
    assert emptied("0000-00-00", "created_at")
    assert not emptied("0", "employees")


def test_missing_lists_are_lower_case_and_unique_enough() -> None:
    lists = read_toml("missing.toml")
    words = [*lists["always"], *lists["values"], *lists["names"]]
    assert all(word == word.lower() for word in words)
    assert set(lists["answers"]) <= {str(kind) for kind in Kind}
    assert set(lists["nothing"]) <= set(lists["answers"])


@settings(derandomize=True, deadline=None, max_examples=80)
@given(
    st.lists(
        st.one_of(st.text(max_size=20), st.sampled_from(["N/A", " - ", "(none)", "Ann", "none.", "नहीं"])),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from([field.name for field in FIELDS]),
)
def test_missing_any_text_idempotent(cells: list[str], field: str) -> None:
    array = pa.array(cells, TEXT)
    options = CellOptions(field=field)
    found = missing_kernel(array, options)
    assert missing_kernel(found.value, options).value.equals(found.value)
    values = found.value.to_pylist()
    assert all(value in ("", cell) for value, cell in zip(values, cells, strict=True))
    order = pa.array(np.arange(len(cells))[::-1])
    assert missing_kernel(array.take(order), options).value.take(order).equals(found.value)


@pytest.mark.parametrize(("word", "field"), [("no email", "email"), ("Refused", "phone"), ("Sin teléfono", "phone")])
def test_a_refusal_is_nothing(word: str, field: str) -> None:
    assert emptied(word, field)


@pytest.mark.parametrize("word", ["0/0/00", "00/00/0000 00:00", "1900-01-00", "1/0/1900", "0001-01-01T00:00:00"])
def test_the_zero_date_of_a_program_is_nothing(word: str) -> None:
    assert emptied(word, "created_at")
    assert not emptied(word, "notes")


@pytest.mark.parametrize("word", ["-N/A-", "; unknown", "*not provided*", "(n/a),"])
def test_stray_marks_around_a_placeholder_do_not_count(word: str) -> None:
    assert emptied(word, "first_name")
    assert not emptied(word, "notes")
