"""Text as bytes: the shape of each text, and fixed-width texts read and built as byte matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from crmclean.tables.evidence import TEXT

__all__ = ["as_digits", "groups_by_shape", "joined_text", "number", "repeated"]

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Ints = np.ndarray[Any, np.dtype[np.int64]]


def _shape_table() -> Bytes:
    table = np.arange(256, dtype=np.uint8)
    table[ord("0") : ord("9") + 1] = ord("0")
    table[ord("A") : ord("Z") + 1] = np.arange(ord("a"), ord("z") + 1)
    table[[9, 10, 11, 12, 13]] = ord(" ")
    return table


_TO_SHAPE = _shape_table()


def groups_by_shape(text: pa.LargeStringArray) -> Iterator[tuple[str, Callable[[], tuple[Ints, Bytes]]]]:
    """Each distinct shape with a function that gives its rows and their bytes (a rows x width matrix).

    The bytes are only gathered when asked for, so a shape that is no date costs next to nothing. No nulls.
    """
    buffers = text.buffers()
    offsets = np.frombuffer(buffers[1], np.int64)[text.offset : text.offset + len(text) + 1]
    data = np.frombuffer(buffers[2], np.uint8) if buffers[2] is not None else np.zeros(0, np.uint8)
    first, last = int(offsets[0]), int(offsets[-1])
    shaped = pa.Array.from_buffers(
        TEXT, len(text), [None, pa.py_buffer(offsets - first), pa.py_buffer(_TO_SHAPE[data[first:last]])]
    )
    encoded = shaped.dictionary_encode()
    codes = encoded.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(encoded.dictionary) + 1))

    for code, shape in enumerate(encoded.dictionary.to_pylist()):
        rows = order[edges[code] : edges[code + 1]]

        def gather(rows: Ints = rows) -> tuple[Ints, Bytes]:
            width = int(offsets[rows[0] + 1] - offsets[rows[0]])
            if len(rows) == len(text):  # one shape, one width: the bytes are a matrix already
                return rows, data[first:last].reshape(-1, width)
            return rows, data[offsets[rows][:, None] + np.arange(width)]

        yield shape, gather


def number(cells: Bytes, slot: tuple[int, int]) -> Ints:
    """The digits of a slot as int64, a row each.

    >>> number(np.frombuffer(b"2026", np.uint8).reshape(1, 4), (0, 4))
    array([2026])
    """
    total = np.zeros(len(cells), np.int64)
    for at in range(*slot):
        total = total * 10 + (cells[:, at] - np.uint8(ord("0")))
    return total


def as_digits(values: Ints, width: int) -> Bytes:
    """Non-negative numbers as ``width`` digit characters; ``width`` is at most four.

    >>> as_digits(np.array([7]), 2).tobytes()
    b'07'
    """
    return _digit_table(width)[values]


@lru_cache(maxsize=4)
def _digit_table(width: int) -> Bytes:
    values = np.arange(10**width)
    powers = 10 ** np.arange(width - 1, -1, -1)
    return (values[:, None] // powers % 10 + ord("0")).astype(np.uint8)


def repeated(text: str, count: int) -> Bytes:
    """One ASCII text under itself ``count`` times."""
    return np.broadcast_to(np.frombuffer(text.encode(), np.uint8), (count, len(text)))


def joined_text(columns: Sequence[Bytes]) -> pa.LargeStringArray:
    """Byte columns side by side as an array of equally long texts."""
    cells = np.concatenate(columns, axis=1)
    offsets = np.arange(len(cells) + 1, dtype=np.int64) * cells.shape[1]
    return pa.Array.from_buffers(TEXT, len(cells), [None, pa.py_buffer(offsets), pa.py_buffer(cells)])
