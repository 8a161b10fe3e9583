"""Who there is in the five sources: companies, people and what happened to each of their rows, from ``people.toml``."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

__all__ = ["DIALLING", "HERE", "PRIVATE", "Company", "Person", "Spec", "ascii_of", "bogus", "local_part", "make_world"]

HERE = Path(__file__).resolve().parent
PRIVATE = "postbox.example"
PLAIN = ("C H", "H E", "C L:role", "E B", "C", "H", "C E L:role", "C H B", "L:role")  # where a line names no rows
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
# country: calling code, trunk prefix, first digits of mobiles, digits that follow
DIALLING = {
    "US": ("1", "", ("2", "3", "4", "6"), 6),
    "IN": ("91", "0", ("98", "99", "94"), 8),
    "IR": ("98", "0", ("912", "913", "935"), 7),
    "DE": ("49", "0", ("171", "172", "160"), 7),
    "BD": ("880", "0", ("171", "181", "191"), 7),
}


@dataclass(frozen=True)
class Company:
    """A firm: everything its people have in common."""

    key: str
    name: str
    others: tuple[str, ...]
    country: str
    street: str
    city: str
    state: str
    postcode: str
    domain: str
    phone: str  # national significant number, in groups
    title: str
    source: str


@dataclass(frozen=True)
class Spec:
    """One row to write: which file, and what happened to it."""

    file: str
    words: frozenset[str]


@dataclass
class Person:
    """A person and the rows they are to have."""

    id: str
    first: str
    last: str
    company: Company
    rows: list[Spec]
    extra: dict[str, str] = field(default_factory=dict)
    mobile: str = ""
    badge: str = ""
    short_unique: bool = True  # nobody at the firm has the same initial and family name

    def named(self, key: str) -> tuple[str, str]:
        """The given and family name of an extra such as ``alt=First/Last``."""
        first, last = self.extra[key].split("/")
        return first.strip(), last.strip()


def _written() -> dict[str, dict[str, dict[str, object]]]:
    """The hand-written content."""
    with (HERE / "people.toml").open("rb") as file:
        return tomllib.load(file)


def ascii_of(text: str) -> str:
    """A name in the letters a registration form of old took."""
    plain = unicodedata.normalize("NFD", text.translate(GERMAN))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def local_part(person: Person) -> str:
    """The mailbox the firm gives: ``first.last``."""
    if "mail" in person.extra:
        return person.extra["mail"]
    words = (ascii_of(part).lower() for part in (person.first, person.last))
    return ".".join("".join(letter for letter in word if letter.isalpha()) for word in words)


def make_world(rng: Random) -> tuple[dict[str, Company], list[Person]]:
    """Companies by key, and everybody in the order of the file."""
    companies: dict[str, Company] = {}
    lines: list[tuple[str, str]] = []
    for key, entry in _written()["company"].items():
        street, city, state, postcode = str(entry["place"]).split("|")
        texts = [str(entry[name]) for name in ("domain", "phone", "title", "source")]
        others = tuple(entry["others"])  # type: ignore[call-overload]
        companies[key] = Company(
            key, str(entry["name"]), others, str(entry["country"]), street, city, state, postcode, *texts
        )
        lines += [(key, line) for line in str(entry["people"]).strip().splitlines()]
    people = []
    for number, (key, line) in enumerate(lines, 1):
        name, rows, extra = (part.strip() for part in line.split("|"))
        first, last = (part.strip() for part in name.split(" / "))
        pairs = dict(part.strip().split("=", 1) for part in extra.split(";") if part.strip())
        specs = [_spec(text) for text in (rows or rng.choice(PLAIN)).split()]
        person = Person(f"p{number:03d}", first, last, companies[key], specs, pairs)
        person.mobile = _mobile(companies[key].country, rng)
        person.badge = f"MF26-{(number * 3761) % 8999 + 1000}"
        people.append(person)
    shorts = Counter(_short(person) for person in people)
    for person in people:
        person.short_unique = shorts[_short(person)] == 1
    return companies, people


def _short(person: Person) -> tuple[str, str]:
    first, _, last = local_part(person).partition(".")
    return person.company.domain, first[:1] + last


def bogus(file: str) -> list[str]:
    """Rows of a file that are nobody's."""
    return list(_written()["bogus"][file])  # type: ignore[call-overload]


def _spec(text: str) -> Spec:
    file, *words = text.split(":")
    return Spec(file, frozenset(words))


def _mobile(country: str, rng: Random) -> str:
    """A national significant number nobody else has; American area codes of ten states."""
    _, _, starts, digits = DIALLING[country]
    if country == "US":
        area = rng.choice(("216", "330", "503", "512", "559", "615", "704", "808", "919", "971"))
        return f"{area}{rng.choice(starts)}{rng.randrange(10**5, 10**6)}"
    return f"{rng.choice(starts)}{rng.randrange(10 ** (digits - 1), 10**digits)}"
