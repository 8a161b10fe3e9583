"""Parquet files and workbooks as tables of text."""

from __future__ import annotations

import datetime
import importlib.util
import io
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import InputUnreadable
from crmclean.files.align import Aligned, align_records
from crmclean.files.layout import Layout, count_filled, find_layout, kinds_of
from crmclean.files.sniff import Dialect
from crmclean.files.tolerant import Record
from crmclean.tables.evidence import TEXT

__all__ = ["cell_text", "read_parquet", "read_workbook"]

Read = tuple[Aligned, Dialect, tuple[str, ...]]


def read_parquet(data: bytes) -> Read:
    """The table of a Parquet file; every value as text, a missing one as ""."""
    import pyarrow.parquet as pq  # with all its file systems; most inputs are CSV

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
    pinned: Dialect | None = None,
    has_header: bool | None = None,
    known: Callable[[str], bool] | None = None,
) -> Read:
    """The table of a workbook (xlsx, xlsb, xls, ods): the sheet named, else the one that holds the contacts.

    Parameters
    ----------
    data : bytes
        The file.
    sheet : str
        Name of the worksheet; "" to have it found.
    pinned : Dialect, optional
        Where an earlier run found the table; it is not looked for again.
    has_header, known : optional
        As in `crmclean.files.read.read_source`.
    """
    if importlib.util.find_spec("python_calamine") is None:
        hint = "pip install 'crmclean[excel]', or save the sheet as CSV"
        raise InputUnreadable("it is a workbook, and the extra that reads workbooks is not installed", hint=hint)
    names, cells = _load(data, sheet)
    if sheet and sheet not in names:
        raise InputUnreadable(f"it has no sheet {sheet!r}, only {', '.join(map(repr, names))}")
    grids = {name: [[cell_text(cell) for cell in row] for row in rows] for name, rows in cells.items()}
    tables = {name: grid for name, grid in grids.items() if any(map(count_filled, grid))}
    if not tables:
        raise InputUnreadable("its sheets are empty")
    ranks = {name: _rank(grid, known) for name, grid in tables.items()} if len(tables) > 1 else dict.fromkeys(tables)
    best = max(tables, key=lambda name: ranks[name] or (0, 0))  # the first of equals
    notes = () if len(names) == 1 else (_choice(best, names, tables, bool(sheet)),)
    aligned, dialect = _align_grid(tables[best], has_header, known, pinned)
    dialect = Dialect(**{**vars(dialect), "sheet": best, "notes": (*dialect.notes, *notes)})
    return aligned, dialect, (*notes, *aligned.notes)


def _rank(grid: Sequence[Sequence[str]], known: Callable[[str], bool] | None) -> tuple[int, int]:
    """How much a sheet looks like the list: e-mail addresses, then known column names, then the most filled cells."""
    filled = sum(map(count_filled, grid))
    body = [row for row in grid if count_filled(row)][:1000]
    owner = [number for number, row in enumerate(body) for _ in row]
    kinds = kinds_of([cell for row in body for cell in row])
    addressed = {number for number, kind in zip(owner, kinds, strict=True) if kind == "email"}
    if len(addressed) >= max(1, 0.2 * len(body)):
        return 2, filled
    heads = [sum(map(known, row)) for row in body[:20]] if known else [0]
    return int(max(heads) >= 3), filled


def _choice(best: str, names: Sequence[str], tables: Mapping[str, Sequence[Any]], told: bool) -> str:
    """Which sheet was read, and what was left where it is."""
    rest = [f"{name!r} ({len(tables[name])} rows)" for name in names if name in tables and name != best]
    if told:
        return f"sheet {best!r} of {len(names)} was read, as told"
    others = f"; not read: {', '.join(rest)}" if rest else ""
    return f"sheet {best!r} of {len(names)} was read, it looks most like the list{others}"


# The workbook library ends the whole process on some damaged files (it asks for memory by what they claim), so it runs
# in one of its own; cells come back as plain Python values.
_CHILD = """
import io, pickle, sys, python_calamine
book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
names = [name for name in book.sheet_names]
cells = {
    name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    for name in names if sys.argv[1] in ("", name)
}
sys.stdout.buffer.write(pickle.dumps((names, cells)))
"""


def _load(data: bytes, sheet: str) -> tuple[list[str], dict[str, list[list[Any]]]]:
    """Sheet names, and the cells of the sheet asked for (of all where none is), empty ones around them included."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONIOENCODING": "utf-8"}
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, sheet], input=data, capture_output=True, check=False, env=environment
    )
    if child.returncode == 0:
        names, cells = pickle.loads(child.stdout)
        return names, cells
    said = child.stderr.decode("utf-8", errors="replace").strip().rsplit("\n", 1)[-1][:200]
    protected = "EncryptedPackage".encode("utf-16-le") in data or "password" in said.lower()
    raise InputUnreadable("it is protected with a password" if protected else "it is a damaged workbook")


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
    grid: Sequence[Sequence[str]],
    has_header: bool | None,
    known: Callable[[str], bool] | None,
    pinned: Dialect | None,
) -> tuple[Aligned, Dialect]:
    left = min(next((i for i, cell in enumerate(row) if cell.strip()), len(row)) for row in grid)
    right = max(max((i + 1 for i, cell in enumerate(row) if cell.strip()), default=0) for row in grid)
    rows = [list(row[left:right]) for row in grid]
    lines = ["\t".join(row) if any(cell.strip() for cell in row) else "" for row in rows]
    numbered = [index for index, line in enumerate(lines[:1000]) if line]
    gaps = [index > 0 and not lines[index - 1] for index in numbered]
    if pinned is None:
        layout = find_layout([rows[index] for index in numbered], gaps=gaps, has_header=has_header, known=known)
        first = numbered[layout.first] if numbered else 0
    else:
        layout = Layout(0, pinned.has_header, 0, pinned.confidence, pinned.notes)
        first = min(pinned.header_line - 1 if pinned.has_header else pinned.preamble_lines, len(rows))
    not_data = [(number, "preamble" if line else "blank", line) for number, line in enumerate(lines[:first], 1)]
    records = [
        Record(row if line else [""], number, 1, False)
        for number, (row, line) in enumerate(zip(rows[first:], lines[first:], strict=True), 1)
    ]
    aligned = align_records(records, lines[first:], layout.has_header, first, not_data)
    dialect = Dialect(
        has_header=layout.has_header,
        header_line=first + 1 if layout.has_header else 0,
        preamble_lines=first,
        confidence=layout.confidence,
        notes=layout.notes,
    )
    return aligned, dialect
