"""The one file that a command writes: whole or not at all, and nowhere but where its name says."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from crmclean.errors import OutputError
from crmclean.files.write import output_delimiter, write_table

if TYPE_CHECKING:
    import pyarrow as pa

    from crmclean.files.read import Source

__all__ = ["write_outfile"]


def write_outfile(table: pa.Table, name: str, source: Source) -> None:
    """Write a table that begins with the columns of a source, under the source's own headers.

    Parameters
    ----------
    name : str
        A path; ``.parquet`` and ``.xlsx`` say the format, anything else is CSV in the dialect of the source. The file
        appears whole, behind a link if the path is one. "-" is standard output; what is no file, a device or a pipe, is
        written to as it stands.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    path = Path(name)
    if name == "-":
        _write(table, sys.stdout.buffer, "standard output", source)
        sys.stdout.buffer.flush()
    elif path.exists() and not path.is_file():
        _write(table, path, name, source)
    else:
        whole = path.resolve()
        scratch = whole.with_name(f".crmclean-{whole.name}-{os.getpid()}")
        try:
            _write(table, scratch, name, source)
            os.replace(scratch, whole)
        except OSError as error:
            raise OutputError.of(error, path) from error
        finally:
            scratch.unlink(missing_ok=True)


def _write(table: pa.Table, to: Path | BinaryIO, name: str, source: Source) -> None:
    """Write to a place what belongs under a name, which says the format and which errors are about."""
    format = _format(name)
    if format != "parquet" and source.header:  # which takes no name twice
        ours = [name for name in source.table.schema.names if not name.startswith("crmclean_")]
        header = dict(zip(source.table.schema.names, source.header, strict=True))
        table = table.rename_columns([*(header[name] for name in ours), *table.schema.names[len(ours) :]])
    dialect: Any = source.dialect
    try:
        write_table(
            table,
            to,
            format=format,
            delimiter=output_delimiter(dialect.delimiter),
            quoting="all" if dialect.quote_all else "minimal",
            bom=dialect.bom,
            line_terminator=dialect.line_terminator if dialect.line_terminator != "\r" else "\n",
        )
    except OutputError as error:  # it names the scratch file
        cause = error.__cause__
        if isinstance(cause, BrokenPipeError):  # whoever read has gone: no error of ours
            raise cause from None
        raise OutputError.of(cause, name) if isinstance(cause, OSError) else error from None


def _format(name: str) -> Literal["csv", "parquet", "xlsx"]:
    ending = Path(name).suffix.lower()
    return "parquet" if ending == ".parquet" else "xlsx" if ending == ".xlsx" else "csv"
