"""Reading a source: a messy file in, a table of text out, with nothing lost on the way.

Text files (any delimiter, any encoding, gzipped or not, "-" for standard input), Parquet and workbooks become the same
:class:`Source`. Cells are what the file said, to the byte, after decoding and unquoting: ``NA``, ``0001`` and the
spaces around a name survive, and nothing is inferred.

Two readers read text. The fast one (:mod:`crmclean.files.fast`) is Arrow's and takes only bytes that are shown to be
well-formed; the tolerant one (:mod:`crmclean.files.tolerant`) takes anything. Where both can read a file they agree.
What is not data (title blocks, footers, blank lines, repeated headers, comments, a ``sep=`` line) goes to
``not_data``, and rows that cannot be aligned stay rows, with their raw text in ``unaligned``; the decisions are listed
in :mod:`crmclean.files.align` and :mod:`crmclean.files.layout`.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
import pyarrow as pa

from crmclean.errors import InputMissing, InputUnreadable
from crmclean.files.align import Aligned, align_tolerant
from crmclean.files.combine import align_fast
from crmclean.files.decode import Decoded, decode
from crmclean.files.formats import format_of, refuse_binary, refuse_text
from crmclean.files.layout import unique_names
from crmclean.files.sniff import Dialect, find_code_page, sniff
from crmclean.files.workbooks import read_parquet, read_workbook
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT, constant, enum_array

__all__ = ["NOT_DATA_SCHEMA", "Source", "read_source"]

NOT_DATA_SCHEMA = pa.schema([("line", pa.int64()), ("what", pa.string()), ("text", TEXT)])
Engine = Literal["auto", "arrow", "tolerant"]
_THREADS = 2


@dataclass(frozen=True)
class Source:
    """A source as it was read.

    Attributes
    ----------
    name : str
        File name without folders; "-" for standard input.
    table : pyarrow.Table
        One row per data row in file order, all columns ``large_string`` under unique names. An empty cell is ""; the
        cells of an unaligned row are null.
    header : tuple of str
        The header cells exactly as in the file; () if there is none.
    line : int64 array
        Physical line (from 1) on which each row starts; the row number in a workbook.
    encoding : pyarrow.DictionaryArray
        The encoding each row was decoded with.
    unaligned : dict
        Row position to raw text, for rows that do not have the table's number of cells.
    not_data : pyarrow.Table
        ``line``, ``what`` (sep_line, preamble, blank, repeated_header, comment, footer) and ``text`` of the rest.
    dialect : Dialect
        How it is written.
    digest : str
        SHA-256 of the input bytes.
    notes : tuple of str
        What a reader of the report should know.
    """

    name: str
    table: pa.Table
    header: tuple[str, ...]
    line: np.ndarray[Any, np.dtype[np.int64]]
    encoding: pa.DictionaryArray
    unaligned: dict[int, str]
    not_data: pa.Table
    dialect: Dialect
    digest: str
    notes: tuple[str, ...] = field(default=())


def read_source(
    path: str | os.PathLike[str] | BinaryIO,
    *,
    dialect: Dialect | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    has_header: bool | None = None,
    sheet: str = "",
    engine: Engine = "auto",
    known: Callable[[str], bool] | None = None,
) -> Source:
    """Read a table from a file.

    Parameters
    ----------
    path : path, "-" or binary file
        A delimited text file of any name, the same gzipped, a Parquet file or a workbook.
    dialect : Dialect, optional
        How the file is written, from an earlier run; sniffed otherwise.
    encoding, delimiter, has_header : optional
        What the caller knows; overrides what would be sniffed.
    sheet : str
        Worksheet of a workbook; found by itself when not given.
    engine : {"auto", "arrow", "tolerant"}
        ``arrow`` refuses what it cannot show to be well-formed; ``auto`` then takes the tolerant reader.
    known : callable, optional
        Tells whether a cell is a header word the caller knows.

    Raises
    ------
    InputMissing, InputUnreadable
        There is no such file, or it holds no table; the message says why.
    """
    name, data = _load(path)
    with ThreadPoolExecutor(1) as pool:  # hashing lets go of the interpreter lock
        digest = pool.submit(lambda: hashlib.sha256(data).hexdigest())
        try:
            source = _read(name, data, dialect, sheet, (encoding, delimiter, has_header), engine, known)
        except InputUnreadable as error:
            shown = "standard input" if name == "-" else name
            hint = error.hint or "export the data as CSV or xlsx and give that file"
            raise InputUnreadable(f"cannot read {shown}: {error.message}", hint=hint) from error.__cause__
        return replace(source, digest=digest.result())


def _read(
    name: str,
    data: bytes,
    dialect: Dialect | None,
    sheet: str,
    told: tuple[str | None, str | None, bool | None],
    engine: Engine,
    known: Callable[[str], bool] | None,
) -> Source:
    """The source that some bytes are, all but its digest."""
    kind = format_of(data)
    if kind == "gzip":
        data = _unzip(data)
        kind = format_of(data)
    if kind == "parquet":
        return _source(name, *read_parquet(data))
    if kind == "workbook":
        wanted = sheet or (dialect.sheet if dialect else "")
        pinned = dialect if told[2] is None else None
        return _source(name, *read_workbook(data, sheet=wanted, pinned=pinned, has_header=told[2], known=known))
    if kind != "text":
        raise InputUnreadable("it is compressed twice")
    return _read_text(name, data, dialect, told, engine, known)


def _load(path: str | os.PathLike[str] | BinaryIO) -> tuple[str, bytes]:
    if not isinstance(path, str | os.PathLike):
        name = getattr(path, "name", "-")
        return (Path(name).name if isinstance(name, str) else "-"), path.read()
    if path == "-":
        return "-", sys.stdin.buffer.read()
    try:
        return Path(path).name, Path(path).read_bytes()
    except FileNotFoundError:
        raise InputMissing(f"there is no file {os.fspath(path)}", hint=_nearby(Path(path))) from None
    except IsADirectoryError:
        hint = f"name the files in it: {Path(path) / '*.csv'}"
        raise InputUnreadable(f"cannot read {os.fspath(path)}: it is a folder", hint=hint) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        hint = f"ls -l {Path(path).parent}" if isinstance(error, OSError) else ""
        raise InputUnreadable(f"cannot read {os.fspath(path)!r}: {reason}", hint=hint) from error


def _nearby(path: Path) -> str:
    """What may have been meant by a file that is not there."""
    import difflib  # hardly ever

    try:
        names = sorted(item.name for item in path.parent.iterdir() if item.is_file())
    except OSError:
        return f"ls {path.parent.parent}    # there is no folder {path.parent} either"
    near = difflib.get_close_matches(path.name, names, 1, 0.6)
    return f"did you mean {path.parent / near[0]}?" if near else f"ls {path.parent}"


def _unzip(data: bytes) -> bytes:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise InputUnreadable("its gzip data is damaged or cut short") from error


def _read_text(
    name: str,
    data: bytes,
    dialect: Dialect | None,
    told: tuple[str | None, str | None, bool | None],
    engine: Engine,
    known: Callable[[str], bool] | None,
) -> Source:
    encoding, delimiter, has_header = told
    if not data:
        raise InputUnreadable("it is empty (0 bytes)")
    guessed = dialect is None and encoding is None
    if dialect is None:
        dialect = sniff(data, encoding=encoding, delimiter=delimiter, has_header=has_header, known=known)
    else:
        dialect = _overridden(dialect, encoding, delimiter, has_header)
    decoded = decode(data, dialect.encoding, lambda lines: find_code_page(lines).name)
    if guessed:
        refuse_binary(decoded.utf8)
    refuse_text(
        decoded.utf8[: 1 << 16].decode(errors="ignore") if len(decoded.utf8) > 1 << 24 else decoded.utf8.decode()
    )
    aligned = align_fast(decoded.utf8, dialect) if engine != "tolerant" else None
    if aligned is None:
        if engine == "arrow":
            raise InputUnreadable("it is not well-formed enough for the fast reader")
        aligned = align_tolerant(decoded.utf8.decode(), dialect)
    notes = [*decoded.notes, *aligned.notes]
    if nul := decoded.utf8.count(b"\0"):
        notes.append(f"{nul} NUL characters")
    return _source(name, aligned, dialect, tuple(notes), _encodings(decoded, aligned.line))


def _overridden(dialect: Dialect, encoding: str | None, delimiter: str | None, has_header: bool | None) -> Dialect:
    if encoding is not None:
        dialect = replace(dialect, encoding=encoding)
    if delimiter is not None:
        dialect = replace(dialect, delimiter=delimiter)
    if has_header is not None and has_header != dialect.has_header:
        line = dialect.preamble_lines + 1 if has_header else 0
        dialect = replace(dialect, has_header=has_header, header_line=line)
    return dialect


def _encodings(decoded: Decoded, line: np.ndarray[Any, np.dtype[np.int64]]) -> pa.DictionaryArray:
    """The encoding of each row: the least usual of its lines'."""
    if decoded.codes is None or not len(line):
        return constant(decoded.names[0], len(line))
    return enum_array(np.maximum.reduceat(decoded.codes, line - 1), decoded.names)


def _one_chunk_each(columns: Sequence[Any], names: Sequence[str]) -> pa.Table:
    """The table, each column in one piece of memory."""
    with ThreadPoolExecutor(_THREADS) as pool:  # Arrow lets go of the interpreter lock
        return pa.table(list(pool.map(as_text, columns)), names=list(names))


def _source(
    name: str,
    aligned: Aligned,
    dialect: Dialect,
    notes: tuple[str, ...] = (),
    encoding: pa.DictionaryArray | None = None,
) -> Source:
    width = len(aligned.columns)
    names = unique_names(aligned.header if aligned.header else [""] * width)
    not_data = (
        pa.table([pa.array(column) for column in zip(*aligned.not_data, strict=True)], NOT_DATA_SCHEMA.names).cast(
            NOT_DATA_SCHEMA
        )
        if aligned.not_data
        else NOT_DATA_SCHEMA.empty_table()
    )
    return Source(
        name=name,
        table=_one_chunk_each(aligned.columns, names),
        header=aligned.header,
        line=aligned.line,
        encoding=constant(dialect.encoding, len(aligned.line)) if encoding is None else encoding,
        unaligned=aligned.unaligned,
        not_data=not_data,
        dialect=dialect,
        digest="",
        notes=notes,
    )
