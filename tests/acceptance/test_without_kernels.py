"""Whole runs without compiled kernels write what runs with them write."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pyarrow import csv

from crmclean.kernels import are_compiled

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not are_compiled(), reason="no compiled kernels here: there is nothing to compare"),
]
ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_data"


@pytest.fixture(scope="module")
def contacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = str(ROOT / "benchmarks")
    sys.path.insert(0, folder)
    try:
        table, _ = importlib.import_module("make_contacts").make_table(20_000, 5)
    finally:
        sys.path.remove(folder)
    path = tmp_path_factory.mktemp("contacts") / "contacts.csv"
    csv.write_csv(table, path)
    return path


def run(kernels: str, *arguments: str) -> str:
    environment = {**os.environ, "CRMCLEAN_KERNELS": kernels}
    command = [sys.executable, "-m", "crmclean", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.mark.parametrize("entity", ["person", "company"])
def test_contacts_are_linked_alike(entity: str, contacts: Path, tmp_path: Path) -> None:
    for kernels in ("0", "1"):
        out = str(tmp_path / f"{kernels}.csv")
        run(kernels, "dedupe", str(contacts), "--entity", entity, "-o", out, "-q")
    assert (tmp_path / "0.csv").read_bytes() == (tmp_path / "1.csv").read_bytes()
    assert run("0", "dedupe", str(contacts), "--count-pairs") == run("1", "dedupe", str(contacts), "--count-pairs")


@pytest.mark.parametrize("given", ["contacts", "samples"])
def test_lists_are_cleaned_alike(given: str, contacts: Path, tmp_path: Path) -> None:
    inputs = {
        "contacts": [str(contacts)],
        "samples": [str(SAMPLES / "tradeshow_leads.csv"), str(SAMPLES / "crm_contacts.csv"), "--rules", "tradeshow"],
    }[given]
    for kernels in ("0", "1"):
        run(kernels, "clean", *inputs, "-o", str(tmp_path / kernels), "--as-of", "2026-11-22", "-q")
    for name in ("cleaned.csv", "quarantine.csv", "duplicates.csv", "review.csv", "changes.csv"):
        assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "1" / name).read_bytes(), name
