"""The waterfall of `explain`: it adds up, part by part, and is told in words."""

from __future__ import annotations

from itertools import combinations

import pyarrow as pa
import pytest

from crmclean.dedup.core import Explanation, Settings, explain_pair, link_records
from crmclean.dedup.explanation import ADJUSTED
from crmclean.dedup.priors import DIFFERENT, comparisons_of
from crmclean.dedup.words import decision_words, finding_words, name_words
from crmclean.explain import pair_text

ROWS = [
    ("Karl", "Stetten", "karl@stetten.example", "+49 821 100100", "1950-12-12", "Nordwind", "Schlossallee 1", "Kiel"),
    ("Karl", "Stetten", "k.st@nordwind.example", "+49 821 200200", "1950-12-12", "Nordwind", "Hafenstr. 2", "Bremen"),
    ("Emma", "Stetten", "karl@stetten.example", "+49 821 100100", "1950-12-12", "", "Schlossallee 1", "Kiel"),
    ("Ida", "Bay", "info@nordwind.example", "+49 821 555555", "", "Nordwind", "Hafenstr. 2", "Bremen"),
    ("Ole", "Rask", "info@nordwind.example", "+49 821 777777", "", "Nordwind", "Hafenstr. 2", "Bremen"),
    ("Karl", "Stetten", "", "", "", "Levante", "", "Bremen"),
]
FIELDS = ("first_name", "last_name", "email", "mobile", "birth_date", "company", "street", "city")


@pytest.fixture(scope="module")
def told() -> dict[tuple[int, int], Explanation]:
    columns = {
        name: [pa.array(values, pa.large_string())]
        for name, values in zip(FIELDS, zip(*ROWS, strict=True), strict=True)
    }
    measures = link_records(columns, Settings()).measures
    pairs = combinations(range(len(ROWS)), 2)
    return {pair: explain_pair(columns, Settings(), measures, *pair) for pair in pairs}


def test_the_weights_add_up_to_identity_support_and_the_whole(told: dict[tuple[int, int], Explanation]) -> None:
    for pair, found in told.items():
        identity = sum(item.weight for item in found.comparisons if item.group == "identity")
        support = sum(item.weight for item in found.comparisons if item.group != "identity")
        assert identity == pytest.approx(found.identity, abs=0.02), pair
        assert support == pytest.approx(found.support, abs=0.02), pair
        assert found.prior_weight + identity + support == pytest.approx(found.weight, abs=0.02), pair


def test_each_adjustment_says_what_it_is_for(told: dict[tuple[int, int], Explanation]) -> None:
    notes = {
        (pair, item.name): item.note
        for pair, found in told.items()
        for item in found.comparisons
        if item.level == ADJUSTED
    }
    assert "namesakes" in notes[(0, 1), "names"]
    assert "both differ" in notes[(0, 1), "contact"]
    assert "kin" in notes[(0, 2), "kin"]
    assert "nothing identifies" in notes[(3, 4), "support"]
    assert all(notes.values())


def test_the_family_name_of_another_given_name_stands_among_the_places(
    told: dict[tuple[int, int], Explanation],
) -> None:
    family = next(item for item in told[0, 2].comparisons if item.name == "family")
    assert (family.level, family.group) == ("exact", "place")
    assert "household" in family.note


def test_the_text_names_both_parts_and_what_is_missing(told: dict[tuple[int, int], Explanation]) -> None:
    found = {"left": "a", "right": "b", "together": True, "decision": "review", "decided_by": "guard"}
    said = pair_text(found | told[0, 5].to_dict())
    assert "one entity, through other records of it" in said
    assert "the run said review: not joined, as their group would contradict itself or outgrow the others" in said
    assert "says nothing, as one record lacks it: date of birth, e-mail, own phone, domain, street" in said
    assert said.index("who it is") < said.index("given name: exact") < said.index("place and employer")


@pytest.mark.parametrize("entity", ["person", "company"])
def test_every_comparison_level_and_decision_has_words(entity: str) -> None:
    from crmclean.dedup.decide import Decisions

    for item in comparisons_of(entity):
        assert "_" not in name_words(item.name)
        for level in item.level_names[DIFFERENT:]:
            assert "_" not in finding_words(item.name, level), (item.name, level)
    assert all(decision_words(reason) != reason for reason in Decisions.REASONS)
