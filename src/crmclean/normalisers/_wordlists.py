"""The word lists of ``rules/`` that these normalisers read, loaded once and only when needed."""

from __future__ import annotations

import functools
import tomllib
from types import MappingProxyType
from typing import Any

from crmclean.ruleset.locate import rules_path

__all__ = ["alternation", "table", "word_list", "word_map"]


@functools.cache
def table(relative: str) -> MappingProxyType[str, Any]:
    """One TOML file below ``rules/``."""
    return MappingProxyType(tomllib.loads(rules_path(relative).read_text(encoding="utf-8")))


@functools.cache
def word_list(relative: str, key: str) -> frozenset[str]:
    """A list of words: an array of texts, each of which may hold several entries separated by ``|``."""
    value: Any = table(relative)
    for part in key.split("."):
        value = value[part]
    return frozenset(word.strip() for line in value for word in line.split("|") if word.strip())


@functools.cache
def word_map(relative: str, key: str) -> MappingProxyType[str, str]:
    """A list of words as a map from the lower-case word to the way it is written."""
    return MappingProxyType({word.lower(): word for word in sorted(word_list(relative, key))})


def alternation(words: frozenset[str]) -> str:
    """An RE2 alternation of words, the longest first."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join("".join("\\" + c if c in r"\.+*?()|[]{}^$/&-#" else c for c in word) for word in ordered)
