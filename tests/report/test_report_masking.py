"""Masking hides whose data it is, in every script, and still shows what was wrong."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.report.masking import graphemes, mask, mask_change, shorten
from crmclean.tables.fields import FIELDS

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("value", "field", "masked"),
    [
        ("ann.lee@example.com", "email", "a•••@example.com"),
        ("Ann Lee <ann.lee@example.com>", "email", "A••• L••• <a•••@example.com>"),
        ("ann.example.com", "email", "a•••.e•••.c•••"),
        ("(212) 555-7890", "phone", "(•••) •••-••90"),
        ("+98 ۹۱۲ ۳۴۵ ۶۷۸۹", "mobile", "+•• ••• ••• ••۸۹"),
        ("9.87654E+09", "phone", "•.•••••E+09"),
        ("Jean-Luc O'Neil", "full_name", "J•••-L••• O'N•••"),
        ("प्रिया शर्मा", "full_name", "प्रि••• श•••"),
        ("क्षमा", "first_name", "क्ष•••"),
        ("தமிழ்ச்செல்வன் முருகன்", "full_name", "த••• மு•••"),
        ("శ్రీనివాస్ రెడ్డి", "full_name", "శ్రీ••• రె•••"),
        ("অনির্বাণ", "first_name", "অ•••"),
        ("علی رضایی", "full_name", "ع••• ر•••"),
        ("王 美玲", "full_name", "王 美•••"),
        ("Acme GmbH", "company", "Acme GmbH"),
        ("ann@acme.example", "company", "a•••@acme.example"),
        ("call 2125557890", "title", "call ••••••••90"),
        ("12 Main St", "street", "1••• M••• S•••"),
        ("1980-02-03", "birth_date", "••••-••-••"),
        ("2024-03-15", "created_at", "2024-03-15"),
        ("https://linkedin.example/in/ann-lee", "linkedin", "https://linkedin.example/•••"),
        ("AB-1234567", "national_id", "A•••-•••••67"),
        ("Ann told us", "", "A••• t••• u•••"),
        ("Ann told us", "a_field_of_a_user", "A••• t••• u•••"),
        ("", "email", ""),
    ],
)
def test_masking_by_field(value: str, field: str, masked: str) -> None:
    assert mask(value, field) == masked


@pytest.mark.parametrize(
    ("before", "after", "field", "shown"),
    [
        ("JOHN SMITH", "John Smith", "full_name", ("JXXX SXXXX", "Jxxx Sxxxx")),
        ("john smith", "John Smith", "full_name", ("j••• s•••", "J••• S•••")),
        (" Ann  Lee", "Ann Lee", "full_name", ("␣A••• ␣L•••", "A••• L•••")),
        ("An\u200bna", "Anna", "first_name", ("A•••⟨U+200B⟩•••", "A•••")),
        ("ann@gmial.com", "ann@gmail.com", "email", ("a•••@gmial.com", "a•••@gmail.com")),
        ("", "Buyer", "title", ("", "Buyer")),
    ],
)
def test_masked_changes_still_show_the_change(before: str, after: str, field: str, shown: tuple[str, str]) -> None:
    assert mask_change(before, after, field) == shown


@settings(derandomize=True, max_examples=300, deadline=None)
@given(TEXT)
def test_graphemes_join_back_and_never_start_with_a_mark(text: str) -> None:
    parts = graphemes(text)
    assert "".join(parts) == text
    assert all(unicodedata.category(part[0])[0] != "M" for part in parts[1:] if "\n" not in text and "\r" not in text)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(TEXT, st.sampled_from([field.name for field in FIELDS] + [""]))
def test_masked_cells_hold_no_control_characters(value: str, field: str) -> None:
    for shown in (mask(value, field), *mask_change(value, value[::-1], field)):
        assert not any(unicodedata.category(letter) in ("Cc", "Cn", "Co") for letter in shown)
        assert "\u202e" not in shown
        assert len(graphemes(shown)) <= 44


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text("0123456789۰۱۲۳०१२३", min_size=5, max_size=20))
def test_a_number_keeps_two_digits_at_most(digits: str) -> None:
    assert sum(letter.isdigit() for letter in mask(digits, "phone")) == 2


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(st.text("abcdéकतরழ", min_size=3, max_size=9), min_size=1, max_size=4))
def test_a_name_keeps_one_letter_a_word(words: list[str]) -> None:
    shown = mask(" ".join(words), "full_name").split(" ")
    assert [part.replace("•", "") for part in shown] == [graphemes(word)[0] for word in words]


def test_shorten_counts_letters_not_code_points() -> None:
    assert shorten("प्रि" * 10, 10) == "प्रि" * 10
    assert shorten("प्रि" * 11, 10) == "प्रि" * 9 + "…"
