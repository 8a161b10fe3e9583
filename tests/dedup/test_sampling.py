"""Samples of pairs are as large as asked for, also those of a sample."""

from __future__ import annotations

import numpy as np

from crmclean.dedup.model import sample_pairs


def test_a_sample_of_a_sample_is_as_large_as_asked_for() -> None:
    left, right = (side.ravel() for side in np.meshgrid(np.arange(400), np.arange(400)))
    first = sample_pairs(left, right, 400, 80_000)
    second = sample_pairs(left[first], right[first], 400, 20_000, again=True)
    assert abs(len(first) - 80_000) < 2_000
    assert abs(len(second) - 20_000) < 1_000


def test_a_sample_depends_on_the_pairs_and_not_on_their_order() -> None:
    left, right = (side.ravel() for side in np.meshgrid(np.arange(100), np.arange(100)))
    order = np.random.default_rng(1).permutation(len(left))
    for again in (False, True):
        one = sample_pairs(left, right, 100, 1_000, again=again)
        other = order[sample_pairs(left[order], right[order], 100, 1_000, again=again)]
        assert np.array_equal(one, np.sort(other))
