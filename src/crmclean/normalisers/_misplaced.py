"""Cells that are somebody else's: a city in the state column, a state in the country column, a postcode in the city's.

Only a value that its own column has no use for is called misplaced, and only where the column's values are all known:
Paris, Berlin and Tokyo are regions too.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from crmclean.keys.places import country_key, is_known_city, region_key
from crmclean.normalisers._draft import Draft, Mask, matches
from crmclean.tables.evidence import TEXT

__all__ = ["flag_misplaced"]

_POSTCODE = r"^\d{4,7}$|^\d{5}-\d{4}$|^[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}$"


def flag_misplaced(draft: Draft, strange: Mask, homes: tuple[str, ...]) -> None:
    """Issue ``place.misplaced`` and attribute ``belongs_in`` (a field) for strange cells that are at home elsewhere.

    Parameters
    ----------
    draft : Draft
        The column.
    strange : bool array
        Cells that are no value of their own column.
    homes : tuple of str
        The fields asked, in this order: ``city``, ``state``, ``country``, ``postal_code``.
    """
    at = np.flatnonzero(strange & draft.workable)
    home = np.full(len(draft.value), -1, np.int32)
    some = draft.value.take(pa.array(at))
    for place, field in enumerate(homes) if len(at) else ():
        found = at[_is_of(field, some)]
        home[found[home[found] < 0]] = place
    draft.issue("place.misplaced", home >= 0)
    draft.attribute("belongs_in", pa.array(homes, TEXT).take(pa.array(home, mask=home < 0)))


def _is_of(field: str, values: pa.Array) -> Mask:
    """One truth per value: whether a field knows it. Two letters may be anything."""
    if field == "postal_code":
        return matches(values, _POSTCODE)
    if field == "city":
        return is_known_city(values)
    codes = country_key(values) if field == "country" else region_key(values)
    return matches(codes, "^[A-Z]{2}(-|$)") & matches(values, r"[\pL\pM]{4}") & ~matches(values, r"\d")
