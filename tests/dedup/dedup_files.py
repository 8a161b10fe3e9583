"""Small files for the tests of the dedup core, drawn from pools of values that collide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

TEXT = pa.large_string()

POOLS: Mapping[str, Sequence[str]] = {
    "first_name": (
        "John",
        "Jon",
        "Jane",
        "Bob",
        "Robert",
        "J.",
        "Priya",
        "प्रिया",
        "Mary Ann",
        "Ann",
        "",
        "Smith",
        "J. Ann",
    ),
    "last_name": (
        "Smith",
        "Smyth",
        "Sharma",
        "शर्मा",
        "Jones-Smith",
        "O'Brien",
        "",
        "John",
        "Smith Jr",
        "Smith Sr",
        "Smith K.",
    ),
    "email": ("john.smith@acme.com", "john.smith@other.org", "jane@gmail.com", "info@acme.com", "", "js77@web.de"),
    "phone": ("+1 212 555 0134", "212-555-0134", "+44 20 7946 0958", "", "+44 20 7946 0985"),
    "mobile": ("+91 98765 43210", "", "09876543210", "+1 415 555 0199"),
    "company": ("Acme Inc.", "ACME", "Initech LLC", "", "International Business Machines", "IBM"),
    "street": ("1 High Street", "1 High St.", "2 High Street", "", "9 Elm Road"),
    "city": ("London", "Londn", "Paris", "", "Pune"),
    "postal_code": ("SW1A 1AA", "75001", "75010", ""),
    "country": ("UK", "United Kingdom", "France", ""),
    "birth_date": ("1980-02-03", "1980-03-02", "1980-02-04", "1980-02-30", "1975-11-30", "1975-13-30", ""),
    "title": ("Engineer", "Sales Manager", ""),
}
AFFILIATION = ("company", "street", "city", "postal_code", "country", "title", "phone")


def rows_of(
    names: Sequence[str], *, largest: int = 14, pools: Mapping[str, Sequence[str]] = POOLS
) -> st.SearchStrategy[list[dict[str, str]]]:
    """Files of a few records with the given fields."""
    row = st.fixed_dictionaries({name: st.sampled_from(pools[name]) for name in names})
    return st.lists(row, min_size=2, max_size=largest)


def fields_of(rows: Sequence[Mapping[str, str]]) -> dict[str, list[pa.Array]]:
    """Records as the columns the core takes."""
    names = list(rows[0])
    return {name: [pa.array([row[name] for row in rows], TEXT)] for name in names}


def link_set(result: Any) -> dict[tuple[int, int], tuple[float, str, str]]:
    """Links by pair of positions."""
    columns = (result.links[name].to_pylist() for name in ("row_l", "row_r", "weight", "decision", "decided_by"))
    return {(left, right): (weight, band, reason) for left, right, weight, band, reason in zip(*columns, strict=True)}


def parts_of(labels: Sequence[int]) -> set[frozenset[int]]:
    """The partition that labels stand for."""
    groups: dict[int, set[int]] = {}
    for position, label in enumerate(labels):
        groups.setdefault(label, set()).add(position)
    return {frozenset(group) for group in groups.values()}


_GIVEN = (
    "John",
    "Jon",
    "Jane",
    "Robert",
    "J.",
    "J. Robert",
    "प्रिया",
    "Mary Ann",
    "Théo",
    "Zoé",
    "Mario",
    "Smith",
    "Brunet",
    "",
)
_FAMILY = ("Smith", "Smyth", "शर्मा", "O'Brien", "John", "Smith Jr", "Brunet", "Brunot", "Petitjean", "Zoé", "")
_WORDS = ("Acme", "Acmee", "Robotics", "Robotcis", "Global", "Bank", "Banca", "Systems", "System", "of", "the")
_PLAIN: Mapping[str, Sequence[str]] = {
    "gender": ("m", "f", ""),
    "birth_date": ("1970-02-03", "1970-03-02", "1970-02-12", "1971-03-03", "1970-13-02", "1980-02-30", ""),
    "linkedin": ("https://www.linkedin.com/in/xenia22", "linkedin.com/in/xenia24", "", "", ""),
    "email_2": ("info@acme.com", "js77@acme.com", "js77@bank.fr", "smith@other.org", "", "", ""),
    "phone": ("+1 212 555 0134", "+44 20 7946 0958", "+1 212 555 1134", "+91 98000 00001", ""),
    "mobile": ("+91 98765 43210", "+91 98000 00001", "+1 212 555 0134", "+91 98000 00010", "", ""),
    "street": ("1 High Street", "1 High St.", "9 Elm Road", "9 Elm Raod", "Elm Road", ""),
    "city": ("London", "Londn", "Paris", "Pune", ""),
    "postal_code": ("SW1A 1AA", "75001", "75010", ""),
    "website": ("acme.com", "bank.fr", "", ""),
}


def full_rows(seed: int, count: int) -> list[dict[str, str]]:
    """A file of people in two countries with every kind of field and some duplicates, the same for one seed."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, str]] = []
    while len(rows) < count:
        given, family = str(rng.choice(_GIVEN)), str(rng.choice(_FAMILY))
        local = str(rng.choice([f"{given}.{family}".lower().replace(" ", ""), "info", "js77", "smith2", "smith"]))
        row = {name: str(rng.choice(values)) for name, values in _PLAIN.items()}
        row |= {"first_name": given, "last_name": family, "country": str(rng.choice(["FR", "IN"]))}
        row["email"] = f"{local}@{rng.choice(['acme.com', 'acmee.com', 'bank.fr'])}" if rng.random() < 0.7 else ""
        row["company"] = " ".join(rng.choice(_WORDS, rng.integers(0, 5)))
        row["national_id"] = str(rng.integers(10**6, 10**6 + count)) if rng.random() < 0.4 else ""
        rows.append(row)
        if rng.random() < 0.25:
            turned = {"email": row["email_2"], "email_2": row["email"]} if rng.random() < 0.5 else {}
            rows.append(row | turned | {str(rng.choice(list(row))): ""})
    for row in rows[3::40]:  # few enough to be wrong, while a file of many such years would be of history
        row["birth_date"] = "1070-02-03"
    return rows[:count]
