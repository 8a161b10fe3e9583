"""Whole clusters, thresholds, probabilities, and two clusterings that name their records."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.errors import InputUnreadable, UsageError
from crmclean.evaluate import Clustering, Links, cluster_figures, compare, pairwise, reliability, sweep

clusterings = st.integers(0, 14).flatmap(
    lambda size: st.tuples(*[st.lists(st.integers(0, 5), min_size=size, max_size=size)] * 2)
)


def groups(labels: list[int]) -> set[frozenset[int]]:
    return {frozenset(i for i, other in enumerate(labels) if other == label) for label in labels}


@settings(derandomize=True, max_examples=100, deadline=None)
@given(clusterings)
def test_cluster_figures_equal_the_walk_over_sets(labels: tuple[list[int], list[int]]) -> None:
    predicted, truth = groups(labels[0]), groups(labels[1])
    found = cluster_figures(*labels)
    assert (found.predicted, found.true) == (len(predicted), len(truth))
    assert found.predicted_of_several == sum(len(group) > 1 for group in predicted)
    assert found.true_of_several == sum(len(group) > 1 for group in truth)
    assert found.exactly_right == sum(len(group) > 1 for group in predicted & truth)
    assert found.split == sum(not any(group <= other for other in predicted) for group in truth)
    assert found.merged == sum(not any(group <= other for other in truth) for group in predicted)
    assert found.largest_predicted == max(map(len, predicted), default=0)
    assert found.largest_true == max(map(len, truth), default=0)


LINKS = Links(np.array([0, 1, 3, 4]), np.array([1, 2, 4, 5]), np.array([0.97, 0.6, 0.9, 0.05]))
TRUTH = np.array([7, 7, 7, 8, 9, -1])


def test_each_threshold_gives_the_components_of_its_links() -> None:
    found = dict(sweep(LINKS, TRUTH, (0.5, 0.9, 0.95)))
    assert (found[0.5].true_positive, found[0.5].false_positive, found[0.5].false_negative) == (3, 1, 0)
    assert (found[0.9].true_positive, found[0.9].false_positive, found[0.9].false_negative) == (1, 1, 2)
    assert (found[0.95].true_positive, found[0.95].false_positive, found[0.95].false_negative) == (1, 0, 2)


def test_a_record_of_unknown_truth_still_joins_others() -> None:
    bridge = Links(np.array([0, 1]), np.array([1, 2]), np.array([1.0, 1.0]))
    ((_, found),) = sweep(bridge, np.array([5, -1, 5]), (0.5,))
    assert (found.true_positive, found.recall) == (1, 1.0)


def test_bins_say_how_many_links_are_true() -> None:
    found = {(item.low, item.high): item for item in reliability(LINKS, TRUTH) if item.links}
    assert set(found) == {(0.6, 0.7), (0.9, 0.95), (0.95, 0.99)}  # the link to the unknown record is left out
    assert (found[0.9, 0.95].mean_probability, found[0.9, 0.95].share_true) == (0.9, 0.0)
    assert found[0.6, 0.7].share_true == 1.0


def test_certain_and_hopeless_links_have_a_bin() -> None:
    edge = Links(np.array([0, 0]), np.array([1, 1]), np.array([0.0, 1.0]))
    found = reliability(edge, np.array([1, 1]))
    assert (found[0].links, found[-1].links, sum(item.links for item in found)) == (1, 1, 2)
    assert found[1].mean_probability is None


def clustering(name: str, labels: dict[str, int], **more: object) -> Clustering:
    ids = pa.array(list(labels), pa.large_string())
    return Clustering(name, ids, np.array(list(labels.values()), np.int64), **more)  # type: ignore[arg-type]


def test_only_records_of_both_are_scored_and_the_others_said() -> None:
    predicted = clustering("ours", {"a": 0, "b": 0, "c": 1, "d": 1})
    truth = clustering("theirs", {"z": 4, "c": 5, "b": 3, "a": 3})
    found = compare(predicted, truth)
    assert (found.records, found.predicted_only, found.true_only) == (3, 1, 1)
    assert found.pairs == pairwise([0, 0, 1], [3, 3, 5])
    assert list(found.notes) == [
        "records of ours that are not in theirs, left out of the scores: 1",
        "records of theirs that are not in ours, left out of the scores: 1",
    ]
    assert json.loads(json.dumps(found.to_dict()))["pairs"]["f1"] == 1.0


def test_a_truth_of_all_pairs_leaves_the_rest_alone() -> None:
    predicted = clustering("ours", {"a": 0, "b": 0, "c": 1, "d": 1})
    found = compare(predicted, clustering("pairs", {"a": 0, "b": 0}, rest_alone=True))
    assert (found.records, found.pairs.true_positive, found.pairs.false_positive) == (4, 1, 1)
    assert found.notes == ("records in no pair of pairs, taken as on their own: 2",)


def test_records_go_by_the_name_the_truth_knows() -> None:
    short = pa.array(["1", "2", "1"])
    predicted = clustering("out", {"a.csv:1": 0, "a.csv:2": 0, "b.csv:1": 1}, short_ids=short)
    assert compare(predicted, clustering("t", {"a.csv:1": 0, "a.csv:2": 0, "b.csv:1": 1})).pairs.f1 == 1.0
    assert compare(predicted, clustering("t", {"2": 0})).records == 1
    with pytest.raises(InputUnreadable, match="'1' may be any of 2 records of out") as said:
        compare(predicted, clustering("t", {"1": 0, "2": 0}))
    assert "a.csv:1 or b.csv:1" in said.value.hint


def test_no_common_record_is_an_error_and_no_true_pair_a_note() -> None:
    predicted = clustering("ours", {"a": 0, "b": 0})
    with pytest.raises(UsageError, match=r"no record id in common \('a' here, 'x' there\)"):
        compare(predicted, clustering("theirs", {"x": 0}))
    assert "say --pairs" in compare(predicted, clustering("theirs", {"a": 0, "b": 1})).notes[0]
