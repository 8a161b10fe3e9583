"""The evidence tables. Their columns are a contract: tests, reports and users' own scripts rely on them.

Every table is an Arrow table keyed by ``row`` (int32, position in the input). Enumerated text is dictionary-encoded.
An empty table still has its columns, so that no step has to test for a missing one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = [
    "DISPOSITIONS",
    "ENUM",
    "GRADES",
    "SCHEMAS",
    "SEVERITIES",
    "STATUSES",
    "TEXT",
    "VERDICTS",
    "Evidence",
    "constant",
    "empty_table",
    "enum_array",
    "evidence_table",
]

TEXT = pa.large_string()
ENUM = pa.dictionary(pa.int32(), pa.string())

DISPOSITIONS = ("cleaned", "merged", "quarantined")
VERDICTS = ("unknown", "valid", "invalid")
SEVERITIES = ("info", "warning", "error")
STATUSES = ("unknown", "fresh", "ageing", "stale")
GRADES = ("A", "B", "C", "D", "F")

SCHEMAS: Mapping[str, pa.Schema] = {
    "rows": pa.schema(
        [
            ("row", pa.int32()),
            ("record_id", TEXT),
            ("source", ENUM),
            ("line", pa.int64()),
            ("encoding", ENUM),
            ("disposition", ENUM),
            ("survivor_row", pa.int32()),  # null unless merged
        ]
    ),
    "attributes": pa.schema([("row", pa.int32()), ("column", ENUM), ("name", ENUM), ("value", TEXT)]),
    "changes": pa.schema(
        [
            ("row", pa.int32()),
            ("column", ENUM),
            ("field", ENUM),
            ("seq", pa.int16()),  # order of the changes made to one cell
            ("before", TEXT),
            ("after", TEXT),
            ("step", ENUM),
            ("reason", ENUM),
        ]
    ),
    "issues": pa.schema(
        [
            ("row", pa.int32()),
            ("column", ENUM),
            ("field", ENUM),
            ("value", TEXT),
            ("rule", ENUM),
            ("reason", ENUM),
            ("verdict", ENUM),
            ("severity", ENUM),
        ]
    ),
    # `links` also carries one uint8 column `level_<comparison>` for each comparison the file allowed
    "links": pa.schema(
        [
            ("row_l", pa.int32()),
            ("row_r", pa.int32()),
            ("blocking_rule", ENUM),
            ("weight", pa.float64()),
            ("probability", pa.float64()),
            ("decision", ENUM),
            ("decided_by", ENUM),
        ]
    ),
    "clusters": pa.schema([("row", pa.int32()), ("cluster_id", TEXT), ("cluster_size", pa.int32())]),
    "survivors": pa.schema(
        [
            ("cluster_id", TEXT),
            ("field", ENUM),
            ("value", TEXT),
            ("from_row", pa.int32()),
            ("survivor_rule", ENUM),
        ]
    ),
    "freshness": pa.schema(
        [
            ("row", pa.int32()),
            ("field", ENUM),  # "*" is the record
            ("evidence_date", pa.date32()),
            ("age_days", pa.int32()),
            ("survival", pa.float32()),
            ("status", ENUM),
        ]
    ),
    "field_trust": pa.schema(
        [
            ("row", pa.int32()),
            ("field", ENUM),
            ("validity", pa.float32()),
            ("survival", pa.float32()),
            ("corroboration", pa.float32()),
            ("source", pa.float32()),
            ("trust", pa.float32()),
        ]
    ),
    "trust": pa.schema(
        [
            ("row", pa.int32()),
            ("score", pa.float64()),
            ("grade", ENUM),
            ("validity", pa.float64()),
            ("completeness", pa.float64()),
            ("freshness", pa.float64()),
            ("uniqueness", pa.float64()),
            ("consistency", pa.float64()),
            ("reasons", TEXT),
        ]
    ),
}


def constant(value: str | None, length: int) -> pa.DictionaryArray:
    """A dictionary-encoded column of one value, ``length`` long; four bytes a row."""
    if value is None:
        return pa.nulls(length, ENUM)
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(length, np.int32)), pa.array([value], pa.string()))


def enum_array(codes: np.ndarray[Any, Any], names: Sequence[str]) -> pa.DictionaryArray:
    """Integer codes into ``names`` as a dictionary-encoded column; a negative code is null."""
    codes = np.asarray(codes, np.int32)
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, mask=codes < 0 if (codes < 0).any() else None), pa.array(list(names), pa.string())
    )


def empty_table(name: str) -> pa.Table:
    """An empty evidence table with its contract columns."""
    return SCHEMAS[name].empty_table()


def evidence_table(name: str, columns: Mapping[str, Any]) -> pa.Table:
    """Build an evidence table, casting each column to its contract type.

    Values may be Arrow or NumPy arrays, lists, or a ``str``/``None`` constant for a text column. Extra ``level_*``
    columns are kept for ``links``.
    """
    schema = SCHEMAS[name]
    length = next(len(v) for v in columns.values() if v is not None and not isinstance(v, str))
    arrays, names = [], []
    for column in schema:
        arrays.append(_column(columns[column.name], column.type, length))
        names.append(column.name)
    for extra in columns:
        if extra not in schema.names:
            arrays.append(pa.array(columns[extra]))
            names.append(extra)
    return pa.table(arrays, names=names)


def _column(value: Any, kind: pa.DataType, length: int) -> Any:
    if value is None or isinstance(value, str):
        if kind == ENUM:
            return constant(value, length)
        return pa.repeat(pa.scalar(value, kind), length)
    array = value if isinstance(value, pa.Array | pa.ChunkedArray) else pa.array(value)
    if array.type == kind:
        return array
    if kind == ENUM:
        plain = array.cast(pa.string())
        return plain.dictionary_encode()
    return array.cast(kind)


@dataclass(frozen=True)
class Evidence:
    """The evidence of one run: one Arrow table per kind of decision. Attributes hold the contract tables."""

    attributes: pa.Table = field(default_factory=lambda: empty_table("attributes"))
    changes: pa.Table = field(default_factory=lambda: empty_table("changes"))
    issues: pa.Table = field(default_factory=lambda: empty_table("issues"))
    links: pa.Table = field(default_factory=lambda: empty_table("links"))
    clusters: pa.Table = field(default_factory=lambda: empty_table("clusters"))
    survivors: pa.Table = field(default_factory=lambda: empty_table("survivors"))
    freshness: pa.Table = field(default_factory=lambda: empty_table("freshness"))
    field_trust: pa.Table = field(default_factory=lambda: empty_table("field_trust"))
    trust: pa.Table = field(default_factory=lambda: empty_table("trust"))

    def adding(self, **tables: pa.Table | Sequence[pa.Table]) -> Evidence:
        """A copy with rows appended to the named tables."""
        updated = {}
        for name, more in tables.items():
            pieces = [more] if isinstance(more, pa.Table) else list(more)
            pieces = [piece for piece in pieces if piece.num_rows]
            if pieces:
                updated[name] = pa.concat_tables([getattr(self, name), *pieces], promote_options="default")
        return replace(self, **updated)

    def replacing(self, **tables: pa.Table) -> Evidence:
        """A copy with the named tables replaced."""
        return replace(self, **tables)

    def items(self) -> list[tuple[str, pa.Table]]:
        """(name, table) in contract order."""
        return [(item.name, getattr(self, item.name)) for item in fields(self)]

    @staticmethod
    def concat(parts: Sequence[Evidence]) -> Evidence:
        """The evidence of several chunks as one."""
        return Evidence(
            **{
                item.name: pa.concat_tables([getattr(part, item.name) for part in parts], promote_options="default")
                for item in fields(Evidence)
            }
        )
