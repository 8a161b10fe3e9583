"""Why a pair was linked or not: each finding with its m, u and weight, what was bounded, and what blocking saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from crmclean.dedup.branches import branch_pairs
from crmclean.dedup.compare import Levels
from crmclean.dedup.dependence import neither_contact, one_community
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import POOLS
from crmclean.dedup.meetings import Meeting, meetings_of
from crmclean.dedup.misdated import are_misdated, shares_of_misdated
from crmclean.dedup.priors import DIFFERENT, Comparison
from crmclean.dedup.slips import bits_by_code, slip_codes
from crmclean.dedup.weights import Model, Scored, probability_of
from crmclean.dedup.workings import Settings, Workings

__all__ = ["ADJUSTED", "Explanation", "Finding", "explain_records"]

ADJUSTED = "adjusted"
_LEAST = 0.005  # bits below which an adjustment is not worth a line


@dataclass(frozen=True)
class Finding:
    """One comparison of a pair, or what a dependence between comparisons costs or adds (level ``ADJUSTED``).

    ``m`` and ``u`` are the shares of the level, and ``value_u`` the chance of agreeing on this value where its
    frequency was used instead. ``group`` says what it is evidence of: ``identity``, or the support that ``place``,
    ``employer`` and ``background`` give. ``note`` says why it weighs what it does. The weights of all findings and the
    prior add up; those of the group ``identity`` to the identity evidence, the others to the support.
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
    findings = _moved(findings, scored)
    findings += _adjustments(work, model, levels, scored, (a, b), findings)
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


def _moved(findings: Sequence[Finding], scored: Scored) -> list[Finding]:
    """The findings with those that identify elsewhere, but are a household's here, among the places."""
    household = "of a household, as the given names contradict each other"
    return [
        replace(finding, group="place", note=household)
        if finding.group == "identity" and finding.weight and not float(scored.telling[finding.name][0])
        else finding
        for finding in findings
    ]


def _adjustments(
    work: Workings,
    model: Model,
    levels: Levels,
    scored: Scored,
    pair: tuple[Ints, Ints],
    findings: Sequence[Finding],
) -> list[Finding]:
    """What dependences between the findings cost or add: each of those that identify, and the support as a whole."""
    identity, support = float(scored.identity[0]), float(scored.support[0])
    shown = {side: sum(f.weight for f in findings if (f.group == "identity") == side) for side in (True, False)}
    community = float(one_community(model, work.records, levels, scored.parts, pair)[0])
    neither = float(neither_contact(levels, 1)[0])
    slips = float(bits_by_code(model.slips)[slip_codes(model.comparisons, levels, 1)][0])
    told = [
        (
            "names",
            community,
            "identity",
            "given and family name go together: namesakes are commoner than either suggests",
        ),
        ("contact", neither, "identity", "mailbox and own line both differ"),
        (
            "slips",
            slips,
            "identity",
            "how many slips a match has in this file, in names, birth date and number together",
        ),
        (
            "kin",
            identity - shown[True] - community - neither - slips,
            "identity",
            "kin have this in common: it counts no more than among them",
        ),
        ("support", support - shown[False], "background", _why_support(support, shown[False], identity)),
    ]
    return [
        Finding(name, ADJUSTED, "", "", None, None, None, weight, group, note)
        for name, weight, group, note in told
        if abs(weight) > _LEAST
    ]


def _why_support(support: float, shown: float, identity: float) -> str:
    """Why affiliation counts other than the sum of its findings."""
    if support > shown:
        return "whoever moves or changes the employer changes all of it: that is one disagreement"
    if identity <= 0:
        return "nothing identifies that this could support"
    if support >= identity - _LEAST:
        return "correlated findings count once, and no more than what identifies"
    return "correlated findings count once, and colleagues and neighbours have them in common"


def _finding(
    work: Workings, model: Model, item: Comparison, level: int, weight: float, pair: tuple[int, int]
) -> Finding:
    values = [_value(work, item.name, record) for record in pair]
    known = level >= DIFFERENT
    m, u = (float(model.m[item.name][level]), float(model.u[item.name][level])) if known else (None, None)
    found = item.levels[level - DIFFERENT] if known else None
    value_u, note = None, ""
    if found is not None and found.bits is not None:
        note = "fixed weight" if weight == np.float32(found.bits) else "as two different ones: the names are the same"
    elif found is not None and found.frequency and item.name in work.tables and m is not None:
        m = float(model.share(item)[level])
        value_u, note = float(m / 2.0**weight), "frequency of the value"
    elif not known:
        note = "missing says nothing"
    elif item.name == "birth" and are_misdated(work.records, np.array([level]), item, *np.array([pair]).T)[0]:
        m, note = float(shares_of_misdated(model, item)[level]), "one of the dates cannot be: a slip"
    return Finding(
        item.name, item.level_names[level], values[0], values[1], m, u, value_u, weight, item.roles()[level], note
    )


def _value(work: Workings, name: str, record: int) -> str:
    """The compare form of a record as text; several of a pool are joined with " / "."""
    form = work.records.forms[POOLS.get(name, name)]
    codes = work.records.codes(name)[..., record].ravel()
    return " / ".join(form.values[int(code)].as_py() for code in codes if code)
