"""E-mail addresses and domains: keys, parts, and which domains and mailboxes say nothing about a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.lists import read_words
from crmclean.keys.tokens import blank_nulls
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.lanes import by_kernel
from crmclean.text import ascii_mask, map_subset, map_unique, mask_of, strip_invisible

__all__ = [
    "email_domain",
    "email_key",
    "email_local",
    "email_parts",
    "is_disposable",
    "is_free_mail",
    "is_role",
    "registrable_domain",
]

Flags = np.ndarray[Any, np.dtype[np.bool_]]
_KEY, _LOCAL, _DOMAIN = range(3)  # what the kernel is asked for
_GOOGLE = pa.array(["gmail.com", "googlemail.com"], TEXT)


def _address(array: Any) -> pa.LargeStringArray:
    """Lower case, without ``mailto:``, angle brackets, quotes and spaces around the address."""
    array = blank_nulls(strip_invisible(as_text(array)))
    odd = pc.match_substring_regex(array, r"[\s<>,;'\"()\x{A0}\x{2000}-\x{200A}\x{FF20}]|^(?i:mailto:)|\.$")

    def tidy(part: pa.LargeStringArray) -> pa.LargeStringArray:
        part = pc.replace_substring(part, "＠", "@")
        part = pc.replace_substring_regex(part, r"^.*<\s*([^<>]*@[^<>]*?)\s*>.*$", r"\1")
        part = pc.replace_substring_regex(part, r"^(?i)\s*mailto:", "")
        part = pc.replace_substring_regex(part, r"^[\s\pZ'\"(]+|[\s\pZ'\")]+$", "")
        # the first of several addresses
        part = pc.replace_substring_regex(part, r"^([^@\s,;]+@[^@\s,;]+)[\s,;].*$", r"\1")
        return pc.utf8_rtrim(part, ".>,;")

    array = map_subset(array, odd, tidy)
    plain = ascii_mask(array)
    return map_subset(pc.ascii_lower(array), pc.invert(plain), pc.utf8_lower)


def _split(address: pa.LargeStringArray) -> tuple[pa.LargeStringArray, pa.LargeStringArray]:
    """Local part and domain, cut at the last ``@``; both ``""`` unless both are there."""
    pieces = pc.split_pattern(address, "@", max_splits=1, reverse=True)
    first, after = pieces.offsets.to_numpy()[:-1], pieces.offsets.to_numpy()[1:]
    local, domain = pieces.values.take(pa.array(first)), pieces.values.take(pa.array(after - 1))
    filled = pc.and_(pc.not_equal(local, ""), pc.not_equal(domain, ""))
    whole = pc.and_(filled, pa.array(after - first == 2))
    nothing = pa.scalar("", TEXT)
    return pc.if_else(whole, local, nothing), pc.if_else(whole, domain, nothing)


def _local(local: pa.LargeStringArray) -> pa.LargeStringArray:
    tagged = pc.greater(pc.find_substring(local, "+"), 0)
    return map_subset(local, tagged, lambda part: pc.replace_substring_regex(part, r"\+.*$", ""))


def email_key(array: Any) -> pa.LargeStringArray:
    """One form per mailbox: lower case, no ``+tag``; Gmail ignores dots and googlemail.com is gmail.com.

    >>> email_key(pa.array(["J.Doe+crm@GoogleMail.com", "<a.b@Firma.de>", "no address"])).to_pylist()
    ['jdoe@gmail.com', 'a.b@firma.de', '']
    """
    return by_kernel(blank_nulls(as_text(array)), _email_key, "email_parts", "n", _KEY)


def _email_key(array: pa.LargeStringArray) -> pa.LargeStringArray:
    local, domain = _split(_address(array))
    local = _local(local)
    google = pc.is_in(domain, value_set=_GOOGLE)
    local = map_subset(local, google, lambda part: pc.replace_substring(part, ".", ""))
    domain = pc.if_else(google, pa.scalar("gmail.com", TEXT), domain)
    joined = pc.binary_join_element_wise(local, domain, pa.scalar("@", TEXT))
    return pc.if_else(pc.equal(domain, ""), pa.scalar("", TEXT), joined)


def email_parts(array: Any) -> tuple[pa.LargeStringArray, pa.LargeStringArray]:
    """``email_local`` and ``email_domain`` of each value.

    >>> [part.to_pylist() for part in email_parts(pa.array(["A.B+x@Firma.de"]))]
    [['a.b'], ['firma.de']]
    """
    return email_local(array), email_domain(array)


def email_local(array: Any) -> pa.LargeStringArray:
    """The part before the ``@``, lower case, without a ``+tag``."""
    return by_kernel(blank_nulls(as_text(array)), _email_local, "email_parts", "n", _LOCAL)


def _email_local(array: pa.LargeStringArray) -> pa.LargeStringArray:
    return _local(_split(_address(array))[0])


def email_domain(array: Any) -> pa.LargeStringArray:
    """The part after the ``@``, lower case."""
    return by_kernel(blank_nulls(as_text(array)), _email_domain, "email_parts", "n", _DOMAIN)


def _email_domain(array: pa.LargeStringArray) -> pa.LargeStringArray:
    return _split(_address(array))[1]


@lru_cache(maxsize=1)
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


class _Short(NamedTuple):
    """What the public suffix list says about domains of two and three labels.

    Attributes
    ----------
    plain : pyarrow.LargeStringArray
        Suffixes of two labels (``co.uk``) with no other rule about what is right below them.
    odd : pyarrow.LargeStringArray
        Whatever else of two or three labels a rule is about.
    wild : str
        Pattern of the top-level domains in which every second level is a suffix (``*.np``).
    """

    plain: pa.LargeStringArray
    odd: pa.LargeStringArray
    wild: str


@lru_cache(maxsize=1)
def _short_suffixes() -> _Short:
    from publicsuffixlist import PSLFILE

    text = Path(PSLFILE).read_text(encoding="utf-8").lower()
    rules = pc.unique(pa.array(re.findall(r"^(?!//)\S+", text, re.MULTILINE), TEXT))
    dots = pc.count_substring(rules, ".")
    is_wild = pc.starts_with(rules, "*.")
    wild = sorted(rule[2:] for rule in rules.filter(pc.and_(is_wild, pc.equal(dots, 1))).to_pylist())
    special = pc.unique(pc.utf8_ltrim(rules.filter(pc.or_(is_wild, pc.starts_with(rules, "!"))), "!*."))
    plain = rules.filter(pc.and_not(pc.equal(dots, 1), pc.is_in(rules, special)))
    odd = pc.unique(pa.concat_arrays([special, rules.filter(pc.equal(dots, 2))]))
    return _Short(plain.take(pc.sort_indices(plain)), odd.take(pc.sort_indices(odd)), rf"\.(?:{'|'.join(wild)})$")


def registrable_domain(array: Any) -> pa.LargeStringArray:
    """The part of a domain somebody registered: ``mail.shop.co.uk`` -> ``shop.co.uk``; ``""`` for a bare suffix.

    >>> registrable_domain(pa.array(["mail.shop.co.uk", "acme.com", "com", ""])).to_pylist()
    ['shop.co.uk', 'acme.com', '', '']
    """
    domains = blank_nulls(as_text(array))
    listed, label = _short_suffixes(), r"[a-z0-9][a-z0-9\-]*"
    two = pc.match_substring_regex(domains, rf"^{label}\.[a-z]+$")
    three = pc.match_substring_regex(domains, rf"^{label}\.{label}\.[a-z]+$")
    last_two = map_subset(domains, three, lambda part: pc.replace_substring_regex(part, r"^[^.]*\.", ""))
    suffix = pc.is_in(last_two, value_set=listed.plain)
    plain = pc.or_(pc.and_(two, pc.invert(suffix)), three)
    for names in (domains, last_two):
        plain = pc.and_not(plain, pc.is_in(names, value_set=listed.odd))
    # names in other letters have rules too, and those are not spelt so in the list
    plain = pc.and_not(plain, pc.match_substring_regex(domains, rf"{listed.wild}|(?:^|\.)xn--"))
    found = pc.if_else(suffix, domains, last_two)
    single = pc.invert(pc.match_substring(domains, "."))
    found = pc.if_else(single, pa.scalar("", TEXT), pc.if_else(plain, found, domains))
    return map_subset(found, pc.invert(pc.or_(plain, single)), _registrable_by_list)


def _registrable_by_list(domains: pa.LargeStringArray) -> pa.LargeStringArray:
    def registrable(values: list[str]) -> Sequence[str]:
        suffixes = _suffixes()
        cleaned = [value.lower().strip(". ") for value in values]
        # a last label of digits is an IP address
        named = ["." in value and not value.rpartition(".")[2].isdigit() for value in cleaned]
        return [suffixes.privatesuffix(value) or "" if good else "" for value, good in zip(cleaned, named, strict=True)]

    return map_unique(domains, registrable)


def is_free_mail(domains: Any) -> Flags:
    """Whether a domain gives mailboxes to anybody (gmail.com, web.de, rediffmail.com), so it names no company."""
    return _is_listed(domains, "free_mail.txt")


def is_disposable(domains: Any) -> Flags:
    """Whether a domain, or the one it is a part of, hands out throw-away mailboxes."""
    domains = blank_nulls(as_text(domains))
    deep = pc.match_substring_regex(domains, r"\..*\.")  # the domain that one dot makes is its own registrable domain
    return _is_listed(map_subset(domains, deep, registrable_domain), "disposable.txt") | _is_listed(
        domains, "disposable.txt"
    )


def is_role(locals_: Any) -> Flags:
    """Whether a local part is a function and not a person: info, sales, kontakt, buchhaltung, no-reply."""
    return _is_listed(by_kernel(blank_nulls(as_text(locals_)), _role_word, "role_words"), "role_mailboxes.txt")


def _role_word(array: pa.LargeStringArray) -> pa.LargeStringArray:
    return pc.replace_substring_regex(pc.utf8_lower(array), r"[._-]+|\d+$", "")


def _is_listed(values: Any, name: str) -> Flags:
    return mask_of(pc.is_in(blank_nulls(as_text(values)), value_set=read_words(name)))
