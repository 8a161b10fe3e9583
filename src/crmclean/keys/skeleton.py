"""Consonant skeleton: one code for the spellings of one name across romanisations and scripts.

Vowels go, sounds that spellings confuse become one letter: voiced and unvoiced stops (Tamil and Arabic do not write the
difference), v and b (Bengali), sh and s (Hindi), ph and f, k and q. The rules are English, German, French and Slavic
spelling at once, so the code is coarse: agreement is a hint and a blocking key, not a match.
"""

from __future__ import annotations

import pyarrow as pa

from crmclean.keys.rewriting import Rewriter

__all__ = ["skeletons", "word_skeletons"]

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


_SKELETON = Rewriter(_RULES, table=_TABLE, single=b"PTKSFMNLRC", dropped=b"aeiouyh'", lower=True)


def skeletons(words: pa.LargeStringArray) -> pa.LargeStringArray:
    """The code of each lower-case ASCII word (no spaces); digits stay.

    >>> names = ["schmidt", "schmitt", "katherine", "catherine", "rezaei", "razai"]
    >>> skeletons(pa.array(names, pa.large_string())).to_pylist()
    ['smt', 'smt', 'ktrn', 'ktrn', 'rs', 'rs']
    """
    return _SKELETON.of_values(words)


def word_skeletons(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """The codes of the words of each value, single spaces between them."""
    return _SKELETON.of_words(texts)
