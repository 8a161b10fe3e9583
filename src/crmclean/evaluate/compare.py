"""Two clusterings that know their records by ids, one held against the other; and what of it cannot be scored."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import InputUnreadable, UsageError
from crmclean.evaluate.links import Bin, Links, reliability, sweep
from crmclean.evaluate.scores import ClusterFigures, Codes, PairScores, Scores, bcubed, cluster_figures, pairwise

__all__ = ["Clustering", "Evaluation", "compare"]


@dataclass(frozen=True)
class Clustering:
    """Who belongs together, by record id.

    Attributes
    ----------
    name : str
        What it is called in messages.
    ids : pyarrow.Array of text
        The records, each once.
    labels : int64 array, as long
        Records of one label are together.
    links : Links, optional
        What the clustering was made from.
    short_ids : pyarrow.Array of text, optional
        What the records are called where they come from, if that is not ``ids``; not always unique.
    rest_alone : bool
        Whether records it does not name are known to be on their own (a list of all true pairs), or unknown.
    notes : tuple of str
        What a reader of the scores should know.
    """

    name: str
    ids: pa.Array
    labels: Codes
    links: Links | None = None
    short_ids: pa.Array | None = None
    rest_alone: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """A clustering against the truth; ``sweep`` (by threshold) and ``reliability`` are empty without links."""

    records: int
    predicted_only: int
    true_only: int
    pairs: PairScores
    bcubed: Scores
    clusters: ClusterFigures
    sweep: tuple[tuple[float, PairScores], ...] = ()
    reliability: tuple[Bin, ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON-able values."""
        return {
            "records": {"scored": self.records, "predicted_only": self.predicted_only, "true_only": self.true_only},
            "pairs": {**asdict(self.pairs), "f1": self.pairs.f1},
            "bcubed": {**asdict(self.bcubed), "f1": self.bcubed.f1},
            "clusters": asdict(self.clusters),
            "sweep": [{"threshold": bar, **asdict(scores), "f1": scores.f1} for bar, scores in self.sweep],
            "reliability": [asdict(item) for item in self.reliability],
            "notes": list(self.notes),
        }


def compare(predicted: Clustering, truth: Clustering) -> Evaluation:
    """Score a clustering on the records that the truth knows as well.

    Raises
    ------
    UsageError
        The two have no record in common.
    InputUnreadable
        An id of the truth stands for several predicted records.
    """
    place = _places(predicted, truth)
    known = place >= 0
    true_only = len(truth.ids) - int(known.sum())
    labels = np.where(known, truth.labels[place], -1) if len(truth.ids) else place
    notes = [*predicted.notes, *truth.notes]
    if truth.rest_alone:
        if not known.all():
            notes.append(f"records in no pair of {truth.name}, taken as on their own: {int((~known).sum()):,}")
        labels = np.where(known, labels, int(truth.labels.max(initial=-1)) + 1 + np.arange(len(labels)))
    scored = np.flatnonzero(labels >= 0)
    predicted_only = len(labels) - len(scored)
    for count, here, there in ((predicted_only, predicted, truth), (true_only, truth, predicted)):
        if count:
            notes.append(f"records of {here.name} that are not in {there.name}, left out of the scores: {count:,}")
    if not truth.rest_alone and len(np.unique(labels[scored])) == len(scored) > 1:
        notes.append(f"{truth.name} puts no two of these records together; if its rows are pairs, say --pairs")
    links = predicted.links
    both = predicted.labels[scored], labels[scored]
    return Evaluation(
        records=len(scored),
        predicted_only=predicted_only,
        true_only=true_only,
        pairs=pairwise(*both),
        bcubed=bcubed(*both),
        clusters=cluster_figures(*both),
        sweep=sweep(links, labels) if links else (),
        reliability=reliability(links, labels) if links else (),
        notes=tuple(notes),
    )


def _places(predicted: Clustering, truth: Clustering) -> Codes:
    """Where each predicted record stands in the truth, -1 for nowhere; by the kind of id that finds more of them."""

    def look(ids: pa.Array) -> Codes:
        found = pc.fill_null(pc.index_in(ids, value_set=truth.ids), -1)
        return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)

    ids, place = predicted.ids, look(predicted.ids)
    if predicted.short_ids is not None:
        short = look(predicted.short_ids)
        if (short >= 0).sum() > (place >= 0).sum():
            ids, place = predicted.short_ids, short
    counts = np.bincount(place[place >= 0], minlength=1)
    if not counts.any():
        one, other = (repr(item[0].as_py()) if len(item) else "none" for item in (ids, truth.ids))
        hint = "name the columns that hold the same ids: --id COLUMN --true-id COLUMN"
        if predicted.short_ids is not None:
            hint = "give the truth ids as in the evidence, or the lines of the input and --id line"
        raise UsageError(
            f"{predicted.name} and {truth.name} have no record id in common ({one} here, {other} there)", hint=hint
        )
    if counts.max() > 1:
        twice = truth.ids[int(counts.argmax())].as_py()
        same = predicted.ids.filter(pa.array(place == counts.argmax())).to_pylist()
        raise InputUnreadable(
            f"{truth.name}: the id {twice!r} may be any of {len(same)} records of {predicted.name}",
            hint=f"write it there as in the evidence: {' or '.join(map(str, same[:3]))}",
        )
    return place
