"""Probabilities as text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.evidence import TEXT

__all__ = ["share_text"]

_PARTS = 10_000


def share_text(values: np.ndarray[Any, Any]) -> pa.Array:
    """Probabilities with four decimals, never rounded up to certainty.

    >>> share_text(np.array([0.99999, 0.5, 1.0, np.nan])).to_pylist()
    ['0.9999', '0.5000', '1.0000', '']
    """
    missing = np.isnan(values)
    parts = np.where(missing, -1, np.floor(np.nan_to_num(values) * _PARTS)).astype(np.int64)
    if len(parts) <= _PARTS:
        return _texts(parts)
    return _texts(np.arange(-1, _PARTS + 1)).take(pa.array(parts + 1))  # each text is made once


def _texts(parts: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Array:
    """Ten-thousandths as text; "" for -1."""
    digits = pc.utf8_lpad(pa.array(parts % _PARTS).cast(TEXT), 4, "0")
    text = pc.binary_join_element_wise(pa.array(parts // _PARTS).cast(TEXT), digits, pa.scalar(".", TEXT))
    return pc.if_else(pa.array(parts < 0), pa.scalar("", TEXT), text)
