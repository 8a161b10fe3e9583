"""Texts to phone numbers: the vectorised reader first, the `phonenumbers` library for whatever it leaves open."""

from __future__ import annotations

import numpy as np
import phonenumbers
import pyarrow as pa
from phonenumbers import NumberParseException, PhoneNumberFormat

from crmclean.normalisers._arrays import Ints, put
from crmclean.normalisers._phone_patterns import (
    IMPOSSIBLE,
    NO_NUMBER,
    NO_REGION,
    POSSIBLE,
    VALID_NUMBER,
    Parsed,
    parse_plain,
)
from crmclean.tables.evidence import TEXT

__all__ = ["LONGEST", "parse_by_library", "parse_numbers"]

LONGEST = 250  # characters; the library refuses more

_UNPARSED = {
    NumberParseException.INVALID_COUNTRY_CODE: NO_REGION,
    NumberParseException.NOT_A_NUMBER: NO_NUMBER,
    NumberParseException.TOO_SHORT_AFTER_IDD: IMPOSSIBLE,
    NumberParseException.TOO_SHORT_NSN: IMPOSSIBLE,
    NumberParseException.TOO_LONG: IMPOSSIBLE,
}

Row = tuple[int, str | None, int, str | None, int, bool]


def _read_one(text: str, region: str) -> Row:
    """Status, E.164, type, region, calling code and stability of one text, by the library alone."""
    try:
        number = phonenumbers.parse(text, region or None)
    except NumberParseException as error:
        status = _UNPARSED[error.error_type]
        if status == NO_REGION and "+" in text[:8]:
            status = IMPOSSIBLE  # the number names a country that does not exist
        return status, None, 99, None, 0, False
    except ValueError:  # digits too many for an integer: no number of this world
        return NO_NUMBER, None, 99, None, 0, False
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    valid = phonenumbers.is_valid_number(number)
    possible = valid or phonenumbers.is_possible_number(number)
    status = VALID_NUMBER if valid else POSSIBLE if possible else IMPOSSIBLE
    kind = phonenumbers.number_type(number)
    own = phonenumbers.region_code_for_number(number)
    try:
        again = phonenumbers.format_number(phonenumbers.parse(e164, None), PhoneNumberFormat.E164)
    except NumberParseException:
        again = ""
    return status, e164, int(kind), own, int(number.country_code or 0), again == e164


def parse_by_library(texts: pa.Array, regions: Ints, names: list[str]) -> Parsed:
    """Read any texts, one at a time: the slow path, and the reference the fast path is tested against."""
    rows = [_read_one(text, names[region]) for text, region in zip(texts.to_pylist(), regions.tolist(), strict=True)]
    status, e164, kind, own, code, stable = zip(*rows, strict=True) if rows else ((),) * 6
    return Parsed(
        np.array(status, np.int8),
        pa.array(e164, TEXT),
        np.array(kind, np.int16),
        pa.array(own, TEXT),
        np.array(code, np.int32),
        np.array(stable, bool),
        np.ones(len(texts), bool),
    )


def parse_numbers(texts: pa.Array, regions: Ints, names: list[str], *, least: int = 24) -> Parsed:
    """Read texts, one number in each.

    Parameters
    ----------
    texts : large_string array
        Without extension; digits of other scripts already folded; never null.
    regions : int64 array
        Position in ``names`` of the region each number is dialled from.
    names : list of str
        ISO alpha-2 regions, "" where unknown.
    least : int
        Smallest group worth the vectorised reader (see `parse_plain`).

    Returns
    -------
    Parsed
        The library's answer for every text.
    """
    parsed = parse_plain(texts, regions, names, least=least)
    open_ = np.flatnonzero(~parsed.sure)
    if not len(open_):
        return parsed
    rest = parse_by_library(texts.take(pa.array(open_)), regions[open_], names)
    parsed.status[open_], parsed.kind[open_], parsed.code[open_] = rest.status, rest.kind, rest.code
    parsed.stable[open_], parsed.sure[open_] = rest.stable, True
    parsed.e164 = put(parsed.e164, open_, rest.e164)
    parsed.region = put(parsed.region, open_, rest.region)
    return parsed
