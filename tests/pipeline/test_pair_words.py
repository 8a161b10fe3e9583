"""Every link is put in the words of its own levels, though each combination of levels is spelt once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from crmclean.dedup.pair_words import pair_reasons
from crmclean.tables.batch import Batch

LEVELS = ["both_missing", "one_missing", "exact", "near_match", "different"]


@pytest.mark.parametrize("comparisons", [1, 4, 40])
def test_each_link_has_the_words_of_its_own_levels(comparisons: int) -> None:
    """Forty comparisons are more than one number holds."""
    chance = np.random.default_rng(comparisons)
    codes = chance.integers(0, len(LEVELS), (300, comparisons)).astype(np.uint8)
    links = pa.table({f"level_c{place}": codes[:, place] for place in range(comparisons)})
    facts = {"dedup": {"levels": {f"c{place}": LEVELS for place in range(comparisons)}}}
    batch = Batch.of(pa.table({"a": pa.array(["x"], pa.large_string())})).with_fact("dedup", facts["dedup"])
    told = pair_reasons(links, batch).to_pylist()
    for row, words in zip(codes.tolist(), told, strict=True):
        same = [f"same c{place}" for place, code in enumerate(row) if LEVELS[code] == "exact"]
        alike = [f"c{place}: near match" for place, code in enumerate(row) if LEVELS[code] == "near_match"]
        differs = [f"different c{place}" for place, code in enumerate(row) if LEVELS[code] == "different"]
        assert words == "; ".join([*same, *alike, *differs])


def test_no_link_has_no_words() -> None:
    batch = Batch.of(pa.table({"a": pa.array(["x"], pa.large_string())}))
    assert len(pair_reasons(pa.table({"level_c0": pa.array([], pa.uint8())}), batch)) == 0


def test_what_decided_comes_first_where_it_was_not_the_probability() -> None:
    links = pa.table({"level_c0": pa.array([2, 2, 0], pa.uint8()), "decided_by": ["guard", "model", "judgement"]})
    batch = Batch.of(pa.table({"a": pa.array(["x"], pa.large_string())})).with_fact("dedup", {"levels": {"c0": LEVELS}})
    guard, model, judged = pair_reasons(links, batch).to_pylist()
    assert guard == "not joined, as their group would contradict itself or outgrow the others; same c0"
    assert model == "same c0"
    assert judged.startswith("a person judged")
    assert not judged.endswith("; ")
