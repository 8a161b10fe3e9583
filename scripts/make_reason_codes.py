"""Write docs/reason-codes.md from the code's own tables: ``python scripts/make_reason_codes.py``.

The examples of reason_examples.toml are run, each as a small list of its own, and what is printed is what came of
them. An example that does not earn its code is an error.
"""

from __future__ import annotations

import io
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

import crmclean
from crmclean.deliverability import ACCEPTS, REFUSES, MxStep
from crmclean.pipeline import default_steps
from crmclean.tables.advice import advice_on
from crmclean.tables.reasons import REASONS, Reason

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reason-codes.md"
EXAMPLES = ROOT / "scripts" / "reason_examples.toml"
AS_OF = "2026-11-26"
AREAS = {
    "file": "Files",
    "text": "Text",
    "missing": "Missing values",
    "required": "Missing values",
    "name": "Names",
    "email": "E-mail addresses",
    "phone": "Phone numbers",
    "company": "Companies and titles",
    "title": "Companies and titles",
    "street": "Places",
    "city": "Places",
    "region": "Places",
    "country": "Places",
    "postcode": "Places",
    "place": "Places",
    "website": "Web addresses",
    "date": "Dates",
    "consent": "Consent, yes and no, picklists, numbers",
    "flag": "Consent, yes and no, picklists, numbers",
    "picklist": "Consent, yes and no, picklists, numbers",
    "number": "Consent, yes and no, picklists, numbers",
    "value": "The rest of the file",
    "check": "Checks of your own",
    "row": "Rows that are set aside",
    "merge": "Golden records and stamps",
    "rule": "Golden records and stamps",
}
HEAD = """\
# Reason codes

Every change and every issue carries one of these codes in the evidence tables; cleaned files, `changes.csv` and the
report say the same in words. Codes are stable: one keeps its meaning, and your own scripts may rely on it.

- **repair**: the cell was wrong and is right now.
- **format**: the cell was right and is now in canonical form; `[output] values = "keep"` leaves it as it was typed.
- **issue**: something noteworthy; nothing was changed because of it. `[validate.severity]` of the rules sets its
  severity (`info`, `warning`, `error` or `off`), and `[validate] quarantine` lists codes that set a row aside.
- **merge**: a value moved between the records of one cluster, or was stamped by the rules.

This page is written by `scripts/make_reason_codes.py`, which runs every example. A check of your own has the codes
`check.*`, and its name in the `rule` column of the issues.
"""


@dataclass(frozen=True)
class Outcome:
    """The first cell that earned a code: its row, column ("" for a whole row), and its text before and after."""

    row: int
    column: str
    before: str | None
    after: str | None = None


def read_examples() -> dict[str, dict[str, Any]]:
    """Code -> example, as the file has them."""
    return tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))


def run_example(example: Mapping[str, Any]) -> crmclean.CleanResult:
    """Clean the little list of an example."""
    rules = {"name": "example", "extends": "default", **example.get("rules", {})}
    if "lines" in example:
        encodings = example.get("encodings", ["utf-8"] * len(example["lines"]))
        pieces = [f"{line}\n".encode(name) for line, name in zip(example["lines"], encodings, strict=True)]
        return crmclean.clean(io.BytesIO(b"".join(pieces)), rules=rules, as_of=AS_OF)
    cells = {header: value if isinstance(value, list) else [value] for header, value in example["cells"].items()}
    count = max(map(len, cells.values()))
    frame = pd.DataFrame({header: values * (count // len(values)) for header, values in cells.items()}, dtype="str")
    steps = default_steps()
    if "refuses" in example:
        answers = dict.fromkeys(example["refuses"], REFUSES)
        steps = (*steps, MxStep(ask=lambda domains: {name: answers.get(name, ACCEPTS) for name in domains}))
    return crmclean.clean(frame, rules=rules, as_of=AS_OF, pipeline=crmclean.Pipeline(steps))


def outcome_of(code: str, result: crmclean.CleanResult) -> Outcome | None:
    """Where a result carries a code, or None."""
    for row in result.evidence.changes.to_pylist():
        if row["reason"] == code:
            return Outcome(row["row"], row["column"], row["before"], row["after"])
    for row in result.evidence.issues.to_pylist():
        if row["reason"] == code:
            return Outcome(row["row"], row["column"], row["value"])
    return None


def render() -> str:
    """The whole page."""
    examples = read_examples()
    sections: dict[str, list[str]] = {}
    for code, reason in REASONS.items():
        result = run_example(examples[code])
        outcome = outcome_of(code, result)
        if outcome is None:
            raise SystemExit(f"make_reason_codes: the example of {code} does not earn it")
        line = _line(reason, outcome, examples[code])
        sections.setdefault(AREAS[code.partition(".")[0]], []).append(line)
    pages = [HEAD]
    for title, lines in sections.items():
        head = "| code | kind | what it says | what to do | example |\n|---|---|---|---|---|\n"
        pages.append(f"\n## {title}\n\n{head}" + "".join(lines))
    return "".join(pages)


def _line(reason: Reason, outcome: Outcome, example: Mapping[str, Any]) -> str:
    kind = f"issue, {reason.severity}" if reason.kind == "issue" else reason.kind
    cells = (f"`{reason.code}`", kind, reason.text, advice_on(reason.code), _shown(outcome, example))
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _shown(outcome: Outcome, example: Mapping[str, Any]) -> str:
    where = f"{outcome.column}: " if outcome.column else ""
    if outcome.after is not None:
        return f"{where}{_code(outcome.before or '')} becomes {_code(outcome.after)}"
    cells = {header: value for header, value in example.get("cells", {}).items() if header != outcome.column}
    if outcome.column:  # what every row has is what the cell is judged in the light of
        cells = {header: value for header, value in cells.items() if isinstance(value, str)}
    others = [f"{h}: {_code(v if isinstance(v, str) else v[outcome.row])}" for h, v in cells.items()]
    own = [] if outcome.before is None else [f"{where}{_code(outcome.before)}"]
    return ", ".join(own + others)


def unseen(char: str, before: str) -> bool:
    """Whether a reader would not see a character: blanks but the space, controls, accents apart from their letter."""
    kind = unicodedata.category(char)
    return char != " " and (kind[0] in "CZ" or (kind == "Mn" and before.isascii()))


def _code(text: str) -> str:
    """Text as code; what cannot be seen is written as its code point, nothing as (empty)."""
    if not text:
        return "(empty)"
    seen = "".join(f"\\u{ord(char):04x}" if unseen(char, before) else char for before, char in pairwise(" " + text))
    return f"`{seen}`" if seen == seen.strip() else f"`` {seen} ``"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
