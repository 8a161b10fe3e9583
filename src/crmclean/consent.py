"""Consent: per channel, denied > granted > unknown, and nothing ever weakens it.

A consent column speaks about one channel and has a polarity: "yes" in *Email opt out* denies, "yes" in *Marketing
consent* grants. The normaliser turns each cell into ``granted`` or ``denied``; this module combines columns of a row
and records of a cluster. Two columns that disagree count as denied, and the row gets an issue; the date of an opt-out
without a later date of an opt-in is such a column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from crmclean.channels import DENIED, GRANTED, channel_states, channels, column_states
from crmclean.context import Context
from crmclean.measures import Counts
from crmclean.plan import ColumnPlan
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import constant, evidence_table

__all__ = ["ConsentStep"]


@dataclass(frozen=True)
class ConsentStep:
    """Flags the rows whose columns contradict each other about one channel."""

    name: str = "consent"
    scope: Literal["row", "file"] = "row"

    def measure(self, batch: Batch, context: Context) -> Counts:
        """Nothing to count beforehand."""
        return {}

    def apply(self, batch: Batch, context: Context) -> Batch:
        """Add an issue ``consent.conflict`` to every cell that grants what another cell of the row denies."""
        severity = context.severity("consent.conflict")
        if severity == "off":
            return batch
        issues = []
        for channel, columns in channels(context.plan).items():
            denied = channel_states(batch, context.plan, channel) == DENIED
            for column in columns if denied.any() else ():
                at = np.flatnonzero(denied & (column_states(batch, column) == GRANTED))
                if len(at):
                    issues.append(_conflicts(batch, column, at, severity))
        return batch.adding(issues=issues)


def _conflicts(batch: Batch, column: ColumnPlan, at: np.ndarray[Any, Any], severity: str) -> pa.Table:
    return evidence_table(
        "issues",
        {
            "row": batch.row_numbers[at],
            "column": constant(column.column, len(at)),
            "field": constant(column.field, len(at)),
            "value": batch.column(column.column).take(pa.array(at)),
            "rule": constant("consent", len(at)),
            "reason": constant("consent.conflict", len(at)),
            "verdict": constant("unknown", len(at)),
            "severity": constant(severity, len(at)),
        },
    )
