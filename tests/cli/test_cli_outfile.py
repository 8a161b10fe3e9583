"""Where ``dedupe`` writes to: a file that appears whole, a link, a device or pipe, standard output."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

SAMPLE = "Name,E-mail\nAda Byron,ada@byron.example\nADA BYRON,Ada@Byron.example\n"
HEADER = "Name,E-mail,crmclean_record_id,crmclean_cluster_id,crmclean_match_probability"


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text(SAMPLE, encoding="utf-8")
    return path


def dedupe(leads: Path, output: str, *more: str, stdout: int | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crmclean", "dedupe", str(leads), "-o", output, "-q", *more]
    return subprocess.run(
        command, stdout=stdout or subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=leads.parent, check=False
    )


def test_a_dash_is_standard_output(leads: Path) -> None:
    done = dedupe(leads, "-")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == HEADER
    assert len(done.stdout.splitlines()) == 3
    assert not (leads.parent / "-").exists()
    assert "2 rows are 1 person record;" in done.stderr


def test_the_table_and_json_are_not_mixed(leads: Path) -> None:
    done = dedupe(leads, "-", "--json")
    assert done.returncode == 2
    assert "--json" in done.stderr


def test_a_reader_that_goes_away_is_no_error(leads: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = dedupe(leads, "-", stdout=writing)
    finally:
        os.close(writing)
    assert "Traceback" not in done.stderr
    assert "cannot be written" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="needs /dev/full")
def test_a_full_disk_behind_standard_output_is_told(leads: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = dedupe(leads, "-", stdout=full.fileno())
    assert done.returncode == 5
    assert "standard output cannot be written: the disk is full" in done.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_written_to_and_stays_one(leads: Path) -> None:
    pipe = leads.parent / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")), daemon=True)
    reader.start()
    assert dedupe(leads, str(pipe)).returncode == 0
    reader.join(30)
    assert read[0].splitlines()[0] == HEADER
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_link_stays_one(leads: Path) -> None:
    target, link = leads.parent / "elsewhere.csv", leads.parent / "link.csv"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    assert dedupe(leads, str(link)).returncode == 0
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").splitlines()[0] == HEADER


def test_a_workbook_is_a_workbook(leads: Path) -> None:
    calamine = pytest.importorskip("python_calamine")
    assert dedupe(leads, "deduped.xlsx").returncode == 0
    rows = calamine.load_workbook(str(leads.parent / "deduped.xlsx")).get_sheet_by_index(0).to_python()
    assert rows[0] == HEADER.split(",")
    assert rows[1][:2] == ["Ada Byron", "ada@byron.example"]


def test_nothing_else_is_left_beside_it(leads: Path) -> None:
    assert dedupe(leads, "deduped.csv").returncode == 0
    assert sorted(path.name for path in leads.parent.iterdir()) == ["deduped.csv", "leads.csv"]
