"""Any script in lower-case ASCII letters, word by word: own readers for Brahmic and Arabic scripts, else anyascii."""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from crmclean.keys.arabic import is_arabic, read_as_written, romanise_arabic
from crmclean.keys.brahmic import is_brahmic, romanise_brahmic
from crmclean.keys.lists import read_rows
from crmclean.keys.tokens import Tokens
from crmclean.tables.evidence import TEXT
from crmclean.text import ascii_mask, fold_letters, map_subset

__all__ = ["read_word", "romanise", "romanise_word", "split_east_asian"]

# two-character Chinese family names; every other is one character
_DOUBLE_ROW = (
    "欧阳 歐陽 司马 司馬 诸葛 諸葛 上官 东方 東方 皇甫 尉迟 尉遲 公孙 公孫 令狐 慕容 夏侯 司徒 남궁 황보 선우 제갈 독고"
)
_DOUBLE_SURNAMES = frozenset(_DOUBLE_ROW.split())


_NO_SIGNS = str.maketrans("", "", "aiunh")  # what `arabic.spell_signs` has put in


@lru_cache(maxsize=1)
def _known_names() -> dict[str, str]:
    """Arabic-script names, folded, and their usual Latin spelling (``arabic_names.csv``)."""
    spelt = [(name, row["latin"]) for row in read_rows("arabic_names.csv") for name in row["names"].split()]
    known: dict[str, str] = {}
    for form, (_, latin) in zip(
        fold_letters(pa.array([name for name, _ in spelt], TEXT)).to_pylist(), spelt, strict=True
    ):
        known.setdefault(form, latin)
    return known


@lru_cache(maxsize=1)
def _longest_name() -> int:
    return max(map(len, _known_names()), default=0)


def _known_name(word: str) -> str | None:
    """A known name, two known names written together, or a known name with the article."""
    known = _known_names()
    if word in known:
        return known[word]
    longest = _longest_name()  # neither half can be a name beyond it
    for cut in range(min(len(word) - 2, longest), max(2, len(word) - longest - 1), -1):
        if word[:cut] in known and word[cut:] in known:
            return known[word[:cut]] + known[word[cut:]]
    return "al" + known[word[2:]] if word.startswith("ال") and word[2:] in known else None


def read_word(word: str) -> str:
    """As `romanise_word`, but an Arabic-script word that is no known name keeps to the vowels it is written with.

    >>> read_word("رضایی"), read_word("گلووی"), read_word("प्रिया")
    ('rezaei', 'gluvi', 'priya')
    """
    if word.isascii() or not is_arabic(word):
        return romanise_word(word)
    known = _known_name(word.translate(_NO_SIGNS))
    return _ascii(read_as_written(word) if known is None else known)


def romanise_word(word: str) -> str:
    """One folded word of any script as lower-case ASCII letters and digits.

    >>> romanise_word("प्रिया"), romanise_word("رضایی"), romanise_word("иванов"), romanise_word("王伟")
    ('priya', 'rezaei', 'ivanov', 'wangwei')
    """
    if word.isascii():
        return word
    if is_brahmic(word):
        word = romanise_brahmic(word)
    elif is_arabic(word):
        word = _known_name(word) or romanise_arabic(word)
    return _ascii(word)


def _ascii(word: str) -> str:
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
