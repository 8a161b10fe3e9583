"""Person names: titles, scripts, suffixes, sound, parts."""

from __future__ import annotations

import pyarrow as pa
import pytest

from crmclean.keys.lists import read_rows
from crmclean.keys.names import honorific_sex, name_key, name_skeleton, name_suffix, split_name
from crmclean.keys.nicknames import _english_groups, are_nicknames, are_two_names, nickname_codes
from crmclean.keys.romanise import romanise_word


def only(array: pa.Array) -> str:
    return str(array[0].as_py())


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("Dr. John Smith, Jr.", "john smith"),
        ("O’Brien", "obrien"),
        ("O'Brien", "obrien"),
        ("Anne-Marie", "anne marie"),
        ("J.R.R. Tolkien", "j r r tolkien"),
        ("John Smith, M.A., Ph.D.", "john smith"),
        ("Jack Ma", "jack ma"),
        ("Smith, Do", "smith do"),
        ("Md Rahim", "md rahim"),
        ("Rahim, MD", "rahim"),
        ("Sri Mulyani", "sri mulyani"),
        ("Sri Venkata Rao", "venkata rao"),
        ("Mr", "mr"),
        ("श्रीमती अनीता देशमुख", "anita deshmukh"),
        ("राजेश जी", "rajesh"),
        ("திரு ராஜேஷ் குமார்", "rajesh kumar"),
        ("శ్రీ వెంకట రావు", "venkata rao"),
        ("ডাঃ প্রিয়া শর্মা", "priya sharma"),
        ("دکتر مریم احمدی", "maryam ahmadi"),
        ("محمد‌رضا", "mohammadreza"),
        ("محمدرضا", "mohammadreza"),
        ("عبد الرحمن حسن", "abdulrahman hassan"),
        ("نصر الله", "nasrullah"),
        ("نور الدين", "nuruddin"),
        ("نورالدین", "nuruddin"),
        ("Иван Петров", "ivan petrov"),
        ("Νίκος", "nikos"),
        ("王小明", "wang xiaoming"),
        ("김철수", "gim cheolsu"),
        ("Łukasz Żółć", "lukasz zolc"),
    ],
)
def test_name_key(value: str, key: str) -> None:
    assert only(name_key([value])) == key


@pytest.mark.parametrize(
    ("word", "latin"),
    [
        *(("शर्मा", "sharma"), ("सिंह", "singh"), ("कृष्ण", "krishna"), ("आनंद", "anand"), ("चंद्र", "chandra")),
        *(("राम", "ram"), ("कमला", "kamla"), ("ज़ैन", "zain"), ("लक्ष्मी", "lakshmi"), ("संपत", "sampat")),
        *(("குமார்", "kumar"), ("கண்ணன்", "kannan"), ("சுந்தரம்", "sundaram"), ("ஃபாத்திமா", "fathima")),
        *(("மீனாட்சி", "minakshi"), ("லட்சுமி", "lakshumi"), ("பச்சையப்பன்", "pachaiyappan"), ("ராட்டினம்", "rattinam")),
        *(("சந்திரசேகரன்", "chandirasegaran"), ("சின்னசாமி", "chinnasami"), ("செல்லப்பா", "chellappa"), ("செல்வி", "selvi")),
        *(("சரவணன்", "saravanan"), ("சந்தோஷ்", "sandosh"), ("சவுந்தர்", "soundar"), ("கவுரி", "kouri"), ("அளவு", "alavu")),
        *(("ரெட்டியார்", "reddiyar"), ("நாயுடு", "naidu"), ("నాయుడు", "naidu"), ("வெங்கடாசலம்", "vengadachalam")),
        *(("సురేష్", "suresh"), ("రావు", "rao"), ("వెంకటేష్", "venkatesh")),
        *(("সত্য", "satya"), ("যাদব", "jadab"), ("দত্ত", "datta"), ("সৌরভ", "sourabh")),
        *(("ওয়াহিদ", "wahid"), ("আনোয়ার", "anowar"), ("দেওয়ান", "dewan"), ("মিয়া", "miya"), ("রায়", "ray")),
        *(("ഉണ്ണികൃഷ്ണൻ", "unnikrishnan"), ("ਸਿੰਘ", "singh"), ("પટેલ", "patel"), ("ಕುಮಾರ್", "kumar")),
        # Arabic script: known names, two of them in one word, and a name spelt out
        *(("حسن", "hassan"), ("بهرامپور", "bahrampour"), ("الکریم", "alkarim"), ("دادگر", "dadgar")),
    ],
)
def test_romanise_word(word: str, latin: str) -> None:
    assert romanise_word(word) == latin


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("प्रिया शर्मा", "Priya Sharma"),
        ("محمد رضایی", "Mohammad Rezaei"),
        ("محمد رضایی", "Mohamed Rezaie"),
        ("ராஜேஷ் குமார்", "Rajesh Kumar"),
        ("Schmidt", "Schmitt"),
        ("Katherine", "Catherine"),
        ("Stephen", "Stefan"),
        ("Aleksandr", "Alexander"),
        ("Александр Иванов", "Aleksandr Ivanov"),
        ("Lakshmi", "Laxmi"),
        ("Choudhury", "Chowdhury"),
        ("Kowalski", "Kovalsky"),
        ("Vikram", "Bikram"),
        ("Jon", "John"),
        ("Philip", "Filip"),
        ("Yevgeny", "Evgeny"),
        ("কুমার", "Kumar"),
        ("వెంకటేష్", "Venkatesh"),
        ("حسین", "Hussain"),
        ("김", "Kim"),
        ("செட்டியார்", "Chettiar"),
        ("சிதம்பரம்", "Chidambaram"),
        ("கவுண்டர்", "Gounder"),
    ],
)
def test_skeletons_meet(left: str, right: str) -> None:
    assert only(name_skeleton([left])) == only(name_skeleton([right]))


@pytest.mark.parametrize(
    ("left", "right"), [("Smith", "Jones"), ("Rajesh", "Ramesh"), ("Anna", "Emma"), ("Ali", "Omar")]
)
def test_skeletons_part(left: str, right: str) -> None:
    assert only(name_skeleton([left])) != only(name_skeleton([right]))


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("John Smith", ("john", "", "smith")),
        ("Smith, John A.", ("john", "a", "smith")),
        ("Smith, John Jr.", ("john", "", "smith")),
        ("Smith, John, Jr.", ("john", "", "smith")),
        ("Peter Weber sen.", ("peter", "", "weber")),
        ("Weber, Peter jun.", ("peter", "", "weber")),
        ("Amartya Sen", ("amartya", "", "sen")),
        ("Ludwig van Beethoven", ("ludwig", "", "van beethoven")),
        ("Oscar de la Hoya", ("oscar", "", "de la hoya")),
        ("Dr. Mary Ann Evans, PhD", ("mary", "ann", "evans")),
        ("Priya", ("priya", "", "")),
        ("शर्मा, प्रिया", ("priya", "", "sharma")),
        ("محمد بن سلمان", ("mohammad", "", "bin salman")),
        ("王小明", ("xiaoming", "", "wang")),
        ("欧阳修", ("xiu", "", "ouyang")),
        ("김 철수", ("cheolsu", "", "gim")),
        ("Иванов Иван Иванович", ("ivan", "ivanovich", "ivanov")),
        ("Иван Иванович Иванов", ("ivan", "ivanovich", "ivanov")),
        ("", ("", "", "")),
    ],
)
def test_split_name(value: str, parts: tuple[str, str, str]) -> None:
    assert tuple(only(part) for part in split_name([value])) == parts


def test_suffix_and_sex() -> None:
    values = [
        "John Smith Jr",
        "John Smith, Sr.",
        "King Henry IV",
        "Junior",
        "Mrs. Anna Weber",
        "Mr and Mrs Fox",
        "Dr. Fox",
    ]
    assert name_suffix(values).to_pylist() == ["jr", "sr", "iv", "", "", "", ""]
    assert honorific_sex(values).to_pylist() == ["", "", "", "", "f", "m", ""]
    assert honorific_sex(["Herr", "Frau Dr.", "श्रीमती", "آقای", "г-жа", "Smt.", ""]).to_pylist() == [*"mffmff", ""]


@pytest.mark.parametrize(
    ("left", "right", "related"),
    [
        ("bob", "robert", True),
        ("bob", "rob", True),
        ("liz", "elizabeth", True),
        ("pepe", "jose", True),
        ("sasha", "aleksandr", True),
        ("md", "mohammad", True),
        ("raju", "rajesh", True),
        ("fritz", "friedrich", True),
        ("kasia", "katarzyna", True),
        ("vova", "volodymyr", True),
        ("bob", "alice", False),
        ("", "", False),
        ("nobody", "robert", False),
    ],
)
def test_nicknames(left: str, right: str, related: bool) -> None:
    assert are_nicknames([left], [right]).tolist() == [related]


@pytest.mark.parametrize(
    ("left", "right", "two"),
    [
        ("ramesh", "rajesh", True),
        ("gurpreet", "harpreet", True),
        ("hassan", "hossein", True),
        ("zahra", "zohreh", True),
        ("maria", "mario", True),
        ("karin", "katrin", True),
        ("hasan", "hassan", False),
        ("حسن", "حسین", True),
        ("hossein", "حسین", False),
        ("subrata", "subroto", False),
        ("bob", "robert", False),
        ("maria", "marixq", False),
        ("maria", "", False),
    ],
)
def test_two_names_that_look_alike(left: str, right: str, two: bool) -> None:
    codes = [nickname_codes(name_key([name])) for name in (left, right)]
    assert are_two_names(*codes).tolist() == are_two_names(*codes[::-1]).tolist() == [two]


def test_no_spelling_is_of_two_names() -> None:
    """As name keys, which fold accents, letters of other scripts and what is not written."""
    lines = [[row["name"], *row["spellings"].split()] for row in read_rows("given_names.csv")]
    keys = [key for line in lines for key in dict.fromkeys(name_key(line).to_pylist())]
    assert len(keys) > 6000
    assert all(keys)
    assert not [key for key in keys if " " in key]
    assert len(set(keys)) == len(keys)


def test_the_table_of_english_nicknames_is_the_packages() -> None:
    from nicknames import NickNamer

    known = {formal: {formal, *short} for formal, short in NickNamer().nickname_lookup.items()}
    assert [set(group) for group in _english_groups()] == list(known.values())
