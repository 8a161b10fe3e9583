"""What to do first: the actions that would raise trust most, each with its rows, its file and its worth.

The worth of an action is an estimate. A term's shortfall in a row, times the term's weight, is what the row takes from
the score of the file through that term; it is shared alike among the causes found in that row, so an action is never
worth more than the rows it touches.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from crmclean.report.duplicates import review_pair_count, waiting_pairs
from crmclean.report.facts import ReportFacts
from crmclean.report.problems import IssueView, reason_words
from crmclean.report.quality import TERMS
from crmclean.report.tally import Bools, Floats, Ints, Rows, distinct, filled
from crmclean.tables.batch import Batch
from crmclean.trust import CONTRADICTIONS

__all__ = ["actions", "weakest_term"]

_ELSEWHERE = ("freshness.", "dedup.", "required.", "row.", "file.")
# Fields a sales team cannot do without. One filled cell of a kind is enough: a mobile does for a phone.
_NEEDED = ("email", "phone", "company", "full_name", "last_name", "title", "country")
_STANDS_FOR = {"email_2": "email", "mobile": "phone", "home_phone": "phone", "other_phone": "phone"}
_MOST = 5
_MOST_ALIKE = 2
_WORTH_SAYING = 0.05


def weakest_term(terms: dict[str, float | None], weights: dict[str, float]) -> str | None:
    """The term that takes most points from the score; ties in the order of the formula."""
    missing = [(weights[term] * (1 - value), -place, term) for place, (term, value) in _known(terms)]
    worst = max(missing, default=(0.0, 0, None))
    return worst[2] if worst[0] > 0.002 else None


def _known(terms: dict[str, float | None]) -> list[tuple[int, tuple[str, float]]]:
    return [(place, (term, value)) for place, (term, value) in enumerate(terms.items()) if value is not None]


def actions(
    batch: Batch, rows: Rows, issues: IssueView, facts: ReportFacts, weights: dict[str, float]
) -> list[dict[str, Any]]:
    """Three to five actions, the most valuable first; fewer where less is wrong."""
    losses = _losses(batch, rows, weights)
    found = [
        *_corrections(issues, facts, losses["validity"]),
        *_gaps(batch, rows, issues, facts, losses["completeness"]),
        *_ages(batch, rows, losses["freshness"]),
        *_conflicts(issues, losses["consistency"]),
        *_pairs(batch, rows, facts, losses["uniqueness"]),
    ]
    worthy = [action for action in found if action["rows"] and action["gain"] >= _WORTH_SAYING]
    worthy.sort(key=lambda action: (-action["gain"], action["key"], action["field"]))
    for action in worthy:
        action["file"] = facts.file_named(action["file"].partition(".")[0], action["file"])
    chosen: list[dict[str, Any]] = []
    for action in worthy:
        if sum(other["key"] == action["key"] for other in chosen) < _MOST_ALIKE:
            chosen.append(action)
    aside = int(rows.quarantined.sum())
    if aside:
        rescue = _action("rescue", aside, None, "quarantine.csv")
        return [*chosen[: _MOST - 1], rescue]
    return chosen[:_MOST]


def _action(
    key: str,
    count: int,
    gain: float | None,
    file: str,
    *,
    field: str = "",
    label: str = "",
    where: str = "",
    reasons: list[str] | None = None,
    pairs: int = 0,
) -> dict[str, Any]:
    return {
        "key": key,
        "rows": count,
        "pairs": pairs,
        "gain": None if gain is None else round(float(gain), 2),
        "file": file,
        "filter": where,
        "reasons": (reasons or [])[:3],
        "reason_texts": [reason_words(code) for code in (reasons or [])[:3]],
        "field": field,
        "label": label,
    }


def _losses(batch: Batch, rows: Rows, weights: dict[str, float]) -> dict[str, Floats]:
    """Points of the file's score each row takes through each term; float64 arrays as long as the batch."""
    table = batch.evidence.trust
    positions = rows.positions(table)
    keep = rows.cleaned[positions]
    losses = {}
    for term in TERMS:
        values = np.zeros(rows.count)
        short = 1 - np.nan_to_num(table[term].to_numpy(), nan=1.0)
        values[positions[keep]] = short[keep] * weights[term] * 100 / max(int(keep.sum()), 1)
        losses[term] = values
    return losses


def _share_out(groups: Ints, rows: Ints, size: int, loss: Floats) -> tuple[Ints, Floats]:
    """Distinct rows and points of each cause: what a row loses is shared alike among the causes found in it."""
    pairs = distinct(rows * max(size, 1) + groups)
    where, cause = pairs // max(size, 1), pairs % max(size, 1)
    share = loss[where] / np.maximum(np.bincount(where, minlength=len(loss)), 1)[where]
    points = np.bincount(cause, weights=share, minlength=size)
    return np.bincount(cause, minlength=size).astype(np.int64), points.astype(np.float64)


def _with_reason(issues: IssueView, wanted: list[bool]) -> Bools:
    return np.append(np.array(wanted, bool), False)[issues.reason]


def _corrections(issues: IssueView, facts: ReportFacts, loss: Floats) -> list[dict[str, Any]]:
    typed = [code not in CONTRADICTIONS and not code.startswith(_ELSEWHERE) for code in issues.reasons]
    keep = _with_reason(issues, typed) & (issues.severity > 0) & (issues.field >= 0) & issues.open
    counts, points = _share_out(issues.field[keep], issues.rows[keep], len(issues.fields), loss)
    found = []
    for place in np.flatnonzero(counts):
        codes = issues.reason[keep & (issues.field == place)]
        often = np.bincount(codes, minlength=len(issues.reasons))
        reasons = [issues.reasons[code] for code in np.lexsort((np.arange(len(often)), -often)) if often[code]]
        name = issues.fields[place]
        found.append(
            _action(
                "correct",
                int(counts[place]),
                points[place],
                "cleaned.csv",
                field=name,
                label=facts.label_of(name),
                reasons=reasons,
            )
        )
    return found


def _gaps(batch: Batch, rows: Rows, issues: IssueView, facts: ReportFacts, loss: Floats) -> list[dict[str, Any]]:
    """Empty cells of needed and of required fields; several columns of a field are empty together or not at all."""
    missing = _with_reason(issues, [code == "required.missing" for code in issues.reasons]) & (issues.field >= 0)
    required = {issues.fields[place] for place in distinct(issues.field[missing])}
    empty: dict[str, Bools] = {}
    columns: dict[str, str] = {}
    for fact in facts.columns:
        name = _STANDS_FOR.get(fact.field, fact.field)
        if (name in _NEEDED or name in required) and fact.column in batch.records.schema.names and len(batch):
            blank = ~filled(batch.records[fact.column].combine_chunks()) & rows.cleaned
            empty[name] = empty.get(name, blank) & blank
            columns.setdefault(name, fact.column)
    names = sorted(empty)
    where = [np.flatnonzero(empty[name]) for name in names]
    groups = np.repeat(np.arange(len(names)), [len(part) for part in where])
    rows_at = np.concatenate(where) if where else np.empty(0, np.int64)
    counts, points = _share_out(groups, rows_at, len(names), loss)
    return [
        _action(
            "fill",
            int(counts[place]),
            points[place],
            "cleaned.csv",
            field=name,
            label=facts.label_of(name),
            where=columns[name],
        )
        for place, name in enumerate(names)
        if counts[place]
    ]


def _ages(batch: Batch, rows: Rows, loss: Floats) -> list[dict[str, Any]]:
    table = batch.evidence.freshness
    if not table.num_rows and not loss.any():
        return []
    undated = rows.cleaned & ~rows.dated
    stale = rows.cleaned & rows.stale
    return [
        _action("reconfirm", int(stale.sum()), loss[stale].sum(), "cleaned.csv", where="crmclean_freshness = stale"),
        _action("date", int(undated.sum()), loss[undated].sum(), "cleaned.csv", where="crmclean_freshness = unknown"),
    ]


def _conflicts(issues: IssueView, loss: Floats) -> list[dict[str, Any]]:
    keep = _with_reason(issues, [code in CONTRADICTIONS for code in issues.reasons]) & issues.open
    where = distinct(issues.rows[keep])
    reasons = [issues.reasons[code] for code in distinct(issues.reason[keep])]
    return [_action("settle", len(where), loss[where].sum(), "cleaned.csv", reasons=reasons)] if len(where) else []


def _pairs(batch: Batch, rows: Rows, facts: ReportFacts, loss: Floats) -> list[dict[str, Any]]:
    pairs = review_pair_count(batch, rows, facts)
    ends = distinct(np.concatenate(waiting_pairs(batch, rows)))
    return [_action("review", len(ends), loss[ends].sum(), "review.csv", pairs=pairs)] if pairs and len(ends) else []
