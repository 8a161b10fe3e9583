"""Phone numbers: the digits two ways of writing one number share. No country metadata; that is the normaliser's."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.tokens import blank_nulls
from crmclean.tables.batch import as_text
from crmclean.tables.buffers import keep_bytes
from crmclean.tables.evidence import TEXT
from crmclean.tables.lanes import by_kernel
from crmclean.text import fold_digits, map_subset

__all__ = ["phone_key", "phone_tail"]

_DIGITS_KEPT = 9  # national numbers have 9 or 10 digits almost everywhere; 9 forgives a missing trunk digit
_EXTENSION = (
    r"(?i)\s*[,;(/]*\s*(?:;ext=|;isub=|\bext(?:ension|n)?\b\.?|\bx(?:tn?)?\.?\s*\d|\bposte\b|\bapp(?:arat)?\b\.?"
    r"|\bdw\b|\binterno\b|\bramal\b|\bdahili\b|#|доб(?:авочный)?\.?|вн(?:утр)?\.|داخلی|تحويلة|विस्तार|एक्स|内线|內線|分機|内線|转|轉)[^\d].*$"
)
_SHORT_EXTENSION = r"(?i)[^a-z](?:x|ext\.?|#)\s*[:.]?\s*\d{1,6}\s*\)?\s*$"
_CAN_EXTEND = r"(?i)[;#a-wyz\x{80}-\x{10FFFF}]|x"
# numbers people type to get past a form: counting up or down, and short patterns over and over
_COUNTED = "1?1234567890|0?123456(?:7(?:8(?:90?)?)?)?|987654321|654321"
_FILLER = f"^(?:{_COUNTED}|1?(?:123){{2,3}}\\d?|1?(?:12){{3,5}}1?|1?(?:10){{3,5}}1?)$"
# a second number in the same cell, after a separator that no single number has
_SECOND = r"^((?:\D*\d){6,}?\D*?)(?:\s+/\s*|\s*/\s+|\s*[;,|\n]\s*|\s+(?i:or|oder|ou|или|یا|या)\s+)(?:\D*\d){6,}\D*$"


def _digits(array: pa.LargeStringArray) -> pa.LargeStringArray:
    """ASCII digits only, extension, international prefix and trunk zero off."""
    array = fold_digits(array)
    lettered = pc.match_substring_regex(array, _CAN_EXTEND)

    def cut(part: pa.LargeStringArray) -> pa.LargeStringArray:
        return pc.replace_substring_regex(pc.replace_substring_regex(part, _EXTENSION, ""), _SHORT_EXTENSION, "")

    array = map_subset(array, lettered, cut)
    several = pc.match_substring_regex(array, r"\d.*(?:[;,|\n]|\s/|/\s|\s(?i:or|oder|ou|или|یا|या)\s).*\d")
    array = map_subset(array, several, lambda part: pc.replace_substring_regex(part, _SECOND, r"\1"))
    bracketed = pc.match_substring(array, "(0)")
    array = map_subset(array, bracketed, lambda part: pc.replace_substring(part, "(0)", "", max_replacements=1))
    return pc.ascii_ltrim(keep_bytes(array, b"0123456789"), "0")


def phone_key(array: Any) -> pa.LargeStringArray:
    """The last 9 digits of each number, or all of them where there are fewer.

    ``""`` for fewer than 6 digits, one digit repeated, and numbers that only fill a field (1234567890).

    >>> numbers = ["+91 98765-43210 ext. 5", "०९८७६५४३२१०", "0044 (0)20 7946 0018", "000-000-0000"]
    >>> phone_key(pa.array(numbers)).to_pylist()
    ['876543210', '876543210', '079460018', '']
    """
    return by_kernel(blank_nulls(as_text(array)), _phone_key, "phone_keys")


def _phone_key(array: pa.LargeStringArray) -> pa.LargeStringArray:
    digits = _digits(array)
    key = pc.utf8_slice_codeunits(digits, -_DIGITS_KEPT, 2**31 - 1)
    return _without_fillers(digits, key, minimum=6)


def phone_tail(array: Any, n: int = 7) -> pa.LargeStringArray:
    """The last ``n`` digits (default 7: the subscriber's own part), ``""`` where ``phone_key`` is."""
    digits = _digits(blank_nulls(as_text(array)))
    key = pc.utf8_slice_codeunits(digits, -n, 2**31 - 1)
    return _without_fillers(digits, key, minimum=6)


def _without_fillers(digits: pa.LargeStringArray, key: pa.LargeStringArray, *, minimum: int) -> pa.LargeStringArray:
    short = pc.less(pc.binary_length(digits), minimum)
    tail = pc.utf8_slice_codeunits(digits, -_DIGITS_KEPT, 2**31 - 1)
    repeated = pc.match_substring_regex(tail, "^(?:1+|2+|3+|4+|5+|6+|7+|8+|9+|0+)$")
    empty = pc.or_(pc.or_(short, repeated), pc.match_substring_regex(digits, _FILLER))
    return pc.if_else(empty, pa.scalar("", TEXT), key)
