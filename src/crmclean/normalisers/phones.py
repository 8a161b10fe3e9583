"""Phone numbers: E.164 with ``;ext=``, whether the number can exist, and what kind of number it is.

A number is changed only when it is valid; everything else stays exactly as it was typed and earns an issue. A cell that
holds more than one number, or words besides the number, stays as typed too, with the number as attribute ``canonical``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import PhoneNumberType

from crmclean.normalisers._draft import frame_of
from crmclean.normalisers._phone_cells import LONGEST, PhoneCells, read_cells
from crmclean.normalisers._phone_numbers import parse_numbers
from crmclean.normalisers._phone_patterns import (
    IMPOSSIBLE,
    NO_NUMBER,
    NO_REGION,
    POSSIBLE,
    VALID_NUMBER,
    Ints,
    Parsed,
    calling_code,
    digits_only,
    put,
)
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, UNKNOWN, VALID, CellOptions, Normalised

__all__ = ["normalise_phone", "phone_kernel"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]

_TYPES = {
    PhoneNumberType.FIXED_LINE: "fixed_line",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium_rate",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal_number",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}
_TYPE_NAMES = pa.array([_TYPES.get(number, "") for number in range(max(_TYPES) + 1)], TEXT)
_REASONS = pa.array(["phone.e164", "phone.digits", "phone.decimal"], pa.string())

# Fillers: one digit over and over, or the digits in a row. (9876543210 is a filler and a real Indian mobile: not listed.)
_FILLER = (
    "^(?:"
    + "|".join(f"{digit}{{5,}}" for digit in range(10))
    + "|0?12345(?:6(?:7(?:8(?:9(?:01?)?)?)?)?)?|0?987654321|1231231234|123123123)$"
)
# International prefixes of other countries than the one the number is read in.
_DIALLED = r"^[^0-9+]*(?:00|011|0011|810|010)[ .\-]*([1-9])"


def phone_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Canonical phone numbers.

    Parameters
    ----------
    values : large_string array
        Distinct cells.
    options : CellOptions
        ``region`` is where national numbers are dialled from unless ``regions`` says otherwise.
    regions : large_string array, optional
        Each value's own ISO alpha-2 region.

    Returns
    -------
    Normalised
        Attributes ``phone_type``, ``phone_region``, ``extension``, ``second_number``, ``canonical``. The verdict is
        ``VALID`` exactly where `phonenumbers.is_valid_number` holds and the number is no filler.
    """
    values = as_text(values)
    fit = np.asarray(pc.less_equal(pc.utf8_length(values), LONGEST).fill_null(False), bool)
    present = np.asarray(pc.greater(pc.utf8_length(values), 0).fill_null(False), bool)
    typed = pc.if_else(pa.array(fit), values, "").cast(TEXT)
    cells = read_cells(typed)
    codes, names, own = _regions(len(values), options, regions)
    parsed = _parse(cells.number, codes, names)
    second = _second(cells, codes, names, parsed)
    return _assemble(values, present, cells, parsed, second, own)


def normalise_phone(series: Any, region: str = "", regions: Any = None) -> pd.DataFrame:
    """Canonical phone numbers of a Series.

    >>> found = normalise_phone(pd.Series(["(212) 456-7890 ext. 12", "call me"]), region="US")
    >>> found["value"].tolist(), found["verdict"].tolist()
    (['+12124567890;ext=12', 'call me'], ['valid', 'invalid'])
    >>> normalise_phone(pd.Series(["०९८७६५ ४३२१०"]), region="IN")[["value", "phone_type"]].values.tolist()
    [['+919876543210', 'mobile']]
    """
    return frame_of(series, phone_kernel, CellOptions(field="phone", region=region.upper()), regions)


# ---- the region each number is read in --------------------------------------------------------------------------------


def _regions(
    count: int, options: CellOptions, regions: pa.Array | None
) -> tuple[Ints, list[str], Ints]:
    """Position of each value's region in a list of names, and the calling code of its own region (0: none)."""
    default = _known(options.region)
    if regions is None:
        return np.zeros(count, np.int64), [default], np.zeros(count, np.int64)
    encoded = pc.fill_null(as_text(regions), "").dictionary_encode()
    known = [_known(name) for name in encoded.dictionary.to_pylist()]
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    own = np.array([calling_code(name) for name in known] or [0], np.int64)[codes]
    names = [name or default for name in known]
    return codes, names, own


def _known(name: str | None) -> str:
    """The region as the phone library names it, "" where it has none."""
    code = (name or "").strip().upper()
    code = {"UK": "GB", "EL": "GR"}.get(code, code)
    return code if calling_code(code) else ""


# ---- reading ------------------------------------------------------------------------------------------------------------


def _parse(texts: pa.Array, codes: Ints, names: list[str]) -> Parsed:
    """The number in each text; a foreign international prefix or a bracketed zero gets a second chance."""
    parsed = parse_numbers(texts, codes, names)
    failed = np.flatnonzero(parsed.status != VALID_NUMBER)
    if not len(failed):
        return parsed
    part = texts.take(pa.array(failed))
    again = pc.replace_substring_regex(part, _DIALLED, r"+\1", max_replacements=1)
    again = pc.replace_substring(again, "(0)", "")
    tried = np.flatnonzero(np.asarray(pc.not_equal(again, part)))
    if not len(tried):
        return parsed
    retried = parse_numbers(again.take(pa.array(tried)), codes[failed[tried]], names)
    better = np.flatnonzero(retried.status == VALID_NUMBER)
    places = failed[tried[better]]
    for name in ("status", "kind", "code", "stable"):
        getattr(parsed, name)[places] = getattr(retried, name)[better]
    parsed.e164 = put(parsed.e164, places, retried.e164.take(pa.array(better)))
    parsed.region = put(parsed.region, places, retried.region.take(pa.array(better)))
    return parsed


def _second(cells: PhoneCells, codes: Ints, names: list[str], first: Parsed) -> pa.Array:
    """Canonical second numbers, null where there is none; one that is valid steps in for an invalid first."""
    places = np.flatnonzero(cells.several)
    out = pa.nulls(len(cells.number), TEXT)
    if not len(places):
        return out
    found = _parse(cells.second.take(pa.array(places)), codes[places], names)
    good = found.status == VALID_NUMBER
    instead = good & (first.status[places] != VALID_NUMBER)
    for name in ("status", "kind", "code", "stable"):
        getattr(first, name)[places[instead]] = getattr(found, name)[instead]
    first.e164 = put(first.e164, places[instead], found.e164.filter(pa.array(instead)))
    first.region = put(first.region, places[instead], found.region.filter(pa.array(instead)))
    beside = good & ~instead
    return put(out, places[beside], found.e164.filter(pa.array(beside)))


def _bogus(cells: PhoneCells, parsed: Parsed) -> Mask:
    """Fillers, whether or not they could exist."""
    digits = digits_only(cells.number)
    out = np.asarray(pc.match_substring_regex(digits, _FILLER), bool)
    for code in np.unique(parsed.code[parsed.code > 0]).tolist():
        places = np.flatnonzero(parsed.code == code)
        national = pc.utf8_slice_codeunits(parsed.e164.take(pa.array(places)), 1 + len(str(code)))
        pattern = f"{_FILLER}|^[2-9][0-9]{{2}}55501" if code == 1 else _FILLER  # 555-01xx: kept for fiction
        out[places] |= np.asarray(pc.match_substring_regex(national, pattern).fill_null(False), bool)
    return out


# ---- writing down -------------------------------------------------------------------------------------------------------


def _assemble(
    values: pa.Array, present: Mask, cells: PhoneCells, parsed: Parsed, second: pa.Array, own: Ints
) -> Normalised:
    bogus = _bogus(cells, parsed) & present & ~cells.spreadsheet
    valid = (parsed.status == VALID_NUMBER) & ~bogus & ~cells.spreadsheet & present
    none = pa.scalar(None, TEXT)
    extension = pc.if_else(pc.equal(cells.extension, ""), none, cells.extension)
    blank, label = pa.scalar("", TEXT), pa.scalar(";ext=", TEXT)
    suffix = pc.fill_null(pc.binary_join_element_wise(label, extension, blank), "")
    full = pc.if_else(pa.array(valid), pc.binary_join_element_wise(parsed.e164, suffix, blank), none)
    replaced = valid & parsed.stable & ~cells.several & ~cells.words
    value = pc.if_else(pa.array(replaced), full, values)
    changed = np.asarray(pc.not_equal(value, values).fill_null(False), bool)
    kind = np.where(cells.decimal, 2, np.where(cells.foreign, 1, 0))
    beside = valid & ~replaced
    attributes = {
        "phone_type": _where(valid, _TYPE_NAMES.take(pa.array(parsed.kind, mask=parsed.kind >= len(_TYPE_NAMES)))),
        "phone_region": _where(valid & _geographic(parsed), parsed.region),
        "extension": _where(valid, extension),
        "second_number": _where(valid, second),
        "canonical": _where(beside, full),
    }
    status = np.where(valid, VALID, INVALID).astype(np.int8)
    no_region = _without_region(cells, parsed, present & ~bogus & ~cells.spreadsheet)
    status[~present | no_region] = UNKNOWN
    return Normalised(
        value,
        _REASONS.take(pa.array(kind, mask=~changed)),
        status,
        _issues(cells, parsed, present, valid, bogus, no_region, own),
        {name: found for name, found in attributes.items() if found.null_count < len(found)},
    )


def _where(mask: Mask, values: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(mask), values, pa.scalar(None, TEXT))


def _geographic(parsed: Parsed) -> Mask:
    """Numbers that belong to a country: +800 and its like belong to none."""
    return np.asarray(pc.not_equal(parsed.region, "001").fill_null(False), bool)


def _without_region(cells: PhoneCells, parsed: Parsed, asked: Mask) -> Mask:
    """National numbers of an unknown country: six digits or more, for no country has shorter subscriber numbers."""
    long_enough = np.asarray(pc.greater_equal(pc.binary_length(digits_only(cells.number)), 6))
    return asked & (parsed.status == NO_REGION) & long_enough


def _issues(
    cells: PhoneCells, parsed: Parsed, present: Mask, valid: Mask, bogus: Mask, no_region: Mask, own: Ints
) -> dict[str, Mask]:
    judged = present & ~valid & ~bogus & ~cells.spreadsheet & ~no_region
    wordless = np.asarray(pc.equal(pc.binary_length(digits_only(cells.number)), 0))
    found = {
        "phone.spreadsheet": cells.spreadsheet & present,
        "phone.bogus": bogus,
        "phone.no_region": no_region,
        "phone.no_number": judged & (wordless | (parsed.status == NO_NUMBER)),
        "phone.impossible": judged & ~wordless & np.isin(parsed.status, (IMPOSSIBLE, NO_REGION)),
        "phone.invalid": judged & (parsed.status == POSSIBLE),
        "phone.several": cells.several & present,
        "phone.words": cells.words & valid,
        "phone.country_clash": valid & (own > 0) & (own != parsed.code) & _geographic(parsed),
        "phone.premium": valid & (parsed.kind == PhoneNumberType.PREMIUM_RATE),
    }
    return {code: mask for code, mask in found.items() if mask.any()}
