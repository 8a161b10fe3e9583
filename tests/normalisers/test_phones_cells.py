"""Phone cells as people fill them in: scripts, labels, extensions, second numbers, fillers."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.normalisers.phones import normalise_phone, phone_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, UNKNOWN, VALID, CellOptions
from crmclean.tables.reasons import REASONS


def one(text: str, region: str = "", own: str | None = None) -> dict[str, object]:
    """Everything the kernel says about one cell."""
    regions = None if own is None else pa.array([own], TEXT)
    found = phone_kernel(pa.array([text], TEXT), CellOptions(field="phone", region=region), regions)
    row: dict[str, object] = {name: values[0].as_py() for name, values in found.attributes.items()}
    row |= {"value": found.value[0].as_py(), "reason": found.reason[0].as_py(), "verdict": int(found.verdict[0])}
    return row | {"issues": sorted(code for code, mask in found.issues.items() if mask[0])}


@pytest.mark.parametrize(
    ("text", "region", "value"),
    [
        ("(212) 456-7890", "US", "+12124567890"),
        ("1-212-456-7890", "US", "+12124567890"),
        ("011 44 20 7946 0000", "US", "+442079460000"),
        ("0044 20 7946 0000", "US", "+442079460000"),
        ("0044 20 7946 0000", "", "+442079460000"),
        ("+44 (0)20 7946 0000", "IN", "+442079460000"),
        ("+353 (0) 1 671 2345", "", "+35316712345"),
        ("tel:+91-98765-43211", "", "+919876543211"),
        ("098765 43211", "IN", "+919876543211"),
        ("९८७६५ ४३२११", "IN", "+919876543211"),
        ("০১৭১২-৩৪৫৬৭৮", "BD", "+8801712345678"),
        ("౯౮౭౬౫౪౩౨౧౧", "IN", "+919876543211"),
        ("௯௮௭௬௫௪௩௨௧௧", "IN", "+919876543211"),
        ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "IR", "+989123456789"),
        ("٠٥٠ ١٢٣ ٤٥٦٧", "AE", "+971501234567"),
        ("＋８１ ３ １２３４ ５６７８", "", "+81312345678"),
        ("\u202a+98 912 345 6789\u202c", "", "+989123456789"),
        ("030/1234567", "DE", "+49301234567"),
        ("+49 30 123456‑0", "", "+49301234560"),
        ("06 698 12345", "IT", "+390669812345"),
        ("+52 1 55 1234 5678", "", None),
        ("0 15 11 2345 6789", "AR", None),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("Mobile: 212 456 7890", "US", "+12124567890"),
        ("212 456 7890 (work)", "US", "+12124567890"),
        ("тел. 8 (912) 345-67-89", "RU", "+79123456789"),
        ("موبایل: ۰۹۱۲۳۴۵۶۷۸۹", "IR", "+989123456789"),
        ("फ़ोन 098765 43211", "IN", "+919876543211"),
        ("'+919876543211", "", "+919876543211"),
        ("2124567890.0", "US", "+12124567890"),
        ("۹۸۹۱۲۳۴۵۶۷۸۹+", "", "+989123456789"),
        ("+0044 20 7946 0000", "", "+442079460000"),
        ("212-456-7890, (212) 456 7890", "US", "+12124567890"),
    ],
)
def test_phones_reads_what_people_write(text: str, region: str, value: str | None) -> None:
    found = one(text, region)
    if value is not None:
        assert found["value"] == value
        assert found["verdict"] == VALID
    assert one(str(found["value"]), region)["value"] == found["value"]


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ("212-456-7890 ext. 12", "12"),
        ("212-456-7890 x12", "12"),
        ("212-456-7890x12", "12"),
        ("212-456-7890 Extension 0012", "0012"),
        ("212-456-7890 #12", "12"),
        ("212-456-7890,,12", "12"),
        ("212-456-7890, 12", "12"),
        ("+12124567890;ext=12", "12"),
        ("212-456-7890 (ext 12)", "12"),
        ("212-456-7890 доб. 12", "12"),
        ("212-456-7890 داخلی ۱۲", "12"),
        ("212-456-7890 Durchwahl 12", "12"),
        ("212-456-7890 poste 12", "12"),
        ("212-456-7890 ramal 12", "12"),
        ("212-456-7890 एक्सटेंशन १२", "12"),
        ("212-456-7890 分机12", "12"),
        ("212-456-7890 内線 12", "12"),
    ],
)
def test_phones_extension_in_many_spellings(text: str, extension: str) -> None:
    found = one(text, "US")
    assert found["value"] == f"+12124567890;ext={extension}"
    assert found["extension"] == extension


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("212-456-7890 / 646-456-7890", "+16464567890"),
        ("212-456-7890; 646-456-7890", "+16464567890"),
        ("212-456-7890, 646-456-7890", "+16464567890"),
        ("212-456-7890 or 646-456-7890", "+16464567890"),
        ("212-456-7890\n646-456-7890", "+16464567890"),
        ("2124567890/6464567890", "+16464567890"),
        ("+12124567890+16464567890", "+16464567890"),
        ("Home 212-456-7890 Work 646-456-7890", "+16464567890"),
    ],
)
def test_phones_second_number_loses_nothing(text: str, second: str) -> None:
    found = one(text, "US")
    assert found["value"] == text
    assert (found["canonical"], found["second_number"]) == ("+12124567890", second)
    assert found["issues"] == ["phone.several"]
    assert found["verdict"] == VALID


def test_phones_words_besides_the_number_are_kept() -> None:
    found = one("212 456 7890 (ask for Ann)", "US")
    assert found["value"] == "212 456 7890 (ask for Ann)"
    assert found["canonical"] == "+12124567890"
    assert found["issues"] == ["phone.words"]
    assert one("0171 1234567/8", "DE")["value"] == "0171 1234567/8"


@pytest.mark.parametrize(
    ("text", "region", "issue", "verdict"),
    [
        ("9.87654E+09", "US", "phone.spreadsheet", INVALID),
        ("9,87654E+11", "DE", "phone.spreadsheet", INVALID),
        ("0000000", "US", "phone.bogus", INVALID),
        ("000-000-0000", "US", "phone.bogus", INVALID),
        ("1234567890", "IN", "phone.bogus", INVALID),
        ("+91 9999999999", "", "phone.bogus", INVALID),
        ("212-555-0134", "US", "phone.bogus", INVALID),
        ("555-0134", "US", "phone.bogus", INVALID),
        ("+1 613 555 0199", "", "phone.bogus", INVALID),
        ("12", "US", "phone.impossible", INVALID),
        ("+999 123 4567", "", "phone.impossible", INVALID),
        ("+1 212 456 789", "", "phone.impossible", INVALID),
        ("212-056-7890", "US", "phone.invalid", INVALID),
        ("call reception", "US", "phone.no_number", INVALID),
        ("020 7946 0000", "", "phone.no_region", UNKNOWN),
        ("+" * 400, "US", "phone.no_number", INVALID),
        ("9" * 5000, "US", "phone.no_number", INVALID),
    ],
)
def test_phones_what_is_wrong_stays_as_typed(text: str, region: str, issue: str, verdict: int) -> None:
    found = one(text, region)
    assert (found["value"], found["reason"]) == (text, None)
    assert issue in found["issues"]  # type: ignore[operator]
    assert found["verdict"] == verdict


def test_phones_types() -> None:
    numbers = {
        "+442079460000": "fixed_line",
        "+919876543211": "mobile",
        "+12124567890": "fixed_line_or_mobile",
        "+18004567890": "toll_free",
        "+19004567890": "premium_rate",
        "+9118603451234": "shared_cost",
        "+447012345678": "personal_number",
        "+445512345678": "uan",
        "+445612345678": "voip",
        "+447640123456": "pager",
    }
    for number, kind in numbers.items():
        found = one(number)
        assert found["phone_type"] == kind, number
        assert ("phone.premium" in found["issues"]) == (kind == "premium_rate")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "own", "clash"),
    [
        ("+442079460000", "US", True),
        ("+442079460000", "GB", False),
        ("+441534456789", "GB", False),  # Jersey
        ("+442079460000", "JE", False),
        ("+16134567890", "US", False),  # Canada shares the code
        ("+17872345678", "US", False),  # so does Puerto Rico
        ("+80012345678", "US", False),  # international freephone belongs to nobody
        ("+919876543211", "DE", True),
        ("+919876543211", "", False),
        ("+919876543211", "XX", False),
    ],
)
def test_phones_country_clash(text: str, own: str, clash: bool) -> None:
    assert ("phone.country_clash" in one(text, "US", own)["issues"]) == clash  # type: ignore[operator]


def test_phones_row_region_beats_default() -> None:
    assert one("09123456789", "US", "IR")["value"] == "+989123456789"
    assert one("(212) 456-7890", "US", "")["value"] == "+12124567890"


def test_phones_foreign_digits_are_a_repair_and_the_rest_a_format() -> None:
    assert one("۰۹۱۲ ۳۴۵ ۶۷۸۹", "IR")["reason"] == "phone.digits"
    assert one("0912 345 6789", "IR")["reason"] == "phone.e164"
    assert one("2124567890.0", "US")["reason"] == "phone.decimal"
    assert one("+989123456789")["reason"] is None


def test_phones_series_keeps_index_and_missing() -> None:
    series = pd.Series(["212 456 7890", None, "", "212 456 7890"], index=[9, 4, 7, 1])
    found = normalise_phone(series, region="us")
    assert found.index.tolist() == [9, 4, 7, 1]
    assert found["value"].tolist()[0] == found["value"].tolist()[3] == "+12124567890"
    assert found["verdict"].tolist() == ["valid", "unknown", "unknown", "valid"]


PIECES = st.sampled_from(
    ["+", "00", "0", "1", "44", "91", "212", "456", "7890", "20 7946", "(", ")", " ", "-", "/", ",", ";", "ext", "x",
     "доб.", "tel:", "98765", "43210", "۰۹۱۲", "३", "#", "\n", ".0", "E+", "a", "Ann", "و", " or ", "\u202a", "8",
     "800", "9", "15", "11", "4123", "\u0600"]
)  # fmt: skip
CELLS = st.lists(st.one_of(st.lists(PIECES, max_size=10).map("".join), st.text(max_size=30)), min_size=1, max_size=40)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(CELLS, st.sampled_from(["US", "IN", "AR", "MX", "BR", "RU", "IT", "CN", "", "XX"]))
def test_phones_any_text_idempotent_and_sound(cells: list[str], region: str) -> None:
    array = pa.array(cells, TEXT)
    options = CellOptions(region=region)
    found = phone_kernel(array, options)
    again = phone_kernel(found.value, options)
    assert again.value.equals(found.value)
    changed = np.asarray(pc.not_equal(found.value, array))
    assert (np.asarray(found.reason.is_valid()) == changed).all()
    assert (found.verdict[changed] == VALID).all()
    canonical = found.value.filter(pa.array(changed)).to_pylist()
    assert all(re.fullmatch(r"\+[1-9][0-9]{3,16}(;ext=[0-9]{1,11})?", value) for value in canonical)
    assert set(found.issues) <= set(REASONS)
    assert all(len(mask) == len(cells) for mask in found.issues.values())
    backwards = phone_kernel(array.take(pa.array(np.arange(len(cells))[::-1])), options)
    assert backwards.value.take(pa.array(np.arange(len(cells))[::-1])).equals(found.value)


@settings(derandomize=True, deadline=None, max_examples=20)
@given(CELLS, st.sampled_from(["US", "", "AR"]))
def test_phones_own_regions_idempotent_and_chunking_never_matters(cells: list[str], region: str) -> None:
    array = pa.array(cells * 30, TEXT)
    own = pa.array([("IN", "US", None, "", "BR", "IT", "ZZ")[place % 7] for place in range(len(array))], TEXT)
    options = CellOptions(region=region)
    whole = phone_kernel(array, options, own)
    assert phone_kernel(whole.value, options, own).value.equals(whole.value)
    part = phone_kernel(array.slice(0, 5), options, own.slice(0, 5))
    assert part.value.equals(whole.value.slice(0, 5))
    assert (part.verdict == whole.verdict[:5]).all()
    for name, values in part.attributes.items():
        assert values.equals(whole.attributes[name].slice(0, 5))
