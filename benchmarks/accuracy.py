"""Measure how well duplicates are found: ``python benchmarks/accuracy.py``.

One default configuration for all sets; the matcher gets a frame, a map of column names and the entity type, nothing
else. Prints a table and writes the section "Accuracy" of RESULTS.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import results
import sets

import crmclean
from crmclean.evaluate import PairScores, Scores, bcubed, largest_cluster, pairwise

__all__ = ["Measured", "measure"]

HEADER = (
    "set", "entity", "records", "true pairs", "pair P", "pair R", "pair F1", "B3 P", "B3 R", "B3 F1",
    "wrong pairs", "missed pairs", "largest", "true largest", "seconds",
)  # fmt: skip
NOTE = """Pairwise and B-cubed precision (P), recall (R) and F1; the largest cluster found beside the largest there is.
One default configuration for every set: the matcher is given a map of column names to fields and the entity type.
Truth columns and ids are taken off, rows are shuffled. "contacts" come from `benchmarks/make_contacts.py`."""


@dataclass(frozen=True)
class Measured:
    """The scores of one set."""

    task: sets.Task
    pairs: PairScores
    records: Scores
    largest: int
    seconds: float

    def cells(self) -> list[str]:
        """The row of the table."""
        task, pairs, records = self.task, self.pairs, self.records
        scores = (pairs.precision, pairs.recall, pairs.f1, records.precision, records.recall, records.f1)
        return [
            task.name,
            task.entity,
            f"{len(task.frame):,}",
            f"{pairs.true_positive + pairs.false_negative:,}",
            *[f"{score:.4f}" for score in scores],
            f"{pairs.false_positive:,}",
            f"{pairs.false_negative:,}",
            f"{self.largest:,}",
            f"{largest_cluster(task.truth):,}",
            f"{self.seconds:.1f}",
        ]


def measure(task: sets.Task) -> Measured:
    """Deduplicate the frame of a task and score the clusters."""
    start = time.perf_counter()
    found = crmclean.dedupe(task.frame, mapping=dict(task.mapping), entity=task.entity)
    seconds = time.perf_counter() - start
    clusters = found["crmclean_cluster_id"].to_numpy()
    if len(clusters) != len(task.frame):
        raise RuntimeError(f"{task.name}: {len(clusters)} rows came back of {len(task.frame)}")
    return Measured(
        task, pairwise(clusters, task.truth), bcubed(clusters, task.truth), largest_cluster(clusters), seconds
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Accuracy on generated contacts and labelled sets.")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000], help="rows of generated contacts")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--only", nargs="*", help="names of labelled sets (then no contacts)")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md alone")
    arguments = parser.parse_args()
    chosen = (
        (sets.load(name) for name in arguments.only)
        if arguments.only
        else sets.tasks(sizes=tuple(arguments.sizes), seeds=tuple(arguments.seeds))
    )
    rows: list[list[str]] = []
    for task in chosen:
        rows.append(measure(task).cells())
        print("  ".join(rows[-1]), file=sys.stderr, flush=True)
    if missing := sorted({one.name for one in sets.SETS} - {one.name for one in sets.available()}):
        print(f"not there, skipped: {', '.join(missing)} (see {sets.VARIABLE})", file=sys.stderr)
    text = results.table(HEADER, rows)
    print(text)
    if not arguments.no_write and not arguments.only:
        results.update_section("Accuracy", f"{NOTE}\n\nMachine: {results.machine()}.\n\n{text}")


if __name__ == "__main__":
    main()
