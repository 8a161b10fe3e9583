"""Codes, content hashes, dates, runs and pairs."""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest
import rapidfuzz.process
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedup import compare
from crmclean.dedup.dates import birth_key, birth_key_of_parts
from crmclean.dedup.forms import code_texts, first_text, hash_texts, join_texts, letter_masks
from crmclean.dedup.pairs import are_in, distinct, numbered, pairs_of_runs, runs, score_distinct

TEXT = pa.large_string()
texts = st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=12)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(texts)
def test_codes_stand_for_their_values(values):
    form = code_texts([pa.array(values, TEXT)], lambda array: array)
    assert form.values[0].as_py() == ""
    assert [form.values[int(code)].as_py() for code in form.codes] == [value or "" for value in values]
    assert form.size == len({value for value in values if value}) + 1


@settings(derandomize=True, max_examples=100, deadline=None)
@given(texts)
def test_hashes_depend_on_the_text_alone(values):
    array = pa.array(["x", *values, "y"], TEXT)
    hashes = hash_texts(array)
    assert hashes[1:-1].tolist() == [int(hash_texts(pa.array([value], TEXT))[0]) for value in values]
    assert hash_texts(array.slice(1)).tolist() == hashes[1:].tolist()
    assert len(set(hashes.tolist())) == len({value or "" for value in ["x", *values, "y"]})


@settings(derandomize=True, max_examples=50, deadline=None)
@given(st.text("abcdef", min_size=1, max_size=8), st.text("abcdef", min_size=1, max_size=1), st.integers(0, 7))
def test_one_edit_moves_at_most_one_letter_each_way(word, letter, place):
    place %= len(word)
    edited = [
        word[:place] + letter + word[place:],
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place + 1 :],
    ]
    masks = letter_masks(pa.array([word, *edited], TEXT))
    for mask in masks[1:]:
        assert np.bitwise_count(masks[0] & ~mask) <= 1
        assert np.bitwise_count(mask & ~masks[0]) <= 1


def test_join_and_first_keep_every_row():
    one, two = pa.array(["1", None, " ", None], TEXT), pa.array(["High St", "Elm", None, None], TEXT)
    assert join_texts([one, two]).to_pylist() == ["1 High St", "Elm", None, None]
    assert first_text([one, two]).to_pylist() == ["1", "Elm", None, None]


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=25), st.one_of(st.none(), st.integers(1, 4)))
def test_pairs_of_runs_are_all_pairs(keys, window):
    keys = np.sort(np.array(keys, int))
    left, right = pairs_of_runs(np.arange(len(keys)), *runs(keys), window)
    expected = {
        (a, b)
        for a, b in itertools.combinations(range(len(keys)), 2)
        if keys[a] == keys[b] and (window is None or b - a <= window)
    }
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == expected
    assert len(left) == len(expected)


def test_each_distinct_pair_is_scored_once():
    asked = []

    def score(a, b):
        asked.extend(zip(a.tolist(), b.tolist(), strict=True))
        return a * 10 + b

    assert score_distinct(np.array([3, 1, 3, 2]), np.array([1, 3, 1, 2]), score).tolist() == [13, 13, 13, 22]
    assert sorted(asked) == [(1, 3), (2, 2)]


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        (["1971-06-24T00:00:00", "19710624T0000Z", "24/6/1971 00:00"], ["19710624"] * 3),
        (["0001-01-01", "1/1/0001", "1/1/01"], ["00010101", "00010101", "20010101"]),
        (["1971-06-24", "19710624", "June 24, 1971", "24 Jun 1971", "19-Feb-91"], ["19710624"] * 4 + ["19910219"]),
        (["24/6/1971", "3/2/1980", "31.12.1999"], ["19710624", "19800203", "19991231"]),
        (["6/24/1971", "3/2/1980", "12/25/01"], ["19710624", "19800302", "20011225"]),
        (["१९८०-०२-०३", "1980", "soon", None], ["19800203", "19800000", "", ""]),
        (["19619399"], ["19619399"]),  # a damaged date keeps its digits
    ],
)
def test_dates_become_eight_digits(values, keys):
    assert birth_key(pa.array(values, TEXT)).to_pylist() == keys


def test_dates_from_three_columns():
    parts = (
        pa.array(["1967", "1980", ""], TEXT),
        pa.array(["9", "Feb", "1"], TEXT),
        pa.array(["27", "3.0", "1"], TEXT),
    )
    assert birth_key_of_parts(*parts).to_pylist() == ["19670927", "19800203", ""]


def test_long_values_cost_no_more_than_short_ones(monkeypatch):
    seen = []

    def cpdist(first, second, **options):
        seen.append((sum(map(len, first)) + sum(map(len, second)), max(map(len, [*first, *second]))))
        return rapidfuzz.process.cpdist(first, second, **options)

    values = pa.array(["", "ab" * 30_000, "ab" * 30_000 + "c", "acme", "acne"], TEXT)
    left, right = np.array([1, 3, 1] * 40), np.array([2, 4, 3] * 40)
    monkeypatch.setattr(compare, "cpdist", cpdist)
    edits, _, length = compare.similar_texts(values, left, right)
    monkeypatch.setattr(compare, "_BYTES", 100_000)
    parts = compare.similar_texts(values, left, right)
    assert max(longest for _, longest in seen) <= 256
    assert edits.tolist() == parts[0].tolist() == [0, 1, 3] * 40
    assert length.tolist() == parts[2].tolist() == [60_000, 4, 4] * 40
    assert len(seen) > 40


@given(st.lists(st.integers(0, 2**40), max_size=60))
def test_keys_are_numbered_in_order(keys: list[int]) -> None:
    ranks = {key: rank for rank, key in enumerate(sorted(set(keys)))}
    numbers = numbered(np.array(keys, np.int64))
    assert numbers.dtype == np.int32
    assert numbers.tolist() == [ranks[key] for key in keys]


@given(st.lists(st.integers(0, 9)), st.lists(st.integers(0, 9)))
def test_codes_among_some_in_order(codes: list[int], known: list[int]) -> None:
    found = are_in(np.array(codes, np.int64), np.sort(np.array(known, np.int64)))
    assert found.tolist() == [code in known for code in codes]


@given(st.lists(st.integers(0, 9)))
def test_distinct_codes_come_in_order(codes: list[int]) -> None:
    assert distinct(np.array(codes, np.int64)).tolist() == sorted(set(codes))
