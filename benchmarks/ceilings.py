"""What the labelled sets can give at most: ``python benchmarks/ceilings.py``.

Where a set's score is short of what is wished for, three things can be at fault: pairs that were never compared,
weights that do not fit the file, or records that agree on too little to be told from others. Four figures tell which:

* ``now``: the default configuration.
* ``all pairs``: the same fitted weights, but every pair of records is a candidate. What it gains was lost by blocking.
* ``true weights``: every pair a candidate, m from the true pairs, u from the random pairs that are none, the prior the
  true share. What it gains was lost by fitting without labels.
* ``best threshold``: the same, at the best of the thresholds tried, by the truth. What it gains is the price of merging
  only what is probable; what is missed even here is missed by the levels, or the records do not tell.

The pairs missed at the best threshold are listed with the fields they agree on (``--list`` prints each of them).
Sets of more than ``--most`` records are left out: all their pairs are too many.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
import pyarrow as pa
import results
import sets

from crmclean.dedup.bounds import bounds_of, may_link
from crmclean.dedup.cluster import cluster_records
from crmclean.dedup.core import Settings, link_records
from crmclean.dedup.decide import decide_links
from crmclean.dedup.guard import guard_of
from crmclean.dedup.model import Chance, draw_chance, prior_model, random_pairs, with_chance
from crmclean.dedup.pairs import pairs_of_runs, runs
from crmclean.dedup.priors import DIFFERENT
from crmclean.dedup.weights import Model
from crmclean.dedup.workings import Workings, frozen_model, prepare
from crmclean.evaluate import pairwise

__all__ = ["Ceiling", "ceiling_of", "missed_pairs", "true_model"]

PERSONS = ("febrl1", "febrl2", "febrl3", "febrl4", "fake_1000", "RLdata500", "RLdata10000", "senzing_persons")
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
HEADER = ("set", "now", "all pairs", "true weights", "best threshold", "at", "missed", "alike in two fields at most")
NOTE = """Pairwise F1. "now" is the default configuration; "all pairs" the same weights with every pair of records a
candidate (what it gains was lost by blocking); "true weights" has every pair a candidate, and m, u and the prior from
the truth; "best threshold" also picks the threshold ("at") by the truth: the ceiling of these comparison levels.
"missed" are the true pairs that even this leaves apart; below they are counted by the fields they agree on.
`python benchmarks/ceilings.py --list` prints each of them."""
_ROWS = 400_000  # pairs of records looked at together
_BELIEF = 2.0  # pairs that the shipped shares are worth beside the true ones
Ints = np.ndarray[Any, Any]
Frequencies = Mapping[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Ceiling:
    """The figures of a set, and the pairs missed at the best threshold as positions in its frame."""

    now: float
    all_pairs: float
    true_weights: float
    best: float
    threshold: float
    missed: list[tuple[int, int]]


def ceiling_of(task: sets.Task) -> Ceiling:
    """Measure one set."""
    settings = Settings(entity=task.entity)
    fields = _fields(task)
    found = link_records(fields, settings)
    work = prepare(fields, settings)
    truth = task.truth[work.records.position]
    fitted = frozen_model(prior_model(task.entity, work.comparer.active, len(truth)), found.measures)
    usual = settings.match_probability
    all_pairs = _clusters(work, fitted, settings, (usual,))[usual]
    by_threshold = _clusters(work, true_model(work, truth, fitted), settings, (usual, *THRESHOLDS))
    score = {threshold: pairwise(labels, truth).f1 for threshold, labels in by_threshold.items()}
    threshold = max(score, key=lambda tried: (score[tried], tried))
    labels = by_threshold[threshold]
    missed = [
        (int(work.records.position[a]), int(work.records.position[b]))
        for a, b in zip(*_true_pairs(truth), strict=True)
        if labels[a] != labels[b]
    ]
    return Ceiling(
        pairwise(found.cluster, task.truth).f1,
        pairwise(all_pairs, truth).f1,
        score[usual],
        score[threshold],
        threshold,
        missed,
    )


def true_model(work: Workings, truth: Ints, fitted: Model) -> Model:
    """The model whose m, u and prior are those of the truth; what is no share of pairs stays as fitted."""
    count = len(truth)
    left, right = _true_pairs(truth)
    levels, _ = work.comparer.levels(left, right)
    believed = prior_model(fitted.entity, work.comparer.active, count).m
    m = dict(fitted.m)
    for item in work.comparer.active:
        seen = np.bincount(levels[item.name], minlength=item.size).astype(np.float64)
        seen[:DIFFERENT] = 0.0
        shares = seen + _BELIEF * believed[item.name]
        m[item.name] = shares / shares.sum()
    drawn = random_pairs(count)
    apart = truth[drawn[0]] != truth[drawn[1]]
    levels, _ = work.comparer.levels(drawn[0][apart], drawn[1][apart])
    rates = {item.name: np.bincount(levels[item.name], minlength=item.size) for item in work.comparer.active}
    chance = Chance(drawn[0][apart], drawn[1][apart], rates, draw_chance(work.comparer, work.tables).near)
    of_others = with_chance(replace(fitted, m=m, prior=1e-12), chance)  # no match is among these pairs
    return replace(of_others, prior=max(len(left), 1) / max(count * (count - 1) / 2, 1.0))


def missed_pairs(task: sets.Task, pairs: list[tuple[int, int]]) -> list[tuple[str, ...]]:
    """For each pair the fields in which its records are the same and not empty (case and spaces apart)."""
    frame = task.frame[list(task.mapping)].fillna("").astype(str)
    plain = {
        task.mapping[column]: frame[column].str.casefold().str.split().str.join(" ").to_numpy() for column in frame
    }
    return [tuple(name for name, values in plain.items() if values[a] and values[a] == values[b]) for a, b in pairs]


def _fields(task: sets.Task) -> dict[str, list[pa.Array]]:
    fields: dict[str, list[pa.Array]] = {}
    for column, field in task.mapping.items():
        values = task.frame[column].fillna("").astype(str)
        fields.setdefault(field, []).append(pa.array(values, pa.large_string()))
    return fields


def _true_pairs(truth: Ints) -> tuple[Ints, Ints]:
    codes = np.unique(truth, return_inverse=True)[1]
    order = np.argsort(codes, kind="stable")
    left, right = pairs_of_runs(order, *runs(codes[order]))
    return np.minimum(left, right), np.maximum(left, right)


def _rows_of_pairs(count: int) -> Iterator[tuple[Ints, Ints]]:
    """All pairs of so many records, some rows of the triangle at a time."""
    step = max(_ROWS // max(count, 1), 1)
    for start in range(0, count, step):
        rows = np.arange(start, min(start + step, count))
        left, right = np.repeat(rows, count), np.tile(np.arange(count), len(rows))
        upper = left < right
        yield left[upper], right[upper]


def _links(work: Workings, model: Model, settings: Settings) -> tuple[Ints, Ints, Frequencies]:
    """Every pair of at least ``keep_probability``, and its weights."""
    bounds = bounds_of(model, work.comparer, work.tables)
    keep = float(np.log2(settings.keep_probability / (1 - settings.keep_probability)))
    needed = keep - float(np.log2(model.prior / (1 - model.prior)))
    parts: list[tuple[Ints, ...]] = []
    for one, other in _rows_of_pairs(work.records.count):
        able = may_link(bounds, one, other, needed)
        scored, _ = work.score(model, one[able], other[able])
        good = scored.weight >= keep
        parts.append((one[able][good], other[able][good], scored.weight[good], scored.identity[good]))
    left, right, weight, identity = (np.concatenate(column) for column in zip(*parts, strict=True))
    return left, right, {"weight": weight, "identity": identity}


def _clusters(work: Workings, model: Model, settings: Settings, thresholds: tuple[float, ...]) -> dict[float, Ints]:
    """The clusters at each threshold, every pair of records a candidate."""
    left, right, scored = _links(work, model, settings)
    found = {}
    for threshold in thresholds:
        chosen = replace(
            settings, match_probability=threshold, review_probability=min(threshold, Settings().review_probability)
        )
        some = decide_links(scored, left, right, None, threshold, chosen.review_probability).is_match
        links = left[some], right[some], scored["weight"][some]
        guard = guard_of(work, model, chosen)
        found[threshold] = cluster_records(work.records.count, *links, guard).labels
    return found


def _by_fields(alike: list[tuple[str, ...]], most: int = 6) -> str:
    """Missed pairs counted by the fields they agree on, the commonest first."""
    counted = Counter(alike).most_common()
    told = [f"{number} x {', '.join(names) or 'nothing'}" for names, number in counted[:most]]
    rest = sum(number for _, number in counted[most:])
    return "; ".join(told) + (f"; {rest} in {len(counted) - most} other ways" if rest else "")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="What the labelled sets can give at most, and the pairs missed.")
    parser.add_argument("names", nargs="*", help=f"sets, by default {' '.join(PERSONS)}")
    parser.add_argument("--most", type=int, default=12_000, help="records from which on all pairs are too many")
    parser.add_argument("--list", action="store_true", help="print each missed pair and what it agrees on")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md alone")
    arguments = parser.parse_args()
    known = {one.name for one in sets.available()}
    rows, told = [], []
    for name in arguments.names or [name for name in PERSONS if name in known]:
        task = sets.load(name)
        if len(task.frame) > arguments.most:
            print(f"{name}: {len(task.frame):,} records are too many to compare all with all", file=sys.stderr)
            continue
        found = ceiling_of(task)
        alike = missed_pairs(task, found.missed)
        figures = [f"{figure:.4f}" for figure in (found.now, found.all_pairs, found.true_weights, found.best)]
        poor = str(sum(len(fields) <= 2 for fields in alike))
        rows.append([name, *figures, f"{found.threshold:g}", str(len(alike)), poor])
        print("  ".join(rows[-1]), file=sys.stderr, flush=True)
        if alike:
            told.append(f"- {name}: {_by_fields(alike)}")
        if arguments.list:
            columns = list(task.mapping)
            for (a, b), fields in zip(found.missed, alike, strict=True):
                print(f"{name} agree on {', '.join(fields) or 'nothing'}")
                for record in (a, b):
                    print("   ", " | ".join(str(value).strip() for value in task.frame.loc[record, columns]))
    text = results.table(HEADER, rows) + ("\n\nMissed at the best threshold, by equal fields:\n\n" if told else "")
    text += "\n".join(told)
    print(text)
    if not arguments.no_write and not arguments.names:
        results.update_section("Ceilings", f"{NOTE}\n\n{text}")


if __name__ == "__main__":
    main()
