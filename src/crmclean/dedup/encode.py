"""Records as compare forms: the columns of a file turned into codes, once per distinct value.

The result is a ``Records``: named forms (``given``, ``family``, ``email``, ``line`` ...), all sorted into a canonical
record order that depends on the content alone, so that nothing downstream can depend on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.affinity import Affinity, affinity_of
from crmclean.dedup.dates import birth_key, birth_key_of_parts, cannot_be, stand_for_none
from crmclean.dedup.encode_companies import addresses_apart, company_forms, names_of_companies, without_own_city
from crmclean.dedup.encode_names import forms_of_names
from crmclean.dedup.forms import Form, Ints, code_first, code_texts, first_text, join_texts, pool_forms, present
from crmclean.dedup.frequency import effective_number
from crmclean.dedup.hashes import content_hashes, order_of
from crmclean.dedup.kinds import id_key
from crmclean.dedup.unmapped import PREFIX, Unmapped, claim, judge_columns, support_forms
from crmclean.keys import emails, phones, places
from crmclean.tables.batch import as_text
from crmclean.tables.buffers import keep_bytes
from crmclean.tables.evidence import TEXT
from crmclean.text import match_key

__all__ = ["Columns", "Records", "encode"]

Columns = Mapping[str, Sequence[pa.Array]]

_THREADS = 2
_BUT_SEPARATORS = bytes(set(range(256)) - set(b"._-"))
_PERSONAL_LINES = ("mobile", "home_phone")
_OTHER_LINES = ("phone", "other_phone")
_CONTENT = (
    *(
        "given",
        "family",
        "middle",
        "suffix",
        "sex",
        "birth",
        "national_id",
        "email",
        "own_line",
        "other_line",
        "company",
    ),
    *("website", "street", "city", "postal_code", "state", "country", "title"),
)


@dataclass(frozen=True)
class Records:
    """All compare forms of a file.

    Attributes
    ----------
    forms : dict of str to Form
        By name; every form present has at least one value. Pools (``email``, ``line``, ``own_line``, ``national_id``)
        have codes of shape (k, n), the others (n,).
    position : int64 array, shape (n,)
        Position in the caller's arrays of each record of the canonical order.
    unmapped : tuple of Unmapped
        What the columns without a field were found to be.
    placeholders : tuple of str
        Birth dates, as keys, that were put where none was known (``dates.stand_for_none``); they are missing.
    """

    count: int
    forms: Mapping[str, Form]
    position: Ints
    affinity: Affinity | None = None
    unmapped: tuple[Unmapped, ...] = ()
    placeholders: tuple[str, ...] = ()

    def has(self, *names: str) -> bool:
        """Whether every one of the forms is there."""
        return all(name in self.forms for name in names)

    @cached_property
    def name_charge(self) -> Ints | None:
        """``Affinity.bits`` of each record's own full name; None where the file has no affinity."""
        return None if self.affinity is None else self.affinity.bits(self.codes("given"), self.codes("family"))

    @cached_property
    def misdated(self) -> Ints | None:
        """Which records have a birth date that cannot be (``cannot_be``); None where the file has no such date."""
        if "birth" not in self.forms:
            return None
        form = self.forms["birth"]
        wrong: Ints = cannot_be(form.values, form.codes).take(form.codes)
        return wrong if wrong.any() else None

    def codes(self, name: str) -> Ints:
        """Codes of a form, of shape (n,) or (k, n)."""
        return self.forms[name].codes

    def first_alike(self, *others: Ints | None) -> Ints:
        """The first record that is the same as each in everything; the canonical order has such records side by side.

        Parameters
        ----------
        others : int arrays or None
            Codes per record that have to be the same too.
        """
        same = np.ones(max(self.count - 1, 0), bool)
        for codes in (*(form.codes.reshape(-1, self.count) for form in self.forms.values()), *others):
            for row in [] if codes is None else np.atleast_2d(codes):
                same &= row[1:] == row[:-1]
        numbers = np.arange(self.count)
        numbers[1:][same] = 0
        alike: Ints = np.maximum.accumulate(numbers)
        return alike


def encode(
    columns: Columns,
    entity: Literal["person", "company"],
    *,
    exclude: frozenset[str] = frozenset(),
    order: Ints | None = None,
    unmapped: tuple[Unmapped, ...] | None = None,
) -> Records:
    """Code every field that can tell records apart.

    Parameters
    ----------
    columns : mapping of canonical field to text columns
        Each of the same length; null and blank are missing.
    entity : "person" or "company"
        What a record stands for.
    exclude : frozenset of str
        Fields to leave out.
    order : int64 array, optional
        A rank per record for telling apart records of identical content.
    unmapped : tuple of Unmapped, optional
        What the columns without a field are; found out from the data when not given.
    """
    used = {name: list(arrays) for name, arrays in columns.items() if name not in exclude and len(arrays)}
    count = next((len(arrays[0]) for arrays in columns.values() if len(arrays)), 0)
    if entity == "company":
        used = addresses_apart(used)
    jobs = [
        lambda: _emails(used, entity),
        lambda: _places(used),
        lambda: _lines(used),
        lambda: company_forms(used, entity),
        lambda: _national_ids(used) | _titles(used),
    ]
    if entity == "person":
        jobs = [lambda: forms_of_names(used, count), *jobs, lambda: _births(used)]
    forms: dict[str, Form] = {}
    with ThreadPoolExecutor(_THREADS) as pool:  # Arrow and NumPy let go of the interpreter lock
        for made in [pool.submit(job) for job in jobs]:
            forms |= made.result()
    forms |= _sites(forms)
    if entity == "company" and {"company", "city"} <= forms.keys():
        forms |= names_of_companies(without_own_city(forms["company"], forms["city"]))
    forms = {name: form for name, form in forms.items() if not form.is_empty}
    if unmapped is None:
        unmapped = judge_columns(used, forms, entity)
    forms |= _claimed(used, unmapped, entity)
    known, placeholders = _known_births(forms)
    records = _canonical_order(forms | known, count, order)
    return replace(records, unmapped=unmapped, placeholders=placeholders)


def _claimed(used: dict[str, list[pa.Array]], unmapped: tuple[Unmapped, ...], entity: str) -> dict[str, Form]:
    """The forms that columns without a field make or add to."""
    uses = {item.use for item in unmapped} - {"none"}
    claimed = claim(used, unmapped) if uses else used
    forms = _national_ids(claimed) if "national_id" in uses else {}
    forms |= _births(claimed) if "birth_date" in uses and entity == "person" else {}
    forms |= support_forms(used, unmapped) if uses else {}
    return {name: form for name, form in forms.items() if not form.is_empty}


def _canonical_order(forms: dict[str, Form], count: int, order: Ints | None) -> Records:
    """Sort the records by a hash of their content, then by ``order``."""
    known = [name for name in _CONTENT if name in forms] + sorted(name for name in forms if name.startswith(PREFIX))
    with ThreadPoolExecutor(_THREADS) as pool:
        affinity = pool.submit(_affinity, forms)  # counts carriers, in whatever order they are
        content = content_hashes([(name, forms[name]) for name in known], count)
        position = order_of(content) if order is None else np.lexsort((order, content))
        taken = list(pool.map(lambda form: form.take(position), forms.values()))
        return Records(count, dict(zip(forms, taken, strict=True)), position.astype(np.int64), affinity.result())


def _affinity(forms: Mapping[str, Form]) -> Affinity | None:
    names = [forms.get(name) for name in ("given", "family", "country")]
    if any(form is None for form in names):
        return None
    given, family, country = (form for form in names if form is not None)
    place = np.argsort(pc.sort_indices(country.values).to_numpy())  # of each country by its name, whatever the rows
    return affinity_of(given.codes, family.codes, place[country.codes], (given.size, family.size, country.size))


def _births(used: dict[str, list[pa.Array]]) -> dict[str, Form]:
    if "birth_date" in used:
        form = code_first(used["birth_date"], birth_key)
    elif "birth_year" in used:
        parts = [
            first_text(used[name]) if name in used else None for name in ("birth_year", "birth_month", "birth_day")
        ]
        form = code_texts([birth_key_of_parts(parts[0], parts[1], parts[2])], lambda values: values)
    else:
        return {}
    return {"birth": form}


def _known_births(forms: Mapping[str, Form]) -> tuple[dict[str, Form], tuple[str, ...]]:
    """Birth dates without those that stand for none, where names tell how many people have each; and these."""
    marks = [forms[name] for name in ("given_skeleton", "family_skeleton") if name in forms]
    if "birth" not in forms or not marks:
        return {}, ()
    form = forms["birth"]
    names = [effective_number(form.codes, form.size, mark.codes, mark.size) for mark in marks]
    unknown = pa.array(stand_for_none(form.counts(), np.maximum.reduce(names)))
    found = tuple(sorted(form.values.filter(unknown).to_pylist()))
    return ({"birth": form.recode(pc.if_else(unknown, "", form.values))} if found else {}), found


def _national_ids(used: dict[str, list[pa.Array]]) -> dict[str, Form]:
    columns = [*used.get("national_id", []), *map(_profile, used.get("linkedin", []))]
    if not columns:
        return {}
    return {"national_id": _as_pool(code_texts(columns, id_key))}


def _profile(texts: pa.Array) -> pa.Array:
    """A LinkedIn address without what differs between two copies of one."""
    address = r"(?i)^\s*(?:https?://)?(?:[a-z]+\.)?linkedin\.com/(?:in|pub|company)/([^/?#\s]+).*$"
    return pc.replace_substring_regex(as_text(texts), address, r"linkedin \1")


def _as_pool(form: Form) -> Form:
    return Form(np.atleast_2d(form.codes), form.values)


def _emails(used: dict[str, list[pa.Array]], entity: str) -> dict[str, Form]:
    columns = [column for name in ("email", "email_2") for column in used.get(name, [])]
    if not columns:
        return {}
    mailbox = _as_pool(code_texts(columns, emails.email_key))
    local, domain = emails.email_parts(mailbox.values)
    is_role = np.asarray(emails.is_role(local), bool)
    role = pa.array(is_role)
    bare = keep_bytes(local, _BUT_SEPARATORS)
    blank = pa.scalar("", TEXT)
    domains = mailbox.recode(domain)
    return {
        "email": mailbox,
        "local": mailbox.recode(pc.if_else(role, blank, bare)),
        "mail_domain": domains,
        # a person's info@ mailbox may be anybody's: its domain says nothing about who the person works for
        "site": _own_sites(mailbox, domains, is_role if entity == "person" else np.zeros(mailbox.size, bool)),
        "role_mailbox": mailbox.recode(pc.if_else(role, mailbox.values, blank)),
    }


def _own_sites(mailbox: Form, domains: Form, outside: Ints) -> Form:
    """The registrable domain of each mailbox, except those of free mail and the mailboxes ``outside``."""
    free = pa.array(np.asarray(emails.is_free_mail(domains.values), bool))
    sites = domains.recode(pc.if_else(free, pa.scalar("", TEXT), emails.registrable_domain(domains.values)))
    assert sites.of_parent is not None
    assert domains.of_parent is not None
    of_mailbox = sites.of_parent[domains.of_parent]
    of_mailbox[outside] = 0
    return Form(of_mailbox[mailbox.codes], sites.values if of_mailbox.any() else sites.values[:1], of_mailbox)


def _sites(forms: dict[str, Form]) -> dict[str, Form]:
    """The domains that speak for an organisation: of mailboxes (free mail left out) and of the website, as one pool."""
    holders = [forms[name] for name in ("site", "website") if name in forms]
    if len(holders) < 2:
        return dict.fromkeys(["site"], _as_pool(holders[0])) if holders else {}
    return {"site": pool_forms(holders)}


def _lines(used: dict[str, list[pa.Array]]) -> dict[str, Form]:
    """Telephone lines: ``own_line`` (mobile and home, or the only kind there is) and ``line`` (all of them)."""
    own = [column for name in _PERSONAL_LINES for column in used.get(name, [])]
    other = [column for name in _OTHER_LINES for column in used.get(name, [])]
    if not own and "mobile" not in used:
        own, other = other, []
    if not own + other:
        return {}
    every = _as_pool(code_texts(own + other, phones.phone_key))
    forms = {"line": every, "own_line": Form(every.codes[: len(own)], every.values, np.arange(every.size))}
    if other:
        forms["other_line"] = Form(every.codes[len(own) :], every.values, np.arange(every.size))
    return forms


def _places(used: dict[str, list[pa.Array]]) -> dict[str, Form]:
    forms: dict[str, Form] = {}
    if used.get("street") or used.get("street_2"):
        lines = [join_texts(used["street"])] if used.get("street") else used["street_2"]
        street = code_first(lines, places.street_key)
        forms["street"] = street
        number, name = places.street_parts(street.values)
        forms["street_name"], forms["street_number"] = street.recode(name), street.recode(number)
    kernels = {
        "city": places.city_key,
        "postal_code": places.postcode_key,
        "state": places.region_key,
        "country": places.country_key,
    }
    for name, kernel in kernels.items():
        if used.get(name):
            forms[name] = code_first(used[name], _present_key(kernel))
    return forms


def _present_key(key: Callable[[pa.Array], pa.Array]) -> Callable[[pa.Array], pa.Array]:
    return lambda values: present(key(values))


def _titles(used: dict[str, list[pa.Array]]) -> dict[str, Form]:
    if not used.get("title"):
        return {}
    form = code_first(used["title"], _present_key(match_key))
    return {"title": form}
