"""What is wrong and what was changed: counts by reason, each with masked examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from crmclean.report.facts import ReportFacts
from crmclean.report.masking import mask, mask_change
from crmclean.report.tally import Bools, Ints, Rows, codes_of, distinct, distinct_rows, representative
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import SEVERITIES
from crmclean.tables.reasons import REASONS, sentence
from crmclean.trust import GOLDEN, open_issues

__all__ = ["IssueView", "change_summary", "problem_list", "reason_words"]

# Reasons that say something about time or about other records, not about the quality of what was typed.
_NOT_TYPED = ("freshness.", "dedup.")
# Issues whose value is no cell but the name of an encoding.
_NOT_CELLS = frozenset({"file.mixed_encoding"})
_SHOWN = 12
_EXAMPLES = 3
_CHANGES = 2


@dataclass(frozen=True)
class IssueView:
    """The issues table as codes; every array has one entry an issue."""

    rows: Ints
    reason: Ints
    reasons: list[str]
    field: Ints
    fields: list[str]
    column: Ints
    columns: list[str]
    severity: Ints  # position in SEVERITIES
    invalid: Bools
    value: Any
    open: Bools  # holds for a cleaned record as it is written
    elsewhere: Bools  # about time or about other records
    typed: Bools  # a warning or an error about what was typed into the row before anything was merged into it

    @staticmethod
    def of(batch: Batch, rows: Rows) -> IssueView:
        """Read once, counted many times."""
        table = batch.evidence.issues
        reason, reasons = codes_of(table["reason"])
        rule, rules = codes_of(table["rule"])
        golden = np.array([name.startswith(GOLDEN) for name in rules] + [False])
        field, fields = codes_of(table["field"])
        column, columns = codes_of(table["column"])
        codes, names = codes_of(table["severity"])
        ranks = np.array([SEVERITIES.index(name) if name in SEVERITIES else 1 for name in names] + [1], np.int64)
        verdict, verdicts = codes_of(table["verdict"])
        invalid = verdict == (verdicts.index("invalid") if "invalid" in verdicts else -2)
        foreign = np.array([name.startswith(_NOT_TYPED) for name in reasons] + [True])
        severity = ranks[codes]
        typed = (severity > 0) & ~foreign[reason] & ~golden[rule]
        return IssueView(
            rows.positions(table),
            reason,
            reasons,
            field,
            fields,
            column,
            columns,
            severity,
            invalid,
            table["value"],
            _open(batch),
            foreign[reason],
            typed,
        )

    def main_fields(self) -> list[str]:
        """For each reason the field it is most often about; "" where it is about the row, ties to the first name."""
        width, keep = max(len(self.fields), 1), (self.field >= 0) & (self.reason >= 0)
        counts = np.bincount(self.reason[keep] * width + self.field[keep], minlength=len(self.reasons) * width)
        grid = counts.reshape(-1, width)
        return [self.fields[int(best)] if top else "" for best, top in zip(grid.argmax(1), grid.max(1), strict=True)]

    def bad_rows(self, rows: Rows) -> Bools:
        """The rows set aside or carrying a warning or an error about what was typed."""
        bad = rows.quarantined.copy()
        bad[self.rows[self.typed]] = True
        return bad


def _open(batch: Batch) -> Bools:
    """Boolean array over the issues: those the trust score still counts."""
    issues = batch.evidence.issues
    mask = np.zeros(issues.num_rows, bool)
    if issues.num_rows:
        numbered = issues.append_column("number", pa.array(np.arange(issues.num_rows)))
        mask[open_issues(batch.replacing(issues=numbered))["number"].to_numpy()] = True
    return mask


def reason_words(code: str) -> str:
    """What a reader sees for a reason code; a user's own check shows its name."""
    return sentence(code)


def problem_list(issues: IssueView, rows: Rows, facts: ReportFacts) -> dict[str, Any]:
    """Reasons ranked by weight (error 5, warning 2, info 0.1 a row), the first dozen with masked examples."""
    count = len(issues.reasons)
    affected = distinct_rows(issues.reason, issues.rows, count, rows.count)
    in_file = distinct_rows(_only(issues.reason, issues.open), issues.rows, count, rows.count)
    cells = np.bincount(issues.reason[issues.reason >= 0], minlength=count)
    severity = np.zeros(count, np.int64)
    np.maximum.at(severity, issues.reason[issues.reason >= 0], issues.severity[issues.reason >= 0])
    weight = affected * np.array([0.1, 2.0, 5.0])[severity]
    order = [place for place in np.lexsort((np.arange(count), -weight)).tolist() if affected[place]]
    shown = order[:_SHOWN]
    main_fields = issues.main_fields()
    found = representative(issues.reason, [issues.value], [issues.field], shown, _EXAMPLES)
    listed = [
        {
            "reason": issues.reasons[code],
            "text": reason_words(issues.reasons[code]),
            "severity": SEVERITIES[severity[code]],
            "rows": int(affected[code]),
            "rows_in_cleaned": int(in_file[code]),
            "cells": int(cells[code]),
            "field": main_fields[code],
            "label": facts.label_of(main_fields[code]),
            "examples": _masked_values(found.get(code, []), issues.fields, issues.reasons[code] in _NOT_CELLS),
        }
        for code in shown
    ]
    return {
        "problems": listed,
        "other_kinds": len(order) - len(shown),
        "by_severity": {name: _rows_of(issues, rows, place) for place, name in enumerate(SEVERITIES)},
    }


def change_summary(batch: Batch, rows: Rows) -> dict[str, Any]:
    """Changed cells by reason, most frequent first, each with masked befores and afters."""
    table = batch.evidence.changes
    reason, reasons = codes_of(table["reason"])
    field, fields = codes_of(table["field"])
    column, columns = codes_of(table["column"])
    positions = rows.positions(table)
    cells = np.bincount(reason[reason >= 0], minlength=len(reasons))
    affected = distinct_rows(reason, positions, len(reasons), rows.count)
    order = [place for place in np.lexsort((np.arange(len(reasons)), -cells)).tolist() if cells[place]]
    found = representative(reason, [table["before"], table["after"]], [field], order[:24], _CHANGES)
    listed = [
        {
            "reason": reasons[code],
            "text": reason_words(reasons[code]),
            "kind": _kind(reasons[code]),
            "cells": int(cells[code]),
            "rows": int(affected[code]),
            "examples": _masked_changes(found.get(code, []), fields),
        }
        for code in order
    ]
    kinds = np.array([_kind(name) for name in reasons], dtype=object)
    per_cell = distinct(positions * max(len(columns), 1) + column) if len(positions) else positions
    return {
        "reasons": listed,
        "cells": len(per_cell),
        "rows": len(distinct(positions)),
        "by_kind": {kind: _cells(positions, column, columns, reason, kinds == kind) for kind in _KINDS},
    }


_KINDS = ("repair", "format", "merge")


def _kind(code: str) -> str:
    """The kind of a change; a code no vocabulary knows is a user's own step: a repair."""
    return REASONS[code].kind if code in REASONS and REASONS[code].kind in _KINDS else "repair"


def _cells(positions: Ints, column: Ints, columns: list[str], reason: Ints, wanted: Bools) -> int:
    if not len(positions):
        return 0
    keep = np.append(wanted, False)[reason]
    return len(distinct(positions[keep] * max(len(columns), 1) + column[keep]))


def _rows_of(issues: IssueView, rows: Rows, severity: int) -> int:
    hit = np.zeros(rows.count, bool)
    hit[issues.rows[issues.severity == severity]] = True
    return int(hit.sum())


def _only(codes: Ints, keep: Bools) -> Ints:
    return np.where(keep, codes, -1)


def _masked_values(found: list[tuple[Any, ...]], fields: list[str], as_is: bool) -> list[dict[str, Any]]:
    examples: dict[str, dict[str, Any]] = {}
    for value, place, count in found:
        field = fields[place] if place >= 0 else ""
        shown = value if as_is else mask(value, field)
        if shown and shown not in examples:
            examples[shown] = {"value": shown, "field": field, "rows": int(count)}
    return list(examples.values())[:_EXAMPLES]


def _masked_changes(found: list[tuple[Any, ...]], fields: list[str]) -> list[dict[str, str]]:
    examples: dict[tuple[str, str], dict[str, str]] = {}
    for before, after, place, _ in found:
        field = fields[place] if place >= 0 else ""
        left, right = mask_change(before, after, field)
        if left != right:
            examples.setdefault((left, right), {"before": left, "after": right, "field": field})
    return list(examples.values())[:_CHANGES]
