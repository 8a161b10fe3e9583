"""Which character separates the cells: the one under which the records agree with each other.

Each candidate splits the sample with the tolerant reader's own grammar, so quoted delimiters and line ends never count.
A candidate is judged by how many records have the usual number of cells, by whether the top of the file agrees, by
how many cells it makes, and by whether it makes column names of the top and a column of e-mail addresses. Prose, times,
tags and addresses also contain commas, semicolons, colons and spaces, hence four guards:

* a candidate the first records do not show must be all but unanimous below them;
* a comma that is always followed by a space, in records that disagree, is punctuation;
* a comma that always stands between digits is a decimal comma if anything else can separate the cells;
* ``:`` and space count only where every record agrees and nothing else separates anything.

If no candidate stands, the file has one column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from crmclean.files.layout import kinds_of
from crmclean.files.tolerant import Grammar, parse

__all__ = ["Guess", "find_grammar"]

_USUAL = (",", ";", "\t", "|", "^", "~")
_RARE = (":", " ")
_RECORDS = 1500
_EMAILS = 100  # and e-mail addresses in this many below it
_HEAD = 20  # column names are looked for in this many records from the top

Known = Callable[[str], bool]


class Guess(NamedTuple):
    """The grammar found, how sure, and why."""

    grammar: Grammar
    confidence: float
    note: str


class _Candidate(NamedTuple):
    delimiter: str
    score: float
    share: float
    width: int


def find_grammar(pieces: Sequence[str], *, delimiter: str | None = None, known: Known | None = None) -> Guess:
    """Delimiter and quoting of a text, from its head and further pieces of it (whole lines each).

    Parameters
    ----------
    pieces : sequence of str
        The head of the file first, then any number of later pieces, each starting at a line start.
    delimiter : str, optional
        What the caller knows; only the quoting is looked for then.
    known : callable, optional
        Tells whether a cell is a header word the caller knows.
    """
    quote = _quotechar(pieces[0])
    if delimiter is not None:
        grammar = _escape(pieces[0], Grammar(delimiter, quote))
        return Guess(grammar, 1.0, f"delimiter {delimiter!r} as told")
    candidates = [found for mark in _USUAL if (found := _judge(pieces, mark, quote, known)) is not None]
    if not candidates:
        candidates = [found for mark in _RARE if (found := _judge_rare(pieces, mark, quote)) is not None]
    if not candidates:
        return Guess(
            _escape(pieces[0], Grammar("", quote)), 0.8, "one column: no delimiter separates the records evenly"
        )
    best = max(candidates, key=lambda found: found.score)  # the first of equals: the order of _USUAL
    rest = [found.score for found in candidates if found is not best]
    lead = 1.0 - (max(rest) / best.score if rest else 0.0)
    confidence = round(min(0.99, 0.5 * best.share + 0.5 * max(lead, 0.1)), 3)
    note = f"delimiter {best.delimiter!r}: {best.share:.0%} of the records have {best.width} cells"
    return Guess(_escape(pieces[0], Grammar(best.delimiter, quote)), confidence, note)


def _quotechar(text: str) -> str:
    """The double quote, or the single one where cells are wrapped in it and no double quote occurs."""
    if '"' in text or "'" not in text:
        return '"'
    lines = [line for line in text.splitlines()[:_RECORDS] if line.strip()]
    for mark in _USUAL:
        wrapped = sum(1 for line in lines if f"'{mark}'" in line)
        if wrapped * 2 > len(lines):
            return "'"
    wrapped = sum(1 for line in lines if len(line) > 1 and line[0] == line[-1] == "'")
    return "'" if wrapped * 2 > len(lines) else '"'


def _escape(text: str, grammar: Grammar) -> Grammar:
    """With a backslash as escape character where quotes are escaped so and never doubled."""
    quote, delimiter = grammar.quotechar, grammar.delimiter
    escaped = text.count("\\" + quote)
    if not escaped:
        return grammar
    ends = sum(text.count(f"\\{quote}{after}") for after in (delimiter or "\n", "\n", "\r"))  # "C:\dir\",
    empties = sum(text.count(f"{a}{quote}{quote}{b}") for a in (delimiter, "\n") for b in (delimiter, "\n", "\r"))
    doubled = text.count(quote * 2) - empties
    if escaped <= ends or doubled > 0:
        return grammar
    plain = sum(record.stray for record in islice(parse(text, grammar), _RECORDS))
    careful = grammar._replace(escapechar="\\")
    return careful if sum(record.stray for record in islice(parse(text, careful), _RECORDS)) < plain else grammar


def _widths(pieces: Sequence[str], delimiter: str, quote: str) -> tuple[list[list[str]], list[int]]:
    """The records of the head, and the cell counts of all records; blank lines and comments left out."""
    head: list[list[str]] = []
    widths: list[int] = []
    for position, piece in enumerate(pieces):
        records = islice(parse(piece, Grammar(delimiter, quote)), _RECORDS)
        cells = [record.cells for record in records if len(record.cells) > 1 or _says_something(record.cells[0])]
        head = head if position else cells
        widths += [len(row) for row in cells]
    return head, widths


def _says_something(cell: str) -> bool:
    return bool(cell.strip()) and not cell.startswith("#")


def _judge(pieces: Sequence[str], delimiter: str, quote: str, known: Known | None) -> _Candidate | None:
    if not any(delimiter in piece for piece in pieces):
        return None
    head, widths = _widths(pieces, delimiter, quote)
    first = next((index for index, row in enumerate(head) if len(row) > 1), None)
    if first is None:
        return None
    last = max(index for index, row in enumerate(head) if len(row) > 1)
    below = len(head) - 1 - last  # remarks below the table; in the later pieces there are none
    table = widths[first : last + 1] + widths[len(head) :]
    counts = Counter(width for width in table if width > 1)
    width = max(counts, key=lambda cells: (counts[cells], cells))
    share = counts[width] / len(table)
    near = sum(1 for cells in table if cells > 1) / len(table)
    # the rows above the first split one are a title block, those below the last one a footer: not most of the file
    above = first / max(1, len(widths))
    if (first and len(table) < 2) or ((first or below) and width == 2 and 2 * len(table) < len(widths)):
        return None
    headed = len(head[first]) == width
    if first > 60 or (first and share < 0.8 and (near < 0.8 or not headed)):
        return None
    if share < 0.5 and near < 0.8 and len(table) > 8:
        return None
    if _is_punctuation(head[first:], delimiter, share, headed and not first):
        return None
    if known and first and width == 2 and len(head[first - 1]) == 1 and known(head[first - 1][0]):
        return None  # "Name" above "Adler, Anna"
    score = (share**2 + 0.25 * near) * (1.0 - 1.0 / width) ** 0.5 * (1.0 - above)
    if headed:
        # a candidate that explains every line leaves nothing above the table to be explained away
        score *= 1.25 if share == 1.0 and not first and not below else 1.1
    if known and any(len(row) == width and sum(map(known, row)) >= 2 for row in head[:_HEAD]):
        score *= 1.5
    if _has_emails([row for row in head[first:] if len(row) == width][1 : _EMAILS + 1]):
        score *= 1.2
    if delimiter == "," and _is_decimal(head[first : last + 1]):
        score *= 0.75
    return _Candidate(delimiter, score, share, width)


def _has_emails(rows: Sequence[Sequence[str]]) -> bool:
    """Is one of the columns a column of e-mail addresses and nothing else?"""
    columns = [[cell for cell in column if cell.strip()] for column in zip(*rows, strict=True)]
    return any("@" in "".join(column) and set(kinds_of(column)) == {"email"} for column in columns)


def _is_decimal(table: Sequence[Sequence[str]]) -> bool:
    """Each comma stands between two digits."""
    return all(left[-1:].isdecimal() and right[:1].isdecimal() for row in table for left, right in pairwise(row))


def _is_punctuation(table: Sequence[Sequence[str]], delimiter: str, share: float, headed: bool) -> bool:
    """Commas (or semicolons) of prose: a space after nearly each, and records that disagree on their number."""
    if delimiter not in ",;" or share >= 0.9:
        return False
    after = [cell for row in table for cell in row[1:]]
    spaced = sum(1 for cell in after if cell.startswith(" "))
    return spaced >= 0.8 * len(after) and not (headed and share >= 0.6)


def _judge_rare(pieces: Sequence[str], delimiter: str, quote: str) -> _Candidate | None:
    """``:`` or space: every record must agree, and the cells must not be what a time, a URL or a name falls into."""
    head, widths = _widths(pieces, delimiter, quote)
    if len(widths) < 2 or len(set(widths)) != 1 or widths[0] < 2:
        return None
    width = widths[0]
    cells = [cell for row in head for cell in row]
    if any(cell.startswith("//") for cell in cells) or any(cell == "" for cell in cells):
        return None
    columns = [kinds_of([row[position] for row in head[1:]]) for position in range(width)]
    textual = [sum(kind == "text" for kind in kinds) * 2 > len(kinds) for kinds in columns]
    if delimiter == ":":
        spaced = all(cell.startswith(" ") for row in head for cell in row[1:])
        if spaced or not any(kind == "text" for kind in kinds_of(head[0])) or (width > 2 and not any(textual)):
            return None
        headless = kinds_of(head[0])
        if any(kind == "number" for kind in headless):
            return None
    elif width < 3 or len(widths) < 3 or sum(textual) * 2 > width:
        return None
    return _Candidate(delimiter, 0.5, 1.0, width)
