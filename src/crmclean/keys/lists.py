"""The lists in ``rules/lists``, read once: plain text (one entry a line, ``#`` comments), CSV and TOML."""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import Any

import pyarrow as pa

from crmclean.ruleset.locate import rules_path
from crmclean.ruleset.plain import read_toml_text
from crmclean.tables.evidence import TEXT

__all__ = ["read_columns", "read_rows", "read_toml", "read_words"]


@lru_cache(maxsize=64)
def read_words(name: str) -> pa.LargeStringArray:
    """The entries of ``rules/lists/<name>``, lower case, in the file's order."""
    lines = rules_path(f"lists/{name}").read_text(encoding="utf-8").splitlines()
    words = (line.partition("#")[0].strip().lower() for line in lines)
    return pa.array(list(dict.fromkeys(word for word in words if word)), TEXT)


def read_columns(name: str) -> dict[str, tuple[str, ...]]:
    """The columns of the CSV file ``rules/lists/<name>``: `read_rows` for long files."""
    header, *rows = _csv_rows(name)
    return dict(zip(header, zip(*rows, strict=True), strict=True))


@lru_cache(maxsize=16)
def read_rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of the CSV file ``rules/lists/<name>``; lines that start with ``#`` are comments."""
    header, *rows = _csv_rows(name)
    return tuple(dict(zip(header, row, strict=True)) for row in rows)


def _csv_rows(name: str) -> list[list[str]]:
    text = rules_path(f"lists/{name}").read_text(encoding="utf-8")
    return list(csv.reader([line for line in text.splitlines() if line.strip() and line[0] != "#"]))


@lru_cache(maxsize=16)
def read_toml(name: str) -> dict[str, Any]:
    """The TOML file ``rules/lists/<name>``."""
    return read_toml_text(rules_path(f"lists/{name}").read_text(encoding="utf-8"))
