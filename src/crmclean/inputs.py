"""Inputs of any kind, read: a path, standard input, an open file, a DataFrame or what is read already."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias, cast

import numpy as np
import pyarrow as pa

from crmclean.errors import UsageError
from crmclean.files.layout import unique_names
from crmclean.files.read import Source, read_source
from crmclean.files.sniff import Dialect
from crmclean.mapping.known import is_known_header
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT, constant
from crmclean.tables.frames import is_frame

if TYPE_CHECKING:
    import pandas as pd

    from crmclean.plan import Plan
    from crmclean.ruleset.lean import LeanRules
    from crmclean.ruleset.spec import Rules

__all__ = ["Input", "read_input"]

Input: TypeAlias = "str | os.PathLike[str] | BinaryIO | pd.DataFrame | Source"


def read_input(item: Input, rules: Rules | LeanRules, plan: Plan | None = None) -> Source:
    """One input as a source; a DataFrame becomes text without going through a file.

    Raises
    ------
    UsageError
        It is of another kind, or a frame with rows and no columns.
    """
    if isinstance(item, Source):
        return item
    if is_frame(item):
        return _from_frame(item)
    if not isinstance(item, str | os.PathLike) and not hasattr(item, "read"):
        raise UsageError(
            f"an input is a path, a DataFrame or an open binary file, not a {type(item).__name__}",
            hint="pandas.DataFrame(data)",
        )
    told = plan.dialect.told if plan else {}
    whole = plan is not None and plan.dialect.is_whole
    return read_source(
        cast("str | os.PathLike[str] | BinaryIO", item),
        dialect=Dialect(**plan.dialect.model_dump()) if plan is not None and whole else None,
        encoding=rules.input.encoding or (None if whole else told.get("encoding")),
        delimiter=rules.input.delimiter or (None if whole else told.get("delimiter")),
        has_header=None if whole else told.get("has_header"),
        sheet=str(told.get("sheet", "")),
        known=is_known_header,
    )


def _from_frame(frame: pd.DataFrame) -> Source:
    import pandas as pd  # whoever has a frame has it loaded

    if len(frame) and not len(frame.columns):
        raise UsageError("the DataFrame has rows, but no columns")
    header = tuple(str(name) for name in frame.columns)
    names = unique_names(header)
    columns = {name: _frame_column(frame.iloc[:, place]) for place, name in enumerate(names)}
    table = pa.table(columns) if columns else pa.table({})
    count = len(frame)
    digest = pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy() if count and len(header) else None
    return Source(
        name="frame",
        table=table,
        header=header,
        line=np.arange(1, count + 1, dtype=np.int64),
        encoding=constant("utf-8", count),
        unaligned={},
        not_data=pa.table(
            {"line": pa.array([], pa.int64()), "what": pa.array([], pa.string()), "text": pa.array([], TEXT)}
        ),
        dialect=Dialect(),
        digest="" if digest is None else f"{int(np.bitwise_xor.reduce(digest)):016x}",
    )


def _frame_column(series: pd.Series[Any]) -> pa.Array:
    """Text as it is; anything else as Python writes it, dates as ISO. Missing stays missing."""
    import pandas as pd

    if isinstance(series.dtype, pd.StringDtype):
        return as_text(series)
    missing = series.isna().to_numpy()
    text = series.astype(str) if pd.api.types.is_datetime64_any_dtype(series.dtype) else series.map(str)
    values = pa.array(text.to_numpy(dtype=object), TEXT, mask=missing)
    return values if len(values) else pa.array([], TEXT)
