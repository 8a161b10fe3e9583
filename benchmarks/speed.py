"""Measure whole processes: ``python benchmarks/speed.py --sizes 10000 100000 1000000 --runs 3``.

Generated contacts go through ``crmclean clean`` and ``crmclean dedupe``, each in a process of its own; wall time, CPU
time and peak memory of that process are the median of some runs. Each time is also given as a multiple of the fixed
job in ``calibrate.py`` run on the same file just before, so that figures from different machines, or from one under
load, can be compared. Start-up is ``crmclean --help`` against importing click alone. Writes the section "Speed" of
RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import processes
import results
from calibrate import calibrate
from make_contacts import make_table
from processes import Run
from pyarrow import csv

__all__ = ["Run", "run", "start_up"]

SOURCE = Path(__file__).resolve().parents[1] / "src"
AS_OF = "2026-11-22"
HEADER = ("command", "rows", "wall s", "CPU s", "peak GiB", "rows/s", "x calibration", "calibration s")
NOTE = """Whole processes, median of {runs}; generated contacts with 16 columns (`benchmarks/make_contacts.py`).
"x calibration" is the wall time as a multiple of reading and dictionary-encoding the same file with pyarrow
(`benchmarks/calibrate.py`)."""


def run(command: list[str], *, allowed: tuple[int, ...] = (0,)) -> Run:
    """Run a command and measure its process; its own messages are shown if it fails."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])}
    ended = processes.watch(command, environment=environment)
    if ended.code not in allowed:
        raise RuntimeError(f"exit code {ended.code} of {' '.join(command)}\n{ended.said[-2_000:]}")
    return ended.run


def median(runs: list[Run]) -> Run:
    """The median of each figure on its own."""
    return Run(
        statistics.median(one.wall for one in runs),
        statistics.median(one.cpu for one in runs),
        int(statistics.median(one.peak for one in runs)),
    )


def start_up(runs: int = 7) -> tuple[float, float]:
    """Median seconds of ``crmclean --help`` and of importing click alone, run in turns."""
    ours, click = [], []
    for _ in range(runs):
        ours.append(run([sys.executable, "-m", "crmclean", "--help"]).wall)
        click.append(run([sys.executable, "-c", "import click"]).wall)
    return statistics.median(ours), statistics.median(click)


@contextmanager
def _contacts(rows: int, seed: int) -> Iterator[tuple[Path, Path]]:
    """(a file of so many contacts, a folder to write to); both are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="crmclean-speed-"))
    try:
        path = folder / f"contacts_{rows}.csv"
        csv.write_csv(make_table(rows, seed)[0], path)
        yield path, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _flatten(timings: object, prefix: str = "") -> dict[str, float]:
    """The numbers of ``timings.json`` by dotted name, whatever its nesting; a list of steps goes by their names."""
    if isinstance(timings, bool) or not isinstance(timings, (dict, list, int, float)):
        return {}
    if isinstance(timings, (int, float)):
        return {prefix: float(timings)}
    if isinstance(timings, list):
        named = [item for item in timings if isinstance(item, dict) and ("step" in item or "name" in item)]
        pairs = [(str(item.get("step", item.get("name"))), item.get("seconds", item.get("wall"))) for item in named]
    else:
        pairs = [(str(key), value) for key, value in timings.items()]
    flat: dict[str, float] = {}
    for key, value in pairs:
        flat.update(_flatten(value, f"{prefix}.{key}" if prefix else key))
    return flat


def _commands(path: Path, folder: Path, run_number: int) -> dict[str, tuple[list[str], tuple[int, ...]]]:
    """The two commands; ``clean`` may end with 1, an objective missed, for the file is meant to be bad."""
    crmclean = [sys.executable, "-m", "crmclean"]
    out = folder / f"clean-{run_number}"
    return {
        "clean": ([*crmclean, "clean", str(path), "-o", str(out), "--as-of", AS_OF, "--force", "-q"], (0, 1)),
        "dedupe": ([*crmclean, "dedupe", str(path), "-o", str(folder / f"dedupe-{run_number}.csv"), "-q"], (0,)),
    }


def _repeat(name: str, path: Path, folder: Path, runs: int) -> tuple[Run, dict[str, float]]:
    """The medians of some runs of one command, and those of its steps if it writes them down."""
    measured: list[Run] = []
    timings: list[dict[str, float]] = []
    for number in range(runs):
        command, allowed = _commands(path, folder, number)[name]
        measured.append(run(command, allowed=allowed))
        found = folder / f"clean-{number}" / "timings.json"
        if name == "clean" and found.exists():
            written = json.loads(found.read_text(encoding="utf-8"))
            timings.append(_flatten(written.get("seconds", written)))
            shutil.rmtree(found.parent)
    keys = [key for key in timings[0] if all(key in one for one in timings)] if timings else []
    return median(measured), {key: statistics.median(one[key] for one in timings) for key in keys}


def _measure(
    rows: int, runs: int, seed: int, chosen: list[str], say: Callable[[str], None]
) -> tuple[list[list[str]], dict[str, dict[str, float]]]:
    """Table rows for one size, and the seconds per step of ``clean``."""
    lines: list[list[str]] = []
    steps: dict[str, dict[str, float]] = {}
    with _contacts(rows, seed) as (path, folder):
        for name in chosen:
            unit = calibrate(path)
            try:
                one, timings = _repeat(name, path, folder, runs)
            except RuntimeError as error:
                say(f"{name} {rows:,}: {error}")
                lines.append([name, f"{rows:,}", "failed", *[""] * (len(HEADER) - 3)])
                continue
            figures = (f"{one.wall:.2f}", f"{one.cpu:.2f}", f"{one.peak / 2**30:.2f}", f"{rows / one.wall:,.0f}")
            lines.append([name, f"{rows:,}", *figures, f"{one.wall / unit:.1f}", f"{unit:.3f}"])
            say("  ".join(lines[-1]))
            if timings:
                steps[f"{rows:,}"] = timings
    return lines, steps


def _steps_table(steps: dict[str, dict[str, float]]) -> str:
    """Seconds per step of ``clean``, a column per size."""
    names = list(dict.fromkeys(name for column in steps.values() for name in column))
    body = [[name, *[f"{column[name]:.2f}" if name in column else "" for column in steps.values()]] for name in names]
    return results.table(["step of clean (s)", *[f"{rows} rows" for rows in steps]], body)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Wall, CPU, memory of whole crmclean processes.")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--commands", nargs="*", choices=["clean", "dedupe"], default=["clean", "dedupe"])
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md alone")
    arguments = parser.parse_args()

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    rows: list[list[str]] = []
    steps: dict[str, dict[str, float]] = {}
    for size in arguments.sizes:
        lines, timings = _measure(size, arguments.runs, arguments.seed, arguments.commands, say)
        rows += lines
        steps.update(timings)
    ours, click = start_up()
    start = (
        f"`crmclean --help` takes {ours:.3f} s, importing click alone {click:.3f} s: {ours / click:.2f} times as long."
    )
    parts = [NOTE.format(runs=arguments.runs), f"Machine: {results.machine()}.", results.table(HEADER, rows), start]
    if steps:
        parts.append(_steps_table(steps))
    text = "\n\n".join(parts)
    print(text)
    if not arguments.no_write:
        results.update_section("Speed", text)


if __name__ == "__main__":
    main()
