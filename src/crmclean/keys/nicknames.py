"""Which given names stand for one another, and which are two: bob and robert, md and mohammed; maria and mario.

The names of ``rules/lists/given_names.csv`` with all their spellings stand for one another, and any two of them that
nothing relates are two names, however much they look alike.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.lists import read_rows
from crmclean.keys.names import name_key
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT

__all__ = ["are_nicknames", "are_related", "are_two_names", "nickname_codes", "relations"]


@lru_cache(maxsize=1)
def _table() -> tuple[pa.LargeStringArray, np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.int64]]]:
    """All names that are a nickname, have one, or are spelt in several ways.

    Beside them the sorted codes ``left * names + right`` of related pairs, and of each name its line in
    ``given_names.csv``; -1 where it is in none.
    """
    spellings = _groups("given_names.csv", "spellings")
    groups = [*_english_groups(), *_groups("nicknames.csv", "nicknames"), *spellings]
    names = sorted({name for group in groups for name in group})
    number = {name: place for place, name in enumerate(names)}
    members = np.array([number[name] for group in groups for name in group], np.int64)
    sizes = np.array([len(group) for group in groups], np.int64)
    # each member of a group beside each of its members
    left = np.repeat(members, np.repeat(sizes, sizes))
    first = np.repeat(np.cumsum(sizes) - sizes, sizes * sizes)
    start = np.repeat(np.cumsum(sizes * sizes) - sizes * sizes, sizes * sizes)
    right = members[first + (np.arange(len(left)) - start) % np.repeat(sizes, sizes * sizes)]
    line = np.full(len(names), -1)
    for place, group in enumerate(spellings):
        line[[number[name] for name in group]] = place
    return pa.array(names, TEXT), np.unique((left * len(names) + right)[left != right]), line


def _english_groups() -> list[tuple[str, ...]]:
    """One group per formal name: the name and its nicknames, which are thereby also nicknames of each other."""
    short: dict[str, set[str]] = {}
    for formal, relation, name in _english_names():
        if relation == "has_nickname":
            short.setdefault(formal, set()).add(name)
    return [tuple(sorted({formal, *names})) for formal, names in short.items()]


def _english_names() -> list[list[str]]:
    """The lines of the nicknames package's table; its own reader asks for the package's version and takes ten times."""
    found = find_spec("nicknames")
    table = Path(found.origin).with_name("names.csv") if found is not None and found.origin else None
    if table is not None and table.is_file():
        return list(csv.reader(table.read_text(encoding="utf-8").splitlines()))[1:]
    from nicknames import name_triplets

    return [list(triplet) for triplet in name_triplets()]


def _groups(table: str, others: str) -> list[tuple[str, ...]]:
    """The groups of a table in ``rules/lists``, a name and ``others`` in each line, as name keys."""
    rows = [[row["name"], *row[others].split()] for row in read_rows(table)]
    keys = iter(name_key(pa.array([name for row in rows for name in row], TEXT)).to_pylist())
    return [tuple(sorted({next(keys) for _ in row} - {""})) for row in rows]


def are_nicknames(left: Any, right: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether two given-name keys (``name_key``) are one name and its nickname, or two nicknames of one name.

    Pairs are compared element by element; equal names are not nicknames of each other.

    >>> are_nicknames(pa.array(["bob", "bob", "jose", "bob"]), pa.array(["robert", "rob", "pepe", "alice"])).tolist()
    [True, True, True, False]
    """
    return are_related(*(nickname_codes(side) for side in (left, right)))


def nickname_codes(names: Any) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The place of each given-name key in the nickname table, -1 where it is not in it. Shape (n,)."""
    encoded = as_text(names).dictionary_encode()
    found = pc.index_in(encoded.dictionary, value_set=_table()[0]).fill_null(-1)
    places = found.take(encoded.indices).fill_null(-1).to_numpy()
    return np.asarray(places, np.int64)


def relations() -> tuple[int, np.ndarray[Any, np.dtype[np.int64]]]:
    """How many names the nickname table has, and its related pairs: sorted ``left * names + right`` of their places."""
    names, codes, _ = _table()
    return len(names), codes


def are_related(left: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """``are_nicknames`` of names given by their ``nickname_codes``: arithmetic only."""
    names, codes, _ = _table()
    wanted = left * len(names) + right
    wanted[(left < 0) | (right < 0)] = -1
    slots = np.searchsorted(codes, wanted)
    return np.asarray(codes[np.minimum(slots, len(codes) - 1)] == wanted, bool)


def are_two_names(left: np.ndarray[Any, Any], right: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether names, given by their ``nickname_codes``, are known to be two, and neither is short for the other.

    >>> maria, mario, marya = (nickname_codes(pa.array([name])) for name in ("maria", "mario", "marya"))
    >>> are_two_names(maria, mario).tolist(), are_two_names(maria, marya).tolist()
    ([True], [False])
    """
    line = _table()[2]
    one, other = line.take(left), line.take(right)
    two = (left >= 0) & (right >= 0) & (one >= 0) & (other >= 0) & (one != other)
    known = np.flatnonzero(two)
    two[known] = ~are_related(left[known], right[known])
    return np.asarray(two, bool)
