"""Masking of cells for people who need to see the shape of a problem, not whose data it is.

Works on user-perceived letters (grapheme clusters), so that a first letter is never torn from its vowel signs or its
conjunct: the first letter of ``क्षमा`` is ``क्ष``, not ``क``. Called on the handful of cells a report shows.
"""

from __future__ import annotations

import re
import unicodedata

from crmclean.tables.fields import BY_NAME, Kind

__all__ = ["DOTS", "graphemes", "mask", "mask_change", "shorten"]

DOT = "•"
DOTS = DOT * 3
ZWNJ, ZWJ = "\u200c", "\u200d"

# Cells of these kinds name no person: they are shown, after e-mail addresses and numbers inside them are masked.
_OPEN = frozenset(
    {
        Kind.TITLE,
        Kind.COMPANY,
        Kind.CITY,
        Kind.REGION,
        Kind.COUNTRY,
        Kind.PICKLIST,
        Kind.PERSON,
        Kind.CONSENT,
        Kind.FLAG,
    }
)
# ... and these are all digits by nature, none of which reaches anybody.
_PLAIN = frozenset({Kind.POSTCODE, Kind.NUMBER, Kind.DATE})
_PRIVATE_FIELDS = frozenset({"birth_date", "gender"})
_TOKENS = re.compile(r"([\s<>()\[\],;\"|]+)")
_TAMIL = range(0x0B80, 0x0C00)  # in Tamil the pulli ends a letter; elsewhere a virama joins the next consonant to it
_MANY_DIGITS = 7


def graphemes(text: str) -> list[str]:
    """User-perceived letters of ``text``, in order; joining them gives the text back.

    A simplified UAX #29 (marks, joiners, conjuncts across a virama, emoji sequences and flags).

    >>> graphemes("प्रिया")
    ['प्रि', 'या']
    >>> graphemes("தமிழ்")
    ['த', 'மி', 'ழ்']
    """
    clusters: list[str] = []
    for letter in text:
        if clusters and _continues(clusters[-1], letter):
            clusters[-1] += letter
        else:
            clusters.append(letter)
    return clusters


def _continues(cluster: str, letter: str) -> bool:
    if letter in (ZWJ, ZWNJ) or unicodedata.category(letter)[0] == "M" or 0x1F3FB <= ord(letter) <= 0x1F3FF:
        return cluster[-1] not in "\r\n"
    if not unicodedata.category(letter).startswith("L"):
        flags = 0x1F1E6 <= ord(letter) <= 0x1F1FF and 0x1F1E6 <= ord(cluster[0]) <= 0x1F1FF and len(cluster) == 1
        return flags or (cluster[-1] == ZWJ and unicodedata.category(letter) == "So")
    last = cluster.rstrip(ZWJ)[-1:]
    return bool(last) and unicodedata.combining(last) == 9 and ord(last) not in _TAMIL


def shorten(text: str, limit: int = 44) -> str:
    """``text`` cut to ``limit`` letters, with an ellipsis where something was cut.

    >>> shorten("abcdef", 4)
    'abc…'
    """
    if len(text) <= limit:
        return text
    letters = graphemes(text)
    return text if len(letters) <= limit else "".join(letters[: limit - 1]) + "…"


def mask(value: str, field: str = "") -> str:
    """A cell of a canonical field with what identifies a person hidden; ``""`` is an unmapped column.

    E-mail addresses keep their first letter and domain, numbers their last two digits, words their first letter.
    Companies, titles, places and dates stay as they are. Invisible and control characters are spelled out.

    >>> mask("ann.lee@example.com", "email"), mask("+1 212 555 0134", "phone")
    ('a•••@example.com', '+• ••• ••• ••34')
    >>> mask("प्रिया शर्मा", "full_name")
    'प्रि••• श•••'
    """
    kind = BY_NAME[field].kind if field in BY_NAME else Kind.TEXT
    if field in _PRIVATE_FIELDS:
        masked = _mask_numbers(value, keep=0)
    elif kind in _PLAIN:
        masked = value
    elif kind is Kind.PHONE or kind is Kind.ID:
        masked = _mask_numbers(value, keep=2)
    elif kind is Kind.WEBSITE:
        masked = _mask_address(value)
    else:
        pieces = _TOKENS.split(value[:400])
        masked = "".join(_mask_token(piece, kind in _OPEN) for piece in pieces)
    return shorten(_spell_out(masked))


def mask_change(before: str, after: str, field: str = "") -> tuple[str, str]:
    """Both sides of a change, masked so that what changed can still be seen.

    >>> mask_change("JOHN SMITH", "John Smith", "full_name")
    ('JXXX SXXXX', 'Jxxx Sxxxx')
    >>> mask_change("  Ann   Lee", "Ann Lee", "full_name")
    ('␣␣A••• ␣␣L•••', 'A••• L•••')
    """
    pair = (_show_spaces(mask(before, field)), _show_spaces(mask(after, field)))
    if pair[0] != pair[1] or before == after:
        return pair
    left, right = graphemes(before), graphemes(after)
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    if max(len(left), len(right)) - start - end > 3:
        return shorten(_shape(left)), shorten(_shape(right))
    return tuple(  # type: ignore[return-value]
        shorten(_spell_out(_shape(side, range(start, len(side) - end)))) for side in (left, right)
    )


# ---- pieces


def _is_word(letter: str) -> bool:
    """Whether a grapheme belongs to a word; foreign symbols do, they are often mangled letters."""
    kind = unicodedata.category(letter[0])
    return kind[0] in "LMN" or letter[0] in (ZWJ, ZWNJ) or (kind[0] == "S" and ord(letter[0]) > 127)


def _mask_token(token: str, is_open: bool) -> str:
    if "@" in token[1:-1]:
        local, _, domain = token.rpartition("@")
        return (graphemes(local)[0] if local else "") + DOTS + "@" + domain
    if sum(letter.isdigit() for letter in token) >= _MANY_DIGITS:
        return _mask_numbers(token, keep=2)
    return token if is_open else _mask_words(token)


def _mask_words(text: str) -> str:
    shown: list[str] = []
    inside = False
    for letter in graphemes(text):
        if not _is_word(letter):
            shown.append(letter)
            inside = inside and unicodedata.category(letter[0]) == "Cf"  # an invisible sign does not end a word
        elif not inside:
            shown.append(letter)
            inside = True
        elif shown[-1] != DOTS:
            shown.append(DOTS)
    return "".join(shown)


def _mask_numbers(text: str, keep: int) -> str:
    """Digits become dots except the last ``keep``; words keep their first letter."""
    letters = graphemes(text)
    digits = [place for place, letter in enumerate(letters) if letter[0].isdigit()]
    hidden = set(digits[: max(len(digits) - keep, 0)])
    parts = "".join(DOT if place in hidden else letter for place, letter in enumerate(letters))
    pieces = re.split(r"([^\W\d_]+)", parts)
    return "".join(piece if place % 2 == 0 else _mask_words(piece) for place, piece in enumerate(pieces))


def _mask_address(text: str) -> str:
    """A web address keeps its host; a profile path may name somebody."""
    if "@" in text:
        return _mask_token(text, is_open=False)
    scheme, separator, rest = text.rpartition("://")
    host, slash, path = rest.partition("/")
    return scheme + separator + host + slash + (DOTS if path else "")


def _shape(letters: list[str], shown: range = range(0)) -> str:
    """The case and punctuation of a text without its letters, except the first of each word and those ``shown``."""
    drawn: list[str] = []
    inside = False
    for place, letter in enumerate(letters):
        word = _is_word(letter)
        if not word or not inside or place in shown:
            drawn.append(letter)
        elif len(shown):
            drawn.append(DOT)
        else:
            drawn.append("X" if letter.isupper() else "x" if letter.islower() else DOT)
        inside = word
    return "".join(drawn)


def _spell_out(text: str) -> str:
    """Invisible, control and direction characters as their code points; the joiners that spell words stay."""
    if text.isprintable():
        return text
    return "".join(
        f"⟨U+{ord(letter):04X}⟩"
        if unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp") and letter not in (ZWJ, ZWNJ)
        else letter
        for letter in text
    )


def _show_spaces(text: str) -> str:
    """Leading, trailing and repeated spaces as visible signs; hard spaces too."""
    body = text.strip(" ")
    head = len(text) - len(text.lstrip(" ")) if body else len(text)
    tail = len(text) - head - len(body)
    body = re.sub(r"(?<= ) ", "␣", body).replace("\u00a0", "⍽").replace("\u202f", "⍽")
    return "␣" * head + body + "␣" * tail
