"""One region's phone metadata as RE2 patterns, and the questions `phonenumbers` answers from it, for whole arrays."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumberType
from phonenumbers.phonemetadata import PhoneMetadata

from crmclean.normalisers._arrays import Mask, byte_lengths, is_match, put
from crmclean.tables.evidence import TEXT

__all__ = ["UNKNOWN_TYPE", "Region", "calling_code", "main_region", "region_patterns"]

UNKNOWN_TYPE = int(PhoneNumberType.UNKNOWN)
# The library's order of looking: the first description that fits names the type.
_SPECIAL = (
    (PhoneNumberType.PREMIUM_RATE, "premium_rate"),
    (PhoneNumberType.TOLL_FREE, "toll_free"),
    (PhoneNumberType.SHARED_COST, "shared_cost"),
    (PhoneNumberType.VOIP, "voip"),
    (PhoneNumberType.PERSONAL_NUMBER, "personal_number"),
    (PhoneNumberType.PAGER, "pager"),
    (PhoneNumberType.UAN, "uan"),
    (PhoneNumberType.VOICEMAIL, "voicemail"),
)


@dataclass(frozen=True)
class Description:
    """One ``PhoneNumberDesc``: the lengths it allows (none: any) and its pattern, anchored."""

    kind: int
    lengths: frozenset[int]
    pattern: str

    def fits(self, numbers: pa.Array) -> Mask:
        found = is_match(numbers, self.pattern)
        if self.lengths:
            found &= np.isin(byte_lengths(numbers), list(self.lengths))
        return found


@dataclass(frozen=True)
class Region:
    """The part of a region's metadata that reading and judging a number needs."""

    name: str
    code: int
    idd: str
    prefix: str
    prefix_named: str  # with its last group named "last"; "" when stripping needs no look at groups
    leading: str
    general: Description
    special: tuple[Description, ...]
    any_special: str
    fixed: Description | None
    mobile: Description | None
    same: bool
    possible: frozenset[int]
    local: frozenset[int]

    def kinds(self, numbers: pa.Array) -> np.ndarray[Any, np.dtype[np.int16]]:
        """``_number_type_helper`` of each national number."""
        out = np.full(len(numbers), UNKNOWN_TYPE, np.int16)
        general = self.general.fits(numbers)
        if not general.any():
            return out
        fixed = self.fixed.fits(numbers) if self.fixed else np.zeros(len(numbers), bool)
        if self.same:
            out[fixed] = PhoneNumberType.FIXED_LINE_OR_MOBILE
        else:
            mobile = self.mobile.fits(numbers) if self.mobile else np.zeros(len(numbers), bool)
            out[mobile] = PhoneNumberType.MOBILE
            out[fixed] = PhoneNumberType.FIXED_LINE
            out[fixed & mobile] = PhoneNumberType.FIXED_LINE_OR_MOBILE
        if self.any_special:
            positions = np.flatnonzero(is_match(numbers, self.any_special))
            part = numbers.take(pa.array(positions))
            for description in reversed(self.special):  # the first that fits wins, so it is written last
                out[positions[description.fits(part)]] = description.kind
        out[~general] = UNKNOWN_TYPE
        return out

    def without_prefix(self, numbers: pa.Array) -> tuple[pa.Array, Mask]:
        """``_maybe_strip_national_prefix_carrier_code``, and where its transform rule would be needed."""
        unsure = np.zeros(len(numbers), bool)
        if not self.prefix:
            return numbers, unsure
        positions = np.flatnonzero(is_match(numbers, self.prefix))
        if not len(positions):
            return numbers, unsure
        part = numbers.take(pa.array(positions))
        if self.prefix_named:
            last = pc.struct_field(pc.extract_regex(part, self.prefix_named), "last")
            unsure[positions] = np.asarray(pc.not_equal(pc.fill_null(last, ""), ""))
        rest = pc.replace_substring_regex(part, self.prefix, "", max_replacements=1)
        keep = is_match(part, self.general.pattern) & ~is_match(rest, self.general.pattern)
        return put(numbers, positions, pc.if_else(pa.array(keep), part, rest)), unsure

    def shortened(self, numbers: pa.Array) -> tuple[pa.Array, Mask]:
        """National numbers as ``parse`` leaves them: prefix stripped where what remains is long enough."""
        stripped, unsure = self.without_prefix(numbers)
        if stripped is numbers:
            return numbers, unsure
        lengths = byte_lengths(stripped)
        fits = (np.isin(lengths, list(self.possible)) & ~np.isin(lengths, list(self.local))) | (
            lengths > max(self.possible)
        )
        return pc.if_else(pa.array(fits), stripped, numbers), unsure


def _description(kind: int, description: Any) -> Description | None:
    pattern = description.national_number_pattern if description is not None else None
    if not pattern:
        return None
    return Description(kind, frozenset(description.possible_length or ()), f"^(?:{pattern})$")


def _named_groups(pattern: str) -> str:
    """The pattern with its capturing groups named, the last of them ``last``: what ``extract_regex`` asks for."""
    opens = [found.start() for found in re.finditer(r"(?<!\\)\((?!\?)", pattern)]
    for number, start in reversed(list(enumerate(opens))):
        name = "last" if number == len(opens) - 1 else f"g{number}"
        pattern = f"{pattern[:start]}(?P<{name}>{pattern[start + 1 :]}"
    return pattern


@functools.lru_cache(maxsize=512)  # one entry a region: the world has about 250
def region_patterns(code: int, name: str) -> Region | None:
    """Patterns of a region; None where RE2 cannot express them."""
    if name == "001":
        metadata = PhoneMetadata.metadata_for_nongeo_region(code, None)
    else:
        metadata = PhoneMetadata.metadata_for_region(name, None)
    if metadata is None or metadata.general_desc is None:
        return None
    general = _description(UNKNOWN_TYPE, metadata.general_desc)
    if general is None:
        return None
    special = tuple(d for kind, field in _SPECIAL if (d := _description(int(kind), getattr(metadata, field))))
    prefix = metadata.national_prefix_for_parsing or ""
    region = Region(
        name=name,
        code=code,
        idd=f"^(?:{metadata.international_prefix})" if metadata.international_prefix else "",
        prefix=f"^(?:{prefix})" if prefix else "",
        prefix_named=f"^(?:{_named_groups(prefix)})" if prefix and metadata.national_prefix_transform_rule else "",
        leading=f"^(?:{metadata.leading_digits})" if metadata.leading_digits is not None else "",
        general=general,
        special=special,
        any_special=f"^(?:{'|'.join(d.pattern[1:-1] for d in special)})$" if special else "",
        fixed=_description(int(PhoneNumberType.FIXED_LINE), metadata.fixed_line),
        mobile=_description(int(PhoneNumberType.MOBILE), metadata.mobile),
        same=bool(metadata.same_mobile_and_fixed_line_pattern),
        possible=frozenset(metadata.general_desc.possible_length),
        local=frozenset(metadata.general_desc.possible_length_local_only),
    )
    return region if _understood(region) else None


def _understood(region: Region) -> bool:
    """Whether RE2 takes every pattern of the region."""
    probe = pa.array(["0"], TEXT)
    patterns = [region.idd, region.prefix, region.leading, region.general.pattern, region.any_special]
    patterns += [d.pattern for d in (region.fixed, region.mobile, *region.special) if d]
    try:
        for pattern in filter(None, patterns):
            pc.match_substring_regex(probe, pattern)
        if region.prefix_named:
            pc.extract_regex(probe, region.prefix_named)
    except pa.ArrowInvalid:
        return False
    return True


def main_region(code: int) -> str:
    """The region that stands for a country calling code (US for 1, GB for 44, 001 for non-geographic codes)."""
    return str(COUNTRY_CODE_TO_REGION_CODE[code][0])


def calling_code(region: str) -> int:
    """The calling code of a region; 0 for an unknown one."""
    metadata = PhoneMetadata.metadata_for_region(region, None) if region and region != "001" else None
    return int(metadata.country_code or 0) if metadata is not None else 0
