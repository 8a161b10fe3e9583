"""The kind of a column from its values alone: identifier, date, number, category, text, or nothing to compare by."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.dates import birth_key
from crmclean.dedup.forms import Form, Ints, hash_texts, present
from crmclean.tables.evidence import TEXT
from crmclean.text import fold_digits, match_key

__all__ = ["FEW", "Kind", "as_category", "carriers_of", "id_key", "kind_of", "plain"]

Kind = Literal["constant", "row_key", "date", "identifier", "number", "text", "category"]

FEW = 20.0  # records an identifier's value may be carried by, on average
_LOOKED_AT = 2_000  # distinct values whose form is looked at
_MOSTLY = 0.8  # share of the records with one of them that a kind asks for


def id_key(texts: pa.Array) -> pa.Array:
    """Letters and digits only, upper case; filler (one character repeated) is missing."""
    bare = pc.replace_substring_regex(pc.utf8_upper(fold_digits(texts)), r"[^\pL\pM\pN]", "")
    filler = pc.match_substring_regex(bare, r"^(?:0*|1+|9+|X+|123456789?0?|NA|NONE|NULL)$")
    short = pc.less(pc.utf8_length(bare), 4)
    return pc.if_else(pc.or_(filler, short), pa.scalar("", TEXT), bare)


def plain(texts: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(fold_digits(texts))


def as_category(form: Form) -> Form:
    return form.derive(lambda values: present(match_key(values)))


def kind_of(raw: Form) -> tuple[Kind, Form]:
    """The kind of a column and the form in which its values are compared."""
    counts = raw.counts()
    carriers = counts[1:]
    if (carriers > 0).sum() < 2:
        return "constant", raw
    if carriers.max() == 1:
        return "row_key", raw
    some = _some(raw.values)
    sample = raw.values.take(pa.array(some))

    def mostly(mask: Ints, share: float = _MOSTLY) -> bool:
        return bool((mask * counts[some]).sum() >= share * counts[some].sum())

    if mostly(_is_full_date(birth_key(sample))):
        return "date", raw.derive(birth_key)
    keys = raw.derive(id_key)
    if mostly(_is_code(sample)) and carriers_of(keys).mean() <= FEW:
        return "identifier", keys
    if mostly(_matches(sample, r"^[+-]?[\d.,]+ ?%?$")):
        return "number", as_category(raw)
    if mostly(_matches(sample, r"^\S+(?:\s+\S+){3}") | _matches(sample, r"^.{41}"), 0.5):
        return "text", raw
    return "category", as_category(raw)


def _some(values: pa.Array) -> Ints:
    """Places of at most so many distinct values, those of the smallest content hashes; not of the missing one."""
    hashes = hash_texts(values.slice(1))
    if len(hashes) <= _LOOKED_AT:
        return np.arange(1, len(values))
    return 1 + np.flatnonzero(hashes < np.partition(hashes, _LOOKED_AT)[_LOOKED_AT])


def _is_code(values: pa.Array) -> Ints:
    """Three digits or more, four to forty letters and digits in at most three groups, and no decimal fraction."""
    keys = pc.replace_substring_regex(values, r"[^\pL\pM\pN]", "")
    return (
        _matches(keys, r"\d.*\d.*\d")
        & _matches(keys, r"^.{4,40}$")
        & ~_matches(values, r"\s\S+\s+\S+\s|[^@\s]@|^[+-]?\d+[.,]\d{1,4}$")
    )


def _is_full_date(keys: pa.Array) -> Ints:
    return _matches(keys, r"^\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$")


def _matches(values: pa.Array, pattern: str) -> Ints:
    found: Ints = pc.match_substring_regex(values, pattern).to_numpy(zero_copy_only=False)
    return found


def carriers_of(form: Form) -> Ints:
    """Number of records of each value that some record has."""
    counts = form.counts()[1:]
    carried: Ints = counts[counts > 0]
    return carried
