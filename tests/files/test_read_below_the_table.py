"""Below and between the rows: totals, repeated headers, marks and fillings of other systems."""

from __future__ import annotations

import pytest

from tests.files.support import aside, read, rows

PEOPLE = "".join(f"P{number} Weber,p{number}@x.example,{number * 10}\n" for number in range(1, 21))


@pytest.mark.parametrize(
    "last",
    ["Total,,2100", "TOTAL:,,2100", "Summe,,2100", "कुल,,2100", "Grand Total,20,2100", "Total,20,"],
)
@pytest.mark.parametrize("engine", ["arrow", "tolerant"])
def test_a_row_of_totals_is_no_record(last: str, engine: str) -> None:
    source = read(f"Name,Email,Amount\n{PEOPLE}{last}\n", engine=engine)
    assert source.table.num_rows == 20
    assert aside(source) == [(22, "footer")]


@pytest.mark.parametrize(
    "last",
    [
        "Total,,2101",  # a company of that name: its number is not the sum of the others
        "Total,info@total.example,2100",
        "Tina Total,,2100",
        "Total,,",
    ],
)
def test_a_record_that_is_called_total_stays(last: str) -> None:
    source = read(f"Name,Email,Amount\n{PEOPLE}{last}\n")
    assert source.table.num_rows == 21


@pytest.mark.parametrize("engine", ["arrow", "tolerant"])
def test_there_are_no_totals_of_nothing(engine: str) -> None:
    assert read("Name,Email,Amount\nTotal,,0\n", engine=engine).table.num_rows == 1


def test_totals_are_added_up_in_the_files_own_notation() -> None:
    body = "A GmbH;x@a.example;1.234,50\nB GmbH;x@b.example;0,25\nC GmbH;;1.000,00\n"
    source = read(f"Firma;E-Mail;Umsatz\n{body}Gesamt;;2.234,75\n\nVertrauliche Information\n", delimiter=";")
    assert source.table.num_rows == 3
    assert aside(source) == [(5, "footer"), (6, "blank"), (7, "footer")]


@pytest.mark.parametrize("engine", ["arrow", "tolerant"])
def test_a_repeated_header_in_another_case_is_one(engine: str) -> None:
    text = "First Name,Last Name,Email\nAna,Rao,a@x.example\nFIRST NAME , last name,EMAIL\nBen,Ode,b@x.example\n"
    source = read(text, engine=engine)
    assert [row[0] for row in rows(source)] == ["Ana", "Ben"]
    assert aside(source) == [(3, "repeated_header")]


def test_in_a_narrow_table_a_repeated_header_is_the_same_to_the_letter() -> None:
    assert read("name,city\nName,City\nAna,Rome\n").table.num_rows == 2
    assert read("name,city\nname,city\nAna,Rome\n").table.num_rows == 1


def test_files_glued_together_with_their_marks() -> None:
    mark, head = b"\xef\xbb\xbf", b"Name,Email\n"
    source = read(mark + mark + head + b"Ana,a@x.example\n" + mark + head + b"Ben,b@x.example\n")
    assert source.header == ("Name", "Email")
    assert [row[0] for row in rows(source)] == ["Ana", "Ben"]


@pytest.mark.parametrize("end", [b"\x1a", b"\0" * 600, b"\0\0\r\n \x1a"])
@pytest.mark.parametrize("engine", ["arrow", "tolerant"])
def test_the_end_mark_of_dos_and_nul_filling_are_no_rows(end: bytes, engine: str) -> None:
    source = read(b"First Name,Email\r\nAna,a@x.example\r\n" + end, engine=engine)
    assert source.table.num_rows == 1
    assert not source.unaligned
    assert {what for _, what in aside(source)} == {"blank"}
