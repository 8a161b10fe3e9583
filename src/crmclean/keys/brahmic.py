"""Brahmic scripts in Latin letters, the way their owners spell names.

The Unicode blocks from Devanagari to Malayalam share one layout, so one table of sounds by offset serves nine scripts.
What differs is how they are read: northern scripts drop the inherent vowel where nobody says it (``राम`` is Ram), the
southern ones keep it, and Tamil, which has one letter for k and g, voices its stops between vowels and after nasals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

__all__ = ["is_brahmic", "romanise_brahmic"]

_FIRST, _LAST = 0x900, 0xD7F
_LETTER = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
_BENGALI, _GURMUKHI, _TAMIL, _TELUGU, _MALAYALAM = 1, 2, 5, 6, 8
_DROPS_SCHWA = frozenset({0, 1, 2, 3, 4})  # Devanagari, Bengali, Gurmukhi, Gujarati, Oriya
_SAYS_RAO = frozenset({6, 7})  # Telugu, Kannada

_CONSONANT_ROW = "k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h"
_VOWEL_ROW = "a a i i u u ri li e e e ai o o o au"
_SIGN_ROW = "a i i u u ri ri e e e ai o o o au"
_NUKTA_ROW = "q kh gh z r rh f y"
_CONSONANTS = dict(enumerate(_CONSONANT_ROW.split(), start=0x15))
_VOWELS = {**dict(enumerate(_VOWEL_ROW.split(), start=0x05)), 0x04: "a", 0x60: "ri", 0x61: "li"}
_SIGNS = {**dict(enumerate(_SIGN_ROW.split(), start=0x3E)), 0x56: "ai", 0x57: "au", 0x62: "li"}
_NUKTA = {"k": "q", "kh": "kh", "g": "gh", "j": "z", "d": "r", "dh": "rh", "ph": "f", "y": "y", "jh": "zh"}
_PRECOMPOSED = dict(enumerate(_NUKTA_ROW.split(), start=0x58))
_CANDRABINDU, _ANUSVARA, _VISARGA, _NUKTA_SIGN, _VIRAMA, _TIPPI, _ADDAK = 0x01, 0x02, 0x03, 0x3C, 0x4D, 0x70, 0x71
_CHILLUS = {0x54: "m", 0x55: "y", 0x56: "zh", 0x7A: "n", 0x7B: "n", 0x7C: "r", 0x7D: "l", 0x7E: "l", 0x7F: "k"}
_LABIALS = ("p", "b", "m", "f")
# Tamil has one letter for s and ch. At the start of a name it is mostly s (Saravanan, Selvam); these begin with ch.
_TAMIL_CH = (
    *("சந்திர", "சந்தன", "சந்து", "சந்த்", "சக்கர", "சக்ர", "சட்டர்", "சட்டோ", "சதுர்வே", "சவுத்ரி", "சௌத்ரி"),
    *("சவுகான்", "சௌகான்", "சவான்", "சாட்டர்", "சாணக்", "சாரு", "சார்ல", "சிதம்பர", "சித்ர", "சித்திரா"),
    *("சிரஞ்சீ", "சின்ன", "சின்னை", "செங்கப்பா", "செட்டி", "செல்ல", "செழிய", "சேதன்", "சேரன்", "சேரமா", "சைதன்"),
    *("சொக்க", "சோப்ரா", "சோழ"),
)
# Common names, and ends of names, whose Latin spelling is settled and not what the letters say.
_SPELT = (
    *(("நாயுடு", "naidu"), ("నాయుడు", "naidu"), ("ரெட்டி", "reddi"), ("ஜோசப்", "joseph"), ("ாசலம்", "ாchalam")),
    *(("முகமது", "mohammed"), ("முஹம்மது", "mohammed"), ("அப்துல்", "abdul"), ("ஜான்", "john"), ("டேவிட்", "david")),
)
_TAMIL_STOPS = {"k": ("k", "g"), "ch": ("s", "s"), "t": ("t", "d"), "p": ("p", "b")}


@dataclass(slots=True)
class _Sounds:
    """The sounds of a word, consonant by consonant, each with the vowel after it; a bare vowel has no consonant."""

    onsets: list[str]
    vowels: list[str | None]  # None: the inherent vowel, "": none
    offsets: list[int]  # of the letter in its block, 0 where it does not matter


def is_brahmic(word: str) -> bool:
    """Whether the word holds a character of the scripts this module reads."""
    return _LETTER.search(word) is not None


def romanise_brahmic(word: str) -> str:
    """One word of one Brahmic script (other characters are passed through) as lower-case Latin letters.

    >>> romanise_brahmic("शर्मा"), romanise_brahmic("குமார்"), romanise_brahmic("రవి"), romanise_brahmic("সৌরভ")
    ('sharma', 'kumar', 'ravi', 'sourabh')
    """
    first = _LETTER.search(word)
    block = (ord(first[0]) - _FIRST) >> 7 if first else 0
    if block in (_TAMIL, _TELUGU):
        for native, latin in _SPELT:
            word = word.replace(native, latin)
    sounds = _parse(word, block)
    if block == _TAMIL:
        _voice_tamil(sounds)
        _glide_tamil(sounds)
        if word.startswith(_TAMIL_CH):
            sounds.onsets[0] = "ch"
    if block == _BENGALI:
        _glide_bengali(sounds)
    if block in _DROPS_SCHWA:
        _drop_schwas(sounds, after_clusters=block != _BENGALI)
    said = ["a" if vowel is None else vowel for vowel in sounds.vowels]
    latin = "".join([onset + vowel for onset, vowel in zip(sounds.onsets, said, strict=True)])
    if block == _BENGALI:
        return latin.replace("au", "ou")
    return latin[:-2] + "o" if block in _SAYS_RAO and latin.endswith("avu") else latin


def _parse(word: str, block: int) -> _Sounds:
    onsets: list[str] = []
    vowels: list[str | None] = []
    offsets: list[int] = []
    double = nasal = False
    for char in word:
        role, text, offset = _role(char, block)
        if role == "consonant":
            if block == _BENGALI and offset == 0x2F:
                # Bengali says j for the letter at y, but not as the second part of a cluster
                text = "y" if vowels and vowels[-1] == "" else "j"
            onsets.append(text[0] + text if double else text)
            vowels.append(None)
            offsets.append(offset)
            double = False
        elif role == "sound":
            onsets.append(text)
            vowels.append("")
            offsets.append(offset)
            nasal = nasal or text in "ṃḥ"
        elif role == "vowel":
            onsets.append("")
            vowels.append(text)
            offsets.append(offset)
        elif role == "doubler":
            double = True
        elif not onsets:
            continue  # a sign with nothing to belong to
        elif role == "sign":
            vowels[-1] = text  # a two-part vowel sign replaces what the first part said
        elif role == "nukta":
            onsets[-1] = "y" if offsets[-1] == 0x2F else _NUKTA.get(onsets[-1], onsets[-1])
    sounds = _Sounds(onsets, vowels, offsets)
    if nasal:
        _resolve_nasals(sounds)
    return sounds


@cache
def _role(char: str, block: int) -> tuple[str, str, int]:
    """What a character is in words of a block, how it sounds, and its place in its own block.

    A consonant, a sound without a vowel, a vowel of its own, a sign that belongs to the consonant before it (its vowel,
    "" for the virama, or the nukta), what doubles the consonant after it; or nothing.
    """
    point = ord(char) - _FIRST
    offset = point & 0x7F if 0 <= point <= _LAST - _FIRST else -1
    if offset == _ADDAK and block == _GURMUKHI:
        return "doubler", "", 0
    if consonant := _consonant(offset, block):
        return "consonant", consonant, offset
    if block == _MALAYALAM and offset in _CHILLUS:
        return "sound", _CHILLUS[offset], 0
    if block == _BENGALI and offset == 0x4E:
        return "sound", "t", 0
    if offset in _SIGNS or offset == _VIRAMA:
        return "sign", _SIGNS.get(offset, ""), 0
    if offset == _NUKTA_SIGN:
        return "nukta", "", 0
    if offset in (_ANUSVARA, _CANDRABINDU) or (offset == _TIPPI and block == _GURMUKHI):
        return "sound", "ṃ", offset
    if offset in _VOWELS:
        return "vowel", _VOWELS[offset], offset
    if offset == _VISARGA:  # the Tamil aytam before p writes f
        return "sound", "ḥ" if block == _TAMIL else "h", 0
    return ("sound", char, 0) if offset < 0 and char not in "\u200c\u200d" else ("nothing", "", 0)


def _consonant(offset: int, block: int) -> str:
    if block == _BENGALI and offset in (0x70, 0x71):
        return "r" if offset == 0x70 else "v"
    if block != _MALAYALAM and 0x58 <= offset <= 0x5F:
        return ("ts", "dz", "r")[offset - 0x58] if block == _TELUGU and offset <= 0x5A else _PRECOMPOSED[offset]
    return _CONSONANTS.get(offset, "")


def _resolve_nasals(sounds: _Sounds) -> None:
    """An anusvara is m before a labial and at the end of a southern word's vowel, n elsewhere; aytam + p is f."""
    onsets = sounds.onsets
    for place, onset in enumerate(onsets):
        after = onsets[place + 1] if place + 1 < len(onsets) else ""
        if onset == "ṃ":
            at_end = place + 1 == len(onsets)
            labial = after.startswith(_LABIALS) or (at_end and sounds.offsets[place] == _ANUSVARA)
            onsets[place] = "m" if labial else "ng" if after == "h" else "n"
        elif onset == "ḥ":
            onsets[place] = ""
            if after == "p":
                onsets[place + 1] = "f"


def _voice_tamil(sounds: _Sounds) -> None:
    letters, vowels, offsets = [*sounds.onsets], sounds.vowels, sounds.offsets
    for place, letter in enumerate(letters):
        if letter not in _TAMIL_STOPS or not 0x15 <= offsets[place] <= 0x2A:
            continue
        before = letters[place - 1] if place else ""
        closed = bool(place) and vowels[place - 1] == ""  # no vowel before it
        after = letters[place + 1] if place + 1 < len(letters) else ""
        dental = offsets[place] == 0x24
        doubled = vowels[place] == "" and after == letter
        second = closed and before == letter
        hard, soft = _TAMIL_STOPS[letter]
        if letter == "t" and not dental and vowels[place] == "" and after == "ch":
            onset = "k"  # ட்ச is how names from Sanskrit write ksh: Meenakshi, Lakshmi
        elif letter == "ch" and closed and offsets[place - 1] == 0x1F:
            onset = "sh"
        elif doubled or second:
            # Muthu and Pachai, but Pappu and Chokkalingam
            onset = "" if doubled and (dental or letter == "ch") else "th" if dental else letter
        elif not place or (closed and before not in ("n", "m", "r", "l", "y", "v")):
            onset = "th" if dental else hard
        elif dental:
            onset = "d" if before == "n" and closed else "th"
        elif letter == "ch":
            onset = "j" if closed and before == "n" else soft
        else:
            onset = hard if vowels[place] == "" else soft
        sounds.onsets[place] = onset


def _glide_tamil(sounds: _Sounds) -> None:
    """In the first syllable vu before a consonant writes the second half of au: கவுண்டர் is Gounder, சவுந்தர் Soundar."""
    onsets, vowels = sounds.onsets, sounds.vowels
    if len(onsets) > 2 and vowels[:2] == [None, "u"] and sounds.offsets[1] == 0x35 and onsets[2]:
        vowels[0], onsets[1] = "o", ""


def _glide_bengali(sounds: _Sounds) -> None:
    """Bengali writes w as o and y: ওয়াহিদ is Wahid, আনোয়ার Anwar; between consonant and vowel it keeps the o (Anowar)."""
    onsets, vowels = sounds.onsets, sounds.vowels
    for place in range(1, len(onsets)):
        if vowels[place - 1] == "o" and onsets[place] == "y" and vowels[place] in ("a", "e", "i"):
            onsets[place] = "w"
            if not onsets[place - 1]:
                vowels[place - 1] = ""


def _drop_schwas(sounds: _Sounds, *, after_clusters: bool) -> None:
    """Silence the inherent vowel at the end of a word and, from right to left, between V C_C V.

    After a cluster it stays if the cluster could not be said without it (Krishna, Mishra, Vidya; but Anand, Singh);
    Bengali keeps it after any (Datta, Sengupta).
    """
    onsets, vowels = sounds.onsets, sounds.vowels
    last = len(onsets) - 1
    if last > 0 and vowels[last] is None and onsets[last]:
        sayable = after_clusters and (
            onsets[last] not in ("y", "r", "l", "v", "n", "m") or sounds.offsets[last - 1] == _ANUSVARA
        )
        if vowels[last - 1] != "" or sayable:
            vowels[last] = ""
    for place in range(last - 1, 0, -1):
        is_inherent = vowels[place] is None and onsets[place] != ""
        if is_inherent and onsets[place + 1] and vowels[place + 1] and vowels[place - 1] != "":
            vowels[place] = ""
