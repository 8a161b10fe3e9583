"""Probabilities as text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.evidence import TEXT

__all__ = ["share_text"]


def share_text(values: np.ndarray[Any, Any]) -> pa.Array:
    """Probabilities with four decimals, never rounded up to certainty.

    >>> share_text(np.array([0.99999, 0.5, 1.0, np.nan])).to_pylist()
    ['0.9999', '0.5000', '1.0000', '']
    """
    parts = np.floor(np.nan_to_num(values) * 10_000).astype(np.int64)
    digits = pc.utf8_lpad(pa.array(parts % 10_000).cast(TEXT), 4, "0")
    text = pc.binary_join_element_wise(pa.array(parts // 10_000).cast(TEXT), digits, pa.scalar(".", TEXT))
    return pc.if_else(pa.array(np.isnan(values)), pa.scalar("", TEXT), text)
