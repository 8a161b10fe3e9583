"""Headers met in real exports, each export mapped as a whole; the table was written from the exports, not the packs."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.mapping import map_headers, map_table
from crmclean.mapping.packs import fold_header, header_words, load_packs
from crmclean.tables.fields import BY_NAME


def _met() -> dict[str, list[tuple[str, str]]]:
    exports: dict[str, list[tuple[str, str]]] = {}
    with open(Path(__file__).with_name("headers_met.csv"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            exports.setdefault(row["export"], []).append((row["header"], row["field"]))
    return exports


MET = _met()

# Read alone, in a file of nothing but these database columns, a word such as "source" or "title" is all there is.
SYSTEMS = {
    "salesforce_report": "salesforce", "salesforce_api": "salesforce", "hubspot": "hubspot", "hubspot_api": "hubspot",
    "zoho": "zoho", "dynamics365": "dynamics365", "dataverse": "dynamics365", "pipedrive": "pipedrive",
    "suitecrm": "suitecrm", "suitecrm_database": "suitecrm", "espocrm_attributes": "espocrm", "odoo": "odoo",
    "odoo_template": "odoo", "odoo_technical": "odoo", "twenty": "twenty", "outlook": "outlook",
    "google_contacts": "google_contacts", "eventbrite": "eventbrite", "leadradar": "badge_scan",
}  # fmt: skip


@pytest.mark.parametrize("export", sorted(MET))
def test_every_header_of_an_export_is_mapped(export: str) -> None:
    headers = [header for header, _ in MET[export]]
    found = [guess.field or "" for guess in map_headers(headers)]
    wrong = [(h, w, f) for (h, w), f in zip(MET[export], found, strict=True) if w != f]
    assert not wrong


def test_of_all_headers_met_95_in_100_are_mapped_even_one_at_a_time() -> None:
    pairs = sorted({pair for headers in MET.values() for pair in headers})
    meanings: dict[str, set[str]] = {}
    for header, field in pairs:
        meanings.setdefault(header, set()).add(field)
    right = sum((map_headers([header])[0].field or "") in fields for header, fields in meanings.items())
    assert right / len(meanings) >= 0.95


@pytest.mark.parametrize(("export", "system"), sorted(SYSTEMS.items()))
def test_the_system_is_recognised(export: str, system: str) -> None:
    assert map_table([header for header, _ in MET[export]]).system == system


def test_a_plain_list_speaks_of_no_system() -> None:
    assert map_table(["First Name", "Last Name", "Title", "Company", "Email Address", "Phone"]).system == ""
    assert map_headers(["Name", "Company Name", "Email", "Phone", "Mobile"])[0].field == "full_name"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Fisrt Name", "first_name"),
        ("Compnay", "company"),
        ("E-mail adress", "email"),
        ("Telephon Number", "phone"),
        ("Please enter your business e-mail address*", "email"),
        ("Mobile Phone No.", "mobile"),
        ("Contact: Last Name", "last_name"),
        ("Account: Name", "company"),
        ("Lead.Email", "email"),
        ("contactFirstName", "first_name"),
        ("Email (required)", "email"),
        ("Phone 4", "other_phone"),
        ("Email 5", "email_2"),
        ("Company#2", "company"),
        ("Region__c", "state"),
        ("FIRST_NAME", "first_name"),
        ("\ufeffEmail", "email"),
        ("Firma/Organisation", "company"),
        ("First Name / Vorname", "first_name"),
        ("Company\nشرکت", "company"),
        ("Telefon/Mobil", "phone"),
        ("Date\nof scan", "scanned_at"),
    ],
)
def test_loose_spellings_are_understood(header: str, field: str) -> None:
    assert map_headers([header])[0].field == field


@pytest.mark.parametrize(
    "header",
    ["Umsatzsteuer", "Favourite colour", "Number of comments", "T-shirt size", "crmclean_trust", "crmclean_record_id",
     "", "#", "Partner since", "Emailed by us", "Phone model", "State of repair", "Invoice - Status", "Street Number",
     "Code", "Name / Nachname", "Opt-in / Opt-out"],
)  # fmt: skip
def test_what_nobody_knows_stays_unmapped(header: str) -> None:
    assert map_headers([header])[0].field is None


@pytest.mark.parametrize(
    ("header", "polarity"),
    [
        ("Email Opt Out", -1), ("Unsubscribed", -1), ("Do not allow Emails", -1), ("donotbulkemail", -1), ("DNC", -1),
        ("Opt In", 1), ("Marketing consent", 1), ("Email Permission", 1), ("Allow Marketing Communication", 1),
        ("Marketing contact status", 1), ("Accepts Email Marketing", 1), ("Allow Mail", 1), ("Do Not Mail", -1),
        ("Fax Opt In", 1), ("Fax Opt Out", -1), ("Abgemeldet", -1), ("Einwilligung", 1), ("सहमति", 1),
        ("لغو عضویت", -1),
    ],
)  # fmt: skip
def test_a_consent_header_carries_its_polarity(header: str, polarity: int) -> None:
    guess = map_headers([header])[0]
    assert guess.field is not None
    assert BY_NAME[guess.field].polarity != 0
    assert guess.polarity == polarity


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("I agree to receive marketing e-mails", "email_opt_in"),
        ("May we email you?", "email_opt_in"),
        ("I opt in to receive emails from exhibitors", "email_opt_in"),
        ("Please opt me out of all emails", "email_opt_out"),
        ("Please do not call me", "do_not_call"),
        ("Can we text you?", "sms_opt_in"),
        ("Ich möchte keine Werbung per E-Mail erhalten", "email_opt_out"),
        ("Sind Sie einverstanden, dass wir Sie anrufen?", "call_opt_in"),
        ("Je ne souhaite pas recevoir vos emails", "email_opt_out"),
        ("J'accepte de recevoir la newsletter", "email_opt_in"),
        ("No deseo recibir correos", "email_opt_out"),
        ("Quero receber a newsletter", "email_opt_in"),
        ("Opted out of email: Product news", "email_opt_out"),
        ("I do not want to opt out of emails", None),
        ("I consent to phone calls and emails", None),
        ("Did you receive our email?", None),
        ("Which phone number can we call?", None),
        ("Your email address please", "email"),
    ],
)
def test_sentences_that_ask_for_consent_are_read_where_there_is_one_reading(question: str, field: str | None) -> None:
    guess = map_headers([question])[0]
    assert guess.field == field
    assert guess.polarity == (BY_NAME[field].polarity if field else 0)


def test_a_question_that_nobody_answers_with_yes_or_no_is_none_of_consent() -> None:
    question = "Which of our newsletters would you like to receive"
    assert map_headers([question])[0].field is None
    stories = pa.array(["the weekly one", "all", "none of them"], pa.large_string())
    asked = "Newsletters you would like to receive"
    assert map_headers([asked], {asked: stories})[0].field is None


@pytest.mark.parametrize("near", ["Email Opt Ouut", "Do Not Cal", "Opt Inn", "Unsubscribd"])
def test_consent_is_never_guessed_from_a_near_spelling(near: str) -> None:
    field = map_headers([near])[0].field
    assert field is None or BY_NAME[field].polarity == 0


# header=field
LANGUAGES = {
    "de": """
        Vorname=first_name, Nachname=last_name, E-Mail=email, Telefon=phone, Handy=mobile, Firma=company,
        Position=title, Straße=street, PLZ=postal_code, Ort=city, Land=country
    """,
    "fr": """
        Prénom=first_name, Nom=last_name, Courriel=email, Téléphone=phone, Portable=mobile, Société=company,
        Fonction=title, Rue=street, Code postal=postal_code, Ville=city, Pays=country
    """,
    "es": """
        Nombre=first_name, Apellidos=last_name, Correo electrónico=email, Teléfono=phone, Móvil=mobile,
        Empresa=company, Cargo=title, Dirección=street, Ciudad=city, País=country
    """,
    "pt": """
        Nome=first_name, Sobrenome=last_name, E-mail=email, Telefone=phone, Celular=mobile, Empresa=company,
        Cargo=title, Endereço=street, CEP=postal_code, Cidade=city, País=country
    """,
    "hi": """
        पहला नाम=first_name, उपनाम=last_name, ईमेल=email, फ़ोन=phone, मोबाइल=mobile, कंपनी=company, पद=title,
        पता=street, पिन कोड=postal_code, शहर=city, देश=country
    """,
    "te": """
        మొదటి పేరు=first_name, ఇంటి పేరు=last_name, ఈమెయిల్=email, ఫోన్=phone, మొబైల్=mobile, కంపెనీ=company,
        హోదా=title, చిరునామా=street, నగరం=city, దేశం=country
    """,
    "ta": """
        முதல் பெயர்=first_name, கடைசி பெயர்=last_name, மின்னஞ்சல்=email, தொலைபேசி=phone, கைபேசி=mobile,
        நிறுவனம்=company, பதவி=title, முகவரி=street, நகரம்=city, நாடு=country
    """,
    "bn": """
        প্রথম নাম=first_name, শেষ নাম=last_name, ইমেইল=email, ফোন=phone, মোবাইল=mobile, কোম্পানি=company,
        পদ=title, ঠিকানা=street, শহর=city, দেশ=country
    """,
    "fa": """
        نام=first_name, نام خانوادگی=last_name, ایمیل=email, تلفن=phone, موبایل=mobile, شرکت=company, سمت=title,
        آدرس=street, کد پستی=postal_code, شهر=city, کشور=country, توضیحات=notes
    """,
    "ar": """
        الاسم الأول=first_name, اسم العائلة=last_name, البريد الإلكتروني=email, الهاتف=phone, الجوال=mobile,
        الشركة=company, المسمى الوظيفي=title, العنوان=street, المدينة=city, الدولة=country
    """,
    "ru": """
        Имя=first_name, Фамилия=last_name, Эл. почта=email, Телефон=phone, Мобильный=mobile, Компания=company,
        Должность=title, Адрес=street, Индекс=postal_code, Город=city, Страна=country, Комментарий=notes
    """,
    "tr": """
        Ad=first_name, Soyad=last_name, E-posta=email, Telefon=phone, Cep telefonu=mobile, Şirket=company,
        Görevi=title, Adres=street, Posta kodu=postal_code, Şehir=city, Ülke=country, Notlar=notes
    """,
    "cs": """
        Jméno=first_name, Příjmení=last_name, E-mail=email, Telefon=phone, Mobil=mobile, Společnost=company,
        Funkce=title, Ulice=street, PSČ=postal_code, Město=city, Země=country, Poznámka=notes
    """,
    "ja": """
        姓=last_name, 名=first_name, メールアドレス=email, 電話番号=phone, 携帯電話=mobile, 会社名=company,
        役職=title, 部署=department, 郵便番号=postal_code, 都道府県=state, 市区町村=city, 備考=notes
    """,
}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_headers_of_fourteen_languages(language: str) -> None:
    pairs = [pair.strip().split("=") for pair in LANGUAGES[language].split(",")]
    headers, fields = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assert [guess.field for guess in map_headers(headers)] == fields


def test_columns_of_one_field_keep_the_files_order() -> None:
    guesses = map_headers(["E-mail 2", "E-mail 1", "Work email"])
    assert [guess.field for guess in guesses] == ["email_2", "email", "email"]


def test_every_pack_entry_is_a_field_and_folds_to_something() -> None:
    for pack in load_packs().values():
        for key, meaning in pack.headers.items():
            assert meaning.field == "" or meaning.field in BY_NAME
            assert key or meaning.field == ""


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=6))
def test_any_header_is_taken_without_a_word(headers: list[str]) -> None:
    guesses = map_headers(headers)
    assert [guess.column for guess in guesses] == headers
    assert all(0 <= guess.confidence <= 1 for guess in guesses)


@settings(derandomize=True, max_examples=10, deadline=None)
@given(st.sampled_from(["प्रथम नाम", "పేరు", "முழு பெயர்", "প্রথম নাম", "نام‌خانوادگی"]))
def test_folding_keeps_letters_and_marks(header: str) -> None:
    joined = "".join(header_words(header))
    assert len(fold_header(header)) >= sum(char.isalpha() for char in header)
    assert joined == fold_header(header)


@settings(derandomize=True, max_examples=10, deadline=None)
@given(st.permutations([header for header, _ in MET["hubspot"]]))
def test_the_order_of_columns_changes_no_meaning(headers: list[str]) -> None:
    expected = dict(MET["hubspot"])
    assert {guess.column: guess.field or "" for guess in map_headers(headers)} == expected


def _texts(*values: str) -> pa.Array:
    return pa.array(values, pa.large_string())


@pytest.mark.parametrize(
    ("header", "values", "field"),
    [
        ("Contact", ("ann@x.org", "bo@y.com", "cy@z.in"), "email"),
        ("Contact", ("Ann Lee", "Bo Chan", "Cy Young"), "full_name"),
        ("Contact", ("+91 98765 43210", "+1 212 555 7890", "(020) 7946 0000"), "phone"),
        ("Title", ("Mr", "Mrs.", "Dr", "Prof. Dr."), "salutation"),
        ("Title", ("CEO", "Sales Manager"), "title"),
        ("Opt In", ("2024-01-05", "2024-02-06"), "opt_in_at"),
        ("Opt In Date", ("Yes", "No"), "email_opt_in"),
        ("Unsubscribed", ("2024-01-05 10:00", "2024-02-06 11:00"), "opt_out_at"),
        ("Status", ("Subscribed", "Unsubscribed", "Cleaned"), "email_opt_in"),
        ("Status", ("Open", "Working"), "status"),
        ("Status", ("Blocked", "Invalid", "Archived"), "status"),
        ("Country Code", ("+91", "1", "44"), None),
        ("Country", ("Deutschland", "India", "ایران"), "country"),
        ("Name", ("Acme GmbH", "Globex Ltd", "Initech LLC"), "company"),
        ("Website", ("linkedin.com/in/ann", "https://www.linkedin.com/in/bo"), "linkedin"),
        ("column_3", ("ann@x.org", "bo@y.com"), "email"),
        ("column_3", ("India", "Germany", "Brazil", "Iran"), "country"),
        ("column_3", ("2024-01-05", "2024-02-06"), None),
        ("Owner", ("rep@us.com", "boss@us.com"), "owner"),
        ("Mobile", ("Yes", "No"), None),
        ("Latitude", ("12.97160", "77.59460", "-33.86880"), None),
    ],
)
def test_the_values_decide(header: str, values: tuple[str, ...], field: str | None) -> None:
    assert map_headers([header], {header: _texts(*values)})[0].field == field


def test_an_email_column_by_values_stands_behind_one_by_header() -> None:
    samples = {"Contact": _texts("a@x.org", "b@y.org"), "Email": _texts("c@x.org")}
    assert [guess.field for guess in map_headers(["Contact", "Email"], samples)] == ["email_2", "email"]


def test_values_that_agree_make_surer_and_values_that_do_not_less_sure() -> None:
    alone = map_headers(["Email"])[0].confidence
    agreed = map_headers(["Email"], {"Email": _texts("a@x.org", "b@y.org")})[0].confidence
    contradicted = map_headers(["Email"], {"Email": _texts("Ann", "Bo", "Cy")})[0].confidence
    assert contradicted < alone <= agreed


@pytest.mark.parametrize(
    ("header", "field"),
    [("Supplier Name", "company"), ("NHS number", "national_id"), ("PatientID", "id"), ("Kundennr", "id")],
)
def test_lists_of_suppliers_patients_and_customers(header: str, field: str) -> None:
    assert map_headers([header])[0].field == field


def test_legal_forms_tell_a_column_of_companies_unless_another_is_headed_so() -> None:
    firms = pa.array(["Nordwind GmbH", "Levante Ltd", "Hafen AG", "Siemens"])
    assert map_headers(["Vendor"], {"Vendor": firms})[0].field == "company"
    both = map_headers(["Vendor", "Company"], {"Vendor": firms, "Company": firms})
    assert [guess.field for guess in both] == [None, "company"]
