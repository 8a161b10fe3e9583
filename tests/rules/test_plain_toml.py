"""The quick reader of plain TOML gives what the standard library's gives, or leaves the text to it."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmclean.ruleset.locate import rules_root
from crmclean.ruleset.plain import _read_plain, read_toml_text

LINES = (
    *('a = "x"', '"b c" = "y"', "'d' = 'z\"'", "n = -12", "n = 012", "o = 1.5", 'l = ["p", "q"]', 'l = ["p" "q"]'),
    *("[t]", "[t.u]", "[[t]]", "[t.a]", "m = [", '  "r", "s",', '  "r"', "]", "# remark", "  # remark", "", " "),
    *('e = "\\\\n"', 'e = ""', "w = []", "a.b = 'c'", 'a = "x" # remark', "t = 'no table'", "k = true", "\x01", "x"),
)


@given(st.lists(st.sampled_from(LINES), max_size=9).map("\n".join))
def test_any_text_is_read_as_by_the_standard_library(text: str) -> None:
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(tomllib.TOMLDecodeError):
            read_toml_text(text)
    else:
        assert read_toml_text(text) == expected


def test_the_shipped_files_are_read_as_by_the_standard_library() -> None:
    for path in sorted(rules_root().rglob("*.toml")):
        text = path.read_text(encoding="utf-8")
        assert read_toml_text(text) == tomllib.loads(text), path.name


def test_header_packs_are_plain() -> None:
    for path in sorted((rules_root() / "headers").glob("*.toml")):
        assert _read_plain(path.read_text(encoding="utf-8")) is not None, path.name
