"""Values from a list (lead source, status, owner) and plain numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalisers._draft import frame_of
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, UNKNOWN, VALID, CellOptions, Normalised
from crmclean.text import fold_digits, is_blank, squash_spaces

__all__ = ["normalise_number", "normalise_picklist", "number_kernel", "picklist_kernel"]

# An optional currency, digits with or without groups of three (or the Indian two), a fraction, an optional unit.
_GROUPED = r"\d{1,3}(?:[,. '’\x{A0}\x{202F}٬]\d{2,3})+"
_UNIT = r"(?:%|\p{Sc}|[a-z]{3}|[kmb]|mn|bn|mio|cr|lakh)?"
_NUMBER = rf"(?i)^[<>~+-]?\s*(?:\p{{Sc}}|[a-z]{{3}})?\s*[+-]?(?:\d+|{_GROUPED})(?:[.,٫]\d+)?\s*{_UNIT}\+?$"
_RANGE = r"^[<>~]?\s*\d[\d,. ]*\s*(?:-|–|to)\s*\d[\d,. ]*\+?$"


def picklist_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """List values in the CRM's own spelling.

    Parameters
    ----------
    values : large_string array
        Distinct cells.
    options : CellOptions
        ``value_map`` (raw value to the CRM's spelling; case and spaces of the key do not matter) and
        ``value_map_closed``. The CRM's spellings themselves always count as mapped.
    regions : optional
        Ignored.

    Returns
    -------
    Normalised
        Without a map only stray spaces change (``text.spaces``). A value that is not in a closed map keeps its text,
        is invalid and has the issue ``picklist.unmapped``.
    """
    values = as_text(values)
    tidy = squash_spaces(values)
    present = ~np.asarray(is_blank(values))
    tidy = pc.if_else(pa.array(present), tidy, values)
    if options.value_map:
        spelling = dict(zip(_folded(list(options.value_map)), options.value_map.values(), strict=True))
        targets = sorted(set(options.value_map.values()))
        spelling = dict(zip(_folded(targets), targets, strict=True)) | spelling
        keys, spellings = pa.array(list(spelling), TEXT), pa.array(list(spelling.values()), TEXT)
        mapped = spellings.take(pc.index_in(_fold(tidy), value_set=keys))
    else:
        mapped = pa.nulls(len(values), TEXT)
    inside = np.asarray(pc.is_valid(mapped)) & present
    canonical = pc.coalesce(pc.if_else(pa.array(inside), mapped, pa.scalar(None, TEXT)), tidy)
    changed = np.asarray(pc.fill_null(pc.not_equal(canonical, values), False))
    reason = np.where(inside, "picklist.mapped", "text.spaces")
    outside = present & ~inside & bool(options.value_map) & options.value_map_closed
    return Normalised(
        canonical,
        pa.array(reason, pa.string(), mask=~changed),
        np.where(outside, INVALID, np.where(inside, VALID, UNKNOWN)).astype(np.int8),
        {"picklist.unmapped": outside},
    )


def number_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Numbers: checked, never changed (``1.234`` is a thousand in one country and one and a bit in the next).

    Accepts digits of any script, groups, a currency or unit, and ranges such as ``51-200`` and ``1000+``.

    Parameters
    ----------
    values : large_string array
        Distinct cells.
    options : CellOptions
        Not used.
    regions : optional
        Ignored.
    """
    values = as_text(values)
    present = ~np.asarray(is_blank(values))
    text = pc.utf8_trim_whitespace(fold_digits(pc.fill_null(values, "")))
    good = np.asarray(pc.or_(pc.match_substring_regex(text, _NUMBER), pc.match_substring_regex(text, _RANGE)))
    return Normalised(
        values,
        pa.nulls(len(values), pa.string()),
        np.where(present, np.where(good, VALID, INVALID), UNKNOWN).astype(np.int8),
        {"number.invalid": present & ~good},
    )


def normalise_picklist(series: pd.Series, value_map: dict[str, str], *, closed: bool = False) -> pd.DataFrame:
    """Values of a column in the spelling of a map: ``value``, ``verdict``, ``reason``, ``issues``.

    >>> normalise_picklist(pd.Series([" trade  show", "Web", "?"]), {"Trade Show": "Trade show"}).value.tolist()
    ['Trade show', 'Web', '?']
    """
    return frame_of(series, picklist_kernel, CellOptions(value_map=value_map, value_map_closed=closed))


def normalise_number(series: Any) -> pd.DataFrame:
    """Numbers of a Series, checked and left as typed.

    >>> normalise_number(["1,000", "51-200", "१२०", "a few"])["verdict"].tolist()
    ['valid', 'valid', 'valid', 'invalid']
    """
    return frame_of(series, number_kernel, CellOptions())


def _fold(text: Any) -> pa.LargeStringArray:
    return as_text(pc.utf8_lower(pc.utf8_normalize(squash_spaces(text), form="NFKC")))


def _folded(words: list[str]) -> list[str]:
    folded: list[str] = _fold(pa.array(words, TEXT)).to_pylist()
    return folded
