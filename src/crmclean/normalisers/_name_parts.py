"""The parts of a full name: prefix, given, middle, family, suffix, as they are written.

>>> split_name("Prof. Dr. Anna van der Berg, PhD")
NameParts(given='Anna', middle='', family='van der Berg', prefix='Prof. Dr.', suffix='PhD')
>>> split_name("Nguyễn Văn Minh").family, split_name("欧阳小明").family, split_name("श्री राजेश कुमार शर्मा").given
('Nguyễn', '欧阳', 'राजेश')
>>> natural_order("Smith, John"), natural_order("John Smith, MD")
('John Smith', 'John Smith, MD')
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import NamedTuple

from crmclean.normalisers._name_case import bare
from crmclean.normalisers._wordlists import word_list

__all__ = ["NameParts", "natural_order", "split_name"]

_WORDS = "lists/name_words.toml"
_COMMA = re.compile(r"\s*[,،，]\s*")
_ASIDE = re.compile(
    r"(?<=\S)\s*(?:\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|“[^“”]*”)|\s+[-–—|/]\s.*$|\s+c/o\b.*$|^\W+(?=\w)", re.IGNORECASE
)
_ADDRESSED = re.compile(r"^(?:attn|att|attention|fao|z\. ?hd)\b[.:]*\s*", re.IGNORECASE)
_MAIL = re.compile(r"[<(\[]?[^\s@<>()\[\]]+@[^\s@<>()\[\]]+\.[^\s@<>()\[\]]+[>)\]]?")
_UNUSUAL = re.compile(
    r"[^\w\s.,،，'’\u200c\u200d\u0300-\u036f\u0900-\u0dff-]|\s[-–—|/]\s|^\W|\bc/o\b|^(?:att|fao|z\.)", re.IGNORECASE
)
_SEVERAL = re.compile(r"[;<>@{}\\]|:\s")  # two people in a cell, or something that is no name
_PATRONYMIC = re.compile(r"\w+(?:ович|евич|ильич|овна|евна|ична|інічна|івна|ївна)$")
_CYRILLIC_INITIALS = re.compile(r"(?:[А-ЯЁІЇЄҐ]\.){1,2}$")
_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003134f々〆]{2,4}")
_HANGUL = re.compile(r"[가-힣]{2,5}")
_EAST = re.compile(r"[぀-ヿ㐀-鿿豈-﫿\U00020000-\U0003134f가-힣]")
_NO_NAME = re.compile(r"[\d@/\\()\[\]{}<>|:;!?\"]")
_MAYBE_NAMES = frozenset(  # particles only when they are written small
    ["al", "do", "den", "an", "op", "us", "ur", "uz", "ud", "ul", "des", "ten", "av", "af", "het", "aan", "da"]
)
_JOINED = frozenset(["abdul", "abdel", "abd", "abu", "عبد", "ابو", "أبو"])
_GENERATIONS = frozenset(["jr", "sr", "ii", "iii", "iv", "filho", "neto", "junior", "júnior"])
_SMALL_GENERATIONS = frozenset(["sen.", "jun."])  # German; small and with the full stop, for Sen and Jun are names
_TRAILING = frozenset(["IN", "LK", "MY", "SG", "AE"])  # where initials of the father stand behind
_AND = frozenset(["and", "und", "et", "&"])


class NameParts(NamedTuple):
    """The display forms of a full name's parts; "" where there is none."""

    given: str = ""
    middle: str = ""
    family: str = ""
    prefix: str = ""
    suffix: str = ""


@functools.cache
def _bare_list(key: str) -> frozenset[str]:
    return frozenset(bare(word) for word in word_list(_WORDS, key))


def _is_prefix(token: str, region: str) -> bool:
    small = bare(token)
    if small == "m":
        return token.endswith(".") and region in ("FR", "BE", "LU", "CH", "MC")
    parts = small.replace(".", "-").split("-")
    known = _bare_list("prefix.written")
    return small in known or (len(parts) > 1 and all(part in known for part in parts))


def _is_generation(token: str) -> bool:
    return token in _SMALL_GENERATIONS or bare(token) in _GENERATIONS


@functools.cache
def _particles() -> frozenset[str]:
    """Words with which a family name begins; those with an apostrophe as they stand."""
    words = word_list(_WORDS, "case.particles") | word_list(_WORDS, "suffix.before_family")
    return frozenset(word for word in words if len(word) > 1)


def _is_suffix(token: str, after_comma: bool) -> bool:
    small = bare(token).replace(".", "")
    parts = small.split("-")  # AIA-CSI
    known = all(part in _bare_list("suffix.anywhere") for part in parts) or token in _SMALL_GENERATIONS
    known = known or small in _bare_list("suffix.anywhere")
    return known or (after_comma and small in _bare_list("suffix.after_comma"))


def split_name(text: str, region: str = "") -> NameParts:
    """Split one full name. A name that cannot be understood gives empty parts."""
    text = text.strip()
    if _UNUSUAL.search(text):
        text = _ADDRESSED.sub("", _ASIDE.sub("", _unquoted(_MAIL.sub("", text).strip())).strip())
        if _SEVERAL.search(text):
            return NameParts()
    pieces = [piece for piece in _COMMA.split(text) if piece]
    suffixes: list[str] = []
    while len(pieces) > 1 and _are_suffixes(pieces[-1]):
        suffixes.insert(0, pieces.pop())
    if len(pieces) > 2:  # Trojan, BSN, RN, Christine
        suffixes[:0] = [piece for piece in pieces[1:-1] if _are_suffixes(piece)]
        pieces = [pieces[0], *(piece for piece in pieces[1:-1] if not _are_suffixes(piece)), pieces[-1]]
    if len(pieces) == 2 and _is_no_name([bare(token) for token in pieces[1].split()]):
        pieces.pop()
    if not pieces or len(pieces) > 2:
        return NameParts()
    if len(pieces) == 2 and _is_slip(pieces[0].split(), pieces[1].split()):
        pieces = [" ".join(pieces)]
    tokens = pieces[-1].split()
    prefixes, tokens, late = _trim(tokens, region)
    suffixes[:0] = late
    if len(pieces) == 2:
        family_prefixes, family, early = _trim(pieces[0].split(), region)
        if len(family) > 1 and _is_generation(family[-1]):
            early.insert(0, family.pop())
        given, middle = _given_middle(tokens)
        prefix, suffix = " ".join(family_prefixes + prefixes), ", ".join(early + suffixes)
        return NameParts(given, middle, " ".join(family), prefix, suffix)
    given, middle, surname = _core(tokens, prefixes, region)
    return NameParts(given.strip('()[]"“”'), middle, surname, " ".join(prefixes), ", ".join(suffixes))


def _are_suffixes(piece: str) -> bool:
    return piece.casefold() in _phrases() or all(_is_suffix(token, True) for token in piece.split())


@functools.cache
def _phrases() -> frozenset[str]:
    """Professions of several words that stand behind a name, in small letters."""
    return word_list(_WORDS, "suffix.phrases")


def _is_slip(before: Sequence[str], after: Sequence[str]) -> bool:
    """A comma in the wrong place: ``Carolyn E, Savage``. No family name ends in a bare initial."""
    return len(before) == 2 and len(bare(before[1])) == 1 < len(bare(before[0])) and len(after) == 1 < len(after[0])


def _unquoted(text: str) -> str:
    """Without quotation marks or brackets around the whole."""
    pairs = {"(": ")", "[": "]", '"': '"', "'": "'", "“": "”", "„": "“", "«": "»", "‘": "’"}
    return text[1:-1].strip() if len(text) > 2 and pairs.get(text[0]) == text[-1] else text


def _trim(tokens: list[str], region: str) -> tuple[list[str], list[str], list[str]]:
    """Honorifics in front, what is between, suffixes behind."""
    tokens = [token for token in tokens if token[0].isalpha() or token == "&" or any(map(str.isalpha, token))] or tokens
    start, end = 0, len(tokens)
    size = next((n for n in (3, 2) if end > n + 1 and " ".join(tokens[-n:]).casefold() in _phrases()), 0)
    phrase, tokens = tokens[end - size :], tokens[: end - size]
    end -= size
    while start < end - 1 and (
        _is_prefix(tokens[start], region)
        or (start and tokens[start].islower() and bare(tokens[start]) in _bare_list("prefix.academic"))
        or (start and bare(tokens[start]) in _AND and end - start > 2 and _is_prefix(tokens[start + 1], region))
    ):
        doubtful = bare(tokens[start]) in _bare_list("prefix.doubtful")
        if doubtful and end - start <= 2 and not tokens[start].endswith("."):
            break
        if region == "ID" and bare(tokens[start]) == "sri":
            break
        start += 1
    while end - start > 1 and (
        (
            (_is_suffix(tokens[end - 1], False) or _is_sixth(tokens[:end]))
            and (end - start > 2 or start > 0 or "." in tokens[end - 1])
        )
        or (bare(tokens[end - 1]) in _bare_list("prefix.after") and (end - start > 2 or not tokens[end - 1].isascii()))
    ):
        end -= 1
    return tokens[:start], tokens[start:end], tokens[end:] + phrase


def _is_sixth(tokens: Sequence[str]) -> bool:
    """VI in capitals behind words that are not: a numeral, for Vi and VI in a shouted name are names or initials."""
    return tokens[-1] == "VI" and not " ".join(tokens[:-1]).isupper()


def _given_middle(tokens: Sequence[str]) -> tuple[str, str]:
    if len(tokens) > 1 and any(bare(token) in _AND for token in tokens):
        return " ".join(tokens), ""
    size = 2 if len(tokens) > 1 and bare(tokens[0]) in _JOINED else 1
    return " ".join(tokens[:size]), " ".join(tokens[size:])


def _core(tokens: list[str], prefixes: Sequence[str], region: str) -> tuple[str, str, str]:
    if len(tokens) == 1:
        return _single(tokens[0], prefixes, region)
    if all(_EAST.search(token) for token in tokens):
        return " ".join(tokens[1:]), "", tokens[0]
    small = [bare(token) for token in tokens]
    if (loud := _loud_family(tokens)) > 0:
        return *_given_middle(tokens[loud:]), " ".join(tokens[:loud])
    if _AND & set(small):
        return " ".join(tokens[:-1]), "", tokens[-1]
    if len(tokens) == 3 and len(small[2]) == 1 and min(len(small[0]), len(small[1])) > 1 and region not in _TRAILING:
        return tokens[1], tokens[2], tokens[0]  # "Swanson Peter A"
    if len(tokens) == 3 and _PATRONYMIC.match(small[2]):
        return tokens[1], tokens[2], tokens[0]  # "Иванов Иван Иванович"
    if len(tokens) == 2 and _CYRILLIC_INITIALS.match(tokens[1]) and len(small[0]) > 2:
        return tokens[1], "", tokens[0]  # "Иванов И.И."
    if _family_first(tokens, small, region):
        return tokens[-1], " ".join(tokens[1:-1]), tokens[0]
    start = _family_start(tokens, small, region)
    given, middle = _given_middle(tokens[:start])
    return given, middle, " ".join(tokens[start:])


def _loud_family(tokens: Sequence[str]) -> int:
    """How many words in front are a family name in capitals: ``DUPONT Jean``, ``DE LA CRUZ Maria``."""
    loud = 0
    while loud < len(tokens) and tokens[loud].isupper():
        loud += 1
    calm = tokens[loud:]
    if not calm or not all(token[:1].isupper() and token[1:].islower() for token in calm):
        return 0
    return loud if any(len(token) > 3 and token.isalpha() for token in tokens[:loud]) else 0


def _single(token: str, prefixes: Sequence[str], region: str) -> tuple[str, str, str]:
    """One word: Han and Hangul are cut after the family name; others are a given name, after Mr a family name."""
    for glued in sorted(_bare_list("prefix.glued"), key=len, reverse=True):
        if token.endswith(glued) and len(token) > len(glued) + 1 and _EAST.search(token):
            return _single(token[: -len(glued)], prefixes, region)
    compound = _bare_list("order.han_compound") | _bare_list("order.hangul_compound")
    if _HANGUL.fullmatch(token) or (_HAN.fullmatch(token) and region != "JP"):
        size = 2 if len(token) > 2 and token[:2] in compound else 1
        return token[size:], "", token[:size]
    if _EAST.search(token):
        return "", "", ""
    if prefixes and bare(prefixes[-1]) not in _bare_list("prefix.with_given"):
        return "", "", token
    return token, "", ""


def _family_first(tokens: Sequence[str], small: Sequence[str], region: str) -> bool:
    if small[0] in _bare_list("order.vietnamese_only") and small[-1] not in _bare_list("order.vietnamese_only"):
        return True
    if small[0] in _bare_list("case.vietnamese") and len(small) > 2 and small[1] in ("van", "văn", "thi", "thị"):
        return True
    if small[0] in _bare_list("case.vietnamese") and (region == "VN" or (len(tokens) > 2 and not small[0].isascii())):
        return True
    if region not in _regions("order.family_first"):
        return False
    if region == "VN":
        return small[-1] not in _bare_list("case.vietnamese")
    if region == "HU":
        given = _bare_list("order.hungarian_given")
        return not (small[0] in given and small[-1] not in given)
    if region == "JP":
        return False
    names = _bare_list("order.east_asian")
    return len(tokens) <= 3 and small[0] in names and small[-1] not in names


@functools.cache
def _regions(key: str) -> frozenset[str]:
    return word_list(_WORDS, key)


def _family_start(tokens: Sequence[str], small: Sequence[str], region: str) -> int:
    """Where the family name begins: at its particle, else at the last word (or the last two, where names are so)."""
    count = len(tokens)
    first = 2 if count > 2 and small[0] in _JOINED else 1
    particles = _particles()
    for place in range(first, count - 1):
        particle = small[place] in particles or tokens[place].lower() in particles
        clear = small[place] not in _MAYBE_NAMES or tokens[place].islower()
        if particle and (len(small[place]) > 1 or tokens[place][0] in "'’") and clear:
            return place
    if count > 3 and small[-2] in ("y", "i") and tokens[-2].islower():
        return count - 3
    if region in _regions("order.two_families") and count > 2 and len(small[1]) > 1:
        return count - 2
    initial = count > 3 and len(small[-3]) == 1 and not _is_generation(tokens[-2])
    if initial and all(len(word) > 1 for word in (small[0], small[-2], small[-1])):
        return count - 2  # behind a middle initial comes the family name: Marietta F. Abalos Galito
    return count - 1


def natural_order(text: str, region: str = "") -> str:
    """``Family, Given`` as ``Given Family``; anything less certain comes back as it is."""
    pieces = _COMMA.split(text.strip())
    if len(pieces) != 2 or not all(pieces) or _NO_NAME.search(text):
        return text
    family, given = pieces[0].split(), pieces[1].split()
    prefixes, given_core, late = _trim(given, region)
    if not _is_family(family, region) or len(given_core) > 3 or not _is_given(given, given_core, region):
        return text
    ends = [family.pop()] if len(family) > 1 and _is_generation(family[-1]) else []
    return " ".join([*prefixes, *given_core, *family, *ends, *late])


def _is_family(tokens: Sequence[str], region: str) -> bool:
    if len(tokens) > 1 and _is_generation(tokens[-1]):
        tokens = tokens[:-1]
    names = [token for token in tokens if bare(token) not in _particles()]
    if len(names) != 1 and not (region in _regions("order.two_families") and len(names) == 2):
        return False
    leading = bare(tokens[-1]) not in _particles()
    return leading and len(bare(names[-1])) > 1 and not _is_prefix(names[-1], region)


def _is_given(tokens: Sequence[str], core: Sequence[str], region: str) -> bool:
    small = [bare(token) for token in core]
    if not core or any(_is_suffix(token, True) for token in core):
        return False
    if len(tokens) == 1 and _is_prefix(tokens[0], region):
        return False
    if (_AND | {"y", "o", "or"}) & set(small) or _is_no_name(small):
        return False
    return any(word not in _particles() for word in small)


def _is_no_name(words: Sequence[str]) -> bool:
    """Whether any word is one of job titles or companies: "Smith, Manager", "Acme, Inc"."""
    return any(word in _bare_list("order.no_names") for word in words)
