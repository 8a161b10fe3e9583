"""Blocks and their pairs: the compiled kernels give what NumPy gives, array for array."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.dedup import block_pairs, blocks, pairs
from crmclean.dedup.block_pairs import distinct_pairs, is_picked, sample_codes
from crmclean.dedup.blocks import Blocks, blocks_of, in_order
from crmclean.dedup.pairs import sort_words, stable_order
from crmclean.kernels import kernel

Ints = np.ndarray[Any, Any]


def plainly(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function gives without compiled kernels."""
    nothing = mock.Mock(return_value=None)
    with (
        mock.patch.object(blocks, "kernel", nothing),
        mock.patch.object(block_pairs, "kernel", nothing),
        mock.patch.object(pairs, "kernel", nothing),
    ):
        return function(*arguments)


def assert_same(one: Any, other: Any) -> None:
    if isinstance(one, Blocks):
        assert (one.window, one.largest) == (other.window, other.largest)
        one, other = (one.members, one.starts, one.lengths), (other.members, other.starts, other.lengths)
    for mine, yours in zip(one, other, strict=True):
        assert mine.dtype == yours.dtype
        np.testing.assert_array_equal(mine, yours)


def check(keys: Sequence[Ints], members: Ints | None, count: int) -> None:
    """Blocks of keys, walked in some order, and their pairs, sampled and distinct, are the same both ways."""
    found = blocks_of(keys, members, count)
    assert_same(found, plainly(blocks_of, keys, members, count))
    assert (found.lengths > 1).all()
    ordered = np.random.default_rng(count).permutation(count).astype(np.int32)
    rank = np.argsort(ordered).astype(np.int32)
    walked = in_order(found, rank, ordered, 2)
    assert_same(walked, plainly(in_order, found, rank, ordered, 2))
    width = max(count, 1).bit_length()
    for each in (found, walked):
        assert each.pairs == len(block_pairs._codes(each, width))
        for share in (0.4, 1 - 2**-53):
            codes = sample_codes([each], width, share)
            np.testing.assert_array_equal(codes, plainly(sample_codes, [each], width, share))
            assert is_picked(codes, share).all()
    both = [[found, walked], [], [walked]]
    assert_same(distinct_pairs(both, width), plainly(distinct_pairs, both, width))


def codes(count: int, largest: int = 4) -> st.SearchStrategy[Ints]:
    return st.lists(st.integers(0, largest), min_size=count, max_size=count).map(lambda row: np.array(row, np.int32))


@st.composite
def key_sets(draw: st.DrawFn) -> tuple[list[Ints], int]:
    """One to three keys, each of them perhaps a pool."""
    count = draw(st.integers(0, 30))
    rows = draw(st.integers(1, 3))
    keys = [draw(codes(count)) for _ in range(draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        keys[0] = np.stack([keys[0], *(draw(codes(count)) for _ in range(rows - 1))])
    return keys, count


@given(key_sets())
def test_blocks_of_keys_are_those_of_numpy(drawn: tuple[list[Ints], int]) -> None:
    check(drawn[0], None, drawn[1])


@given(st.integers(1, 30).flatmap(lambda size: st.tuples(codes(size), codes(size))), st.randoms())
def test_blocks_of_some_members_are_those_of_numpy(keys: tuple[Ints, Ints], random: Any) -> None:
    members = np.array(sorted(random.sample(range(40), len(keys[0]))), np.int32)
    check(keys, members, 40)


def test_a_record_of_a_pool_is_once_in_a_block() -> None:
    pool = np.array([[5, 5, 0, 7], [5, 0, 7, 5]], np.int32)
    found = blocks_of([pool], None, 4)
    assert found.members.tolist() == [0, 1, 3, 2, 3]
    assert found.lengths.tolist() == [3, 2]


def test_a_sample_larger_than_expected_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_pairs, "_ROOM", 0)
    found = blocks_of([np.ones(200, np.int32)], None, 200)
    shares = [0.001 * step for step in range(1, 30)]
    assert any(len(sample_codes([found], 8, share)) > found.pairs * share for share in shares)
    for share in shares:
        np.testing.assert_array_equal(sample_codes([found], 8, share), plainly(sample_codes, [found], 8, share))


def test_many_records_have_the_blocks_of_numpy() -> None:
    if kernel("sort_words", "QQnnn") is None:
        pytest.skip("no compiled kernels here: nothing to compare")
    count = 200_000
    rng = np.random.default_rng(5)
    first, second = rng.zipf(1.6, (2, count)).clip(0, 40_000).astype(np.int32)
    check([np.stack([rng.permutation(count) // 3, rng.permutation(count) // 2]).astype(np.int32)], None, count)
    check([first * (first > 30), second], None, count)


@given(st.lists(st.integers(0, 2**62 - 1) | st.integers(0, 3), max_size=60))
def test_places_in_order_are_those_of_a_stable_sort(keys: list[int]) -> None:
    values = np.array(keys, np.int64)
    np.testing.assert_array_equal(stable_order(values), np.argsort(values, kind="stable"))
    np.testing.assert_array_equal(plainly(stable_order, values), np.argsort(values, kind="stable"))


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 3), max_size=60))
def test_words_are_sorted_by_all_their_bits(words: list[int]) -> None:
    values = np.array(words, np.uint64)
    np.testing.assert_array_equal(sort_words(values.copy(), 0, 64), np.sort(values))


def test_words_equal_in_some_bits_stay_as_they_come() -> None:
    values = np.arange(5_000, dtype=np.uint64)
    mixed = values[np.argsort(values % 7, kind="stable")]
    words = (mixed % 7) << np.uint64(20) | (mixed % 7) * np.uint64(1_000) + np.arange(5_000, dtype=np.uint64) % 700
    np.testing.assert_array_equal(sort_words(words[::-1].copy(), 0, 23), np.sort(words))


@pytest.mark.parametrize("room", [-10_000, 1_000])
def test_pairs_joined_in_two_threads_are_those_joined_in_one(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """Also where a thread has more pairs than expected."""
    rng = np.random.default_rng(8)
    found = [[blocks_of([rng.integers(0, 60, 900).astype(np.int32)], None, 900)] for _ in range(3)]
    together = plainly(distinct_pairs, found, 10)
    monkeypatch.setattr(block_pairs, "_ALONE", 0)
    monkeypatch.setattr(block_pairs, "_ROOM", room)
    assert_same(distinct_pairs(found, 10), together)
