"""Evidence that depends on other evidence: what the sum of independent findings has to be corrected by.

Findings of one pair are not independent of each other: kin share a family name and may be born on one day, people of
one language share names, places and employers, mailboxes after one name look alike, and what differs once shows in
several fields. Each function says what one such dependence costs, in bits; ``weights`` adds them up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints
from crmclean.dedup.priors import DIFFERENT, Comparison
from crmclean.dedup.support import SUPPORT_CAP

if TYPE_CHECKING:
    from crmclean.dedup.weights import Model

__all__ = [
    "CERTAIN_NAME",
    "SIBLING_BIRTH",
    "Kin",
    "neither_contact",
    "one_community",
    "supported",
    "two_mailboxes",
    "widest_support",
    "write_two_mailboxes",
]

Floats = np.ndarray[Any, np.dtype[np.float32]]

SIBLING_BIRTH = 5.0  # bits that a birth date says at most where given names contradict each other
CERTAIN_NAME = 2.0  # bits from which on a name counts in full as one that agrees
_NEITHER_CONTACT = -1.5
_NAMES = ("given", "family")
_ISSUED = ("birth", "national_id")  # written once and copied since: what differs in them is a slip or another person
_OTHER_FORM = 0.5  # share of the charge for one community where a name agrees in another form or script only


@dataclass(frozen=True)
class Kin:
    """Pairs whose given names contradict each other.

    ``apart``: what they share may be a household's. ``together``: born on one day in a file that tells kin from slips;
    ``left_over`` is what places may still add there to family name and birth date, in bits (negative: too much said).
    """

    apart: Ints
    together: Ints
    left_over: Ints

    @staticmethod
    def of(model: Model, levels: Mapping[str, Ints], parts: Mapping[str, Floats], count: int) -> Kin:
        household = _household(model, levels, count)
        together = household & _born_together(model, levels, count) & (model.kin > 0)
        shown = sum((np.maximum(parts[name], 0) for name in ("family", "birth") if name in parts), np.zeros(count))
        return Kin(household & ~together, together, np.float32(model.kin) - shown)


def _household(model: Model, levels: Mapping[str, Ints], count: int) -> Ints:
    """Pairs whose given names contradict each other while something else of a household may agree."""
    if model.entity != "person" or "given" not in levels:
        return np.zeros(count, bool)
    item = next(item for item in model.comparisons if item.name == "given")
    contradicting: Ints = (levels["given"] == DIFFERENT) | (levels["given"] == item.code("similar"))
    return contradicting


def _born_together(model: Model, levels: Mapping[str, Ints], count: int) -> Ints:
    """Pairs born on one day, as far as a slip of the pen allows."""
    item = next((item for item in model.comparisons if item.name == "birth"), None)
    if item is None or "birth" not in levels:
        return np.zeros(count, bool)
    born: Ints = levels["birth"] >= item.code("swapped")
    return born


def two_mailboxes(model: Model, item: Comparison) -> float:
    """Bits of two mailboxes that are not the same, whether or not their local parts are built from one name."""
    apart = [DIFFERENT, item.code("named_alike")]
    return float(np.log2(model.m[item.name][apart].sum() / model.u[item.name][apart].sum()))


def write_two_mailboxes(model: Model, levels: Mapping[str, Ints], parts: dict[str, Floats]) -> None:
    """Between people of one name, mailboxes after it are two mailboxes: being alike follows (writes ``parts``)."""
    if any(name not in levels for name in ("email", "given", "family")):
        return
    items = {item.name: item for item in model.comparisons}
    asked = (levels["email"] == items["email"].code("named_alike")) | (levels["email"] == DIFFERENT)
    for name in ("given", "family"):
        asked &= levels[name] == items[name].code("exact")
    parts["email"] = np.where(asked, np.float32(two_mailboxes(model, items["email"])), parts["email"])


def neither_contact(levels: Mapping[str, Ints], count: int) -> Floats:
    """Both mailboxes and both lines there and different: more than two separate disagreements."""
    if "email" not in levels or "own_line" not in levels:
        return np.zeros(count, np.float32)
    both = (levels["email"] == DIFFERENT) & (levels["own_line"] == DIFFERENT)
    return np.where(both, np.float32(_NEITHER_CONTACT), np.float32(0))


def one_community(
    model: Model, records: Records, levels: Mapping[str, Ints], parts: Mapping[str, Floats], pairs: tuple[Ints, Ints]
) -> Floats:
    """Given and family name both agree: names of one community go together, so their rarities overstate.

    Less so where one of them is near only or hardly agrees, and an initial is of no community.
    """
    left, right = pairs
    charge = np.zeros(len(left), np.float32)
    if "given" not in parts or "family" not in parts:
        return charge
    weaker = np.minimum(parts["given"], parts["family"])
    both = np.flatnonzero(weaker > 0)
    charge[both] = model.community
    if records.name_charge is not None:
        charge[both] += np.minimum(*(records.name_charge.take(side[both]) for side in (left, right)))
    hardly = both[weaker[both] <= CERTAIN_NAME]
    charge[hardly] = np.minimum(charge[hardly], 0) * (weaker[hardly] / np.float32(CERTAIN_NAME))
    for item in model.comparisons:
        if item.name in ("given", "family"):
            charge[both] *= _bound_to_language(item)[levels[item.name][both]]
    return charge


def _bound_to_language(item: Comparison) -> Floats:
    """How much each level of a name belongs to one language: another script's spelling less, an initial not at all."""
    share = {"initial": 0.0, "variant": _OTHER_FORM}
    return np.array([share.get(name, 1.0) for name in item.level_names], np.float32)


def widest_support(kin: float, identity: Floats) -> Floats:
    """What affiliation can add to identity evidence at most, in bits, whatever it says (``Model.kin``)."""
    widest: Floats = np.clip(np.float32(2 if kin > 0 else 1) * identity, 0, SUPPORT_CAP)
    return widest


def supported(model: Model, levels: Mapping[str, Ints], parts: Mapping[str, Floats], identity: Floats) -> Floats:
    """The identity evidence that affiliation may support, in bits: all of it, and no more than there is.

    In a file that tells kin from slips, a birth date or number that differs is counted once, where it identifies, and
    so are names that differ where the birth date agrees: the bound is what the other findings say, though twice the
    whole at most. Namesakes born on different days show no more than kin do.
    """
    bound = np.maximum(identity, 0)
    if model.kin <= 0:
        return bound
    against = _total(parts, _ISSUED, -1)
    against += np.where(_born_together(model, levels, len(identity)), _total(parts, _NAMES, -1), 0)
    widened: Floats = np.maximum(bound, np.minimum(identity + against, 2 * identity))
    if "birth" in levels:
        shown = np.maximum(np.float32(model.kin) - _total(parts, _NAMES, 1), 0)
        widened = np.where(levels["birth"] == DIFFERENT, np.minimum(widened, shown), widened)
    return widened


def _total(parts: Mapping[str, Floats], names: tuple[str, ...], sign: int) -> Floats:
    """What those of some comparisons say that agree (1) or disagree (-1), in bits."""
    total: Floats = np.zeros(len(next(iter(parts.values()))), np.float32)
    for name in names:
        if name in parts:
            total += np.maximum(sign * parts[name], 0)
    return total
