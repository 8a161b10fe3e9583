"""The named checks on whole rows: what no single cell can tell. Each is a function of columns that gives masks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import TEXT
from crmclean.text import match_key

__all__ = ["CHECKS", "Finding"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Finding:
    """Rows (positions) of a column that a check has something to say about."""

    column: str
    reason: str
    verdict: str
    positions: np.ndarray[Any, np.dtype[np.int64]]


Check = Callable[[Batch, Context], Iterator[Finding]]


def required_fields(batch: Batch, context: Context) -> Iterator[Finding]:
    """A required field whose columns are all empty. Missing is not invalid: the verdict is unknown."""
    aligned = ~_unaligned(batch)
    for field in context.rules.validate_.required:
        columns = context.plan.fields.get(field, [])
        empty = aligned.copy()
        for column in columns:
            empty &= ~batch.filled(column)
        if empty.any():
            yield Finding(columns[0] if columns else "", "required.missing", "unknown", np.flatnonzero(empty))


def _unaligned(batch: Batch) -> Mask:
    issues = batch.evidence.issues
    mask = np.zeros(len(batch), bool)
    if issues.num_rows:
        found = issues.filter(pc.equal(issues["reason"], "file.unaligned"))
        mask[found["row"].to_numpy() - batch.first_row] = True
    return mask


def company_as_person(batch: Batch, context: Context) -> Iterator[Finding]:
    """The person's name is, word for word, the company's."""
    fields = context.plan.fields
    if "company" not in fields:
        return
    company = batch.column(fields["company"][0])
    for column, name in _names(batch, context):
        same = pc.and_(pc.equal(match_key(company), match_key(name)), pc.greater(pc.binary_length(company), 0))
        # a one-person firm may well carry its owner's name; two words and more are common there, so this only warns
        at = np.flatnonzero(np.asarray(pc.fill_null(same, False), bool))
        if len(at):
            yield Finding(column, "name.company_in_name", "valid", at)


def _names(batch: Batch, context: Context) -> Iterator[tuple[str, pa.Array]]:
    fields = context.plan.fields
    for column in fields.get("full_name", [])[:1]:
        yield column, batch.column(column)
    if "first_name" in fields and "last_name" in fields:
        first, last = batch.column(fields["first_name"][0]), batch.column(fields["last_name"][0])
        joined = pc.binary_join_element_wise(pc.fill_null(first, ""), pc.fill_null(last, ""), pa.scalar(" ", TEXT))
        yield fields["last_name"][0], pc.utf8_trim_whitespace(joined)


def bogus_pair(batch: Batch, context: Context) -> Iterator[Finding]:
    """A family name that repeats a bogus given name ("test" "Test"): by itself it might be somebody's."""
    fields = context.plan.fields
    for first, last in (("first_name", "last_name"), ("last_name", "first_name")):
        if first not in fields or last not in fields:
            continue
        given, family = fields[first][0], fields[last][0]
        bogus = batch.flagged(given, reasons=["name.bogus"])
        if not bogus.any():
            continue
        same = pc.equal(match_key(batch.column(given)), match_key(batch.column(family)))
        at = np.flatnonzero(
            bogus & np.asarray(pc.fill_null(same, False), bool) & ~batch.flagged(family, reasons=["name.bogus"])
        )
        if len(at):
            yield Finding(family, "name.bogus", "invalid", at)


CHECKS: tuple[tuple[str, Check], ...] = (
    ("required", required_fields),
    ("company_as_person", company_as_person),
    ("bogus_pair", bogus_pair),
)
