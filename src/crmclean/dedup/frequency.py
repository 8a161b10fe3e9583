"""How common each value is, counted in records or in differently named records.

A value's frequency turns into a ``u`` of its own: agreeing on a rare surname says more than agreeing on a common one
(term-frequency adjustment, Winkler 2000), and a telephone number carried by many differently named people says little
about any two of them (shared-value damping).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from crmclean.dedup.forms import Ints
from crmclean.dedup.priors import Comparison, Frequency
from crmclean.kernels import kernel

if TYPE_CHECKING:
    from crmclean.dedup.encode import Records

__all__ = ["POOLS", "SOUND", "Table", "count_values", "effective_number", "initial_chances", "sound_tables", "value_u"]

Table = np.ndarray[Any, np.dtype[np.float64]]

SOUND = "sound:"  # before the name of a comparison: the table of how common the sound of each value is
POOLS: Mapping[str, str] = {
    "own_line": "line",
    "other_line": "line",
    "email": "email",
    "national_id": "national_id",
    "site": "site",
}


def count_values(records: Records, comparisons: tuple[Comparison, ...]) -> dict[str, Table]:
    """Carriers of each value code, per comparison with a frequency: float64 tables indexed by code.

    With ``by="names"`` the count is the effective number of names among the carriers: the larger, over given and over
    family names, of the inverse Simpson index 1 / sum(share**2) (Hill 1973, order 2). One odd spelling among many
    copies of a person adds little to it, names in each other's field nothing; a switchboard's hundred names add a
    hundred.
    """
    names = _names(records)
    cities = [(records.codes("city"), records.forms["city"].size)] if records.has("city") else []
    tables: dict[str, Table] = {}
    done: dict[tuple[str, str], Table] = {}
    for comparison in comparisons:
        form_name = POOLS.get(comparison.name, comparison.name)
        if comparison.frequency is None or form_name not in records.forms:
            continue
        key = (form_name, comparison.frequency.by)
        if key not in done:
            form = records.forms[form_name]
            told_by = {"records": [], "names": names, "cities": cities}
            spread = [
                effective_number(form.codes, form.size, marks, size) for marks, size in told_by[comparison.frequency.by]
            ]
            if spread:
                done[key] = np.maximum.reduce(spread)
            elif comparison.frequency.by == "cities":
                done[key] = np.ones(form.size)
            else:
                done[key] = form.counts().astype(np.float64)
        tables[comparison.name] = done[key]
    if "email" in tables and records.has("local"):
        local = records.forms["local"]
        spread = [effective_number(local.codes, local.size, marks, size) for marks, size in names]
        tables["local"] = np.maximum.reduce(spread) if spread else local.counts().astype(np.float64)
    return tables


def _names(records: Records) -> list[tuple[Ints, int]]:
    """What tells the names of the records apart: codes of how given and family names sound, and how many there are.

    Where both names of a record stand more often in the other's field, they are taken to be swapped.
    """
    marks = [name for name in ("given_skeleton", "family_skeleton") if name in records.forms]
    if not marks:
        marks = [name for name in ("company_first",) if name in records.forms]
    if len(marks) < 2 or not records.has("given", "family"):
        return [(records.codes(mark), records.forms[mark].size) for mark in marks]
    given, family = (records.forms[mark] for mark in marks)
    size = given.size + family.size
    known = pc.fill_null(pc.index_in(given.values, family.values), -1).to_numpy()
    same = np.where(known >= 0, known, family.size + np.arange(given.size))
    first, last = same[given.codes], family.codes
    swapped = _are_swapped(records)
    return [(np.where(swapped, last, first), size), (np.where(swapped, first, last), size)]


def _are_swapped(records: Records) -> Ints:
    """Records whose given name is more often a family name in the file, and the other way round."""
    given, family = records.codes("given"), records.codes("family")
    often = [records.forms[name].counts() for name in ("given", "family")]
    swapped: Ints = (often[0].take(given) < often[1].take(given)) & (often[1].take(family) < often[0].take(family))
    return swapped & (given > 0) & (family > 0)


def effective_number(codes: Ints, size: int, marks: Ints, marks_size: int, times: Ints | None = None) -> Table:
    """Inverse Simpson index of the marks among the records that carry each code; at least 1.

    ``times`` says how often each record is there (once if not given).
    """
    total, squares = _spread(codes.reshape(-1, codes.shape[-1]), size, marks, marks_size, times)
    return np.maximum(1.0, np.divide(total**2, squares, out=np.ones(size), where=squares > 0))


def _spread(codes: Ints, size: int, marks: Ints, marks_size: int, times: Ints | None) -> tuple[Table, Table]:
    """Per code the records with a mark, and the sum over the marks of the square of the records with both."""
    run = kernel("spread", "innninqnqq")
    if run is None or max(size, marks_size) >= 2**31:
        return _plain_spread(codes, size, marks, marks_size, times)
    total, squares = np.empty(size, np.int64), np.empty(size, np.int64)
    pool, told = (np.ascontiguousarray(array, np.int32) for array in (codes, marks))
    often = np.zeros(0, np.int64) if times is None else np.ascontiguousarray(times, np.int64)
    if run(pool, *pool.shape, size, told, marks_size, often, int(times is not None), total, squares) < 0:
        raise MemoryError(f"no memory for the frequencies of {size:,} values")
    return total.astype(np.float64), squares.astype(np.float64)


def _plain_spread(codes: Ints, size: int, marks: Ints, marks_size: int, times: Ints | None) -> tuple[Table, Table]:
    pool = codes.astype(np.int64)
    known = (pool > 0) & (marks > 0)
    packed = (pool * marks_size + marks)[known]
    if times is None:
        distinct, repeats = np.unique(packed, return_counts=True)
    else:
        distinct, place = np.unique(packed, return_inverse=True)
        repeats = np.bincount(place, np.broadcast_to(times, pool.shape)[known]).astype(np.int64)
    owners = distinct // marks_size
    total = np.bincount(owners, repeats, minlength=size).astype(np.float64)
    squares = np.bincount(owners, repeats.astype(np.float64) ** 2, minlength=size).astype(np.float64)
    return total, squares


def sound_tables(records: Records, comparisons: tuple[Comparison, ...]) -> dict[str, Table]:
    """The chance that a random other record has a name that sounds like each given and family name, by value code."""
    tables = {}
    for item in comparisons:
        sound = records.forms.get(f"{item.name}_skeleton")
        if item.frequency is not None and sound is not None and sound.of_parent is not None:
            chance = value_u(sound.counts().astype(np.float64), records.count, item.frequency)
            tables[SOUND + item.name] = chance.take(sound.of_parent)
    return tables


def initial_chances(records: Records, tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables of given and family names, with an initial as common as the names that it may stand for.

    Whether a list abbreviates names is the same for all its people: *S.* beside *S.* says that the letters agree.
    """
    found = {}
    for name in ("given", "family"):
        first = records.forms.get(f"{name}_initial")
        if name in tables and first is not None and first.of_parent is not None:
            lone = pc.equal(pc.utf8_length(records.forms[name].values), 1).to_numpy(zero_copy_only=False)
            share = first.counts().take(first.of_parent) / max(records.count, 1)
            found[name] = np.where(lone, np.maximum(tables[name], share), tables[name])
    return found


def value_u(counts: Table, records: int, frequency: Frequency) -> Table:
    """The chance that a random other record carries a value, given that one record does.

    With c carriers among N records, c - 1 of the N - 1 others carry it. That estimate is smoothed with the belief
    ``base`` held with the weight of ``weight`` records: ``(c - 1 + weight * base) / (N - 1 + weight)``. For values that
    are issued to one owner (mailboxes, lines, identity numbers) the belief is how many other owners a value has, not
    how many values there are, so it shrinks with the file: ``(c - 2 + base) / N``. There c counts names, and two are
    allowed for one owner, whose name may be misspelt or have changed.
    """
    if frequency.scaled:
        return (np.maximum(counts - 2.0, 0.0) + frequency.base) / max(records, 2)
    others = np.maximum(counts - 1.0, 0.0)
    chance = (others + frequency.weight * frequency.base) / (records - 1 + frequency.weight)
    return np.maximum(chance, frequency.least)
