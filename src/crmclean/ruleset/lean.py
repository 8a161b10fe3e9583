"""What rules say of deduplication alone, without the library that checks rules where there is nothing to check.

Importing pydantic and building all rules is a tenth of what `dedupe` takes for a small file. The shipped default pack
says nothing of what is needed there, so where no other rules are asked for, the defaults stand. A test holds them to
those of `crmclean.ruleset.spec`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from crmclean.ruleset.locate import rules_path

if TYPE_CHECKING:
    from crmclean.ruleset.load import RulesLike
    from crmclean.ruleset.spec import Rules

__all__ = ["LeanDedup", "LeanInput", "LeanRules", "lean_rules"]


@dataclass(frozen=True)
class LeanInput:
    """As `crmclean.ruleset.spec.InputRules`."""

    region: str = ""
    encoding: str = ""
    delimiter: str = ""


@dataclass(frozen=True)
class LeanDedup:
    """As `crmclean.ruleset.spec.DedupRules`."""

    enabled: bool = True
    entity: Literal["person", "company"] = "person"
    match_probability: float = 0.875
    review_probability: float = 0.25
    pairs_per_row: int = 12
    exclude: tuple[str, ...] = ()
    merge_branches: bool = False
    one_to_one: bool = False


@dataclass(frozen=True)
class LeanRules:
    """The part of `crmclean.ruleset.spec.Rules` that reading, mapping and deduplication look at."""

    input: LeanInput = LeanInput()
    mapping: Mapping[str, str] = field(default_factory=dict)
    dedup: LeanDedup = LeanDedup()


def lean_rules(rules: RulesLike | LeanRules) -> Rules | LeanRules:
    """The rules for deduplication; checked in full unless they are the shipped default and that says nothing of it.

    Raises
    ------
    UnknownPack, RulesError
        As `crmclean.ruleset.load.load_rules`.
    """
    if isinstance(rules, LeanRules):
        return rules
    if rules in ("default", ["default"], ("default",)) and not _says_something():
        return LeanRules()
    from crmclean.ruleset.load import resolve_rules  # with all of pydantic

    return resolve_rules(rules)


def _says_something() -> bool:
    """Whether the shipped default pack holds anything of what is asked here, or cannot be read."""
    try:
        pack = tomllib.loads(rules_path("default.toml").read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return True  # whoever checks rules will say it
    return bool(pack.keys() & {"extends", "input", "mapping", "dedup"})
