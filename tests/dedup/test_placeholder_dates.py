"""Dates put where none was known are no birth dates: 1900-01-01, the first or the last day a system can write."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from crmclean.dedup.core import Settings, explain_pair, link_records
from crmclean.dedup.dates import birth_key, stand_for_none
from tests.dedup.dedup_files import TEXT, fields_of, link_set


def register(value: str, share: float = 0.1, *, size: int = 400) -> list[dict[str, str]]:
    """People, one in four of them twice, whose birth date is ``value`` in a share of the records."""
    rng = np.random.default_rng(11)
    syllables = np.array(["ba", "do", "ki", "lu", "me", "no", "ra", "si", "tu", "ve"])
    rows = []
    for number in range(size):
        given, family = ("".join(rng.choice(syllables, 3)) for _ in range(2))
        born = f"{1940 + int(rng.integers(0, 60))}-{int(rng.integers(1, 13)):02}-{int(rng.integers(1, 29)):02}"
        rows += [{"first_name": given, "last_name": family, "birth_date": born}] * (2 if number % 4 == 0 else 1)
    unknown = rng.random(len(rows)) < share
    return [row | {"birth_date": value} if hidden else row for row, hidden in zip(rows, unknown, strict=True)]


@pytest.mark.parametrize("value", ["1900-01-01", "1/1/1900", "9999-12-31", "0001-01-01", "1970-01-01T00:00:00"])
def test_a_date_put_where_none_was_known_is_missing(value):
    said, blank = (link_records(fields_of(register(put)), Settings()) for put in (value, ""))
    assert said.measures["placeholder_dates"] == birth_key(pa.array([value], TEXT)).to_pylist()
    assert blank.measures["placeholder_dates"] == []
    assert link_set(said) == link_set(blank)
    assert said.cluster.tolist() == blank.cluster.tolist()


def test_two_such_dates_at_once_are_missing_and_say_nothing():
    rows = register("1900-01-01")
    for row in rows[::9]:
        row["birth_date"] = "9999-12-31"
    fields = fields_of(rows)
    result = link_records(fields, Settings())
    assert result.measures["placeholder_dates"] == ["19000101", "99991231"]
    hidden = [place for place, row in enumerate(rows) if row["birth_date"] == "1900-01-01"]
    told = explain_pair(fields, Settings(), result.measures, hidden[0], hidden[1])
    assert next(item for item in told.comparisons if item.name == "birth").level == "both_missing"


def test_a_date_that_one_person_has_in_many_copies_is_no_placeholder():
    rows = register("1961-05-17", 0.0) + [{"first_name": "Ada", "last_name": "Vogel", "birth_date": "1961-05-17"}] * 60
    assert link_records(fields_of(rows), Settings()).measures["placeholder_dates"] == []


@pytest.mark.parametrize(
    ("carriers", "names", "found"),
    [
        ([9, 50, *[10] * 30], [1, 40, *[9] * 30], [1]),
        ([9, 49, *[10] * 30], [1, 40, *[9] * 30], []),  # not five times as many
        ([9, 50, *[10] * 30], [1, 9, *[9] * 30], []),  # of one person's copies
        ([90, 9, *[1] * 30], [30, 9, *[1] * 30], []),  # many without a date, few with this one
        ([9, *[100] * 10, *[10] * 30], [1, *[60] * 10, *[9] * 30], []),  # New Year's days of ten years
        ([0, 40, 1, 1], [1, 40, 1, 1], []),  # too few dates to tell
    ],
)
def test_what_is_common_is_told_by_the_tenth_most_common_date(carriers, names, found):
    flags = stand_for_none(np.array(carriers), np.array(names, np.float64))
    assert np.flatnonzero(flags).tolist() == found


def test_the_order_of_the_rows_does_not_matter():
    rows = register("1900-01-01")
    order = np.random.default_rng(3).permutation(len(rows))
    one, other = (link_records(fields_of(some), Settings()) for some in (rows, [rows[place] for place in order]))
    assert one.measures == other.measures
    together = np.empty(len(rows), np.int64)
    together[order] = order[other.cluster]
    parts = {tuple(np.flatnonzero(one.cluster == label)) for label in set(one.cluster)}
    assert {tuple(np.flatnonzero(together == label)) for label in set(together)} == parts
