"""Pairs that the model turns down and a person should see: one person with a name gone wrong, or two of a family.

Where two records share a mailbox or line of somebody's own, given names that contradict each other decide against a
match: families share mailboxes. But a given name that a typo or another script has changed beyond what the comparison
levels allow contradicts the true one just the same. Where half of the letters of each name part are in order on both
sides, with given and family name in either column, neither reading is far-fetched, and no weight can tell them apart;
such pairs go to review whatever they weigh, ``decided_by`` ``shared_contact``. There are few of them: 19 in 10,000
generated contacts, more than half of them one person. So do names of which one is written out in the other: which
words of María del Carmen García López she goes by, a file does not say, nor who of John & Mary Miller wrote.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.blocking import Candidates
from crmclean.dedup.compare import overlap_of
from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints
from crmclean.dedup.tokens import TokenSets
from crmclean.dedup.workings import Workings
from crmclean.tables.evidence import TEXT
from crmclean.text import squash_spaces

__all__ = ["pairs_to_ask"]

_ALIKE = 0.5  # share of the letters of two name parts that are the same and in order
_WHOLE = ("given", "middle", "family")
_CONTACT_RULES = ("email", "line")  # what brings together records that share a contact


def pairs_to_ask(work: Workings, candidates: Candidates) -> Candidates:
    """Those of the candidate pairs that a person should see.

    None where the records are companies, or have no given and family names.
    """
    chosen = _alike_under_one_contact(work, candidates)
    left, right = candidates.left[chosen].astype(np.int64), candidates.right[chosen].astype(np.int64)
    return replace(candidates, left=left, right=right, rules=candidates.rules[chosen])


def _alike_under_one_contact(work: Workings, candidates: Candidates) -> Ints:
    """Their places among the candidates."""
    records = work.records
    if not records.has("given", "family"):
        return np.zeros(0, np.int64)
    names = [report.name for report in candidates.reports]
    bits = sum(1 << names.index(rule) for rule in _CONTACT_RULES if rule in names)
    found = np.flatnonzero(candidates.rules & candidates.rules.dtype.type(bits))
    left, right = candidates.left.take(found), candidates.right.take(found)
    one, other = ([records.codes(name).take(side) for name in ("given", "family")] for side in (left, right))
    open_ = np.flatnonzero((one[0] != other[0]) | (one[1] != other[1]))
    open_ = open_[work.comparer.share_own_contact(left[open_].astype(np.intp), right[open_].astype(np.intp))]
    one, other = ([codes.take(open_) for codes in side] for side in (one, other))
    alike = _are_alike(records, (one[0], other[0]), (one[1], other[1]))
    rest = np.flatnonzero(~alike)
    one, other = ([codes.take(rest) for codes in side] for side in (one, other))
    alike[rest] = _are_alike(records, (one[0], other[1]), (one[1], other[0]))
    rest = np.flatnonzero(~alike)
    alike[rest] = _is_written_out(records, left[open_[rest]], right[open_[rest]])
    chosen: Ints = found[open_[alike]]
    return chosen


def _are_alike(records: Records, *parts: tuple[Ints, Ints]) -> Ints:
    """Whether all name parts that both sides have, given by their codes, are alike, and there is one."""
    values = records.forms["given"].values
    alike, told = np.ones(len(parts[0][0]), bool), np.zeros(len(parts[0][0]), bool)
    for one, other in parts:
        both = (one > 0) & (other > 0)
        told |= both
        asked = np.flatnonzero(alike & both & (one != other))
        overlap = overlap_of(values.take(pa.array(one[asked])), values.take(pa.array(other[asked])))
        alike[asked[overlap < _ALIKE]] = False
    return alike & told


def _is_written_out(records: Records, left: Ints, right: Ints) -> Ints:
    """Whether all words of one name, two at least, are among those of the other, middle names included."""
    holds = np.zeros(len(left), bool)
    if "middle" not in records.forms:
        return holds
    middle = records.codes("middle")
    asked = np.flatnonzero((middle.take(left) > 0) | (middle.take(right) > 0))
    people, place = np.unique(np.concatenate([left[asked], right[asked]]), return_inverse=True)
    parts = [records.forms[name].values.take(pa.array(records.codes(name)[people])) for name in _WHOLE]
    whole = squash_spaces(pc.binary_join_element_wise(*parts, pa.scalar(" ", TEXT)))
    sets = TokenSets.of(whole, ranked=False)
    one, other = place[: len(asked)], place[len(asked) :]
    holds[asked] = sets.match(one, other).inside & (np.minimum(sets.count[one], sets.count[other]) >= 2)
    return holds
