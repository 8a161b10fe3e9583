"""What affiliation says of a pair: a person keeps place and employer, or changes one of them, or both.

Fields of an affiliation do not disagree one by one. Whoever changes the employer changes company, domain, switchboard
and mostly the address; whoever moves changes street, postcode and city; and nothing of the new one tells more than of
any other person's. So the match is a mixture (latent classes, as in Winkler 1988; Thibaudeau 1993). With P and E the
evidence in bits of place and employer *for people who kept them*, and lambda the shares of matches that kept both,
only the place, only the employer, and neither,

    support = log2(lambda_both 2^(P, E) + lambda_place 2^P + lambda_employer 2^E + lambda_neither)

where (P, E) is their sum, but the weaker by half where both speak for the pair: among colleagues who are two people
both agree together. Where a field of the place agrees (one city) and another does not (two streets), the place was not
kept, and the agreement is what neighbours have; and disagreement, however much of it, is never less than
log2(lambda_neither). Whoever has another mailbox has more often changed the employer, so lambda is by level of the
mailbox.

How much colleagues have in common, a file tells by those of two names: a share s of them has one place
(``colleagues``). So where the employer agrees, such evidence of the place is met

    s 2^P + 1 - s

times as often among two people as among strangers, and support is less by log2 of that: an address that everybody of
the company shares adds nothing to it, and people of one name and employer but of two places are hardly ever two. There
(P, E) is the whole sum. Where the file does not tell, half of the weaker stands for this.

Within a group agreement is correlated, so the strongest finding counts in full and the rest at a quarter, at most
``GROUP_REMAINDER`` bits, less the strongest disagreement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from crmclean.dedup.forms import Ints

__all__ = [
    "GAIN_STEP",
    "GROUP_REMAINDER",
    "GROUP_SHARE",
    "LASTING",
    "NEIGHBOURS",
    "SUPPORT_CAP",
    "Affiliation",
    "Group",
    "bounded_group",
    "gains",
    "met_among",
    "most_support",
    "widest_among",
]

Floats = np.ndarray[Any, np.dtype[np.float32]]

SUPPORT_CAP = 14.0
GROUP_SHARE, GROUP_REMAINDER = 0.25, 2.0  # what all but the strongest of correlated findings count, and at most
GAIN_STEP = 32.0  # steps a bit of the table of ``gains``
_GAIN_BITS = 16
LASTING = (0.70, 0.08, 0.10, 0.12)  # of matches: kept both, only the place, only the employer, neither
NEIGHBOURS = 0.8  # of people who work together: have the place in common that their records give


class Group:
    """Correlated findings: the strongest in full, the others at a quarter and at most so many bits."""

    def __init__(self, count: int) -> None:
        self.best = np.zeros(count, np.float32)
        self.sum = np.zeros(count, np.float32)
        self.against = np.zeros(count, np.float32)

    def add(self, part: Floats, belongs: Ints | None) -> None:
        """Add the findings of one comparison to the pairs where it belongs to the group (None = all)."""
        part = part if belongs is None else part * belongs
        positive = np.maximum(part, 0)
        np.maximum(self.best, positive, out=self.best)
        self.sum += positive
        np.minimum(self.against, part, out=self.against)

    def total(self, charge: Floats | float = 0.0) -> Floats:
        """Strongest + bounded remainder, less a charge on them, + the strongest disagreement."""
        agreed = np.maximum(bounded_group(self.best, self.sum) + charge, 0)
        total: Floats = (agreed + self.against).astype(np.float32)
        return total


def met_among(place: Floats, neighbours: Floats) -> Floats:
    """How much oftener evidence of the place is met among colleagues than among strangers, in bits; 0 for strangers."""
    often: Floats = np.log2(neighbours * np.exp2(place) + 1 - neighbours)
    return often


def widest_among(neighbours: float) -> tuple[float, float]:
    """By how many bits ``met_among`` can widen support, and what the place counts at most beside that; 0 where s is 0.

    As 2^P / (s 2^P + 1 - s) is 1 / s at most and 1 / (1 - s) times 2^P at most, support is no more than with the
    smaller of P and log2((1 - s) / s), and log2(1 / (1 - s)) on top; half a bit for each bit that
    ``most_support`` may halve.
    """
    if neighbours <= 0:
        return 0.0, 0.0
    back, widest = float(-np.log2(1 - neighbours)), float(np.log2((1 - neighbours) / neighbours))
    return back + 0.5 * max(widest, 0.0), widest


def bounded_group(best: Floats, total: Floats) -> Floats:
    """What correlated findings are worth together, from the strongest of them and their sum."""
    worth: Floats = best + np.minimum((total - best) * np.float32(GROUP_SHARE), np.float32(GROUP_REMAINDER))
    return worth


@dataclass(frozen=True)
class Affiliation:
    """Support of pairs, and how the matches among them may have come by it.

    Attributes
    ----------
    support : float32 array
        Bits, bounded by the identity evidence and ``SUPPORT_CAP``.
    classes : float32 array, shape (4, pairs)
        Given a match, the probability that it kept both, only the place, only the employer, neither.
    """

    support: Floats
    classes: Floats

    @staticmethod
    def of(
        place: Floats,
        employer: Floats,
        background: Floats,
        bound: Floats,
        lasting: Floats,
        neighbours: Floats,
    ) -> Affiliation:
        """From the evidence of both groups for people who kept them.

        Parameters
        ----------
        bound : float32 array
            The identity evidence that may be supported.
        lasting : float32 array, shape (4, pairs) or (4, 1)
            Shares of matches that kept both, only the place, only the employer, neither.
        neighbours : float32 array
            Of pairs with one employer the share of colleagues that have the place in common; 0 for others.
        """
        weaker = np.minimum(place, employer)
        half = np.maximum(place, employer) + 0.5 * weaker
        both = np.where((weaker > 0) & (neighbours <= 0), half, place + employer)
        classes = lasting * np.exp2(np.stack([both, place, employer, np.zeros_like(place)]).astype(np.float32))
        whole = classes.sum(axis=0)
        support = np.log2(whole) + background - met_among(place, neighbours)
        gain = np.minimum(np.minimum(np.maximum(support, 0), SUPPORT_CAP), bound)
        return Affiliation((gain + np.minimum(support, 0)).astype(np.float32), classes / whole)


def gains() -> Floats:
    """log2(1 + 2^-d) for d = 0, 1 / ``GAIN_STEP``, ...: what the smaller of two chances adds to the larger, in bits."""
    steps = np.arange(_GAIN_BITS * GAIN_STEP + 1)
    table: Floats = np.log2(1 + np.exp2(-steps / GAIN_STEP)).astype(np.float32)
    return table


def most_support(place: Floats, employer: Floats, shares: Floats) -> Floats:
    """What ``Affiliation`` makes of the evidence of both groups, and up to a tenth of a bit more, the bounds left out.

    ``shares`` are the logarithms of ``lasting``. Chances are added by the table of ``gains``, read at or below the true
    difference, so the answer is the same wherever it is computed, and never too small.
    """
    weaker = np.minimum(place, employer)
    both = np.where(weaker > 0, np.maximum(place, employer) + np.float32(0.5) * weaker, place + employer)
    table = gains()
    most: Floats = both + shares[0]
    for other in (place + shares[1], employer + shares[2], np.broadcast_to(shares[3], both.shape)):
        apart = np.abs(most - other)
        step = np.minimum(apart, np.float32(_GAIN_BITS)) * np.float32(GAIN_STEP)
        most = np.maximum(most, other) + table.take(step.astype(np.int64))
    return most
