"""Well-formedness line by line, for files with stray quotes that :func:`crmclean.files.fast.scan` must refuse.

If each physical line, taken by itself, is a whole record, then they all are: the first one starts outside quotes, so
the next one does, and so on. A line whose quotes never stand at the start of a cell holds no quoted cell: ``5" pipe,3``
is plain. A line whose quotes alternate properly is well-formed. Any other line is *doubtful*: the tolerant reader is
asked whether it is a record of its own and what its cells are. One line that is not, and this view is given up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from crmclean.files.fast import Scan, line_ends
from crmclean.files.tolerant import Grammar, is_single_line

__all__ = ["scan_lines"]

_Array = np.ndarray[Any, np.dtype[Any]]
_SPACE = 32
_DOUBTFUL_SHARE, _DOUBTFUL_MOST = 0.2, 200_000


def scan_lines(data: bytes | memoryview, grammar: Grammar) -> Scan | None:
    """Records, one a line, with the doubtful ones named; None if a record spans lines or too many are in doubt."""
    array = np.frombuffer(data, np.uint8)
    if not len(array) or not grammar.quotechar:
        return None
    ends = line_ends(array)
    starts = np.concatenate([[0], ends])
    if starts[-1] == len(array):
        starts = starts[:-1]
    first = array[starts]
    blank = (first == 10) | (first == 13)
    quotes = np.flatnonzero(array == ord(grammar.quotechar))
    line = np.searchsorted(starts, quotes, side="right") - 1
    kept, doubtful = _judge(array, starts, quotes, line, grammar)
    if len(doubtful) > min(_DOUBTFUL_MOST, max(1000, _DOUBTFUL_SHARE * len(starts))):
        return None
    if not is_single_line(bytes(data).decode("latin-1"), starts.tolist(), doubtful.tolist(), grammar):
        return None
    number = np.arange(len(starts), dtype=np.int64)
    records = number[~blank]
    return Scan(
        record_lines=records,
        blank_lines=number[blank],
        starts=starts[records],
        quoted_newlines=False,
        longest=int(np.diff(starts, append=len(array)).max()),
        size=len(array),
        doubtful=np.searchsorted(records, doubtful),
        quotes=kept,
    )


def _judge(array: _Array, starts: _Array, quotes: _Array, line: _Array, grammar: Grammar) -> tuple[_Array, _Array]:
    """Quotes that open and close cells in lines beyond doubt, and the lines that are not."""
    mark, delimiter = ord(grammar.quotechar), ord(grammar.delimiter)
    before = array[np.maximum(quotes - 1, 0)]
    at_line_start = quotes == starts[line]
    at_start = at_line_start | (before == delimiter)
    # a space before the quote: perhaps padding before a quoted cell, if the space begins the cell
    further = array[np.maximum(quotes - 2, 0)]
    spaced = ~at_line_start & (before == _SPACE)
    padded = spaced & ((quotes - 1 == starts[line]) | (further == delimiter) | (further == _SPACE))
    has_start = np.zeros(len(starts), bool)
    has_start[line[at_start]] = True
    first_quote = np.concatenate([[True], line[1:] != line[:-1]]) if len(line) else np.zeros(0, bool)
    index = np.arange(len(quotes)) - np.maximum.accumulate(np.where(first_quote, np.arange(len(quotes)), 0))
    opens = index % 2 == 0
    follows = np.append(array, 10)[quotes + 1]
    ends_cell = (follows == delimiter) | (follows == 10) | (follows == 13) | (follows == mark)
    wrong = np.where(opens, ~(at_start | ((before == mark) & ~first_quote)), ~ends_cell)
    counts = np.bincount(line, minlength=len(starts))
    bad = np.zeros(len(starts), bool)
    bad[line[wrong & has_start[line]]] = True
    bad |= has_start & (counts % 2 == 1)
    bad[line[padded]] = True
    return quotes[(has_start & ~bad)[line]], np.flatnonzero(bad)
