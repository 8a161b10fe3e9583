"""The quick way to the first member of each cluster finds what sorting would."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crmclean.survivorship.choose import first_of_each

Ints = np.ndarray[Any, np.dtype[np.int64]]


def by_sorting(cluster: Ints, keys: list[Ints]) -> Ints:
    order = np.lexsort((*reversed(keys), cluster))
    return order[np.unique(cluster[order], return_index=True)[1]]


@pytest.mark.parametrize("spread", [2, 50, 10**6, 10**12, 2**62])
@pytest.mark.parametrize("seed", range(5))
def test_first_of_each_equals_sorting(spread: int, seed: int) -> None:
    """Keys small enough to be packed, and keys that are not; ties too, of which the first in place wins."""
    chance = np.random.default_rng(seed)
    cluster = np.sort(chance.integers(0, 40, 200))
    keys = [chance.integers(-1, 2, 200), chance.integers(-spread, spread, 200), chance.integers(0, 3, 200)]
    assert first_of_each(cluster, keys).tolist() == by_sorting(cluster, keys).tolist()


def test_first_of_each_of_nothing_is_nothing() -> None:
    empty = np.empty(0, np.int64)
    assert first_of_each(empty, [empty]).tolist() == []
