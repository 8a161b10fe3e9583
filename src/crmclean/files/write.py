"""Writing a table: CSV that every reader takes back cell by cell, Parquet, or a workbook.

CSV rows are put together by Arrow's string kernels, a batch of rows at a time: only cells that hold a quote, the
delimiter or a line end are quoted (or all cells, with ``quoting="all"``). Arrow's own CSV writer quotes every text cell
or none, so it serves neither.
"""

from __future__ import annotations

import datetime
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import OutputError, UsageError
from crmclean.kernels import Kernel, kernel
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT

__all__ = ["csv_bytes", "guard_formulas", "output_delimiter", "write_table"]

_BATCH = 1 << 16
_THREADS = 2
_SHEET_ROWS = 1_048_575  # a worksheet holds 2**20 rows, one of them the header
# what a spreadsheet would run begins with one of these; + and - also begin numbers and phone numbers
_FORMULA = r"^[=@\t\r＝＠+\-＋－]"
_NUMBER = r"^[+\-＋－][\p{Nd}\s().,/x\-]*$"


def output_delimiter(delimiter: str) -> str:
    """The delimiter of an input, or a comma where ours could not be found again without being told.

    >>> output_delimiter(";"), output_delimiter("#"), output_delimiter("")
    (';', ',', ',')
    """
    return delimiter if delimiter and delimiter in ",;\t|^~" else ","


def write_table(
    table: pa.Table,
    path: str | os.PathLike[str] | BinaryIO,
    *,
    delimiter: str = ",",
    quoting: Literal["minimal", "all"] = "minimal",
    quotechar: str = '"',
    bom: bool = False,
    line_terminator: str = "\n",
    format: Literal["csv", "parquet", "xlsx"] = "csv",
    formula_guard: bool = False,
) -> None:
    """Write a table; a null becomes an empty cell (in Parquet it stays null).

    Parameters
    ----------
    table : pyarrow.Table
        Any columns; those that are not text are cast to it for CSV and workbooks.
    path : path or binary file
        Where to. The caller makes it appear whole.
    delimiter : str
        One character; "" is taken as a comma.
    quoting : {"minimal", "all"}
        Quote where needed, or every cell.
    bom : bool
        Begin with the UTF-8 byte order mark, which makes Excel read UTF-8.
    formula_guard : bool
        Put an apostrophe before cells that a spreadsheet would run as a formula (CSV only; workbook cells are text).

    Raises
    ------
    OutputError
        The disk or the system says no.
    UsageError
        ``delimiter`` or ``line_terminator`` cannot be used.
    """
    if len(delimiter) > 1 or delimiter in ('"', "\n", "\r") or line_terminator not in ("\n", "\r\n", "\r"):
        raise UsageError(f"cannot write CSV with delimiter {delimiter!r} and line end {line_terminator!r}")
    try:
        if format == "parquet":
            import pyarrow.parquet as pq  # with all its file systems; most outputs are CSV

            pq.write_table(table, path, compression="zstd")
        elif format == "xlsx":
            _write_workbook(table, path)
        else:
            pieces = csv_bytes(
                table, delimiter or ",", quoting, quotechar or '"', line_terminator, formula_guard=formula_guard
            )
            _write_pieces(([b"\xef\xbb\xbf"] if bom else []), pieces, path)
    except OSError as error:
        raise OutputError.of(error, getattr(path, "name", path)) from error


def _write_pieces(
    first: Sequence[bytes], pieces: Iterable[bytes | pa.Buffer], path: str | os.PathLike[str] | BinaryIO
) -> None:
    if not isinstance(path, str | os.PathLike):
        for piece in (*first, *pieces):
            path.write(piece)
        return
    with open(path, "wb") as file:
        for piece in first:
            file.write(piece)
        for buffer in pieces:
            file.write(buffer)


def csv_bytes(
    table: pa.Table,
    delimiter: str = ",",
    quoting: str = "minimal",
    quotechar: str = '"',
    line_terminator: str = "\n",
    *,
    formula_guard: bool = False,
) -> Iterator[bytes | pa.Buffer]:
    """The UTF-8 bytes of a table as CSV, header first, piece by piece."""
    names = pa.table([pa.array([name], TEXT) for name in table.schema.names], names=table.schema.names)
    if not table.num_columns:
        return

    def encode(part: pa.Table) -> pa.Buffer:
        columns = [_as_text(column) for column in part.columns]
        if formula_guard:
            columns = [guard_formulas(column) for column in columns]
        if quoting == "all":
            cells = [_doubled(column, quotechar) for column in columns]
            return _rows(cells, quotechar, f"{quotechar}{delimiter}{quotechar}", quotechar + line_terminator)
        cells = [_quoted(column, delimiter, quotechar) for column in columns]
        if len(cells) == 1:  # an empty cell alone on its line would be a blank line
            cells = [pc.if_else(pc.equal(cells[0], ""), quotechar * 2, cells[0])]
        return _rows(cells, "", delimiter, line_terminator)

    waiting: deque[Future[pa.Buffer]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:  # Arrow lets go of the interpreter lock
        for part in (names, *_batches(table)):
            waiting.append(pool.submit(encode, part))
            if len(waiting) > _THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _batches(table: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, table.num_rows, _BATCH):
        yield table.slice(start, _BATCH)


def _as_text(column: pa.ChunkedArray) -> pa.LargeStringArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    array = as_text(column)
    return pc.fill_null(array, "") if array.null_count else array


def _rows(cells: list[pa.LargeStringArray], before: str, between: str, after: str) -> pa.Buffer:
    """The lines that cells make, end to end."""
    join = kernel("rows_join", "QQnnBqB")
    if join is not None:
        return _joined(cells, (before.encode(), between.encode(), after.encode()), join)
    # the outer columns take what stands around a row, so that one pass joins all
    nothing = pa.scalar("", TEXT)
    if before:
        cells[0] = pc.binary_join_element_wise(pa.scalar(before, TEXT), cells[0], nothing)
    cells[-1] = pc.binary_join_element_wise(cells[-1], pa.scalar(after, TEXT), nothing)
    return _data(pc.binary_join_element_wise(*cells, pa.scalar(between, TEXT)))


def _joined(cells: list[pa.LargeStringArray], marks: tuple[bytes, bytes, bytes], join: Kernel) -> pa.Buffer:
    """``_rows`` by the compiled kernel; ``marks`` stand before, between and after."""
    rows, widths = len(cells[0]), np.array([len(mark) for mark in marks])
    buffers = [array.buffers() for array in cells]
    starts = np.array([ends.address + 8 * array.offset for array, (_, ends, _) in zip(cells, buffers, strict=True)])
    data = np.array([0 if text is None else text.address for _, _, text in buffers])
    size = sum(len(_data(array)) for array in cells) + rows * int(widths @ (1, len(cells) - 1, 1))
    made = np.empty(size, np.uint8)
    whole = np.frombuffer(b"".join(marks), np.uint8)
    join(starts.astype(np.uint64), data.astype(np.uint64), len(cells), rows, whole, widths.astype(np.int64), made)
    return pa.py_buffer(made)


def _data(array: pa.LargeStringArray) -> pa.Buffer:
    """The characters of an array end to end."""
    _, offsets, data = array.buffers()
    bounds = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    return pa.py_buffer(b"") if data is None else data.slice(int(bounds[0]), int(bounds[-1] - bounds[0]))


def _quoted(column: pa.LargeStringArray, delimiter: str, quote: str) -> pa.LargeStringArray:
    """The cells as they are written, quoted where they must be."""
    data = np.frombuffer(_data(column), np.uint8)
    specials = [mark for mark in (delimiter, quote, "\n", "\r") if bytes_hold(data, mark)]
    edge = _edge_spaces(column) if quote in specials or delimiter == " " else None
    if not specials:
        return column
    needy = None
    for mark in specials:
        holds = pc.match_substring(column, mark)
        needy = holds if needy is None else pc.or_(needy, holds)
    needy = needy if edge is None else pc.or_(needy, edge)
    return pc.if_else(needy, _wrap(column, quote), column)


def bytes_hold(data: np.ndarray[tuple[int], np.dtype[np.uint8]], mark: str) -> bool:
    """Does the first byte of ``mark`` occur?"""
    return bool((data == mark.encode()[0]).any())


def _edge_spaces(column: pa.LargeStringArray) -> pa.BooleanArray:
    return pc.starts_with(column, " ")


def _wrap(column: pa.LargeStringArray, quote: str) -> pa.LargeStringArray:
    mark = pa.scalar(quote, TEXT)
    return pc.binary_join_element_wise(mark, _doubled(column, quote), mark, pa.scalar("", TEXT))


def _doubled(column: pa.LargeStringArray, quote: str) -> pa.LargeStringArray:
    """The cells with each quote in them twice."""
    if not bytes_hold(np.frombuffer(_data(column), np.uint8), quote):
        return column
    return pc.replace_substring(column, quote, quote * 2)


def guard_formulas(column: pa.LargeStringArray) -> pa.LargeStringArray:
    """Cells that a spreadsheet would run as a formula, with an apostrophe before them; numbers and phones as they are.

    >>> guard_formulas(pa.array(["=1+1", "+49 30 1234", "-5", "@SUM(A1)", "+cmd|' /C calc'!A0"], TEXT)).to_pylist()
    ["'=1+1", '+49 30 1234', '-5', "'@SUM(A1)", "'+cmd|' /C calc'!A0"]
    """
    risky = pc.and_not(pc.match_substring_regex(column, _FORMULA), pc.match_substring_regex(column, _NUMBER))
    guarded = pc.binary_join_element_wise(pa.scalar("'", TEXT), column, pa.scalar("", TEXT))
    return pc.if_else(risky, guarded, column)


def _write_workbook(table: pa.Table, path: str | os.PathLike[str] | BinaryIO) -> None:
    """One sheet, or several where a sheet cannot hold the rows; every cell is text."""
    try:
        import xlsxwriter
    except ImportError:
        hint = "pip install 'crmclean[excel]', or write CSV"
        raise UsageError("the extra that writes workbooks is not installed", hint=hint) from None
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    names = table.schema.names
    with xlsxwriter.Workbook(path if not isinstance(path, os.PathLike) else os.fspath(path), options) as book:
        book.set_properties({"created": datetime.datetime(2000, 1, 1)})  # the same table gives the same bytes
        for number, start in enumerate(range(0, max(1, table.num_rows), _SHEET_ROWS), 1):
            sheet = book.add_worksheet(f"Sheet{number}")
            for position, name in enumerate(names):
                sheet.write_string(0, position, name)
            part = table.slice(start, _SHEET_ROWS)
            columns = [_as_text(column).to_pylist() for column in part.columns]
            for row, cells in enumerate(zip(*columns, strict=True), 1):
                for position, cell in enumerate(cells):
                    if cell:
                        sheet.write_string(row, position, cell[:32_767])
