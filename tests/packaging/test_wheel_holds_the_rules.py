"""The wheel: built from the source, unpacked, and every rules pack and list loaded from it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl"))


def test_every_rules_file_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = {
        f"crmclean/_rules/{path.relative_to(ROOT / 'rules')}" for path in (ROOT / "rules").rglob("*") if path.is_file()
    }
    assert shipped <= names
    assert "crmclean/py.typed" in names


def test_every_pack_loads_from_the_unpacked_wheel(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    script = (
        "import crmclean, pathlib, sys\n"
        "from crmclean.ruleset import list_packs, load_rules\n"
        "from crmclean.ruleset.locate import rules_root\n"
        "assert pathlib.Path(crmclean.__file__).is_relative_to(sys.argv[1]), crmclean.__file__\n"
        "assert rules_root().is_relative_to(sys.argv[1]), rules_root()\n"
        "packs = list_packs(); [load_rules(pack) for pack in packs]\n"
        "from crmclean.mapping.packs import load_packs\n"
        "assert len(load_packs()) > 10\n"
        "import pandas as pd\n"
        "frame = pd.DataFrame({'Email': ['a@b.com'], 'Phone': ['212 555 7890'], 'Country': ['USA']}, dtype='str')\n"
        "assert crmclean.clean(frame, as_of='2026-11-22').cleaned['Country'][0] == 'US'\n"
        "print(sorted(packs))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert "tradeshow" in done.stdout
