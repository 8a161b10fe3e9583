"""What ``crmclean.dedupe`` is given in Python: kinds of inputs, labels as a notebook makes them, wrong words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import crmclean
from crmclean.deduplication import count_pairs
from crmclean.errors import UsageError

FRAME = pd.DataFrame(
    {
        "First Name": ["Ann", "Ann", "Bob"],
        "Last Name": ["Lee", "Lee", "Ray"],
        "Email": ["ann@lee.example", "ann@lee.example", "bob@ray.example"],
    }
)
CLUSTER, PROBABILITY = "crmclean_cluster_id", "crmclean_match_probability"


@pytest.mark.parametrize("data", [FRAME["Email"], [1, 2], None, pa.table({"Email": ["a@b.example"]})])
def test_what_is_no_input_is_refused_by_its_kind(data: object) -> None:
    with pytest.raises(UsageError, match=f"not a {type(data).__name__}"):
        crmclean.dedupe(data)  # type: ignore[arg-type]


def test_rows_without_columns_are_refused() -> None:
    with pytest.raises(UsageError, match="no columns"):
        crmclean.dedupe(pd.DataFrame(index=range(3)))


def test_an_unknown_entity_is_refused_instead_of_finding_nothing() -> None:
    with pytest.raises(UsageError, match="'firm'"):
        crmclean.dedupe(FRAME, entity="firm")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="'firm'"):
        count_pairs(FRAME, entity="firm")  # type: ignore[arg-type]


@pytest.mark.parametrize("left", [[1, 2], [1.0, np.nan], [1.0, 2.0], ["1", "2"]])
def test_row_numbers_are_understood_as_a_frame_holds_them(left: list[object]) -> None:
    labels = pd.DataFrame({"left": left, "right": [3, 3], "match": [True, None]})
    found = crmclean.dedupe(FRAME, labels=labels)
    assert found[CLUSTER].tolist() == ["1", "1", "1"]


def test_a_judged_pair_is_sure() -> None:
    labels = pd.DataFrame({"left": [1], "right": [3], "match": ["yes"]})
    found = crmclean.dedupe(FRAME, labels=labels)
    assert found[PROBABILITY].tolist() == ["1.0000", "0.9999", "1.0000"]
