"""The vectorised phone reader answers as the `phonenumbers` library does, or not at all."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import phonenumbers
import pyarrow as pa
import pytest
from phonenumbers import NumberParseException, PhoneNumberFormat

from crmclean.normalisers._phone_cells import read_cells
from crmclean.normalisers._phone_numbers import parse_by_library, parse_numbers
from crmclean.normalisers._phone_patterns import POSSIBLE, VALID_NUMBER, Parsed, parse_plain
from crmclean.normalisers.phones import phone_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import VALID, CellOptions
from tests.normalisers.phone_samples import GROUPS, REGIONS, TRICKY, mixed, realistic

Difference = tuple[str, str, object, object]
FRACTION = re.compile(r"[0-9]{7,15}\.0$")


class Told(NamedTuple):
    """What the library says of a text it can read."""

    valid: bool
    possible: bool
    e164: str
    extension: str | None
    kind: int
    region: str | None


def told(text: str, region: str) -> Told | None:
    """The library's word, by its public functions alone; None where it refuses to read."""
    try:
        number = phonenumbers.parse(text, region or None)
    except (NumberParseException, ValueError):  # ValueError: more digits than Python makes an integer of
        return None
    valid = phonenumbers.is_valid_number(number)
    return Told(
        valid,
        valid or phonenumbers.is_possible_number(number),
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
        number.extension or None,
        int(phonenumbers.number_type(number)),
        phonenumbers.region_code_for_number(number),
    )


def reader_differences(texts: list[str], region: str, answers: list[Told | None]) -> list[Difference]:
    """Where the fast reader is sure and wrong."""
    fast = parse_plain(pa.array(texts, TEXT), np.zeros(len(texts), np.int64), [region], least=1)
    out: list[Difference] = []
    rows = zip(fast.sure, fast.status, fast.e164.to_pylist(), fast.kind, fast.region.to_pylist(), strict=True)
    for text, want, (sure, status, e164, kind, own) in zip(texts, answers, rows, strict=True):
        if not sure:
            continue
        if want is None:
            same = status < POSSIBLE and e164 is None
        else:
            same = (status == VALID_NUMBER, status >= POSSIBLE) == want[:2] and (e164, kind, own) == (
                want.e164,
                want.kind,
                want.region,
            )
        if not same:
            out.append((region, text, (int(status), e164, int(kind), own), want))
    return out


def again(text: str) -> list[str]:
    """What a person would dial instead where the library reads no valid number: the kernel's second chances."""
    dialled = re.sub(r"^[^0-9]*(?:00|011|0011|810|010)[ .\-]*([1-9])", r"+\1", text)  # another country's way out
    return [text.replace("(0)", ""), dialled, dialled.replace("(0)", "")]


def kernel_differences(texts: list[str], region: str, answers: list[Told | None]) -> list[Difference]:
    """Where the whole kernel disagrees in validity, E.164, extension, type or region; fillers apart."""
    found = phone_kernel(pa.array(texts, TEXT), CellOptions(field="phone", region=region))
    bogus = found.issues.get("phone.bogus", np.zeros(len(texts), bool))
    assert bogus.mean() < 0.01
    nothing = [None] * len(texts)
    kept, extension, kind, own = (
        found.attributes[name].to_pylist() if name in found.attributes else nothing
        for name in ("canonical", "extension", "phone_type", "phone_region")
    )
    out: list[Difference] = []
    for place in np.flatnonzero(~bogus).tolist():
        text, want = texts[place], answers[place]
        if found.verdict[place] != VALID:
            if want is not None and want.valid:
                out.append((region, text, "not valid", want))
            continue
        if want is None or not want.valid:
            want = next((one for part in again(text) if (one := told(part, region)) and one.valid), None)
        e164, _, shown = (kept[place] or found.value[place].as_py()).partition(";ext=")
        got = (e164, shown or None, extension[place], kind[place], own[place])
        if want is None or got != _expected(want):
            out.append((region, text, got, want))
    return out


def _expected(want: Told) -> tuple[object, ...]:
    kind = phonenumbers.PhoneNumberType.to_string(want.kind).lower()
    region = None if want.region == "001" else want.region
    return want.e164, want.extension, want.extension, kind, region


def differences(region: str, count: int) -> list[Difference]:
    """Of ``count`` texts, read with the region's country beside them and without any."""
    texts, noise = mixed(region, count)
    assert len(texts) == count
    # what noise means, and 2121234567.0 out of a spreadsheet, is the kernel's own affair
    plain = [place for place, text in enumerate(texts) if not noise[place] and not FRACTION.match(text)]
    out: list[Difference] = []
    for country in (region, ""):
        answers = [told(text, country) for text in texts]
        out += reader_differences(texts, country, answers)
        out += kernel_differences([texts[place] for place in plain], country, [answers[place] for place in plain])
    return out


def share_answered(texts: list[str], region: str) -> float:
    """Share of texts that the fast path answers itself, without the library."""
    cells = read_cells(pa.array(texts, TEXT))
    return float(parse_plain(cells.number, np.zeros(len(texts), np.int64), [region], least=1).sure.mean())


@pytest.mark.parametrize("group", GROUPS)
def test_phones_equal_library(group: str) -> None:
    found = [item for region in GROUPS[group] for item in differences(region, 1_500 // len(GROUPS[group]))]
    assert found == []


@pytest.mark.parametrize("country", ["its own", "none"])
@pytest.mark.parametrize("group", GROUPS)
def test_phones_fast_path_answers_realistic_values(group: str, country: str) -> None:
    for region in GROUPS[group]:
        texts = realistic(region, 2_000)
        assert len(texts) == 2_000
        assert share_answered(texts, region if country == "its own" else "") >= 0.95


@pytest.mark.parametrize("region", TRICKY)
def test_phones_equal_library_in_regions_with_odd_prefixes(region: str) -> None:
    assert differences(region, 80) == []


@pytest.mark.acceptance
@pytest.mark.parametrize("group", GROUPS)
def test_phones_equal_library_at_length(group: str) -> None:
    """200,000 distinct texts a group, read with and without their country: four million readings in all."""
    for region in GROUPS[group]:
        assert differences(region, 200_000 // len(GROUPS[group])) == []


@pytest.mark.acceptance
@pytest.mark.parametrize("part", range(4))
def test_phones_equal_library_everywhere(part: int) -> None:
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)[part::4]
    assert [item for region in regions for item in differences(region, 250)] == []


def rows(parsed: Parsed) -> list[tuple[object, ...]]:
    columns = (parsed.status, parsed.e164, parsed.kind, parsed.region, parsed.code, parsed.stable)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("region", [*REGIONS, *TRICKY, ""])
def test_phones_fast_reader_equals_slow_reader_in_every_member(region: str) -> None:
    """The two halves of the product agree, in calling code and in whether a number reads itself again too."""
    array = pa.array(mixed(region or "US", 300)[0], TEXT)
    zeros = np.zeros(len(array), np.int64)
    fast, slow = parse_plain(array, zeros, [region], least=1), parse_by_library(array, zeros, [region])
    pairs = zip(array.to_pylist(), fast.sure, rows(fast), rows(slow), strict=True)
    assert [(text, got, want) for text, sure, got, want in pairs if sure and got != want] == []


def test_phones_mixed_regions_equal_one_at_a_time() -> None:
    texts, regions = [], []
    names = [*REGIONS, ""]
    for number, region in enumerate(names):
        texts += mixed(region or "DE", 60)[0]
        regions += [number] * 60
    order = np.random.default_rng(7).permutation(len(texts))
    array, codes = pa.array(texts, TEXT).take(pa.array(order)), np.array(regions)[order]
    assert rows(parse_numbers(array, codes, names)) == rows(parse_by_library(array, codes, names))


@pytest.mark.parametrize("label", [" ext. ", " x", ";ext=", " extension ", ",,", " доб. ", " #"])
def test_phones_extension_equals_library(label: str) -> None:
    texts = [f"+1 212 456 78{number:02d}{label}{number * 7 + 1}" for number in range(60)]
    found = phone_kernel(pa.array(texts, TEXT), CellOptions())
    for text, extension in zip(texts, found.attributes["extension"].to_pylist(), strict=True):
        assert extension == phonenumbers.parse(text).extension
    assert (found.verdict == VALID).all()
