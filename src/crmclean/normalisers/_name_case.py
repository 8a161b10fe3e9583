"""Upper and lower case of personal names that came shouted or whispered.

>>> repaired("JOHN MCDONALD III", "full_name"), repaired("ludwig van beethoven", "full_name")
('John McDonald III', 'Ludwig van Beethoven')
>>> repaired("VAN DER BERG", "last_name"), repaired("o'brien-smith", "last_name"), repaired("DJ", "first_name")
('van der Berg', "O'Brien-Smith", 'DJ')
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalisers._draft import Draft, Mask, matches
from crmclean.normalisers._letter_case import (
    capitalised,
    is_shouted,
    is_whispered,
    lowered,
    shouted,
    turkic,
    uppered,
    whispered,
)
from crmclean.normalisers._wordlists import alternation, word_list, word_map

__all__ = ["bare", "repair_case", "repaired"]

_WORDS = "lists/name_words.toml"
_APOSTROPHES = "'’ʼʻ‘`´"
_PARTS = re.compile(rf"([-‐‑–_.{_APOSTROPHES}])")
_ELIDED = frozenset({"de", "dell", "dall", "nell", "sant", "degl", "all", "d", "o", "l", "n", "m", "c"})
_ROMAN = re.compile(r"(?:ii|iii|iv|vii|viii|ix)$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?$")
_VOWELS = frozenset("aeiouyàáâäãåèéêëìíîïòóôöõøùúûüýœæ")
_NAMES_TOO = frozenset(["do", "an", "des", "ur", "us", "ten", "den", "op"])
_PORTUGUESE_NAMES = _NAMES_TOO - {"do"}
_SIMPLE = r"^(?:[A-Z]{3,}|[a-z]{3,})(?: (?:[A-Z]{3,}|[a-z]{3,}))*$"


@functools.lru_cache(maxsize=1 << 16)
def bare(token: str) -> str:
    """A token as the word lists know it: lower case, without the dots, commas and brackets of its edges."""
    return lowered(token).strip(".,;:()[]\"'")


def repair_case(draft: Draft, field: str, regions: pa.Array, wanted: Mask) -> None:
    """Put shouted and whispered names right: plain ASCII words all at once, the rest one distinct value each."""
    wrong = (shouted(draft.value) | whispered(draft.value)) & draft.workable & wanted
    if not wrong.any():
        return
    turkish = np.asarray(pc.is_in(regions, pa.array(["TR", "AZ"], pa.large_string())))
    simple = wrong & matches(draft.value, _SIMPLE) & ~_special(draft.value) & ~turkish
    if field in ("salutation", "suffix"):
        simple = np.zeros(len(wrong), bool)
    if simple.any():
        mask = pa.array(simple)
        titled = pc.utf8_title(draft.value.filter(mask))
        draft.replace(pc.replace_with_mask(draft.value, mask, titled), "name.case")
    codes = regions.to_pylist() if (wrong & ~simple).any() else []
    draft.replace_where(wrong & ~simple, lambda place, text: repaired(text, field, codes[place]), "name.case")


@functools.lru_cache(maxsize=1)
def _special_pattern() -> str:
    keys = ("particles", "articles", "conjunctions", "mac", "vietnamese", "hyphenated")
    words = frozenset().union(*(word_list(_WORDS, f"case.{key}") for key in keys))
    words |= {bare(word) for word in _written()} | frozenset({"ii", "iii", "iv", "vii", "viii", "ix"})
    plain = frozenset(word for word in words if word.isascii() and word.isalpha())
    return rf"(?i)(?:^| )(?:{alternation(plain)}|mc[a-z]*|[bcdfghjklmnpqrstvwxz]{{3}})(?: |$)"


def _special(values: pa.Array) -> Mask:
    return matches(values, _special_pattern())


@functools.lru_cache(maxsize=1)
def _written() -> dict[str, str]:
    """Honorifics and suffixes: bare word -> the way it is written."""
    found: dict[str, str] = {}
    for key in ("suffix.after_comma", "suffix.anywhere", "prefix.after", "prefix.written"):
        found |= {bare(word): display for word, display in word_map(_WORDS, key).items()}
    return found


def repaired(text: str, field: str, region: str = "") -> str:
    """One name, put right; a value that mixes cases, or whose case is already right, comes back as it is."""
    if not (is_shouted(text) or is_whispered(text)):
        return text
    tokens = re.split(r"(\s+)", text)
    words = [place for place, token in enumerate(tokens) if token and not token.isspace()]
    if field in ("first_name", "nickname", "middle_name") and len(words) == 1 and _is_initials(text):
        return uppered(text)
    lists = _Lists.of(tokens, words, region)
    for position, place in enumerate(words):
        tokens[place] = _token(tokens, words, position, field, lists)
    return "".join(tokens)


def _is_initials(text: str) -> bool:
    letters = text.strip(".")
    if len(letters) == 2 and letters.isascii():
        return text.isupper() or not _VOWELS & set(letters) or letters.endswith("j")
    return len(letters) == 3 and letters.isascii() and letters.isalpha() and not _VOWELS & set(lowered(letters))


@functools.cache
def _conjunctions() -> frozenset[str]:
    return word_list(_WORDS, "case.conjunctions")


class _Lists:
    """What the words of one name tell about each other."""

    def __init__(self, turkish: bool, particles: bool, joining: frozenset[str], portuguese: bool) -> None:
        self.turkish = turkish
        self.names = _PORTUGUESE_NAMES if portuguese else _NAMES_TOO
        self.particles = word_list(_WORDS, "case.particles") if particles else frozenset[str]()
        self.articles = word_list(_WORDS, "case.articles") if particles else frozenset[str]()
        self.conjunctions = word_list(_WORDS, "case.conjunctions") | joining if joining else _conjunctions()

    @staticmethod
    def of(tokens: Sequence[str], words: Sequence[int], region: str) -> _Lists:
        small = {bare(tokens[place]) for place in words}
        vietnamese = region == "VN" or bool(small & word_list(_WORDS, "case.vietnamese") and len(words) > 2)
        spanish = region in word_list(_WORDS, "order.two_families") or bool(small & {"de", "del"})
        joining: set[str] = set()
        if len(words) > 3:
            joining = small & ({"e"} if small & {"da", "das", "do", "dos"} else {"y"} if spanish else set())
        portuguese = region in ("BR", "PT")
        return _Lists(turkic("".join(tokens), region), not vietnamese, frozenset(joining), portuguese)


def _token(tokens: Sequence[str], words: Sequence[int], position: int, field: str, lists: _Lists) -> str:
    token = tokens[words[position]]
    small, first, last = bare(token), position == 0, position == len(words) - 1
    after_comma = any("," in tokens[place] for place in words[:position])
    if _stays_small(tokens, words, position, field, lists):
        return lowered(token, lists.turkish)
    key = _suffix_key(small) if last or after_comma else small
    display = _written().get(key)
    opens = all(bare(tokens[place]) in _opening() for place in words[:position])
    if opens and position and token.endswith(".") and small in _academic():
        return lowered(token)  # Dr. med.
    if small == "md" and position == 0 and field != "suffix":
        return capitalised(token)  # short for Mohammed, where it stands in front
    ends = last or (token.endswith(",") and small in _generations())
    if display and (field in ("salutation", "suffix") or _is_honorific(key, opens, ends, after_comma, len(words))):
        return _like(token, display)
    if not first and (last or token.endswith(",")) and _ROMAN.fullmatch(small):
        return uppered(token)
    if after_comma and re.fullmatch(r"[bcdfghjklmnpqrstvwxz]{2,5}", small):
        return uppered(token)
    if _INITIALS.fullmatch(token):
        return uppered(token, lists.turkish)
    if re.fullmatch(r"\([^\W\d_]{2,4}\)", token) and token.isupper():
        return token  # (CEO)
    letters = token.strip(".,;")
    if len(letters) == 2 and letters.isascii() and letters.isalpha() and not _is_short_name(small, first, last, field):
        return uppered(token)
    return _word(token, lists.turkish, inside=not first and field == "full_name")


def _stays_small(tokens: Sequence[str], words: Sequence[int], position: int, field: str, lists: _Lists) -> bool:
    """Particles between names, articles after particles, conjunctions; never the last word."""
    if position == len(words) - 1 or field in ("salutation", "suffix"):
        return False
    small = bare(tokens[words[position]]) or tokens[words[position]]
    raw = lowered(tokens[words[position]])
    begins = position == 0 or tokens[words[position - 1]].endswith(",")
    if begins and field != "last_name" and not (position == 0 and any("," in tokens[place] for place in words)):
        return False
    if begins and len(words) == 2 and small in lists.names:
        return False  # family names of their own, as in "Do Santos Lee"
    if small == "das" and bare(tokens[words[position + 1]]) == "gupta":
        return False
    if small in lists.particles or raw in lists.particles:
        return True
    before = bare(tokens[words[position - 1]]) if position else ""
    return (small in lists.articles and before in lists.particles) or (position > 0 and small in lists.conjunctions)


@functools.lru_cache(maxsize=1 << 14)
def _suffix_key(small: str) -> str:
    """``phd`` for ``ph.d``; but ``J.R.`` behind a name are initials."""
    plain = small.replace(".", "")
    return plain if small not in _written() and plain not in _generations() else small


@functools.lru_cache(maxsize=1)
def _academic() -> frozenset[str]:
    return word_list(_WORDS, "prefix.academic")


@functools.lru_cache(maxsize=1)
def _opening() -> frozenset[str]:
    return _honorifics() | _academic()


@functools.lru_cache(maxsize=1)
def _honorifics() -> frozenset[str]:
    return frozenset(bare(word) for word in word_list(_WORDS, "prefix.written"))


def _is_honorific(small: str, opens: bool, last: bool, after_comma: bool, count: int) -> bool:
    if count == 1:
        return False
    if opens and not last and small in _honorifics():
        return True
    generation = small in {bare(word) for word in word_list(_WORDS, "suffix.anywhere")}
    return (last or after_comma) and (generation or after_comma)


@functools.cache
def _generations() -> frozenset[str]:
    return frozenset(["jr", "sr", "ii", "iii", "iv", "vii", "viii", "ix"])


def _like(token: str, display: str) -> str:
    """``display`` in the place of the word inside ``token``, whose punctuation stays."""
    if re.sub(r"[\W_]", "", lowered(token)) != re.sub(r"[\W_]", "", lowered(display)):
        return capitalised(token)
    letters = iter(letter for letter in display if letter.isalnum())  # ph.d. and PhD give Ph.D.
    return "".join(next(letters) if letter.isalnum() else letter for letter in token)


def _is_short_name(small: str, first: bool, last: bool, field: str) -> bool:
    """Whether two letters are a name (Ed, Ng; Ah in Tan Ah Kow) rather than initials (JR, DJ)."""
    keys = ("two_letter_names", "particles", "articles", "conjunctions")
    if small in ("mc", "mr"):
        return True
    if any(small in word_list(_WORDS, f"case.{key}") for key in keys):
        return True
    syllable = bool(_VOWELS & set(small)) and not small.endswith("j")
    return syllable and ((last and field in ("full_name", "last_name")) or (not first and field == "full_name"))


@functools.lru_cache(maxsize=1 << 16)
def _word(token: str, turkish: bool, inside: bool = False) -> str:
    """One word with its hyphens and apostrophes: O'Brien, Anne-Marie, al-Fayed, McDonald, Sha'ban."""
    parts = _PARTS.split(token)
    out: list[str] = []
    for place, part in enumerate(parts):
        if place % 2:
            out.append(part)
            continue
        small = lowered(part, turkish)
        before, mark = (lowered(parts[place - 2]), parts[place - 1]) if place else ("", "")
        joins = bool(mark) and mark in _APOSTROPHES and before not in _ELIDED and before != ""
        if joins or (place == 2 and mark in _APOSTROPHES and not before and small in ("t", "s", "n")):
            out.append(small)
        elif place == 0 and len(parts) > 2 and parts[1] in "-‐‑" and small in word_list(_WORDS, "case.hyphenated"):
            out.append(small if inside else capitalised(part, turkish))
        else:
            out.append(_scottish(capitalised(part, turkish)))
    return "".join(out)


def _scottish(word: str) -> str:
    small = word.lower()
    if small in word_list(_WORDS, "case.mac"):
        return "Mac" + capitalised(word[3:])
    if len(word) > 4 and small.startswith("mc") and small[2:].isalpha():
        return "Mc" + capitalised(word[2:])
    return word
