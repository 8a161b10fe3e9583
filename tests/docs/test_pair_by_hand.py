"""docs/model.md works one pair out by hand: its numbers are those of `explain`, and its arithmetic is right."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from crmclean.dedup.core import Explanation, Settings, explain_pair, link_records
from crmclean.dedup.priors import comparisons_of

PAGE = Path(__file__).parents[2] / "docs" / "model.md"
FIELDS = {"given": "first_name", "family": "last_name", "e-mail": "email", "company": "company", "city": "city"}
PRIOR = {item.name: item for item in comparisons_of("person")}


@pytest.fixture(scope="module")
def section() -> str:
    return PAGE.read_text(encoding="utf-8").split("## One pair by hand")[1].split("\n## ")[0]


def table(section: str, first: str) -> list[dict[str, str]]:
    """The rows of the table whose first heading is ``first``."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines()]
    start = next(place for place, cells in enumerate(lines) if cells[0] == first)
    rows = []
    for cells in lines[start + 2 :]:
        if len(cells) != len(lines[start]):
            break
        rows.append(dict(zip(lines[start], cells, strict=True)))
    return rows


def number(section: str, before: str) -> float:
    """The last number of the line that starts with some words."""
    line = next(line for line in section.splitlines() if line.strip().startswith(before))
    return float(re.findall(r"-?\d+\.\d+", line)[-1])


def equation(section: str, name: str) -> tuple[list[float], float]:
    """The terms and the result of a line ``name = a + b - c = result``."""
    line = next(line for line in section.splitlines() if line.strip().startswith(f"{name} = "))
    *_, terms, result = line.split(" = ")
    signed = re.findall(r"(?:^|[+-] |-)?\d+\.\d+", terms)
    return [float(term.replace(" ", "")) for term in signed], float(result)


@pytest.fixture(scope="module")
def told(section: str) -> tuple[Explanation, dict[str, Any], list[dict[str, str]]]:
    rows = table(section, "given")
    columns = {field: [pa.array([row[name] for row in rows], pa.large_string())] for name, field in FIELDS.items()}
    result = link_records(columns, Settings())
    return explain_pair(columns, Settings(), result.measures, 0, 1), result.measures, rows


def test_the_numbers_are_those_of_explain(
    section: str, told: tuple[Explanation, dict[str, Any], list[dict[str, str]]]
) -> None:
    found, measures, _ = told
    printed = {row["comparison"]: row for row in table(section, "comparison")}
    weighing = {item.name: item for item in found.comparisons if item.weight and item.level != "adjusted"}
    assert printed.keys() == weighing.keys()
    for name, row in printed.items():
        finding = weighing[name]
        assert row["level"] == finding.level
        assert float(row["weight"]) == pytest.approx(finding.weight, abs=6e-4), (name, finding)
        if finding.value_u is not None:
            assert finding.m is not None
            assert float(row["m"]) == pytest.approx(finding.m, abs=6e-5), (name, finding)
            assert float(row["chance"]) == pytest.approx(finding.value_u, abs=6e-7), (name, finding)
    assert number(section, "community") == pytest.approx(measures["community"], abs=6e-4)
    assert number(section, "slips") == pytest.approx(measures["slips"][2][1], abs=6e-5)
    assert number(section, "prior") == pytest.approx(found.prior, abs=6e-4)
    assert equation(section, "identity")[1] == pytest.approx(found.identity, abs=2e-3)
    assert equation(section, "support")[1] == pytest.approx(found.support, abs=2e-3)
    assert equation(section, "W")[1] == pytest.approx(found.weight, abs=2e-3)
    assert number(section, "probability") == pytest.approx(found.probability, abs=1e-4)


def test_the_chances_follow_from_the_file(
    section: str, told: tuple[Explanation, dict[str, Any], list[dict[str, str]]]
) -> None:
    """(c - 1 + w b) / (N - 1 + w), carriers counted in the table above."""
    found, _, rows = told
    count = len(rows)
    spelt = {"family": "Brandt", "company": "Nordwind", "city": "Kiel"}
    for finding in found.comparisons:
        if finding.value_u is None:
            continue
        belief = PRIOR[finding.name].frequency
        assert belief is not None
        column = {"given": "given", "family": "family", "company": "company", "city": "city"}[finding.name]
        carriers = sum(row[column].startswith(spelt.get(column, "Kath")) for row in rows)
        chance = (carriers - 1 + belief.weight * belief.base) / (count - 1 + belief.weight)
        if finding.name == "given":  # by sound, a near level: the chance of the sound and a tenth of the level's u
            assert finding.u is not None
            chance += finding.u / 10
        assert finding.value_u == pytest.approx(chance, rel=1e-6), finding.name


def test_the_arithmetic_is_right(section: str) -> None:
    """From the printed numbers alone."""
    printed = {row["comparison"]: row for row in table(section, "comparison")}
    bits = {name: float(row["weight"]) for name, row in printed.items()}
    for name, row in printed.items():
        if row["chance"] != "-":
            assert math.log2(float(row["m"]) / float(row["chance"])) == pytest.approx(bits[name], abs=5e-3)
    community = number(section, "community") / 2  # one name is a variant
    identity = bits["given"] + bits["family"] + bits["email"] + community + number(section, "slips")
    place, employer = bits["city"] + community, bits["company"] + community
    line = next(line for line in section.splitlines() if line.strip().startswith("lasting = "))
    lasting = [float(share) for share in re.findall(r"\d\.\d+", line)]
    kept = (max(place, employer) + min(place, employer) / 2, place, employer, 0.0)
    support = math.log2(sum(share * 2**each for share, each in zip(lasting, kept, strict=True)))
    support = min(support, 14, identity)
    weight = math.log2(number(section, "prior") / (1 - number(section, "prior"))) + identity + support
    for name, value in (("identity", identity), ("support", support), ("W", weight)):
        terms, result = equation(section, name)
        assert result == pytest.approx(value, abs=2e-3)
        assert sum(terms) == pytest.approx(result, abs=2e-3)
    assert number(section, "probability") == pytest.approx(2**weight / (1 + 2**weight), abs=1e-4)
