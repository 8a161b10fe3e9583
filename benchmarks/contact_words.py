"""The name, company, title and address cells of the rows, with what clerks and systems do to them."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from contact_columns import edit, join, pick, switch, typo
from contact_copies import MAIL, MOBILE, NAME_ADDRESS, NAME_COMPANY, Rows
from contact_kin import married_name
from contact_lists import cities, country_codes, load, names
from contact_world import Companies, People, Places, make_places

__all__ = ["address_columns", "company_column", "mojibake", "name_columns", "title_column"]

# what happens to the name of a copy, in order, with cumulative shares; "none" is the rest
MISHAPS = {
    "first_typo": 0.09, "last_typo": 0.17, "nickname": 0.25, "variant": 0.32, "initial": 0.37, "swapped": 0.405,
    "short_family": 0.46, "upper": 0.50, "lower": 0.53, "mojibake": 0.55, "unaccented": 0.60, "one_column": 0.61,
    "no_first": 0.625, "middle": 0.66, "unknown_last": 0.667, "married": 0.70,
}  # fmt: skip
NATIVE_CULTURES = ("ru", "hi", "ta", "te", "bn", "fa", "ar")


def mojibake(text: str, seed: int = 0) -> str:
    """UTF-8 read as Windows-1252."""
    return text.encode().decode("cp1252", "replace") if not text.isascii() else text


def _unaccented(text: str, seed: int = 0) -> str:
    """Accents dropped; only for Latin text."""
    plain = unicodedata.normalize("NFD", text.replace("ß", "ss"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)) if plain[:1] < "\u0250" else text


def name_columns(rows: Rows, people: People, rng: np.random.Generator) -> tuple[pa.Array, pa.Array]:
    """The First Name and Last Name columns."""
    known = names()
    given, family = people.given[rows.person], people.family[rows.person]
    chance = rng.random(len(rows))
    identified = rows.needing(MOBILE) | rows.needing(MAIL)
    happened: dict[str, np.ndarray] = {}
    low = 0.0
    for name, high in MISHAPS.items():
        happened[name] = rows.copy & (chance >= low) & (chance < high)
        low = high
    for name in ("initial", "one_column", "no_first", "unknown_last", "married"):
        happened[name] &= identified & ~people.protected[rows.person]
    happened["married"] &= people.second_family[rows.person] < 0
    family = np.where(happened["married"], married_name(given, family, rng), family)
    native = _native(rows, people, rng)
    pair = rng.random(len(rows)) < 0.5
    first = pick(known.latin, given)
    for name, forms in (("nickname", known.nicknames), ("variant", known.variants)):
        first = switch(happened[name], switch(pair, pick(forms[0], given), pick(forms[1], given)), first)
    last = switch(happened["variant"] & pair, pick(known.variants[0], family), pick(known.latin, family))
    first, last = switch(native, pick(known.native, given), first), switch(native, pick(known.native, family), last)
    last = _second_family(rows, people, last, happened["short_family"], rng)
    last = edit(last, happened["last_typo"], typo, rng)
    first = edit(first, happened["first_typo"], typo, rng)
    middle = pick(list("ABCDEGHJKLMNPRSTV"), rows.person * 31 % 17)
    first = switch(happened["middle"], join(first, " ", middle, "."), first)
    dot = switch(rng.random(len(rows)) < 0.5, ".", "")
    first = switch(happened["initial"] & ~native, join(pc.utf8_slice_codeunits(first, 0, 1), dot), first)
    return _manners(rows, people, first, last, happened, native, rng)


def _native(rows: Rows, people: People, rng: np.random.Generator) -> np.ndarray:
    """Rows written in the script of the person's culture: some people throughout, some copies the other way round."""
    has_script = np.isin(people.culture, [names().cultures.index(culture) for culture in NATIVE_CULTURES])
    usual = has_script & (rng.random(len(has_script)) < 0.12)
    flipped = rows.copy & has_script[rows.person] & (rng.random(len(rows)) < 0.15)
    return np.asarray(usual[rows.person] ^ flipped)


def _second_family(
    rows: Rows, people: People, last: pa.Array, dropped: np.ndarray, rng: np.random.Generator
) -> pa.Array:
    """García López, Smith-Jones; a copy may drop the second (rarely the first) part."""
    second = people.second_family[rows.person]
    there = second >= 0
    joint = pa.array([load("cultures")[culture]["double_join"] for culture in names().cultures])
    other = pick(names().latin, np.maximum(second, 0))
    both = join(last, pick(joint, people.culture[rows.person]), other)
    hyphen = np.asarray(pc.equal(pick(joint, people.culture[rows.person]), "-"))
    last = switch(there & ~dropped, both, last)
    return switch(there & dropped & hyphen & (rng.random(len(rows)) < 0.3), other, last)


def _manners(
    rows: Rows,
    people: People,
    first: pa.Array,
    last: pa.Array,
    happened: dict[str, np.ndarray],
    native: np.ndarray,
    rng: np.random.Generator,
) -> tuple[pa.Array, pa.Array]:
    """Suffixes, case, encodings, swapped and joined columns, stray blanks."""
    suffix = people.suffix[rows.person]
    shown = (suffix > 0) & (~rows.copy | (rng.random(len(rows)) < 0.8))
    last = switch(shown, join(last, switch(suffix == 2, " Jr.", " Sr.")), last)
    for column in ("first", "last"):
        text = first if column == "first" else last
        text = edit(text, happened["mojibake"] & ~native, mojibake, rng)
        text = edit(text, happened["unaccented"] & ~native, _unaccented, rng)
        text = switch(happened["upper"] | (~rows.copy & (rng.random(len(rows)) < 0.01)), pc.utf8_upper(text), text)
        text = switch(happened["lower"], pc.utf8_lower(text), text)
        blank = rng.random(len(rows))
        text = switch(blank < 0.01, join(" ", text), switch(blank > 0.985, join(text, " "), text))
        first, last = (text, last) if column == "first" else (first, text)
    swapped = happened["swapped"]
    first, last = switch(swapped, last, first), switch(swapped, first, last)
    first, last = (
        switch(happened["one_column"] | happened["no_first"], "", first),
        switch(happened["one_column"], join(first, " ", last), last),
    )
    last = switch(happened["unknown_last"], "Unknown", last)
    title = rows.copy & (rng.random(len(rows)) < 0.012) & ~np.asarray(pc.equal(first, ""))
    return switch(title, join("Dr. ", first), first), last


def company_column(rows: Rows, companies: Companies, rng: np.random.Generator) -> pa.Array:
    """The Company column: name and legal form, each in one of the ways it is written."""
    employer = np.maximum(rows.company, 0)
    table = load("countries")
    ways = [form for code in country_codes() for form in table[code]["forms"]]
    flat = [way for form in ways for way in form]
    way_start = np.cumsum([0, *[len(form) for form in ways]])[:-1]
    form_start = np.cumsum([0, *[len(table[code]["forms"]) for code in country_codes()]])[:-1]
    form = form_start[companies.country[employer]] + companies.form[employer]
    counts = np.array([len(form) for form in ways])
    usual = rng.random(len(rows)) < np.where(rows.copy, 0.55, 0.85)
    way = np.where(usual, 0, (rng.random(len(rows)) * counts[form]).astype(np.int64))
    chance = rng.random(len(rows))
    name = pick(companies.name, employer)
    shortened = rows.copy & (chance < 0.12)
    for long, short in load("words")["companies"]["trade_short"]:
        name = switch(shortened, pc.replace_substring(name, long, short), name)
    name = edit(name, rows.copy & (chance > 0.95), typo, rng)
    text = pc.utf8_rtrim_whitespace(join(name, " ", pick(flat, way_start[form] + way)))
    text = switch(rng.random(len(rows)) < 0.04, pc.utf8_upper(text), text)
    text = edit(text, rows.copy & (rng.random(len(rows)) < 0.02), mojibake, rng)
    free = ~rows.needing(NAME_COMPANY)
    dummies = load("words")["other"]["placeholder_company"]
    blank = rng.random(len(rows))
    text = switch(free & (blank < np.where(rows.copy, 0.22, 0.08)), "", text)
    text = switch(free & (blank > 0.985), pick(dummies, rng.integers(0, len(dummies), len(rows))), text)
    return switch(rows.company >= 0, text, switch(blank > 0.985, "n/a", ""))


def title_column(rows: Rows, people: People, rng: np.random.Generator) -> pa.Array:
    """The Job Title column; copies may carry another title or another way of writing it."""
    ways = [[entry.split("|")[0], *entry.split("|")[2].split(";")] for entry in load("words")["titles"]["list"]]
    starts = np.cumsum([0, *[len(forms) for forms in ways]])[:-1]
    counts = np.array([len(forms) for forms in ways])
    title = people.title[rows.person]
    promoted = rows.copy & (rng.random(len(rows)) < np.where(rows.changed, 0.6, 0.2))
    title = np.where(promoted, rng.integers(0, len(ways), len(rows)), title)
    usual = rng.random(len(rows)) < 0.7
    way = np.where(usual, 0, (rng.random(len(rows)) * counts[title]).astype(np.int64))
    text = pick([form for forms in ways for form in forms], starts[title] + way)
    text = switch(rng.random(len(rows)) < 0.03, pc.utf8_lower(text), text)
    gone = (rng.random(len(rows)) < np.where(rows.copy, 0.35, 0.15)) | (people.company[rows.person] < 0)
    return switch(gone, "", text)


def _places(rows: Rows, people: People, companies: Companies, rng: np.random.Generator) -> Places:
    """Where each row says the contact is: the employer, the home of a consumer, a new place for those who moved."""
    at_home = rows.company < 0
    employer = np.maximum(rows.company, 0)
    own, work = people.home, companies.place
    fresh = make_places(np.where(at_home, own.country[rows.person], work.country[employer]), rng)

    def choose(column: str) -> pa.Array:
        known = switch(at_home, getattr(own, column).take(pa.array(rows.person)), pick(getattr(work, column), employer))
        return switch(rows.moved, getattr(fresh, column), known)

    city = np.where(rows.moved, fresh.city, np.where(at_home, own.city[rows.person], work.city[employer]))
    return Places(city, fresh.country, choose("street"), choose("postcode"), fresh.area)


def address_columns(
    rows: Rows, people: People, companies: Companies, rng: np.random.Generator
) -> tuple[dict[str, pa.Array], np.ndarray]:
    """Street, City, State and Postal Code, and the country numbers that go with them."""
    place = _places(rows, people, companies, rng)
    towns = [town for code in country_codes() for town in cities(code)]
    street = place.street
    shortened = rng.random(len(rows)) < np.where(rows.copy, 0.4, 0.1)
    for number, code in enumerate(country_codes()):
        there = shortened & (place.country == number)
        for long, short in load("countries")[code]["abbreviated"]:
            some = there & (rng.random(len(rows)) < 0.7)
            where = np.flatnonzero(some)
            changed = pc.replace_substring(street.take(pa.array(where)), long, short)
            street = pc.replace_with_mask(street, pa.array(some), changed)
    street = edit(street, rows.copy & (rng.random(len(rows)) < 0.04), typo, rng)
    street = edit(street, rows.copy & (rng.random(len(rows)) < 0.01), mojibake, rng)
    city = pick([town.name for town in towns], place.city)
    city = edit(city, rows.copy & (rng.random(len(rows)) < 0.03), typo, rng)
    city = edit(city, rng.random(len(rows)) < 0.03, _unaccented, rng)
    free = ~rows.needing(NAME_ADDRESS)
    nowhere = free & (rng.random(len(rows)) < np.where(rows.copy, 0.2, 0.1))
    columns = {
        "Street": switch(nowhere | (free & (rng.random(len(rows)) < 0.15)), "", street),
        "City": switch(nowhere | (free & (rng.random(len(rows)) < 0.08)), "", city),
        "State": switch(nowhere | (rng.random(len(rows)) < 0.25), "", pick([town.state for town in towns], place.city)),
        "Postal Code": switch(nowhere | (rng.random(len(rows)) < 0.25), "", place.postcode),
    }
    return columns, place.country
