"""``evaluate`` on the kinds of files people have, and ``dedupe --count-pairs``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crmclean.clusterings import read_prediction, read_truth
from tests.cli.test_cli_commands import SAMPLE
from tests.cli.test_cli_in_bad_hands import Run, leads, run

__all__ = ["leads", "run"]

PREDICTED = "Contact ID,Person\n1,x\n2,x\n3,y\n४,y\n5,\n"
TRUE = "Contact ID,who\n४,C\n3,B\n2,A\n1,A\n9,A\n"


def file(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def scores(run: Run, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("evaluate", *arguments, "--json").stdout)
    return found


# ---- dedupe --count-pairs


def test_pairs_are_counted_and_nothing_is_written(run: Run, leads: Path, tmp_path: Path) -> None:
    said = run("dedupe", str(leads), "--count-pairs")
    title, headings, *rows, total, recall = said.stdout.splitlines()
    assert title == "leads.csv: 5 records"
    assert headings.split("  ")[0] == "rule"
    assert any(row.startswith("email ") for row in rows)
    assert "distinct candidate pairs" in total
    assert recall == "100.0 % of the matches are among them, by estimate"
    assert said.stderr == ""
    assert "is not written" in run("dedupe", str(leads), "--count-pairs", "-o", str(tmp_path / "out.csv")).stderr
    assert list(tmp_path.iterdir()) == [leads]


def test_counted_pairs_as_json(run: Run, leads: Path) -> None:
    found = json.loads(run("dedupe", str(leads), "--count-pairs", "--json", "--entity", "company").stdout)
    assert (found["records"], found["entity"], found["source"]) == (5, "company", "leads.csv")
    assert {"name", "blocks", "largest_block", "cap", "refined_blocks", "pairs", "expected_new", "used"} == set(
        found["blocking"][0]
    )
    assert found["candidate_pairs"] <= sum(item["pairs"] for item in found["blocking"])


def test_judged_rules_show_what_they_are_worth(run: Run, leads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "expected new" not in run("dedupe", str(leads), "--count-pairs").stdout
    monkeypatch.setattr("crmclean.dedup.blocking._CHEAP", 0)
    monkeypatch.setattr("crmclean.dedup.blocking._WORTH", 0)
    shown = run("dedupe", str(leads), "--count-pairs").stdout
    assert "expected new" in shown
    assert " no\n" in shown


def test_dedupe_asks_where_to_write(run: Run, leads: Path) -> None:
    assert "say where to write: -o OUT" in run("dedupe", str(leads), code=2).stderr


# ---- dedupe --labels, clean --labels


def test_labels_are_obeyed(run: Run, leads: Path, tmp_path: Path) -> None:
    labels = file(tmp_path, "judged.csv", "left,right,match\n1,2,yes\n2,3,no\n")
    run("dedupe", str(leads), "-o", str(tmp_path / "out.csv"), "--labels", labels)
    cluster = pd.read_csv(tmp_path / "out.csv", sep=None, engine="python")["crmclean_cluster_id"]
    assert cluster[0] == cluster[1] != cluster[2]
    run("clean", str(leads), "-o", str(tmp_path / "out"), "--labels", labels)
    links = pq.read_table(tmp_path / "out" / "evidence" / "links.parquet").to_pandas()
    judged = links[links["decided_by"] == "judgement"].set_index(["row_l", "row_r"])
    assert judged.loc[(0, 1), "decision"] == "match"
    assert "one entity" in run("explain", str(tmp_path / "out"), *_ids(tmp_path / "out", 0, 1)).stdout
    assert "contradicts itself" in run(
        "dedupe", str(leads), "-o", str(tmp_path / "o.csv"), "--labels",
        file(tmp_path, "wrong.csv", "left,right,match\n1,2,yes\n2,1,no\n"), code=2,
    ).stderr  # fmt: skip


def _ids(folder: Path, *rows: int) -> list[str]:
    ids = pq.read_table(folder / "evidence" / "rows.parquet")["record_id"].to_pylist()
    return [ids[row] for row in rows]


# ---- evaluate


def test_a_table_against_a_table(run: Run, tmp_path: Path) -> None:
    predicted, true = file(tmp_path, "p.csv", PREDICTED), file(tmp_path, "t.csv", TRUE)
    arguments = (predicted, true, "--id", "Contact ID", "--cluster", "Person")
    found = scores(run, *arguments)
    assert found["records"] == {"scored": 4, "predicted_only": 1, "true_only": 1}
    assert (found["pairs"]["precision"], found["pairs"]["recall"]) == (0.5, 1.0)
    assert found["clusters"]["merged"] == 1
    assert (found["sweep"], found["reliability"]) == ([], [])
    said = run("evaluate", *arguments)
    assert "pairs: 1 found, 1 wrong, 0 missed" in said.stdout
    assert "p.csv: records without 'Person', taken as on their own: 1" in said.stderr
    assert "records of t.csv that are not in p.csv, left out of the scores: 1" in said.stderr
    assert run("evaluate", *arguments, "-q").stderr == ""


def test_the_output_of_dedupe_against_pairs(run: Run, leads: Path, tmp_path: Path) -> None:
    for suffix in ("csv", "parquet"):
        out = str(tmp_path / f"deduped.{suffix}")
        run("dedupe", str(leads), "-o", out)
        for header, more in (("id_l,id_r", ()), ("one,other", ("--pairs",))):
            found = scores(run, out, file(tmp_path, "pairs.csv", f"{header}\n2,1\n"), *more)
            assert (found["records"]["scored"], found["pairs"]["f1"]) == (5, 1.0)


def test_pairs_that_follow_from_others_are_said(run: Run, tmp_path: Path) -> None:
    predicted = file(tmp_path, "p.csv", "id,cluster\na,1\nb,1\nc,1\n")
    found = scores(run, predicted, file(tmp_path, "t.csv", "id_l,id_r\na,b\nb,c\nc,b\nb,\n"))
    assert found["pairs"]["true_positive"] == 3
    assert found["notes"] == [
        "t.csv: rows without two ids, left out: 1",
        "t.csv: pairs that follow from its 2 (A is B, B is C) and count as true: 1",
    ]


def test_an_output_folder_has_thresholds_and_probabilities(run: Run, leads: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    run("clean", str(leads), "-o", out, "-q")
    true = file(tmp_path, "t.csv", "line,who\n2,A\n3,A\n4,B\n5,C\n6,D\n")
    found = scores(run, out, true, "--id", "line")
    assert (found["records"]["scored"], found["pairs"]["f1"], found["clusters"]["exactly_right"]) == (5, 1.0, 1)
    assert [item["threshold"] for item in found["sweep"]] == [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
    assert found["reliability"][-1]["share_true"] == 1.0
    assert "records in no cluster (set aside, say), each on its own where scored: 1" in found["notes"][0]
    shown = run("evaluate", out, true, "--id", "line").stdout
    assert "threshold" in shown
    assert "0.99 to 1" in shown
    assert "--id line" in run("evaluate", out, file(tmp_path, "n.csv", "a,b\n1,2\n"), code=2).stderr


def test_ids_of_a_folder_need_no_source(run: Run, tmp_path: Path) -> None:
    lines = SAMPLE.splitlines()
    numbered = "\n".join([f"ID;{lines[0]}", *(f"K{number};{line}" for number, line in enumerate(lines[1:]))])
    run("clean", file(tmp_path, "leads.csv", numbered), "-o", str(tmp_path / "out"), "-q")
    for start in ("", "leads.csv:"):
        found = scores(run, str(tmp_path / "out"), file(tmp_path, "t.csv", f"ID,who\n{start}K1,A\n{start}K0,A\n"))
        assert (found["records"]["scored"], found["pairs"]["true_positive"]) == (2, 1)


def test_an_empty_run_and_a_damaged_one(run: Run, tmp_path: Path) -> None:
    true = file(tmp_path, "t.csv", "id,cluster\n1,2\n")
    run("clean", file(tmp_path, "none.csv", "Name,Email\n"), "-o", str(tmp_path / "out"), "-q")
    assert "none here" in run("evaluate", str(tmp_path / "out"), true, code=2).stderr
    pq.write_table(pa.table({"row": [1]}), tmp_path / "out" / "evidence" / "links.parquet")
    assert "links.parquet cannot be read" in run("evaluate", str(tmp_path / "out"), true, code=3).stderr
    assert "no output folder" in run("evaluate", str(tmp_path), true, code=3).stderr


@pytest.mark.parametrize(
    ("predicted", "true", "more", "code", "sentence"),
    [
        (PREDICTED, TRUE, (), 2, "which column of p.csv is the record id is not clear: say --id COLUMN"),
        (PREDICTED, TRUE, ("--id", "Contact ID"), 2, "is the cluster id is not clear: say --cluster COLUMN"),
        (PREDICTED, TRUE, ("--id", "Id", "--cluster", "Person"), 2, "p.csv has no column 'Id'"),
        (PREDICTED, TRUE, ("--id", "Person", "--cluster", "Person"), 2, "cannot be both"),
        (PREDICTED, TRUE, ("--id", "Person", "--cluster", "Contact ID"), 3, "'x' stands in 2 rows"),
        ("id,cluster\n1,a\n", "id,x,y\n1,a,b\n", (), 2, "say --true-cluster COLUMN"),
        ("id,cluster\n1,a\n", "id,x,y\n1,a,b\n", ("--pairs",), 2, "which two columns of t.csv are a pair"),
        ("id,cluster\n1,a\n", "x,y\n1,a\n1,a\n1,b\n", (), 3, "'1' is in several clusters"),
        ("id,cluster\n1,a\n", "x,y\n2,a\n", (), 2, "no record id in common ('1' here, '2' there)"),
        ("id,cluster\n", "x,y\n2,a\n", (), 3, "p.csv has no record with an id and a cluster"),
        ("id,cluster\n1,a\n", "", (), 3, "it is empty"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence(
    run: Run, tmp_path: Path, predicted: str, true: str, more: tuple[str, ...], code: int, sentence: str
) -> None:
    arguments = (file(tmp_path, "p.csv", predicted), file(tmp_path, "t.csv", true), *more)
    assert sentence in run("evaluate", *arguments, code=code).stderr
    assert "there is no file" in run("evaluate", str(tmp_path / "none.csv"), arguments[1], code=3).stderr
    assert "cannot be both" in run("evaluate", "-", "-", code=2).stderr


def test_the_columns_of_a_truth_are_found(tmp_path: Path) -> None:
    def truth(text: str, *columns: str, **more: Any) -> dict[str, int]:
        found = read_truth(file(tmp_path, "t.csv", text), *columns, **more)
        return dict(zip(found.ids.to_pylist(), found.labels.tolist(), strict=True))

    assert truth("who,Key\na,1\na,2\n", like=("Key",)) == {"1": 0, "2": 0}
    assert truth("cluster,Key\na,1\na,2\n") == {"1": 0, "2": 0}
    assert truth("cluster,who\n1,a\n2,a\n", "cluster") == {"1": 0, "2": 0}
    assert truth("crmclean_record_id,x,crmclean_cluster_id\n1,,a\n2,,a\n2,,a\n3,,\n") == {"1": 0, "2": 0}
    assert truth("a,b,c\n1,,2\n", "a", "c", pairs=True) == {"1": 0, "2": 0}
    with pytest.raises(Exception, match="output folder, whose records"):
        read_prediction(tmp_path, "Key")
