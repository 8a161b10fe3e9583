"""The normalise step: runs each column's kernels over its distinct values and writes down what they did.

A cell passes through up to three kernels: text repair, placeholder words, then the kernel of its kind. Each works on
distinct values only (distinct pairs of value and region, where the place matters) and is mapped back, so the cost
follows the vocabulary of the file rather than its length.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.measures import Counts
from crmclean.normalisers.registry import KERNELS, REGIONAL, missing_kernel, text_kernel
from crmclean.plan import ColumnPlan
from crmclean.tables.batch import Batch, as_text
from crmclean.tables.evidence import ENUM, TEXT, VERDICTS, constant, enum_array, evidence_table
from crmclean.tables.fields import Kind
from crmclean.tables.normalised import CellOptions, Kernel, Normalised
from crmclean.tables.reasons import REASONS

__all__ = ["NormaliseStep", "column_options"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]

# countries come first: phones, regions and postcodes are read in the light of them
_UNTOUCHED = (Kind.TEXT, Kind.ID)
_SEQ = {"text": 0, "missing": 1}  # the kernel of the kind comes after both, a stamp after that
_STAMP_SEQ = 3
EARLIER_ID = "crmclean_record_id"


@dataclass(frozen=True)
class _Cells:
    """One column on its way through the kernels: distinct values, and each row's place among them."""

    column: ColumnPlan
    codes: np.ndarray[Any, np.dtype[np.int64]]  # row -> distinct value
    values: pa.Array  # distinct values, large_string


@dataclass(frozen=True)
class NormaliseStep:
    """Canonical values, what was learnt about them, and what is wrong with them.

    ``stamps`` is off for golden records: what the rules stamp they stamp on what was read.
    """

    stamps: bool = True
    name: str = "normalise"
    scope: Literal["row", "file"] = "row"

    def measure(self, batch: Batch, context: Context) -> Counts:
        """Nothing to count beforehand: a cell is judged by itself."""
        return {}

    def apply(self, batch: Batch, context: Context) -> Batch:
        """Normalise every mapped column the rules do not skip."""
        skip = context.rules.normalise.skip
        columns = [c for c in context.plan.columns if c.field and c.kind not in _UNTOUCHED and c.field not in skip]
        countries = [column for column in columns if column.kind is Kind.COUNTRY]
        regions: pa.Array | None = None
        for column in countries:
            batch = _normalise_column(batch, column, context, regions).finish()
            if regions is None:
                regions = _regions_of(batch, column)
        rest = [column for column in columns if column.kind is not Kind.COUNTRY]
        # columns know nothing of each other, and Arrow works outside the interpreter: two at a time
        normalise = partial(_normalise_column, batch, context=context, regions=regions)
        with ThreadPoolExecutor(2) as pool:
            for done in pool.map(normalise, rest):
                batch = done.finish(batch)
        return _stamp(batch, context) if self.stamps else batch


def _regions_of(batch: Batch, column: ColumnPlan) -> pa.Array:
    """ISO alpha-2 per row, null where the country cell is no country."""
    values = batch.canonical(column.column)
    return pc.if_else(pc.match_substring_regex(values, "^[A-Z]{2}$"), values, pa.scalar(None, TEXT))


def column_options(column: ColumnPlan, context: Context) -> CellOptions:
    """What the kernels may know about a column."""
    rules = context.rules
    mapped = rules.values.get(column.field or "")
    return CellOptions(
        field=column.field or "",
        region=rules.input.region or context.plan.region,
        date_order=column.date_order,
        calendar=column.calendar,
        polarity=column.polarity,
        value_map=mapped.map if mapped else {},
        value_map_closed=bool(mapped and mapped.closed),
        apply=frozenset(rules.normalise.apply),
        case=rules.normalise.case,
        missing=frozenset((*column.missing, *rules.normalise.missing)),
        personas=rules.normalise.personas,
        as_of=context.as_of,
    )


def _normalise_column(batch: Batch, column: ColumnPlan, context: Context, regions: pa.Array | None) -> _Writer:
    options = column_options(column, context)
    raw = batch.column(column.column)
    encoded = raw.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    cells = _Cells(column, codes, encoded.dictionary.cast(TEXT))
    keep = context.rules.output.values == "keep"
    writer = _Writer(batch, column, context, keep)
    for name, kernel in (("text", text_kernel()), ("missing", missing_kernel())):
        cells = writer.through(cells, name, kernel, options)
    make = KERNELS.get(column.kind)
    if make is not None:
        if column.kind in REGIONAL and regions is not None:
            cells = writer.by_region(cells, regions, make(), options)
        else:
            cells = writer.through(cells, str(column.kind), make(), options)
    writer.cells = cells
    return writer


class _Writer:
    """Collects the evidence of one column; the only mutable thing here, and it does not outlive the column."""

    def __init__(self, batch: Batch, column: ColumnPlan, context: Context, keep: bool) -> None:
        self.batch, self.column, self.context, self.keep = batch, column, context, keep
        self.rows = batch.row_numbers
        self.cells: _Cells | None = None
        self.changes: list[pa.Table] = []
        self.issues: list[pa.Table] = []
        self.attributes: list[pa.Table] = []

    def through(
        self, cells: _Cells, name: str, kernel: Kernel, options: CellOptions, regions: pa.Array | None = None
    ) -> _Cells:
        """Run one kernel over the distinct values that are not missing."""
        present = np.asarray(pc.greater(pc.binary_length(cells.values), 0).fill_null(False), bool)
        chosen = pa.array(np.flatnonzero(present))
        if not len(chosen):
            return cells
        given = cells.values.take(chosen)
        found = kernel(given, options, regions.take(chosen) if regions is not None else None)
        place = np.full(len(cells.values) + 1, -1, np.int64)  # the last entry serves code -1 (null)
        place[np.flatnonzero(present)] = np.arange(len(given))
        of_row = place[cells.codes]
        value = self._record(found, given, of_row, name)
        position = np.flatnonzero(present)
        merged = np.arange(len(cells.values))
        merged[position] = len(cells.values) + np.arange(len(given))
        return replace(cells, values=pa.concat_arrays([cells.values, value]).take(pa.array(merged)))

    def by_region(self, cells: _Cells, regions: pa.Array, kernel: Kernel, options: CellOptions) -> _Cells:
        """Run a kernel over the distinct pairs of value and region."""
        encoded = regions.dictionary_encode()
        region_codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64) + 1
        width = len(encoded.dictionary) + 1
        pairs = np.where(cells.codes >= 0, cells.codes * width + region_codes, -1)
        distinct, codes = np.unique(pairs, return_inverse=True)
        shift = int(len(distinct) > 0 and distinct[0] < 0)
        distinct = distinct[shift:]
        values = cells.values.take(pa.array(distinct // width))
        choice = distinct % width - 1
        of_pair = encoded.dictionary.cast(TEXT).take(pa.array(choice, mask=choice < 0))
        return self.through(
            _Cells(cells.column, codes - shift, values), str(self.column.kind), kernel, options, of_pair
        )

    def _record(self, found: Normalised, given: pa.Array, of_row: np.ndarray[Any, Any], step: str) -> pa.Array:
        """Evidence of one kernel; returns the distinct values that go on."""
        changed = np.asarray(pc.not_equal(found.value, given).fill_null(False), bool)
        value = found.value
        if self.keep and changed.any():
            formatted = _is_format(found.reason) & changed
            value = pc.if_else(pa.array(formatted), given, found.value)
            changed &= ~formatted
            self._learn({"canonical": pc.if_else(pa.array(formatted), found.value, pa.scalar(None, TEXT))}, of_row)
        self._change(changed, given, value, found.reason, of_row, step)
        for code, mask in found.issues.items():
            self._issue(code, mask, found, of_row, step)
        self._learn(found.attributes, of_row)
        return value

    def _rows_where(self, mask: Mask, of_row: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.flatnonzero(np.append(mask, False)[of_row]) if mask.any() else np.empty(0, np.int64)

    def _change(
        self,
        changed: Mask,
        before: pa.Array,
        after: pa.Array,
        reason: pa.Array,
        of_row: np.ndarray[Any, Any],
        step: str,
    ) -> None:
        at = self._rows_where(changed, of_row)
        if not len(at):
            return
        index = pa.array(of_row[at])
        self.changes.append(
            evidence_table(
                "changes",
                {
                    "row": self.rows[at],
                    "column": constant(self.column.column, len(at)),
                    "field": constant(self.column.field, len(at)),
                    "seq": np.full(len(at), _SEQ.get(step, 2), np.int16),
                    "before": before.take(index),
                    "after": after.take(index),
                    "step": constant(f"normalise.{step}", len(at)),
                    "reason": _encoded(reason).take(index),
                },
            )
        )

    def _issue(self, code: str, mask: Mask, found: Normalised, of_row: np.ndarray[Any, Any], step: str) -> None:
        severity = self.context.severity(code)
        at = self._rows_where(np.asarray(mask, bool), of_row)
        if severity == "off" or not len(at):
            return
        self.issues.append(
            evidence_table(
                "issues",
                {
                    "row": self.rows[at],
                    "column": constant(self.column.column, len(at)),
                    "field": constant(self.column.field, len(at)),
                    "value": found.value.take(pa.array(of_row[at])),
                    "rule": constant(f"normalise.{step}", len(at)),
                    "reason": constant(code, len(at)),
                    "verdict": enum_array(found.verdict[of_row[at]], VERDICTS),
                    "severity": constant(severity, len(at)),
                },
            )
        )

    def _learn(self, attributes: Mapping[str, pa.Array], of_row: np.ndarray[Any, Any]) -> None:
        for name, values in attributes.items():
            at = self._rows_where(np.asarray(values.is_valid(), bool), of_row)
            if len(at):
                self.attributes.append(
                    evidence_table(
                        "attributes",
                        {
                            "row": self.rows[at],
                            "column": constant(self.column.column, len(at)),
                            "name": constant(name, len(at)),
                            "value": values.take(pa.array(of_row[at])),
                        },
                    )
                )

    def finish(self, batch: Batch | None = None) -> Batch:
        """The batch with the column's new cells and all the evidence."""
        batch = self.batch if batch is None else batch
        if self.changes and self.cells is not None:
            codes = self.cells.codes
            values = self.cells.values.take(pa.array(codes, mask=codes < 0))
            batch = batch.with_columns({self.column.column: values})
        return batch.adding(changes=self.changes, issues=self.issues, attributes=self.attributes)


def _is_format(reasons: pa.Array) -> Mask:
    codes = [code for code, reason in REASONS.items() if reason.kind == "format"]
    return np.asarray(pc.is_in(reasons.cast(pa.string()), pa.array(codes)), bool)


def _encoded(reasons: pa.Array) -> pa.Array:
    return reasons if reasons.type == ENUM else reasons.cast(pa.string()).dictionary_encode()


def _stamp(batch: Batch, context: Context) -> Batch:
    """Write the rules' stamps into cells that are empty, in rows that this import brings.

    An export of a system that the rules spare, and a row that an earlier run has written, were there before.
    """
    if context.plan.system in context.rules.stamp.skip_systems:
        return batch
    new = np.ones(len(batch), bool)
    if EARLIER_ID in batch.originals.schema.names:
        new = np.asarray(pc.equal(pc.fill_null(as_text(batch.originals[EARLIER_ID]), ""), ""), bool)
    for column, value in _stamps(context):
        cells = batch.column(column.column)
        empty = new & np.asarray(pc.equal(pc.fill_null(cells, ""), ""), bool)
        at = np.flatnonzero(empty)
        if not len(at):
            continue
        changes = evidence_table(
            "changes",
            {
                "row": batch.row_numbers[at],
                "column": constant(column.column, len(at)),
                "field": constant(column.field, len(at)),
                "seq": np.full(len(at), _STAMP_SEQ, np.int16),
                "before": cells.take(pa.array(at)),
                "after": pa.repeat(pa.scalar(value, TEXT), len(at)),
                "step": constant("stamp", len(at)),
                "reason": constant("rule.stamped", len(at)),
            },
        )
        batch = batch.with_columns({column.column: pc.if_else(pa.array(empty), value, cells)}).adding(changes=changes)
    return batch


def _stamps(context: Context) -> Iterator[tuple[ColumnPlan, str]]:
    for field, value in context.rules.stamp.fields.items():
        for name in context.plan.fields.get(field, [])[:1]:
            yield context.plan.of(name), value
