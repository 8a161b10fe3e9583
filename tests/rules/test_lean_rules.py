"""The rules that deduplication needs, without pydantic, are those that pydantic would give."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from crmclean.dedup.workings import Settings, settings_of
from crmclean.errors import UnknownPack
from crmclean.ruleset import lean, load_rules
from crmclean.ruleset.lean import LeanRules, lean_rules
from crmclean.ruleset.spec import Rules


def test_the_defaults_are_those_of_the_rules() -> None:
    whole, found = load_rules("default"), lean_rules("default")
    assert isinstance(found, LeanRules)
    assert asdict(found.input) == whole.input.model_dump()
    assert asdict(found.dedup) == whole.dedup.model_dump()
    assert dict(found.mapping) == whole.mapping
    assert {item.name for item in fields(LeanRules)} <= set(Rules.model_fields)
    assert settings_of(found.dedup) == settings_of(whole.dedup) == Settings()


def test_other_rules_are_checked_in_full() -> None:
    assert isinstance(lean_rules(["default", {"dedup": {"match_probability": 0.95}}]), Rules)
    with pytest.raises(UnknownPack):
        lean_rules("no-such-pack")


@pytest.mark.parametrize("text", ["[dedup]\nmatch_probability = 0.8\n", 'extends = "strict"\n', "no toml"])
def test_an_edited_default_pack_is_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    (tmp_path / "default.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(lean, "rules_path", lambda name: tmp_path / name)
    assert lean._says_something()


def test_dedupe_does_not_import_pydantic(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("name,email\nAnn Lee,ann@lee.example\nAnn Lee,ann@lee.example\n", encoding="utf-8")
    script = (
        "import sys\nfrom crmclean.cli import cli\n"
        f"cli.main(['dedupe', {str(source)!r}, '-o', {str(tmp_path / 'b.csv')!r}], standalone_mode=False)\n"
        "assert not {'pydantic', 'phonenumbers', 'scipy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
