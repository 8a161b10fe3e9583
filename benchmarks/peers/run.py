"""Other tools beside crmclean: ``python benchmarks/peers/run.py --runs 3``.

Splink, GoldenMatch, dedupe, recordlinkage and string_grouper, each in an environment of its own that is made under
``.cache/peers`` at the first run (pip installs the pinned versions), get the same file and a small description of its
columns; crmclean gets the file, the same columns and nothing else. All are whole processes, one at a time. A tool with
a threshold is scored at its default and at the best of many, chosen on the truth. Writes the section "Peers" of
RESULTS.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import results
import sets

import crmclean
from peers.driver import Limits, Outcome, material, run_crmclean, run_tool
from peers.environments import TOOLS, Tool
from peers.judge import Judged

__all__ = ["compare", "lines"]

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "peers"
LABELLED = ("febrl3", "fake_1000", "historical_50k")
HEADER = (
    "set", "tool", "version", "threshold", "pair P", "pair R", "pair F1", "B3 F1", "largest", "seconds", "peak GiB",
    "x crmclean",
)  # fmt: skip
NOTE = """The same file for all, whole processes one at a time{median}; pairwise precision, recall, F1, B-cubed F1, the
largest cluster. Each tool runs as its own documentation advises for such data (`benchmarks/peers/tools/`, one file a
tool); dedupe is given 500 true and 1,000 false pairs to learn from, crmclean one default configuration and no labels.
"best" is the threshold that scores best against the truth, which nobody has in practice. "x crmclean" is the time as a
multiple of crmclean's on the same file; a tool's time ends when its process ends, its memory is that of its largest
process. A tool that failed on a smaller file of a kind is not given a larger one."""


def _shape(name: str) -> str:
    """Whose kind of file a set is, for the tools that are configured per kind."""
    return "febrl" if name.startswith("febrl") else "contacts" if name.startswith("contacts") else name


def _figures(judged: Judged) -> list[str]:
    pairs = judged.pairs
    scores = (pairs.precision, pairs.recall, pairs.f1, judged.bcubed_f1)
    return [*[f"{score:.4f}" for score in scores], f"{judged.largest:,}"]


def lines(
    task: str, tool: str, version: str, default: float | None, outcome: Outcome, ours: float | None
) -> list[list[str]]:
    """The rows of the table for one outcome: one at the default threshold, one at the best, or one with the reason.

    ``ours`` is crmclean's seconds on the same file; None if there is none to compare with.
    """
    run = outcome.run
    cost = ["", "", ""]
    if run is not None:
        ratio = f"{run.wall / ours:.1f}" if ours and not outcome.reason else ""
        cost = [f"{run.wall:.1f}", f"{run.peak / 2**30:.2f}", ratio]
    if outcome.reason or outcome.default is None:
        return [[task, tool, version, outcome.reason, *[""] * 5, *cost]]
    bar = "default" if default is None else f"default {default:g}"
    found = [[task, tool, version, bar, *_figures(outcome.default), *cost]]
    if outcome.best is not None:
        found.append([task, tool, version, f"best {outcome.best[0]:.8g}", *_figures(outcome.best[1]), "", "", ""])
    return found


def compare(
    tasks: Iterator[tuple[str, sets.Task]], tools: Sequence[Tool], limits: Limits, cache: Path
) -> Iterator[list[str]]:
    """The rows of the table, as they are found; ``tasks`` are (kind of file, task), smaller files of a kind first."""
    given_up: set[tuple[str, str]] = set()
    for shape, task in tasks:
        with material(task, shape) as given:
            ours = run_crmclean(given, limits)
            wall = ours.run.wall if ours.run and not ours.reason else None
            yield from lines(task.name, "crmclean", crmclean.__version__, None, ours, wall)
            for tool in tools:
                if (shape, tool.name) in given_up:
                    outcome = Outcome(reason="failed on fewer rows")
                else:
                    outcome = run_tool(tool, given, limits, cache)
                if outcome.reason:
                    given_up.add((shape, tool.name))
                yield from lines(task.name, tool.name, tool.version, tool.default, outcome, wall)


def _chosen(sizes: Sequence[int], seeds: Sequence[int], labelled: Sequence[str]) -> Iterator[tuple[str, sets.Task]]:
    """Generated contacts of the sizes and seeds, then the labelled sets that are there."""
    for rows in sorted(sizes):
        for seed in seeds:
            yield "contacts", sets.contacts(rows, seed)
    there = {one.name for one in sets.available()}
    for name in labelled:
        if name in there:
            yield _shape(name), sets.load(name)
        else:
            print(f"{name} is not there, skipped (see {sets.VARIABLE})", file=sys.stderr)


def main() -> None:
    """The command."""
    names = [tool.name for tool in TOOLS]
    parser = argparse.ArgumentParser(description="crmclean beside other tools on the same files.")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000], help="rows of contacts")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1])
    parser.add_argument("--sets", nargs="*", default=list(LABELLED), help="names of labelled sets")
    parser.add_argument("--tools", nargs="*", choices=names, default=names)
    parser.add_argument("--runs", type=int, default=1, help="runs of each process; the median counts")
    parser.add_argument("--seconds", type=float, default=900, help="stop a process after so many seconds")
    parser.add_argument("--memory", type=float, default=16, help="stop a process at so many GiB")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of the environments")
    parser.add_argument("--keep", action="store_true", help="keep the rows of sets that are not run now")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md alone")
    arguments = parser.parse_args()
    limits = Limits(arguments.seconds, arguments.memory, arguments.runs)
    tools = [tool for tool in TOOLS if tool.name in arguments.tools]
    rows: list[list[str]] = []
    kept = results.rows_of("Peers", HEADER) if arguments.keep else []
    for row in compare(_chosen(arguments.sizes, arguments.seeds, arguments.sets), tools, limits, arguments.cache):
        rows.append(row)
        print("  ".join(row), file=sys.stderr, flush=True)
    run = {row[0] for row in rows}
    text = results.table(HEADER, [*rows, *(row for row in kept if row[0] not in run)])
    print(text)
    if not arguments.no_write:
        note = NOTE.format(median=f", median of {arguments.runs}" if arguments.runs > 1 else "")
        results.update_section("Peers", f"{note}\n\nMachine: {results.machine()}.\n\n{text}")


if __name__ == "__main__":
    main()
