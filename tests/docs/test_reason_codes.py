"""docs/reason-codes.md is what the code says and does; no code is without a place in it, and none is only in it."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from crmclean.tables.advice import advice_on
from crmclean.tables.reasons import REASONS

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z]+\.[a-z_0-9]+")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "scripts" / "make_reason_codes.py"
    spec = importlib.util.spec_from_file_location("make_reason_codes", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_script_writes(script: ModuleType) -> None:
    """Each example is run and must earn its code, or `render` ends."""
    assert script.render() == (ROOT / "docs" / "reason-codes.md").read_text(encoding="utf-8")


def test_every_code_has_an_example_and_no_example_lacks_a_code(script: ModuleType) -> None:
    assert set(script.read_examples()) == set(REASONS)


def test_every_code_says_what_to_do() -> None:
    assert all(advice_on(code).endswith(".") for code in REASONS)


def written_in_the_code() -> set[str]:
    """Text constants that look like a code of a known area; file names and our own modules look alike."""
    areas = {code.partition(".")[0] for code in REASONS}
    found = set()
    for path in (ROOT / "src" / "crmclean").rglob("*.py"):
        if path.parent.name == "tables" and path.stem in ("reasons", "advice"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found.add(node.value)
    files = {code for code in found if code.endswith((".toml", ".csv", ".txt"))}
    return {code for code in found - files if code.partition(".")[0] in areas}


def test_the_code_uses_every_listed_reason_and_no_other() -> None:
    assert written_in_the_code() == set(REASONS)
