"""The batch: records, their original cells, and the evidence of what was done to them.

A batch is frozen. Steps return a new one; Arrow shares the memory of what did not change. No step ever drops a row:
the ``rows`` table gives each row its disposition, and cleaned, quarantined and duplicates are views.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import InvariantBroken
from crmclean.tables.evidence import SCHEMAS, TEXT, Evidence, constant, evidence_table

__all__ = ["Batch", "as_text", "new_rows"]


def as_text(values: Any) -> pa.LargeStringArray:
    """Any Arrow text array, chunked array, pandas Series or sequence as one ``large_string`` array."""
    if isinstance(values, pa.ChunkedArray):
        # one chunk would be copied too
        values = values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()
        if isinstance(values, pa.ChunkedArray):  # pragma: no cover - several chunks of more than 2 GiB
            values = pa.concat_arrays(values.chunks)
    if not isinstance(values, pa.Array):
        values = pa.array(values, from_pandas=True)
    return values if values.type == TEXT else values.cast(TEXT)


def new_rows(
    count: int, *, first_row: int = 0, source: str = "", record_ids: Any = None, line: Any = None, encoding: Any = None
) -> pa.Table:
    """A ``rows`` table in which every row is (so far) cleaned."""
    numbers = np.arange(first_row, first_row + count, dtype=np.int32)
    return evidence_table(
        "rows",
        {
            "row": numbers,
            "record_id": pa.array(numbers).cast(TEXT) if record_ids is None else record_ids,
            "source": constant(source, count),
            "line": numbers.astype(np.int64) + 1 if line is None else line,
            "encoding": constant("utf-8", count) if encoding is None else encoding,
            "disposition": constant("cleaned", count),
            "survivor_row": pa.nulls(count, pa.int32()),
        },
    )


@dataclass(frozen=True)
class Batch:
    """Some consecutive rows of a run.

    Attributes
    ----------
    records : pyarrow.Table
        The current cells, all ``large_string``; one column per input column, in the input's order.
    rows : pyarrow.Table
        The ``rows`` evidence table; ``row`` counts up by one from ``first_row``.
    originals : pyarrow.Table
        The cells as they were read. Unchanged columns share their memory with ``records``.
    evidence : Evidence
        What was decided so far, and why.
    facts : mapping
        What whole-file steps settled on (JSON-able), for the measures of the run.
    """

    records: pa.Table
    rows: pa.Table
    originals: pa.Table
    evidence: Evidence = field(default_factory=Evidence)
    facts: Mapping[str, Any] = field(default_factory=dict)

    @staticmethod
    def of(records: pa.Table, rows: pa.Table | None = None) -> Batch:
        """A batch of freshly read cells."""
        return Batch(records, new_rows(records.num_rows) if rows is None else rows, records)

    @property
    def first_row(self) -> int:
        """The number of the first row; 0 for a whole file."""
        return int(self.rows["row"][0].as_py()) if self.rows.num_rows else 0

    @property
    def row_numbers(self) -> np.ndarray[Any, np.dtype[np.int32]]:
        """int32 array of row numbers."""
        return np.arange(self.first_row, self.first_row + self.rows.num_rows, dtype=np.int32)

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def column(self, name: str) -> pa.LargeStringArray:
        """The current cells of a column as one array."""
        return as_text(self.records[name])

    def attribute(self, column: str, name: str) -> pa.LargeStringArray:
        """What was learnt about each cell of ``column`` under ``name``, dense: one value a row, null where nothing."""
        found = _rows_named(self.evidence.attributes, column=column, name=name)
        if not found.num_rows:
            return pa.nulls(len(self), TEXT)
        positions = np.full(len(self), -1, np.int64)
        positions[found["row"].to_numpy() - self.first_row] = np.arange(found.num_rows)
        return as_text(found["value"]).take(pa.array(positions, mask=positions < 0))

    def canonical(self, column: str) -> pa.LargeStringArray:
        """The canonical form of each cell: the ``canonical`` attribute where the cell was kept as typed."""
        learnt = self.attribute(column, "canonical")
        return self.column(column) if learnt.null_count == len(self) else pc.coalesce(learnt, self.column(column))

    def filled(self, column: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """The rows whose cell in a column is neither null nor empty."""
        return np.asarray(pc.fill_null(pc.greater(pc.binary_length(self.column(column)), 0), False), bool)

    def flagged(
        self, column: str, *, reasons: Sequence[str] = (), verdict: str = ""
    ) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """The rows with an issue about the cell that stands in a column now, of some reasons or of a verdict.

        An issue about a cell that a merge has replaced stays in the evidence, but no longer counts here.
        """
        mask = np.zeros(len(self), bool)
        wanted = {"column": column, "verdict": verdict} if verdict else {"column": column}
        found = _rows_named(self.evidence.issues, **wanted)
        if reasons and found.num_rows:
            found = found.filter(pc.is_in(found["reason"].cast(pa.string()), pa.array(list(reasons))))
        if not found.num_rows:
            return mask
        rows = found["row"].to_numpy() - self.first_row
        index = pa.array(rows)
        said = as_text(found["value"])
        current = pc.equal(self.column(column).take(index), said)
        if not pc.all(current.fill_null(False)).as_py():  # else all stand as they were judged
            current = pc.or_kleene(current, pc.equal(self.canonical(column).take(index), said))
        mask[rows[np.asarray(pc.fill_null(current, False), bool)]] = True
        return mask

    def with_columns(self, columns: Mapping[str, pa.Array]) -> Batch:
        """A copy with the cells of some existing columns replaced."""
        records = self.records
        for name, values in columns.items():
            records = records.set_column(records.schema.get_field_index(name), name, as_text(values))
        return replace(self, records=records)

    def adding(self, **tables: pa.Table | Sequence[pa.Table]) -> Batch:
        """A copy with rows appended to evidence tables."""
        return replace(self, evidence=self.evidence.adding(**tables))

    def replacing(self, **tables: pa.Table) -> Batch:
        """A copy with evidence tables replaced."""
        return replace(self, evidence=self.evidence.replacing(**tables))

    def with_fact(self, name: str, fact: Any) -> Batch:
        """A copy in which a whole-file step has left what it settled on."""
        return replace(self, facts={**self.facts, name: fact})

    def with_rows(self, rows: pa.Table) -> Batch:
        """A copy with another ``rows`` table."""
        return replace(self, rows=rows)

    def is_disposition(self, name: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Boolean array: the rows whose disposition is ``name``."""
        return np.asarray(pc.equal(self.rows["disposition"], name).to_numpy(), bool)

    def slice(self, start: int, length: int) -> Batch:
        """Rows ``start`` (a position) onwards, before any evidence was written."""
        if any(table.num_rows for _, table in self.evidence.items()):
            raise InvariantBroken("a batch with evidence cannot be sliced")
        return Batch(
            self.records.slice(start, length), self.rows.slice(start, length), self.originals.slice(start, length)
        )

    @staticmethod
    def concat(parts: Sequence[Batch]) -> Batch:
        """Consecutive batches as one; their columns must be the same."""
        if len(parts) == 1:
            return parts[0]
        return Batch(
            pa.concat_tables([part.records for part in parts]).combine_chunks(),
            pa.concat_tables([part.rows for part in parts]).unify_dictionaries(),
            pa.concat_tables([part.originals for part in parts]),
            Evidence.concat([part.evidence for part in parts]),
            {name: fact for part in parts for name, fact in part.facts.items()},
        )

    def check(self, *, full: bool = True) -> Batch:
        """Assert the invariants; returns the batch itself.

        The cheap half (``full=False``) compares lengths, column names and types; the full half also looks at the
        values: unique record ids, row references that resolve, each cell's changes forming a chain.
        """
        self._check_shape()
        if full:
            self._check_values()
        return self

    def _check_shape(self) -> None:
        count = self.rows.num_rows
        _require(self.records.num_rows == count, f"{self.records.num_rows} records for {count} rows")
        _require(self.originals.num_rows == count, f"{self.originals.num_rows} originals for {count} rows")
        _require(len(set(self.records.schema.names)) == self.records.num_columns, "column names are not unique")
        for name in self.records.schema.names:
            kind = self.records.schema.field(name).type
            _require(kind == TEXT, f"column {name!r} is {kind}, not text")
        for name, table in [("rows", self.rows), *self.evidence.items()]:
            for column in SCHEMAS[name]:
                present = column.name in table.schema.names
                _require(present, f"{name} has no column {column.name!r}")
                kind = table.schema.field(column.name).type
                same = kind == column.type or (pa.types.is_dictionary(kind) and pa.types.is_dictionary(column.type))
                _require(same, f"{name}.{column.name} is {kind}, not {column.type}")

    def _check_values(self) -> None:
        numbers = self.rows["row"].to_numpy()
        _require(bool((numbers == self.row_numbers).all()), "row numbers do not count up by one")
        _require(pc.count_distinct(self.rows["record_id"]).as_py() == len(self), "record ids are not unique")
        first, last = self.first_row, self.first_row + len(self)
        for name, table in self.evidence.items():
            for column in ("row", "row_l", "row_r", "from_row"):
                if column in table.schema.names and table.num_rows:
                    low, high = pc.min_max(table[column]).as_py().values()
                    _require(low is None or (low >= first and high < last), f"{name}.{column} points outside the rows")
        links = self.evidence.links
        if links.num_rows:
            _require(pc.all(pc.less(links["row_l"], links["row_r"])).as_py(), "links are not ordered l < r")
        merged = self.is_disposition("merged")
        has_survivor = ~np.asarray(pc.is_null(self.rows["survivor_row"]).to_numpy(), bool)
        _require(bool((merged == has_survivor).all()), "a row is merged exactly where it has a survivor")


def _rows_named(table: pa.Table, **wanted: str) -> pa.Table:
    """The rows in which dictionary-encoded columns have the wanted values.

    Evidence is written in blocks of one value, so most chunks are taken or left as a whole without looking at rows.
    """
    pieces = []
    for chunk in table.to_batches():
        mask: Any = True
        for name, value in wanted.items():
            codes = chunk.column(name)
            place = codes.dictionary.index(pa.scalar(value, codes.dictionary.type)).as_py()
            if place < 0:
                mask = False
                break
            if len(codes.dictionary) > 1 or codes.null_count:
                own = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False) == place
                mask = own if mask is True else mask & own
        if mask is True:
            pieces.append(chunk)
        elif mask is not False and mask.any():
            pieces.append(chunk.filter(pa.array(mask)))
    return pa.Table.from_batches(pieces, table.schema)


def _require(truth: bool, message: str) -> None:
    if not truth:
        raise InvariantBroken(f"batch invariant broken: {message}")
