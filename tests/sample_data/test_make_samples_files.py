"""The sample files are what their script makes, and hold what their README says."""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
from collections import Counter
from pathlib import Path
from random import Random
from types import ModuleType

import phonenumbers
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "sample_data"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_samples", FOLDER / "make_samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_samples"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def leads() -> list[bytes]:
    return (FOLDER / "tradeshow_leads.csv").read_bytes().split(b"\r\n")


@pytest.fixture(scope="module")
def lead_truth() -> dict[int, str]:
    with (FOLDER / "tradeshow_truth.csv").open(encoding="utf-8", newline="") as file:
        return {int(row["line"]): row["person"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def contacts() -> list[dict[str, str]]:
    text = (FOLDER / "crm_contacts.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text.split('\n\n"Grand Totals')[0])))


def crm_truth() -> dict[str, str]:
    with (FOLDER / "crm_truth.csv").open(encoding="utf-8", newline="") as file:
        return {row["Contact ID"]: row["person"] for row in csv.DictReader(file)}


def test_files_equal_what_the_script_makes(script: ModuleType) -> None:
    for name, data in script.make_files().items():
        assert (FOLDER / name).read_bytes() == data, f"run sample_data/make_samples.py: {name} differs"


def test_every_lead_line_has_a_person_and_every_other_line_has_none(
    leads: list[bytes], lead_truth: dict[int, str]
) -> None:
    data = {number for number, line in enumerate(leads, 1) if line.count(b";") >= 15 and b"Badge ID" not in line}
    assert set(lead_truth) == data
    assert f"Total leads: {len(data)}".encode() in leads


def test_header_is_repeated_once_and_one_row_is_ragged(leads: list[bytes]) -> None:
    headers = [number for number, line in enumerate(leads, 1) if line.startswith(b"Scanned At;")]
    assert headers[0] == 5
    assert len(headers) == 2
    widths = Counter(
        len(next(csv.reader([line.decode("utf-8", "replace")], delimiter=";"))) for line in leads[4:-4] if line
    )
    assert widths == {16: sum(widths.values()) - 1, 18: 1}


def test_fourteen_rows_are_windows_1252(leads: list[bytes]) -> None:
    def is_utf8(line: bytes) -> bool:
        try:
            return bool(line.decode() or True)
        except UnicodeDecodeError:
            return False

    assert sum(not is_utf8(line) for line in leads) == 14


def test_all_five_scripts_are_there(leads: list[bytes], contacts: list[dict[str, str]]) -> None:
    for text in (b"\n".join(leads).decode("utf-8", "replace"), str(contacts)):
        for first, last in (("\u0900", "\u097f"), ("\u0980", "\u09ff"), ("\u0b80", "\u0bff"), ("\u0c00", "\u0c7f")):
            assert any(first <= letter <= last for letter in text)
        assert any("\u0600" <= letter <= "\u06ff" for letter in text)


def test_people_are_scanned_up_to_four_times_and_are_partly_in_the_crm(lead_truth: dict[int, str]) -> None:
    scans = Counter(person for person in lead_truth.values() if person.startswith("P"))
    assert max(scans.values()) == 4
    assert sum(count > 1 for count in scans.values()) > 60
    assert len(set(scans) & set(crm_truth().values())) > 150


def test_contact_ids_are_unique_and_carry_their_checksum(script: ModuleType, contacts: list[dict[str, str]]) -> None:
    ids = [contact["Contact ID"] for contact in contacts]
    assert len(set(ids)) == len(ids) == len(crm_truth())
    assert set(ids) == set(crm_truth())
    assert script.contact_id(1) in ids
    for one in ids:
        for part, check in zip((one[:5], one[5:10], one[10:15]), one[15:], strict=True):
            bits = sum(1 << place for place, sign in enumerate(part) if "A" <= sign <= "Z")
            assert "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits] == check


def test_telephone_numbers_are_valid_in_their_country(script: ModuleType) -> None:
    codes = importlib.import_module("sample_world").WRITING
    for person in script.make_people(Random(20261016)):
        for number in (person.mobile, person.company.switchboard):
            parsed = phonenumbers.parse(f"+{codes[person.company.country][0]}{number}")
            assert phonenumbers.is_valid_number(parsed), f"{person.full}: {number}"


def test_telephone_numbers_as_typed_parse(contacts: list[dict[str, str]], script: ModuleType) -> None:
    regions = {name: code for code, names in script.COUNTRIES.items() for name in names}
    typed = [(one["Phone"], regions[one["Mailing Country"]]) for one in contacts if one["Mailing Country"]]
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(*one)) for one in typed if one[0])


def test_mail_domains_cannot_belong_to_anyone(contacts: list[dict[str, str]]) -> None:
    domains = {contact["Email"].strip().lower().rsplit("@", 1)[-1] for contact in contacts if contact["Email"]}
    assert {domain.rsplit(".", 1)[-1] for domain in domains} <= {"example", "exmaple"}
