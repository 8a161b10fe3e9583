"""Bytes to text, line by line where one encoding does not fit all of it.

A mostly-UTF-8 file with some lines in a code page is common: rows pasted in from another system. Such a file is decoded
a line at a time, UTF-8 first, then the code page, and each row remembers which it was. ISO 8859-1, in which every byte
means something, is the last resort, so decoding never fails and never drops a byte.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from crmclean.tables.evidence import TEXT

__all__ = ["Decoded", "decode", "is_utf8", "without_mark"]

_WIDE = ("utf-16", "utf-32")
_LINE = 1 << 16  # bytes up to which making a string is cheaper than an Arrow array

_WESTERN = frozenset({"cp1252", "mac-roman", "cp1250", "cp1254", "cp1257", "iso8859-1", "iso8859-15", "cp850", "cp437"})


class Decoded(NamedTuple):
    """The text as UTF-8 bytes without a byte order mark, and the encodings its lines had.

    ``codes`` holds an index into ``names`` for each physical line; None where all have ``names[0]``.
    """

    utf8: bytes
    names: tuple[str, ...]
    codes: np.ndarray[Any, np.dtype[np.uint8]] | None
    notes: tuple[str, ...]


def decode(data: bytes, encoding: str, guess_page: Callable[[list[bytes]], str]) -> Decoded:
    """``data`` decoded.

    Parameters
    ----------
    data : bytes
        The file.
    encoding : str
        Python codec name; a line that it cannot decode falls back to another encoding.
    guess_page : callable
        Gives the code page of lines that are neither UTF-8 nor ``encoding``; called only where there are any.
    """
    if encoding.startswith(_WIDE):
        return _decode_wide(data, encoding)
    if encoding == "utf-8":
        body = without_mark(data, encoding)
        if is_utf8(body):
            return Decoded(body, ("utf-8",), None, ())
        return _decode_lines(body, encoding, guess_page)
    if encoding in _WESTERN and not data.isascii():
        return _decode_lines(data, encoding, guess_page)
    try:
        return Decoded(data.decode(encoding).encode("utf-8"), (encoding,), None, ())
    except UnicodeError:
        return _decode_lines(data, encoding, guess_page)


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are valid UTF-8; many of them are looked at, not decoded.

    >>> is_utf8("é".encode()), is_utf8("é".encode("cp1252"))
    (True, False)
    """
    if data.isascii():
        return True
    if len(data) < _LINE:
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True
    ends = pa.py_buffer(np.array([0, len(data)], np.int64))
    try:
        pa.Array.from_buffers(TEXT, 1, [None, ends, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def without_mark(data: bytes, encoding: str) -> bytes:
    """``data`` without its byte order mark, be it the mark of another encoding of the family."""
    if "32" in encoding:
        for mark in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
            if data.startswith(mark):
                return data[4:]
    if encoding.startswith(_WIDE) and data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data[2:]
    while encoding == "utf-8" and data.startswith(b"\xef\xbb\xbf"):  # each tool on the way may have put one there
        data = data[3:]
    return data


def _decode_wide(data: bytes, encoding: str) -> Decoded:
    data = without_mark(data, encoding)
    try:
        return Decoded(data.decode(encoding).encode("utf-8"), (encoding,), None, ())
    except UnicodeError:
        text = data.decode(encoding, errors="replace").encode("utf-8", errors="replace")
        return Decoded(text, (encoding,), None, (f"some bytes are not {encoding}; they are shown as \ufffd",))


def _decode_lines(data: bytes, encoding: str, guess_page: Callable[[list[bytes]], str]) -> Decoded:
    """Each line in the first encoding that fits it."""
    lines = data.splitlines(keepends=True)
    page = encoding
    if encoding == "utf-8":
        page = guess_page([_strange_part(line) for line in lines if not is_utf8(line)])
    chain = ["utf-8", page] if encoding == "utf-8" or encoding in _WESTERN else [page, "utf-8"]
    chain = [*dict.fromkeys([*chain, "iso8859-1"])]
    names = [encoding]
    codes = np.zeros(len(lines), np.uint8)
    for position, line in enumerate(lines):
        if line.isascii():
            continue
        mixed = _by_pieces(line, page) if encoding == "utf-8" else None
        for name in chain if mixed is None else [page]:
            try:
                lines[position] = line.decode(name).encode("utf-8") if mixed is None else mixed.encode("utf-8")
            except UnicodeError:
                continue
            if name not in names:
                names.append(name)
            codes[position] = names.index(name)
            break
    if len(names) == 1:
        return Decoded(b"".join(lines), (encoding,), None, ())
    counts = np.bincount(codes, minlength=len(names))
    notes = tuple(
        f"{count} {'line is' if count == 1 else 'lines are'} {name}, not {encoding}"
        for name, count in zip(names[1:], counts[1:].tolist(), strict=True)
    )
    return Decoded(b"".join(lines), tuple(names), codes, notes)


def _strange_part(line: bytes) -> bytes:
    """A line without the characters that are UTF-8 beyond ASCII, unless there are hardly any: those are accidents."""
    text = line.decode("utf-8", errors="surrogateescape")
    strange = sum("\udc80" <= character <= "\udcff" for character in text)
    plain = "".join(character for character in text if character < "\x80" or "\udc80" <= character <= "\udcff")
    return plain.encode("utf-8", errors="surrogateescape") if len(text) - len(plain) >= strange else line


def _by_pieces(line: bytes, page: str) -> str | None:
    """A line of which some cells are UTF-8 and some are not: only the bytes that are not are taken for ``page``."""
    if is_utf8(line) or _strange_part(line) == line:
        return None
    pieces = []
    while line:
        try:
            pieces.append(line.decode("utf-8"))
            break
        except UnicodeDecodeError as error:
            pieces.append(line[: error.start].decode("utf-8"))
            strange = line[error.start : error.end]
            try:
                pieces.append(strange.decode(page))
            except UnicodeError:
                pieces.append(strange.decode("iso8859-1"))
            line = line[error.end :]
    return "".join(pieces)
