"""The shape of a date: where its slots stand, decided once for each distinct shape and never for each cell.

A *shape* is a text with every digit replaced by ``0`` (``2026-01-15`` and ``1999-12-31`` share ``0000-00-00``), in
lower case. All texts of one shape have their year, month, day and time at the same bytes, so a column is read by
slicing. A text that has words keeps them in its shape: ``15 jan 2026`` gives ``00 jan 0000``.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from crmclean.ruleset.locate import rules_path

__all__ = ["LONGEST", "Layout", "Slot", "layout_of"]

LONGEST = 64
"""Bytes; nothing longer is a date."""

Slot = tuple[int, int]
"""First byte and the byte after the last."""

_JOINERS = "\u200c\u200d"
_SEPARATORS = {
    "-",
    "/",
    ".",
    " ",
    ",",
    "، ",
    "،",
    ", ",
    ". ",
    " - ",
    "- ",
    " ,",
    "",
    "/ ",
    " /",
    " / ",
    "'",
    " '",
    ", '",
    ".'",
}
_SPACES = " \t\n\u00a0\u202f"


@dataclass(frozen=True)
class Layout:
    """Where the parts of a date stand.

    Attributes
    ----------
    kind : str
        ``ymd`` (year, month, day are known), ``slots`` (three numbers whose order the column decides: ``year`` is the
        last, ``first`` and ``second`` stand before it), ``serial``, ``seconds`` or ``milliseconds``.
    separator : str
        What stands between the numbers of ``slots``.
    month_number : int
        The month when it was a word; 0 otherwise.
    jalali : bool
        The month's name belongs to the Jalali calendar.
    hour, minute, second, fraction : Slot or None
        The time of day.
    half : str
        ``am``, ``pm`` or "".
    zone : str
        A fixed zone, "" for none.
    zone_sign, zone_digits : str, Slot or None
        A written offset: its sign, and the place of its digits.
    """

    kind: str
    year: Slot = (0, 0)
    month: Slot = (0, 0)
    day: Slot = (0, 0)
    first: Slot = (0, 0)
    second_slot: Slot = (0, 0)
    number: Slot = (0, 0)
    separator: str = ""
    month_number: int = 0
    jalali: bool = False
    hour: Slot | None = None
    minute: Slot | None = None
    second: Slot | None = None
    fraction: Slot | None = None
    half: str = ""
    zone: str = ""
    zone_sign: str = ""
    zone_digits: Slot | None = None


@dataclass(frozen=True)
class _Token:
    kind: str  # "0" digits, "w" word, "s" anything else
    text: str
    slot: Slot

    @property
    def width(self) -> int:
        return self.slot[1] - self.slot[0]


@dataclass(frozen=True)
class _Words:
    months: Mapping[str, tuple[int, bool]]
    dropped: frozenset[str]
    clocks: frozenset[str]
    halves: Mapping[str, str]
    zones: Mapping[str, str]


def _fold(word: str) -> str:
    """Casefolded, composed, without joiners and without the accents of Latin, Greek and Cyrillic letters."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(letter for letter in plain if not "\u0300" <= letter <= "\u036f" and letter not in _JOINERS)
    return unicodedata.normalize("NFC", plain).replace("ي", "ی").replace("ك", "ک").replace("ı", "i")


@lru_cache(maxsize=1)
def _words() -> _Words:
    table = tomllib.loads(rules_path("lists/months.toml").read_text(encoding="utf-8"))
    months: dict[str, tuple[int, bool]] = {}
    for calendar in ("gregorian", "jalali"):
        for names in table[calendar].values():
            for number, spellings in enumerate(names, start=1):
                for spelling in spellings:
                    meaning = (number, calendar == "jalali")
                    if months.setdefault(_fold(spelling), meaning) != meaning:
                        raise ValueError(f"months.toml: {spelling!r} means two months")
    dropped = frozenset(_fold(word) for words in table["drop"].values() for word in words)
    halves = {_fold(word): half for half, words in table["half"].items() for word in words}
    clocks = frozenset(_fold(word) for word in table["clock"]["words"])
    return _Words(months, dropped - set(months), clocks, halves, table["zones"])


@lru_cache(maxsize=8192)
def layout_of(shape: str) -> Layout | None:
    """The layout of a shape; None when it is no date.

    >>> layout_of("0000-00-00").kind, layout_of("00/00/0000").kind, layout_of("hello")
    ('ymd', 'slots', None)
    """
    if not shape or len(shape) > LONGEST or "0" not in shape:
        return None
    tokens = _tokens(shape)
    clock = next((at for at in range(1, len(tokens) - 1) if _is_clock(tokens[at - 1 : at + 2])), None)
    if clock is None:
        return _compact(tokens) or _date(tokens)
    before, after = tokens[: clock - 1], tokens[clock - 1 :]
    if len(after) > 4 and after[-1].kind == "0" and after[-1].width == 4 and after[-2].text == " ":
        before, after = [*before, *after[-2:]], after[:-2]  # Thu Jan 15 10:15:00 2026: the year stands last
    date = _date(_without_tail(before))
    return _with_time(date, after) if date and date.kind in ("ymd", "slots") else None


def _is_clock(three: list[_Token]) -> bool:
    hour, colon, minute = three
    return (
        hour.kind == "0" and hour.width <= 2 and colon.text in (":", "h") and minute.kind == "0" and minute.width == 2
    )


def _tokens(shape: str) -> list[_Token]:
    kinds = [_kind(char) for char in shape]
    tokens, start, position = [], 0, 0
    for at, (kind, following) in enumerate(pairwise([*kinds, ""])):
        if kind != following:
            text = shape[start : at + 1]
            size = len(text.encode())
            tokens.append(_Token(kind, text, (position, position + size)))
            start, position = at + 1, position + size
    return tokens


@lru_cache(maxsize=4096)
def _kind(char: str) -> str:
    if char == "0":
        return "0"
    letter = char.isalpha() or char in _JOINERS or unicodedata.category(char) in ("Mn", "Mc")
    return "w" if letter else "s"


def _without_tail(tokens: list[_Token]) -> list[_Token]:
    """Without what stands between date and time: spaces, a comma, ``T``, ``at``."""
    while tokens and (
        (tokens[-1].kind == "s" and tokens[-1].text.strip(_SPACES) in ("", ",", "،", "-", "."))
        or (tokens[-1].kind == "w" and _fold(tokens[-1].text) in _words().dropped)
    ):
        tokens = tokens[:-1]
    return tokens


# ---- the date


def _date(tokens: list[_Token]) -> Layout | None:
    parts, between = _parts(tokens)
    if between is None:
        return None
    kinds = "".join("0" if isinstance(part, _Token) else "m" for part in parts)
    if kinds == "000":
        return _numeric([part for part in parts if isinstance(part, _Token)], between)
    if kinds in ("0m0", "m00"):
        return _named(parts)
    if kinds == "00" and between == ["."] and parts[0].width == 5:  # type: ignore[union-attr]
        return Layout("serial", number=parts[0].slot, fraction=parts[1].slot)  # type: ignore[union-attr]
    return _single(parts[0]) if kinds == "0" and isinstance(parts[0], _Token) else None


def _parts(tokens: list[_Token]) -> tuple[list[_Token | tuple[int, bool]], list[str] | None]:
    """Numbers and months in order, and what stands between them; None when there is a word we do not know."""
    words = _words()
    parts: list[_Token | tuple[int, bool]] = []
    between: list[str] = []
    gap, at = "", 0
    while at < len(tokens):
        token = tokens[at]
        pair = [each.text for each in tokens[at : at + 3]]
        double = _fold("".join(pair)) if len(pair) == 3 and pair[1] == " " else ""
        month = words.months.get(double) or (words.months.get(_fold(token.text)) if token.kind == "w" else None)
        at += 3 if double in words.months else 1
        if token.kind == "0" or month:
            if parts:
                between.append(gap)
            elif gap.strip(_SPACES) not in ("", ",", ".", "،"):
                return [], None
            parts.append(month or token)
            gap = ""
        elif token.kind == "s":
            gap += token.text
        elif _fold(token.text) not in words.dropped:
            return [], None
    tail_known = gap.strip(_SPACES) in ("", ".", ",")
    return parts, between if tail_known and set(between) <= _allowed(between) else None


def _allowed(between: Iterable[str]) -> set[str]:
    squashed = {gap: " ".join(gap.split()) for gap in between}
    return {gap for gap, plain in squashed.items() if gap in _SEPARATORS or plain in _SEPARATORS}


def _numeric(parts: list[_Token], between: list[str]) -> Layout | None:
    left, middle, right = parts
    separators = {gap.strip(_SPACES) for gap in between}
    if len(separators) != 1 or middle.width > 2 or separators & {",", "'", "،"}:
        return None
    separator = separators.pop()
    if left.width == 4 and right.width <= 2:
        return Layout("ymd", year=left.slot, month=middle.slot, day=right.slot, separator=separator)
    if left.width <= 2 and right.width in (2, 4):
        return Layout("slots", first=left.slot, second_slot=middle.slot, year=right.slot, separator=separator)
    return None


def _named(parts: list[_Token | tuple[int, bool]]) -> Layout | None:
    month, jalali = next(part for part in parts if not isinstance(part, _Token))
    left, right = (part for part in parts if isinstance(part, _Token))
    if left.width == 4 and right.width <= 2:
        left, right = right, left
    if left.width > 2 or right.width not in (2, 4):
        return None
    return Layout("ymd", day=left.slot, year=right.slot, month_number=month, jalali=jalali)


def _single(part: _Token) -> Layout | None:
    start, stop = part.slot
    if part.width == 8:
        return Layout("ymd", year=(start, start + 4), month=(start + 4, start + 6), day=(start + 6, stop))
    kind = {5: "serial", 10: "seconds", 13: "milliseconds"}.get(part.width)
    return Layout(kind, number=part.slot) if kind else None


def _compact(tokens: list[_Token]) -> Layout | None:
    """``20260115T141533Z`` and ``20260115141533``."""
    head = tokens[0]
    if head.kind != "0" or head.width not in (8, 14):
        return None
    start = head.slot[0]
    rest = tokens[1:]
    if head.width == 8:
        if len(rest) < 2 or rest[0].text != "t" or rest[1].kind != "0" or rest[1].width not in (4, 6):
            return None
        clock, rest = rest[1].slot, rest[2:]
    else:
        clock = (start + 8, start + 14)
    base = _single(replace(head, slot=(start, start + 8)))
    if base is None:  # pragma: no cover - eight digits are always a date's shape
        return None
    at = clock[0]
    second = (at + 4, at + 6) if clock[1] - at == 6 else None
    timed = replace(base, hour=(at, at + 2), minute=(at + 2, at + 4), second=second)
    if rest and second and rest[0].text == "." and len(rest) > 1 and rest[1].kind == "0":
        timed, rest = replace(timed, fraction=rest[1].slot), rest[2:]
    return _with_tail(timed, rest)


# ---- the time


def _with_time(date: Layout, tokens: list[_Token]) -> Layout | None:
    timed = replace(date, hour=tokens[0].slot, minute=tokens[2].slot)
    rest = tokens[3:]
    if len(rest) > 1 and rest[0].text == ":" and rest[1].kind == "0":
        if rest[1].width != 2:
            return None
        timed, rest = replace(timed, second=rest[1].slot), rest[2:]
        if len(rest) > 1 and rest[0].text in (".", ",") and rest[1].kind == "0":
            if rest[1].width > 9:
                return None
            timed, rest = replace(timed, fraction=rest[1].slot), rest[2:]
    return _with_tail(timed, rest)


def _with_tail(timed: Layout, tokens: list[_Token]) -> Layout | None:
    """What follows the time: the word for a clock, am or pm, then a zone."""
    words = _words()
    sign = next((at for at, token in enumerate(tokens) if token.text.strip(_SPACES) in ("+", "-", "−")), len(tokens))
    name = "".join(token.text for token in tokens[:sign])
    name = _fold("".join(char for char in name if char not in _SPACES + ".()[]"))
    name = "" if name in words.clocks else name
    half = next((half for word, half in words.halves.items() if name == word), "")
    if not half:
        candidates = [word for word in words.halves if name.startswith(word) and name[len(word) :] in words.zones]
        half = words.halves[max(candidates, key=len)] if candidates and name not in words.zones else ""
        name = name[len(max(candidates, key=len)) :] if half else name
    else:
        name = ""
    if name and name not in words.zones:
        return None
    timed = replace(timed, half=half, zone=words.zones.get(name, ""))
    return _with_offset(timed, tokens[sign:]) if sign < len(tokens) else timed


def _with_offset(timed: Layout, tokens: list[_Token]) -> Layout | None:
    """A written offset: ``+05:30``, ``+0530``, ``+05``; after ``UTC`` or ``GMT`` too."""
    texts = [token.text for token in tokens]
    while texts and texts[-1].strip(_SPACES + ")]") == "":
        texts, tokens = texts[:-1], tokens[:-1]
    numbers = [token for token in tokens if token.kind == "0"]
    colon = texts[2:3] == [":"] and len(tokens) == 4 and [number.width for number in numbers] == [2, 2]
    plain = len(tokens) == 2 and [number.width for number in numbers] in ([2], [4])
    if not (colon or plain) or timed.zone not in ("", "Z"):
        return None
    sign = "+" if texts[0].strip(_SPACES) == "+" else "-"
    return replace(timed, zone="", zone_sign=sign, zone_digits=(numbers[0].slot[0], numbers[-1].slot[1]))
