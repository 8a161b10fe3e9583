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
import pyarrow.compute as pc

from crmclean.channels import DENIED, GRANTED, channel_states, channels, column_states
from crmclean.context import Context
from crmclean.measures import Counts
from crmclean.plan import ColumnPlan, Plan
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import TEXT, constant, evidence_table

__all__ = ["ConsentStep", "opted_out_elsewhere"]


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


def opted_out_elsewhere(batch: Batch, plan: Plan) -> np.ndarray[Any, Any]:
    """Positions of the cleaned records that let mail go to an address another row opts out.

    The two were kept apart, or the other was set aside: no merge could carry the opt-out over, and it is not ours to
    write it into a record of what may be somebody else. But whoever mails the list should know.
    """
    if not channels(plan).get("email"):
        return np.empty(0, np.int64)
    denied = channel_states(batch, plan, "email") == DENIED
    standing = ~batch.is_disposition("merged")
    found = np.zeros(len(batch), bool)
    columns = [*plan.fields.get("email", []), *plan.fields.get("email_2", [])]
    usable = {name: standing & batch.filled(name) & ~batch.flagged(name, verdict="invalid") for name in columns}
    refused = [batch.canonical(name).filter(pa.array(usable[name] & denied)) for name in columns]
    pool = pa.chunked_array(refused or [pa.array([], TEXT)]).unique()
    for name in columns if len(pool) else ():
        found |= usable[name] & np.asarray(pc.is_in(batch.canonical(name), pool))
    return np.flatnonzero(found & ~denied & batch.is_disposition("cleaned"))


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
