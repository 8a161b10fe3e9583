"""How common the words of company names are, from ``rules/lists/business_words.toml`` and the lists of places."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.lists import read_rows, read_toml
from crmclean.keys.places import country_names
from crmclean.keys.tokens import Tokens, blank_nulls
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.text import mask_of, match_key

__all__ = ["RAREST_SHARE", "is_place", "is_small_word", "telling_words", "word_share"]

RAREST_SHARE = 1e-4  # what a word that is in no list is taken for
_SHORTEST_PLACE = 4  # letters of a country's name: its codes are too many words of other meaning


@lru_cache(maxsize=1)
def _shares() -> tuple[pa.LargeStringArray, np.ndarray[Any, np.dtype[np.float64]]]:
    table = read_toml("business_words.toml")
    shares = dict.fromkeys(_places().to_pylist(), float(table["place"]))
    for tier in reversed(table["words"]):  # a word of several tiers is as common as the first says
        shares |= dict.fromkeys(tier["in"], float(tier["share"]))
    return pa.array(list(shares), TEXT), np.array([*shares.values(), RAREST_SHARE])


@lru_cache(maxsize=1)
def _places() -> pa.LargeStringArray:
    """Names of one word of countries and well-known cities."""
    names = country_names().to_pylist()
    cities = [name for row in read_rows("cities.csv") for name in (row["key"], *row["names"].split("|"))]
    cities = match_key(pa.array(cities, TEXT)).to_pylist()
    return pa.array(
        sorted({name for name in (*names, *cities) if " " not in name and len(name) >= _SHORTEST_PLACE}), TEXT
    )


@lru_cache(maxsize=1)
def _small() -> pa.LargeStringArray:
    return pa.array(sorted(set(read_toml("business_words.toml")["small"])), TEXT)


def word_share(words: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    """float64 array: the share of companies whose name has each word (a word of ``company_key``).

    >>> word_share(pa.array(["services", "germany", "siemens"])).tolist()
    [0.03, 0.002, 0.0001]
    """
    known, shares = _shares()
    places = pc.index_in(blank_nulls(as_text(words)), value_set=known).fill_null(-1).to_numpy()
    found: np.ndarray[Any, np.dtype[np.float64]] = shares[places]
    return found


def is_place(words: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """bool array: whether each word (lower case, no accents) is the name of a country or of a well-known city.

    >>> is_place(pa.array(["germany", "turin", "acme"])).tolist()
    [True, True, False]
    """
    return mask_of(pc.is_in(blank_nulls(as_text(words)), value_set=_places()))


def is_small_word(words: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """bool array: whether each word only joins others, as "of" and "de" do, or is a single letter."""
    words = blank_nulls(as_text(words))
    letter = pc.match_substring_regex(words, r"^[^\d]$")
    return mask_of(pc.or_(letter, pc.is_in(words, value_set=_small())))


def telling_words(keys: Any) -> pa.LargeStringArray:
    """Names without the words that only join others ("of", "de") and single letters, unless nothing else is there.

    >>> telling_words(pa.array(["university of oregon", "bank van de west", "unilever v", "the a"])).to_pylist()
    ['university oregon', 'bank west', 'unilever', 'the a']
    """
    tokens = Tokens.of(blank_nulls(as_text(keys)))
    kept = tokens.select(~is_small_word(tokens.values))
    return pc.if_else(pa.array(kept.counts > 0), kept.join(), tokens.join())
