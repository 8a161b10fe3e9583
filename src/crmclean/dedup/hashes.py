"""Hashes of the content of records, the same on every machine and in every run."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pyarrow as pa

from crmclean.dedup.forms import Form, Ints, hash_texts, mix
from crmclean.kernels import kernel
from crmclean.tables.evidence import TEXT

__all__ = ["content_hashes", "order_of"]

_THREADS = 2


def content_hashes(forms: Sequence[tuple[str, Form]], count: int) -> Ints:
    """uint64 hash of the values each record has in named forms; shape (count,).

    Which column of a pool holds what tells records apart.
    """
    content = np.zeros(count, np.uint64)
    with ThreadPoolExecutor(_THREADS) as pool:
        hashes = list(pool.map(_value_hashes, *zip(*forms, strict=True))) if forms else []
        cuts = np.linspace(0, count, _THREADS + 1).astype(np.int64).tolist()
        parts = [slice(start, stop) for start, stop in pairwise(cuts)]
        list(pool.map(lambda part: _chain([form.codes for _, form in forms], hashes, content, part), parts))
    return content


def _value_hashes(name: str, form: Form) -> Ints:
    return mix(hash_texts(form.values) + hash_texts(pa.array([name], TEXT))[0])


def _chain(codes: Sequence[Ints], hashes: Sequence[Ints], content: Ints, part: slice) -> None:
    """Add the forms, one after the other, to the hashes of a part of the records."""
    run = kernel("chain_codes", "innQnnQ")
    for pool, values in zip(codes, hashes, strict=True):
        rows = np.atleast_2d(pool)
        if run is not None:
            whole = np.ascontiguousarray(rows, np.int32)
            run(whole, len(whole), whole.shape[1], values, part.start, part.stop, content)
            continue
        chained = np.zeros(part.stop - part.start, np.uint64)
        for row in rows[:, part]:
            chained = mix(chained) + values[row]
        content[part] = mix(content[part]) + chained


def order_of(hashes: Ints) -> Ints:
    """``np.argsort(hashes, kind="stable")``, int64, of numbers that differ in their upper bits, nearly all.

    Upper bits and places are sorted as one number, which is several times faster; what is left undecided is put right.
    """
    count = len(hashes)
    low = np.uint64((1 << max(count - 1, 1).bit_length()) - 1)
    packed = np.sort((hashes & ~low) | np.arange(count, dtype=np.uint64))
    order: Ints = (packed & low).astype(np.int64)
    alike = np.flatnonzero((packed[1:] ^ packed[:-1]) <= low)
    if len(alike):
        open_ = np.union1d(alike, alike + 1)
        asked = order[open_]
        order[open_] = asked[np.argsort(hashes[asked], kind="stable")]
    return order
