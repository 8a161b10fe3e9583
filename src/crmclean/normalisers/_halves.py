"""A kernel on both cores: many values in two halves, at the same time.

A kernel is a pure function of each value, so the halves put together are the whole; only the order in which it names
issues and attributes has to be read from both. Two codes of one value stand in one half and so in the kernel's order.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import CellOptions, Kernel, Normalised

__all__ = ["in_halves"]

_WORTH = 200_000  # values


def in_halves(kernel: Kernel, values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """What ``kernel`` gives for the values, and nothing else; many are worked on by two threads."""
    if len(values) < _WORTH:
        return kernel(values, options, regions)
    middle = len(values) // 2
    with ThreadPoolExecutor(2) as pool:  # Arrow and NumPy let go of the interpreter lock
        one, other = pool.map(
            lambda start: kernel(
                values.slice(start, middle if not start else None),
                options,
                None if regions is None else regions.slice(start, middle if not start else None),
            ),
            (0, middle),
        )
    codes, names = _merged(one.issues, other.issues), _merged(one.attributes, other.attributes)
    if codes is None or names is None:
        return kernel(values, options, regions)
    return Normalised(
        pa.concat_arrays([one.value, other.value]),
        pa.concat_arrays([one.reason, other.reason]),
        np.concatenate([one.verdict, other.verdict]),
        {
            code: np.concatenate([part.issues.get(code, np.zeros(len(part.value), bool)) for part in (one, other)])
            for code in codes
        },
        {
            name: pa.concat_arrays(
                [part.attributes.get(name, pa.nulls(len(part.value), TEXT)) for part in (one, other)]
            )
            for name in names
        },
    )


def _merged(first: Iterable[str], second: Iterable[str]) -> list[str] | None:
    """Two lists as one that keeps the order of both; None if they contradict each other.

    >>> _merged(["a", "c"], ["b", "c", "d"]), _merged(["a", "b"], ["b", "a"])
    (['a', 'b', 'c', 'd'], None)
    """
    one, other, merged = list(first), list(second), list[str]()
    while one or other:
        if one and one[0] not in other:
            merged.append(one.pop(0))
        elif other and other[0] not in one:
            merged.append(other.pop(0))
        elif one[0] == other[0]:
            merged.append(one.pop(0))
            other.pop(0)
        else:
            return None
    return merged
