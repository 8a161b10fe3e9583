"""How much agreement kin can show: people of one name and address who are not one person.

Two records with contradicting given names, one family name, one address and one birth date are twins, or one person
whose given name went wrong. Which, the file tells: kin are mostly not born on the same day, so the pairs of one family
name and address with *different* birth dates count the kin, less two kinds: those whose date went wrong as well (for
each pair born on one day m(different) / m(same) of them are to be expected), and people of one name who happen to live
in one street or postcode (as many as T P(same family name) P(same street or postcode)). With K pairs of kin among T
pairs of records, a share

    u = K / T * P(same birth date | kin) * P(same address | kin)

of random pairs agrees on all of it by kinship, and the agreement can be worth log2(1 / u) bits at most, however rare
the name and the address are. Twins are 3 in 100 births and families move apart: the two chances are taken as 0.02 and
0.7. A file with few such pairs, or without birth dates, does not tell kin from slips: then family name and address say
nothing about who it is, and a birth date no more than siblings have in common.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table
from crmclean.dedup.levels import Comparer
from crmclean.dedup.priors import DIFFERENT, ONE_MISSING, Comparison

__all__ = ["Kinship", "find_kin"]

_BORN_TOGETHER = 0.02
_UNDER_ONE_ROOF = 0.7
_ENOUGH = 20.0  # pairs with two birth dates from which on the file is believed
_HOUSE = ("street", "postal_code")
_EVENTS = 5.0  # pairs of kin that there are whatever the file tells


@dataclass(frozen=True)
class Kinship:
    """Pairs of one family name and address whose given names contradict each other.

    Attributes
    ----------
    pairs : float
        How many there are among the candidate pairs.
    apart, together : int
        How many of a sample have different birth dates, or the same but for a slip of the pen.
    chance : float
        How many of the sample that are of different birth dates would be there if names and addresses were independent.
    records : int
        Number of records.
    """

    pairs: float
    apart: int
    together: int
    chance: float
    records: int

    def bits(self, m: Table, born: Comparison) -> float:
        """The most bits that family name, birth date and address can add up to; 0 where the file does not tell.

        ``m`` are the shares of the levels of the birth date.
        """
        known = self.apart + self.together
        if known < _ENOUGH:
            return 0.0
        slips = self.together * m[DIFFERENT] / m[born.code("swapped") :].sum()
        kin = (max(self.apart - slips - self.chance, 0.0) + _EVENTS) / known * self.pairs
        all_pairs = max(self.records * (self.records - 1) / 2, 1.0)
        return float(np.log2(all_pairs / (kin * _BORN_TOGETHER * _UNDER_ONE_ROOF)))


def find_kin(comparer: Comparer, left: Ints, right: Ints, scale: float) -> Kinship | None:
    """The pairs that may be kin; None where names or birth dates are missing.

    Parameters
    ----------
    left, right : int arrays
        Canonical record numbers of a sample of the candidate pairs, nothing left out.
    scale : float
        How many candidate pairs each of them stands for.
    """
    records = comparer.records
    if not records.has("given", "family", "birth"):
        return None
    found = _of_one_house(comparer, left, right)
    born = comparer.levels(left[found], right[found], only=["birth"])[0]["birth"]
    item = next(item for item in comparer.active if item.name == "birth")
    apart, together = int((born == DIFFERENT).sum()), int((born >= item.code("swapped")).sum())
    known = float((born > ONE_MISSING).mean()) if len(found) else 0.0
    return Kinship(len(found) * scale, apart, together, known * _by_chance(records) / scale, records.count)


def _by_chance(records: Records) -> float:
    """Pairs of records that would share family name and street or postcode if those were independent."""
    shared = {}
    for name in ("family", *_HOUSE):
        if records.has(name):
            form = records.forms[name]
            carriers = np.bincount(form.codes, minlength=form.size)[1:].astype(np.float64)
            shared[name] = float((carriers * (carriers - 1)).sum()) / max(records.count * (records.count - 1), 1)
    family = shared.pop("family")
    return records.count * (records.count - 1) / 2 * family * sum(shared.values())


def _of_one_house(comparer: Comparer, left: Ints, right: Ints) -> Ints:
    """Places of the pairs with one family name, one street or postcode, and given names that contradict each other."""
    records = comparer.records
    family, given = records.codes("family"), records.codes("given")
    a, b = family.take(left), family.take(right)
    found = np.flatnonzero((a == b) & (a > 0) & (given.take(left) != given.take(right)))
    near = np.zeros(len(found), bool)
    for name in _HOUSE:
        if records.has(name):
            codes = records.codes(name)
            near |= (codes[left[found]] == codes[right[found]]) & (codes[left[found]] > 0)
    found = found[near]
    levels, _ = comparer.levels(left[found], right[found], only=["given", "family"])
    of_one_house: Ints = found[levels["given"] == DIFFERENT]
    return of_one_house
