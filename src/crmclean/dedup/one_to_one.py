"""One-to-one linkage: an import list against a CRM, where each record has at most one partner in another source.

The likeliest links win: a link stands if it is the best that both its records have, each towards the other's source;
what else these two have there falls, and so on with what is left (greedy matching, which does not depend on any order,
as equal weights decide nothing). Where the best of a record are equally likely, none of them wins. Links that do not
win, and links within a source, which is taken to hold nobody twice, go to a person.
"""

from __future__ import annotations

import numpy as np

from crmclean.dedup.forms import Ints

__all__ = ["winning_links"]

_ALIKE = 1e-3  # bits that weights may differ by and still be the same: sums of rounded numbers


def winning_links(left: Ints, right: Ints, weight: Ints, sources: Ints) -> Ints:
    """Which match links stand.

    Parameters
    ----------
    left, right : int arrays
        Records of each link; a pair comes once.
    weight : float array
        In bits; ``inf`` for links that a person has judged.
    sources : int array
        Code per record; -1 is no source, and such records link freely.

    Returns
    -------
    bool array
        One for each link.
    """
    a, b = sources[left], sources[right]
    won = (a < 0) | (b < 0)
    open_ = np.flatnonzero(~won & (a != b))
    width = int(sources.max(initial=0)) + 1
    # an end of a link: a record, and the source it looks to
    ends = np.stack([left[open_].astype(np.int64) * width + b[open_], right[open_].astype(np.int64) * width + a[open_]])
    _, ends = np.unique(ends, return_inverse=True)
    ends = ends.reshape(2, len(open_))
    bits = weight[open_].astype(np.float64)
    count = int(ends.max(initial=-1)) + 1
    while len(open_):
        best = np.full(count, -np.inf)
        for side in ends:
            np.maximum.at(best, side, bits)
        is_best = [bits >= best[side] - _ALIKE for side in ends]
        rivals = [np.bincount(side, top, minlength=count) for side, top in zip(ends, is_best, strict=True)]
        tied: Ints = rivals[0] + rivals[1] > 1
        for side in ends:
            tied[side[np.isposinf(bits)]] = False  # what a person said is no tie
        mutual = is_best[0] & is_best[1]
        stands = mutual & ~tied[ends[0]] & ~tied[ends[1]]
        won[open_[stands]] = True
        # the ends of what stands are taken; those of a tie that nothing can break are given up
        closed = np.zeros(count, bool)
        for side in ends:
            closed[side[stands]] = True
        if not stands.any():
            for side in ends:
                closed[side[mutual & (tied[ends[0]] | tied[ends[1]])]] = True
        going = ~(closed[ends[0]] | closed[ends[1]])
        open_, bits, ends = open_[going], bits[going], ends[:, going]
    return won
