"""Nothing a reader sees is lost: letters, marks and joiners of every script survive the kernels meant to keep them."""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.tables.buffers import keep_bytes
from crmclean.text import (
    ascii_mask,
    fold_digits,
    fold_letters,
    is_blank,
    map_unique,
    match_key,
    nfc,
    script_of,
    squash_spaces,
    strip_invisible,
)

TEXT = pa.large_string()
KERNELS = (nfc, squash_spaces, fold_digits, strip_invisible, match_key, fold_letters, script_of)
ANY_TEXT = st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=("Cs",)), max_size=30)), max_size=8)

BLOCKS = {
    "Devanagari": (0x900, 0x97F),
    "Bengali": (0x980, 0x9FF),
    "Tamil": (0xB80, 0xBFF),
    "Telugu": (0xC00, 0xC7F),
    "Arabic": (0x620, 0x6D3),
}
LETTERS = {
    script: [chr(point) for point in range(low, high + 1) if unicodedata.category(chr(point))[0] in "LM"]
    for script, (low, high) in BLOCKS.items()
}


@st.composite
def native_words(draw: st.DrawFn) -> str:
    """Words of one of the five scripts, with a joiner between letters now and then."""
    script = draw(st.sampled_from(sorted(LETTERS)))
    letters = st.lists(st.sampled_from(LETTERS[script]), min_size=1, max_size=8)
    words = draw(st.lists(letters, min_size=1, max_size=3))
    joiner = draw(st.sampled_from(["", "\u200c", "\u200d"]))
    cut = [draw(st.integers(0, len(word) - 1)) for word in words]
    return " ".join(
        "".join(w[: c + 1]) + (joiner if c + 1 < len(w) else "") + "".join(w[c + 1 :])
        for w, c in zip(words, cut, strict=True)
    )


def one(kernel, value):
    return kernel(pa.array([value], TEXT))[0].as_py()


@settings(derandomize=True, deadline=None, max_examples=60)
@given(native_words())
def test_five_scripts_lose_nothing(text: str) -> None:
    for kernel in (squash_spaces, strip_invisible, fold_digits):
        assert one(kernel, text) == text
    assert unicodedata.normalize("NFD", one(nfc, text)) == unicodedata.normalize("NFD", text)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(native_words())
def test_match_key_keeps_brahmic_letters_and_marks(text: str) -> None:
    wanted = [c for c in unicodedata.normalize("NFKC", text) if 0x900 <= ord(c) <= 0xDFF]
    kept = [c for c in one(match_key, text) if 0x900 <= ord(c) <= 0xDFF]
    dropped = set(wanted) - set(kept)
    assert all(unicodedata.category(c)[0] not in "LM" for c in dropped)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(ANY_TEXT)
def test_kernels_take_any_text(values: list[str | None]) -> None:
    array = pa.array(values, TEXT)
    for kernel in KERNELS:
        result = kernel(array)
        assert result.type == TEXT
        assert len(result) == len(array)
        assert result.is_null().to_pylist() == array.is_null().to_pylist()
        assert kernel(array).equals(result)
        # one value at a time gives the same: no value sees its neighbours
        assert [kernel(pa.array([v], TEXT))[0].as_py() for v in values] == result.to_pylist()
    assert not is_blank(array).null_count
    assert not ascii_mask(array).null_count


@settings(derandomize=True, deadline=None, max_examples=60)
@given(ANY_TEXT)
def test_kernels_are_idempotent(values: list[str | None]) -> None:
    array = pa.array(values, TEXT)
    for kernel in (nfc, squash_spaces, fold_digits, strip_invisible):
        once = kernel(array)
        assert kernel(once).equals(once), kernel.__name__


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.text(st.characters(max_codepoint=127), max_size=20), max_size=8))
def test_ascii_fast_path_equals_slow_path(values: list[str]) -> None:
    """A letter from another script appended forces the slow path; its own key is taken off again."""
    slow = pa.array([f"{value} ж" for value in values], TEXT)
    for kernel in (match_key, fold_letters):
        fast = kernel(pa.array(values, TEXT)).to_pylist()
        assert [value[:-1].rstrip() for value in kernel(slow).to_pylist()] == fast


@given(ANY_TEXT, st.integers(0, 3))
def test_kept_bytes_are_what_a_pattern_would_keep(values: list[str | None], start: int) -> None:
    array = pa.array(values, TEXT).slice(start)
    assert keep_bytes(array, b"0123456789").equals(pc.replace_substring_regex(array, r"[^0-9]+", ""))
    separators = bytes(set(range(256)) - set(b"._-"))
    assert keep_bytes(array, separators).equals(pc.replace_substring_regex(array, r"[._\-]", ""))


@given(ANY_TEXT)
def test_values_folded_together_are_those_folded_alone(values: list[str | None]) -> None:
    array = pa.array(values, TEXT)
    for kernel in (match_key, fold_letters):
        alone = [kernel(array.slice(place, 1))[0].as_py() for place in range(len(array))]
        assert kernel(array).to_pylist() == alone


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\ufeffAnna\u200b", "Anna"),
        ("\u202eمریم\u202c", "مریم"),
        ("Mül\u00adler", "Müller"),
        ("a\u0000b", "ab"),
        ("Jo\u200dhn", "John"),  # a joiner between Latin letters says nothing
        ("علی\u200c", "علی"),  # nor does one at the end of a Persian word
        ("علی\u200c‌رضا".replace("\u200c\u200c", "\u200c\u200c"), "علی\u200cرضا"),
        ("می\u200cروم", "می\u200cروم"),
        ("क्\u200dष", "क्\u200dष"),
        ("র\u09cd\u200d", "র\u09cd\u200d"),
        ("क \u200d ख", "क  ख"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_strip_invisible(before: str, after: str) -> None:
    assert one(strip_invisible, before) == after


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("O’Brien", "obrien"),
        ("O'Brien", "obrien"),
        ("S.A.", "sa"),
        ("U. S. A. Inc.", "usa inc"),
        ("J.R. Smith", "jr smith"),
        ("a.b.com", "ab com"),
        ("Łódź", "lodz"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ÆØÅ", "aeoa"),
        ("Ёлка", "елка"),
        ("Йога", "йога"),
        ("ΑΘΉΝΑΣ", "αθηνασ"),
        ("ｆｕｌｌ", "full"),
        ("ﬁn", "fin"),
        ("علي كريم", "علی کریم"),
        ("مُحَمَّد", "محمد"),
        ("۱۲۳", "123"),
        ("e-mail (work)", "e mail work"),
        ("İstanbul", "istanbul"),
        ("...", ""),
    ],
)
def test_match_key(value: str, key: str) -> None:
    assert one(match_key, value) == key


@pytest.mark.parametrize(
    ("value", "script"),
    [
        ("Anna", "Latin"),
        ("Łucja", "Latin"),
        ("प्रिया", "Devanagari"),
        ("రవి", "Telugu"),
        ("தமிழ்", "Tamil"),
        ("বাংলা", "Bengali"),
        ("فارسی", "Arabic"),
        ("Иван", "Cyrillic"),
        ("Νίκος", "Greek"),
        ("王伟", "Han"),
        ("すずき", "Hiragana"),
        ("ソニー", "Katakana"),
        ("김철수", "Hangul"),
        ("123 -", ""),
        ("राम Ram Ltd", "Latin"),
    ],
)
def test_script_of(value: str, script: str) -> None:
    assert one(script_of, value) == script


def test_squash_spaces_and_blank() -> None:
    values = ["\u3000a\u00a0\u2028 b\n", "", None, " \t", "\u200b\u200c", "a", "\u3164", "\u2800x"]
    assert squash_spaces(pa.array(values, TEXT)).to_pylist() == ["a b", "", None, "", "\u200b\u200c", "a", "", "x"]
    assert is_blank(pa.array(values, TEXT)).to_pylist() == [False, True, True, True, True, False, True, False]


def test_every_decimal_digit_folds() -> None:
    digits = [chr(p) for p in range(0x110000) if chr(p).isdecimal()]
    folded = fold_digits(pa.array(digits, TEXT)).to_pylist()
    assert folded == [str(unicodedata.decimal(digit)) for digit in digits]


def test_map_unique_calls_once_for_each_distinct_value() -> None:
    seen: list[list[str]] = []

    def note(values: list[str]) -> list[str | None]:
        seen.append(values)
        return [None if value == "x" else value * 2 for value in values]

    assert map_unique(["a", "x", None, "a"], note).to_pylist() == ["aa", None, None, "aa"]
    assert seen == [["a", "x"]]


def test_sliced_arrays_are_read_from_their_offset() -> None:
    array = pa.array(["SKIP", "Anna-Marie", "o'neill", None], TEXT).slice(1)
    assert match_key(array).to_pylist() == ["anna marie", "oneill", None]
    assert match_key(pa.chunked_array([["A"], ["B"]])).to_pylist() == ["a", "b"]
