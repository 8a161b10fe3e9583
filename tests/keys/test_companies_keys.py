"""Company names: which words are the name."""

from __future__ import annotations

import pyarrow as pa
import pytest

from crmclean.keys.companies import company_acronym, company_key, company_tokens, has_legal_form
from crmclean.keys.lists import read_toml


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("The Acme Co., Ltd.", "acme"),
        ("Acme Company Limited", "acme"),
        ("ACME, INC.", "acme"),
        ("Müller & Söhne GmbH & Co. KG", "muller sohne"),
        ("Foo Sp. z o.o.", "foo"),
        ("Bar, spol. s r.o.", "bar"),
        ("Grupo Baz, S.A. de C.V.", "grupo baz"),
        ("Yılmaz İnşaat San. ve Tic. Ltd. Şti.", "yilmaz insaat"),
        ("PT Telkom Indonesia (Persero) Tbk", "telkom indonesia"),
        ("ООО «Ромашка»", "romashka"),
        ("Ромашка ООО", "romashka"),
        ("Sharma Traders Pvt. Ltd.", "sharma traders"),
        ("शर्मा इंडस्ट्रीज प्राइवेट लिमिटेड", "sharma indastrij"),
        ("முருகன் பிரைவேட் லிமிடெட்", "murugan"),
        ("شرکت فولاد مبارکه (سهامی خاص)", "fulad mabareke"),
        ("株式会社ソニー", "soni"),
        ("ソニー株式会社", "soni"),
        ("华为技术有限公司", "huaweijishu"),
        ("삼성전자 주식회사", "samseongjeonja"),
        ("SC Dacia SRL", "dacia"),
        # what must stay
        ("AS Roma", "as roma"),
        ("SA Power Networks", "sa power networks"),
        ("S.C. Johnson", "sc johnson"),
        ("Limited", "limited"),
        ("The Limited", "limited"),
        ("Co-op", "co op"),
        ("E.ON SE", "e on"),
        ("Amazon EU", "amazon eu"),
        ("PT", "pt"),
        # signs and initials
        ("Johnson & Johnson", "johnson johnson"),
        ("Johnson and Johnson", "johnson johnson"),
        ("AT&T Inc.", "att"),
        ("P & G", "pg"),
        ("I.B.M. Corp.", "ibm"),
        ("A J Wright Company", "aj wright"),
        ("L'Oréal S.A.", "loreal"),
        ("ABC Holdings LLC d/b/a Joe's Diner", "joes diner"),
        ("Intl. Mfg. Svcs.", "international manufacturing services"),
        ("", ""),
        ("!!!", ""),
    ],
)
def test_company_key(value: str, key: str) -> None:
    assert company_key([value]).to_pylist() == [key]


def test_acronym_and_tokens() -> None:
    values = ["International Business Machines Corp.", "Acme", "Tata Consultancy Services Ltd", None]
    assert company_acronym(values).to_pylist() == ["ibm", "", "tcs", ""]
    assert company_tokens(values).counts.tolist() == [3, 1, 3, 0]


def test_has_legal_form() -> None:
    values = ["Acme Inc", "John Smith", "The Acme", "PT Telkom", "Limited", "Foo Sp. z o.o.", None]
    assert has_legal_form(values).tolist() == [True, False, False, True, False, True, False]


def test_every_listed_form_is_taken_off() -> None:
    table = read_toml("legal_forms.toml")["country"]
    assert len(table) >= 60
    named = [f"Zanzibarello {form}" for uses in table.values() for form in uses.get("trailing", [])]
    named += [f"{form} Zanzibarello" for uses in table.values() for form in uses.get("leading", [])]
    keys = company_key(pa.array(named, pa.large_string())).to_pylist()
    assert [(name, key) for name, key in zip(named, keys, strict=True) if key != "zanzibarello"] == []


def test_a_form_never_leaves_nothing() -> None:
    table = read_toml("legal_forms.toml")["country"]
    forms = [form for uses in table.values() for use in uses.values() for form in use]
    assert all(company_key(pa.array(forms, pa.large_string())).to_pylist())
