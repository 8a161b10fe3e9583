"""The compare forms of company names: the name without the address behind it and its own city, acronym, first word."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.forms import Form, code_first, code_texts, first_text, present
from crmclean.keys import companies, websites
from crmclean.keys.business_words import RAREST_SHARE, is_small_word, word_share
from crmclean.keys.company_addresses import split_address
from crmclean.keys.tokens import Tokens

__all__ = ["addresses_apart", "company_forms", "names_of_companies", "without_own_city"]


def company_forms(used: dict[str, list[pa.Array]], entity: str) -> dict[str, Form]:
    """Names, acronyms and websites; where each record is a company, its name may stand in a field of names."""
    holders = used.get("company") or (entity == "company" and (used.get("full_name") or used.get("last_name"))) or []
    forms: dict[str, Form] = {}
    if holders:
        forms |= names_of_companies(code_first(holders, _name_key))
    if used.get("website"):
        forms["website"] = code_first(used["website"], websites.website_domain)
    return forms


def _name_key(values: pa.Array) -> pa.Array:
    return present(companies.without_own_acronym(companies.company_key(values)))


def names_of_companies(company: Form) -> dict[str, Form]:
    """The forms of company names, from their keys."""
    return {
        "company": company,
        "acronym": company.derive(companies.company_acronym),
        "company_first": company.recode(pc.replace_substring_regex(company.values, r" .*$", "")),
    }


def addresses_apart(used: dict[str, list[pa.Array]]) -> dict[str, list[pa.Array]]:
    """Company columns without the addresses behind names, which stand in for the street where that has no column."""
    names, streets = [], []
    for column in used.get("company", []):
        coded = code_texts([column], lambda values: values)
        name, street = split_address(coded.values)
        names.append(name.take(pa.array(coded.codes)))
        streets.append(street.take(pa.array(coded.codes)))
    if not names:
        return used
    own = {} if used.get("street") or used.get("street_2") else {"street": [first_text(streets)]}
    return used | own | {"company": names}


def without_own_city(company: Form, city: Form) -> Form:
    """Company names without the record's own city at the end: ``Ritz Carlton Atlanta`` in Atlanta.

    The city stays where a word joins it to the name ("Bank of Boston") or no telling word would remain.
    """
    size = city.size
    packed, place = np.unique(company.codes.astype(np.int64) * size + city.codes, return_inverse=True)
    names = Tokens.of(company.values.take(pa.array(packed // size)))
    towns = Tokens.of(city.values.take(pa.array(packed % size)))
    both = pa.concat_arrays([names.values, towns.values]).dictionary_encode().indices.to_numpy()
    words, others = both[: len(names.values)], both[len(names.values) :]
    count = towns.counts
    fits = (count > 0) & (names.counts > count)
    for back in range(1, int(count.max(initial=0)) + 1):
        asked = np.flatnonzero(fits & (count >= back))
        fits[asked] = words[names.ends[asked] - back] == others[towns.ends[asked] - back]
    joins, before = is_small_word(names.values), np.flatnonzero(fits)
    fits[before] = ~joins[names.ends[before] - count[before] - 1]
    kept = names.between(names.starts, names.ends - np.where(fits, count, 0))
    seen = np.concatenate([[0], np.cumsum(word_share(kept.values) <= RAREST_SHARE)])
    fits &= seen[kept.ends] > seen[kept.starts]
    texts = pc.if_else(pa.array(fits), kept.join(), names.join())
    pairs = code_texts([texts], lambda values: values)
    return Form(pairs.codes[place].astype(np.int32), pairs.values)
