"""Addresses that stand behind a company's name in one cell: ``Acme AG Hauptstr. 5 80331 Munich Germany``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.business_words import is_place
from crmclean.keys.companies import ends_in_form, legal_form_ends, plain_words
from crmclean.keys.places import is_street_word
from crmclean.keys.tokens import Tokens
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.text import mask_of

__all__ = ["split_address"]

_POSTCODE, _LONG_POSTCODE, _LONG_POSTCODE = r"^\d{4,6}$", r"^\d{5,6}$", r"^\d{5,6}$"
Flags = np.ndarray[Any, np.dtype[np.bool_]]

_LONGEST = 8  # words of an address that has neither postcode nor country
_GOES_ON = ("of", "for", "de", "du", "and")  # "Sony Corporation of America" goes on


def split_address(array: Any) -> tuple[pa.LargeStringArray, pa.LargeStringArray]:
    """Each company's name, and the address behind it ("" where there is none, and the name is untouched).

    A legal form ends a name: what follows is an address if it has a number, ends in the name of a country or of a
    known city, or has no other words than such addresses behind the other names. Without a legal form, an address
    begins at the first number, if it has a postcode, or a street and a country.

    >>> names = ["Acme AG Hauptstr. 5 80331 Munich", "Acme AG Munich", "Acme 80331 Munich", "Sony Corp of America"]
    >>> for part in split_address(pa.array(names)):
    ...     print(part.to_pylist())
    ['acme ag', 'acme ag', 'acme', 'Sony Corp of America']
    ['hauptstr 5 80331 munich', 'munich', '80331 munich', '']
    """
    array = as_text(array)
    tokens = Tokens.of(plain_words(array))
    behind = tokens.starts + legal_form_ends(tokens)
    has_form = behind < tokens.ends
    next_word = tokens.values.take(pa.array(behind[has_form]))
    has_form[has_form] &= ~mask_of(pc.is_in(next_word, value_set=pa.array(_GOES_ON, TEXT)))
    place = np.arange(len(tokens.values)) - np.repeat(tokens.starts, tokens.counts)
    number = _first(tokens, mask_of(pc.match_substring_regex(tokens.values, r"^\d+\pL?$")) & (place > 0))
    begins = np.where(has_form, behind, np.where(ends_in_form(tokens), tokens.ends, number))
    proved = _is_address(tokens.between(begins, tokens.ends), has_form)
    cut = tokens.between(tokens.starts, np.where(proved, begins, tokens.ends)).join()
    tail, chosen = tokens.between(begins, tokens.ends).join(), pa.array(proved)
    return pc.if_else(chosen, cut, array), pc.if_else(chosen, tail, pa.scalar("", TEXT))


def _is_address(tail: Tokens, has_form: Flags) -> Flags:
    """Whether what stands behind each name is an address; ``has_form`` says where that is behind a legal form."""
    filled = tail.counts > 0
    postcode = mask_of(pc.match_substring_regex(tail.values, _POSTCODE))
    long = mask_of(pc.match_substring_regex(tail.values, _LONG_POSTCODE))
    digits = mask_of(pc.match_substring_regex(tail.values, r"\d"))
    street = is_street_word(tail.values)
    placed = np.zeros(len(filled), bool)
    placed[filled] = is_place(tail.values.take(pa.array(tail.ends[filled] - 1)))
    some = (tail.counts > 1) & (tail.counts <= _LONGEST) & _any(tail, digits)
    behind_form = some | placed | _any(tail, postcode)
    behind_name = (tail.counts > 1) & (_any(tail, long) | (placed & _any(tail, street)))
    proved = np.where(has_form, behind_form, behind_name) & filled
    sure = proved & (placed | _any(tail, postcode | street))
    known = pc.unique(tail.values.filter(pa.array(np.repeat(sure, tail.counts))))
    strange = _any(tail, ~mask_of(pc.is_in(tail.values, value_set=known)))
    flags: Flags = proved | (has_form & filled & ~strange)
    return flags


def _first(tokens: Tokens, mask: Flags) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The place of the first word of each value where the mask holds, else the end of the value."""
    places = np.flatnonzero(mask)
    found = np.append(places, len(mask))[np.searchsorted(places, tokens.starts)]
    first: np.ndarray[Any, np.dtype[np.int64]] = np.minimum(found, tokens.ends)
    return first


def _any(tokens: Tokens, mask: Flags) -> Flags:
    """Whether the mask holds for any word of each value."""
    seen = np.concatenate([[0], np.cumsum(mask)])
    some: Flags = seen[tokens.ends] > seen[tokens.starts]
    return some
