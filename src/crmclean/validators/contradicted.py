"""Cells that the rest of the file contradicts: a slip in a place, a company or a switchboard that other rows spell out.

``birminghxm`` in one of ten rows of a hospital is no second town. Such a cell gets the issue ``value.contradicted`` and
the attribute ``suggestion``; it is never changed. A value that is right by itself (a valid number, a known city, one
that other groups of rows agree on) is nobody's slip, however near: branches and direct lines exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.keys.places import is_known_city, region_key
from crmclean.keys.spelling import edits
from crmclean.measures import Counts
from crmclean.plan import ColumnPlan
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import TEXT, constant, evidence_table
from crmclean.tables.fields import Kind
from crmclean.text import match_key
from crmclean.validators.dependencies import Majority, group_rows, majority_of

__all__ = ["ContradictedStep", "contradicted"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

_REASON = "value.contradicted"
_TARGETS = ("company", "street", "city", "state", "postal_code", "country", "phone", "website")
_SPEAKERS = (Kind.ID, Kind.TEXT, Kind.COMPANY, Kind.STREET, Kind.POSTCODE, Kind.PHONE, Kind.WEBSITE)
_MOST_SPEAKERS = 24
_LONGEST = 200  # letters of a value that is compared letter by letter
_MOST_DISTINCT = 0.5  # values a row, of a column that may speak of others
_CODES = (Kind.REGION, Kind.POSTCODE, Kind.COUNTRY, Kind.PHONE)  # short or of digits: half of it must be in place


@dataclass(frozen=True)
class Slip:
    """Cells of one column that are contradicted.

    Attributes
    ----------
    column : ColumnPlan
        The column.
    rows : int64 array
        Positions of the cells.
    suggestion : large_string array
        What the other rows have.
    votes, voters : int64 array
        How many cells of the widest group have it, of how many.
    speaker : large_string array
        The column whose value those rows share.
    """

    column: ColumnPlan
    rows: Ints
    suggestion: pa.Array
    votes: Ints
    voters: Ints
    speaker: pa.Array


@dataclass(frozen=True)
class ContradictedStep:
    """Flags cells that other rows of the file contradict, with what those have; changes nothing."""

    name: str = "contradicted"
    scope: Literal["row", "file"] = "file"

    def measure(self, batch: Batch, context: Context) -> Counts:
        """Nothing to count beforehand."""
        return {}

    def apply(self, batch: Batch, context: Context) -> Batch:
        """Add the issues, and the attributes ``suggestion`` and ``suggestion_basis``."""
        severity = context.severity(_REASON)
        if severity == "off":
            return batch
        issues, attributes = [], []
        for slip in contradicted(batch, context):
            at, name = slip.rows, slip.column.column
            values = batch.column(name).take(pa.array(at))
            issues.append(
                evidence_table(
                    "issues",
                    {
                        "row": batch.row_numbers[at],
                        "column": constant(name, len(at)),
                        "field": constant(slip.column.field, len(at)),
                        "value": values,
                        "rule": constant("validate.contradicted", len(at)),
                        "reason": constant(_REASON, len(at)),
                        "verdict": constant("valid", len(at)),
                        "severity": constant(severity, len(at)),
                    },
                )
            )
            for attribute, found in (("suggestion", slip.suggestion), ("suggestion_basis", _basis(slip))):
                names = {"column": constant(name, len(at)), "name": constant(attribute, len(at))}
                attributes.append(evidence_table("attributes", {"row": batch.row_numbers[at], **names, "value": found}))
        return batch.adding(issues=issues, attributes=attributes)


def _basis(slip: Slip) -> pa.Array:
    """``9 of 10 rows with the same Account ID``."""
    votes, voters = (pa.array(numbers).cast(TEXT) for numbers in (slip.votes, slip.voters))
    words = [votes, " of ", voters, " rows with the same ", slip.speaker]
    parts = [pa.scalar(part, TEXT) if isinstance(part, str) else part for part in words]
    return pc.binary_join_element_wise(*parts, pa.scalar("", TEXT))


def contradicted(batch: Batch, context: Context) -> Iterator[Slip]:
    """The contradicted cells of each column that names a place, a company or a switchboard."""
    fields = {name: context.plan.fields[name][0] for name in _TARGETS if name in context.plan.fields}
    targets = [context.plan.of(column) for column in fields.values()]
    coded = {item.column: _codes(batch, item) for item in targets}
    opinions: dict[str, list[tuple[str, Majority]]] = {item.column: [] for item in targets}
    for speaker in _speakers(batch, context):
        groups = group_rows(coded[speaker.column][0] if speaker.column in coded else _codes(batch, speaker)[0])
        if groups is None:
            continue
        for item in targets:
            majority = majority_of(groups, coded[item.column][0]) if item.column != speaker.column else None
            if majority is not None:
                opinions[item.column].append((speaker.column, majority))
    for item in targets:
        slip = _slips(batch, item, *coded[item.column], opinions[item.column])
        if slip is not None:
            yield slip


def _speakers(batch: Batch, context: Context) -> list[ColumnPlan]:
    """Columns whose value may say what others are."""
    columns = [
        item for item in context.plan.columns if item.kind in _SPEAKERS and item.column in batch.records.schema.names
    ]
    columns = [item for item in columns if not item.column.startswith("crmclean_")]
    return columns[:_MOST_SPEAKERS] if len(batch) else []


def _codes(batch: Batch, item: ColumnPlan) -> tuple[Ints, pa.Array]:
    """Codes of a column's values without regard to case and punctuation, and the values; an empty cell's code is -1.

    Where nearly every cell is another one, and nobody's neighbour, all codes are -1.
    """
    cells = pc.fill_null(batch.column(item.column), "").dictionary_encode()
    if len(cells.dictionary) > _MOST_DISTINCT * len(cells) and item.field not in _TARGETS:
        return np.full(len(cells), -1, np.int64), pa.array([], TEXT)
    places = cells.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    folded = match_key(cells.dictionary.cast(TEXT)).dictionary_encode()
    values = folded.dictionary.cast(TEXT)
    of_value = folded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    of_value = np.where(np.asarray(pc.equal(values, ""), bool)[of_value], -1, of_value) if len(values) else of_value
    return of_value[places], values


def _slips(
    batch: Batch, item: ColumnPlan, codes: Ints, values: pa.Array, opinions: list[tuple[str, Majority]]
) -> Slip | None:
    """Cells all of whose groups agree on one other value of which the cell's own is a misspelling."""
    if not opinions:
        return None
    wanted = np.full(len(codes), -1, np.int64)
    disputed = codes < 0
    votes, voters, speaker = (np.zeros(len(codes), np.int64) for _ in range(3))
    established = np.zeros(len(values), bool)
    for place, (_, majority) in enumerate(opinions):
        heard = majority.value >= 0
        disputed |= heard & (wanted >= 0) & (majority.value != wanted)
        wanted = np.where(heard, majority.value, wanted)
        better = heard & (majority.votes > votes)
        votes, voters = np.where(better, majority.votes, votes), np.where(better, majority.voters, voters)
        speaker = np.where(better, place, speaker)
        established[majority.value[heard]] = True
    at = np.flatnonzero(~disputed & (wanted >= 0) & (wanted != codes))
    at = at[~established[codes[at]]]
    at = at[~_right_by_itself(batch, item, at)]
    own, other = values.take(pa.array(codes[at])), values.take(pa.array(wanted[at]))
    at = at[_is_slip(item.kind, own, other)]
    if not len(at):
        return None
    # the value as most rows write it
    first = np.full(len(values), -1, np.int64)
    order = np.argsort(_spelling_rank(batch.column(item.column), codes), kind="stable")[::-1]
    first[codes[order]] = order
    names = pa.array([name for name, _ in opinions], TEXT)
    written = batch.column(item.column).take(pa.array(first[wanted[at]]))
    return Slip(item, at, written, votes[at], voters[at], names.take(pa.array(speaker[at])))


def _spelling_rank(cells: pa.Array, codes: Ints) -> Ints:
    """Rank of each row's spelling: the frequent first, of equally frequent ones by text."""
    encoded = pc.fill_null(cells, "").dictionary_encode()
    place = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    counts = np.bincount(place, minlength=len(encoded.dictionary))
    by_text = np.empty(len(counts), np.int64)
    by_text[np.asarray(pc.sort_indices(encoded.dictionary.cast(TEXT)))] = np.arange(len(counts))
    rank = np.empty(len(counts), np.int64)
    rank[np.lexsort((by_text, -counts))] = np.arange(len(counts))
    of_rows: Ints = rank[place]
    return of_rows


def _right_by_itself(batch: Batch, item: ColumnPlan, at: Ints) -> Mask:
    """Cells that are good values of their kind, and so nobody's slip."""
    if item.kind in (Kind.PHONE, Kind.COUNTRY):
        return ~batch.flagged(item.column, verdict="invalid")[at]
    cells = batch.canonical(item.column).take(pa.array(at))
    if item.kind is Kind.CITY:
        return is_known_city(cells)
    if item.kind is Kind.REGION:
        return np.asarray(pc.match_substring_regex(region_key(cells), "^[A-Z]{2}-"), bool)
    return np.zeros(len(at), bool)


def _is_slip(kind: Kind, own: pa.Array, other: pa.Array) -> Mask:
    """Whether one is a misspelling of the other: an edit in four letters, in codes in two, one in any case.

    A number or postcode of the same form as the other may be another number or postcode.
    """
    lengths = np.asarray(pc.utf8_length(other), np.int64)
    allowed = np.maximum(lengths // (2 if kind in _CODES else 4), 1)
    near: Mask = np.abs(np.asarray(pc.utf8_length(own), np.int64) - lengths) <= allowed
    near &= lengths <= _LONGEST
    at = pa.array(np.flatnonzero(near))
    near[near] = edits(own.take(at).to_pylist(), other.take(at).to_pylist()) <= allowed[near]
    if kind in (Kind.PHONE, Kind.POSTCODE):
        near &= ~np.asarray(pc.equal(_form(own), _form(other)), bool)
    return near


def _form(codes: pa.Array) -> pa.Array:
    """Digits as 9, letters as a, nothing else."""
    digits = pc.replace_substring_regex(codes, r"\p{Nd}", "9")
    return pc.replace_substring_regex(pc.replace_substring_regex(digits, r"\pL", "a"), "[^9a]", "")
