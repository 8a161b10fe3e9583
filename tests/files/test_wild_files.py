"""Files made by others, held to what a person sees in them (wild_expectations.csv, one line a file, decided by eye)."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from crmclean.errors import InputError
from crmclean.files import read_source

EXTRA = os.environ.get("CRMCLEAN_EXTRA_DATA", "")
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not EXTRA, reason="CRMCLEAN_EXTRA_DATA does not point to outside data"),
]
HERE = Path(__file__).parent
EXPECTED = list(csv.DictReader((HERE / "wild_expectations.csv").read_text("utf-8").splitlines()))
SPECTRUM = "oracles/oracle_csv_spectrum"


@pytest.mark.parametrize("line", EXPECTED, ids=[line["path"] for line in EXPECTED])
def test_each_file_reads_as_a_person_reads_it(line: dict[str, str]) -> None:
    path = Path(EXTRA, line["path"])
    if not path.exists():
        pytest.skip(f"no {line['path']} in the outside data")
    if line["exit"] == "3":
        with pytest.raises(InputError) as caught:
            read_source(path)
        assert caught.value.exit_code == 3
        assert path.name in str(caught.value)
        return
    source = read_source(path)
    found = source.table.num_rows, source.table.num_columns, len(source.unaligned)
    assert found == (int(line["rows"]), int(line["columns"]), int(line["quarantined"]))
    assert len(source.line) == len(source.encoding) == source.table.num_rows


def test_few_files_are_refused() -> None:
    refused = [line for line in EXPECTED if line["exit"] != "0"]
    assert len(refused) * 10 <= len(EXPECTED)
    assert all(line["note"] for line in refused)


def test_every_table_of_the_outside_data_is_in_the_list() -> None:
    folders = (
        "wild",
        "oracles/cleanco",
        "oracles/csvsniffer_w3c/W3C-CSVW",
        f"{SPECTRUM}/csvs",
        "oracles/oracle_nicknames",
    )
    there = {
        path.relative_to(EXTRA).as_posix()
        for folder in folders
        for path in Path(EXTRA, folder).rglob("*")
        if path.suffix.lower() in (".csv", ".tsv")
    }
    assert there <= {line["path"] for line in EXPECTED}


@pytest.mark.parametrize(
    "path", sorted(Path(EXTRA, SPECTRUM, "csvs").glob("*.csv")) if EXTRA else [], ids=lambda p: p.stem
)
def test_csv_spectrum_reads_exactly_as_its_json(path: Path) -> None:
    twin = path.parent.parent / "json" / f"{path.stem}.json"
    wanted = json.loads(twin.read_text("utf-8"))
    data = path.read_bytes()
    if path.stem.endswith("_crlf") and b"\r" not in data:  # some copies of the set have lost them
        data = data.replace(b"\n", b"\r\n")
    source = read_source(io.BytesIO(data))
    assert source.table.to_pylist() == wanted
    assert list(source.header) == list(wanted[0])


@pytest.mark.parametrize("line", EXPECTED, ids=[line["path"] for line in EXPECTED])
def test_both_readers_agree_on_outside_files(line: dict[str, str]) -> None:
    path = Path(EXTRA, line["path"])
    if line["exit"] == "3" or not path.exists():
        pytest.skip("refused or not there")
    try:
        fast = read_source(path, engine="arrow")
    except InputError:
        return
    slow = read_source(path, engine="tolerant")
    assert fast.table.equals(slow.table)
    assert fast.line.tolist() == slow.line.tolist()
    assert fast.not_data.equals(slow.not_data)
