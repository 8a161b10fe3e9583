"""Ingesting: inputs of any kind become parts of one row set, each with the plan of its source.

Several inputs are one row set: columns of one meaning are put under the first input's header, the others follow.
Columns that an earlier run of ours has added are read back and set apart; nothing else is left out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import UsageError
from crmclean.files.layout import unique_names
from crmclean.files.read import Source
from crmclean.inputs import Input, read_input
from crmclean.plan import ColumnPlan, Plan
from crmclean.planning import dialect_of, infer_plan
from crmclean.record_ids import OURS, RecordIds
from crmclean.ruleset.spec import Rules
from crmclean.tables.batch import Batch, as_text
from crmclean.tables.evidence import ENUM, TEXT, constant, evidence_table
from crmclean.tables.fields import BY_NAME

if TYPE_CHECKING:
    from crmclean.pipeline import Part

__all__ = ["OURS", "Ingested", "Input", "SourceFacts", "ingest", "read_input"]


@dataclass(frozen=True)
class SourceFacts:
    """What the report and the manifest say about one input."""

    name: str
    digest: str
    rows: int
    columns: tuple[str, ...]
    encoding: str
    delimiter: str
    not_data: Mapping[str, int]
    notes: tuple[str, ...]
    bom: bool = False
    line_terminator: str = "\n"
    is_text: bool = True


@dataclass(frozen=True)
class Ingested:
    """All inputs as parts of one row set.

    Attributes
    ----------
    parts : list of Part
        One for each input, rows numbered through.
    plan : Plan
        The plan of the whole: the union of the columns.
    sources : list of SourceFacts
        What was read.
    added : tuple of str
        Columns the rules asked for that no input has.
    plans : list of Plan
        The plan of each input, under its own column names.
    """

    parts: list[Part]
    plan: Plan
    sources: list[SourceFacts]
    added: tuple[str, ...] = ()
    plans: Sequence[Plan] = ()


def ingest(inputs: Sequence[Input], rules: Rules, plans: Sequence[Plan] | None = None) -> Ingested:
    """Read and plan all inputs; ``plans`` are one for all of them, or one each.

    Raises
    ------
    InputError
        An input is missing or no table.
    HeaderChanged
        A plan maps a column that an input does not have.
    UsageError
        No input at all.
    """
    if not inputs:
        raise UsageError("there is nothing to clean", hint="crmclean clean FILE.csv -o DIR")
    if plans is not None and len(plans) not in (1, len(inputs)):
        raise UsageError(f"there are {len(inputs)} inputs but {len(plans)} plans")
    given = [None] * len(inputs) if plans is None else list(plans) * (len(inputs) if len(plans) == 1 else 1)
    planned = _distinct([_planned(item, rules, plan) for item, plan in zip(inputs, given, strict=True)])
    union = _Union()
    renamed = [union.place(own) for _, own in planned]
    added = _stamped_columns(union, rules)
    parts, facts, first = [], [], 0
    ids = RecordIds()
    for (source, own), names in zip(planned, renamed, strict=True):
        parts.append(_part(source, own, names, union, first, ids, rules))
        facts.append(_facts(source, own))
        first += source.table.num_rows
    whole = planned[0][1].model_copy(update={"columns": tuple(union.columns)})
    return Ingested(parts, whole, facts, added, [own for _, own in planned])


def _distinct(planned: list[tuple[Source, Plan]]) -> list[tuple[Source, Plan]]:
    """Two inputs of one name (``2025/leads.csv``, ``2026/leads.csv``, two frames) are two sources: ``leads.csv#2``."""
    names = unique_names([source.name for source, _ in planned])
    return [(replace(source, name=name), plan) for (source, plan), name in zip(planned, names, strict=True)]


def _planned(item: Input, rules: Rules, plan: Plan | None) -> tuple[Source, Plan]:
    source = read_input(item, rules, plan)
    if plan is None:
        return source, infer_plan(source, rules)
    columns = source.table.schema.names
    path = os.fspath(item) if isinstance(item, str | os.PathLike) else ""
    plan.check_header(columns, source.name, str(path))
    known = {item.column: item for item in plan.columns}
    own = tuple(known.get(name) or ColumnPlan(column=name, header=name) for name in columns)
    return source, plan.model_copy(update={"columns": own, "source": source.name, "dialect": dialect_of(source)})


class _Union:
    """The columns of the whole row set, in the order in which they came up."""

    def __init__(self) -> None:
        self.columns: list[ColumnPlan] = []
        self.ours: list[str] = []

    def place(self, plan: Plan) -> dict[str, str]:
        """Own column name -> name in the whole; our own columns of an earlier run are kept apart."""
        names: dict[str, str] = {}
        used: set[str] = set()
        for item in plan.columns:
            if item.column.startswith(OURS):
                if item.column not in self.ours:
                    self.ours.append(item.column)
                continue
            names[item.column] = self._find(item, used) or self._add(item)
            used.add(names[item.column])
        return names

    def _find(self, item: ColumnPlan, used: set[str]) -> str | None:
        for known in self.columns:
            same = known.field == item.field if item.field else (known.column == item.column and not known.field)
            if same and known.column not in used:
                # two consent columns of opposite polarity are not one column
                return known.column if known.polarity == item.polarity else None
        return None

    def _add(self, item: ColumnPlan) -> str:
        taken = {known.column for known in self.columns}
        name, number = item.column, 2
        while name in taken:
            name, number = f"{item.column}#{number}", number + 1
        self.columns.append(item.model_copy(update={"column": name}))
        return name


def _stamped_columns(union: _Union, rules: Rules) -> tuple[str, ...]:
    have = {item.field for item in union.columns}
    names = {field: BY_NAME[field].label for field in rules.stamp.fields if field not in have}
    plans = [ColumnPlan(column=n, header=n, field=f, why="stamped by the rules") for f, n in names.items()]
    return tuple(union._add(item) for item in plans)


def _to_stamp(union: _Union, rules: Rules) -> list[ColumnPlan]:
    """The columns the rules stamp: the first of each field, whichever input brought it."""
    firsts = {item.field: item for item in reversed(union.columns)}
    return [firsts[field] for field in rules.stamp.fields]


def _part(
    source: Source, own: Plan, names: Mapping[str, str], union: _Union, first: int, ids: RecordIds, rules: Rules
) -> Part:
    from crmclean.pipeline import Part  # with all its steps; a plan needs none of them

    count = source.table.num_rows
    present = {whole: as_text(source.table[name]) for name, whole in names.items()}
    nothing = pa.nulls(count, TEXT)
    records = pa.table({item.column: present.get(item.column, nothing) for item in union.columns})
    if not union.columns:
        records = pa.table({"": nothing}).select([])
    ours = {name: as_text(source.table[name]) if name in source.table.schema.names else nothing for name in union.ours}
    originals = records
    for name, values in ours.items():
        originals = originals.append_column(name, values)
    renamed = {item.column: item for item in union.columns}
    columns = tuple(
        item.model_copy(update={"column": names[item.column], "header": renamed[names[item.column]].header})
        for item in own.columns
        if item.column in names
    )
    known = {item.column for item in columns}
    stamped = tuple(item for item in _to_stamp(union, rules) if item.column not in known)
    plan = own.model_copy(update={"columns": columns + stamped})
    rows = evidence_table(
        "rows",
        {
            "row": np.arange(first, first + count, dtype=np.int32),
            "record_id": ids.of(source, own, ours),
            "source": _source_names(source, ours),
            "line": source.line,
            "encoding": source.encoding.cast(ENUM) if source.encoding.type != ENUM else source.encoding,
            "disposition": constant("cleaned", count),
            "survivor_row": pa.nulls(count, pa.int32()),
        },
    )
    batch = Batch(records, rows, originals)
    return Part(batch.adding(issues=_reading_issues(source, first)), plan)


def _source_names(source: Source, ours: Mapping[str, pa.Array]) -> pa.Array:
    earlier = ours.get("crmclean_source")
    if earlier is None or earlier.null_count == len(earlier):
        return constant(source.name, source.table.num_rows)
    return pc.fill_null(earlier, source.name).cast(pa.string()).dictionary_encode()


def _reading_issues(source: Source, first: int) -> list[pa.Table]:
    tables = []
    if source.unaligned:
        places = sorted(source.unaligned)
        tables.append(_issue(places, first, [source.unaligned[place] for place in places], "file.unaligned", "error"))
    codes = source.encoding.indices.to_numpy(zero_copy_only=False)
    known = source.encoding.dictionary.to_pylist()
    if len(known) > 1 and len(codes):
        main = int(np.argmax(np.bincount(codes)))
        at = np.flatnonzero(codes != main)
        words = [known[code] for code in codes[at]]
        tables.append(_issue(at.tolist(), first, words, "file.mixed_encoding", "info"))
    return tables


def _issue(places: Sequence[int], first: int, values: Sequence[str], reason: str, severity: str) -> pa.Table:
    count = len(places)
    return evidence_table(
        "issues",
        {
            "row": (np.asarray(places, np.int64) + first).astype(np.int32),
            "column": constant("", count),
            "field": constant("", count),
            "value": pa.array(values, TEXT),
            "rule": constant("file", count),
            "reason": constant(reason, count),
            "verdict": constant("invalid" if severity == "error" else "unknown", count),
            "severity": constant(severity, count),
        },
    )


def _facts(source: Source, plan: Plan) -> SourceFacts:
    kinds = source.not_data["what"].value_counts().to_pylist() if source.not_data.num_rows else []
    return SourceFacts(
        name=source.name,
        digest=source.digest,
        rows=source.table.num_rows,
        columns=tuple(source.table.schema.names),
        encoding=source.dialect.encoding,
        delimiter=source.dialect.delimiter,
        not_data={str(item["values"]): int(item["counts"]) for item in sorted(kinds, key=lambda item: item["values"])},
        notes=tuple(source.notes),
        bom=source.dialect.bom,
        line_terminator=source.dialect.line_terminator,
    )
