"""E-mail addresses: one canonical form, whether the syntax allows it, and what kind of mailbox it is.

Canonical is lower case (no mailbox in practice depends on case) with the domain in its own letters. An address that is
not valid stays exactly as it was typed. A cell with several addresses stays as typed too: attribute ``canonical`` is
the first, ``second_email`` the next.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.domains import has_public_suffix, typo_domain
from crmclean.keys.emails import is_disposable, is_free_mail, is_role
from crmclean.keys.lists import read_toml
from crmclean.normalisers._draft import frame_of, matches
from crmclean.normalisers._email_cells import LONGEST, PLAIN, PLAIN_LENGTH, EmailCell, read_cell, special_use
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, UNKNOWN, VALID, CellOptions, Normalised

__all__ = ["email_kernel", "normalise_email"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]

_EDGE_QUOTE = "^['`]"

_REASON_CODES = (
    "email.case",
    "email.unwrapped",
    "email.punctuation",
    "email.deobfuscated",
    "email.idn",
    "email.typo_fixed",
)
_TYPO_FIXED = _REASON_CODES.index("email.typo_fixed")
_REASONS = pa.array(_REASON_CODES, pa.string())
_KINDS = pa.array(["work", "free", "role", "disposable"], TEXT)


def email_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Canonical e-mail addresses; ``regions`` is ignored.

    Returns
    -------
    Normalised
        ``VALID`` where `email-validator` (strict, no DNS) accepts the address and it is no filler. Attributes
        ``email_kind`` (work, free, role, disposable), ``typo_suggestion``, ``canonical`` (only where it differs from
        the value), ``second_email``, ``display_name``. A mistyped domain is put right only when
        ``"email.typo_domain"`` is in ``options.apply``.
    """
    values = as_text(values)
    present = np.asarray(pc.greater(pc.binary_length(values), 0).fill_null(False), bool)
    address, unusual = _read(values, present)
    known = np.asarray(address.is_valid(), bool)
    local, domain = _parts(address)
    kind, meant, issues = _mailbox(local, domain, known)
    fixed = np.zeros(len(values), bool)
    if "email.typo_domain" in options.apply:
        fixed = issues.pop("email.typo_domain")
        address = pc.coalesce(pc.binary_join_element_wise(local, meant, pa.scalar("@", TEXT)), address)
        meant = pa.nulls(len(values), TEXT)
    stays = known & (unusual.several | unusual.words)
    value = pc.if_else(pa.array(known & ~stays), address, values)
    changed = np.asarray(pc.not_equal(value, values).fill_null(False), bool)
    verdict = np.where(known & ~issues["email.bogus"], VALID, INVALID).astype(np.int8)
    verdict[~present] = UNKNOWN
    issues |= {"email.several": unusual.several, "email.words": unusual.words & known, "email.syntax": present & ~known}
    attributes = {
        "email_kind": kind,
        "typo_suggestion": meant,
        "canonical": pc.if_else(pa.array(stays), address, pa.scalar(None, TEXT)),
        "second_email": unusual.second,
        "display_name": unusual.name,
    }
    return Normalised(
        value,
        _REASONS.take(pa.array(np.where(fixed, _TYPO_FIXED, unusual.reason), mask=~changed)),
        verdict,
        {code: mask for code, mask in issues.items() if mask.any()},
        {name: texts for name, texts in attributes.items() if texts.null_count < len(texts)},
    )


def normalise_email(series: Any) -> pd.DataFrame:
    """Canonical e-mail addresses of a Series.

    >>> found = normalise_email(pd.Series(["Ann Lee <Ann@Acme-Widgets.COM>", "bob (at) acme-widgets.com", "nobody"]))
    >>> found["value"].tolist()
    ['ann@acme-widgets.com', 'bob@acme-widgets.com', 'nobody']
    >>> found["verdict"].tolist()
    ['valid', 'valid', 'invalid']
    """
    return frame_of(series, email_kernel, CellOptions(field="email"))


# ---- reading -------------------------------------------------------------------------------------


def plain_mask(values: pa.Array) -> Mask:
    """Where an address is plain: valid, and equal to its canonical form but for case."""
    plain = pc.and_(
        pc.match_substring_regex(values, PLAIN),
        pc.and_(
            pc.less_equal(pc.binary_length(values), PLAIN_LENGTH),
            pc.invert(pc.or_(pc.match_substring(values, "--"), pc.match_substring_regex(values, _EDGE_QUOTE))),
        ),
    )
    mask: Mask = np.asarray(plain.fill_null(False), bool)
    return mask & ~matches(values, special_use())


@dataclass(frozen=True)
class _Unusual:
    """What was read from cells that are no plain address, spread over the whole array."""

    reason: np.ndarray[Any, np.dtype[np.int8]]  # position in ``_REASONS``
    several: Mask
    words: Mask
    second: pa.Array
    name: pa.Array


def _read(values: pa.Array, present: Mask) -> tuple[pa.Array, _Unusual]:
    """Canonical addresses (null where there is none), and what else the unusual cells hold."""
    count = len(values)
    plain = plain_mask(values)
    address = pc.if_else(pa.array(plain), pc.ascii_lower(values), pa.scalar(None, TEXT))
    odd = np.flatnonzero(present & ~plain)
    reason, none, nothing = np.zeros(count, np.int8), np.zeros(count, bool), pa.nulls(count, TEXT)
    if not len(odd):
        return address, _Unusual(reason, none, none, nothing, nothing)
    texts = values.take(pa.array(odd)).to_pylist()
    cells = [read_cell(text) if len(text) <= LONGEST else EmailCell() for text in texts]
    reason[odd] = [_reason_of(cell, text) for cell, text in zip(cells, texts, strict=True)]
    several, words = none, none.copy()
    several[odd] = [cell.several for cell in cells]
    words[odd] = [cell.words for cell in cells]
    first = _texts(odd, [cell.addresses[0] if cell.addresses else None for cell in cells], count)
    second = _texts(odd, [cell.addresses[1] if len(cell.addresses) > 1 else None for cell in cells], count)
    name = _texts(odd, [cell.name or None for cell in cells], count)
    return pc.coalesce(address, first), _Unusual(reason, several, words, second, name)


def _reason_of(cell: EmailCell, typed: str) -> int:
    """Position in ``_REASONS`` of what happened to an unusual cell."""
    if not cell.addresses or typed.lower() == cell.addresses[0]:
        return _REASON_CODES.index("email.case")
    if cell.reason:
        return _REASON_CODES.index(cell.reason)
    punycode = "xn--" in typed.lower() or not cell.addresses[0].rpartition("@")[2].isascii()
    return _REASON_CODES.index("email.idn" if punycode else "email.case")


def _texts(positions: np.ndarray[Any, Any], texts: list[str | None], count: int) -> pa.Array:
    index = np.full(count, -1, np.int64)
    index[positions] = np.arange(len(positions))
    return pa.array(texts, TEXT).take(pa.array(index, mask=index < 0))


def _parts(address: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Local part and domain; "" where there is no address. A canonical address has one ``@``."""
    pieces = pc.split_pattern(pc.fill_null(address, "@"), "@").flatten()
    index = np.arange(len(address)) * 2
    return pieces.take(pa.array(index)), pieces.take(pa.array(index + 1))


# ---- judging -------------------------------------------------------------------------------------


def _mailbox(local: pa.Array, domain: pa.Array, known: Mask) -> tuple[pa.Array, pa.Array, dict[str, Mask]]:
    """Kind of mailbox, the domain that was probably meant, and issues; domains are judged once each."""
    encoded = domain.dictionary_encode()
    domains = encoded.dictionary
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    thrown = np.asarray(is_disposable(domains), bool)[codes] & known
    free = np.asarray(is_free_mail(domains), bool)[codes] & known
    role = np.asarray(is_role(local), bool) & known
    # .example is reserved for lists like our own samples (RFC 2606): a domain that is meant not to exist is no slip
    exists = has_public_suffix(domains) | np.asarray(pc.ends_with(domains, ".example"), bool)
    meant = pc.coalesce(typo_domain(domains), _mistyped_ending(domains, ~exists))
    bogus = _bogus(local, domain) & known
    suggestion = meant.take(encoded.indices)
    kind = np.where(thrown, 3, np.where(role, 2, np.where(free, 1, 0)))
    issues = {
        "email.disposable": thrown,
        "email.role": role & ~bogus,
        "email.typo_domain": np.asarray(suggestion.is_valid()) & known,
        "email.no_domain": ~exists[codes] & known & ~np.asarray(suggestion.is_valid()),
        "email.bogus": bogus,
    }
    return _KINDS.take(pa.array(kind, mask=~known)), suggestion, issues


def _mistyped_ending(domains: pa.Array, wanted: Mask) -> pa.Array:
    """``acme.com`` for ``acme.con``, null for all others; only endings that do not exist are looked at."""
    out = pa.nulls(len(domains), TEXT)
    if not wanted.any():
        return out
    some = domains.filter(pa.array(wanted))
    slips = {slip: ending for ending, words in read_toml("typo_domains.toml")["endings"].items() for slip in words}
    place = pc.index_in(pc.replace_substring_regex(some, r"^.*\.", ""), value_set=pa.array([*slips], TEXT))
    meant = pa.array([*slips.values()], TEXT).take(place)
    found = pc.binary_join_element_wise(pc.replace_substring_regex(some, r"[^.]*$", ""), meant, pa.scalar("", TEXT))
    return pc.replace_with_mask(out, pa.array(wanted), found)


@functools.lru_cache(maxsize=8)
def _fillers(key: str) -> pa.Array:
    return pa.array(sorted(read_toml("email_fillers.toml")[key]), TEXT)


def _bogus(local: pa.Array, domain: pa.Array) -> Mask:
    """Fillers: see ``rules/lists/email_fillers.toml``."""
    never = pc.is_in(domain, value_set=_fillers("never"))
    anywhere = pc.is_in(local, value_set=_fillers("anywhere"))
    found: Mask = np.array(pc.or_(never, anywhere), bool)
    word = np.flatnonzero(np.asarray(pc.is_in(local, value_set=_fillers("words")), bool))
    if len(word):
        chosen, where = local.take(pa.array(word)), domain.take(pa.array(word))
        name = pc.replace_substring_regex(where, r"\..*$", "")
        found[word] |= np.asarray(pc.or_(pc.equal(name, chosen), pc.is_in(where, value_set=_fillers("domains"))), bool)
    return found
