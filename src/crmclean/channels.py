"""The consent states of a row: per channel, denied > granted > unknown, whatever way round a column asks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc

from crmclean.plan import ColumnPlan, Plan
from crmclean.tables.batch import Batch
from crmclean.tables.fields import BY_NAME, Kind

__all__ = ["DENIED", "GRANTED", "UNKNOWN", "States", "channels", "column_states", "combine"]

UNKNOWN, GRANTED, DENIED = 0, 1, 2  # ordered: the larger one wins

States = np.ndarray[Any, np.dtype[np.int8]]


def channels(plan: Plan) -> dict[str, list[ColumnPlan]]:
    """Channel ("email", "phone", ...) -> its consent columns."""
    found: dict[str, list[ColumnPlan]] = {}
    for column in plan.columns_of(Kind.CONSENT):
        found.setdefault(BY_NAME[column.field or ""].channel, []).append(column)
    return found


def column_states(batch: Batch, column: ColumnPlan) -> States:
    """int8 array, one state a row, of one consent column."""
    learnt = batch.attribute(column.column, "consent")
    denied = np.asarray(pc.fill_null(pc.equal(learnt, "denied"), False), bool)
    granted = np.asarray(pc.fill_null(pc.equal(learnt, "granted"), False), bool)
    return np.select([denied, granted], [DENIED, GRANTED], UNKNOWN).astype(np.int8)


def combine(states: list[States]) -> States:
    """The state of a channel from its columns: the strongest word counts."""
    strongest: States = np.maximum.reduce(states)
    return strongest
