"""Workbooks: the right sheet, the right rows, dates and numbers as text."""

from __future__ import annotations

import datetime
import io
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crmclean.errors import InputUnreadable
from crmclean.files import Dialect
from crmclean.mapping.known import is_known_header
from tests.files.support import aside, read, rows

xlsxwriter = pytest.importorskip("xlsxwriter")
pytest.importorskip("python_calamine")


def _workbook(**sheets: list[list[object]]) -> bytes:
    store = io.BytesIO()
    with xlsxwriter.Workbook(store, {"in_memory": True}) as book:
        dates = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, grid in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(grid):
                for column, cell in enumerate(cells):
                    if isinstance(cell, datetime.date):
                        sheet.write_datetime(row, column, datetime.datetime.combine(cell, datetime.time()), dates)
                    elif cell is not None:
                        sheet.write(row, column, cell)
    return store.getvalue()


def test_the_sheet_with_the_data_is_found() -> None:
    data = _workbook(
        Cover=[["Leads of the show"]],
        Leads=[
            ["Export of today"],
            [],
            ["Name", "Phone", "Seen", "Score"],
            ["Ana", "0049 30", datetime.date(2026, 3, 5), 12],
            ["Ben", "007", None, 1.5],
            ["Grand Totals (2 records)"],
        ],
    )
    source = read(data)
    assert source.header == ("Name", "Phone", "Seen", "Score")
    assert rows(source) == [("Ana", "0049 30", "2026-03-05", "12"), ("Ben", "007", "", "1.5")]
    assert source.line.tolist() == [4, 5]
    assert source.dialect.sheet == "Leads"
    assert aside(source) == [(1, "preamble"), (2, "blank"), (6, "footer")]
    assert any("sheet 'Leads'" in note for note in source.notes)
    assert read(data, dialect=source.dialect).table.equals(source.table)


def test_contacts_are_preferred_to_larger_sheets_and_the_rest_is_named() -> None:
    leads: list[list[object]] = [["Name", "Email"], *[[f"Ana {n}", f"a{n}@x.example"] for n in range(5)]]
    numbers: list[list[object]] = [[row * column for column in range(20)] for row in range(30)]
    countries: list[list[object]] = [["Code", "Country"], *[[f"C{n}", f"Land {n}"] for n in range(90)]]
    source = read(_workbook(Numbers=numbers, Leads=leads, Countries=countries, Empty=[]), known=is_known_header)
    assert source.dialect.sheet == "Leads"
    assert source.table.num_rows == 5
    assert "not read: 'Numbers' (30 rows), 'Countries' (91 rows)" in source.notes[0]


def test_a_plan_pins_sheet_and_header_of_a_workbook() -> None:
    grid: list[list[object]] = [["Name", "Email"], ["Ana", "a@x.example"], ["Ben", "b@x.example"]]
    data = _workbook(Leads=grid, Other=grid[:2])
    assert read(data, sheet="Other").table.num_rows == 1
    headless = replace(read(data).dialect, has_header=False, header_line=0)
    assert read(data, dialect=headless).table.num_rows == 3


def test_empty_workbook_is_refused() -> None:
    with pytest.raises(InputUnreadable, match="empty"):
        read(_workbook(Sheet1=[]))


def test_damaged_workbooks_are_refused() -> None:
    data = _workbook(Leads=[["Name", "City"], ["Ana", "Pune"]])
    with pytest.raises(InputUnreadable, match="damaged workbook"):
        read(data[:-200])
    with pytest.raises(InputUnreadable, match="no sheet 'Other'"):
        read(data, dialect=Dialect(sheet="Other"))
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(InputUnreadable, match="password"):
        read(locked)


def test_parquet_of_any_types() -> None:
    table = pa.table(
        {
            "id": pa.array([1, None]),
            "when": pa.array([datetime.datetime(2026, 1, 5, 9, 30), None]),
            "tags": pa.array([["a", "b"], []]),
            "raw": pa.array([b"x", None]),
            "ok": pa.array([True, None]),
            "kind": pa.array(["k", None]).dictionary_encode(),
        }
    )
    store = io.BytesIO()
    pq.write_table(table, store)
    source = read(store.getvalue())
    assert rows(source)[0] == ("1", "2026-01-05 09:30:00.000000", '["a", "b"]', "x", "true", "k")
    assert rows(source)[1] == ("", "", "[]", "", "", "")
