"""Streets: spacing, and case where a line shouts or an English one whispers. Nothing is re-ordered or abbreviated."""

from __future__ import annotations

import functools
import re
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalisers._draft import Draft, frame_of, matches, regions_of
from crmclean.normalisers._letter_case import (
    capitalised,
    is_shouted,
    is_whispered,
    lowered,
    shouted,
    turkic,
    uppered,
    whispered,
)
from crmclean.normalisers._wordlists import word_list
from crmclean.tables.normalised import VALID, CellOptions, Normalised

__all__ = ["normalise_street", "place_case", "street_kernel"]

_WORDS = "lists/place_words.toml"
_WORD = re.compile(r"[^\W_](?:[^\s/,;:()|\"“”#+–—-]*[^\W_.])?\.?")
_ENGLISH_REGIONS = frozenset({"US", "CA", "GB", "IE", "AU", "NZ", "IN", "ZA", "SG", "PK", "BD", "NG", "KE"})
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|er|e|ème|º|ª)$")


def street_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Normalise distinct street lines; line breaks inside a cell are kept.

    Verdict: valid where there is a letter or a digit to go by, else unknown.
    """
    draft = Draft(values)
    tidy = pc.utf8_trim_whitespace(pc.replace_substring_regex(draft.value, r"[^\S\r\n]+|\p{Zs}+", " "))
    draft.replace(pc.if_else(pa.array(draft.workable), tidy, draft.value), "text.spaces")
    if options.case == "repair":
        places = regions_of(len(draft.original), options, regions).to_pylist()
        wanted = shouted(draft.value) | whispered(draft.value)
        draft.replace_where(wanted, lambda place, value: repaired(value, places[place]), "street.case")
    draft.verdict[draft.present & matches(draft.value, r"[\p{L}\p{M}\p{Nd}]")] = VALID
    return draft.finish()


def normalise_street(series: Any, region: str = "", regions: Any = None) -> pd.DataFrame:
    """Normalise a Series of street lines.

    >>> normalise_street(["12 MAIN ST NW", "PO BOX 12", "RUE DE LA PAIX"])["value"].tolist()
    ['12 Main St NW', 'PO Box 12', 'Rue de la Paix']
    """
    return frame_of(series, street_kernel, CellOptions(field="street", region=region), regions)


def repaired(value: str, region: str = "") -> str:
    """One street line, put right."""
    if is_whispered(value):
        small = {word.strip(".").lower() for word in _WORD.findall(value)}
        if region not in _ENGLISH_REGIONS and not small & word_list(_WORDS, "case.english"):
            return value
        if region and region not in _ENGLISH_REGIONS:
            return value
    elif not is_shouted(value) or not re.search(r"[^\W\d_]{3}", value):
        return value
    return place_case(value, region)


def place_case(value: str, region: str = "", capitals: bool = True) -> str:
    """The case of a place's words: ``12B 42nd St NW``, ``Rue de la Paix``, ``Stratford-upon-Avon``."""
    turkish = turkic(value, region)
    first = True

    def write(found: re.Match[str]) -> str:
        nonlocal first
        start = found.start()
        joined = start > 0 and value[start - 1] in "-‐‑–'’"
        before = value[start - 1 : start]
        out = _written(found.group(), first, turkish, capitals, elided=joined and before in "'’")
        first = False
        return out

    return _WORD.sub(write, value)


@functools.lru_cache(maxsize=1 << 16)
def _written(word: str, first: bool, turkish: bool, capitals: bool, elided: bool) -> str:
    small = lowered(word, turkish)
    core = small.rstrip(".")
    if capitals and core in word_list(_WORDS, "case.capitals") and not _reads_as_word(core, first):
        return uppered(word, turkish)
    if not first and core in word_list(_WORDS, "case.small") and not elided:
        return small
    if re.search(r"\d", small):
        return small if _ORDINAL.fullmatch(small) else uppered(word, turkish)
    if len(core) == 1 or re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?", small):
        return uppered(word, turkish)
    parts = re.split(r"(['’])", small)
    if len(parts) == 3 and parts[0] in ("d", "l", "o", "dell", "dall", "sant"):
        head = parts[0] if not first and parts[0] in ("d", "l") else capitalised(parts[0], turkish)
        return head + parts[1] + capitalised(parts[2], turkish)
    if capitals and len(core) <= 3 and not re.search("[aeiouyäöü]", core) and core.isascii():
        return capitalised(word, turkish) if core in word_list(_WORDS, "case.short_words") else uppered(word, turkish)
    return capitalised(word, turkish)


def _reads_as_word(core: str, first: bool) -> bool:
    """``e``, ``de`` and their like are both a direction or state and a small word; inside a line the latter is safe."""
    return not first and len(core) == 2 and core in word_list(_WORDS, "case.small")
