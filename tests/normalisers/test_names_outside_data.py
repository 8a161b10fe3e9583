"""Measures on names, companies and addresses made by others: first, do no harm.

The data is found through CRMCLEAN_EXTRA_DATA; the general rules are never fitted to it, so shares have slack.
"""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from crmclean.normalisers.addresses import street_kernel
from crmclean.normalisers.companies import company_kernel
from crmclean.normalisers.names import name_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import CellOptions

pytestmark = pytest.mark.acceptance


def folder(*parts: str) -> Path:
    root = os.environ.get("CRMCLEAN_EXTRA_DATA")
    if not root:
        pytest.skip("CRMCLEAN_EXTRA_DATA names no folder with outside data")
    path = Path(root, *parts)
    if not path.exists():
        pytest.skip(f"the outside data has no {'/'.join(parts)}")
    return path


def run(kernel, values, field):
    values = sorted({value.strip() for value in values if value.strip()})
    return values, kernel(pa.array(values, TEXT), CellOptions(field=field))


@pytest.mark.parametrize(("file", "field"), [("forenames", "first_name"), ("surnames", "last_name")])
def test_popular_names_of_the_world_stay_and_are_no_fillers(file, field):
    path = folder("names", "names_by_country", f"common-{file}-by-country.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        names = [row[key] for row in csv.DictReader(lines) for key in ("Localized Name", "Romanized Name")]
    names, found = run(name_kernel, names, field)
    cased = [(old, new) for old, new in zip(names, found.value.to_pylist(), strict=True) if old != new]
    assert all(old.islower() or old.isupper() for old, _ in cased), cased
    assert len(cased) <= 5
    assert not any(mask.any() for code, mask in found.issues.items() if code == "name.bogus")


def test_indian_and_persian_names_stay_and_are_no_fillers():
    indian = folder("names", "cmu_indian", "names_first_half.tsv").read_text(encoding="utf-8").splitlines()[1:]
    names = [cell for line in indian for cell in line.split("\t")]
    persian = folder("names", "translit_persian_names")
    names += [name for path in persian.glob("*male_*.txt") for name in path.read_text(encoding="utf-8").splitlines()]
    for field in ("first_name", "last_name", "full_name"):
        values, found = run(name_kernel, names, field)
        assert found.value.to_pylist() == values
        assert "name.bogus" not in found.issues


def test_companies_change_in_case_and_spacing_only():
    lines = folder("oracles", "cleanco", "companies.csv").read_text(encoding="utf-8", errors="replace").splitlines()
    names, found = run(company_kernel, [line.split(";")[0] for line in lines], "company")

    def squeezed(text: str) -> str:
        return " ".join(text.casefold().split())

    assert [squeezed(value) for value in found.value.to_pylist()] == [squeezed(name) for name in names]
    assert "company.bogus" not in found.issues


def test_plain_person_names_are_split_as_people_labelled_them():
    text = folder("oracles", "probablepeople", "person_labeled.xml").read_text(encoding="utf-8")
    plain = {
        "GivenName",
        "Surname",
        "MiddleInitial",
        "MiddleName",
        "SuffixGenerational",
        "SuffixOther",
        "PrefixMarital",
    }
    truth: dict[str, tuple[str, str]] = {}
    for body in re.findall(r"<Name>(.*?)</Name>", text, re.DOTALL):
        tokens = re.findall(r"<(\w+)>(.*?)</\1>", body, re.DOTALL)
        labels = {label for label, _ in tokens}
        if {"GivenName", "Surname"} <= labels <= plain:
            given, family = (
                " ".join(word for label, word in tokens if label == wanted) for wanted in ("GivenName", "Surname")
            )
            truth[" ".join(word for _, word in tokens)] = (given, family)
    names = sorted(truth)
    found = name_kernel(pa.array(names, TEXT), CellOptions(field="full_name")).attributes

    def bare(part: str | None) -> str:
        return re.sub(r"[^\w-]+", " ", (part or "").casefold()).strip()

    right = [
        (bare(given), bare(family)) == tuple(map(bare, truth[name]))
        for name, given, family in zip(names, found["given"].to_pylist(), found["family"].to_pylist(), strict=True)
    ]
    assert len(names) > 800
    print(f"given and family name right in {sum(right)} of {len(right)} plain rows: {np.mean(right):.4f}")
    assert np.mean(right) >= 0.95


def test_labelled_names_change_in_order_decoration_and_mojibake_only():
    text = folder("oracles", "probablepeople", "person_labeled.xml").read_text(encoding="utf-8")
    names = [re.sub(r"<[^>]+>", "", body) for body in re.findall(r"<Name>(.*?)</Name>", text, re.DOTALL)]
    names, found = run(name_kernel, [" ".join(name.replace("&amp;", "&").split()) for name in names], "full_name")
    argued = {"name.order", "name.decoration"}  # Smith, John; a comma left over
    harmed = [
        (before, after)
        for before, after, reason in zip(names, found.value.to_pylist(), found.reason.to_pylist(), strict=True)
        if before.casefold() != after.casefold() and reason not in argued
    ]
    assert len(names) > 2_000
    assert harmed == []


def test_labelled_addresses_change_in_case_only():
    text = folder("oracles", "usaddress", "training__labeled.xml").read_text(encoding="utf-8")
    lines = [
        re.sub(r"<[^>]+>", "", body).replace("&amp;", "&")
        for body in re.findall(r"<AddressString>(.*?)</AddressString>", text, re.DOTALL)
    ]
    values, found = run(street_kernel, [" ".join(line.split()) for line in lines], "street")
    assert [value.casefold() for value in found.value.to_pylist()] == [value.casefold() for value in values]
    assert len(values) > 1_000


def test_naughty_strings_go_through_every_name_field():
    import json

    strings = json.loads(folder("oracles", "oracle_naughty_strings", "blns.json").read_text(encoding="utf-8"))
    for field in ("first_name", "last_name", "full_name", "suffix"):
        values, found = run(name_kernel, strings, field)
        _, again = run(name_kernel, found.value.to_pylist(), field)
        assert set(again.value.to_pylist()) <= {value.strip() for value in found.value.to_pylist()}
        assert len(found.value) == len(values)
