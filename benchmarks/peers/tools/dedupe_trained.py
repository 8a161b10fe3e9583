"""dedupe: trained on labelled pairs, as its documentation asks; nobody sits at the console, so the truth answers.

LABELS.csv (row_l, row_r, match) is a sample of true pairs and of pairs that are alike but not the same, about what a
patient person would judge in an hour. Variables by what the columns mean: names, company and street as strings, the
rest as short or exact ones, each allowed to be missing. Clusters are its own, by hierarchical clustering at its default
threshold, .5.

    python dedupe_trained.py INPUT.csv FIELDS.json OUT_FOLDER
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
from pathlib import Path

import dedupe
import numpy as np
from dedupe import variables as kinds

DEFAULT = 0.5
STRINGS = ("first_name", "last_name", "full_name", "company", "street", "city")
SHORT = ("email", "mobile", "phone", "birth_date", "national_id", "postal_code")


def _records(source: str, meaning: dict[str, str]) -> dict[int, dict[str, str | None]]:
    wanted = {field: column for column, field in reversed(meaning.items()) if field in STRINGS + SHORT}
    with open(source, encoding="utf-8", newline="") as file:
        return {
            number: {field: " ".join(row[column].lower().split()) or None for field, column in wanted.items()}
            for number, row in enumerate(csv.DictReader(file))
        }


def _training(records: dict[int, dict[str, str | None]], labels: Path) -> io.StringIO:
    with labels.open(encoding="utf-8", newline="") as file:
        judged = [(int(row["row_l"]), int(row["row_r"]), row["match"] == "1") for row in csv.DictReader(file)]
    pairs = {
        name: [{"__class__": "tuple", "__value__": [records[left], records[right]]} for left, right, same in judged
               if same == wanted]
        for name, wanted in (("match", True), ("distinct", False))
    }  # fmt: skip
    return io.StringIO(json.dumps(pairs))


def main() -> None:
    """The common contract of the tools."""
    source, fields, out = sys.argv[1:4]
    random.seed(1)
    np.random.seed(1)
    told = json.loads(Path(fields).read_text())
    records = _records(source, told["columns"])
    present = list(next(iter(records.values())))
    model = dedupe.Dedupe(
        [kinds.String(field, has_missing=True) if field in STRINGS else kinds.ShortString(field, has_missing=True)
         for field in present],
        num_cores=2,
        in_memory=True,
    )  # fmt: skip
    model.prepare_training(records, training_file=_training(records, Path(told["labels"])))
    model.train(index_predicates=True)
    cluster = list(range(len(records)))
    for number, (members, _) in enumerate(model.partition(records, threshold=DEFAULT)):
        for member in members:
            cluster[member] = number
    with open(f"{out}/clusters.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("row", "cluster"), *enumerate(cluster)])


if __name__ == "__main__":
    main()
