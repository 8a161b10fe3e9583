"""Pairs that the model turns down and a person should see: one person with a given name gone wrong, or two of a family.

Where two records share a mailbox or line of somebody's own and their family names sound the same, given names that
contradict each other decide against a match: families share mailboxes. But a given name that a typo or another script
has changed beyond what the comparison levels allow contradicts the true one just the same. Where the two given names
have half of their letters in order, neither reading is far-fetched, and no weight can tell them apart; such pairs go to
review whatever they weigh, ``decided_by`` ``shared_contact``. There are few of them: 15 in 10,000 generated contacts,
half of them one person.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from crmclean.dedup.blocking import Candidates
from crmclean.dedup.compare import overlap_of
from crmclean.dedup.forms import Ints
from crmclean.dedup.workings import Workings

__all__ = ["pairs_to_ask"]

_ALIKE = 0.5  # share of the letters of two given names that are the same and in order


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
    if not records.has("given", "family", "family_skeleton"):
        return np.zeros(0, np.int64)
    given, sound = records.codes("given"), records.codes("family_skeleton")
    found = np.flatnonzero(sound.take(candidates.left) == sound.take(candidates.right))
    left, right = candidates.left[found], candidates.right[found]
    one, other = given.take(left), given.take(right)
    asked = np.flatnonzero((one != other) & (one > 0) & (other > 0) & (sound.take(left) > 0))
    asked = asked[work.comparer.share_own_contact(left[asked], right[asked])]
    values = records.forms["given"].values
    likeness = overlap_of(values.take(pa.array(one[asked])), values.take(pa.array(other[asked])))
    chosen: Ints = found[asked[likeness >= _ALIKE]]
    return chosen
