"""Taking over what a second look at golden records found: rows renumbered, old evidence about their cells replaced."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.batch import Batch, as_text
from crmclean.tables.evidence import TEXT, evidence_table

__all__ = ["adopt", "changed_by", "replace_attributes"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
GOLDEN = "golden."


def changed_by(batch: Batch, step: str) -> Ints:
    """Positions of the cleaned records that a step whose name starts with ``step`` has changed."""
    changes = batch.evidence.changes
    if not changes.num_rows:
        return np.empty(0, np.int64)
    own = pc.starts_with(changes["step"].cast(pa.string()), step)
    at = np.unique(changes.filter(own)["row"].to_numpy().astype(np.int64) - batch.first_row)
    found: Ints = at[batch.is_disposition("cleaned")[at]]
    return found


def adopt(batch: Batch, fresh: Batch, at: Ints) -> Batch:
    """The batch with the records at ``at`` as ``fresh`` (the same records, numbered from 0) has them.

    Attributes of these records are replaced; issues are added with the prefix ``golden.``, replacing those of an
    earlier second look; what the fresh look changed is appended to the changes.
    """
    numbers = batch.row_numbers[at].astype(np.int64)
    seen = np.zeros(len(batch), bool)
    seen[at] = True
    batch = replace_attributes(batch, fresh.evidence.attributes, at)
    issues = batch.evidence.issues
    old = seen[issues["row"].to_numpy() - batch.first_row]
    again = np.asarray(pc.starts_with(issues["rule"].cast(pa.string()), GOLDEN).to_numpy(), bool)
    issues = issues.filter(pa.array(~(old & again)))
    batch = batch.replacing(issues=issues).adding(issues=_golden_rules(_renumbered(fresh.evidence.issues, numbers)))
    return _adopt_changes(batch, fresh, at, numbers)


def replace_attributes(batch: Batch, learnt: pa.Table, at: Ints) -> Batch:
    """The batch with other attributes for the records at ``at``, which ``learnt`` numbers from 0."""
    seen = np.zeros(len(batch), bool)
    seen[at] = True
    table = batch.evidence.attributes
    kept = table.filter(pa.array(~seen[table["row"].to_numpy() - batch.first_row])) if table.num_rows else table
    return batch.replacing(attributes=kept).adding(
        attributes=_renumbered(learnt, batch.row_numbers[at].astype(np.int64))
    )


def _renumbered(table: pa.Table, numbers: Ints) -> pa.Table:
    rows = numbers[table["row"].to_numpy()].astype(np.int32)
    return table.set_column(table.schema.get_field_index("row"), "row", pa.array(rows, pa.int32()))


def _golden_rules(issues: pa.Table) -> pa.Table:
    rules = pc.binary_join_element_wise(pa.scalar(GOLDEN), issues["rule"].cast(pa.string()), pa.scalar(""))
    columns = {name: issues[name] for name in issues.schema.names}
    return evidence_table("issues", {**columns, "rule": rules}) if issues.num_rows else issues


def _adopt_changes(batch: Batch, fresh: Batch, at: Ints, numbers: Ints) -> Batch:
    changes = fresh.evidence.changes
    if not changes.num_rows:
        return batch
    highest = pc.max(batch.evidence.changes["seq"]).as_py() or 0
    changes = _renumbered(changes, numbers)
    seq = (changes["seq"].to_numpy().astype(np.int64) + highest + 1).astype(np.int16)
    changes = changes.set_column(changes.schema.get_field_index("seq"), "seq", pa.array(seq))
    touched = [name for name in changes["column"].cast(pa.string()).unique().to_pylist() if name is not None]
    columns = {}
    for name in touched:
        source = np.arange(len(batch))
        source[at] = len(batch) + np.arange(len(at))
        both = pa.concat_arrays([batch.column(name), as_text(fresh.records[name])])
        columns[name] = both.take(pa.array(source)).cast(TEXT)
    return batch.with_columns(columns).adding(changes=changes)
