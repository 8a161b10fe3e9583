"""string_grouper: cosine similarity of 3-grams over one string a record, as its guide does for names with an address.

The string is what identifies a record, joined: names, mailbox, mobile, company, street and birth date, whichever are
there. The similarity from which two strings are one is its default, .8; lower ones are kept for the sweep.

    python string_grouper_names.py INPUT.csv FIELDS.json OUT_FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from string_grouper import match_strings

FLOOR, DEFAULT = 0.5, 0.8
JOINED = (
    "full_name", "first_name", "last_name", "birth_date", "national_id", "email", "mobile", "company", "street", "city",
)  # fmt: skip


def main() -> None:
    """The common contract of the tools."""
    source, fields, out = sys.argv[1:4]
    meaning = json.loads(Path(fields).read_text())["columns"]
    raw = pd.read_csv(source, dtype=str, keep_default_na=False)
    parts = [raw[column] for field in JOINED for column, found in meaning.items() if found == field]
    if not parts:
        sys.exit("there is no column to join to a string")
    text = parts[0].str.cat(parts[1:], sep=" ").str.split().str.join(" ")
    found = match_strings(text, min_similarity=FLOOR, max_n_matches=20, number_of_processes=2, normalize_to_ascii=True)
    found = found[found["left_index"] < found["right_index"]]
    left, right = found["left_index"].to_numpy(), found["right_index"].to_numpy()
    sure = found["similarity"].to_numpy() >= DEFAULT
    links = coo_matrix((np.ones(sure.sum(), bool), (left[sure], right[sure])), shape=(len(raw), len(raw)))
    clusters = pd.DataFrame({"row": raw.index, "cluster": connected_components(links, directed=False)[1]})
    clusters.to_csv(f"{out}/clusters.csv", index=False)
    pairs = pd.DataFrame({"row_l": left, "row_r": right, "probability": found["similarity"].to_numpy()})
    pairs.to_csv(f"{out}/pairs.csv", index=False)


if __name__ == "__main__":
    main()
