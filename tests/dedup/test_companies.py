"""Companies: what their names may leave out, what tells two of them apart, and branches."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

from crmclean.dedup.blocking import candidate_pairs
from crmclean.dedup.core import Settings, explain_pair, link_records
from crmclean.dedup.model import prior_model
from crmclean.dedup.workings import frozen_model, prepare
from tests.dedup.dedup_files import TEXT, fields_of, link_set, rows_of
from tests.dedup.oracle import all_links

COMPANY = Settings(entity="company")
FIRST, SECOND = (
    ("Arbor", "Basalt", "Cobalt", "Dorado", "Ember", "Falcon", "Garnet", "Harbour", "Indigo", "Juniper"),
    ("Dynamics", "Foundry", "Ventures", "Robotics", "Analytics", "Textiles", "Brewing", "Optics"),
)


def _others(count: int) -> list[str]:
    """Names of companies that have nothing to do with the ones a test is about."""
    return [f"{FIRST[i % 10]}{chr(97 + i // 80)} {SECOND[i % 8]}" for i in range(count)]


def _file(*rows: tuple[str, ...], names: tuple[str, ...] = ("company",)) -> dict[str, list[pa.Array]]:
    fill = [(name, f"Town{place % 9}", f"Weg {place}", "") for place, name in enumerate(_others(60))]
    columns = list(zip_longest(*rows, *(row[: len(names)] for row in fill), fillvalue=""))
    return {name: [pa.array(column, TEXT)] for name, column in zip(names, columns, strict=True)}


def _level(one: str, other: str) -> str:
    fields = _file((one,), (other,))
    work = prepare(fields, COMPANY)
    place = np.empty(work.records.count, np.int64)
    place[work.records.position] = np.arange(work.records.count)
    levels, _ = work.comparer.levels(place[[0]], place[[1]], only=["company"])
    item = next(item for item in work.comparer.active if item.name == "company")
    return item.level_names[int(levels["company"][0])]


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Carrefour SA", "CarrefourSA", "exact"),
        ("Kestrel Mfg Co", "Kestrel Manufacturing Company", "exact"),
        ("Bros. Ostrander", "Ostrander Brothers Ltd", "typo"),
        ("Kestrel Pharm Lab", "Kestrel Pharmaceuticals Laboratories", "typo"),
        ("Univrsl Kestrel", "Universal Kestrel Inc", "typo"),
        ("Société Générale", "Societe Generale SA", "exact"),
        ("Data Stream", "Datastream", "typo"),
        ("University of Kestrel", "Kestrel University", "typo"),
        ("Kestrel Corporation", "Kestrel Corporation Hafenstrasse 5 20457 Hamburg", "exact"),
        ("Kestrel Business Machines (KBM)", "Kestrel Business Machines", "exact"),
        ("Kestrel Business Machines", "KBM", "acronym"),
        ("Conseil National de la Kestrel Scientifique", "CNKS", "acronym"),
        ("Kestrel", "Kestrel Energies SE", "part"),
        ("Three Kestrels", "3 Kestrels", "exact"),
        ("Kestrel Fund II", "Kestrel Fund III", "similar"),
        ("Kestrel Fund", "Kestrel Fund II", "similar"),
        ("Store 12 Kestrel", "Store 13 Kestrel", "similar"),
        ("Kestrel Cafe", "Kestrel Dining Room", "similar"),
        ("AMP Kestrel", "AMS Kestrel", "different"),
        ("Palm", "Palm Too", "part"),
    ],
)
def test_levels_of_company_names(one, other, level):
    assert _level(one, other) == level == _level(other, one)


def test_words_that_are_common_elsewhere_do_not_make_a_name():
    names = ["Kestrel Services", "Ostrander Services", "Kestrel Group", "Services"]
    result = link_records(_file(*((name,) for name in names)), COMPANY)
    assert result.cluster[0] != result.cluster[1]
    assert result.cluster[3] == 3


def test_an_established_name_is_no_variant_of_another():
    """A group's companies share its name: where both names have many records, they are two companies."""
    result = link_records(_file(*[("Kestrel",)] * 30, *[("Kestrel Ostrander",)] * 30), COMPANY)
    assert result.cluster[0] == result.cluster[29]
    assert result.cluster[30] == result.cluster[59] != result.cluster[0]


def test_copies_do_not_fill_the_window_of_an_over_full_block():
    names = ["Kestrel Works"] * 450 + ["Kestrel Yards"] * 450 + ["Kestrel Zones"] * 450
    records = prepare({"company": [pa.array(names, TEXT)]}, COMPANY).records
    found = candidate_pairs(records, "company", pairs_per_row=12, max_block=400)
    codes = records.codes("company")
    met = {tuple(sorted(pair)) for pair in np.stack([codes[found.left], codes[found.right]]).T.tolist()}
    assert len(met) == 6  # each name with itself and with both others
    assert len(found.left) < 12 * len(names)


@pytest.mark.parametrize("written", ["Kestrel AG Hafenstr. 5 20457 Hamburg", "Kestrel AG Hamburg Germany"])
def test_an_address_behind_the_name_is_compared_as_the_street(written):
    work = prepare(_file((written,), ("Kestrel",)), COMPANY)
    assert "kestrel" in work.records.forms["company"].values.to_pylist()
    assert any("hamburg" in value for value in work.records.forms["street"].values.to_pylist())


def test_the_own_city_at_the_end_of_a_name_is_no_part_of_it():
    rows = [("Grand Kestrel Leiden", "Leiden"), ("Bank of Leiden", "Leiden"), ("Club Leiden", "Leiden")]
    values = prepare(_file(*rows, names=("company", "city")), COMPANY).records.forms["company"].values.to_pylist()
    assert {"grand kestrel", "bank of leiden", "club leiden"} <= set(values)


BRANCHES = (
    ("Kestrel Ostrander AS", "Bergen", "Kaigaten 1", "kestrel.no"),
    ("Kestrel Ostrander", "Bergen", "Kaigaten 1", "kestrel.no"),
    ("Kestrel Ostrander AS", "Oslo", "Storgata 9", "kestrel.no"),
)
COLUMNS = ("company", "city", "street", "website")


def test_branches_are_linked_and_not_merged():
    fields = _file(*BRANCHES, names=COLUMNS)
    result = link_records(fields, COMPANY)
    found = link_set(result)
    assert result.cluster[:3].tolist() == [0, 0, 2]
    assert found[0, 1][1:] == ("match", "model")
    assert found[0, 2][1:] == found[1, 2][1:] == ("branch", "branch")
    assert explain_pair(fields, COMPANY, result.measures, 0, 2).band == "branch"


def test_branches_are_merged_where_the_rules_say_so():
    fields, options = _file(*BRANCHES, names=COLUMNS), Settings(entity="company", merge_branches=True)
    result = link_records(fields, options)
    assert result.cluster[:3].tolist() == [0, 0, 0]
    assert link_set(result)[0, 2][1:] == ("match", "branch")
    assert explain_pair(fields, options, result.measures, 0, 2).band == "match"


def test_a_record_without_a_city_joins_no_two_branches():
    nowhere = ("Kestrel Ostrander", "", "", "kestrel.no")
    result = link_records(_file(*BRANCHES, nowhere, names=COLUMNS), COMPANY)
    assert result.cluster[0] == result.cluster[1] != result.cluster[2]


def test_where_cities_are_unknown_street_and_line_tell_branches():
    columns = (*COLUMNS, "phone")
    rows = [
        ("Kestrel Ostrander", "", "Kaigaten 1", "kestrel.no", "+47 22 12 34 56"),
        ("Kestrel Ostrander", "Oslo", "Storgata 9", "kestrel.no", "+47 55 98 76 54"),
        ("Kestrel Ostrander", "Oslo", "Storgata 9", "", "+47 22 12 34 56"),
    ]
    found = link_set(link_records(_file(*rows, names=columns), COMPANY))
    assert found[0, 1][1] == "branch"
    assert found[0, 2][1] != "branch"


def test_two_names_of_one_city_at_one_address_are_no_branches():
    rows = [
        ("Kestrel Ostrander", "Hollywood", "9001 Sunset Blvd", "k.com"),
        ("Kestrel Ostrander", "Los Angeles", "9001 Sunset Boulevard", "k.com"),
    ]
    result = link_records(_file(*rows, names=COLUMNS), COMPANY)
    assert link_set(result)[0, 1][1] == "match"


def test_people_have_no_branches():
    rows = [
        {"first_name": "Xenia", "last_name": "Ostrander", "email": "xo@k.no", "city": city}
        for city in ("Oslo", "Bergen")
    ]
    assert all(band != "branch" for _, band, _ in link_set(link_records(fields_of(rows), Settings())).values())


POOLS = {
    "company": (
        "Acme Inc.",
        "ACME",
        "Acme Fund II",
        "Acme Fund III",
        "",
        "International Business Machines",
        "IBM",
        "Intl Business Machines Corp",
        "Acme Pharm",
        "Acme Pharmaceuticals Ltd Paris France",
    ),
    "city": ("London", "Londn", "Paris", "", "Pune"),
    "street": ("1 High Street", "1 High St. London UK", "2 High Street", "", "9 Elm Road"),
    "phone": ("+1 212 555 0134", "+44 20 7946 0958", "", ""),
    "website": ("acme.com", "ibm.com", "", ""),
}


@settings(derandomize=True, max_examples=12, deadline=None)
@given(rows_of(tuple(POOLS), largest=12, pools=POOLS))
def test_the_oracle_agrees_on_companies(rows):
    fields = fields_of(rows)
    result = link_records(fields, COMPANY)
    work = prepare(fields, COMPANY)
    model = frozen_model(prior_model("company", work.comparer.active, len(rows)), result.measures)
    expected = {}
    for (left, right), (weight, _) in all_links(work, model, COMPANY.keep_probability).items():
        a, b = sorted((int(work.records.position[left]), int(work.records.position[right])))
        expected[a, b] = weight
    found = {pair: said[0] for pair, said in link_set(result).items()}
    assert all(expected[pair] < 0 for pair in expected.keys() - found.keys())  # nothing that blocking may not miss
    assert not found.keys() - expected.keys()
    for pair in expected.keys() & found.keys():
        assert found[pair] == pytest.approx(expected[pair], abs=2e-3)
