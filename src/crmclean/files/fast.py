"""The fast reader: Arrow's CSV parser, for bytes that are shown to be well-formed first.

:func:`scan` looks at every quote and line end in a few array operations and answers two questions. Is each quote
either the first character of a cell, doubled, or the last (then every reader agrees on what the cells are, and Arrow
may read them)? And on which physical line does each record start? Arrow itself raises where a record has more or
fewer cells than the first. Whatever is not shown to be safe is the tolerant reader's.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv

from crmclean.tables.evidence import TEXT

__all__ = ["Scan", "read_fast", "scan"]

_WINDOW = 1 << 25
_LF, _CR = 10, 13
_Array = np.ndarray[Any, np.dtype[Any]]


class Scan(NamedTuple):
    """Where records and blank lines are.

    ``record_lines`` and ``blank_lines`` count physical lines from 0; ``starts`` are the byte offsets of the records;
    ``quoted_newlines`` tells whether a quoted cell spans lines, ``longest`` the bytes of the longest record.
    """

    record_lines: _Array
    blank_lines: _Array
    starts: _Array
    quoted_newlines: bool
    longest: int
    size: int

    def ends(self, positions: _Array) -> _Array:
        """Byte offsets at which the given records end at the latest (blank lines may follow the record proper)."""
        return np.append(self.starts, self.size)[np.asarray(positions) + 1]


def scan(data: bytes | memoryview, delimiter: str, quotechar: str) -> Scan | None:
    """Record and blank lines of well-formed UTF-8 CSV bytes, or None if a quote stands where it should not.

    Parameters
    ----------
    data : bytes-like
        The text from the first record on.
    delimiter, quotechar : str
        One ASCII character each; an empty ``quotechar`` means that quotes are characters like any other.
    """
    array = np.frombuffer(data, np.uint8)
    ends, outside = _line_ends(array, data, quotechar, delimiter)
    if ends is None or outside is None:
        return None
    if not len(array):
        none = np.zeros(0, np.int64)
        return Scan(none, none, none, False, 0, 0)
    line_starts = np.concatenate([[0], ends])
    number = np.arange(len(line_starts), dtype=np.int64)
    is_record = np.concatenate([[True], outside])
    if line_starts[-1] == len(array):  # the last line end closes the file
        line_starts, number, is_record = line_starts[:-1], number[:-1], is_record[:-1]
    first = array[line_starts]
    blank = is_record & ((first == _LF) | (first == _CR))
    longest = int(np.diff(line_starts[is_record], append=len(array)).max())
    records = is_record & ~blank
    return Scan(number[records], number[blank], line_starts[records], not bool(outside.all()), longest, len(array))


def _line_ends(
    array: _Array, data: bytes | memoryview, quotechar: str, delimiter: str
) -> tuple[_Array | None, _Array | None]:
    """Positions just after each line end, and whether it lies outside quotes; (None, None) if a quote is stray."""
    returns = _has(array, _CR)
    quote = ord(quotechar) if quotechar else -1
    may_precede, may_follow = np.zeros(256, bool), np.zeros(256, bool)
    may_precede[[ord(delimiter), _LF, _CR, quote]] = True
    may_follow[[ord(delimiter), _LF, _CR, quote]] = True
    ends, outside, parity = [], [], 0
    for low in range(0, len(array), _WINDOW):
        part = array[low : low + _WINDOW]
        newline = np.flatnonzero(part == _LF)
        if returns:
            lone = np.flatnonzero(part == _CR)
            after = lone + low + 1
            lone = lone[array[np.minimum(after, len(array) - 1)] != _LF]
            newline = np.sort(np.concatenate([newline, lone]))
        quotes = np.flatnonzero(part == quote) if quotechar else newline[:0]
        if len(quotes):
            opening, closing = quotes[parity::2] + low, quotes[1 - parity :: 2] + low
            if not may_precede[array[opening[opening > 0] - 1]].all():
                return None, None
            if not may_follow[array[closing[closing < len(array) - 1] + 1]].all():
                return None, None
        before = np.searchsorted(quotes, newline) + parity
        ends.append(newline + low + 1)
        outside.append(before % 2 == 0)
        parity = (parity + len(quotes)) % 2
    if parity:
        return None, None
    none = np.zeros(0, np.int64)
    return np.concatenate(ends or [none]), np.concatenate(outside or [none.astype(bool)])


def _has(array: _Array, byte: int) -> bool:
    return any(bool((array[low : low + _WINDOW] == byte).any()) for low in range(0, len(array), _WINDOW))


def read_fast(
    data: bytes | memoryview, width: int, delimiter: str, quotechar: str, found: Scan
) -> list[pa.ChunkedArray] | None:
    """The ``width`` columns of well-formed UTF-8 CSV bytes as ``large_string``, or None if a record has another width.

    Empty cells are "" and nothing is ever null; no type is inferred.
    """
    if not len(data):
        return [pa.chunked_array([], TEXT) for _ in range(width)]
    names = [f"c{position}" for position in range(width)]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(pa.py_buffer(data)),
            read_options=pa.csv.ReadOptions(column_names=names, block_size=max(1 << 22, 2 * found.longest + 64)),
            parse_options=pa.csv.ParseOptions(
                delimiter=delimiter,
                quote_char=quotechar or False,
                double_quote=bool(quotechar),
                newlines_in_values=found.quoted_newlines,
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, TEXT),
                null_values=[],
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return list(table.columns)
