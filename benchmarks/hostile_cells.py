"""Cells made to hurt: one piece of text over and over, a piece for every class of character that a pattern may trip on.

Whatever a normaliser does with such a cell, it has to do it in time linear in its length.
"""

from __future__ import annotations

__all__ = ["PIECES", "hostile_cell"]

PIECES = {
    "spaces": " ", "no-break spaces": "\u00a0", "tabs": "\t", "line feeds": "\n", "line ends": "\r\n",
    "digits": "7", "Devanagari digits": "९", "letters": "a", "capitals": "A", "words": "ab ", "initials": "a.",
    "accents": "a\u0301", "loose marks": "\u0301", "viramas": "क्", "stacked letters": "ễ", "dotted capitals": "İ",
    "sharp s": "ß", "Kelvin signs": "K", "Han": "王", "Arabic letters": "م", "joiners": "\u200d",
    "non-joiners": "ک\u200c", "Devanagari joiners": "क्\u200d", "emoji": "👩\u200d", "zero-width spaces": "\u200b",
    "overrides": "\u202e", "direction marks": "\u200f", "NUL": "\x00", "controls": "\x01", "at signs": "@",
    "addresses": "a@b.co ", "half addresses": "a@", "addresses in brackets": "<a@b.co>", "spelt-out signs": " at ",
    "spelt-out dots": " dot ", "dots": ".", "commas": ",", "semicolons": ";", "quotes": '"', "apostrophes": "'",
    "brackets": "(", "pairs of brackets": "()", "angles": "<", "ampersands": "&", "references": "&amp;",
    "line breaks": "<br>", "slashes": "/", "dashes": "-", "spaced dashes": " -", "pluses": "+", "equals": "=",
    "hashes": "#", "underscores": "_", "bars": "|", "percent codes": "%20", "schemes": "http://", "hosts": "www.",
    "extensions": " ext 12", "numbers": "+12124567890,", "slashed numbers": "1234567/", "single figures": "1 ",
    "dates": "2020-01-01 ", "inverted names": "Lee, Ann, ", "mojibake": "Ã©", "mojibake of quotes": "â€™",
    "replacement characters": "\ufffd", "lookalikes": "aа",
}  # fmt: skip


def hostile_cell(name: str, size: int) -> str:
    """A run of one of the `PIECES`, ``size`` characters long."""
    piece = PIECES[name]
    return (piece * (size // len(piece) + 1))[:size]
