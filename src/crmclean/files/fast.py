"""The fast reader: Arrow's CSV parser, for bytes that are shown to be well-formed first.

:func:`scan` looks at every quote and line end in a few array operations and answers two questions. Is each quote
either the first character of a cell, doubled, or the last (then every reader agrees on what the cells are, and Arrow
may read them)? And on which physical line does each record start? Arrow itself raises where a record has more or
fewer cells than the first. Whatever is not shown to be safe is the tolerant reader's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.csv

from crmclean.tables.evidence import TEXT

__all__ = ["Scan", "cell_counts", "line_ends", "read_fast", "scan"]

_WORTH_THREADS = 1 << 22  # bytes: the smallest block
_WINDOW = 1 << 24
_THREADS = 2
_LF, _CR = 10, 13
_Array = np.ndarray[Any, np.dtype[Any]]
_T = TypeVar("_T")


class Scan(NamedTuple):
    """Where records and blank lines are.

    ``record_lines`` and ``blank_lines`` count physical lines from 0; ``starts`` are the byte offsets of the records;
    ``quoted_newlines`` tells whether a quoted cell spans lines, ``longest`` the bytes of the longest record.
    ``doubtful`` are the places among the records whose quoting only the tolerant reader understands, and ``quotes`` the
    byte offsets of the quotes that delimit cells in the others (None where every quote does).
    """

    record_lines: _Array
    blank_lines: _Array
    starts: _Array
    quoted_newlines: bool
    longest: int
    size: int
    doubtful: _Array = np.zeros(0, np.int64)
    quotes: _Array | None = None

    def ends(self, positions: _Array) -> _Array:
        """Byte offsets at which the given records end at the latest (blank lines may follow the record proper)."""
        ends: _Array = np.append(self.starts, self.size)[np.asarray(positions) + 1]
        return ends


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
    ends = line_ends(array)
    outside = _outside_quotes(array, ends, quotechar, delimiter)
    if outside is None:
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


def line_ends(array: _Array) -> _Array:
    """Positions just after each line end: LF, CR LF or a lone CR."""
    returns = _has(array, _CR)

    def ends_from(low: int) -> _Array:
        part = array[low : low + _WINDOW]
        newline: _Array = np.flatnonzero(part == _LF)
        if returns:
            lone = np.flatnonzero(part == _CR)
            lone = lone[array[np.minimum(lone + low + 1, len(array) - 1)] != _LF]
            newline = np.sort(np.concatenate([newline, lone]))
        return newline + (low + 1)

    return np.concatenate([np.zeros(0, np.int64), *_windows(ends_from, len(array))])


def _windows(look: Callable[[int], _T], size: int) -> Iterator[_T]:
    """What ``look`` finds in each window of an array, two at a time: NumPy lets go of the interpreter lock."""
    if size <= _WINDOW:
        yield from map(look, range(0, size, _WINDOW))
        return
    with ThreadPoolExecutor(_THREADS) as pool:
        yield from pool.map(look, range(0, size, _WINDOW))


def _outside_quotes(array: _Array, ends: _Array, quotechar: str, delimiter: str) -> _Array | None:
    """Whether each line end lies outside quotes; None if a quote neither opens nor closes a cell nor is doubled."""
    if not quotechar:
        return np.ones(len(ends), bool)
    beside = np.zeros(256, bool)
    beside[[ord(delimiter), _LF, _CR, ord(quotechar)]] = True
    mark = np.uint8(ord(quotechar))
    counts = _windows(lambda low: np.count_nonzero(array[low : low + _WINDOW] == mark), len(array))
    before = np.concatenate([[0], np.cumsum(list(counts), dtype=np.int64)])  # quotes before each window

    def look(low: int) -> _Array | None:
        parity = int(before[low // _WINDOW]) % 2
        quotes = np.flatnonzero(array[low : low + _WINDOW] == mark) + low
        opening, closing = quotes[parity::2], quotes[1 - parity :: 2]
        if not beside[array[opening[opening > 0] - 1]].all():
            return None
        if not beside[array[closing[closing < len(array) - 1] + 1]].all():
            return None
        here = ends[np.searchsorted(ends, low, side="right") : np.searchsorted(ends, low + _WINDOW, side="right")]
        outside: _Array = (np.searchsorted(quotes, here) + parity) % 2 == 0
        return outside

    found = list(_windows(look, len(array)))
    if before[-1] % 2 or any(part is None for part in found):
        return None
    return np.concatenate([np.zeros(0, bool), *(part for part in found if part is not None)])


def cell_counts(data: bytes | memoryview, delimiter: str, quotechar: str, found: Scan) -> _Array:
    """How many cells each record has: the delimiters outside quotes, and one."""
    array = np.frombuffer(data, np.uint8)
    counts = np.ones(len(found.starts), np.int64)
    parity = 0
    for low in range(0, len(array), _WINDOW):
        part = array[low : low + _WINDOW]
        marks = np.flatnonzero(part == ord(delimiter)) + low
        if found.quotes is not None:
            marks = marks[np.searchsorted(found.quotes, marks) % 2 == 0]
        elif quotechar:
            quotes = np.flatnonzero(part == ord(quotechar)) + low
            marks = marks[(np.searchsorted(quotes, marks) + parity) % 2 == 0]
            parity = (parity + len(quotes)) % 2
        edges = np.searchsorted(marks, np.append(found.starts, len(array)))
        counts += np.diff(edges)
    return counts


def _has(array: _Array, byte: int) -> bool:
    return any(np.any(array[low : low + _WINDOW] == byte) for low in range(0, len(array), _WINDOW))


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
            read_options=pa.csv.ReadOptions(
                column_names=names,
                block_size=max(1 << 22, 2 * found.longest + 64),
                use_threads=len(data) > _WORTH_THREADS,  # one block is one thread's work; others would only be started
            ),
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
