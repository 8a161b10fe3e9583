"""Phone numbers by the column: the library's own metadata as RE2 patterns over whole Arrow arrays.

`phonenumbers` reads one number at a time. This module repeats its algorithm (``parse``, ``is_possible_number``,
``is_valid_number``, ``number_type``, ``region_code_for_number``) for plainly written numbers - digits and ordinary
punctuation, an optional leading plus - a whole array at a time, from the same `PhoneMetadata`. It answers only where
its answer is the library's; every other value comes back with ``sure`` false and goes to the library itself.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneNumberType
from phonenumbers.phonemetadata import PhoneMetadata

from crmclean.tables.evidence import TEXT

__all__ = ["IMPOSSIBLE", "NO_NUMBER", "NO_REGION", "POSSIBLE", "VALID_NUMBER", "Parsed", "parse_plain"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

# What became of a text, from worst to best.
NO_NUMBER, NO_REGION, IMPOSSIBLE, POSSIBLE, VALID_NUMBER = range(5)

_UNKNOWN_TYPE = int(PhoneNumberType.UNKNOWN)
_MAX_NSN = 17  # longest national number the library accepts
_PLAIN = r"^\+?[0-9 ()\-./]*$"
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


@dataclass
class Parsed:
    """What was found out about each text; arrays of one length.

    Attributes
    ----------
    status : int8 array
        ``NO_NUMBER``, ``NO_REGION``, ``IMPOSSIBLE``, ``POSSIBLE`` or ``VALID_NUMBER``.
    e164 : large_string array
        ``+`` and digits; null below ``POSSIBLE`` unless the library could read the digits.
    kind : int16 array
        `PhoneNumberType` value, 99 where unknown.
    region : large_string array
        The number's own region, null where unknown.
    code : int32 array
        Its country calling code, 0 where unknown.
    stable : bool array
        Reading ``e164`` again gives ``e164``.
    sure : bool array
        This row's answer is the library's.
    """

    status: np.ndarray[Any, np.dtype[np.int8]]
    e164: pa.Array
    kind: np.ndarray[Any, np.dtype[np.int16]]
    region: pa.Array
    code: np.ndarray[Any, np.dtype[np.int32]]
    stable: Mask
    sure: Mask


# ---- arrays of ASCII text -------------------------------------------------------------------------------------------


def digits_only(values: pa.Array) -> pa.Array:
    """Each text without everything that is not an ASCII digit; one pass over the bytes of the whole array."""
    if not len(values):
        return values
    offsets = np.frombuffer(values.buffers()[1], np.int64)[values.offset : values.offset + len(values) + 1]
    buffer = values.buffers()[2]
    data = np.frombuffer(buffer, np.uint8)[offsets[0] : offsets[-1]] if buffer else np.zeros(0, np.uint8)
    keep = (data - np.uint8(48)) < 10  # wraps around below "0"
    kept = np.zeros(len(data) + 1, np.int64)
    np.cumsum(keep, out=kept[1:])
    ends = kept[offsets - offsets[0]]
    return pa.LargeStringArray.from_buffers(len(values), pa.py_buffer(ends), pa.py_buffer(data[keep]))


def _leading_three(digits: pa.Array) -> Ints:
    """The first three digits of each text as a number, -1 where there are fewer."""
    heads = pc.utf8_slice_codeunits(digits, 0, 3)
    long_enough = np.asarray(pc.equal(pc.binary_length(heads), 3))
    out = np.full(len(digits), -1, np.int64)
    out[long_enough] = heads.filter(pa.array(long_enough)).cast(pa.int64()).to_numpy()
    return out


def _matches(values: pa.Array, pattern: str) -> Mask:
    return np.asarray(pc.match_substring_regex(values, pattern))


def _lengths(values: pa.Array) -> Ints:
    return np.asarray(pc.binary_length(values))


def put(values: pa.Array, positions: Ints, new: pa.Array) -> pa.Array:
    """``values`` with those at ``positions`` replaced."""
    if not len(positions):
        return values
    index = np.arange(len(values))
    index[positions] = len(values) + np.arange(len(positions))
    return pa.concat_arrays([values, new]).take(pa.array(index))


# ---- one region's metadata as patterns ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Description:
    """One ``PhoneNumberDesc``: the lengths it allows (none: any) and its pattern, anchored."""

    kind: int
    lengths: frozenset[int]
    pattern: str

    def fits(self, numbers: pa.Array) -> Mask:
        found = _matches(numbers, self.pattern)
        if self.lengths:
            found &= np.isin(_lengths(numbers), list(self.lengths))
        return found


@dataclass(frozen=True)
class _Region:
    """The part of a region's metadata that reading and judging a number needs."""

    name: str
    code: int
    idd: str
    prefix: str
    prefix_named: str  # with its last group named "last"; "" when stripping needs no look at groups
    leading: str
    general: _Description
    special: tuple[_Description, ...]
    any_special: str
    fixed: _Description | None
    mobile: _Description | None
    same: bool
    possible: frozenset[int]
    local: frozenset[int]

    def kinds(self, numbers: pa.Array) -> np.ndarray[Any, np.dtype[np.int16]]:
        """``_number_type_helper`` of each national number."""
        out = np.full(len(numbers), _UNKNOWN_TYPE, np.int16)
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
            positions = np.flatnonzero(_matches(numbers, self.any_special))
            part = numbers.take(pa.array(positions))
            for description in reversed(self.special):  # the first that fits wins, so it is written last
                out[positions[description.fits(part)]] = description.kind
        out[~general] = _UNKNOWN_TYPE
        return out

    def without_prefix(self, numbers: pa.Array) -> tuple[pa.Array, Mask]:
        """``_maybe_strip_national_prefix_carrier_code``, and where its transform rule would be needed."""
        unsure = np.zeros(len(numbers), bool)
        if not self.prefix:
            return numbers, unsure
        positions = np.flatnonzero(_matches(numbers, self.prefix))
        if not len(positions):
            return numbers, unsure
        part = numbers.take(pa.array(positions))
        if self.prefix_named:
            last = pc.struct_field(pc.extract_regex(part, self.prefix_named), "last")
            unsure[positions] = np.asarray(pc.not_equal(pc.fill_null(last, ""), ""))
        rest = pc.replace_substring_regex(part, self.prefix, "", max_replacements=1)
        keep = _matches(part, self.general.pattern) & ~_matches(rest, self.general.pattern)
        return put(numbers, positions, pc.if_else(pa.array(keep), part, rest)), unsure

    def shortened(self, numbers: pa.Array) -> tuple[pa.Array, Mask]:
        """National numbers as ``parse`` leaves them: prefix stripped where what remains is long enough."""
        stripped, unsure = self.without_prefix(numbers)
        if stripped is numbers:
            return numbers, unsure
        lengths = _lengths(stripped)
        fits = (np.isin(lengths, list(self.possible)) & ~np.isin(lengths, list(self.local))) | (
            lengths > max(self.possible)
        )
        return pc.if_else(pa.array(fits), stripped, numbers), unsure


def _description(kind: int, description: Any) -> _Description | None:
    pattern = description.national_number_pattern if description is not None else None
    if not pattern:
        return None
    return _Description(kind, frozenset(description.possible_length or ()), f"^(?:{pattern})$")


def _named_groups(pattern: str) -> str:
    """The pattern with its capturing groups named, the last of them ``last``: what ``extract_regex`` asks for."""
    opens = [found.start() for found in re.finditer(r"(?<!\\)\((?!\?)", pattern)]
    for number, start in reversed(list(enumerate(opens))):
        name = "last" if number == len(opens) - 1 else f"g{number}"
        pattern = f"{pattern[:start]}(?P<{name}>{pattern[start + 1 :]}"
    return pattern


@functools.lru_cache(maxsize=512)  # one entry a region: the world has about 250
def _region(code: int, name: str) -> _Region | None:
    """Patterns of a region; None where RE2 cannot express them."""
    if name == "001":
        metadata = PhoneMetadata.metadata_for_nongeo_region(code, None)
    else:
        metadata = PhoneMetadata.metadata_for_region(name, None)
    general = _description(_UNKNOWN_TYPE, metadata.general_desc) if metadata is not None else None
    if metadata is None or general is None:
        return None
    special = tuple(d for kind, field in _SPECIAL if (d := _description(int(kind), getattr(metadata, field))))
    prefix = metadata.national_prefix_for_parsing or ""
    region = _Region(
        name=name,
        code=metadata.country_code,
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


def _understood(region: _Region) -> bool:
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


@functools.lru_cache(maxsize=1)
def _codes_by_head() -> Ints:
    """Country calling code for each three leading digits, 0 where there is none: the shortest code wins."""
    table = np.zeros(1000, np.int64)
    for head in range(100, 1000):
        options = (head // 100, head // 10, head)
        table[head] = next((code for code in options if code in COUNTRY_CODE_TO_REGION_CODE), 0)
    return table


def main_region(code: int) -> str:
    """The region that stands for a country calling code (US for 1, GB for 44, 001 for non-geographic codes)."""
    return str(COUNTRY_CODE_TO_REGION_CODE[code][0])


def calling_code(region: str) -> int:
    """The calling code of a region; 0 for an unknown one."""
    metadata = PhoneMetadata.metadata_for_region(region, None) if region and region != "001" else None
    return int(metadata.country_code) if metadata is not None else 0


# ---- from texts to national numbers ---------------------------------------------------------------------------------


class _Sheet:
    """National numbers under way: pieces of the column, each with the metadata that is to read it.

    A later piece takes its rows over from an earlier one; a row that no piece holds is given up.
    """

    def __init__(self, count: int) -> None:
        self.owner = np.full(count, -1, np.int64)
        self.pieces: list[tuple[tuple[int, str], Ints, pa.Array]] = []

    def assign(self, positions: Ints, national: pa.Array, code: int, name: str) -> None:
        """Rows, their national numbers, and the metadata (calling code, region) that reads them."""
        self.owner[positions] = len(self.pieces)
        self.pieces.append(((code, name), positions, national))

    def give_up(self, positions: Ints) -> None:
        """Leave rows to the library."""
        self.owner[positions] = -1

    def groups(self, least: int) -> Iterator[tuple[tuple[int, str], Ints, pa.Array]]:
        """Each metadata group of at least ``least`` rows, with its rows and national numbers."""
        parts: dict[tuple[int, str], list[tuple[Ints, pa.Array]]] = {}
        for number, (key, positions, national) in enumerate(self.pieces):
            mine = self.owner[positions] == number
            if mine.all():
                parts.setdefault(key, []).append((positions, national))
            elif mine.any():
                parts.setdefault(key, []).append((positions[mine], national.filter(pa.array(mine))))
        for key, found in parts.items():
            positions = np.concatenate([rows for rows, _ in found])
            if len(positions) >= least:
                yield key, positions, pa.concat_arrays([national for _, national in found])


def _read_international(sheet: _Sheet, positions: Ints, digits: pa.Array) -> None:
    """Numbers whose plus or international prefix is gone: split off the country calling code."""
    if not len(digits):
        return
    heads = _leading_three(digits)
    codes = np.where(heads >= 100, _codes_by_head()[np.maximum(heads, 0)], 0)
    order = np.argsort(codes, kind="stable")
    found, firsts = np.unique(codes[order], return_index=True)
    for code, chosen in zip(found.tolist(), np.split(order, firsts[1:]), strict=True):
        if not code:
            continue
        rest = pc.utf8_slice_codeunits(digits.take(pa.array(chosen)), len(str(code)))
        sheet.assign(positions[chosen], rest, code, main_region(code))


def _read_national(sheet: _Sheet, positions: Ints, digits: pa.Array, name: str) -> None:
    """Numbers without a plus, dialled from ``name``: the library's ``_maybe_extract_country_code``."""
    region = _region(calling_code(name), name)
    if region is None:
        return
    own = len(sheet.pieces)
    sheet.assign(positions, digits, region.code, name)
    if region.idd:
        dialled = np.flatnonzero(_matches(digits, region.idd))
        if len(dialled):
            rest = pc.replace_substring_regex(digits.take(pa.array(dialled)), region.idd, "", max_replacements=1)
            sheet.give_up(positions[dialled])  # read below, or not at all
            good = np.flatnonzero(_matches(rest, r"^[1-9][0-9]{2}"))
            _read_international(sheet, positions[dialled[good]], rest.take(pa.array(good)))
    coded = np.flatnonzero(np.asarray(pc.starts_with(digits, str(region.code))) & (sheet.owner[positions] == own))
    if not len(coded):
        return
    full = digits.take(pa.array(coded))
    rest, unsure = region.without_prefix(pc.utf8_slice_codeunits(full, len(str(region.code))))
    better = ~_matches(full, region.general.pattern) & _matches(rest, region.general.pattern)
    lengths = _lengths(full)
    better |= (lengths > max(region.possible)) & ~np.isin(lengths, list(region.local))
    taken = np.flatnonzero(better)
    sheet.assign(positions[coded[taken]], rest.take(pa.array(taken)), region.code, main_region(region.code))
    sheet.give_up(positions[coded[unsure]])


def _own_regions(code: int, numbers: pa.Array) -> tuple[Ints, np.ndarray[Any, np.dtype[np.int16]], Mask]:
    """Region (position in the library's list, -1 for none), type and certainty of national numbers of one code."""
    names = COUNTRY_CODE_TO_REGION_CODE[code]
    chosen = np.full(len(numbers), -1, np.int64)
    kinds = np.full(len(numbers), _UNKNOWN_TYPE, np.int16)
    sure = np.ones(len(numbers), bool)
    left = np.arange(len(numbers))
    for number, name in enumerate(names):
        if not len(left):
            break
        region = _region(code, str(name))
        if region is None:
            sure[left] = False
            break
        part = numbers if len(left) == len(numbers) else numbers.take(pa.array(left))
        if len(names) > 1 and region.leading:
            mine = _matches(part, region.leading)
            kinds[left[mine]] = region.kinds(part.filter(pa.array(mine)))
        else:
            found = region.kinds(part)
            mine = found != _UNKNOWN_TYPE if len(names) > 1 else np.ones(len(part), bool)
            kinds[left[mine]] = found[mine]
        chosen[left[mine]] = number
        left = left[~mine]
    return chosen, kinds, sure


def _judge(code: int, name: str, numbers: pa.Array) -> Parsed | None:
    """Everything about numbers of one metadata group; None where its patterns are not understood."""
    region = _region(code, name)
    main = _region(code, main_region(code))
    if region is None or main is None:
        return None
    national, unsure = region.shortened(numbers)
    lengths = _lengths(national)
    sure = ~unsure & (_lengths(numbers) >= 2) & (lengths >= 2) & (lengths <= _MAX_NSN)
    chosen, kinds, known = _own_regions(code, national)
    possible = np.isin(lengths, list(main.possible | main.local))
    status = np.where(possible, POSSIBLE, IMPOSSIBLE).astype(np.int8)
    status[kinds != _UNKNOWN_TYPE] = VALID_NUMBER
    again, doubtful = main.shortened(national)
    stable = ~doubtful & np.asarray(pc.equal(again, national))
    names = pa.array(COUNTRY_CODE_TO_REGION_CODE[code], TEXT)
    return Parsed(
        status,
        pc.binary_join_element_wise(pa.scalar(f"+{code}", TEXT), national, pa.scalar("", TEXT)),
        kinds,
        names.take(pa.array(chosen, mask=chosen < 0)),
        np.full(len(numbers), code, np.int32),
        stable,
        sure & known,
    )


def parse_plain(texts: pa.Array, regions: Ints, names: list[str], *, least: int = 24) -> Parsed:
    """Read plainly written numbers.

    Parameters
    ----------
    texts : large_string array
        Folded to ASCII digits, without extension; never null.
    regions : int array
        Position in ``names`` of the region each number is dialled from.
    names : list of str
        ISO alpha-2 regions; "" for an unknown one.
    least : int
        Groups of fewer numbers are not worth compiling patterns for: they are left to the library.

    Returns
    -------
    Parsed
        ``sure`` is false wherever the library has to be asked.
    """
    count = len(texts)
    starts = pc.replace_substring_regex(texts, r"^[^0-9+]+", "", max_replacements=1)
    plain = _matches(starts, _PLAIN) & np.asarray(pc.less_equal(pc.binary_length(texts), 250))
    digits = digits_only(starts)
    plain &= _lengths(digits) >= 3
    plus = np.asarray(pc.starts_with(starts, "+")) & plain
    sheet = _Sheet(count)
    positions = np.flatnonzero(plus)
    _read_international(sheet, positions, digits.take(pa.array(positions)))
    for number, name in enumerate(names):
        positions = np.flatnonzero(plain & ~plus & (regions == number))
        if len(positions) >= least and name:
            _read_national(sheet, positions, digits.take(pa.array(positions)), name)
    return _collect(sheet, least)


def _collect(sheet: _Sheet, least: int) -> Parsed:
    """Judge each metadata group and put the answers in order."""
    count = len(sheet.owner)
    status = np.zeros(count, np.int8)
    kind = np.full(count, _UNKNOWN_TYPE, np.int16)
    code = np.zeros(count, np.int32)
    stable, sure = np.zeros(count, bool), np.zeros(count, bool)
    order, e164, own = [np.zeros(0, np.int64)], [pa.array([], TEXT)], [pa.array([], TEXT)]
    for (calling, name), positions, national in sheet.groups(least):
        part = _judge(calling, name, national)
        if part is None:
            continue
        status[positions], kind[positions], code[positions] = part.status, part.kind, part.code
        stable[positions], sure[positions] = part.stable, part.sure
        order.append(positions)
        e164.append(part.e164)
        own.append(part.region)
    back = np.full(count, -1, np.int64)
    joined = np.concatenate(order)
    back[joined] = np.arange(len(joined))
    index = pa.array(back, mask=back < 0)
    return Parsed(status, pa.concat_arrays(e164).take(index), kind, pa.concat_arrays(own).take(index), code, stable, sure)
