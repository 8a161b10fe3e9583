"""Header packs: what each system's headers mean, folded for comparison."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from crmclean.errors import RulesError
from crmclean.ruleset.locate import rules_path
from crmclean.ruleset.plain import read_toml_text
from crmclean.tables.fields import BY_NAME

__all__ = [
    "GENERIC",
    "Meaning",
    "Pack",
    "fold_header",
    "header_words",
    "holders",
    "load_packs",
    "spread",
]

GENERIC = "generic"
"""The pack of no particular system: it never wins a file, it only fills gaps."""

_CUSTOM = re.compile(r"__(c|pc|r)$", re.IGNORECASE)  # how a system marks the fields its users add
_COPY = re.compile(r"(?<=[^\s#])#\d+$")  # the second column of one name
_MERGED = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ı": "i"})


@dataclass(frozen=True)
class Meaning:
    """What a header means in one system: a field ("" for none), its polarity (0: that of the field), a note."""

    field: str
    polarity: int = 0
    note: str = ""


@dataclass(frozen=True)
class Pack:
    """The headers of one system or language, folded; ``spelt`` holds them as the system writes them."""

    system: str
    label: str
    headers: Mapping[str, Meaning]
    spelt: frozenset[str]


def fold_header(header: str) -> str:
    """A header as its letters and digits alone: no case, accents, spaces, punctuation; no ``__c`` of custom fields.

    Marks of scripts that need them are kept.

    >>> fold_header("E-mail Address"), fold_header("Région__c"), fold_header("पिन कोड")
    ('emailaddress', 'region', 'पिनकोड')
    """
    text = header.strip()
    if "__" in text or "#" in text:
        text = _COPY.sub("", _CUSTOM.sub("", text))
    if text.isascii():
        return text.lower() if text.isalnum() else "".join(filter(str.isalnum, text.lower()))
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    text = "".join(char for char in text if not "\u0300" <= char <= "\u036f")
    text = unicodedata.normalize("NFC", text).translate(_MERGED)
    kept = [char for char in text if unicodedata.category(char)[0] in "LMN"]
    return "".join(kept)


def header_words(header: str) -> list[str]:
    """The folded words of a header; ``camelCase``, ``snake_case`` and digits are split.

    >>> header_words("contactFirst_name2")
    ['contact', 'first', 'name', '2']
    """
    text = _CUSTOM.sub("", _COPY.sub("", header.strip()))
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)", " ", text)
    text = re.sub(r"\b([eE])[-\s]?([mM]ail)", r"\1\2", text)
    return [word for word in (fold_header(part) for part in re.split(r"[\s_\-/.,:;()\[\]&*?!]+", text)) if word]


@lru_cache(maxsize=1)
def load_packs() -> Mapping[str, Pack]:
    """Every shipped pack by system; languages are called ``language:de``.

    Raises
    ------
    RulesError
        If a pack names a field that does not exist.
    """
    packs: dict[str, Pack] = {}
    for path in sorted(rules_path("headers").glob("*.toml")):
        raw = read_toml_text(path.read_text(encoding="utf-8"))
        if "system" in raw:
            packs[raw["system"]] = _pack(path, raw["system"], raw["label"], raw, raw["headers"])
        else:
            for language, headers in raw["headers"].items():
                name = f"{path.stem.removesuffix('s')}:{language}"
                packs[name] = _pack(path, name, f"language {language}", raw, headers)
    return packs


def _pack(
    path: Path, system: str, label: str, raw: Mapping[str, Mapping[str, int]], headers: Mapping[str, str]
) -> Pack:
    polarity, notes = raw.get("polarity", {}), raw.get("notes", {})
    meanings: dict[str, Meaning] = {}
    plain: dict[str, Meaning] = {}  # shared by the headers of a field
    for header, field in headers.items():
        if header in polarity or header in notes:
            meaning = Meaning(field, polarity.get(header, 0), str(notes.get(header, "")))
        else:
            meaning = plain.get(field) or plain.setdefault(field, Meaning(field))
        if field and field not in BY_NAME:
            raise RulesError(f"{path.name}: {header!r} is mapped to {field!r}, which is no field")
        meanings.setdefault(fold_header(header), meaning)
    return Pack(system, label, meanings, frozenset(headers))


@lru_cache(maxsize=1)
def _holders() -> Mapping[str, tuple[Pack, ...]]:
    found: dict[str, list[Pack]] = {}
    for pack in load_packs().values():
        for key in pack.headers:
            found.setdefault(key, []).append(pack)
    return {key: tuple(packs) for key, packs in found.items()}


def holders(key: str) -> tuple[Pack, ...]:
    """The packs that have a folded header."""
    return _holders().get(key, ())


@lru_cache(maxsize=1)
def spread() -> Mapping[str, int]:
    """In how many systems each folded header and each exact spelling occurs (languages are not counted)."""
    counts: dict[str, int] = {}
    for pack in load_packs().values():
        if not pack.system.startswith("language:"):
            for key in [*pack.headers, *(f"={header}" for header in pack.spelt)]:
                counts[key] = counts.get(key, 0) + 1
    return counts
