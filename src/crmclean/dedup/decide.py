"""From weights to bands: match, review, non_match, and what decided.

Reasons: ``model`` (the probability alone), ``affiliation_only`` (nothing identifies; support was left out of account),
``kept_apart`` (an earlier run kept the records apart: review at most), ``guard`` (the link was cut out of a chain, or
made a cluster of a size that the file hardly has), ``judgement`` (a person said so, or it follows from what a person
said), ``one_to_one`` (a likelier link of one of the records won, several were as likely, or both are of one source,
where sources are linked one to one), ``branch`` (one company at two places: linked as ``branch`` and not merged, unless
the rules say so), ``shared_contact`` (one mailbox or line, names that contradict each other and look alike: a person is
asked).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from crmclean.dedup.forms import Ints
from crmclean.dedup.weights import probability_of

__all__ = ["Decisions", "decide_links"]

NON_MATCH, REVIEW, MATCH, BRANCH = 0, 1, 2, 3
MODEL, AFFILIATION_ONLY, KEPT_APART, GUARD, JUDGEMENT, ONE_TO_ONE, OF_BRANCHES, SHARED_CONTACT = range(8)


@dataclass(frozen=True)
class Decisions:
    """Band (0 non_match, 1 review, 2 match, 3 branch) and reason code of each link."""

    band: np.ndarray[Any, np.dtype[np.int8]]
    reason: np.ndarray[Any, np.dtype[np.int8]]

    BANDS: ClassVar[tuple[str, ...]] = ("non_match", "review", "match", "branch")
    REASONS: ClassVar[tuple[str, ...]] = (
        *("model", "affiliation_only", "kept_apart", "guard", "judgement", "one_to_one", "branch", "shared_contact"),
    )

    @property
    def is_match(self) -> Ints:
        """Links in the match band."""
        matched: Ints = self.band == MATCH
        return matched

    def asked(self, pairs: Ints) -> Decisions:
        """Links that a person should see although the model turns them down."""
        turned = pairs & (self.band == NON_MATCH)
        band, reason = np.where(turned, REVIEW, self.band), np.where(turned, SHARED_CONTACT, self.reason)
        return replace(self, band=band.astype(np.int8), reason=reason.astype(np.int8))

    def judged(self, together: Ints, apart: Ints) -> Decisions:
        """Links of records that a person judged the same, or different."""
        band = np.select([together, apart], [MATCH, NON_MATCH], self.band).astype(np.int8)
        return replace(self, band=band, reason=np.where(together | apart, JUDGEMENT, self.reason).astype(np.int8))

    @property
    def is_judged(self) -> Ints:
        """Links that a person has judged."""
        judged: Ints = self.reason == JUDGEMENT
        return judged

    def one_to_one(self, lost: Ints) -> Decisions:
        """Match links that lost to a likelier one go to review."""
        lost = lost & self.is_match
        return replace(self, band=np.where(lost, REVIEW, self.band), reason=np.where(lost, ONE_TO_ONE, self.reason))

    def guarded(self, together: Ints) -> Decisions:
        """Match links whose records ended up in different clusters go to review."""
        cut = self.is_match & ~together
        return replace(self, band=np.where(cut, REVIEW, self.band), reason=np.where(cut, GUARD, self.reason))


def decide_links(
    scored: Mapping[str, Ints],
    left: Ints,
    right: Ints,
    kept_apart: Ints | None,
    match: float,
    review: float,
    branches: Ints | None = None,
    merge_branches: bool = False,
) -> Decisions:
    """Bands by probability; two different ``kept_apart`` codes (both >= 0) hold a pair down to review.

    ``branches`` says which pairs are branches of one company: a band of their own, or matches.
    """
    probability = probability_of(scored["weight"])
    band = np.select([probability >= match, probability >= review], [MATCH, REVIEW], NON_MATCH).astype(np.int8)
    reason = np.full(len(band), MODEL, np.int8)
    nothing = scored["identity"] <= 0
    reason[nothing] = AFFILIATION_ONLY
    band[nothing] = NON_MATCH
    if branches is not None:
        band[branches] = MATCH if merge_branches else BRANCH
        reason[branches] = OF_BRANCHES
    if kept_apart is not None:
        a, b = kept_apart[left], kept_apart[right]
        held = (a >= 0) & (b >= 0) & (a != b) & (band == MATCH)
        band[held], reason[held] = REVIEW, KEPT_APART
    return Decisions(band, reason)
