"""Consonant skeleton: one code for the spellings of one name across romanisations and scripts.

Vowels go, sounds that spellings confuse become one letter: voiced and unvoiced stops (Tamil and Arabic do not write the
difference), v and b (Bengali), sh and s (Hindi), ph and f, k and q. The rules are English, German, French and Slavic
spelling at once, so the code is coarse: agreement is a hint and a blocking key, not a match.

All words are coded together as one byte string, by replacing; no word is looked at alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.evidence import TEXT

__all__ = ["replaced", "rewritten", "single", "skeletons"]

# Order matters. "^" is the start of a word; upper case is a sound already decided.
_RULES: tuple[tuple[str, str], ...] = (
    # silent or odd beginnings
    *(("^kn", "^n"), ("^gn", "^n"), ("^ps", "^s"), ("^wr", "^r"), ("^mc", "^mak"), ("^x", "^s"), ("^ye", "^e")),
    *(("^wh", "^w"), ("^tsch", "^ch"), ("^dj", "^j"), ("^h", "^H")),
    # groups of letters for one sound
    *(("tsch", "ch"), ("tch", "ch"), ("sch", "s"), ("shch", "s"), ("chh", "ch"), ("ksh", "ks"), ("sh", "s")),
    *(("cz", "ch"), ("dzh", "j"), ("dj", "j"), ("zh", "s"), ("ph", "f"), ("x", "ks"), ("ck", "k"), ("cq", "k")),
    *(("dg", "j"), ("chr", "kr"), ("chl", "kl"), ("ch", "C"), ("cs", "C"), ("j", "C"), ("wsk", "vsk"), ("sc", "s")),
    *(("ce", "se"), ("ci", "si"), ("cy", "sy"), ("ts", "s"), ("tz", "s"), ("dt", "t"), ("np", "mp"), ("nb", "mb")),
    *(("nf", "mf"),),
    # w and y are vowels after one, unless a vowel follows
    *((f"{v}w{n}", f"{v}{n}") for v in "aeou" for n in "bcdfgklmnprst$"),
    *((f"^{v}", "^A") for v in "aeiou"),
    *(("^y", "^Y"),),
)


def _class_table() -> bytes:
    table = bytearray(range(256))
    for group, sound in (("bpvw", "P"), ("dt", "T"), ("cgkq", "K"), ("sz", "S"), ("f", "F"), ("m", "M"), ("n", "N")):
        for letter in group:
            table[ord(letter)] = ord(sound)
    for letter, sound in (("l", "L"), ("r", "R")):
        table[ord(letter)] = ord(sound)
    return bytes(table)


_TABLE = _class_table()


def skeletons(words: pa.LargeStringArray) -> pa.LargeStringArray:
    """The code of each lower-case ASCII word (no spaces); digits stay.

    >>> names = ["schmidt", "schmitt", "katherine", "catherine", "rezaei", "razai"]
    >>> skeletons(pa.array(names, pa.large_string())).to_pylist()
    ['smt', 'smt', 'ktrn', 'ktrn', 'rs', 'rs']
    """
    return rewritten(words, _code)


def _code(blob: bytes) -> bytes:
    blob = single(replaced(blob, _RULES).translate(_TABLE), b"PTKSFMNLRC")
    return blob.translate(None, delete=b"aeiouyh'").lower()


def rewritten(words: pa.LargeStringArray, rewrite: Callable[[bytes], bytes]) -> pa.LargeStringArray:
    """ASCII values rewritten all together, as one byte string in which each stands between "^" and "$"."""
    if not len(words):
        return words
    joined = pc.binary_join(
        pa.LargeListArray.from_arrays(pa.array([0, len(words)], pa.int64()), words), pa.scalar("$^", TEXT)
    )
    blob = rewrite(b"^" + joined[0].as_buffer().to_pybytes() + b"$").translate(None, delete=b"$")
    return pc.list_flatten(pc.split_pattern(pa.array([blob.decode("ascii")], TEXT), "^"))[1:]


def replaced(blob: bytes, rules: Iterable[tuple[str, str]]) -> bytes:
    """The rules applied one after the other."""
    for before, after in rules:
        blob = blob.replace(before.encode(), after.encode())
    return blob


def single(blob: bytes, letters: bytes) -> bytes:
    """Runs of one of the letters as that letter once."""
    for letter in letters:
        double = bytes([letter, letter])
        while double in blob:
            blob = blob.replace(double, double[:1])
    return blob
