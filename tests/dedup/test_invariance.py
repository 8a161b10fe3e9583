"""The result depends on the content alone: not on the chunk size, the number of cores, the run or the row order."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from crmclean.dedup import blocking, core, encode, model, scoring
from crmclean.dedup.core import Settings, link_records
from tests.dedup.dedup_files import fields_of, full_rows, parts_of

ROOT = Path(__file__).parents[2]
POOLS = tuple(module for module in (blocking, core, encode, model, scoring) if hasattr(module, "_THREADS"))


def same(one: core.Result, other: core.Result) -> bool:
    return (
        one.links.equals(other.links)
        and one.cluster.tolist() == other.cluster.tolist()
        and one.measures == other.measures
    )


@pytest.mark.parametrize("chunk", [97, 1_000])
def test_any_chunk_size_gives_the_same(chunk: int) -> None:
    fields = fields_of(full_rows(5, 100))
    assert same(link_records(fields, Settings()), link_records(fields, Settings(chunk_pairs=chunk)))


@pytest.mark.parametrize("entity", ["person", "company"])
@pytest.mark.parametrize("threads", [1, 3])
def test_any_number_of_threads_gives_the_same(entity, threads, monkeypatch) -> None:
    fields = fields_of(full_rows(7, 200))
    usual = link_records(fields, Settings(entity=entity))
    before = pa.cpu_count()
    assert POOLS
    for module in POOLS:
        monkeypatch.setattr(module, "_THREADS", threads)
    try:
        pa.set_cpu_count(threads)
        other = link_records(fields, Settings(entity=entity, chunk_pairs=5_000))
    finally:
        pa.set_cpu_count(before)
    assert same(usual, other)


@pytest.mark.parametrize("seed", [3])
def test_the_order_of_rows_and_columns_does_not_matter(seed) -> None:
    rows = full_rows(seed, 150)
    order = np.random.default_rng(seed).permutation(len(rows))
    shuffled = [dict(reversed(rows[place].items())) for place in order]
    rank = np.arange(len(rows))
    one = link_records(fields_of(rows), Settings(), order=rank)
    other = link_records(fields_of(shuffled), Settings(), order=rank[order])
    assert one.measures == other.measures
    back = np.empty(len(rows), np.int64)
    back[order] = other.cluster
    assert parts_of(one.cluster.tolist()) == parts_of(back.tolist())


def test_two_runs_of_the_command_write_the_same_bytes_on_one_core_and_on_two(tmp_path: Path) -> None:
    pd.DataFrame(full_rows(9, 150)).to_csv(tmp_path / "in.csv", index=False)
    digests = set()
    for run, cores in enumerate(("1", "2", "2")):
        out = tmp_path / f"out{run}.csv"
        environment = {**os.environ, "OMP_NUM_THREADS": cores, "PYTHONHASHSEED": str(run)}
        environment["PYTHONPATH"] = str(ROOT / "src")
        command = [sys.executable, "-m", "crmclean", "dedupe", str(tmp_path / "in.csv"), "-o", str(out), "-q"]
        if cores == "1" and hasattr(os, "sched_setaffinity"):
            core_number = min(os.sched_getaffinity(0))
            command = [sys.executable, "-c", _ON_ONE_CORE.format(core=core_number), *command[3:]]
        subprocess.run(command, check=True, env=environment, capture_output=True, timeout=120)
        digests.add(hashlib.sha256(out.read_bytes()).hexdigest())
    assert len(digests) == 1


_ON_ONE_CORE = "import os; os.sched_setaffinity(0, [{core}]); from crmclean.cli import main; main()"
