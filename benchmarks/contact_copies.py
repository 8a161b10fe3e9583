"""Rows: a careless record of the world. Each person has one row, about a quarter of all rows are further copies.

A copy keeps at least one *anchor*: person evidence besides a recognisable name, which both it and the person's first
row carry (the mobile number, the mailbox, the company or the address). So every true pair can be found in principle,
directly or through the first row. What the anchor does not need may be missing, changed, moved or mistyped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from contact_columns import edit, format_phone, join, new_numbers, pick, switch, typo, unique_per_owner
from contact_lists import country_codes, load, names, weighted
from contact_world import Companies, People, local_part

__all__ = ["MAIL", "MOBILE", "NAME_ADDRESS", "NAME_COMPANY", "Rows", "mail_columns", "phone_columns", "plan_rows"]

MOBILE, MAIL, NAME_COMPANY, NAME_ADDRESS = 1, 2, 4, 8  # anchors, as bits
COPY_SIZES = np.array([0.66, 0.21, 0.08, 0.05]).cumsum()  # clusters of 2, 3, 4, 5
STYLES = np.array([0.2, 0.2, 0.2, 0.18, 0.04, 0.12, 0.06]).cumsum()
RESELLER_SHARE, RESELLER_MOST = 0.02, 400


@dataclass(frozen=True)
class Rows:
    """What each row records. ``needs`` are the anchors it must show; ``clean_name`` rows keep the name recognisable."""

    person: np.ndarray
    copy: np.ndarray  # False for the person's first row
    company: np.ndarray  # -1 none
    changed: np.ndarray  # the person was at another employer
    moved: np.ndarray
    needs: np.ndarray
    private: np.ndarray  # the person's own mailbox is a private one

    def __len__(self) -> int:
        return len(self.person)

    def needing(self, anchor: int) -> np.ndarray:
        """Rows that must show the anchor."""
        return (self.needs & anchor) > 0


def copies_of(people: int, surplus: int, rng: np.random.Generator) -> np.ndarray:
    """The person of each surplus row: clusters of two to five."""
    extra = 1 + np.searchsorted(COPY_SIZES, rng.random(surplus), side="right").clip(0, 3)
    clusters = int(np.searchsorted(extra.cumsum(), surplus)) + 1 if surplus else 0
    chosen = rng.choice(people, clusters, replace=False)
    return np.repeat(chosen, extra[:clusters])[:surplus]


def plan_rows(rows: int, people: People, companies: Companies, rng: np.random.Generator) -> Rows:
    """Which rows there are, what happened to each, and which anchors tie them to the person's first row."""
    count = len(people.company)
    extra = copies_of(count, rows - count, rng)
    person = np.concatenate([np.arange(count), extra])
    copy = np.arange(rows) >= count
    consumer = people.company[person] < 0
    private = (rng.random(count) < 0.15) | (people.company < 0)
    protected = people.protected[person]
    anchor = np.array([MOBILE, MAIL, NAME_COMPANY, NAME_ADDRESS])[
        np.searchsorted([0.36, 0.72, 0.92], rng.random(rows), side="right")
    ]
    anchor = np.where(consumer & (anchor == NAME_COMPANY), NAME_ADDRESS, anchor)
    anchor = np.where(protected & (anchor > MAIL), MAIL, anchor)
    event = rng.random(rows)
    changed = copy & ~consumer & (event < 0.18)
    moved = copy & ~changed & (event > 0.84)
    anchor = np.where(changed & ~((anchor == MAIL) & private[person]), MOBILE, anchor)
    anchor = np.where(moved & (anchor == NAME_ADDRESS), np.where(consumer | protected, MAIL, NAME_COMPANY), anchor)
    needs = np.where(copy, anchor, 0)
    np.bitwise_or.at(needs, person[copy], anchor[copy])
    needs |= np.where(protected & ~copy, MAIL, 0)
    employer = people.company[person].copy()
    employer[changed] = _other_employer(companies, employer[changed], rng)
    return Rows(person, copy, employer, changed, moved, needs, private[person])


def _other_employer(companies: Companies, current: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another company of the same country, larger ones likelier."""
    order = np.argsort(companies.country, kind="stable")
    weight = companies.size[order].cumsum()
    first = np.searchsorted(companies.country[order], companies.country[current], side="left")
    last = np.searchsorted(companies.country[order], companies.country[current], side="right") - 1
    low = np.where(first > 0, weight[first - 1], 0)
    drawn = low + rng.random(len(current)) * (weight[last] - low)
    return np.asarray(order[np.searchsorted(weight, drawn, side="right").clip(0, len(order) - 1)])


def mail_columns(rows: Rows, people: People, companies: Companies, rng: np.random.Generator) -> pa.Array:
    """The Email column."""
    words = load("words")["other"]
    take = pa.array(rows.person)
    work, private = people.work_mail.take(take), people.personal_mail.take(take)
    own = switch(rows.private, private, work)
    employer = np.maximum(rows.company, 0)
    domain = pick(companies.domain, employer)
    at_work = rows.company >= 0
    alias, elsewhere = _further_mailboxes(rows, people, companies, rng)
    roles, odds = weighted(words["role_mailboxes"])
    role = join(pick(roles, np.searchsorted(odds, rng.random(len(rows)))), "@", domain)
    dummy = pick(words["placeholder_email"], rng.integers(0, len(words["placeholder_email"]), len(rows)))
    chance = rng.random(len(rows))
    free = ~rows.needing(MAIL)
    copied, first = free & rows.copy, free & ~rows.copy
    mail = switch(rows.changed & ~rows.private, elsewhere, own)
    wrong = edit(mail, copied & (chance > 0.90) & (chance < 0.94), _mail_slip, rng)
    same_employer = at_work & ~rows.changed
    mail = switch(copied & same_employer & (chance > 0.65) & (chance < 0.80), alias, wrong)
    mail = switch(copied & (chance > 0.80) & (chance < 0.88), private, mail)
    protected = people.protected[rows.person]
    shared = at_work & ~protected & ((copied & (chance > 0.94)) | (first & (chance > 0.95)))
    mail = switch(shared, role, mail)
    mail = switch(free & (chance > 0.88) & (chance < 0.90), dummy, mail)
    mail = switch((copied & (chance < 0.33)) | (first & (chance < 0.2)), "", mail)
    tagged = rows.copy & (rng.random(len(rows)) < 0.04)
    mail = edit(mail, tagged, lambda text, seed: text.replace("@", ("+crm@", "+news@", "+expo@")[seed % 3], 1), rng)
    mail = switch(rng.random(len(rows)) < 0.04, pc.utf8_upper(mail), mail)
    return switch(rng.random(len(rows)) < 0.01, join(" ", mail, " "), mail)


def _further_mailboxes(
    rows: Rows, people: People, companies: Companies, rng: np.random.Generator
) -> tuple[pa.Array, pa.Array]:
    """(another mailbox of the person at the same company, the mailbox at the row's employer); never a colleague's."""
    known = names()
    first = pick(known.mailbox, people.given[rows.person])
    last = pick(known.mailbox, people.family[rows.person])
    employer = np.maximum(rows.company, 0)
    pattern = companies.pattern[employer]
    other = (pattern + 1 + rng.integers(0, 6, len(rows))) % 7
    domain = pick(companies.domain, employer)
    second = rng.random(len(rows)) < 0.3
    alias_domain = switch(second, pick(companies.other_domain, employer), domain)
    alias_local = local_part(first, last, np.where(second, pattern, other))
    everyone = len(people.company)
    split = pc.split_pattern(people.work_mail, "@")
    taken = pc.fill_null(pc.list_element(pc.if_else(pc.equal(people.work_mail, ""), pa.scalar(["", ""]), split), 0), "")
    employed = pick(companies.domain, np.maximum(people.company, 0))
    local = pa.concat_arrays([taken, alias_local, local_part(first, last, pattern)])
    domains = pa.concat_arrays([employed, alias_domain, domain])
    owner = np.concatenate([np.arange(everyone), rows.person, rows.person])
    address = unique_per_owner(local, domains, owner)
    return address.slice(everyone, len(rows)), address.slice(everyone + len(rows))


def _mail_slip(text: str, seed: int) -> str:
    """A mistyped domain, else a mistyped local part."""
    for right, wrong in load("words")["other"]["domain_typos"][seed % 3 :]:
        if right in text:
            return text.replace(right, wrong)
    local, _, domain = text.partition("@")
    return f"{typo(local, seed)}@{domain}"


def phone_columns(
    rows: Rows, people: People, companies: Companies, rng: np.random.Generator
) -> tuple[pa.Array, pa.Array]:
    """The Phone and Mobile columns."""
    take = pa.array(rows.person)
    country = people.country[rows.person]
    mobile_number = people.mobile.take(take)
    chance = rng.random(len(rows))
    free_copy = rows.copy & ~rows.needing(MOBILE)
    fresh = np.flatnonzero(free_copy & rows.needing(MAIL) & (chance > 0.93))  # a new number, proved by the mailbox
    values = mobile_number.to_numpy(zero_copy_only=False).copy()
    values[fresh] = new_numbers("mobile", country[fresh], None, rng).to_numpy(zero_copy_only=False)
    mobile_number = edit(pa.array(values), free_copy & (chance > 0.90) & (chance < 0.93), _digit_slip, rng)
    mobile = format_phone(mobile_number, country, "mobile", _style(len(rows), rng))
    free = ~rows.needing(MOBILE)
    mobile = switch(free & (chance < np.where(rows.copy, 0.45, 0.35)), "", mobile)
    phone = _landline(rows, people, companies, rng)
    crossed = rows.copy & (rng.random(len(rows)) < 0.06) & ~np.asarray(pc.equal(mobile, ""))
    phone, mobile = switch(crossed, mobile, phone), switch(crossed, "", mobile)
    dummies = load("words")["other"]["placeholder_phone"]
    dummy = pick(dummies, rng.integers(0, len(dummies), len(rows)))
    phone = switch((rng.random(len(rows)) < 0.015) & ~crossed, dummy, phone)
    mobile = switch((rng.random(len(rows)) < 0.01) & free & ~crossed, dummy, mobile)
    return phone, mobile


def _style(count: int, rng: np.random.Generator) -> np.ndarray:
    return np.searchsorted(STYLES, rng.random(count), side="right").clip(0, 6)


def _landline(rows: Rows, people: People, companies: Companies, rng: np.random.Generator) -> pa.Array:
    """Switchboard, direct line, home number, or the reseller's number that hundreds of contacts were entered with."""
    take = pa.array(rows.person)
    employer = np.maximum(rows.company, 0)
    country = np.where(rows.company >= 0, companies.country[employer], people.country[rows.person])
    everyone = len(people.company)
    has_direct = (rng.random(everyone) < 0.3) | (people.company < 0)
    direct = has_direct[rows.person] & ~rows.changed
    number = switch(direct, people.direct.take(take), pick(companies.switchboard, employer))
    phone = format_phone(number, country, "landline", _style(len(rows), rng))
    extension = pa.array(100 + rows.person * 7919 % 900).cast(pa.string())
    marks = [" x", " ext. ", " ext ", ";ext=", " Ext. "]
    extended = join(phone, pick(marks, rng.integers(0, len(marks), len(rows))), extension)
    phone = switch(~direct & (rng.random(len(rows)) < 0.22), extended, phone)
    resold = rng.choice(everyone, min(RESELLER_MOST, int(everyone * RESELLER_SHARE)), replace=False)
    through = np.isin(rows.person, resold)
    reseller = "+1 800 555 0199"
    phone = switch(through & (rng.random(len(rows)) < 0.85), reseller, phone)
    return switch(rng.random(len(rows)) < np.where(rows.copy, 0.35, 0.25), "", phone)


def _digit_slip(text: str, seed: int) -> str:
    """Two digits swapped or one wrong, in the second half of the number."""
    seed, kind = divmod(seed, 2)
    position = len(text) // 2 + seed % (len(text) // 2 - 1)
    if kind:
        return text[:position] + text[position + 1] + text[position] + text[position + 2 :]
    return text[:position] + str((int(text[position]) + 1 + seed % 9) % 10) + text[position + 1 :]


def date_column(rows: Rows, rng: np.random.Generator) -> pa.Array:
    """Last activity between 2018 and late 2026, recent dates likelier; some missing."""
    days = (3200 * (1 - np.sqrt(rng.random(len(rows))))).astype(np.int64)
    dates = np.datetime64("2026-11-15") - days.astype("timedelta64[D]")
    return switch(rng.random(len(rows)) < 0.12, "", pa.array(dates.astype("U10").astype(object), pa.string()))


def country_column(rows: Rows, country: np.ndarray, rng: np.random.Generator) -> pa.Array:
    """The country as people write it; the first spelling is the usual one."""
    spellings = [load("countries")[code]["written"] for code in country_codes()]
    starts = np.cumsum([0, *[len(ways) for ways in spellings]])[:-1]
    counts = np.array([len(ways) for ways in spellings])
    usual = rng.random(len(rows)) < np.where(rows.copy, 0.5, 0.75)
    way = np.where(usual, 0, (rng.random(len(rows)) * counts[country]).astype(np.int64))
    text = pick([way for ways in spellings for way in ways], starts[country] + way)
    return switch(rng.random(len(rows)) < 0.2, "", text)
