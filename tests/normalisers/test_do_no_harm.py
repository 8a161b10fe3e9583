"""First, do no harm: lists of correct values go through text repair, placeholder words and the kernel of their kind.

What comes out different after casefolding and squeezing spaces is harm, and there is none, but for exceptions named
one by one. Changes of case alone are counted apart; every one of them is of a value that had no case of its own: all
capitals or all small. The data is found through CRMCLEAN_EXTRA_DATA.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
import phonenumbers
import pyarrow as pa
import pytest
from email_validator import validate_email

from crmclean.normalisers.registry import KERNELS, missing_kernel, text_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.fields import kind_of
from crmclean.tables.normalised import CellOptions

pytestmark = pytest.mark.acceptance

LABELLED, NAMES, ORACLES = "labelled", "names", "oracles"
CASE = {"name.case", "company.case", "street.case", "city.case", "region.case", "title.case", "email.case"}


def outside(*parts: str) -> Path:
    path = Path(os.environ.get("CRMCLEAN_EXTRA_DATA", ""), *parts)
    if not os.environ.get("CRMCLEAN_EXTRA_DATA") or not path.exists():
        pytest.skip(f"CRMCLEAN_EXTRA_DATA does not name a folder with {'/'.join(parts)}")
    return path


def table(*parts: str, columns: Iterable[str] = (), **options: object) -> list[str]:
    """All cells of some columns of a CSV file, or of all columns."""
    frame = pd.read_csv(outside(*parts), dtype=str, keep_default_na=False, skipinitialspace=True, **options)
    return [cell for column in columns or frame.columns for cell in frame[column].tolist()]


def lines(*parts: str, encoding: str = "utf-8") -> list[str]:
    return outside(*parts).read_text(encoding=encoding, errors="replace").splitlines()


def by_country(file: str) -> list[str]:
    return table(NAMES, "names_by_country", file, columns=("Localized Name", "Romanized Name"), encoding="utf-8-sig")


def indian() -> list[str]:
    return [cell for line in lines(NAMES, "cmu_indian", "names_first_half.tsv")[1:] for cell in line.split("\t")]


def persian(*stems: str) -> list[str]:
    return [
        line
        for stem in stems
        for tongue in ("fa", "en")
        for line in lines(NAMES, "translit_persian_names", f"{stem}_{tongue}.txt")
    ]


def arabic() -> list[str]:
    return [cell for line in lines(NAMES, "ar2en", "ar2en-eval.txt") for cell in line.split("\t")]


def hospital(*columns: str) -> list[str]:
    with outside(LABELLED, "hospital_cells", "hospital_clean.csv").open(encoding="utf-8", newline="") as file:
        return [row["correct_val"] for row in csv.DictReader(file) if row["attribute"] in columns]


def people_of_history(*columns: str) -> list[str]:
    frame = pd.read_parquet(outside(LABELLED, "splink_historical50k", "historical_figures_with_errors_50k.parquet"))
    return [str(cell) for column in columns for cell in frame[column].dropna()]


def umass() -> list[str]:
    path = outside(LABELLED, "air_umass_companies", "air-umass_distinct_names.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [row[-1] for row in csv.reader(file)][1:]


def stoxx() -> list[str]:
    path = outside(LABELLED, "stoxx50_companies", "stoxx50_extended_with_id.xlsx")
    return [str(cell) for cell in pd.read_excel(path, dtype=str, engine="calamine")["name"]]


def cleanco() -> list[str]:
    return [line.split(";")[0] for line in lines(ORACLES, "cleanco", "companies.csv")]


def restaurants(column: str) -> list[str]:
    return table(LABELLED, "restaurants", "restaurant.csv", columns=(column,))


def germans(column: str) -> list[str]:
    return table(LABELLED, "rldata", "RLdata10000.csv", columns=(column,))


def negatives() -> list[str]:
    """ftfy's negatives but for the one in which it repairs a control character."""
    cases = json.loads(outside(ORACLES, "oracle_mojibake_ftfy", "negative.json").read_text(encoding="utf-8"))
    return [case["original"] for case in cases if case["original"] == case.get("fixed-encoding", case["fixed"])]


LISTS: dict[str, tuple[str, Callable[[], list[str]], int]] = {
    "given names by country": ("first_name", lambda: by_country("common-forenames-by-country.csv"), 5),
    "family names by country": ("last_name", lambda: by_country("common-surnames-by-country.csv"), 5),
    "Indian names, given": ("first_name", indian, 0),
    "Indian names, family": ("last_name", indian, 0),
    "Indian names, whole": ("full_name", indian, 0),
    "Persian names": ("first_name", lambda: persian("male", "female"), 0),
    "Persian places": ("city", lambda: persian("region"), 0),
    "Arabic names": ("last_name", arabic, 20_000),
    "companies of cleanco": ("company", cleanco, 10),
    "companies of Stoxx 50": ("company", stoxx, 200),
    "organisations of UMass": ("company", umass, 3_000),
    "restaurants, names": ("company", lambda: restaurants("name"), 0),
    "restaurants, streets": ("street", lambda: restaurants("addr"), 900),
    "restaurants, cities": ("city", lambda: restaurants("city"), 900),
    "hospitals, names": ("company", lambda: hospital("HospitalName"), 0),
    "hospitals, streets": ("street", lambda: hospital("Address1"), 100),
    "hospitals, cities": ("city", lambda: hospital("City"), 100),
    "people of history, given": ("first_name", lambda: people_of_history("first_name"), 100_000),
    "people of history, family": ("last_name", lambda: people_of_history("surname"), 100_000),
    "German people, given": ("first_name", lambda: germans("fname_c1"), 10_000),
    "German people, family": ("last_name", lambda: germans("lname_c1"), 10_000),
    "ftfy's negatives, names": ("full_name", negatives, 14),
    "ftfy's negatives, companies": ("company", negatives, 5),
    "ftfy's negatives, notes": ("notes", negatives, 0),
}  # fmt: skip
# list -> values that come out different, and why that is right
EXCEPTIONS: dict[str, dict[str, str]] = {
    "people of history, family": {"(?)": "a question mark is no name"},
}


def is_left_over(before: str, after: str) -> bool:
    """Whether all that is gone is a comma, semicolon or quotation mark at an end, left over from a longer text."""
    return squeezed(before).strip(",;'\"") == squeezed(after)


def through(values: list[str], field: str, region: str = "") -> list[tuple[str, str, str]]:
    """(before, after, last reason) of the distinct values that come out different."""
    before = sorted({value for value in values if value.strip()})
    options, now = CellOptions(field=field, region=region), pa.array(before, TEXT)
    reasons: list[str | None] = [None] * len(before)
    for kernel in (
        text_kernel(),
        missing_kernel(),
        *([KERNELS[kind_of(field)]()] if kind_of(field) in KERNELS else []),
    ):
        found = kernel(now, options)
        reasons = [new or old for new, old in zip(found.reason.to_pylist(), reasons, strict=True)]
        now = found.value
    pairs = zip(before, now.to_pylist(), reasons, strict=True)
    return [(old, new, reason or "") for old, new, reason in pairs if old != new]


def squeezed(text: str) -> str:
    """Casefolded, spaces single, canonically equal letters the same; the dots of the Turkish I go with its case."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace("i\u0307", "i").replace("ı", "i").split())


@pytest.mark.parametrize("name", LISTS)
def test_correct_values_stay(name: str) -> None:
    field, load, most_cased = LISTS[name]
    values = load()
    changed = through(values, field)
    harmed = [item for item in changed if squeezed(item[0]) != squeezed(item[1])]
    cased = [item for item in changed if squeezed(item[0]) == squeezed(item[1]) and item[2] in CASE]
    print(f"{name}: {len(set(values))} values, {len(harmed)} harmed, {len(cased)} in case alone")
    assert len(set(values)) > 20
    if name.startswith("people of history"):  # words cut out of sentences
        harmed = [item for item in harmed if not (item[2] == "name.decoration" and is_left_over(*item[:2]))]
    assert [item for item in harmed if item[0] not in EXCEPTIONS.get(name, {})] == []
    assert len(cased) <= most_cased
    assert all(old.isupper() or old.islower() for old, _, _ in cased)


def test_valid_phones_of_the_library_stay_the_same_number() -> None:
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        number = phonenumbers.example_number(region)
        if number is None:
            continue
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        written = [phonenumbers.format_number(number, style) for style in (1, 2)]  # international, national
        for _, new, _ in through([e164, *written], "phone", region):
            assert re.sub(r"\D", "", new) == e164[1:], (region, e164, new)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "simple@acme.com",
            "x@acme.com",
            "user.name+tag@acme.co.uk",
            "o'neil@acme.com",
            "#!$%&'*+-/=?^_`{}|~@acme.org",
        ),
        *(
            "ünïcode@acme.com",
            "उपयोगकर्ता@उदाहरण.भारत",
            "用户@例子.广告",
            "a@b.travel",
            "1@acme.com",
            "ann--lee@acme.com",
        ),
    ],
)
def test_valid_addresses_of_the_library_stay(address: str) -> None:
    assert validate_email(address, check_deliverability=False).normalized == address
    assert through([address], "email") == []
