"""What cannot be read is refused in one clear sentence; nothing ends in a traceback."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.errors import InputError, InputMissing, InputUnreadable
from crmclean.files import read_source
from tests.files.support import read, rows


def _zip() -> bytes:
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w") as archive:
        archive.writestr("a.txt", "x")
    return store.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\n\n\r\n", "blank lines"),
        (b"\xef\xbb\xbf", "empty"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (_zip(), "zip"),
        (b"BEGIN:VCARD\nVERSION:3.0\nFN:Ana Rao\nEND:VCARD\n", "vCards"),
        (b"<!DOCTYPE html><html><table>", "web page"),
        (b'{"a": 1}\n{"a": 2}\n', "JSON"),
        (b'[{"a": 1}]', "JSON"),
        (bytes(range(256)) * 40, "binary"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "gzip"),
        (b"PAR1 not really PAR1", "Parquet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "workbook"),
    ],
)
def test_true_reasons(data: bytes, reason: str) -> None:
    with pytest.raises(InputUnreadable, match=reason) as caught:
        read(data)
    assert "\n" not in caught.value.message


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match="nothing"):
        read_source(tmp_path / "nothing.csv")
    with pytest.raises(InputUnreadable, match="folder"):
        read_source(tmp_path)


def test_gzip_and_any_extension(tmp_path: Path) -> None:
    path = tmp_path / "leads.bin"
    path.write_bytes(gzip.compress(b"name,city\nAna,Pune\n"))
    source = read_source(path)
    assert source.name == "leads.bin"
    assert rows(source) == [("Ana", "Pune")]


def test_a_header_without_rows_is_a_table() -> None:
    source = read("id,name\n")
    assert (source.table.num_rows, source.header) == (0, ("id", "name"))


def test_a_huge_cell() -> None:
    note = "x, y\n" * 250_000
    source = read(f'id,note\n1,"{note}"\n2,z\n')
    assert rows(source) == [("1", note), ("2", "z")]
    assert source.line.tolist() == [2, 250_003]
    broken = read(f'id,note\n1,"{note}\n2,5" z\n')
    assert broken.table.num_rows > 2


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_read_or_are_refused(data: bytes) -> None:
    try:
        source = read(data)
    except InputError:
        return
    assert source.table.num_rows == len(source.line) == len(source.encoding)


MARKS = [
    b'"',
    b",",
    b";",
    b"\n",
    b"\r",
    b"\t",
    b"a",
    b"1",
    b"\xff",
    b"\xc3\xa9",
    b"\0",
    b"sep=",
    b"#",
    b"\\",
    b"'",
    b" ",
]


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(MARKS), max_size=60).map(b"".join))
def test_any_structure_reads_or_is_refused(data: bytes) -> None:
    try:
        source = read(data)
    except InputError:
        return
    assert source.table.num_rows == len(source.line)
    assert all(0 <= row < source.table.num_rows for row in source.unaligned)
    assert sorted(source.line.tolist()) == source.line.tolist()


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(MARKS), max_size=60).map(b"".join))
def test_no_line_is_lost(data: bytes) -> None:
    try:
        source = read(data)
    except InputError:
        return
    taken = set(source.line.tolist()) | set(source.not_data["line"].to_pylist())
    taken |= {source.dialect.header_line}
    assert len(taken - {0}) == source.table.num_rows + source.not_data.num_rows + bool(source.dialect.header_line)
