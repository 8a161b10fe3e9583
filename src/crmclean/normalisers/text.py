"""Text repair, before anything else looks at a cell: mojibake, invisible characters, stray spaces, Unicode form.

First do no harm. Only what is certainly damage is repaired: letters of any script, combining marks, the joiners that
Indic and Arabic scripts need, quotes, ligatures and full-width letters stay as they are. Free text keeps its layout.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable
from typing import Any

import ftfy
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from ftfy.badness import BADNESS_RE

from crmclean.normalisers._draft import Draft, frame_of, matches
from crmclean.tables.evidence import TEXT
from crmclean.tables.fields import BY_NAME, Kind, kind_of
from crmclean.tables.normalised import UNKNOWN, CellOptions, Normalised
from crmclean.text import ascii_mask, map_subset, mask_of, nfc, squash_spaces, strip_invisible

__all__ = ["repair_text", "text_kernel"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]

_LONGEST = 10_000  # characters; mojibake in a longer cell is left to people
_KEEPS_LINES = (Kind.STREET,)
_FROM_PAGES = frozenset(  # notes, addresses of pages and what we do not know may hold such codes on purpose
    {Kind.NAME, Kind.TITLE, Kind.COMPANY, Kind.STREET, Kind.CITY, Kind.REGION, Kind.COUNTRY, Kind.EMAIL}
)
_ENTITY = r"&(?:[A-Za-z][0-9A-Za-z]{1,30}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"
_LINE_BREAK = r"(?i)<br\s*/?>"
_HANDLES = ("twitter", "instagram", "linkedin", "facebook")

# What a spreadsheet would run: =, +, - or @ in front, or a tab or carriage return before one of them ...
_FORMULA = r"^[\t\r ]*[=+\-@]"
# ... unless it is a number, a phone number, a dash, a list item or a signed amount.
_NO_FORMULA = (
    r"^[\t\r ]*(?:[+\-]?[\p{Sc}]?[\p{Nd}\pZ().,/\-]*%?"
    r"(?:[\pZ.,;]*(?:ext?n?\.?|x|доб\.?|;ext=)[\pZ:]*\p{Nd}+)?|[\-+=@]+|"
    r"[\-+]+[\pZ\t][^|!()=]*|[\-]?[\p{Sc}]?[\p{Nd}.,]+(?:[eE][+\-]?\p{Nd}+)?[\pZ]?[\p{Sc}\pL]{0,3})$"
)
_LOOKALIKES = r"[A-Za-z][\p{Cyrillic}\p{Greek}]|[\p{Cyrillic}\p{Greek}][A-Za-z]"
_LINE_SPACES = r"[ \t\x{A0}\x{1680}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}]"
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


def text_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Repaired text; ``regions`` is ignored.

    ``options.field`` decides how far the repair goes: streets keep their line ends, notes keep all their spaces, too.
    The reason is the first repair that applied, in the order html, mojibake, invisible, spaces, unicode. Verdict
    ``UNKNOWN``.
    """
    kind = kind_of(options.field) if options.field in BY_NAME else Kind.TEXT
    draft = Draft(values)
    if kind in _FROM_PAGES:
        draft.replace(_without_html(draft.value, kind), "text.html")
    dirty = ~mask_of(ascii_mask(draft.value))
    draft.replace(_step(draft.value, dirty, _repair_mojibake), "text.mojibake")
    if kind is Kind.NOTE:
        draft.replace(_without_controls(draft.value), "text.invisible")
    else:
        draft.replace(strip_invisible(draft.value), "text.invisible")
        draft.replace(_tidy_lines(draft.value) if kind in _KEEPS_LINES else squash_spaces(draft.value), "text.spaces")
        draft.replace(nfc(draft.value), "text.unicode")
    _settle(draft, kind)
    draft.issue("text.formula", _is_formula(draft.value, options.field))
    if dirty.any():
        draft.issue("text.lookalikes", _step_mask(draft.value, dirty, _LOOKALIKES))
        draft.issue("text.replacement", _step_mask(draft.value, dirty, "\ufffd"))
    draft.verdict[:] = UNKNOWN
    return draft.finish()


def _settle(draft: Draft, kind: Kind) -> None:
    """Repair what a repair has brought to light (what could not be seen may have kept damage from view), so that a
    second run finds nothing: few cells, seldom twice."""
    changed = mask_of(pc.fill_null(pc.not_equal(draft.value, draft.original), False))
    for _ in range(4):
        if not changed.any():
            return
        before = draft.value
        if kind in _FROM_PAGES:
            draft.replace(_step(before, changed, lambda part: _without_html(part, kind)), "text.html", overrule=True)
        draft.replace(_step(draft.value, changed, _repair_mojibake), "text.mojibake", overrule=True)
        draft.replace(_step(draft.value, changed, lambda part: _tidied(part, kind)), "text.invisible")
        changed &= mask_of(pc.fill_null(pc.not_equal(draft.value, before), False))


def _tidied(values: pa.Array, kind: Kind) -> pa.Array:
    """All of the repair but mojibake and the codes of web pages."""
    if kind is Kind.NOTE:
        return _without_controls(values)
    seen = strip_invisible(values)
    return nfc(_tidy_lines(seen) if kind in _KEEPS_LINES else squash_spaces(seen))


def repair_text(series: Any, field: str = "") -> pd.DataFrame:
    """Repaired text of a Series.

    >>> repair_text(pd.Series(["JosÃ© GarcÃ\\xada", "  Ann\\u200b  Lee ", "क्‍षत्रिय"]))["value"].tolist()
    ['José García', 'Ann Lee', 'क्\u200dषत्रिय']
    """
    return frame_of(series, text_kernel, CellOptions(field=field))


def _step(values: pa.Array, mask: Mask, repair: Callable[[pa.Array], pa.Array]) -> pa.Array:
    return map_subset(values, pa.array(mask), repair) if mask.any() else values


def _step_mask(values: pa.Array, mask: Mask, pattern: str) -> Mask:
    out = np.zeros(len(values), bool)
    places = np.flatnonzero(mask)
    out[places] = matches(values.take(pa.array(places)), pattern)
    return out


# ---- codes of web pages --------------------------------------------------------------------------


def _without_html(values: pa.Array, kind: Kind) -> pa.Array:
    """Character references spelled out, and line breaks as such: ``AT&amp;T``, ``12 Main St<br>Apt 4``."""
    if mask_of(pc.match_substring(values, "<")).any():
        line = "\n" if kind in _KEEPS_LINES else " "
        broken = matches(values, _LINE_BREAK)
        values = _step(values, broken, lambda part: pc.replace_substring_regex(part, _LINE_BREAK, line))
    coded = mask_of(pc.match_substring(values, "&"))
    if coded.any():
        coded = _step_mask(values, coded, _ENTITY)
    if not coded.any():
        return values
    spelt = [_spelt_out(text) for text in values.filter(pa.array(coded)).to_pylist()]
    return pc.replace_with_mask(values, pa.array(coded), pa.array(spelt, TEXT))


def _spelt_out(text: str) -> str:
    for _ in range(4):  # &amp;amp; was coded twice
        again = re.sub(_ENTITY, lambda found: _character(found.group()), text)
        if again == text:
            break
        text = again
    return text


def _character(code: str) -> str:
    """What a character reference stands for; itself where that is nothing that can be seen or is not known."""
    found = html.unescape(code)
    if found == code and code.isupper():  # M&UUML;LLER
        found = html.unescape(code[:2] + code[2:].lower())
        found = code if found.startswith("&") else found
    return code if "\ufffd" in found or any(ord(letter) < 32 or letter == "\x7f" for letter in found) else found


# ---- mojibake ------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _badness() -> str:
    """ftfy's own sign of mojibake as an RE2 pattern, so that clean cells never reach ftfy."""
    lines = (re.sub(r"^#.*$", "", line.strip()) for line in BADNESS_RE.pattern.splitlines())
    out: list[str] = []
    inside = escaped = False
    for char in "".join(line for line in lines if line):
        if char in " \t" and not inside and not escaped:
            continue  # the pattern is verbose: blanks count only inside a class
        inside = not escaped and (char == "[" or (inside and char != "]"))
        escaped = char == "\\" and not escaped
        out.append(char)
    return "".join(out).replace(r"\s", r"[\s\x{85}\pZ\x1c-\x1f]").replace(r"\w", r"[\pL\pN_]")


def _repair_mojibake(part: pa.Array) -> pa.Array:
    """Cells that are not ASCII, decoded properly where they had been decoded wrongly."""
    bad = mask_of(pc.match_substring_regex(part, _badness())) & mask_of(pc.less_equal(pc.utf8_length(part), _LONGEST))
    if not bad.any():
        return part
    fixed = [_fixed(text) for text in part.filter(pa.array(bad)).to_pylist()]
    return pc.replace_with_mask(part, pa.array(bad), pa.array(fixed, TEXT))


def _fixed(text: str) -> str:
    """ftfy's repair, unless it would lose a character that is still there.

    A replacement character in the repair may stand where one stood before, right or wrongly decoded, or where an
    earlier program had written a question mark for a byte it did not know (``â€?``): that letter was lost already.
    """
    fixed = ftfy.fix_encoding(text)
    lost_before = text.count("\ufffd") + text.count("ï¿½") + text.count("?") - fixed.count("?")
    return text if fixed.count("\ufffd") > lost_before else fixed


# ---- spaces and controls -------------------------------------------------------------------------


def _without_controls(values: pa.Array) -> pa.Array:
    """Free text without control characters; tabs and line ends stay."""
    dirty = pc.match_substring_regex(values, _CONTROLS)
    return map_subset(values, dirty, lambda part: pc.replace_substring_regex(part, _CONTROLS, ""))


def _tidy_lines(values: pa.Array) -> pa.Array:
    """Each line without stray spaces; the line ends themselves stay."""
    several = pc.match_substring_regex(values, r"[\n\r]")
    if not mask_of(several).any():
        return squash_spaces(values)

    def tidy(part: pa.Array) -> pa.Array:
        part = pc.replace_substring_regex(part, r"\r\n?|[\x{85}\x{2028}\x{2029}\x0b\x0c]", "\n")
        part = pc.replace_substring_regex(part, f"{_LINE_SPACES}+", " ")
        part = pc.replace_substring_regex(part, r" ?\n[ \n]*", "\n")
        return pc.utf8_trim(part, " \n")

    single = map_subset(values, pc.invert(several), squash_spaces)
    return map_subset(single, several, tidy)


# ---- what is only noted --------------------------------------------------------------------------


def _is_formula(values: pa.Array, field: str) -> Mask:
    found = matches(values, _FORMULA)
    if not found.any():
        return found
    places = np.flatnonzero(found)
    part = values.take(pa.array(places))
    harmless = matches(part, _NO_FORMULA)
    if field in _HANDLES:
        harmless |= matches(part, r"^@[\pL\p{Nd}._\-]+$")
    if field and kind_of(field) is Kind.PHONE:
        harmless |= matches(part, r"^[+(]\s*\p{Nd}")  # "+44 161 496 0958 Ext 241" is a number with words
    found[places] = ~harmless
    return found
