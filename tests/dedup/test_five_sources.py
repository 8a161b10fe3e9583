"""Five sources of one company's contacts, with default rules: who is found to be one person, and who is not.

The shape of a published failure, in which company and job title were taken for evidence of a person (precision 0.07,
one blob of 89 people). `five_sources/README.md` says how files and labels were made.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import crmclean
from crmclean.evaluate import PairScores, pairwise
from crmclean.keys.names import name_key, name_suffix
from tests.dedup.five_sources.make_five_sources import FILES, HEADERS, make_files

FOLDER = Path(__file__).parent / "five_sources"
PRECISION, F1, LARGEST = 0.99, 0.93, 5
FIELDS = {
    "C": "id first_name last_name suffix title company email phone mobile street city state postal_code country"
    " lead_source owner created_at last_activity_at email_opt_out do_not_call",
    "H": "id first_name last_name email phone mobile title company city country lead_source status created_at"
    " email_opt_out email_opt_in",
    "E": "- created_at - full_name email mobile title company city country",
    "B": "scanned_at badge_id first_name last_name title company email phone city country owner rating notes"
    " email_opt_in",
    "L": "company first_name last_name title email phone mobile street city postal_code country lead_source",
}
NAMES = ("first_name", "last_name", "full_name")
BANDS = pa.array(["match", "review"])


@pytest.fixture(scope="module")
def result() -> crmclean.CleanResult:
    return crmclean.clean([FOLDER / name for name in FILES.values()], as_of="2026-11-26")


@pytest.fixture(scope="module")
def truth() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "truth.csv", dtype=str, keep_default_na=False).set_index(["file", "line"])


@pytest.fixture(scope="module")
def cleaned(result: crmclean.CleanResult, truth: pd.DataFrame) -> pd.DataFrame:
    """Every row read, with its person and its cluster."""
    rows = result.batch.rows.to_pandas()
    places = list(zip(rows["source"].astype(str), rows["line"].astype(str), strict=True))
    rows[["person", "what", "alike"]] = truth.loc[places, ["person", "what", "alike"]].to_numpy()
    cluster = result.evidence.clusters.to_pandas().set_index("row")["cluster_id"]
    rows["cluster"] = rows["row"].map(cluster).fillna(rows["record_id"])
    return rows.set_index("row")


@pytest.fixture(scope="module")
def deduplicated(truth: pd.DataFrame) -> pd.DataFrame:
    """The files one below the other under canonical field names, and what `dedupe` makes of them."""
    frames = []
    for key, name in FILES.items():
        fields = FIELDS[key].split()
        people = truth.loc[name]
        frame = pd.DataFrame(list(rows_of(key)), columns=fields)
        frame = frame[[field for field in fields if field != "-"]].rename(columns={"id": "record_no"})
        frames.append(frame.assign(person=people["person"].to_numpy(), alike=people["alike"].to_numpy()))
    table = pd.concat(frames, ignore_index=True).fillna("")
    labels = table[["person", "alike"]]
    found = crmclean.dedupe(table.drop(columns=["person", "alike"]))
    return labels.assign(cluster=found["crmclean_cluster_id"])


def rows_of(key: str) -> Iterable[list[str]]:
    """The data rows of a file, as a person would copy them out of it."""
    encoding = {"E": "cp1252", "H": "utf-8-sig"}.get(key, "utf-8")
    with (FOLDER / FILES[key]).open(encoding=encoding, newline="") as file:
        lines = csv.reader(file, delimiter={"E": ";", "L": "\t"}.get(key, ","))
        return [cells for cells in lines if len(cells) == len(HEADERS[key]) and cells != HEADERS[key]]


def scores(frame: pd.DataFrame) -> PairScores:
    return pairwise(frame["cluster"].to_numpy(), frame["person"].to_numpy())


def kept(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["disposition"] != "quarantined"]


def largest_false(frame: pd.DataFrame) -> int:
    groups = frame.groupby("cluster")["person"]
    return int(max((len(people) for _, people in groups if people.nunique() > 1), default=0))


# --------------------------------------------------------------------------------------------------- the files


def test_files_equal_what_the_script_makes() -> None:
    for name, data in make_files().items():
        assert (FOLDER / name).read_bytes() == data, f"run make_five_sources: {name} differs"


def test_every_row_read_has_a_label(result: crmclean.CleanResult, truth: pd.DataFrame) -> None:
    rows = result.batch.rows.to_pandas()
    assert set(zip(rows["source"].astype(str), rows["line"].astype(str), strict=True)) == set(truth.index)


@pytest.mark.parametrize("key", list(FILES))
def test_columns_are_understood(result: crmclean.CleanResult, key: str) -> None:
    plan = result.plans[list(FILES).index(key)]
    assert [item.field or "-" for item in plan.columns] == FIELDS[key].split()


def test_dates_are_read_in_the_order_of_their_source(result: crmclean.CleanResult) -> None:
    orders = [{item.field: item.date_order for item in plan.columns if item.date_order} for plan in result.plans]
    assert [order.get("created_at") for order in orders[:3]] == ["mdy", "dmy", "dmy"]


# ---------------------------------------------------------------------------------------------------- promises


def test_rows_balance(result: crmclean.CleanResult, truth: pd.DataFrame) -> None:
    balance = result.balance
    assert balance["read"] == len(truth) == balance["cleaned"] + balance["merged"] + balance["quarantined"]
    assert len(result.cleaned) == balance["cleaned"]


def test_only_rows_that_are_nobodys_are_set_aside(cleaned: pd.DataFrame) -> None:
    aside = cleaned[cleaned["disposition"] == "quarantined"]
    assert len(aside)
    assert (aside["what"] == "bogus").all()


def test_every_opt_out_is_kept(result: crmclean.CleanResult, cleaned: pd.DataFrame) -> None:
    golden = result.cleaned.set_index("crmclean_record_id")
    no = {"email": [], "call": []}
    for key, column, word, channel in (
        ("C", "Email Opt Out", "1", "email"),
        ("C", "Do Not Call", "1", "call"),
        ("H", "Unsubscribed from all email", "true", "email"),
        ("H", "Marketing contact status", "Non-marketing contact", "email"),
        ("B", "Opt-in", "No", "email"),
    ):
        at = HEADERS[key].index(column)
        lines = [line for line, cells in enumerate(rows_of(key)) if cells[at] == word]
        no[channel] += list(cleaned[cleaned["source"] == FILES[key]].iloc[lines].index)
    assert len(no["email"]) > 20
    assert no["call"]
    for channel, rows in no.items():
        ours = cleaned.loc[rows]
        ours = ours[ours["disposition"] != "quarantined"]
        survivor = ours["survivor_row"].fillna(pd.Series(ours.index, ours.index)).astype(int)
        record = golden.loc[cleaned.loc[survivor, "record_id"]]
        if channel == "call":
            assert (record["Do Not Call"] == "true").all()
        else:
            assert ((record["Email Opt Out"] == "true") | (record["Marketing contact status"] == "false")).all()
            assert not (record["Marketing contact status"] == "true").any()


# --------------------------------------------------------------------------------------------- who is one person


def test_nobody_is_linked_by_affiliation_alone(result: crmclean.CleanResult, cleaned: pd.DataFrame) -> None:
    """Where two people are matched or asked about, their names have some likeness."""
    columns = {item.field: item.column for item in result.context.plan.columns}
    names = {
        row: name_key([" ".join(filter(None, cells))])[0].as_py().split()
        for row, cells in enumerate(
            zip(*(result.batch.records[columns[field]].to_pylist() for field in NAMES), strict=True)
        )
    }
    links = result.evidence.links
    asked = links.filter(pc.is_in(links["decision"].cast("string"), value_set=BANDS)).to_pandas()
    person = cleaned["person"]
    wrong = asked[asked["row_l"].map(person).to_numpy() != asked["row_r"].map(person).to_numpy()]
    for left, right in zip(wrong["row_l"], wrong["row_r"], strict=True):
        likeness = max(
            (SequenceMatcher(None, one, other).ratio() for one in names[left] for other in names[right]), default=0.0
        )
        assert likeness > 0.7, f"{names[left]} and {names[right]} are linked"


def test_nearly_all_duplicates_are_found(cleaned: pd.DataFrame, deduplicated: pd.DataFrame) -> None:
    assert scores(kept(cleaned)).recall >= 0.98
    assert scores(deduplicated).recall >= 0.98


def test_people_without_a_namesake_at_their_firm_are_told_apart(
    cleaned: pd.DataFrame, deduplicated: pd.DataFrame
) -> None:
    for frame in (kept(cleaned), deduplicated):
        found = scores(frame[frame["alike"] == ""])
        assert found.precision >= PRECISION
        assert found.f1 >= F1
        assert largest_false(frame[frame["alike"] == ""]) <= LARGEST


def test_clean_keeps_people_apart(cleaned: pd.DataFrame) -> None:
    assert scores(kept(cleaned)).precision >= PRECISION


def test_clean_finds_people(cleaned: pd.DataFrame) -> None:
    assert scores(kept(cleaned)).f1 >= F1


def test_clean_makes_no_blob(cleaned: pd.DataFrame) -> None:
    assert largest_false(kept(cleaned)) <= LARGEST


def test_dedupe_keeps_people_apart(deduplicated: pd.DataFrame) -> None:
    assert scores(deduplicated).precision >= PRECISION


def test_dedupe_finds_people(deduplicated: pd.DataFrame) -> None:
    assert scores(deduplicated).f1 >= F1


def test_dedupe_makes_no_blob(deduplicated: pd.DataFrame) -> None:
    assert largest_false(deduplicated) <= LARGEST


def test_father_and_son_are_two(result: crmclean.CleanResult, cleaned: pd.DataFrame) -> None:
    """Every row of theirs says Sr. or Jr., in the family name or in a column of its own."""
    columns = {item.field: item.column for item in result.context.plan.columns}
    cells = [result.batch.originals[columns[field]].to_pylist() for field in (*NAMES, "suffix")]
    texts = [" ".join(filter(None, parts)) for parts in zip(*cells, strict=True)]
    generation = pd.Series(name_suffix(texts).to_pylist()).replace("", None)
    told = cleaned.assign(generation=generation).dropna(subset="generation")
    assert len(told) >= 9
    for _, group in told.groupby("cluster"):
        for one, other in combinations(group["generation"], 2):
            assert one == other


def test_father_and_son_with_a_suffix_column_are_two() -> None:
    people = {"first_name": "Walter", "last_name": "Whitaker", "company": "Whitaker & Sons", "city": "Galena"}
    found = crmclean.dedupe(pd.DataFrame([people | {"suffix": "Sr."}, people | {"suffix": "Jr."}]))
    assert found["crmclean_cluster_id"].nunique() == 2


def test_father_and_son_with_suffixed_names_are_two() -> None:
    people = {"first_name": "Walter", "company": "Whitaker & Sons", "city": "Galena"}
    names = ("Whitaker Sr.", "Whitaker Jr.", "Whitaker sen.")
    found = crmclean.dedupe(pd.DataFrame([people | {"last_name": name} for name in names]))
    assert found["crmclean_cluster_id"].tolist() == ["1", "2", "1"]
