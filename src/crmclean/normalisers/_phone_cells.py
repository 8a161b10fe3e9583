"""What a phone cell holds besides one plain number: labels, extensions, other scripts' digits, a second number.

Plainly written cells never leave Arrow: one RE2 pattern recognises them. The rest - a label, an extension, words, two
numbers - is taken apart here, so that what reaches the number reader is a number and nothing else.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.lists import read_toml
from crmclean.normalisers._arrays import Ints, Mask, is_match, put
from crmclean.tables.evidence import TEXT
from crmclean.text import fold_digits, map_subset, strip_invisible

__all__ = ["LONGEST", "PhoneCells", "read_cells"]

LONGEST = 250  # characters; the phone library refuses more

_PLAIN = r"^[ (]*\+?[0-9 ()\-./]*$"
_SLASH_PAIR = r"[0-9][^/]*[0-9 )]/"  # a slash may part two numbers or an area code from its number
_TRAILING_PLUS = r"^([0-9][0-9 ()\-.]*[0-9)]) *\+ *$"  # right-to-left tables put the plus behind
_SPREADSHEET = r"^[+' =\"]*[0-9](?:[.,][0-9]+)?[eE][+-]?[0-9]{1,2}[\"]?$"
_DECIMAL = r"^[' =\"]*[0-9]{7,15}\.0$"

# Punctuation of other scripts and of word processors, as its plain ASCII twin.
_PLAIN_TWINS = (
    (r"[\x{2010}-\x{2015}\x{2212}\x{FE58}\x{FE63}\x{FF0D}\x{30FC}\x{FF70}]", "-"),
    (r"[\pZ\t\r\n]+", " "),
    (r"[\x{FF0B}\x{FE62}\x{2795}]", "+"),
    (r"[\x{FF08}\x{FE59}]", "("),
    (r"[\x{FF09}\x{FE5A}]", ")"),
    (r"[\x{FF0E}\x{FF61}\x{2024}\x{00B7}\x{2022}]", "."),
    (r"[\x{FF0F}\x{2044}]", "/"),
    (r"[\x{060C}\x{FF0C}\x{3001}]", ","),
    (r"[\x{061B}\x{FF1B}]", ";"),
    (r"\x{FF1A}", ":"),
)

_NUMBER = r"(?:[^0-9]{0,4}[0-9]){6,}[)\]]?"
_SHORT_NUMBER = r"(?:[^0-9]{0,4}[0-9]){4,5}[)\]]?"  # a small island's; too short to need more than a word behind it
_BARE_EXTENSION = r"[0-9)][ ]*[,;]+[ ]*[0-9]{7,}[)\]#]?[ .]*$"  # too long for an extension: another number

_PART = re.compile(
    r"\s*(?:[;|\n\r,&]|(?<=\s)/+(?=\s)|(?<=[\d)])\s*/+\s*(?=\+)|"
    r"\b(?:or|and|und|oder|ou|et|o|y|e|или|и|یا|و|या|বা)\b)\s*"
)
_NEXT_PLUS = re.compile(r"(?<=[\d)])[\s,;/]*(?=\+)")
_SLASHED = re.compile(r"^([^/]*?\d{7,}|(?:[^/\d]*\d){7,}[^/\d]*)/((?:[^/\d]*\d){7,}[^/\d]*)$")
_ALTERNATE = re.compile(r"^((?:[^/\d]*\d){8,})\s*/\s*\d{1,2}$")
_LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u065f\u0900-\u0dff\u200c\u200d])*")  # marks included
_VANITY = re.compile(  # a service number with letters for digits
    r"^\+?1?[ .(-]{0,3}(?:8(?:00|33|44|55|66|77|88)|1300|1800|900)[ .)-]{0,3}"
    r"(?=[0-9A-Za-z .-]*[A-Za-z]{3})[0-9A-Za-z .-]{5,14}$"
)


@functools.lru_cache(maxsize=1)
def _extensions() -> tuple[str, str]:
    """Patterns of a number followed by an extension: one of usual length, and a short one."""
    words = sorted(read_toml("phone_words.toml")["extension"], key=lambda word: (-len(word), word))
    labels = rf";ext=|(?:{'|'.join(re.escape(word) for word in words)})[ .:#=\-]*"
    behind = r"(?P<extension>[0-9]{1,11})[)\]#]?[ .]*$"
    usual = rf"(?is)^(?P<number>.{{0,40}}?{_NUMBER})[ ,;./(\[\-]*(?:{labels}|,,?[ ]*|;[ ]*){behind}"
    return usual, rf"(?is)^(?P<number>[^0-9]{{0,40}}?{_SHORT_NUMBER})[ ,;./(\[\-]*(?:{labels}){behind}"


@functools.lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    """Words that may be dropped; among them an extension left unfilled, as in ``212-456-7890 x``."""
    lists = read_toml("phone_words.toml")
    words = [*lists["label"], *(word for word in lists["extension"] if len(word) < 6)]
    return frozenset(_folded(word) for word in words)


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()


@dataclass
class PhoneCells:
    """Cells taken apart; arrays of one length.

    Attributes
    ----------
    number : large_string array
        The (first) number, digits folded to ASCII, without label and extension.
    extension, second : large_string arrays
        Digits of the extension; text of a second number; "" where there is none.
    foreign : bool array
        Digits of another script were folded.
    decimal, spreadsheet : bool arrays
        A trailing ``.0`` was cut off; the number is in scientific notation and lost.
    several, words : bool arrays
        More than one number; words that are neither a label nor an extension.
    """

    number: pa.Array
    extension: pa.Array
    second: pa.Array
    foreign: Mask
    decimal: Mask
    spreadsheet: Mask
    several: Mask
    words: Mask


def _fold(part: pa.Array) -> pa.Array:
    """Texts that are not plain ASCII: digits and punctuation as ASCII, nothing invisible."""
    part = fold_digits(strip_invisible(part))
    for pattern, plain in _PLAIN_TWINS:
        part = pc.replace_substring_regex(part, pattern, plain)
    return part


@dataclass(frozen=True)
class _Odd:
    number: str
    second: str = ""
    several: bool = False
    words: bool = False


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _candidates(text: str) -> list[str]:
    """The parts of a cell that parting characters separate; a slash within one number does not part."""
    parts = [piece for part in _PART.split(text) for piece in _NEXT_PLUS.split(part)]
    out: list[str] = []
    for part in parts:
        slashed = _SLASHED.match(part)
        out.extend(slashed.groups() if slashed else [part])
    return out


def _stretches(part: str) -> tuple[list[str], bool]:
    """What stands between the words of a part, and whether a word was more than a label."""
    words = _LETTERS.findall(part)
    return _LETTERS.split(part), any(_folded(word) not in _labels() for word in words)


def _read_odd(text: str) -> _Odd:
    """Take one unusual cell apart."""
    if _VANITY.match(text.strip()):
        return _Odd(text.strip())
    numbers: list[str] = []
    short = ""
    words = False
    for part in _candidates(text):
        stretches, extra = _stretches(part)
        words |= extra
        for stretch in stretches:
            if _digits(stretch) >= 6:
                numbers.append(stretch)
            elif _digits(stretch):
                short = short or stretch
    if not numbers:
        return _Odd(short, words=words)
    words |= bool(short)
    alternate = _ALTERNATE.match(numbers[0].strip())
    if alternate:
        numbers[0], words = alternate.group(1), True
    return _Odd(numbers[0], numbers[1] if len(numbers) > 1 else "", len(numbers) > 1, words)


def read_cells(values: pa.Array) -> PhoneCells:
    """Take phone cells apart.

    Parameters
    ----------
    values : large_string array
        Never null; no longer than `LONGEST` characters each.
    """
    count = len(values)
    ascii_ = pc.string_is_ascii(values)
    text = map_subset(values, pc.invert(ascii_), _fold)
    foreign = ~np.asarray(ascii_, bool)
    foreign[foreign] = is_match(values.filter(pa.array(foreign)), r"\p{Nd}") & ~is_match(
        values.filter(pa.array(foreign)), "[0-9]"
    )
    decimal = np.zeros(count, bool)
    dotted = np.flatnonzero(np.asarray(pc.ends_with(text, ".0")))
    if len(dotted):
        decimal[dotted] = is_match(text.take(pa.array(dotted)), _DECIMAL)
        text = map_subset(text, pa.array(decimal), lambda part: pc.replace_substring_regex(part, r"\.0$", ""))
    blank = pa.repeat(pa.scalar("", TEXT), count)
    none = np.zeros(count, bool)
    cells = PhoneCells(text, blank, blank, foreign, decimal, none, none.copy(), none.copy())
    odd = np.flatnonzero(~_plain(text))
    if len(odd):
        _read_unusual(cells, odd)
    return cells


def _plain(text: pa.Array) -> Mask:
    """Cells that hold one number, plainly written."""
    plain = is_match(text, _PLAIN)
    slashed = np.asarray(pc.match_substring(text, "/"), bool)
    if slashed.any():
        plain &= ~slashed | ~is_match(text, _SLASH_PAIR)
    return plain


def _read_unusual(cells: PhoneCells, odd: Ints) -> None:
    """Fill in the cells at ``odd``: extensions by pattern, then one text at a time what is still unusual."""
    part = cells.number.take(pa.array(odd))
    cells.spreadsheet[odd] = is_match(part, _SPREADSHEET)
    part = pc.replace_substring_regex(part, _TRAILING_PLUS, r"+\1")
    part, found = _split_extension(part)
    cells.number = put(cells.number, odd, part)
    cells.extension = put(cells.extension, odd, found)
    left = np.flatnonzero(~_plain(part))
    read = [_read_odd(cell) for cell in part.take(pa.array(left)).to_pylist()]
    places = odd[left]
    cells.number = put(cells.number, places, pa.array([cell.number for cell in read], TEXT))
    cells.second = put(cells.second, places, pa.array([cell.second for cell in read], TEXT))
    cells.several[places] = [cell.several for cell in read]
    cells.words[places] = [cell.words for cell in read]


def _split_extension(part: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Number and extension ("" where there is none) of unusual cells."""
    extension = pa.repeat(pa.scalar("", TEXT), len(part))
    parted = is_match(part, _BARE_EXTENSION)
    for pattern in _extensions():
        found = pc.extract_regex(part, pattern)
        known = pa.array(np.asarray(found.is_valid()) & ~parted & (np.asarray(pc.equal(extension, ""))))
        extension = pc.if_else(known, pc.struct_field(found, "extension"), extension).cast(TEXT)
        part = pc.if_else(known, pc.struct_field(found, "number"), part).cast(TEXT)
    return part, extension
