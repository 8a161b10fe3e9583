"""What must hold of any file: row order, affiliation, the oracle, shared values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedup.core import Settings, explain_pair, link_records
from crmclean.dedup.model import draw_chance, prior_model, with_chance
from crmclean.dedup.priors import DIFFERENT
from crmclean.dedup.workings import frozen_model, prepare
from tests.dedup.dedup_files import AFFILIATION, POOLS, TEXT, fields_of, full_rows, link_set, parts_of, rows_of
from tests.dedup.oracle import all_links, weight_of

EVERYTHING = tuple(POOLS)
careful = settings(derandomize=True, max_examples=8, deadline=None)


@careful
@given(rows_of(EVERYTHING), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    one = link_records(fields_of(rows), Settings())
    other = link_records(fields_of([rows[place] for place in order]), Settings())
    # records of equal content are interchangeable: compare what the links say, not which twin they name
    key = [tuple(row.items()) for row in rows]
    assert sorted((sorted((key[a], key[b])), said) for (a, b), said in link_set(one).items()) == sorted(
        (sorted((key[order[a]], key[order[b]])), said) for (a, b), said in link_set(other).items()
    )
    shapes = [
        sorted(sorted(keys[place] for place in part) for part in parts_of(labels))
        for keys, labels in ((key, one.cluster), ([key[place] for place in order], other.cluster))
    ]
    assert shapes[0] == shapes[1]


@careful
@given(rows_of(AFFILIATION, largest=30))
def test_colleagues_without_person_evidence_stay_apart(rows):
    nobody = {
        "mobile": [pa.array([""] * len(rows), TEXT)]
    }  # with a column for people's own lines, phones are switchboards
    result = link_records({**fields_of(rows), **nobody}, Settings())
    assert all(band == "non_match" for _, band, _ in link_set(result).values())
    assert result.cluster.tolist() == list(range(len(rows)))


@pytest.mark.parametrize("size", [2, 5, 40, 300])
def test_named_colleagues_stay_apart_whatever_the_frequencies(size):
    given = ["Alice", "Boris", "Chandra", "Dmitri", "Esther", "Farid", "Greta", "Hiro", "Ivan", "Jolanda"]
    family = ["Abbott", "Kowalski", "Mukherjee", "Nakamura", "Oliveira", "Petrov", "Quinn", "Rossi", "Sato", "Thorne"]
    places = range(size)
    constant = {
        "company": "Acme Ltd",
        "street": "1 High Street",
        "city": "London",
        "postal_code": "SW1A 1AA",
        "phone": "+44 20 7946 0958",
        "title": "Engineer",
        "email": "info@acme.com",
    }
    fields = {
        "first_name": [pa.array([given[place % 10] for place in places], TEXT)],
        "last_name": [pa.array([f"{family[place // 10 % 10]}{'x' * (place // 100)}" for place in places], TEXT)],
        **{name: [pa.array([value] * size, TEXT)] for name, value in constant.items()},
        "mobile": [pa.array([f"+4479{place * 7919 % 10**8:08d}" for place in places], TEXT)],
    }
    result = link_records(fields, Settings())
    bands = [band for _, band, _ in link_set(result).values()]
    assert "match" not in bands
    assert "review" not in bands


@careful
@given(rows_of(("first_name", "last_name", "email", "mobile", "company", "city", "birth_date"), largest=10))
def test_the_oracle_agrees(rows):
    options = Settings()
    fields = fields_of(rows)
    result = link_records(fields, options)
    work = prepare(fields, options)
    model = frozen_model(prior_model("person", work.comparer.active, len(rows)), result.measures)
    expected = {}
    for (left, right), (weight, _) in all_links(work, model, options.keep_probability).items():
        a, b = sorted((int(work.records.position[left]), int(work.records.position[right])))
        expected[a, b] = weight
    said = link_set(result)
    found = {pair: weight for pair, (weight, _, why) in said.items() if why != "shared_contact" or pair in expected}
    edge = np.log2(options.keep_probability / (1 - options.keep_probability))
    for pair in expected.keys() ^ found.keys():
        assert abs(expected.get(pair, found.get(pair)) - edge) < 1e-3, pair
    for pair in expected.keys() & found.keys():
        assert found[pair] == pytest.approx(expected[pair], abs=2e-3)


@pytest.mark.parametrize(("kin", "neighbours"), [(0.0, 0.0), (8.0, 0.4), (25.0, 0.95)])
def test_the_oracle_agrees_on_a_file_with_every_field(kin, neighbours):
    """Whatever the file tells of kin, of colleagues, of who keeps place and employer, and of slips.

    With numbers and birth dates that contradict the rest, and names that crossed.
    """
    work = prepare(fields_of(full_rows(7, 80)), Settings())
    chance = draw_chance(work.comparer, work.tables)
    model = replace(
        with_chance(prior_model("person", work.comparer.active, 80), chance), kin=kin, neighbours=neighbours
    )
    mailbox = next(item for item in work.comparer.active if item.name == "email")
    rng = np.random.default_rng(3)
    lasting, slips = rng.dirichlet(np.ones(4), mailbox.size), rng.uniform(-1, 1, (5, 5))
    model = replace(model, lasting=lasting, slips=slips)
    if kin:
        model = replace(model, misdated=rng.dirichlet(np.ones(len(model.m["birth"]))))
    left, right = np.triu_indices(80, 1)
    scored, levels = work.score(model, left, right)
    assert (levels["birth"] == DIFFERENT).any()
    assert (levels["national_id"] == DIFFERENT).any()
    for place in range(0, len(left), 7):
        weight, identity = weight_of(work, model, int(left[place]), int(right[place]))
        assert scored.identity[place] == pytest.approx(identity, abs=2e-3)
        assert scored.weight[place] == pytest.approx(weight, abs=2e-3)


@careful
@given(rows_of(EVERYTHING, largest=8))
def test_an_explanation_adds_up_to_the_link(rows):
    fields = fields_of(rows)
    result = link_records(fields, Settings())
    for (left, right), (weight, _, _) in list(link_set(result).items())[:3]:
        told = explain_pair(fields, Settings(), result.measures, left, right)
        assert told.weight == pytest.approx(weight, abs=1e-3)
        assert told.prior_weight + sum(item.weight for item in told.comparisons) == pytest.approx(weight, abs=1e-2)


def test_a_value_carried_by_ten_thousand_costs_no_clique():
    count = 10_000
    rng = np.random.default_rng(5)
    syllables = np.array(["ba", "do", "ki", "lu", "me", "no", "ra", "si", "tu", "ve", "wo", "zy"])
    words = np.array(["".join(part) for part in syllables[rng.integers(0, 12, (2 * count, 4))]])
    fields = {
        "first_name": [pa.array(words[:count], TEXT)],
        "last_name": [pa.array(words[count:], TEXT)],
        "email": [pa.array(["test@test.com"] * count, TEXT)],
        "phone": [pa.array(["+1 212 555 0134"] * count, TEXT)],
    }
    result = link_records(fields, Settings())
    assert sum(rule["pairs"] for rule in result.measures["blocking"]) < 100 * count
    assert any(rule["refined_blocks"] for rule in result.measures["blocking"])
    assert result.measures["largest_cluster"] <= 3


def test_records_kept_apart_go_to_review():
    rows = [
        {"first_name": "Priya", "last_name": "Venkataraman", "email": "priya.v@gmail.com"},
        {"first_name": "Priya", "last_name": "Venkataraman", "email": "priya.v@gmail.com"},
        *({"first_name": f"Odd{n}", "last_name": f"Other{n}", "email": f"o{n}@x.org"} for n in range(40)),
    ]
    free = link_records(fields_of(rows), Settings())
    assert free.cluster[0] == free.cluster[1]
    codes = np.full(len(rows), -1)
    codes[:2] = 0, 1
    held = link_records(fields_of(rows), Settings(), kept_apart=codes)
    assert held.cluster[0] != held.cluster[1]
    assert link_set(held)[0, 1][1:] == ("review", "kept_apart")


@pytest.mark.parametrize("count", [0, 1])
def test_files_with_nothing_to_compare(count):
    result = link_records({"first_name": [pa.array(["Ann"] * count, TEXT)]}, Settings())
    assert result.links.num_rows == 0
    assert result.cluster.tolist() == list(range(count))


def test_profiles_a_letter_apart_are_two_people():
    rows = [
        {"first_name": "Xenia", "last_name": "Vogel", "linkedin": "https://www.linkedin.com/in/xenia24"},
        {"first_name": "Xenia", "last_name": "Lopez", "linkedin": "https://www.linkedin.com/in/xenia22"},
        {"first_name": "X.", "last_name": "Vogel", "linkedin": "linkedin.com/in/xenia24/?lang=de"},
        *({"first_name": f"Odd{n}", "last_name": f"Other{n}", "linkedin": f"linkedin.com/in/o{n}x"} for n in range(40)),
    ]
    result = link_records(fields_of(rows), Settings())
    assert result.cluster[0] != result.cluster[1]
    assert result.cluster[0] == result.cluster[2]


def test_thousands_of_copies_of_one_record_are_one():
    """Too many pairs to compare all with all, and links that all weigh the same."""
    copies = 2300
    rows = [{"first_name": "Priya", "last_name": "Venkataraman", "email": "priya.v@gmail.com"}] * copies
    rows += [{"first_name": f"Odd{n}x", "last_name": f"Other{n}y", "email": f"o{n}@x.org"} for n in range(8000)]
    result = link_records(fields_of(rows), Settings())
    assert set(result.cluster[:copies].tolist()) == {0}
    codes = np.full(len(rows), -1)
    codes[: copies // 2], codes[copies // 2 : copies] = 0, 1
    held = link_records(fields_of(rows), Settings(), kept_apart=codes)
    assert {len(set(part.tolist())) for part in (held.cluster[: copies // 2], held.cluster[copies // 2 : copies])} == {
        1
    }
    assert held.cluster[0] != held.cluster[copies - 1]
