"""Hashes of texts and of records: the compiled kernel gives what NumPy gives."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedup import hashes as record_hashes
from crmclean.dedup.forms import Form, hash_texts
from crmclean.dedup.hashes import content_hashes, order_of
from crmclean.tables import hashes

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=30)


@settings(deadline=None)
@given(TEXTS, st.integers(0, 5))
def test_texts(values: list[str | None], start: int) -> None:
    texts = pa.array(values, pa.large_string()).slice(min(start, len(values)))
    filled = pa.array([value or "" for value in texts.to_pylist()], pa.large_string())
    np.testing.assert_array_equal(hash_texts(texts), hashes._plain(filled))


def test_a_text_has_the_hash_it_always_had() -> None:
    expected = [2685821657736338717, 5731836101423094, 3762095778945945634]
    assert hash_texts(pa.array(["", "anna", "maria.gonzalez@example.com"])).tolist() == expected


@pytest.mark.parametrize("count", [0, 1, 7, 20_000])
def test_records(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(4)
    values = pa.array(["", *map(str, range(50))], pa.large_string())
    pool, column = (draw.integers(0, 51, shape).astype(np.int32) for shape in ((3, count), (count,)))
    named = [("email", Form(pool, values)), ("given", Form(column, values)), ("city", Form(column[::-1], values))]
    compiled = content_hashes(named, count)
    monkeypatch.setattr(hashes, "kernel", lambda *_: None)
    monkeypatch.setattr(record_hashes, "kernel", lambda *_: None)
    np.testing.assert_array_equal(compiled, content_hashes(named, count))
    apart = np.unique(np.vstack([pool, column, column[::-1]]), axis=1).shape[1]
    assert len(np.unique(compiled)) == apart
    assert content_hashes([], count).tolist() == [0] * count


NUMBERS = st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 40), st.sampled_from([2**63, 2**63 + 7]))


@settings(deadline=None)
@given(st.lists(NUMBERS, max_size=60))
def test_order_is_that_of_a_stable_sort(values: list[int]) -> None:
    numbers = np.array(values, np.uint64)
    np.testing.assert_array_equal(order_of(numbers), np.argsort(numbers, kind="stable"))


def test_order_of_many() -> None:
    numbers = np.random.default_rng(1).integers(0, 2**64, 70_000, np.uint64)
    numbers[::3] >>= np.uint64(50)
    np.testing.assert_array_equal(order_of(numbers), np.argsort(numbers, kind="stable"))
