"""The count formulas equal an obvious walk over all pairs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.evaluate import bcubed, largest_cluster, pairwise

clusterings = st.integers(0, 14).flatmap(
    lambda size: st.tuples(*[st.lists(st.integers(0, 5), min_size=size, max_size=size)] * 2)
)


def all_pairs(predicted: list[int], truth: list[int]) -> tuple[int, int, int]:
    """(TP, FP, FN) by looking at each pair."""
    pairs = list(combinations(range(len(truth)), 2))
    claimed = {(i, j) for i, j in pairs if predicted[i] == predicted[j]}
    real = {(i, j) for i, j in pairs if truth[i] == truth[j]}
    return len(claimed & real), len(claimed - real), len(real - claimed)


def each_record(predicted: list[int], truth: list[int]) -> tuple[float, float]:
    """B-cubed by looking at each record."""
    precision, recall = [], []
    for i in range(len(truth)):
        mine = {j for j in range(len(truth)) if predicted[j] == predicted[i]}
        true = {j for j in range(len(truth)) if truth[j] == truth[i]}
        precision.append(len(mine & true) / len(mine))
        recall.append(len(mine & true) / len(true))
    return float(np.mean(precision)), float(np.mean(recall))


@settings(derandomize=True, max_examples=100, deadline=None)
@given(clusterings)
def test_pairwise_counts_equal_the_walk_over_all_pairs(labels: tuple[list[int], list[int]]) -> None:
    scores = pairwise(*labels)
    assert (scores.true_positive, scores.false_positive, scores.false_negative) == all_pairs(*labels)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(clusterings.filter(lambda labels: len(labels[0]) > 0))
def test_bcubed_equals_the_walk_over_records(labels: tuple[list[int], list[int]]) -> None:
    scores = bcubed(*labels)
    assert (scores.precision, scores.recall) == pytest.approx(each_record(*labels))


@settings(derandomize=True, max_examples=50, deadline=None)
@given(clusterings, st.permutations(range(6)))
def test_names_of_clusters_and_order_of_records_do_not_matter(
    labels: tuple[list[int], list[int]], names: list[int]
) -> None:
    predicted, truth = labels
    renamed = [f"cluster {names[label]}" for label in predicted]
    assert pairwise(renamed[::-1], truth[::-1]) == pairwise(predicted, truth)
    assert bcubed(renamed, truth) == bcubed(predicted, truth)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(clusterings)
def test_swapping_prediction_and_truth_swaps_precision_and_recall(labels: tuple[list[int], list[int]]) -> None:
    one, other = pairwise(*labels), pairwise(*labels[::-1])
    assert (one.precision, one.recall) == (other.recall, other.precision)
    assert one.f1 == pytest.approx(other.f1)


def test_a_perfect_clustering_scores_one() -> None:
    truth = [1, 1, 2, 3, 3, 3]
    assert (pairwise(truth, truth).f1, bcubed(truth, truth).f1) == (1.0, 1.0)


def test_nothing_claimed_is_not_wrong_but_finds_nothing() -> None:
    scores = pairwise([1, 2, 3], [1, 1, 1])
    assert (scores.precision, scores.recall, scores.f1) == (1.0, 0.0, 0.0)


def test_an_empty_file_scores_one() -> None:
    assert pairwise([], []).f1 == 1.0
    assert bcubed([], []).f1 == 1.0
    assert largest_cluster([]) == 0


def test_series_arrow_and_numpy_labels_are_equal_inputs() -> None:
    truth = ["x", "x", "y", "ä"]
    for form in (pd.Series, np.array, pa.array, pd.Index, lambda values: pa.chunked_array([values])):
        assert pairwise(form(truth), truth).f1 == 1.0
        assert largest_cluster(form(truth)) == 2


def test_a_million_records_in_one_cluster_need_no_pairs() -> None:
    count = 1_000_000
    scores = pairwise(np.zeros(count, int), np.arange(count))
    assert scores.false_positive == count * (count - 1) // 2


@pytest.mark.parametrize(
    ("predicted", "truth", "message"),
    [
        ([1, 2], [1], "2 predicted labels for 1"),
        ([1, None], [1, 2], "1 labels are missing"),
        (np.zeros((2, 2)), [1, 2], "one-dimensional"),
    ],
)
def test_labels_that_cannot_be_compared_are_refused(predicted: object, truth: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pairwise(predicted, truth)
