"""Phone numbers: E.164 with ``;ext=``, whether the number can exist, and what kind of number it is.

A number is changed only when it is valid; everything else stays exactly as it was typed and earns an issue. A cell that
holds more than one number, or words besides the number, stays as typed too, with the number as attribute ``canonical``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import PhoneNumberType

from crmclean.normalisers._arrays import Ints, Mask, byte_lengths, digits_only, is_match, put
from crmclean.normalisers._draft import frame_of
from crmclean.normalisers._phone_cells import LONGEST, PhoneCells, read_cells
from crmclean.normalisers._phone_numbers import parse_numbers
from crmclean.normalisers._phone_patterns import (
    IMPOSSIBLE,
    NO_NUMBER,
    NO_REGION,
    POSSIBLE,
    VALID_NUMBER,
    Parsed,
)
from crmclean.normalisers._phone_regions import calling_code
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, UNKNOWN, VALID, CellOptions, Normalised
from crmclean.text import map_subset

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["normalise_phone", "phone_kernel"]

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

# Fillers: one digit over and over, or the digits in a row (but 9876543210 may be a real Indian mobile).
_FILLER = (
    "(?:"
    + "|".join(f"{digit}{{5,}}" for digit in range(10))
    + "|0?12345(?:6(?:7(?:8(?:9(?:01?)?)?)?)?)?|0?987654321|1231231234|123123123)"
)
# International prefixes of other countries than the one the number is read in.
_DIALLED = r"^[^0-9]*(?:00|011|0011|810|010)[ .\-]*([1-9])"


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

    >>> import pandas as pd
    >>> found = normalise_phone(pd.Series(["(212) 456-7890 ext. 12", "call me"]), region="US")
    >>> found["value"].tolist(), found["verdict"].tolist()
    (['+12124567890;ext=12', 'call me'], ['valid', 'invalid'])
    >>> normalise_phone(pd.Series(["०९८७६५ ४३२१०"]), region="IN")[["value", "phone_type"]].values.tolist()
    [['+919876543210', 'mobile']]
    """
    return frame_of(series, phone_kernel, CellOptions(field="phone", region=region.upper()), regions)


# ---- the region each number is read in -----------------------------------------------------------


def _regions(count: int, options: CellOptions, regions: pa.Array | None) -> tuple[Ints, list[str], Ints]:
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


# ---- reading -------------------------------------------------------------------------------------


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
    """Canonical second numbers, null where there is none; one that is valid steps in for an invalid first.

    A number that is only repeated is no second number: such a cell is not ``several``.
    """
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
    repeated = np.asarray(pc.equal(found.e164, first.e164.take(pa.array(places))).fill_null(False), bool) & ~instead
    cells.several[places[repeated]] = False
    beside = good & ~instead & ~repeated
    return put(out, places[beside], found.e164.filter(pa.array(beside)))


def _bogus(cells: PhoneCells, parsed: Parsed, digits: pa.Array) -> Mask:
    """Fillers, whether or not they could exist."""
    out = is_match(digits, f"^{_FILLER}$")
    e164 = pc.fill_null(parsed.e164, "")
    likely = np.flatnonzero(is_match(e164, rf"^\+[0-9]{{1,3}}{_FILLER}$|^\+1(?:[2-9][0-9]{{2}})?55501"))
    for code in np.unique(parsed.code[likely]).tolist():
        places = likely[parsed.code[likely] == code]
        national = pc.utf8_slice_codeunits(e164.take(pa.array(places)), 1 + len(str(code)))
        fiction = "|^(?:[2-9][0-9]{2})?55501[0-9]{2}$" if code == 1 else ""  # 555-01xx belongs to novels and films
        out[places] |= is_match(national, f"^{_FILLER}${fiction}")
    return out


# ---- writing down --------------------------------------------------------------------------------


def _assemble(
    values: pa.Array, present: Mask, cells: PhoneCells, parsed: Parsed, second: pa.Array, own: Ints
) -> Normalised:
    digits = digits_only(cells.number)
    count = byte_lengths(digits)
    read = present & ~cells.spreadsheet
    bogus = _bogus(cells, parsed, digits) & read
    valid = (parsed.status == VALID_NUMBER) & read & ~bogus
    # national numbers of an unknown country: no country's subscriber numbers are shorter than six digits
    no_region = read & ~bogus & (parsed.status == NO_REGION) & (count >= 6)
    kept = cells.several | cells.words | ~parsed.stable
    full = _with_extension(parsed.e164, cells.extension)
    value = pc.if_else(pa.array(valid & ~kept), full, values)
    changed = np.asarray(pc.not_equal(value, values).fill_null(False), bool)
    reason = np.where(cells.decimal, 2, np.where(cells.foreign, 1, 0))
    kinds = pa.array(parsed.kind, mask=~valid | (parsed.kind >= len(_TYPE_NAMES)))
    attributes = {
        "phone_type": _TYPE_NAMES.take(kinds),
        "phone_region": _where(valid & _geographic(parsed), parsed.region),
        "extension": _where(valid & (byte_lengths(cells.extension) > 0), cells.extension),
        "second_number": _where(valid, second),
        "canonical": _where(valid & kept, full),
    }
    verdict = np.where(valid, VALID, INVALID).astype(np.int8)
    verdict[~present | no_region] = UNKNOWN
    issues = _issues(cells, parsed, valid, read & ~valid & ~bogus & ~no_region, own, count > 0)
    issues |= {"phone.bogus": bogus, "phone.no_region": no_region, "phone.spreadsheet": cells.spreadsheet & present}
    return Normalised(
        value,
        _REASONS.take(pa.array(reason, mask=~changed)),
        verdict,
        {code: mask for code, mask in issues.items() if mask.any()},
        {name: found for name, found in attributes.items() if found.null_count < len(found)},
    )


def _with_extension(e164: pa.Array, extension: pa.Array) -> pa.Array:
    """``+12124567890;ext=12``."""
    extended = pc.greater(pc.binary_length(extension), 0)

    def joined(part: pa.Array) -> pa.Array:
        return pc.binary_join_element_wise(part, extension.filter(extended), pa.scalar(";ext=", TEXT))

    return map_subset(e164, extended, joined)


def _where(mask: Mask, values: pa.Array) -> pa.Array:
    if not mask.any():
        return pa.nulls(len(values), TEXT)
    return pc.if_else(pa.array(mask), values, pa.scalar(None, TEXT))


def _geographic(parsed: Parsed) -> Mask:
    """Numbers that belong to a country: +800 and its like belong to none."""
    found: Mask = np.asarray(pc.not_equal(parsed.region, "001").fill_null(False), bool)
    return found


def _issues(cells: PhoneCells, parsed: Parsed, valid: Mask, wrong: Mask, own: Ints, digits: Mask) -> dict[str, Mask]:
    """Issues of numbers that are valid, or wrong without being fillers."""
    return {
        "phone.no_number": wrong & (~digits | (parsed.status == NO_NUMBER)),
        "phone.impossible": wrong & digits & np.isin(parsed.status, (IMPOSSIBLE, NO_REGION)),
        "phone.invalid": wrong & (parsed.status == POSSIBLE),
        "phone.several": cells.several & (valid | wrong),
        "phone.words": cells.words & valid,
        "phone.country_clash": valid & (own > 0) & (own != parsed.code) & _geographic(parsed),
        "phone.premium": valid & (parsed.kind == PhoneNumberType.PREMIUM_RATE),
    }
