"""Small tools for Arrow text arrays that the phone normalisers share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Ints", "Mask", "byte_lengths", "digits_only", "is_match", "put"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

_NO_DIGITS = bytes(byte for byte in range(256) if not 48 <= byte < 58)


def digits_only(values: pa.Array) -> pa.Array:
    """Each text without everything that is not an ASCII digit; one pass over the bytes of the whole array."""
    if not len(values):
        return values
    offsets = np.frombuffer(values.buffers()[1], np.int64)[values.offset : values.offset + len(values) + 1]
    buffer = values.buffers()[2]
    data = np.frombuffer(buffer, np.uint8)[offsets[0] : offsets[-1]] if buffer else np.zeros(0, np.uint8)
    filled = np.flatnonzero(offsets[1:] > offsets[:-1])
    kept = np.zeros(len(values) + 1, np.int64)
    if len(filled):  # an empty text has no sum of its own to `reduceat`
        wanted = (data - np.uint8(48)) < 10  # wraps around below "0"
        kept[filled + 1] = np.add.reduceat(wanted, offsets[filled] - offsets[0], dtype=np.int64)
    digits = data.tobytes().translate(None, _NO_DIGITS)
    return pa.LargeStringArray.from_buffers(len(values), pa.py_buffer(np.cumsum(kept)), pa.py_buffer(digits))


def is_match(values: pa.Array, pattern: str) -> Mask:
    """Boolean array: where an RE2 pattern is found; the values hold no null."""
    mask: Mask = np.array(pc.match_substring_regex(values, pattern), bool)
    return mask


def byte_lengths(values: pa.Array) -> Ints:
    """Length of each text in bytes; the values hold no null."""
    counts: Ints = np.asarray(pc.binary_length(values), np.int64)
    return counts


def put(values: pa.Array, positions: Ints, new: pa.Array) -> pa.Array:
    """``values`` with those at ``positions`` replaced."""
    if not len(positions):
        return values
    index = np.arange(len(values))
    index[positions] = len(values) + np.arange(len(positions))
    return pa.concat_arrays([values, new]).take(pa.array(index))
