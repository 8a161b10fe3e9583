"""Hashes of content: the same on every machine and in every run, so that what is chosen by them is, too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.kernels import kernel
from crmclean.tables.batch import as_text

__all__ = ["hash_texts", "mix"]

_Hashes = np.ndarray[Any, np.dtype[Any]]


def hash_texts(texts: pa.LargeStringArray) -> _Hashes:
    """uint64 content hash of each text; null hashes as ``""``. The same on every machine and in every run.

    The UTF-8 bytes are read as little-endian 64-bit words, one multiply-mix per word.
    """
    texts = pc.fill_null(as_text(texts), "")
    run, count = kernel("hash_texts", "qBnQ"), len(texts)
    if run is None or texts.buffers()[2] is None or not texts.buffers()[2].size or not count:
        return _plain(texts)
    hashes = np.empty(count, np.uint64)
    offsets = np.frombuffer(texts.buffers()[1], np.int64, count + 1, texts.offset * 8)
    run(offsets, np.frombuffer(texts.buffers()[2], np.uint8), count, hashes)
    return hashes


def _plain(texts: pa.LargeStringArray) -> _Hashes:
    """Through a byte-strided view, so that the cost is per eight bytes and not per character."""
    count = len(texts)
    offsets = np.frombuffer(texts.buffers()[1], np.int64, count + 1, texts.offset * 8)
    data = texts.buffers()[2]
    start, stop = (int(offsets[0]), int(offsets[-1])) if count else (0, 0)
    raw = np.zeros(stop - start + 8, np.uint8)
    if data is not None and stop > start:
        raw[: stop - start] = np.frombuffer(data, np.uint8, stop - start, start)
    words = np.lib.stride_tricks.as_strided(raw.view(np.uint8)[:8].view("<u8"), (stop - start + 1,), (1,))
    begins, lengths = offsets[:-1] - start, np.diff(offsets)
    hashes = lengths.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0x2545F4914F6CDD1D)
    alive = np.flatnonzero(lengths > 0)
    position = 0
    while len(alive):
        left = np.minimum(lengths[alive] - position, 8).astype(np.uint64)
        mask = np.uint64(0xFFFFFFFFFFFFFFFF) >> (np.uint64(64) - left * np.uint64(8))
        hashes[alive] = mix(hashes[alive] ^ mix(words[begins[alive] + position] & mask))
        position += 8
        alive = alive[lengths[alive] > position]
    return hashes


def mix(values: _Hashes) -> _Hashes:
    """Finaliser of splitmix64 (Steele, Lea & Flood 2014): a bijection of uint64 that scatters every bit."""
    values = values.astype(np.uint64, copy=True)
    values ^= values >> np.uint64(30)
    values *= np.uint64(0xBF58476D1CE4E5B9)
    values ^= values >> np.uint64(27)
    values *= np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values
