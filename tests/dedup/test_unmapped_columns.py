"""Columns without a field: what their data prove, and that they never make a false merge."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmclean
from crmclean.api import check
from crmclean.api import count_pairs as count_frame
from crmclean.dedup.core import Settings, count_pairs, explain_pair, link_records
from crmclean.evaluate import pairwise
from tests.dedup.dedup_files import TEXT, fields_of, link_set, parts_of
from tests.dedup.five_sources.make_five_sources import FILES

FIVE = Path(__file__).parent / "five_sources"
GIVEN = (
    *("Amara", "Bruno", "Chandra", "Dmitri", "Esther", "Farid", "Greta", "Hiroshi", "Ilse", "Jolanda", "Kwame"),
    *("Lucia", "Magnus", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Stefan", "Tomiko", "Umar", "Vera", "Wanda"),
)
FAMILY = ("Abbott", "Kowalski", "Mukherjee", "Nakamura", "Oliveira", "Petrov", "Quinn", "Rossi", "Sato", "Thorne")


def people(seed: int, persons: int = 500) -> tuple[pd.DataFrame, np.ndarray]:
    """A register: names, an identity number, a birth date, a household; two in five persons stand in it twice.

    Second records have slips in names, numbers and dates, and fillers here and there.
    """
    rng = np.random.default_rng(seed)
    names = [f"{first}{second.lower()}" for first in FAMILY for second in FAMILY]
    rows, truth = [], []
    for person in range(persons):
        born = np.datetime64("1935-01-01") + int(rng.integers(0, 26_000))
        row = {
            "given": str(rng.choice(GIVEN)),
            "family": str(rng.choice(names)),
            "number": f"{rng.integers(10**8, 10**9)}-{rng.integers(10, 99)}",
            "born": pd.Timestamp(born).strftime("%d.%m.%Y"),
            "household": f"HH{person // 3:05d}",
        }
        rows.append(row)
        truth.append(person)
        if rng.random() < 0.4:
            rows.append({name: _slip(value, rng) if rng.random() < 0.15 else value for name, value in row.items()})
            truth.append(person)
    order = rng.permutation(len(rows))
    return pd.DataFrame(rows).iloc[order].reset_index(drop=True), np.array(truth)[order]


def _slip(value: str, rng: np.random.Generator) -> str:
    place = int(rng.integers(0, len(value) - 1))
    return "" if rng.random() < 0.3 else value[:place] + value[place + 1] + value[place] + value[place + 2 :]


def uses(frame: pd.DataFrame, mapping: dict[str, str]) -> dict[str, tuple[str, str]]:
    found = count_frame(frame, mapping=mapping).unmapped
    return {item.column: (item.kind, item.use) for item in found}


NAMES = {"given": "first_name", "family": "last_name"}


@pytest.mark.parametrize(
    ("column", "field", "header"),
    [("number", "national_id", "Steuer-Nr."), ("born", "birth_date", "जन्म"), ("born", "birth_date", "x17")],
)
def test_a_column_under_any_header_works_as_well_as_a_mapped_one(column: str, field: str, header: str) -> None:
    frame, truth = people(1)
    frame = frame[["given", "family", column]].rename(columns={column: header})
    told = crmclean.dedupe(frame, mapping={**NAMES, header: field})
    found = crmclean.dedupe(frame, mapping=NAMES)
    assert uses(frame, NAMES)[header][1] == field
    pd.testing.assert_frame_equal(found, told)
    without = pairwise(crmclean.dedupe(frame[["given", "family"]], mapping=NAMES)["crmclean_cluster_id"], truth)
    scores = pairwise(found["crmclean_cluster_id"], truth)
    assert scores.f1 > without.f1 + 0.05
    assert scores.precision >= 0.99


def test_each_column_gets_the_kind_of_its_data() -> None:
    frame, _ = people(2)
    count = len(frame)
    rng = np.random.default_rng(0)
    frame = frame.assign(
        line=[str(number) for number in range(count)],
        list="spring fair",
        amount=[f"{value:.2f}" for value in rng.integers(1, 60, count) * 10.5],
        stage=rng.choice(["new", "open", "won"], count),
        remark=[f"called on {day} about the offer for {day} units" for day in rng.integers(1, 9, count)],
        key=[f"{name}.{family}".lower() for name, family in zip(frame["given"], frame["family"], strict=True)],
    )
    assert uses(frame, NAMES) == {
        "number": ("identifier", "national_id"),
        "born": ("date", "birth_date"),
        "household": ("identifier", "employer"),
        "line": ("row_key", "none"),
        "list": ("constant", "none"),
        "amount": ("number", "none"),
        "stage": ("category", "none"),
        "remark": ("text", "none"),
        "key": ("category", "none"),  # it repeats the names
    }


def test_a_household_supports_and_never_links_by_itself() -> None:
    frame, truth = people(3)
    frame = frame[["given", "family", "household"]]
    found = crmclean.dedupe(frame, mapping=NAMES)["crmclean_cluster_id"].to_numpy()
    given = frame["given"].to_numpy()
    for part in parts_of(found.tolist()):
        kin = sorted(part)
        assert len({given[place] for place in kin}) == 1 or len({truth[place] for place in kin}) == 1


def test_a_file_with_too_few_duplicates_proves_nothing() -> None:
    frame, _ = people(4, persons=12)
    assert all(use == "none" for _, use in uses(frame, NAMES).values())


def test_findings_are_kept_for_explaining() -> None:
    frame, _ = people(5)
    fields = {
        "first_name": [pa.array(frame["given"], TEXT)],
        "last_name": [pa.array(frame["family"], TEXT)],
        "other:Personalausweis": [pa.array(frame["number"], TEXT)],
    }
    result = link_records(fields, Settings())
    pair, said = next((pair, said) for pair, said in link_set(result).items() if said[1] == "match")
    some = {name: [column[0].take(pa.array(pair))] for name, column in fields.items()}  # two records prove nothing
    told = explain_pair(some, Settings(), result.measures, 0, 1)
    assert "national_id" in {finding.name for finding in told.comparisons}
    whole = explain_pair(fields, Settings(), result.measures, *pair)
    assert whole.weight == pytest.approx(said[0], abs=2e-3)
    assert [item.to_dict() for item in count_pairs(fields, Settings()).unmapped] == result.measures["unmapped"]


@settings(derandomize=True, max_examples=4, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 3))
def test_what_is_found_does_not_depend_on_the_order(random, seed) -> None:
    frame, _ = people(seed, persons=120)
    order, names = list(range(len(frame))), list(frame.columns)
    random.shuffle(order)
    random.shuffle(names)
    shuffled = frame.iloc[order].reset_index(drop=True)[names]
    assert uses(frame, NAMES) == uses(shuffled, NAMES)
    one = crmclean.dedupe(frame, mapping=NAMES)["crmclean_cluster_id"]
    other = crmclean.dedupe(shuffled, mapping=NAMES)["crmclean_cluster_id"]
    back = other.set_axis(order).sort_index()
    assert parts_of(one.tolist()) == parts_of(back.tolist())


# ---- columns that say nothing


def useless(kind: str, frame: pd.DataFrame, seed: int) -> list[str]:
    """A column that nobody should read anything into; batches, owners and sources go with the order of the rows."""
    count, rng = len(frame), np.random.default_rng(seed)
    batch = np.arange(count) * 12 // max(count, 1)
    owners = ("A. Berg", "B. Costa", "C. Diaz", "D. Eng", "E. Fofana", "F. Gupta")
    made = {
        "category": lambda: rng.choice([f"segment {letter}" for letter in "abcdefghijkl"], count),
        "many categories": lambda: rng.choice([f"product {number}" for number in range(200)], count),
        "constant": lambda: ["web"] * count,
        "row number": lambda: [str(number) for number in range(count)],
        "row number of each batch": lambda: [str(100_000 + number % (count // 3 + 1)) for number in range(count)],
        "batch date": lambda: [f"2026-{1 + number:02d}-15" for number in batch],
        "import time": lambda: [
            f"2026-03-{1 + value % 28:02d} 10:{value % 60:02d}" for value in rng.permutation(count)
        ],
        "owner": lambda: [owners[number % len(owners)] for number in batch],
        "source": lambda: [("web", "fair", "list")[number % 3] for number in batch],
        "amount": lambda: [str(value) for value in rng.integers(1, 90_000, count)],
    }
    return [str(value) for value in made[kind]()]


KINDS = (
    *("category", "many categories", "constant", "row number", "row number of each batch"),
    *("batch date", "import time", "owner", "source", "amount"),
)


@pytest.fixture(scope="module")
def five() -> pd.DataFrame:
    """The five sources as one frame under canonical names, as `clean` reads them, with the truth."""
    result = check([FIVE / name for name in FILES.values()], as_of="2026-11-26")
    truth = pd.read_csv(FIVE / "truth.csv", dtype=str, keep_default_na=False).set_index(["file", "line"])
    rows = result.batch.rows.to_pandas()
    places = list(zip(rows["source"].astype(str), rows["line"].astype(str), strict=True))
    table = {}
    for column in result.context.plan.columns:
        if column.field in FIELDS and column.field not in table:
            table[column.field] = result.batch.records[column.column].to_pylist()
    return pd.DataFrame(table).fillna("").assign(truth=truth.loc[places, "person"].to_numpy())


FIELDS = (
    *("first_name", "last_name", "full_name", "title", "company", "email", "phone", "mobile"),
    *("street", "city", "postal_code", "country"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_useless_column_changes_nothing_in_five_sources(five: pd.DataFrame, kind: str) -> None:
    mapping = {name: name for name in FIELDS}
    plain = crmclean.dedupe(five[list(FIELDS)], mapping=mapping)["crmclean_cluster_id"]
    more = five[list(FIELDS)].assign(zusatz=useless(kind, five, 1))
    found = crmclean.dedupe(more, mapping=mapping)["crmclean_cluster_id"]
    assert found.tolist() == plain.tolist()
    assert pairwise(found, five["truth"]).precision >= 0.99


@settings(derandomize=True, max_examples=6, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 100))
def test_a_useless_column_changes_nothing_in_a_register(kind: str, seed: int) -> None:
    frame, _ = people(seed, persons=100)
    frame = frame[["given", "family", "born"]]
    mapping = {**NAMES, "born": "birth_date"}
    plain = crmclean.dedupe(frame, mapping=mapping)["crmclean_cluster_id"]
    found = crmclean.dedupe(frame.assign(zusatz=useless(kind, frame, seed)), mapping=mapping)["crmclean_cluster_id"]
    assert found.tolist() == plain.tolist()


@pytest.mark.acceptance
def test_useless_columns_change_nothing_in_ten_thousand_contacts() -> None:
    sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
    made = importlib.import_module("make_contacts").make_contacts(10_000, 3)
    frame, truth = made[0].drop(columns="Record ID"), made[1].to_numpy()
    plain = crmclean.dedupe(frame)["crmclean_cluster_id"]
    for kind in KINDS:
        found = crmclean.dedupe(frame.assign(zusatz=useless(kind, frame, 1)))["crmclean_cluster_id"]
        assert found.tolist() == plain.tolist(), kind
    together = crmclean.dedupe(frame.assign(**{kind: useless(kind, frame, 2) for kind in KINDS}))
    assert pairwise(together["crmclean_cluster_id"], truth).precision >= 0.99
    assert together["crmclean_cluster_id"].tolist() == plain.tolist()


def test_a_clean_run_compares_columns_without_a_field() -> None:
    frame, truth = people(6)
    frame = frame.rename(columns={"given": "First Name", "family": "Last Name", "number": "Kennziffer"})
    result = crmclean.clean(frame[["First Name", "Last Name", "Kennziffer"]], as_of="2026-11-26")
    assert "level_national_id" in result.evidence.links.schema.names
    for look in ("dedup", "look_again"):
        assert result.context.measures.model[look]["unmapped"][0]["use"] == "national_id"
    cluster = result.evidence.clusters.to_pandas().set_index("row")["cluster_id"]
    scores = pairwise(cluster.loc[range(len(frame))].to_numpy(), truth)
    assert scores.precision >= 0.99
    assert scores.recall >= 0.9


def test_a_column_can_be_left_out() -> None:
    frame, _ = people(7)
    fields = {
        "first_name": [pa.array(frame["given"], TEXT)],
        "last_name": [pa.array(frame["family"], TEXT)],
        "other:number": [pa.array(frame["number"], TEXT)],
    }
    left_out = link_records(fields, Settings(exclude=frozenset({"other:number"})))
    plain = link_records({name: fields[name] for name in ("first_name", "last_name")}, Settings())
    assert left_out.cluster.tolist() == plain.cluster.tolist()


def test_columns_without_values_are_no_matter() -> None:
    rows = [{"first_name": "Ann", "last_name": "Lee", "other:a": "", "other:b": "x"}] * 3
    result = link_records(fields_of(rows), Settings())
    assert [item["kind"] for item in result.measures["unmapped"]] == ["constant", "constant"]
    assert link_records({"other:a": [pa.array(["x", "y", "x"], TEXT)]}, Settings()).links.num_rows == 0
