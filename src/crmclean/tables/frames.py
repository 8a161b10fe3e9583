"""Frames at the edges: pandas is loaded where a caller wants or gives one, and not before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import pyarrow as pa

from crmclean.tables.evidence import TEXT

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_frame", "is_frame"]


def is_frame(value: Any) -> TypeGuard[pd.DataFrame]:
    """Whether a value is a DataFrame; without pandas loaded none can be.

    >>> is_frame("leads.csv")
    False
    """
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame)


def as_frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as a DataFrame, text as ``str`` with NaN where it is missing."""
    import pandas as pd

    dtype = pd.StringDtype(na_value=np.nan)
    frame: pd.DataFrame = table.to_pandas(types_mapper=lambda kind: dtype if kind == TEXT else None)
    return frame
