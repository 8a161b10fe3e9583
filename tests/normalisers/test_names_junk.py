"""Fillers and foreign bodies in name fields, and the real names that must never be taken for them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from crmclean.normalisers.names import name_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, UNKNOWN, VALID, CellOptions


def judged(text: str, field: str = "full_name") -> tuple[set[str], int]:
    found = name_kernel(pa.array([text], TEXT), CellOptions(field=field))
    return {code for code, mask in found.issues.items() if mask[0]}, int(found.verdict[0])


@pytest.mark.parametrize(
    "text",
    [
        *[
            "test test",
            "Test User",
            "TEST",
            "asdf",
            "asdfgh",
            "qwerty",
            "qwe asd",
            "asdf test",
            "xxx",
            "aaa bbb",
            "zzzz",
        ],
        *["unknown", "No Name", "first last", "n/a", "anonymous", "lorem ipsum", "Max Mustermann", "foo bar", "sdfghj"],
        *["тест", "तस्त".replace("तस्त", "टेस्ट"), "تست تست", "测试", "???", "-", "12345", "фыва", "fulano de tal"],
    ],
)
def test_fillers_are_bogus(text):
    assert judged(text) == ({"name.bogus"}, INVALID)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        *[
            (name, "full_name")
            for name in ("Szczepan Krzysztof", "Mkrtchyan", "Hans Test", "Ng", "Xu Li", "Jon Tester")
        ],
        *[(name, "last_name") for name in ("Test", "Null", "None", "Sales", "Bar", "Foo", "Do", "Krk", "Ng", "Wert")],
        *[
            (name, "first_name")
            for name in ("Nil", "Na", "Asa", "Aya", "Lee", "Guy", "Bo", "Ann", "Precious", "Treasure")
        ],
        *[
            (name, "full_name")
            for name in ("Adam Fake", "Jane Doe", "प्रिया", "Ooi Lim", "Aaron Aas", "Anna Unknownova")
        ],
        *[
            ("Sir", "salutation"),
            ("Madam", "salutation"),
            ("III", "suffix"),
            ("2nd", "suffix"),
            ("Mrs", "salutation"),
            ("Batman", "last_name"),
        ],
    ],
)
def test_real_names_are_valid(text, field):
    assert judged(text, field) == (set(), VALID)


@pytest.mark.parametrize(
    ("text", "issue", "verdict"),
    [
        ("ann@example.com", "name.email_in_name", INVALID),
        ("Ann Lee <ann@example.com>", "name.email_in_name", UNKNOWN),
        ("ann@example.com (Ann Lee)", "name.email_in_name", UNKNOWN),
        ("<ann@example.com>", "name.email_in_name", INVALID),
        ("E-mail: ann@example.com", "name.email_in_name", INVALID),
        ("+1 (212) 555-0134", "name.phone_in_name", INVALID),
        ("۰۹۱۲۱۲۳۴۵۶۷", "name.phone_in_name", INVALID),
        ("Globex Trading GmbH", "name.company_in_name", UNKNOWN),
        ("Acme Inc.", "name.company_in_name", UNKNOWN),
        ("Tata Motors Pvt Ltd", "name.company_in_name", UNKNOWN),
        ("ООО Ромашка", "name.company_in_name", UNKNOWN),
        ("Smith & Partners", "name.company_in_name", UNKNOWN),
        ("Näidis OÜ", "name.company_in_name", UNKNOWN),
        ("PT Maju Jaya", "name.company_in_name", UNKNOWN),
        ("Sharma Traders", "name.company_in_name", UNKNOWN),
        ("J0hn Smith", "name.digits", UNKNOWN),
        ("J.", "name.initial_only", UNKNOWN),
    ],
)
def test_what_does_not_belong_into_a_name_is_said(text, issue, verdict):
    assert judged(text) == ({issue}, verdict)


@pytest.mark.parametrize("text", ["ann@example.com", "asdf", "TEST TEST", "n/a"])
def test_what_is_no_name_is_not_rewritten(text):
    assert name_kernel(pa.array([text], TEXT), CellOptions(field="full_name")).value[0].as_py() == text


def test_a_company_has_no_given_name_and_a_name_beside_an_address_has():
    names = pa.array(["Acme GmbH", "Ann Lee <ann@example.com>", "ann@example.com (Ann Lee)", "ann@example.com"], TEXT)
    found = name_kernel(names, CellOptions(field="full_name"))
    assert found.value.to_pylist() == names.to_pylist()
    assert found.attributes["given"].to_pylist() == [None, "Ann", "Ann", None]
    assert found.attributes["family"].to_pylist() == [None, "Lee", "Lee", None]
    assert found.attributes["email"].to_pylist() == [None, *["ann@example.com"] * 3]


@pytest.mark.parametrize("text", ["Pt. Jawaharlal Nehru", "PT SHARMA", "Ken Holding", "Anna Bank", "Li Group"])
def test_an_honorific_or_a_family_name_is_no_company(text):
    assert "name.company_in_name" not in judged(text)[0]


@pytest.mark.parametrize("text", ["Ana Sá", "Ho Co", "Bjørn Aas", "Maria As", "Lim Sa", "Kim Co"])
def test_weak_legal_forms_do_not_make_a_person_a_company(text):
    assert "name.company_in_name" not in judged(text)[0]
