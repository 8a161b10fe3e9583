"""Splitting and ordering full names."""

from __future__ import annotations

import pyarrow as pa
import pytest

from crmclean.normalisers._name_parts import split_name
from crmclean.normalisers.names import name_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import CellOptions

PARTS = ("prefix", "given", "middle", "family", "suffix")


def parts(text: str, region: str = "") -> tuple[str, ...]:
    found = name_kernel(pa.array([text], TEXT), CellOptions(field="full_name", region=region)).attributes
    return tuple(found[name][0].as_py() or "" for name in PARTS)


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("John Smith", "", ("", "John", "", "Smith", "")),
        ("John Q. Smith", "", ("", "John", "Q.", "Smith", "")),
        ("John Quincy Adams", "", ("", "John", "Quincy", "Adams", "")),
        ("Dr. Anna van der Berg, PhD", "", ("Dr.", "Anna", "", "van der Berg", "PhD")),
        ("Prof. Dr. Hans Müller", "DE", ("Prof. Dr.", "Hans", "", "Müller", "")),
        ("Herr Jürgen Groß", "", ("Herr", "Jürgen", "", "Groß", "")),
        ("Mme Claire Le Goues", "FR", ("Mme", "Claire", "", "Le Goues", "")),
        ("M. Jean Dupont", "FR", ("M.", "Jean", "", "Dupont", "")),
        ("Robert St. Amant", "", ("", "Robert", "", "St. Amant", "")),
        ("Sra. María de la Cruz", "ES", ("Sra.", "María", "", "de la Cruz", "")),
        ("Juan García López", "ES", ("", "Juan", "", "García López", "")),
        ("José Ortega y Gasset", "", ("", "José", "", "Ortega y Gasset", "")),
        ("John Smith Jr.", "", ("", "John", "", "Smith", "Jr.")),
        ("Ann B. Moss, Attorney at Law", "", ("", "Ann", "B.", "Moss", "Attorney at Law")),
        ("Ann B. Moss AIA-CSI", "", ("", "Ann", "B.", "Moss", "AIA-CSI")),
        ("Moss, RN, BSN, Ann", "", ("", "Ann", "", "Moss", "RN, BSN")),
        ("Ann B, Moss", "", ("", "Ann", "B", "Moss", "")),  # a comma in the wrong place
        ("Moss, Ann B", "", ("", "Ann", "B", "Moss", "")),
        ("Peter Moss VI", "", ("", "Peter", "", "Moss", "VI")),
        ("Nguyen Thi Vi", "", ("", "Vi", "Thi", "Nguyen", "")),
        ("Ana F. Ruiz Galito", "", ("", "Ana", "F.", "Ruiz Galito", "")),
        ("Ana F. Ruiz Jr.", "", ("", "Ana", "F.", "Ruiz", "Jr.")),
        ("Jose Dela Cruz", "PH", ("", "Jose", "", "Dela Cruz", "")),
        ("Peter Weber sen.", "DE", ("", "Peter", "", "Weber", "sen.")),
        ("Amartya Sen", "IN", ("", "Amartya", "", "Sen", "")),
        ("Chandresh Viradia M.D.", "", ("", "Chandresh", "", "Viradia", "M.D.")),
        ("Mr. Smith", "", ("Mr.", "", "", "Smith", "")),
        ("Heng Ji", "", ("", "Heng", "", "Ji", "")),
        ("Swanson Peter A", "US", ("", "Peter", "A", "Swanson", "")),
        ("Abdul Rahman bin Khalid", "", ("", "Abdul Rahman", "", "bin Khalid", "")),
        ("Mohamed al-Fayed", "", ("", "Mohamed", "", "al-Fayed", "")),
        ("Shri Rajesh Kumar Sharma", "IN", ("Shri", "Rajesh", "Kumar", "Sharma", "")),
        ("श्री राजेश कुमार शर्मा", "", ("श्री", "राजेश", "कुमार", "शर्मा", "")),
        ("श्रीमती सुनीता देवी", "", ("श्रीमती", "सुनीता", "", "देवी", "")),
        ("राजेश शर्मा जी", "", ("", "राजेश", "", "शर्मा", "जी")),
        ("డాక్టర్ రాజేష్ కుమార్", "", ("డాక్టర్", "రాజేష్", "", "కుమార్", "")),
        ("திரு ராஜேஷ் குமார்", "", ("திரு", "ராஜேஷ்", "", "குமார்", "")),
        ("ডাঃ রহিমা খাতুন", "", ("ডাঃ", "রহিমা", "", "খাতুন", "")),
        ("মোঃ আব্দুল করিম", "", ("", "মোঃ", "আব্দুল", "করিম", "")),
        ("دکتر محمد رضایی", "", ("دکتر", "محمد", "", "رضایی", "")),
        ("خانم مهندس سارا احمدی", "", ("خانم مهندس", "سارا", "", "احمدی", "")),
        ("Г-н Иван Петров", "", ("Г-н", "Иван", "", "Петров", "")),
        ("Иванов Иван Иванович", "", ("", "Иван", "Иванович", "Иванов", "")),
        ("Иван Иванович Иванов", "", ("", "Иван", "Иванович", "Иванов", "")),
        ("Петрова Анна Сергеевна", "", ("", "Анна", "Сергеевна", "Петрова", "")),
        ("Иванов И.И.", "", ("", "И.И.", "", "Иванов", "")),
        ("Le Van Tam", "", ("", "Tam", "Van", "Le", "")),
        ("John Smith - Acme", "", ("", "John", "", "Smith", "")),
        ("(John) Smith", "", ("", "John", "", "Smith", "")),
        ("王小明", "", ("", "小明", "", "王", "")),
        ("欧阳小明", "", ("", "小明", "", "欧阳", "")),
        ("王小明先生", "", ("", "小明", "", "王", "")),
        ("山田 太郎", "JP", ("", "太郎", "", "山田", "")),
        ("김민수", "", ("", "민수", "", "김", "")),
        ("Nguyễn Văn Minh", "", ("", "Minh", "Văn", "Nguyễn", "")),
        ("Minh Nguyen", "", ("", "Minh", "", "Nguyen", "")),
        ("Nagy János", "HU", ("", "János", "", "Nagy", "")),
        ("János Nagy", "HU", ("", "János", "", "Nagy", "")),
        ("Wang Xiaoming", "CN", ("", "Xiaoming", "", "Wang", "")),
        ("Xiaoming Wang", "CN", ("", "Xiaoming", "", "Wang", "")),
        ("John (Jack) Smith", "", ("", "John", "", "Smith", "")),
        ("John and Mary Smith", "", ("", "John and Mary", "", "Smith", "")),
        ("Prince", "", ("", "Prince", "", "", "")),
        ("Prof. Dr. med. Hans Meyer", "DE", ("Prof. Dr. med.", "Hans", "", "Meyer", "")),
        ("Dr. Phil Smith", "", ("Dr.", "Phil", "", "Smith", "")),
        ("Mr. & Mrs. Smith", "", ("Mr. & Mrs.", "", "", "Smith", "")),
        ("Mr and Mrs John Smith", "", ("Mr and Mrs", "John", "", "Smith", "")),
        ("DUPONT Jean", "FR", ("", "Jean", "", "DUPONT", "")),
        ("DE LA CRUZ Maria Elena", "", ("", "Maria", "Elena", "DE LA CRUZ", "")),
        ("Jean DUPONT", "FR", ("", "Jean", "", "DUPONT", "")),
        ("DJ Khaled", "", ("", "DJ", "", "Khaled", "")),
        ("عبدالله بن محمد آل سعود", "", ("", "عبدالله", "", "بن محمد آل سعود", "")),
        ("John Smith c/o Globex", "", ("", "John", "", "Smith", "")),
        ("Attn: John Smith", "", ("", "John", "", "Smith", "")),
        ("Jean Dupont 2", "", ("", "Jean", "", "Dupont", "")),
        ("John Smith; Jane Doe", "", ("", "", "", "", "")),
        ("test test", "", ("", "", "", "", "")),
    ],
)
def test_a_full_name_is_split(text, region, expected):
    assert parts(text, region) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Smith, John", "John Smith"),
        ("SMITH, JOHN", "John Smith"),
        ("Smith,John", "John Smith"),
        ("Smith, J. R.", "J. R. Smith"),
        ("van der Berg, Anna", "Anna van der Berg"),
        ("DE LA CRUZ, MARIA", "Maria de la Cruz"),
        ("WELLS JR, JESSE D", "Jesse D Wells Jr"),
        ("Smith, Dr. John", "Dr. John Smith"),
        ("Sharma, Priya", "Priya Sharma"),
        ("शर्मा, प्रिया", "प्रिया शर्मा"),
        ("رضایی، محمد", "محمد رضایی"),
    ],
)
def test_family_first_with_a_comma_is_turned_round(before, after):
    found = name_kernel(pa.array([before], TEXT), CellOptions(field="full_name"))
    assert (found.value[0].as_py(), found.reason[0].as_py()) == (after, "name.order")


@pytest.mark.parametrize(
    "text",
    [
        "John Smith, MD",
        "Smith, MD",
        "Smith, Jr.",
        "Smith, Manager",
        "Smith, Sales",
        "Acme, Inc",
        "John Smith, Berlin",
        "Smith, John and Mary",
        "Smith, John, Jr.",
        "Smith, Mr",
        "Berg, van der",
        "Smith, 12345",
        "D.F, .J",
        "Opt-, Out",
        "García López, María",
    ],
)
def test_other_commas_stay(text):
    assert name_kernel(pa.array([text], TEXT), CellOptions(field="full_name")).value[0].as_py() == text


def test_the_vectorised_split_equals_the_slow_one():
    given = [
        "John",
        "Anna-Maria",
        "Nguyen",
        "Dr.",
        "van",
        "José",
        "Abdul",
        "王",
        "राजेश",
        "M.",
        "Jo",
        "St.",
        "Shri",
        "Mrs",
        "Don",
        "Ji",
    ]
    names = [f"{a} {b}" for a in given for b in given] + [f"{a} {b} {c}" for a in given for b in given for c in given]
    found = name_kernel(pa.array(names, TEXT), CellOptions(field="full_name", case="keep"))
    for place, name in enumerate(names):
        if found.verdict[place] != 2:
            slow = split_name(name)._asdict()
            assert {key: found.attributes[key][place].as_py() or "" for key in slow} == slow, name
