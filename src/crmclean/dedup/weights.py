"""Match weights: what each comparison level says, and how the evidence of a pair adds up.

Model (Fellegi & Sunter 1969; term-frequency adjustment after Winkler 2000). For comparison k at level l

    w_k = log2(m_kl / u_kl)

where m is the share of true pairs on the level and u the share of random pairs. On an exact level u is the chance of
agreeing on *this* value (``frequency.value_u``); on a near level it is that chance plus a tenth of the level's own u;
on the level of a part (a company name within another) the chance of agreeing on its rarest words.
Missing values weigh nothing. A pair's weight is

    W = log2(prior / (1 - prior)) + identity + support

* identity: the sum of the comparisons that identify (for a person: names, birth date, identity number, own mailbox and
  line; for a company: name, domain, number), with two corrections for dependence: when both mailboxes and both lines
  differ that is a finding of its own, and when the given names contradict each other the family name is household
  evidence (it moves to support) and an equal birth date is what siblings have.
* support: affiliation (``support``). Company, domain, shared line, shared mailbox and an equal job title form one
  group, employer; street, city, postcode, state and country another, place. Whether the person kept either is a latent
  class,
  so that disagreement is counted once and what neighbours have in common is not taken for an address. What neither a
  move nor a new employer explains (another country, another job title) counts besides. Positive support never exceeds
  ``SUPPORT_CAP`` nor the identity evidence it supports: without identity evidence it is nothing, so that affiliation
  alone cannot lift a pair above the prior.

* a full name that agrees is charged for the country of its two names (``affinity``) and ``Model.community`` bits on
  top: given and family names of one language community go together, so the product of their frequencies understates how
  often both are shared (an interaction in the class of non-matches, as in Thibaudeau 1993; ``model`` estimates it). A
  community also lives and works together, so what such a pair's places and employers say is charged the same once
  more. Another spelling or script of a name is charged half, an initial nothing.

* where given names contradict each other and the birth date agrees, family name, birth date and places add up to
  ``Model.kin`` bits at most: what kin born on one day would show (``kinship``).

Limits: levels are treated as independent apart from these corrections.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table, value_u
from crmclean.dedup.priors import DIFFERENT, Comparison, Role
from crmclean.dedup.support import LASTING, SUPPORT_CAP, Affiliation, Group

__all__ = [
    "CERTAIN_NAME",
    "SIBLING_BIRTH",
    "STRONGEST",
    "WEAKEST",
    "Model",
    "Scored",
    "chance_of_value",
    "probability_of",
    "score_pairs",
    "two_mailboxes",
    "value_tables",
    "widest_support",
]

Floats = np.ndarray[Any, np.dtype[np.float32]]

STRONGEST = 24.0
WEAKEST = -10.0
SIBLING_BIRTH = 5.0
_NEITHER_CONTACT = -1.5
CERTAIN_NAME = 2.0  # bits from which on a name counts as one that agrees
_NAMES = ("given", "family")
_ISSUED = ("birth", "national_id")  # written once and copied since: what differs in them is a slip or another person
_OTHER_FORM = 0.5  # share of the charge for one community where a name agrees in another form or script only


@dataclass(frozen=True)
class Model:
    """Everything a pair's weight depends on apart from its levels and the frequency of its values.

    Attributes
    ----------
    m, u : mapping of comparison name to float64 array by level code
        Shares; entries 0 and 1 (missing) are unused.
    prior : float
        Probability that a random pair is a match.
    community : float
        Bits that a shared full name is charged, because names of one language community go together.
    kin : float
        Bits that family name, birth date and places may add up to where given names contradict each other: what twins
        under one roof would show (``kinship.kin_bits``); 0 where the file does not tell.
    """

    entity: str
    comparisons: tuple[Comparison, ...]
    m: Mapping[str, Table]
    u: Mapping[str, Table]
    prior: float
    community: float = -1.5
    kin: float = 0.0
    near: Mapping[str, Table] = field(default_factory=dict)
    lasting: tuple[float, ...] = LASTING

    def share(self, item: Comparison) -> Table:
        """What the chance of a value is held against, by level code: m, but for the near levels (``near``).

        Of two swapped names the given name pays for the slip.
        """
        shares = self.m[item.name].copy()
        known = self.near.get(item.name)
        if known is not None:
            shares = np.where(known > 0, known, shares)
        if item.name == "family" and "swapped" in item.level_names:
            shares[item.code("swapped")] = 1.0
        return shares


@dataclass(frozen=True)
class Scored:
    """Weights of pairs: float32 arrays in bits. ``parts`` holds each comparison's weight before grouping."""

    parts: dict[str, Floats]
    identity: Floats
    support: Floats
    weight: Floats
    classes: Floats = field(default_factory=lambda: np.zeros((4, 0), np.float32))


def value_tables(comparisons: tuple[Comparison, ...], carriers: Mapping[str, Table], records: int) -> dict[str, Table]:
    """``value_u`` of each value code, per comparison with a frequency; 0 for the missing value."""
    tables = {
        item.name: value_u(carriers[item.name], records, item.frequency)
        for item in comparisons
        if item.frequency is not None and item.name in carriers
    }
    for table in tables.values():
        table[0] = 0.0
    for whole, part in (("email", "local"), ("company", "word")):  # codes after those of the values stand for parts
        if whole in tables and part in carriers:
            kind = next(item.frequency for item in comparisons if item.name == whole)
            assert kind is not None
            chance = np.maximum(value_u(carriers[part], records, kind), carriers.get(f"{part}_share", 0.0))
            tables[whole] = np.concatenate([tables[whole], chance])
    return tables


def probability_of(weight: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """2**W / (1 + 2**W)."""
    return 1.0 / (1.0 + np.exp2(-np.asarray(weight, np.float64)))


def score_pairs(
    model: Model,
    tables: Mapping[str, Table],
    records: Records,
    pairs: tuple[Ints, Ints],
    levels: Mapping[str, Ints],
    shared: Mapping[str, Ints],
    *,
    with_support: bool = True,
    known: Mapping[str, Floats] | None = None,
) -> Scored:
    """Weights of pairs from their levels; see the module docstring for the formula.

    Parameters
    ----------
    tables : mapping of str to float64 table
        ``value_tables`` of the file.
    pairs : two int arrays
        Canonical record numbers.
    levels, shared : as given by ``Comparer.levels``
    with_support : bool
        False when only ``identity`` is of interest: support stays zero.
    known : mapping, optional
        ``Scored.parts`` of these pairs that are there already, of the same levels.
    """
    left, right = pairs
    parts = {} if known is None else dict(known)
    for item in model.comparisons:
        if item.name in levels and item.name not in parts:
            level = levels[item.name]
            parts[item.name] = _weights(model, tables, records, item, left, right, level, shared.get(item.name))
    _two_of_one_name(model, levels, parts)
    kin = _Kin.of(model, levels, parts, len(left))
    community = _one_community(model, records, levels, parts, (left, right))
    identity, groups = _by_role(model, levels, parts, kin, np.minimum(community, 0) if with_support else None)
    identity += _neither_contact(levels, len(left)) + community
    identity += np.where(kin.together, np.minimum(kin.left_over, 0), 0).astype(np.float32)
    if not with_support:
        return Scored(parts, identity, np.zeros(len(left), np.float32), identity)
    place = groups["place"].total(np.minimum(community, 0))
    place = np.where(kin.together, np.minimum(place, np.maximum(kin.left_over, 0)), place).astype(np.float32)
    bound = _supported(model, levels, parts, identity)
    found = Affiliation.of(place, groups["employer"].total(), groups["background"].total(), bound, model.lasting)
    prior = np.float32(np.log2(model.prior / (1.0 - model.prior)))
    weight = (prior + identity + found.support).astype(np.float32)
    return Scored(parts, identity, found.support, weight, found.classes)


@dataclass(frozen=True)
class _Kin:
    """Pairs whose given names contradict each other.

    ``apart``: what they share may be a household's. ``together``: born on one day in a file that tells kin from slips;
    ``left_over`` is what places may still add there to family name and birth date, in bits (negative: too much said).
    """

    apart: Ints
    together: Ints
    left_over: Ints

    @staticmethod
    def of(model: Model, levels: Mapping[str, Ints], parts: Mapping[str, Floats], count: int) -> _Kin:
        household = _household(model, levels, count)
        together = household & _born_together(model, levels, count) & (model.kin > 0)
        shown = sum((np.maximum(parts[name], 0) for name in ("family", "birth") if name in parts), np.zeros(count))
        return _Kin(household & ~together, together, np.float32(model.kin) - shown)


def _by_role(
    model: Model, levels: Mapping[str, Ints], parts: Mapping[str, Floats], kin: _Kin, charge: Floats | None
) -> tuple[Floats, dict[str, Group]]:
    """The findings that identify, summed, and those that support, in their groups."""
    count = len(kin.apart)
    identity = np.zeros(count, np.float32)
    groups = {role: Group(count) for role in ("place", "employer", "background")}
    for item in model.comparisons:
        if item.name not in parts:
            continue
        part, level = parts[item.name], levels[item.name]
        if item.name == "state" and "city" in parts:  # it follows from the city: another one beside it is a slip
            part = np.where(parts["city"] > 0, np.float32(0), part)
        if item.name == "birth":
            part = np.where(kin.apart, np.minimum(part, SIBLING_BIRTH), part)
        apart = kin.apart & (part > 0) if item.name == "family" else None
        for role, belongs in _roles(item, level, apart):
            if role == "identity":
                identity += part if belongs is None else part * belongs
            elif charge is not None:
                local = role == "employer" and item.name != "title"
                agreed = np.where(part > 0, np.maximum(part + charge, 0), part) if local else part
                groups[role].add(agreed, belongs)
    return identity, groups


def _weights(
    model: Model,
    tables: Mapping[str, Table],
    records: Records,
    item: Comparison,
    left: Ints,
    right: Ints,
    level: Ints,
    shared: Ints | None,
) -> Floats:
    """log2(m/u) of each pair, with the u of its value where the level asks for it; 0 where missing."""
    m, u = model.m[item.name], model.u[item.name]
    ratio = np.log2(np.maximum(m, 1e-9) / np.maximum(u, 1e-9))
    ratio = np.clip(ratio, WEAKEST, STRONGEST)
    ratio[:DIFFERENT] = 0.0
    for code, found in enumerate(item.levels, start=DIFFERENT):
        if found.bits is not None:
            ratio[code] = found.bits
    weights = ratio.astype(np.float32).take(level)
    table = tables.get(item.name)
    by_value = [
        code for code, found in enumerate(item.levels, start=DIFFERENT) if found.frequency and table is not None
    ]
    if not by_value or table is None:
        return weights
    is_by_value = np.zeros(item.size, bool)
    is_by_value[by_value] = True
    asked = np.flatnonzero(is_by_value.take(level))
    codes = level.take(asked)
    value = None if shared is None else shared.take(asked)
    chance = chance_of_value(item, table, records, left.take(asked), right.take(asked), value)
    shares = model.share(item)
    near = np.array([False] * DIFFERENT + [found.frequency == "near" for found in item.levels]).take(codes)
    chance = np.minimum(chance + np.where(near, u.take(codes) / 10.0, 0.0), 1.0)
    weights[asked] = np.clip(np.log2(np.maximum(shares.take(codes), 1e-9) / np.maximum(chance, 1e-9)), 0.0, STRONGEST)
    return weights


def chance_of_value(
    item: Comparison, table: Table, records: Records, left: Ints, right: Ints, shared: Ints | None
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The chance of the value that pairs have in common; of two near values that of the commoner one."""
    if shared is not None:
        return np.where(shared == 0, 0.0, table.take(shared))
    form = records.codes(item.name)
    return np.maximum(table.take(form.take(left)), table.take(form.take(right)))


def _roles(item: Comparison, level: Ints, household: Ints | None) -> Iterator[tuple[Role, Ints | None]]:
    """The roles a comparison plays and the pairs in which it plays each (None = all); ``household`` is about places."""
    of_level = item.roles()
    if household is None and len(set(of_level)) == 1:
        yield of_level[0], None
        return
    for role in ("identity", "place", "employer", "background"):
        belongs = np.array([each == role for each in of_level]).take(level)
        if household is not None:
            belongs = belongs | household if role == "place" else belongs & ~household
        if belongs.any():
            yield role, belongs


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


def _two_of_one_name(model: Model, levels: Mapping[str, Ints], parts: dict[str, Floats]) -> None:
    """Between people of one name, mailboxes after it are two mailboxes: being alike follows (writes ``parts``)."""
    if any(name not in levels for name in ("email", "given", "family")):
        return
    items = {item.name: item for item in model.comparisons}
    asked = (levels["email"] == items["email"].code("named_alike")) | (levels["email"] == DIFFERENT)
    for name in ("given", "family"):
        asked &= levels[name] == items[name].code("exact")
    parts["email"] = np.where(asked, np.float32(two_mailboxes(model, items["email"])), parts["email"])


def _neither_contact(levels: Mapping[str, Ints], count: int) -> Floats:
    """Both mailboxes and both lines there and different: more than two separate disagreements."""
    if "email" not in levels or "own_line" not in levels:
        return np.zeros(count, np.float32)
    both = (levels["email"] == DIFFERENT) & (levels["own_line"] == DIFFERENT)
    return np.where(both, np.float32(_NEITHER_CONTACT), np.float32(0))


def _one_community(
    model: Model, records: Records, levels: Mapping[str, Ints], parts: Mapping[str, Floats], pairs: tuple[Ints, Ints]
) -> Floats:
    """Given and family name both agree: names of one community go together, so their rarities overstate.

    Less so where one of them is near only, and an initial is of no community.
    """
    left, right = pairs
    charge = np.zeros(len(left), np.float32)
    if "given" not in parts or "family" not in parts:
        return charge
    both = np.flatnonzero((parts["given"] > CERTAIN_NAME) & (parts["family"] > CERTAIN_NAME))
    charge[both] = model.community
    if records.name_charge is not None:
        charge[both] += np.minimum(*(records.name_charge.take(side[both]) for side in (left, right)))
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


def _supported(model: Model, levels: Mapping[str, Ints], parts: Mapping[str, Floats], identity: Floats) -> Floats:
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
    wider = np.minimum(identity + against, 2 * identity)
    if "birth" in levels:
        shown = np.minimum(wider, np.float32(model.kin) - _total(parts, _NAMES, 1))
        wider = np.where(levels["birth"] == DIFFERENT, shown, wider)
    widened: Floats = np.maximum(bound, wider)
    return widened


def _total(parts: Mapping[str, Floats], names: tuple[str, ...], sign: int) -> Floats:
    """What those of some comparisons say that agree (1) or disagree (-1), in bits."""
    total: Floats = np.zeros(len(next(iter(parts.values()))), np.float32)
    for name in names:
        if name in parts:
            total += np.maximum(sign * parts[name], 0)
    return total
