"""Trust of the list as it came in: the score of the cleaned records, asked of every row before anything is merged.

The formula is the same. What differs is what it looks at:

- all rows that were read, those that will be set aside or merged away among them;
- a cell that had to be repaired counts half: its value could be recovered, but it was not right as it stood;
- a row is no more unique than its likeliest double, whether that will be merged or put before a person.

A cell that is only written in another form, stray spaces and digits of another script cost nothing, and a word that
stands for an empty cell is an empty cell.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.measures import Counts
from crmclean.recency import NO_DATE, evidence_dates, survival_of
from crmclean.tables.batch import Batch
from crmclean.tables.reasons import REASONS
from crmclean.trust.terms import Floats, Ints, Judgement

__all__ = ["AsReadStep", "judge_as_read"]

_HARMLESS = frozenset({"text.spaces", "missing.placeholder"})
_REPAIRS = [code for code, reason in REASONS.items() if reason.kind == "repair" and code not in _HARMLESS]


@dataclass(frozen=True)
class AsReadStep:
    """Leaves the trust of the rows as they were read among the batch's facts; stands before the first merge."""

    name: str = "as_read"
    scope: Literal["row", "file"] = "file"

    def measure(self, batch: Batch, context: Context) -> Counts:
        """Nothing to count beforehand."""
        return {}

    def apply(self, batch: Batch, context: Context) -> Batch:
        """The batch with the fact ``as_read``: rows, score and the mean of each term; nothing for an empty list."""
        return batch.with_fact("as_read", judge_as_read(batch, context)) if len(batch) else batch


def judge_as_read(batch: Batch, context: Context) -> dict[str, Any]:
    """``rows``, ``score`` (mean over all rows), ``terms`` (means) and ``sources`` (mean score by source)."""
    everyone = np.arange(len(batch))
    judge = Judgement(_without_stamps(batch, context), context, everyone, batch.evidence.issues, _repaired(batch))
    terms = judge.terms(_survival(batch, context), judge.uniqueness(("match", "review")))
    score = judge.score(terms)
    sources = batch.rows["source"].combine_chunks()
    codes = sources.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    names = sources.dictionary.to_pylist()
    by_source = {name: _mean(score[codes == code]) for code, name in enumerate(names) if name and (codes == code).any()}
    return {
        "rows": len(batch),
        "score": _mean(score),
        "terms": {name: _mean(values) for name, values in terms.items()},
        "sources": dict(sorted(by_source.items())),
    }


def _repaired(batch: Batch) -> dict[str, Ints]:
    """Column -> positions of the cells that had to be repaired."""
    changes = batch.evidence.changes
    if not changes.num_rows:
        return {}
    found = changes.filter(pc.is_in(changes["reason"].cast(pa.string()), pa.array(_REPAIRS)))
    found = found.select(["column", "row"]).unify_dictionaries().combine_chunks()
    if not found.num_rows:
        return {}
    columns = found["column"].chunk(0)
    rows = found["row"].to_numpy().astype(np.int64) - batch.first_row
    codes = columns.indices.to_numpy(zero_copy_only=False)
    return {name: rows[codes == code] for code, name in enumerate(columns.dictionary.to_pylist())}


def _without_stamps(batch: Batch, context: Context) -> Batch:
    """The batch without the values that the rules wrote into empty cells."""
    stamped = [column for field in context.rules.stamp.fields for column in context.plan.fields.get(field, [])]
    changes = batch.evidence.changes
    for column in stamped:
        own = changes.filter(pc.and_(pc.equal(changes["column"], column), pc.equal(changes["reason"], "rule.stamped")))
        empty = np.zeros(len(batch), bool)
        empty[own["row"].to_numpy() - batch.first_row] = True
        batch = batch.with_columns({column: pc.if_else(pa.array(empty), "", batch.column(column))})
    return batch


def _survival(batch: Batch, context: Context) -> Floats:
    """What is left of each row since its newest evidence; not a number where nothing is known."""
    days = evidence_dates(batch, context)
    age = (context.as_of - datetime.date(1970, 1, 1)).days - days
    # in the precision of the freshness table, so that a clean list has one score and not nearly two
    left = survival_of(age, context.rules.staleness.yearly_loss.get("record", 0.25)).astype(np.float32)
    return np.where(days == NO_DATE, np.nan, left.astype(np.float64))


def _mean(values: Floats) -> float:
    """The mean, rounded so that it does not depend on the order in which rows are summed."""
    return round(float(values.mean()), 6)
