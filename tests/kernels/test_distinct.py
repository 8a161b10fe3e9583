"""Distinct values: the compiled kernel gives what Arrow's dictionary encoding gives."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.kernels import are_compiled
from crmclean.tables import distinct
from crmclean.tables.distinct import distinct_texts

TEXTS = st.lists(st.one_of(st.none(), st.text(alphabet="aAbé\0 x日", max_size=20), st.just("")), max_size=80)


def check(texts: pa.Array) -> None:
    codes, values = distinct_texts(texts)
    plain_codes, plain_values = distinct._plain(texts)
    values.validate(full=True)
    assert codes.dtype == np.int32
    np.testing.assert_array_equal(codes, plain_codes)
    assert values.equals(plain_values)
    assert values.take(pa.array(codes)).equals(pc.fill_null(texts, ""))


@given(TEXTS, st.integers(0, 9))
def test_codes_and_values_are_those_of_arrow(texts: list[str | None], start: int) -> None:
    check(pa.array(texts, pa.large_string()).slice(min(start, len(texts))))


def test_many_values_are_coded_alike() -> None:
    if not are_compiled():
        pytest.skip("no compiled kernels here: nothing to compare")
    numbers = np.random.default_rng(3).integers(0, 150_000, 400_000)
    check(pc.cast(pa.array(numbers), pa.large_string()))


def test_a_null_over_bytes_is_blank() -> None:
    whole = pa.array(["one", "two", "one"], pa.large_string())
    valid = pa.py_buffer(bytes([0b101]))
    check(pa.LargeStringArray.from_buffers(3, whole.buffers()[1], whole.buffers()[2], valid))


def test_every_kind_of_column_is_taken() -> None:
    codes, values = distinct_texts(pa.chunked_array([["b", None], ["a", "b"]]))
    assert codes.tolist() == [1, 0, 2, 1]
    assert values.to_pylist() == ["", "b", "a"]
