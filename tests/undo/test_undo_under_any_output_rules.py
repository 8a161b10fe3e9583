"""The input comes back from an output folder whatever the rules write, and the folder holds no copy of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crmclean
from crmclean.reopen import restore
from tests.promises.strategies import contact_lists

OUTPUT: list[dict[str, Any]] = [
    {},
    {"values": "keep"},
    {"excel": True},
    {"keep": ["email", "Notes", "last_name"]},
    {"keep": ["Notes"], "values": "keep", "excel": True},
    {"drop": ["email", "consent", "Email Opt Out"], "drop_unused": True},
]
OPEN = {"max_merged_share": 1.0, "max_quarantined_share": 1.0}


def text(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple("" if value is None or value != value else str(value) for value in row) for row in frame.to_numpy()]


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(contact_lists(min_size=2), st.sampled_from(OUTPUT), st.sampled_from(["csv", "parquet"]), st.booleans())
def test_the_input_comes_back(
    tmp_path_factory: pytest.TempPathFactory, frame: pd.DataFrame, output: dict[str, Any], kind: str, twice: bool
) -> None:
    rules = ["tradeshow" if twice else "default", {"output": output, "limits": OPEN}]
    result = crmclean.clean(frame, rules=rules, as_of="2026-11-22", region="US")
    if twice:  # our own columns of an earlier run come back too
        frame = result.cleaned
        result = crmclean.clean(frame, rules=rules, as_of="2026-11-22", region="US")
    folder = result.write(tmp_path_factory.mktemp("undo") / "out", format=kind)
    back = restore(folder).to_pandas()
    theirs = [name for name in frame.columns if not name.startswith("crmclean_")]
    assert text(back[theirs]) == text(frame[theirs])
    originals = pq.read_table(folder / "evidence" / "originals.parquet")
    assert originals.num_rows == result.balance["merged"] + result.balance["quarantined"]
    shutil.rmtree(folder)


def test_several_files_come_back_as_one_row_set(tmp_path: Path) -> None:
    one = pd.DataFrame(
        {"First Name": ["Ann", "test"], "Last Name": ["Lee", "test"], "Email": ["a@x.org", "test@test.com"]}
    )
    two = pd.DataFrame({"Email": ["A@X.org"], "Surname": ["LEE"], "Given name": ["Ann"], "Budget": ["5"]})
    folder = crmclean.clean([one, two], as_of="2026-11-22").write(tmp_path / "out", force=True)
    assert text(restore(folder).to_pandas()) == [
        ("Ann", "Lee", "a@x.org", ""),
        ("test", "test", "test@test.com", ""),
        ("Ann", "LEE", "A@X.org", "5"),
    ]
