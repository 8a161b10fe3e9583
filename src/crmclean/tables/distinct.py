"""The distinct values of a text column, each once, and a code per row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.kernels import Kernel, kernel
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT

__all__ = ["distinct_texts"]

_CODES = np.ndarray[Any, np.dtype[np.int32]]


def distinct_texts(texts: pa.Array | pa.ChunkedArray) -> tuple[_CODES, pa.LargeStringArray]:
    """Codes of texts and their distinct values.

    Returns
    -------
    codes : int32 array
        Numbered by first appearance from 1 on; 0 for null and "".
    values : pyarrow.LargeStringArray
        What the codes stand for; ``values[0]`` is "", whether a text is blank or not.
    """
    column = as_text(texts)
    whole: pa.LargeStringArray = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    codes, values = kernel("dictionary_codes", "qBBnnniq"), kernel("dictionary_values", "qBqnnqB")
    if codes is None or values is None or whole.buffers()[2] is None:
        return _plain(whole)
    return _compiled(whole, codes, values)


def _compiled(texts: pa.LargeStringArray, code: Kernel, gather: Kernel) -> tuple[_CODES, pa.LargeStringArray]:
    count = len(texts)
    valid, ends, data = texts.buffers()
    offsets = np.frombuffer(ends, np.int64, count + 1, texts.offset * 8)
    raw = np.frombuffer(data, np.uint8)
    bitmap = np.zeros(0, np.uint8) if valid is None else np.frombuffer(valid, np.uint8)
    codes, first = np.empty(count, np.int32), np.empty(count + 1, np.int64)
    size = code(offsets, raw, bitmap, int(valid is not None), texts.offset, count, codes, first)
    if size < 0:
        raise MemoryError(f"no memory for the distinct values of {count:,} texts")
    places = first[1 : size + 1]
    lengths = int((offsets.take(places + 1) - offsets.take(places)).sum())
    bounds, made = np.empty(size + 2, np.int64), np.empty(lengths, np.uint8)
    gather(offsets, raw, places, size, lengths, bounds, made)
    return codes, pa.LargeStringArray.from_buffers(size + 1, pa.py_buffer(bounds), pa.py_buffer(made))


def _plain(texts: pa.LargeStringArray) -> tuple[_CODES, pa.LargeStringArray]:
    coded = pc.dictionary_encode(pc.fill_null(texts, ""))
    codes, values = coded.indices.to_numpy().astype(np.int32), coded.dictionary
    blank = pc.index(values, "").as_py()
    if blank == 0:
        return codes, values
    head = pa.array([""], TEXT)
    if blank < 0:
        return codes + np.int32(1), pa.concat_arrays([head, values])
    moved = np.arange(1, len(values) + 1, dtype=np.int32)
    moved[blank] = 0
    moved[blank + 1 :] -= 1
    kept = pa.concat_arrays([head, values.slice(0, blank), values.slice(blank + 1)])
    return moved.take(codes), kept
