"""A line that is one quoted cell is read the same whether it is seen at a glance or character by character."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.files import tolerant
from crmclean.files.tolerant import Grammar, Record, parse


def _slowly(text: str, grammar: Grammar) -> list[Record]:
    lines = tolerant.physical_lines(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    careful = tolerant._Careful(text, grammar, starts)
    records, index = [], 0
    while index < len(lines):
        cells, after, stray = careful.record(index)
        records.append(Record(cells, index + 1, after - index, stray))
        index = after
    return records


@given(st.text('"""a,; \n\r', max_size=24), st.sampled_from(",; "))
@settings(max_examples=500)
def test_lines_without_a_delimiter(text: str, delimiter: str) -> None:
    grammar = Grammar(delimiter, '"')
    text += '"' if '"' not in text else ""  # without a quote there is nothing to be careful about
    assert list(parse(text, grammar)) == _slowly(text, grammar)
