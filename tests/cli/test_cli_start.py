"""What a command loads before it works: a small file should not wait for what it does not need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WATCHED = ("pandas", "scipy", "jinja2", "crmclean.dedup.core", "crmclean.pipeline")


@pytest.mark.parametrize(
    ("command", "absent"),
    [
        (["--help"], set(WATCHED)),
        (["rules", "list"], {"pandas", "scipy", "jinja2", "crmclean.pipeline"}),
        (["plan", "FILE"], {"scipy", "jinja2", "crmclean.pipeline"}),
        (["profile", "FILE"], {"scipy", "jinja2", "crmclean.pipeline"}),
        (
            ["evaluate", "FILE", "FILE", "--id", "Email", "--cluster", "Name"],
            {"scipy", "jinja2", "crmclean.dedup.core", "crmclean.pipeline"},
        ),
        (["check", "FILE"], {"scipy", "crmclean.dedup.core"}),
    ],
)
def test_a_command_loads_what_it_needs(tmp_path: Path, command: list[str], absent: set[str]) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("Name,Email\nAna Rao,a@x.example\n", encoding="utf-8")
    arguments = [str(path) if word == "FILE" else word for word in command]
    code = (
        "import sys\nfrom crmclean.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit as stop:\n    assert not stop.code\n"
        f"print(*(name for name in {WATCHED!r} if name in sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not absent.intersection(done.stderr.split())


def test_dedupe_loads_neither_pandas_nor_what_other_commands_need(tmp_path: Path) -> None:
    path, out = tmp_path / "leads.csv", tmp_path / "out.csv"
    path.write_text("Name,Email\nAna Rao,a@x.example\nAnna Rao,a@x.example\n", encoding="utf-8")
    command = [sys.executable, "-X", "importtime", "-m", "crmclean", "dedupe", str(path), "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "crmclean.dedup.core" in loaded
    assert not loaded & {
        *("pandas.core", "scipy", "jinja2", "rich", "phonenumbers", "pandera", "pyarrow.parquet"),
        *("crmclean.pipeline", "crmclean.api"),
    }
    assert out.read_text(encoding="utf-8").startswith("Name,Email,crmclean_record_id")


def test_dedupe_with_labels_loads_no_pandas_either(tmp_path: Path) -> None:
    path, labels, out = tmp_path / "leads.csv", tmp_path / "labels.csv", tmp_path / "out.csv"
    path.write_text("Name,Email\nAna Rao,a@x.example\nBo Li,b@y.example\n", encoding="utf-8")
    labels.write_text("left,right,match\n1,2,yes\n", encoding="utf-8")
    files = ["dedupe", str(path), "-o", str(out), "--labels", str(labels)]
    command = [sys.executable, "-X", "importtime", "-m", "crmclean", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "pandas.core" not in {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert [row.split(",")[3] for row in out.read_text(encoding="utf-8").splitlines()[1:]] == ["1", "1"]


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--version"], 0), (["dedupe"], 2), (["dedupe", "none", "-o", "x"], 3)]
)
def test_a_process_ends_with_its_code_and_says_everything_first(arguments: list[str], code: int) -> None:
    done = subprocess.run([sys.executable, "-m", "crmclean", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert "crmclean" in done.stdout + done.stderr


def test_a_profiler_has_its_say(tmp_path: Path) -> None:
    path = tmp_path / "profile"
    command = [sys.executable, "-m", "cProfile", "-o", str(path), "-m", "crmclean", "--version"]
    subprocess.run(command, capture_output=True, check=True)
    assert path.stat().st_size
