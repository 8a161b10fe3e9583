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
* support: affiliation (``support``). Company, domain, shared line and mailbox and an equal job title form one group,
  employer; street, city, postcode and state another, place. Whether the person kept either is a latent class, so that
  disagreement is counted once and what neighbours have in common is not taken for an address. What neither a move nor
  a new employer explains (another country, another job title) counts besides. Positive support is bounded by
  ``SUPPORT_CAP`` and by the identity evidence it supports (``dependence.supported``): without identity evidence it is
  nothing, so that affiliation alone cannot lift a pair above the prior.

* a full name that agrees is charged for the country of its two names (``affinity``) and ``Model.community`` bits on
  top: given and family names of one language community go together, so the product of their frequencies understates how
  often both are shared (an interaction in the class of non-matches, as in Thibaudeau 1993; ``model`` estimates it). A
  community also lives and works together, so what such a pair's places and employers say is charged the same once
  more. Another spelling or script of a name is charged half, an initial nothing.

* how many of names, birth date and number are alike and not equal says more than each of them does (``slips``).

* where given names contradict each other and the birth date agrees, family name, birth date and places add up to
  ``Model.kin`` bits at most: what kin born on one day would show (``kinship``).

Limits: levels are treated as independent apart from these corrections.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crmclean.dedup.dependence import (
    SIBLING_BIRTH,
    Kin,
    neither_contact,
    one_community,
    supported,
    write_two_mailboxes,
)
from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import SOUND, Table, value_u
from crmclean.dedup.misdated import write_misdated
from crmclean.dedup.priors import DIFFERENT, Comparison, Role
from crmclean.dedup.slips import INDEPENDENT, bits_by_code, slip_codes
from crmclean.dedup.support import LASTING, Affiliation, Group

__all__ = [
    "STRONGEST",
    "WEAKEST",
    "Model",
    "Scored",
    "chance_of_value",
    "probability_of",
    "score_pairs",
    "value_tables",
]

Floats = np.ndarray[Any, np.dtype[np.float32]]

STRONGEST = 24.0
WEAKEST = -10.0


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
    near : mapping of comparison name to float64 array by level code
        Where positive, what the chance of a near value is held against instead of m (``model``).
    lasting : float64 array, shape (levels, 4)
        Shares of matches that kept place and employer, only the place, only the employer, neither (``support``), by
        level code of the mailbox; one row where there is none.
    neighbours : float
        Share of two people who work together that have their place in common (``colleagues``); 0 where the file does
        not tell.
    slips : float64 array, shape (5, 5)
        Bits that a pair counts more, by how many of names, birth date and number are equal or alike, and how many of
        them are alike only (``slips``).
    misdated : float64 array by level code of the birth date
        m of pairs of which one date cannot be (``misdated``); empty where the file has none: as m has it.
    """

    entity: str
    comparisons: tuple[Comparison, ...]
    m: Mapping[str, Table]
    u: Mapping[str, Table]
    prior: float
    community: float = -1.5
    kin: float = 0.0
    near: Mapping[str, Table] = field(default_factory=dict)
    lasting: Table = field(default_factory=lambda: np.array([LASTING]))
    neighbours: float = 0.0
    slips: Table = field(default_factory=INDEPENDENT.copy)
    misdated: Table = field(default_factory=lambda: np.zeros(0))

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

    def lasting_of(self, levels: Mapping[str, Ints]) -> Floats:
        """``lasting`` of pairs by their levels: a column a pair, or one for all."""
        if len(self.lasting) == 1 or "email" not in levels:
            return self.lasting[:1].T.astype(np.float32)
        return self.lasting.T.astype(np.float32).take(levels["email"], axis=1)


@dataclass(frozen=True)
class Scored:
    """Weights of pairs: float32 arrays in bits.

    ``parts`` holds each comparison's weight before grouping, ``telling`` what of it identifies, ``place`` the
    evidence of the place.
    """

    parts: dict[str, Floats]
    telling: dict[str, Floats]
    identity: Floats
    support: Floats
    weight: Floats
    classes: Floats = field(default_factory=lambda: np.zeros((4, 0), np.float32))
    place: Floats = field(default_factory=lambda: np.zeros(0, np.float32))


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
    write_two_mailboxes(model, levels, parts)
    write_misdated(model, records, levels, parts, (left, right))
    kin = Kin.of(model, levels, parts, len(left))
    community = one_community(model, records, levels, parts, (left, right))
    telling, groups = _by_role(model, levels, parts, kin, np.minimum(community, 0) if with_support else None)
    identity = sum(telling.values(), np.zeros(len(left), np.float32))
    identity += neither_contact(levels, len(left)) + community
    identity += bits_by_code(model.slips).astype(np.float32).take(slip_codes(model.comparisons, levels, len(left)))
    identity += np.where(kin.together, np.minimum(kin.left_over, 0), 0).astype(np.float32)
    if not with_support:
        return Scored(parts, telling, identity, np.zeros(len(left), np.float32), identity)
    place = groups["place"].total(np.minimum(community, 0))
    place = np.where(kin.together, np.minimum(place, np.maximum(kin.left_over, 0)), place).astype(np.float32)
    bound = supported(model, levels, parts, identity)
    neighbours = np.where(_work_together(model, levels, parts, len(left)), np.float32(model.neighbours), np.float32(0))
    employer, background = groups["employer"].total(), groups["background"].total()
    found = Affiliation.of(place, employer, background, bound, model.lasting_of(levels), neighbours)
    prior = np.float32(np.log2(model.prior / (1.0 - model.prior)))
    weight = (prior + identity + found.support).astype(np.float32)
    return Scored(parts, telling, identity, found.support, weight, found.classes, place)


def _by_role(
    model: Model, levels: Mapping[str, Ints], parts: Mapping[str, Floats], kin: Kin, charge: Floats | None
) -> tuple[dict[str, Floats], dict[str, Group]]:
    """What of each comparison identifies, and what supports, in its groups."""
    count = len(kin.apart)
    telling: dict[str, Floats] = {}
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
                telling[item.name] = part if belongs is None else part * belongs
            elif charge is not None:
                local = role == "employer" and item.name != "title"
                agreed = np.where(part > 0, np.maximum(part + charge, 0), part) if local else part
                groups[role].add(agreed, belongs)
        if "identity" in item.roles():
            telling.setdefault(item.name, np.zeros(count, np.float32))
    return telling, groups


def _work_together(model: Model, levels: Mapping[str, Ints], parts: Mapping[str, Floats], count: int) -> Ints:
    """Pairs with something of an employer in common; many employers have people of one title."""
    met = np.zeros(count, bool)
    for item in model.comparisons:
        if item.name in parts and item.name != "title" and "employer" in item.roles():
            of_employer = np.array([role == "employer" for role in item.roles()]).take(levels[item.name])
            met |= of_employer & (parts[item.name] > 0)
    return met


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
    chance = chance_of_value(item, tables, records, left.take(asked), right.take(asked), codes, value)
    shares = model.share(item).take(codes)
    if item.name == "given" and "family" in tables:
        swapped = np.flatnonzero(codes == item.code("swapped"))
        pairs = left.take(asked[swapped]), right.take(asked[swapped])
        shares[swapped] = swapped_share(model, tables, records, pairs)
    near = np.array([False] * DIFFERENT + [found.frequency == "near" for found in item.levels]).take(codes)
    chance = np.minimum(chance + np.where(near, u.take(codes) / 10.0, 0.0), 1.0)
    weights[asked] = np.clip(np.log2(np.maximum(shares, 1e-9) / np.maximum(chance, 1e-9)), 0.0, STRONGEST)
    return weights


def chance_of_value(
    item: Comparison,
    tables: Mapping[str, Table],
    records: Records,
    left: Ints,
    right: Ints,
    codes: Ints,
    shared: Ints | None,
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The chance of the value that pairs have in common; of two near values that of the commoner one.

    Of two names that sound alike (``codes`` are the levels of the pairs) it is that of any name that does, for so many
    others would be on that level too. Of a family name that both have in the wrong field it is that of this name.
    """
    table = tables[item.name]
    if shared is not None:
        return np.where(shared == 0, 0.0, table.take(shared))
    form = records.codes(item.name)
    chance = np.maximum(table.take(form.take(left)), table.take(form.take(right)))
    sound = tables.get(SOUND + item.name)
    if sound is not None:
        alike = np.flatnonzero(codes == item.code("variant"))
        chance[alike] = np.maximum(chance[alike], sound.take(form.take(left.take(alike))))
    if item.name == "family" and records.has("given"):
        given, misplaced = records.codes("given"), np.flatnonzero(codes == item.code("misplaced"))
        one, other = given.take(left.take(misplaced)), given.take(right.take(misplaced))
        both = (one == other) & (one > 0)
        chance[misplaced[both]] = table.take(one[both])
    return chance


def swapped_share(
    model: Model, tables: Mapping[str, Table], records: Records, pairs: tuple[Ints, Ints]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """What the chance of the given name of swapped names is held against: how likely one of two orders is a slip.

    Let s = m / 2 of the records have their names swapped, and let one order of two names be r times as likely as the
    other (r <= 1). One person entered once each way is met s (1 + r) times as often as the likelier name; of two people
    one has 1 + s r of it and the other r + s, as each may be the other swapped. The ratio is

        s (1 + r) / ((1 + s r) (r + s))

    close to m where both names are either, and to 1 where one is a given and one a family name beyond doubt: the record
    the wrong way round is a slip whoever it is of, and costs nothing more.

    How a name divides between the two fields is told by the other records that have it there, n of one and n' of the
    other, after Laplace: (n + 1) / (n + n' + 2).
    """
    known = {}
    for item in model.comparisons:
        if item.name in ("given", "family"):
            assert item.frequency is not None
            belief = item.frequency.weight
            known[item.name] = tables[item.name] * (records.count - 1 + belief) - belief * item.frequency.base + 1
    orders = []
    for side in pairs:
        given, family = (records.codes(name).take(side) for name in ("given", "family"))
        as_given = known["given"].take(given) / (known["given"].take(given) + known["family"].take(given))
        as_family = known["family"].take(family) / (known["given"].take(family) + known["family"].take(family))
        orders.append(as_given * as_family)
    r = np.minimum(*orders) / np.maximum(*orders)
    given_name = next(item for item in model.comparisons if item.name == "given")
    s = model.m["given"][given_name.code("swapped")] / 2
    share: np.ndarray[Any, np.dtype[np.float64]] = s * (1 + r) / ((r + s) * (1 + s * r))
    return share


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
