"""The wheel: built from the source, unpacked, and every rules pack and list loaded from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def build(source: Path, out: Path, **environment: str) -> Path:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("wheel"))


def libraries(wheel: Path) -> list[str]:
    return [name for name in zipfile.ZipFile(wheel).namelist() if "/kernels/_" in name and "__" not in name]


def test_a_compiler_makes_a_wheel_with_kernels_for_this_platform(wheel: Path) -> None:
    if not any(map(shutil.which, ["cc", "gcc", "clang"])):
        pytest.skip("no C compiler here: the wheel is pure Python")
    assert len(libraries(wheel)) == 1
    assert "-py3-none-" in wheel.name
    assert not wheel.name.endswith("-any.whl")


def test_without_a_compiler_the_wheel_is_pure_and_works(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("_compiled-*", "__pycache__"))
    shutil.copytree(ROOT / "rules", source / "rules")
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "CHANGELOG.md"):
        shutil.copy(ROOT / name, source)
    (tmp_path / "no compilers").mkdir()
    pure = build(source, tmp_path, PATH=str(tmp_path / "no compilers"), CC="")
    assert pure.name.endswith("-py3-none-any.whl")
    assert libraries(pure) == []
    zipfile.ZipFile(pure).extractall(tmp_path / "here")
    script = (
        "import pandas as pd, crmclean\n"
        "from crmclean.kernels import are_compiled\n"
        "assert not are_compiled()\n"
        "names = {'First Name': ['Ada'] * 2, 'Last Name': ['Byron'] * 2}\n"
        "frame = pd.DataFrame(names | {'Email': ['ada@byron.org', 'Ada@Byron.org']})\n"
        "assert len(crmclean.clean(frame, as_of='2026-11-22').cleaned) == 1\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "here")}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr


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
        "from crmclean.kernels import are_compiled\n"
        "assert are_compiled() == (sys.argv[2] == '1')\n"
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
        [sys.executable, "-c", script, str(tmp_path), str(len(libraries(wheel)))],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert "tradeshow" in done.stdout
