"""The nightly job: locks, run folders, ``latest``, the stored plan, and what a killed run leaves behind."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crmclean.errors import LockHeld
from crmclean.runs import State, hold_lock

ROWS = "First Name,Last Name,Email,Last Activity Date\n" + "".join(
    f"Ann{i},Lee{i},ann{i}@globex.com,2025-0{i % 9 + 1}-15\n" for i in range(60)
)


def nightly(tmp_path: Path, *more: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crmclean", "clean", str(tmp_path / "export.csv")]
    command += ["-o", str(tmp_path / "out"), "--state", str(tmp_path / "state"), "-q", *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, env=env)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    (tmp_path / "export.csv").write_text(ROWS, encoding="utf-8")
    return tmp_path


def test_runs_accumulate_latest_points_to_the_last_and_old_ones_go(export: Path) -> None:
    pack = export / "keep.toml"
    pack.write_text("extends = 'default'\n[nightly]\nkeep_runs = 2\n")
    for _ in range(3):
        done = nightly(export, "--rules", str(pack))
        assert done.returncode == 0, done.stderr
        assert done.stderr.count("\n") == 1
    runs = sorted(path.name for path in (export / "out").iterdir() if path.name != "latest")
    assert len(runs) == 2
    assert (export / "out" / "latest").resolve().name == runs[-1]
    assert (export / "state" / "plan.toml").exists()


def test_the_stored_plan_is_reused_and_a_changed_header_is_an_error(export: Path) -> None:
    assert nightly(export).returncode == 0
    plan = export / "state" / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace('field = "last_activity_at"', 'field = "created_at"'))
    assert nightly(export).returncode == 0
    manifest = json.loads((export / "out" / "latest" / "manifest.json").read_text())
    assert "created_at" in {column["field"] for column in manifest["plan"]["column"]}
    (export / "export.csv").write_text(ROWS.replace("Email", "Mailbox"), encoding="utf-8")
    done = nightly(export)
    assert done.returncode == 4
    assert "Email" in done.stderr


def test_a_second_run_is_told_who_holds_the_lock(export: Path) -> None:
    lock = State(export / "state", export / "out").lock
    with hold_lock(lock):
        done = nightly(export)
        assert done.returncode == 6
        assert f"process {os.getpid()} on" in done.stderr
        assert "since" in done.stderr
        with pytest.raises(LockHeld), hold_lock(lock):
            pass
    assert nightly(export).returncode == 0


def test_it_runs_in_an_empty_environment(export: Path) -> None:
    done = nightly(export, env={})
    assert done.returncode == 0, done.stderr
    assert "60 rows read" in done.stderr


def test_the_script_runs_from_cron_with_nothing_in_the_environment(export: Path) -> None:
    script = Path(sys.executable).with_name("crmclean")
    if not script.exists():
        pytest.skip("crmclean is not installed in this environment")
    line = f"{script} clean {export / 'export.csv'} -o {export / 'out'} --state {export / 'state'} -q"
    done = subprocess.run(["/usr/bin/env", "-i", "/bin/sh", "-c", line], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert (export / "out" / "latest" / "report.html").exists()


@pytest.mark.acceptance
def test_killed_at_any_moment_the_last_good_output_is_intact(export: Path) -> None:
    """Twenty runs are killed at twenty moments; after each, what was there is whole, and the next run succeeds."""
    started = time.monotonic()
    assert nightly(export).returncode == 0
    length = time.monotonic() - started
    random_moments = random.Random(7)
    killed, attempts = 0, 0
    while killed < 20:
        attempts += 1
        assert attempts < 100, "the runs end before they can be killed"
        latest = (export / "out" / "latest").resolve()
        before = digest(latest)
        command = [sys.executable, "-m", "crmclean", "clean", str(export / "export.csv"), "-q"]
        command += ["-o", str(export / "out"), "--state", str(export / "state")]
        begun = time.monotonic()
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            process.wait(timeout=length * random_moments.uniform(0.05, 1.0))
            length = min(length, time.monotonic() - begun)  # it was faster than the moment: aim earlier
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
        after = (export / "out" / "latest").resolve()
        assert after != latest or digest(after) == before
        assert (after / "manifest.json").exists()
        assert (after / "cleaned.csv").exists()
    assert nightly(export).returncode == 0
    left = [path.name for path in (export / "out").iterdir() if path.name.startswith(".crmclean-")]
    assert left == []


@pytest.mark.acceptance
def test_killed_while_replacing_a_single_output_folder(export: Path) -> None:
    """Without a state folder the previous output survives, or comes back with the next run."""
    out = export / "single"
    command = [sys.executable, "-m", "crmclean", "clean", str(export / "export.csv"), "-o", str(out), "-q"]
    started = time.monotonic()
    assert subprocess.run(command, check=False).returncode == 0
    length = time.monotonic() - started
    for place in range(6):
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            process.wait(timeout=length * (0.7 + 0.05 * place))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert (out / "manifest.json").exists() or list(export.glob(".crmclean-single-*-old"))
    assert subprocess.run(command, check=False).returncode == 0
    assert (out / "cleaned.csv").exists()


def digest(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_full_disk_is_one_clear_sentence(export: Path) -> None:
    """A limit on the size of files stands for the disk: the system refuses to write on, root or not."""
    before = sorted(path.name for path in export.iterdir())
    command = [sys.executable, "-m", "crmclean", "clean", str(export / "export.csv"), "-o", str(export / "out"), "-q"]
    full = (resource.RLIMIT_FSIZE, (4096, 4096))
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=240, preexec_fn=lambda: resource.setrlimit(*full)
    )
    assert done.returncode == 5, done.stderr
    assert "cannot be written" in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2
    left = sorted(path.name for path in export.iterdir() if not path.name.endswith("-lock"))  # a lock file stays
    assert left == before
