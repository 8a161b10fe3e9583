"""Sets of letters and pairs of one name: the compiled kernels give what NumPy gives."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from crmclean.dedup import forms, model
from crmclean.dedup.forms import letter_masks
from crmclean.dedup.model import pairs_of_one_name
from crmclean.dedup.workings import Settings, prepare
from tests.dedup.dedup_files import fields_of, full_rows

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=30)


def bits_of(text: str | None) -> int:
    return sum({1 << byte % 64 for byte in (text or "").encode()})


@given(TEXTS, st.integers(0, 5))
def test_sets_of_letters(values: list[str | None], start: int) -> None:
    texts = pa.array(values, pa.large_string()).slice(min(start, len(values)))
    assert letter_masks(texts).tolist() == [bits_of(text) for text in texts.to_pylist()]
    bytes_of = [(text or "").encode() for text in texts.to_pylist()]
    offsets = np.cumsum([0, *map(len, bytes_of)]).astype(np.int64)
    plain = forms._plain_masks(offsets, np.frombuffer(b"".join(bytes_of), np.uint8))
    np.testing.assert_array_equal(letter_masks(texts), plain)


def test_pairs_of_one_name() -> None:
    records = prepare(fields_of(full_rows(5, 400)), Settings()).records
    left, right = (side.astype(np.int32) for side in np.triu_indices(400, 1))
    given_names, family_names = records.codes("given"), records.codes("family")
    plain = model._plain_of_one_name(given_names, family_names, left, right)
    assert pairs_of_one_name(records, left, right) == plain > 0
    same = (given_names[left] == given_names[right]) & (family_names[left] == family_names[right])
    assert plain == int((same & (given_names[left] > 0) & (family_names[left] > 0)).sum())
    assert pairs_of_one_name(records, left[:0], right[:0]) == 0
