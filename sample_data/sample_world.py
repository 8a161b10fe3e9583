"""The people behind the sample files: who they are, where they work, how to reach them. Read from ``content.toml``."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

__all__ = ["Company", "Numbers", "Person", "content", "make_people", "written_phone"]

HERE = Path(__file__).resolve().parent
PRIVATE = ("inbox.example", "postfach.example", "mailbox.example", "correo.example")
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

# country: code, trunk prefix, groups of a mobile number, groups of a landline number
WRITING = {
    "AE": ("971", "0", (2, 3, 4), (1, 3, 4)),
    "BD": ("880", "0", (4, 6), (3, 3, 4)),
    "BR": ("55", "0", (2, 5, 4), (2, 4, 4)),
    "DE": ("49", "0", (3, 3, 4), (3, 3, 4)),
    "ES": ("34", "", (3, 3, 3), (3, 3, 3)),
    "FR": ("33", "0", (1, 2, 2, 2, 2), (1, 2, 2, 2, 2)),
    "GB": ("44", "0", (4, 6), (3, 3, 4)),
    "IN": ("91", "0", (5, 5), (3, 3, 4)),
    "IR": ("98", "0", (3, 3, 4), (2, 4, 4)),
    "MX": ("52", "", (2, 4, 4), (2, 4, 4)),
    "RU": ("7", "8", (3, 3, 2, 2), (3, 3, 2, 2)),
    "US": ("1", "", (3, 3, 4), (3, 3, 4)),
}
# Patterns with # for a digit. British landlines and German mobiles here are numbers kept for fiction.
MOBILE = {
    "AE": ("50 2######", "55 3######", "56 4######"),
    "BD": ("17 1#######", "18 1#######", "19 1#######"),
    "BR": ("11 97#######",),
    "DE": ("171 39200##", "172 99250##"),
    "ES": ("611 ######", "655 ######"),
    "FR": ("612 ######", "768 ######"),
    "GB": ("7911 1#####", "7415 3#####"),
    "IN": ("98 2#######", "94 4#######", "99 4#######", "88 6#######"),
    "IR": ("912 4######", "913 3######", "935 5######"),
    "MX": ("81 1#######", "55 3#######"),
    "RU": ("927 6######", "905 3######"),
    "US": ("503 2######", "512 4######", "216 3######", "559 2######", "971 2######", "330 4######"),
}
LANDLINE = {
    "Surat": "261 2######", "Coimbatore": "422 2######", "Vijayawada": "866 2######", "Hyderabad": "40 2#######",
    "Dehradun": "135 2######", "Bhopal": "755 2######", "Chennai": "44 2#######", "Kolkata": "33 2#######",
    "Dhaka": "222 3######", "Chattogram": "2333 3#####", "Tehran": "21 8#######", "Isfahan": "31 3#######",
    "Shiraz": "71 3#######", "Dubai": "4 3######", "Sharjah": "6 5######", "Abu Dhabi": "2 6######",
    "Stuttgart": "711 2######", "Hamburg": "40 6696####", "Leipzig": "341 2######", "Kiel": "431 2######",
    "Lyon": "4 72######", "Nantes": "2 40######", "Zaragoza": "976 2#####", "Jaén": "953 2#####",
    "Monterrey": "81 8#######", "São Paulo": "11 3#######", "Samara": "846 2######", "London": "20 79460###",
    "Manchester": "161 4960###", "Akron": "330 2######", "Portland": "503 2######", "Austin": "512 3######",
    "Cleveland": "216 6######", "Fresno": "559 4######",
}  # fmt: skip


@cache
def content() -> dict[str, Any]:
    """The hand-written content."""
    with (HERE / "content.toml").open("rb") as file:
        return tomllib.load(file)


def cut(line: str) -> list[str]:
    """The cells of a line of ``content.toml``."""
    return [cell.strip() for cell in line.split("|")]


@dataclass(frozen=True)
class Company:
    """An invented company."""

    name: str
    variants: tuple[str, ...]
    culture: str
    country: str
    city: str
    state: str
    postcode: str
    street: str
    domain: str
    known: int
    switchboard: str


@dataclass
class Person:
    """An invented person; ``former`` is the employer an old CRM record still shows."""

    id: str
    first: str
    last: str
    native: tuple[str, str] | None
    title: str
    company: Company
    email: str
    mobile: str
    female: bool
    story: str = ""
    former: Company | None = None
    private_email: str = ""
    extension: str = ""
    opt_out: bool = False
    do_not_call: bool = False
    tags: set[str] = field(default_factory=set)

    @property
    def full(self) -> str:
        """The name in Latin letters."""
        return f"{self.first} {self.last}"


class Numbers:
    """Telephone numbers, none twice."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.taken: set[str] = set()

    def new(self, pattern: str) -> str:
        """National digits by a pattern."""
        while True:
            number = "".join(str(self.rng.randrange(10)) if sign == "#" else sign for sign in pattern if sign != " ")
            if number not in self.taken:
                self.taken.add(number)
                return number


def written_phone(number: str, country: str, kind: str, rng: Random, extension: str = "") -> str:
    """A national number as somebody types it."""
    code, trunk, *groupings = WRITING[country]
    groups, start = [], 0
    for size in groupings[0 if kind == "mobile" else 1]:
        groups.append(number[start : start + size])
        start += size
    groups[-1] += number[start:]
    groups = [group for group in groups if group]
    spaced = " ".join(groups)
    forms = [
        f"+{code} {spaced}",
        f"+{code}{number}",
        f"{trunk}{spaced}",
        f"{trunk}{number}",
        f"{'' if code in {'1', '7', '55'} else '00'}{code} {spaced}",  # 00 leads abroad in most countries, not in all
        f"+{code} ({trunk}) {spaced}" if trunk in {"0"} else f"+{code}-{'-'.join(groups)}",
        f"({trunk}{groups[0]}) {'-'.join(groups[1:])}",
        f"{trunk}{groups[0]}/{''.join(groups[1:])}"
        if country == "DE"
        else f"{trunk}{groups[0]}-{'-'.join(groups[1:])}",
    ]
    text = rng.choices(forms, (6, 4, 3, 3, 1, 1, 2, 2))[0]
    return text + rng.choice((" x{}", " ext. {}", " Ext {}", " #{}")).format(extension) if extension else text


def plain(text: str, culture: str) -> str:
    """Lower-case ASCII letters, for mailboxes."""
    text = text.lower().translate(GERMAN) if culture == "de" else text.lower().replace("ß", "ss")
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if "a" <= letter <= "z")


def make_people(rng: Random) -> list[Person]:
    """The people with a story first, then everybody else the companies employ."""
    numbers = Numbers(rng)
    companies = [_company(line, numbers) for line in content()["companies"]["list"]]
    people = _people_with_a_story({company.domain: company for company in companies}, numbers, rng)
    names = {person.full for person in people}
    for company in companies:
        pattern = rng.choice(("{f}.{l}", "{f}.{l}", "{i}{l}", "{i}.{l}", "{f}"))
        mailboxes = {person.email for person in people}
        for _ in range(2 * company.known):
            person = _employee(f"P{len(people) + 1:03d}", company, pattern, names, mailboxes, numbers, rng)
            names.add(person.full)
            mailboxes.add(person.email)
            people.append(person)
    for person in people:
        person.private_email = f"{person.email.split('@')[0]}{rng.randrange(60, 99)}@{rng.choice(PRIVATE)}"
        if not person.story and rng.random() < 0.06:
            person.former = rng.choice([one for one in companies if one.country == person.company.country])
            person.former = None if person.former is person.company else person.former
        person.extension = str(rng.randrange(100, 499)) if rng.random() < 0.4 else ""
        person.opt_out |= rng.random() < 0.06
        person.do_not_call |= rng.random() < 0.04
    return people


def _company(line: str, numbers: Numbers) -> Company:
    name, variants, culture, country, city, state, postcode, street, domain, known = cut(line)
    spellings = tuple(variant.strip() for variant in variants.split(";"))
    switchboard = numbers.new(LANDLINE[city])
    return Company(name, spellings, culture, country, city, state, postcode, street, domain, int(known), switchboard)


def _people_with_a_story(by_domain: dict[str, Company], numbers: Numbers, rng: Random) -> list[Person]:
    people: list[Person] = []
    for line in content()["people"]["list"]:
        first, last, native_first, native_last, title, domain, mailbox, story = cut(line)
        company = by_domain[domain]
        person = Person(
            id=f"P{len(people) + 1:03d}",
            first=first,
            last=last,
            native=(native_first, native_last) if native_first else None,
            title=title,
            company=company,
            email=f"{mailbox}@{domain}",
            mobile=numbers.new(rng.choice(MOBILE[company.country])),
            female=first in {"Priya", "Lakshmi", "Farhana", "Maryam", "Anna", "Elizabeth", "Amélie", "Silke", "Sandra"},
            story=story,
            former=by_domain["himgirisolar.example"] if "changed employer" in story else None,
            opt_out="opted out" in story,
            do_not_call="do not call" in story,
        )
        people.append(person)
    return people


def _employee(
    number: str, company: Company, pattern: str, names: set[str], mailboxes: set[str], numbers: Numbers, rng: Random
) -> Person:
    """Somebody whose full name nobody else has yet."""
    lists = content()["names"][company.culture]
    while True:
        female = rng.random() < 0.42
        first, _, native_first = rng.choice(lists["f" if female else "m"].split()).partition("=")
        last, _, native_last = rng.choice(lists["family"].split()).partition("=")
        if company.culture == "ru" and female and last.endswith(("v", "n")):
            last, native_last = last + "a", native_last + "а"
        if f"{first} {last}" not in names:
            break
    given, family = plain(first, company.culture), plain(last, company.culture)
    local = pattern.format(f=given, l=family, i=given[:1])
    local = local if f"{local}@{company.domain}" not in mailboxes else f"{given}.{family}"
    return Person(
        id=number,
        first=first,
        last=last,
        native=(native_first, native_last) if native_first else None,
        title=rng.choice(content()["companies"]["titles"]),
        company=company,
        email=f"{local}@{company.domain}",
        mobile=numbers.new(rng.choice(MOBILE[company.country])),
        female=female,
    )
