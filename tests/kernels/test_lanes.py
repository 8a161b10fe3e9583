"""Fast lanes over text: what a compiled kernel makes of a value is what the Python version makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmclean import text
from crmclean.keys import companies, emails, names, phones, skeleton, sound
from crmclean.tables.lanes import by_kernel

Make = Callable[[Any], Any]


def texts(*pieces: str, most: int = 8) -> st.SearchStrategy[list[str]]:
    """Lists of values put together from pieces, now and then with a letter of any kind."""
    piece = st.one_of(st.sampled_from(pieces), st.sampled_from(pieces), st.characters(codec="utf-8"))
    return st.lists(st.lists(piece, max_size=most).map("".join), max_size=12)


def check(values: list[str], made: Make, plain: Make) -> None:
    """Alike for the values alone and for a slice of an array that has nulls."""
    array = pa.array(values, pa.large_string())
    found = made(array)
    found.validate(full=True)
    assert found.to_pylist() == plain(array).to_pylist()
    longer = pa.array(["x", None, *values, None], pa.large_string()).slice(1)
    assert made(longer).to_pylist()[1:-1] == found.to_pylist()


PHONES = (
    *("0", "1", "2", "12", "123", "1234567890", "987654", "110", "10", "4477", "30123", "000000", "(0)", "+", "-", " "),
    *("/", " / ", ".", "(", ")", ",", ";", "#", "ext. ", "ext", "Ext.", "x", " x", " ext ", ";ext=", "or", "n/a", "\t"),
)


@settings(deadline=None)
@given(texts(*PHONES, most=10))
@example(["5551234x5", "(0)30 1234567 x5", "030/1234567 x12345678", "555 1234 ext.5 6", "1 555 123 4567 ext 77 "])
def test_phones(values: list[str]) -> None:
    check(values, phones.phone_key, phones._phone_key)


EMAILS = (
    *("a", "B", "info", "j.doe", "+", ".", "_", "-", "12", "@", "@", "@gmail.com", "@GoogleMail.com", "@acme.co.uk"),
    *(" ", "<", ">", ",", ";", "'", '"', "(", "mailto:", "\t", "\x7f", "\u200b", "é", "＠"),
)


@settings(deadline=None)
@given(texts(*EMAILS))
@example(["+a+b@c.de", "a+b@c.de", "a@b@c", "@c", "a@", " a@b.c ", "a@b.c.", ".@gmail.com", "+.@gmail.com"])
def test_emails(values: list[str]) -> None:
    check(values, emails.email_key, emails._email_key)
    check(values, emails.email_local, emails._email_local)
    check(values, emails.email_domain, emails._email_domain)


@settings(deadline=None)
@given(texts(*EMAILS))
@example(["info-12", "a12_", "sales1.2", "12", "no-reply٣"])
def test_roles(values: list[str]) -> None:
    check(values, lambda array: by_kernel(array, emails._role_word, "role_words"), emails._role_word)


LETTERS = (
    *("a", "B", "o", "S.", ".", "'", "’", "`", " ", "  ", "-", "&", "\t", "\n", "0", "é", "Ö", "ß", "Æ", "ŉ", "İ", "ﬁ"),
    *("e\u0301", "\u0301", "´", "Ế", "ẞ", "ł", "–", "½", "²", "ª", "\u00ad", "\u200d", "प्रिया", "علي", "Й", "µ", "ſ"),
)


@settings(deadline=None)
@given(texts(*LETTERS))
def test_folded_letters(values: list[str]) -> None:
    check(values, text.fold_letters, text._fold_letters)
    check(values, text.match_key, text._match_key)


def test_each_letter_alone_and_between_others() -> None:
    every = [chr(point) for point in (*range(0x1200), *range(0x1D00, 0x2100), *range(0xFB00, 0xFB07))]
    every += [f"a{letter}e" for letter in every] + [f"jr {letter}jr{letter}" for letter in every]
    check(every, text.fold_letters, text._fold_letters)
    check(every, text.match_key, text._match_key)
    check(every, names.name_suffix, names._name_suffix)


NAMES = (
    *(
        "Ann",
        "Smith",
        "van",
        "de",
        "la",
        "O’Brien",
        "O'Neil",
        "Müller",
        "José",
        "Sri",
        "Major",
        "King",
        "Dr.",
        "Mr",
        "Dr",
    ),
    *(
        "Prof. ",
        "Sig.ra",
        "al",
        "haj",
        "dott",
        "ssa",
        "г-жа",
        "Jr",
        "jr.",
        " sen.",
        "Jun.",
        " jun. ",
        "III",
        "2nd",
        "PhD",
    ),
    *(", ", ",", " ", " ", " ", "-", ".", "'", "j'r", "१nd", "प्रिया", "علي", "\t", "\x1c", "王小明", "PhD", "MD", "sr"),
)


@settings(deadline=None)
@given(texts(*NAMES))
@example(["Dr. Dr. Ann Smith PhD Jr.", "Dr Jr", "Sri Major King", "Sri King", "al haj omar", "jr", "Amartya Sen. "])
@example(["a " * 40, "jr " * 40, "Weber sen.\t", "Ann \x85jr", "Ann\u200djr"])
def test_names(values: list[str]) -> None:
    check(values, names.name_key, names._name_key)
    check(values, names.name_suffix, names._name_suffix)


WORDS = (
    *(
        "sch",
        "tsch",
        "kn",
        "mc",
        "x",
        "ye",
        "ee",
        "oo",
        "ph",
        "shch",
        "dg",
        "w",
        "y",
        "h",
        "a",
        "e",
        "bb",
        "c",
        "k",
        "s",
    ),
    *(" ", "  ", "'", "1", "i", "o", "u", "aw", "n", "z", "nb", "k"),
)


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map("".join), max_size=12))
@example(["x" * 300, "xa" * 120, "", " ", "x", " a  b "])
def test_skeletons_and_sounds(values: list[str]) -> None:
    check(values, skeleton.word_skeletons, skeleton._SKELETON.plain_words)
    check(values, skeleton.skeletons, skeleton._SKELETON.plain_values)
    check(values, sound.sounds, sound._SOUND.plain_values)


COMPANIES = (
    *(
        "Acme",
        "The",
        "Siemens",
        "AG",
        "GmbH",
        "Co.",
        "KG",
        "and",
        "of",
        "&",
        " & ",
        "S.A.",
        "S",
        "A",
        "b",
        "de",
        "C.V.",
    ),
    *("SC", "Dacia", "SRL", "Limited", "Liability", "Company", "L.L.C.", "Pvt.", "Ltd", "Pty", "LLP", "E.ON", "Tech"),
    *(
        "dba",
        "d/b/a",
        "D.B.A.",
        "t/a",
        "trading as",
        "doing business as",
        "Bros",
        "US",
        "Müller",
        "ООО",
        "PT",
        "et",
        "Cie",
    ),
    *("sociedad", "anonima", "de capital variable", "Haftungsbeschränkt", "public", "joint", "stock", "x", "AT&T", "1"),
    *(" ", " ", " ", " ", ".", ",", "'", "_", "-", "株式会社", "\t", "Inc", "SpA"),
)


@settings(deadline=None)
@given(texts(*COMPANIES, most=12))
@example(
    ["o'dba corp", "x d.b.a. y", "s a b volvo", "Acme SA de CV public joint stock company open joint stock company"]
)
@example(["a " * 80, "acme " * 40, "the the the", "SC SRL", "SC Dacia SRL", "Smith and Co", "and and and", "e k gmbh"])
def test_companies(values: list[str]) -> None:
    check(values, companies.company_key, companies._company_key)


def test_many_numbers_and_addresses() -> None:
    draw = np.random.default_rng(5)
    numbers = [f"+{draw.integers(1, 99)} ({draw.integers(0, 99)}) {draw.integers(0, 10**8)}" for _ in range(20_000)]
    check(numbers, phones.phone_key, phones._phone_key)
    words = ["ann", "Bo.", "c+d", "E_f", "info", "sales", "gmail.com", "acme.de"]
    picked = draw.choice(words, (20_000, 2))
    check([f"{one}@{other}" for one, other in picked], emails.email_key, emails._email_key)


def test_no_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmclean.tables.lanes.kernel", lambda *_: lambda *_: -1)
    with pytest.raises(MemoryError):
        phones.phone_key(pa.array(["1"]))
