"""Staleness: how old the newest evidence about a record is, and what that leaves of each field.

Evidence is a date on which somebody or something confirmed the person: an activity, a scan, a verification, an opt-in,
the day the record was made. ``modified_at`` is none: bulk jobs reset it. A date after ``as_of`` proves nothing.

Survival of a field after t years at a yearly loss rate r is ``(1 - r) ** t``. A record is stale beyond
``threshold_days``; a field is stale once it has lost as much as a record has at that threshold, so a mobile number
(5 % a year) outlives a job title (20 % a year).
"""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from crmclean.context import Context
from crmclean.measures import Counts
from crmclean.recency import NO_DATE, evidence_dates, survival_of
from crmclean.ruleset.spec import StalenessRules
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import STATUSES, constant, enum_array, evidence_table

__all__ = ["StalenessStep", "field_threshold_days", "status_of"]

Days = np.ndarray[Any, np.dtype[np.int64]]
_UNKNOWN, _FRESH, _AGEING, _STALE = range(4)


def field_threshold_days(rules: StalenessRules, field: str) -> float:
    """The age at which a field has lost what a record loses in ``threshold_days``."""
    record, own = rules.yearly_loss.get("record", 0.25), rules.yearly_loss.get(field, 0.25)
    if own <= 0 or own >= 1 or record <= 0 or record >= 1:
        return float(rules.threshold_days)
    return rules.threshold_days * math.log1p(-record) / math.log1p(-own)


def status_of(
    age_days: Days, known: np.ndarray[Any, Any], threshold: float, ageing_share: float
) -> np.ndarray[Any, Any]:
    """int array of positions in `STATUSES`: fresh, ageing, stale or unknown."""
    return np.select(
        [~known, age_days > threshold, age_days > threshold * ageing_share], [_UNKNOWN, _STALE, _AGEING], _FRESH
    ).astype(np.int32)


@dataclass(frozen=True)
class StalenessStep:
    """Freshness of every cleaned record and of its fields that age."""

    name: str = "staleness"
    scope: Literal["row", "file"] = "file"

    def measure(self, batch: Batch, context: Context) -> Counts:
        """Nothing to count beforehand."""
        return {}

    def apply(self, batch: Batch, context: Context) -> Batch:
        """Write the freshness table, and an issue for every stale record."""
        rules = context.rules.staleness
        at = np.flatnonzero(batch.is_disposition("cleaned"))
        if not len(at):
            return batch
        dates = evidence_dates(batch, context)[at]
        tables = [self._table(batch, at, dates, "*", "record", context)]
        for field in rules.yearly_loss:
            columns = context.plan.fields.get(field, [])
            if not columns:
                continue
            filled = np.zeros(len(batch), bool)
            for column in columns:
                filled |= batch.filled(column)
            has = filled[at]
            if has.any():
                tables.append(self._table(batch, at[has], dates[has], field, field, context))
        return batch.adding(freshness=tables)

    def _table(
        self, batch: Batch, at: np.ndarray[Any, Any], dates: Days, field: str, loss: str, context: Context
    ) -> pa.Table:
        rules = context.rules.staleness
        today = (context.as_of - datetime.date(1970, 1, 1)).days
        known = dates != NO_DATE
        age = np.where(known, today - dates, 0)
        threshold = rules.threshold_days if field == "*" else field_threshold_days(rules, loss)
        survival = survival_of(age, rules.yearly_loss.get(loss, 0.25))
        return evidence_table(
            "freshness",
            {
                "row": batch.row_numbers[at],
                "field": constant(field, len(at)),
                "evidence_date": pa.array(dates.astype(np.int32), pa.int32(), mask=~known).cast(pa.date32()),
                "age_days": pa.array(age.astype(np.int32), mask=~known),
                "survival": pa.array(survival.astype(np.float32), mask=~known),
                "status": enum_array(status_of(age, known, threshold, rules.ageing_share), STATUSES),
            },
        )
