"""Whole runs on small hand-made lists: what each part promises, seen from outside."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import crmclean
from crmclean.reopen import restore
from crmclean.ruleset import load_rules


def frame(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype="str")


def clean(data: Any, *packs: Any, **options: Any) -> crmclean.CleanResult:
    return crmclean.clean(data, rules=list(packs) or "default", as_of="2026-11-22", **options)


TWINS = frame(
    **{
        "Contact ID": ["003A", "003B", "003C"],
        "First Name": ["Ann", "Ann", "Cyd"],
        "Last Name": ["Lee", "Lee", "Fox"],
        "Email": ["ann.lee@globex.com", "ann.lee@globex.com", "cyd@fox.org"],
        "Mobile Phone": ["+1 646 555 7891", "+1 646 555 7891", ""],
        "Title": ["Sales Manager", "Sales Director", "CEO"],
        "Lead Rating": ["Cold", "Hot", ""],
        "Notes": ["met at booth", "wants demo", ""],
        "Email Opt Out": ["No", "Yes", ""],
        "Last Activity Date": ["2024-01-10", "2026-02-01", "2026-05-05"],
        "Created Date": ["2023-01-01", "2024-06-06", "2024-01-01"],
        "Favourite colour": ["red", "blue", "green"],
    }
)


def test_a_cluster_becomes_one_golden_record_by_the_rules_of_each_field() -> None:
    result = clean(TWINS)
    ann = result.cleaned.set_index("Last Name").loc["Lee"]
    assert ann["Title"] == "Sales Director"  # most recent
    assert ann["Lead Rating"] == "Hot"  # highest
    assert ann["Notes"] == "met at booth | wants demo"  # joined, oldest first
    assert ann["Email Opt Out"] == "true"  # an opt-out survives
    assert ann["Last Activity Date"] == "2026-02-01"  # latest
    assert ann["Created Date"] == "2023-01-01"  # earliest
    assert ann["crmclean_cluster_id"] == "frame:003A"
    assert list(result.duplicates["crmclean_role"]) == ["survivor", "merged"]


def test_every_golden_value_is_traced_to_its_record() -> None:
    batch = clean(TWINS).batch
    normalised = {0: TWINS.iloc[0], 1: TWINS.iloc[1]}
    for item in batch.evidence.survivors.to_pylist():
        row = normalised[item["from_row"]]
        assert item["value"].casefold() in {str(value).casefold() for value in row} | {"+16465557891", "true", "false"}
    titles = [item for item in batch.evidence.survivors.to_pylist() if item["field"] == "title"]
    assert [item["from_row"] for item in titles] == [1]
    notes = [item for item in batch.evidence.survivors.to_pylist() if item["field"] == "notes"]
    assert [(item["value"], item["from_row"]) for item in notes] == [("met at booth", 0), ("wants demo", 1)]


def test_a_later_dated_opt_in_wins_only_where_the_rules_let_it() -> None:
    data = frame(
        **{
            "First Name": ["Ann", "Ann"],
            "Last Name": ["Lee", "Lee"],
            "Email": ["ann.lee@globex.com", "ann.lee@globex.com"],
            "Mobile": ["+1 646 555 7891", "+1 646 555 7891"],
            "Marketing consent": ["no", "yes"],
            "Opt-in date": ["", "2026-06-01"],
            "Last Activity Date": ["2024-01-10", "2026-02-01"],
        }
    )
    assert list(clean(data).cleaned["Marketing consent"]) == ["false"]
    allowed = clean(data, "default", {"consent": {"later_opt_in_wins": True}})
    assert list(allowed.cleaned["Marketing consent"]) == ["true"]


def test_polarity_is_kept_and_a_contradiction_is_an_issue() -> None:
    data = frame(
        **{
            "Last Name": ["Lee", "Fox"],
            "Email": ["a@globex.com", "c@fox.org"],
            "Email Opt Out": ["Yes", "No"],
            "Marketing consent": ["Yes", "Yes"],
        }
    )
    result = clean(data)
    found = [item for item in result.evidence.issues.to_pylist() if item["reason"] == "consent.conflict"]
    assert [(item["row"], item["column"]) for item in found] == [(0, "Marketing consent")]
    assert list(result.cleaned["Email Opt Out"]) == ["true", "false"]


def test_several_inputs_are_one_row_set() -> None:
    scans = frame(**{"First Name": ["Ann"], "Surname": ["Lee"], "E-mail": ["ann.lee@globex.com"], "Booth": ["C-14"]})
    crm = frame(
        **{"Last Name": ["Lee", "Fox"], "First Name": ["Ann", "Cyd"], "Email": ["ann.lee@globex.com", "cyd@fox.org"]}
    )
    result = clean([scans, crm])
    assert list(result.cleaned.columns[:4]) == ["First Name", "Surname", "E-mail", "Booth"]
    assert "crmclean_source" in result.cleaned
    assert result.balance == {"read": 3, "cleaned": 2, "merged": 1, "quarantined": 0}
    assert set(result.cleaned["Surname"]) == {"Lee", "Fox"}


def test_two_inputs_of_one_name_are_two_sources(tmp_path: Path) -> None:
    for year, mail in (("2025", "ann@globex.com"), ("2026", "bo@ray.org")):
        (tmp_path / year).mkdir()
        (tmp_path / year / "leads.csv").write_text(f"Last Name,Email\nLee{year},{mail}\n", encoding="utf-8")
    result = clean([tmp_path / "2025" / "leads.csv", tmp_path / "2026" / "leads.csv"])
    assert list(result.cleaned["crmclean_source"]) == ["leads.csv", "leads.csv#2"]
    files = next(item for item in result.summary["groups"] if item["by"] == "file")["groups"]
    assert {item["name"]: item["rows"] for item in files} == {"leads.csv": 1, "leads.csv#2": 1}
    assert set(result.as_read["sources"]) == {"leads.csv", "leads.csv#2"}


def test_the_users_own_checks(tmp_path: Path) -> None:
    data = frame(
        **{
            "Last Name": ["Lee", "Fox", "Ray", "Orr"],
            "Email": ["a@globex.com", "b@globex.com", "c@globex.com", "d@globex.com"],
            "Customer No": ["K-123456", "123", "", "K-000001"],
            "Employees": ["12", "0", "9000000", "many"],
            "Created Date": ["2024-01-01", "2024-01-01", "2025-01-01", ""],
            "Last Activity Date": ["2025-01-01", "2023-01-01", "2025-01-01", "2025-01-01"],
        }
    )
    rules = {
        "validate": {
            "required": ["company"],
            "quarantine": ["customer_number"],
            "checks": [
                {"name": "customer_number", "column": "Customer No", "pattern": "K-[0-9]{6}", "severity": "error"},
                {"name": "plausible_size", "field": "employees", "minimum": 1, "maximum": 500000},
                {"name": "order", "field": "last_activity_at", "compare": ">=", "other": "created_at"},
            ],
        }
    }
    result = clean(data, "default", rules)
    found = {(item["rule"], item["row"]) for item in result.evidence.issues.to_pylist()}
    assert {("check.customer_number", 1), ("check.plausible_size", 1), ("check.plausible_size", 2)} <= found
    assert ("check.plausible_size", 3) in found
    assert ("check.order", 1) in found
    assert ("check.order", 0) not in found
    assert ("check.customer_number", 2) not in found  # missing is not invalid
    assert list(result.quarantined["Last Name"]) == ["Fox"]
    assert sum(item["reason"] == "required.missing" for item in result.evidence.issues.to_pylist()) == 4


def test_rows_with_nothing_usable_are_set_aside_with_their_reason() -> None:
    data = frame(
        **{
            "First Name": ["test", "", "Ann", "asdf"],
            "Last Name": ["test", "", "Lee", "qwerty"],
            "Email": ["test@test.com", "n/a", "", ""],
            "Phone": ["0000000000", "", "", ""],
            "City": ["", "Berlin", "", ""],
        }
    )
    result = clean(data)
    assert list(result.cleaned["First Name"]) == ["Ann"]
    assert result.balance["quarantined"] == 3
    assert all(result.quarantined["crmclean_reasons"])


def test_a_picklist_is_spelt_as_the_crm_spells_it_and_the_rest_reported() -> None:
    data = frame(
        **{
            "Last Name": ["Lee", "Fox"],
            "Email": ["a@b.com", "c@d.com"],
            "Lead Source": ["trade show", "carrier pigeon"],
        }
    )
    rules = {"values": {"lead_source": {"closed": True, "map": {"Trade Show": "Tradeshow"}}}}
    result = clean(data, "default", rules)
    assert list(result.cleaned["Lead Source"]) == ["Tradeshow", "carrier pigeon"]
    found = [item for item in result.evidence.issues.to_pylist() if item["reason"] == "picklist.unmapped"]
    assert [item["value"] for item in found] == ["carrier pigeon"]


def test_output_columns_are_chosen_and_nothing_is_dropped_silently(tmp_path: Path) -> None:
    rules = {"output": {"keep": ["email", "Last Name", "Contact ID"], "drop_unused": True}}
    result = clean(TWINS, "default", rules)
    assert list(result.cleaned.columns[:3]) == ["Email", "Last Name", "Contact ID"]
    folder = result.write(tmp_path / "out")
    assert "Favourite colour" in (folder / "report.html").read_text(encoding="utf-8")
    pd.testing.assert_frame_equal(restore(folder).to_pandas().astype("str"), TWINS.astype("str"), check_dtype=False)


def test_whoever_leaves_out_an_opt_out_or_misspells_a_column_is_told() -> None:
    notes = clean(TWINS, "default", {"output": {"keep": ["email", "Last Nam"]}}).summary["notes"]
    assert any("'Last Nam'" in note for note in notes)
    assert any("Email Opt Out" in note and "opt-outs (1)" in note for note in notes)
    assert not clean(TWINS, "default", {"output": {"drop": ["fax", "Notes"]}}).summary["notes"]


def test_a_cut_list_of_changes_says_so(tmp_path: Path) -> None:
    result = clean(TWINS, "default", {"output": {"changes_limit": 3}})
    total = result.evidence.changes.num_rows
    assert result.summary["notes"] == [
        f"changes.csv has the first 3 of {total} changes; evidence/changes.parquet has them all"
    ]
    folder = result.write(tmp_path / "out")
    assert len(pd.read_csv(folder / "changes.csv")) == 3
    assert "the first 3 of" in (folder / "report.html").read_text(encoding="utf-8")


def test_an_owner_answers_for_the_rows_he_brought_not_for_those_merged_into_them() -> None:
    data = TWINS.assign(
        **{"Contact Owner": ["Asha", "Bob", "Asha"], "Email": ["ann.lee@globex.com", "ann.lee@globex", ""]}
    )
    rules = {"survivorship": {"fields": {"owner": {"strategy": "most_recent"}}}}
    result = clean(data, "default", rules)
    assert result.balance["merged"] == 1
    assert result.cleaned["Contact Owner"][0] == "Bob"
    owners = next(item for item in result.summary["groups"] if item["by"] == "owner")["groups"]
    assert {item["name"]: (item["rows"], item["bad"]) for item in owners} == {"Asha": (2, 0), "Bob": (1, 1)}


@pytest.mark.parametrize("values", ["canonical", "keep"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_input_comes_back_from_the_output_folder(values: str, delimiter: str, tmp_path: Path) -> None:
    text = io.StringIO()
    TWINS.to_csv(text, index=False, sep=delimiter)
    path = tmp_path / "in.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    rules = {"output": {"values": values}}
    folder = clean(path, "default", rules).write(tmp_path / "out")
    pd.testing.assert_frame_equal(restore(folder).to_pandas().astype("str"), TWINS.astype("str"), check_dtype=False)


def test_tradeshow_stamps_the_source_and_assumes_no_consent() -> None:
    data = frame(**{"First Name": ["Ann"], "Last Name": ["Lee"], "Email": ["a@globex.com"], "Email Opt In": [""]})
    result = clean(data, "tradeshow")
    assert list(result.cleaned["Lead source"]) == ["Tradeshow"]
    assert list(result.cleaned["Email Opt In"].fillna("")) == [""]


def test_the_stamp_goes_to_what_the_import_brings_and_the_owner_stays(tmp_path: Path) -> None:
    scans, crm = tmp_path / "scans.csv", tmp_path / "crm.csv"
    scans.write_text(
        "Badge ID,First Name,Last Name,Email,Mobile,Scanned By,Scanned At,Lead Rating,Notes\n"
        "B1,Ann,Lee,ann.lee@globex.com,+1 646 555 7891,tablet-2,2026-10-13,Cold,met\n"
        "B1,Ann,Lee,ann.lee@globex.com,,tablet-1,2026-10-14,Hot,wants demo\n"
        "B2,Cyd,Fox,cyd@fox.org,,tablet-1,2026-10-14,,\n",
        encoding="utf-8",
    )
    crm.write_text(
        '"Contact ID","First Name","Last Name","Email","Mobile Phone","Mailing Country","Lead Source","Contact Owner",'
        '"Email Opt Out","Last Activity Date","Account Name","Mailing State/Province","Mailing Zip/Postal Code"\n'
        "003A,Ann,Lee,ann.lee@globex.com,+1 646 555 7891,US,Web,Asha,0,2024-01-10,Globex,,\n"
        "003B,Bo,Ray,bo@ray.org,,US,,Asha,0,2024-01-10,,,\n",
        encoding="utf-8",
    )
    once = clean([scans, crm], "tradeshow")
    people = once.cleaned.fillna("").set_index("Last Name")
    assert people["Lead Source"].to_dict() == {"Lee": "Web", "Fox": "Tradeshow", "Ray": ""}
    assert people["Scanned By"].to_dict() == {"Lee": "Asha", "Fox": "tablet-1", "Ray": "Asha"}
    assert people["Contact ID"].to_dict() == {"Lee": "003A", "Fox": "", "Ray": "003B"}
    assert people.loc["Lee", ["Lead Rating", "Notes", "Badge ID"]].tolist() == ["Hot", "met | wants demo", "B1"]
    once.write(tmp_path / "out", force=True)
    again = clean(tmp_path / "out" / "cleaned.csv", "tradeshow")
    assert again.cleaned["Lead Source"].fillna("").tolist() == once.cleaned["Lead Source"].fillna("").tolist()


def test_records_an_earlier_run_kept_apart_are_only_put_before_a_person() -> None:
    once = clean(TWINS).cleaned
    apart = pd.concat([once, once.iloc[[0]].assign(crmclean_cluster_id="other", crmclean_record_id="other")])
    result = clean(apart.reset_index(drop=True))
    assert result.balance["merged"] == 0
    assert len(result.review) >= 1


def test_stale_records_are_flagged_by_evidence_and_never_by_modified_at() -> None:
    data = frame(
        **{
            "Last Name": ["Lee", "Fox", "Ray", "Orr"],
            "Email": ["a@globex.com", "b@fox.org", "c@ray.net", "d@orr.io"],
            "Last Activity Date": ["2019-01-01", "2026-10-01", "", "2099-01-01"],
            "Last Modified Date": ["2026-11-01", "2026-11-01", "2026-11-01", "2026-11-01"],
        }
    )
    result = clean(data)
    assert list(result.cleaned["crmclean_freshness"]) == ["stale", "fresh", "unknown", "unknown"]


def test_an_empty_list_and_a_list_of_nobody_are_fine(tmp_path: Path) -> None:
    empty = frame(**{"First Name": [], "Email": []})
    result = clean(empty)
    assert result.balance["read"] == 0
    result.write(tmp_path / "empty")
    nobody = clean(frame(**{"First Name": ["test"], "Email": ["test@test.com"]}))
    assert nobody.balance["cleaned"] == 0
    nobody.write(tmp_path / "nobody", force=True)


def test_dedupe_gives_the_frame_back() -> None:
    data = TWINS.set_index(pd.Index([10, 20, 30]))
    out = crmclean.dedupe(data)
    pd.testing.assert_frame_equal(out[data.columns], data)
    assert out["crmclean_cluster_id"].tolist() == ["1", "1", "3"]
    mapped = crmclean.dedupe(data, mapping={"Email": "email", "Last Name": "last_name", "First Name": "first_name"})
    assert mapped["crmclean_cluster_id"].nunique() == 2
    with pytest.raises(crmclean.CrmCleanError, match="Nope"):
        crmclean.dedupe(data, mapping={"Nope": "email"})


def test_rules_objects_files_and_mappings_are_all_rules(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text("extends = 'default'\n[staleness]\nthreshold_days = 1\n")
    for rules in (tmp_path / "ours.toml", load_rules(tmp_path / "ours.toml"), {"staleness": {"threshold_days": 1}}):
        assert crmclean.clean(TWINS, rules=rules, as_of="2026-11-22").context.rules.staleness.threshold_days == 1


def test_one_row_without_an_id_leaves_the_others_theirs() -> None:
    people = pd.DataFrame(
        {
            "Contact ID": ["7", "", "9", "10"],
            "First Name": ["Ann", "Bob", "Cy", "Di"],
            "Last Name": ["Lee", "Ray", "Fox", "Orr"],
            "Email": ["ann@globex.com", "bob@globex.com", "cy@globex.com", "di@globex.com"],
        }
    )
    ids = clean(people).cleaned["crmclean_record_id"].tolist()
    assert [ids[0], *ids[2:]] == ["frame:7", "frame:9", "frame:10"]
    assert ids[1].startswith("r")
    people.loc[3, "Contact ID"] = "9"  # ids that are not unique are none
    assert all(each.startswith("r") for each in clean(people).cleaned["crmclean_record_id"])
