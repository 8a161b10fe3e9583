"""Undo and replay: the changes are complete, so they lead from the input to the output and back.

`replay` applies the changes to the cells as they were read, `reverse` takes them back. `crmclean.reopen.restore` does
the latter for a whole output folder.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.batch import as_text

__all__ = ["replay", "reverse"]


def replay(originals: pa.Table, changes: pa.Table, *, first_row: int = 0) -> pa.Table:
    """The cells after all changes.

    Parameters
    ----------
    originals : pyarrow.Table
        The cells as they were read, one row per input row.
    changes : pyarrow.Table
        The changes table.
    """
    return _apply(originals, changes, "after", last=True, first_row=first_row)


def reverse(records: pa.Table, changes: pa.Table, *, first_row: int = 0) -> pa.Table:
    """The cells before all changes; the inverse of `replay`."""
    return _apply(records, changes, "before", last=False, first_row=first_row)


def _apply(table: pa.Table, changes: pa.Table, side: str, *, last: bool, first_row: int) -> pa.Table:
    names = changes["column"].cast(pa.string())
    for name in sorted(set(names.unique().to_pylist()) & set(table.schema.names)):
        own = changes.filter(pc.equal(names, name))
        rows = own["row"].to_numpy().astype(np.int64) - first_row
        seq = own["seq"].to_numpy().astype(np.int64)
        order = np.lexsort((-seq if last else seq, rows))
        chosen, first = np.unique(rows[order], return_index=True)
        at = order[first]
        values = as_text(table[name])
        source = np.arange(len(values))
        source[chosen] = len(values) + np.arange(len(chosen))
        after = as_text(own[side]).take(pa.array(at))
        values = pa.concat_arrays([values, after]).take(pa.array(source))
        table = table.set_column(table.schema.get_field_index(name), name, values)
    return table
