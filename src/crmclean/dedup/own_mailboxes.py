"""Whose name has a mailbox spelt after it: ``maria.gonzalez@`` and ``mario.gonzalez@`` at one domain are two people.

A name one letter off is a slip of the pen, unless somebody was given a mailbox in that spelling. So for each full name
of a file the domains are noted at which a record of that name has a mailbox of its given and family name put together
(initials do not count: ``m.gonzalez`` fits both). Two near names that have different mailboxes at one domain are no
slips of each other, whichever records they stand in.
"""

from __future__ import annotations

import string
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


@dataclass(frozen=True)
class OwnMailboxes:
    """The domains at which names have mailboxes of their own.

    Attributes
    ----------
    name : int32 array, shape (records,)
        Number of each record's full name.
    domains : int32 array, shape (2, names)
        Codes of mail domains, 0 = none.
    letters : pyarrow.LargeStringArray
        Letters of each value of the name forms.
    """

    records: Records
    name: Ints
    domains: Ints
    letters: pa.LargeStringArray

    def both_have(self, left: Ints, right: Ints) -> Ints:
        """Whether the names of pairs of records have each a mailbox of its own at one domain, and not the same."""
        met = np.zeros(len(left), bool)
        a, b = self.name.take(left), self.name.take(right)
        some = np.flatnonzero((a != b) & (self.domains[0, a] > 0) & (self.domains[0, b] > 0))
        for one in self.domains[:, a[some]]:
            for other in self.domains[:, b[some]]:
                met[some] |= (one == other) & (one > 0)
        met_at = np.flatnonzero(met)
        spelt = [self._together(side[met_at]) for side in (left, right)]
        met[met_at] = pc.not_equal(*spelt).to_numpy(zero_copy_only=False)
        return met

    def _together(self, records: Ints) -> pa.Array:
        given, family = (self.letters.take(pa.array(self.records.codes(name)[records])) for name in ("given", "family"))
        return pc.binary_join_element_wise(given, family, pa.scalar("", given.type))


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
    lengths, spelt_lengths = (pc.utf8_length(texts).to_numpy() for texts in (letters, spelt))
    known = (given.codes > 0) & (family.codes > 0)
    blank = pa.scalar("", letters.type)
    found = []
    for column in mailbox.codes:
        at = np.flatnonzero(known & (column > 0))
        size = lengths.take(given.codes[at]) + lengths.take(family.codes[at])
        at = at[size == spelt_lengths.take(local.of_parent.take(column[at]))]
        one, other = letters.take(pa.array(given.codes[at])), letters.take(pa.array(family.codes[at]))
        box = spelt.take(pa.array(local.of_parent[column[at]]))
        own = pc.or_(
            pc.equal(box, pc.binary_join_element_wise(one, other, blank)),
            pc.equal(box, pc.binary_join_element_wise(other, one, blank)),
        )
        at = at[own.to_numpy(zero_copy_only=False)]
        found.append(name[at] * np.int64(domain.size) + domain.of_parent[column[at]])
    whose, where = np.divmod(distinct(np.concatenate(found)), domain.size)
    place = np.arange(len(whose)) - np.searchsorted(whose, whose)
    domains = np.zeros((_DOMAINS, int(name.max(initial=0)) + 1), np.int32)
    kept = place < _DOMAINS
    domains[place[kept], whose[kept]] = where[kept]
    return OwnMailboxes(records, name, domains, letters)


def _letters(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    plain = ascii_mask(texts)
    texts = map_subset(texts, plain, lambda part: keep_bytes(part, _LETTERS))
    return map_subset(texts, pc.invert(plain), lambda part: pc.replace_substring_regex(part, r"[^\pL\pM]", ""))
