"""The five terms and the score made of them: one formula, for rows as they were read and for cleaned records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.tables.batch import Batch

__all__ = ["CONTRADICTIONS", "GOLDEN", "TERMS", "Judgement", "field_groups", "open_issues"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

TERMS = ("validity", "completeness", "freshness", "uniqueness", "consistency")
GOLDEN = "golden."  # prefix of the rule of an issue found when a merged record was judged again
CONTRADICTIONS = ("phone.country_clash", "postcode.mismatch", "region.unknown", "consent.conflict", "check.columns")
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "name": ("first_name", "last_name", "full_name"),
    "email": ("email", "email_2"),
    "phone": ("phone", "mobile", "home_phone", "other_phone"),
    "company": ("company",),
    "title": ("title",),
    "place": ("city", "state", "postal_code", "country", "street"),
}
_WORST = ("name", "place")  # their parts describe one thing: one wrong part makes it wrong


def field_groups(context: Context) -> dict[str, list[tuple[str, str]]]:
    """Group of the rules -> the (field, column) pairs of it that the file has; groups without a column are left out."""
    fields = context.plan.fields
    found = {}
    for group in context.rules.trust.fields:
        names = _GROUPS.get(group, (group,))
        columns = [(name, column) for name in names for column in fields.get(name, [])]
        if columns:
            found[group] = columns
    return found


def open_issues(batch: Batch) -> pa.Table:
    """The issues that still hold for the cleaned records: a merged record answers for its golden cells only."""
    issues = batch.evidence.issues
    changes = batch.evidence.changes
    golden = np.zeros(len(batch) + 1, bool)
    merged_into = pc.match_substring_regex(changes["step"].cast(pa.string()), "^survive")
    golden[changes.filter(merged_into)["row"].to_numpy() - batch.first_row] = True
    rows = issues["row"].to_numpy() - batch.first_row
    judged = np.asarray(pc.starts_with(issues["rule"].cast(pa.string()), GOLDEN).to_numpy(), bool)
    holds = batch.is_disposition("cleaned")[rows] & (judged == golden[rows])
    return issues.filter(pa.array(holds))


def _verdicts(issues: pa.Table) -> pa.Table:
    """The issues that say whether a value is right. Text repair looks at letters, not at what they mean."""
    doubt = pc.is_in(issues["verdict"].cast(pa.string()), pa.array(["unknown", "invalid"]))
    own = issues.filter(doubt).select(["row", "column", "rule", "verdict"])
    return own.filter(pc.invert(pc.match_substring(own["rule"].cast(pa.string()), "normalise.text")))


class Judgement:
    """What the terms are computed from, for the records at some positions.

    Attributes
    ----------
    issues : pyarrow.Table
        The issues that speak about the records.
    place : int64 array
        Position in the batch -> place among the records, -1 for others.
    cells : mapping
        Column -> (filled, validity: 1, 0.5 or 0).
    by_group : mapping
        Group of fields -> (filled, validity).
    """

    def __init__(
        self, batch: Batch, context: Context, at: Ints, issues: pa.Table, halves: Mapping[str, Ints] | None = None
    ) -> None:
        self.batch, self.context, self.at, self.issues = batch, context, at, issues
        self.place = np.full(len(batch), -1, np.int64)
        self.place[at] = np.arange(len(at))
        self.groups = field_groups(context)
        self.verdicts = _verdicts(issues)
        columns = {column: None for pairs in self.groups.values() for _, column in pairs}
        self.cells = {column: self._cell(column, (halves or {}).get(column)) for column in columns}
        self.by_group = {group: self._group(group) for group in self.groups}

    def terms(self, survival: Floats, uniqueness: Floats) -> dict[str, Floats]:
        """The five terms; a survival that is not a number is that of a record nothing is known about."""
        weight = self.context.rules.trust.fields
        known, right = np.zeros(len(self.at)), np.zeros(len(self.at))
        for name, (filled, valid) in self.by_group.items():
            known += weight[name] * filled
            right += weight[name] * filled * valid
        total = sum(weight[name] for name in self.by_group)
        return {
            "validity": np.divide(right, known, out=np.zeros(len(self.at)), where=known > 0),
            "completeness": np.asarray(known / (total or 1.0), np.float64),
            "freshness": np.where(np.isnan(survival), 0.5, survival),
            "uniqueness": uniqueness,
            "consistency": 1.0 / (1.0 + self._contradictions()),
        }

    def score(self, terms: Mapping[str, Floats]) -> Floats:
        """The weighted mean of the terms, 0 to 100."""
        weights = {name: float(getattr(self.context.rules.trust, name)) for name in TERMS}
        weighted = np.sum([weights[name] * terms[name] for name in TERMS], axis=0)
        score: Floats = 100.0 * weighted / sum(weights.values())
        return score

    def uniqueness(self, decisions: Sequence[str]) -> Floats:
        """1 less the highest probability of a link of some decisions between two of the records."""
        doubt = np.zeros(len(self.at))
        links = self.batch.evidence.links
        wanted = pc.is_in(links["decision"].cast(pa.string()), pa.array(decisions, pa.string()))
        links = links.filter(wanted) if links.num_rows else links
        left, right = (self.place[links[side].to_numpy() - self.batch.first_row] for side in ("row_l", "row_r"))
        live = (left >= 0) & (right >= 0)
        probability = links["probability"].to_numpy()[live]
        for side in (left, right):
            np.maximum.at(doubt, side[live], probability)
        return 1.0 - doubt

    def _contradictions(self) -> Floats:
        found = self.issues.filter(pc.is_in(self.issues["reason"].cast(pa.string()), pa.array(CONTRADICTIONS)))
        place = self.place[found["row"].to_numpy() - self.batch.first_row]
        return np.bincount(place, minlength=len(self.at)).astype(float)

    def _cell(self, column: str, halves: Ints | None) -> tuple[Mask, Floats]:
        """(filled, validity) of one column; ``halves`` are positions whose cell counts half at most."""
        length = pc.fill_null(pc.binary_length(self.batch.column(column)), 0).to_numpy(zero_copy_only=False)
        validity = np.ones(len(self.at))
        own = self.verdicts.filter(pc.equal(self.verdicts["column"], column))
        for verdict, worth in (("unknown", 0.5), ("invalid", 0.0)):
            rows = own.filter(pc.equal(own["verdict"], verdict))["row"].to_numpy() - self.batch.first_row
            validity[self.place[rows]] = np.minimum(validity[self.place[rows]], worth)
        if halves is not None:
            validity[self.place[halves]] = np.minimum(validity[self.place[halves]], 0.5)
        return length[self.at] > 0, validity

    def _group(self, group: str) -> tuple[Mask, Floats]:
        """A group is filled by any of its cells, and as valid as its best one, or its worst (`_WORST`)."""
        filled, best, worst = np.zeros(len(self.at), bool), np.zeros(len(self.at)), np.ones(len(self.at))
        for _, column in self.groups[group]:
            has, validity = self.cells[column]
            filled |= has
            best = np.where(has, np.maximum(best, validity), best)
            worst = np.where(has, np.minimum(worst, validity), worst)
        return filled, worst if group in _WORST else best
