"""Names of the world pass through text repair and the placeholder words unharmed."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from crmclean.normalisers.missing import missing_kernel
from crmclean.normalisers.text import text_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import CellOptions

NAMES = Path(os.environ.get("CRMCLEAN_EXTRA_DATA", "")) / "names"
HARMLESS = ["text.spaces", "text.invisible", "text.unicode"]


def cells() -> pa.Array:
    """Every cell of every table of names."""
    found: set[str] = set()
    for path in sorted(NAMES.rglob("*")):
        if path.suffix in (".csv", ".tsv", ".txt") and path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                found.update(
                    cell for row in csv.reader(file, delimiter="," if path.suffix == ".csv" else "\t") for cell in row
                )
    return pa.array(sorted(found - {""}), TEXT)


@pytest.mark.acceptance
def test_text_names_of_the_world_are_unharmed() -> None:
    if not os.environ.get("CRMCLEAN_EXTRA_DATA") or not NAMES.is_dir():
        pytest.skip("needs CRMCLEAN_EXTRA_DATA with names/")
    names = cells()
    assert len(names) > 10_000
    repaired = text_kernel(names, CellOptions(field="full_name"))
    assert set(repaired.reason.drop_null().to_pylist()) <= set(HARMLESS)
    for field in ("first_name", "last_name", "full_name"):
        kept = missing_kernel(repaired.value, CellOptions(field=field)).value
        lost = np.flatnonzero(np.asarray(pc.equal(kept, "")))
        assert names.take(pa.array(lost)).to_pylist() == []
