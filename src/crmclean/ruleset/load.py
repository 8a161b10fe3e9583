"""Rules packs: finding them, layering them by ``extends``, and saying clearly what is wrong with one."""

from __future__ import annotations

import difflib
import functools
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from crmclean.errors import OutputError, OutputOccupied, RulesError, UnknownPack, UsageError
from crmclean.ruleset.locate import rules_root
from crmclean.ruleset.spec import Rules

__all__ = ["RulesLike", "init_pack", "list_packs", "load_rules", "resolve_rules"]

RulesLike = Rules | str | os.PathLike[str] | Mapping[str, Any] | Sequence[Any]


def list_packs() -> dict[str, str]:
    """The shipped packs: name -> first line of its description."""
    packs = {}
    for path in sorted(rules_root().glob("*.toml")):
        description = str(_read(path).get("description", ""))
        packs[path.stem] = description.strip().split("\n")[0]
    return packs


def resolve_rules(rules: RulesLike, region: str | None = None) -> Rules:
    """Rules from anything `crmclean.clean` takes, with the region of the call on top."""
    packs = rules if isinstance(rules, list | tuple) else [rules]
    loaded = load_rules(*packs)
    if region:
        code = region.strip().upper()
        if len(code) != 2 or not code.isascii() or not code.isalpha():
            raise UsageError(f"region {region!r} is no ISO 3166 code of two letters", hint="--region IN")
        loaded = loaded.model_copy(update={"input": loaded.input.model_copy(update={"region": code})})
    return loaded


def load_rules(*packs: str | Path | Rules | Mapping[str, Any]) -> Rules:
    """Rules from packs, later ones layered over earlier ones.

    Parameters
    ----------
    *packs : str, Path, Rules or mapping
        Names of shipped packs (``"tradeshow"``), paths of TOML files, or plain data; none means ``default``.

    Raises
    ------
    UnknownPack
        No pack of that name, no file of that path.
    RulesError
        A key is unknown or a value impossible; the message names the dotted key and the nearest known one.
    """
    if len(packs) == 1 and isinstance(packs[0], Rules):
        return packs[0]
    merged: dict[str, Any] = {}
    where = "default"
    for pack in packs or ("default",):
        where = str(pack) if isinstance(pack, str | Path) else "rules"
        merged = _layer(merged, _resolve(pack, ()))
    return _validate(merged, where)


def init_pack(path: Path, *, extends: str = "default") -> Path:
    """Write a small pack of one's own to start from. Raises `OutputOccupied` if the file is there already."""
    load_rules(extends)
    if path.exists():
        raise OutputOccupied(f"{path} is there already", hint="choose another name, or edit that file")
    try:
        path.write_text(_TEMPLATE.format(name=path.stem, extends=extends), encoding="utf-8")
    except OSError as error:
        hint = "free some space" if path.parent.is_dir() else f"mkdir -p {path.parent}"
        path.unlink(missing_ok=True)  # half a pack is no pack
        raise OutputError(f"{path} cannot be written: {error.strerror}", hint=hint) from error
    return path


_TEMPLATE = """\
# Rules of our own, on top of the pack "{extends}". `crmclean rules show {extends}` prints every key with its value.
name = "{name}"
description = "Our rules."
extends = "{extends}"

[validate]
# required = ["last_name", "email"]

[staleness]
# threshold_days = 730

[objectives]
# min_trust = 75
"""


def _resolve(pack: str | Path | Rules | Mapping[str, Any], seen: tuple[str, ...]) -> dict[str, Any]:
    if isinstance(pack, Rules):
        return pack.model_dump(mode="python", by_alias=True, exclude_unset=True)
    if isinstance(pack, Mapping):
        raw, name, folder = dict(pack), "rules", Path()
    else:
        path = _find(pack)
        raw, name, folder = dict(_read(path)), str(path), path.parent
    if name in seen:
        raise RulesError(f"{name}: extends itself ({' -> '.join([*seen, name])})")
    parents = raw.pop("extends", [])
    merged: dict[str, Any] = {}
    for parent in [parents] if isinstance(parents, str) else parents:
        nearby = folder / parent
        merged = _layer(merged, _resolve(nearby if nearby.is_file() else parent, (*seen, name)))
    _validate(raw, name)  # so that a wrong key is reported with the file it stands in
    return _layer(merged, raw)


def _find(pack: str | Path) -> Path:
    path = Path(pack)
    if path.suffix == ".toml" or path.parent != Path():
        if path.is_file():
            return path
        raise UnknownPack(f"there is no rules file {path}", hint="crmclean rules list")
    shipped = rules_root() / f"{pack}.toml"
    if shipped.is_file():
        return shipped
    names = [item.stem for item in sorted(rules_root().glob("*.toml"))]
    near = difflib.get_close_matches(str(pack), names, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise UnknownPack(f"there is no rules pack {str(pack)!r}", hint=f"{hint}crmclean rules list")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{path} is not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise RulesError(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except OSError as error:
        raise UnknownPack(f"{path} cannot be read: {error.strerror}") from error


def _layer(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are merged key by key; everything else is replaced."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _layer(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def _validate(raw: Mapping[str, Any], where: str) -> Rules:
    try:
        return Rules.model_validate(raw)
    except ValidationError as error:
        raise RulesError(
            "\n".join(_sentences(error, where)), hint="crmclean rules show    # every key with its value"
        ) from error


def _sentences(error: ValidationError, where: str) -> Iterable[str]:
    for item in error.errors():
        dotted = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            near = difflib.get_close_matches(dotted, _known_keys(), 1, 0.6)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield f"{where}: unknown key {dotted!r}{hint}"
        else:
            message = str(item["msg"]).removeprefix("Value error, ")
            yield f"{where}: {dotted}: {message} (got {item['input']!r:.60})"


@functools.lru_cache(maxsize=1)
def _known_keys() -> tuple[str, ...]:
    keys: list[str] = []

    def walk(model: type[BaseModel], prefix: str) -> None:
        for name, info in model.model_fields.items():
            dotted = f"{prefix}{info.alias or name}"
            keys.append(dotted)
            if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
                walk(info.annotation, f"{dotted}.")

    walk(Rules, "")
    return tuple(keys)
