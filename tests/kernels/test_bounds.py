"""Ruling out pairs: the compiled kernel drops the very pairs that the NumPy version drops."""

from __future__ import annotations

import ctypes
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedup import bounds as bounds_module
from crmclean.dedup.bounds import bounds_of, may_link
from crmclean.dedup.core import Settings
from crmclean.dedup.model import draw_chance, prior_model, with_chance
from crmclean.dedup.workings import Workings, prepare
from crmclean.kernels import kernel
from tests.dedup.dedup_files import POOLS, fields_of, full_rows, rows_of

NEEDED = np.linspace(-30, 40, 29)

pytestmark = pytest.mark.skipif(
    kernel("may_link", "BBniiiinxfbb") is None, reason="no compiled kernels here: nothing to compare"
)


def check(
    work: Workings, entity: str, seed: int, *, kin: float, community: float, slack: float, settled: bool = True
) -> int:
    """Compare all pairs of a file under a model moved at random; how many answers were not the same for all pairs."""
    rng = np.random.default_rng(seed)
    believed = prior_model(entity, work.comparer.active, work.records.count)
    believed = with_chance(believed, draw_chance(work.comparer, work.tables))
    moved = {
        name: np.minimum(shares * 4.0 ** rng.uniform(-1, 1, len(shares)), 1.0) for name, shares in believed.m.items()
    }
    lasting = rng.dirichlet(np.ones(4), size=3)
    together = float(rng.choice([0.0, rng.uniform(0.2, 0.95)]))
    slips = rng.uniform(-1, 1, (5, 5))
    model = replace(believed, m=moved, kin=kin, community=community, lasting=lasting, neighbours=together, slips=slips)
    bounds = bounds_of(model, work.comparer, work.tables, slack=slack, settled=settled)
    left, right = np.triu_indices(work.records.count, 1)
    both = np.concatenate([left, right]), np.concatenate([right, left])
    mixed = 0
    for needed in NEEDED:
        found = may_link(bounds, *both, float(needed))
        plain = bounds_module._plain(bounds, *both, float(needed) - bounds_module._ROUNDING - bounds.slack)
        np.testing.assert_array_equal(found, plain)
        mixed += 0 < found.sum() < len(found)
    return mixed


@settings(derandomize=True, max_examples=20, deadline=None)
@pytest.mark.parametrize("entity", ["person", "company"])
@given(
    rows=rows_of(tuple(POOLS), largest=12),
    seed=st.integers(0, 2**32 - 1),
    kin=st.sampled_from([0.0, 6.0]),
    community=st.sampled_from([-1.5, 0.0]),
    slack=st.sampled_from([0.0, 4.0]),
    settled=st.booleans(),
)
def test_no_pair_is_judged_otherwise(entity, rows, seed, kin, community, slack, settled):
    work = prepare(fields_of(rows), Settings(entity=entity))
    check(work, entity, seed, kin=kin, community=community, slack=slack, settled=settled)


@pytest.mark.parametrize("entity", ["person", "company"])
@pytest.mark.parametrize("kin", [0.0, 9.0])
def test_no_pair_of_a_whole_file_is_judged_otherwise(entity, kin):
    """Every field, names of two countries, and more pairs than are looked at together."""
    work = prepare(fields_of(full_rows(7, 250)), Settings(entity=entity))
    assert (work.records.affinity is not None) == (entity == "person")
    assert check(work, entity, 11, kin=kin, community=-0.5, slack=0.0) > 10


@pytest.mark.parametrize("absent", ["given", "family", "both", "local", "street", "birth"])
def test_files_without_a_field_are_judged_alike(absent):
    rows = full_rows(3, 60)
    named = {"given": ["first_name"], "family": ["last_name"], "both": ["first_name", "last_name", "full_name"]}
    fields = fields_of(rows)
    gone = {"local": ["email"], "street": ["street"], "birth": ["birth_date"]} | named
    kept = {name: columns for name, columns in fields.items() if name not in gone[absent]}
    assert len(kept) < len(fields)
    check(prepare(kept, Settings(entity="person")), "person", 5, kin=0.0, community=-1.0, slack=0.0)


def test_no_pairs_are_no_pairs():
    work = prepare(fields_of(full_rows(3, 30)), Settings(entity="person"))
    bounds = bounds_of(prior_model("person", work.comparer.active, 30), work.comparer, work.tables)
    assert may_link(bounds, np.zeros(0, np.int64), np.zeros(0, np.int64), 0.0).tolist() == []


def test_another_layout_is_refused():
    work = prepare(fields_of(full_rows(3, 30)), Settings(entity="person"))
    compiled = bounds_of(prior_model("person", work.comparer.active, 30), work.comparer, work.tables).compiled
    assert compiled is not None
    none = np.zeros(0, np.int32)
    with pytest.raises(RuntimeError, match="laid out"):
        replace(compiled, run=lambda *_: -2).may_link(none, none, 0.0, (np.zeros(0, np.float32), np.zeros(0, bool)))
    with pytest.raises(ctypes.ArgumentError):
        compiled.may_link(none.astype(np.int64), none, 0.0, (np.zeros(0, np.float32), np.zeros(0, bool)))
