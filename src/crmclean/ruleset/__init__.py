"""The rules: what we want of the data, as typed, frozen values and as TOML packs that extend each other."""

from crmclean.ruleset.load import init_pack, list_packs, load_rules
from crmclean.ruleset.spec import Rules

__all__ = ["Rules", "init_pack", "list_packs", "load_rules"]
