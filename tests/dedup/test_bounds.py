"""The cheap bound may never rule out a pair that its true weight would have kept."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.dedup.bounds import bounds_of, may_link
from crmclean.dedup.core import Settings
from crmclean.dedup.model import draw_chance, prior_model, with_chance
from crmclean.dedup.priors import comparisons_of
from crmclean.dedup.workings import prepare
from tests.dedup.dedup_files import POOLS, fields_of, full_rows, rows_of

NEEDED = (-10.0, -2.0, 0.0, 3.0, 6.0, 9.0, 12.0, 16.0, 20.0, 28.0)


def shares_of_wrong_dates(rng: np.random.Generator, entity: str) -> np.ndarray:
    """By level of the birth date, or those that m has."""
    born = [item for item in comparisons_of(entity) if item.name == "birth"]
    return rng.dirichlet(np.ones(born[0].size)) if born and rng.random() < 0.7 else np.zeros(0)


@settings(derandomize=True, max_examples=40, deadline=None)
@pytest.mark.parametrize("entity", ["person", "company"])
@given(rows=rows_of(tuple(POOLS), largest=12), seed=st.integers(0, 2**32 - 1))
def test_no_pair_is_ruled_out_that_could_be_kept(entity, rows, seed):
    work = prepare(fields_of(rows), Settings(entity=entity))
    rng = np.random.default_rng(seed)
    model = with_chance(prior_model(entity, work.comparer.active, len(rows)), draw_chance(work.comparer, work.tables))
    kin = float(max(rng.uniform(-10, 20), 0))
    moved = {name: shares * 4.0 ** rng.uniform(-1, 1, len(shares)) for name, shares in model.m.items()}
    model = replace(
        model,
        m={name: np.minimum(shares, 1.0) for name, shares in moved.items()},
        community=-1.0,
        kin=kin,
        neighbours=float(rng.choice([0.0, 0.2, 0.5, 0.95])),
        slips=rng.uniform(-1, 1, (5, 5)),
        misdated=shares_of_wrong_dates(rng, entity),
    )
    left, right = np.triu_indices(len(rows), 1)
    scored, _ = work.score(model, left, right)
    bounds = bounds_of(model, work.comparer, work.tables)
    for needed in NEEDED:
        kept = scored.identity + scored.support >= needed
        ruled_out = kept & ~may_link(bounds, left, right, needed)
        places = work.records.position[np.stack([left[ruled_out], right[ruled_out]])].T
        assert not len(places), [(rows[one], rows[other]) for one, other in places.tolist()]


@pytest.mark.parametrize("entity", ["person", "company"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_pair_of_a_file_of_two_countries_is_ruled_out(entity, seed):
    """With names of two countries, kin, shared lines in other columns, and birth dates that say little."""
    rows = full_rows(seed, 150)
    work = prepare(fields_of(rows), Settings(entity=entity))
    rng = np.random.default_rng(seed)
    base = with_chance(prior_model(entity, work.comparer.active, len(rows)), draw_chance(work.comparer, work.tables))
    left, right = np.triu_indices(len(rows), 1)
    for kin in (0.0, 5.0, 15.0, 25.0):
        moved = {
            name: np.minimum(shares * 4.0 ** rng.uniform(-1, 1, len(shares)), 1.0) for name, shares in base.m.items()
        }
        together, slips = float(rng.uniform(0.2, 0.95)), rng.uniform(-1, 1, (5, 5))
        model = replace(base, m=moved, community=0.0, kin=kin, neighbours=together, slips=slips)
        model = replace(model, misdated=shares_of_wrong_dates(rng, entity))
        scored, _ = work.score(model, left, right)
        bounds = bounds_of(model, work.comparer, work.tables)
        for needed in NEEDED:
            kept = scored.identity + scored.support >= needed
            assert not (kept & ~may_link(bounds, left, right, needed)).any()
