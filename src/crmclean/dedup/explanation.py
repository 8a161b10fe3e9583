"""Why a pair was linked or not: each finding with its m, u and weight, what was bounded, and what blocking saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from crmclean.dedup.branches import branch_pairs
from crmclean.dedup.frequency import POOLS
from crmclean.dedup.meetings import Meeting, meetings_of
from crmclean.dedup.priors import DIFFERENT, Comparison
from crmclean.dedup.weights import Model, probability_of
from crmclean.dedup.workings import Settings, Workings

__all__ = ["Explanation", "Finding", "explain_records"]


@dataclass(frozen=True)
class Finding:
    """One comparison of a pair.

    ``m`` and ``u`` are the shares of the level, and ``value_u`` the chance of agreeing on this value where its
    frequency was used instead. ``note`` names an adjustment. The weights of all findings and the prior add up.
    """

    name: str
    level: str
    left: str
    right: str
    m: float | None
    u: float | None
    value_u: float | None
    weight: float
    group: str
    note: str = ""


@dataclass(frozen=True)
class Explanation:
    """A pair's account; ``weight`` is ``prior_weight`` plus the weights of ``comparisons``.

    ``meetings`` says of each blocking rule whether it brings the records together, and if not, why.
    """

    prior: float
    prior_weight: float
    comparisons: tuple[Finding, ...]
    weight: float
    probability: float
    band: str
    identity: float
    support: float
    meetings: tuple[Meeting, ...]

    @property
    def blocking(self) -> tuple[tuple[str, bool], ...]:
        """Each rule, and whether the records share all its keys."""
        return tuple((meeting.rule, meeting.shared) for meeting in self.meetings)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; ``blocking`` as rows of ``rule``, ``shared`` and ``why``."""
        plain = asdict(self)
        plain["blocking"] = plain.pop("meetings")
        plain["comparisons"] = [asdict(finding) for finding in self.comparisons]
        return plain


def explain_records(
    work: Workings,
    model: Model,
    settings: Settings,
    left: int,
    right: int,
    reports: Sequence[Mapping[str, Any]] = (),
) -> Explanation:
    """Account of a pair of canonical record numbers; ``reports`` say what each blocking rule did in the run."""
    a, b = np.array([min(left, right)]), np.array([max(left, right)])
    scored, levels = work.score(model, a, b)
    prior_weight = float(np.log2(model.prior / (1.0 - model.prior)))
    weight = float(scored.weight[0])
    findings = [
        _finding(work, model, item, int(levels[item.name][0]), float(scored.parts[item.name][0]), (left, right))
        for item in work.comparer.active
    ]
    rest = weight - prior_weight - sum(finding.weight for finding in findings)
    if abs(rest) > 0.005:
        note = "correlated evidence counted once; support bounded by what identifies"
        findings.append(Finding("correlation", "adjusted", "", "", None, None, None, rest, "", note))
    probability = float(probability_of(scored.weight)[0])
    identity, support = float(scored.identity[0]), float(scored.support[0])
    band = "non_match"
    if identity > 0 and probability >= settings.review_probability:
        band = "match" if probability >= settings.match_probability else "review"
    if branch_pairs(model, levels, scored.identity, settings.match_probability)[0]:
        band = "match" if settings.merge_branches else "branch"
    meetings = meetings_of(work.records, settings.entity, left, right, reports)
    return Explanation(
        model.prior, prior_weight, tuple(findings), weight, probability, band, identity, support, meetings
    )


def _finding(
    work: Workings, model: Model, item: Comparison, level: int, weight: float, pair: tuple[int, int]
) -> Finding:
    values = [_value(work, item.name, record) for record in pair]
    known = level >= DIFFERENT
    m, u = (float(model.m[item.name][level]), float(model.u[item.name][level])) if known else (None, None)
    found = item.levels[level - DIFFERENT] if known else None
    value_u, note = None, ""
    if found is not None and found.bits is not None:
        note = "fixed weight"
    elif found is not None and found.frequency and item.name in work.tables and m is not None:
        m = float(model.share(item)[level])
        value_u, note = float(m / 2.0**weight), "frequency of the value"
    elif not known:
        note = "missing says nothing"
    return Finding(
        item.name, item.level_names[level], values[0], values[1], m, u, value_u, weight, item.roles()[level], note
    )


def _value(work: Workings, name: str, record: int) -> str:
    """The compare form of a record as text; several of a pool are joined with " / "."""
    form = work.records.forms[POOLS.get(name, name)]
    codes = work.records.codes(name)[..., record].ravel()
    return " / ".join(form.values[int(code)].as_py() for code in codes if code)
