"""Processes are measured from outside; a failing one says why."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def speed() -> Any:
    return importlib.import_module("speed")


def test_a_process_has_wall_cpu_and_peak_memory(speed: Any) -> None:
    one = speed.run([sys.executable, "-c", "x = bytearray(64 << 20)"])
    assert one.wall > 0
    assert one.cpu > 0
    assert one.peak > 64 << 20


def test_a_failing_process_says_why(speed: Any) -> None:
    with pytest.raises(RuntimeError, match=r"exit code 3(.|\n)*no such thing"):
        speed.run([sys.executable, "-c", "import sys; print('no such thing', file=sys.stderr); sys.exit(3)"])
    assert speed.run([sys.executable, "-c", "raise SystemExit(1)"], allowed=(0, 1)).wall > 0


def test_the_median_is_of_each_figure_on_its_own(speed: Any) -> None:
    runs = [speed.Run(1.0, 9.0, 5), speed.Run(2.0, 1.0, 7), speed.Run(9.0, 2.0, 6)]
    assert speed.median(runs) == speed.Run(2.0, 2.0, 6)


def test_calibration_reads_every_column_as_text(tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text('"a","b, c"\n"1","x"\n"","y"\n', encoding="utf-8")
    assert importlib.import_module("calibrate").calibrate(path, times=1) > 0


def test_the_memory_of_a_process_is_its_own_not_that_of_who_started_it(speed: Any) -> None:
    ballast = bytearray(b"x") * (256 << 20)
    small = speed.run([sys.executable, "-S", "-c", "pass"])
    assert len(ballast) > small.peak
    assert small.peak < 128 << 20
