"""recordlinkage: blocks as its guide makes them, string comparisons, and the unsupervised ECM classifier.

Columns are prepared and compared by what they mean: names by Jaro-Winkler above .85, as in its own FEBRL examples,
company and street by Jaro-Winkler above .85, everything else exactly; a missing value counts as different, its default.
Candidate pairs are the union of blocks on one identifier or two other columns. Where there is an employer, company,
street and telephone make one feature (any of them equal), for the classifier takes features to be independent; as
features of their own they score half as well. The classifier is given the binary vectors with its own defaults.

    python recordlinkage_ecm.py INPUT.csv FIELDS.json OUT_FOLDER
"""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import recordlinkage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

FLOOR, DEFAULT = 0.001, 0.5  # the classifier calls a pair a link from one half on; less likely ones are for the sweep
FUZZY = ("first_name", "last_name", "company", "street")
EXACT = ("email", "mobile", "phone", "birth_date", "national_id", "postal_code", "city")
AFFILIATION, PLACE = ["company", "street", "phone"], ["city", "postal_code"]
BLOCKS = (
    ["email"], ["mobile"], ["national_id"], ["first_name", "last_name"], ["last_name", "company"],
    ["first_name", "company"], ["last_name", "phone"], ["last_name", "street"], ["last_name", "birth_date"],
    ["first_name", "birth_date"], ["postal_code", "birth_date"], ["last_name", "postal_code"],
)  # fmt: skip


def _prepare(column: pd.Series, field: str) -> pd.Series:
    """Lower case without accents or signs; the last nine figures of a number; no value for what says nothing."""
    if field in {"phone", "mobile"}:
        figures = column.str.replace(r"[x;eE].*$", "", regex=True).str.replace(r"\D", "", regex=True).str[-9:]
        return figures.where((figures.str.len() >= 7) & (figures.map(lambda text: len(set(text))) > 1))
    values = {text: unicodedata.normalize("NFKD", text).lower() for text in column.unique()}
    if field == "email":
        return column.map(values).str.strip().where(lambda text: text.str.contains("@"))
    plain = {
        text: " ".join(
            "".join(c if unicodedata.category(c)[0] in "LN" else " " if unicodedata.category(c)[0] != "M" else ""
                    for c in folded).split()
        )
        for text, folded in values.items()
    }  # fmt: skip
    return column.map(plain).where(lambda text: text != "")


def main() -> None:
    """The common contract of the tools."""
    source, fields, out = sys.argv[1:4]
    meaning = json.loads(Path(fields).read_text())["columns"]
    raw = pd.read_csv(source, dtype=str, keep_default_na=False)
    wanted = {field: column for column, field in reversed(meaning.items()) if field in FUZZY + EXACT}
    frame = pd.DataFrame({field: _prepare(raw[column], field) for field, column in wanted.items()})
    indexer = recordlinkage.Index()
    for block in BLOCKS:
        if set(block) <= set(frame.columns):
            indexer.block(block)
    if not indexer.algorithms:
        sys.exit("none of the columns that its blocks need is there")
    candidates = indexer.index(frame)
    compare = recordlinkage.Compare()
    for field in frame.columns:
        if field in FUZZY:
            compare.string(field, field, method="jarowinkler", threshold=0.85, label=field)
        else:
            compare.exact(field, field, label=field)
    vectors = compare.compute(candidates, frame)
    if "company" in vectors:
        shared = [one for one in AFFILIATION if one in vectors]
        alone = vectors.drop(columns=[*shared, *(one for one in PLACE if one in vectors)])
        vectors = alone.assign(affiliation=vectors[shared].max(axis=1))
    classifier = recordlinkage.ECMClassifier(binarize=0.5)
    classifier.fit(vectors)
    probability = np.asarray(classifier.prob(vectors))
    kept = probability >= FLOOR
    left, right = (vectors.index.get_level_values(level).to_numpy()[kept] for level in (0, 1))
    probability = probability[kept]
    sure = probability >= DEFAULT
    links = coo_matrix((np.ones(sure.sum(), bool), (left[sure], right[sure])), shape=(len(frame), len(frame)))
    clusters = pd.DataFrame({"row": frame.index, "cluster": connected_components(links, directed=False)[1]})
    clusters.to_csv(f"{out}/clusters.csv", index=False)
    pd.DataFrame({"row_l": left, "row_r": right, "probability": probability}).to_csv(f"{out}/pairs.csv", index=False)


if __name__ == "__main__":
    main()
