"""The vectorised phone reader answers as the `phonenumbers` library does, or not at all."""

from __future__ import annotations

import random

import numpy as np
import phonenumbers
import pyarrow as pa
import pytest
from phonenumbers import PhoneMetadata

from crmclean.normalisers._phone_numbers import parse_by_library, parse_numbers
from crmclean.normalisers._phone_patterns import Parsed, parse_plain
from crmclean.normalisers.phones import phone_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import VALID, CellOptions

REGIONS = ["US", "CA", "IN", "GB", "DE", "BR", "IR", "BD", "AE", "FR", "AU"]
TRICKY = [
    "AR",
    "MX",
    "IT",
    "SM",
    "RU",
    "KZ",
    "CN",
    "JP",
    "JE",
    "CI",
    "CL",
    "CR",
    "GL",
    "HU",
    "LT",
    "UY",
    "ZW",
    "NA",
    "SH",
]
KINDS = ["fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan"]
ABROAD = ["1", "44", "7", "39", "49", "98", "212", "800", "999", "47", "61", "358"]


def examples(region: str) -> list[str]:
    metadata = PhoneMetadata.metadata_for_region(region)
    found = (getattr(metadata, kind) for kind in KINDS)
    return [item.example_number for item in found if item is not None and item.example_number]


def mutated(number: str, chance: random.Random) -> str:
    """A number of the same make: other last digits, all other digits, or digits lost, doubled and changed."""
    digits = list(number)
    roll = chance.random()
    if roll < 0.7:
        for place in range(max(0, len(digits) - chance.randint(4, 8)), len(digits)):
            digits[place] = str(chance.randint(0, 9))
    elif roll < 0.9:
        digits = [str(chance.randint(0, 9)) for _ in digits]
    else:
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(digits)) if digits else 0
            kind = chance.randrange(3)
            if kind == 0 and digits:
                digits[place] = str(chance.randint(0, 9))
            elif kind == 1 and digits:
                digits.pop(place)
            else:
                digits.insert(place, str(chance.randint(0, 9)))
    return "".join(digits)


def written(digits: str, region: str, chance: random.Random) -> str:
    """The number as people write it: spaced, with prefixes of all kinds."""
    if chance.random() < 0.5:
        spots = [place for place in (3, 6, 8) if place < len(digits) and chance.random() < 0.6]
        for place in reversed(spots):
            digits = digits[:place] + chance.choice(" -.") + digits[place:]
    code = str(phonenumbers.country_code_for_region(region))
    trunk = PhoneMetadata.metadata_for_region(region).national_prefix or ""
    forms = [
        digits,
        trunk + digits,
        f"+{code}{digits}",
        f"+{code} {digits}",
        f"+{code} (0){digits}",
        f"00{code}{digits}",
        code + digits,
        f"({trunk}{digits[:3]}) {digits[3:]}",
        f"011 {code} {digits}",
        f"{trunk} {digits}",
        f"tel:+{code}-{digits}",
        f"+{chance.choice(ABROAD)}{digits}",
        f"(+{code}) {trunk}{digits}",
    ]
    return chance.choice(forms)


def sample(region: str, count: int) -> list[str]:
    chance = random.Random(f"crmclean phones {region}")
    numbers = examples(region)
    picks = (chance.choice(numbers[:2] if chance.random() < 0.6 else numbers) for _ in range(count))
    return [written(mutated(number, chance), region, chance) for number in picks]


def rows(parsed: Parsed) -> list[tuple[object, ...]]:
    e164, region = parsed.e164.to_pylist(), parsed.region.to_pylist()
    return list(
        zip(
            parsed.status.tolist(),
            e164,
            parsed.kind.tolist(),
            region,
            parsed.code.tolist(),
            parsed.stable.tolist(),
            strict=True,
        )
    )


def differences(region: str, count: int) -> tuple[list[tuple[object, ...]], float]:
    """Where the two readers disagree, and the share of values the fast one was sure of."""
    texts = sample(region, count)
    array = pa.array(texts, TEXT)
    zeros = np.zeros(len(texts), np.int64)
    fast, slow = parse_plain(array, zeros, [region], least=1), parse_by_library(array, zeros, [region])
    pairs = zip(texts, fast.sure, rows(fast), rows(slow), strict=True)
    return [(region, text, got, want) for text, sure, got, want in pairs if sure and got != want], float(
        fast.sure.mean()
    )


@pytest.mark.parametrize("region", REGIONS)
def test_phones_fast_path_equals_library(region: str) -> None:
    found, sure = differences(region, 400)
    assert found == []
    assert sure > 0.95


@pytest.mark.parametrize("region", TRICKY)
def test_phones_fast_path_equals_library_in_regions_with_odd_prefixes(region: str) -> None:
    assert differences(region, 80)[0] == []


@pytest.mark.acceptance
@pytest.mark.parametrize("region", REGIONS)
def test_phones_fast_path_equals_library_at_length(region: str) -> None:
    assert differences(region, 20_000)[0] == []


@pytest.mark.acceptance
def test_phones_fast_path_equals_library_everywhere() -> None:
    found = [item for region in sorted(phonenumbers.SUPPORTED_REGIONS) for item in differences(region, 250)[0]]
    assert found == []


def test_phones_mixed_regions_equal_one_at_a_time() -> None:
    texts, regions = [], []
    for number, region in enumerate(REGIONS):
        texts += sample(region, 60)
        regions += [number] * 60
    order = np.random.default_rng(7).permutation(len(texts))
    array, codes = pa.array(texts, TEXT).take(pa.array(order)), np.array(regions)[order]
    assert rows(parse_numbers(array, codes, REGIONS)) == rows(parse_by_library(array, codes, REGIONS))


@pytest.mark.parametrize("label", [" ext. ", " x", ";ext=", " extension ", ",,", " доб. ", " #"])
def test_phones_extension_equals_library(label: str) -> None:
    texts = [f"+1 212 456 78{number:02d}{label}{number * 7 + 1}" for number in range(60)]
    found = phone_kernel(pa.array(texts, TEXT), CellOptions())
    for text, extension in zip(texts, found.attributes["extension"].to_pylist(), strict=True):
        assert extension == phonenumbers.parse(text).extension
    assert (found.verdict == VALID).all()


@pytest.mark.parametrize("region", REGIONS)
def test_phones_kernel_verdict_equals_library(region: str) -> None:
    """Through the whole kernel: valid is what the library calls valid (fillers and second chances apart)."""
    texts = sample(region, 120)
    found = phone_kernel(pa.array(texts, TEXT), CellOptions(region=region))
    bogus = found.issues.get("phone.bogus", np.zeros(len(texts), bool))
    values = found.value.to_pylist()
    for place, text in enumerate(texts):
        if bogus[place]:
            continue
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            number = None
        if number is not None and phonenumbers.is_valid_number(number):
            assert found.verdict[place] == VALID
            e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            assert values[place] in (e164, text)
        elif found.verdict[place] == VALID:
            assert "(0)" in text or text.startswith(("00", "011")) or text.endswith(".0")
        else:
            assert values[place] == text
