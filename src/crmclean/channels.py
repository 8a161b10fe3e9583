"""The consent states of a row: per channel, denied > granted > unknown, whatever way round a column asks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc

from crmclean.plan import ColumnPlan, Plan
from crmclean.recency import NO_DATE, column_days
from crmclean.tables.batch import Batch
from crmclean.tables.fields import BY_NAME, Kind

__all__ = [
    "DENIED",
    "GRANTED",
    "UNKNOWN",
    "States",
    "channel_states",
    "channels",
    "column_states",
    "combine",
    "dated_opt_outs",
]

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


def channel_states(batch: Batch, plan: Plan, channel: str) -> States:
    """int8 array, one state a row, of a channel: the strongest word of its columns and of a dated opt-out."""
    states = [column_states(batch, column) for column in channels(plan).get(channel, [])]
    if channel == "email" and plan.fields.get("opt_out_at"):
        states.append(dated_opt_outs(batch, plan))
    return combine(states) if states else np.zeros(len(batch), np.int8)


def dated_opt_outs(batch: Batch, plan: Plan) -> States:
    """`DENIED` where a row has the date of an opt-out and none of a later opt-in.

    Newsletter tools say "unsubscribed" by that date alone. It speaks about e-mail, which is what they send.
    """
    newest = []
    for field in ("opt_out_at", "opt_in_at"):
        days = [column_days(batch, name) for name in plan.fields.get(field, [])]
        newest.append(np.maximum.reduce(days) if days else np.full(len(batch), NO_DATE, np.int64))
    out, back = newest
    return np.where((out != NO_DATE) & (out >= back), DENIED, UNKNOWN).astype(np.int8)
