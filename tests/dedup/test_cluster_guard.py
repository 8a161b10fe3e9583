"""Clusters are the connected components, minus what the guard cuts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedup.cluster import Guard, _torn_links, cluster_records, confidence
from crmclean.dedup.components import components
from crmclean.dedup.core import Settings
from crmclean.dedup.guard import guard_of
from crmclean.dedup.joining import Evidence
from crmclean.dedup.model import prior_model
from crmclean.dedup.workings import prepare
from tests.dedup.dedup_files import fields_of, parts_of
from tests.dedup.oracle import components_of

pairs = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)).filter(lambda pair: pair[0] < pair[1]), max_size=30)


def _agreeing(a, b):
    nothing = np.zeros(len(a), bool)
    return Evidence.whole(np.full(len(a), 5.0), nothing, nothing)


def _arrays(links):
    left, right = np.array([a for a, _ in links], int), np.array([b for _, b in links], int)
    return left, right


@settings(derandomize=True, max_examples=60, deadline=None)
@given(pairs)
def test_without_doubt_clusters_are_components(links):
    left, right = _arrays(links)
    found = cluster_records(20, left, right, np.full(len(left), 9.0), Guard(_agreeing))
    expected = components_of(20, links)
    assert found.labels.tolist() == expected
    assert components(20, left, right).tolist() == expected


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    pairs, st.sets(st.tuples(st.integers(0, 19), st.integers(0, 19)).filter(lambda pair: pair[0] < pair[1]), max_size=6)
)
def test_the_guard_only_splits_and_parts_the_contradicting(links, contrary):
    links = [pair for pair in links if pair not in contrary]
    left, right = _arrays(links)

    def evaluate(a, b):
        low, high = np.minimum(a, b), np.maximum(a, b)
        never = np.array([(int(x), int(y)) in contrary for x, y in zip(low, high, strict=True)], bool)
        return Evidence.whole(np.where(never, -20.0, 5.0), never, np.zeros(len(a), bool))

    found = cluster_records(20, left, right, np.full(len(left), 9.0), Guard(evaluate))
    whole = parts_of(components_of(20, links))
    assert all(any(part <= component for component in whole) for part in parts_of(found.labels.tolist()))
    assert all(found.labels[a] != found.labels[b] for a, b in contrary)


def test_a_chain_is_cut_at_its_weakest_place():
    bits = {(0, 1): 20.0, (1, 2): 6.0, (2, 3): 20.0}

    def evaluate(a, b):
        keys = [(int(min(x, y)), int(max(x, y))) for x, y in zip(a, b, strict=True)]
        never = np.array([key == (0, 3) for key in keys])
        return Evidence.whole(np.array([bits.get(key, -12.0) for key in keys]), never, np.zeros(len(a), bool))

    left, right, weight = np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([20.0, 6.0, 20.0])
    assert cluster_records(4, left, right, weight, Guard(evaluate)).labels.tolist() == [0, 0, 2, 2]


def test_giants_are_split_without_comparing_all_with_all():
    count = 6000
    left, right = np.arange(count - 1), np.arange(1, count)
    weight = np.where(np.arange(count - 1) % 10 == 9, 5.0, 20.0)
    asked = []

    def evaluate(a, b):
        asked.append(len(a))
        return _agreeing(a, b)

    found = cluster_records(count, left, right, weight, Guard(evaluate))
    assert found.largest == 10
    assert sum(asked) < 10 * count


def test_confidence_is_the_weakest_link_that_is_needed():
    labels = np.array([0, 0, 0, 3])
    told = confidence(labels, np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([0.99, 0.95, 0.91]))
    assert told.tolist() == [0.95, 0.95, 0.95, 1.0]


def test_a_record_between_two_that_contradict_each_other_goes_to_neither():
    def evaluate(a, b):
        contrary = np.array([{int(x), int(y)} == {0, 2} for x, y in zip(a, b, strict=True)], bool)
        return Evidence.whole(np.full(len(a), 3.0), np.zeros(len(a), bool), contrary)

    left, right = np.array([0, 1, 3]), np.array([1, 2, 4])
    weak, strong = np.array([4.0, 4.5, 4.0]), np.array([4.0, 20.0, 4.0])
    assert cluster_records(5, left, right, weak, Guard(evaluate, firm=6.0)).labels.tolist() == [0, 1, 2, 3, 3]
    assert cluster_records(5, left, right, strong, Guard(evaluate, firm=6.0)).labels.tolist() == [0, 0, 0, 3, 3]


@pytest.mark.parametrize(("born", "never"), [("1983-03-16", False), ("", True)])
def test_a_number_in_a_mailbox_tells_people_apart_unless_the_birth_date_says_otherwise(born, never):
    rows = [
        {"first_name": "Mason", "last_name": "Smith", "email": f"masons{number}@reed.com", "birth_date": born}
        for number in (52, 2)
    ]
    rows += [{"first_name": "Ada", "last_name": "Vogel", "email": "ada@vogel.net", "birth_date": "1971-01-02"}]
    work = prepare(fields_of(rows), Settings())
    place = np.argsort(work.records.position)
    model = prior_model("person", work.comparer.active, len(rows))
    assert guard_of(work, model, Settings()).evaluate(place[:1], place[1:2]).never.tolist() == [never]


def test_torn_links_are_those_between_contradicting_partners() -> None:
    """Against the definition, link by link."""
    chance = np.random.default_rng(5)
    torn = 0
    for _ in range(200):
        count = int(chance.integers(3, 12))
        left, right = chance.integers(0, count, (2, 20))
        left, right = left[left != right], right[left != right]
        weight = chance.random(len(left))
        contrary = chance.integers(0, count, (2, 6))
        links = list(zip(left.tolist(), right.tolist(), weight.tolist(), strict=True))
        against = {frozenset(pair) for pair in contrary.T.tolist()}
        partners: dict[int, set[int]] = {record: set() for record in range(count)}
        strongest = dict.fromkeys(range(count), -np.inf)
        for one, other, bits in links:
            for record, partner in ((one, other), (other, one)):
                partners[record].add(partner)
                strongest[record] = max(strongest[record], bits)
        expected = [
            any(
                strongest[record] < 0.7 and frozenset((third, partner)) in against
                for record, partner in ((one, other), (other, one))
                for third in partners[record]
            )
            for one, other, _ in links
        ]
        found = _torn_links(np.zeros(count, np.int32), (left, right, weight), (contrary[0], contrary[1]), 0.7)
        assert found.tolist() == expected
        torn += sum(expected)
    assert torn > 100


def _file_of_fives(extra):
    """400 clusters of two, and of five that hold firmly, 40 of these with a sixth record that ``extra`` bits hold."""
    links, bits = [], {}
    for start in range(0, 2400, 6):
        five = range(start, start + 5)
        links += [(a, b) for a in five for b in five if a < b]
        links += [(start + 4, start + 5)] if start % 60 == 0 else []
        bits |= {(member, start + 5): extra for member in five}
    links += [(start, start + 1) for start in range(2400, 3200, 2)]

    def evaluate(a, b):
        nothing, pairs = np.zeros(len(a), bool), zip(a.tolist(), b.tolist(), strict=True)
        return Evidence.whole(np.array([bits.get(pair, 40.0) for pair in pairs]), nothing, nothing)

    left, right = _arrays(links)
    found = cluster_records(3200, left, right, np.full(len(left), 20.0), Guard(evaluate, -20.0))
    return np.bincount(np.bincount(found.labels))[5:].tolist()


def test_a_size_is_rare_whatever_wrong_joins_make_of_it():
    """Forty joins that are likely, but not sure, do not make six a size that the file has; sure ones do."""
    assert _file_of_fives(extra=27.0) == [400]
    assert _file_of_fives(extra=40.0) == [360, 40]
