"""The page: one self-contained HTML file made of the numbers of `crmclean.report.summary` and the words of a locale.

Every cell is hostile until escaped: autoescape is on, the page allows itself no script and no request (its own
Content-Security-Policy says so), and cells are wrapped so that their direction and language stay their own.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from crmclean.report import charts

__all__ = ["language_of", "render_html"]

# Start of each script's letters, the end of the last, and the language that lets a browser choose a fitting font.
_SCRIPTS = (
    (0x0370, "el"), (0x0400, "ru"), (0x0530, ""), (0x0590, "he"), (0x0600, "ar"), (0x0700, ""), (0x0750, "ar"),
    (0x0780, ""), (0x0900, "hi"), (0x0980, "bn"), (0x0A00, "pa"), (0x0A80, "gu"), (0x0B00, "or"), (0x0B80, "ta"),
    (0x0C00, "te"), (0x0C80, "kn"), (0x0D00, "ml"), (0x0D80, "si"), (0x0E00, "th"), (0x0E80, ""), (0x3040, "ja"),
    (0x3100, ""), (0x3400, "zh"), (0xA000, ""), (0xAC00, "ko"), (0xD7B0, ""),
)  # fmt: skip
_STARTS = [start for start, _ in _SCRIPTS]
_PERSIAN = frozenset("پچژگکی\u200c")


def render_html(summary: Mapping[str, Any], locale: str = "en") -> str:
    """The report as one HTML page that needs nothing else.

    Parameters
    ----------
    summary : mapping
        What `crmclean.report.summarise` returned, or the same read back from ``report.json``.
    locale : str
        Name of a word list in ``report/locales``.
    """
    words = _words(locale)
    template = _environment().get_template("page.html.j2")
    page = template.render(
        s=summary,
        css=Markup(_css()),
        charts=charts,
        t=words.text,
        has=words.has,
        many=words.many,
        num=words.number,
        score=words.score,
        pct=words.percent,
        lang=words.table["language"],
    )
    return page if page.endswith("\n") else page + "\n"


class Words:
    """A locale: texts with their gaps filled, numbers and percentages as its readers write them."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.table = table

    def has(self, key: str) -> bool:
        """Whether there is a text under a dotted key."""
        return isinstance(self._find(key), str)

    def text(self, key: str, /, **gaps: Any) -> Markup:
        """The text under a dotted key; what fills its gaps is escaped unless it is markup already."""
        found = self._find(key)
        if not isinstance(found, str):
            raise KeyError(f"the locale has no text {key!r}")
        return Markup(found).format(**gaps) if gaps else Markup(found)

    def many(self, key: str, count: int) -> Markup:
        """The singular or plural text under ``key`` with the number in it."""
        return self.text(f"{key}.{'one' if count == 1 else 'other'}", n=self.number(count))

    def number(self, value: float | str | None, digits: int = 0) -> str:
        """A number with separators; a dash for None; text as it is."""
        if value is None:
            return str(self.text("meta.no_value"))
        if isinstance(value, str):
            return value
        return self._separate(f"{value:,.{digits}f}").replace("-", "−")

    def score(self, value: float | None) -> str:
        """A score as a whole number, or cut to one decimal where rounding would promise the next grade."""
        if value is None or charts.grade_band(round(value)) == charts.grade_band(value):
            return self.number(value)
        return self.number(int(value * 10) / 10, 1)

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share between 0 and 1 as a percentage that never rounds to nothing or to all."""
        if share is None:
            return str(self.text("meta.no_value"))
        value = share * 100
        shown = f"{value:.{digits}f}"
        if digits == 0 and ((0 < value < 0.5) or (99.5 <= value < 100)):
            shown = f"{min(max(value, 0.1), 99.9):.1f}"
        return str(self.text("percent", value=self._separate(shown)))

    def _separate(self, text: str) -> str:
        marks = {",": self.table["thousands"], ".": self.table["decimal"]}
        return "".join(marks.get(letter, letter) for letter in text)

    def _find(self, key: str) -> Any:
        found: Any = self.table
        for part in key.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found


def language_of(text: str) -> str:
    """Language tag of the script of the first letter that is not Latin; "" for Latin and unknown scripts.

    >>> language_of("Priya प्रिया"), language_of("علی رضایی"), language_of("Ann")
    ('hi', 'fa', '')
    """
    for letter in text:
        code = ord(letter)
        if code >= 0x0370 and letter.isalpha():
            tag = _SCRIPTS[bisect_right(_STARTS, code) - 1][1]
            if tag == "ar":
                return "fa" if _PERSIAN & set(text) else "ar"
            if tag:
                return tag
    return ""


def cell(value: Any) -> Markup:
    """A cell of somebody's file: escaped, its direction its own, tagged with the language of its script."""
    text = "" if value is None else str(value)
    tag = language_of(text)
    return Markup('<bdi dir="auto"{}>{}</bdi>').format(Markup(' lang="{}"').format(tag) if tag else "", text)


@cache
def _words(locale: str) -> Words:
    text = files("crmclean.report").joinpath("locales", f"{locale}.toml").read_text(encoding="utf-8")
    return Words(tomllib.loads(text))


@cache
def _css() -> str:
    return files("crmclean.report").joinpath("templates", "style.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("crmclean.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = cell
    environment.filters["esc"] = escape
    return environment
