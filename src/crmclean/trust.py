"""Trust: a score of 0 to 100 for every cleaned record, from five terms anybody can recompute.

    score = 100 * (w_v V + w_c C + w_f F + w_u U + w_k K) / (w_v + w_c + w_f + w_u + w_k)

V validity: the share of the filled fields that are valid, weighted by field; a value nobody can judge counts half.
C completeness: the share of the fields the file has that are filled, weighted alike.
F freshness: survival of the record since its newest evidence, (1 - r) ** years; one half where nothing is known.
U uniqueness: 1 - the highest probability with which another cleaned record is the same person.
K consistency: 1 / (1 + contradictions), contradictions being cells of the row that cannot all be true.

Weights come from the rules (``[trust]``). The score looks only at the golden record as it is written, so it can be
recomputed from the cleaned file alone, and cleaning that file again gives the same score. `docs/trust.md` has the
formula with an example.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.measures import Counts
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import GRADES, TEXT, constant, enum_array, evidence_table
from crmclean.tables.reasons import sentence

__all__ = ["CONTRADICTIONS", "GOLDEN", "TrustStep", "field_groups", "grade_of", "open_issues"]

Floats = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

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
_GRADE_FLOORS = (90.0, 80.0, 70.0, 60.0)
_MAX_SPOKEN = 60  # reasons that fit one 64-bit pattern


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


def grade_of(score: Floats) -> np.ndarray[Any, Any]:
    """Positions in `GRADES`: A from 90, B from 80, C from 70, D from 60, else F."""
    return np.select([score >= floor for floor in _GRADE_FLOORS], [0, 1, 2, 3], 4).astype(np.int32)


@dataclass(frozen=True)
class TrustStep:
    """The trust of every cleaned record and of its fields, with reasons in words."""

    name: str = "trust"
    scope: Literal["row", "file"] = "file"

    def measure(self, batch: Batch, context: Context) -> Counts:
        """Nothing to count beforehand."""
        return {}

    def apply(self, batch: Batch, context: Context) -> Batch:
        """Write the trust and field_trust tables."""
        at = np.flatnonzero(batch.is_disposition("cleaned"))
        if not len(at):
            return batch
        judge = _Judge(batch, context, at)
        return batch.adding(trust=judge.trust(), field_trust=judge.field_trust())


class _Judge:
    """Arrays shared by the terms; lives for the length of one `apply`."""

    def __init__(self, batch: Batch, context: Context, at: np.ndarray[Any, Any]) -> None:
        self.batch, self.context, self.at = batch, context, at
        self.issues = open_issues(batch)
        self.place = np.full(len(batch), -1, np.int64)
        self.place[at] = np.arange(len(at))
        self.groups = field_groups(context)
        self.cells = {column: self._cell(column) for pairs in self.groups.values() for _, column in pairs}
        self.survival, self.status = self._freshness()

    def _cell(self, column: str) -> tuple[Mask, Floats]:
        """(filled, validity 1 / 0.5 / 0) of one column, for the cleaned rows."""
        length = pc.fill_null(pc.binary_length(self.batch.column(column)), 0).to_numpy(zero_copy_only=False)
        validity = np.ones(len(self.at))
        own = self.issues.filter(pc.equal(self.issues["column"], column))
        # text repair looks at letters, not at what they mean: it has no verdict on the value
        own = own.filter(pc.invert(pc.match_substring(own["rule"].cast(pa.string()), "normalise.text")))
        for verdict, worth in (("unknown", 0.5), ("invalid", 0.0)):
            rows = own.filter(pc.equal(own["verdict"], verdict))["row"].to_numpy() - self.batch.first_row
            validity[self.place[rows]] = np.minimum(validity[self.place[rows]], worth)
        return length[self.at] > 0, validity

    def _freshness(self) -> tuple[Floats, np.ndarray[Any, Any]]:
        survival = np.full(len(self.at), np.nan)
        status = np.full(len(self.at), "unknown", dtype=object)
        table = self.batch.evidence.freshness
        record = table.filter(pc.equal(table["field"], "*"))
        if record.num_rows:
            place = self.place[record["row"].to_numpy() - self.batch.first_row]
            survival[place] = pc.fill_null(record["survival"].cast(pa.float64()), np.nan).to_numpy()
            status[place] = record["status"].cast(pa.string()).to_numpy()
        return survival, status

    def _by_group(self) -> dict[str, tuple[Mask, Floats]]:
        """(filled, validity) per group: a group is filled by any of its cells and as valid as its best one.

        A place is different: it is as valid as its worst cell, since its parts describe one thing.
        """
        found = {}
        for group, pairs in self.groups.items():
            filled = np.zeros(len(self.at), bool)
            best = np.zeros(len(self.at))
            worst = np.ones(len(self.at))
            for _, column in pairs:
                has, validity = self.cells[column]
                filled |= has
                best = np.where(has, np.maximum(best, validity), best)
                worst = np.where(has, np.minimum(worst, validity), worst)
            found[group] = (filled, worst if group in ("place", "name") else best)
        return found

    def _uniqueness(self) -> Floats:
        doubt = np.zeros(len(self.at))
        links = self.batch.evidence.links
        pending = links.filter(pc.equal(links["decision"], "review")) if links.num_rows else links
        for side in ("row_l", "row_r"):
            place = self.place[pending[side].to_numpy() - self.batch.first_row]
            live = (place >= 0) & (self.place[pending["row_l"].to_numpy() - self.batch.first_row] >= 0)
            live &= self.place[pending["row_r"].to_numpy() - self.batch.first_row] >= 0
            np.maximum.at(doubt, place[live], pending["probability"].to_numpy()[live])
        return 1.0 - doubt

    def _contradictions(self) -> Floats:
        found = self.issues.filter(pc.is_in(self.issues["reason"].cast(pa.string()), pa.array(CONTRADICTIONS)))
        place = self.place[found["row"].to_numpy() - self.batch.first_row]
        return np.bincount(place, minlength=len(self.at)).astype(float)

    def trust(self) -> pa.Table:
        """The trust table."""
        rules = self.context.rules.trust
        groups = self._by_group()
        weight = {name: rules.fields[name] for name in groups}
        known = sum(weight[name] * filled for name, (filled, _) in groups.items()) + np.zeros(len(self.at))
        right = sum(weight[name] * filled * valid for name, (filled, valid) in groups.items()) + np.zeros(len(self.at))
        total = sum(weight.values())
        validity = np.divide(right, known, out=np.zeros(len(self.at)), where=known > 0)
        completeness = known / total if total else np.zeros(len(self.at))
        terms = {
            "validity": validity,
            "completeness": completeness,
            "freshness": np.where(np.isnan(self.survival), 0.5, self.survival),
            "uniqueness": self._uniqueness(),
            "consistency": 1.0 / (1.0 + self._contradictions()),
        }
        weights = {name: float(getattr(rules, name)) for name in terms}
        weighted = [weights[name] * values for name, values in terms.items()]
        score = 100.0 * np.sum(weighted, axis=0) / sum(weights.values())
        return evidence_table(
            "trust",
            {
                "row": self.batch.row_numbers[self.at],
                "score": score,
                "grade": enum_array(grade_of(score), GRADES),
                **terms,
                "reasons": self._reasons(groups, terms["uniqueness"]),
            },
        )

    def _reasons(self, groups: Mapping[str, tuple[Mask, Floats]], uniqueness: Floats) -> pa.Array:
        """Reasons in words, worst first: one bit per reason, one text per distinct pattern of bits."""
        spoken: list[tuple[str, Mask]] = []
        severe = self.issues.filter(pc.not_equal(self.issues["severity"], "info"))
        counts = sorted(
            severe["reason"].cast(pa.string()).value_counts().to_pylist(), key=lambda item: str(item["values"])
        )
        order = {"error": 0, "warning": 1}
        for item in sorted(counts, key=lambda item: order.get(self.context.severity(item["values"]), 2)):
            rows = severe.filter(pc.equal(severe["reason"], item["values"]))["row"].to_numpy() - self.batch.first_row
            mask = np.zeros(len(self.at), bool)
            mask[self.place[rows]] = True
            spoken.append((sentence(item["values"]), mask))
        spoken += [(f"no {_LABELS.get(name, name)}", ~filled) for name, (filled, _) in groups.items()]
        spoken += [
            ("nothing confirmed it since the threshold", self.status == "stale"),
            ("nobody knows when it was last confirmed", self.status == "unknown"),
            ("another record may be the same", uniqueness < 1.0),
        ]
        return _texts(spoken[:_MAX_SPOKEN], len(self.at))

    def field_trust(self) -> list[pa.Table]:
        """One table per group of fields: validity x survival x source, raised by what other records corroborate."""
        tables = []
        size = self._cluster_sizes()
        source = self._source_worth()
        survival = self._field_survival()
        for group, pairs in self.groups.items():
            for field, column in pairs:
                has, validity = self.cells[column]
                where = np.flatnonzero(has)
                lived = survival.get(field, survival.get(group, self.survival))
                lived = np.where(np.isnan(lived), 0.5, lived)[where]
                corroboration = 1.0 - 0.5 ** (size[where] - 1.0)
                base = validity[where] * lived * source[where]
                trust = base + (validity[where] - base) * 0.5 * corroboration
                tables.append(self._field_table(field, where, validity, lived, corroboration, source, trust))
        return tables

    def _field_table(
        self,
        field: str,
        where: Any,
        validity: Floats,
        lived: Floats,
        corroboration: Floats,
        source: Floats,
        trust: Floats,
    ) -> pa.Table:
        return evidence_table(
            "field_trust",
            {
                "row": self.batch.row_numbers[self.at[where]],
                "field": constant(field, len(where)),
                "validity": validity[where].astype(np.float32),
                "survival": lived.astype(np.float32),
                "corroboration": corroboration.astype(np.float32),
                "source": source[where].astype(np.float32),
                "trust": np.clip(trust, 0.0, 1.0).astype(np.float32),
            },
        )

    def _cluster_sizes(self) -> Floats:
        size = np.ones(len(self.batch))
        clusters = self.batch.evidence.clusters
        if clusters.num_rows:
            size[clusters["row"].to_numpy() - self.batch.first_row] = clusters["cluster_size"].to_numpy()
        own: Floats = size[self.at]
        return own

    def _source_worth(self) -> Floats:
        worth = self.context.rules.trust.sources
        encoded = self.batch.rows["source"].combine_chunks()
        values = [worth.get(name or "", 1.0) for name in encoded.dictionary.to_pylist()] + [1.0]
        own: Floats = np.array(values)[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)][self.at]
        return own

    def _field_survival(self) -> dict[str, Floats]:
        table = self.batch.evidence.freshness
        found = {}
        for name in self.context.rules.staleness.yearly_loss:
            own = table.filter(pc.equal(table["field"], name))
            if own.num_rows:
                values = np.full(len(self.at), np.nan)
                place = self.place[own["row"].to_numpy() - self.batch.first_row]
                values[place] = pc.fill_null(own["survival"].cast(pa.float64()), np.nan).to_numpy()
                found[name] = values
        return found


_LABELS = {"email": "e-mail", "title": "job title", "place": "address"}


def _texts(spoken: list[tuple[str, Mask]], length: int) -> pa.Array:
    pattern = np.zeros(length, np.uint64)
    for bit, (_, mask) in enumerate(spoken):
        pattern |= mask.astype(np.uint64) << np.uint64(bit)
    distinct, inverse = np.unique(pattern, return_inverse=True)
    texts = [
        "; ".join(dict.fromkeys(text for bit, (text, _) in enumerate(spoken) if int(value) >> bit & 1))
        for value in distinct
    ]
    return pa.array(texts, TEXT).take(pa.array(inverse))
