"""Arabic-script words (Arabic, Persian, Urdu) in Latin letters.

The script leaves short vowels out, so a plain letter-by-letter reading gives ``mhmd``. A syllable is consonant, vowel
and at most one closing consonant; reading a run of consonants from its right end fills in the likely places:
``mahmad``.
"""

from __future__ import annotations

import re

__all__ = ["is_arabic", "read_as_written", "romanise_arabic", "spell_signs"]

_PAIRS = """
ب:b پ:p ت:t ث:s ج:j چ:ch ح:h خ:kh د:d ذ:z ر:r ز:z ژ:zh س:s ش:sh ص:s ض:z ط:t ظ:z غ:gh ف:f ق:gh ک:k ك:k گ:g
ل:l م:m ن:n ه:h ٹ:t ڈ:d ڑ:r ں:n ڤ:v ڨ:g ڭ:k
"""
_CONSONANTS = dict(pair.split(":") for pair in _PAIRS.split())
_LETTER = re.compile("[\u0620-\u06d5]")
_SILENT = "ءـ\u200c\u200d"
_BREATH = "H"  # the h of an aspirate, which is part of its consonant: phal, not pahal
_ASPIRATES = re.compile("(?<=[بپتٹجچدڈرڑکگلمن])ھ")
_SHORT_VOWELS = str.maketrans(
    {"\u064e": "a", "\u064f": "u", "\u0650": "i", "\u064b": "an", "\u064c": "un", "\u064d": "in", "ؤ": "u"}
    | {"ڑ": "رد"}  # a flap that is r to one and d to the next: near both
)


def is_arabic(word: str) -> bool:
    """Whether the word holds a letter this module reads."""
    return _LETTER.search(word) is not None


def romanise_arabic(word: str) -> str:
    """One folded Arabic-script word as lower-case Latin letters; other characters are passed through.

    >>> romanise_arabic("محمد"), romanise_arabic("رضایی"), romanise_arabic("فاطمه"), romanise_arabic("حسن")
    ('mahmad', 'razai', 'fateme', 'hasan')
    """
    return _with_short_vowels(_sounds(_letters(word)))


def read_as_written(word: str) -> str:
    """As `romanise_arabic`, but with the vowels that stand in the word and no others: what a comparison can rely on.

    Latin vowels are those of `spell_signs`.

    >>> read_as_written("محمد"), read_as_written("رضایی"), read_as_written("سمره"), read_as_written("امراؤ")
    ('mahmd', 'rzai', 'smra', 'amrau')
    """
    sounds = _sounds(_letters(word.replace("ق", "q")))  # only Persian says gh
    if sounds and sounds[-1] == ("e", "V"):
        sounds[-1] = ("a", "V")  # the last he is a in Arabic and Urdu; only Persian says e
    latin = ""
    for place, (sound, _) in enumerate(sounds):
        apart = sound == "h" and place > 0 and sounds[place - 1][1] == "c"  # p and h are two sounds here, no f
        latin += "a" + sound if apart else sound
    return latin.replace(_BREATH, "h")


def spell_signs(text: str) -> str:
    """What folding would lose as Latin letters, which it keeps: vowel signs, the waw with hamza, the h of aspirates.

    >>> spell_signs("اِشاره") == "اiشاره", spell_signs("پھل") == "پhل"
    (True, True)
    """
    return _ASPIRATES.sub("h", text.translate(_SHORT_VOWELS))


def _letters(word: str) -> list[str]:
    return [letter for letter in word.replace("الله", "اله") if letter not in _SILENT]


def _sounds(letters: list[str]) -> list[tuple[str, str]]:
    """(sound, kind) of each letter, kind being ``c`` consonant, ``v`` short or ``V`` long vowel.

    ا و ی ع ه are consonants or vowels by their neighbours.
    """
    sounds: list[tuple[str, str]] = []
    for place, letter in enumerate(letters):
        after = letters[place + 1] if place + 1 < len(letters) else ""
        sound = _READERS.get(letter, _consonant)(letter, place, after, sounds)
        if sound is not None:
            sounds.append(sound)
    return sounds


_Sounds = list[tuple[str, str]]


def _consonant(letter: str, place: int, after: str, before: _Sounds) -> tuple[str, str]:
    return _CONSONANTS.get(letter, letter), "c"


def _alef(letter: str, place: int, after: str, before: _Sounds) -> tuple[str, str] | None:
    if place:
        return None if before and before[-1][0] == "a" else ("a", "V")
    # a first alef in front of a semivowel only carries it: ایمان Iman
    return None if after in _SEMIVOWELS and after else ("a", "v")


def _waw(letter: str, place: int, after: str, before: _Sounds) -> tuple[str, str]:
    follows_vowel = bool(before) and before[-1][1] != "c"
    if place == 0 or follows_vowel or (after != "" and after in "اآیيى"):
        return "v", "c"
    return "u", "V"


def _ye(letter: str, place: int, after: str, before: _Sounds) -> tuple[str, str] | None:
    if after != "" and (place == 0 or after in "اآو"):
        return "y", "c"
    return None if before and before[-1][0] == "i" else ("i", "V")


def _ain(letter: str, place: int, after: str, before: _Sounds) -> tuple[str, str] | None:
    if place == 0:
        return None if after != "" and after in "اآویي" else ("a", "v")
    return None if (before and before[-1][0] == "a") or (after != "" and after in "اآ") else ("a", "V")


def _waw_hamza(letter: str, place: int, after: str, before: _Sounds) -> tuple[str, str]:
    return "u", "V"  # the hamza parts it from the vowel before: امراؤ Umrao


def _sign(letter: str, place: int, after: str, before: _Sounds) -> tuple[str, str]:
    return letter, "v"


def _breath(letter: str, place: int, after: str, before: _Sounds) -> tuple[str, str]:
    return _BREATH, "c"


def _he(letter: str, place: int, after: str, before: _Sounds) -> tuple[str, str] | None:
    # behind a consonant or i the last he only carries its vowel: فاطمه Fateme, راضیه Razie
    final = after == "" and place > 1 and bool(before) and (before[-1][1] == "c" or before[-1][0] == "i")
    return ("e", "V") if final else ("h", "c")


def _silent(letter: str, place: int, after: str, before: _Sounds) -> None:
    return None


_SEMIVOWELS = "ویي"
_READERS = {
    **dict.fromkeys("اآ", _alef),
    "و": _waw,
    "ؤ": _waw_hamza,
    **dict.fromkeys("aiu", _sign),
    "h": _breath,
    **dict.fromkeys("یيىےئ", _ye),
    **dict.fromkeys("هةہۃ", _he),
    "ع": _ain,
    "ھ": _silent,
}


def _with_short_vowels(sounds: _Sounds) -> str:
    pieces: list[str] = []
    run: list[str] = []
    before = ""
    for sound, kind in [*sounds, ("", "")]:
        if kind == "c":
            run.append(sound)
            continue
        pieces.append(_syllables(run, before, ends_open=kind != ""))
        pieces.append(sound)
        run, before = [], kind
    return "".join(pieces)


def _syllables(run: list[str], before: str, *, ends_open: bool) -> str:
    """Give a run of consonants its short vowels.

    The last consonant opens the vowel that follows, or closes the word. In between, syllables are consonant, vowel,
    consonant; after a long vowel a consonant starts a new one with e (قاسم ghasem, the commonest pattern of names).
    """
    if not run:
        return ""
    left, tail = run[:-1], run[-1]
    if not ends_open and left:  # a closed last syllable: h-a-san
        tail = left.pop() + ("e" if before == "V" and not left else "a") + tail
    elif not ends_open:
        return tail if before else tail + "a"
    parts: list[str] = []
    start = 0
    if before and left and (before == "v" or len(left) > 1 or not ends_open):
        parts.append(left[0])
        start = 1
    elif before and left:
        return left[0] + "e" + tail
    parts.extend(left[place] + "a" + "".join(left[place + 1 : place + 2]) for place in range(start, len(left), 2))
    return "".join(parts) + tail
