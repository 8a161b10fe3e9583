"""Whether probabilities are right, and what review is worth: ``python benchmarks/reliability.py``.

On generated contacts: of the links of a probability, the share that is true (a reliability diagram), and of the true
pairs that are not merged, the share that is put up for review; and how large the clusters are that hold two people.
Writes the section "Reliability" of RESULTS.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import results
import sets

from crmclean.dedup.components import components
from crmclean.dedup.core import Settings, link_records
from crmclean.evaluate import pairwise
from crmclean.evaluate.links import Links, reliability

__all__ = ["Probabilities", "measure"]

HEADER = ("probability", "links", "mean", "true", "# the share that is true, o where it should end")
NOTE = """Links of generated contacts by probability: how many, their mean probability, and the share that is true.
A bin of fewer than 500 links says little. Then what is put up for review, and the clusters that hold more than one
person."""
_WIDTH = 40
Probabilities = tuple[list[list[str]], str]


def measure(task: sets.Task) -> Probabilities:
    """The rows of the diagram, and what there is to say of the review band and of false clusters."""
    fields: dict[str, list[pa.Array]] = {}
    for column, field in task.mapping.items():
        values = task.frame[column].fillna("").astype(str)
        fields.setdefault(field, []).append(pa.array(values, pa.large_string()))
    found = link_records(fields, Settings(entity=task.entity))
    truth = np.unique(task.truth, return_inverse=True)[1].astype(np.int64)
    left, right = (found.links[side].to_numpy().astype(np.int64) for side in ("row_l", "row_r"))
    bins = reliability(Links(left, right, found.links["probability"].to_numpy()), truth)
    rows = [
        [
            f"{one.low:g} to {one.high:g}",
            f"{one.links:,}",
            f"{one.mean_probability:.3f}",
            f"{one.share_true:.3f}",
            _bar(one.mean_probability, one.share_true),
        ]
        for one in bins
        if one.links and one.mean_probability is not None and one.share_true is not None
    ]
    review = pc.equal(found.links["decision"], "review").to_numpy(zero_copy_only=False)
    true = np.flatnonzero(review & (truth[left] == truth[right]) & (found.cluster[left] != found.cluster[right]))
    scores = pairwise(found.cluster, truth)
    missed = scores.false_negative
    told = np.concatenate([found.cluster, left[true]]), np.concatenate([np.arange(len(truth)), right[true]])
    left_over = pairwise(components(len(truth), *told), truth).false_negative
    return rows, (
        f"Precision {scores.precision:.4f}, recall {scores.recall:.4f}. "
        f"{int(review.sum()):,} pairs for review, {100 * review.sum() / len(truth):.2f} for a hundred records. They "
        f"hold {len(true):,} of the {missed:,} true pairs that are not merged; a person who says yes to these merges "
        f"{missed - left_over:,} ({(missed - left_over) / max(missed, 1):.0%}), for a yes joins whole clusters. "
        + false_clusters(found.cluster, truth)
    )


def false_clusters(cluster: np.ndarray, truth: np.ndarray) -> str:
    """How many clusters hold records of several people, the largest, and the most strays in one: its records beside
    those of its commonest person."""
    people = int(truth.max()) + 1
    held, records = np.unique(cluster.astype(np.int64) * people + truth, return_counts=True)
    owner = held // people
    starts = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
    size, most = np.add.reduceat(records, starts), np.maximum.reduceat(records, starts)
    false = size > most
    if not false.any():
        return "No cluster holds two people."
    strays = (size - most)[false]
    return (
        f"{int(false.sum()):,} clusters hold more than one person; the largest has {int(size[false].max())} records, "
        f"{int(strays.max())} at most are not of its commonest person, and one or two in {(strays <= 2).mean():.0%}."
    )


def _bar(mean: float, true: float) -> str:
    """As many # as the share that is true, and an o where it should end."""
    cells = ["#" if place < round(true * _WIDTH) else "." for place in range(_WIDTH)]
    cells[min(round(mean * _WIDTH), _WIDTH - 1)] = "o"
    return f"`{''.join(cells)}`"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Whether probabilities are right, on generated contacts.")
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3])
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md alone")
    arguments = parser.parse_args()
    parts = []
    for task in (sets.contacts(rows, seed) for rows in arguments.rows for seed in arguments.seeds):
        rows, review = measure(task)
        parts.append(f"{task.name}\n\n{results.table(HEADER, rows)}\n\n{review}")
        print(parts[-1], flush=True)
    if not arguments.no_write:
        results.update_section("Reliability", "\n\n".join([NOTE, *parts]))


if __name__ == "__main__":
    main()
