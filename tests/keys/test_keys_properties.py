"""What every key promises: any text goes in, text of the same length comes out, each value by itself, never null."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.keys import companies, emails, names, nicknames, phones, places

TEXT = pa.large_string()
KEYS: dict[str, Callable[..., pa.Array]] = {
    "name_key": names.name_key,
    "name_skeleton": names.name_skeleton,
    "name_suffix": names.name_suffix,
    "honorific_sex": names.honorific_sex,
    "given": lambda a: names.split_name(a)[0],
    "middle": lambda a: names.split_name(a)[1],
    "family": lambda a: names.split_name(a)[2],
    "company_key": companies.company_key,
    "company_acronym": companies.company_acronym,
    "phone_key": phones.phone_key,
    "phone_tail": phones.phone_tail,
    "email_key": emails.email_key,
    "email_local": emails.email_local,
    "email_domain": emails.email_domain,
    "registrable_domain": emails.registrable_domain,
    "street_key": places.street_key,
    "street_number": places.street_number,
    "street_name": places.street_name,
    "city_key": places.city_key,
    "postcode_key": places.postcode_key,
    "region_key": places.region_key,
    "country_key": places.country_key,
    "website_domain": places.website_domain,
}
LETTERS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
LIKELY = st.sampled_from(
    [
        *("Dr. Priya Sharma", "Smith, John Jr.", "शर्मा प्रिया", "محمد رضایی", "王小明", "O'Brien-Smith, MD", "Mr", "jr"),
        *("The Acme Co., Ltd.", "ООО Ромашка", "株式会社トヨタ", "SC Dacia SRL", "AT&T", "Co", "& Co", "and"),
        *("+91 98765-43210 x5", "۰۹۱۲۳۴۵۶۷۸۹", "a.b+c@gmail.com", "x@y", "@", "12 Main St.", "Hauptstr. 5", "WA", "IR"),
    ]
)
VALUES = st.lists(st.one_of(st.none(), LIKELY, LETTERS), max_size=6)


@settings(derandomize=True, deadline=None, max_examples=20)
@given(VALUES)
def test_any_text_each_value_by_itself(values: list[str | None]) -> None:
    array = pa.array(values, TEXT)
    for name, key in KEYS.items():
        result = key(array)
        assert result.type == TEXT, name
        assert len(result) == len(array), name
        assert not result.null_count, name
        backwards = key(array[::-1]) if len(array) else result
        assert backwards.to_pylist() == result.to_pylist()[::-1], name


@settings(derandomize=True, deadline=None, max_examples=25)
@given(VALUES)
def test_name_and_company_keys_are_ascii_words(values: list[str | None]) -> None:
    for key in (names.name_key, names.name_skeleton, companies.company_key):
        for value in key(pa.array(values, TEXT)).to_pylist():
            assert value.isascii()
            assert value == " ".join(value.split()).lower()


@pytest.mark.parametrize("name", sorted(KEYS))
def test_empty_and_missing(name: str) -> None:
    assert KEYS[name](pa.array([], TEXT)).to_pylist() == []
    assert KEYS[name](pa.array([None, "", "  "], TEXT)).to_pylist() == ["", "", ""]
    assert KEYS[name](pa.array(["x", None, ""], TEXT).slice(1)).to_pylist() == ["", ""]


@settings(derandomize=True, deadline=None, max_examples=25)
@given(
    st.lists(st.sampled_from(["bob", "robert", "rob", "sasha", "aleksandr", "md", "mohammad", "", "zzz"]), min_size=2)
)
def test_nicknames_are_symmetric_and_irreflexive(words: list[str]) -> None:
    left, right = pa.array(words, TEXT), pa.array(words[::-1], TEXT)
    assert nicknames.are_nicknames(left, right).tolist() == nicknames.are_nicknames(right, left).tolist()
    assert not nicknames.are_nicknames(left, left).any()


@settings(derandomize=True, deadline=None, max_examples=40)
@given(VALUES)
def test_keys_of_keys_are_the_keys(values: list[str | None]) -> None:
    for key in (names.name_key, emails.email_key, places.city_key, places.country_key, places.region_key):
        once = key(pa.array(values, TEXT))
        assert key(once).to_pylist() == once.to_pylist(), key.__name__
