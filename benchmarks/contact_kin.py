"""People who are alike and not the same: families at home and in a firm, namesakes, a number that two people have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from contact_lists import names

__all__ = [
    "first_of",
    "given_names",
    "make_families",
    "make_family_firms",
    "make_namesakes",
    "married_name",
    "share_mobiles",
]

BIG = 30  # from this size on a company may employ two people of one name
FIRM = 12  # up to this size a company may be a family's
FAMILY_FIRMS = 0.25  # share of companies of 2 to FIRM in which some bear the owner's name
HANDED_ON = 0.02  # share of colleagues entered with the mobile of the one before: an assistant, a predecessor
AT_HOME, IN_FIRM = 0.2, 0.15  # share of relatives entered with the mobile of the head of the family


def given_names(culture: np.ndarray, female: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    known = names()
    given = np.zeros(len(culture), np.int32)
    for number, one in enumerate(known.cultures):
        for sex, kind in ((False, "m"), (True, "f")):
            where = np.flatnonzero((culture == number) & (female == sex))
            given[where] = known.draw(one, kind, len(where), rng)
    return given


def first_of(household: np.ndarray) -> np.ndarray:
    """For each person the first member of the household; the person itself outside of one."""
    position = np.arange(len(household))
    starts = np.concatenate([[True], household[1:] != household[:-1]]) | (household < 0)
    return np.maximum.accumulate(np.where(starts, position, 0))


def make_families(
    household: np.ndarray,
    given: np.ndarray,
    family: np.ndarray,
    culture: np.ndarray,
    suffix: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Members of a household share the family name; some second members are a Jr. to a Sr. (in place)."""
    first = first_of(household)
    member = first != np.arange(len(household))
    family[member] = family[first[member]]
    culture[member] = culture[first[member]]
    given[member] = given_names(culture, rng.random(len(given)) < 0.5, rng)[member]
    for _ in range(6):  # two of one name at one address and mailbox could not be told apart: draw again
        pair = pd.MultiIndex.from_arrays([np.where(household >= 0, first, -1 - np.arange(len(first))), given])
        same = member & np.asarray(pair.duplicated())
        given[same] = given_names(culture, rng.random(len(given)) < 0.5, rng)[same]
    second = np.flatnonzero(member & (first == np.arange(len(first)) - 1))
    junior = second[rng.random(len(second)) < 0.06]
    given[junior] = given[first[junior]]
    suffix[junior], suffix[first[junior]] = 2, 1


def make_namesakes(
    company: np.ndarray,
    country: np.ndarray,
    size: np.ndarray,
    given: np.ndarray,
    family: np.ndarray,
    culture: np.ndarray,
    household: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Some people have the name of someone at another company, some that of a colleague (in place)."""
    count = len(company)
    worker = household < 0
    other = np.flatnonzero(worker & (rng.random(count) < 0.015))
    common = names().common[family] & names().common[given]  # two of one rare name would be a wonder
    rest = np.setdiff1d(np.flatnonzero(worker & common), other)
    rest = rest[np.argsort(country[rest], kind="stable")]
    first, last = (np.searchsorted(country[rest], country[other], side=side) for side in ("left", "right"))
    other, first, last = (column[last > first] for column in (other, first, last))
    model = rest[first + (rng.random(len(other)) * (last - first)).astype(np.int64)]
    for column in (given, family, culture):
        column[other] = column[model]
    neighbour = np.flatnonzero(worker & (size[company] >= BIG) & (rng.random(count) < 0.008))
    neighbour = neighbour[(neighbour > 0) & (company[neighbour] == company[neighbour - 1]) & common[neighbour - 1]]
    for column in (given, family, culture):
        column[neighbour] = column[neighbour - 1]


def make_family_firms(
    company: np.ndarray,
    size: np.ndarray,
    given: np.ndarray,
    family: np.ndarray,
    culture: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """In some small companies one to three people bear the family name of the first, the owner (in place).

    Returns the position of the owner for each relative, and each other person's own. Given names are drawn again where
    two relatives would have the same.
    """
    count = len(company)
    position = np.arange(count)
    start = np.concatenate([[0], np.cumsum(size)])[:-1]
    owned = (size >= 2) & (size <= FIRM) & (rng.random(len(size)) < FAMILY_FIRMS)
    relatives = 1 + (rng.random(len(size)) * 3).astype(np.int64)
    employer = np.maximum(company, 0)
    place = position - start[employer]
    kin = (company >= 0) & owned[employer] & (place >= 1) & (place <= relatives[employer])
    owner = np.where(kin, start[employer], position)
    family[kin], culture[kin] = family[owner[kin]], culture[owner[kin]]
    given[kin] = given_names(culture, rng.random(count) < 0.5, rng)[kin]
    head = np.where((company >= 0) & owned[employer], start[employer], -1 - position)
    for _ in range(6):
        same = kin & np.asarray(pd.MultiIndex.from_arrays([head, given]).duplicated(keep="first"))
        given[same] = given_names(culture, rng.random(count) < 0.5, rng)[same]
    return owner


def share_mobiles(
    mobile: pa.Array,
    company: np.ndarray,
    household: np.ndarray,
    owner: np.ndarray,
    given: np.ndarray,
    rng: np.random.Generator,
) -> tuple[pa.Array, np.ndarray]:
    """Some are reached at another's mobile: a parent, the owner of the firm, whoever had the telephone before.

    People of one given name never share a number: they could be one who has married. Returns the numbers and who
    shares one.
    """
    position = np.arange(len(company))
    chance = rng.random(len(company))
    head = first_of(household)
    before = np.where(position > 0, position - 1, 0)
    colleague = (company >= 0) & (company == company[before]) & (position > 0) & (chance < HANDED_ON)
    target = np.where(colleague, before, position)
    target = np.where((owner != position) & (chance < IN_FIRM), owner, target)
    target = np.where((head != position) & (chance < AT_HOME), head, target)
    target = np.where(given == given[target], position, target)
    target = np.where(target[target] != target, position, target)  # a number is passed on once
    shared = target != position
    shared[target[shared]] = True
    return mobile.take(pa.array(target)), shared


def married_name(given: np.ndarray, family: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another family name of the same kind for each of these people who is a woman, the same for the others."""
    known = names()
    married = family.copy()
    for culture in known.cultures:
        low, shares = known.ranges[culture, "f"]
        women = np.flatnonzero((given >= low) & (given < low + len(shares)))
        married[women] = known.draw(culture, "family_f", len(women), rng)
    return married
