"""Branches: one company at two places. Such records are linked, but they are not one record of the company.

A pair is one of branches if what identifies (name, domain) would merge it by itself, the cities differ (where either is
missing: the postcodes; where those are missing too: the streets and the telephone lines both), and nothing ties both to
one place: neither the street nor a telephone line agrees. An equal registration number speaks for one record with an
old address, and such a pair is judged like any other.
"""

from __future__ import annotations

import numpy as np

from crmclean.dedup.compare import Levels
from crmclean.dedup.forms import Ints
from crmclean.dedup.priors import DIFFERENT, Comparison
from crmclean.dedup.weights import Model, probability_of

__all__ = ["branch_pairs"]

_ONE_PLACE = {"street": "near", "own_line": "near", "other_line": "near", "national_id": "exact"}
_ONE_COMPANY = {"company": "typo", "site": "exact"}


def branch_pairs(model: Model, levels: Levels, identity: Ints, match: float) -> Ints:
    """Which pairs are branches of one company; none where the records are persons.

    Parameters
    ----------
    levels : mapping of str to uint8 array
        Level codes of the pairs, by comparison.
    identity : float32 array
        Evidence of what identifies, in bits.
    match : float
        The probability from which on pairs are merged.
    """
    items = {item.name: item for item in model.comparisons if item.name in levels}
    nowhere = np.zeros(len(identity), bool)
    if model.entity != "company" or not items.keys() & {"city", "postal_code"}:
        return nowhere
    city, postcode = (levels[name] if name in items else nowhere.astype(np.uint8) for name in ("city", "postal_code"))
    apart = (city == DIFFERENT) | ((city < DIFFERENT) & (postcode == DIFFERENT))
    if "street" in items and "own_line" in items:
        elsewhere = (levels["street"] == DIFFERENT) & (levels["own_line"] == DIFFERENT)
        apart |= (city < DIFFERENT) & (postcode < DIFFERENT) & elsewhere
    prior = np.log2(model.prior / (1.0 - model.prior))
    certain = probability_of(identity + prior) >= match
    one_company = _reaches(items, levels, _ONE_COMPANY, nowhere)
    branches: Ints = apart & certain & one_company & ~_reaches(items, levels, _ONE_PLACE, nowhere)
    return branches


def _reaches(items: dict[str, Comparison], levels: Levels, least: dict[str, str], none: Ints) -> Ints:
    """Whether any of some comparisons is on a level, or a better one."""
    found = none.copy()
    for name, level in least.items():
        if name in items:
            found |= levels[name] >= items[name].code(level)
    return found
