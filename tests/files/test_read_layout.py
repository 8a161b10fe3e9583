"""Where the table is: title blocks, headers, footers, comments, ragged rows."""

from __future__ import annotations

import pytest

from crmclean.mapping.known import is_known_header
from tests.files.support import aside, read, rows

REPORT = """\
"Leads by Source"
"As of 2026-11-20 09:00:00"

"First Name","Last Name","Company","Email"
"Ana","Rao","Acme","ana@acme.example"
"Ben","Ode","Globex","ben@globex.example"


"Grand Totals (2 records)"

"Confidential Information - Do Not Distribute"
"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."
"""


def test_a_report_with_title_block_and_footer() -> None:
    source = read(REPORT)
    assert source.header == ("First Name", "Last Name", "Company", "Email")
    assert [row[0] for row in rows(source)] == ["Ana", "Ben"]
    assert source.line.tolist() == [5, 6]
    assert source.dialect.header_line == 4
    assert source.dialect.preamble_lines == 3
    assert aside(source) == [
        *[(1, "preamble"), (2, "preamble"), (3, "blank"), (7, "blank"), (8, "blank")],
        *[(9, "footer"), (10, "blank"), (11, "footer"), (12, "footer")],
    ]


def test_a_footer_after_a_blank_line_needs_no_known_words() -> None:
    source = read("a,b,c\n1,2,3\n4,5,6\n\nSome remark below\n")
    assert source.table.num_rows == 2
    assert aside(source) == [(4, "blank"), (5, "footer")]


def test_a_short_row_at_the_end_is_not_a_footer() -> None:
    source = read("a,b,c\n1,2,3\n4,5,6\n7\n")
    assert source.unaligned == {2: "7"}
    assert source.table.num_rows == 3
    assert rows(source)[2] == (None, None, None)


def test_rows_of_data_that_sound_like_a_footer_stay() -> None:
    text = "company,city,phone\nCopyright Agency,Sydney,+61 2 9394 7600\nTotal,Paris,01 47 44 45 46\n"
    assert read(text).table.num_rows == 2
    listed = "company\nAcme\nGrand Total Traders\n"
    assert read(listed).table.num_rows == 2


@pytest.mark.parametrize("sep", [";", ",", "\t", "|"])
def test_a_sep_line_names_the_delimiter(sep: str) -> None:
    text = f"sep={sep}\nname{sep}city\nRao{sep}Pune\n"
    source = read(text)
    assert source.dialect.delimiter == sep
    assert rows(source) == [("Rao", "Pune")]
    assert aside(source) == [(1, "sep_line")]


def test_comments_are_not_data() -> None:
    source = read("# export of today\nid,name\n1,x\n# a remark\n2,y\n")
    assert rows(source) == [("1", "x"), ("2", "y")]
    assert aside(source) == [(1, "preamble"), (4, "comment")]


def test_short_rows_are_filled_where_that_is_the_exporters_habit() -> None:
    lines = ["id,name,note", *(f"{n},x,said {n}" if n % 3 else f"{n},x" for n in range(30))]
    source = read("\n".join(lines))
    assert not source.unaligned
    assert rows(source)[3] == ("3", "x", "")
    assert "10 rows were filled up" in " ".join(source.notes)


def test_short_rows_are_set_aside_where_full_rows_also_end_empty() -> None:
    lines = ["id,name,note", *(f"{n},x,{'' if n == 1 else n}" if n % 3 else f"{n},x" for n in range(30))]
    source = read("\n".join(lines))
    assert len(source.unaligned) == 10
    assert source.unaligned[0] == "0,x"


def test_long_rows_are_cut_only_where_nothing_is_lost() -> None:
    source = read("a,b\n1,2,,\n3,4,5\n")
    assert rows(source) == [("1", "2"), (None, None)]
    assert source.unaligned == {1: "3,4,5"}


def test_an_orphaned_quote_costs_one_line() -> None:
    source = read('id,name,city\n1,"open,Pune\n2,"Rao",Delhi\n3,x,y\n4,"also "" fine",z\n')
    assert source.table.num_rows == 4
    assert rows(source)[1:] == [("2", "Rao", "Delhi"), ("3", "x", "y"), ("4", 'also " fine', "z")]
    assert rows(source)[0] == ("1", '"open', "Pune")  # its own characters, nothing moved


def test_undoubled_quotes_stay_in_the_cell() -> None:
    source = read('name,size\n"Robert "Bob" Smith",5" pipe\n')
    assert rows(source) == [('Robert "Bob" Smith', '5" pipe')]


def test_names_are_made_unique_and_the_header_kept() -> None:
    source = read("Company,,Company,Email\nAcme,x,Beta,a@b.example\n")
    assert source.table.column_names == ["Company", "column_2", "Company#2", "Email"]
    assert source.header == ("Company", "", "Company", "Email")


@pytest.mark.parametrize(
    ("text", "headed"),
    [
        ("ana@acme.example,Ana\nben@globex.example,Ben\n", False),
        ("1,Ana\n2,Ben\n", False),
        ("Ana,+91 98765 43210\nBen,+91 98765 43211\n", False),
        ("2024-01-05,Ana\n2024-01-06,Ben\n", False),
        ("email,name\nana@acme.example,Ana\n", True),
        ("नाम,शहर\nप्रिया,पुणे\nराहुल,दिल्ली\n", True),
        ("name\nAna\nBen\n", True),
        ("company,2023,2024\nAcme,12.5,13\nGlobex,8,9.5\n", True),
    ],
)
def test_headers_are_told_from_data(text: str, headed: bool) -> None:
    source = read(text)
    assert source.dialect.has_header is headed
    assert bool(source.header) is headed
    if not headed:
        assert source.table.column_names == [f"column_{n + 1}" for n in range(source.table.num_columns)]


def test_known_header_words_count() -> None:
    text = "Ana,Ben\nCleo,Dan\n"
    assert read(text, known=lambda cell: cell == "Ana").dialect.has_header
    countries = "Acme;India\n" + "".join(f"Company {n};India\n" for n in range(9))
    assert not read(countries).dialect.has_header
    assert read(countries, known=lambda cell: cell == "India").dialect.has_header


@pytest.mark.parametrize(
    ("text", "header_line"),
    [
        (
            "Leads, Booth 12, Berlin\nExported today, by Ana\n\nBadge,Name,Company,Email\n1,A,B,a@b.example\n2,C,,\n",
            4,
        ),
        ("Report:,Leads\nBy:,Jo\n,\nName,Company,Email,City\nA,B,a@b.example,Goa\nC,D,c@d.example,Pune\n", 4),
        ("Report:,Leads\nBy:,Jo\nName,Company,Email,City\nA,B,a@b.example,Goa\nC,D,c@d.example,Pune\n", 3),
        ("Leads,,,\n,,,\nName,Company,Email,City\nA,B,a@b.example,Goa\nC,D,c@d.example,Pune\n", 3),
        ('Notes:\n"One, two, three."\n\nName,Company,Email,City\nA,B,a@b.example,Goa\n', 4),
    ],
)
def test_title_blocks_with_delimiters_in_them(text: str, header_line: int) -> None:
    source = read(text)
    assert source.dialect.header_line == header_line
    assert not source.unaligned
    assert source.not_data.num_rows == header_line - 1


def test_groups_above_the_column_names_are_not_the_header() -> None:
    people = "".join(f"Ana,Rao,a{number}@x.example,Acme,0{number}\n" for number in range(5))
    text = "Contact,,,Company,\nFirst Name,Last Name,Email,Company Name,Phone\n" + people
    source = read(text, known=is_known_header)
    assert source.header == ("First Name", "Last Name", "Email", "Company Name", "Phone")
    assert aside(source) == [(1, "preamble")]
    headless = "Contact,,,Company,\n" + people
    assert read(headless, known=is_known_header).header == ("Contact", "", "", "Company", "")


def test_a_narrow_header_of_known_words_is_not_a_title() -> None:
    text = "name,city\n" + "Ana,Pune,x,y\nBen,Goa,z,w\nCleo,Rome,u,v\n"
    source = read(text, known=lambda cell: cell in ("name", "city"))
    assert source.header == ("name", "city")
    assert len(source.unaligned) == 3


@pytest.mark.parametrize("delimiter", list(",;\t|^~"))
def test_delimiters(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [("id", "name", "note"), ("1", "Ana", "a, b; c"), ("2", "Ben", "")])
    if delimiter in ",;":
        text = text.replace("a, b; c", '"a, b; c"')
    source = read(text)
    assert source.dialect.delimiter == delimiter
    assert rows(source) == [("1", "Ana", "a, b; c"), ("2", "Ben", "")]


@pytest.mark.parametrize(
    "text",
    [
        "company\nAcme, Inc.\nGlobex\nSmith, Jones, and Sons\nInitech\n",
        "time\n12:30\n13:45\n",
        "12:30:01\n13:45:02\n14:00:00\n",
        "name\nAnna Maria Rossi\nJohn Paul Jones\nMary Ann Lee\n",
        "url\nhttps://a.example/x\nhttps://b.example/y\n",
        "https://a.example/x\nhttps://b.example/y\n",
        'id\n"a,b"\n"c"\n',
    ],
)
def test_a_list_of_one_column_has_no_delimiter(text: str) -> None:
    source = read(text)
    assert source.dialect.delimiter == ""
    assert source.table.num_columns == 1


def test_decimal_commas_do_not_make_columns() -> None:
    text = "name;price;share\nA;1,5;0,25\nB;2,5;0,75\nC;10,0;1,00\n"
    assert read(text).dialect.delimiter == ";"


def test_cells_are_what_the_file_said() -> None:
    text = "id,code,name,empty\n000123456789012345,NA,  Ana ,\n0001,null,NaN,\n"
    assert rows(read(text)) == [("000123456789012345", "NA", "  Ana ", ""), ("0001", "null", "NaN", "")]


def test_escaped_quotes_with_a_backslash() -> None:
    source = read('id,note\n1,"he said \\"hi\\", twice"\n2,"plain, too"\n')
    assert source.dialect.escapechar == "\\"
    assert rows(source)[0] == ("1", 'he said "hi", twice')


def test_the_dialect_reads_the_same_again() -> None:
    first = read(REPORT)
    again = read(REPORT, dialect=first.dialect)
    assert again.table.equals(first.table)
    assert again.not_data.equals(first.not_data)


def test_the_caller_is_believed() -> None:
    text = "1;2,3\n4;5,6\n"
    source = read(text, delimiter=",", has_header=True)
    assert source.header == ("1;2", "3")
    assert read(text, has_header=False, delimiter=";").table.num_rows == 2
