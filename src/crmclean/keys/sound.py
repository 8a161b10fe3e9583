"""Sound: a spelling of a romanised name with its vowels, in which the habits of romanisers are one.

Finer than the skeleton, which drops vowels, and more forgiving than the key, which spells: ``Noori`` and ``Nuri``,
``Qanuni`` and ``Kanooni``, ``Shreya`` and ``Shriya`` sound the same. Capitals are sounds of two letters: C is ch, S is
sh.
"""

from __future__ import annotations

import pyarrow as pa

from crmclean.keys.rewriting import Rewriter

__all__ = ["sounds"]

# Order matters. "^" is the start of a word, "$" its end.
_RULES: tuple[tuple[str, str], ...] = (
    # consonants of several letters; aspiration is written by one and left out by the next
    *(("tsch", "C"), ("tch", "C"), ("chh", "C"), ("sch", "S"), ("ch", "C"), ("tsh", "C"), ("sh", "S"), ("zh", "j")),
    *(("ph", "f"), ("gh", "g"), ("kh", "k"), ("th", "t"), ("dh", "d"), ("bh", "b"), ("jh", "j")),
    *(("ck", "k"), ("q", "k"), ("w", "v"), ("x", "ks"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k")),
    # y between vowels is a consonant and leaves the vowel before it alone: Chhaya
    *((f"{one}y{other}", f"{one}Y{other}") for one in "aeiou" for other in "aeiou"),
    # vowels: long ones are doubled by some, e and i, o and u are one where no script of their own tells them apart
    *(("ee", "i"), ("ea", "i"), ("oo", "u"), ("ou", "u"), ("ai", "i"), ("ay", "i"), ("ei", "i"), ("ey", "i")),
    *(("ae", "i"), ("au", "u"), ("y", "i"), ("Y", "i"), ("e", "i"), ("o", "u")),
    *((f"{vowel}h{end}", f"{vowel}{end}") for vowel in "aiu" for end in "$ "),
)

_SOUND = Rewriter(_RULES, single=b"abcdfgijklmnprstuvzCS")


def sounds(words: pa.LargeStringArray) -> pa.LargeStringArray:
    """The sound of each lower-case ASCII value (words and single spaces); digits stay.

    >>> names = ["noori", "nuri", "qanuni", "kanooni", "chhaya", "chaya", "fatimah", "fateema"]
    >>> sounds(pa.array(names, pa.large_string())).to_pylist()
    ['nuri', 'nuri', 'kanuni', 'kanuni', 'Caia', 'Caia', 'fatima', 'fatima']
    """
    return _SOUND.of_values(words)
