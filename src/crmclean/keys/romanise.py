"""Any script in lower-case ASCII letters, word by word: own readers for Brahmic and Arabic scripts, else anyascii."""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from crmclean.keys.arabic import is_arabic, romanise_arabic
from crmclean.keys.brahmic import BRAHMIC_FIRST, BRAHMIC_LAST, romanise_brahmic
from crmclean.keys.lists import read_rows
from crmclean.keys.tokens import Tokens
from crmclean.tables.evidence import TEXT
from crmclean.text import ascii_mask, fold_letters, map_subset

__all__ = ["romanise", "romanise_word", "split_east_asian"]

# two-character Chinese family names; every other is one character
_DOUBLE_ROW = (
    "欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 东方 東方 皇甫 尉迟 尉遲 公孙 公孫 令狐 慕容 夏侯 司徒 남궁 황보 선우 제갈 독고"
)
_DOUBLE_SURNAMES = frozenset(_DOUBLE_ROW.split())


@lru_cache(maxsize=1)
def _known_names() -> dict[str, str]:
    """Arabic-script names, folded, and their usual Latin spelling (``arabic_names.csv``)."""
    known: dict[str, str] = {}
    for row in read_rows("arabic_names.csv"):
        for form in fold_letters(pa.array(row["names"].split(), TEXT)).to_pylist():
            known.setdefault(form, row["latin"])
    return known


@lru_cache(maxsize=1)
def _longest_name() -> int:
    return max(map(len, _known_names()), default=0)


def _arabic_name(word: str) -> str:
    """A known name, two known names written together, a known name with the article, or the word as it is spelt."""
    known = _known_names()
    if word in known:
        return known[word]
    longest = _longest_name()  # neither half can be a name beyond it
    for cut in range(min(len(word) - 2, longest), max(2, len(word) - longest - 1), -1):
        if word[:cut] in known and word[cut:] in known:
            return known[word[:cut]] + known[word[cut:]]
    if word.startswith("ال") and word[2:] in known:
        return "al" + known[word[2:]]
    return romanise_arabic(word)


def romanise_word(word: str) -> str:
    """One folded word of any script as lower-case ASCII letters and digits.

    >>> romanise_word("प्रिया"), romanise_word("رضایی"), romanise_word("иванов"), romanise_word("王伟")
    ('priya', 'rezaei', 'ivanov', 'wangwei')
    """
    if word.isascii():
        return word
    if any(BRAHMIC_FIRST <= ord(char) <= BRAHMIC_LAST for char in word):
        word = romanise_brahmic(word)
    elif is_arabic(word):
        word = _arabic_name(word)
    if word.isascii() and word.isalnum():
        return word
    return "".join(char for char in anyascii(word).lower() if char.isalnum())


def split_east_asian(word: str) -> str:
    """A Chinese or Korean full name written as one word, family name apart: ``王小明`` -> ``王 小明``."""
    if 2 <= len(word) <= 4 and all("\u4e00" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" for char in word):
        cut = 2 if len(word) > 2 and word[:2] in _DOUBLE_SURNAMES else 1
        return f"{word[:cut]} {word[cut:]}"
    return word


def romanise(array: pa.LargeStringArray) -> pa.LargeStringArray:
    """Folded values (``text.fold_letters``) with each word romanised; ASCII values are passed through."""

    def words(part: pa.LargeStringArray) -> pa.LargeStringArray:
        return Tokens.of(Tokens.of(part).map(lambda values: [romanise_word(v) for v in values]).join()).join()

    return map_subset(array, pc.invert(ascii_mask(array)), words)
