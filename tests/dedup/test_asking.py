"""A given name gone wrong under one mailbox is asked about; it is not merged, and not asked about without cause."""

from __future__ import annotations

import pyarrow as pa
import pytest

from crmclean.dedup.core import Settings, link_records

TEXT = pa.large_string()
OTHERS = 40


def decided(given: tuple[str, str], family: tuple[str, str], mailbox: tuple[str, str]) -> tuple[str, str]:
    """What two records among forty others are decided to be, and by what ("" where there is no link)."""
    first = [*given, *(f"Name{chr(97 + place % 26)}{chr(97 + place // 26)}" for place in range(OTHERS))]
    last = [*family, *(f"Sur{chr(97 + place // 26)}{chr(97 + place % 26)}el" for place in range(OTHERS))]
    mail = [*mailbox, *(f"q{place}x@provider{place % 7}.example" for place in range(OTHERS))]
    fields = {name: [pa.array(values, TEXT)] for name, values in (("first_name", first), ("last_name", last))}
    result = link_records({**fields, "email": [pa.array(mail, TEXT)]}, Settings())
    assert result.cluster[0] == 0
    links = result.links.to_pandas()
    link = links[(links["row_l"] == 0) & (links["row_r"] == 1)]
    return (str(link["decision"].iloc[0]), str(link["decided_by"].iloc[0])) if len(link) else ("", "")


ONE = ("zx77@home.example", "zx77@home.example")


def test_alike_names_under_one_mailbox_are_put_to_a_person() -> None:
    assert decided(("Tasfizul", "Tashfoz"), ("Quarenghi", "Quarenghi"), ONE) == ("review", "shared_contact")


@pytest.mark.parametrize(
    ("given", "family"),
    [
        (("Tasfizul", "Tashfoz"), ("Quarenghi", "Qarnegi")),  # both gone wrong
        (("Tasfizul", "Quarenghi"), ("Quarenghi", "Tashfoz")),  # in each other's column
    ],
)
def test_both_parts_of_the_name_are_looked_at(given, family) -> None:
    assert decided(given, family, ONE)[0] == "review"


@pytest.mark.parametrize(
    ("given", "family", "mailbox"),
    [
        (("Tasfizul", "Brondemer"), ("Quarenghi", "Quarenghi"), ONE),  # two of a family
        (("Tasfizul", "Quarenghi"), ("Quarenghi", "Brondemer"), ONE),
        (("Tasfizul", "Tashfoz"), ("Quarenghi", "Dobrowolny"), ONE),
        (("Tasfizul", "Tashfoz"), ("Quarenghi", "Quarenghi"), ("zx77@home.example", "kk31@work.example")),
        (("Tasfizul", "Tashfoz"), ("Quarenghi", "Quarenghi"), ("info@home.example", "info@home.example")),
        (("Tasfizul", ""), ("Quarenghi", "Quarenghi"), ("", "")),
    ],
)
def test_nobody_is_asked_without_cause(given, family, mailbox) -> None:
    assert decided(given, family, mailbox)[1] != "shared_contact"


def test_companies_are_not_asked_about() -> None:
    names = pa.array(["Acme Ltd", "Acne Ltd"], TEXT)
    mail = pa.array(["zx77@home.example"] * 2, TEXT)
    links = link_records({"company": [names], "email": [mail]}, Settings(entity="company")).links
    assert "shared_contact" not in links["decided_by"].to_pylist()


@pytest.mark.parametrize(
    ("one", "other", "asked"),
    [
        ("María del Carmen García López", "Carmen García", True),
        ("John & Mary Miller", "Mary Miller", True),
        ("María del Carmen García López", "Carmen Ortega", False),
        ("María del Carmen García López", "Carmen", False),
    ],
)
def test_a_name_written_out_in_the_other_is_asked_about(one: str, other: str, asked: bool) -> None:
    others = [f"Name{chr(97 + place)} Sur{chr(122 - place)}el" for place in range(20)]
    mailboxes = ["zx77@home.example"] * 2 + [f"q{place}x@provider.example" for place in range(20)]
    fields = {"full_name": [pa.array([one, other, *others], TEXT)], "email": [pa.array(mailboxes, TEXT)]}
    result = link_records(fields, Settings())
    reasons = {link["decided_by"] for link in result.links.to_pylist() if (link["row_l"], link["row_r"]) == (0, 1)}
    assert ("shared_contact" in reasons) == asked
    assert result.cluster[1] == 1
