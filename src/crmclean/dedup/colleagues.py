"""Do people who work together also have their place in common?

Where records give the employer's address, two colleagues share it, and it says nothing more about them; where they give
people's homes, it says as much of colleagues as of strangers. The file tells which: pairs of records of one company
whose given and family names both differ are two people, and of these a share s is at one place. With P the evidence of
the place in bits (``support``), it is fitted by expectation maximisation of the mixture

    s 2^P + 1 - s

over them (Dempster, Laird & Rubin 1977).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crmclean.dedup.compare import Levels
from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table
from crmclean.dedup.levels import Comparer
from crmclean.dedup.priors import DIFFERENT
from crmclean.dedup.support import NEIGHBOURS
from crmclean.dedup.weighed import UNIT
from crmclean.dedup.weights import Model, score_pairs

__all__ = ["Colleagues", "draw_colleagues", "find_colleagues"]

_DRAWN = 8_192  # pairs of one company
_BELIEVED = 100.0  # pairs that what is believed of s is worth; a file of fewer does not tell
_ROUNDS = 20


@dataclass(frozen=True)
class Colleagues:
    """Pairs of two people of one company, canonical record numbers, whose places are known, and the levels of these."""

    records: Records
    tables: Mapping[str, Table]
    left: Ints
    right: Ints
    levels: Levels

    def neighbours(self, model: Model) -> float:
        """The share of them that have their place in common; 0 where the file does not tell.

        Under the m and u of ``model``; no further than fourfold from what is believed.
        """
        if len(self.left) < _BELIEVED:
            return 0.0
        place = score_pairs(model, self.tables, self.records, (self.left, self.right), self.levels, {}).place
        density = np.exp2(place.astype(np.float64))
        share = NEIGHBOURS
        for _ in range(_ROUNDS):
            at_one = share * density / (share * density + 1 - share)
            found = np.rint(at_one * UNIT).sum() / UNIT  # of whole numbers, so in any order
            share = (found + _BELIEVED * NEIGHBOURS) / (len(place) + _BELIEVED)
            share = float(np.clip(share, NEIGHBOURS / 4, 1 - (1 - NEIGHBOURS) / 4))
        return share


def find_colleagues(comparer: Comparer, tables: Mapping[str, Table]) -> Colleagues:
    """A sample of the colleagues of a file; none where it lacks names, companies or places."""
    places = [item.name for item in comparer.active if item.roles()[DIFFERENT] == "place"]
    left, right = draw_colleagues(comparer.records) if places else (np.zeros(0, np.intp), np.zeros(0, np.intp))
    if len(left):
        levels, _ = comparer.levels(left, right, only=["given", "family"])
        two = np.flatnonzero((levels["given"] == DIFFERENT) & (levels["family"] == DIFFERENT))
        left, right = left[two], right[two]
    levels, _ = comparer.levels(left, right, only=places)
    told = np.zeros(len(left), bool)
    for name in places:
        told |= levels[name] >= DIFFERENT
    known = np.flatnonzero(told)
    of_known = {name: codes[known] for name, codes in levels.items()}
    return Colleagues(comparer.records, tables, left[known], right[known], of_known)


def draw_colleagues(records: Records) -> tuple[Ints, Ints]:
    """Distinct pairs of records of one company, each pair as likely, by a fixed-seed draw over the canonical order."""
    nobody = np.zeros(0, np.intp), np.zeros(0, np.intp)
    if not records.has("given", "family", "company"):
        return nobody
    company = records.codes("company")
    order = np.argsort(company, kind="stable")
    codes = company[order]
    first, size = np.searchsorted(codes, codes), np.bincount(codes)[codes]
    others = np.where(codes > 0, size - 1, 0).cumsum()
    if not len(others) or not others[-1]:
        return nobody
    generator = np.random.Generator(np.random.PCG64(20261127))
    one = np.searchsorted(others, generator.integers(0, others[-1], _DRAWN), side="right")
    step = 1 + (generator.random(_DRAWN) * (size[one] - 1)).astype(np.int64)
    other = first[one] + (one - first[one] + step) % size[one]
    low, high = np.minimum(order[one], order[other]), np.maximum(order[one], order[other])
    pairs = np.unique(low.astype(np.int64) * records.count + high)
    return pairs // records.count, pairs % records.count
