"""The commands as users type them: outputs, exit codes, and the one clear sentence."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = """First Name;Last Name;Company;Email;Phone;Country;Email Opt Out;Last Activity Date;Notes
JOHN;SMITH;Acme Inc;JOHN.SMITH@ACME.COM;(212) 555-7890;USA;No;3/15/2024;met at booth
John;Smith;Acme Inc.;john.smith@acme.com;+1 212 555 7890;United States;Yes;3/18/2025;wants demo
प्रिया;शर्मा;टाटा;priya.sharma@tata.in;98765 43210;India;;1/2/2025;
Ann;Lee;Globex;ann@globex.com;+1 646 555 7891;US;;1/20/2025;
test;test;test;test@test.com;0000000000;;;;
"""


def run(*arguments: str, stdin: str | None = None, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "crmclean", *arguments], capture_output=True, text=True, input=stdin, timeout=240
    )
    assert done.returncode == code, done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    return done


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text(SAMPLE, encoding="utf-8")
    return path


def test_clean_writes_every_file_of_the_contract(leads: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("clean", str(leads), "-o", str(out), "--as-of", "2026-11-22", "--json")
    summary = json.loads(done.stdout)
    assert summary["folder"] == str(out)
    names = {path.name for path in out.iterdir()}
    assert names == {
        *("cleaned.csv", "quarantine.csv", "duplicates.csv", "review.csv", "changes.csv", "evidence"),
        *("report.html", "report.json", "manifest.json", "timings.json"),
    }
    assert {path.stem for path in (out / "evidence").iterdir()} == {
        *("rows", "attributes", "changes", "issues", "links", "clusters", "survivors"),
        *("freshness", "field_trust", "trust", "originals", "measures"),
    }
    manifest = json.loads((out / "manifest.json").read_text())
    balance = manifest["balance"]
    assert balance == {"read": 5, "cleaned": 3, "merged": 1, "quarantined": 1}
    header, *rows = (out / "cleaned.csv").read_text().splitlines()
    assert header.startswith("First Name;Last Name;Company;Email;Phone;Country;Email Opt Out;Last Activity Date;Notes;")
    assert len(rows) == balance["cleaned"]


def test_two_runs_give_identical_bytes_except_for_times(leads: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run("clean", str(leads), "-o", str(tmp_path / name), "--as-of", "2026-11-22", "-q")
    for path in sorted((tmp_path / "one").rglob("*")):
        if path.is_file() and path.name != "timings.json":
            assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path.name


def test_an_earlier_output_is_replaced_and_a_foreign_folder_refused(leads: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("clean", str(leads), "-o", str(out), "-q")
    run("clean", str(leads), "-o", str(out), "-q")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.doc").write_text("mine")
    done = run("clean", str(leads), "-o", str(foreign), "-q", code=5)
    assert "did not write" in done.stderr
    assert [path.name for path in foreign.iterdir()] == ["thesis.doc"]


def test_dry_run_writes_nothing(leads: Path, tmp_path: Path) -> None:
    run("clean", str(leads), "--dry-run", "-q")
    assert [path.name for path in tmp_path.iterdir()] == ["leads.csv"]


def test_standard_input_and_parquet_output(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("clean", "-", "-o", str(out), "--format", "parquet", "--attributes", "-q", stdin=SAMPLE)
    import pyarrow.parquet as pq

    names = pq.read_schema(out / "cleaned.parquet").names
    assert "crmclean_trust" in names
    assert "Phone: phone_type" in names


def test_errors_have_their_exit_code_and_one_sentence(leads: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    assert "-o DIR" in run("clean", str(leads), code=2).stderr
    assert "nowhere.csv" in run("clean", "nowhere.csv", "-o", out, code=3).stderr
    (tmp_path / "empty.csv").write_bytes(b"")
    assert "empty" in run("clean", str(tmp_path / "empty.csv"), "-o", out, code=3).stderr
    (tmp_path / "bad.toml").write_text("[validate]\nrequird = ['email']\n")
    said = run("clean", str(leads), "-o", out, "--rules", str(tmp_path / "bad.toml"), code=4).stderr
    assert "validate.requird" in said
    assert "validate.required" in said
    assert "tradeshow" in run("clean", str(leads), "-o", out, "--rules", "tradshow", code=4).stderr
    (tmp_path / "plan.toml").write_text('[[column]]\ncolumn = "E-Mail"\nfield = "email"\n')
    said = run("clean", str(leads), "-o", out, "--plan", str(tmp_path / "plan.toml"), code=4).stderr
    assert "E-Mail" in said
    assert not (tmp_path / "out").exists()


def test_a_missed_objective_and_the_circuit_breaker_exit_1(leads: Path, tmp_path: Path) -> None:
    pack = tmp_path / "goals.toml"
    pack.write_text("extends = 'default'\n[objectives]\nmin_trust = 99.9\n")
    done = run("clean", str(leads), "-o", str(tmp_path / "out"), "--rules", str(pack), "-q", code=1)
    assert "min_trust" in done.stderr
    assert (tmp_path / "out" / "cleaned.csv").exists()
    pack.write_text("extends = 'default'\n[limits]\nmax_merged_share = 0.0\nmin_rows = 0\n")
    done = run("clean", str(leads), "-o", str(tmp_path / "broken"), "--rules", str(pack), "-q", code=1)
    assert "merged away" in done.stderr
    assert not (tmp_path / "broken").exists()
    run("clean", str(leads), "-o", str(tmp_path / "broken"), "--rules", str(pack), "-q", "--force")


def test_check_plan_and_profile(leads: Path, tmp_path: Path) -> None:
    assert json.loads(run("check", str(leads), "--json").stdout)
    plan = run("plan", str(leads)).stdout
    assert 'field = "email_opt_out"' in plan
    (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
    run("clean", str(leads), "-o", str(tmp_path / "out"), "--plan", str(tmp_path / "plan.toml"), "-q")
    profile = json.loads(run("profile", str(leads), "--json").stdout)
    assert [item["column"] for item in profile["columns"]][:2] == ["First Name", "Last Name"]
    assert "First Name" in run("profile", str(leads)).stdout


def test_dedupe_keeps_rows_columns_and_order(leads: Path, tmp_path: Path) -> None:
    out = tmp_path / "deduped.csv"
    run("dedupe", str(leads), "-o", str(out))
    given, made = SAMPLE.splitlines(), out.read_text(encoding="utf-8").splitlines()
    assert len(given) == len(made)
    for before, after in zip(given[1:], made[1:], strict=True):
        assert after.startswith(before + ";")
    clusters = [line.split(";")[-2] for line in made[1:]]
    assert clusters[0] == clusters[1]
    assert len(set(clusters)) == 4


def test_explain_a_record_and_a_pair(leads: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("clean", str(leads), "-o", str(out), "-q", "--as-of", "2026-11-22")
    rows = table(out / "duplicates.csv")
    one, other = rows[0]["crmclean_record_id"], rows[1]["crmclean_record_id"]
    assert "JOHN" in run("explain", str(out), other).stdout + run("explain", str(out), one).stdout
    pair = run("explain", str(out), one, other).stdout
    assert "one entity" in pair
    assert "prior" in pair
    stranger = next(row["crmclean_record_id"] for row in table(out / "cleaned.csv") if row["First Name"] == "Ann")
    assert "kept apart" in run("explain", str(out), one, stranger).stdout
    assert "no record" in run("explain", str(out), "nobody", code=2).stderr


def test_rules_commands(tmp_path: Path) -> None:
    assert {"default", "tradeshow", "strict"} <= set(json.loads(run("rules", "list", "--json").stdout))
    shown = run("rules", "show", "tradeshow").stdout
    (tmp_path / "copy.toml").write_text(shown, encoding="utf-8")
    run("rules", "check", str(tmp_path / "copy.toml"))
    run("rules", "init", str(tmp_path / "ours.toml"), "--extends", "tradeshow")
    run("rules", "check", str(tmp_path / "ours.toml"))
    run("rules", "init", str(tmp_path / "ours.toml"), code=5)


def test_every_command_has_an_example_in_its_help() -> None:
    for command in ("clean", "check", "plan", "profile", "dedupe", "explain", "evaluate"):
        assert "Example:" in run(command, "--help").stdout
    for command in ("list", "show", "check", "init"):
        assert "Example:" in run("rules", command, "--help").stdout
