"""Make the five files and their truth: ``python -m tests.dedup.five_sources.make_five_sources``.

The same bytes every time. The labels come from ``people.toml``; nothing here asks the matcher.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.dedup.five_sources.cells import COUNTRIES, Cells, cells_of, phone_text
from tests.dedup.five_sources.world import HERE, Company, Person, Spec, bogus, make_world

__all__ = ["FILES", "make_files"]

FILES = {
    "C": "salesforce_contacts.csv",
    "H": "hubspot-crm-exports-all-contacts-2026-10-30.csv",
    "E": "eventbrite_attendees.csv",
    "B": "badge_scans.csv",
    "L": "purchased_list.txt",
}
CRM = [
    "Contact ID", "First Name", "Last Name", "Suffix", "Title", "Account Name", "Email", "Phone", "Mobile Phone",
    "Mailing Street", "Mailing City", "Mailing State/Province", "Mailing Zip/Postal Code", "Mailing Country",
    "Lead Source", "Contact Owner", "Created Date", "Last Activity Date", "Email Opt Out", "Do Not Call",
]  # fmt: skip
HUBSPOT = [
    "Record ID", "First Name", "Last Name", "Email", "Phone Number", "Mobile Phone Number", "Job Title",
    "Company Name", "City", "Country/Region", "Original Source", "Lifecycle Stage", "Create Date",
    "Unsubscribed from all email", "Marketing contact status",
]  # fmt: skip
EVENT = [
    "Order no.", "Order Date", "Ticket Type", "Full Name", "Email", "Mobile", "Job Title", "Company", "Work City",
    "Work Country",
]  # fmt: skip
BADGE = [
    "Scan Time", "Badge ID", "First Name", "Last Name", "Title", "Company", "Email", "Phone", "City", "Country",
    "Scanned By", "Lead Rating", "Notes", "Opt-in",
]  # fmt: skip
LIST = [
    "COMPANY", "CONTACT FIRST NAME", "CONTACT LAST NAME", "POSITION", "E-MAIL", "TELEPHONE", "MOBILE", "ADDRESS",
    "CITY", "POSTCODE", "COUNTRY", "DATA SOURCE",
]  # fmt: skip
HEADERS = {"C": CRM, "H": HUBSPOT, "E": EVENT, "B": BADGE, "L": LIST}


@dataclass
class Row:
    """A row to write, whose it is and what happened to it."""

    cells: list[str]
    person: str
    words: str
    alike: str = ""


def make_files() -> dict[str, bytes]:
    """The content of every file by name."""
    rng = Random(20261126)
    companies, people = make_world(rng)
    rows: dict[str, list[Row]] = {key: [] for key in FILES}
    for person in people:
        for spec in person.rows:
            cells = cells_of(person, spec, companies, rng)
            written = WRITERS[spec.file](person, spec, cells, rng)
            what, alike = " ".join(sorted(spec.words)), person.extra.get("alike", "")
            rows[spec.file].append(Row(written, person.id, what, alike))
    _nobodies(rows, companies, rng)
    truth: list[tuple[str, int, str, str, str, str]] = []
    files = {}
    for key, name in FILES.items():
        rng.shuffle(rows[key])
        _number(key, rows[key])
        data, lines = FRAMES[key](rows[key])
        files[name] = data
        identified = {"C": 0, "H": 0}
        for row, line in zip(rows[key], lines, strict=True):
            record = row.cells[identified[key]] if key in identified else ""
            truth.append((name, line, record, row.person, row.words, row.alike))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("file", "line", "id", "person", "what", "alike"), *truth])
    return files | {"truth.csv": out.getvalue().encode()}


# ------------------------------------------------------------------------------------------------- a row, by source


def _when(rng: Random, years: tuple[int, int]) -> tuple[int, int, int]:
    return rng.randrange(*years), rng.randrange(1, 13), rng.randrange(1, 29)


def _clock(rng: Random) -> str:
    return f"{rng.randrange(9, 18):02d}:{rng.randrange(60):02d}"


def _last(cells: Cells) -> str:
    return f"{cells.last} {cells.suffix}".strip()


def _crm(person: Person, spec: Spec, cells: Cells, rng: Random) -> list[str]:
    where, country = cells.employer, cells.employer.country
    year, month, day = _when(rng, (2017, 2025))
    box, at, domain = cells.mail.partition("@")
    mail = cells.mail if rng.random() < 0.8 else f"{box.title()}{at}{domain}"
    street = where.street.replace(" ", "\n", 1) if rng.random() < 0.05 else where.street
    full = rng.random() < 0.85
    return [
        "", cells.first, cells.last, cells.suffix, cells.title, cells.company, mail,
        phone_text(cells.phone, country, "crm"),
        cells.mobile if cells.mobile.startswith("0") else phone_text(cells.mobile, country, "crm"),
        street if full else "", where.city if full else "", where.state if full else "", where.postcode if full else "",
        COUNTRIES[country], where.source, rng.choice(("Dana Whitfield", "Omar Farouk")), f"{month}/{day}/{year}",
        f"{rng.randrange(1, 13)}/{rng.randrange(1, 29)}/{rng.randrange(2025, 2027)}".replace("/2026", "/2025"),
        "1" if "C" in person.extra.get("out", "").split(",") else "0",
        "1" if "C" in person.extra.get("dnc", "").split(",") else "0",
    ]  # fmt: skip


def _hubspot(person: Person, spec: Spec, cells: Cells, rng: Random) -> list[str]:
    where, country = cells.employer, cells.employer.country
    year, month, day = _when(rng, (2019, 2026))
    out = "H" in person.extra.get("out", "").split(",")
    mobile = cells.mobile if cells.mobile.startswith("0") else phone_text(cells.mobile, country, "e164")
    return [
        "", cells.first, _last(cells), cells.mail.lower(), phone_text(cells.phone, country, "e164"), mobile,
        cells.title, cells.company, where.city if rng.random() < 0.6 else "", COUNTRIES[country],
        rng.choice(("Organic Search", "Direct Traffic", "Email Marketing", "Offline Sources")),
        rng.choice(("Lead", "Subscriber", "Customer")), f"{day:02d}/{month:02d}/{year} {_clock(rng)}",
        "true" if out else "false",
        "Non-marketing contact" if out else "Marketing contact" if "optin" in spec.words else "",
    ]  # fmt: skip


def _event(person: Person, spec: Spec, cells: Cells, rng: Random) -> list[str]:
    where, country = cells.employer, cells.employer.country
    _, month, day = _when(rng, (2026, 2027))
    suffix = cells.suffix if country != "DE" else {"Sr.": "sen.", "Jr.": "jun.", "": ""}[cells.suffix]
    name = " ".join(part for part in (cells.first, cells.last, suffix) if part)
    return [
        "", f"{day:02d}.{month % 8 + 1:02d}.2026", rng.choice(("Visitor", "Visitor", "Conference", "VIP")), name,
        cells.mail,
        phone_text(cells.mobile, country, "local"), cells.title, cells.company, where.city, COUNTRIES[country],
    ]  # fmt: skip


def _badge(person: Person, spec: Spec, cells: Cells, rng: Random) -> list[str]:
    where, country = cells.employer, cells.employer.country
    number = cells.mobile or cells.phone
    note = rng.choice(("", "", "wants brochure", "call in November", "met the CEO"))
    opt_in = "Yes" if "optin" in spec.words else rng.choice(("", "", "Yes", "No")) if "out" not in person.extra else ""
    return [
        f"2026-10-{rng.randrange(13, 16)} {_clock(rng)}", person.badge,
        cells.first.upper(), _last(cells).upper(), cells.title, cells.company.upper(), cells.mail,
        phone_text(number, country, "zeros"), where.city, COUNTRIES[country],
        rng.choice(("booth-1", "booth-2", "tablet")), rng.choice(("Hot", "Warm", "Cold")), note, opt_in,
    ]  # fmt: skip


def _list(person: Person, spec: Spec, cells: Cells, rng: Random) -> list[str]:
    where, country = cells.employer, cells.employer.country
    mobile = cells.mobile if cells.mobile.startswith("0") else phone_text(cells.mobile, country, "list")
    return [
        cells.company, cells.first, _last(cells), cells.title or where.title, cells.mail,
        phone_text(cells.phone, country, "list"), mobile, where.street, where.city, where.postcode, country,
        "LeadHive Q2/2026",
    ]  # fmt: skip


WRITERS: dict[str, Callable[[Person, Spec, Cells, Random], list[str]]] = {
    "C": _crm, "H": _hubspot, "E": _event, "B": _badge, "L": _list,
}  # fmt: skip
PLACES = {  # of first name, last name, title, company, mail and number
    "C": (1, 2, 4, 5, 6, 7), "H": (1, 2, 6, 7, 3, 4), "B": (2, 3, 4, 5, 6, 7),
}  # fmt: skip


def _nobodies(rows: dict[str, list[Row]], companies: dict[str, Company], rng: Random) -> None:
    """Test entries, and mailboxes of firms without a person."""
    count = 0
    for key, places in PLACES.items():
        for line in bogus(key):
            cells = [""] * len(HEADERS[key])
            for at, text in zip(places, line.split("|"), strict=True):
                cells[at] = text
            if key == "B":
                cells[0], cells[1] = "2026-10-13 08:55", "TEST-1"
            count += 1
            rows[key].append(Row(cells, f"none-{count:02d}", "bogus"))
    for name in bogus("L"):
        firm = companies[name]
        cells = [
            firm.others[0], "", "", "", f"info@{firm.domain}", phone_text(firm.phone, firm.country, "list"), "",
            firm.street, firm.city, firm.postcode, firm.country, "LeadHive Q2/2026",
        ]  # fmt: skip
        count += 1
        rows["L"].append(Row(cells, f"none-{count:02d}", "no person"))


def _number(key: str, rows: list[Row]) -> None:
    """Ids in the order of the file, as the source gives them."""
    for number, row in enumerate(rows, 1):
        if key == "C":
            row.cells[0] = f"0035g00000{number * 7919 % 100_000:05d}AAA"
        elif key == "H":
            row.cells[0] = str(51_000 + number * 37)
        elif key == "E":
            row.cells[0] = str(9_100_200_000 + number * 113)


# ------------------------------------------------------------------------------------------------ a file, by source


def _text(rows: list[list[str]], **dialect: str | int) -> str:
    out = io.StringIO()
    csv.writer(out, **{"lineterminator": "\n", **dialect}).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def _framed(
    key: str, rows: list[Row], *, before: str = "", after: str = "", encoding: str = "utf-8", **dialect: str | int
) -> tuple[bytes, list[int]]:
    """The bytes of a file, and the line each row starts on."""
    text = before + _text([HEADERS[key]], **dialect)
    lines = []
    for row in rows:
        lines.append(text.count("\n") + 1)
        text += _text([row.cells], **dialect)
    return (text + after).encode(encoding), lines


FRAMES: dict[str, Callable[[list[Row]], tuple[bytes, list[int]]]] = {
    "C": lambda rows: _framed(
        "C", rows, quoting=csv.QUOTE_ALL,
        after=f'\n"Grand Totals ({len(rows)} records)"\n"Confidential Information - Do Not Distribute"\n',
    ),
    "H": lambda rows: _framed("H", rows, encoding="utf-8-sig"),
    "E": lambda rows: _framed("E", rows, encoding="cp1252", delimiter=";", lineterminator="\r\n"),
    "B": lambda rows: _framed(
        "B", rows, before="Lead Retrieval Export\nEvent: Meridian Fair 2026\nReport generated 15.10.2026 18:20\n\n",
    ),
    "L": lambda rows: _framed("L", rows, delimiter="\t", lineterminator="\r\n"),
}  # fmt: skip


def main() -> None:
    """The command."""
    for name, data in make_files().items():
        (HERE / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
