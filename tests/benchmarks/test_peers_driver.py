"""Other tools beside crmclean: the driver takes what a tool found, or why it found nothing, and never falls over."""

from __future__ import annotations

import csv
import importlib
import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

READ = """import csv, json, sys, time
source, fields, out = sys.argv[1:4]
rows = list(csv.DictReader(open(source, encoding="utf-8", newline="")))
told = json.load(open(fields))
"""
BY_NAME = (
    READ
    + """
cluster = [row["name"] for row in rows]
with open(out + "/clusters.csv", "w", encoding="utf-8", newline="") as file:
    csv.writer(file).writerows([("row", "cluster"), *enumerate(cluster)])
pairs = [(l, r, .9 if rows[l]["mail"] == rows[r]["mail"] else .4)
         for r in range(len(rows)) for l in range(r) if rows[l]["name"] == rows[r]["name"]]
with open(out + "/pairs.csv", "w", encoding="utf-8", newline="") as file:
    csv.writer(file).writerows([("row_l", "row_r", "probability"), *pairs])
"""
)
OUT_OF_RANGE = READ + "open(out + '/clusters.csv', 'w').write('row,cluster\\n0,a\\n99,a\\n')"


@pytest.fixture(scope="module")
def peers() -> dict[str, Any]:
    names = ("environments", "judge", "driver", "run")
    return {name: importlib.import_module(f"peers.{name}") for name in names}


@pytest.fixture
def task() -> Any:
    """Two of one person; two namesakes who are not; one alone, whose cell holds a line break."""
    frame = pd.DataFrame(
        {
            "name": ["Ann Lee", "Ann Lee", "Bo Li", "Bo Li", "Cy\nMay"],
            "mail": ["a@x.io", "a@x.io", "b@x.io", "c@y.io", ""],
        }
    )
    truth = np.array([0, 0, 1, 2, 3])
    return importlib.import_module("sets").Task("five", frame, truth, {"name": "full_name", "mail": "email"}, "person")


@pytest.fixture
def given(peers: dict[str, Any], task: Any) -> Iterator[Any]:
    with peers["driver"].material(task, "five") as files:
        yield files


def tool(peers: dict[str, Any], folder: Path, script: str, name: str = "fake") -> Any:
    path = folder / f"{name}.py"
    path.write_text(script, encoding="utf-8")
    return peers["environments"].Tool(name, path, None, 0.4)


def ask(peers: dict[str, Any], given: Any, folder: Path, script: str, **limits: float) -> Any:
    driver = peers["driver"]
    return driver.run_tool(tool(peers, folder, script), given, driver.Limits(**limits), folder)


def test_clusters_and_the_best_threshold_are_scored(peers: dict[str, Any], given: Any, tmp_path: Path) -> None:
    outcome = ask(peers, given, tmp_path, BY_NAME, runs=2)
    assert outcome.reason == ""
    assert (outcome.default.pairs.precision, outcome.default.pairs.recall) == (0.5, 1.0)
    bar, judged = outcome.best
    assert 0.4 < bar <= 0.9
    assert judged.pairs.f1 == 1.0
    assert judged.largest == 2
    assert 0 < outcome.run.wall < 30
    assert outcome.run.peak > 1 << 20
    first, second = peers["run"].lines("five", "fake", "1.0", 0.4, outcome, outcome.run.wall / 2)
    assert first[:4] == ["five", "fake", "1.0", "default 0.4"]
    assert first[-1] == "2.0"
    assert second[3].startswith("best ")
    assert second[6] == "1.0000"
    assert len(first) == len(second) == len(peers["run"].HEADER)


@pytest.mark.parametrize(
    ("script", "limits", "reason"),
    [
        ("raise SystemExit('I refuse this file')", {}, r"^fails after \d+ s: I refuse this file$"),
        ("import time; time.sleep(60)", {"seconds": 0.3}, r"^stopped after 0 s$"),
        ("x = bytearray(1 << 28); import time; time.sleep(60)", {"memory": 0.1}, r"^stopped at 0.1 GiB after \d+ s$"),
        (READ, {}, "its answer cannot be read: .*clusters.csv"),
        (OUT_OF_RANGE, {}, "its answer cannot be read: .*rows that are not there"),
    ],
)
def test_a_tool_that_fails_is_a_row_with_the_reason(
    peers: dict[str, Any], given: Any, tmp_path: Path, script: str, limits: dict[str, float], reason: str
) -> None:
    outcome = ask(peers, given, tmp_path, script, **limits)
    assert re.search(reason, outcome.reason), outcome.reason
    assert outcome.default is None
    (row,) = peers["run"].lines("five", "fake", "", None, outcome, 1.0)
    assert row[3] == outcome.reason
    assert len(row) == len(peers["run"].HEADER)


def test_children_of_a_tool_end_with_it(peers: dict[str, Any], given: Any, tmp_path: Path) -> None:
    mark = tmp_path / "lived"
    child = f"import time; time.sleep(1.5); open({str(mark)!r}, 'w')"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert ask(peers, given, tmp_path, script, seconds=0.5).reason == "stopped after 0 s"
    time.sleep(1.5)
    assert not mark.exists()


def test_an_environment_that_cannot_be_made_is_a_reason(
    peers: dict[str, Any], given: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environments = peers["environments"]

    def refuse(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(1, command, stderr="looking\nERROR: No matching distribution found")

    monkeypatch.setattr(environments.venv, "create", lambda *_, **__: None)
    monkeypatch.setattr(environments.subprocess, "run", refuse)
    pins = tmp_path / "fake.txt"
    pins.write_text("# one\nfake==9.9\n", encoding="utf-8")
    one = environments.Tool("fake", tmp_path / "fake.py", pins)
    assert one.version == "9.9"
    outcome = peers["driver"].run_tool(one, given, peers["driver"].Limits(), tmp_path)
    assert outcome.reason == "no environment: ERROR: No matching distribution found"
    assert outcome.run is None


def test_a_tool_that_failed_on_few_rows_is_not_given_more(
    peers: dict[str, Any], task: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = peers["run"]
    monkeypatch.setattr(run, "run_crmclean", lambda *_: peers["driver"].Outcome(reason="not asked"))
    tools = [tool(peers, tmp_path, BY_NAME, "good"), tool(peers, tmp_path, "raise SystemExit('no')", "bad")]
    tasks = [("five", task), ("five", task), ("other", task)]
    rows = list(run.compare(iter(tasks), tools, peers["driver"].Limits(), tmp_path))
    assert [row[3] for row in rows if row[1] == "bad" and "s: no" not in row[3]] == ["failed on fewer rows"]
    assert [row[6] for row in rows if row[1] == "good"] == ["0.6667", "1.0000"] * 3


def test_the_files_hold_no_truth_but_the_judged_pairs(peers: dict[str, Any]) -> None:
    task = importlib.import_module("sets").contacts(2_000, 1)
    with peers["driver"].material(task, "contacts") as files:
        with files.table.open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == list(task.frame.columns)
        told = json.loads(files.fields.read_text(encoding="utf-8"))
        assert told["columns"] == dict(task.mapping)
        judged = pd.read_csv(told["labels"])
    same = task.truth[judged["row_l"]] == task.truth[judged["row_r"]]
    assert judged["match"].eq(same).all()
    assert judged["match"].sum() == 500
    assert (judged["match"] == 0).sum() > 900
    assert (judged["row_l"] != judged["row_r"]).all()


def test_crmclean_is_run_as_its_command(peers: dict[str, Any], given: Any) -> None:
    outcome = peers["driver"].run_crmclean(given, peers["driver"].Limits())
    assert outcome.reason == ""
    assert outcome.default.pairs.recall == 1.0
    assert outcome.default.largest == 2
    assert outcome.run.peak > 50 << 20


def test_every_tool_has_a_script_and_pins_its_own_version(peers: dict[str, Any]) -> None:
    for one in peers["environments"].TOOLS:
        assert one.version, one.name
        text = one.script.read_text(encoding="utf-8")
        assert "INPUT.csv FIELDS.json OUT_FOLDER" in text
        compile(text, one.script.name, "exec")


def test_the_results_section_is_written_when_asked(
    peers: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run, results = peers["run"], importlib.import_module("results")
    path = tmp_path / "RESULTS.md"
    monkeypatch.setattr(run, "_chosen", lambda *_: iter([]))
    monkeypatch.setattr(results, "update_section", lambda name, text: path.write_text(f"{name}\n{text}"))
    monkeypatch.setattr("sys.argv", ["run.py", "--no-write"])
    run.main()
    assert not path.exists()
    monkeypatch.setattr("sys.argv", ["run.py", "--runs", "3"])
    run.main()
    assert path.read_text(encoding="utf-8").startswith("Peers\n")
    assert "median of 3" in path.read_text(encoding="utf-8")
    assert "x crmclean" in capsys.readouterr().out
