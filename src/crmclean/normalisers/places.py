"""Cities, regions, countries and postcodes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import text
from crmclean.keys.lists import read_columns, read_rows
from crmclean.keys.places import country_key, region_key
from crmclean.normalisers._draft import Draft, Mask, frame_of, matches, regions_of, scatter
from crmclean.normalisers._letter_case import is_shouted, shouted, whispered
from crmclean.normalisers._misplaced import flag_misplaced
from crmclean.normalisers._wordlists import word_list
from crmclean.normalisers.addresses import place_case
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, VALID, CellOptions, Normalised

__all__ = [
    "city_kernel",
    "country_kernel",
    "normalise_city",
    "normalise_country",
    "normalise_postcode",
    "normalise_region",
    "postcode_kernel",
    "region_kernel",
]

CODED = frozenset({"US", "CA", "AU", "BR"})  # countries whose CRMs write regions as codes
_WORDS = "lists/place_words.toml"
_TWICE = (  # in brackets, behind a dash or slash, or a code before or behind the name
    r"^(?P<one>.+?)\s*[(\[](?P<other>[^()\[\]]+)[)\]]$",
    r"^(?P<one>.+?)\s*[-–—/|:;,]\s*(?P<other>.+)$",
    r"^(?P<one>[A-Za-z]{2,3})\s+(?P<other>.+)$",
    r"^(?P<one>.+?)\s+(?P<other>[A-Za-z]{2,3})$",
)


def _tidy(values: pa.Array) -> Draft:
    draft = Draft(values)
    squashed = text.squash_spaces(draft.value)
    draft.replace(pc.if_else(pa.array(draft.workable), squashed, draft.value), "text.spaces")
    return draft


# ---- cities -------------------------------------------------------------------------------------


def city_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Normalise distinct city names: spacing, and case where a name shouts or whispers."""
    draft = _tidy(values)
    if options.case == "repair":
        places = regions_of(len(draft.original), options, regions).to_pylist()
        wanted = shouted(draft.value) | whispered(draft.value)
        draft.replace_where(wanted, lambda place, value: _city(value, places[place]), "city.case")
    letters = matches(draft.value, r"[\p{L}\p{M}]")
    flag_misplaced(draft, draft.workable, ("postal_code",))
    draft.verdict[draft.workable & letters & ~matches(draft.value, "@|://")] = VALID
    return draft.finish()


def _city(value: str, region: str) -> str:
    if is_shouted(value) and len(value) < 4 and value.lower() not in word_list(_WORDS, "case.short_cities"):
        return value
    return place_case(value, region)


def normalise_city(series: Any, region: str = "", regions: Any = None) -> pd.DataFrame:
    """Normalise a Series of cities.

    >>> normalise_city(["PARIS", "rio de janeiro", "WASHINGTON DC", "NYC", "मुंबई"])["value"].tolist()
    ['Paris', 'Rio de Janeiro', 'Washington DC', 'NYC', 'मुंबई']
    """
    return frame_of(series, city_kernel, CellOptions(field="city", region=region), regions)


# ---- regions ------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _covered() -> pa.Array:
    """The countries whose regions are known."""
    return pa.array(sorted({row["code"][:2] for row in read_rows("regions.csv")}), TEXT)


def region_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Normalise distinct states, provinces and regions of a country.

    Value: the second part of the ISO 3166-2 code in the United States, Canada, Australia and Brazil (``CA``); elsewhere
    the name as it was typed, but for shouting. Attribute ``region_code``: the whole code (``US-CA``). Issue
    ``region.unknown``: the country has a table and the value is not in it; ``region_suggestion`` then names the one
    region a letter away. Issue ``place.misplaced``, with attribute ``belongs_in``: it is a city, country or postcode.
    """
    draft = _tidy(values)
    places = regions_of(len(draft.original), options, regions)
    code = region_key(draft.short(), places)
    plain = draft.workable & ~matches(code, r"^[A-Z]{2}-")
    code = pc.coalesce(
        _named_twice(draft.value, plain, lambda part, at: region_key(part, places.take(at))),
        code,
    )
    known = np.asarray(pc.is_in(places, _covered())) & draft.workable
    found = known & matches(code, r"^[A-Z]{2}-[A-Z0-9]{1,3}$")
    coded = found & np.asarray(pc.is_in(places, pa.array(sorted(CODED), TEXT)))
    part = pc.replace_substring_regex(code, r"^[A-Z]+-", "")
    draft.replace(pc.if_else(pa.array(coded), part, draft.value), "region.code")
    if options.case == "repair":
        loud = (shouted(draft.value) | whispered(draft.value)) & ~coded & draft.matches(r"[\pL\pM]{5}")  # no code
        names = places.to_pylist() if loud.any() else []
        draft.replace_where(loud, lambda place, value: place_case(value, names[place]), "region.case")
    unknown = known & ~found
    draft.issue("region.unknown", unknown)
    flag_misplaced(draft, unknown, ("city", "country", "postal_code"))
    draft.attribute("region_code", pc.if_else(pa.array(found), code, pa.scalar(None, TEXT)))
    _suggest_region(draft, unknown, places)
    draft.verdict[found] = VALID
    return draft.finish()


def _suggest_region(draft: Draft, unknown: Mask, places: pa.Array) -> None:
    codes = places.to_pylist() if unknown.any() else []
    _suggest(draft, unknown, "region_suggestion", lambda place, name: _near(_near_regions(codes[place]), name))


def normalise_region(series: Any, region: str = "", regions: Any = None) -> pd.DataFrame:
    """Normalise a Series of states or regions; ``region`` or ``regions`` give the country.

    >>> normalise_region(["california", "TX", "Ontario"], regions=["US", "US", "CA"])["value"].tolist()
    ['CA', 'TX', 'ON']
    """
    return frame_of(series, region_kernel, CellOptions(field="state", region=region), regions)


# ---- one place named twice ----------------------------------------------------------------------


def _named_twice(values: pa.Array, wanted: Mask, key: Callable[[pa.Array, pa.Array], pa.Array]) -> pa.Array:
    """Codes of cells that name one place in two ways, ``Germany (DE)`` or ``CA - California``; null for all others.

    ``key`` gives the codes of some values, whose positions come second.
    """
    out = pa.nulls(len(values), TEXT)
    wanted = wanted & matches(values, r"\S[\s(\[\-–—/|:;,]+\S")
    for pattern in _TWICE if wanted.any() else ():
        places = np.flatnonzero(wanted & matches(values, pattern))
        if not len(places):
            continue
        at = pa.array(places)
        found = pc.extract_regex(values.take(at), pattern)
        one, other = (key(pc.struct_field(found, name).cast(TEXT), at) for name in ("one", "other"))
        same = np.asarray(
            pc.and_(pc.equal(one, other), pc.match_substring_regex(one, "^[A-Z]{2}")).fill_null(False), bool
        )
        mask = np.zeros(len(values), bool)
        mask[places[same]] = True
        out = pc.replace_with_mask(out, pa.array(mask), one.filter(pa.array(same)))
        wanted = wanted & ~mask
    return out


# ---- mistyped names -----------------------------------------------------------------------------


def _suggest(draft: Draft, unknown: Mask, name: str, near: Callable[[int, str], str | None]) -> None:
    """Write an attribute for unknown names that are a letter away from one known name."""
    if unknown.any():
        folded = text.match_key(draft.short())
        found = scatter(folded, unknown, near)
        draft.attribute(name, pc.if_else(pa.array(unknown), found, pa.scalar(None, TEXT)))
    else:
        draft.attribute(name, pa.nulls(len(draft.value), TEXT))


def _forms_of(names: Mapping[str, str]) -> dict[str, str | None]:
    """Each folded name whole and with one letter left out -> its code; None where two codes share the form."""
    found: dict[str, str | None] = {}
    for name, code in names.items():
        for form in sorted(_without_one(name)) if len(name) > 4 else ():
            found[form] = code if found.get(form, code) == code else None
    return found


def _without_one(name: str) -> set[str]:
    return {name, *(name[:place] + name[place + 1 :] for place in range(len(name)))}


def _near(forms: Mapping[str, str | None], name: str) -> str | None:
    """The one code a letter more, less, other or swapped away (symmetric deletion), or None."""
    near = {forms[form] for form in _without_one(name) if form in forms} if 4 <= len(name) <= 40 else set()
    return next(iter(near)) if len(near) == 1 else None


@functools.lru_cache(maxsize=16)
def _near_regions(country: str) -> dict[str, str | None]:
    rows = [row for row in read_rows("regions.csv") if row["code"].startswith(country)]
    names = pa.array([name for row in rows for name in row["names"].split("|")], TEXT)
    codes = [row["code"] for row in rows for _ in row["names"].split("|")]
    return _forms_of(dict(zip(text.match_key(names).to_pylist(), codes, strict=True)))


@functools.lru_cache(maxsize=1)
def _near_countries() -> dict[str, str | None]:
    columns = read_columns("countries.csv")
    return _forms_of(dict(zip(columns["key"], columns["code"], strict=True)))


def _near_country(_: int, name: str) -> str | None:
    return _near(_near_countries(), name)


# ---- countries ----------------------------------------------------------------------------------


def country_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Normalise distinct countries to ISO 3166 alpha-2 codes.

    A name, code or nationality in any language of the table is understood; what is not stays as it is, with the issue
    ``country.unknown``. Attribute ``country_suggestion``: the one country a letter away. It is not applied, for
    ``Indiana`` in the country column is a letter away from ``Indian``.
    """
    draft = _tidy(values)
    code = country_key(draft.short())
    twice = _named_twice(
        draft.value, draft.workable & np.asarray(pc.equal(code, "")), lambda part, _: country_key(part)
    )
    code = pc.coalesce(twice, code)
    found = np.asarray(pc.fill_null(pc.not_equal(code, ""), False), bool) & draft.workable
    draft.replace(pc.if_else(pa.array(found), code, draft.value), "country.iso")
    unknown = draft.present & ~found
    draft.issue("country.unknown", unknown)
    flag_misplaced(draft, unknown, ("state", "city", "postal_code"))
    _suggest(draft, unknown & draft.workable, "country_suggestion", _near_country)
    draft.verdict[draft.present] = INVALID
    draft.verdict[found] = VALID
    return draft.finish()


def normalise_country(series: Any) -> pd.DataFrame:
    """Normalise a Series of countries.

    >>> normalise_country(["Deutschland", "भारत", "usa", "Absurdistan"])["value"].tolist()
    ['DE', 'IN', 'US', 'Absurdistan']
    """
    return frame_of(series, country_kernel, CellOptions(field="country"))


# ---- postcodes ----------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _postcodes() -> dict[str, tuple[str, str, int]]:
    """Region -> RE2 pattern over capitals without blanks and hyphens, template of the usual way to write it, and how
    many digits it has where zeros in front may have been lost (else 0)."""
    rows = read_rows("postcodes.csv")
    return {row["country"]: (f"^(?:{row['pattern']})$", row["template"], int(row["zeros"] or 0)) for row in rows}


def postcode_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Normalise distinct postcodes, each by the rules of its region; without a known region only spacing and digits.

    A spreadsheet's ``.0`` is dropped and, in countries whose codes are digits that may begin with zeros, one lost
    zero (of five digits two) is put back. Issue ``postcode.mismatch``: not of its country's form; nothing changed.
    """
    draft = _tidy(values)
    draft.replace(_folded_digits(draft), "postcode.format")
    decimal = draft.matches(r"^\d{3,6}\.0+$") & draft.workable
    if decimal.any():
        cut = pc.replace_substring_regex(draft.value, r"\.0+$", "")
        draft.replace(pc.if_else(pa.array(decimal), cut, draft.value), "postcode.decimal")
    places = regions_of(len(draft.original), options, regions)
    own = np.zeros(len(places), bool)
    if regions is not None:
        own = np.asarray(pc.fill_null(pc.not_equal(regions, ""), False), bool)
    compact = pc.replace_substring_regex(pc.utf8_upper(draft.value), r"[\s.\p{Pd}]+", "")
    for region in sorted(set(pc.unique(places).to_pylist()) & _postcodes().keys()):
        here = np.asarray(pc.equal(places, region)) & draft.workable
        _one_country(draft, compact, here, own, region)
    wordy = draft.workable & ~draft.matches(r"\d")
    flag_misplaced(draft, wordy & (draft.verdict != VALID), ("city", "state", "country"))
    return draft.finish()


def _folded_digits(draft: Draft) -> pa.Array:
    foreign = draft.workable & draft.matches(r"[^\x00-\x7f]")
    if not foreign.any():
        return draft.value
    return pc.if_else(pa.array(foreign), text.fold_digits(draft.value), draft.value)


def _one_country(draft: Draft, compact: pa.Array, here: Mask, own: Mask, region: str) -> None:
    """One region's postcodes. Only the row's own country, no mere default, may call one wrong or short of zeros."""
    pattern, template, digits = _postcodes()[region]
    if digits:
        fewest = digits - (2 if digits == 5 else 1)  # 00501 may be 501; shorter and longer codes are not so surely one
        short = here & own & matches(compact, rf"^[1-9]\d{{{fewest - 1},{digits - 2}}}$")
        if short.any():
            padded = pc.ascii_lpad(compact, digits, "0")
            short &= matches(padded, pattern) & ~matches(compact, pattern)
            draft.replace(pc.if_else(pa.array(short), padded, draft.value), "postcode.zeros")
            compact = pc.if_else(pa.array(short), padded, compact)
    fits = here & matches(compact, pattern)
    written = pc.utf8_trim(pc.replace_substring_regex(compact, pattern, template), " -")
    draft.replace(pc.if_else(pa.array(fits), written, draft.value), "postcode.format")
    draft.verdict[fits] = VALID
    wrong = here & own & ~fits
    draft.verdict[wrong] = INVALID
    draft.issue("postcode.mismatch", wrong | draft.issues.get("postcode.mismatch", wrong))


def normalise_postcode(series: Any, region: str = "", regions: Any = None) -> pd.DataFrame:
    """Normalise a Series of postcodes; ``region`` or ``regions`` give the country.

    >>> normalise_postcode(["sw1a2aa", "2134", "k1a0b1", "११०००१"], regions=["GB", "US", "CA", "IN"])["value"].tolist()
    ['SW1A 2AA', '02134', 'K1A 0B1', '110001']
    """
    return frame_of(series, postcode_kernel, CellOptions(field="postal_code", region=region), regions)
