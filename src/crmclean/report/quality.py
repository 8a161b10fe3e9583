"""Quality by field, by source and by owner, and how fresh the records are."""

from __future__ import annotations

from typing import Any

import numpy as np

from crmclean import trust
from crmclean.report.facts import ColumnFact, ReportFacts
from crmclean.report.problems import IssueView, reason_words
from crmclean.report.tally import (
    Bools,
    Ints,
    Rows,
    before_merges,
    codes_of,
    distinct_rows,
    filled,
    ratio,
    rounded,
    steadied,
)
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import GRADES, STATUSES
from crmclean.tables.fields import BY_NAME

__all__ = ["TERMS", "by_field", "freshness_by_field", "freshness_summary", "grade_of", "groups", "trust_summary"]

Statuses = dict[str, dict[str, int]]  # field -> status -> cleaned rows

TERMS = ("validity", "completeness", "freshness", "uniqueness", "consistency")
_GROUPS_SHOWN = 12
_NO_REASON = {"reason": None, "reason_text": None, "reason_label": None, "reason_rows": 0}
# The columns that say who brought a row in, best first; the first that is mapped speaks.
_OWNER_FIELDS = ("owner", "owner_id", "created_by")
_ORIGIN_FIELDS = ("lead_source", "event", "campaign")
_AGES = (("months_0_6", 0, 182), ("months_6_12", 182, 365), ("years_1_2", 365, 730), ("years_2_3", 730, 1095))


def grade_of(score: float | None) -> str | None:
    """The grade of a score, on the scale of the trust table.

    >>> [grade_of(score) for score in (90, 89.99, 12, None)]
    ['A', 'B', 'F', None]
    """
    return None if score is None else GRADES[int(trust.grade_of(np.array([score]))[0])]


def trust_summary(batch: Batch, rows: Rows, facts: ReportFacts) -> dict[str, Any]:
    """The score of the cleaned file (mean over its records), its spread, and the mean of each term."""
    scores = rows.score[rows.cleaned & np.isfinite(rows.score)]
    score = rounded(float(scores.mean())) if len(scores) else None
    bins = np.bincount(np.minimum(scores // 5, 19).astype(np.int64), minlength=20)
    grades = dict.fromkeys("ABCDF", 0)
    table = batch.evidence.trust
    inside = rows.cleaned[rows.positions(table)]
    codes, names = codes_of(table["grade"])
    for name, count in zip(names, np.bincount(codes[inside & (codes >= 0)], minlength=len(names)), strict=True):
        grades[name] = int(count)
    before = rounded(facts.before_score)
    return {
        "score": score,
        "grade": grade_of(score),
        "before": before,
        "before_grade": grade_of(before),
        "gain": rounded(score - before) if score is not None and before is not None else None,
        "records": len(scores),
        "median": rounded(float(np.median(scores))) if len(scores) else None,
        "histogram": [int(count) for count in bins],
        "grades": grades,
        "terms": {term: _mean(table[term].to_numpy()[inside]) for term in TERMS},
        "before_terms": {term: rounded(facts.before_terms.get(term)) for term in TERMS},
        "weights": _weights(facts),
    }


def _weights(facts: ReportFacts) -> dict[str, float]:
    given = {term: max(float(facts.trust_weights.get(term, 0.0)), 0.0) for term in TERMS}
    total = sum(given.values())
    return {term: round(weight / total, 4) if total else round(1 / len(TERMS), 4) for term, weight in given.items()}


def _mean(values: Any) -> float | None:
    known = values[np.isfinite(values)]
    return rounded(float(known.mean())) if len(known) else None


# ---- by field


def by_field(
    batch: Batch, rows: Rows, issues: IssueView, facts: ReportFacts, statuses: Statuses
) -> list[dict[str, Any]]:
    """One entry a column of the input, in its order: how full, how valid, how stale and how trusted in cleaned rows."""
    plan = {fact.column: fact for fact in facts.columns}
    empty = np.array([name.startswith("required.") for name in issues.reasons] + [False])
    invalid = issues.invalid & issues.open & ~empty[issues.reason]
    broken = distinct_rows(np.where(invalid, issues.column, -1), issues.rows, len(issues.columns), rows.count)
    invalid_cells = dict(zip(issues.columns, broken.tolist(), strict=True))
    trusted = _field_trust(batch, rows)
    whole = int(rows.cleaned.sum())
    listed = []
    for name in batch.records.schema.names:
        fact = plan.get(name, ColumnFact(name))
        full = int((filled(batch.records[name].combine_chunks()) & rows.cleaned).sum()) if len(batch) else 0
        wrong = min(invalid_cells.get(name, 0), full)
        status = statuses.get(fact.field, {})
        known = sum(count for key, count in status.items() if key != "unknown")
        listed.append(
            {
                "column": name,
                "field": fact.field,
                "label": fact.label or (BY_NAME[fact.field].label if fact.field in BY_NAME else ""),
                "filled": full,
                "fill_rate": ratio(full, whole),
                "invalid": wrong,
                "valid_share": ratio(full - wrong, full) if fact.field else None,
                "stale_share": ratio(status.get("stale", 0), known) if fact.field else None,
                "trust": trusted.get(fact.field),
            }
        )
    return listed


def _field_trust(batch: Batch, rows: Rows) -> dict[str, float]:
    table = batch.evidence.field_trust
    codes, names = codes_of(table["field"])
    values = table["trust"].to_numpy().astype(float)
    keep = (codes >= 0) & np.isfinite(values) & rows.cleaned[rows.positions(table)]
    counts = np.bincount(codes[keep], minlength=len(names))
    sums = np.bincount(codes[keep], weights=values[keep], minlength=len(names))
    return {name: round(float(sums[n] / counts[n]), 4) for n, name in enumerate(names) if counts[n]}


# ---- freshness


def freshness_by_field(batch: Batch, rows: Rows) -> Statuses:
    """Cleaned rows per status for each field of the freshness table; ``*`` is the record."""
    table = batch.evidence.freshness
    fields, field_names = codes_of(table["field"])
    status, status_names = codes_of(table["status"])
    width = max(len(status_names), 1)
    keep = (fields >= 0) & (status >= 0) & rows.cleaned[rows.positions(table)]
    counts = np.bincount(fields[keep] * width + status[keep], minlength=len(field_names) * width)
    grid = counts.reshape(-1, width)
    return {
        name: {key: int(grid[n, status_names.index(key)]) if key in status_names else 0 for key in STATUSES}
        for n, name in enumerate(field_names)
    }


def freshness_summary(batch: Batch, rows: Rows, facts: ReportFacts, statuses: Statuses) -> dict[str, Any]:
    """Record and field staleness, and how old the newest evidence is."""
    table = batch.evidence.freshness
    codes, names = codes_of(table["field"])
    wanted = (codes == (names.index("*") if "*" in names else -2)) & rows.cleaned[rows.positions(table)]
    ages = table["age_days"].to_numpy().astype(float)[wanted]
    known = ages[np.isfinite(ages)]
    counted = [{"key": key, "rows": int(((known >= low) & (known < high)).sum())} for key, low, high in _ages(known)]
    whole = statuses.get("*", {})
    records = {key: whole.get(key, 0) for key in ("fresh", "ageing", "stale", "unknown")}
    records["unknown"] += int(rows.cleaned.sum()) - sum(records.values())
    return {
        "threshold_days": facts.threshold_days,
        "records": records,
        "median_age_days": rounded(float(np.median(known)), 0) if len(known) else None,
        "ages": counted,
        "fields": [
            {"field": name, "label": BY_NAME[name].label if name in BY_NAME else name, **statuses[name]}
            for name in sorted(set(statuses) - {"*"}, key=lambda key: (-statuses[key]["stale"], key))
        ],
    }


def _ages(known: Any) -> list[tuple[str, float, float]]:
    ahead = [("future", -np.inf, 0.0)] if len(known) and known.min() < 0 else []
    return [*ahead, *((key, float(low), float(high)) for key, low, high in _AGES), ("years_3_more", 1095, np.inf)]


# ---- by source and owner


def groups(batch: Batch, rows: Rows, issues: IssueView, facts: ReportFacts) -> list[dict[str, Any]]:
    """Quality by input file, by the origin column and by the owner column, as far as the file has them."""
    found = []
    codes, names = codes_of(batch.rows["source"])
    if facts.sources or any(names):
        files = _grouped(codes, names, rows, issues, facts)
        for group in files["groups"]:
            group["before"] = rounded(facts.before_sources.get(group["name"]))
        found.append({"by": "file", "column": "", **files})
    for by, wanted in (("origin", _ORIGIN_FIELDS), ("owner", _OWNER_FIELDS)):
        column = _first_column(facts, wanted, batch)
        if column:
            codes, names = codes_of(before_merges(batch, column))
            blank = names.index("") if "" in names else -2
            codes = np.where((codes == blank) | (codes < 0), len(names), codes)
            found.append({"by": by, "column": column, **_grouped(codes, [*names, ""], rows, issues, facts)})
    return found


def _first_column(facts: ReportFacts, wanted: tuple[str, ...], batch: Batch) -> str:
    present = set(batch.records.schema.names)
    by_field: dict[str, str] = {}
    for fact in facts.columns:
        if fact.column in present:
            by_field.setdefault(fact.field, fact.column)
    return next((by_field[name] for name in wanted if name in by_field), "")


def _grouped(codes: Ints, names: list[str], rows: Rows, issues: IssueView, facts: ReportFacts) -> dict[str, Any]:
    """Counts a group, worst first: by the steadied share of bad rows, then by their number, then by name."""
    size = len(names)
    bad = issues.bad_rows(rows)
    total = _count(codes, np.ones(len(codes), bool), size)
    wrong = _count(codes, bad, size)
    cleaned, merged = _count(codes, rows.cleaned, size), _count(codes, rows.merged, size)
    aside, stale = _count(codes, rows.quarantined, size), _count(codes, rows.stale & rows.cleaned, size)
    scored = rows.cleaned & np.isfinite(rows.score) & (codes >= 0)
    sums = np.bincount(codes[scored], weights=rows.score[scored], minlength=size)
    counts = np.bincount(codes[scored], minlength=size)
    ranked = np.lexsort((np.arange(size), -wrong, -steadied(wrong, total).round(9), wrong == 0))
    order = [int(place) for place in ranked[total[ranked] > 0]]
    shown = order[:_GROUPS_SHOWN]
    reasons = _main_reasons(codes, shown, issues, facts)
    listed = []
    for place in shown:
        score = rounded(sums[place] / counts[place]) if counts[place] else None
        listed.append(
            {
                "name": names[place],
                "rows": int(total[place]),
                "bad": int(wrong[place]),
                "bad_share": ratio(wrong[place], total[place]),
                "cleaned": int(cleaned[place]),
                "merged": int(merged[place]),
                "quarantined": int(aside[place]),
                "stale": int(stale[place]),
                "before": None,  # known of files only
                "score": score,
                "grade": grade_of(score),
                **reasons.get(place, _NO_REASON),
            }
        )
    rest = order[_GROUPS_SHOWN:]
    others = {"groups": len(rest), "rows": int(total[rest].sum()), "bad": int(wrong[rest].sum())} if rest else None
    return {"groups": listed, "others": others, "rows": int(total.sum()), "bad": int(wrong.sum())}


def _count(codes: Ints, keep: Bools, size: int) -> Ints:
    return np.bincount(codes[keep & (codes >= 0)], minlength=size).astype(np.int64)


def _main_reasons(codes: Ints, shown: list[int], issues: IssueView, facts: ReportFacts) -> dict[int, dict[str, Any]]:
    """The reason most rows of each shown group carry; ties go to the first code in order."""
    if not shown or not len(issues.rows):
        return {}
    slot = np.full(int(codes.max()) + 2, -1, np.int64)
    slot[shown] = np.arange(len(shown))
    width = len(issues.reasons)
    group = slot[codes[issues.rows]]
    keys = np.where(issues.typed & (group >= 0) & (issues.reason >= 0), group * width + issues.reason, -1)
    grid = distinct_rows(keys, issues.rows, len(shown) * width, len(codes)).reshape(-1, width)
    best = grid.argmax(axis=1)
    labels = [facts.label_of(name) for name in issues.main_fields()]
    return {
        place: {
            "reason": issues.reasons[best[n]],
            "reason_text": reason_words(issues.reasons[best[n]]),
            "reason_label": labels[best[n]],
            "reason_rows": int(grid[n, best[n]]),
        }
        for n, place in enumerate(shown)
        if grid[n, best[n]]
    }
