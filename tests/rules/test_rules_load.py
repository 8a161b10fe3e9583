"""Rules packs: layering, and errors that name the dotted key and the nearest known one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from crmclean.errors import RulesError, UnknownPack
from crmclean.ruleset import Rules, init_pack, list_packs, load_rules
from crmclean.ruleset.show import to_toml


@pytest.mark.parametrize("pack", sorted(list_packs()))
def test_a_shown_pack_loads_back_to_the_same_rules(pack: str) -> None:
    rules = load_rules(pack)
    assert load_rules(tomllib.loads(to_toml(rules))) == rules


def test_packs_are_layered_key_by_key(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("extends = 'tradeshow'\n[staleness]\nthreshold_days = 90\n")
    (tmp_path / "ours.toml").write_text("extends = 'base.toml'\n[trust]\nfreshness = 50\n")
    rules = load_rules(tmp_path / "ours.toml")
    assert rules.staleness.threshold_days == 90
    assert rules.trust.freshness == 50
    assert rules.stamp.fields == {"lead_source": "Tradeshow"}
    assert load_rules("strict", {"staleness": {"threshold_days": 10}}).staleness.threshold_days == 10


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"validate": {"requird": ["email"]}}, "'validate.requird'; did you mean 'validate.required'"),
        ({"stalenes": {}}, "did you mean 'staleness'"),
        ({"validate": {"required": ["e_mail"]}}, "there is no field 'e_mail'"),
        ({"staleness": {"evidence": ["modified_at"]}}, "modified_at is no evidence"),
        ({"dedup": {"match_probability": 0.2}}, "review_probability lies above"),
        ({"validate": {"checks": [{"name": "x", "field": "email", "pattern": "(?=a)"}]}}, "RE2"),
        ({"validate": {"checks": [{"name": "x", "field": "email"}]}}, "a check asks one thing"),
        ({"survivorship": {"fields": {"title": {"strategy": "newest"}}}}, "survivorship.fields.title.strategy"),
    ],
)
def test_a_wrong_key_or_value_is_named(raw: dict[str, object], said: str) -> None:
    with pytest.raises(RulesError, match="rules: ") as caught:
        load_rules(raw)
    assert said in str(caught.value)


def test_unknown_packs_and_broken_files(tmp_path: Path) -> None:
    with pytest.raises(UnknownPack, match="did you mean 'tradeshow'"):
        load_rules("tradshow")
    (tmp_path / "broken.toml").write_text("[[[")
    with pytest.raises(RulesError, match="not valid TOML"):
        load_rules(tmp_path / "broken.toml")
    (tmp_path / "loop.toml").write_text("extends = 'loop.toml'")
    with pytest.raises(RulesError, match="extends itself"):
        load_rules(tmp_path / "loop.toml")


def test_a_started_pack_is_valid(tmp_path: Path) -> None:
    path = init_pack(tmp_path / "ours.toml", extends="strict")
    assert load_rules(path).name == "ours"


def test_rules_are_frozen() -> None:
    from pydantic import ValidationError

    with pytest.raises(ValidationError):
        Rules().name = "other"  # type: ignore[misc]
