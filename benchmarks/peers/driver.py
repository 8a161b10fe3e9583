"""Give each tool the same file, measure its process, score what it found; a tool that fails is an outcome as well."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import processes
import pyarrow as pa
from processes import Run
from pyarrow import csv
from sets import Task

from peers.environments import Tool, Unavailable, interpreter
from peers.judge import Judged, best, judge, read_clusters, read_pairs

__all__ = ["Limits", "Outcome", "material", "run_crmclean", "run_tool"]

SOURCE = Path(__file__).resolve().parents[2] / "src"
LABELLED_PAIRS = 500  # true ones that a trained tool is given, and twice as many that are none


@dataclass(frozen=True)
class Limits:
    """How long and how large one process may become, and how often it is run (the median counts)."""

    seconds: float = 900.0
    memory: float = 16.0
    runs: int = 1


@dataclass(frozen=True)
class Outcome:
    """What came of one tool on one set: its figures, or the reason why there are none."""

    run: Run | None = None
    default: Judged | None = None
    best: tuple[float, Judged] | None = None
    reason: str = ""


@dataclass(frozen=True)
class Material:
    """The files a tool is given for a task."""

    task: Task
    table: Path
    fields: Path
    mapping: Path


@contextmanager
def material(task: Task, shape: str) -> Iterator[Material]:
    """Write a task's table, fields, judged pairs and mapping to a folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="crmclean-peers-"))
    try:
        table = folder / "input.csv"
        csv.write_csv(pa.Table.from_pandas(task.frame, preserve_index=False), table)
        labels = folder / "labels.csv"
        _judged_pairs(task).to_csv(labels, index=False)
        fields = folder / "fields.json"
        told = {"shape": shape, "entity": task.entity, "columns": dict(task.mapping), "labels": str(labels)}
        fields.write_text(json.dumps(told), encoding="utf-8")
        mapping = folder / "map.toml"
        lines = [f"{json.dumps(column)} = {json.dumps(field)}\n" for column, field in task.mapping.items()]
        mapping.write_text("".join(lines), encoding="utf-8")
        yield Material(task, table, fields, mapping)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _judged_pairs(task: Task, seed: int = 0) -> pd.DataFrame:
    """True pairs, as many that share a value and are not the same, and as many at random: what a person would judge."""
    rng = np.random.default_rng(seed)
    truth, found = task.truth, []
    order = np.argsort(truth, kind="stable")
    found.append(np.column_stack([order[:-1], order[1:]])[truth[order[1:]] == truth[order[:-1]]])
    alike = []
    for column in task.mapping:
        codes, values = pd.factorize(task.frame[column])
        place = np.lexsort((rng.random(len(codes)), codes))
        same = (codes[place[1:]] == codes[place[:-1]]) & (values[codes[place[1:]]] != "")
        alike.append(np.column_stack([place[:-1], place[1:]])[same][:LABELLED_PAIRS])
    found.append(np.concatenate(alike) if alike else np.zeros((0, 2), np.int64))
    found.append(rng.integers(0, len(truth), (2 * LABELLED_PAIRS, 2)))
    parts = []
    for number, pairs in enumerate(found):
        same = truth[pairs[:, 0]] == truth[pairs[:, 1]]
        fit = pairs[(same == (number == 0)) & (pairs[:, 0] != pairs[:, 1])]
        parts.append(fit[rng.permutation(len(fit))[:LABELLED_PAIRS]])
    judged = pd.DataFrame(np.concatenate(parts), columns=["row_l", "row_r"])
    return judged.assign(match=(truth[judged["row_l"]] == truth[judged["row_r"]]).astype(int))


def _repeat(command: Callable[[Path], list[str]], given: Material, limits: Limits, name: str) -> tuple[Path, Run, str]:
    """(folder written to, median figures, "" or why it failed) of some runs of a command."""
    runs: list[Run] = []
    out = given.table.parent / f"out-{name}"
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    if name == "crmclean":
        environment["PYTHONPATH"] = os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")])
    for _ in range(limits.runs):
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        ended = processes.watch(command(out), seconds=limits.seconds, memory=limits.memory, environment=environment)
        runs.append(ended.run)
        if ended.stopped or ended.code:
            said = ended.said.splitlines() or [f"exit code {ended.code}"]
            return out, ended.run, ended.stopped or f"fails after {ended.run.wall:,.0f} s: {said[-1]}"
    walls, cpus, peaks = ([getattr(one, figure) for one in runs] for figure in ("wall", "cpu", "peak"))
    return out, Run(statistics.median(walls), statistics.median(cpus), int(statistics.median(peaks))), ""


def run_crmclean(given: Material, limits: Limits) -> Outcome:
    """``crmclean dedupe``, the whole process, with the map of columns and the entity and nothing else."""

    def command(out: Path) -> list[str]:
        told = ["--map", str(given.mapping), "--entity", given.task.entity, "-q"]
        return [sys.executable, "-m", "crmclean", "dedupe", str(given.table), "-o", str(out / "found.csv"), *told]

    out, run, reason = _repeat(command, given, limits, "crmclean")
    if reason:
        return Outcome(run, reason=reason)
    wanted = csv.ConvertOptions(
        include_columns=["crmclean_cluster_id"], column_types={"crmclean_cluster_id": pa.string()}
    )
    parse = csv.ParseOptions(newlines_in_values=True)
    labels = csv.read_csv(out / "found.csv", parse_options=parse, convert_options=wanted)["crmclean_cluster_id"]
    return Outcome(run, judge(labels.to_pandas().to_numpy(), given.task.truth))


def run_tool(tool: Tool, given: Material, limits: Limits, cache: Path) -> Outcome:
    """A tool in its own environment, under the common contract; its figures, or why there are none."""
    try:
        python = interpreter(tool, cache)
    except Unavailable as error:
        return Outcome(reason=str(error))

    def command(out: Path) -> list[str]:
        return [str(python), str(tool.script), str(given.table), str(given.fields), str(out)]

    out, run, reason = _repeat(command, given, limits, tool.name)
    if reason:
        return Outcome(run, reason=reason)
    truth = given.task.truth
    try:
        default = judge(read_clusters(out / "clusters.csv", len(truth)), truth)
        pairs = out / "pairs.csv"
        found = best(read_pairs(pairs, len(truth)), truth) if pairs.exists() else None
    except (OSError, ValueError, KeyError, pa.ArrowInvalid) as error:
        return Outcome(run, reason=f"its answer cannot be read: {error}")
    return Outcome(run, default, found)
