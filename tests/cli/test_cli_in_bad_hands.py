"""Wrong usage, wrong files, full disks and signals: an exit code, one sentence, and nothing lost."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from crmclean.cli import main
from tests.cli.test_cli_commands import SAMPLE
from tests.cli.test_cli_commands import run as run_process

RAGGED = SAMPLE + "one;cell;too;many;for;the;header;of;this;file;!\n"


class Said(NamedTuple):
    """What a command printed."""

    stdout: str
    stderr: str


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Said]]:
    """A command in this process, which spares a second of imports each."""
    before = signal.getsignal(signal.SIGTERM)

    def command(*arguments: str, code: int = 0) -> Said:
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        said = Said(*capfd.readouterr())
        assert stop.value.code == code, said
        assert "Traceback" not in said.stderr
        return said

    yield command
    signal.signal(signal.SIGTERM, before)


Run = Callable[..., Said]


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text(SAMPLE, encoding="utf-8")
    return path


def test_an_input_is_never_written_over(run: Run, leads: Path, tmp_path: Path) -> None:
    assert "the input itself" in run("dedupe", str(leads), "-o", str(leads), code=2).stderr
    (tmp_path / "link.csv").symlink_to(leads)
    run("dedupe", str(leads), "-o", str(tmp_path / "link.csv"), code=2)
    assert leads.read_text(encoding="utf-8") == SAMPLE
    out = tmp_path / "out"
    run("clean", str(leads), "-o", str(out), "-q")
    before = (out / "cleaned.csv").read_bytes()
    assert "would be replaced" in run("clean", str(out / "cleaned.csv"), "-o", str(out), code=2).stderr
    assert (out / "cleaned.csv").read_bytes() == before


def test_an_input_is_named_once(run: Run, leads: Path, tmp_path: Path) -> None:
    again = str(tmp_path / "." / "leads.csv")
    assert "given twice" in run("clean", str(leads), again, "--dry-run", code=2).stderr
    assert "standard input is given twice" in run("check", "-", "-", code=2).stderr
    assert "has no name" in run("check", "", code=2).stderr


def test_a_missing_file_is_met_with_what_may_be_meant(run: Run, leads: Path, tmp_path: Path) -> None:
    said = run("check", str(tmp_path / "laeds.csv"), code=3).stderr
    assert f"did you mean {leads}?" in said
    assert f"ls {tmp_path}" in run("check", str(tmp_path / "2026.xlsx"), code=3).stderr
    assert "there is no folder" in run("check", str(tmp_path / "no" / "leads.csv"), code=3).stderr
    assert "standard input" in run_process("check", "-", stdin="", code=3).stderr
    assert "*.csv" in run("check", str(tmp_path), code=3).stderr


def test_an_occupied_folder_is_refused_before_the_work(run: Run, tmp_path: Path) -> None:
    (tmp_path / "occupied").mkdir()
    (tmp_path / "occupied" / "thesis.doc").write_text("mine")
    said = run("clean", str(tmp_path / "not_there.csv"), "-o", str(tmp_path / "occupied"), code=5).stderr
    assert "did not write" in said


def test_nothing_is_left_beside_the_output(run: Run, leads: Path, tmp_path: Path) -> None:
    run("clean", str(leads), "-o", str(tmp_path / "out"), "-q")
    run("clean", str(tmp_path / "none.csv"), "-o", str(tmp_path / "other"), code=3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leads.csv", "out"]


def test_dedupe_keeps_the_text_of_a_line_that_fits_no_header(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "ragged.csv", tmp_path / "out.csv"
    path.write_text(RAGGED, encoding="utf-8")
    done = run("dedupe", str(path), "-o", str(out))
    assert "1 row does not have" in done.stderr
    head, *lines = out.read_text(encoding="utf-8").splitlines()
    assert head.endswith(";crmclean_match_probability;crmclean_raw")
    assert lines[-1].endswith('"one;cell;too;many;for;the;header;of;this;file;!"')
    assert "no folder" in run("dedupe", str(path), "-o", str(tmp_path / "no" / "out.csv"), code=5).stderr


def test_a_terminal_is_told_how_the_file_was_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("# exported today\n\n" + RAGGED, encoding="utf-8")
    said = run("clean", str(path), "-o", str(tmp_path / "out"), "--force").stderr
    assert "ragged.csv: 6 rows; 2 other lines kept apart (1 blank, 1 preamble)" in said
    assert "1 row does not have the table's 9 cells" in said
    assert f"Set aside: {tmp_path / 'out' / 'quarantine.csv'}" in said


def test_a_list_nobody_understands_says_so(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Quux,Frob\nab,cd\nef,gh\n", encoding="utf-8")
    assert "No column was recognised" in run("check", str(path)).stdout


def test_dry_run_says_what_the_circuit_breaker_would_say(run: Run, leads: Path, tmp_path: Path) -> None:
    pack = tmp_path / "tight.toml"
    pack.write_text("extends = 'default'\n[limits]\nmax_merged_share = 0.0\nmin_rows = 0\n")
    said = run("clean", str(leads), "--dry-run", "--rules", str(pack), code=1).stderr
    assert "without --force" in said
    run("clean", str(leads), "--dry-run", "--rules", str(pack), "--force")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_plan_written_by_another_shell(run: Run, leads: Path, tmp_path: Path, encoding: str) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text(run("plan", str(leads)).stdout, encoding=encoding)
    run("check", str(leads), "--plan", str(plan), "-q")


def test_a_wrong_plan_names_the_place(run: Run, leads: Path, tmp_path: Path) -> None:
    plan, text = tmp_path / "plan.toml", run("plan", str(leads)).stdout
    for wrong, said in (
        (text.replace('field = "email"', 'field = "e_mail"').encode(), "did you mean 'email'?"),
        (text.replace('header = "Email"', 'heading = "Email"').encode(), "column 'Email'.heading: unknown key"),
        (b"columns = 3\n", "[[column]]"),
        (b"\xff\xff", "not UTF-8"),
        (text.replace('column = "Email"', 'column = "E-Mail"').encode(), "perhaps it is 'Email' now"),
    ):
        plan.write_bytes(wrong)
        assert said in run("check", str(leads), "--plan", str(plan), code=4).stderr


def test_a_disk_that_is_full_is_named_by_the_file_that_was_asked_for(
    run: Run, leads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("crmclean.files.write._write_pieces", full)
    said = run("dedupe", str(leads), "-o", str(tmp_path / "deduped.csv"), code=5).stderr
    assert f"{tmp_path / 'deduped.csv'} cannot be written: the disk is full" in said
    assert "the disk is full" in run("clean", str(leads), "-o", str(tmp_path / "out"), code=5).stderr
    assert [path.name for path in tmp_path.iterdir()] == ["leads.csv"]
    assert "mkdir -p" in run("rules", "init", str(tmp_path / "no" / "ours.toml"), code=5).stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_standard_output_is_no_bug(leads: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "crmclean", "plan", str(leads)], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 5
    assert "standard output cannot be written" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
@pytest.mark.parametrize("command", ["plan", "profile", "check"])
def test_a_reader_that_has_gone_is_no_error(leads: Path, command: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "crmclean", command, str(leads)], stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_stopped_leaves_nothing(leads: Path, tmp_path: Path, number: int, code: int) -> None:
    command = [sys.executable, "-m", "crmclean", "clean", str(leads), "-o", str(tmp_path / "out")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / ".out.holder").exists() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate()
    assert process.returncode in (code, -number)
    assert "nothing was published" in said
    assert [path.name for path in tmp_path.iterdir()] == ["leads.csv"]
