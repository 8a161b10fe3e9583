"""The compiled kernels: built where a compiler is, never loaded for other sources, never needed."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from crmclean.kernels import are_compiled, kernel
from crmclean.kernels.build import FOLDER, build, library_path

COMPILER = any(map(shutil.which, [os.environ.get("CC") or "cc", "gcc", "clang"]))
needs_compiler = pytest.mark.skipif(not COMPILER, reason="no C compiler here: crmclean runs without compiled kernels")


def copy_of_sources(folder: Path) -> Path:
    for source in [*FOLDER.glob("*.c"), *FOLDER.glob("*.h")]:
        shutil.copy(source, folder)
    return folder


@needs_compiler
def test_installing_builds_the_library_of_these_sources() -> None:
    assert library_path().exists(), "install again (or run python -m crmclean.kernels): the sources have changed"
    assert are_compiled()


@needs_compiler
def test_the_sources_compile_without_a_warning(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build(copy_of_sources(tmp_path))
    assert built is not None
    assert built.exists()
    assert capfd.readouterr().err == ""


@needs_compiler
def test_a_library_of_other_sources_is_not_loaded_and_goes(tmp_path: Path) -> None:
    folder = copy_of_sources(tmp_path)
    first = build(folder)
    assert first is not None
    source = folder / "dictionary.c"
    source.write_text(source.read_text(encoding="utf-8") + "\n/* changed */\n", encoding="utf-8")
    assert library_path(folder) != first
    second = build(folder)
    assert second == library_path(folder)
    assert not first.exists()
    assert sorted(folder.glob("_*")) == [second]


def test_without_a_compiler_nothing_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    assert build(copy_of_sources(tmp_path)) is None
    assert not list(tmp_path.glob("_*"))


@needs_compiler
def test_a_failing_compiler_leaves_nothing_behind(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wrong.c").write_text("this is not C", encoding="utf-8")
    assert build(tmp_path) is None
    assert "error" in capfd.readouterr().err
    assert not list(tmp_path.glob("_*"))


def test_they_can_be_left_out() -> None:
    code = "from crmclean import kernels as k; print(k.are_compiled(), k.kernel('dictionary_codes', 'qBBnnniq'))"
    environment = {**os.environ, "CRMCLEAN_KERNELS": "0"}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "None"]


@needs_compiler
def test_an_array_of_another_type_is_refused() -> None:
    codes = kernel("dictionary_codes", "qBBnnniq")
    assert codes is not None
    wrong = np.zeros(2, np.int32)
    with pytest.raises(ctypes.ArgumentError):
        codes(wrong, np.zeros(1, np.uint8), np.zeros(0, np.uint8), 0, 0, 1, wrong, np.zeros(2, np.int64))
