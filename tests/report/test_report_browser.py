"""The page in a real browser: nothing fetched, nothing spilled, everything readable, letters drawn as letters."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crmclean.report import ReportFacts, render_html, summarise
from crmclean.tables.batch import Batch
from tests.report.report_batches import demo, text_table

pytestmark = pytest.mark.acceptance

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
SCREENS = [(1440, 900), (360, 800)]
SCHEMES = ["light", "dark"]
ANSWERS = ("can-i-trust", "what-was-done", "who-brings-bad-rows", "what-first")
SAMPLES = {"hi": "प्रिया", "te": "శ్రీ", "ta": "தமிழ்", "bn": "চট্টো", "fa": "رضایی"}

# Text whose contrast with the first opaque background behind it is below AA.
FAINT = """() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const linear = v => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
  const light = c => { const f = c.slice(0, 3).map(linear);
    return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
  const behind = e => {
    for (let n = e; n; n = n.parentElement) {
      const c = parse(getComputedStyle(n).backgroundColor);
      if (c[3] === 1) return c;
    }
    return [255, 255, 255, 1];
  };
  const faint = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    if (!box.width || e.closest('.hidden, .skip, title')) continue;
    const fore = parse(e instanceof SVGElement ? style.fill : style.color), a = light(fore), b = light(behind(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) faint.push([e.tagName, e.getAttribute('class'), e.textContent.slice(0, 30), ratio.toFixed(2)]);
  }
  return faint;
}"""

# Whether a text is drawn otherwise than the sign a font shows for a letter it does not have.
DRAWN = """text => {
  const ink = sign => {
    const c = document.createElement('canvas'), x = c.getContext('2d');
    c.width = c.height = 64;
    x.font = '32px ' + getComputedStyle(document.body).fontFamily; x.fillText(sign, 8, 44); return c.toDataURL(); };
  const missing = ink('\\u{E0FFF}'), letters = [...text].filter(l => !/\\p{M}|\\p{Cf}|\\s/u.test(l));
  const signs = new Set(letters.map(ink));
  return !signs.has(missing) && !signs.has(ink(' ')) && signs.size === new Set(letters).size;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("no chromium on this machine")
    with api.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_html(summarise(*demo())), encoding="utf-8")
    return path


@pytest.fixture(params=[(*screen, scheme) for screen in SCREENS for scheme in SCHEMES], ids=str)
def opened(browser: Any, file: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Any, int, list[str], list[str]]]:
    width, height, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda call: asked.append(call.url))
    page.goto(file.as_uri())
    yield page, height, said, asked
    page.screenshot(path=str(file.parent / f"{width}_{scheme}.png"), full_page=True)
    context.close()


def test_nothing_is_fetched_and_nothing_complains(opened: Any, file: Path) -> None:
    _, _, said, asked = opened
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [file.as_uri()]


def test_the_page_is_no_wider_than_the_screen(opened: Any) -> None:
    page, *_ = opened
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_answers_begin_within_two_screens(opened: Any) -> None:
    page, height, *_ = opened
    for name in ANSWERS:
        assert page.evaluate("n => document.getElementById(n).getBoundingClientRect().top", name) < 2 * height, name


def test_all_text_stands_out_from_its_ground(opened: Any) -> None:
    page, *_ = opened
    assert page.evaluate(FAINT) == []


@pytest.mark.parametrize("language", SAMPLES)
def test_letters_of_the_five_scripts_are_drawn(browser: Any, file: Path, language: str) -> None:
    listed = subprocess.run(["fc-list", f":lang={language}"], capture_output=True, text=True, check=False).stdout
    if not listed.strip():
        pytest.skip(f"no font for {language} on this machine")
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.evaluate(DRAWN, SAMPLES[language])
    assert not page.evaluate(DRAWN, "\u0378\u0379")
    page.close()


def test_persian_cells_run_from_right_to_left(browser: Any, file: Path) -> None:
    page = browser.new_page()
    page.goto(file.as_uri())
    sides = page.evaluate("[...document.querySelectorAll('bdi[lang=fa]')].map(e => getComputedStyle(e).direction)")
    assert sides
    assert set(sides) == {"rtl"}
    page.close()


def test_it_prints_light_and_without_navigation(browser: Any, file: Path) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(file.as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert page.evaluate(FAINT) == []
    assert len(page.pdf(format="A4")) > 10_000
    context.close()


def _long_words() -> dict[str, Any]:
    """The summary of a file a hundred thousand times as long, whose names have no place to break."""
    text = json.dumps(summarise(*demo(240)), ensure_ascii=False)
    for name in ("tradeshow_2026.csv", "Tom Becker", "Bought list Q3", "Lead ID", "Head of Procurement", "cleaned.csv"):
        text = text.replace(name, name.replace(" ", "_") * 8)
    summary: dict[str, Any] = json.loads(text)
    for part in ("balance", "done"):
        summary[part] |= {key: value * 98_765 for key, value in summary[part].items() if type(value) is int}
    return summary


BARE = {
    "empty": lambda: summarise(Batch.of(text_table({"Name": []})), ReportFacts(as_of="2026-11-22")),
    "one row": lambda: summarise(Batch.of(text_table({"Name": ["Ann"]})), ReportFacts(as_of="2026-11-22")),
    "long words": _long_words,
}


@pytest.mark.parametrize("kind", BARE)
def test_odd_pages_fit_a_phone(browser: Any, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "odd.html"
    path.write_text(render_html(BARE[kind]()), encoding="utf-8")
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    for name in ANSWERS:
        assert page.evaluate("n => document.getElementById(n).getBoundingClientRect().top", name) < 1600, name
    page.screenshot(path=str(tmp_path / "odd.png"), full_page=True)
    page.close()
