"""Arrow text edited as the bytes it is: all values at once, by a table over bytes and the offsets that follow."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["keep_bytes"]


def keep_bytes(array: pa.LargeStringArray, kept: bytes) -> pa.LargeStringArray:
    """Only the bytes ``kept`` of each value, all values at once; null stays null. A part of a letter is no text.

    >>> keep_bytes(pa.array(["+49 (0)30-12", "a٣b4", None], pa.large_string()), b"0123456789").to_pylist()
    ['4903012', '4', None]
    """
    _, offsets, data = array.buffers()
    if data is None or not data.size or not len(array):
        return array
    ends = np.frombuffer(offsets, np.int64, len(array) + 1, array.offset * 8)
    first, last = int(ends[0]), int(ends[-1])
    wanted = np.zeros(256, bool)
    wanted[list(kept)] = True
    raw = np.frombuffer(data, np.uint8, last - first, first)
    chosen = wanted.take(raw)
    before = np.zeros(len(raw) + 1, np.int32 if len(raw) < 2**31 else np.int64)
    np.cumsum(chosen, out=before[1:])
    places = before.take(ends - first).astype(np.int64)
    made = pa.LargeStringArray.from_buffers(len(array), pa.py_buffer(places), pa.py_buffer(raw[chosen]))
    return pc.if_else(array.is_valid(), made, None) if array.null_count else made
