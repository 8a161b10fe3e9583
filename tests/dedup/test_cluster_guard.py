"""Clusters are the connected components, minus what the guard cuts."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedup.cluster import cluster_records, components, confidence
from tests.dedup.dedup_files import parts_of
from tests.dedup.oracle import components_of

pairs = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)).filter(lambda pair: pair[0] < pair[1]), max_size=30)


def _agreeing(a, b):
    nothing = np.zeros(len(a), bool)
    return np.full(len(a), 5.0), nothing, nothing


def _arrays(links):
    left, right = np.array([a for a, _ in links], int), np.array([b for _, b in links], int)
    return left, right


@settings(derandomize=True, max_examples=60, deadline=None)
@given(pairs)
def test_without_doubt_clusters_are_components(links):
    left, right = _arrays(links)
    found = cluster_records(20, left, right, np.full(len(left), 9.0), _agreeing)
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
        return np.where(never, -20.0, 5.0), never, np.zeros(len(a), bool)

    found = cluster_records(20, left, right, np.full(len(left), 9.0), evaluate)
    whole = parts_of(components_of(20, links))
    assert all(any(part <= component for component in whole) for part in parts_of(found.labels.tolist()))
    assert all(found.labels[a] != found.labels[b] for a, b in contrary)


def test_a_chain_is_cut_at_its_weakest_place():
    bits = {(0, 1): 20.0, (1, 2): 6.0, (2, 3): 20.0}

    def evaluate(a, b):
        keys = [(int(min(x, y)), int(max(x, y))) for x, y in zip(a, b, strict=True)]
        never = np.array([key == (0, 3) for key in keys])
        return np.array([bits.get(key, -12.0) for key in keys]), never, np.zeros(len(a), bool)

    left, right, weight = np.array([0, 1, 2]), np.array([1, 2, 3]), np.array([20.0, 6.0, 20.0])
    assert cluster_records(4, left, right, weight, evaluate).labels.tolist() == [0, 0, 2, 2]


def test_giants_are_split_without_comparing_all_with_all():
    count = 6000
    left, right = np.arange(count - 1), np.arange(1, count)
    weight = np.where(np.arange(count - 1) % 10 == 9, 5.0, 20.0)
    asked = []

    def evaluate(a, b):
        asked.append(len(a))
        return _agreeing(a, b)

    found = cluster_records(count, left, right, weight, evaluate)
    assert found.largest == 10
    assert sum(asked) < 10 * count


def test_confidence_is_the_weakest_link_that_is_needed():
    labels = np.array([0, 0, 0, 3])
    told = confidence(labels, np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([0.99, 0.95, 0.91]))
    assert told.tolist() == [0.95, 0.95, 0.95, 1.0]


def test_a_record_between_two_that_contradict_each_other_goes_to_neither():
    def evaluate(a, b):
        contrary = np.array([{int(x), int(y)} == {0, 2} for x, y in zip(a, b, strict=True)], bool)
        return np.full(len(a), 3.0), np.zeros(len(a), bool), contrary

    left, right = np.array([0, 1, 3]), np.array([1, 2, 4])
    weak, strong = np.array([4.0, 4.5, 4.0]), np.array([4.0, 20.0, 4.0])
    assert cluster_records(5, left, right, weak, evaluate, 6.0).labels.tolist() == [0, 1, 2, 3, 3]
    assert cluster_records(5, left, right, strong, evaluate, 6.0).labels.tolist() == [0, 0, 0, 3, 3]


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.integers(-12, 12).map(lambda bits: bits + 0.1), min_size=3, max_size=3, unique=True))
def test_three_records_fall_apart_as_average_linkage_says(bits):
    said = dict(zip([(0, 1), (0, 2), (1, 2)], bits, strict=True))

    def evaluate(a, b):
        nothing = np.zeros(len(a), bool)
        return np.array([said[int(min(x, y)), int(max(x, y))] for x, y in zip(a, b, strict=True)]), nothing, nothing

    left, right = np.array([0, 1]), np.array([1, 2])
    labels = cluster_records(3, left, right, np.array([9.0, 9.0]), evaluate).labels.tolist()
    one, other = max(said, key=said.__getitem__)
    if min(bits) >= -6:
        assert labels == [0, 0, 0]  # nothing speaks clearly against itself: not examined
    elif said[one, other] < 0:
        assert labels == [0, 1, 2]
    else:
        assert labels[one] == labels[other]
        assert (len(set(labels)) == 1) == (sum(bits) - said[one, other] >= 0)
