"""Values from a list and numbers."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.normalisers.picklists import normalise_picklist, number_kernel, picklist_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, UNKNOWN, VALID, CellOptions

MAP = {"tradeshow": "Trade Show", "Trade  fair": "Trade Show", "मेला": "Trade Show", "web": "Web"}


def test_mapped_values_take_the_crms_spelling() -> None:
    values = pa.array(["TRADESHOW", " trade show ", "trade fair", "मेला", "Trade Show", "Partner"], TEXT)
    found = picklist_kernel(values, CellOptions(value_map=MAP))
    assert found.value.to_pylist() == ["Trade Show"] * 5 + ["Partner"]
    assert found.reason.to_pylist() == ["picklist.mapped"] * 4 + [None, None]
    assert found.verdict.tolist() == [VALID] * 5 + [UNKNOWN]
    assert not found.issues["picklist.unmapped"].any()


def test_a_closed_map_reports_the_rest() -> None:
    found = picklist_kernel(pa.array(["Partner", "web", ""], TEXT), CellOptions(value_map=MAP, value_map_closed=True))
    assert found.value.to_pylist() == ["Partner", "Web", ""]
    assert found.issues["picklist.unmapped"].tolist() == [True, False, False]
    assert found.verdict.tolist() == [INVALID, VALID, UNKNOWN]


def test_without_a_map_only_spaces_change() -> None:
    found = picklist_kernel(pa.array(["  Hot  lead ", "warm", None, "  "], TEXT), CellOptions())
    assert found.value.to_pylist() == ["Hot lead", "warm", None, "  "]
    assert found.reason.to_pylist() == ["text.spaces", None, None, None]


def test_the_series_function() -> None:
    frame = normalise_picklist(pd.Series(["web", "x"], index=[3, 4]), MAP, closed=True)
    assert frame["value"].tolist() == ["Web", "x"]
    assert frame["verdict"].tolist() == ["valid", "invalid"]


@pytest.mark.parametrize(
    "number",
    ["1", "-3.5", "1,234", "12,34,567", "1 234,50", "1'000", "€ 5.000", "$1.2M", "5 cr", "51-200", "1000+", "10 to 20",
     "۱۲۳", "१२३", "1.234.567,89", "50%", "EUR 100", "<10"],
)  # fmt: skip
def test_numbers(number: str) -> None:
    found = number_kernel(pa.array([number], TEXT), CellOptions())
    assert found.verdict.tolist() == [VALID]
    assert found.value.to_pylist() == [number]


@pytest.mark.parametrize("text", ["many", "1-2-3-4", "n/a", "12 people and a dog", "1..2", "--"])
def test_what_is_no_number_is_flagged_and_kept(text: str) -> None:
    found = number_kernel(pa.array([text], TEXT), CellOptions())
    assert found.issues["number.invalid"].tolist() == [True]
    assert found.value.to_pylist() == [text]


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from([*MAP, *MAP.values()])), max_size=20), st.booleans())
def test_cleaning_again_changes_nothing(values: list[str], closed: bool) -> None:
    options = CellOptions(value_map=MAP, value_map_closed=closed)
    once = picklist_kernel(pa.array(values, TEXT), options)
    assert picklist_kernel(once.value, options).value.equals(once.value)
    assert number_kernel(pa.array(values, TEXT), options).value.to_pylist() == values
