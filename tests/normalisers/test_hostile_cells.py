"""Hostile cells, long runs of every class of character: harmless, and no dearer than their length."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import crmclean
from benchmarks.hostile_cells import PIECES, hostile_cell
from crmclean.normalisers.registry import KERNELS, missing_kernel, text_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.fields import FIELDS, Kind
from crmclean.tables.normalised import CellOptions, Kernel

Get = Callable[[], Kernel]

REPAIRS: list[tuple[str, Get, str]] = [
    ("text", text_kernel, "first_name"),
    ("text", text_kernel, "street"),
    ("text", text_kernel, "notes"),
]
BY_KIND: list[tuple[str, Get, str]] = [
    ("missing", missing_kernel, "phone"),
    *[("name", KERNELS[Kind.NAME], field) for field in ("full_name", "last_name", "salutation", "suffix")],
    *[(str(kind), get, next(one.name for one in FIELDS if one.kind is kind)) for kind, get in KERNELS.items()],
]
CASES = [pytest.param(get, CellOptions(field=field, region="US"), id=f"{name} {field}") for name, get, field in BY_KIND]
REPAIR_CASES = [
    pytest.param(get, CellOptions(field=field, region="US"), id=f"{name} {field}") for name, get, field in REPAIRS
]


def run(kernel: Kernel, options: CellOptions, size: int) -> pa.Array:
    """All the cells of one size at once: a single one that costs too much shows in the whole."""
    return kernel(pa.array([hostile_cell(name, size) for name in PIECES], TEXT), options, None).value


def steps(work: Callable[[], object]) -> int:
    """Lines of Python executed, in the project and in the libraries it calls."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(("get", "options"), [*CASES, *REPAIR_CASES])
def test_steps_grow_no_faster_than_the_cell(get: Get, options: CellOptions) -> None:
    kernel = get()
    run(kernel, options, 2_000)  # fills what is cached
    few, many = (steps(lambda size=size: run(kernel, options, size)) for size in (2_000, 8_000))
    assert many <= 6 * few + 1_000


@pytest.mark.parametrize(("get", "options"), CASES)
def test_long_cells_come_back_but_for_spaces(get: Get, options: CellOptions) -> None:
    """Nothing that long is a name, a number or a date: it is somebody else's to look at, and must not be lost."""
    found = run(get(), options, 20_000).to_pylist()
    for name, value in zip(PIECES, found, strict=True):
        assert value.split() == hostile_cell(name, 20_000).split(), name


def contacts(size: int) -> pd.DataFrame:
    """A list with every hostile cell in every column, one row each."""
    columns = ("First Name", "Last Name", "Company", "Job Title", "Email", "Phone", "Street", "City", "State")
    columns += ("Postal Code", "Country", "Website", "Created Date", "Email Opt Out", "Lead Source", "Notes")
    cells = [hostile_cell(name, size) for name in PIECES]
    plain = ["Ann", "Lee", "Acme", "Head of IT", "ann@acme.com", "+1 212 456 7890", "1 Main St", "New York", "NY"]
    plain += ["10001", "US", "https://acme.com", "2026-01-02", "0", "Web", "none"]
    rows = [dict(zip(columns, plain, strict=True))] * 20
    rows += [dict.fromkeys(columns, cell) for cell in cells]
    return pd.DataFrame(rows, dtype="str")


def test_a_list_of_hostile_cells_runs_through_every_check() -> None:
    result = crmclean.check(contacts(2_000), as_of="2026-11-22")
    assert result.balance["read"] == 20 + len(PIECES)
    result.batch.check()


@pytest.mark.acceptance
@pytest.mark.parametrize(("get", "options"), [*CASES, *REPAIR_CASES])
def test_a_cell_of_a_megabyte_costs_what_its_length_says(get: Get, options: CellOptions) -> None:
    """Processor time of eight times the length: eight times as much, with room for noise; never sixty-four times."""
    kernel = get()
    short, long = (
        min(_seconds(lambda size=size: run(kernel, options, size)) for _ in range(2)) for size in (128 << 10, 1 << 20)
    )
    assert long <= 24 * max(short, 0.05)


@pytest.mark.acceptance
def test_a_list_of_cells_of_fifty_thousand_characters_runs_through_every_check() -> None:
    result = crmclean.check(contacts(50_000), as_of="2026-11-22")
    assert result.balance["read"] == 20 + len(PIECES)


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
