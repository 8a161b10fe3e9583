"""Whose name has a mailbox spelt after it: ``maria.gonzalez@`` and ``mario.gonzalez@`` at one domain are two people.

A name one letter off is a slip of the pen, unless somebody was given a mailbox in that spelling. So for each full name
of a file the domains are noted at which a record of that name has a mailbox built from it, and which of the two names
that spells: ``maria.gonzalez`` both, ``mariag`` the given and ``m.gonzalez`` the family name, the other by its first
letter. Two near names that have mailboxes at one domain which spell them are no slips of each other, and neither are
two of which the first letters differ in the mailboxes, whichever records they stand in.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints
from crmclean.dedup.pairs import distinct, numbered
from crmclean.tables.buffers import keep_bytes
from crmclean.text import ascii_mask, map_subset

__all__ = ["OwnMailboxes", "own_mailboxes"]

_LETTERS = string.ascii_letters.encode()
_DOMAINS = 2  # kept for a name; a name with mailboxes at more domains is a common one
_NAMES = ("given", "family")


@dataclass(frozen=True)
class OwnMailboxes:
    """The domains at which names have mailboxes of their own.

    Attributes
    ----------
    name : int32 array, shape (records,)
        Number of each record's full name.
    spelt : mapping of "given" and "family" to int32 arrays, shape (2, names)
        Codes of the mail domains where a mailbox spells this name; 0 = none.
    begun : int32 array, shape (2, names)
        Those where a mailbox gives at least the first letters of both.
    letters : pyarrow.LargeStringArray
        Letters of each value of the name forms.
    """

    records: Records
    name: Ints
    spelt: Mapping[str, Ints]
    begun: Ints
    letters: pa.LargeStringArray

    def both_have(self, near: str, left: Ints, right: Ints, *, by_letter: bool) -> Ints:
        """Whether the ``near`` names of pairs of records are told apart by a mailbox of each at one domain.

        First letters tell only where asked: that of a nickname is not the name's, and both are names.
        """
        met = _meet(self.spelt[near], *(self.name.take(side) for side in (left, right)))
        at = np.flatnonzero(met)
        spelt = [self._letters(near, side[at]) for side in (left, right)]
        met[at] = pc.not_equal(*spelt).to_numpy(zero_copy_only=False)
        if not by_letter:
            return met
        open_ = np.flatnonzero(~met)
        begun = _meet(self.begun, *(self.name.take(side[open_]) for side in (left, right)))
        at = open_[begun]
        first = [pc.utf8_slice_codeunits(self._letters(near, side[at]), 0, 1) for side in (left, right)]
        met[at] = pc.not_equal(*first).to_numpy(zero_copy_only=False)
        return met

    def _letters(self, name: str, records: Ints) -> pa.LargeStringArray:
        """Letters of the given or family names of records."""
        return self.letters.take(pa.array(self.records.codes(name)[records]))


def _meet(domains: Ints, one: Ints, other: Ints) -> Ints:
    """Whether two names have a domain in common, and are not the same."""
    met = np.zeros(len(one), bool)
    some = np.flatnonzero((one != other) & (domains[0, one] > 0) & (domains[0, other] > 0))
    for first in domains[:, one[some]]:
        for second in domains[:, other[some]]:
            met[some] |= (first == second) & (first > 0)
    return met


def own_mailboxes(records: Records) -> OwnMailboxes | None:
    """The mailboxes of their own that the names of a file have; None where it has no names or no mailboxes."""
    if not records.has("given", "family", "email", "local", "mail_domain"):
        return None
    given, family, mailbox = (records.forms[name] for name in ("given", "family", "email"))
    local, domain = records.forms["local"], records.forms["mail_domain"]
    if local.of_parent is None or domain.of_parent is None:
        return None
    name = numbered(given.codes.astype(np.int64) * family.size + family.codes)
    letters, spelt = _letters(given.values), _letters(local.values)
    known = (given.codes > 0) & (family.codes > 0)
    found: dict[str, list[Ints]] = {"both": [], "given": [], "family": []}
    for column in mailbox.codes:
        at = np.flatnonzero(known & (column > 0))
        box = local.of_parent.take(column[at])
        for kind, some in _built(letters, spelt, given.codes[at], family.codes[at], box):
            found[kind].append(name[at[some]] * np.int64(domain.size) + domain.of_parent[column[at[some]]])
    names, size = int(name.max(initial=0)) + 1, domain.size
    spelt_at = {each: _first_domains([*found["both"], *found[each]], names, size) for each in _NAMES}
    begun = _first_domains([*found["both"], *found["given"], *found["family"]], names, size)
    return OwnMailboxes(records, name, spelt_at, begun, letters)


def _built(letters: pa.Array, spelt: pa.Array, given: Ints, family: Ints, box: Ints) -> Iterator[tuple[str, Ints]]:
    """Records whose mailbox is built from their two names, or from one and the first letter of the other."""
    lengths, spelt_lengths = (pc.utf8_length(texts).to_numpy() for texts in (letters, spelt))
    g, f, whole = lengths.take(given), lengths.take(family), spelt_lengths.take(box)
    first = pc.utf8_slice_codeunits(letters, 0, 1)
    blank = pa.scalar("", letters.type)
    for kind, size, orders in (
        ("both", g + f, (((letters, given), (letters, family)), ((letters, family), (letters, given)))),
        ("given", g + 1, (((letters, given), (first, family)),)),
        ("family", f + 1, (((first, given), (letters, family)), ((letters, family), (first, given)))),
    ):
        some = np.flatnonzero((size == whole) & (g > 1) & (f > 1))
        texts = spelt.take(pa.array(box[some]))
        own = np.zeros(len(some), bool)
        for order in orders:
            parts = [values.take(pa.array(codes[some])) for values, codes in order]
            own |= pc.equal(texts, pc.binary_join_element_wise(*parts, blank)).to_numpy(zero_copy_only=False)
        yield kind, some[own]


def _first_domains(found: list[Ints], names: int, size: int) -> Ints:
    """The first domains of each name, from names and domains packed into one number."""
    whose, where = np.divmod(distinct(np.concatenate(found)), size)
    place = np.arange(len(whose)) - np.searchsorted(whose, whose)
    domains = np.zeros((_DOMAINS, names), np.int32)
    kept = place < _DOMAINS
    domains[place[kept], whose[kept]] = where[kept]
    return domains


def _letters(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """The letters of texts; an umlaut written as two letters is one, as in the keys of names (Krueger of Krüger)."""
    plain = ascii_mask(texts)
    texts = map_subset(texts, plain, lambda part: keep_bytes(part, _LETTERS))
    texts = map_subset(texts, pc.invert(plain), lambda part: pc.replace_substring_regex(part, r"[^\pL\pM]", ""))
    umlauts = pc.match_substring_regex(texts, r"[aou]e")
    return map_subset(texts, umlauts, lambda part: pc.replace_substring_regex(part, r"([aou])e", r"\1"))
