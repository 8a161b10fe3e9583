"""The rules: what we want of the data, as typed, frozen values and as TOML packs that extend each other.

Names are looked up when they are first used: where the shipped lists are can be asked without what checks rules.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmclean.ruleset.load import init_pack as init_pack
    from crmclean.ruleset.load import list_packs as list_packs
    from crmclean.ruleset.load import load_rules as load_rules
    from crmclean.ruleset.spec import Rules as Rules

_HOMES = {"Rules": "spec", "init_pack": "load", "list_packs": "load", "load_rules": "load"}

__all__ = ["Rules", "init_pack", "list_packs", "load_rules"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"crmclean.ruleset.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
