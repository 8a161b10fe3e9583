"""The plan: what one source is, so that tonight's file is read as last night's was.

A plan holds no rules (what we want) and no data (what the rows say): only how the bytes become cells and what each
column means. It is inferred by `crmclean.planning.infer_plan`, printed as TOML that a person can edit, kept in the
manifest of each run and given back with ``--plan``.
"""

from __future__ import annotations

import codecs
import difflib
import json
import os
import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from crmclean.errors import HeaderChanged, PlanError
from crmclean.tables.fields import BY_NAME, Kind, kind_of

__all__ = ["ColumnPlan", "DialectPlan", "Plan"]

DATE_ORDERS = ("", "ymd", "dmy", "mdy")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DialectPlan(_Frozen):
    """How the bytes of a delimited file become cells; members as in `crmclean.files.sniff.Dialect`.

    A plan written by hand may say nothing of it, or only some: what it leaves out is looked for in the file again.
    """

    encoding: str = "utf-8"
    bom: bool = False
    delimiter: str = ","
    quotechar: str = '"'
    escapechar: str = ""
    doublequote: bool = True
    line_terminator: str = "\n"
    has_header: bool = True
    header_line: int = 1
    preamble_lines: int = 0
    confidence: float = 1.0
    notes: tuple[str, ...] = ()
    sheet: str = ""
    quote_all: bool = False

    @property
    def told(self) -> dict[str, Any]:
        """What was said, rather than left to its default."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    @property
    def is_whole(self) -> bool:
        """Whether it says everything that reading needs."""
        return {"encoding", "delimiter", "quotechar", "has_header", "header_line", "preamble_lines"} <= set(self.told)


class ColumnPlan(_Frozen):
    """What one column means.

    Attributes
    ----------
    column : str
        The column's unique name (``Company``, ``Company#2``).
    header : str
        The header cell as it stands in the file.
    field : str or None
        Canonical field; None passes the column through untouched.
    polarity : int
        Consent columns: +1 when "yes" grants, -1 when "yes" denies.
    date_order : str
        ``ymd``, ``dmy``, ``mdy`` or "" when the column cannot tell.
    calendar : str
        ``gregorian`` or ``jalali``.
    free_text : bool
        Sentences rather than values.
    missing : tuple of str
        Words that stand for nothing in this column, beyond the shipped ones.
    confidence : float
        0 to 1: how sure the inference is.
    why : str
        In words.
    """

    column: str
    header: str = ""
    field: str | None = None
    polarity: int = 0
    date_order: str = ""
    calendar: str = "gregorian"
    free_text: bool = False
    missing: tuple[str, ...] = ()
    confidence: float = 1.0
    why: str = ""

    @field_validator("field")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value == "":
            return None
        if value is not None and value not in BY_NAME:
            near = difflib.get_close_matches(value.lower().replace(" ", "_"), BY_NAME, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"the fields are {', '.join(BY_NAME)}"
            raise ValueError(f"there is no field {value!r}; {hint}")
        return value

    @field_validator("date_order")
    @classmethod
    def _order(cls, value: str) -> str:
        if value not in DATE_ORDERS:
            raise ValueError(f"date_order is one of {', '.join(DATE_ORDERS[1:])}, not {value!r}")
        return value

    @model_validator(mode="after")
    def _defaults(self) -> ColumnPlan:
        if self.polarity == 0 and self.field and BY_NAME[self.field].polarity:
            object.__setattr__(self, "polarity", BY_NAME[self.field].polarity)
        return self

    @property
    def kind(self) -> Kind:
        """The kind of the column's field."""
        return kind_of(self.field)


class Plan(_Frozen):
    """What one source is.

    Attributes
    ----------
    source : str
        Name of the source (a file name, never a path).
    system : str
        The CRM or list the headers speak of ("" when unknown).
    region : str
        Default phone and address region, ISO alpha-2 ("" when unknown).
    region_why : str
        What the region was inferred from.
    dialect : DialectPlan
        How to read the bytes.
    columns : tuple of ColumnPlan
        One for each column, in file order.
    """

    source: str = ""
    system: str = ""
    region: str = ""
    region_why: str = ""
    dialect: DialectPlan = Field(default_factory=DialectPlan)
    columns: tuple[ColumnPlan, ...] = ()

    @model_validator(mode="after")
    def _unique(self) -> Plan:
        names = [column.column for column in self.columns]
        if len(set(names)) != len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ValueError(f"two columns are named {twice[0]!r}")
        return self

    @property
    def fields(self) -> dict[str, list[str]]:
        """Canonical field -> its columns, in file order."""
        found: dict[str, list[str]] = {}
        for column in self.columns:
            if column.field:
                found.setdefault(column.field, []).append(column.column)
        return found

    def of(self, column: str) -> ColumnPlan:
        """The plan of a column."""
        for item in self.columns:
            if item.column == column:
                return item
        raise PlanError(f"the plan has no column {column!r}")

    def columns_of(self, *kinds: Kind) -> list[ColumnPlan]:
        """The columns of some kinds, in file order."""
        return [column for column in self.columns if column.kind in kinds]

    def check_header(self, columns: Sequence[str], source: str, path: str = "") -> None:
        """Raise `HeaderChanged` unless every mapped column of the plan is in the file at ``path``."""
        wanted = [column.column for column in self.columns if column.field]
        gone = [name for name in wanted if name not in set(columns)]
        if gone:
            near = difflib.get_close_matches(gone[0], columns, 1, 0.7)
            there = f"perhaps it is {near[0]!r} now" if near else f"its columns: {_shortened(columns)}"
            more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
            raise HeaderChanged(
                f"{source}: the plan maps column {gone[0]!r}{more}, which this file does not have ({there})",
                hint=f"crmclean plan {path or source} > plan.toml    # then edit it and pass --plan plan.toml",
            )

    def to_toml(self, *, comments: bool = True) -> str:
        """The plan as TOML, each column with a comment on how sure it is."""
        return "\n".join(_lines(self, comments)) + "\n"

    @staticmethod
    def from_toml(text: str, *, name: str = "plan") -> Plan:
        """Read what `to_toml` wrote (and a person edited). Raises `PlanError`."""
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise PlanError(f"{name} is not valid TOML: {error}") from error
        return Plan.from_dict(raw, name=name)

    @staticmethod
    def read(path: str | os.PathLike[str]) -> Plan:
        """Read a plan from a file, in UTF-8 or in the UTF-16 that some shells write. Raises `PlanError`."""
        try:
            data = Path(path).read_bytes()
            wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            return Plan.from_toml(data.decode("utf-16" if wide else "utf-8-sig"), name=os.fspath(path))
        except OSError as error:
            raise PlanError(
                f"the plan {os.fspath(path)} cannot be read: {error.strerror}", hint="crmclean plan FILE > plan.toml"
            ) from error
        except UnicodeDecodeError as error:
            raise PlanError(
                f"the plan {os.fspath(path)} is not UTF-8 text: {error.reason} at byte {error.start}",
                hint="save it as UTF-8",
            ) from error

    @staticmethod
    def from_dict(raw: Mapping[str, Any], *, name: str = "plan") -> Plan:
        """Build a plan from plain data, as the manifest stores it. Raises `PlanError`."""
        data = dict(raw)
        if "column" in data:
            data["columns"] = data.pop("column")
        try:
            return Plan.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            where, hint = _place(first["loc"], data), "crmclean plan FILE shows how a plan looks"
            raise PlanError(f"{name}: {where}: {_said(first)}", hint=hint) from error

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the manifest."""
        data = self.model_dump(mode="json")
        data["column"] = data.pop("columns")
        return data


def _place(loc: Sequence[Any], data: Mapping[str, Any]) -> str:
    """Where in a plan something is wrong, by the column's name rather than its number."""
    parts = [str(part) for part in loc]
    if len(loc) > 1 and loc[0] == "columns" and isinstance(loc[1], int):
        item = data["columns"][loc[1]]
        named = item.get("column") if isinstance(item, Mapping) else None
        parts[:2] = [f"column {named!r}" if named else f"column {loc[1] + 1}"]
    return ".".join(parts) or "plan"


def _said(error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "unknown key"
    if error["type"] == "tuple_type":
        return "a plan says what its columns are in tables headed [[column]]"
    return str(error["msg"]).removeprefix("Value error, ")


def _shortened(names: Sequence[str]) -> str:
    return f"{', '.join(names[:12])}{', ...' if len(names) > 12 else ''}"


def _lines(plan: Plan, comments: bool) -> list[str]:
    lines = []
    if comments:
        lines += ["# What crmclean takes this file to be. Edit it, then pass it with --plan."]
        lines += ['# A column with field = "" passes through untouched. The fields:']
        lines += [*textwrap.wrap(", ".join(BY_NAME), 118, initial_indent="#   ", subsequent_indent="#   "), ""]
    lines += [f"source = {_toml(plan.source)}", f"system = {_toml(plan.system)}"]
    why = f"  # {plan.region_why}" if comments and plan.region_why else ""
    lines += [f"region = {_toml(plan.region)}{why}"]
    if plan.region_why and not comments:
        lines += [f"region_why = {_toml(plan.region_why)}"]
    lines += ["", "[dialect]"]
    lines += [f"{key} = {_toml(value)}" for key, value in plan.dialect.model_dump(mode="json").items()]
    for column in plan.columns:
        lines += ["", "[[column]]"]
        if comments:
            sure = f"{column.confidence:.0%} sure" if column.field else "passed through untouched"
            lines += [f"# {sure}{': ' + column.why if column.why else ''}"]
        lines += _column_lines(column, comments)
    return lines


def _column_lines(column: ColumnPlan, comments: bool) -> list[str]:
    default = ColumnPlan(column=column.column, field=column.field).model_dump(mode="json")
    lines = []
    for key, value in column.model_dump(mode="json").items():
        if comments and key in ("confidence", "why"):
            continue
        if key in ("column", "field") or value != default[key]:
            lines.append(f"{key} = {_toml('' if value is None else value)}")
    return lines


def _toml(value: Any) -> str:
    """A TOML literal; JSON strings are valid TOML basic strings once DEL is escaped."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value)
