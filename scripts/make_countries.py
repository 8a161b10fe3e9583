"""Write ``rules/lists/countries.csv`` from CLDR (through Babel), ISO codes (through pycountry) and hand-made aliases.

Run from the repository root with the ``data`` dependency group installed::

    python scripts/make_countries.py

The result is committed; crmclean itself needs neither package. Each name is written with the key it is looked up by, so
that no run has to fold thousands of names first. Names that fold to the same key are written once; where two countries
share a name, the entry is left to the first source of: ISO code, hand-made alias, CLDR name.
"""

from __future__ import annotations

import csv
import sys
import unicodedata
from pathlib import Path

import pyarrow as pa
import pycountry
from babel import Locale

from crmclean.text import match_key

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "rules" / "lists" / "countries.csv"
LANGUAGES = (
    *("en", "hi", "te", "ta", "bn", "fa", "ar", "de", "fr", "es", "pt", "ru", "it", "nl", "zh", "zh_Hant", "ja", "tr"),
    *("ur", "mr", "gu", "kn", "ml", "pa", "ko", "pl", "uk", "sv", "da", "nb", "fi", "cs", "el", "he", "id", "vi", "th"),
    *("ro", "hu"),
)

# written by hand: everyday names, abbreviations, constituent countries, nationalities
ALIASES: dict[str, str] = {
    "US": "usa|u.s.a.|u.s.|us of a|america|united states of america|the united states|states|american|estados unidos"
    "|eeuu|ee.uu.|e.u.a.|eua|vereinigte staaten|etats-unis|amerika"
    "|amrika|अमेरिका|अमरीका|అమెరికా|அமெரிக்கா|আমেরিকা|آمریکا|امریکا|أمريكا|сша|美国|米国"
    "|united states america|u.s. of america",
    "GB": "uk|u.k.|great britain|britain|england|scotland|wales|northern ireland|united kingdom of great britain"
    " and northern ireland|british|english|scottish|welsh|england & wales|grossbritannien|großbritannien|inglaterra"
    "|angleterre|इंग्लैंड|ब्रिटेन|یوکے|انگلیس|انگلستان|بريطانيا|англия|великобритания|英国|イギリス",
    "DE": "germany|brd|federal republic of germany|bundesrepublik deutschland|german|deutsch|allemagne|alemania"
    "|germania|jermany|জার্মানি|جرمنی",
    "AT": "österreich|oesterreich|austrian",
    "CH": "schweiz|suisse|svizzera|swiss|schweizer|helvetia|switz",
    "FR": "french|francaise|republique francaise|frankreich|francia",
    "ES": "spanish|españa|espana|spanien|espagne",
    "IT": "italian|italia|italien|italie",
    "NL": "holland|the netherlands|dutch|nederland|niederlande|pays-bas",
    "BE": "belgian|belgie|belgique|belgien",
    "IE": "eire|republic of ireland|irish|southern ireland",
    "PT": "portuguese",
    "SE": "swedish|sverige|schweden",
    "NO": "norwegian|norge|norwegen",
    "DK": "danish|danmark",
    "FI": "finnish|suomi",
    "PL": "polish|polska|polen",
    "CZ": "czech|czech republic|ceska republika|tschechien|tschechische republik|czech rep|czech rep.",
    "SK": "slovak|slovak republic|slovensko",
    "HU": "hungarian|magyarorszag|ungarn",
    "RO": "romanian|rumania|roumania",
    "BG": "bulgarian|българия",
    "GR": "greek|hellas|hellenic republic|griechenland|grecia",
    "TR": "turkey|turkish|turkiye|türkiye",
    "RU": "russia|russian|russian federation|rossiya|rossija|rf|рф|россия|ru fed|russland",
    "UA": "ukrainian|the ukraine|ukraina",
    "BY": "belarusian|byelorussia|belorussia|weissrussland",
    "IN": "india|indian|bharat|republic of india|hindustan|bharath|ind.|भारत|इंडिया|हिंदुस्तान|भारतवर्ष|ఇండియా|భారతదేశం|భారత్"
    "|இந்தியா|பாரதம்|ভারত|ভারতবর্ষ|هند|هندوستان|الهند|индия|印度|インド|بھارت",
    "PK": "pakistani|islamic republic of pakistan",
    "BD": "bangladeshi|bangla desh|বাংলাদেশ|peoples republic of bangladesh",
    "LK": "ceylon|sri lankan|srilanka|ශ්‍රී ලංකාව",
    "NP": "nepali|nepalese",
    "AF": "afghan",
    "IR": "iran|persia|iranian|persian|islamic republic of iran|i.r. iran|i.r.i.|جمهوری اسلامی ایران|ایران|पर्शिया",
    "IQ": "iraqi",
    "SA": "ksa|k.s.a.|saudi|saudi arabian|kingdom of saudi arabia|المملكة العربية السعودية|عربستان"
    "|السعودية|العربية السعودية|سعودی",
    "AE": "uae|u.a.e.|emirates|emirati|united arab emirates|dubai|abu dhabi|الإمارات|امارات",
    "QA": "qatari",
    "KW": "kuwaiti",
    "OM": "omani|sultanate of oman",
    "BH": "bahraini",
    "JO": "jordanian",
    "LB": "lebanese",
    "SY": "syrian|syria",
    "IL": "israeli",
    "PS": "palestine|palestinian|west bank|gaza",
    "YE": "yemeni",
    "EG": "egyptian|arab republic of egypt",
    "CN": "china|prc|p.r.c.|p.r. china|pr china|peoples republic of china|mainland china|chinese|中國|中国"
    "|中华人民共和国|चाइना",
    "TW": "taiwan|taiwanese|roc|r.o.c.|republic of china|taiwan r.o.c.|台湾|臺灣|chinese taipei|中華民國|中华民国",
    "HK": "hong kong|hongkong|hong kong sar|h.k.|香港",
    "MO": "macau|macao|macao sar",
    "JP": "japanese|nippon|nihon|日本国",
    "KR": "korea|south korea|republic of korea|korean|s. korea|rok|r.o.k.|korea (south)|대한민국|한국|korea republic of"
    "|südkorea",
    "KP": "north korea|dprk|democratic peoples republic of korea|korea (north)",
    "VN": "vietnam|viet nam|vietnamese",
    "TH": "thai|ประเทศไทย",
    "MY": "malaysian",
    "SG": "singaporean|s'pore|republic of singapore",
    "ID": "indonesian|republik indonesia",
    "PH": "philippines|the philippines|filipino|pilipinas|phillipines",
    "MM": "burma|burmese|myanmar|မြန်မာ|မြန်မာနိုင်ငံ",
    "LA": "laos|lao pdr|ລາວ",
    "KH": "cambodian|kampuchea|កម្ពុជា",
    "MN": "mongolian|монгол улс|монгол",
    "AU": "australian|aus|aust|commonwealth of australia|oz",
    "NZ": "new zealander|aotearoa|n.z.|newzealand",
    "CA": "canadian|kanada",
    "MX": "mexican|mejico|estados unidos mexicanos|mexiko",
    "BR": "brazilian|brasil|brasilien",
    "AR": "argentine|argentinian|argentinien",
    "CL": "chilean",
    "CO": "colombian|columbia",
    "PE": "peruvian",
    "VE": "venezuelan|venezuela",
    "BO": "bolivia|bolivian",
    "EC": "ecuadorian",
    "UY": "uruguayan",
    "PY": "paraguayan",
    "CU": "cuban",
    "DO": "dominican republic|republica dominicana|dominican rep|dominican rep.",
    "CR": "costarica|costa rican",
    "ZA": "south african|rsa|r.s.a.|republic of south africa|suid-afrika|südafrika",
    "NG": "nigerian",
    "KE": "kenyan",
    "GH": "ghanaian",
    "ET": "ethiopian|ኢትዮጵያ",
    "TZ": "tanzania|tanzanian",
    "UG": "ugandan",
    "ZW": "zimbabwean",
    "MA": "moroccan|maroc",
    "DZ": "algerian|algerie",
    "TN": "tunisian|tunisie",
    "LY": "libya|libyan",
    "SD": "sudanese",
    "CD": "drc|d.r.c.|congo-kinshasa|democratic republic of the congo|zaire|dr congo|congo, democratic republic"
    "|congo, democratic republic of the|congo, the democratic republic of the"
    "|congo (kinshasa)|congo dr|république démocratique du congo",
    "CG": "congo|congo-brazzaville|republic of the congo|congo (brazzaville)|congo, republic of|congo, republic of the",
    "CI": "ivory coast|cote d ivoire|cote divoire|elfenbeinküste",
    "CV": "cape verde",
    "SZ": "swaziland|eswatini",
    "MK": "macedonia|north macedonia|fyrom|f.y.r.o.m.|македонија|северна македонија",
    "MD": "moldova|moldavia|moldovan",
    "XK": "kosovo",
    "RS": "serbia|serbian|србија|srbija",
    "BA": "bosnia|bosnia herzegovina|bosnia-herzegovina|bosna i hercegovina|босна и херцеговина",
    "VA": "vatican|vatican city|holy see",
    "TL": "east timor",
    "PG": "papua new guinea|png",
    "KN": "saint kitts|st kitts|st. kitts & nevis",
    "LC": "st lucia|st. lucia",
    "VC": "st vincent|st. vincent",
    "TT": "trinidad|tobago|trinidad & tobago",
    "AG": "antigua",
    "ST": "sao tome",
    "FM": "micronesia",
    "BN": "brunei",
    "KZ": "kazakh|kazakstan|қазақстан",
    "UZ": "uzbek|oʻzbekiston|ўзбекистон",
    "TM": "turkmen|türkmenistan",
    "TJ": "tajik|тоҷикистон",
    "KG": "kyrgyz|kirghizia|кыргызстан",
    "AZ": "azeri|azerbaijani|azərbaycan",
    "GE": "georgian|republic of georgia|საქართველო",
    "AM": "armenian|հայաստան",
    "LT": "lithuanian|lietuva",
    "LV": "latvian|latvija",
    "EE": "estonian|eesti",
    "HR": "croatian|hrvatska",
    "SI": "slovenian|slovene|slovenija",
    "IS": "icelandic|ísland",
    "LU": "luxemburg|luxembourgish",
    "GG": "guernsey",
    "JE": "jersey",
    "IM": "isle of man",
    "PR": "puerto rican",
    "GL": "greenlandic",
    "CY": "cypriot",
    "AL": "shqipëria|shqiperi",
    "ME": "crna gora|црна гора",
    "CF": "central african rep",
    "MG": "madagasikara",
    "MT": "maltese",
}


def territories(language: str) -> dict[str, str]:
    """Territory names of CLDR in one language, by code."""
    return {str(code): str(name) for code, name in Locale.parse(language).territories.items()}


def entries() -> list[tuple[str, str, str]]:
    """(name, code, source) of everything known, the source that wins first."""
    countries = sorted(pycountry.countries, key=lambda country: str(country.alpha_2))
    codes = sorted({*(country.alpha_2 for country in countries), "XK"})
    found = [(code, code, "iso") for code in codes]
    found += [(country.alpha_3, country.alpha_2, "iso") for country in countries] + [("XKX", "XK", "iso")]
    found += [(name, code, "hand") for code, names in ALIASES.items() for name in names.split("|")]
    for country in countries:
        names = (getattr(country, attribute, None) for attribute in ("name", "common_name", "official_name"))
        found += [(name, country.alpha_2, "iso") for name in names if name]
    for language in LANGUAGES:
        local = territories(language)
        found += [(local[code], code, f"cldr {language}") for code in codes if code in local]
    return found


def fold(name: str) -> str:
    """Enough folding to see that two entries are one; the key that names are looked up by folds more."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def main() -> int:
    """Write the file; prints how many names it holds."""
    seen: set[str] = set()
    lines: list[tuple[str, str, str]] = []
    for name, code, source in entries():
        if (key := fold(name)) not in seen:
            seen.add(key)
            lines.append((unicodedata.normalize("NFC", name), code, source))
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        file.write(
            "# Country names and codes -> ISO 3166-1 alpha-2. Written by scripts/make_countries.py. Do not edit.\n"
        )
        file.write("# Sources: Unicode CLDR (Unicode licence, see rules/NOTICE), ISO 3166 codes, own aliases (hand).\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "code", "source", "key"))
        keys = match_key(pa.array([name for name, _, _ in lines])).to_pylist()
        writer.writerows((*line, key) for line, key in zip(lines, keys, strict=True))
    print(f"{len(lines)} names in {TARGET.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
