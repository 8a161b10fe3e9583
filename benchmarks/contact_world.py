"""The world behind the file: companies, people, households, and the mailboxes and telephone numbers they have.

Everything here is true; the file is a careless record of it (see ``contact_copies``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from contact_columns import filled, join, new_numbers, pick, switch, unique_per_owner
from contact_kin import (
    first_of,
    given_names,
    make_families,
    make_family_firms,
    make_namesakes,
    share_mobiles,
)
from contact_lists import cities, country_codes, load, names, plain_ascii, weighted

__all__ = ["Companies", "People", "Places", "local_part", "make_companies", "make_people", "make_places"]

CONSUMERS = 0.06  # share of people known without a company
POSTCODES = 300  # distinct postcodes per city
PATTERNS = np.array([0.34, 0.24, 0.12, 0.08, 0.10, 0.05, 0.07]).cumsum()  # see local_part


@dataclass(frozen=True)
class Places:
    """Addresses: a city number over all countries, a postcode, a street line."""

    city: np.ndarray
    country: np.ndarray
    street: pa.Array
    postcode: pa.Array
    area: pa.Array


@dataclass(frozen=True)
class Companies:
    """Companies; ``head`` is the first position of each one's people."""

    size: np.ndarray
    country: np.ndarray
    name: pa.Array  # without the legal form
    form: np.ndarray  # number of the legal form within the country
    domain: pa.Array
    other_domain: pa.Array
    pattern: np.ndarray
    place: Places
    switchboard: pa.Array


@dataclass(frozen=True)
class People:
    """People; ``company`` is -1 for consumers, ``household`` numbers the consumers' homes."""

    company: np.ndarray
    country: np.ndarray
    culture: np.ndarray
    given: np.ndarray
    family: np.ndarray
    second_family: np.ndarray  # -1 none
    suffix: np.ndarray  # 0 none, 1 Sr., 2 Jr.
    title: np.ndarray
    mobile: pa.Array
    direct: pa.Array  # own desk number; the home number of consumers
    home: Places
    work_mail: pa.Array
    personal_mail: pa.Array
    protected: np.ndarray  # somebody of the same name at the same company or home, or with the same mobile


def make_places(country: np.ndarray, rng: np.random.Generator) -> Places:
    """One address in each of the countries given."""
    count = len(country)
    city = np.zeros(count, np.int32)
    columns = {key: np.full(count, "", object) for key in ("street", "postcode", "area")}
    offset = 0
    house = pa.array(1 + (rng.pareto(1.1, count) * 12).astype(np.int64) % 400).cast(pa.string())
    for number, code in enumerate(country_codes()):
        where = np.flatnonzero(country == number)
        places = cities(code)
        weights = np.array([place.weight for place in places]).cumsum()
        drawn = np.searchsorted(weights / weights[-1], rng.random(len(where)), side="right")
        city[where] = offset + drawn
        pool = _postcodes(code)
        codes = pick(pool, drawn * POSTCODES + (rng.random(len(where)) ** 2 * POSTCODES).astype(np.int64))
        roads = load("countries")[code]["roads"]
        road = pick(roads, (rng.random(len(where)) ** 1.3 * len(roads)).astype(np.int64))
        before, between, after = _street_pattern(load("countries")[code]["street"])
        parts = {"number": house.take(pa.array(where)), "road": road}
        street = join(before[0], parts[before[1]], between, parts["road" if before[1] == "number" else "number"], after)
        for key, values in (("street", street), ("postcode", codes), ("area", pick([p.area for p in places], drawn))):
            columns[key][where] = values.to_numpy(zero_copy_only=False)
        offset += len(places)
    texts = {key: pa.array(values, pa.string()) for key, values in columns.items()}
    return Places(city, country, **texts)


@cache
def _postcodes(country: str) -> list[str]:
    """The postcodes of a country's cities, ``POSTCODES`` each; the same in every file."""
    fixed = np.random.default_rng(country_codes().index(country))
    return [code for place in cities(country) for code in filled(place.postcode, POSTCODES, fixed)]


def _street_pattern(pattern: str) -> tuple[tuple[str, str], str, str]:
    """``"No. {number}, {road}"`` as (("No. ", "number"), ", ", "")."""
    before, rest = pattern.split("{", 1)
    first, rest = rest.split("}", 1)
    between, rest = rest.split("{", 1)
    return (before, first), between, rest.split("}", 1)[1]


def make_companies(people: int, rng: np.random.Generator) -> Companies:
    """Companies with Zipf-like sizes of 1 to 200 that together employ ``people``."""
    odds = np.arange(1, 201) ** -1.6
    sizes = 1 + np.searchsorted((odds / odds.sum()).cumsum(), rng.random(people), side="right")
    size = sizes[: int(np.searchsorted(sizes.cumsum(), people)) + 1].astype(np.int64)
    size[-1] -= size.sum() - people
    count = len(size)
    table = load("countries")
    share = np.array([table[code]["share"] for code in country_codes()]).cumsum()
    country = np.searchsorted(share / share[-1], rng.random(count), side="right").astype(np.int32)
    name = _company_names(country, rng)
    slug = pa.array([plain_ascii(text)[:18] or "company" for text in name.to_pylist()])
    slug = pc.replace_substring_regex(slug, "(technologies|international|solutions)$", "")
    tld = switch(rng.random(count) < 0.3, ".com", pick([table[code]["tld"] for code in country_codes()], country))
    owned = unique_per_owner(slug, tld, np.arange(count))  # slug@.tld, numbered where taken
    place = make_places(country, rng)
    forms = np.array([len(table[code]["forms"]) for code in country_codes()])
    base = pc.list_element(pc.split_pattern(owned, "@"), 0)
    endings = ["-group.com", ".net", "-corp.com", ".org", ".biz"]
    return Companies(
        size=size,
        country=country,
        name=name,
        form=(rng.random(count) ** 1.7 * forms[country]).astype(np.int32),
        domain=pc.replace_substring(owned, "@", ""),
        other_domain=join(base, pick(endings, rng.integers(0, len(endings), count))),
        pattern=np.searchsorted(PATTERNS, rng.random(count), side="right").clip(0, 6),
        place=place,
        switchboard=new_numbers("landline", country, place.area, rng),
    )


def _company_names(country: np.ndarray, rng: np.random.Generator) -> pa.Array:
    words = load("words")["companies"]
    count = len(country)

    def syllable(key: str) -> pa.Array:
        pool = words[key].split()
        return pick(pool, rng.integers(0, len(pool), count))

    middle = switch(rng.random(count) < 0.6, syllable("middle"), "")
    invented = join(syllable("start"), middle, syllable("end"))
    family = pick(names().latin, _families(country, np.zeros(count, bool), rng)[0])
    owner = switch(rng.random(count) < 0.15, family, invented)
    trade = pick(words["trade"], rng.integers(0, len(words["trade"]), count))
    return pc.utf8_rtrim_whitespace(join(owner, " ", switch(rng.random(count) < 0.7, trade, "")))


def _families(country: np.ndarray, female: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(family name numbers, culture numbers) for people who live in these countries."""
    known = names()
    family = np.zeros(len(country), np.int32)
    culture = np.zeros(len(country), np.int8)
    for number, code in enumerate(country_codes()):
        where = np.flatnonzero(country == number)
        mix = load("countries")[code]["cultures"]
        shares = np.array(list(mix.values())).cumsum()
        drawn = np.searchsorted(shares / shares[-1], rng.random(len(where)), side="right")
        culture[where] = np.array([known.cultures.index(one) for one in mix], np.int8)[drawn]
    for number, one in enumerate(known.cultures):
        for sex, kind in ((False, "family_m"), (True, "family_f")):
            where = np.flatnonzero((culture == number) & (female == sex))
            family[where] = known.draw(one, kind, len(where), rng)
    return family, culture


def local_part(first: pa.Array, last: pa.Array, pattern: np.ndarray) -> pa.Array:
    """The local part of a mailbox, in one of seven ways companies make them."""
    first = switch(np.asarray(pc.equal(first, "")), "m", first)
    last = switch(np.asarray(pc.equal(last, "")), "x", last)
    initial, last_initial = pc.utf8_slice_codeunits(first, 0, 1), pc.utf8_slice_codeunits(last, 0, 1)
    ways = [
        join(first, ".", last),
        join(initial, last),
        first,
        join(first, last_initial),
        join(initial, ".", last),
        join(last, ".", first),
        join(first, "_", last),
    ]
    return pc.choose(pa.array(pattern), *ways)


def make_people(count: int, companies: Companies, rng: np.random.Generator) -> People:
    """The employees of the companies in order, then consumers household by household."""
    employed = int(companies.size.sum())
    company = np.full(count, -1, np.int32)
    company[:employed] = np.repeat(np.arange(len(companies.size), dtype=np.int32), companies.size)
    table = load("countries")
    share = np.array([table[code]["share"] for code in country_codes()]).cumsum()
    household = np.full(count, -1, np.int64)
    household[employed:] = np.cumsum(rng.random(count - employed) < 0.55)
    homes = int(household.max(initial=-1)) + 1
    home_country = np.searchsorted(share / share[-1], rng.random(homes), side="right").astype(np.int32)
    country = np.where(company >= 0, companies.country[company], 0).astype(np.int32)
    country[employed:] = home_country[household[employed:]]
    female = rng.random(count) < 0.45
    family, culture = _families(country, female, rng)
    given = given_names(culture, female, rng)
    suffix = np.zeros(count, np.int8)
    make_families(household, given, family, culture, suffix, rng)
    owner = make_family_firms(company, companies.size, given, family, culture, rng)
    make_namesakes(company, country, companies.size, given, family, culture, household, rng)
    home = _homes(country, household, rng)
    direct = new_numbers("landline", country, home.area, rng)
    direct = direct.take(pa.array(first_of(household)))
    doubles = np.array([load("cultures")[one]["double"] for one in names().cultures])
    second = np.where(rng.random(count) < doubles[culture], _families(country, female, rng)[0], -1)
    second = np.where(_culture_of(second) == culture, second, -1).astype(np.int32)
    kin = owner != np.arange(count)
    kin[owner[kin]] = True
    second[(household >= 0) | kin] = -1
    same = np.stack([np.where(company >= 0, company, -2 - household), given, family], axis=1)
    _, back, counts = np.unique(same, axis=0, return_inverse=True, return_counts=True)
    work, personal = _mailboxes(given, family, company, companies, household, rng)
    mobile, shared = share_mobiles(new_numbers("mobile", country, None, rng), company, household, owner, given, rng)
    titles, odds = weighted([title.rsplit("|", 1)[0] for title in load("words")["titles"]["list"]])
    return People(
        company=company,
        country=country,
        culture=culture,
        given=given,
        family=family,
        second_family=second,
        suffix=suffix,
        title=np.searchsorted(odds, rng.random(count), side="right").clip(0, len(titles) - 1),
        mobile=mobile,
        direct=direct,
        home=home,
        work_mail=work,
        personal_mail=personal,
        protected=(counts[back.reshape(-1)] > 1) | (suffix > 0) | shared,
    )


def _culture_of(name: np.ndarray) -> np.ndarray:
    """The culture each name number belongs to; -1 for -1."""
    known = names()
    spans = sorted((first, known.cultures.index(culture)) for (culture, _), (first, _) in known.ranges.items())
    starts = np.array([first for first, _ in spans])
    owners = np.array([culture for _, culture in spans])
    return np.where(name >= 0, owners[np.searchsorted(starts, name, side="right") - 1], -1)


def _homes(country: np.ndarray, household: np.ndarray, rng: np.random.Generator) -> Places:
    own = make_places(country, rng)
    first = first_of(household)
    take = pa.array(first)
    return Places(own.city[first], country, own.street.take(take), own.postcode.take(take), own.area.take(take))


def _mailboxes(
    given: np.ndarray,
    family: np.ndarray,
    company: np.ndarray,
    companies: Companies,
    household: np.ndarray,
    rng: np.random.Generator,
) -> tuple[pa.Array, pa.Array]:
    count = len(given)
    known = names()
    first, last = pick(known.mailbox, given), pick(known.mailbox, family)
    employer = np.maximum(company, 0)
    local = local_part(first, last, companies.pattern[employer])
    work = unique_per_owner(local, pick(companies.domain, employer), np.arange(count))
    work = switch(company >= 0, work, "")
    domains, odds = weighted(load("words")["other"]["personal_domains"])
    drawn = np.searchsorted(odds, rng.random(count), side="right")
    style = np.searchsorted([0.3, 0.5, 0.5, 0.7, 0.8, 0.85], rng.random(count), side="right")
    number = pa.array(rng.integers(1, 99, count)).cast(pa.string())
    own = join(local_part(first, last, style), switch(rng.random(count) < 0.6, number, ""))
    shared = (household >= 0) & (rng.random(count)[first_of(household)] < 0.12)  # a family that shares one mailbox
    owner = np.where(shared, first_of(household), np.arange(count))
    own = switch(shared, join("family.", last, pa.array(household % 9973).cast(pa.string())), own)
    drawn[shared] = drawn[owner[shared]]
    return work, unique_per_owner(own, pick(domains, drawn), owner)
