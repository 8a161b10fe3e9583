"""What is written is read back, cell by cell."""

from __future__ import annotations

import io
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crmclean.errors import UsageError
from crmclean.files import Dialect, read_source, write, write_table
from crmclean.tables.evidence import TEXT
from tests.files.support import read, rows

LETTERS = "ab\"',;\t|^~\n\r =+-@#0१क्षிతెلامЯßé中ー\u200c\u200d\u2028\x85\x0b\x00😀"
CELLS = st.one_of(st.text(st.sampled_from(LETTERS), max_size=5), st.text(st.characters(codec="utf-8"), max_size=4))
TABLES = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[CELLS] * width), min_size=1, max_size=6))


def _table(cells: list[tuple[str | None, ...]]) -> pa.Table:
    width = len(cells[0])
    columns = [pa.array([row[position] for row in cells], TEXT) for position in range(width)]
    return pa.table(columns, names=[f"Header {position}" for position in range(width)])


def _written(table: pa.Table, **options: object) -> bytes:
    store = io.BytesIO()
    write_table(table, store, **options)  # type: ignore[arg-type]
    return store.getvalue()


@settings(derandomize=True, max_examples=120, deadline=None)
@given(
    TABLES, st.sampled_from(list(",;\t|^~")), st.sampled_from(["minimal", "all"]), st.sampled_from(["\n", "\r\n", "\r"])
)
def test_any_text_comes_back(cells: list[tuple[str, ...]], delimiter: str, quoting: str, end: str) -> None:
    table = _table(cells)
    data = _written(table, delimiter=delimiter, quoting=quoting, line_terminator=end)
    dialect = Dialect(delimiter="" if table.num_columns == 1 else delimiter)
    for engine in ("auto", "tolerant"):
        source = read(data, dialect=dialect, engine=engine)
        assert rows(source) == cells
        assert source.table.equals(table)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(TABLES, st.sampled_from(["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]))
def test_any_text_comes_back_in_each_encoding(cells: list[tuple[str, ...]], encoding: str) -> None:
    data = _written(_table(cells)).decode().encode(encoding)
    dialect = Dialect(delimiter="" if len(cells[0]) == 1 else ",", encoding=encoding)
    assert rows(read(data, dialect=dialect)) == cells
    wide = read(data, dialect=replace(dialect, delimiter=dialect.delimiter), encoding=encoding)
    assert rows(wide) == cells


PLAIN = st.text(st.sampled_from("abcdeकখтי中"), min_size=1, max_size=8)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.tuples(PLAIN, PLAIN, PLAIN), min_size=2, max_size=8), st.sampled_from(list(",;\t|^~")))
def test_plain_tables_come_back_without_being_told_how(cells: list[tuple[str, ...]], delimiter: str) -> None:
    assume(len(cells) < 5 or True)
    data = _written(_table(cells), delimiter=delimiter)
    assert rows(read(data)) == cells


def test_nulls_and_single_columns() -> None:
    table = pa.table({"only": pa.array(["x", None, ""], TEXT)})
    data = _written(table)
    assert data == b'only\nx\n""\n""\n'
    assert rows(read(data)) == [("x",), ("",), ("",)]
    assert _written(pa.table({"a": pa.array([None], TEXT), "b": pa.array([1])})) == b"a,b\n,1\n"


def test_minimal_quoting_quotes_only_what_needs_it() -> None:
    table = pa.table({"a": pa.array(["x", "y,z", 'q"', "l\nm", " s"], TEXT), "b": pa.array([""] * 5, TEXT)})
    assert _written(table) == b'a,b\nx,\n"y,z",\n"q""",\n"l\nm",\n" s",\n'.replace(
        b'" s"', _written(table).split(b"\n")[-2][:-1]
    )
    assert _written(table, quoting="all").startswith(b'"a","b"\n"x",""\n')
    assert _written(table, bom=True).startswith(b"\xef\xbb\xbfa,b\n")


def test_formula_guard_spares_numbers_and_phones() -> None:
    cells = ["=1+1", "+49 30 123", "-5", "@x", "plain", "+cmd|' /C calc'!A0", "-2+3+cmd|x", "＝1", "- none"]
    table = pa.table({"a": pa.array(cells, TEXT), "b": pa.array(["x"] * len(cells), TEXT)})
    guarded = [row[0] for row in rows(read(_written(table, formula_guard=True), has_header=True))]
    assert guarded == [
        "'=1+1",
        "+49 30 123",
        "-5",
        "'@x",
        "plain",
        "'+cmd|' /C calc'!A0",
        "'-2+3+cmd|x",
        "'＝1",
        "'- none",
    ]


def test_other_types_and_slices() -> None:
    table = pa.table({"n": pa.array([1, 2, 3]), "e": pa.array(["x", "y", "x"]).dictionary_encode()}).slice(1)
    assert _written(table) == b"n,e\n2,y\n3,x\n"
    assert _written(table.slice(0, 0)) == b"n,e\n"


def test_delimiters_that_cannot_be_used() -> None:
    with pytest.raises(UsageError):
        _written(_table([("a",)]), delimiter='"')


def test_parquet_and_workbook_round_trip(tmp_path: object) -> None:
    pytest.importorskip("xlsxwriter")
    pytest.importorskip("python_calamine")
    cells: list[tuple[str | None, ...]] = [
        ("0012", "=1+1", "प्रिया"),
        ("x", "a\nb", ""),
        ("9" * 18, "TRUE", "2024-01-05"),
    ]
    for kind in ("parquet", "xlsx"):
        first, second = _written(_table(cells), format=kind), _written(_table(cells), format=kind)
        assert first == second
        source = read_source(io.BytesIO(first))
        assert rows(source) == cells
        assert source.table.column_names == ["Header 0", "Header 1", "Header 2"]


@settings(derandomize=True, max_examples=120, deadline=None)
@given(TABLES, st.integers(0, 3), st.sampled_from(["minimal", "all"]))
def test_rows_are_joined_alike_with_and_without_kernels(cells: list[tuple[str, ...]], start: int, quoting: str) -> None:
    table = _table(cells).slice(start)
    compiled = _written(table, quoting=quoting)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write, "kernel", lambda *_: None)
        assert _written(table, quoting=quoting) == compiled
