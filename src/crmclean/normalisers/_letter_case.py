"""Letters that have case: who shouts, who whispers, and how to write a word properly.

Case is looked at only in Latin, Cyrillic, Greek and Armenian: in Georgian, Cherokee and others "upper case" is no
mark of a shouted word, and everything else has no case at all. A value that already mixes cases is never touched.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalisers._draft import Mask, matches
from crmclean.normalisers._wordlists import word_list

__all__ = ["capitalised", "is_shouted", "is_whispered", "lowered", "shouted", "turkic", "uppered", "whispered"]

_SCRIPTS = ("LATIN ", "CYRILLIC ", "GREEK ", "ARMENIAN ")
_DOTTED = str.maketrans({"İ": "i"})
_TURKISH = str.maketrans({"İ": "i", "I": "ı"})
_EDGES = ".,;:()[]\"'"


@functools.lru_cache(maxsize=1)
def _classes() -> tuple[str, str]:
    """Two character classes (without brackets): lower- and upper-case letters of the four scripts.

    Letters without a one-to-one partner (ß, ŉ, ª) belong to neither: they say nothing about shouting.
    """
    lower, upper = [], []
    for code in range(sys.maxunicode + 1 if sys.maxunicode < 0x2FFFF else 0x1FFFF):
        letter = chr(code)
        kind = unicodedata.category(letter)
        if kind not in ("Ll", "Lu") or not unicodedata.name(letter, "").startswith(_SCRIPTS):
            continue
        if kind == "Ll" and len(letter.upper()) == 1 and letter.upper() != letter:
            lower.append(code)
        elif kind == "Lu" and (len(letter.lower()) == 1 or letter == "İ"):
            upper.append(code)
    return _ranges(lower), _ranges(upper)


def _ranges(codes: list[int]) -> str:
    parts: list[str] = []
    start = previous = -2
    for code in [*codes, -2]:
        if code != previous + 1:
            if start >= 0:
                parts.append(chr(start) if start == previous else f"{chr(start)}-{chr(previous)}")
            start = code
        previous = code
    return "".join(parts)


def _classes_for(values: pa.Array) -> tuple[str, str]:
    """`_classes`, or the ASCII ones where nothing else occurs: much less for RE2 to compile."""
    plain = pc.all(pc.string_is_ascii(values)).as_py()
    return ("a-z", "A-Z") if plain in (True, None) else _classes()


def shouted(values: pa.Array) -> Mask:
    """Where a value has upper-case letters and no lower-case one."""
    lower, upper = _classes_for(values)
    return matches(values, f"[{upper}]") & ~matches(values, f"[{lower}]")


def whispered(values: pa.Array) -> Mask:
    """Where a value has lower-case letters and no upper-case one."""
    lower, upper = _classes_for(values)
    return matches(values, f"[{lower}]") & ~matches(values, f"[{upper}]")


@functools.lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    lower, upper = _classes()
    return re.compile(f"[{lower}]"), re.compile(f"[{upper}]")


def is_shouted(text: str) -> bool:
    """`shouted` of one text."""
    lower, upper = _patterns()
    return bool(upper.search(text)) and not lower.search(text)


def is_whispered(text: str) -> bool:
    """`whispered` of one text."""
    lower, upper = _patterns()
    return bool(lower.search(text)) and not upper.search(text)


def turkic(text: str, region: str = "") -> bool:
    """Whether I and i are the dotless and the dotted letter here."""
    return region in ("TR", "AZ") or "İ" in text or "ı" in text


@functools.lru_cache(maxsize=1)
def _dotted_words() -> dict[str, str]:
    """Turkish words with a dotted i as a foreign keyboard types them, and as they are written."""
    return {word.replace("ı", "i"): word for word in word_list("lists/turkish_i.toml", "words")}


def lowered(text: str, turkish: bool = False) -> str:
    """Lower case, letter for letter: İ never falls apart into i and a loose dot.

    >>> lowered("YILMAZ", turkish=True), lowered("DIYARBAKIR,", turkish=True), lowered("İBRAHİM")
    ('yılmaz', 'diyarbakır,', 'ibrahim')
    """
    if turkish and text.isascii() and "I" in text:
        core = text.lower().strip(_EDGES)
        if core in _dotted_words():
            return text.lower().replace(core, _dotted_words()[core])
    return text.translate(_TURKISH if turkish else _DOTTED).lower()


def uppered(text: str, turkish: bool = False) -> str:
    """Upper case of letters that have a single upper-case partner; ß and its like stay."""
    out = []
    for letter in text:
        big = "İ" if turkish and letter == "i" else letter.upper()
        out.append(big if len(big) == 1 else letter)
    return _composed("".join(out))


def _composed(text: str) -> str:
    """İ in one piece where it was made of i and a loose dot."""
    return unicodedata.normalize("NFC", text) if "\u0307" in text else text


def capitalised(word: str, turkish: bool = False) -> str:
    """The word in lower case with its first cased letter in upper case.

    >>> capitalised("ÉLISE"), capitalised("ИВАН"), capitalised("ΓΙΩΡΓΟΣ"), capitalised("IŞIL", turkish=True)
    ('Élise', 'Иван', 'Γιωργος', 'Işıl')
    """
    small = lowered(word, turkish)
    for place, letter in enumerate(small):
        if letter.isdigit():
            break  # 2nd, 10th
        if letter.isalpha():
            return _composed(small[:place] + uppered(letter, turkish) + small[place + 1 :])
    return small
