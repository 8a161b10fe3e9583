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
