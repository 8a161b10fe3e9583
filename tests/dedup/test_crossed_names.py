"""Names in each other's field, and numbers whose digits changed places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from crmclean.dedup.core import Settings, explain_pair, link_records
from crmclean.dedup.priors import DIFFERENT
from crmclean.dedup.workings import Workings, prepare
from tests.dedup.dedup_files import fields_of, link_set

GIVEN = ("Raquel", "Blake", "Hugh", "Lucy", "Holly")
FAMILY = ("Pulford", "Berryman", "Garnett", "Waller", "Moody")
KNOWN = [{"first_name": given, "last_name": family} for given in GIVEN for family in FAMILY]


def levels_of(*pair: tuple[str, str]) -> dict[str, str]:
    """Level names of the two records with these names, in a file that knows given names from family names."""
    rows = [*({"first_name": given, "last_name": family} for given, family in pair), *KNOWN]
    return _levels(prepare(fields_of(rows), Settings()), 0, 1)


def _levels(work: Workings, one: int, other: int) -> dict[str, str]:
    place: Any = np.argsort(work.records.position)
    levels, _ = work.comparer.levels(place[[one]], place[[other]])
    return {item.name: item.level_names[levels[item.name][0]] for item in work.comparer.active}


@pytest.mark.parametrize(
    ("pair", "given", "family"),
    [
        ((("Watkin", "Raquel"), ("Raquel", "Beadle")), "misplaced", "different"),
        ((("Flynn", "Pulford"), ("Pulford", "Ebony")), "different", "misplaced"),
        ((("Victoria", "Pulford"), ("Pulfrd", "Cassandra")), "different", "misplaced"),
        ((("Watkin", "Luc y"), ("Lucy", "Beadle")), "misplaced", "different"),
        ((("Raquel", "Pulford"), ("Pulford", "Raquel")), "swapped", "swapped"),
        ((("Raquel", "Pulford"), ("Pulford", "Raqule")), "swapped", "typo"),
        ((("Raquel", "Pulford"), ("Holly", "Garnett")), "different", "different"),
        ((("Raquel", "Pulford"), ("Raquel", "Garnett")), "exact", "different"),
        ((("Pulford", "Raquel"), ("Pulford", "Blake")), "different", "misplaced"),
        ((("Pulford", "Raquel"), ("Pulford", "Garnett")), "exact", "different"),
        ((("Raquel", "Blake"), ("Raquel", "Holly")), "exact", "different"),
    ],
)
def test_one_name_in_the_other_field_agrees_as_what_it_mostly_is(pair, given, family) -> None:
    for order in (pair, pair[::-1]):
        assert levels_of(*order) == {"given": given, "family": family}


def test_the_other_names_tell_which_record_is_the_wrong_way_round() -> None:
    """Martin is oftener a given name here; but Heather and Garden are given names, so the Martins are a family."""
    rows = [
        {"first_name": "Martin", "last_name": "Heather"},
        {"first_name": "Garden", "last_name": "Martin"},
        *({"first_name": "Martin", "last_name": family} for family in FAMILY),
        *({"first_name": given, "last_name": "Martin"} for given in GIVEN[:3]),
        *({"first_name": given, "last_name": "Moody"} for given in ("Heather", "Garden")),
    ]
    assert _levels(prepare(fields_of(rows), Settings()), 0, 1) == {"given": "different", "family": "misplaced"}


def test_a_name_that_is_given_and_family_name_alike_agrees_as_neither() -> None:
    """James Thomas beside Thomas Miller, in a file where as many are called Thomas first as last."""
    rows = [
        {"first_name": "James", "last_name": "Thomas"},
        {"first_name": "Thomas", "last_name": "Miller"},
        {"first_name": "Holly", "last_name": "Garnett"},
    ]
    assert _levels(prepare(fields_of(rows), Settings()), 0, 1) == {"given": "different", "family": "different"}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("4137787", "4137877", "transposed"),
        ("4137787", "4137187", "near"),
        ("4137787", "413787", "near"),
        ("4137787", "1437877", "different"),
        ("4137787", "4137787", "exact"),
    ],
)
def test_two_digits_that_changed_places_are_told_from_a_wrong_one(one, other, level) -> None:
    rows = [{"first_name": "Holly", "national_id": one}, {"first_name": "Hollie", "national_id": other}]
    assert _levels(prepare(fields_of(rows), Settings()), 0, 1)["national_id"] == level


def test_only_changed_places_are_believed_of_quite_different_names() -> None:
    """A series has numbers a digit apart; it does not exchange digits, unless another number says that it might."""

    def number_of(one: Mapping[str, str], other: Mapping[str, str]) -> str:
        rows = [
            {"first_name": "Blake", "last_name": "Moody", **one},
            {"first_name": "Jacobie", "last_name": "Tilleq", **other},
        ]
        return _levels(prepare(fields_of(rows), Settings()), 0, 1)["national_id"]

    assert number_of({"national_id": "4137787"}, {"national_id": "4137877"}) == "transposed"
    assert number_of({"national_id": "4137787"}, {"national_id": "4137788"}) == "different"
    lines = {"mobile": "+44 7911 230001"}, {"mobile": "+44 7911 230010"}
    assert number_of({"national_id": "4137787"} | lines[0], {"national_id": "4137877"} | lines[1]) == "different"


def test_changed_digits_bring_records_together_that_share_no_other_key() -> None:
    rows = [
        {"first_name": "Blake", "last_name": "Moody", "national_id": "4137787", "street": "Studley Street 4"},
        {"first_name": "Jacobie", "last_name": "Tilleq", "national_id": "4137877", "street": "Studley Steet 4"},
        *(
            one | {"national_id": f"{place * 77_711 + 1_000_000}", "street": f"Elm Road {place}"}
            for place, one in enumerate(KNOWN)
        ),
    ]
    result = link_records(fields_of(rows), Settings())
    told = explain_pair(fields_of(rows), Settings(), result.measures, 0, 1)
    assert [rule for rule, meets in told.blocking if meets] == ["national_id_signs"]
    assert (0, 1) in link_set(result)


def test_a_mailbox_counts_a_name_once_whichever_field_it_stands_in() -> None:
    rows = [
        {"first_name": "Raquel", "last_name": "Pulford", "email": "rp@x.org"},
        {"first_name": "Pulford", "last_name": "Raquel", "email": "rp@x.org"},
        *(one | {"email": f"{place}@y.org"} for place, one in enumerate(KNOWN)),
    ]
    work = prepare(fields_of(rows), Settings())
    assert work.comparer.carriers["email"].max() == 1.0
    assert DIFFERENT not in work.comparer.levels(np.array([0]), np.array([0]))[0]["email"]
