"""How much agreement kin can show: people of one name and address who are not one person.

Two records with contradicting given names, one family name, one address and one birth date are twins, or one person
whose given name went wrong. Which, the file tells: kin are mostly not born on the same day, so the pairs of one family
name and address with *different* birth dates count the kin. With K pairs of kin among T pairs of records, a share

    u = K / T * P(same birth date | kin) * P(same address | kin)

of random pairs agrees on all of it by kinship, and the agreement can be worth log2(1 / u) bits at most, however rare
the name and the address are. Twins are 3 in 100 births and families move apart: the two chances are taken as 0.02 and
0.7. A file with few such pairs, or without birth dates, does not tell kin from slips: then family name and address say
nothing about who it is, and a birth date no more than siblings have in common.
"""

from __future__ import annotations

import numpy as np

from crmclean.dedup.forms import Ints
from crmclean.dedup.levels import Comparer
from crmclean.dedup.priors import DIFFERENT

__all__ = ["kin_bits"]

_BORN_TOGETHER = 0.02
_UNDER_ONE_ROOF = 0.7
_ENOUGH = 20.0  # pairs with two birth dates from which on the file is believed
_ALWAYS = 0.02  # kin a record, whatever the file tells


def kin_bits(comparer: Comparer, left: Ints, right: Ints, scale: float) -> float:
    """The most bits that family name, birth date and address can add up to between people of different given names.

    0 where the file does not tell.

    Parameters
    ----------
    left, right : int arrays
        Canonical record numbers of a sample of the candidate pairs, nothing left out.
    scale : float
        How many candidate pairs each of them stands for.
    """
    records = comparer.records
    if not records.has("given", "family", "birth"):
        return 0.0
    found = _of_one_house(comparer, left, right)
    born = comparer.levels(left[found], right[found], only=["birth"])[0]["birth"]
    item = next(item for item in comparer.active if item.name == "birth")
    apart, together = int((born == DIFFERENT).sum()), int((born >= item.code("swapped")).sum())
    if apart + together < _ENOUGH:
        return 0.0
    kin = apart / (apart + together) * len(found) * scale + _ALWAYS * records.count
    pairs = max(records.count * (records.count - 1) / 2, 1.0)
    return float(np.log2(pairs / (kin * _BORN_TOGETHER * _UNDER_ONE_ROOF)))


def _of_one_house(comparer: Comparer, left: Ints, right: Ints) -> Ints:
    """Places of the pairs with one family name, one street or postcode, and given names that contradict each other."""
    records = comparer.records
    family, given = records.codes("family"), records.codes("given")
    a, b = family.take(left), family.take(right)
    found = np.flatnonzero((a == b) & (a > 0) & (given.take(left) != given.take(right)))
    near = np.zeros(len(found), bool)
    for name in ("street", "postal_code"):
        if records.has(name):
            codes = records.codes(name)
            near |= (codes[left[found]] == codes[right[found]]) & (codes[left[found]] > 0)
    found = found[near]
    levels, _ = comparer.levels(left[found], right[found], only=["given", "family"])
    of_one_house: Ints = found[levels["given"] == DIFFERENT]
    return of_one_house
