"""Job titles: case, function and level."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

import crmclean
from crmclean.errors import RulesError
from crmclean.normalisers.titles import FUNCTIONS, LEVELS, normalise_title, title_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, CellOptions


def run(text: str):
    return title_kernel(pa.array([text], TEXT), CellOptions(field="title"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SALES MANAGER", "Sales Manager"),
        ("sales manager", "Sales Manager"),
        ("vp of sales", "VP of Sales"),
        ("ceo", "CEO"),
        ("HR BUSINESS PARTNER", "HR Business Partner"),
        ("SR. BUYER", "Sr. Buyer"),
        ("co-founder & ceo", "Co-Founder & CEO"),
        ("R&D MANAGER", "R&D Manager"),
        ("HEAD OF IT/SECURITY", "Head of IT/Security"),
        ("ГЕНЕРАЛЬНЫЙ ДИРЕКТОР", "Генеральный директор"),
        ("DIRECTEUR GÉNÉRAL", "Directeur Général"),
        ("RESPONSABLE D'AGENCE", "Responsable d'Agence"),
        ("L’ÉQUIPE VENTES", "L’Équipe Ventes"),
        ("2ND LINE SUPPORT", "2nd Line Support"),
        (".NET DEVELOPER", ".NET Developer"),
        ("ASP.NET DEVELOPER", "ASP.NET Developer"),
    ],
)
def test_case_is_put_right(before, after):
    found = run(before)
    assert (found.value[0].as_py(), found.reason[0].as_py()) == (after, "title.case")


@pytest.mark.parametrize(
    "text",
    [
        "CEO",
        "CTO",
        "Sales manager",
        "directeur commercial",
        "менеджер",
        "मुख्य अधिकारी",
        "مدیر فروش",
        "DGM",
        "MTS",
        "kierownik",
        "iOS Developer",
    ],
)
def test_correct_and_foreign_titles_are_left_to_the_letter(text):
    found = run(text)
    assert (found.value[0].as_py(), found.reason[0].as_py()) == (text, None)


@pytest.mark.parametrize(
    ("text", "function", "level"),
    [
        ("VP of Sales", "sales", "vp"),
        ("Vice President, Marketing", "marketing", "vp"),
        ("CEO", "general_management", "c_level"),
        ("المدير التنفيذي", "general_management", "c_level"),
        ("المدير المبيعات", "sales", "manager"),
        ("C.E.O.", "general_management", "c_level"),
        ("Chief Financial Officer", "finance", "c_level"),
        ("Managing Director", "general_management", "c_level"),
        ("Owner", "general_management", "c_level"),
        ("Product Owner", "product", "staff"),
        ("Director of Purchasing", "purchasing", "director"),
        ("Head of IT", "it", "head"),
        ("Sales Manager", "sales", "manager"),
        ("Senior Software Engineer", "engineering", "senior"),
        ("HR Business Partner", "hr", "staff"),
        ("Executive Assistant to the CEO", "administration", "staff"),
        ("Marketing Intern", "marketing", "intern"),
        ("General Counsel", "legal", "head"),
        ("Geschäftsführer", "general_management", "c_level"),
        ("Vertriebsleiter", "sales", "head"),
        ("Leiterin Einkauf", "purchasing", "head"),
        ("Directeur Général", "general_management", "c_level"),
        ("Directrice des ressources humaines", "hr", "director"),
        ("Jefe de Compras", "purchasing", "head"),
        ("Gerente de Vendas", "sales", "manager"),
        ("Amministratore Delegato", "general_management", "c_level"),
        ("प्रबंध निदेशक", "general_management", "c_level"),
        ("বিক্রয় ব্যবস্থাপক", "sales", "manager"),
        ("సేల్స్ మేనేజర్", "sales", "manager"),
        ("விற்பனை மேலாளர்", "sales", "manager"),
        ("مدیر فروش", "sales", "manager"),
        ("مدیرعامل", "general_management", "c_level"),
        ("Генеральный директор", "general_management", "c_level"),
        ("销售经理", "sales", "manager"),
    ],
)
def test_function_and_level_are_learnt_in_many_languages(text, function, level):
    found = run(text).attributes
    assert (found["title_function"][0].as_py(), found["title_level"][0].as_py()) == (function, level)
    assert function in FUNCTIONS
    assert level in LEVELS


@pytest.mark.parametrize("text", ["Zookeeper", "हलवाई", "Blumenbinder"])
def test_an_unknown_title_has_neither(text):
    found = run(text).attributes
    assert found["title_function"][0].as_py() is None
    assert found["title_level"][0].as_py() is None


@pytest.mark.parametrize("text", ["xxx", "n/a", "none", "asdf", "-", "12345"])
def test_fillers_are_bogus(text):
    found = run(text)
    assert found.issues["title.bogus"][0]
    assert found.verdict[0] == INVALID


@pytest.mark.parametrize(
    ("text", "function", "level", "persona"),
    [
        ("VP Sales", "sales", "vp", "executive"),
        ("Head of IT", "it", "head", "decision maker"),
        ("Geschäftsführer", "general_management", "c_level", "executive"),
        ("Gerente de Compras", "purchasing", "manager", "buyer"),
        ("बिक्री प्रबंधक", "sales", "manager", "manager"),
        ("Executive Assistant to the CEO", "administration", "staff", "gatekeeper"),
        ("Zookeeper", None, None, None),
    ],
)
def test_function_level_and_persona(text, function, level, persona):
    found = run(text).attributes
    assert tuple(found[f"title_{name}"][0].as_py() for name in ("function", "level", "persona")) == (
        function,
        level,
        persona,
    )


def test_the_nearest_persona_of_the_rules_wins():
    titles = ["Head of IT", "IT Manager", "Head of Sales", "VP Sales"]
    own = {"it/*": "technical buyer", "*/head": "sponsor", "it/head": "champion"}
    assert normalise_title(titles, own)["title_persona"].tolist() == [
        "champion",
        "technical buyer",
        "sponsor",
        "executive",
    ]


def test_what_was_learnt_becomes_columns_when_asked():
    frame = pd.DataFrame(
        {
            "Name": ["Ann Lee", "Bob Moss"],
            "Job Title": ["VP Sales", "Zookeeper"],
            "Email": ["a@acme.com", "b@acme.com"],
        },
        dtype="str",
    )
    asked = {"learnt": ["title_function", "title_level", "title_persona"]}
    rules = {"name": "t", "extends": "default", "output": asked, "normalise": {"personas": {"sales/vp": "sponsor"}}}
    result = crmclean.clean(frame, rules=rules, as_of="2026-11-26")
    columns = [f"crmclean_{name}" for name in asked["learnt"]]
    assert result.cleaned[columns].to_numpy().tolist() == [["sales", "vp", "sponsor"], ["", "", ""]]
    again = crmclean.clean(result.cleaned, rules=rules, as_of="2026-11-26").cleaned
    assert list(again.columns) == list(result.cleaned.columns)
    assert again[columns].equals(result.cleaned[columns])
    plain = crmclean.clean(frame, as_of="2026-11-26").cleaned
    assert not set(columns) & set(plain.columns)


def test_a_persona_needs_a_function_and_a_level():
    with pytest.raises(RulesError, match="no function/level"):
        crmclean.load_rules({"name": "t", "extends": "default", "normalise": {"personas": {"head": "x"}}})
