"""Whether a cell is a header word some pack knows: what helps the reader to tell a header row from data."""

from __future__ import annotations

from functools import lru_cache

from crmclean.mapping.packs import fold_header, load_packs

__all__ = ["is_known_header"]

_CELLS = frozenset({"", "no", "x"})  # headers that are far more often answers


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    keys = {key for pack in load_packs().values() for key, meaning in pack.headers.items() if meaning.field}
    return frozenset(keys - _CELLS)


def is_known_header(cell: str) -> bool:
    """Whether a cell is a header that some pack maps to a field.

    >>> is_known_header("E-mail address"), is_known_header("पिन कोड"), is_known_header("Ann")
    (True, True, False)
    """
    return fold_header(cell) in _known()
