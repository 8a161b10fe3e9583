"""Streets, cities, regions, countries and postcodes."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from crmclean.keys.lists import read_rows
from crmclean.normalisers.addresses import street_kernel
from crmclean.normalisers.places import city_kernel, country_kernel, postcode_kernel, region_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, UNKNOWN, VALID, CellOptions


def run(kernel, text: str, region: str | None = None, default: str = ""):
    regions = None if region is None else pa.array([region], TEXT)
    return kernel(pa.array([text], TEXT), CellOptions(region=default), regions)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("12 MAIN ST NW", "12 Main St NW"),
        ("12b baker street", "12B Baker Street"),
        ("PO BOX 12", "PO Box 12"),
        ("P.O. BOX 7", "P.O. Box 7"),
        ("1ST FLOOR, 42ND ST", "1st Floor, 42nd St"),
        ("APT 4B", "Apt 4B"),
        ("RUE DE LA PAIX", "Rue de la Paix"),
        ("PLOT NO 5, MG ROAD", "Plot No 5, MG Road"),
        ("O'CONNELL ST", "O'Connell St"),
        ("УЛ. ЛЕНИНА 5", "Ул. Ленина 5"),
        ("12 N MAIN ST\nSUITE 5", "12 N Main St\nSuite 5"),
        ("ŞİŞLİ CAD. 5", "Şişli Cad. 5"),
    ],
)
def test_a_shouted_street_is_put_right(before, after):
    found = run(street_kernel, before)
    assert (found.value[0].as_py(), found.reason[0].as_py()) == (after, "street.case")


@pytest.mark.parametrize(
    ("before", "region", "after"),
    [
        ("42ND ST", "US", "42nd St"),
        ("123 MCDONALD RD", "US", "123 McDonald Rd"),
        ("11988 EL CAMINO REAL", "US", "11988 El Camino Real"),
        ("9832 COSTA DE LA LUZ BLVD", "US", "9832 Costa de la Luz Blvd"),
        ("4506 RAMONA TER", "US", "4506 Ramona Ter"),
        ("100 WEST SEVENTH, LOS ANGELES, CALIFORNIA", "", "100 West Seventh, Los Angeles, California"),
        ("100 ALABAMA AVE NW FT PAYNE AL 35967", "", "100 Alabama Ave NW Ft Payne AL 35967"),
        ("25416 COUNTY ROAD 6 ELKHART IN 46514-5422", "US", "25416 County Road 6 Elkhart IN 46514-5422"),
        ("12 MAIN ST, THE OLD MILL", "GB", "12 Main St, The Old Mill"),
        ("SHEIKH ZAYED RD, AL BARSHA", "AE", "Sheikh Zayed Rd, Al Barsha"),
        ("CALLE DE LOS OLIVOS 5", "ES", "Calle de los Olivos 5"),
        ("RUA 12 DE OUTUBRO", "BR", "Rua 12 de Outubro"),
        ("VIA DELL'ARTIGIANATO 5", "IT", "Via dell'Artigianato 5"),
        ("'S-GRAVENWEG 12", "NL", "'s-Gravenweg 12"),
        ("JAN IN 'T VELDSTRAAT 5", "NL", "Jan in 't Veldstraat 5"),
        ("УЛ. ЛЕНИНА, Д. 5, КВ. 10", "RU", "Ул. Ленина, д. 5, кв. 10"),
        ("УЛ. Д. БЕДНОГО, 5", "RU", "Ул. Д. Бедного, 5"),
        ("ISTIKLAL CADDESI 5", "TR", "İstiklal Caddesi 5"),
    ],
)
def test_small_words_and_states_are_written_as_their_country_does(before, region, after):
    assert run(street_kernel, before, region).value[0].as_py() == after


@pytest.mark.parametrize(
    ("before", "region", "after"),
    [
        ("IZMIR", "TR", "İzmir"),
        ("DIYARBAKIR", "TR", "Diyarbakır"),
        ("AYDIN", "TR", "Aydın"),
        ("IZMIR", "", "Izmir"),
        ("MCALLEN", "US", "McAllen"),
        ("SAN JOSE, CA", "US", "San Jose, CA"),
        ("EL PASO", "US", "El Paso"),
        ("RAS AL KHAIMAH", "AE", "Ras Al Khaimah"),
        ("SAN VITO AL TAGLIAMENTO", "IT", "San Vito al Tagliamento"),
        ("REGGIO NELL'EMILIA", "IT", "Reggio nell'Emilia"),
        ("'S-HERTOGENBOSCH", "NL", "'s-Hertogenbosch"),
        ("KING'S LYNN", "GB", "King's Lynn"),
        ("SAINT-GERMAIN-EN-LAYE", "FR", "Saint-Germain-en-Laye"),
        ("РОСТОВ-НА-ДОНУ", "RU", "Ростов-на-Дону"),
    ],
)
def test_a_shouted_city_is_put_right_as_its_country_writes_it(before, region, after):
    assert run(city_kernel, before, region).value[0].as_py() == after


@pytest.mark.parametrize(
    "text",
    [
        "12 Main St",
        "rue de rivoli",
        "via roma 5",
        "ул. ленина 5",
        "१२ गांधी मार्ग",
        "خیابان ولیعصر",
        "NW",
        "12-B",
        "12 MaIN St",
    ],
)
def test_other_streets_are_left_to_the_letter(text):
    assert run(street_kernel, text).value[0].as_py() == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("PARIS", "Paris"),
        ("new york", "New York"),
        ("WASHINGTON DC", "Washington DC"),
        ("STRATFORD-UPON-AVON", "Stratford-upon-Avon"),
        ("FRANKFURT AM MAIN", "Frankfurt am Main"),
        ("RIO DE JANEIRO", "Rio de Janeiro"),
        ("LE HAVRE", "Le Havre"),
        ("L'AQUILA", "L'Aquila"),
        ("İSTANBUL", "İstanbul"),
        ("МОСКВА", "Москва"),
    ],
)
def test_a_shouted_or_whispered_city_is_put_right(before, after):
    assert run(city_kernel, before).value[0].as_py() == after


@pytest.mark.parametrize("text", ["NYC", "LA", "मुंबई", "తిరుపతి", "سنندج", "s-Hertogenbosch", "東京", "McAllen"])
def test_other_cities_are_left_to_the_letter(text):
    found = run(city_kernel, text)
    assert (found.value[0].as_py(), found.verdict[0]) == (text, VALID)


@pytest.mark.parametrize(
    ("text", "region", "value", "code", "verdict"),
    [
        ("california", "US", "CA", "US-CA", VALID),
        ("Calif.", "US", "CA", "US-CA", VALID),
        ("US-CA", "US", "CA", "US-CA", VALID),
        ("Ontario", "CA", "ON", "CA-ON", VALID),
        ("New South Wales", "AU", "NSW", "AU-NSW", VALID),
        ("São Paulo", "BR", "SP", "BR-SP", VALID),
        ("WA", "AU", "WA", "AU-WA", VALID),
        ("Maharashtra", "IN", "Maharashtra", "IN-MH", VALID),
        ("Bayern", "DE", "Bayern", "DE-BY", VALID),
        ("Zürich", "CH", "Zürich", None, UNKNOWN),
        ("California", "", "California", None, UNKNOWN),
        ("Bavaria", "US", "Bavaria", None, UNKNOWN),
    ],
)
def test_a_region_gets_its_code(text, region, value, code, verdict):
    found = run(region_kernel, text, region)
    assert found.value[0].as_py() == value
    assert found.attributes["region_code"][0].as_py() == code
    assert found.verdict[0] == verdict
    assert ("region.unknown" in found.issues) == (region == "US" and code is None)


def test_a_mistyped_region_gets_a_suggestion_only():
    found = run(region_kernel, "Californa", "US")
    assert found.value[0].as_py() == "Californa"
    assert found.attributes["region_suggestion"][0].as_py() == "US-CA"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Deutschland", "DE"),
        ("usa", "US"),
        ("U.S.A.", "US"),
        ("भारत", "IN"),
        ("ایران", "IR"),
        ("NA", "NA"),
        ("DEU", "DE"),
        ("fr", "FR"),
    ],
)
def test_a_country_gets_its_code(text, code):
    found = run(country_kernel, text)
    assert (found.value[0].as_py(), found.verdict[0], dict(found.issues)) == (code, VALID, {})


def test_an_unknown_country_stays():
    found = run(country_kernel, "Absurdistan")
    assert (found.value[0].as_py(), found.verdict[0]) == ("Absurdistan", INVALID)
    assert found.issues["country.unknown"][0]


@pytest.mark.parametrize(
    ("text", "code"), [("Germnay", "DE"), ("Netherlnds", "NL"), ("Indiana", "IN"), ("Narnia", None)]
)
def test_a_mistyped_country_gets_a_suggestion_only(text, code):
    found = run(country_kernel, text)
    assert found.value[0].as_py() == text
    assert found.attributes["country_suggestion"][0].as_py() == code


@pytest.mark.parametrize(
    ("text", "region", "after", "reason"),
    [
        ("sw1a2aa", "GB", "SW1A 2AA", "postcode.format"),
        ("SW1A 2AA", "GB", "SW1A 2AA", None),
        ("2134", "US", "02134", "postcode.zeros"),
        ("501", "US", "00501", "postcode.zeros"),
        ("1067", "DE", "01067", "postcode.zeros"),
        ("144", "IT", "00144", "postcode.zeros"),
        ("8001.0", "ES", "08001", "postcode.decimal"),
        ("1310100", "BR", "01310-100", "postcode.zeros"),
        ("600001", "JP", "060-0001", "postcode.zeros"),
        ("18956", "SG", "018956", "postcode.zeros"),
        ("800", "AU", "0800", "postcode.zeros"),
        ("12345.0", "US", "12345", "postcode.decimal"),
        ("123456789", "US", "12345-6789", "postcode.format"),
        ("12345-6789", "US", "12345-6789", None),
        ("k1a0b1", "CA", "K1A 0B1", "postcode.format"),
        ("1234ab", "NL", "1234 AB", "postcode.format"),
        ("11455", "SE", "114 55", "postcode.format"),
        ("00950", "PL", "00-950", "postcode.format"),
        ("D-10115", "DE", "10115", "postcode.format"),
        ("01310100", "BR", "01310-100", "postcode.format"),
        ("110 001", "IN", "110001", "postcode.format"),
        ("११०००१", "IN", "110001", "postcode.format"),
        ("۱۲۳۴۵۶۷۸۹۰", "IR", "1234567890", "postcode.format"),
        ("1000001", "JP", "100-0001", "postcode.format"),
        ("B1636FDA", "AR", "B1636FDA", None),
    ],
)
def test_a_postcode_is_written_the_usual_way(text, region, after, reason):
    found = run(postcode_kernel, text, region)
    assert (found.value[0].as_py(), found.reason[0].as_py(), found.verdict[0]) == (after, reason, VALID)
    assert not found.issues


@pytest.mark.parametrize(
    ("text", "region"),
    [("123", "US"), ("00000", "US"), ("99999", "US"), ("5123", "DE"), ("00000", "DE"), ("12345", "JP"), ("1", "ZA")],
)
def test_digits_that_are_no_code_of_the_country_stay_as_they_are(text, region):
    found = run(postcode_kernel, text, region)
    assert found.value[0].as_py() == text
    assert found.verdict[0] == INVALID
    assert found.issues["postcode.mismatch"][0]


@pytest.mark.parametrize(
    ("text", "region"), [("12345", "US"), ("00501", "US"), ("99950", "US"), ("1067", ""), ("1067", "AT")]
)
def test_a_postcode_that_is_right_or_of_no_known_country_gets_no_zero(text, region):
    assert run(postcode_kernel, text, region or None).value[0].as_py() == text


@pytest.mark.parametrize(
    ("kernel", "text", "region", "after"),
    [
        (country_kernel, "Germany (DE)", None, "DE"),
        (country_kernel, "US - United States", None, "US"),
        (country_kernel, "México / Mexico", None, "MX"),
        (country_kernel, "DE Germany", None, "DE"),
        (country_kernel, "India (भारत)", None, "IN"),
        (country_kernel, "السعودية", None, "SA"),
        (country_kernel, "საქართველო", None, "GE"),
        (country_kernel, "Congo, Democratic Republic of the", None, "CD"),
        (region_kernel, "CA - California", "US", "CA"),
        (region_kernel, "California (CA)", "US", "CA"),
        (region_kernel, "New South Wales (NSW)", "AU", "NSW"),
    ],
)
def test_a_place_named_in_two_ways_at_once_is_that_place(kernel, text, region, after):
    assert run(kernel, text, region).value[0].as_py() == after


@pytest.mark.parametrize("text", ["DE / AT", "Canada / USA", "Georgia (US)", "India, Pakistan", "Congo (CD)"])
def test_two_countries_in_a_cell_are_none(text):
    found = run(country_kernel, text)
    assert found.value[0].as_py() == text
    assert found.verdict[0] == INVALID


@pytest.mark.parametrize(
    ("before", "region", "after"),
    [
        ("KARNATAKA", "IN", "Karnataka"),
        ("tamil nadu", "IN", "Tamil Nadu"),
        ("NORDRHEIN-WESTFALEN", "DE", "Nordrhein-Westfalen"),
        ("ÎLE-DE-FRANCE", "FR", "Île-de-France"),
        ("NRW", "DE", "NRW"),
        ("J&K", "IN", "J&K"),
        ("CDMX", "MX", "CDMX"),
        ("कर्नाटक", "IN", "कर्नाटक"),
    ],
)
def test_a_region_that_is_not_coded_is_put_in_normal_case(before, region, after):
    assert run(region_kernel, before, region).value[0].as_py() == after


def test_two_names_of_a_region_that_is_not_coded_give_the_code_only():
    found = run(region_kernel, "Karnataka (KA)", "IN")
    assert (found.value[0].as_py(), found.attributes["region_code"][0].as_py()) == ("Karnataka (KA)", "IN-KA")


def test_a_postcode_of_another_country_is_said_and_kept():
    found = run(postcode_kernel, "SW1A 2AA", "DE")
    assert (found.value[0].as_py(), found.verdict[0]) == ("SW1A 2AA", INVALID)
    assert found.issues["postcode.mismatch"][0]


def test_a_mere_default_region_neither_pads_nor_blames():
    found = run(postcode_kernel, "2134", None, default="US")
    assert (found.value[0].as_py(), found.verdict[0], dict(found.issues)) == ("2134", UNKNOWN, {})
    assert run(postcode_kernel, "123456789", None, default="US").value[0].as_py() == "12345-6789"


def test_the_table_of_postcodes_is_sound():
    rows = read_rows("postcodes.csv")
    assert len(rows) >= 60
    assert len({row["country"] for row in rows}) == len(rows)
    probe = pa.array(["12345", "A1A1A1"], TEXT)
    for row in rows:
        pattern = f"^(?:{row['pattern']})$"
        pc.replace_substring_regex(probe, pattern, row["template"])  # raises where the template names a missing group
        groups = row["pattern"].count("(") - row["pattern"].count("(?:")
        assert groups >= 1, row
        assert all(f"\\{number}" in row["template"] for number in range(1, groups + 1)), row


@pytest.mark.parametrize(
    ("kernel", "field", "region", "text", "home"),
    [
        (region_kernel, "state", "IN", "Mumbai", "city"),
        (region_kernel, "state", "US", "Germany", "country"),
        (region_kernel, "state", "US", "90210", "postal_code"),
        (region_kernel, "state", "US", "California", None),
        (region_kernel, "state", "DE", "Berlin", None),  # a city and a state
        (region_kernel, "state", "FR", "Paris", None),  # the regions of France are not known here
        (country_kernel, "country", "", "California", "state"),
        (country_kernel, "country", "", "कोलकाता", "city"),
        (country_kernel, "country", "", "Absurdistan", None),
        (city_kernel, "city", "", "90210", "postal_code"),
        (city_kernel, "city", "", "SW1A 2AA", "postal_code"),
        (city_kernel, "city", "", "Mexico", None),  # a city, too
        (postcode_kernel, "postal_code", "IN", "Mumbai", "city"),
        (postcode_kernel, "postal_code", "IN", "400001", None),
    ],
)
def test_a_cell_that_belongs_elsewhere_is_flagged_and_left(kernel, field, region, text, home):
    found = kernel(pa.array([text], TEXT), CellOptions(field=field, region=region))
    flagged = "place.misplaced" in found.issues and bool(found.issues["place.misplaced"][0])
    assert flagged == (home is not None)
    assert found.attributes["belongs_in"][0].as_py() == home
    assert found.issues.get("place.misplaced") is None or found.value[0].as_py() == text
