"""What sort of file some bytes are, where that is not text; and why a file that is no table cannot be read."""

from __future__ import annotations

import json

from crmclean.errors import InputUnreadable

__all__ = ["format_of", "refuse_binary", "refuse_text"]

_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PAR1", "parquet", ""),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook", ""),
    (b"\x1f\x8b", "gzip", ""),
    (b"%PDF", "", "a PDF document"),
    (b"\x89PNG", "", "a PNG image"),
    (b"\xff\xd8\xff", "", "a JPEG image"),
    (b"GIF8", "", "a GIF image"),
    (b"7z\xbc\xaf\x27\x1c", "", "a 7-Zip archive"),
    (b"Rar!", "", "a RAR archive"),
    (b"BZh", "", "a bzip2 archive"),
    (b"\xfd7zXZ", "", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "", "a Zstandard archive"),
    (b"SQLite format 3\0", "", "an SQLite database"),
    (b"\x7fELF", "", "a program"),
    (b"MZ\x90", "", "a program"),
    (b"{\\rtf", "", "an RTF document"),
    (b"ARROW1", "", "an Arrow file"),
)
_CARDS = ("begin:vcard", "begin:vcalendar")
_MARKUP = ("<!doctype", "<html", "<?xml", "<table", "<workbook", "<svg")


def format_of(data: bytes) -> str:
    """``parquet``, ``workbook``, ``gzip``, or ``text`` for whatever carries no mark of another format.

    Raises
    ------
    InputUnreadable
        The bytes are of a format that holds no table we can read; the message names it.
    """
    for mark, name, reason in _MAGIC:
        if data.startswith(mark) and (name != "parquet" or data.endswith(b"PAR1")):
            if reason:
                raise InputUnreadable(f"it is {reason}, not a table")
            return name
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if any(part in data for part in (b"xl/workbook", b"opendocument.spreadsheet", b"xl/worksheets")):
            return "workbook"
        raise InputUnreadable("it is a zip archive, not a table", hint="unpack it and give the file inside")
    return "text"


def refuse_binary(utf8: bytes) -> None:
    """Raise InputUnreadable if decoded text is not text after all."""
    sample = utf8[: 1 << 16].rstrip(b"\0")  # a copy that was cut short is filled up with NUL
    controls = sum(sample.count(code) for code in range(1, 32) if code not in (9, 10, 11, 12, 13, 27, 28, 29, 30, 31))
    nul = sample.count(0)
    if (controls >= 4 and controls > 0.05 * len(sample)) or nul > 0.3 * len(sample):
        raise InputUnreadable("it holds binary data, not text")


def refuse_text(text: str) -> None:
    """Raise InputUnreadable if the text is of another kind than rows of cells (markup, JSON) or holds nothing."""
    head = text[:4096].lstrip().lower()
    if not head and not text.strip():
        raise InputUnreadable("it holds nothing but blank lines" if text else "it is empty (0 bytes)")
    if head.startswith(_MARKUP):
        raise InputUnreadable("it is a web page or XML, not a table", hint="export the data as CSV or xlsx")
    if head.startswith(_CARDS):
        raise InputUnreadable("it is a file of vCards or calendar entries, not a table", hint="export the data as CSV")
    if head[:1] in ("{", "[") and _is_json(text):
        raise InputUnreadable("it is JSON, not a table of cells", hint="export the data as CSV or Parquet")


def _is_json(text: str) -> bool:
    first = text.lstrip().split("\n", 1)[0]
    for piece in (first, text if len(text) < 1 << 24 else first):
        try:
            value = json.loads(piece)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) or (isinstance(value, list) and all(isinstance(row, dict | list) for row in value)):
            return True
    return False
