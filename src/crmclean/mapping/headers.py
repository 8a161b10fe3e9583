"""What headers mean by themselves, before any value is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from crmclean.mapping.packs import GENERIC, Meaning, Pack, fold_header, header_words, holders, load_packs, spread
from crmclean.mapping.questions import asked_consent
from crmclean.tables.fields import BY_NAME, Kind

__all__ = ["HeaderGuess", "guess_headers"]


@dataclass(frozen=True)
class HeaderGuess:
    """A field ("" for none), how sure, why, and whether the header is known at all."""

    field: str
    confidence: float
    why: str
    polarity: int = 0
    known: bool = True
    loose: bool = False  # read with words left out or letters changed
    firm: bool = False  # a system's own word for a column that is no contact field


_NOTHING_KNOWN = HeaderGuess("", 0.0, "no pack knows this header", known=False)

_PERSONS = frozenset(
    {
        "person", "lead", "contact", "attendee", "registrant", "delegate", "visitor", "participant", "prospect",
        "customer", "client", "patient", "member", "guest", "user", "subscriber", "purchaser", "employee", "people",
        "scanned", "crm", "sf", "sfdc", "hs",
    }
)  # fmt: skip
_FIRMS = frozenset(
    {
        "account", "organization", "organisation", "org", "company", "business", "firm", "employer",
        "vendor", "supplier",
    }
)  # fmt: skip
_DEALS = frozenset(
    {
        "deal", "opportunity", "order", "ticket", "invoice", "transaction", "product", "quote",
    }
)  # fmt: skip
_PLACES = frozenset(
    {
        "primary", "work", "business", "office", "main", "default", "current", "billing", "mailing", "shipping",
        "postal", "home", "other", "alt", "addr", "address",
    }
)  # fmt: skip
_FILLERS = frozenset(
    {
        "please", "enter", "your", "the", "a", "an", "of", "what", "is", "full", "official", "number", "no",
        "num", "nr", "id", "value", "text", "field", "required", "optional", "contact", "lead", "attendee",
        "person", "primary", "business", "work", "current", "our", "my", "in", "as", "for", "and", "info",
        "information", "data", "details", "raw", "original", "valid", "best", "customer",
    }
)  # fmt: skip
_SECONDS: Mapping[str, str] = {
    "email": "email_2",
    "phone": "other_phone",
    "mobile": "other_phone",
    "street": "street_2",
}
_COUNTED = frozenset({"id", "number", "no", "num", "nr"})
_COUNTABLE = frozenset({Kind.PHONE, Kind.EMAIL, Kind.ID})
_FUZZY_KINDS = frozenset(Kind) - {Kind.CONSENT, Kind.FLAG, Kind.ID, Kind.DATE, Kind.PERSON}


def guess_headers(header: Sequence[str]) -> tuple[str, list[HeaderGuess]]:
    """(system, a guess for each header)."""
    votes = _votes(header)
    system = _winner(header, votes)
    guesses = [_guess(name, system, votes) for name in header]
    return system, _with_names(header, guesses)


def _with_names(header: Sequence[str], guesses: list[HeaderGuess]) -> list[HeaderGuess]:
    """Where a system's "Name" is no person, but the file has no other name, it is one after all."""
    if any(BY_NAME[guess.field].kind is Kind.NAME for guess in guesses if guess.field):
        return guesses
    generic = load_packs()[GENERIC].headers
    return [
        HeaderGuess("full_name", 0.7, "the only name of the file")
        if not guess.field and generic.get(fold_header(name), Meaning("")).field == "full_name"
        else guess
        for name, guess in zip(header, guesses, strict=True)
    ]


# ---- which system


def _votes(header: Sequence[str]) -> dict[str, float]:
    """How well each pack explains the headers: a header few packs share counts more, its exact spelling too."""
    counts = spread()
    votes: dict[str, float] = {}
    for name in header:
        key = fold_header(name)
        for pack in holders(key):
            exact = 1 / counts.get(f"={name.strip()}", 1) if name.strip() in pack.spelt else 0.0
            votes[pack.system] = votes.get(pack.system, 0.0) + 1 / counts.get(key, 1) + exact
    return votes


def _winner(header: Sequence[str], votes: Mapping[str, float]) -> str:
    """The system that explains the file best; "" unless it has a header nearly to itself and explains half of them."""
    packs = load_packs()
    keys = [(fold_header(name), name.strip()) for name in header]
    known = [key for key, _ in keys if holders(key)]
    fit = [
        name
        for name in sorted(votes)
        if name != GENERIC
        and not name.startswith("language:")
        and any(_is_rare(key, spelt, packs[name]) for key, spelt in keys)
        and 2 * sum(key in packs[name].headers for key in known) >= len(known)
    ]
    return max(fit, key=lambda name: votes[name], default="")


def _is_rare(key: str, spelt: str, pack: Pack) -> bool:
    """Whether a header tells this system from the others: at most one other has it, and it is no common word."""
    generic, counts = load_packs()[GENERIC], spread()
    if key not in pack.headers or not pack.headers[key].field:
        return False
    by_key = key not in generic.headers and counts[key] <= 2
    return by_key or (spelt in pack.spelt and spelt not in generic.spelt and counts[f"={spelt}"] == 1)


# ---- one header


def _guess(name: str, system: str, votes: Mapping[str, float]) -> HeaderGuess:
    if name.strip().casefold().startswith("crmclean_"):
        return HeaderGuess("", 1.0, "written by an earlier run", firm=True)
    for reading in _readings(name):
        key = fold_header(reading.text)
        found = _look_up(key.rstrip("0123456789") if reading.loose else key, system, votes)
        if found and _may_shorten(reading, found[1].field):
            return _known(reading, *found, system)
    return _twice(name, system, votes) or _question(name) or _fuzzy(name) or _NOTHING_KNOWN


def _twice(name: str, system: str, votes: Mapping[str, float]) -> HeaderGuess | None:
    """A header that says one thing twice, in two words or two languages: ``Firma / Company``."""
    parts = [part for part in re.split(r"\s*[/|\n–—]\s*|\s+-\s+", name.strip(" *:?")) if part]
    found = [_look_up(fold_header(part), system, votes) for part in parts]
    fields = {each[1].field for each in found if each}
    if {"phone"} < fields <= {"phone", "mobile", "home_phone"}:  # whichever number somebody has
        fields = {"phone"}
    if len(parts) < 2 or None in found or len(fields) != 1 or "" in fields:
        return None
    polarities = {each[1].polarity for each in found if each}
    return HeaderGuess(fields.pop(), 0.88, "said twice", polarities.pop()) if len(polarities) == 1 else None


def _question(name: str) -> HeaderGuess | None:
    """A sentence about consent, or ``Opted out of email: Newsletter``, one column for each sort of mail."""
    asked = asked_consent(header_words(name))
    if asked:
        return HeaderGuess(asked, 0.75, "a question about consent", loose=True)
    topic = re.match(r"\s*((?:un)?subscribed|opted (?:out|in)[^:]*)\s*:", name, flags=re.IGNORECASE)
    found = load_packs()[GENERIC].headers.get(fold_header(topic[1])) if topic else None
    return HeaderGuess(found.field, 0.85, f"{topic[1]!r} for one sort of mail") if found and topic else None


def _may_shorten(reading: _Reading, field: str) -> bool:
    """A number or an id of something is only that thing when it is a phone, an e-mail or an id."""
    counted = _COUNTED.intersection(reading.dropped)
    return not counted or (bool(field) and BY_NAME[field].kind in _COUNTABLE)


def _known(reading: _Reading, pack: Pack, meaning: Meaning, rivals: int, system: str) -> HeaderGuess:
    sure = reading.confidence
    if pack.system != system:
        foreign = pack.system != GENERIC and not pack.system.startswith("language:")
        sure -= (0.15 if reading.text.strip() in pack.spelt else 0.3) if foreign else 0.12 if rivals else 0.0
    label = "" if pack.system == GENERIC else f" of {pack.label}"
    note = f" ({meaning.note})" if meaning.note else ""
    told = f"{reading.how}, {reading.text!r}" if reading.how else "header"
    field = meaning.field
    if reading.loose and re.search(r"(?<![0-9])[2-9]$", reading.text.strip()):
        field = _SECONDS.get(field, field)
    word = f"{told}{label} is {field or 'no contact field'}{note}"
    firm = not field and pack.system == system
    return HeaderGuess(field, sure, word, meaning.polarity, loose=reading.loose, firm=firm)


def _look_up(key: str, system: str, votes: Mapping[str, float]) -> tuple[Pack, Meaning, int] | None:
    """The pack that decides on a folded header, what it says, and how many others say something else.

    The file's language comes first, then its system, then the common pack, then whoever explains the file best.
    """
    found = holders(key)
    if not found:
        return None
    language = _language(votes)

    def rank(pack: Pack) -> tuple[bool, bool, bool, float, str]:
        vote = -votes.get(pack.system, 0.0)
        return pack.system != language, pack.system != system, pack.system != GENERIC, vote, pack.system

    best = min(found, key=rank)
    return best, best.headers[key], len({pack.headers[key].field for pack in found}) - 1


def _language(votes: Mapping[str, float]) -> str:
    """The language of the file when it explains more than English packs do; "" for English."""
    spoken = {name: vote for name, vote in votes.items() if name.startswith("language:")}
    best = min(spoken, key=lambda name: (-spoken[name], name), default="")
    rest = {name: vote for name, vote in votes.items() if name not in spoken}
    english = rest.pop(GENERIC, 0.0) + max(rest.values(), default=0.0)
    return best if best and spoken[best] > english else ""


@dataclass(frozen=True)
class _Reading:
    """One way to read a header: how sure, how it was got, its text, and the words that were left out."""

    confidence: float
    how: str
    text: str
    dropped: tuple[str, ...] = ()
    loose: bool = False


def _readings(name: str) -> Iterator[_Reading]:
    """From the header itself to looser readings of it."""
    yield _Reading(0.97, "", name)
    bare = re.sub(r"^\s*\(do not modify\)\s*", "", name, flags=re.IGNORECASE)
    bare = re.sub(r"\s*[\[(][^\])]*[\])]\s*", " ", bare).strip(" *:?")
    if bare and bare != name:
        yield _Reading(0.9, "without its addition", bare)
    owner, rest = _split_object(bare)
    if rest:
        yield _Reading(0.88, "without its object", _of_object(owner, rest))
    yield from _shortened(header_words(bare))


def _split_object(name: str) -> tuple[str, str]:
    """("person", "First name") of ``Person - First name``, ``Lead: X``, ``Contact.X`` and ``contact_first_name``."""
    match = re.match(r"^\s*([^\W\d_]+)\s*(?:\s-\s|:|\.|/|_|\s)\s*(\S.*)$", name)
    owner = match[1].casefold() if match else ""
    if not match or owner not in _PERSONS | _FIRMS | _DEALS | _PLACES:
        return "", ""
    return owner, match[2]


def _of_object(owner: str, rest: str) -> str:
    """The common header for a part of some object: the name of an account is a company."""
    key = fold_header(rest)
    if owner in _FIRMS:
        return {"name": "Company", "id": "Account ID", "title": "", "status": ""}.get(key, rest)
    if owner in _DEALS:
        return rest if key in ("leadsource", "source") else ""
    return rest


def _shortened(words: list[str]) -> Iterator[_Reading]:
    """Without a number at the end (which still tells a second e-mail from the first), without filler words."""
    number = next((word for word in reversed(words) if word.isdecimal()), "")
    plain = [word for word in words if not word.isdecimal()]
    if number and plain:
        yield _Reading(0.85, "numbered", f"{' '.join(plain)} {number}", loose=True)
    short = [word for word in plain if word not in _FILLERS]
    if short and short != words:
        dropped = tuple(word for word in plain if word in _FILLERS)
        yield _Reading(0.75, "in short", f"{' '.join(short)} {number}".strip(), dropped, loose=True)


# ---- near spellings


@lru_cache(maxsize=1)
def _spellings() -> tuple[tuple[str, str], ...]:
    """(folded header, field) of the common pack, for fields that a near spelling may mean."""
    headers = load_packs()[GENERIC].headers
    return tuple(
        sorted(
            (key, meaning.field)
            for key, meaning in headers.items()
            if meaning.field and len(key) >= 5 and BY_NAME[meaning.field].kind in _FUZZY_KINDS
        )
    )


def _fuzzy(name: str) -> HeaderGuess | None:
    """A slip of the pen: one edit in a short header, two in a long one, same first letter, one field only."""
    key = fold_header(name)
    if len(key) < 5 or key.isdecimal():
        return None
    budget = 1 if len(key) < 9 else 2
    near = [
        (distance, spelling, field)
        for spelling, field in _spellings()
        if spelling[0] == key[0] and (distance := OSA.distance(key, spelling, score_cutoff=budget)) <= budget
    ]
    if not near:
        return None
    least = min(distance for distance, _, _ in near)
    fields = {field for distance, _, field in near if distance == least}
    if len(fields) != 1:
        return None
    distance, spelling, field = min(near)
    return HeaderGuess(field, 0.72 - 0.1 * (distance - 1), f"spelt nearly like {spelling!r}, {field}", loose=True)
