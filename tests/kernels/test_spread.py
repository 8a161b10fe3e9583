"""The sums behind the effective number: the compiled kernel gives what NumPy gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedup import frequency


def check(rows: int, count: int, size: int, marks: int, seed: int, *, times: bool) -> None:
    draw = np.random.default_rng(seed)
    codes = draw.integers(0, size, (rows, count)).astype(np.int32)
    told = draw.integers(0, marks, count).astype(np.int32)
    often = draw.integers(1, 9, count) if times else None
    found = frequency._spread(codes, size, told, marks, often)
    for one, other in zip(found, frequency._plain_spread(codes, size, told, marks, often), strict=True):
        assert one.dtype == np.float64
        np.testing.assert_array_equal(one, other)


@settings(deadline=None)
@given(st.integers(1, 3), st.integers(0, 60), st.integers(1, 9), st.integers(1, 9), st.integers(0, 9), st.booleans())
def test_sums(rows: int, count: int, size: int, marks: int, seed: int, times: bool) -> None:
    check(rows, count, size, marks, seed, times=times)


@pytest.mark.parametrize("times", [False, True])
def test_many_records(times: bool) -> None:
    check(2, 100_000, 30_000, 4_000, 1, times=times)


def test_wide_codes_are_taken_too() -> None:
    codes, marks = np.array([[1, 1, 2, 0]]), np.array([3, 3, 1, 1])
    assert frequency.effective_number(codes, 3, marks, 4).tolist() == [1.0, 1.0, 1.0]
    assert frequency.effective_number(codes[0], 3, np.array([3, 2, 1, 1]), 4).tolist() == [1.0, 2.0, 1.0]


def test_no_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frequency, "kernel", lambda *_: lambda *_: -1)
    with pytest.raises(MemoryError):
        frequency.effective_number(np.array([1]), 2, np.array([1]), 2)
