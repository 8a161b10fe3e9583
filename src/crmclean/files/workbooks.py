"""Parquet files and workbooks as tables of text."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crmclean.errors import InputUnreadable
from crmclean.files.align import Aligned, align_records
from crmclean.files.layout import find_layout
from crmclean.files.sniff import Dialect
from crmclean.files.tolerant import Record
from crmclean.tables.evidence import TEXT

__all__ = ["cell_text", "read_parquet", "read_workbook"]

Read = tuple[Aligned, Dialect, tuple[str, ...]]


def read_parquet(data: bytes) -> Read:
    """The table of a Parquet file; every value as text, a missing one as ""."""
    try:
        table = pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError) as error:
        raise InputUnreadable("it is a damaged Parquet file") from error
    columns = [_as_text(column) for column in table.columns]
    line = np.arange(1, table.num_rows + 1, dtype=np.int64)
    aligned = Aligned(tuple(table.schema.names), columns, line, {}, [], [])
    return aligned, Dialect(notes=("Parquet",)), ()


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.cast(kind.value_type))
    try:
        text = column.cast(TEXT)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        text = pa.chunked_array([pa.array([_plain(value) for value in column.to_pylist()], TEXT)])
    return pc.fill_null(text, "")


def _plain(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)


def read_workbook(
    data: bytes,
    *,
    sheet: str = "",
    has_header: bool | None = None,
    known: Callable[[str], bool] | None = None,
) -> Read:
    """The table of a workbook (xlsx, xlsb, xls, ods): the sheet named, else the one with the most filled cells."""
    try:
        import python_calamine
    except ImportError:
        hint = "pip install 'crmclean[excel]', or save the sheet as CSV"
        raise InputUnreadable(
            "it is a workbook, and the extra that reads workbooks is not installed", hint=hint
        ) from None
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(book.sheet_names)
        grids = {name: _grid(book, name) for name in names if not sheet or name == sheet}
    except Exception as error:  # the library's errors have no common base across its versions
        reason = "it is protected with a password" if _is_protected(data, error) else "it is a damaged workbook"
        raise InputUnreadable(reason) from error
    if sheet and sheet not in grids:
        raise InputUnreadable(f"it has no sheet {sheet!r}, only {', '.join(names)}")
    filled = {name: sum(1 for row in grid for cell in row if cell.strip()) for name, grid in grids.items()}
    best = max(filled, key=lambda name: filled[name], default="")  # the first of equals
    if not best or not filled[best]:
        raise InputUnreadable("its sheets are empty")
    notes = () if len(names) == 1 else (f"sheet {best!r} of {len(names)} was read: it holds the most data",)
    aligned, dialect = _align_grid(grids[best], has_header, known)
    dialect = Dialect(**{**vars(dialect), "sheet": best, "notes": (*dialect.notes, *notes)})
    return aligned, dialect, (*notes, *aligned.notes)


def _is_protected(data: bytes, error: Exception) -> bool:
    marked = "EncryptedPackage".encode("utf-16-le") in data[: 1 << 20] or "EncryptedPackage".encode("utf-16-le") in data
    return marked or "password" in f"{type(error).__name__} {error}".lower()


def _grid(book: Any, name: str) -> list[list[str]]:
    """The sheet's cells as text, with empty rows and columns around the data as they are in the sheet."""
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[cell_text(cell) for cell in row] for row in rows]


def cell_text(value: Any) -> str:
    """What a workbook's cell shows, in a form that has one reading.

    >>> cell_text(164.0), cell_text(1.27), cell_text(True), cell_text(datetime.date(2026, 1, 5))
    ('164', '1.27', 'TRUE', '2026-01-05')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return str(value.date()) if value.time() == datetime.time() else value.isoformat(sep=" ")
    return str(value)


def _align_grid(
    grid: Sequence[Sequence[str]], has_header: bool | None, known: Callable[[str], bool] | None
) -> tuple[Aligned, Dialect]:
    left = min(next((i for i, cell in enumerate(row) if cell.strip()), len(row)) for row in grid)
    right = max(max((i + 1 for i, cell in enumerate(row) if cell.strip()), default=0) for row in grid)
    rows = [list(row[left:right]) for row in grid]
    lines = ["\t".join(row) if any(cell.strip() for cell in row) else "" for row in rows]
    numbered = [index for index, line in enumerate(lines[:1000]) if line]
    layout = find_layout([rows[index] for index in numbered], has_header=has_header, known=known)
    first = numbered[layout.first] if numbered else 0
    not_data = [(number, "preamble" if line else "blank", line) for number, line in enumerate(lines[:first], 1)]
    records = [
        Record(row if line else [""], number, 1, False)
        for number, (row, line) in enumerate(zip(rows[first:], lines[first:], strict=True), 1)
    ]
    aligned = align_records(records, lines[first:], layout.has_header, first, not_data)
    dialect = Dialect(
        delimiter="\t",
        has_header=layout.has_header,
        header_line=first + 1 if layout.has_header else 0,
        preamble_lines=first,
        confidence=layout.confidence,
        notes=layout.notes,
    )
    return aligned, dialect
