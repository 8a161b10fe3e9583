"""Characters folded for comparing: what ``text.match_key`` makes of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from crmclean.tables.scripts import script_of_char

__all__ = ["fold_texts", "letter_table"]

_DROPPED = frozenset(
    "'`´‘’‛′ʹʻʼʽˈ＇՚׳״·\u0640"
)  # apostrophes of all kinds, the middle dot of Catalan, the Arabic stretch
_LETTERS = {  # letters that do not decompose; the Persian form stands for its Arabic variants
    **dict(zip("øłđðħıŧŋĸȷɐəƒ", "olddhitnkjaef", strict=True)),
    "œ": "oe",
    "æ": "ae",
    "þ": "th",
    **dict.fromkeys("يىئےېۍێۑ", "ی"),
    **dict.fromkeys("كڪګڭ", "ک"),
    **dict.fromkeys("ةۀەہھۂۃ", "ه"),
    **dict.fromkeys("أإآٱ", "ا"),
    **dict.fromkeys("ؤۆۇۈۋ", "و"),
    "ء": "",
}
_FOLDED_MARKS = (  # combining marks of Latin, Greek, Cyrillic; vowel points of Arabic and Hebrew; variation selectors
    *((0x300, 0x36F), (0x483, 0x487), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6ED)),
    *((0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xE0100, 0xE01EF)),
)
_MARKS = frozenset(point for low, high in _FOLDED_MARKS for point in range(low, high + 1))


class _FoldTable(dict[int, str]):
    """``str.translate`` table of ``match_key``, filled as characters turn up.

    Each entry is a pure function of its character, so it does not matter in which order values arrive.
    """

    def __missing__(self, point: int) -> str:
        self[point] = folded = _fold_char(chr(point))
        return folded


_LINE_END = ord("\n")
_FOLD = _FoldTable({_LINE_END: "\n"})


def _fold_char(char: str) -> str:
    point, category = ord(char), unicodedata.category(char)
    if char == ".":
        return char
    if char in _LETTERS:
        return _LETTERS[char]
    if char in _DROPPED or category == "Cf" or point in _MARKS:
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category[0] not in "LMN":
        return " "
    # й and ї are letters of their own; other accented Latin, Greek and Cyrillic letters fold to their base
    if (
        category[0] == "L"
        and unicodedata.decomposition(char)
        and script_of_char(char) in ("Latin", "Greek", "Cyrillic")
        and char not in "йї"
    ):
        base = unicodedata.normalize("NFD", char)[0]
        return _LETTERS.get(base, base)
    return char


def fold_texts(values: Sequence[str]) -> list[str]:
    """The values folded, all as one text of a line each: a call for each costs more than the folding."""
    if not values:
        return []
    text = "\n".join(value.replace("\n", " ") for value in values)
    return [" ".join(line.split()) for line in _folded(text).split("\n")]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_FOLD)


def _fold_each(points: Sequence[int]) -> list[str]:
    """Each character folded by itself, all in one text: no character combines with a line end."""
    lines = [" " if point == _LINE_END else chr(point) for point in points]  # both fold to a space
    return _folded("\n".join(lines)).split("\n")


_Bytes = np.ndarray[Any, np.dtype[np.uint8]]
_UNKNOWN = 255
# Latin letters, and the dashes and quotes of print: none combines with the character before or behind it
_TABLED = (range(0x80, 0x250), range(0x1E00, 0x1F00), range(0x2010, 0x2027))


# scripts whose letters are themselves when folded, their digits and some marks apart
_OTHERS = range(0x370, 0x1100)
_OTHER_LETTER = 1  # no byte of a folded word


@lru_cache(maxsize=4)
def letter_table(*, dots: bool = True, others: bool = False) -> tuple[_Bytes, _Bytes, int]:
    """``text.fold_letters`` of single characters, for kernels.

    Parameters
    ----------
    dots : bool
        Whether a dot is a space; if not, it is not tabled.
    others : bool
        Whether letters that fold to no ASCII are tabled too, as a letter that is in no word of ASCII.

    Returns
    -------
    letters : uint8 array, shape (characters, 2)
    sizes : uint8 array, shape (characters,)
        0 to 2, or 255 for a character that is not tabled or does not fold to ASCII, or to something longer than itself.
    characters : int
    """
    count = _TABLED[-1].stop
    letters, sizes = np.zeros((count, 2), np.uint8), np.full(count, _UNKNOWN, np.uint8)
    tabled = (*range(0x80), *(point for tabled in _TABLED for point in tabled))
    for point, folded in zip(tabled, _fold_each(tabled), strict=True):
        folded = folded.replace(".", " ") if dots and point < 0x80 else folded
        if folded.isascii() and len(folded) <= min(2, len(chr(point).encode())) and "." not in folded:
            letters[point, : len(folded)] = list(folded.encode())
            sizes[point] = len(folded)
    for point, folded in zip(_OTHERS, _fold_each(_OTHERS), strict=True) if others else ():
        if folded and not any(letter.isascii() for letter in folded):
            letters[point, 0], sizes[point] = _OTHER_LETTER, 1
    return letters, sizes, count
