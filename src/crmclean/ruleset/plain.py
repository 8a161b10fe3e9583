"""Plain TOML, quickly: tables of strings, numbers and short lists, a key a line, as the shipped packs are written.

The standard library's parser is Python and visits each character. Most shipped lists are hundreds of lines
``"E-mail" = "email"``, which one pattern a line reads in a tenth of the time. A text with any other line, or with a key
that is there twice, is read by ``tomllib``, so this gives what that gives.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

__all__ = ["read_toml_text"]

_STRING = r"""(?:"[^"\\\x00-\x1f\x7f]*"|'[^'\x00-\x1f\x7f]*')"""
_BARE = r"[A-Za-z0-9_-]+"
_ITEMS = rf"{_STRING}(?:, ?{_STRING})*"
_LINE = re.compile(rf"({_STRING}|{_BARE}) = (?:({_STRING})|(0|-?[1-9][0-9]*)|\[({_ITEMS})\]|(\[))")
_TABLE = re.compile(rf"\[({_BARE}(?:\.{_BARE})*)\]")
_ROW = re.compile(rf" *({_ITEMS},?)")
_COMMENT = re.compile(r" *#[^\x00-\x08\x0a-\x1f\x7f]*")
_CLOSED = "]"


def read_toml_text(text: str) -> dict[str, Any]:
    """What ``tomllib.loads`` makes of a text.

    Raises
    ------
    tomllib.TOMLDecodeError
        It is not valid TOML.

    >>> read_toml_text('system = "hubspot"\\n[headers]\\n"E-mail" = "email"\\n')
    {'system': 'hubspot', 'headers': {'E-mail': 'email'}}
    """
    plain = _read_plain(text)
    return tomllib.loads(text) if plain is None else plain


def _read_plain(text: str) -> dict[str, Any] | None:
    """The tables of a text all of whose lines are plain, else None."""
    whole: dict[str, Any] = {}
    table = whole
    seen: set[str] = set()
    lines = iter(text.split("\n"))
    for line in lines:
        if found := _LINE.fullmatch(line):
            name, string, number, items, opened = found.groups()
            key = name[1:-1] if name[0] in "\"'" else name
            items = _rows(lines) if opened else items or ""
            if key in table or items is None:
                return None
            table[key] = string[1:-1] if string else int(number) if number else _strings(items)
        elif found := _TABLE.fullmatch(line):
            inner = None if found[1] in seen else _inner(whole, found[1].split("."))
            if inner is None:
                return None
            table = inner
            seen.add(found[1])
        elif line and not _COMMENT.fullmatch(line):
            return None
    return whole


def _rows(lines: Iterator[str]) -> str | None:
    """The items of a list that goes on to the line of its closing bracket, or None if a line of it is not plain."""
    items = ","
    for line in lines:
        if line == _CLOSED:
            return items
        found = _ROW.fullmatch(line)
        if found and items.endswith(","):
            items += found[1]
        elif line and not _COMMENT.fullmatch(line):
            return None
    return None


def _strings(items: str) -> list[str]:
    return [item[1:-1] for item in re.findall(_STRING, items)]


def _inner(table: dict[str, Any], path: list[str]) -> dict[str, Any] | None:
    """The table of a path of names, made where it is not there; None where something else is."""
    for part in path:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            return None
    return table
