"""What every kernel promises for any text: no exception, idempotence, a reason for each change, no letter lost."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crmclean.normalisers.registry import KERNELS, missing_kernel, text_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.fields import FIELDS, Kind
from crmclean.tables.normalised import CellOptions, Normalised
from crmclean.tables.reasons import REASONS

FIELD_OF = {Kind.TEXT: "", **{field.kind: field.name for field in reversed(FIELDS)}, Kind.NAME: "full_name"}
CASES = [
    *[
        pytest.param(name, kind, id=f"{name}-{kind}")
        for name in ("text", "missing")
        for kind in (Kind.NAME, Kind.STREET, Kind.NOTE, Kind.TEXT, Kind.PHONE)
    ],
    *[pytest.param("kind", kind, id=str(kind)) for kind in KERNELS],
]
# Kinds whose kernels may only ever change case, spacing, order and decoration: letters stay.
WRITTEN = (Kind.NAME, Kind.TITLE, Kind.COMPANY, Kind.STREET, Kind.CITY, Kind.PICKLIST, Kind.PERSON, Kind.NUMBER)
# What each of these reasons takes away or changes is what it says; the change itself is in the evidence.
ARGUED = {"text.mojibake", "text.html", "name.decoration", "missing.placeholder"}
FIVE_SCRIPTS = [
    "प्रिया शर्मा", "क्‍षत्रिय", "ज़फ़र", "ৎসুক্‌ত", "মোঃ আব্দুল", "ప్రియ", "క్‌ష", "ராஜேஷ் குமார்", "ஃபாத்திமா", "محمد رضایی",
    "حسین‌زاده", "می‌خواهم", "علیٰ", "ۀ", "1,००० रु", "۰۹۱۲", "৯৮৭৬৫", "ఆంధ్ర ప్రదేశ్", "தமிழ்நாடு", "پاکستان",
]  # fmt: skip
FRAMES = ["{}", " {} ", "{}.com", "{}@{}.com", "+91 {}", "{}, {}", "({})", "{}/{}/{}", "https://{}", "{} Ltd."]
CELLS = st.one_of(
    st.text(max_size=30),
    st.builds(lambda frame, word: frame.replace("{}", word), st.sampled_from(FRAMES), st.text(max_size=8)),
    st.builds(lambda frame, word: frame.replace("{}", word), st.sampled_from(FRAMES), st.sampled_from(FIVE_SCRIPTS)),
)


def run(name: str, kind: Kind, values: list[str]) -> Normalised:
    kernel = {"text": text_kernel, "missing": missing_kernel, "kind": KERNELS.get(kind)}[name]
    assert kernel is not None
    return kernel()(pa.array(values, TEXT), CellOptions(field=FIELD_OF[kind], region="IN", date_order="dmy"))


def letters(text: str) -> list[str]:
    """Letters, marks and joiners whatever their case; the dots of the Turkish I go with its case."""
    folded = unicodedata.normalize("NFD", text.replace("ı", "i").casefold()).replace("i\u0307", "i")
    return sorted(c for c in folded if unicodedata.category(c)[0] in "LM" or c in "\u200c\u200d")


def shown(text: str) -> list[str]:
    """The letters that can be seen: a joiner or variation selector where it joins nothing is no part of the text."""
    unseen = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    return [c for c in letters(text) if c not in unseen and not 0xFE00 <= ord(c) <= 0xFE0F and ord(c) < 0xE0000]


def judge(name: str, kind: Kind, values: list[str]) -> Normalised:
    """Run a kernel and hold the outcome to what all kernels promise."""
    found = run(name, kind, values)
    given, value = pa.array(values, TEXT), found.value
    assert len(value) == len(found.reason) == len(found.verdict) == len(values)
    assert value.null_count == 0
    assert np.array_equal(np.asarray(pc.not_equal(value, given)), np.asarray(found.reason.is_valid()))
    assert {code for code in pc.unique(found.reason).to_pylist() if code} | set(found.issues) <= set(REASONS)
    assert run(name, kind, value.to_pylist()).value.equals(value)
    if name != "kind" or kind in WRITTEN:
        for before, after, reason in zip(values, value.to_pylist(), found.reason.to_pylist(), strict=True):
            if reason is not None and reason not in ARGUED:
                joined = [c for c in shown(before) if c not in "\u200c\u200d"]
                assert [c for c in shown(after) if c not in "\u200c\u200d"] == joined, (before, after, reason)
    return found


@pytest.mark.parametrize(("name", "kind"), CASES)
@given(values=st.lists(CELLS, min_size=1, max_size=40, unique=True))
@settings(derandomize=True, max_examples=8, deadline=None, phases=[Phase.generate])
def test_any_text_goes_through(name: str, kind: Kind, values: list[str]) -> None:
    judge(name, kind, values)


@pytest.mark.acceptance
@pytest.mark.parametrize(("name", "kind"), CASES)
@given(values=st.lists(CELLS, min_size=1, max_size=60, unique=True))
@settings(derandomize=True, max_examples=60, deadline=None, phases=[Phase.generate])
def test_any_text_goes_through_at_length(name: str, kind: Kind, values: list[str]) -> None:
    judge(name, kind, values)


@pytest.mark.parametrize(("name", "kind"), [case for case in CASES if case.values[1] in (*WRITTEN, Kind.NOTE)])
def test_the_five_scripts_keep_every_letter_mark_and_joiner(name: str, kind: Kind) -> None:
    values = sorted({frame.replace("{}", word) for frame in FRAMES[:2] for word in FIVE_SCRIPTS})
    for before, after in zip(values, run(name, kind, values).value.to_pylist(), strict=True):
        assert letters(after) == letters(before)


@pytest.mark.acceptance
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_naughty_strings_go_through(name: str, kind: Kind) -> None:
    """None crashes, and what loses a character says so."""
    path = Path(os.environ.get("CRMCLEAN_EXTRA_DATA", "")) / "oracles" / "oracle_naughty_strings" / "blns.json"
    if not path.is_file():
        pytest.skip("needs CRMCLEAN_EXTRA_DATA with oracles/oracle_naughty_strings")
    strings = sorted({text for text in json.loads(path.read_text(encoding="utf-8")) if text})
    assert len(strings) > 500
    judge(name, kind, strings)
