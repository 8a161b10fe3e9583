"""Plans that a person wrote or edited."""

from __future__ import annotations

from pathlib import Path

import pytest

import crmclean
from crmclean.errors import HeaderChanged
from crmclean.plan import Plan

LEADS = "Export of today\n\nMail;Name;Seen\nANA@x.example;Ana Rao;1/2/2026\n"
COLUMNS = '[[column]]\ncolumn = "Mail"\nfield = "email"\n[[column]]\ncolumn = "Name"\nfield = "full_name"\n'


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_bytes(LEADS.encode("utf-16"))
    return path


@pytest.mark.parametrize("dialect", ["", '[dialect]\nencoding = "utf-16-le"\n', '[dialect]\ndelimiter = ";"\n'])
def test_what_a_plan_does_not_say_is_found(leads: Path, dialect: str) -> None:
    result = crmclean.clean(leads, plan=Plan.from_toml(dialect + COLUMNS))
    assert result.cleaned["Mail"].tolist() == ["ana@x.example"]
    kept = result.plans[0].dialect
    assert (kept.encoding, kept.delimiter, kept.header_line) == ("utf-16-le", ";", 3)


def test_what_a_plan_says_is_believed(leads: Path) -> None:
    with pytest.raises(HeaderChanged, match="Mail"):
        crmclean.clean(leads, plan=Plan.from_toml('[dialect]\ndelimiter = ","\n' + COLUMNS))


def test_an_edited_plan_is_obeyed_to_the_letter(leads: Path) -> None:
    text = crmclean.infer_plan(leads).to_toml().replace('field = "full_name"', 'field = ""')
    plan = Plan.from_toml(text.replace('date_order = ""', 'date_order = "dmy"'))
    assert plan.of("Name").field is None
    result = crmclean.clean(leads, plan=plan)
    assert result.plans[0].columns == plan.columns
    assert result.plans[0].dialect == plan.dialect
