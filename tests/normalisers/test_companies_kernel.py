"""Company names."""

from __future__ import annotations

import pyarrow as pa
import pytest

from crmclean.normalisers.companies import company_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, VALID, CellOptions


def run(text: str):
    return company_kernel(pa.array([text], TEXT), CellOptions(field="company"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("GLOBEX TRADING", "Globex Trading"),
        ("GLOBEX TRADING GMBH & CO. KG", "Globex Trading GmbH & Co. KG"),
        ("MICROSOFT CORPORATION", "Microsoft Corporation"),
        ("THE BANK OF AMERICA", "The Bank of America"),
        ("SAP DEUTSCHLAND AG", "SAP Deutschland AG"),
        ("BASF COATINGS GMBH", "BASF Coatings GmbH"),
        ("MCDONALD'S CORPORATION", "McDonald's Corporation"),
        ("O'REILLY MEDIA, INC.", "O'Reilly Media, Inc."),
        ("AUTOSTRADE PER L'ITALIA S.P.A.", "Autostrade PER L'Italia S.p.A."),
        ("ERNST & YOUNG LLP", "Ernst & Young LLP"),
        ("GLOBEX INDUSTRIES, THE", "Globex Industries, The"),
        ("GLOBEX NORGE AS", "Globex Norge AS"),
        ("GLOBEX OBCHOD SRO", "Globex Obchod SRO"),
        ("GLOBEX OBCHOD S.R.O.", "Globex Obchod s.r.o."),
        ("GLOBEX HOLDING A.S.", "Globex Holding A.S."),
        ("GLOBEX VEREIN EV", "Globex Verein EV"),
        ("GLOBEX POLSKA SP. Z O.O.", "Globex Polska Sp. z o.o."),
        ("GLOBEX POLSKA SPÓŁKA Z O. O.", "Globex Polska Spółka z o. o."),
        ("BANCO DE LOS TRABAJADORES", "Banco de los Trabajadores"),
        ("UNIVERSITY OF CALIFORNIA, LOS ANGELES", "University of California, Los Angeles"),
        ("EL MERCADO NUEVO", "El Mercado Nuevo"),
        ("GASTHAUS ZUM GOLDENEN HIRSCHEN", "Gasthaus zum Goldenen Hirschen"),
        ("GLOBEX BANKASI İŞLETMELERİ", "Globex Bankası İşletmeleri"),
        ("YILDIZ HOLDING A.Ş.", "Yıldız Holding A.Ş."),
    ],
)
def test_a_shouted_company_is_put_right(before, after):
    found = run(before)
    assert (found.value[0].as_py(), found.reason[0].as_py()) == (after, "company.case")


@pytest.mark.parametrize(
    "text",
    [
        *[
            "IBM",
            "SAP",
            "BASF",
            "IKEA",
            "NVIDIA",
            "GLOBEX",
            "SAP SE",
            "IBM INC",
            "KPMG LLP",
            "AT&T",
            "H&M",
            "3M",
            "AAA",
            "DHL",
        ],
        *["adidas AG", "eBay Inc.", "thyssenkrupp", "acme inc", "AS Roma", "SA Power", "easyJet", "UNICEF", "HSBC UK"],
        *[
            "ООО РОМАШКА",
            "ΕΛΛΗΝΙΚΑ ΠΕΤΡΕΛΑΙΑ",
            "टाटा मोटर्स",
            "株式会社トヨタ",
            "شرکت پارس",
            "Müller & Söhne",
            "Yahoo!",
            "Self Storage Ltd",
        ],
    ],
)
def test_other_companies_are_left_to_the_letter(text):
    found = run(text)
    assert (found.value[0].as_py(), found.reason[0].as_py(), found.verdict[0]) == (text, None, VALID)


@pytest.mark.parametrize(
    ("text", "base", "form"),
    [
        ("Acme Inc.", "Acme", "Inc."),
        ("Acme Co., Ltd.", "Acme", "Co., Ltd."),
        ("Müller & Söhne GmbH & Co. KG", "Müller & Söhne", "GmbH & Co. KG"),
        ("Tata Motors Pvt. Ltd.", "Tata Motors", "Pvt. Ltd."),
        ("Telefónica, S.A.", "Telefónica", "S.A."),
        ("ООО Ромашка", "Ромашка", "ООО"),
        ("PT Telkom", "Telkom", "PT"),
        ("株式会社トヨタ", "トヨタ", "株式会社"),
        ("トヨタ自動車株式会社", "トヨタ自動車", "株式会社"),
        ("टाटा प्राइवेट लिमिटेड", "टाटा", "प्राइवेट लिमिटेड"),
        ("AS Roma", None, None),
        ("IBM", None, None),
        ("GmbH", None, None),
        ("Limited", None, None),
        ("Ana Sa", None, None),
    ],
)
def test_the_legal_form_is_learnt(text, base, form):
    found = run(text).attributes
    assert (found["company_base"][0].as_py(), found["legal_form"][0].as_py()) == (base, form)


@pytest.mark.parametrize(
    "text",
    ["self", "NONE", "TEST", "n/a company", "asdf", "none", "Test Company", "privat", "нет", "ندارد", "---", "qwerty"],
)
def test_fillers_are_bogus(text):
    found = run(text)
    assert found.issues["company.bogus"][0]
    assert found.verdict[0] == INVALID
    assert found.value[0].as_py() == text


@pytest.mark.parametrize(
    "name",
    [
        "GLOBEX NORGE AS",
        "GLOBEX OBCHOD SRO",
        "GLOBEX VEREIN EV",
        "GLOBEX TRGOVINA DOO",
        "GLOBEX EGITIM A.S.",
        "GLOBEX POLSKA SP Z OO",
        "GLOBEX COMERCIAL S.A.B. DE C.V.",
    ],
)
def test_a_repair_neither_adds_nor_drops_a_dot(name):
    assert run(name).value[0].as_py().casefold() == name.casefold()


@pytest.mark.parametrize(
    ("name", "form", "base"),
    [
        ("Globex (Pty) Ltd", "(Pty) Ltd", "Globex"),
        ("Globex (Pvt.) Ltd.", "(Pvt.) Ltd.", "Globex"),
        ("Globex (GmbH)", "GmbH", "Globex"),
        ("Globex Bank (Persero) Tbk", "(Persero) Tbk", "Globex Bank"),
        ("شرکت نمونه خودرو (سهامی عام)", "سهامی عام", "شرکت نمونه خودرو"),
        ("GLOBEX GMBH & CO. KG", "GMBH & CO. KG", "GLOBEX"),
        ("Globex S.A.B. de C.V.", "S.A.B. de C.V.", "Globex"),
        ("IBM SAB DE CV", "SAB DE CV", "IBM"),
    ],
)
def test_a_legal_form_is_whole_and_its_brackets_close(name, form, base):
    found = run(name).attributes
    assert (found["legal_form"][0].as_py(), found["company_base"][0].as_py()) == (form, base)
