"""Bytes to text: byte order marks, code pages, mixtures."""

from __future__ import annotations

import codecs

import pytest

from crmclean.errors import UsageError
from tests.files.support import read, rows

NAMES = "नाम,शहर\nप्रिया शर्मा,पुणे\nனு சர்மா,சென்னை\nO’Neil,Zürich\n"
PAGES = [
    ("Jiří Dvořák;Plzeň\nKateřina Novotná;Brno\nŠtěpán Žižka;České Budějovice\n", "cp1250"),
    ("Zażółć gęślą jaźń;Łódź\nJan Wiśniewski;Wrocław\n", "cp1250"),
    ("Ayşe Yılmaz;İstanbul\nMehmet Öztürk;Çankırı\nGülşen Çağlar;Muğla\n", "cp1254"),
    ("Иван Петров;Москва\nСветлана Сидорова;Санкт-Петербург\n", "cp1251"),
    ("Иван Петров;Москва\nСветлана Сидорова;Санкт-Петербург\n", "cp866"),
    ("Γιώργος Παπαδόπουλος;Αθήνα\nΜαρία Νικολάου;Θεσσαλονίκη\n", "cp1253"),
    ("דוד כהן;תל אביב\nשרה לוי;ירושלים\n", "cp1255"),
    ("علي رضايي;تهران\nمريم احمدي;شيراز\nپژمان گلچين;چالوس\n", "cp1256"),
    ("山田太郎;東京都\n佐藤花子;大阪府\nカタカナ株式会社;京都\n", "cp932"),
    ("张伟;北京市\n王芳;上海市\n李娜;广州\n", "gb18030"),
    ("김철수;서울특별시\n이영희;부산광역시\n박지성;수원시\n", "cp949"),
    ("Jiří Dvořák;Škoda Auto\nKateřina Nováková;Plzeň\nTomáš Šťastný;Žďár\n", "iso8859-2"),
    ("أحمد محمود;شركة النور\nفاطمة الزهراء;الرياض\nخالد العتيبي;الظهران\n", "iso8859-6"),
    ("สมชาย ใจดี;กรุงเทพมหานคร\nสมหญิง รักไทย;เชียงใหม่\n", "cp874"),
    ("Müller;Köln\nGrößmann;München\n", "cp1252"),
    ("Müller;Köln\nJürgen Schäfer;Düsseldorf\n", "mac-roman"),
    ("François;Orléans\nHélène Lefèvre;Besançon\n", "cp1252"),
]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_unicode_with_and_without_mark(encoding: str) -> None:
    source = read(NAMES.encode(encoding))
    assert rows(source) == [tuple(line.split(",")) for line in NAMES.splitlines()[1:]]
    assert source.dialect.bom is (encoding in ("utf-8-sig", "utf-16", "utf-32"))
    assert codecs.lookup(source.dialect.encoding)


@pytest.mark.parametrize(("text", "page"), PAGES, ids=[f"{page}-{text[:4]}" for text, page in PAGES])
def test_code_pages(text: str, page: str) -> None:
    source = read(("name;city\n" + text).encode(page))
    assert rows(source) == [tuple(line.split(";")) for line in text.splitlines()]
    assert 0 < source.dialect.confidence < 1
    assert set(source.encoding.to_pylist()) == {source.dialect.encoding}


def test_lines_of_another_encoding_keep_their_text_and_say_so() -> None:
    lines = ["name,city", *(f"José {n},Málaga" for n in range(5))]
    data = "\n".join(lines).encode() + "\nMüller,Köln\nAda,London\n".encode("cp1252")
    source = read(data)
    assert rows(source)[-2:] == [("Müller", "Köln"), ("Ada", "London")]
    assert rows(source)[0] == ("José 0", "Málaga")
    assert source.encoding.to_pylist() == ["utf-8"] * 5 + ["cp1252", "utf-8"]
    assert "1 line is cp1252, not utf-8" in source.notes


def test_one_line_in_two_encodings_keeps_both() -> None:
    lines = ["name,city,native", *("José,Málaga,प्रिया" for _ in range(5))]
    data = "\n".join(lines).encode() + b"\nM\xfcller,K\xf6ln," + "प्रिया शर्मा".encode() + b"\n"
    source = read(data)
    assert rows(source)[-1] == ("Müller", "Köln", "प्रिया शर्मा")
    assert source.encoding.to_pylist()[-2:] == ["utf-8", "cp1252"]


def test_a_forced_encoding_is_believed_and_falls_back_by_line() -> None:
    data = "name\nMüller\n".encode("cp850")
    assert rows(read(data, encoding="cp850")) == [("Müller",)]
    source = read("name\nпривет\n".encode("cp1251") + "日本\n".encode(), encoding="ascii")
    assert source.table.num_rows == 2
    with pytest.raises(UsageError):
        read(data, encoding="no-such-thing")


def test_a_mark_of_another_encoding() -> None:
    body = '"a","b"\n1,2\n'
    for wide in ("utf-32-be", "utf-32-le"):
        source = read(codecs.BOM_UTF16_BE + body.encode(wide))
        assert rows(source) == [("1", "2")]
        assert source.dialect.encoding == wide


def test_nul_characters_stay_and_are_noted() -> None:
    source = read("a,b,c\n\0,2,3\n4,5\0,6\n")
    assert rows(source) == [("\0", "2", "3"), ("4", "5\0", "6")]
    assert "2 NUL characters" in source.notes
