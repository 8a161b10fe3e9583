"""Which column means what: header packs first, near spellings second, and the values themselves as judge.

    header -> exact in a pack -> without its object's name -> without filler words -> nearly spelt -> the values

A header that several systems use in different senses ("Title", "Name", "Source") takes the sense of the system that
explains the file best. Then the values are looked at: they confirm, contradict or, where the header says nothing,
propose. A column nobody understands stays unmapped and passes through untouched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from crmclean.mapping.evidence import by_values
from crmclean.mapping.headers import HeaderGuess, guess_headers
from crmclean.mapping.looks import Looks, looks_of
from crmclean.tables.fields import BY_NAME

__all__ = ["ColumnGuess", "MappedTable", "map_headers", "map_table"]


@dataclass(frozen=True)
class ColumnGuess:
    """What one column seems to mean.

    Attributes
    ----------
    column : str
        The column's name as given.
    field : str or None
        Canonical field; None when unknown, or known to be no contact field.
    confidence : float
        0 to 1.
    why : str
        In words.
    polarity : int
        Consent columns: +1 when "yes" grants, -1 when "yes" denies; 0 for any other column.
    """

    column: str
    field: str | None
    confidence: float
    why: str
    polarity: int = 0


@dataclass(frozen=True)
class MappedTable:
    """The columns of a table, in order, and the system whose export it seems to be ("" when none stands out)."""

    system: str
    columns: tuple[ColumnGuess, ...]


def map_headers(header: Sequence[str], samples: Mapping[str, pa.Array] | None = None) -> list[ColumnGuess]:
    """Map columns to canonical fields.

    Parameters
    ----------
    header : sequence of str
        The columns' names; ``Company#2`` counts as ``Company``.
    samples : mapping of str to array of text, optional
        Distinct values of each column, by the names in ``header``.

    Returns
    -------
    list of ColumnGuess
        One for each column, in order. Several columns may have one field: their order is that of the file.

    Examples
    --------
    >>> [guess.field for guess in map_headers(["Vorname", "Nachname", "E-Mail", "Firma", "Umsatzsteuer"])]
    ['first_name', 'last_name', 'email', 'company', None]
    """
    return list(map_table(header, samples).columns)


def map_table(header: Sequence[str], samples: Mapping[str, pa.Array] | None = None) -> MappedTable:
    """As `map_headers`, with the system the headers speak of."""
    values = samples or {}
    system, guesses = guess_headers(header)
    nothing = pa.array([], pa.large_string())
    looks = looks_of([values.get(column, nothing) for column in header]) if values else [Looks()] * len(header)
    judged = [by_values(guess, look) for guess, look in zip(guesses, looks, strict=True)]
    if any(name.strip().casefold().startswith("crmclean_") for name in header):
        judged = [_as_cleaned(guess, look) for guess, look in zip(judged, looks, strict=True)]
    settled = _accounts(_modest(guesses, _seconded(guesses, judged)))
    columns = [_column(name, guess) for name, guess in zip(header, settled, strict=True)]
    return MappedTable(system, tuple(columns))


def _seconded(before: Sequence[HeaderGuess], after: Sequence[HeaderGuess]) -> list[HeaderGuess]:
    """A column that only its values call an e-mail address stands behind one whose header says so."""
    headed = any(old.field == "email" == new.field for old, new in zip(before, after, strict=True))
    return [
        replace(new, field="email_2")
        if headed and new.field == "email" and old.field not in ("email", "email_2")
        else new
        for old, new in zip(before, after, strict=True)
    ]


def _as_cleaned(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    """An earlier run wrote the consent words of a status as true and false; they are consent still."""
    if guess.field == "status" and looks.truth == 1.0:
        return replace(guess, field="email_opt_in", confidence=0.8, why="a status of consent, cleaned before")
    return guess


_ONCE = frozenset({"country", "website", "company"})


def _modest(before: Sequence[HeaderGuess], after: Sequence[HeaderGuess]) -> list[HeaderGuess]:
    """Values alone make no second country, website or company beside one that the header names."""
    headed = {old.field for old, new in zip(before, after, strict=True) if old.field == new.field}
    return [
        old if not old.field and new.field in _ONCE & headed else new for old, new in zip(before, after, strict=True)
    ]


_OF_ACCOUNTS = frozenset({"industry", "employees", "revenue", "website", "account_id"})
_OF_PERSONS = frozenset(
    {"first_name", "last_name", "middle_name", "title", "mobile", "salutation", "birth_date", "company", "home_phone"}
)


def _accounts(guesses: list[HeaderGuess]) -> list[HeaderGuess]:
    """In a list of companies (industry, revenue ..., nothing of a person) the plain name is the company's."""
    fields = [guess.field for guess in guesses]
    if fields.count("full_name") != 1 or _OF_PERSONS.intersection(fields) or len(_OF_ACCOUNTS.intersection(fields)) < 2:
        return guesses
    why = "the name in a list of companies"
    return [
        replace(guess, field="company", confidence=0.8, why=why) if guess.field == "full_name" else guess
        for guess in guesses
    ]


def _column(name: str, guess: HeaderGuess) -> ColumnGuess:
    polarity = (guess.polarity or BY_NAME[guess.field].polarity) if guess.field else 0
    return ColumnGuess(name, guess.field or None, round(guess.confidence, 2), guess.why, polarity)
