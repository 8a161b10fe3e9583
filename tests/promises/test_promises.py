"""The five promises, as properties of whole runs on small messy lists."""

from __future__ import annotations

import datetime
import os
import unicodedata
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crmclean
from crmclean.channels import DENIED, channels, column_states, combine
from crmclean.context import Context
from crmclean.ingest import ingest
from crmclean.pipeline import Part, Pipeline
from crmclean.ruleset import load_rules
from crmclean.tables.batch import Batch, as_text
from crmclean.undo import replay, reverse
from tests.promises.strategies import contact_lists

pytestmark = pytest.mark.promises
AS_OF = datetime.date(2026, 11, 22)
RULES = load_rules({"extends": "default", "limits": {"max_merged_share": 1.0, "max_quarantined_share": 1.0}})
THOROUGH = bool(os.environ.get("CRMCLEAN_THOROUGH"))
few = settings(
    max_examples=60 if THOROUGH else 8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def clean(frame: pd.DataFrame, **options: Any) -> crmclean.CleanResult:
    result = crmclean.clean(frame, rules=options.pop("rules", RULES), as_of=AS_OF, region="US", **options)
    result.batch.check(full=True)
    return result


def cells(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    return sorted(
        tuple("" if value is None or value != value else str(value) for value in row) for row in frame.to_numpy()
    )


@few
@given(contact_lists())
def test_no_row_is_lost(frame: pd.DataFrame) -> None:
    result = clean(frame)
    assert result.balance["read"] == len(frame)
    assert len(result.cleaned) == result.balance["cleaned"]
    assert len(result.quarantined) == result.balance["quarantined"]
    merged = result.duplicates["crmclean_role"].eq("merged").sum()
    assert merged == result.balance["merged"]


@few
@given(contact_lists())
def test_cleaning_a_cleaned_file_changes_nothing(frame: pd.DataFrame) -> None:
    once = clean(frame).cleaned
    twice = clean(once)
    pd.testing.assert_frame_equal(twice.cleaned, once)
    assert twice.balance["merged"] == twice.balance["quarantined"] == 0


@few
@given(contact_lists(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(frame: pd.DataFrame, random: Any) -> None:
    order = list(range(len(frame)))
    random.shuffle(order)
    straight = clean(frame)
    shuffled = clean(frame.iloc[order].reset_index(drop=True))
    assert cells(straight.cleaned) == cells(shuffled.cleaned)
    assert cells(straight.quarantined.drop(columns="crmclean_line")) == cells(
        shuffled.quarantined.drop(columns="crmclean_line")
    )


@few
@given(contact_lists(min_size=2), st.lists(st.integers(1, 4), min_size=1, max_size=6))
def test_any_chunking_gives_the_same(frame: pd.DataFrame, sizes: list[int]) -> None:
    ingested = ingest([frame], RULES)
    context = Context(RULES, ingested.plan, AS_OF)
    part = ingested.parts[0]
    whole = Pipeline().run([part], context).batch
    chunks, start = [], 0
    while start < len(part.batch):
        size = min(sizes[len(chunks) % len(sizes)], len(part.batch) - start)
        chunks.append(Part(part.batch.slice(start, size), part.plan))
        start += size
    pieces = Pipeline().run(chunks, context).batch
    assert pieces.records.equals(whole.records)
    assert text_of(pieces.rows) == text_of(whole.rows)
    for (name, one), (_, other) in zip(whole.evidence.items(), pieces.evidence.items(), strict=True):
        assert text_of(one) == text_of(other), name


def text_of(table: pa.Table) -> list[tuple[str, ...]]:
    return sorted(tuple(map(str, row.values())) for row in table.to_pylist())


@few
@given(contact_lists())
def test_changes_lead_from_the_input_to_the_output_and_back(frame: pd.DataFrame) -> None:
    batch = clean(frame).batch
    names = batch.records.schema.names
    originals = batch.originals.select(names)
    assert replay(originals, batch.evidence.changes).equals(batch.records)
    assert reverse(batch.records, batch.evidence.changes).equals(originals)


@few
@given(contact_lists())
def test_letters_marks_and_joiners_of_every_script_survive(frame: pd.DataFrame) -> None:
    batch = clean(frame).batch
    for name in ("First Name", "Last Name", "Company", "Notes"):
        for before, after in zip(as_text(batch.originals[name]).to_pylist(), own_cells(batch, name), strict=True):
            if after:  # a word that stands for nothing may be emptied
                assert indic_and_arabic(before) - indic_and_arabic(after) == Counter()


def own_cells(batch: Batch, name: str) -> list[str]:
    """Each row's own cell after normalising, before any merge."""
    changes = batch.evidence.changes.to_pandas()
    own = as_text(batch.originals[name]).to_pylist()
    for item in changes.sort_values("seq").itertuples():
        if item.column == name and not str(item.step).startswith("survive"):
            own[item.row] = item.after
    return own


def indic_and_arabic(text: str) -> Counter[str]:
    found = unicodedata.normalize("NFC", text)
    return Counter(
        letter
        for letter in found
        if letter in "\u200c\u200d" or "\u0900" <= letter <= "\u0dff" or "\u0600" <= letter <= "\u06ff"
    )


@few
@given(contact_lists(min_size=2))
def test_no_merge_loses_an_opt_out(frame: pd.DataFrame) -> None:
    result = clean(frame)
    batch, plan = result.batch, result.context.plan
    before = clean(frame, pipeline=Pipeline(Pipeline().steps[:3])).batch
    root = np.arange(len(batch))
    merged = batch.is_disposition("merged")
    root[merged] = batch.rows["survivor_row"].to_pandas().to_numpy()[merged].astype(int)
    for columns in channels(plan).values():
        said = combine([column_states(before, item) for item in columns])
        kept = combine([column_states(batch, item) for item in columns])
        for row in np.flatnonzero((said == DENIED) & ~batch.is_disposition("quarantined")):
            assert kept[root[row]] == DENIED


CROWD = [
    "gomez",
    "tanaka",
    "okafor",
    "lindqvist",
    "haddad",
    "petrov",
    "nguyen",
    "santos",
    "weber",
    "kaya",
    "moreau",
    "iyer",
]


@few
@given(
    st.lists(
        st.sampled_from(["Ann Lee", "Bob Ray", "Cyd Fox", "Dov Ben", "Eva Paz", "Fay Orr"]),
        min_size=2,
        max_size=6,
        unique=True,
    ),
    st.integers(1, 12),
)
def test_colleagues_are_never_linked(names: list[str], crowd: int) -> None:
    """Differently named people who share company, address, switchboard, mailbox and title stay apart."""
    rows = [
        {
            "First Name": name.split()[0],
            "Last Name": name.split()[1],
            "Company": "Acme Inc",
            "Email": "info@acme.com",
            "Phone": "+1 212 555 7890",
            "Street": "1 Main St",
            "City": "New York",
            "Postal Code": "10001",
            "Country": "US",
            "Title": "Manager",
        }
        for name in names
    ]
    others = [
        {"First Name": name, "Last Name": name[::-1], "Email": f"{name}@{name[::-1]}.com"} for name in CROWD[:crowd]
    ]
    result = clean(pd.DataFrame([*rows, *others], dtype="str"))
    links = result.batch.evidence.links.to_pandas()
    assert result.balance["merged"] == 0
    among_colleagues = (links["row_l"] < len(names)) & (links["row_r"] < len(names))
    assert not links[among_colleagues]["decision"].isin(["match", "review"]).any()


@few
@given(contact_lists())
def test_unmapped_columns_ids_and_column_order_pass_through(frame: pd.DataFrame) -> None:
    result = clean(frame)
    assert list(result.cleaned.columns[: frame.shape[1]]) == list(frame.columns)
    known = set(frame["Region code (internal)"])
    assert set(result.cleaned["Region code (internal)"].fillna("")) <= known | {""}


@pytest.mark.parametrize("values", ["canonical", "keep"])
def test_keeping_values_as_typed_changes_only_what_is_wrong(values: str) -> None:
    frame = pd.DataFrame(
        {
            "First Name": ["Ann", "BOB"],
            "Last Name": ["Lee", "RAY"],
            "Phone": ["(212) 555-7890", "+1 646 555 7891"],
            "Country": ["USA", "United States"],
            "Email": ["Ann@Example.org", "bob@ray.org"],
        },
        dtype="str",
    )
    result = clean(frame, rules=load_rules({"extends": "default", "output": {"values": values}}))
    phones = list(result.cleaned["Phone"])
    assert list(result.cleaned["First Name"]) == ["Ann", "Bob"]
    assert phones == (["+12125557890", "+16465557891"] if values == "canonical" else list(frame["Phone"]))
