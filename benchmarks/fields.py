"""Measure the normalisers, field by field: ``python benchmarks/fields.py --rows 1000000 --runs 5``.

Columns of generated contacts go through the public function of their kind, and a sample of the same values through the
library that one would otherwise call row by row. Then all sixteen columns are normalised and validated together, and
cells made to hurt (`hostile_cells.py`) show what length costs. Each figure is the median of some runs; times are also
given as multiples of the fixed job in ``calibrate.py`` on the file of the same contacts. Writes the section "Fields" of
RESULTS.md.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import results
from calibrate import calibrate
from hostile_cells import PIECES, hostile_cell
from make_contacts import make_table
from pyarrow import csv
from row_by_row import BY_LIBRARY

__all__ = ["Case", "Cost", "cases", "measure"]

AS_OF = "2026-11-22"
SAMPLE = 10_000  # values that the row-by-row library is given
HEADER = (
    "column", "values", "distinct", "wall s", "CPU s", "values/s", "a CPU s",
    "library", "its values/s", "times", "x calibration",
)  # fmt: skip
NOTE = """Public functions on pandas Series, median of {runs} runs; the library is called once a row on {sample:,} of
the values. "values/s" is by the clock, "a CPU s" by seconds of processor time, which other work on the machine disturbs
less; "times" compares the latter. Phones and e-mails are distinct values, the other columns repeat as the contacts do.
"x calibration" is the wall time as a multiple of the fixed job (`benchmarks/calibrate.py`, {unit:.3f} s) on a file of
{rows:,} contacts."""


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock and of processors."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Case:
    """One column: its values, what is run over it, and the name of its row-by-row library."""

    name: str
    values: pd.Series
    function: Callable[[pd.Series], Any]
    library: str


def measure(work: Callable[[], Any], runs: int) -> Cost:
    """The median of some runs, wall and processor time each on its own."""
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return Cost(statistics.median(walls), statistics.median(cpus))


# ---- columns -------------------------------------------------------------------------------------


def _text(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.cast(pa.large_string())


def _filled(column: pa.Array) -> pa.Array:
    return column.filter(pc.not_equal(pc.fill_null(column, ""), ""))


def _numbers(tables: Sequence[pa.Table], rows: int) -> tuple[pd.Series, pd.Series]:
    """Distinct telephone numbers, mobile and other, each with the ISO code of its row's country."""
    from crmclean.normalisers.places import normalise_country

    numbers = pa.concat_arrays([_text(table[name]) for table in tables for name in ("Mobile", "Phone")])
    countries = pa.concat_arrays([_text(table["Country"]) for table in tables for _ in range(2)]).to_pandas()
    iso = normalise_country(countries)["value"]
    frame = pd.DataFrame({"number": numbers.to_pandas(), "region": iso.where(iso.str.len() == 2, "")})
    frame = frame[frame["number"] != ""].drop_duplicates().head(rows)
    return frame["number"].reset_index(drop=True), frame["region"].reset_index(drop=True)


def cases(tables: Sequence[pa.Table], rows: int) -> Iterator[Case]:
    """The columns, as long as there are values, ``rows`` at most."""
    from crmclean.normalisers.companies import normalise_company
    from crmclean.normalisers.dates import normalise_date
    from crmclean.normalisers.emails import normalise_email
    from crmclean.normalisers.names import normalise_name
    from crmclean.normalisers.phones import normalise_phone

    numbers, regions = _numbers(tables, rows)
    yield Case("phones", numbers, lambda series: normalise_phone(series, regions=regions[series.index]), "phonenumbers")
    yield Case(
        "phones of one country",
        numbers[regions == "IN"],
        lambda series: normalise_phone(series, region="IN"),
        "phonenumbers",
    )
    mails = pc.unique(_filled(pa.concat_arrays([_text(table["Email"]) for table in tables])))[:rows]
    yield Case("e-mails", mails.to_pandas(), normalise_email, "email-validator")

    def column(name: str) -> pa.Array:
        return _filled(pa.concat_arrays([_text(table[name]) for table in tables]))[:rows]

    yield Case("dates", column("Last Activity Date").to_pandas(), normalise_date, "dateutil")
    for field, name in (("first_name", "First Name"), ("last_name", "Last Name")):
        yield Case(
            f"{name.lower()}s",
            column(name).to_pandas(),
            lambda series, field=field: normalise_name(series, field=field),
            "nameparser",
        )
    pair = [pa.concat_arrays([_text(table[name]) for table in tables])[:rows] for name in ("First Name", "Last Name")]
    full = pc.utf8_trim_whitespace(pc.binary_join_element_wise(*pair, pa.scalar(" ", pa.large_string())))
    yield Case("full names", _filled(full).to_pandas(), normalise_name, "nameparser")
    yield Case("companies", column("Company").to_pandas(), normalise_company, "cleanco")


def _line(case: Case, runs: int, unit: float) -> list[str]:
    case.function(case.values.head(2_000))  # lists are read and patterns made once
    cost = measure(lambda: case.function(case.values), runs)
    count = len(case.values)
    line = [case.name, f"{count:,}", f"{case.values.nunique():,}", f"{cost.wall:.2f}", f"{cost.cpu:.2f}"]
    line += [f"{count / cost.wall:,.0f}", f"{count / cost.cpu:,.0f}", case.library]
    by_library = BY_LIBRARY.get(case.library)
    if by_library is None:
        return [*line, "-", "-", f"{cost.wall / unit:.2f}"]
    some = case.values.iloc[:: max(1, count // SAMPLE)].tolist()
    theirs = len(some) / measure(lambda: [by_library(text) for text in some], max(1, runs // 2)).cpu
    return [*line, f"{theirs:,.0f}", f"{count / cost.cpu / theirs:.0f}", f"{cost.wall / unit:.2f}"]


# ---- all columns together ------------------------------------------------------------------------


def whole_file(path: Path, runs: int) -> Cost:
    """Normalising and validating all columns of a file that has been read."""
    from crmclean.api import resolve_day
    from crmclean.context import Context
    from crmclean.ingest import ingest
    from crmclean.normalisers.step import NormaliseStep
    from crmclean.pipeline import Pipeline
    from crmclean.ruleset.load import resolve_rules
    from crmclean.validators.evaluate import ValidateStep

    rules = resolve_rules("default", None)
    read = ingest([path], rules, None)
    context = Context(rules, read.plan, resolve_day(AS_OF))
    pipeline = Pipeline((NormaliseStep(), ValidateStep()))
    return measure(lambda: pipeline.run(read.parts, context), runs)


# ---- hostile cells -------------------------------------------------------------------------------


def hostile(sizes: tuple[int, int], runs: int) -> list[list[str]]:
    """Per kernel: seconds for every hostile cell at two lengths, their ratio, and the dearest cell of the longer."""
    from crmclean.normalisers.registry import KERNELS, missing_kernel, text_kernel
    from crmclean.tables.fields import FIELDS
    from crmclean.tables.normalised import CellOptions

    kernels = [("text", text_kernel(), "first_name"), ("missing", missing_kernel(), "phone")]
    kernels += [(str(kind), get(), next(f.name for f in FIELDS if f.kind is kind)) for kind, get in KERNELS.items()]
    lines = []
    for name, kernel, field in kernels:
        options = CellOptions(field=field, region="US")

        def cost(piece: str, size: int, kernel: Any = kernel, options: CellOptions = options) -> float:
            cell = pa.array([hostile_cell(piece, size)], pa.large_string())
            return measure(lambda: kernel(cell, options, None), runs).cpu

        short, long = ({piece: cost(piece, size) for piece in PIECES} for size in sizes)
        worst = max(long, key=lambda piece: long[piece])
        few, many = sum(short.values()), sum(long.values())
        lines.append([name, f"{few:.2f}", f"{many:.2f}", f"{many / few:.1f}", worst, f"{long[worst]:.3f}"])
    return lines


# ---- the command ---------------------------------------------------------------------------------


def report(rows: int, runs: int, seed: int, say: Callable[[str], None]) -> str:
    """The whole section."""
    tables = [make_table(rows, seed)[0], make_table(rows, seed + 1)[0]]  # one list has not enough distinct values
    with tempfile.TemporaryDirectory(prefix="crmclean-fields-") as folder:
        path = Path(folder) / "contacts.csv"
        csv.write_csv(tables[0], path)
        unit = calibrate(path)
        lines = []
        for case in cases(tables, rows):
            lines.append(_line(case, runs, unit))
            say("  ".join(lines[-1]))
        whole = whole_file(path, runs)
    together = (
        f"All {tables[0].num_columns} columns of {rows:,} contacts, normalised and validated: {whole.wall:.2f} s by "
        f"the clock, {whole.cpu:.2f} s of processors, {whole.wall / unit:.1f} times the fixed job."
    )
    say(together)
    sizes = (1 << 18, 1 << 20)
    cells = hostile(sizes, 1)
    header = ["kernel", "256 KiB, s", "1 MiB, s", "ratio", "dearest cell", "1 MiB, s "]
    cells_note = (
        f"Runs of {len(PIECES)} pieces of text, each as one cell: processor seconds for all of them at two lengths. "
        "Four times the length costs at most about four times as much; where it is less, starting costs as much."
    )
    note = NOTE.format(runs=runs, sample=SAMPLE, unit=unit, rows=rows)
    parts = [note, f"Machine: {results.machine()}.", results.table(HEADER, lines), together]
    return "\n\n".join([*parts, cells_note, results.table(header, cells)])


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Speed of the normalisers, field by field.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md alone")
    arguments = parser.parse_args()

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    text = report(arguments.rows, arguments.runs, arguments.seed, say)
    print(text)
    if not arguments.no_write:
        results.update_section("Fields", text)


if __name__ == "__main__":
    main()
