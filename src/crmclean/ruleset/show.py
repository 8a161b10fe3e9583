"""Rules as TOML: every key with its value, ready to be copied into a pack of one's own."""

from __future__ import annotations

import json
from typing import Any

from crmclean.ruleset.spec import Rules

__all__ = ["to_toml"]


def to_toml(rules: Rules) -> str:
    """The rules as TOML that `load_rules` reads back to the same rules. Keys without a value stand as comments."""
    data = rules.model_dump(mode="json", by_alias=True)
    lines: list[str] = []
    _table(lines, "", data)
    return "\n".join(lines).strip() + "\n"


def _table(lines: list[str], name: str, table: dict[str, Any]) -> None:
    if name:
        lines += ["", f"[{name}]"]
    for key, value in table.items():
        if value is None:
            lines.append(f"# {_key(key)} =")
        elif not isinstance(value, dict) and not _is_tables(value):
            lines.append(f"{_key(key)} = {_value(value)}")
    for key, value in table.items():
        dotted = f"{name}.{_key(key)}" if name else _key(key)
        if isinstance(value, dict):
            _table(lines, dotted, value)
        elif _is_tables(value):
            for item in value:
                lines += ["", f"[[{dotted}]]"]
                lines += [f"{_key(k)} = {_value(v)}" for k, v in item.items() if v is not None]


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _key(key: str) -> str:
    plain = key.replace("_", "").replace("-", "")
    return key if plain.isascii() and plain.isalnum() else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return str(value)
