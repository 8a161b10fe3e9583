"""What a column's values look like, whatever its header says: shares of e-mails, phones, dates and so on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.companies import has_legal_form
from crmclean.keys.lists import read_toml
from crmclean.keys.places import country_key
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.hashes import hash_texts
from crmclean.text import fold_digits, is_blank

__all__ = ["Looks", "looks_of"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]

_ENOUGH: Final = 1_000

# All of RE2: linear in the length of the cell.
_EMAIL: Final = r"^[^@\s]+@[^@\s]+\.[^@\s.]{2,}$"
_URL: Final = r"(?i)^(?:https?://\S+|www\.\S+|[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|co|info|biz|edu|gov|[a-z]{2})(?:/\S*)?)$"
_LINKEDIN: Final = r"(?i)linkedin\.com/"
_PHONE: Final = r"^(?:tel:)?[+(]?[\d\s().+/\-]{6,22}(?:\s*(?:;?ext|x|#)[\s.=:]*\d{1,6})?$"
_PHONE_MARKS: Final = r"^\+|^00\d|^\(?\d{2,5}\)?[\s.\-/]+\d{2,}"
_MONTH: Final = r"\pL[\pL\pM]{2,12}"
_DATE: Final = (
    r"(?i)^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ](?:\d{4}|\d{2})"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?[\s-]+(?:de\s+)?{_MONTH}\.?[\s,-]+(?:de\s+)?(?:\d{{4}}|\d{{2}})|{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})"
    r"(?:[T ,].*)?$"
)
# letters of all scripts, so often, take longer to compile than all else here: most values are ruled out without them
_MAY_BE_DATE: Final = _DATE.replace(_MONTH, r"[^\d\s]{3,}")
_NUMBER: Final = r"^[+-]?[\d.,]+$"
_STAMP: Final = r"^(?:(?:18|19|20)\d{2}[01]\d[0-3]\d|1[0-9]{9}|1[0-9]{12}|[2-5]\d{4}(?:\.\d+)?)$"
_OF_CONSENT: Final = r"(?i)subscri|opt|consent|marketing|abonn|suscri|inscri|подпис|cleaned"
_HONORIFIC: Final = (
    r"(?i)^(?:mr|mrs|ms|miss|mx|dr|prof|sir|madam|herr|frau|hr|fr|m|mme|mlle|sr|sra|srta|dott|ing|shri|smt|sri|kumari"
    r"|श्री|श्रीमती|डॉ|శ్రీ|శ్రీమతి|திரு|திருமதி|ডা|জনাব|آقای|خانم|دکتر|مهندس|السيد|السيدة|г-н|г-жа)\.?(?:\s+(?:dr|prof|med|ing)\.?)*$"
)


@dataclass(frozen=True)
class Looks:
    """Shares (0 to 1) of the distinct filled values of a column that have some form; ``count`` is their number."""

    count: int = 0
    email: float = 0.0
    phone: float = 0.0
    phone_marks: float = 0.0  # phone numbers written as such: a plus, brackets, groups
    url: float = 0.0
    linkedin: float = 0.0
    date: float = 0.0
    stamp: float = 0.0
    number: float = 0.0
    yes_no: float = 0.0
    consent_word: float = 0.0  # words that speak of subscriptions and consent, not just "blocked" or "invalid"
    truth: float = 0.0  # "true" and "false" exactly
    honorific: float = 0.0
    legal_form: float = 0.0
    country: float = 0.0
    country_name: float = 0.0  # countries by name, not by a code of two or three letters
    digits: float = 0.0  # values with a digit


def looks_of(columns: Sequence[Any]) -> list[Looks]:
    """Look at the distinct values of some columns, all at once.

    Parameters
    ----------
    columns : sequence of arrays of text
        Distinct values or not; null and blank ones are skipped. Of very many, those with the smallest content hashes
        are looked at: the same ones in whatever order they come.
    """
    parts = [_chosen(column) for column in columns]
    text = as_text(fold_digits(pa.concat_arrays(parts))) if parts else pa.array([], TEXT)
    sizes = np.array([len(part) for part in parts], np.int64)
    owner = np.repeat(np.arange(len(parts)), sizes)
    shares = {
        name: np.bincount(owner[mask], minlength=len(parts)) / np.maximum(sizes, 1)
        for name, mask in _masks(text).items()
    }
    return [
        Looks(int(size), **{name: float(share[at]) for name, share in shares.items()}) for at, size in enumerate(sizes)
    ]


def _chosen(values: Any) -> pa.LargeStringArray:
    text = as_text(values)
    text = as_text(pc.unique(pc.utf8_trim_whitespace(text.filter(pc.invert(is_blank(text))))))
    if len(text) <= _ENOUGH:
        return text
    hashes = hash_texts(text)
    return text.take(pa.array(np.argsort(hashes, kind="stable")[:_ENOUGH]))


def _masks(text: pa.LargeStringArray) -> dict[str, Mask]:
    """Member of `Looks` to the values that have that form."""
    date = _matches(text, _MAY_BE_DATE)
    date[date] = _matches(text.filter(pa.array(date)), _DATE)
    phone = _matches(text, _PHONE) & ~date & ~_matches(text, r"^[+-]?\d{1,3}\.\d+$")
    country = np.asarray(pc.not_equal(pc.fill_null(country_key(text), ""), ""), bool)
    return {
        "email": _matches(text, _EMAIL),
        "phone": phone,
        "phone_marks": phone & _matches(text, _PHONE_MARKS),
        "url": _matches(text, _URL),
        "linkedin": _matches(text, _LINKEDIN),
        "date": date,
        "stamp": _matches(text, _STAMP),
        "number": _matches(text, _NUMBER),
        "yes_no": _listed(text, "yes", "no", "granted", "denied"),
        "consent_word": _listed(text, "granted", "denied") & _matches(text, _OF_CONSENT),
        "truth": np.asarray(pc.is_in(text, value_set=pa.array(["true", "false"], TEXT)), bool),
        "honorific": _matches(text, _HONORIFIC),
        "legal_form": np.asarray(has_legal_form(text), bool),
        "country": country,
        "country_name": country & _matches(text, r"^.{4}"),
        "digits": _matches(text, r"\d"),
    }


def _matches(text: pa.LargeStringArray, pattern: str) -> Mask:
    return np.asarray(pc.match_substring_regex(text, pattern), bool)


def _listed(text: pa.LargeStringArray, *sections: str) -> Mask:
    words = pa.array(sorted({word for section in sections for word in _words()[section]}), TEXT)
    return np.asarray(pc.is_in(pc.utf8_lower(text), value_set=words), bool)


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    raw = read_toml("yes_no.toml")
    return {name: frozenset(word.lower() for words in part.values() for word in words) for name, part in raw.items()}
