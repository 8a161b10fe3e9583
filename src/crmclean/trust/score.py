"""The trust step: the score of every cleaned record with its reasons in words, and the trust of its fields."""

from __future__ import annotations

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
from crmclean.trust.terms import Floats, Ints, Judgement, Mask, open_issues

__all__ = ["TrustStep", "grade_of"]

_GRADE_FLOORS = (90.0, 80.0, 70.0, 60.0)
_MAX_SPOKEN = 60  # reasons that fit one 64-bit pattern


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


class _Judge(Judgement):
    """The judgement of the cleaned records; lives for the length of one `apply`."""

    def __init__(self, batch: Batch, context: Context, at: Ints) -> None:
        super().__init__(batch, context, at, open_issues(batch))
        self.survival, self.status = self._freshness()

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

    def trust(self) -> pa.Table:
        """The trust table."""
        terms = self.terms(self.survival, self.uniqueness(("review",)))
        score = self.score(terms)
        return evidence_table(
            "trust",
            {
                "row": self.batch.row_numbers[self.at],
                "score": score,
                "grade": enum_array(grade_of(score), GRADES),
                **terms,
                "reasons": self._reasons(terms["uniqueness"]),
            },
        )

    def _reasons(self, uniqueness: Floats) -> pa.Array:
        """Reasons in words, worst first: one bit per reason, one text per distinct pattern of bits."""
        spoken: list[tuple[str, Mask]] = []
        threshold = self.context.rules.staleness.threshold_days
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
        spoken += [(f"no {_LABELS.get(name, name)}", ~filled) for name, (filled, _) in self.by_group.items()]
        spoken += [
            (f"nothing has confirmed it for more than {threshold} days", self.status == "stale"),
            ("nothing says when it was last confirmed", self.status == "unknown"),
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
