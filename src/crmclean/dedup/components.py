"""Connected components by hooking roots, in array operations.

Each record points at a record of its component, at first at itself. In every round, of each link that still joins two
trees the larger root is hooked under the smallest root that asks for it, then all records are pointed at their roots
(after Shiloach & Vishkin 1982). A root is only ever hooked under a smaller one, so the last root of a component is its
smallest member; a root that has a smaller neighbour does not survive a round.

SciPy's graph routine takes as long, but importing it takes longer than most files take to link.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from crmclean.dedup.forms import Ints

__all__ = ["components"]


def components(count: int, left: Ints, right: Ints) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Connected components, each labelled with its smallest member.

    Parameters
    ----------
    count : int
        Number of records.
    left, right : int arrays of equal length
        The records that each link joins.

    >>> components(5, np.array([4, 2]), np.array([1, 4])).tolist()
    [0, 1, 1, 3, 1]
    """
    root = np.arange(count)
    one, other = np.asarray(left, np.int64), np.asarray(right, np.int64)
    while len(one):
        one, other = root.take(one), root.take(other)
        apart = one != other
        one, other = one[apart], other[apart]
        np.minimum.at(root, np.maximum(one, other), np.minimum(one, other))
        while True:
            above = root.take(root)
            if np.array_equal(above, root):
                break
            root = above
    return root.astype(np.int32)
