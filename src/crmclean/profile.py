"""Counting: what is filled, how much of it is distinct, which columns are unused or say the same thing twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.measures import Counts
from crmclean.plan import Plan
from crmclean.tables.batch import Batch, as_text

__all__ = ["CountStep", "advice", "filled_counts", "profile_columns"]


@dataclass(frozen=True)
class CountStep:
    """Counts the filled cells of every column into the measures."""

    name: str = "count"
    scope: Literal["row", "file"] = "row"

    def measure(self, batch: Batch, context: Context) -> Counts:
        """Filled cells per column, and the rows by disposition."""
        usable = batch.is_disposition("cleaned")
        return {
            "filled": filled_counts(batch.records),
            "rows": {"read": len(batch), "cleaned": int(usable.sum())},
        }

    def apply(self, batch: Batch, context: Context) -> Batch:
        """Nothing to do: counting is all."""
        return batch


def filled_counts(records: pa.Table) -> dict[str, int]:
    """Number of cells that are neither null nor empty, per column."""
    return {name: int(_filled(as_text(records[name])).sum()) for name in records.schema.names}


def _filled(values: pa.Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray(pc.fill_null(pc.greater(pc.binary_length(values), 0), False), bool)


# What a value looks like once letters, digits and spaces are each taken for one sign.
_SHAPES = ((r"\p{L}\p{M}*", "a"), (r"\p{Nd}", "9"), (r"a+", "a"), (r"9+", "9"), (r"\s+", " "))


def profile_columns(records: pa.Table, plan: Plan, *, examples: int = 3) -> list[dict[str, Any]]:
    """One description per column, in file order.

    Keys: column, field, confidence, filled, fill_rate (0 to 1), distinct, top (most frequent values with counts, ties
    by value), shapes (most frequent formats, ``aaa 999`` becoming ``a 9``), longest (characters), unused (bool),
    same_as (name of an earlier column with the very same cells, or "").
    """
    seen: dict[tuple[int, int], str] = {}
    described = []
    for item in plan.columns:
        if item.column not in records.schema.names:
            continue
        values = as_text(records[item.column])
        filled = values.filter(pa.array(_filled(values)))
        counts = filled.value_counts()
        facts = _facts(filled, counts, len(values), examples)
        twin = _twin(records, item.column, values, seen) if len(filled) else ""
        described.append(
            {"column": item.column, "field": item.field, "confidence": item.confidence, **facts, "same_as": twin}
        )
    return described


def _facts(filled: pa.Array, counts: pa.Array, total: int, examples: int) -> dict[str, Any]:
    distinct = counts.field("values")
    shapes = distinct
    for pattern, sign in _SHAPES:
        shapes = pc.replace_substring_regex(shapes, pattern, sign)
    by_shape = (
        pa.table({"shape": shapes, "count": counts.field("counts")}).group_by("shape").aggregate([("count", "sum")])
    )
    lengths = pc.utf8_length(distinct)
    return {
        "filled": len(filled),
        "fill_rate": len(filled) / total if total else 0.0,
        "distinct": len(distinct),
        "top": _top(distinct, counts.field("counts"), examples),
        "shapes": _top(by_shape["shape"], by_shape["count_sum"], examples),
        "longest": int(pc.max(lengths).as_py() or 0),
        "unused": len(filled) == 0,
    }


def _top(values: Any, counts: Any, limit: int) -> list[list[Any]]:
    table = pa.table({"value": values, "count": counts})
    order = pc.sort_indices(table, [("count", "descending"), ("value", "ascending")])[:limit]
    top = table.take(order).to_pylist()
    return [[row["value"], row["count"]] for row in top]


def _twin(records: pa.Table, name: str, values: pa.Array, seen: dict[tuple[int, int], str]) -> str:
    """The earlier column with the same cells. A cheap print finds candidates, a full comparison decides."""
    lengths = pc.fill_null(pc.binary_length(values), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    weights = np.arange(1, len(lengths) + 1, dtype=np.int64)
    imprint = (int(lengths.sum()), int((lengths * weights).sum() & 0x7FFFFFFFFFFFFFFF))
    earlier = seen.setdefault(imprint, name)
    return earlier if earlier != name and as_text(records[earlier]).equals(values) else ""


def advice(columns: Sequence[Mapping[str, Any]]) -> list[str]:
    """Sentences on columns that could be left out ("keep only the fields you need")."""
    said = []
    for item in columns:
        name = item["column"]
        if item["unused"]:
            said.append(f"{name}: empty in every row; [output] drop_unused = true leaves it out")
        elif item["same_as"]:
            said.append(f"{name}: the same cells as {item['same_as']}")
        elif item["distinct"] == 1 and item["fill_rate"] == 1:
            value = " ".join(str(item["top"][0][0]).split())[:40]
            said.append(f"{name}: one value in every row ({value})")
    return said
