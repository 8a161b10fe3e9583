"""The page: whole, still, safe with hostile cells, sensible when there is little to say."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest

from crmclean.report import ColumnFact, ObjectiveFact, ReportFacts, SourceFact, render_html, summarise
from crmclean.report.charts import bins, stacked
from crmclean.report.render import _words, language_of
from crmclean.tables.batch import Batch, new_rows
from tests.report.report_batches import changes_table, demo, issues_table, small, text_table

ANSWERS = ("can-i-trust", "what-was-done", "who-brings-bad-rows", "what-first")
VOID = {"meta", "link", "rect", "line", "br", "input", "img"}
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "=cmd|' /C calc'!A0",
    "</style><svg onload=alert(1)>",
    "a\x00b\u202egnp.exe",
    "javascript:alert(1)",
    "&lt;b&gt;",
    "%s {n} {0.__class__}",
]


class Page(HTMLParser):
    """Elements with their attributes, text, and whether every element was closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.stack: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] != "style":
            self.text += data

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]


@pytest.fixture(scope="module")
def page() -> str:
    return render_html(summarise(*demo(240)))


def test_the_page_answers_four_questions_first(page: str) -> None:
    parsed = Page(page)
    assert [name for name in parsed.ids if not name.startswith("h-")][:4] == list(ANSWERS)
    assert parsed.stack == []
    assert len(parsed.ids) == len(set(parsed.ids))


def test_links_and_labels_lead_somewhere(page: str) -> None:
    parsed = Page(page)
    for _, attrs in parsed.elements:
        if attrs.get("href", "").startswith("#"):
            assert attrs["href"][1:] in parsed.ids
        if "aria-labelledby" in attrs:
            assert attrs["aria-labelledby"] in parsed.ids


def test_the_page_is_self_contained_and_small(page: str) -> None:
    assert len(page.encode()) <= 150_000
    for tag, attrs in Page(page).elements:
        assert tag not in ("script", "img", "iframe", "object", "form")
        assert not [name for name in attrs if name.startswith("on") or name == "style"]
        assert attrs.get("href", "#")[:1] == "#" or attrs["href"] == "data:,"
        assert "src" not in attrs
    css = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in css
    assert "@import" not in css


def test_tables_have_captions_and_scopes(page: str) -> None:
    tags = [tag for tag, _ in Page(page).elements]
    assert tags.count("table") == tags.count("caption") > 5
    assert all("scope" in attrs for tag, attrs in Page(page).elements if tag == "th")
    assert tags.count("main") == tags.count("h1") == tags.count("nav") == 1


def test_the_same_numbers_give_the_same_bytes_also_from_json() -> None:
    summary = summarise(*demo(240))
    again = json.loads(json.dumps(summary, sort_keys=True))
    assert render_html(summary) == render_html(again) == render_html(summarise(*demo(240)))


def test_cells_carry_language_and_direction(page: str) -> None:
    tags = {attrs.get("lang") for tag, attrs in Page(page).elements if tag == "bdi"}
    assert {"hi", "fa"} <= tags
    assert all(attrs.get("dir") == "auto" for tag, attrs in Page(page).elements if tag == "bdi")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("प्रिया", "hi"),
        ("முருகன்", "ta"),
        ("రెడ్డి", "te"),
        ("চট্টোপাধ্যায়", "bn"),
        ("کریمی", "fa"),
        ("محمد", "ar"),
        ("Анна", "ru"),
        ("Ελένη", "el"),
        ("王", "zh"),
        ("ゆき", "ja"),
        ("김", "ko"),
        ("נועה", "he"),
        ("José 12", ""),
        ("", ""),
    ],
)
def test_language_of_a_cell(text: str, language: str) -> None:
    assert language_of(text) == language


def _hostile() -> tuple[Batch, ReportFacts]:
    count = len(HOSTILE)
    columns = {name: list(HOSTILE) for name in (HOSTILE[0], HOSTILE[1], "Owner " + HOSTILE[4])}
    batch = Batch.of(text_table(columns), new_rows(count, source=HOSTILE[1])).adding(
        issues=issues_table(
            [
                (n, HOSTILE[0], field, text, reason, "invalid", "error")
                for n, text in enumerate(HOSTILE)
                for field, reason in (("company", "company.bogus"), ("email", "email.syntax"), ("x", HOSTILE[1]))
            ]
        ),
        changes=changes_table(
            [(n, HOSTILE[0], "company", text, text[::-1], "company.case") for n, text in enumerate(HOSTILE)]
        ),
    )
    facts = ReportFacts(
        as_of=HOSTILE[1],
        rules=HOSTILE[0],
        version=HOSTILE[1],
        sources=(SourceFact(HOSTILE[4], count, 3, HOSTILE[1], HOSTILE[0], {HOSTILE[1]: 2}),),
        columns=(
            ColumnFact(HOSTILE[0], "company", HOSTILE[0]),
            ColumnFact(HOSTILE[1], "email", HOSTILE[1]),
            ColumnFact("Owner " + HOSTILE[4], "owner"),
        ),
        objectives=(ObjectiveFact(HOSTILE[1], HOSTILE[0], HOSTILE[4], False),),
        notes=tuple(HOSTILE),
        dropped_columns=tuple(HOSTILE),
    )
    return batch, facts


def test_hostile_cells_stay_text() -> None:
    parsed = Page(render_html(summarise(*_hostile())))
    tags = {tag for tag, _ in parsed.elements}
    assert not tags & {"script", "img", "b", "iframe"} - {"b"}
    assert not [name for _, attrs in parsed.elements for name in attrs if name.startswith("on")]
    assert parsed.stack == []
    assert "<script>alert(1)</script>" in parsed.text
    assert "{{ 7 * 7 }}" in parsed.text
    assert "%s {n} {0.__class__}" in parsed.text
    assert "49" not in parsed.text


def test_nothing_invisible_reaches_an_example() -> None:
    page = render_html(summarise(*_hostile()))
    examples = page[page.index('id="problems"') : page.index('id="fields"')]
    assert "\x00" not in examples
    assert "\u202e" not in examples
    assert "⟨U+202E⟩" in examples


@pytest.mark.parametrize("columns", [{"Name": []}, {"Name": ["Ann"]}, {"Name": [""], "Owner": ["Ada"]}])
def test_bare_batches_have_a_sensible_page(columns: dict[str, list[Any]]) -> None:
    batch = Batch.of(text_table(columns))
    parsed = Page(render_html(summarise(batch, ReportFacts(as_of="2026-11-22"))))
    assert set(ANSWERS) <= set(parsed.ids)
    assert "There is nothing to judge" in parsed.text
    assert "None" not in parsed.text
    assert "nan" not in parsed.text.replace("finance", "")


def test_the_headline_says_score_grade_and_weakest_term() -> None:
    text = Page(render_html(summarise(*small()))).text
    assert "Mostly. Check the weak spots" in text
    assert "What costs it most is age: nothing says when 3 of 6 records were last confirmed." in text
    assert "As read" in text
    assert "It was 53 as it arrived (+17.5 points)." in text or "It was 52 as it arrived (+17.5 points)." in text


def test_counts_and_their_words_agree() -> None:
    summary = summarise(*small())
    summary["trust"]["weakest"] = "uniqueness"
    summary["duplicates"]["review_pairs"] = 2
    assert "possible duplicates: 2 pairs." in Page(render_html({**summary, "other_kinds": 3})).text
    assert "1 other kind of problem" in Page(render_html({**summary, "other_kinds": 1})).text


def test_a_broken_balance_is_shown() -> None:
    batch, _ = small()
    text = Page(render_html(summarise(batch, ReportFacts(as_of="x", sources=(SourceFact("a.csv", 9),))))).text
    assert "The rows do not add up" in text


def test_numbers_are_written_for_readers() -> None:
    words = _words("en")
    assert words.number(1234567.0) == "1,234,567"
    assert [words.score(value) for value in (89.99, 90.0, 83.6, 59.95, None)] == ["89.9", "90", "84", "59.9", "–"]
    assert words.number(-1.25, 1) == "−1.2"
    assert (words.percent(0.0004), words.percent(0.9996), words.percent(1.0), words.percent(None)) == (
        "0.1%",
        "99.9%",
        "100%",
        "–",
    )
    assert words.many("rows", 1) == "1 row"
    assert words.text("meta.as_of", date="<b>") == "as of &lt;b&gt;"
    with pytest.raises(KeyError):
        words.text("no.such.text")


def test_chart_geometry() -> None:
    parts = stacked({"a": 1_000_000, "b": 1}, "abc")
    assert [part["key"] for part in parts] == ["a", "b"]
    assert parts[1]["width"] > 0.5
    assert sum(part["width"] for part in parts) == pytest.approx(100, abs=0.05)
    assert [(column["x"], column["grade"]) for column in bins([0] * 18 + [3, 6])] == [(90.3, "A"), (95.3, "A")]
