"""What a report must be told besides the batch: where the rows came from and what was asked of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from crmclean.tables.fields import BY_NAME

__all__ = ["ColumnFact", "FileFact", "HistoryPoint", "ObjectiveFact", "ReportFacts", "SourceFact"]


@dataclass(frozen=True)
class SourceFact:
    """One input: ``rows`` data rows; ``not_data`` counts lines that are none (preamble, footer, blank ...)."""

    name: str
    rows: int
    columns: int = 0
    digest: str = ""
    encoding: str = ""
    not_data: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ColumnFact:
    """One column of the plan; ``field`` is ``""`` for a column that passes through untouched."""

    column: str
    field: str = ""
    label: str = ""


@dataclass(frozen=True)
class ObjectiveFact:
    """One objective of the rules. ``passed`` is None when it could not be measured.

    ``unit`` says how numbers are written: ``share`` (0.95 as 95%), ``score``, ``days``, ``count`` or ``""``.
    """

    name: str
    target: float | str
    actual: float | str | None
    passed: bool | None
    unit: str = ""


@dataclass(frozen=True)
class FileFact:
    """One file of the output folder; ``rows`` is None where counting rows means nothing."""

    name: str
    rows: int | None = None


@dataclass(frozen=True)
class HistoryPoint:
    """The score of an earlier run."""

    as_of: str
    score: float


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """Facts of a run that are not in its batch.

    Attributes
    ----------
    sources, columns, objectives, files, history : tuples of facts
        ``files`` empty means the files a default run writes.
    rules, version : str
        Name of the rules (packs joined), version of crmclean.
    as_of : date or str
        The day the run took as today.
    balance : mapping or None
        ``read``, ``cleaned``, ``merged``, ``quarantined``; None takes it from the batch (``read`` from the sources).
    threshold_days : int or None
        Age from which a record counts as stale.
    match_probability, review_probability : float or None
        Where the match band and the review band begin.
    blocking_recall : float or None
        Estimated share of the matches that were among the pairs compared.
    trust_weights : mapping of term to float
        Weights of validity, completeness, freshness, uniqueness, consistency; empty means all alike.
    review_pairs : int or None
        Pairs waiting for a person; None counts them in the links.
    dropped_columns : tuple of str
        Columns the rules leave out of the output.
    before_score : float or None
        Trust of the rows as they were read, before anything was repaired, merged or set aside.
    before_terms, before_sources : mapping of str to float
        The mean of each term, and the score of each source, as they were read; empty where nobody counted.
    notes : tuple of str
        Sentences the run wants its reader to see.
    """

    as_of: datetime.date | str
    rules: str = "default"
    version: str = ""
    sources: tuple[SourceFact, ...] = ()
    columns: tuple[ColumnFact, ...] = ()
    objectives: tuple[ObjectiveFact, ...] = ()
    files: tuple[FileFact, ...] = ()
    history: tuple[HistoryPoint, ...] = ()
    balance: Mapping[str, int] | None = None
    threshold_days: int | None = None
    match_probability: float | None = None
    review_probability: float | None = None
    blocking_recall: float | None = None
    trust_weights: Mapping[str, float] = field(default_factory=dict)
    review_pairs: int | None = None
    dropped_columns: tuple[str, ...] = ()
    before_score: float | None = None
    before_terms: Mapping[str, float] = field(default_factory=dict)
    before_sources: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def label_of(self, name: str) -> str:
        """What people call a field: the plan's label, else the vocabulary's, else its name."""
        told = next((fact.label for fact in self.columns if fact.field == name and fact.label), "")
        return told or (BY_NAME[name].label if name in BY_NAME else name)

    def file_named(self, stem: str, default: str) -> str:
        """The output file of a stem, whatever its format."""
        return next((fact.name for fact in self.files if fact.name.partition(".")[0] == stem), default)
