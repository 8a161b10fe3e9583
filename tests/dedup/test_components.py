"""Components are those of SciPy, whatever the links, long chains and wide stars among them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from crmclean.dedup.components import components


def by_scipy(count: int, left: list[int], right: list[int]) -> list[int]:
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
    _, raw = connected_components(graph, directed=False)
    return [int(np.flatnonzero(raw == label)[0]) for label in raw]


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2)))))
def test_components_are_those_of_scipy(case: tuple[int, list[tuple[int, int]]]) -> None:
    count, links = case
    left, right = [one for one, _ in links], [other for _, other in links]
    found = components(count, np.array(left, np.int64), np.array(right, np.int64))
    assert found.dtype == np.int32
    assert found.tolist() == by_scipy(count, left, right)


@pytest.mark.parametrize("shape", ["chain", "shuffled chain", "star"])
def test_large_components_are_one(shape: str) -> None:
    count = 200_000
    numbers = np.arange(count)
    if shape == "shuffled chain":
        numbers = np.random.default_rng(3).permutation(count)
    left, right = numbers[:-1], numbers[1:]
    if shape == "star":
        left, right = np.full(count - 1, count - 1), np.arange(count - 1)
    assert not components(count, left, right).any()


def test_nothing_to_join() -> None:
    assert components(0, np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == []
    assert components(3, np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == [0, 1, 2]
