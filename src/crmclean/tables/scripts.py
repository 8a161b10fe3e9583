"""Which code points are letters of which script, by blocks of the Unicode character database."""

from __future__ import annotations

from bisect import bisect_right

__all__ = ["script_of_char"]

_SCRIPTS = (  # first code point, last code point, script
    *((0x41, 0x5A, "Latin"), (0x61, 0x7A, "Latin"), (0xAA, 0xAA, "Latin"), (0xBA, 0xBA, "Latin")),
    *((0xC0, 0x2AF, "Latin"), (0x370, 0x3FF, "Greek"), (0x400, 0x52F, "Cyrillic"), (0x531, 0x58F, "Armenian")),
    *((0x590, 0x5FF, "Hebrew"), (0x600, 0x6FF, "Arabic"), (0x700, 0x74F, "Syriac"), (0x750, 0x77F, "Arabic")),
    *((0x780, 0x7BF, "Thaana"), (0x7C0, 0x7FF, "Nko"), (0x860, 0x8FF, "Arabic"), (0x900, 0x97F, "Devanagari")),
    *((0x980, 0x9FF, "Bengali"), (0xA00, 0xA7F, "Gurmukhi"), (0xA80, 0xAFF, "Gujarati"), (0xB00, 0xB7F, "Oriya")),
    *((0xB80, 0xBFF, "Tamil"), (0xC00, 0xC7F, "Telugu"), (0xC80, 0xCFF, "Kannada"), (0xD00, 0xD7F, "Malayalam")),
    *((0xD80, 0xDFF, "Sinhala"), (0xE00, 0xE7F, "Thai"), (0xE80, 0xEFF, "Lao"), (0xF00, 0xFFF, "Tibetan")),
    *((0x1000, 0x109F, "Myanmar"), (0x10A0, 0x10FF, "Georgian"), (0x1100, 0x11FF, "Hangul")),
    *((0x1200, 0x139F, "Ethiopic"), (0x13A0, 0x13FF, "Cherokee"), (0x1780, 0x17FF, "Khmer")),
    *((0x1800, 0x18AF, "Mongolian"), (0x1C80, 0x1C8F, "Cyrillic"), (0x1C90, 0x1CBF, "Georgian")),
    *((0x1D00, 0x1D25, "Latin"), (0x1E00, 0x1EFF, "Latin"), (0x1F00, 0x1FFF, "Greek"), (0x2C60, 0x2C7F, "Latin")),
    *((0x2D00, 0x2D2F, "Georgian"), (0x2DE0, 0x2DFF, "Cyrillic"), (0x2E80, 0x2FDF, "Han"), (0x3005, 0x3007, "Han")),
    *(
        (0x3021, 0x3029, "Han"),
        (0x3041, 0x309F, "Hiragana"),
        (0x30A0, 0x30FF, "Katakana"),
        (0x3105, 0x312F, "Bopomofo"),
    ),
    *((0x3131, 0x318E, "Hangul"), (0x31F0, 0x31FF, "Katakana"), (0x3400, 0x4DBF, "Han"), (0x4E00, 0x9FFF, "Han")),
    *(
        (0xA640, 0xA69F, "Cyrillic"),
        (0xA720, 0xA7FF, "Latin"),
        (0xA8E0, 0xA8FF, "Devanagari"),
        (0xAB30, 0xAB6F, "Latin"),
    ),
    *((0xAC00, 0xD7FF, "Hangul"), (0xF900, 0xFAFF, "Han"), (0xFB00, 0xFB06, "Latin"), (0xFB13, 0xFB17, "Armenian")),
    *((0xFB1D, 0xFB4F, "Hebrew"), (0xFB50, 0xFDFF, "Arabic"), (0xFE70, 0xFEFC, "Arabic"), (0xFF21, 0xFF3A, "Latin")),
    *(
        (0xFF41, 0xFF5A, "Latin"),
        (0xFF66, 0xFF9D, "Katakana"),
        (0xFFA0, 0xFFDC, "Hangul"),
        (0x1B000, 0x1B16F, "Hiragana"),
    ),
    (0x20000, 0x323AF, "Han"),
)
_SCRIPT_STARTS = [first for first, _, _ in _SCRIPTS]


def script_of_char(char: str) -> str:
    """The Unicode script of one letter (``Latin``, ``Devanagari``, ...); ``""`` for one of no script listed here.

    >>> script_of_char("क"), script_of_char("ß"), script_of_char("1")
    ('Devanagari', 'Latin', '')
    """
    point = ord(char)
    place = bisect_right(_SCRIPT_STARTS, point) - 1
    return _SCRIPTS[place][2] if place >= 0 and point <= _SCRIPTS[place][1] else ""
