"""Names that are no names: fillers, addresses, phone numbers and companies in a name field.

Restraint first: a real, rare name (Szczepan, Mkrtchyan, Ng, Test) must never be called a filler, so only whole values
are looked at, and words that are also somebody's family name count only in a first or full name.
"""

from __future__ import annotations

import functools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalisers._draft import Draft, Mask, matches
from crmclean.normalisers._wordlists import alternation, word_list
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, VALID

__all__ = ["all_filler", "filler_form", "fillers", "judge"]

_WORDS = "lists/bogus_words.toml"
_COMPANIES = "lists/company_words.toml"
_EMAIL = r"[^\s@<>()\[\]]+@[^\s@<>()\[\]]+\.[^\s@<>()\[\]]+"
_PHONE = r"^[+(\s]*(?:\p{Nd}[\s().+/-]*){7,}$"
_EDGES = r"^[\s.,;:!?*_#<>()\[\]\"'-]+|[\s.,;:!?*_#<>()\[\]\"'-]+$"
_INITIALS = r"^(?:[\p{Latin}\p{Cyrillic}\p{Greek}\p{Armenian}]\.? ?)+$"


def filler_form(values: pa.Array) -> pa.Array:
    """Values as the lists of fillers know them: lower case, edges without punctuation, single spaces."""
    low = pc.utf8_lower(values)
    untidy = matches(low, _EDGES) | matches(low, r"_|\s\s|[\t\r\n]")
    if not untidy.any():
        return low
    mask = pa.array(untidy)
    some = pc.replace_substring_regex(low.filter(mask), _EDGES, "")
    return pc.replace_with_mask(low, mask, pc.replace_substring_regex(some, r"[\s_]+", " "))


def fillers(forms: pa.Array, key: str) -> Mask:
    """Where a `filler_form` is one of the words of a list."""
    words = pa.array(sorted(word_list(_WORDS, key)), TEXT)
    return np.asarray(pc.fill_null(pc.is_in(forms, words), False), bool)


@functools.lru_cache(maxsize=1)
def all_filler() -> tuple[str, str]:
    """Two patterns: every word of the value is filler; one word is more than an everyday filler."""
    keyboard = alternation(word_list(_WORDS, "names.keyboard"))
    repeated = "|".join(
        f"{letter}{{{4 if letter == 'i' else 3},}}"
        for letter in "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщэюя"
    )
    hard = rf"(?:(?:{keyboard})+|{repeated}|[sdfghjk]{{4,}})"
    beside = alternation(word_list(_WORDS, "names.beside"))
    return rf"^(?:{hard}|{beside})(?: (?:{hard}|{beside}))*$", rf"(?:^| ){hard}(?: |$)"


def bogus(values: pa.Array, field: str) -> Mask:
    """Where the whole value is filler."""
    forms = filler_form(values)
    every, hard = all_filler()
    found = fillers(forms, "names.whole") | (matches(forms, every) & (matches(forms, hard) | matches(forms, " ")))
    if field in ("first_name", "full_name", "nickname"):
        found |= fillers(forms, "names.given")
    if field == "suffix":
        found &= ~matches(forms, r"^[ivx]+$")
    letters = matches(values, r"[\p{L}\p{M}]")
    return found | ~(letters | matches(values, r"\p{Nd}"))


@functools.lru_cache(maxsize=1)
def _company_signs() -> str:
    """Words so plainly a company's that no personal name begins or ends in them."""
    ends = alternation(word_list(_COMPANIES, "in_names.ends"))
    begins = alternation(word_list(_COMPANIES, "in_names.begins"))
    return rf"(?i)(?:[\s,]|\p{{Han}})(?:{ends})$|^(?:{begins})\s|^(?-i:PT\.? [A-Z][a-z])"


def judge(draft: Draft, field: str) -> Mask:
    """Write the issues and the verdicts of names; gives the mask of values that are no names at all.

    An e-mail address beside a name is noted, and learnt as the attribute ``email``.
    """
    values = draft.value
    mail = draft.matches(_EMAIL)
    phone = draft.matches(_PHONE) & ~mail
    company = draft.matches(_company_signs()) & ~mail
    if field not in ("full_name", "first_name", "last_name"):
        company[:] = False
    filler = bogus(values, field) & draft.present & ~mail & ~phone
    digits = draft.matches(r"\p{Nd}") & ~mail & ~phone & ~filler
    if digits.any() and field in ("suffix", "full_name", "last_name"):
        digits &= matches(pc.replace_substring_regex(values, r"(?i)\b\d{1,2}(?:st|nd|rd|th)\b", ""), r"\p{Nd}")
    nameless = digits & ~draft.matches(r"[\p{L}\p{M}]")
    draft.issue("name.email_in_name", mail)
    if mail.any():
        found = pc.struct_field(pc.extract_regex(values, rf"(?P<email>{_EMAIL})"), "email")
        draft.attribute("email", pc.if_else(pa.array(mail), found, pa.scalar(None, TEXT)))
    draft.issue("name.phone_in_name", phone)
    draft.issue("name.company_in_name", company)
    draft.issue("name.bogus", filler | nameless)
    draft.issue("name.digits", digits & ~nameless)
    initial = np.zeros(len(values), bool)
    if field in ("first_name", "last_name", "full_name", "nickname"):
        initial = draft.matches(_INITIALS) & ~filler
        initial &= ~draft.matches(r"[\p{L}]{2}")
        draft.issue("name.initial_only", initial)
    plausible = draft.workable & ~(digits | company | initial | mail)
    draft.verdict[plausible] = VALID
    alone = mail & matches(values, rf"^(?:\PL|(?i:e-?mail|mailto)\b)*{_EMAIL}\PL*$")  # else there is a name beside it
    hopeless = alone | phone | filler | nameless
    draft.verdict[hopeless] = INVALID
    return hopeless
