"""Brahmic scripts in Latin letters, the way their owners spell names.

The Unicode blocks from Devanagari to Malayalam share one layout, so one table of sounds by offset serves nine scripts.
What differs is how they are read: northern scripts drop the inherent vowel where nobody says it (``राम`` is Ram), the
southern ones keep it, and Tamil, which has one letter for k and g, voices its stops between vowels and after nasals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

__all__ = ["is_brahmic", "romanise_brahmic"]

_FIRST, _LAST = 0x900, 0xD7F
_LETTER = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
_DEVANAGARI, _BENGALI, _TAMIL, _MALAYALAM = 0, 1, 5, 8
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
_TAMIL_STOPS = {"k": ("k", "g"), "ch": ("s", "s"), "t": ("t", "d"), "p": ("p", "b")}


@dataclass(slots=True)
class _Sound:
    """One consonant and the vowel after it; a bare vowel has an empty consonant."""

    onset: str
    vowel: str | None = None  # None: the inherent vowel
    offset: int = 0

    @property
    def open(self) -> bool:
        return self.vowel != ""


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
    sounds = _parse(word, block)
    if block == _TAMIL:
        _voice_tamil(sounds)
    if block == _BENGALI:
        _glide_bengali(sounds)
    if block in _DROPS_SCHWA:
        _drop_schwas(sounds, after_clusters=block != _BENGALI)
    latin = "".join(sound.onset + ("a" if sound.vowel is None else sound.vowel) for sound in sounds)
    if block == _BENGALI:
        return latin.replace("au", "ou")
    return latin[:-2] + "o" if block in _SAYS_RAO and latin.endswith("avu") else latin


def _parse(word: str, block: int) -> list[_Sound]:
    sounds: list[_Sound] = []
    double = False
    for char in word:
        point = ord(char) - _FIRST
        offset = point & 0x7F if 0 <= point <= _LAST - _FIRST else -1
        if offset == _ADDAK and block == 2:
            double = True
        elif consonant := _consonant(offset, block):
            first = sounds[-1].vowel == "" if sounds else True
            onset = _bengali(consonant, offset, bool(sounds) and first) if block == _BENGALI else consonant
            sounds.append(_Sound(onset[0] + onset if double else onset, None, offset))
            double = False
        else:
            _attach(sounds, char, offset, block)
    _resolve_nasals(sounds)
    return sounds


@cache
def _consonant(offset: int, block: int) -> str:
    if block == _BENGALI and offset in (0x70, 0x71):
        return "r" if offset == 0x70 else "v"
    if block != _MALAYALAM and 0x58 <= offset <= 0x5F:
        return ("ts", "dz", "r")[offset - 0x58] if block == 6 and offset <= 0x5A else _PRECOMPOSED[offset]
    return _CONSONANTS.get(offset, "")


def _bengali(consonant: str, offset: int, clustered: bool) -> str:
    """Bengali says j for the letter at y (but not as the second part of a cluster) and b for the letter at v."""
    if offset == 0x2F:
        return "y" if clustered else "j"
    return consonant


def _attach(sounds: list[_Sound], char: str, offset: int, block: int) -> None:
    """A sign that belongs to the consonant before it, a vowel of its own, or a character of another script."""
    if block == _MALAYALAM and offset in _CHILLUS:
        sounds.append(_Sound(_CHILLUS[offset], ""))
    elif block == _BENGALI and offset == 0x4E:
        sounds.append(_Sound("t", ""))
    elif offset in _SIGNS and sounds:
        # a two-part vowel sign replaces what the first part said
        sounds[-1].vowel = _SIGNS[offset]
    elif offset == _VIRAMA and sounds:
        sounds[-1].vowel = ""
    elif offset == _NUKTA_SIGN and sounds:
        sounds[-1].onset = _NUKTA.get(sounds[-1].onset, sounds[-1].onset)
        if sounds[-1].offset == 0x2F:
            sounds[-1].onset = "y"
    elif offset in (_ANUSVARA, _CANDRABINDU) or (offset == _TIPPI and block == 2):
        sounds.append(_Sound("ṃ", "", offset))
    elif offset in _VOWELS:
        sounds.append(_Sound("", _VOWELS[offset], offset))
    elif offset == _VISARGA:
        # the Tamil aytam before p writes f
        sounds.append(_Sound("ḥ" if block == _TAMIL else "h", ""))
    elif offset < 0 and char not in "\u200c\u200d":
        sounds.append(_Sound(char, ""))


def _resolve_nasals(sounds: list[_Sound]) -> None:
    """An anusvara is m before a labial and at the end of a southern word's vowel, n elsewhere; aytam + p is f."""
    for place, sound in enumerate(sounds):
        after = sounds[place + 1].onset if place + 1 < len(sounds) else ""
        if sound.onset == "ṃ":
            at_end = place + 1 == len(sounds)
            labial = after.startswith(_LABIALS) or (at_end and sound.offset == _ANUSVARA)
            sound.onset = "m" if labial else "ng" if after == "h" else "n"
        elif sound.onset == "ḥ":
            sound.onset = ""
            if after == "p":
                sounds[place + 1].onset = "f"


def _voice_tamil(sounds: list[_Sound]) -> None:
    previous: _Sound | None = None
    letters = [sound.onset for sound in sounds]
    for place, sound in enumerate(sounds):
        letter = letters[place]
        if letter in _TAMIL_STOPS and 0x15 <= sound.offset <= 0x2A:
            dental = sound.offset == 0x24
            doubled = sound.vowel == "" and letters[place + 1 : place + 2] == [letter]
            second = previous is not None and previous.vowel == "" and letters[place - 1] == letter
            hard, soft = _TAMIL_STOPS[letter]
            if letter == "t" and not dental and sound.vowel == "" and letters[place + 1 : place + 2] == ["ch"]:
                sound.onset = "k"  # ட்ச is how names from Sanskrit write ksh: Meenakshi, Lakshmi
            elif letter == "ch" and previous is not None and previous.offset == 0x1F and previous.vowel == "":
                sound.onset = "sh"
            elif doubled or second:
                # Muthu and Pachai, but Pappu and Chokkalingam
                sound.onset = "" if doubled and (dental or letter == "ch") else "th" if dental else letter
            elif previous is None or (
                previous.vowel == "" and letters[place - 1] not in ("n", "m", "r", "l", "y", "v")
            ):
                sound.onset = "th" if dental else hard
            elif dental:
                sound.onset = "d" if letters[place - 1] == "n" and previous.vowel == "" else "th"
            elif letter == "ch":
                sound.onset = "j" if previous.vowel == "" and letters[place - 1] == "n" else soft
            else:
                sound.onset = soft if sound.open else hard
        previous = sound


def _glide_bengali(sounds: list[_Sound]) -> None:
    """Bengali writes w as o and y: ওয়াহিদ is Wahid, আনোয়ার Anwar; between consonant and vowel it keeps the o (Anowar)."""
    for before, sound in pairwise(sounds):
        if before.vowel == "o" and sound.onset == "y" and sound.vowel in ("a", "e", "i"):
            sound.onset = "w"
            if not before.onset:
                before.vowel = ""


def _drop_schwas(sounds: list[_Sound], *, after_clusters: bool) -> None:
    """Silence the inherent vowel at the end of a word and, from right to left, between V C_C V.

    After a cluster it stays if the cluster could not be said without it (Krishna, Mishra, Vidya; but Anand, Singh);
    Bengali keeps it after any (Datta, Sengupta).
    """
    if not sounds:
        return
    last = sounds[-1]
    if last.vowel is None and last.onset and len(sounds) > 1:
        previous = sounds[-2]
        sayable = after_clusters and (last.onset not in ("y", "r", "l", "v", "n", "m") or previous.offset == _ANUSVARA)
        if previous.open or sayable:
            last.vowel = ""
    for place in range(len(sounds) - 2, 0, -1):
        sound = sounds[place]
        if sound.vowel is not None or not sound.onset:
            continue
        following = sounds[place + 1]
        if following.onset and following.vowel not in (None, "") and sounds[place - 1].open:
            sound.vowel = ""
