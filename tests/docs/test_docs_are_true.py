"""The documentation cannot rot: every command block is run, every Python block executed, every link followed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "sample_data" / "README.md"]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [body for name, body in FENCE.findall(page.read_text(encoding="utf-8")) if name == language]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a reader has in front of them, sharing this environment."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("sample_data", "rules", "benchmarks", "docs"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("README.md", "Makefile", "pyproject.toml", "hatch_build.py", "LICENSE", "CHANGELOG.md"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def environment() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    source = str(ROOT / "src")
    return {**os.environ, "PATH": path, "PYTHONPATH": source}


def shown(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", [page for page in PAGES if page.exists() and blocks(page, "bash")], ids=shown)
def test_every_command_runs(page: Path, clone: Path) -> None:
    for body in blocks(page, "bash"):
        for line in filter(None, (line.strip() for line in body.splitlines())):
            if line == "make test":  # this very test is part of it: see that make knows the way
                line = "make --dry-run test"
            if line == "make demo":  # the environment is there already; run what the target runs
                recipe = subprocess.run(
                    ["make", "--dry-run", "demo"], cwd=clone, capture_output=True, text=True, check=True
                )
                line = next(item for item in recipe.stdout.splitlines() if "crmclean clean" in item)
                line = line.replace(".venv/bin/", "")
            done = subprocess.run(
                line, shell=True, cwd=clone, capture_output=True, text=True, env=environment(), timeout=300
            )
            assert done.returncode == 0, f"{shown(page)}: {line}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", [page for page in PAGES if page.exists() and blocks(page, "python")], ids=shown)
def test_every_python_block_runs(page: Path, clone: Path) -> None:
    for body in blocks(page, "python"):
        done = subprocess.run(
            [sys.executable, "-c", body], cwd=clone, capture_output=True, text=True, env=environment(), timeout=300
        )
        assert done.returncode == 0, f"{shown(page)}\n{body}\n{done.stderr}"


@pytest.mark.parametrize("page", [page for page in PAGES if page.exists() and blocks(page, "toml")], ids=shown)
def test_every_rules_block_is_valid(page: Path) -> None:
    from crmclean.ruleset import load_rules

    for body in blocks(page, "toml"):
        load_rules({"extends": "default", **tomllib.loads(body)})


@pytest.mark.parametrize("page", [page for page in PAGES if page.exists()], ids=shown)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{shown(page)} links to {target}"


def test_the_formula_of_the_documentation_is_the_code() -> None:
    """docs/trust.md works an example by hand; the code gives the same."""
    import pandas as pd

    import crmclean

    frame = pd.DataFrame(
        {
            "First Name": ["John"],
            "Last Name": ["Smith"],
            "Email": ["john.smith@acme.com"],
            "Phone": ["+1 212 555 7890"],
            "Company": ["Acme Inc."],
            "Country": ["US"],
            "Last Activity Date": ["2025-03-18"],
        },
        dtype="str",
    )
    result = crmclean.clean(frame, as_of="2026-11-22")
    trust = result.evidence.trust.to_pylist()[0]
    text = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    assert f"= {trust['score']:.1f}, grade {trust['grade']}" in text
    assert f"= {trust['freshness']:.3f}." in text
