"""The fast and the tolerant reader give the same, wherever the fast one dares."""

from __future__ import annotations

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from crmclean.errors import InputError, InputUnreadable
from crmclean.files import Dialect
from tests.files.support import aside, read, rows

PIECES = st.sampled_from(
    [
        "a",
        "b",
        "1",
        " ",
        "  ",
        '"',
        '""',
        '"x"',
        '"y\nz"',
        '"y\r\nz"',
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "Total",
        "\x1a",
        "\0",
        "\ufeff",
        "é",
        "का",
        "#",
    ]
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(TEXTS, st.booleans(), st.sampled_from([",", ""]))
def test_fast_and_tolerant_agree_on_any_text(text: str, header: bool, delimiter: str) -> None:
    dialect = Dialect(delimiter=delimiter, has_header=header, header_line=int(header))
    try:
        fast = read(text, dialect=dialect, engine="arrow")
    except InputError:
        return
    event(f"{len(fast.unaligned) > 0} {fast.not_data.num_rows > 0}")
    slow = read(text, dialect=dialect, engine="tolerant")
    assert rows(fast) == rows(slow)
    assert fast.header == slow.header
    assert fast.table.equals(slow.table)
    assert fast.line.tolist() == slow.line.tolist()
    assert fast.not_data.equals(slow.not_data)
    assert fast.unaligned == slow.unaligned
    assert fast.notes == slow.notes
    assert fast.digest == slow.digest


CELLS = st.text(st.sampled_from('ab \n\r",;é中क्1'), max_size=4)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=6)))
def test_fast_takes_all_well_formed_text(table: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table]
    width = len(table[0]) if table else 2
    text = "\n".join([",".join(f"h{number}" for number in range(width)), *quoted]) + "\n"
    dialect = Dialect(delimiter=",")
    fast, slow = read(text, dialect=dialect, engine="arrow"), read(text, dialect=dialect, engine="tolerant")
    assert rows(fast) == rows(slow) == [tuple(row) for row in table]
    assert fast.line.tolist() == slow.line.tolist()


def test_line_numbers_with_quoted_line_ends_and_blank_lines() -> None:
    text = 'name,note\n\nx,"one\ntwo\r\nthree"\r\n\r\ny,z\rw,v\n'
    for engine in ("arrow", "tolerant"):
        source = read(text, engine=engine)
        assert source.line.tolist() == [3, 7, 8]
        assert aside(source) == [(2, "blank"), (6, "blank")]
        assert rows(source)[0] == ("x", "one\ntwo\r\nthree")


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n1,5" pipe\n2,"x, y"\n',
        'a,b\n"x"y,2\n',
        'a,b\n1,"open\n2,"fine"\n',
        'a,b\n1, "x, y"\n2,z\n',
        'a,b\n"Robert "Bob" Smith",5\n',
        "a,b\n1\n2,3\n4,5,6\n  \n7,8,\n",
        "1,2\n3\n4,5\n",
        'a\n5" x\n"y"\n',
    ],
)
def test_the_fast_reader_takes_files_with_a_few_bad_lines(text: str) -> None:
    fast, slow = read(text, engine="arrow"), read(text, engine="tolerant")
    assert rows(fast) == rows(slow)
    assert (fast.unaligned, fast.notes, fast.line.tolist()) == (slow.unaligned, slow.notes, slow.line.tolist())
    assert fast.not_data.equals(slow.not_data)


@pytest.mark.parametrize("text", ['a,b\n1,5" pipe\n2,"two\nlines"\n', 'a,b\n1,"open\n2,x",y\n3,"z"y\n'])
def test_the_fast_reader_declines_where_lines_and_stray_quotes_meet(text: str) -> None:
    with pytest.raises(InputUnreadable):
        read(text, engine="arrow")
    assert read(text).table.num_columns == 2


def test_repeated_headers_and_footers_go_in_both() -> None:
    text = "id,name,total\n1,x,2\nid,name,total\n2,y,3\nGrand Totals (2 records),,\n"
    for engine in ("arrow", "tolerant"):
        source = read(text, engine=engine)
        assert rows(source) == [("1", "x", "2"), ("2", "y", "3")]
        assert source.line.tolist() == [2, 4]
        assert aside(source) == [(3, "repeated_header"), (5, "footer")]
        assert source.not_data["text"].to_pylist() == ["id,name,total", "Grand Totals (2 records),,"]
