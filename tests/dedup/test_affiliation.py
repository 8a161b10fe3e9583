"""Affiliation never makes one person of two, whatever the frequencies; a value that everybody shares costs little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedup.core import Settings, count_pairs, link_records
from crmclean.dedup.decide import decide_links
from crmclean.dedup.dependence import supported
from crmclean.dedup.levels import POOLED
from crmclean.dedup.model import prior_model
from crmclean.dedup.priors import DIFFERENT, comparisons_of
from crmclean.dedup.support import LASTING, SUPPORT_CAP, Affiliation, most_support
from crmclean.dedup.weights import Model, score_pairs
from crmclean.dedup.workings import Workings, prepare
from tests.dedup.dedup_files import TEXT, fields_of, full_rows, link_set

GIVEN = (
    *("Alice", "Boris", "Chandra", "Dmitri", "Esther", "Farid"),
    *("Greta", "Hiro", "Ivana", "Jolanda", "Kwame", "Priya"),
)
FAMILY = ("Abbott", "Kowalski", "Mukherjee", "Nakamura", "Oliveira", "Petrov", "Quinn", "Rossi", "Sato", "Thorne", "")
SHARED = {
    "company": ("Acme Ltd", "Initech LLC", "Umbrella", "IBM", ""),
    "street": ("1 High Street", "9 Elm Road", "12 Dock Lane", ""),
    "city": ("London", "Paris", "Pune", ""),
    "postal_code": ("SW1A 1AA", "75001", "411001", ""),
    "state": ("Kent", "MH", ""),
    "country": ("UK", "France", "India", ""),
    "website": ("acme.com", "initech.com", ""),
    "title": ("Engineer", "Sales Manager", "CEO", ""),
    "email": ("info@acme.com", "sales@initech.com", "office@umbrella.org", ""),
}


@st.composite
def firms(draw: st.DrawFn) -> list[dict[str, str]]:
    """People of any few firms: each firm has any number of people, who share what the firm has; no name comes twice."""
    seed, count = draw(st.integers(0, 10_000)), draw(st.integers(2, 150))
    rng = np.random.default_rng(seed)
    names = rng.permutation([(first, last) for first in GIVEN for last in FAMILY])[:count]
    spread = rng.dirichlet(np.full(draw(st.integers(1, 6)), 0.3))  # from one giant firm to firms of a few
    rows = []
    for first, last in names.tolist():
        firm = int(rng.choice(len(spread), p=spread))
        row = {name: values[firm % len(values)] for name, values in SHARED.items()}
        rows.append(row | {"first_name": first, "last_name": last, "phone": f"+44 20 7946 09{firm:02d}"})
    return rows


@settings(derandomize=True, max_examples=20, deadline=None)
@given(firms())
def test_people_of_different_names_are_not_even_asked_about(rows) -> None:
    """With a column for people's own lines and own mailboxes, what all of a firm share is the firm's."""
    nobodys = {"mobile": [pa.array([""] * len(rows), TEXT)]}
    result = link_records({**fields_of(rows), **nobodys}, Settings())
    for (left, right), (_, band, _) in link_set(result).items():
        if rows[left]["first_name"] != rows[right]["first_name"]:
            assert band == "non_match", (rows[left], rows[right])
    given_names = [row["first_name"] for row in rows]
    for label in set(result.cluster.tolist()):
        assert len({given_names[place] for place in np.flatnonzero(result.cluster == label)}) == 1


@cache
def workings() -> Workings:
    return prepare(fields_of(full_rows(1, 200)), Settings())


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.data())
def test_without_identity_evidence_no_weight_rises_above_the_prior(data) -> None:
    """Whatever the levels, m, u and frequencies of what supports: the formula alone, with no file to be lucky with."""
    work, rng = workings(), np.random.default_rng(data.draw(st.integers(0, 2**32)))
    items = work.comparer.active
    start = prior_model("person", items, 200)
    shares = {side: {item.name: rng.dirichlet(np.full(item.size, 0.3)) for item in items} for side in ("m", "u")}
    model: Model = replace(start, m=shares["m"], u=shares["u"], prior=float(rng.uniform(1e-7, 0.2)))
    tables = {name: 10.0 ** rng.uniform(-9, 0, len(table)) for name, table in work.tables.items()}
    pairs = rng.integers(0, 200, (2, 64))
    levels, shared = {}, {}
    for item in items:
        roles = np.array(item.roles())
        supports = np.flatnonzero(roles != "identity")
        if item.role == "identity":  # missing, or shared by people of contradicting names
            supports = np.append(supports[supports >= DIFFERENT], [0, 1])
        levels[item.name] = rng.choice(supports, 64).astype(np.uint8)
        if item.name in tables:
            shared[item.name] = rng.integers(1, len(tables[item.name]), 64)
    pooled = {name: codes for name, codes in shared.items() if name in (*POOLED, "company")}
    scored = score_pairs(model, tables, work.records, (pairs[0], pairs[1]), levels, pooled)
    assert (scored.support <= 0).all()
    assert (scored.weight <= np.log2(model.prior / (1 - model.prior)) + 1e-4).all()
    evidence = {"weight": scored.weight, "identity": scored.identity}
    decided = decide_links(evidence, pairs[0], pairs[1], None, 0.9, 0.5)
    assert (decided.band == 0).all()


# ---- one value that ten thousand carry


COUNT, CARRIERS = 12_000, 10_000
VALUES = {
    "email": ("info@acme.com", "p{0}@x{0}.org"),
    "phone": ("+44 20 7946 0958", "+4420{0:09d}"),
    "mobile": ("+44 7911 123456", "+4479{0:09d}"),
    "company": ("Acme Ltd", "Firm {0}"),
    "street": ("1 High Street", "{0} Elm Road"),
    "postal_code": ("SW1A 1AA", "{0:09d}"),
    "birth_date": ("1970-01-01", ""),
    "national_id": ("123123123", "{0:09d}"),
    "other:Badge": ("B-2026-001", "B-{0:07d}"),
}


def crowd(shared: Mapping[str, str]) -> dict[str, list[pa.Array]]:
    """Twelve thousand people, ten thousand of whom share some values; everybody has a family name of their own."""
    rng = np.random.default_rng(0)
    letters = np.array([*"bcdfghklmnprstvz"]), np.array([*"aeiou"])
    drawn = [part[rng.integers(0, len(part), (COUNT, 6))] for part in letters]
    families = ["".join(row) for row in np.stack(drawn, axis=2).reshape(COUNT, 12).tolist()]
    fields = {
        "first_name": [pa.array([GIVEN[place % len(GIVEN)] for place in range(COUNT)], TEXT)],
        "last_name": [pa.array(families, TEXT)],
    }
    for name, value in shared.items():
        cells = [value if place < CARRIERS else own for place, own in enumerate(own_cells(name))]
        fields[name] = [pa.array(cells, TEXT)]
    return fields


def own_cells(name: str) -> list[str]:
    """A value of their own for each person, not in series."""
    return [VALUES[name][1].format(place * 7_368_787 % 900_000_011) for place in range(1, COUNT + 1)]


@pytest.mark.parametrize("name", [name for name in VALUES if name != "birth_date"])
def test_a_value_of_ten_thousand_adds_few_pairs(name) -> None:
    """At most half as many again as in the same file where each of them has a value of their own."""
    plain = count_pairs({**crowd({}), name: [pa.array(own_cells(name), TEXT)]}, Settings()).pairs
    shared = count_pairs(crowd({name: VALUES[name][0]}), Settings()).pairs
    assert shared <= 1.5 * plain


def test_values_of_ten_thousand_make_no_clique() -> None:
    """All of them at once, which makes of ten thousand people one household at one firm behind one switchboard."""
    result = link_records(crowd({name: value for name, (value, _) in VALUES.items()}), Settings())
    assert result.measures["candidate_pairs"] <= 40 * COUNT
    assert np.bincount(result.cluster).max() <= 2
    assert (np.bincount(result.cluster) > 1).sum() <= COUNT // 1000


@pytest.mark.parametrize("families", [FAMILY[:10], ("Abbott",)], ids=["colleagues", "kin"])
def test_numbers_in_series_make_nobody_one(families) -> None:
    """Staff numbers and lines a digit apart, as a firm issues them to colleagues and to kin of one name."""
    rows = [
        {
            "first_name": GIVEN[place % 12],
            "last_name": families[place // 12 % len(families)],
            "mobile": f"+44 7911 2300{place:02d}",
            "national_id": f"5512{place:04d}",
            "company": "Acme Ltd",
            "street": "1 High Street",
        }
        for place in range(12 * len(families))
    ]
    result = link_records(fields_of(rows), Settings())
    for (left, right), (_, band, _) in link_set(result).items():
        if rows[left]["first_name"] != rows[right]["first_name"]:
            assert band == "non_match", (rows[left], rows[right])


@pytest.mark.parametrize("column", ["company", "email"])
def test_lines_of_one_employer_make_nobody_one_who_shares_a_name(column: str) -> None:
    """Colleagues of one given name, or one family name, whose lines are a digit apart; strangers may be a slip."""
    shared = {"company": "Hero Ltd", "email": "info@hero.example"}[column]
    names = [("Gurpreet", "Singh"), ("Gurpreet", "Kaur"), ("Harjit", "Kaur"), ("Ole", "Rask"), ("Ida", "Bay")]
    rows = [
        {"first_name": given, "last_name": family, "mobile": f"+91 98765 0000{place}", column: shared, "city": "Delhi"}
        for place, (given, family) in enumerate(names)
    ]
    if column == "email":  # a domain says the same as a name
        rows = [row | {"email": f"{'abcde'[place]}.{place}x@hero.example"} for place, row in enumerate(rows)]
    result = link_records(fields_of(rows), Settings())
    assert all(band == "non_match" for _, band, _ in link_set(result).values())
    assert len(np.unique(result.cluster)) == len(rows)


@pytest.mark.parametrize("lasting", [LASTING, (0.97, 0.01, 0.01, 0.01), (0.01, 0.09, 0.2, 0.7)])
def test_most_support_is_hardly_more_than_support(lasting: tuple[float, ...]) -> None:
    rng = np.random.default_rng(4)
    place, employer = rng.uniform(-25, 30, (2, 5_000)).astype(np.float32)
    nothing, wide = np.zeros(5_000, np.float32), np.full(5_000, SUPPORT_CAP, np.float32)
    shares = np.array(lasting, np.float32)[:, None]
    support = Affiliation.of(place, employer, nothing, wide, shares, nothing).support
    most = most_support(place, employer, np.log2(lasting).astype(np.float32))
    over = np.minimum(most, np.float32(SUPPORT_CAP)) - support
    assert over.min() > -1e-3
    assert over.max() < 0.1


@pytest.mark.parametrize(("number", "identity"), [(0.0, 11.0), (13.0, 24.0)])
def test_namesakes_of_two_birth_dates_show_no_more_than_kin_of_one_name_do(number: float, identity: float) -> None:
    """Father and son share both names and the house, however much that identifies; born on one day they may be one."""
    model = replace(prior_model("person", workings().comparer.active, 1000), kin=18.0)
    parts = {"given": 8.0, "family": 7.0, "birth": -4.0, "national_id": number}
    found = {name: np.array([bits], np.float32) for name, bits in parts.items()}
    birth = next(item for item in comparisons_of("person") if item.name == "birth")

    def bound(level: str) -> float:
        levels = {"birth": np.array([birth.code(level)], np.uint8)}
        return float(supported(model, levels, found, np.array([identity], np.float32))[0])

    assert bound("different") == pytest.approx(18.0 - 8.0 - 7.0)
    assert bound("digit") >= identity
