"""E-mail addresses as files hold them, and what becomes of them: the cases of the differential tests.

Drawn by a seeded generator from names, domains and the odd corners of the standards; each text once.
"""

from __future__ import annotations

import random

__all__ = ["mixed", "realistic"]

NAMES = [
    "ann", "lee", "priya", "sharma", "mohammad", "rezaei", "jose", "garcia", "hans", "mueller", "joao", "silva", "li",
    "nguyen", "fatima", "al-sayed", "o'brien", "smith", "kumar", "ivanova", "yamada", "dubois", "rossi", "khan", "das",
]  # fmt: skip
COMPANIES = ["acme", "globex", "initech", "sun-widgets", "karant", "ortera", "xenorix", "bluebay", "mail", "4d", "e-on"]
ENDINGS = ["com", "co.uk", "in", "de", "com.br", "ir", "com.bd", "ae", "fr", "com.au", "org", "io", "info", "museum"]
FREE = ["gmail.com", "yahoo.co.in", "outlook.com", "web.de", "mail.ru", "hotmail.fr", "uol.com.br", "icloud.com"]
LOCALS = ["info", "a", "ann+crm", "ann_lee-1", "Ann.LEE", "x" * 60, "ünal", "प्रिया", "!#$%&'*+/=?^_`{|}~", "李"]
DOMAINS = [
    "Acme.CO.UK", "bücher.de", "xn--bcher-kva.de", "a-b.c1.io", "उदाहरण.भारत", "x.co", "localhost", "foo.test",
    "a.invalid", "b.local", "acme.c", "acme.123", "ac--me.com", "-acme.com", "acme-.com", "127.0.0.1", "[1.2.3.4]",
    "faß.de", "ACME.Onion", "example.com", "straße.example", "a.b.c.d.e.f.org",
]  # fmt: skip
NOISE = "abcXYZ019._-+@ '\"(),:;<>[]\\é\u0301ß\u200bक्१.@@.."


def _realistic(chance: random.Random) -> str:
    first, last = chance.choice(NAMES), chance.choice(NAMES)
    number = chance.choice(["", "", str(chance.randint(1, 99)), str(chance.randint(1950, 2010))])
    local = chance.choice(
        [
            f"{first}.{last}{number}",
            f"{first[0]}{last}{number}",
            f"{first}_{last}",
            f"{first}{number}",
            f"{last}-{first}",
        ]
    )
    if chance.random() < 0.6:
        host = f"{chance.choice(COMPANIES)}{chance.choice(['', str(chance.randint(1, 999)), chance.choice(NAMES[:2])])}"
        domain = f"{chance.choice(['', '', '', 'mail.', 'eu.'])}{host}.{chance.choice(ENDINGS)}"
    else:
        domain = chance.choice(FREE)
    text = f"{local}@{domain}"
    case = chance.random()
    return text.upper() if case < 0.03 else text.title() if case < 0.08 else text


def _odd(chance: random.Random) -> str:
    local = chance.choice(LOCALS) if chance.random() < 0.5 else _realistic(chance).partition("@")[0]
    domain = chance.choice(DOMAINS) if chance.random() < 0.5 else _realistic(chance).partition("@")[2]
    return f"{local}@{domain}"


def _mutated(address: str, chance: random.Random) -> str:
    letters = list(address)
    for _ in range(chance.choice([1, 1, 2, 3])):
        place = chance.randrange(len(letters) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            letters.insert(place, chance.choice(NOISE))
        elif kind == 1 and letters:
            letters.pop(min(place, len(letters) - 1))
        elif kind == 2 and letters:
            letters[min(place, len(letters) - 1)] = chance.choice(NOISE)
        elif len(letters) > 1:
            place = min(place, len(letters) - 2)
            letters[place : place + 2] = reversed(letters[place : place + 2])
    return "".join(letters)


def realistic(count: int, seed: int = 0) -> list[str]:
    """Addresses such as a file of contacts holds: people at companies and at free mail hosts."""
    chance = random.Random(f"crmclean e-mails realistic {seed}")
    found: dict[str, None] = {}
    while len(found) < count:
        found[_realistic(chance)] = None
    return list(found)


def mixed(count: int, seed: int = 0) -> list[str]:
    """Realistic addresses, some with characters lost, changed, doubled and swapped, and odd ones, mutated too."""
    chance = random.Random(f"crmclean e-mails mixed {seed}")
    found: dict[str, None] = {}
    while len(found) < count:
        address = _realistic(chance) if chance.random() < 0.85 else _odd(chance)
        text = _mutated(address, chance) if chance.random() < 0.35 else address
        if text:
            found[text] = None
    return list(found)
