"""Streets, cities, postcodes, regions and countries: compare forms."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.lists import read_columns, read_rows
from crmclean.keys.romanise import romanise
from crmclean.keys.tokens import Mask, Tokens, blank_nulls
from crmclean.keys.websites import website_domain
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.text import ascii_mask, fold_digits, fold_letters, map_subset, mask_of, match_key

__all__ = [
    "city_key",
    "country_key",
    "country_names",
    "is_known_city",
    "is_street_word",
    "postcode_key",
    "region_key",
    "street_key",
    "street_name",
    "street_number",
    "street_parts",
    "website_domain",
]

# ---- streets ------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _street_words() -> tuple[pa.LargeStringArray, pa.LargeStringArray]:
    """Long and short words for one thing, each to one form; folded and romanised as streets are."""
    spelt = [(form, row["key"]) for row in read_rows("street_words.csv") for form in row["forms"].split()]
    folded = romanise(fold_letters(pa.array([form for form, _ in spelt], TEXT))).to_pylist()
    words: dict[str, str] = {}
    for form, (_, key) in zip(folded, spelt, strict=True):
        words.setdefault(form, key)
    words.pop("", None)
    return pa.array(list(words), TEXT), pa.array(list(words.values()), TEXT)


# street types that German, Dutch and Scandinavian languages write as the end of the name
_ENDINGS = "strasse|strase|str|straat|gatan|gata|gate|vagen|vei|vej|gasse|weg|platz|allee|ring|damm|laan|plein|katu|tie"
_UNIT = r"#\s*\d+\s*-\s*\d+\pL?(?:\s|,|$)"  # floor and unit as Singapore and Malaysia write them: #01-11
_GLUED = rf"(^| )([a-z]{{3,}})({_ENDINGS})( |$)"


def street_key(array: Any) -> pa.LargeStringArray:
    """Streets as lower-case ASCII words, each abbreviation as one form: ``12 Main St.`` is ``12 Main Street``.

    >>> street_key(pa.array(["12 Main St.", "12, Main Street", "Hauptstraße 5", "Hauptstr. 5"])).to_pylist()
    ['12 main st', '12 main st', 'haupt str 5', 'haupt str 5']
    """
    array = blank_nulls(as_text(array))
    unit = pc.match_substring_regex(array, _UNIT)
    array = map_subset(array, unit, lambda part: pc.replace_substring_regex(part, _UNIT, " "))
    folded = romanise(blank_nulls(fold_letters(array)))
    glued = pc.match_substring_regex(folded, _GLUED)
    folded = map_subset(folded, glued, lambda part: pc.replace_substring_regex(part, _GLUED, r"\1\2 \3\4"))
    return Tokens.of(folded).replace(*_street_words()).join()


def is_street_word(words: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """bool array: whether each word of at least three letters is one for a kind of street, or ends in one.

    >>> is_street_word(pa.array(["avenue", "hauptstrasse", "co"])).tolist()
    [True, True, False]
    """
    words = blank_nulls(as_text(words))
    known = mask_of(pc.is_in(words, value_set=_street_words()[0])) & (pc.utf8_length(words).to_numpy() >= 3)
    ending: np.ndarray[Any, np.dtype[np.bool_]] = known | mask_of(
        pc.match_substring_regex(words, f"[a-z]{{3,}}(?:{_ENDINGS})$")
    )
    return ending


def street_parts(array: Any) -> tuple[pa.LargeStringArray, pa.LargeStringArray]:
    """``street_number`` and ``street_name`` of each street line, for the price of one.

    >>> [part.to_pylist() for part in street_parts(pa.array(["12 Main St.", "Hauptstr. 5a"]))]
    [['12', '5a'], ['main st', 'haupt str']]
    """
    tokens = Tokens.of(street_key(array))
    digits = mask_of(pc.match_substring_regex(tokens.values, r"^(?:[a-z]{0,2}\d+[a-z]{0,2}|\d+(?:st|nd|rd|th))$"))
    digits &= ~mask_of(pc.match_substring_regex(tokens.values, r"^\d+(?:st|nd|rd|th)$"))
    seen = np.concatenate([[0], np.cumsum(digits)])
    before = seen[np.repeat(tokens.starts, tokens.counts)]
    first = digits & (seen[:-1] == before)
    return tokens.select(first).join(), tokens.select(~first).join()


def street_number(array: Any) -> pa.LargeStringArray:
    """The first house number of a street line (``12``, ``5a``), else ``""``."""
    return street_parts(array)[0]


def street_name(array: Any) -> pa.LargeStringArray:
    """``street_key`` without the house number."""
    return street_parts(array)[1]


# ---- cities and postcodes -----------------------------------------------------------------------


_CITY_WORDS = {"st": "saint", "ste": "saint", "sankt": "saint", "sint": "saint", "mt": "mount", "ft": "fort"}


def _city_words(folded: pa.LargeStringArray) -> pa.LargeStringArray:
    words = Tokens.of(romanise(folded))
    return words.replace(pa.array(list(_CITY_WORDS), TEXT), pa.array(list(_CITY_WORDS.values()), TEXT)).join()


@lru_cache(maxsize=1)
def _city_names() -> tuple[pa.LargeStringArray, pa.LargeStringArray]:
    """Other names of cities (``cities.csv``) as city words, and the one they are compared in."""
    spelt = [(name, row["key"]) for row in read_rows("cities.csv") for name in row["names"].split("|")]
    folded = _city_words(fold_letters(pa.array([name for name, _ in spelt], TEXT))).to_pylist()
    names: dict[str, str] = {}
    for name, (_, key) in zip(folded, spelt, strict=True):
        names.setdefault(name, key)
    return pa.array(list(names), TEXT), pa.array(list(names.values()), TEXT)


def city_key(array: Any) -> pa.LargeStringArray:
    """Cities as lower-case ASCII words: one name for each of the well-known ones that have several.

    ``St.`` is ``saint``; what stands in brackets or after a comma is left out.

    >>> city_key(pa.array(["St. Louis", "Saint-Louis", "München (Bayern)", "मुंबई", "Bombay"])).to_pylist()
    ['saint louis', 'saint louis', 'munich', 'mumbai', 'mumbai']
    """
    array = blank_nulls(as_text(array))
    extra = pc.match_substring_regex(array, r"[^\s,(].*[,(（،]")
    bare = map_subset(array, extra, lambda part: pc.replace_substring_regex(part, r"^([^,(（،]+)[,(（،].*$", r"\1"))
    words = _city_words(fold_letters(bare))
    names, keys = _city_names()
    return pc.coalesce(keys.take(pc.index_in(words, value_set=names)), words)


def is_known_city(array: Any) -> Mask:
    """One truth per value: whether it is a name of a city of ``cities.csv``.

    >>> is_known_city(pa.array(["Bombay", "कोलकाता", "Karnataka"])).tolist()
    [True, True, False]
    """
    names, keys = _city_names()
    return mask_of(pc.is_in(_city_words(blank_nulls(fold_letters(as_text(array)))), pa.concat_arrays([names, keys])))


def postcode_key(array: Any) -> pa.LargeStringArray:
    """Postcodes in capitals without spaces and hyphens; a US ZIP+4 is cut to its first five digits.

    >>> postcode_key(pa.array(["sw1a 2aa", "12345-6789", "D-10115", "११०००१"])).to_pylist()
    ['SW1A2AA', '12345', '10115', '110001']
    """
    array = pc.utf8_upper(fold_digits(blank_nulls(as_text(array))))
    plain = ascii_mask(array)
    array = map_subset(array, plain, lambda part: pc.replace_substring_regex(part, r"[^A-Za-z0-9]+", ""))
    signs = r"[^\p{L}\p{M}\p{Nd}]+"
    array = map_subset(array, pc.invert(plain), lambda part: pc.replace_substring_regex(part, signs, ""))
    array = pc.replace_substring_regex(array, r"^(\d{5})\d{4}$", r"\1")
    return pc.replace_substring_regex(array, r"^(?:[A-Z]{1,3})(\d{4,6}|\d{4}[A-Z]{2})$", r"\1")


# ---- regions and countries ----------------------------------------------------------------------


@lru_cache(maxsize=1)
def _countries() -> tuple[pa.LargeStringArray, pa.LargeStringArray]:
    """Folded names and codes of ``countries.csv`` and the alpha-2 code of each; the first row of a name wins."""
    columns = read_columns("countries.csv")
    codes: dict[str, str] = {}
    for key, code in zip(columns["key"], columns["code"], strict=True):
        codes.setdefault(key, code)
    return pa.array(list(codes), TEXT), pa.array(list(codes.values()), TEXT)


def country_names() -> pa.LargeStringArray:
    """Names, nationalities and codes of countries in many languages, each once, as ``match_key`` makes them."""
    return _countries()[0]


@lru_cache(maxsize=1)
def _regions() -> tuple[pa.LargeStringArray, pa.LargeStringArray]:
    """Region names and codes of ``regions.csv``: each plain name, and each name after its country ("IN/wa")."""
    codes: dict[str, str] = {}
    rows = read_rows("regions.csv")
    parts = [row["code"].partition("-") for row in rows]
    spelt = [[row["code"], *row["names"].split("|"), part[2]] for row, part in zip(rows, parts, strict=True)]
    folded = iter(match_key(pa.array([name for names in spelt for name in names], TEXT)).to_pylist())
    for row, (country, _, local), written in zip(rows, parts, spelt, strict=True):
        names = [next(folded) for _ in written]
        # the bare number of an Iranian province or letter of a Bangladeshi division means nothing by itself
        plain = names if len(local) > 1 and local.isalpha() else names[:-1]
        for name in plain:
            codes.setdefault(name, row["code"])
        for name in names:
            codes.setdefault(f"{country}/{name}", row["code"])
    return pa.array(list(codes), TEXT), pa.array(list(codes.values()), TEXT)


def country_key(array: Any) -> pa.LargeStringArray:
    """The ISO 3166 alpha-2 code of a country written as code, name or nationality in many languages, else ``""``.

    >>> country_key(pa.array(["Germany", "भारत", "ایران", "usa", "GBR", "Atlantis"])).to_pylist()
    ['DE', 'IN', 'IR', 'US', 'GB', '']
    """
    names, codes = _countries()
    found = codes.take(pc.index_in(match_key(as_text(array)), value_set=names))
    return blank_nulls(found)


def region_key(array: Any, country: Any = None) -> pa.LargeStringArray:
    """A state or province as its ISO 3166-2 code where the name is known, else its folded, romanised name.

    ``country`` (alpha-2 codes, one a value) settles names that several countries use; without it, or where it is
    empty, the first row of the list wins: ``WA`` is Washington unless the country is Australia.

    >>> region_key(pa.array(["calif.", "தமிழ்நாடு", "WA", "Canton de Vaud"])).to_pylist()
    ['US-CA', 'IN-TN', 'US-WA', 'canton de vaud']
    >>> region_key(pa.array(["WA", "WA"]), pa.array(["AU", ""])).to_pylist()
    ['AU-WA', 'US-WA']
    """
    names, codes = _regions()
    folded = blank_nulls(match_key(as_text(array)))
    anywhere = codes.take(pc.index_in(folded, value_set=names))
    if country is None:
        return pc.coalesce(anywhere, romanise(folded))
    country = blank_nulls(as_text(country))
    placed = pc.binary_join_element_wise(country, folded, pa.scalar("/", TEXT))
    within = codes.take(pc.index_in(placed, value_set=names))
    unplaced = pc.if_else(pc.equal(country, ""), anywhere, pa.scalar(None, TEXT))
    return pc.coalesce(within, unplaced, romanise(folded))
