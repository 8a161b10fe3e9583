"""Domains that cannot be meant as they stand: mistyped mailbox domains, and domains under no public suffix.

A slip is one edit of the optimal string alignment distance (a letter more, less, wrong, or two swapped), two for long
domains. All one-edit slips of the popular domains are tabled once, so a column costs one look-up per distinct domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import process
from rapidfuzz.distance import OSA

from crmclean.keys.emails import is_disposable, is_free_mail
from crmclean.keys.lists import read_toml
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.text import map_unique, mask_of

__all__ = ["has_public_suffix", "typo_domain"]

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-."
_SHORTEST_NAME = 5  # letters before the first dot; shorter names have too many real neighbours
_LONG = 12  # letters from which two slips are still recognisable


def typo_domain(domains: Any) -> pa.LargeStringArray:
    """The popular mailbox domain each domain was probably meant to be; null where it is nobody's slip.

    >>> typo_domain(pa.array(["gmial.com", "gmail.con", "mail.com", "acme.com", "ymail.com"])).to_pylist()
    ['gmail.com', 'gmail.com', None, None, None]
    """
    array = pc.fill_null(as_text(domains), "")
    slips = _slips()
    found = pa.array([slips.get(domain) for domain in array.to_pylist()], TEXT)
    open_ = np.flatnonzero(np.asarray(pc.and_(found.is_null(), pc.greater_equal(pc.utf8_length(array), _LONG - 2))))
    twice = _two_slips(array.take(pa.array(open_)))
    if twice.null_count < len(twice):
        mask = np.zeros(len(array), bool)
        mask[open_] = np.asarray(twice.is_valid())
        found = pc.replace_with_mask(found, pa.array(mask), twice.drop_null())
    if found.null_count == len(found):
        return found
    return pc.if_else(pa.array(_real(array)), pa.scalar(None, TEXT), found)


def has_public_suffix(domains: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether a domain lies under a top-level domain that exists.

    >>> has_public_suffix(pa.array(["acme.com", "acme.co.uk", "acme.corp", "उदाहरण.भारत", ""])).tolist()
    [True, True, False, True, False]
    """
    array = pc.utf8_lower(pc.fill_null(as_text(domains), ""))
    return mask_of(map_unique(pc.replace_substring_regex(array, r"^.*\.", ""), _top_levels).is_valid())


def _top_levels(names: list[str]) -> list[str | None]:
    return [name if _is_top_level(name) else None for name in names]


@lru_cache(maxsize=1 << 16)
def _is_top_level(name: str) -> bool:
    return bool(name and _known_suffixes().publicsuffix(f"a.{name}"))


@lru_cache(maxsize=1)
def _known_suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False)


def _real(array: pa.LargeStringArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Domains that exist in their own right, however much they look like a slip."""
    lists = read_toml("typo_domains.toml")
    known = pa.array([*lists["popular"], *lists["real"]], TEXT)
    return mask_of(pc.is_in(array, value_set=known)) | is_free_mail(array) | is_disposable(array)


def _one_slip(domain: str) -> Iterator[str]:
    """Every text one edit away. The first letter is never replaced or lost: people see that one, and x-mail.com,
    y-mail.com and so on are other providers. Short names are only varied after their dot (``aol.con``)."""
    name = domain.partition(".")[0]
    start = 1 if len(name) >= _SHORTEST_NAME else len(name) + 1
    for at in range(start, len(domain)):
        head, tail = domain[:at], domain[at:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail[1:]
            yield head + letter + tail
    for letter in _LETTERS[:26]:
        yield domain + letter
    if start == 1:
        yield domain[1] + domain[0] + domain[2:]


@lru_cache(maxsize=1)
def _slips() -> dict[str, str]:
    """Slips and what was meant; a slip of two domains is taken for the more popular one."""
    table: dict[str, str] = {}
    for domain in read_toml("typo_domains.toml")["popular"]:
        for slip in _one_slip(domain):
            if "." in slip and slip != domain and not _another_place(slip, domain):
                table.setdefault(slip, domain)
    return table


def _another_place(slip: str, domain: str) -> bool:
    """The same name under another ending that exists: ``yahoo.fr`` is a place and no slip of ``yahoo.ir``, nor is
    ``web.dev`` one of ``web.de``; only ``.com`` is cut short often enough to suspect ``gmail.co``."""
    name, _, suffix = slip.partition(".")
    wanted, _, ending = domain.partition(".")
    if name != wanted or not _is_top_level(suffix.rpartition(".")[2]):
        return False
    return len(name) < _SHORTEST_NAME or ending != "com"


def _two_slips(array: pa.LargeStringArray) -> pa.LargeStringArray:
    """Long domains two edits away from a popular one with the same first letter and the same ending."""
    out: list[str | None] = [None] * len(array)
    popular = [domain for domain in read_toml("typo_domains.toml")["popular"] if len(domain) >= _LONG]
    if not len(array):
        return pa.array(out, TEXT)
    heads = pc.utf8_slice_codeunits(array, 0, 2)
    for head in sorted({domain[:2] for domain in popular} & set(pc.unique(heads).to_pylist())):
        places = np.flatnonzero(np.asarray(pc.equal(heads, head)))
        meant = [domain for domain in popular if domain.startswith(head)]
        texts = array.take(pa.array(places)).to_pylist()
        scores = process.cdist(texts, meant, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8)
        best = scores.argmin(axis=1)
        for place, text, choice, score in zip(places, texts, best, scores.min(axis=1), strict=True):
            if score <= 2 and text.rpartition(".")[2] == meant[choice].rpartition(".")[2]:
                out[place] = meant[choice]
    return pa.array(out, TEXT)
