"""What ``dedupe`` says it went by: a wrong guess about a column is seen before the outcome is believed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

VENDORS = (
    "Vendor,City,Website\nNordwind GmbH,Kiel,nordwind.example\nNordwind,Kiel,www.nordwind.example\n"
    "Levante Foods Ltd,Leeds,\nHafen AG,Bremen,\n"
)


def dedupe(path: Path, text: str, *more: str) -> subprocess.CompletedProcess[str]:
    path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "crmclean", "dedupe", str(path), "-o", str(path.parent / "out.csv"), *more]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def test_the_columns_compared_and_left_out_are_named(tmp_path: Path) -> None:
    said = dedupe(
        tmp_path / "a.csv", "Name,E-mail,Owner\nAda Byron,ada@byron.example,Bo\nIda Bay,i@bay.example,Bo\n"
    ).stderr
    assert "a.csv: compared Name (full name), E-mail (email)" in said
    assert "a.csv: not compared: Owner" in said
    assert "2 rows are 2 person records; 0 duplicates" in said


def test_one_row_is_one_record(tmp_path: Path) -> None:
    assert "1 row is 1 person record; 0 duplicates" in dedupe(tmp_path / "a.csv", "Name\nAda Byron\n").stderr


def test_a_file_in_which_nothing_tells_who_a_row_is_says_so(tmp_path: Path) -> None:
    text = "colour,size\nred,1\nred,1\n"
    assert "no column tells who a row is" in dedupe(tmp_path / "a.csv", text).stderr
    told = json.loads(dedupe(tmp_path / "a.csv", text, "--json").stdout)
    assert (told["compared"], told["left_out"]) == ({}, ["colour", "size"])
    assert "no column tells" in told["notes"][0]
    assert "no column" not in dedupe(tmp_path / "a.csv", text, "-q").stderr


def test_a_list_of_companies_without_names_says_so(tmp_path: Path) -> None:
    unnamed = VENDORS.replace("Vendor", "colour").replace(" GmbH", "").replace(" Ltd", "").replace(" AG", "")
    assert "companies' names" in dedupe(tmp_path / "a.csv", unnamed, "--entity", "company").stderr


def test_a_column_of_legal_forms_is_one_of_companies(tmp_path: Path) -> None:
    said = dedupe(tmp_path / "a.csv", VENDORS, "--entity", "company").stderr
    assert "compared Vendor (company)" in said
    assert "4 rows are 3 company records; 1 duplicate" in said
