"""Components are put together again as the definition says, all of one size at once."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedup import joining
from crmclean.dedup.joining import Evidence, SizeCharge, join_components
from tests.dedup.dedup_files import parts_of


def _odds(one, other, evidence, place, prior, charge):
    """The log odds of two parts, worked out anew from all their pairs."""
    pairs = [place[min(a, b), max(a, b)] for a in one for b in other]
    if evidence.never[pairs].any():
        return -math.inf
    total = prior
    heard, findings = pairs, range(len(evidence.findings))
    if evidence.leading is not None:
        named = [pair for pair in pairs if evidence.known[evidence.leading, pair]]
        if named and _told(evidence, evidence.leading, named) < 0:
            heard = named
    for finding in findings:
        some = heard if evidence.known[finding, heard].any() else pairs
        total += _told(evidence, finding, some)
    taken_off = float(charge(len(one), len(other))) if charge is not None else 0.0
    equal = evidence.equal is not None and bool(evidence.equal[pairs].any())
    return (min(total, 8.0) if taken_off < 0 and not equal else total) + taken_off


def _told(evidence, finding, pairs):
    """What some pairs say of one finding, in bits."""
    told = [2.0 ** (float(evidence.findings[finding, pair]) / 2) for pair in pairs if evidence.known[finding, pair]]
    return 2 * math.log2(sum(told) / len(told)) if told else 0.0


def _joined_one_by_one(members, evidence, place, prior, charge):
    parts = [frozenset({record}) for record in members]
    while len(parts) > 1:
        best, one, other = max(
            (
                (_odds(one, other, evidence, place, prior, charge), one, other)
                for one, other in itertools.combinations(parts, 2)
            ),
            key=lambda item: item[0],
        )
        if best < 0:
            break
        parts = [part for part in parts if part not in (one, other)] + [one | other]
    return set(parts)


def _components(sizes, rng, findings=3, leading=None):
    """Records of components of the sizes, shuffled over the numbers, with all their pairs and random evidence."""
    numbers = rng.permutation(sum(sizes))
    cuts = np.cumsum([0, *sizes])
    groups = [sorted(numbers[a:b].tolist()) for a, b in itertools.pairwise(cuts)]
    pairs = [pair for group in groups for pair in itertools.combinations(group, 2)]
    rng.shuffle(pairs)
    first, second = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    bits = rng.uniform(-9, 16, (findings, len(pairs)))
    known = rng.random(bits.shape) < 0.7
    bits[~known] = 0.0
    never = rng.random(len(pairs)) < 0.05
    labels = np.zeros(sum(sizes), np.int32)
    for group in groups:
        labels[group] = group[0]
    nothing = np.zeros(len(pairs), bool)
    equal = rng.random(len(pairs)) < 0.05
    return groups, first, second, labels, Evidence(bits.sum(axis=0), never, nothing, bits, known, leading, equal)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(
    st.lists(st.integers(3, 7), min_size=1, max_size=6),
    st.integers(0, 2**32 - 1),
    st.integers(-14, 0),
    st.booleans(),
    st.sampled_from([None, 0, 2]),
)
def test_parts_are_joined_as_their_odds_say(sizes, seed, prior, charged, leading):
    rng = np.random.default_rng(seed)
    groups, first, second, labels, evidence = _components(sizes, rng, leading=leading)
    charge = SizeCharge.of(rng.integers(1, 5, 40), max(sizes)) if charged else None
    place = {pair: at for at, pair in enumerate(zip(first.tolist(), second.tolist(), strict=True))}
    join_components(labels, first, second, evidence, float(prior), charge)
    expected = set().union(*(_joined_one_by_one(group, evidence, place, float(prior), charge) for group in groups))
    assert set(parts_of(labels.tolist())) == expected


def test_portions_do_not_matter(monkeypatch):
    rng = np.random.default_rng(11)
    _, first, second, labels, evidence = _components([4] * 9 + [5] * 7, rng)
    whole, little = labels.copy(), labels.copy()
    join_components(whole, first, second, evidence, -4.0)
    monkeypatch.setattr(joining, "_CELLS", 1)
    join_components(little, first, second, evidence, -4.0)
    assert whole.tolist() == little.tolist()


@pytest.mark.parametrize("leading", [None, 0])
def test_the_weakest_join_of_each_part_is_told(leading):
    groups, first, second, labels, evidence = _components([3, 4, 6, 7], np.random.default_rng(5), leading=leading)
    weakest = np.zeros(len(labels))
    place = {pair: at for at, pair in enumerate(zip(first.tolist(), second.tolist(), strict=True))}
    join_components(labels, first, second, evidence, -4.0, None, weakest)
    expected = {}
    for group in groups:
        parts = {frozenset({record}): math.inf for record in group}
        while True:
            odds, one, other = max(
                (
                    (_odds(one, other, evidence, place, -4.0, None), sorted(one), sorted(other))
                    for one, other in itertools.combinations(parts, 2)
                ),
                default=(-1.0, [], []),
            )
            if odds < 0:
                break
            joined = parts.pop(frozenset(one)), parts.pop(frozenset(other)), odds
            parts[frozenset(one + other)] = min(joined)
        expected |= {record: odds for part, odds in parts.items() for record in part}
    assert len(set(labels.tolist())) > 4
    assert weakest == pytest.approx([expected[record] for record in range(len(labels))])


def _of_pairs(said, leading=None):
    """Labels of one component of four records from what three findings say of its pairs; None is not known."""
    pairs = list(itertools.combinations(range(4), 2))
    told = [said.get(pair, (20.0, 0.0, 0.0)) for pair in pairs]
    known = np.array([[bits is not None for bits in each] for each in told]).T
    bits = np.array([[bits or 0.0 for bits in each] for each in told]).T
    nothing = np.zeros(len(pairs), bool)
    labels = np.zeros(4, np.int32)
    first, second = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    join_components(labels, first, second, Evidence(bits.sum(axis=0), nothing, nothing, bits, known, leading), -13.0)
    return labels.tolist()


def test_one_copy_with_the_new_mobile_is_enough():
    kept = dict.fromkeys(itertools.combinations(range(3), 2), (9.0, None, 16.0))
    assert (
        _of_pairs(kept | {(0, 3): (9.0, None, -4.0), (1, 3): (9.0, None, -4.0), (2, 3): (9.0, None, 16.0)}) == [0] * 4
    )


def test_a_copy_without_the_name_does_not_bridge_two_people():
    alike = {(0, 1): (8.0, 12.0, 3.0), (0, 2): (None, 12.0, 3.0), (1, 2): (None, 12.0, 3.0)}
    other = {(0, 3): (-8.0, -6.0, 3.0), (1, 3): (-8.0, -6.0, 3.0), (2, 3): (None, 12.0, 3.0)}
    assert _of_pairs(alike | other) == [0, 0, 0, 3]


def test_a_copy_without_the_name_says_what_the_others_do_not_know():
    """Of a finding that those with a name know, they alone are heard; of one they do not, the others are."""
    alike = {(0, 1): (8.0, 3.0, 9.0), (2, 3): (None, 20.0, 9.0)}
    other = dict.fromkeys([(0, 2), (1, 2)], (-8.0, -6.0, 9.0)) | dict.fromkeys([(0, 3), (1, 3)], (None, 16.0, 9.0))
    assert _of_pairs(alike | other) == [0] * 4
    assert _of_pairs(alike | other, leading=0) == [0, 0, 2, 2]
    unknown = dict.fromkeys([(0, 2), (1, 2)], (-8.0, None, 9.0)) | dict.fromkeys([(0, 3), (1, 3)], (None, 16.0, 9.0))
    assert _of_pairs(alike | unknown, leading=0) == [0] * 4


def test_what_three_copies_say_outweighs_one_that_went_wrong():
    assert _of_pairs({(0, 3): (-8.0, 0.0, 0.0)}) == [0] * 4


@pytest.mark.parametrize(("one", "other"), [(1, 1), (2, 1), (2, 2), (5, 1), (4, 3), (6, 4)])
def test_the_charge_is_the_ratio_of_the_priors(one, other):
    sizes = np.repeat([1, 2, 3, 4, 5], [700, 150, 60, 30, 20])
    seen = np.bincount(sizes)[1:]
    believed = {size: 16 / 3 ** (size - 1) for size in range(1, 7)}
    believed |= {size: believed[6] / 4 ** (size - 6) for size in range(7, 13)}
    by_chance = dict.fromkeys(believed, 0.0)
    for larger, smaller in itertools.combinations_with_replacement(range(5, 0, -1), 2):
        by_chance[larger + smaller] += seen[larger - 1] * seen[smaller - 1] / seen.sum() / 256
    counted = {size: max(seen[size - 1] - by_chance[size], 0) if size <= 5 else 0 for size in believed}
    reached = {size: sum(count for each, count in counted.items() if each >= size) / size for size in believed}
    share = {size: (count + max(counted[size], reached[size])) / 1000 for size, count in believed.items()}

    def prior(*parts):
        return math.prod(math.factorial(part) * share[part] for part in parts)

    expected = math.log2(prior(one + other) / prior(one, other) / (prior(2) / prior(1, 1)))
    assert SizeCharge.of(sizes, 12)(one, other) == pytest.approx(min(expected, 0.0))


def test_a_size_that_the_file_hardly_has_is_charged_and_common_ones_are_not():
    charge = SizeCharge.of(np.repeat([1, 2, 3, 4, 5], [7000, 1500, 600, 300, 200]), 8)
    assert charge.is_charged().tolist() == [False] * 6 + [True] * 3
    assert charge(5, 1) < -3


def test_wrong_joins_do_not_make_a_size_common():
    """Of 8,000 clusters of five one in 256 may have met a single record; a thousand sixes are no accident."""
    true = np.repeat([1, 2, 3, 4, 5], [585_000, 108_000, 34_000, 13_000, 8_000])
    few, many = (SizeCharge.of(np.append(true, np.full(count, 6)), 12) for count in (20, 1_000))
    assert few(5, 1) == pytest.approx(float(SizeCharge.of(true, 12)(5, 1)))
    assert few(5, 1) < few(4, 2) < few(3, 3) < -8
    assert many(5, 1) == 0
    assert few(5, 5) < -8, "nor are two people of five records one of ten"


def test_a_charged_join_needs_two_records_that_are_equal():
    """However much speaks for a sixth record, where nobody has six: only what is there twice is surely there twice."""
    charge = SizeCharge.of(np.repeat([1, 2, 3, 4, 5], [585_000, 108_000, 34_000, 13_000, 8_000]), 6)
    pairs = list(itertools.combinations(range(6), 2))
    first, second = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    bits, nothing = np.array([40.0 if 5 in pair else 90.0 for pair in pairs]), np.zeros(len(pairs), bool)
    for equal, expected in ((nothing, [0, 0, 0, 0, 0, 5]), (second == 5, [0] * 6)):
        labels = np.zeros(6, np.int32)
        evidence = Evidence(bits, nothing, nothing, bits[None], np.ones((1, 15), bool), equal=equal)
        join_components(labels, first, second, evidence, -20.0, charge)
        assert labels.tolist() == expected
