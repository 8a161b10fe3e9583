"""Whether a cell is a header word some pack knows: what helps the reader to tell a header row from data."""

from __future__ import annotations

import functools

from crmclean.mapping.packs import fold_header, load_packs

__all__ = ["is_known_header"]


@functools.lru_cache(maxsize=4096)
def is_known_header(cell: str) -> bool:
    """Whether the cell, folded, is a header of any pack."""
    key = fold_header(cell)
    return bool(key) and any(key in pack.headers for pack in load_packs().values())
