"""Phone numbers by the column: the library's own metadata as RE2 patterns over whole Arrow arrays.

`phonenumbers` reads one number at a time. This module repeats its algorithm (``parse``, ``is_possible_number``,
``is_valid_number``, ``number_type``, ``region_code_for_number``) for plainly written numbers - digits and ordinary
punctuation, an optional leading plus - a whole array at a time, from the same `PhoneMetadata`. It answers only where
its answer is the library's; every other value comes back with ``sure`` false and goes to the library itself.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from crmclean.normalisers._arrays import Ints, Mask, byte_lengths, digits_only, is_match
from crmclean.normalisers._phone_regions import UNKNOWN_TYPE, calling_code, main_region, region_patterns
from crmclean.tables.evidence import TEXT

__all__ = ["IMPOSSIBLE", "NO_NUMBER", "NO_REGION", "POSSIBLE", "VALID_NUMBER", "Parsed", "parse_plain"]

# What became of a text, from worst to best.
NO_NUMBER, NO_REGION, IMPOSSIBLE, POSSIBLE, VALID_NUMBER = range(5)

_MAX_NSN = 17  # longest national number the library accepts
_PLAIN = r"^\+?[0-9 ()\-./]*$"


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


def _leading_three(digits: pa.Array) -> Ints:
    """The first three digits of each text as a number, -1 where there are fewer."""
    heads = pc.utf8_slice_codeunits(digits, 0, 3)
    long_enough = np.asarray(pc.equal(pc.binary_length(heads), 3))
    out = np.full(len(digits), -1, np.int64)
    out[long_enough] = heads.filter(pa.array(long_enough)).cast(pa.int64()).to_numpy()
    return out


@functools.lru_cache(maxsize=1)
def _codes_by_head() -> Ints:
    """Country calling code for each three leading digits, 0 where there is none: the shortest code wins."""
    table = np.zeros(1000, np.int64)
    for head in range(100, 1000):
        options = (head // 100, head // 10, head)
        table[head] = next((code for code in options if code in COUNTRY_CODE_TO_REGION_CODE), 0)
    return table


# ---- from texts to national numbers --------------------------------------------------------------


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
    region = region_patterns(calling_code(name), name)
    if region is None:
        return
    own = len(sheet.pieces)
    sheet.assign(positions, digits, region.code, name)
    if region.idd:
        dialled = np.flatnonzero(is_match(digits, region.idd))
        if len(dialled):
            rest = pc.replace_substring_regex(digits.take(pa.array(dialled)), region.idd, "", max_replacements=1)
            sheet.give_up(positions[dialled])  # read below, or not at all
            good = np.flatnonzero(is_match(rest, r"^[1-9][0-9]{2}"))
            _read_international(sheet, positions[dialled[good]], rest.take(pa.array(good)))
    coded = np.flatnonzero(np.asarray(pc.starts_with(digits, str(region.code))) & (sheet.owner[positions] == own))
    if not len(coded):
        return
    full = digits.take(pa.array(coded))
    rest, unsure = region.without_prefix(pc.utf8_slice_codeunits(full, len(str(region.code))))
    better = ~is_match(full, region.general.pattern) & is_match(rest, region.general.pattern)
    lengths = byte_lengths(full)
    better |= (lengths > max(region.possible)) & ~np.isin(lengths, list(region.local))
    taken = np.flatnonzero(better)
    sheet.assign(positions[coded[taken]], rest.take(pa.array(taken)), region.code, main_region(region.code))
    sheet.give_up(positions[coded[unsure]])


def _own_regions(code: int, numbers: pa.Array) -> tuple[Ints, np.ndarray[Any, np.dtype[np.int16]], Mask]:
    """Region (position in the library's list, -1 for none), type and certainty of national numbers of one code."""
    names = COUNTRY_CODE_TO_REGION_CODE[code]
    chosen = np.full(len(numbers), -1, np.int64)
    kinds = np.full(len(numbers), UNKNOWN_TYPE, np.int16)
    sure = np.ones(len(numbers), bool)
    left = np.arange(len(numbers))
    for number, name in enumerate(names):
        if not len(left):
            break
        region = region_patterns(code, str(name))
        if region is None:
            sure[left] = False
            break
        part = numbers if len(left) == len(numbers) else numbers.take(pa.array(left))
        if len(names) > 1 and region.leading:
            mine = is_match(part, region.leading)
            kinds[left[mine]] = region.kinds(part.filter(pa.array(mine)))
        else:
            found = region.kinds(part)
            mine = found != UNKNOWN_TYPE if len(names) > 1 else np.ones(len(part), bool)
            kinds[left[mine]] = found[mine]
        chosen[left[mine]] = number
        left = left[~mine]
    return chosen, kinds, sure


def _judge(code: int, name: str, numbers: pa.Array) -> Parsed | None:
    """Everything about numbers of one metadata group; None where its patterns are not understood."""
    region = region_patterns(code, name)
    main = region_patterns(code, main_region(code))
    if region is None or main is None:
        return None
    national, unsure = region.shortened(numbers)
    lengths = byte_lengths(national)
    sure = ~unsure & (byte_lengths(numbers) >= 2) & (lengths >= 2) & (lengths <= _MAX_NSN)
    chosen, kinds, known = _own_regions(code, national)
    possible = np.isin(lengths, list(main.possible | main.local))
    status = np.where(possible, POSSIBLE, IMPOSSIBLE).astype(np.int8)
    status[kinds != UNKNOWN_TYPE] = VALID_NUMBER
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
    starts = pc.replace_substring_regex(texts, r"^[^+\x{FF0B}\p{Nd}]+", "", max_replacements=1)
    plain = is_match(starts, _PLAIN) & np.asarray(pc.less_equal(pc.binary_length(texts), 250))
    digits = digits_only(starts)
    plain &= byte_lengths(digits) >= 3
    plus = np.asarray(pc.starts_with(starts, "+")) & plain
    national = plain & ~plus
    sheet = _Sheet(count)
    positions = np.flatnonzero(plus)
    _read_international(sheet, positions, digits.take(pa.array(positions)))
    for number, name in enumerate(names):
        positions = np.flatnonzero(national & (regions == number))
        if len(positions) >= least and name:
            _read_national(sheet, positions, digits.take(pa.array(positions)), name)
    parsed = _collect(sheet, least)
    nowhere = national & np.array([not name for name in names] or [False])[regions]
    parsed.status[nowhere], parsed.sure[nowhere] = NO_REGION, True
    return parsed


def _collect(sheet: _Sheet, least: int) -> Parsed:
    """Judge each metadata group and put the answers in order."""
    count = len(sheet.owner)
    status = np.zeros(count, np.int8)
    kind = np.full(count, UNKNOWN_TYPE, np.int16)
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
    return Parsed(
        status, pa.concat_arrays(e164).take(index), kind, pa.concat_arrays(own).take(index), code, stable, sure
    )
