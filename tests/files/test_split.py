"""The compiled reader gives what the scan and Arrow's parser give, in one part or two, and refuses what they refuse."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmclean.files import split
from crmclean.files.fast import Scan, read_fast, scan
from crmclean.files.split import split_records
from crmclean.kernels import kernel

pytestmark = pytest.mark.skipif(
    kernel("records_measure", "Bnnnnnnqq") is None, reason="no compiled kernels here: nothing to compare"
)

CELLS = st.text(alphabet='aé",;\n\r x', max_size=6)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12)
)


def plain(data: bytes, width: int, quote: str = '"') -> tuple[list[list[str]], Scan] | None:
    """What the scan and Arrow's parser say."""
    found = scan(data, ",", quote)
    columns = None if found is None else read_fast(data, width, ",", quote, found)
    if found is None or columns is None or len(columns[0]) != len(found.starts):
        return None
    return [column.to_pylist() for column in columns], found


def check(data: bytes, width: int, quote: str = '"') -> bool:
    """Hold the two against each other; whether they could read the text."""
    expected, got = plain(data, width, quote), split_records(data, width, ",", quote)
    if expected is None or got is None:
        assert expected is None
        assert got is None
        return False
    columns, found = got
    for column in columns:
        column.validate(full=True)
    assert [column.to_pylist() for column in columns] == expected[0]
    for name in ("record_lines", "blank_lines", "starts"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected[1], name), name)
    assert (found.quoted_newlines, found.size) == (expected[1].quoted_newlines, expected[1].size)
    return True


@pytest.fixture(params=[1 << 20, 1], ids=["whole", "in parts"], autouse=True, scope="module")
def parts(request: pytest.FixtureRequest) -> object:
    """Texts of any size are read in two parts, or these small ones in one."""
    patch = pytest.MonkeyPatch()
    patch.setattr(split, "_WORTH_THREADS", request.param)
    yield
    patch.undo()


@given(TABLES, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_well_formed_tables_are_read(table: list[list[str]], end: str, quoting: int) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=quoting).writerows(table)
    text = out.getvalue()
    assume(text.strip("\r\n"))
    check(text.encode(), len(table[0]))


@given(st.text(alphabet='ab",\n\r', min_size=1, max_size=40), st.integers(1, 3), st.sampled_from(['"', ""]))
def test_any_text_is_read_alike_or_refused_by_both(text: str, width: int, quote: str) -> None:
    check(text.encode(), width, quote)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ('a,b\n"c\nd","e ""f"""\n\n\r\ng,\n', 2),
        ("a\nb", 1),
        ('""\n"",\n', 2),
        ('"a\r\nb\rc",1\r\n\r\nx,2', 2),
    ],
)
def test_lines_are_counted_as_they_are_in_the_file(text: str, width: int) -> None:
    check(text.encode(), width)


@pytest.mark.parametrize("text", ['a"b,c\n', '"a"b,c\n', '"a,b\nc,d\n', "a,b\nc\n", "a,b\nc,d,e\n"])
def test_what_is_not_well_formed_is_refused(text: str) -> None:
    assert split_records(text.encode(), 2, ",", '"') is None


def test_a_large_file_is_read_in_two_parts() -> None:
    rows = "".join(f'{number},"n ""{number}""\n, é",\r\n' for number in range(60_000))
    assert len(rows) > 1 << 20
    assert check(rows.encode(), 3)
