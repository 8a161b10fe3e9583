"""The validate step: every check in one pass, its findings as issues, and the rows that are set aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.measures import Counts
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import DISPOSITIONS, constant, enum_array, evidence_table
from crmclean.validators.checks import CHECKS, Finding
from crmclean.validators.schema import build_schema, checked_frame, failures, reason_of

__all__ = ["ValidateStep", "findings_of"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class ValidateStep:
    """Asks the rules' questions; sets aside the rows in which nothing is usable."""

    name: str = "validate"
    scope: Literal["row", "file"] = "row"

    def measure(self, batch: Batch, context: Context) -> Counts:
        """Nothing to count beforehand."""
        return {}

    def apply(self, batch: Batch, context: Context) -> Batch:
        """Add issues, then dispositions."""
        issues = [
            _issues(batch, finding, rule, severity, context)
            for finding, rule, severity in findings_of(batch, context)
            if severity != "off" and len(finding.positions)
        ]
        return _set_aside(batch.adding(issues=issues), context)


def findings_of(batch: Batch, context: Context) -> Iterator[tuple[Finding, str, str]]:
    """(finding, rule that made it, severity) of the named checks and of the rules' own."""
    for name, check in CHECKS:
        for finding in check(batch, context):
            yield finding, f"validate.{name}", context.severity(finding.reason)
    rules = {rule.name: rule for rule in context.rules.validate_.checks}
    if not rules:
        return
    frame = checked_frame([(item.column, batch.canonical(item.column)) for item in context.plan.columns])
    for failure in failures(frame, build_schema(context.rules, context.plan)):
        rule = rules[failure.check]
        severity = context.rules.validate_.severity.get(rule.name, rule.severity)
        finding = Finding(failure.column, reason_of(rule), "invalid", failure.positions)
        yield finding, f"check.{rule.name}", severity


def _issues(batch: Batch, finding: Finding, rule: str, severity: str, context: Context) -> pa.Table:
    at = finding.positions
    known = finding.column in batch.records.schema.names
    field = context.plan.of(finding.column).field if known else None
    value = batch.column(finding.column).take(pa.array(at)) if known else pa.nulls(len(at), pa.large_string())
    return evidence_table(
        "issues",
        {
            "row": batch.row_numbers[at],
            "column": constant(finding.column, len(at)),
            "field": constant(field or "", len(at)),
            "value": value,
            "rule": constant(rule, len(at)),
            "reason": constant(finding.reason, len(at)),
            "verdict": constant(finding.verdict, len(at)),
            "severity": constant(severity, len(at)),
        },
    )


def _set_aside(batch: Batch, context: Context) -> Batch:
    """Dispositions: quarantined where a reason of the rules asks for it, or where nothing in the row is usable."""
    named = {*context.rules.validate_.quarantine, "file.unaligned"}
    out = _rows_with(batch, named)
    issues = []
    if context.rules.validate_.quarantine_nothing_usable:
        empty, bogus = _nothing_usable(batch, context)
        for reason, mask in (("row.nothing_usable", empty & ~out), ("row.bogus", bogus & ~out)):
            finding = Finding("", reason, "invalid", np.flatnonzero(mask))
            if len(finding.positions):
                issues.append(_issues(batch, finding, "validate.usable", "error", context))
        out |= empty | bogus
    if not out.any():
        return batch
    rows = batch.rows
    codes = np.where(out, DISPOSITIONS.index("quarantined"), DISPOSITIONS.index("cleaned"))
    place = rows.schema.get_field_index("disposition")
    rows = rows.set_column(place, rows.schema.field(place), enum_array(codes, DISPOSITIONS))
    return batch.with_rows(rows).adding(issues=issues)


def _rows_with(batch: Batch, reasons: set[str]) -> Mask:
    issues = batch.evidence.issues
    mask = np.zeros(len(batch), bool)
    if issues.num_rows:
        # a user's own check is asked for by its name, which stands in the rule
        rules = pa.array([f"check.{name}" for name in sorted(reasons)])
        wanted = pc.or_(
            pc.is_in(issues["reason"].cast(pa.string()), pa.array(sorted(reasons))),
            pc.is_in(issues["rule"].cast(pa.string()), rules),
        )
        mask[issues.filter(wanted)["row"].to_numpy() - batch.first_row] = True
    return mask


def _nothing_usable(batch: Batch, context: Context) -> tuple[Mask, Mask]:
    """(all identifying cells empty, some filled but all of them invalid); nothing where no such field is mapped."""
    fields = context.plan.fields
    columns = [column for field in context.rules.validate_.identifying for column in fields.get(field, [])]
    if not columns:
        nothing = np.zeros(len(batch), bool)
        return nothing, nothing
    any_filled = np.zeros(len(batch), bool)
    any_usable = np.zeros(len(batch), bool)
    for column in columns:
        filled = batch.filled(column)
        any_filled |= filled
        any_usable |= filled & ~batch.flagged(column, verdict="invalid")
    return ~any_filled, any_filled & ~any_usable
