"""The promises once more, on thousands of generated contacts with everything that makes contact data hard."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import crmclean
from crmclean.evaluate import pairwise
from crmclean.reopen import restore

pytestmark = pytest.mark.acceptance
ROWS = 20_000


@pytest.fixture(scope="module")
def contacts() -> Any:
    folder = str(Path(__file__).parents[2] / "benchmarks")
    sys.path.insert(0, folder)
    try:
        frame, truth = importlib.import_module("make_contacts").make_contacts(ROWS, 11)
    finally:
        sys.path.remove(folder)
    return frame.astype("str"), truth


@pytest.fixture(scope="module")
def result(contacts: Any) -> crmclean.CleanResult:
    return crmclean.clean(contacts[0], as_of="2026-11-22")


def test_the_evidence_is_sound(result: crmclean.CleanResult) -> None:
    result.batch.check(full=True)


def test_cleaning_the_cleaned_contacts_changes_nothing(result: crmclean.CleanResult) -> None:
    again = crmclean.clean(result.cleaned, as_of="2026-11-22")
    pd.testing.assert_frame_equal(again.cleaned, result.cleaned)


def test_the_order_of_the_rows_does_not_matter(contacts: Any, result: crmclean.CleanResult) -> None:
    order = np.random.default_rng(5).permutation(ROWS)
    shuffled = crmclean.clean(contacts[0].iloc[order].reset_index(drop=True), as_of="2026-11-22")
    key = "crmclean_record_id"
    expected = result.cleaned.sort_values(key).reset_index(drop=True)
    pd.testing.assert_frame_equal(shuffled.cleaned.sort_values(key).reset_index(drop=True), expected)


def test_the_contacts_come_back(contacts: Any, result: crmclean.CleanResult, tmp_path: Path) -> None:
    back = restore(result.write(tmp_path / "out")).to_pandas()
    assert (back.to_numpy() == contacts[0].to_numpy()).all()


def test_the_merges_are_right(contacts: Any, result: crmclean.CleanResult) -> None:
    frame, truth = contacts
    clusters = result.evidence.clusters.to_pandas().set_index("row")["cluster_id"]
    known = frame.index.isin(clusters.index)
    scores = pairwise(clusters.loc[frame.index[known]].to_numpy(), truth.loc[frame["Record ID"]].to_numpy()[known])
    assert scores.precision >= 0.97
    assert scores.recall >= 0.93


def test_no_opt_out_is_lost(contacts: Any, result: crmclean.CleanResult) -> None:
    frame, _ = contacts
    said = frame["Email Opt Out"].str.casefold().isin(["yes", "true", "1", "y"]).to_numpy()
    clusters = result.evidence.clusters.to_pandas().set_index("row")["cluster_id"]
    denied = set(clusters.reindex(np.flatnonzero(said)).dropna())
    kept = result.cleaned.set_index("crmclean_cluster_id")["Email Opt Out"]
    assert (kept.loc[sorted(denied)] == "true").all()
