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
_US_LINE = re.compile(r"\b[A-Za-z]{2}[ ,.]+\d{5}(?:-?\d{4})?(?:,? USA?)?$")  # ... Los Angeles CA 90012
_BREAKS = (",", ";", "/", "\n", "(", ":")
_APOSTROPHES = ("'", "’")
_HYPHENS = ("-", "‐", "‑", "–")
_ELIDED_SMALL = frozenset({"d", "l", "dell", "nell", "dall", "sull", "all", "degl", "coll"})
_ELIDED = _ELIDED_SMALL | {"o", "sant"}
_ZIP = re.compile(r"[ ,.]+\d{5}(?:-?\d{4})?(?:\D|$)")
_SHOUTS = re.compile(r"[^\W\d_]{3}|\d(?:ST|ND|RD|TH)\b")  # less than that is a code: 12-B, NW
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
        english = region in word_list(_WORDS, "case.english_regions")
        if not english and not small & word_list(_WORDS, "case.english"):
            return value
        if region and not english:
            return value
    elif not is_shouted(value) or not _SHOUTS.search(value):
        return value
    return place_case(value, region)


def place_case(value: str, region: str = "", capitals: bool = True) -> str:
    """The case of a place's words: ``12B 42nd St NW``, ``Rue de la Paix``, ``Stratford-upon-Avon``."""
    turkish = turkic(value, region)
    english = region in word_list(_WORDS, "case.english_regions") or (not region and bool(_US_LINE.search(value)))
    before = ""  # the word before, in small letters; "" where a line or a part of it begins

    def write(found: re.Match[str]) -> str:
        nonlocal before
        word, start = found.group(), found.start()
        lead = value[start - 1] if start else ""
        core = _core(word)
        if lead in _BREAKS or (lead == " " and value[start - 2] in _BREAKS):
            before = ""
        if len(core) <= 4 and (odd := _odd_case(word, core, value, found.span(), region)):
            out = odd
        else:
            small = _stays_small(core, before, english, joined=lead in _HYPHENS) and lead not in _APOSTROPHES
            out = _written(word, not before, turkish, capitals, small)
        before = before if core.isdigit() else core
        return out

    return _WORD.sub(write, value)


@functools.lru_cache(maxsize=1 << 16)
def _core(word: str) -> str:
    return lowered(word).rstrip(".")


def _odd_case(word: str, core: str, value: str, span: tuple[int, int], region: str) -> str:
    """Words whose case their neighbours decide, "" for all others: states, кв. 10, 's-Gravenhage."""
    start, end = span
    if core in word_list(_WORDS, "case.before_number"):
        return word.lower() if re.match(r"[.\s]*\d", value[end:]) else ""
    if len(core) == 2 and region in ("", "US") and core in word_list(_WORDS, "case.us_states"):
        rest = value[end:]  # before a ZIP code, or at the end behind a comma
        state = _ZIP.match(rest) or (not rest.strip(" .") and value[:start].rstrip(" ").endswith(","))
        return word.upper() if state else ""
    if core in ("s", "t") and start and value[start - 1] in "'’" and not value[max(start - 2, 0) : start - 1].isalnum():
        return word.lower()
    return ""


def _stays_small(core: str, before: str, english: bool, joined: bool) -> bool:
    """Small words inside a line; where English is written, an article only behind its preposition."""
    if not before or core not in word_list(_WORDS, "case.small"):
        return False
    if not english or joined:
        return True
    if core in word_list(_WORDS, "case.articles"):
        return before in word_list(_WORDS, "case.small")
    return core in word_list(_WORDS, "case.small_english")


@functools.lru_cache(maxsize=1 << 16)
def _written(word: str, first: bool, turkish: bool, capitals: bool, stays_small: bool) -> str:
    small = lowered(word, turkish)
    core = small.rstrip(".")
    if capitals and core in word_list(_WORDS, "case.capitals") and not _reads_as_word(core, first):
        return uppered(word, turkish)
    if stays_small:
        return small
    if re.search(r"\d", small):
        return small if _ORDINAL.fullmatch(small) else uppered(word, turkish)
    if len(core) == 1 or re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?", small):
        return uppered(word, turkish)
    if small.startswith("mc") and len(core) > 4 and core.isalpha():
        return "Mc" + capitalised(small[2:])
    parts = re.split(r"(['’])", small)
    if len(parts) == 3 and parts[0] in _ELIDED:
        head = parts[0] if not first and parts[0] in _ELIDED_SMALL else capitalised(parts[0], turkish)
        return head + parts[1] + capitalised(parts[2], turkish)
    if capitals and len(core) <= 3 and not re.search("[aeiouyäöü]", core) and core.isascii():
        return capitalised(word, turkish) if core in word_list(_WORDS, "case.short_words") else uppered(word, turkish)
    return capitalised(word, turkish)


def _reads_as_word(core: str, first: bool) -> bool:
    """``e``, ``de`` and their like are both a direction or state and a small word; inside a line the latter is safe."""
    return not first and len(core) == 2 and core in word_list(_WORDS, "case.small")
