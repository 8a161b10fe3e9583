"""Text made of text in a fast lane: a compiled kernel takes the plain values, the Python version all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.kernels import kernel

__all__ = ["by_kernel"]


def by_kernel(
    array: pa.LargeStringArray,
    plain: Callable[[pa.LargeStringArray], pa.LargeStringArray],
    name: str,
    arguments: str = "",
    *extra: Any,
) -> pa.LargeStringArray:
    """``plain(array)``, by the kernel ``name`` where there is one and for the values that it does not leave out.

    Parameters
    ----------
    array : pyarrow.LargeStringArray
        Null stays null.
    plain : callable
        Makes of each value, whatever stands beside it, what the kernel makes of it.
    name : str
        A kernel that makes no value longer: its arguments are offsets, bytes and number of the values, those of its
        own, and to be filled the offsets and bytes of the results and a truth a value: whether it was left out.
    arguments : str
        Letters for its own arguments (see ``crmclean.kernels.kernel``).
    """
    run = kernel(name, f"qBn{arguments}qBb")
    count, data = len(array), array.buffers()[2]
    if run is None or data is None or not data.size or not count:
        return plain(array)
    offsets = np.frombuffer(array.buffers()[1], np.int64, count + 1, array.offset * 8)
    ends, made = np.empty(count + 1, np.int64), np.empty(int(offsets[-1] - offsets[0]), np.uint8)
    left_out = np.empty(count, bool)
    if run(offsets, np.frombuffer(data, np.uint8), count, *extra, ends, made, left_out) < 0:
        raise MemoryError(f"no memory for the kernel of {count:,} texts")
    texts = pa.LargeStringArray.from_buffers(count, pa.py_buffer(ends), pa.py_buffer(made))
    if left_out.any():
        mask = pa.array(left_out)
        texts = pc.replace_with_mask(texts, mask, plain(array.filter(mask)))
    return pc.if_else(array.is_valid(), texts, pa.scalar(None, array.type)) if array.null_count else texts
