"""How a text file is written: encoding, delimiter, quoting, header row. Everything needed to read it the same again.

Encoding, from the surest evidence to the weakest: a byte order mark; the pattern of NUL bytes that UTF-16 and UTF-32
leave; strict UTF-8; then a code page. For the code page two witnesses are heard: what the decoded words would look like
(a capital or a symbol in the middle of a word speaks against a page) and chardet's statistics. Both see only the lines
that are not UTF-8.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from crmclean.errors import UsageError
from crmclean.files.decode import is_utf8, without_mark
from crmclean.files.delimiters import find_grammar
from crmclean.files.layout import find_layout
from crmclean.files.tolerant import Grammar, Record, parse, physical_lines

__all__ = ["Dialect", "Encoding", "decode_sample", "find_code_page", "find_encoding", "sniff"]

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# code pages in the order in which they are met in the wild; the order decides between equals
CODE_PAGES = (
    *("cp1252", "mac-roman", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "cp1255", "cp1257", "cp1258"),
    *("cp932", "gb18030", "big5", "euc-jp", "cp949", "cp874", "koi8-r", "koi8-u", "iso8859-2", "iso8859-5"),
    *("iso8859-6", "iso8859-7", "iso8859-15", "cp850", "cp437", "cp852", "cp866", "mac-cyrillic"),
)
_FAMILIAR = 0.03  # another page has to be likelier than the most usual one by this much
_HEAD, _PIECE, _PIECES = 1 << 17, 1 << 14, 6


@dataclass(frozen=True)
class Dialect:
    """How a source is written; plain values, so that a stored plan reads tonight's file as it read last night's.

    ``encoding`` is a Python codec name; ``delimiter`` is "" for a file of one column; ``quotechar`` and ``escapechar``
    are "" where there is none; ``header_line`` is the physical line (from 1) of the header, 0 without one;
    ``preamble_lines`` counts the physical lines above the header (or the first record) that are not data; ``sheet`` is
    the worksheet of a workbook; ``quote_all`` tells whether every cell stands in quotes; ``notes`` say why.
    """

    encoding: str = "utf-8"
    bom: bool = False
    delimiter: str = ","
    quotechar: str = '"'
    escapechar: str = ""
    doublequote: bool = True
    line_terminator: str = "\n"
    has_header: bool = True
    header_line: int = 1
    preamble_lines: int = 0
    confidence: float = 1.0
    notes: tuple[str, ...] = ()
    sheet: str = ""
    quote_all: bool = False

    @property
    def grammar(self) -> Grammar:
        """The part of the dialect that splits records into cells."""
        return Grammar(self.delimiter, self.quotechar, self.escapechar, self.doublequote)


@dataclass(frozen=True)
class Encoding:
    """An encoding found: Python codec name, whether a byte order mark says so, how sure, and why."""

    name: str
    bom: bool
    confidence: float
    note: str


def sniff(
    data: bytes,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    has_header: bool | None = None,
    known: Callable[[str], bool] | None = None,
) -> Dialect:
    """How ``data`` is written.

    Parameters
    ----------
    data : bytes
        The whole file; the head, some pieces from all over it and the tail are looked at.
    encoding, delimiter, has_header : optional
        What the caller knows; it is not questioned.
    known : callable, optional
        Tells whether a cell is a header word the caller knows.
    """
    found = Encoding(_codec(encoding), _bom(data)[1], 1.0, "encoding as told") if encoding else find_encoding(data)
    pieces = [decode_sample(piece, found) for piece in _pieces(data, found.name)]
    head = pieces[0]
    notes = [found.note]
    told = _sep_line(head)
    if told is not None:
        notes.append(f"the first line says sep={told}")
        head = "".join(physical_lines(head)[1:])
        pieces[0] = head
    guess = find_grammar(pieces, delimiter=delimiter if delimiter is not None else told, known=known)
    notes.append(guess.note)
    numbered = [
        record
        for record in islice(parse(head, guess.grammar), 1000)
        if len(record.cells) > 1 or record.cells[0].strip()
    ]
    blank = {number for number, line in enumerate(physical_lines(head), 1) if not line.strip()}
    gaps = [record.line - 1 in blank for record in numbered]
    layout = find_layout([record.cells for record in numbered], gaps=gaps, has_header=has_header, known=known)
    notes.extend(layout.notes)
    above = 0 if told is None else 1
    line = (numbered[layout.first].line if numbered else 1) + above
    return Dialect(
        encoding=found.name,
        bom=found.bom,
        delimiter=guess.grammar.delimiter,
        quotechar=guess.grammar.quotechar,
        escapechar=guess.grammar.escapechar,
        doublequote=guess.grammar.doublequote,
        line_terminator=_line_terminator(head),
        has_header=layout.has_header,
        header_line=line if layout.has_header else 0,
        preamble_lines=line - 1,
        confidence=round(min(found.confidence, guess.confidence, layout.confidence), 3),
        notes=tuple(notes),
        quote_all=_quotes_all(head, numbered[layout.first :], guess.grammar),
    )


def _quotes_all(text: str, table: Sequence[Record], grammar: Grammar) -> bool:
    """Does every cell of the first records (those of one line) stand in quotes?"""
    lines, (delimiter, quote, *_) = physical_lines(text), grammar
    plain = [record for record in table[:50] if record.lines == 1]
    for record in plain:
        line = lines[record.line - 1].rstrip("\r\n")
        between = line.count(quote + delimiter + quote) if delimiter else 0
        if len(line) < 2 or line[0] != quote or line[-1] != quote or between < len(record.cells) - 1:
            return False
    return bool(quote) and bool(plain)


def _codec(name: str) -> str:
    """Python's name of an encoding the caller gave."""
    try:
        info = codecs.lookup(name)
    except LookupError:
        raise UsageError(
            f"unknown encoding {name!r}", hint="names are Python's, such as utf-8, cp1252, utf-16"
        ) from None
    if not info._is_text_encoding:
        raise UsageError(f"{name!r} is not an encoding of text")
    return {"utf-8-sig": "utf-8"}.get(info.name, info.name)


def _bom(data: bytes) -> tuple[str, bool]:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name, True
    return "", False


def _pieces(data: bytes, encoding: str) -> list[bytes]:
    """The head, and pieces from all over the file, cut at line ends."""
    unit = 4 if "32" in encoding else 2 if "16" in encoding else 1
    if len(data) <= _HEAD + _PIECE or unit > 1:
        return [data[: 4 * _HEAD]]
    head = data[:_HEAD]
    cut = max(head.rfind(b"\n"), head.rfind(b"\r")) + 1
    pieces = [head[:cut] if cut else head]
    for number in range(1, _PIECES + 1):
        start = _HEAD + (len(data) - _HEAD - _PIECE) * number // _PIECES
        piece = data[start : start + _PIECE]
        low, high = piece.find(b"\n") + 1, piece.rfind(b"\n") + 1
        if low < high:
            pieces.append(piece[low:high])
    return pieces


def decode_sample(data: bytes, encoding: Encoding) -> str:
    """Text of a sample; what cannot be decoded is replaced."""
    return without_mark(data, encoding.name).decode(encoding.name, errors="replace")


def _sep_line(text: str) -> str | None:
    """The delimiter that a first line ``sep=;`` names."""
    first = text[:12].splitlines()[0].strip().strip('"') if text[:12].splitlines() else ""
    if len(first) == 5 and first.lower().startswith("sep="):
        return first[4]
    return "\t" if text[:5].lower() == "sep=\t" else None


def _line_terminator(text: str) -> str:
    pairs = text.count("\r\n")
    counts = {"\n": text.count("\n") - pairs, "\r\n": pairs, "\r": text.count("\r") - pairs}
    return max(counts, key=lambda end: counts[end])  # LF, CR LF, CR where equal


# ---- encoding ----


def find_encoding(data: bytes) -> Encoding:
    """The encoding of a file's bytes."""
    wide = _wide_encoding(data)
    if wide:
        return wide
    name, marked = _bom(data)
    if marked:
        return Encoding(name, True, 1.0, f"{name}: byte order mark")
    if data.isascii():
        return Encoding("utf-8", False, 1.0, "utf-8: nothing but ASCII")
    if is_utf8(data):
        return Encoding("utf-8", False, 0.99, "utf-8: every byte sequence is valid")
    valid, strange = _split_lines(data)
    page = find_code_page(strange)
    if valid and (len(valid) >= len(strange)):
        note = f"utf-8, but {len(strange)} lines are not ({page.name})"
        return Encoding("utf-8", False, min(0.9, page.confidence), note)
    return page


def _wide_encoding(data: bytes) -> Encoding | None:
    """UTF-16 or UTF-32 by where the NUL bytes are, whatever the byte order mark says."""
    sample = data[: 1 << 16]
    name, marked = _bom(sample)
    body = sample[2:] if name in ("utf-16-le", "utf-16-be") else sample
    body = body[: len(body) // 4 * 4]
    if len(body) < 4 or name in ("utf-32-le", "utf-32-be", "utf-8"):
        return None
    quarter = len(body) // 4
    nul = [body[offset::4].count(0) / quarter for offset in range(4)]
    for shape, wide in ((nul, "utf-32-le"), (nul[::-1], "utf-32-be")):
        if shape[3] > 0.95 and shape[2] > 0.7 and shape[0] < 0.2:
            mark = " (under the byte order mark of another)" if marked else ""
            return Encoding(wide, marked, 0.95, f"{wide}: pattern of NUL bytes{mark}")
    even, odd = (nul[0] + nul[2]) / 2, (nul[1] + nul[3]) / 2
    if marked or max(even, odd) == 0.0:
        return None
    wide = "utf-16-le" if odd > even else "utf-16-be"
    low, high = (body[0::2], body[1::2]) if odd > even else (body[1::2], body[0::2])
    feeds = [unit == 10 and top == 0 for unit, top in zip(low, high, strict=True)]
    paired = sum(feeds) > 0 and sum(feeds) == body.count(10)  # each line feed has its NUL
    if (max(even, odd) > 0.35 and min(even, odd) < 0.1) or (paired and min(even, odd) == 0.0):
        return Encoding(wide, False, 0.9, f"{wide}: pattern of NUL bytes")
    return None


def _split_lines(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """The lines that are not ASCII: those that are UTF-8, and those that are not."""
    valid, strange = [], []
    for line in data.splitlines():
        if not line.isascii():
            try:
                line.decode("utf-8")
                valid.append(line)
            except UnicodeDecodeError:
                strange.append(line)
    return valid, strange


def find_code_page(lines: list[bytes]) -> Encoding:
    """The code page of lines that are not UTF-8."""
    sample = b"\n".join(dict.fromkeys(lines))[: 1 << 17]
    if len(lines) > 1:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    weights = _chardet_weights(sample)
    ranked = []
    for order, page in enumerate(CODE_PAGES):
        try:
            text = sample.decode(page)
        except UnicodeDecodeError:
            continue
        weight = weights.get(page, 0.0) + (_FAMILIAR if page == CODE_PAGES[0] else 0.0)
        ranked.append((round(_plausibility(text), 2), weight, -order, page))
    if not ranked:
        return Encoding("cp1252", False, 0.1, "cp1252: no code page fits every byte")
    top = max(plausible for plausible, *_ in ranked)
    close = [entry for entry in ranked if entry[0] >= top - 0.03]
    plausible, weight, _, page = max(close, key=lambda entry: (entry[1], entry[0], entry[2]))
    confidence = round(min(0.95, max(weight, 0.3 * plausible)), 3)
    return Encoding(page, False, confidence, f"{page}: likeliest code page, {confidence:.0%} sure")


def _chardet_weights(sample: bytes) -> dict[str, float]:
    """chardet's confidence by our codec names; below 0.04 it is noise."""
    import chardet  # most files never come here

    weights: dict[str, float] = {}
    for found in chardet.detect_all(sample, ignore_threshold=True, compat_names=False):
        name, confidence = found["encoding"], found["confidence"]
        if not name or confidence < 0.04:
            continue
        canonical = codecs.lookup(name).name
        canonical = _SUPERSETS.get(canonical, canonical)
        weights[canonical] = max(weights.get(canonical, 0.0), float(confidence))
    return weights


_SUPERSETS = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-8": "cp1255",
    "iso8859-13": "cp1257",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "euc_jp": "euc-jp",
    "big5hkscs": "big5",
    "cp950": "big5",
}


def _plausibility(text: str) -> float:
    """Share of the distinct words beyond ASCII in which each character stands where such a character may stand."""
    words = {word for word in text.translate(_TO_SPACES).split() if not word.isascii()}
    scores = []
    for word in words:
        strange = [position for position, character in enumerate(word) if character >= "\x80"]
        good = sum(_fits(word[at], word[at - 1 : at] if at else "", word[at + 1 : at + 2]) for at in strange)
        scores.append(good / len(strange))
    return sum(scores) / len(scores) if scores else 1.0


_TO_SPACES = {code: " " for code in range(128) if not chr(code).isalnum() and chr(code) not in "'-"}


def _fits(character: str, before: str, after: str) -> bool:
    category = unicodedata.category(character)
    if category[0] == "C":
        return False
    inside = before.isalpha() and after.isalpha()
    if "\u2500" <= character <= "\u259f":  # box drawing
        return False
    if category in ("So", "Sc") and before == "" and after.islower():
        return False  # "©koda": a letter of another page
    if category[0] in "SPZN":
        return not inside or character in "’‘'·-\xa0\u2013\u2014"
    if category[0] == "M":
        return True
    if character in "ªº":
        return True
    if before.isdigit():
        return False
    script = _script(character)
    neighbours = [letter for letter in (before, after) if letter.isalpha()]
    if any(_script(letter) != script for letter in neighbours):
        return False
    if script == "LATIN" and before.isalpha() and not before.isascii() and after.isalpha() and not after.isascii():
        return False  # three letters with marks in a row: not a Latin-script word
    return not (character.isupper() and (before.islower() or (before.isalpha() and after.islower())))


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").split(" ", 1)[0].split("-", 1)[0]
    return "EAST ASIAN" if name in _EAST_ASIAN else name


_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH", "FULLWIDTH", "HANGUL", "BOPOMOFO"})
