"""Addresses behind company names: any text may come, and what is no address stays."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.keys.companies import company_key, without_own_acronym
from crmclean.keys.company_addresses import split_address

PIECES = (
    "Acme",
    "GmbH",
    "& Co. KG",
    "s. a.",
    "foo_bar",
    "of",
    "12345",
    "7",
    "Munich",
    "Germany",
    "株式会社",
    "\x00",
    "  ",
    "_",
    "Co",
    "Inc.",
)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join), st.none()),
        max_size=6,
    )
)
def test_any_text_is_taken_apart_or_left(values):
    names, addresses = split_address(pa.array(values, pa.large_string()))
    assert len(names) == len(addresses) == len(values)
    for value, name, address in zip(values, names.to_pylist(), addresses.to_pylist(), strict=True):
        assert address or name == value  # nothing cut: nothing changed
        assert not address or name
    without_own_acronym(company_key(names))


@pytest.mark.parametrize(
    "name",
    [
        "Acme 2000 Trading Ltd",
        "Studio 54",
        "Toyota Motor Corporation of America",
        "AS Roma",
        "Local No. 150 Operating Engineers",
        "Teamsters Local 916 Drive Fund",
        "Japan as represented by the Minister",
        "Denver CO Dental",
        "7-Eleven 24 Hours",
        "Acme Inc.",
    ],
)
def test_what_is_no_address_stays(name):
    assert split_address(pa.array([name]))[1].to_pylist() == [""]


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("Kestrel S.p.A. Via Roma 5 Torino", "kestrel spa", "via roma 5 torino"),
        ("Kestrel GmbH & Co. KG 80331 München", "kestrel gmbh and co kg", "80331 munchen"),
        ("Kestrel 12 Rue Verte 75008 Paris", "kestrel", "12 rue verte 75008 paris"),
        ("Kestrel Ltd, Ireland", "kestrel ltd", "ireland"),
    ],
)
def test_addresses_come_off(written, name, address):
    names, addresses = split_address(pa.array([written]))
    assert (names.to_pylist(), addresses.to_pylist()) == ([name], [address])
