"""Script-safe text primitives over Arrow arrays.

Every kernel takes text (``large_string``, or anything ``tables.batch.as_text`` takes) and gives an array of the same
length; null stays null. ASCII values, the bulk of most files, are handled by buffer-wide operations; what is left is
transformed once per distinct value.

Letters, combining marks and joiners of any script survive ``nfc``, ``squash_spaces``, ``strip_invisible`` and
``fold_digits``. Only ``match_key`` throws anything visible away, and its result is for comparing, never for showing.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.folding import fold_texts, letter_table
from crmclean.tables.lanes import by_kernel
from crmclean.tables.scripts import script_of_char

__all__ = [
    "ascii_mask",
    "fold_digits",
    "fold_letters",
    "is_blank",
    "map_subset",
    "map_unique",
    "mask_of",
    "match_key",
    "nfc",
    "script_of",
    "squash_spaces",
    "strip_invisible",
    "translate_ascii",
]

Kernel = Callable[[pa.LargeStringArray], pa.LargeStringArray]

# ---- plumbing ----------------------------------------------------------------------------------


def map_unique(array: Any, function: Callable[[list[str]], Sequence[str | None]]) -> pa.LargeStringArray:
    """Transform each distinct non-null value once and map the results back.

    ``function`` gets the list of distinct values and gives a sequence of the same length (None becomes null).

    >>> map_unique(pa.array(["b", "a", "b", None]), lambda values: [value.upper() for value in values]).to_pylist()
    ['B', 'A', 'B', None]
    """
    encoded = as_text(array).dictionary_encode()
    results = pa.array(function(encoded.dictionary.to_pylist()), TEXT)
    return results.take(encoded.indices)


def map_subset(array: pa.LargeStringArray, mask: pa.BooleanArray, kernel: Kernel) -> pa.LargeStringArray:
    """Apply ``kernel`` to the values where ``mask`` is true (null counts as false); the others are kept."""
    count = pc.sum(mask).as_py() or 0
    if not count:
        return array
    if count == len(array):
        return kernel(array)
    mask = mask.fill_null(False) if mask.null_count else mask
    return pc.replace_with_mask(array, mask, kernel(array.filter(mask)))


def translate_ascii(array: pa.LargeStringArray, table: bytes) -> pa.LargeStringArray:
    """Map each byte through a 256-byte table, all values at once; meant for ASCII values, as lengths cannot change."""
    validity, offsets, data = array.buffers()
    if data is None or not data.size:
        return array
    mapped = pa.py_buffer(data.to_pybytes().translate(table))
    return pa.LargeStringArray.from_buffers(len(array), offsets, mapped, validity, array.null_count, array.offset)


def ascii_mask(array: Any) -> pa.BooleanArray:
    """True where a value holds ASCII only; a missing value counts as ASCII, for there is nothing to do about it."""
    return pc.string_is_ascii(as_text(array)).fill_null(True)


def _not_ascii(array: pa.LargeStringArray) -> pa.BooleanArray:
    return pc.invert(ascii_mask(array))


def mask_of(array: pa.BooleanArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """An Arrow boolean array as NumPy; null is false."""
    return np.asarray(array.fill_null(False).to_numpy(zero_copy_only=False), bool)


# ---- Unicode form, spaces, digits, invisible characters -----------------------------------------


def nfc(array: Any) -> pa.LargeStringArray:
    """Unicode normal form C, the form to store: composed, without changing what any letter is."""
    array = as_text(array)
    return map_subset(array, _not_ascii(array), lambda part: pc.utf8_normalize(part, "NFC"))


# \pZ is every Unicode space and line separator; the blank Braille cell and Hangul filler only look like letters
_SPACES = r"[\t\n\v\f\r\x1c-\x20\x{85}\pZ\x{2800}\x{3164}\x{FFA0}]"
_UNTIDY = f"^{_SPACES}|{_SPACES}$|{_SPACES}{{2}}|[\\t\\n\\v\\f\\r\\x1c-\\x1f\\x{{85}}]"
_WIDE_SPACES = (
    r"[\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{2800}\x{3000}\x{3164}\x{FFA0}]"
)


def squash_spaces(array: Any) -> pa.LargeStringArray:
    """Trim, and turn each run of Unicode spaces, tabs and line ends into one space.

    >>> squash_spaces(pa.array(["  Priya\\u3000 Sharma\\n"])).to_pylist()
    ['Priya Sharma']
    """
    array = as_text(array)
    untidy = pc.match_substring_regex(array, f"{_UNTIDY}|{_WIDE_SPACES}")
    return map_subset(
        array, untidy, lambda part: pc.utf8_trim(pc.replace_substring_regex(part, f"{_SPACES}+", " "), " ")
    )


def is_blank(array: Any) -> pa.BooleanArray:
    """True where nothing can be seen: null, empty, or only spaces and invisible characters."""
    array = as_text(array)
    bare = pc.equal(array, "")
    odd = pc.match_substring_regex(array, f"^(?:{_SPACES}|{_INVISIBLE}|[\\x{{200C}}\\x{{200D}}])+$")
    return pc.or_(bare, odd).fill_null(True)


_DIGITS_END = 0x20000  # there are none beyond the second plane
_DIGITS_RUN = 10  # they come in runs of ten, so one in ten characters is enough to find each run


@lru_cache(maxsize=1)
def _digit_table() -> dict[int, str]:
    table: dict[int, str] = {}
    for point in range(0x80, _DIGITS_END, _DIGITS_RUN):
        value = unicodedata.decimal(chr(point), None)
        if value is not None:
            table |= {point - value + digit: str(digit) for digit in range(_DIGITS_RUN)}
    return table


def fold_digits(array: Any) -> pa.LargeStringArray:
    """Every Unicode decimal digit as its ASCII digit; nothing else changes.

    >>> fold_digits(pa.array(["९८७६", "۰۹۱۲", "௧௨"])).to_pylist()
    ['9876', '0912', '12']
    """
    array = as_text(array)

    def fold(values: list[str]) -> list[str]:
        table = _digit_table()
        return [value.translate(table) for value in values]

    # \p{Nd} also matches ASCII digits, hence the wider subset
    foreign = pc.and_(_not_ascii(array), pc.match_substring_regex(array, r"\p{Nd}").fill_null(False))
    return map_subset(array, foreign, lambda part: map_unique(part, fold))


# controls (not white space), soft hyphen, zero-width space, bidi marks, word joiner, BOM, interlinear marks, tags
_INVISIBLE = (
    r"[\x00-\x08\x0e-\x1b\x7f-\x{84}\x{86}-\x{9f}\x{AD}\x{61C}\x{180E}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}"
    r"\x{2060}-\x{206F}\x{FEFF}\x{FFF9}-\x{FFFB}\x{E0001}\x{E0020}-\x{E007F}]"
)
_JOINERS = "\u200c\u200d"
# scripts in which a joiner changes what is read: Arabic and its kin, then the Brahmic scripts
_CURSIVE = (
    (0x600, 0x8FF),
    (0x1800, 0x18AF),
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFC),
    (0x10D00, 0x10EFF),
    (0x1E900, 0x1E95F),
)
_BRAHMIC = (
    (0x900, 0xDFF),
    (0xF00, 0x109F),
    (0x1700, 0x17FF),
    (0x1900, 0x1AAF),
    (0x1B00, 0x1C4F),
    (0x1CD0, 0x1CFF),
    (0xA800, 0xA82F),
    (0xA840, 0xA8FF),
    (0xA900, 0xAAFF),
    (0xABC0, 0xABFF),
    (0x11000, 0x11FFF),
)


def strip_invisible(array: Any) -> pa.LargeStringArray:
    """Remove what cannot be seen and means nothing: controls, BOM, zero-width spaces, bidi marks, soft hyphens.

    The joiners (ZWJ, ZWNJ) stay where they mean something: between two letters of a Brahmic or Arabic-family script,
    after a Brahmic virama, and (ZWJ) inside an emoji sequence or after an Arabic letter.
    White space, tabs and line ends among it, is left to ``squash_spaces``.
    """
    array = as_text(array)
    hidden = pc.match_substring_regex(array, _INVISIBLE)
    array = map_subset(array, hidden, lambda part: pc.replace_substring_regex(part, _INVISIBLE, ""))
    joined = pc.match_substring_regex(array, r"[\x{200C}\x{200D}]")
    return map_subset(array, joined, lambda part: map_unique(part, lambda values: [_keep_joiners(v) for v in values]))


def _keep_joiners(text: str) -> str:
    kept: list[str] = []
    for char, after in zip(text, _letters_after(text), strict=True):
        if char in _JOINERS and not _joins(kept[-1] if kept else "", char, after):
            continue
        kept.append(char)
    return "".join(kept)


def _letters_after(text: str) -> list[str]:
    """For each character the next one that is no joiner, "" at the end."""
    found: list[str] = []
    after = ""
    for char in reversed(text):
        found.append(after)
        if char not in _JOINERS:
            after = char
    return found[::-1]


def _joins(before: str, joiner: str, after: str) -> bool:
    """Whether a joiner between these two characters changes what is read."""
    if before and before in _JOINERS:  # a repeated joiner says nothing new; two different ones may
        return before != joiner
    family = _joining_family(before)
    if family == "brahmic":
        return _joining_family(after) == "brahmic" or unicodedata.combining(before) == 9
    if family == "cursive":
        return joiner == "\u200d" or _joining_family(after) == "cursive"
    return family == "emoji" and joiner == "\u200d" and _joining_family(after) == "emoji"


@lru_cache(maxsize=4096)
def _joining_family(char: str) -> str:
    if not char:
        return ""
    point, category = ord(char), unicodedata.category(char)
    if category[0] in "LM":
        if any(low <= point <= high for low, high in _BRAHMIC):
            return "brahmic"
        if any(low <= point <= high for low, high in _CURSIVE):
            return "cursive"
    # pictographs, their variation selector and skin tones
    return "emoji" if category == "So" or point == 0xFE0F or 0x1F3FB <= point <= 0x1F3FF else ""


# ---- compare forms ------------------------------------------------------------------------------


def _join_initials(text: str) -> str:
    """``u. s. a. inc`` -> ``usa inc``: dotted single letters are one word, any other dot is a space."""
    words: list[str] = []
    open_ = False
    for piece in text.replace(".", ". ").split():
        word = piece.rstrip(".")
        if not word:
            continue
        if open_ and len(word) == 1:
            words[-1] += word
        else:
            words.append(word)
        open_ = len(word) == 1 and piece != word
    return " ".join(words)


def fold_letters(array: Any) -> pa.LargeStringArray:
    """Like ``match_key``, but each dot is a space: ``J.R. Smith`` and ``J. R. Smith`` are both ``j r smith``."""
    return by_kernel(as_text(array), _fold_letters, "fold_letters", "BBn", *letter_table())


def _fold_letters(array: pa.LargeStringArray) -> pa.LargeStringArray:
    def fold(values: list[str]) -> list[str]:
        return [" ".join(text.replace(".", " ").split()) if "." in text else text for text in fold_texts(values)]

    plain = ascii_mask(array)
    array = map_subset(array, plain, _fold_ascii)
    return map_subset(array, pc.invert(plain), lambda part: map_unique(part, fold))


def match_key(array: Any) -> pa.LargeStringArray:
    """The form two spellings of one thing share: casefolded, compatibility forms and Latin, Greek and Cyrillic
    diacritics folded, Arabic letter variants as their Persian form, digits ASCII, punctuation gone, spaces squashed.

    Apostrophes vanish, dotted initials join (``S.A.`` is ``sa``), other punctuation is a space. Letters and marks of
    Brahmic scripts are all kept; joiners are not, for their use varies from keyboard to keyboard.

    >>> match_key(pa.array(["  O’Brien-MÜLLER ", "S.A.", "प्रिया  शर्मा", "علي"])).to_pylist()
    ['obrien muller', 'sa', 'प्रिया शर्मा', 'علی']
    """
    return by_kernel(as_text(array), _match_key, "fold_letters", "BBn", *letter_table(dots=False))


def _match_key(array: pa.LargeStringArray) -> pa.LargeStringArray:
    def fold(values: list[str]) -> list[str]:
        return [_join_initials(text) if "." in text else text for text in fold_texts(values)]

    dotted = pc.match_substring_regex(array, r"(?:^|[^A-Za-z0-9])[A-Za-z0-9][^A-Za-z0-9 ]*\.").fill_null(False)
    fast = pc.and_(ascii_mask(array), pc.invert(dotted))
    array = map_subset(array, fast, _fold_ascii)
    return map_subset(array, pc.invert(fast), lambda part: map_unique(part, fold))


def _ascii_fold_table() -> bytes:
    return bytes(ord(chr(b).lower()) if b < 128 and chr(b).isalnum() else 32 if b < 128 else b for b in range(256))


_ASCII_FOLD = _ascii_fold_table()


def _fold_ascii(array: pa.LargeStringArray) -> pa.LargeStringArray:
    """``fold_letters`` of ASCII values: three passes over one buffer instead of a visit to each value."""
    for apostrophe in "'`":
        array = pc.replace_substring(array, apostrophe, "")
    array = translate_ascii(array, _ASCII_FOLD)
    doubled = pc.match_substring(array, "  ")
    array = map_subset(array, doubled, lambda part: pc.replace_substring_regex(part, " +", " "))
    return pc.ascii_trim(array, " ")


# ---- scripts ------------------------------------------------------------------------------------


def script_of(array: Any) -> pa.LargeStringArray:
    """The script most letters of a value are written in (``Latin``, ``Devanagari``, ...); ``""`` without any letter.

    Between equals the one that comes first in the value wins.
    """
    array = as_text(array)
    has_letter = pc.match_substring_regex(array, "[A-Za-z]")
    plain = pc.if_else(has_letter, pa.scalar("Latin", TEXT), pa.scalar("", TEXT))
    foreign = _not_ascii(array)
    if not pc.any(foreign).as_py():
        return plain
    named = map_unique(array.filter(foreign), lambda values: [_dominant_script(value) for value in values])
    return pc.replace_with_mask(plain, foreign, named)


def _dominant_script(text: str) -> str:
    counts = Counter(script_of_char(char) for char in text if unicodedata.category(char)[0] == "L")
    del counts[""]
    return counts.most_common(1)[0][0] if counts else ""
