"""The shipped lists are found, readable and well formed."""

from __future__ import annotations

import unicodedata

import pytest

from crmclean.errors import RulesError
from crmclean.keys.lists import read_rows, read_toml, read_words
from crmclean.ruleset.locate import rules_path, rules_root

CSV_FILES = {
    "arabic_names.csv": {"latin", "names"},
    "cities.csv": {"key", "names"},
    "countries.csv": {"name", "code", "source", "key"},
    "honorifics.csv": {"form", "use", "sex"},
    "given_names.csv": {"name", "spellings"},
    "nicknames.csv": {"language", "name", "nicknames"},
    "postcodes.csv": {"country", "pattern", "template", "zeros"},
    "regions.csv": {"code", "names"},
    "street_words.csv": {"key", "forms"},
}


def test_locate_finds_files_and_names_missing_ones() -> None:
    assert rules_path("lists/legal_forms.toml").is_file()
    assert rules_path("lists").parent == rules_root()
    with pytest.raises(RulesError, match=r"lists/nothing\.toml"):
        rules_path("lists/nothing.toml")


@pytest.mark.parametrize("name", sorted(CSV_FILES))
def test_csv_lists_have_their_columns_and_no_ragged_row(name: str) -> None:
    rows = read_rows(name)
    assert rows
    for row in rows:
        assert set(row) == CSV_FILES[name], row
        assert None not in row.values(), row


def test_honorifics_use_known_words() -> None:
    rows = read_rows("honorifics.csv")
    assert {row["use"] for row in rows} == {"leading", "trailing", "comma", "weak"}
    assert {row["sex"] for row in rows} == {"m", "f", ""}


@pytest.mark.parametrize("name", ["free_mail.txt", "role_mailboxes.txt", "disposable.txt"])
def test_word_lists_are_lower_case_and_without_repeats(name: str) -> None:
    words = read_words(name).to_pylist()
    lines = [line for line in rules_path(f"lists/{name}").read_text(encoding="utf-8").splitlines() if line]
    assert len(words) == len([line for line in lines if not line.startswith("#")])
    assert all(word == unicodedata.normalize("NFC", word).strip().lower() for word in words)


def test_legal_forms_are_written_under_a_country() -> None:
    table = read_toml("legal_forms.toml")
    assert set(table) == {"ambiguous", "conjunctions", "articles", "abbreviations", "country"}
    for code, uses in table["country"].items():
        assert len(code) == 2
        assert set(uses) <= {"leading", "trailing", "paired"}


def test_business_words_are_written_as_they_are_compared() -> None:
    table = read_toml("business_words.toml")
    assert set(table) == {"place", "small", "words"}
    shares = [tier["share"] for tier in table["words"]]
    assert shares == sorted(shares, reverse=True)
    words = [word for tier in table["words"] for word in tier["in"]]
    assert all(
        word.isascii() and word == word.lower().strip() and " " not in word for word in [*words, *table["small"]]
    )
