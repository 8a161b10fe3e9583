"""Delimiters among tags, decimals and remarks that use the same characters."""

from __future__ import annotations

import pytest

from crmclean.mapping.known import is_known_header
from tests.files.support import read


def _list(delimiter: str, header: list[str], tags: str, count: int = 30) -> str:
    people = [[f"Ana Rao {number}", tags, f"a{number}@x.example"] for number in range(count)]
    return "".join(delimiter.join(row) + "\n" for row in ([header, *people] if header else people))


TAGS = ["Name", "Tags", "Email"]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        (_list(",", TAGS, "red; green; blue"), ","),
        (_list(",", TAGS, "red;green;blue"), ","),
        (_list(",", TAGS, "red|green|blue"), ","),
        (_list(",", TAGS, "red;green;blue", count=1), ","),
        (_list(";", TAGS, "red, green, blue"), ";"),
        (_list(",", [], "red;green;blue"), ","),
        ("Leads of the show\n" + _list(",", TAGS, "red;green;blue"), ","),
        ("Export; leads; 2026\nBy: Sales; Ops; Team\n\n" + _list(",", ["Name", "City", "Email"], "Rome"), ","),
        (_list(",", TAGS, "red;green;blue") + "\n30 rows\n", ","),
        (_list(",", TAGS, "red;green;blue") + "Ben,red,b@x.example,one too many\n", ","),
        ("".join(f"Firma {number};1,{number}\n" for number in range(10, 40)), ";"),
        ("Name\n" + "".join(f"Rao, Ana {number}\n" for number in range(30)), ""),
    ],
)
def test_tags_decimals_and_names_do_not_separate_cells(text: str, delimiter: str) -> None:
    source = read(text, known=is_known_header)
    assert source.dialect.delimiter == delimiter
    assert not (source.dialect.has_header and source.header[0] not in ("Name",))
