"""Base names against cleanco's on its own list of companies; each kind of difference is argued here."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest

from crmclean.normalisers.companies import company_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import CellOptions

pytestmark = pytest.mark.acceptance

# Forms cleanco does not list. S.A.I.C. and SACIF are Argentine, OJSC is Russian, Tbk Indonesian.
UNLISTED = ("aktiengesellschaft", "ojsc", "tbk", "s.a.i.c.", "sacif", "sp z o o.")


def kind_of_difference(name: str, ours: str, form: str, theirs: str) -> str:
    """Why our base name is another one, "" where nothing argues for it."""
    if not theirs:
        return "cleanco leaves nothing: KT Corp."
    if ours.count("(") == ours.count(")") and theirs.count("(") != theirs.count(")"):
        return "cleanco opens a bracket and does not close it: China Mobile (Hong Kong"
    if form.casefold().endswith(UNLISTED):
        return "cleanco does not know the form: Siemens Aktiengesellschaft"
    rest = theirs[len(ours) :].strip(" ,")
    if rest and theirs.startswith(ours) and form.startswith(rest):
        return "cleanco takes one form of several: Honda Motor Co. Ltd."
    if ours == f"{theirs} UK" and form == "plc":
        return "cleanco takes a country for a form: Waterford Wedgwood UK plc"
    return ""


def test_base_names_equal_cleancos_or_the_difference_is_argued() -> None:
    root = os.environ.get("CRMCLEAN_EXTRA_DATA")
    path = Path(root or "", "oracles", "cleanco", "companies.csv")
    if not root or not path.exists():
        pytest.skip("CRMCLEAN_EXTRA_DATA does not name a folder with oracles/cleanco")
    cleanco = pytest.importorskip("cleanco")
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        names = [row[0] for row in csv.reader(file, delimiter=";") if row]
    found = company_kernel(pa.array(names, TEXT), CellOptions(field="company", case="keep")).attributes
    kinds: Counter[str] = Counter()
    for name, base, form in zip(names, found["company_base"].to_pylist(), found["legal_form"].to_pylist(), strict=True):
        theirs = cleanco.basename(name)
        ours = base or name
        kinds["equal" if ours == theirs else kind_of_difference(name, ours, form or "", theirs)] += 1
    print(dict(kinds))
    assert sum(kinds.values()) == len(names) >= 1_320
    assert not kinds[""]
    assert kinds["equal"] / len(names) >= 0.93


def test_a_form_in_front_of_of_is_part_of_the_name() -> None:
    names = pa.array(["Joint Stock Company Romashka", "Joint Stock Company of Long Distance"], TEXT)
    found = company_kernel(names, CellOptions(field="company", case="keep")).attributes
    assert found["company_base"].to_pylist() == ["Romashka", None]
