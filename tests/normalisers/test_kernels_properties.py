"""What holds for every kernel of names, companies, titles and places, whatever the cell holds."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from crmclean.normalisers.addresses import street_kernel
from crmclean.normalisers.companies import company_kernel
from crmclean.normalisers.names import name_kernel
from crmclean.normalisers.places import city_kernel, country_kernel, postcode_kernel, region_kernel
from crmclean.normalisers.titles import title_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import CellOptions
from crmclean.tables.reasons import REASONS

NAME_FIELDS = ("first_name", "last_name", "full_name", "salutation", "suffix")
CASES = [
    *[pytest.param(name_kernel, CellOptions(field=field), id=field) for field in NAME_FIELDS],
    pytest.param(company_kernel, CellOptions(field="company"), id="company"),
    pytest.param(title_kernel, CellOptions(field="title"), id="title"),
    pytest.param(street_kernel, CellOptions(field="street"), id="street"),
    pytest.param(city_kernel, CellOptions(field="city"), id="city"),
    pytest.param(region_kernel, CellOptions(field="state", region="US"), id="region"),
    pytest.param(country_kernel, CellOptions(field="country"), id="country"),
    pytest.param(postcode_kernel, CellOptions(field="postal_code", region="GB"), id="postcode"),
]
# fmt: off
WORDS = [
    "JOHN", "john", "John", "MCDONALD", "o'brien", "D’ANGELO", "van", "VAN", "der", "DE", "LA", "de", "la",
    "al-fayed", "AL-FAYED", "bin", "III", "iii", "jr", "JR.", "j.r.r.", "DR.", "dr", "phd", "Nguyễn", "VĂN",
    "MINH", "İSTANBUL", "ışık", "ALİ", "ΓΙΩΡΓΟΣ", "γιώργος", "ИВАН", "иван", "ՀԱՅԿ", "გიორგი", "weiß", "GROß",
    "ǆ", "Ǆ", "ŉ", "ª", "प्रिया", "शर्मा", "श्री", "जी", "রহমান", "মোঃ", "రాజేష్", "శ్రీ", "ராஜேஷ்", "திரு",
    "محمد", "رضایی", "دکتر", 'حسین\u200cزاده', "王小明", "山田", "김민수", "💥", "GMBH", "GmbH", "ltd.", "CO.,", "LTD",
    "&", "KG", "ООО", "OOO", "s.p.a.", "INC", "(deleted)", "-", "USD", "test", "asdf", "12345", "12B", "42ND",
    "ST.", "P.O.", "BOX", "NW", "'S-", "L'AQUILA", "VP", "sales", "MANAGER", "of", "R&D", "ceo", "C.E.O.",
    "менеджер", "ДИРЕКТОР", "مدیر", "فروش", "californa", "sw1a", "2aa", "12345.0", "۱۲۳۴۵", ",", "،", ";", "|",
    "*", "(", ")", "\n",
]
# fmt: on
CELLS = st.one_of(
    st.text(max_size=25),
    st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=4).map(lambda words: ", ".join(words).upper()),
    st.lists(st.sampled_from(WORDS), max_size=4).map(lambda words: " ".join(words).lower()),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("-".join),
)
REGIONS = st.sampled_from([None, "", "US", "TR", "VN", "HU", "CN", "ES", "FR", "IN", "DE", "XX"])


def run(kernel, options, values, regions=None):
    own = None if regions is None else pa.array(regions, TEXT)
    return kernel(pa.array(values, TEXT), options, own)


@pytest.mark.parametrize(("kernel", "options"), CASES)
@given(data=st.data())
@settings(derandomize=True, max_examples=4, deadline=None, phases=[Phase.generate])
def test_a_second_run_changes_nothing_and_every_reason_is_known(kernel, options, data):
    values = data.draw(st.lists(CELLS, min_size=20, max_size=60, unique=True))
    regions = data.draw(st.lists(REGIONS, min_size=len(values), max_size=len(values)))
    once = run(kernel, options, values, regions)
    again = run(kernel, options, once.value.to_pylist(), regions)
    assert again.value.to_pylist() == once.value.to_pylist()
    changed = [new != old for new, old in zip(once.value.to_pylist(), values, strict=True)]
    assert [code is not None for code in once.reason.to_pylist()] == changed
    codes = {code for code in once.reason.to_pylist() if code} | set(once.issues)
    assert codes <= set(REASONS)
    for name, found in once.attributes.items():
        assert len(found) == len(values), name
        assert "" not in found.to_pylist()


@pytest.mark.parametrize(("kernel", "options"), CASES)
@given(values=st.lists(CELLS, min_size=1, max_size=4, unique=True))
@settings(derandomize=True, max_examples=3, deadline=None, phases=[Phase.generate])
def test_each_value_is_judged_by_itself(kernel, options, values):
    together = run(kernel, options, values)
    for place, value in enumerate(values):
        alone = run(kernel, options, [value])
        assert alone.value[0].as_py() == together.value[place].as_py()
        assert alone.reason[0].as_py() == together.reason[place].as_py()
        assert alone.verdict[0] == together.verdict[place]
        assert {code for code, mask in alone.issues.items() if mask[0]} == {
            code for code, mask in together.issues.items() if mask[place]
        }


def letters(text: str) -> list[str]:
    """Every letter, mark and joiner, whatever its case; the dots of the Turkish I go with its case."""
    folded = unicodedata.normalize("NFD", text.replace("ı", "i").casefold()).replace("i\u0307", "i")
    return sorted(c for c in folded if unicodedata.category(c)[0] in "LM" or c in "\u200c\u200d")


def undecorated(text: str) -> bool:
    return not any(word in text.lower() for word in ("deleted", "usd"))


@pytest.mark.parametrize(("kernel", "options"), CASES[:9])
@given(values=st.lists(CELLS.filter(undecorated), min_size=20, max_size=60, unique=True))
@settings(derandomize=True, max_examples=4, deadline=None, phases=[Phase.generate])
def test_no_letter_mark_or_joiner_is_lost(kernel, options, values):
    for before, after in zip(values, run(kernel, options, values).value.to_pylist(), strict=True):
        assert letters(after) == letters(before)


@pytest.mark.parametrize(("kernel", "options"), CASES)
def test_missing_and_huge_cells_come_back_as_they_are(kernel, options):
    values = [None, "", "A" * 100_000, "JOHN SMITH " * 5_000, "प्रिया " * 5_000]
    found = run(kernel, options, values)
    assert found.value.to_pylist() == values
    assert found.verdict[:2].tolist() == [0, 0]
    assert found.verdict.dtype == np.int8


@pytest.mark.parametrize(("kernel", "options"), CASES)
def test_no_values_at_all(kernel, options):
    found = run(kernel, options, [])
    assert len(found.value) == len(found.reason) == len(found.verdict) == 0
