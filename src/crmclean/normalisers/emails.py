"""E-mail addresses: one canonical form, whether the syntax allows it, and what kind of mailbox it is.

Canonical is lower case (no mailbox in practice depends on case) with the domain in its own letters. An address that is
not valid stays exactly as it was typed. A cell with several addresses stays as typed too: attribute ``canonical`` is the
first, ``second_email`` the next.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.domains import typo_domain
from crmclean.keys.emails import is_disposable, is_free_mail, is_role
from crmclean.keys.lists import read_toml
from crmclean.normalisers._draft import frame_of
from crmclean.normalisers._email_cells import LONGEST, PLAIN, PLAIN_LENGTH, EmailCell, read_cell, special_use
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, UNKNOWN, VALID, CellOptions, Normalised

__all__ = ["email_kernel", "normalise_email"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]

_EDGE_QUOTE = "^['`]"

_REASONS = pa.array(
    [
        "email.case",
        "email.unwrapped",
        "email.punctuation",
        "email.deobfuscated",
        "email.idn",
        "email.typo_fixed",
    ],
    pa.string(),
)
_KINDS = pa.array(["work", "free", "role", "disposable"], TEXT)


def email_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Canonical e-mail addresses; ``regions`` is ignored.

    Returns
    -------
    Normalised
        ``VALID`` where `email-validator` (strict, no DNS) accepts the address and it is no filler. Attributes
        ``email_kind`` (work, free, role, disposable), ``typo_suggestion``, ``canonical`` (only where it differs from the
        value), ``second_email``, ``display_name``. A mistyped domain is put right only when
        ``"email.typo_domain"`` is in ``options.apply``.
    """
    values = as_text(values)
    present = np.asarray(pc.greater(pc.binary_length(values), 0).fill_null(False), bool)
    address, cells, odd = _read(values, present)
    known = np.asarray(address.is_valid())
    reasons = np.zeros(len(values), np.int8)
    stays = np.zeros(len(values), bool)
    issues: dict[str, Mask] = {}
    attributes: dict[str, pa.Array] = {}
    if len(odd):
        several = _spread(odd, [cell.several for cell in cells], len(values))
        words = _spread(odd, [cell.words and bool(cell.addresses) for cell in cells], len(values))
        stays = several | words
        reasons[odd] = [_reason_of(cell, typed) for cell, typed in zip(cells, values.take(pa.array(odd)).to_pylist(), strict=True)]
        issues |= {"email.several": several, "email.words": words}
        attributes["second_email"] = _texts(odd, [cell.addresses[1] if len(cell.addresses) > 1 else None for cell in cells], len(values))
        attributes["display_name"] = _texts(odd, [cell.name or None for cell in cells], len(values))
    local, domain = _parts(address)
    kinds, found, suggestion = _mailbox(local, domain, known)
    issues |= found
    fixed = _typo_fixed(local, suggestion, options)
    if fixed is not None:
        repaired = np.asarray(fixed.is_valid())
        reasons[repaired] = 5
        address = pc.coalesce(fixed, address)
        issues.pop("email.typo_domain", None)
    else:
        attributes["typo_suggestion"] = suggestion
    attributes["email_kind"] = kinds
    replaced = known & ~stays
    value = pc.if_else(pa.array(replaced), address, values)
    changed = np.asarray(pc.not_equal(value, values).fill_null(False), bool)
    attributes["canonical"] = pc.if_else(pa.array(known & stays), address, pa.scalar(None, TEXT))
    verdict = np.where(known & ~issues.get("email.bogus", np.zeros(len(values), bool)), VALID, INVALID).astype(np.int8)
    verdict[~present] = UNKNOWN
    issues["email.syntax"] = present & ~known
    return Normalised(
        value,
        _REASONS.take(pa.array(reasons, mask=~changed)),
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


# ---- reading ------------------------------------------------------------------------------------------------------------


def plain_mask(values: pa.Array) -> Mask:
    """Where an address is plain: valid, and equal to its canonical form but for case."""
    plain = pc.and_(
        pc.match_substring_regex(values, PLAIN),
        pc.and_(
            pc.less_equal(pc.binary_length(values), PLAIN_LENGTH),
            pc.invert(pc.or_(pc.match_substring(values, "--"), pc.match_substring_regex(values, _EDGE_QUOTE))),
        ),
    )
    mask = np.asarray(plain.fill_null(False), bool)
    return mask & ~np.asarray(pc.match_substring_regex(values, special_use()).fill_null(False), bool)


def _read(values: pa.Array, present: Mask) -> tuple[pa.Array, list[EmailCell], np.ndarray[Any, np.dtype[np.int64]]]:
    """Canonical addresses (null where there is none), the unusual cells and their positions."""
    plain = plain_mask(values)
    address = pc.if_else(pa.array(plain), pc.ascii_lower(values), pa.scalar(None, TEXT))
    odd = np.flatnonzero(present & ~plain)
    if not len(odd):
        return address, [], odd
    cells = [
        read_cell(text) if len(text) <= LONGEST else EmailCell() for text in values.take(pa.array(odd)).to_pylist()
    ]
    first = _texts(odd, [cell.addresses[0] if cell.addresses else None for cell in cells], len(values))
    return pc.coalesce(address, first), cells, odd


def _reason_of(cell: EmailCell, typed: str) -> int:
    """Position in ``_REASONS`` of what happened to an unusual cell."""
    if not cell.addresses:
        return 0
    if typed.lower() == cell.addresses[0]:
        return 0
    domain = cell.addresses[0].rpartition("@")[2]
    if cell.reason:
        return _REASONS.index(cell.reason).as_py()  # type: ignore[no-any-return]
    return 4 if "xn--" in typed.lower() or not domain.isascii() else 0


def _spread(positions: np.ndarray[Any, Any], flags: list[bool], count: int) -> Mask:
    out = np.zeros(count, bool)
    out[positions] = flags
    return out


def _texts(positions: np.ndarray[Any, Any], texts: list[str | None], count: int) -> pa.Array:
    index = np.full(count, -1, np.int64)
    index[positions] = np.arange(len(positions))
    return pa.array(texts, TEXT).take(pa.array(index, mask=index < 0))


def _parts(address: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Local part and domain; "" where there is no address. A canonical address has one ``@``."""
    pieces = pc.split_pattern(pc.fill_null(address, "@"), "@").flatten()
    index = np.arange(len(address)) * 2
    return pieces.take(pa.array(index)), pieces.take(pa.array(index + 1))


# ---- judging ------------------------------------------------------------------------------------------------------------


def _mailbox(local: pa.Array, domain: pa.Array, known: Mask) -> tuple[pa.Array, dict[str, Mask], pa.Array]:
    """Kind of mailbox, issues, and the domain that was probably meant; domains are judged once each."""
    encoded = domain.dictionary_encode()
    domains = encoded.dictionary
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    thrown = np.asarray(is_disposable(domains), bool)[codes] & known
    free = np.asarray(is_free_mail(domains), bool)[codes] & known
    role = np.asarray(is_role(local), bool) & known
    meant = typo_domain(domains)
    bogus = _bogus(local, domain) & known
    suggestion = meant.take(encoded.indices)
    kind = np.where(thrown, 3, np.where(role, 2, np.where(free, 1, 0)))
    issues = {
        "email.disposable": thrown,
        "email.role": role & ~bogus,
        "email.typo_domain": np.asarray(suggestion.is_valid()) & known,
        "email.bogus": bogus,
    }
    return _KINDS.take(pa.array(kind, mask=~known)), issues, suggestion


@functools.lru_cache(maxsize=8)
def _fillers(key: str) -> pa.Array:
    return pa.array(sorted(read_toml("email_fillers.toml")[key]), TEXT)


def _bogus(local: pa.Array, domain: pa.Array) -> Mask:
    """Fillers: see ``rules/lists/email_fillers.toml``."""
    never = pc.is_in(domain, value_set=_fillers("never"))
    anywhere = pc.is_in(local, value_set=_fillers("anywhere"))
    found = np.asarray(pc.or_(never, anywhere), bool)
    word = np.flatnonzero(np.asarray(pc.is_in(local, value_set=_fillers("words")), bool))
    if len(word):
        chosen, where = local.take(pa.array(word)), domain.take(pa.array(word))
        name = pc.replace_substring_regex(where, r"\..*$", "")
        found[word] |= np.asarray(
            pc.or_(pc.equal(name, chosen), pc.is_in(where, value_set=_fillers("domains"))), bool
        )
    return found


def _typo_fixed(local: pa.Array, suggestion: pa.Array, options: CellOptions) -> pa.Array | None:
    """Addresses with their domain put right, null elsewhere; None when the rules do not ask for it."""
    if "email.typo_domain" not in options.apply:
        return None
    return pc.binary_join_element_wise(local, suggestion, pa.scalar("@", TEXT))
