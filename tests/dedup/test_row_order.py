"""The order of the rows may change nothing: not a weight, not a measure."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from crmclean.dedup.core import Settings, link_records
from crmclean.dedup.tokens import TokenSets
from tests.dedup.dedup_files import TEXT, fields_of, full_rows


@pytest.mark.parametrize("entity", ["person", "company"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_shuffled_file_has_the_same_links_and_measures(entity, seed):
    rows = full_rows(seed, 300)
    order = np.random.default_rng(seed).permutation(len(rows))
    said, measures = [], []
    for some in (rows, [rows[place] for place in order]):
        result = link_records(fields_of(some), Settings(entity=entity))
        key = [tuple(row.values()) for row in some]
        columns = (result.links[name].to_pylist() for name in ("row_l", "row_r", "weight", "decision", "decided_by"))
        told = [(sorted((key[a], key[b])), *rest) for a, b, *rest in zip(*columns, strict=True)]
        said.append(sorted(told))
        measures.append(result.measures)
    assert said[0] == said[1]
    assert measures[0] == measures[1]


def test_words_agree_whichever_name_comes_first():
    """A slip counts as the commoner of two spellings, and a word said twice is one word."""
    names = [
        "acme robotics",
        "acme robotcis berlin",
        "robotics north",
        "robotics south",
        "york york hall",
        "york york inn",
    ]
    sets = TokenSets.of(pa.array(["", *names], TEXT))
    one, other = sets.match(np.array([1]), np.array([2])), sets.match(np.array([2]), np.array([1]))
    assert one.word == other.word
    left, right = np.divmod(sets.pairs[one.word - len(sets.weight)], len(sets.weight))
    assert {sets.texts[int(code[0])].as_py() for code in (left, right)} == {"acme", "robotics"}
    york = sets.match(np.array([5]), np.array([6])).word[0]
    assert sets.texts[int(york)].as_py() == "york"
