"""How many slips a match has, told by the file: with one each, independently, or together."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedup.core import Settings, link_records
from crmclean.dedup.priors import BOTH_MISSING, comparisons_of
from crmclean.dedup.slips import bits_by_code, fit_slips, slip_codes
from tests.dedup.dedup_files import fields_of

ITEMS = [item for item in comparisons_of("person") if item.name in ("given", "family", "birth", "national_id")]


def codes_of(*pairs: tuple[str, ...]) -> np.ndarray:
    """Codes of pairs given by the level names of given name, family name, birth date and number."""
    found = {item.name: np.array([item.code(pair[k]) for pair in pairs], np.uint8) for k, item in enumerate(ITEMS)}
    return slip_codes(ITEMS, found, len(pairs))


@pytest.mark.parametrize(
    ("levels", "known", "slips"),
    [
        (("exact", "exact", "exact", "exact"), 4, 0),
        (("typo", "exact", "digit", "exact"), 4, 2),
        (("similar", "initial", "same_day", "transposed"), 4, 4),
        (("different", "exact", "one_missing", "both_missing"), 1, 0),
        (("swapped", "swapped", "exact", "exact"), 3, 1),
        (("misplaced", "exact", "exact", "different"), 3, 1),
    ],
)
def test_what_is_different_or_missing_is_no_slip_and_swapped_names_are_one(levels, known, slips):
    table = np.arange(25.0).reshape(5, 5)
    assert bits_by_code(table)[codes_of(levels)[0]] == table[known, slips]


def test_fields_that_are_not_compared_are_not_counted():
    found = {"given": np.array([ITEMS[0].code("typo")], np.uint8)}
    assert bits_by_code(np.arange(25.0).reshape(5, 5))[slip_codes(ITEMS, found, 1)[0]] == 6


def fitted(kinds: dict[tuple[int, int, int], int]) -> np.ndarray:
    """Bits of a file whose matches have slips (1) or none (0) in given name, family name and birth date so often."""
    kind = [item.code("typo" if item.name != "birth" else "digit") for item in ITEMS[:3]]
    rows = [place for place, times in kinds.items() for _ in range(times)]
    levels = {
        item.name: np.array([kind[k] if row[k] else item.code("exact") for row in rows], np.uint8)
        for k, item in enumerate(ITEMS[:3])
    }
    return fit_slips(slip_codes(ITEMS, levels, len(rows)), np.full(len(rows), 4096), 1 / 4096)


def test_one_slip_each_is_worth_more_and_none_or_two_less():
    found = fitted({(1, 0, 0): 700, (0, 1, 0): 200, (0, 0, 1): 100})
    one = 1000 * (0.7 * 0.8 * 0.9 + 0.3 * 0.2 * 0.9 + 0.3 * 0.8 * 0.1)  # to be expected, by hand
    assert found[3, 1] == pytest.approx(np.log2((1000 + 100) / (one + 100)))
    assert found[3, 0] == -1  # 100 of 316 would be more
    assert found[3, 2] == -1  # 100 of 288
    assert found[3, 3] == pytest.approx(np.log2(100 / (1000 * 0.7 * 0.2 * 0.1 + 100)))
    assert not found[:3].any()
    assert not found[4].any()


def test_slips_that_come_together_attract():
    found = fitted({(0, 0, 0): 700, (1, 1, 1): 200, (1, 0, 0): 50, (0, 1, 0): 50})
    assert found[3, 3] == 1
    assert found[3, 1] < 0


def test_independent_slips_add_nothing():
    rates = (0.4, 0.2, 0.1)
    kinds = {
        place: round(10_000 * np.prod([rate if slip else 1 - rate for slip, rate in zip(place, rates, strict=True)]))
        for place in itertools.product((0, 1), repeat=3)
    }
    assert np.abs(fitted(kinds)).max() < 1e-3


def test_few_matches_tell_little():
    assert np.abs(fitted({(1, 0, 0): 2, (0, 1, 0): 2, (0, 0, 1): 2})).max() < 0.05


@settings(derandomize=True, max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(BOTH_MISSING, item.size - 1) for item in ITEMS]), min_size=1, max_size=60),
    st.integers(0, 2**32 - 1),
)
def test_no_pattern_gains_or_loses_more_than_a_bit_whatever_the_order(rows, seed):
    codes = slip_codes(
        ITEMS, dict(zip((item.name for item in ITEMS), np.array(rows, np.uint8).T, strict=True)), len(rows)
    )
    rng = np.random.default_rng(seed)
    posterior, order = rng.integers(0, 4097, len(rows)), rng.permutation(len(rows))
    found = fit_slips(codes, posterior, 300 / 4096)
    assert np.abs(found).max() <= 1
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found, fit_slips(codes[order], posterior[order], 300 / 4096))


def test_a_run_says_what_it_found_and_weighs_by_it():
    rng = np.random.default_rng(2)
    syllables = np.array(["ba", "do", "ki", "lu", "me", "no", "ra", "si", "tu", "ve"])
    rows = []
    for number in range(600):
        names = ["".join(rng.choice(syllables, 4)) for _ in range(2)]
        born = f"{1940 + number % 60}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        person = {"first_name": names[0], "last_name": names[1], "birth_date": born}
        slip = ("first_name", "last_name")[number % 2]  # each copy has one slip, in one of two fields
        rows += [person, person | {slip: person[slip][:-1] + "x"}]
    measures = link_records(fields_of(rows), Settings()).measures
    assert measures["slips"][3][1] > 0.4
    assert measures["slips"][3][0] == -1
