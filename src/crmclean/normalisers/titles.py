"""Job titles: case, what the person does (function) and how high up (level).

Level and function come from the word tables in ``rules/titles``, in many languages at once.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import text
from crmclean.normalisers._draft import Draft, Mask, frame_of, matches
from crmclean.normalisers._letter_case import (
    capitalised,
    is_shouted,
    is_whispered,
    lowered,
    shouted,
    uppered,
    whispered,
)
from crmclean.normalisers._name_junk import filler_form, fillers
from crmclean.normalisers._wordlists import table, word_list, word_map
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, VALID, CellOptions, Normalised

__all__ = ["FUNCTIONS", "LEVELS", "normalise_title", "title_kernel"]

LEVELS = ("vp", "c_level", "director", "head", "manager", "senior", "intern", "staff")
FUNCTIONS = (
    "hr", "it", "finance", "legal", "purchasing", "sales", "support", "marketing", "product", "research", "data",
    "engineering", "operations", "medical", "education", "consulting", "administration", "general_management",
)  # fmt: skip
_LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "more")
_ENGLISH = "titles/en.toml"
_SPACELESS = re.compile(r"[぀-ヿ㐀-鿿가-힣]")
_WORD = re.compile(r"[^\W_][^\s/,;:()|–—-]*")


def title_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Normalise distinct job titles or departments.

    Value: spacing, and case where the title shouts or an English one whispers. Attributes: ``title_function`` and
    ``title_level`` (one of `FUNCTIONS`, `LEVELS`), null where no table knows the words, and ``title_persona`` (by
    ``rules/titles/personas.toml`` and ``options.personas``). Issue: ``title.bogus``.
    """
    draft = Draft(values)
    squashed = text.squash_spaces(draft.value)
    draft.replace(pc.if_else(pa.array(draft.workable), squashed, draft.value), "text.spaces")
    forms = filler_form(draft.value)
    bogus = (fillers(forms, "titles.whole") | matches(forms, r"^(?:[\d\W_]*|x+|a{3,})$")) & draft.present
    bogus &= ~matches(draft.value, r"[\p{L}\p{M}]") | fillers(forms, "titles.whole") | matches(forms, r"^(?:x+|a{3,})$")
    draft.issue("title.bogus", bogus)
    if options.case == "repair":
        wanted = (shouted(draft.value) | whispered(draft.value)) & ~bogus
        draft.replace_where(wanted, lambda _, value: repaired(value), "title.case")
    _classify(draft, draft.workable & ~bogus)
    _name_personas(draft, options.personas)
    draft.verdict[draft.workable & matches(draft.value, r"\p{L}.*\p{L}|[\p{Han}\p{Hangul}]")] = VALID
    draft.verdict[bogus] = INVALID
    return draft.finish()


def normalise_title(series: Any, personas: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Normalise a Series of job titles; ``personas`` (``function/level`` -> persona) go before those of the table.

    >>> frame = normalise_title(["VP OF SALES", "Leiterin Einkauf", "مدیر فروش", "CEO"])
    >>> frame[["value", "title_function", "title_level"]].values.tolist()
    [['VP of Sales', 'sales', 'vp'], ['Leiterin Einkauf', 'purchasing', 'head'], ['مدیر فروش', 'sales', 'manager'], \
['CEO', 'general_management', 'c_level']]
    """
    return frame_of(series, title_kernel, CellOptions(field="title", personas=personas or {}))


def repaired(value: str) -> str:
    """One title, put right: capitals for English and Latin words, a sentence for Cyrillic and Greek ones.

    >>> repaired("SALES MANAGER"), repaired("vp of sales"), repaired("directeur commercial")
    ('Sales Manager', 'VP of Sales', 'directeur commercial')
    >>> repaired("ДИРЕКТОР ПО ПРОДАЖАМ")
    'Директор по продажам'
    """
    words = _WORD.findall(value)
    if is_whispered(value):
        if not all(_known(word) for word in words):
            return value
    elif not is_shouted(value) or (len(words) == 1 and len(words[0]) <= 4 and not _known(words[0], acronyms=False)):
        return value
    sentence = bool(re.search(r"[Ѐ-ӿͰ-Ͽ]", value)) and not re.search("[A-Za-z]", value)
    count = 0

    def write(found: re.Match[str]) -> str:
        nonlocal count
        count += 1
        if found.group() == "NET" and value[: found.start()].endswith("."):
            return "NET"  # .NET developer
        return _written(found.group(), first=count == 1, sentence=sentence)

    return _WORD.sub(write, value)


@functools.lru_cache(maxsize=1 << 16)
def _known(word: str, acronyms: bool = True) -> bool:
    """Whether a word belongs to English titles."""
    small = lowered(word).strip(".,'’&+")
    return small in _english_words() or (acronyms and small in _acronyms()) or not re.search(r"[^\W\d_]", small)


@functools.lru_cache(maxsize=1)
def _english_words() -> frozenset[str]:
    words: set[str] = set(word_list(_ENGLISH, "case.words") | word_list(_ENGLISH, "case.small"))
    for kind in ("level", "function"):
        for key in table(_ENGLISH)[kind]:
            for entry in word_list(_ENGLISH, f"{kind}.{key}"):
                words.update(part for part in entry.split() if "*" not in part)
    return frozenset(words)


@functools.lru_cache(maxsize=1)
def _acronyms() -> dict[str, str]:
    return {**word_map(_ENGLISH, "case.acronyms"), **word_map(_ENGLISH, "case.written")}


@functools.lru_cache(maxsize=1 << 16)
def _written(word: str, first: bool, sentence: bool) -> str:
    core = word.rstrip(".,'’&+")
    small = lowered(core)
    display = _acronyms().get(small)
    if display:
        return display + word[len(core) :]
    if sentence:
        return capitalised(word) if first else lowered(word)
    if not first and small in word_list(_ENGLISH, "case.small"):
        return lowered(word)
    if re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?|[^\W\d_]&[^\W\d_]", word):
        return uppered(word)
    unspeakable = len(core) <= 3 and core.isupper() and not re.search("[AEIOUY]", core)
    if re.fullmatch(r"\d+(?:st|nd|rd|th)", small):
        return lowered(word)
    if elided := re.fullmatch(r"([dl])(['’])(\w.*)", lowered(word)):
        return (elided[1].upper() if first else elided[1]) + elided[2] + capitalised(elided[3])
    if re.search(r"\d", word) or (unspeakable and small not in ("sr", "jr", "mgr", "dr", "dpt", "st")):
        return word
    return capitalised(word)


# ---- function and level -------------------------------------------------------------------------


@functools.cache
def _pattern(kind: str, key: str) -> str:
    """One RE2 pattern of a level or function over `text.match_key` titles, "" where no table has it.

    Words of scripts without spaces are looked for anywhere, others as whole words, ``=word`` as the whole title.
    """
    entries: set[str] = set()
    for language in _LANGUAGES:
        relative = f"titles/{language}.toml"
        if key in table(relative)[kind]:
            entries |= word_list(relative, f"{kind}.{key}")
    ordered = sorted(entries, key=lambda entry: (-len(entry), entry))
    folded = text.match_key(pa.array([entry.replace("*", "xstarx") for entry in ordered], TEXT)).to_pylist()
    kinds: dict[str, list[str]] = {"whole": [], "inside": [], "word": []}
    for entry, word in zip(ordered, folded, strict=True):
        where = "whole" if entry.startswith("=") else "inside" if _SPACELESS.search(entry) else "word"
        kinds[where].append(word.replace("xstarx", "[^ ]*"))
    shapes = {"whole": "^(?:{})$", "inside": "(?:{})", "word": "(?:^| )(?:{})(?: |$)"}
    return "|".join(shapes[where].format("|".join(words)) for where, words in kinds.items() if words)


def _classify(draft: Draft, wanted: Mask) -> None:
    mask = pa.array(wanted)
    folded = text.match_key(draft.value.filter(mask))
    for kind, keys, name in (("level", ("aide", *LEVELS), "title_level"), ("function", FUNCTIONS, "title_function")):
        choice = np.full(len(folded), -1, np.int32)
        for place, key in enumerate(keys):
            pattern = _pattern(kind, key)
            if pattern:
                choice[(choice < 0) & matches(folded, pattern)] = place
        words = pa.array(["staff" if key == "aide" else key for key in keys], TEXT)
        found = words.take(pa.array(choice, mask=choice < 0))
        draft.attribute(name, pc.replace_with_mask(pa.nulls(len(draft.value), TEXT), mask, found))


def _name_personas(draft: Draft, own: Mapping[str, str]) -> None:
    """What the persons are in a sale: by function and level, else by the function, else by the level."""
    known = {**table("titles/personas.toml")["personas"], **own}
    keys, names = pa.array(list(known), TEXT), pa.array(list(known.values()), TEXT)
    function, level = (pc.fill_null(draft.attributes[f"title_{part}"], "") for part in ("function", "level"))
    found = pa.nulls(len(function), TEXT)
    anything = pa.scalar("*", TEXT)
    for one, other in ((function, level), (function, anything), (anything, level)):
        pair = pc.binary_join_element_wise(one, other, pa.scalar("/", TEXT))
        found = pc.coalesce(found, names.take(pc.index_in(pair, value_set=keys)))
    draft.attribute("title_persona", found)
