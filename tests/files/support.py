"""Small things the tests of this folder share."""

from __future__ import annotations

import io
from typing import Any

from crmclean.files import Source, read_source


def read(data: bytes | str, **options: Any) -> Source:
    """Read bytes, or text as UTF-8."""
    return read_source(io.BytesIO(data.encode() if isinstance(data, str) else data), **options)


def rows(source: Source) -> list[tuple[str | None, ...]]:
    """The cells, row by row."""
    return list(zip(*(column.to_pylist() for column in source.table.columns), strict=True))


def aside(source: Source) -> list[tuple[int, str]]:
    """Line and kind of everything that is not data."""
    return list(zip(source.not_data["line"].to_pylist(), source.not_data["what"].to_pylist(), strict=True))
