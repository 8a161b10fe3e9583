"""GoldenMatch as it comes: zero configuration, no language model; its own clusters are taken as they are.

Columns that identify nobody (record numbers, titles, sources, dates of activity, places without a street) are excluded
with the option it has for that; with them it scores far less. It configures itself from the rest, within a budget of
time, and refuses files on which it does not trust its own configuration; that refusal is reported as its answer.

    python goldenmatch_zero.py INPUT.csv FIELDS.json OUT_FOLDER
"""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path

os.environ["NO_COLOR"] = "1"

import goldenmatch
import pyarrow as pa
from pyarrow import csv as arrow_csv

IDENTIFYING = {
    "first_name", "last_name", "full_name", "middle_name", "company", "email", "phone", "mobile", "street",
    "birth_date", "national_id",
}  # fmt: skip


def main() -> None:
    """The common contract of the tools."""
    source, fields, out = sys.argv[1:4]
    meaning = json.loads(Path(fields).read_text())["columns"]
    names = arrow_csv.open_csv(source).schema.names
    text = arrow_csv.ConvertOptions(column_types={name: pa.string() for name in names}, strings_can_be_null=False)
    table = arrow_csv.read_csv(source, convert_options=text)
    excluded = [name for name in names if meaning.get(name) not in IDENTIFYING]
    result = goldenmatch.dedupe_df(table, exclude_columns=excluded)
    cluster = list(range(len(table)))
    for number, found in result.clusters.items():
        for member in found["members"]:
            cluster[member] = len(table) + int(number)
    with open(f"{out}/clusters.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("row", "cluster"), *enumerate(cluster)])


if __name__ == "__main__":
    main()
