"""Which fields the core compares, and which of its comparisons can tell who a record is."""

from __future__ import annotations

from collections.abc import Collection

from crmclean.dedup.priors import comparisons_of

__all__ = ["FIELDS", "fields_of", "tells_who"]

_OF_PEOPLE = frozenset(
    {
        *("salutation", "first_name", "middle_name", "last_name", "suffix", "full_name", "gender", "title"),
        *("birth_date", "birth_year", "birth_month", "birth_day"),
    }
)
FIELDS = _OF_PEOPLE | {
    *("national_id", "company", "email", "email_2", "phone", "mobile", "home_phone", "other_phone"),
    *("street", "street_2", "city", "state", "postal_code", "country", "website", "linkedin"),
}


def fields_of(entity: str) -> frozenset[str]:
    """The canonical fields that are compared where a record stands for a person or a company.

    A column of full or last names may hold the names of companies.
    """
    return FIELDS if entity == "person" else FIELDS - _OF_PEOPLE | {"full_name", "last_name"}


def tells_who(comparisons: Collection[str], entity: str) -> bool:
    """Whether any of the comparisons made identifies by its values; without one no two records are ever joined.

    Generation, sex and middle name only tell apart whom others have found alike.
    """
    made = (item for item in comparisons_of(entity) if item.name in comparisons)
    return any(item.frequency is not None and "identity" in item.roles() for item in made)
