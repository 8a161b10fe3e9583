"""The content of ``report.json``: every number of the trust report, and nothing but numbers, codes and masked examples.

`summarise` counts; it draws nothing and decides nothing. Words belong to the page (`crmclean.report.render`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from crmclean.report.advice import actions, weakest_term
from crmclean.report.duplicates import duplicate_summary
from crmclean.report.facts import ColumnFact, FileFact, HistoryPoint, ObjectiveFact, ReportFacts, SourceFact
from crmclean.report.problems import IssueView, change_summary, problem_list
from crmclean.report.quality import by_field, freshness_by_field, freshness_summary, groups, trust_summary
from crmclean.report.tally import Rows, codes_of, distinct, ratio, rounded
from crmclean.tables.batch import Batch

__all__ = [
    "ColumnFact",
    "FileFact",
    "HistoryPoint",
    "ObjectiveFact",
    "ReportFacts",
    "SourceFact",
    "summarise",
]

SCHEMA = 1
_TABLES = ("cleaned.csv", "quarantine.csv", "duplicates.csv", "review.csv", "changes.csv")
_ALWAYS = ("evidence/", "report.json", "manifest.json")


def summarise(batch: Batch, context_facts: ReportFacts) -> dict[str, Any]:
    """Count a finished batch for the report.

    Parameters
    ----------
    batch : Batch
        After the last step: dispositions final, ``trust`` and ``freshness`` written (both may be empty).
    context_facts : ReportFacts
        What the batch cannot know.

    Returns
    -------
    dict
        JSON-able; the same for any order of the rows. Rates are between 0 and 1 and None where there is nothing to
        divide by; scores are between 0 and 100. Cells in it are masked.
    """
    facts = context_facts
    rows = Rows.of(batch)
    issues = IssueView.of(batch, rows)
    trust = trust_summary(batch, rows, facts)
    changes = change_summary(batch, rows)
    duplicates = duplicate_summary(batch, rows, facts)
    statuses = freshness_by_field(batch, rows)
    return {
        "schema": SCHEMA,
        "run": _run(batch, facts),
        "balance": _balance(rows, facts),
        "trust": {**trust, "weakest": weakest_term(trust["terms"], trust["weights"])},
        "done": _done(batch, rows, issues, changes, duplicates),
        "groups": groups(batch, rows, issues, facts),
        "actions": actions(batch, rows, issues, facts, trust["weights"]),
        **problem_list(issues, rows, facts),
        "fields": by_field(batch, rows, issues, facts, statuses),
        "duplicates": duplicates,
        "freshness": freshness_summary(batch, rows, facts, statuses),
        "changes": changes["reasons"],
        "objectives": [
            {
                "name": fact.name,
                "label": facts.label_of(fact.name.partition(".")[2]),
                "target": _plain(fact.target),
                "actual": _plain(fact.actual),
                "passed": fact.passed,
                "unit": fact.unit,
            }
            for fact in facts.objectives
        ],
        "files": _files(rows, facts, changes["cells"], duplicates),
        "notes": list(facts.notes),
    }


def _done(
    batch: Batch, rows: Rows, issues: IssueView, changes: dict[str, Any], duplicates: dict[str, Any]
) -> dict[str, Any]:
    """Cells and rows by what happened to them; ``flagged`` rows are cleaned and still carry a warning or an error."""
    bad = int(issues.bad_rows(rows).sum())
    flags = issues.open & (issues.severity > 0) & ~issues.elsewhere
    return {
        "cells": len(batch) * batch.records.num_columns,
        "cells_changed": changes["cells"],
        "cells_repaired": changes["by_kind"]["repair"],
        "cells_formatted": changes["by_kind"]["format"],
        "cells_merged": changes["by_kind"]["merge"],
        "rows_changed": changes["rows"],
        "duplicates_merged": int(rows.merged.sum()),
        "clusters": duplicates["clusters"],
        "flagged": len(distinct(issues.rows[flags])),
        "bad_rows": bad,
        "bad_share": ratio(bad, rows.count),
        "consent": _consent(batch, issues, rows),
    }


def _plain(value: float | str | None) -> float | str | None:
    return value if value is None or isinstance(value, str) else rounded(value, 6)


def _run(batch: Batch, facts: ReportFacts) -> dict[str, Any]:
    return {
        "version": facts.version,
        "rules": facts.rules,
        "as_of": str(facts.as_of),
        "rows": len(batch),
        "columns": batch.records.num_columns,
        "dropped_columns": list(facts.dropped_columns),
        "history": [{"as_of": point.as_of, "score": rounded(point.score)} for point in facts.history],
    }


def _balance(rows: Rows, facts: ReportFacts) -> dict[str, Any]:
    """Rows read = cleaned + merged away + quarantined, and the lines that were no rows."""
    counted = {
        "cleaned": int(rows.cleaned.sum()),
        "merged": int(rows.merged.sum()),
        "quarantined": int(rows.quarantined.sum()),
    }
    told = facts.balance or {}
    read = int(told.get("read", sum(fact.rows for fact in facts.sources) if facts.sources else rows.count))
    parts = {name: int(told.get(name, count)) for name, count in counted.items()}
    not_data: dict[str, int] = {}
    for fact in facts.sources:
        for kind, count in fact.not_data.items():
            not_data[kind] = not_data.get(kind, 0) + int(count)
    return {
        "read": read,
        **parts,
        "adds_up": read == sum(parts.values()) == rows.count,
        "not_data": {kind: not_data[kind] for kind in sorted(not_data) if not_data[kind]},
        "sources": [
            {
                "name": fact.name,
                "rows": int(fact.rows),
                "columns": int(fact.columns),
                "encoding": fact.encoding,
                "digest": fact.digest,
                "not_data": {kind: int(count) for kind, count in sorted(fact.not_data.items()) if count},
            }
            for fact in facts.sources
        ],
    }


def _consent(batch: Batch, issues: IssueView, rows: Rows) -> dict[str, int]:
    """Rows whose columns disagree about consent, and cells where a merge kept an opt-out or took an opt-in."""
    wanted = issues.reasons.index("consent.conflict") if "consent.conflict" in issues.reasons else -2
    conflict = issues.reason == wanted
    reason, reasons = codes_of(batch.evidence.changes["reason"])
    counts = dict(zip(reasons, np.bincount(reason[reason >= 0], minlength=len(reasons)).tolist(), strict=True))
    return {
        "conflicts": len(distinct(issues.rows[conflict])),
        "opt_outs_kept": counts.get("merge.consent", 0),
        "opt_ins_taken": counts.get("merge.opt_in", 0),
    }


def _files(rows: Rows, facts: ReportFacts, changes: int, duplicates: dict[str, Any]) -> list[dict[str, Any]]:
    if facts.files:
        told = {fact.name: fact.rows for fact in facts.files}
        also = [name for name in _ALWAYS if name not in told]
        return [{"name": name, "rows": rows} for name, rows in [*told.items(), *((name, None) for name in also)]]
    known = {
        "cleaned.csv": int(rows.cleaned.sum()),
        "quarantine.csv": int(rows.quarantined.sum()),
        "duplicates.csv": duplicates["records"],
        "review.csv": duplicates["review_pairs"],
        "changes.csv": changes,
    }
    return [{"name": name, "rows": known.get(name)} for name in (*_TABLES, *_ALWAYS)]
