"""The tolerant reader: text to records, whatever state the quoting is in, and the physical line each record starts at.

The grammar is RFC 4180's with these answers where it is silent or broken:

* A line ends with LF, CR LF or a lone CR, in any mixture; nothing else ends a line (not U+2028, not a form feed).
* A cell is quoted when its first character is the quote; spaces before the opening and after the closing quote are
  not part of it (``a, "b, c" ,d``). Spaces of a cell that is not quoted belong to it.
* A quote inside a cell that is not quoted is a character like any other: ``5" pipe``.
* A quote inside a quoted cell that neither is doubled nor ends the cell is a character too, as long as the cell ends
  on the line it began on: ``"Robert "Bob" Smith"``.
* A quoted cell that spans lines must be well-formed. If it is not, or never ends, its opening quote is taken as a
  character and only that one line is affected: an orphaned quote cannot swallow the file.
* With an escape character, ``\\"`` is a quote and ``\\\\`` a backslash inside quoted cells; elsewhere it means nothing.

On text without any of the broken forms this gives exactly what the fast reader gives.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

__all__ = ["Grammar", "Record", "is_single_line", "parse", "physical_lines", "spare_character"]

_ENDS = "\r\n"
# characters to stand in for "no delimiter"; the first that does not occur in the text is used
_SPARES = "\x1f\x1e\x1c\x1d\x01\x02\x03\x04\x05\x06\x07\x0e\x0f\x10\ue000\ue001\uf8fe\uf8ff"


class Grammar(NamedTuple):
    """How cells are told apart. An empty ``delimiter`` means one column, an empty ``quotechar`` no quoting at all."""

    delimiter: str = ","
    quotechar: str = '"'
    escapechar: str = ""
    doublequote: bool = True


class Record(NamedTuple):
    """One record: its cells, its first physical line (1-based), how many lines it spans, and whether it was broken."""

    cells: list[str]
    line: int
    lines: int
    stray: bool


def physical_lines(text: str) -> list[str]:
    r"""The lines of ``text`` with their ends.

    >>> physical_lines("a\rb\r\nc\x0bd\n")
    ['a\r', 'b\r\n', 'c\x0bd\n']
    """
    return list(io.StringIO(text, newline=""))


def spare_character(text: str) -> str:
    """A character that does not occur in ``text``, to stand in for the delimiter of a one-column file."""
    for character in _SPARES:
        if character not in text:
            return character
    return next(chr(code) for code in range(0xF0000, 0x10FFFE) if chr(code) not in text)


def parse(text: str, grammar: Grammar, lines: list[str] | None = None) -> Iterator[Record]:
    """Records of ``text`` in file order; an empty line is a record of one empty cell.

    Parameters
    ----------
    text : str
        The decoded file, without a byte order mark.
    grammar : Grammar
        Delimiter and quoting.
    lines : list of str, optional
        ``physical_lines(text)``, where the caller has them already.
    """
    lines = physical_lines(text) if lines is None else lines
    quote = grammar.quotechar
    delimiter = grammar.delimiter or spare_character(text)
    if not quote or quote not in text:
        for number, line in enumerate(lines, 1):
            yield Record(line.rstrip(_ENDS).split(delimiter), number, 1, False)
        return
    yield from _quoted(text, lines, grammar._replace(delimiter=delimiter))


def _quoted(text: str, lines: list[str], grammar: Grammar) -> Iterator[Record]:
    delimiter, quote = grammar.delimiter, grammar.quotechar
    careful = _Careful(text, grammar, [0, *accumulate(map(len, lines))])
    simple = not grammar.escapechar and grammar.doublequote
    limit = csv.field_size_limit(2**31 - 1)  # a note of a megabyte is a cell like any other
    try:
        index = 0
        while index < len(lines):
            line = lines[index]
            if quote not in line:
                yield Record(line.rstrip(_ENDS).split(delimiter), index + 1, 1, False)
                index += 1
                continue
            content = line.rstrip(_ENDS)
            if simple and delimiter not in content and _is_wrapped(content, quote):
                inner = content[1:-1]
                odd = quote in inner.replace(quote * 2, "")
                yield Record([inner.replace(quote * 2, quote)], index + 1, 1, odd)
                index += 1
                continue
            cells = _strict_line(content, delimiter, quote) if simple else None
            if cells is not None:
                yield Record(cells, index + 1, 1, False)
                index += 1
                continue
            cells, after, stray = careful.record(index)
            yield Record(cells, index + 1, after - index, stray)
            index = after
    finally:
        csv.field_size_limit(limit)


def _is_wrapped(content: str, quote: str) -> bool:
    """Whether a line that holds no delimiter is one cell in quotes: its last quote closes, and is not one of a pair.

    The sniffer reads whole files under delimiters that they do not have, where each line of a file that quotes all its
    cells looks so.
    """
    body = content[1:]
    return content[0] == quote and bool((len(body) - len(body.rstrip(quote))) % 2)


def _strict_line(line: str, delimiter: str, quote: str) -> list[str] | None:
    """The cells of one line if its quoting is beyond doubt, else None."""
    if f"{delimiter} " in line or line[:1] == " ":  # spaces between delimiter and quote need a careful look
        squeezed, opening = line.replace(" ", ""), delimiter + quote
        if squeezed.count(opening) != line.count(opening) or (line[:1] == " " and squeezed[:1] == quote):
            return None
    try:
        rows = list(csv.reader([line], delimiter=delimiter, quotechar=quote, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def is_single_line(text: str, starts: list[int], doubtful: list[int], grammar: Grammar) -> bool:
    """Is each of the lines numbered in ``doubtful`` (from 0) a record by itself, read in its place in ``text``?"""
    careful = _Careful(text, grammar, [*starts, len(text)])
    return all(careful.record(index)[1] == index + 1 for index in doubtful)


class _Careful:
    """The character-level parser for lines whose quoting is not plain. Looks ahead, never back."""

    def __init__(self, text: str, grammar: Grammar, starts: list[int]) -> None:
        self.text, self.grammar, self.starts = text, grammar, starts
        # looking for an end that is not there may cost this many characters over the whole file, then quotes that
        # do not end on their own line count as characters: no input takes quadratic time
        self.budget = 20 * len(text) + 1_000_000

    def record(self, index: int) -> tuple[list[str], int, bool]:
        """Cells of the record that starts on line ``index``, the line after it, and whether a quote was stray."""
        text, delimiter, quote = self.text, self.grammar.delimiter, self.grammar.quotechar
        position, end = self.starts[index], self._content_end(index)
        cells: list[str] = []
        stray = False
        padding = "" if delimiter == " " else " "
        while True:
            start = position
            while start < end and text[start] == padding:
                start += 1
            if start < end and text[start] == quote:
                closed = self._closing(start + 1, end)
                if closed is not None:
                    stop, position, odd = closed
                    stray |= odd
                    cells.append(self._unescape(text[start + 1 : stop]))
                    if position > end:
                        index = bisect_right(self.starts, position - 1) - 1
                        end = self._content_end(index)
                    if position >= end or text[position] != delimiter:
                        return cells, index + 1, stray
                    position += 1
                    continue
                stray = True
            found = text.find(delimiter, position, end)
            if found < 0:
                cells.append(text[position:end])
                return cells, index + 1, stray
            cells.append(text[position:found])
            position = found + 1

    def _content_end(self, index: int) -> int:
        start, end = self.starts[index], self.starts[index + 1]
        while end > start and self.text[end - 1] in _ENDS:
            end -= 1
        return end

    def _closing(self, start: int, line_end: int) -> tuple[int, int, bool] | None:
        """(position of the closing quote, position after it and its spaces, was a quote stray), or None."""
        text, (delimiter, quote, escape, doubled) = self.text, self.grammar
        position, odd = start, False
        limit = len(text) if self.budget > 0 else line_end
        while True:
            found = text.find(quote, position, limit)
            if found < 0:
                break
            if escape and _escaped(text, found, start, escape):
                position = found + 1
                continue
            if doubled and text.startswith(quote, found + 1):
                position = found + 2
                continue
            after = found + 1
            while delimiter != " " and text.startswith(" ", after):
                after += 1
            if after >= len(text) or text[after] == delimiter or text[after] in _ENDS:
                if odd and found > line_end:
                    break
                return found, after, odd
            if found > line_end:
                break
            odd = True
            position = found + 1
        if limit == len(text):
            self.budget -= (found if found >= 0 else limit) - start
        return None

    def _unescape(self, cell: str) -> str:
        quote, escape = self.grammar.quotechar, self.grammar.escapechar
        if escape and escape in cell:
            mark = spare_character(cell)
            cell = cell.replace(escape * 2, mark).replace(escape + quote, quote).replace(mark, escape)
        return cell.replace(quote * 2, quote) if self.grammar.doublequote else cell


def _escaped(text: str, position: int, start: int, escape: str) -> bool:
    count = 0
    while position - count > start and text[position - count - 1] == escape:
        count += 1
    return count % 2 == 1
