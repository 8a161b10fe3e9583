"""A spelling with a mailbox of its own is no slip of another, whichever records the two stand in."""

from __future__ import annotations

import numpy as np

from crmclean.dedup.core import Settings, link_records
from crmclean.dedup.own_mailboxes import own_mailboxes
from crmclean.dedup.workings import prepare
from tests.dedup.dedup_files import fields_of

FIRM = {"company": "Gonzalez Foods", "city": "El Paso", "phone": "+1 915 555 0100", "street": "12 Mesa Street"}


def file_of(*people: tuple[str, str, str, str]) -> list[dict[str, str]]:
    return [
        {"first_name": first, "last_name": last, "email": email, "mobile": mobile, **FIRM}
        for first, last, email, mobile in people
    ]


OTHERS = [(f"Odd{n}", f"Other{n}", f"odd{n}.other{n}@elsewhere{n}.com", "") for n in range(40)]
COLLEAGUES = file_of(
    ("Maria", "Gonzalez", "maria.gonzalez@gonzalezfoods.com", ""),
    ("Mario", "Gonzalez", "mario_gonzalez@gonzalezfoods.com", ""),
    ("MARIA", "GONZALEZ", "", "+1 915 555 0142"),
    ("Mario", "Gonzalez", "", "+1 915 555 0199"),
    *OTHERS,
)


def test_who_has_a_mailbox_of_its_own() -> None:
    rows = file_of(
        ("Maria", "Gonzalez", "maria.gonzalez@a.com", ""),
        ("Mario", "Gonzalez", "gonzalez.mario@a.com", ""),
        ("Mario", "Gonzalez", "m.gonzalez@a.com", ""),
        ("Marta", "Gonzalez", "marta.gonzalez@b.com", ""),
        ("Ali Reza", "Karimi", "alireza.karimi@a.com", ""),
        ("Alireza", "Karimi", "alirezakarimi@a.com", ""),
        ("M.", "Gonzalez", "m.gonzalez@a.com", ""),
        ("Eliane", "Chaverando", "elianec3@a.com", ""),
        ("Elaine", "Chaverando", "elaine.chaverando@a.com", ""),
        ("Karin", "Köhler", "k.kohler@b.com", ""),
        ("Katrin", "Kohlar", "kohlar_k@b.com", ""),
        ("Rayanne", "Garleigh", "rgarleigh@b.com", ""),
        ("Maranne", "Garleigh", "garleighm@b.com", ""),
        ("Stefan", "Krüger", "stefan.krueger@c.com", ""),
        ("Stephan", "Krüger", "stephan.krueger@c.com", ""),
    )
    records = prepare(fields_of(rows), Settings()).records
    owned = own_mailboxes(records)
    assert owned is not None
    place = np.empty(len(rows), np.int64)
    place[records.position] = np.arange(len(rows))

    def apart(one: int, other: int, near: str = "given") -> bool:
        return bool(owned.both_have(near, place[[one]], place[[other]], by_letter=True)[0])

    assert apart(0, 1)
    assert apart(0, 2), "the spelling has a mailbox in another record"
    assert not apart(0, 3), "at another domain"
    assert not apart(4, 5), "one name in two spellings has one mailbox"
    assert not apart(1, 2), "one name"
    assert apart(7, 8), "one mailbox spells the given name, and so does the other"
    assert not apart(9, 10), "initials fit both"
    assert apart(9, 10, "family"), "and tell the family names apart"
    assert apart(11, 12), "two first letters of the given name"
    assert not apart(11, 12, "family")
    assert not owned.both_have("given", place[[11]], place[[12]], by_letter=False)[0]
    assert apart(13, 14), "an umlaut is spelt out in mailboxes"


def test_colleagues_a_letter_apart_are_two_people() -> None:
    labels = link_records(fields_of(COLLEAGUES), Settings()).cluster
    assert len({int(labels[0]), int(labels[1])}) == 2
    assert labels[2] != labels[3]
    assert labels[2] != labels[1]
    assert labels[0] != labels[3]


def test_a_slip_without_a_mailbox_is_still_a_slip() -> None:
    rows = file_of(
        ("Maximilian", "Gonzalez", "maximilian.gonzalez@gonzalezfoods.com", "+1 915 555 0142"),
        ("Maximilain", "Gonzalez", "maximilian.gonzalez@gonzalezfoods.com", ""),
        *OTHERS,
    )
    labels = link_records(fields_of(rows), Settings()).cluster
    assert labels[0] == labels[1]


def test_first_letters_of_mailboxes_do_not_tell_a_nickname_from_its_name() -> None:
    """Others are called Bob and Robert Miller too, and have mailboxes with their initials at one large provider."""
    rows = file_of(
        ("Bob", "Miller", "", "+1 915 555 0142"),
        ("Robert", "Miller", "", "+1 915 555 0142"),
        ("Bob", "Miller", "bmiller@mail.example", "+1 915 555 0777"),
        ("Robert", "Miller", "r.miller@mail.example", "+1 915 555 0888"),
        *OTHERS,
    )
    labels = link_records(fields_of(rows), Settings()).cluster
    assert labels[0] == labels[1]
    assert labels[2] != labels[3]
