"""What an e-mail cell holds besides one plain address: a display name, a label, punctuation, disguise, a second one.

Only cells that are no plain address come here, one distinct text at a time; `email-validator` decides what an address
is.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

__all__ = ["LONGEST", "PLAIN", "PLAIN_LENGTH", "EmailCell", "canonical_address", "read_cell", "special_use"]

LONGEST = 1000  # characters; longer cells are left alone

# Plain addresses: what a pattern and a length can decide exactly as the library would. Longer ones, those with a double
# hyphen (Punycode and its forbidden look-alikes) and special-use domains are left to the library.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+"
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?"
PLAIN = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_NAME}\.)+(?:[A-Za-z0-9][A-Za-z0-9\-]*)?[A-Za-z]$"
PLAIN_LENGTH = 64
_PLAIN = re.compile(PLAIN[:-1] + r"\Z")
_IMPOSSIBLE = re.compile(r"[\s<>,;:()\[\]\"]")  # no address the library accepts holds one of these

_MAILTO = re.compile(r"^\s*mailto:\s*", re.IGNORECASE)
_ANGLED = re.compile(r"<\s*(?:mailto:)?([^<>\s]+@[^<>\s]+)\s*>", re.IGNORECASE)
_RUN = re.compile(r"\s{2,}")
_SPACED_AT = re.compile(r"\s*@\s*")
_AT = re.compile(r"\s*[\[({<]\s*(?:at|@|arroba|ät|a)\s*[\])}>]\s*|\s+(?:at|arroba|ät)\s+", re.IGNORECASE)
_DOT = re.compile(
    r"\s*[\[({<]\s*(?:dot|\.|punkt|punto|point|ponto)\s*[\])}>]\s*|\s+(?:dot|punkt|punto)\s+", re.IGNORECASE
)
_PARTS = re.compile(r"[;,|\s]+|/(?=[^/@]*@)")
_LABEL = re.compile(
    r"^(?:e-?mail|mail|email-?id|courriel|correo|почта|ایمیل|ईमेल|ই-?মেইল|ఈమెయిల్|மின்னஞ்சல்|邮箱|電子郵件|[EM])\s*[:：=]\s*",
    re.IGNORECASE,
)
_LABELS = frozenset(
    {
        "work", "home", "personal", "private", "business", "office", "primary", "secondary", "main", "alt",
        "alternate", "other", "preferred", "e-mail", "email", "mail", "geschäftlich", "privat", "travail",
        "personnel", "trabajo", "lavoro", "личная", "рабочая", "or", "and", "und", "oder", "ou", "et", "o", "y",
        "e", "или", "и", "یا", "و",
    }
)  # fmt: skip
_EDGES = "\"'`<>()[]{}.,;:|!?*«»“”‘’„、，；。 \t\r\n\u00a0\u200b\u200e\u200f\ufeff"
_COMMA_DOT = re.compile(
    r"^([^@\s,;]+@[a-z0-9-]+),(com|net|org|edu|gov|in|co\.in|co\.uk|de|fr|it|es|ir|ru|com\.br|com\.au)$", re.IGNORECASE
)
# Full-width letters of an East Asian keyboard, and what a word processor makes of apostrophes and hyphens.
_TWINS = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {"﹫": "@", "。": ".", "’": "'", "‘": "'", "ʼ": "'"}
    | dict.fromkeys("‐‑‒–", "-")
)


@dataclass(frozen=True)
class EmailCell:
    """A cell taken apart.

    Attributes
    ----------
    addresses : tuple of str
        Canonical addresses, in their order; empty where there is none.
    several : bool
        The cell names more than one address.
    words : bool
        Something besides the address and a known label would be lost by keeping only the address.
    reason : str
        What had to be done to get at the address: a reason code, "" when nothing.
    name : str
        The display name, "" where there is none.
    """

    addresses: tuple[str, ...] = ()
    several: bool = False
    words: bool = False
    reason: str = ""
    name: str = ""


@functools.lru_cache(maxsize=1)
def special_use() -> str:
    """Pattern of domains that cannot be reached from outside (``.local``, ``.test``), from the library's own list."""
    names = "|".join(sorted(SPECIAL_USE_DOMAIN_NAMES)).replace(".", r"\.")
    return rf"(?i)[@.](?:{names})$"


@functools.lru_cache(maxsize=1)
def _special() -> re.Pattern[str]:
    return re.compile(special_use())


def canonical_address(text: str) -> str | None:
    """The address in lower case with the domain in its own letters; None where `email-validator` refuses it.

    The answer is a fixed point: read again, it gives itself.
    """
    if len(text) <= PLAIN_LENGTH and "--" not in text and _PLAIN.match(text) and not _special().search(text):
        return text.lower()
    address = text
    for _ in range(4):
        try:
            found = validate_email(address, check_deliverability=False, strict=True, test_environment=False)
        except EmailNotValidError:
            return None
        again = unicodedata.normalize("NFC", found.local_part.lower()) + "@" + found.domain
        if again == address:
            return address
        address = again
    return None


def read_cell(text: str) -> EmailCell:
    """Take one unusual cell apart."""
    typed, text = text, text.translate(_TWINS)
    plain = None if _IMPOSSIBLE.search(text) else canonical_address(text)
    if plain is not None and not text.startswith(("'", "`")):
        return EmailCell((plain,), reason="" if text == typed else "email.punctuation")
    text = _RUN.sub(" ", text.strip(" \t\r\n\u00a0\u200b\u200e\u200f\ufeff"))  # a long run would be tried from each end
    reason = "email.punctuation"
    if _MAILTO.match(text):
        text, reason = _MAILTO.sub("", text).partition("?")[0], "email.unwrapped"
    angled = _ANGLED.findall(text)
    if angled:
        return _from_angles(text, angled)
    if "@" not in _AT.sub("", text) and _AT.search(text):
        text, reason = _DOT.sub(".", _AT.sub("@", text)), "email.deobfuscated"
    labelled = _LABEL.sub("", text)
    if labelled != text:
        text, reason = labelled, "email.unwrapped"
    cell = _from_parts(_COMMA_DOT.sub(r"\1.\2", _SPACED_AT.sub("@", text)), reason)
    if not cell.addresses and plain is not None:  # the mark in front belonged to the address after all
        return EmailCell((plain,))
    return cell


def _from_angles(text: str, angled: list[str]) -> EmailCell:
    found = [address for part in angled if (address := _address(part))]
    name = _ANGLED.sub(" ", text).strip(_EDGES)
    outside = [part for part in _PARTS.split(name) if "@" in part and _address(part) not in {*found, None}]
    distinct = tuple(dict.fromkeys(found))
    several = len(distinct) > 1 or bool(outside)
    return EmailCell(distinct, several, False, "email.unwrapped", "" if several else name)


def _from_parts(text: str, reason: str) -> EmailCell:
    parts = [part for part in _PARTS.split(text) if part.strip(_EDGES)]
    named = [part for part in parts if "@" in part]
    others = [part.strip(_EDGES).casefold() for part in parts if "@" not in part]
    found = tuple(dict.fromkeys(address for part in named if (address := _address(part))))
    words = any(word not in _LABELS for word in others)
    if others and not words:
        reason = "email.unwrapped"
    return EmailCell(found, len({part.casefold().strip(_EDGES) for part in named}) > 1, words, reason)


def _address(part: str) -> str | None:
    """The address in a part; a doubled dot in the domain is a slip, in the local part a letter may be lost there."""
    bare = _MAILTO.sub("", part.strip(_EDGES)).strip(_EDGES).rstrip("/\\" + _EDGES)
    local, at, domain = bare.rpartition("@")
    return canonical_address(bare) or canonical_address(local + at + domain.replace("..", "."))
