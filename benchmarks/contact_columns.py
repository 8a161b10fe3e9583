"""Text columns by the million: joining, choosing, editing, telephone numbers and postcodes over Arrow arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from contact_lists import country_codes, load

__all__ = [
    "digits",
    "edit",
    "filled",
    "format_phone",
    "join",
    "new_numbers",
    "pick",
    "switch",
    "typo",
    "unique_per_owner",
]

Bools = np.ndarray
KEYS = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wqretyuoipsadfghkjlxzcvbmn", strict=True))


def join(*parts: pa.Array | str) -> pa.Array:
    """Concatenate columns and constants row by row."""
    return pc.binary_join_element_wise(*parts, "")


def pick(pool: Sequence[str] | pa.Array, numbers: np.ndarray) -> pa.Array:
    """``pool[numbers]``."""
    array = pool if isinstance(pool, pa.Array) else pa.array(list(pool), pa.string())
    return array.take(pa.array(numbers))


def switch(mask: Bools, chosen: pa.Array | str, other: pa.Array | str) -> pa.Array:
    """``chosen`` where the mask holds, else ``other``."""
    return pc.if_else(pa.array(mask), chosen, other)


def edit(column: pa.Array, mask: Bools, change: Callable[[str, int], str], rng: np.random.Generator) -> pa.Array:
    """Apply ``change(value, random number)`` to the cells under the mask."""
    where = np.flatnonzero(mask)
    if not len(where):
        return column
    seeds = rng.integers(0, 2**62, len(where)).tolist()
    values = column.take(pa.array(where)).to_pylist()
    changed = [change(value, seed) if value else value for value, seed in zip(values, seeds, strict=True)]
    return pc.replace_with_mask(column, pa.array(mask), pa.array(changed, column.type))


def typo(text: str, seed: int) -> str:
    """One slip of the finger: a letter dropped, doubled or mistyped, or two swapped; seldom at the very start."""
    if len(text) < 3:
        return text
    seed, kind = divmod(seed, 4)
    seed, at_start = divmod(seed, 12)
    position = 0 if at_start == 0 else 1 + seed % (len(text) - 1)
    letter = text[position]
    if kind == 0:
        return text[:position] + text[position + 1 :]
    if kind == 1:
        return text[:position] + letter + text[position:]
    if kind == 2:
        wrong = KEYS.get(letter.lower(), text[position - 1])
        return text[:position] + (wrong.upper() if letter.isupper() else wrong) + text[position + 1 :]
    position = max(1, min(position, len(text) - 2))
    return text[:position] + text[position + 1] + text[position] + text[position + 2 :]


def digits(count: int, width: int, rng: np.random.Generator) -> pa.Array:
    """Random numbers of so many digits, leading zeros kept."""
    return pc.utf8_lpad(pa.array(rng.integers(0, 10**width, count)).cast(pa.string()), width, "0")


def filled(template: str, count: int, rng: np.random.Generator) -> list[str]:
    """A template with ``#`` and ``@`` replaced by random digits and letters, ``count`` times."""
    signs = np.broadcast_to(np.array(list(template), "U1"), (count, len(template)))
    numbers = np.array(list("0123456789"))[rng.integers(0, 10, signs.shape)]
    letters = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))[rng.integers(0, 20, signs.shape)]
    cells = np.where(signs == "#", numbers, np.where(signs == "@", letters, signs))
    return ["".join(row) for row in cells.tolist()]


def new_numbers(kind: str, country: np.ndarray, prefix: pa.Array | None, rng: np.random.Generator) -> pa.Array:
    """National telephone numbers: ``prefix`` (else a random mobile prefix), a first digit, then random digits."""
    result = np.full(len(country), "", object)
    for number, code in enumerate(country_codes()):
        where = np.flatnonzero(country == number)
        plan = load("countries")[code][kind]
        if prefix is None:
            start = pick(plan["prefixes"], rng.integers(0, len(plan["prefixes"]), len(where)))
        else:
            start = prefix.take(pa.array(where))
        first = pick(list(plan["first"]), rng.integers(0, len(plan["first"]), len(where)))
        rest = digits(len(where), 9, rng)
        text = pc.utf8_slice_codeunits(join(start, first, rest), 0, plan["digits"])
        result[where] = text.to_numpy(zero_copy_only=False)
    return pa.array(result, pa.string())


def format_phone(number: pa.Array, country: np.ndarray, kind: str, style: np.ndarray) -> pa.Array:
    """Write national numbers in one of seven ways (0-6), as people of that country do."""
    result = np.full(len(country), "", object)
    for code_number, code in enumerate(country_codes()):
        place = load("countries")[code]
        cuts = np.concatenate([[0], np.cumsum(place[kind]["groups"])])
        for way in range(7):
            where = np.flatnonzero((country == code_number) & (style == way))
            if len(where):
                text = number.take(pa.array(where))
                groups = [pc.utf8_slice_codeunits(text, int(a), int(b)) for a, b in pairwise(cuts)]
                written = _written(text, groups, place["code"], place["trunk"], way)
                result[where] = written.to_numpy(zero_copy_only=False)
    return pa.array(result, pa.string())


def _written(text: pa.Array, groups: list[pa.Array], code: str, trunk: str, way: int) -> pa.Array:
    spaced, dashed = (pc.binary_join_element_wise(*groups, sign) for sign in (" ", "-"))
    if way == 0:
        return join(f"+{code} ", spaced)
    if way == 1:
        return join(f"+{code}", text)
    if way == 2:
        return join(trunk, spaced)
    if way == 3:
        return join(trunk, text)
    if way == 4:
        abroad = "" if code in {"1", "7", "55"} else "00"  # 00 leads abroad in most countries, not in these
        return join(f"{abroad}{code}", text)
    if way == 5:
        rest = pc.binary_join_element_wise(*groups[1:], "-")
        return join("(", trunk, groups[0], ") ", rest)
    return join(f"+{code}-", dashed)


def unique_per_owner(local: pa.Array, domain: pa.Array, owner: np.ndarray) -> pa.Array:
    """``local@domain``; where another owner came first with the same address, a number is put after the local part."""
    address = join(local, "@", domain).dictionary_encode()
    code = address.indices.to_numpy().astype(np.int64)
    pair = code * (int(owner.max(initial=0)) + 1) + owner
    distinct, first, back = np.unique(pair, return_index=True, return_inverse=True)
    order = np.lexsort((first, code[first]))  # within an address: owners by first appearance
    sorted_code = code[first][order]
    starts = np.concatenate([[True], sorted_code[1:] != sorted_code[:-1]]) if len(distinct) else np.zeros(0, bool)
    position = np.arange(len(distinct))
    rank = np.empty(len(distinct), np.int64)
    rank[order] = position - np.maximum.accumulate(np.where(starts, position, 0))
    rank = rank[back]
    suffix = switch(rank > 0, pa.array(rank + 1).cast(pa.string()), "")
    return join(local, suffix, "@", domain)
