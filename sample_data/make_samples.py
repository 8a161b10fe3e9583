"""Make the sample files: ``python sample_data/make_samples.py``. The same bytes every time.

``tradeshow_leads.csv`` is what a badge-scan app hands over after a fair, ``crm_contacts.csv`` what the CRM exports;
partly the same people. The truth files say which records are the same person.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent))

from sample_world import HERE, Company, Person, content, cut, make_people, written_phone

__all__ = ["make_files"]

SHOW_HEADER = [
    "Scanned At", "Badge ID", "First Name", "Last Name", "Job Title", "Company", "Email", "Phone", "Mobile", "City",
    "Country", "Registration Type", "Lead Rating", "Scanned By", "Notes", "Email Opt In",
]  # fmt: skip
CRM_HEADER = [
    "Contact ID", "Salutation", "First Name", "Last Name", "Title", "Account Name", "Email", "Phone", "Mobile Phone",
    "Mailing Street", "Mailing City", "Mailing State/Province", "Mailing Zip/Postal Code", "Mailing Country",
    "Lead Source", "Contact Owner", "Created Date", "Last Activity Date", "Email Opt Out", "Do Not Call",
]  # fmt: skip
COUNTRIES = {
    "AE": ("United Arab Emirates", "UAE"), "BD": ("Bangladesh",), "BR": ("Brazil", "Brasil"),
    "DE": ("Germany", "Deutschland", "DE"), "ES": ("Spain", "España"), "FR": ("France",),
    "GB": ("United Kingdom", "UK"), "IN": ("India", "IN", "INDIA"), "IR": ("Iran",),
    "MX": ("Mexico", "México"), "RU": ("Russia",), "US": ("United States", "USA", "U.S."),
}  # fmt: skip
Row = dict[str, str]


def make_files() -> dict[str, bytes]:
    """The content of every file by name."""
    rng = Random(20261016)
    people = make_people(rng)
    show, show_truth = _tradeshow(people, rng)
    crm, crm_truth = _crm(people, rng)
    return {
        "tradeshow_leads.csv": show,
        "tradeshow_truth.csv": _table(["line", "person"], show_truth),
        "crm_contacts.csv": crm,
        "crm_truth.csv": _table(["Contact ID", "person"], crm_truth),
    }


def _table(header: list[str], rows: list[tuple[str, str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode()


def _slip(text: str, rng: Random) -> str:
    """A letter dropped, doubled or two swapped, not at the start."""
    if len(text) < 4 or not text.isascii():
        return text
    at, kind = rng.randrange(1, len(text) - 1), rng.randrange(3)
    middle = ("", text[at] * 2, text[at + 1] + text[at])[kind]
    return text[:at] + middle + text[at + (2 if kind == 2 else 1) :]


def _typed_name(person: Person, rng: Random, chance: float) -> tuple[str, str]:
    """The name as typed once more, badly with the chance given."""
    first, last = person.first, person.last
    if person.native and rng.random() < 0.4 * chance:
        return person.native
    if rng.random() > chance:
        return first, last
    last_part = last.split()[0].split("-")[0] if not last.endswith("r.") else last
    nickname = content()["nicknames"].get(first, first)
    forms: list[tuple[str, str]] = [
        (nickname, last),
        (nickname, last),
        (first.upper(), last.upper()),
        (first.lower(), last.lower()),
        (_slip(first, rng), last),
        (first, _slip(last, rng)),
        (last, first),
        (f" {first} ", last),
        (first, last_part),
        (first[0] + ".", last),
    ]
    if person.story.startswith(("father", "son")):
        return first, last
    return rng.choice(forms)


def _company_name(company: Company, rng: Random, chance: float) -> str:
    return rng.choice(company.variants) if rng.random() < chance else company.name


def _mail_slip(mail: str, rng: Random) -> str:
    return rng.choice((mail.upper(), mail.replace(".example", ".exmaple"), f" {mail}", mail.replace("@", "@ ")))


# ---------------------------------------------------------------------------------------------------- the trade show


def _tradeshow(people: list[Person], rng: Random) -> tuple[bytes, list[tuple[str, str]]]:
    stories = [person for person in people if person.story]
    visitors = stories + rng.sample([person for person in people if not person.story], 245)
    rows: list[tuple[Row, str]] = []
    for number, person in enumerate(visitors):
        scans = 2 if "both scripts" in person.story else rng.choices((1, 2, 3, 4), (64, 26, 8, 2))[0]
        badge = f"MX26-{10_000 + number * 37 % 8_999:05d}"
        rows += [(_scan(person, badge, again, rng), person.id) for again in range(scans)]
    rows += [(_bogus(line, rng), f"bogus-{number:02d}") for number, line in enumerate(content()["bogus"]["list"], 1)]
    rows.sort(key=lambda row: (row[0]["Scanned At"][:5], row[0]["Scanned At"][11:], row[0]["Badge ID"]))
    return _show_file(rows, rng)


def _scanned_at(rng: Random) -> str:
    if rng.random() < 0.008:
        return f"01/01/2000 00:{rng.randrange(60):02d}"  # a tablet that had lost its clock
    if rng.random() < 0.008:
        return f"{rng.randrange(14, 18)}/10/2019 1{rng.randrange(1, 7)}:{rng.randrange(60):02d}"  # still on the device
    return f"{rng.choice(content()['show']['days'])} {rng.randrange(9, 18):02d}:{rng.randrange(60):02d}"


def _scan(person: Person, badge: str, again: int, rng: Random) -> Row:
    """One badge scan; the first is what the badge says, the later ones are what a rep made of it."""
    show, company = content()["show"], person.company
    first, last = _typed_name(person, rng, 0.55 if again else 0.06)
    if again == 1 and "both scripts" in person.story and person.native:
        first, last = person.native
    if again == 1 and "Liz" in person.story:
        first = "Liz"
    anchor = rng.choice(("email", "email", "mobile", "both"))
    mail = person.email if anchor != "mobile" or rng.random() < 0.3 else ""
    mail = _mail_slip(mail, rng) if mail and again and anchor != "email" and rng.random() < 0.3 else mail
    shown = anchor != "email" or rng.random() < 0.45
    extension = person.extension if rng.random() < 0.5 else ""
    switchboard = written_phone(company.switchboard, company.country, "landline", rng, extension)
    opted_in = "Yes" if "opt-in" in person.story else rng.choice(("Yes", "Yes", "No", "", "yes", "Y"))
    return {
        "Scanned At": _scanned_at(rng),
        "Badge ID": badge if not again or rng.random() < 0.6 else rng.choice(("", f"WI-{rng.randrange(1000, 9999)}")),
        "First Name": first,
        "Last Name": last,
        "Job Title": person.title if rng.random() < 0.85 else rng.choice(("", person.title.upper())),
        "Company": _company_name(company, rng, 0.5 if again else 0.15),
        "Email": mail,
        "Phone": switchboard if rng.random() < 0.45 else "",
        "Mobile": written_phone(person.mobile, company.country, "mobile", rng) if shown else "",
        "City": company.city if rng.random() < 0.85 else "",
        "Country": rng.choice(COUNTRIES[company.country]) if rng.random() < 0.9 else "",
        "Registration Type": rng.choice(show["kinds"]),
        "Lead Rating": rng.choice(show["ratings"]),
        "Scanned By": rng.choice(show["reps"]),
        "Notes": rng.choice(show["notes"]),
        "Email Opt In": opted_in,
    }


def _bogus(line: str, rng: Random) -> Row:
    first, last, title, company, mail, phone, note = cut(line)
    row = dict.fromkeys(SHOW_HEADER, "")
    row.update({"First Name": first, "Last Name": last, "Job Title": title, "Company": company, "Email": mail})
    row.update({"Phone": phone, "Notes": note, "Scanned By": "booth-tablet-2", "Scanned At": _scanned_at(rng)})
    return row | {"Badge ID": rng.choice(("", "MX26-00000", "TEST-1"))}


def _semicolons(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="").writerow(cells)
    return out.getvalue()


def _show_file(rows: list[tuple[Row, str]], rng: Random) -> tuple[bytes, list[tuple[str, str]]]:
    """Preamble, header, rows (a repeated header, a ragged one, some in Windows-1252), footer; and the truth by line."""
    header = _semicolons(SHOW_HEADER)
    lines = [line.encode() for line in [*content()["show"]["preamble"], "", header]]
    truth: list[tuple[str, str]] = []
    western = [number for number, (row, _) in enumerate(rows) if _only_windows_1252(row)]
    windows = set(rng.sample(western, 14))
    ragged = next(
        number for number, (row, _) in enumerate(rows) if row["Notes"] == "Needs ATEX version" and number > 90
    )
    for number, (row, person) in enumerate(rows):
        if number == 214:
            lines.append(header.encode())  # the second tablet's export was appended with its header
        text = _semicolons([row[name] for name in SHOW_HEADER])
        if number == ragged:
            text = text.replace("Needs ATEX version", "Needs ATEX version; zone 1; ask Asha")
        lines.append(text.encode("cp1252" if number in windows else "utf-8"))
        truth.append((str(len(lines)), person))
    lines += [b"", f"Total leads: {len(rows)}".encode(), b"End of report"]
    return b"\r\n".join(lines) + b"\r\n", truth


def _only_windows_1252(row: Row) -> bool:
    """Text that is not ASCII and that Windows-1252 can hold."""
    text = "".join(row.values())
    try:
        return not text.isascii() and bool(text.encode("cp1252"))
    except UnicodeEncodeError:
        return False


# ------------------------------------------------------------------------------------------------------------ the CRM


def contact_id(number: int) -> str:
    """An 18-character id as Salesforce makes them: 15 characters, and three that say which are capitals."""
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    serial = number * 7_368_787 % 62**5
    body = ""
    for _ in range(5):
        serial, at = divmod(serial, 62)
        body = letters[at] + body
    short = f"0035g00000{body}"
    check = ""
    for start in (0, 5, 10):
        bits = sum(1 << place for place, sign in enumerate(short[start : start + 5]) if "A" <= sign <= "Z")
        check += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits]
    return short + check


def _crm(people: list[Person], rng: Random) -> tuple[bytes, list[tuple[str, str]]]:
    stories = [person for person in people if person.story]
    known = stories + rng.sample([person for person in people if not person.story], 385)
    rows: list[tuple[Row, str]] = [(_contact(person, again=False, rng=rng), person.id) for person in known]
    again = rng.sample([person for person in known if not person.story.startswith(("father", "son"))], 78)
    rows += [(_contact(person, again=True, rng=rng), person.id) for person in again + again[:14]]
    rng.shuffle(rows)
    truth = []
    for number, (row, person) in enumerate(rows, 1):
        row["Contact ID"] = contact_id(number)
        truth.append((row["Contact ID"], person))
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([CRM_HEADER, *[[row[name] for name in CRM_HEADER] for row, _ in rows]])
    writer.writerows([[], [f"Grand Totals ({len(rows)} records)"], ["Confidential Information - Do Not Distribute"]])
    return out.getvalue().encode(), truth


def _contact(person: Person, *, again: bool, rng: Random) -> Row:
    """One CRM contact; ``again`` is the same person entered a second time."""
    stale = person.former is not None and (not again or rng.random() < 0.5)
    company = person.former if stale and person.former else person.company
    first, last = _typed_name(person, rng, 0.6) if again else (person.first, person.last)
    mail = f"{person.email.split('@')[0]}@{company.domain}"
    anchor = "mobile" if person.former else rng.choice(("email", "email", "mobile", "both"))
    if again and anchor == "mobile":
        mail = rng.choice((person.private_email, "", mail))
    created = date(2018, 1, 8) + timedelta(days=rng.randrange(2_900))
    active = created + timedelta(days=int((date(2026, 10, 9) - created).days * rng.random() ** (2 if stale else 0.7)))
    blank: Callable[[str, float], str] = lambda text, chance: "" if rng.random() < chance else text  # noqa: E731
    mobile = written_phone(person.mobile, person.company.country, "mobile", rng)
    street = company.street.replace(", ", "\n", 1) if rng.random() < 0.1 else company.street
    extension = person.extension if rng.random() < 0.6 else ""
    return {
        "Salutation": blank(("Ms." if person.female else "Mr.") if rng.random() < 0.9 else "Dr.", 0.35),
        "First Name": first,
        "Last Name": last,
        "Title": blank(person.title if not again else rng.choice((person.title, person.title.upper())), 0.15),
        "Account Name": _company_name(company, rng, 0.4 if again else 0.1),
        "Email": mail if anchor != "mobile" or again else blank(mail, 0.2),
        "Phone": blank(written_phone(company.switchboard, company.country, "landline", rng, extension), 0.3),
        "Mobile Phone": mobile if anchor != "email" else blank(mobile, 0.55),
        "Mailing Street": blank(street, 0.15),
        "Mailing City": blank(company.city, 0.1),
        "Mailing State/Province": blank(company.state, 0.25),
        "Mailing Zip/Postal Code": blank(company.postcode, 0.2),
        "Mailing Country": blank(rng.choice(COUNTRIES[company.country]), 0.1),
        "Lead Source": blank(rng.choice(content()["crm"]["sources"]), 0.1),
        "Contact Owner": rng.choice(content()["crm"]["owners"]),
        "Created Date": f"{created.month}/{created.day}/{created.year}",
        "Last Activity Date": blank(f"{active.month}/{active.day}/{active.year}", 0.12),
        "Email Opt Out": "1" if person.opt_out and not again else "0",
        "Do Not Call": "1" if person.do_not_call and not again else "0",
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Write the sample files.")
    parser.add_argument("-o", "--out", type=Path, default=HERE, help="folder to write to (default: beside this script)")
    folder = parser.parse_args().out
    for name, data in make_files().items():
        (folder / name).write_bytes(data)
        print(f"{folder / name}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
