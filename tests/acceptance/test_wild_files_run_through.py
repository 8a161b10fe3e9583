"""Every wild file goes through the whole program: nothing but a clear refusal may come out instead of a result."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

import crmclean
from crmclean.cli import main
from crmclean.errors import InputError
from crmclean.reopen import restore
from crmclean.ruleset import load_rules

DATA = Path(os.environ.get("CRMCLEAN_EXTRA_DATA", "/nonexistent"))
FILES = sorted(
    path
    for folder in ("wild", "oracles")
    for path in (DATA / folder).rglob("*")
    if path.suffix.casefold() in (".csv", ".tsv", ".xls", ".xlsx") and path.is_file()
)
RULES = load_rules(
    "default", {"limits": {"max_merged_share": 1, "max_quarantined_share": 1, "max_cluster_size": 10**6}}
)

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not DATA.is_dir(), reason="CRMCLEAN_EXTRA_DATA does not point to outside data"),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DATA)))
def test_a_wild_file_is_cleaned_and_comes_back(path: Path, tmp_path: Path) -> None:
    try:
        result = crmclean.clean(path, rules=RULES, as_of="2026-11-22")
    except InputError as error:
        said = error.message
        result = None
    if result is None:
        assert len(said.splitlines()) == 1
        return
    result.batch.check(full=True)
    balance = result.balance
    assert balance["read"] == balance["cleaned"] + balance["merged"] + balance["quarantined"]
    if path.stat().st_size < 200_000:
        originals = result.batch.originals
        given = [[cell or "" for cell in row.values()] for row in originals.to_pylist()]
        back = restore(result.write(tmp_path / "out"))
        assert [list(row.values()) for row in back.to_pylist()] == given


def test_at_most_a_tenth_is_refused() -> None:
    from crmclean.files.read import read_source

    refused = 0
    for path in FILES:
        try:
            read_source(path)
        except InputError:
            refused += 1
    assert refused <= len(FILES) / 10


EXPECTED = list(
    csv.DictReader((Path(__file__).parents[1] / "files" / "wild_expectations.csv").read_text("utf-8").splitlines())
)


@pytest.mark.parametrize("line", EXPECTED, ids=lambda line: line["path"])
def test_the_command_ends_as_the_table_says(
    line: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = DATA / line["path"]
    if not path.exists():
        pytest.skip(f"no {line['path']} in the outside data")
    command = ["clean", str(path), "-o", str(tmp_path / "out"), "--dry-run", "--force", "-q", "--as-of", "2026-11-22"]
    with pytest.raises(SystemExit) as ended:
        main(command)
    said = capsys.readouterr().err
    assert str(ended.value.code or 0) == line["exit"], said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())
