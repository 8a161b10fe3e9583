"""A fixed job to measure a machine by: ``python benchmarks/calibrate.py contacts.csv``.

Reads a CSV file of contacts with pyarrow, all columns as text, and dictionary-encodes each column. Seconds on different
machines, or under different load, compare as multiples of it.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

__all__ = ["calibrate"]


def calibrate(path: str | Path, *, times: int = 3) -> float:
    """Seconds the fixed job takes: the median of ``times`` runs."""
    return statistics.median(_once(str(path)) for _ in range(times))


def _once(path: str) -> float:
    start = time.perf_counter()
    names = csv.open_csv(path).schema.names
    options = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    table = csv.read_csv(path, convert_options=options)
    for column in table.columns:
        pc.dictionary_encode(column)
    return time.perf_counter() - start


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(f"{argument}: {calibrate(argument):.3f} s")
