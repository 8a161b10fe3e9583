"""The cells of one row: the name, mailbox and numbers as that source has them, after what happened to the row."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.dedup.five_sources.world import DIALLING, PRIVATE, Company, Person, Spec, ascii_of, local_part

__all__ = ["Cells", "cells_of", "phone_text"]

ROLES = ("info", "office", "sales", "contact")
COUNTRIES = {"US": "United States", "IN": "India", "IR": "Iran", "DE": "Germany", "BD": "Bangladesh"}
# how likely a cell is there where the row does not say: mailbox, own mobile, switchboard
FILLED = {
    "C": (0.6, 0.4, 0.8),
    "H": (1.0, 0.35, 0.4),
    "E": (0.6, 0.45, 0.0),
    "B": (0.5, 0.35, 0.3),
    "L": (0.3, 0.1, 0.9),
}


@dataclass
class Cells:
    """What a row says about a person; sources write it each in their way."""

    first: str
    last: str
    suffix: str
    title: str
    company: str
    mail: str
    phone: str
    mobile: str
    employer: Company


def phone_text(digits: str, country: str, style: str) -> str:
    """A national significant number as a source writes it."""
    if not digits:
        return ""
    code, trunk, _, _ = DIALLING[country]
    plain = digits.replace(" ", "")
    if style == "e164":
        return f"+{code}{plain}"
    if style == "zeros":
        return f"00{code}{plain}" if country != "US" else f"1{plain}"
    if country == "US":
        parts = plain[:3], plain[3:6], plain[6:]
        return "({}) {}-{}".format(*parts) if style == "crm" else ".".join(parts)
    spaced = digits if " " in digits else f"{digits[:-6]} {digits[-6:-3]} {digits[-3:]}"
    return f"+{code} {spaced}" if style in ("crm", "list") else f"{trunk}{spaced.replace(' ', '-')}"


def cells_of(person: Person, spec: Spec, companies: dict[str, Company], rng: Random) -> Cells:
    """The cells of one row of a person."""
    said = spec.words
    employer = person.company
    for word, key in (("oldco", "old"), ("oldco2", "old2")):
        if word in said:
            employer = companies[person.extra[key]]
    first, last = _name(person, spec)
    mail, mobile, phone = _reached(person, spec, employer, rng)
    title = person.extra.get("title", employer.title if employer is person.company else "Manager")
    if "notitle" in said or rng.random() < 0.1:
        title = ""
    elif spec.file == "H" and "title2" in person.extra:
        title = person.extra["title2"]
    varied = spec.file == "L" or rng.random() < {"C": 0.0, "H": 0.3, "E": 0.4, "B": 0.5}[spec.file]
    company = rng.choice(employer.others) if varied else employer.name
    return Cells(first, last, person.extra.get("suffix", ""), title, company, mail, phone, mobile, employer)


def _name(person: Person, spec: Spec) -> tuple[str, str]:
    said, first, last = spec.words, person.first, person.last
    if "nick" in said:
        first = person.extra["nick"]
    for word, key in (("alt", "alt"), ("short", "alt"), ("alt2", "alt2"), ("typo", "typo"), ("native", "native")):
        if word in said:
            first, last = person.named(key)
    if "ascii" in said:
        first, last = ascii_of(first), ascii_of(last)
    if "maiden" in said:
        last = person.extra["maiden"]
    if "init" in said:
        first = f"{first[0]}."
    if "mdinit" in said:
        first = "Md."
    if "noapos" in said:
        last = last.replace("'", "")
    if "nofirst" in said:
        first = ""
    if "low" in said:
        first, last = first.lower(), last.lower()
    return (last, first) if "swap" in said else (first, last)


def _other_mailbox(person: Person, employer: Company, rng: Random) -> str:
    """What people give a newsletter: another spelling of the firm's mailbox, or one of their own."""
    first, _, last = local_part(person).partition(".")
    if person.short_unique and last and rng.random() < 0.6:
        return f"{first[0]}{last}@{employer.domain}"
    return f"{last[:6]}{rng.randrange(60, 99)}@{PRIVATE}"


def _reached(person: Person, spec: Spec, employer: Company, rng: Random) -> tuple[str, str, str]:
    """Mailbox, mobile and switchboard."""
    said = spec.words
    odds = FILLED[spec.file]
    has_mail, has_mobile, has_phone = (rng.random() < chance for chance in odds)
    local = local_part(person)
    mail = f"{local}@{employer.domain}" if (has_mail or "mail" in said) and "nomail" not in said else ""
    if spec.file == "H" and not said & {"mail", "oldco", "oldco2"} and rng.random() < 0.25:
        mail = _other_mailbox(person, employer, rng)
    if "role" in said:
        mail = f"{ROLES[len(employer.key) % 4]}@{employer.domain}"
    if "shop" in said:
        mail = f"{ROLES[len(employer.key) % 2]}@{employer.domain}"
    if "alias" in said:
        mail = f"{person.extra['alias']}@{employer.domain}"
    if "plus" in said:
        mail = f"{local}+news@{employer.domain}"
    if "priv" in said:
        mail = f"{person.extra['priv']}@{PRIVATE}"
    mobile = person.mobile if has_mobile or "mob" in said else ""
    if "hqmob" in said:
        mobile = employer.phone
    phone = employer.phone if has_phone else ""
    if "testmail" in said:
        mail = "test@test.com"
    if "badmob" in said:
        mobile = "000"
    if "zero" in said:
        mail, mobile, phone = "n/a", "0000000000", ""
    return mail, mobile, phone
