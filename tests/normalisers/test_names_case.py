"""Case, spacing and decoration of personal names: what is put right, and above all what is left alone."""

from __future__ import annotations

import pyarrow as pa
import pytest

from crmclean.normalisers._name_case import repaired
from crmclean.normalisers.names import name_kernel, normalise_name
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, CellOptions


def value(text: str, field: str = "full_name", region: str = "") -> tuple[str, str | None]:
    found = name_kernel(pa.array([text], TEXT), CellOptions(field=field, region=region))
    return found.value[0].as_py(), found.reason[0].as_py()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("JOHN SMITH", "John Smith"),
        ("john smith", "John Smith"),
        ("RONALD MCDONALD", "Ronald McDonald"),
        ("flora macdonald", "Flora MacDonald"),
        ("JOSE MACIAS", "Jose Macias"),
        ("CONAN O'BRIEN", "Conan O'Brien"),
        ("conan o’brien", "Conan O’Brien"),
        ("BEVERLY D'ANGELO", "Beverly D'Angelo"),
        ("GIACOMO DELL'UTRI", "Giacomo Dell'Utri"),
        ("ALI SHA'BAN", "Ali Sha'ban"),
        ("LUDWIG VAN BEETHOVEN", "Ludwig van Beethoven"),
        ("vincent van gogh", "Vincent van Gogh"),
        ("JAN VAN DER BERG", "Jan van der Berg"),
        ("JAN VAN 'T HOF", "Jan van 't Hof"),
        ("OSCAR DE LA HOYA", "Oscar de la Hoya"),
        ("SIMON LE BON", "Simon Le Bon"),
        ("MOHAMED AL-FAYED", "Mohamed al-Fayed"),
        ("KHALID BIN WALEED", "Khalid bin Waleed"),
        ("VAN MORRISON", "Van Morrison"),
        ("NGUYEN VAN MINH", "Nguyen Van Minh"),
        ("WANG BIN", "Wang Bin"),
        ("ANNE-MARIE SMITH-JONES", "Anne-Marie Smith-Jones"),
        ("j.r.r. tolkien", "J.R.R. Tolkien"),
        ("AJ SMITH", "AJ Smith"),
        ("JOHN SMITH III", "John Smith III"),
        ("john smith jr.", "John Smith Jr."),
        ("JOHN SMITH, PHD", "John Smith, PhD"),
        ("PROF. DR. HANS MÜLLER", "Prof. Dr. Hans Müller"),
        ("MD RAHIM", "Md Rahim"),
        ("john and mary smith", "John and Mary Smith"),
        ("ИВАН ПЕТРОВ", "Иван Петров"),
        ("ΓΙΩΡΓΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ", "Γιωργος Παπαδοπουλος"),
        ("ՀԱՅԿ", "Հայկ"),
        ("ST JOHN", "St John"),
        ("dr. priya sharma, ph.d.", "Dr. Priya Sharma, Ph.D."),
        ("JOHN SMITH, M.D.", "John Smith, M.D."),
        ("SMITH J.R.", "Smith J.R."),
        ("PROF. DR. MED. HANS MEYER", "Prof. Dr. med. Hans Meyer"),
        ("TAN AH KOW", "Tan Ah Kow"),
        ("JOHN RJ SMITH", "John RJ Smith"),
        ("LLOYD AP RHYS", "Lloyd ap Rhys"),
        ("DE'ANDRE JONES", "De'Andre Jones"),
        ("MARIA DAS DORES E SILVA", "Maria das Dores e Silva"),
        ("JOSÉ LUIS DE ORTEGA Y GASSET", "José Luis de Ortega y Gasset"),
        ("JOHN E SMITH", "John E Smith"),
        ("SUNITA DAS GUPTA", "Sunita Das Gupta"),
        ("john_smith", "John_Smith"),
        ("i\u0307brahim öz", "İbrahim Öz"),
        ("LI NG", "Li Ng"),
        ("GEORGE YOUNGER, 2ND VISCOUNT OF LECKIE", "George Younger, 2nd Viscount of Leckie"),
    ],
)
def test_shouted_and_whispered_names_are_put_right(before, after):
    assert value(before) == (after, "name.case")


@pytest.mark.parametrize(
    ("before", "field", "after"),
    [
        ("VAN DER BERG", "last_name", "van der Berg"),
        ("DE LA CRUZ", "last_name", "de la Cruz"),
        ("VAN", "last_name", "Van"),
        ("NG", "last_name", "Ng"),
        ("MARIA DE LOS ANGELES", "first_name", "Maria de los Angeles"),
        ("dj", "first_name", "DJ"),
        ("MR.", "salutation", "Mr."),
        ("phd", "suffix", "PhD"),
        ("iii", "suffix", "III"),
    ],
)
def test_each_field_has_its_own_habits(before, field, after):
    assert value(before, field)[0] == after


@pytest.mark.parametrize("text", ["DJ", "AJ", "JR", "ED", "J.R.", "X", "JJC"])
def test_initials_in_the_first_name_are_left_alone(text):
    assert value(text, "first_name") == (text, None)


@pytest.mark.parametrize(
    "text",
    [
        "bell Hooks",
        "LeBron DeShawn",
        "McDONALD Ronald",
        "Jean-luc Picard",
        "Weiß",
        "გიორგი",
        "प्रिया शर्मा",
        "రాజేష్ కుమార్",
        "ராஜேஷ் குமார்",
        "রাজেশ কুমার",
        "حسین‌زاده",
        "王小明",
        "Mary-Ann O'Neil-Smith",
        "John (Jack) Smith",
        'John "Jack" Smith',
        "Dr. Smith",
        "Fatima-Zahra",
        "van Gogh",
    ],
)
def test_correct_and_mixed_names_are_left_to_the_letter(text):
    assert value(text) == (text, None)


def test_the_dotless_i_follows_the_country():
    assert value("ilker ışık", region="TR")[0] == "İlker Işık"
    assert value("ALİ YILDIZ")[0] == "Ali Yıldız"
    assert value("IAN SMITH")[0] == "Ian Smith"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("IBRAHIM YILDIZ", "İbrahim Yıldız"),
        ("ALI YILMAZ", "Ali Yılmaz"),
        ("ISMAIL AYDIN, DR.", "İsmail Aydın, Dr."),
        ("FILIZ KILIC", "Filiz Kılıc"),
    ],
)
def test_a_turkish_name_from_a_foreign_keyboard_keeps_its_dotted_i(before, after):
    assert value(before, region="TR")[0] == after


@pytest.mark.parametrize(
    ("before", "field", "region", "after"),
    [
        ("MD", "suffix", "", "MD"),
        ("md", "suffix", "", "MD"),
        ("M.D.", "suffix", "", "M.D."),
        ("DA SILVA", "last_name", "", "da Silva"),
        ("DO NASCIMENTO", "last_name", "BR", "do Nascimento"),
        ("DO NGUYEN", "last_name", "", "Do Nguyen"),
        ("DAS GUPTA", "last_name", "IN", "Das Gupta"),
    ],
)
def test_short_words_are_read_by_their_field_and_country(before, field, region, after):
    assert value(before, field, region)[0] == after


@pytest.mark.parametrize(
    "text", ['"John Smith"', "'John Smith'", "“John Smith”", "-John Smith-", ".John Smith", "* John Smith *"]
)
def test_what_stands_around_a_name_is_dropped(text):
    assert value(text) == ("John Smith", "name.decoration")


def test_case_is_kept_when_the_rules_say_so():
    found = name_kernel(pa.array(["JOHN SMITH"], TEXT), CellOptions(field="full_name", case="keep"))
    assert found.value[0].as_py() == "JOHN SMITH"


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("Jane Doe (deleted)", "Jane Doe", "name.decoration"),
        ("Jane Doe [INACTIVE]", "Jane Doe", "name.decoration"),
        ("Jane Doe - USD", "Jane Doe", "name.decoration"),
        ("Jane Doe,", "Jane Doe", "name.decoration"),
        ("हरि ओम (हटाया गया)", "हरि ओम", "name.decoration"),
        ("(deleted)", "(deleted)", None),
        ("Jane   Doe ", "Jane Doe", "text.spaces"),
        ("Sean O' Brien", "Sean O'Brien", "name.spacing"),
        ("Jane Doe - CEO", "Jane Doe - CEO", None),
    ],
)
def test_decoration_and_spacing(before, after, reason):
    assert value(before) == (after, reason)


def test_the_vectorised_road_gives_what_the_slow_one_gives():
    words = [
        "JOHN",
        "smith",
        "ANNA",
        "kumar",
        "MCCOY",
        "VAN",
        "de",
        "III",
        "and",
        "dr",
        "NGUYEN",
        "jjc",
        "macleod",
        "jean",
    ]
    names = [f"{a} {b} {c}" for a in words for b in words for c in words]
    names = [text for name in names for text in (name.upper(), name.lower())]
    names = sorted(set(names))
    found = name_kernel(pa.array(names, TEXT), CellOptions(field="full_name"))
    names = [name for name, verdict in zip(names, found.verdict, strict=True) if verdict != INVALID]
    values = found.value.filter(pa.array(found.verdict != INVALID)).to_pylist()
    assert values == [repaired(name, "full_name") for name in names]


def test_a_series_keeps_its_index_and_has_all_columns():
    import pandas as pd

    frame = normalise_name(pd.Series(["JOHN SMITH", None, "JOHN SMITH"], index=[7, 3, 5]))
    assert frame.index.tolist() == [7, 3, 5]
    assert frame["value"].tolist()[::2] == ["John Smith", "John Smith"]
    assert frame.columns.tolist() == [
        "value",
        "verdict",
        "reason",
        "issues",
        "given",
        "middle",
        "family",
        "prefix",
        "suffix",
    ]
    assert frame["verdict"].tolist() == ["valid", "unknown", "valid"]
