"""Ruling out hopeless candidate pairs before anything is compared in earnest.

Most candidate pairs share a name part and a town and nothing else. What such a pair can weigh at most is told by codes
alone: a value both sides share counts as much as its rarity allows; values that may be near (judged by the letters
and words that occur in them) count what the best near level allows; values that can be neither count as different.
Identity and support are bounded apart, by the formula of ``weights``, so a pair is dropped only if its true weight
could not have reached what is needed, and no text is touched. What an affiliation that certainly differs takes from a
pair counts too, once the shares of those who keep theirs are settled: while a model is fitted, they are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from crmclean.dedup.affinity import LEAST_CHARGE
from crmclean.dedup.compiled_bounds import CompiledBounds, compile_bounds
from crmclean.dedup.contact_levels import SHARED_BY
from crmclean.dedup.dependence import CERTAIN_NAME, SIBLING_BIRTH, two_mailboxes, widest_support
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table
from crmclean.dedup.levels import POOLED, Comparer
from crmclean.dedup.misdated import are_misdated, bits_of_misdated, with_misdated
from crmclean.dedup.priors import DIFFERENT, Comparison
from crmclean.dedup.support import SUPPORT_CAP, Group, bounded_group, most_support, widest_among
from crmclean.dedup.weights import STRONGEST, WEAKEST, Model

__all__ = ["Bounds", "bounds_of", "may_link"]

Floats = np.ndarray[Any, np.dtype[np.float32]]

_MISSING, _EQUAL = -1, 3  # what names can reach, beside what ``may_be_alike`` says
_ROUNDING = 0.02  # bits that float32 sums may be off


@dataclass(frozen=True)
class Bounds:
    """The most bits that each level and each value of a file can be worth under a model.

    Attributes
    ----------
    levels : mapping of comparison name to float32 array by level code
        Zero where missing; a level weighed by the frequency of its value at its best.
    exact, near : mapping of comparison name to float32 table by value code
        What sharing the value, or being near it, is worth; only comparisons with a frequency.
    slack : float
        Bits granted on top of every bound.
    lasting : float32 array or None
        log2 of ``Model.lasting``, the most at any level of the mailbox; None where support is not to take anything
        from a pair.
    among : two floats
        ``widest_among`` of ``Model.neighbours``.
    crossed : float
        Bits that a given name which is the other record's family name can be worth beyond ``near``.
    misdated : float32 array
        ``bits_of_misdated``; empty where there are no birth dates.
    """

    comparer: Comparer
    community: float
    kin: float
    levels: Mapping[str, Floats]
    exact: Mapping[str, Floats]
    near: Mapping[str, Floats]
    slack: float = 0.0
    lasting: Floats | None = None
    among: tuple[float, float] = (0.0, 0.0)
    crossed: float = 0.0
    misdated: Floats = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def welcome(self) -> float:
        """What names from two ends of the world may gain where a charge for their community is due."""
        return 0.0 if self.comparer.records.affinity is None else max(self.community + LEAST_CHARGE, 0.0)

    def different(self, name: str) -> np.float32:
        """What a disagreement weighs."""
        return np.float32(self.levels[name][DIFFERENT])

    def between(self, item: Comparison) -> np.float32 | None:
        """What values that may be near can be worth: the best level below the best of all; None where there is none."""
        if not item.between:
            return None
        return max(np.float32(self.levels[item.name][item.between].max()), self.different(item.name))

    def of_names(self, item: Comparison) -> tuple[np.float32, np.float32, np.float32]:
        """What two different names are worth whatever their values: at best, if similar, and if they are not."""
        levels, different = self.levels[item.name], self.different(item.name)
        plain = [levels[code] for code, level in enumerate(item.levels, DIFFERENT) if not level.frequency]
        return max(plain), max(levels[item.code("similar")], different), different

    def made(self) -> Bounds:
        """These bounds, with all that is made only once made now, in this thread."""
        _ = self.compiled
        return self

    @property
    def besides(self) -> float:
        """The most that disagreements say which neither a move nor a new employer explains, where they speak for it."""
        told = [self.different(item.name) for item in self.comparer.active if item.against() == "background"]
        positive = np.maximum(np.array([0.0, *told], np.float32), 0)
        return float(bounded_group(positive.max(keepdims=True), positive.sum(keepdims=True))[0])

    @cached_property
    def compiled(self) -> CompiledBounds | None:
        """These bounds for the compiled kernel."""
        return compile_bounds(self)

    def identifies(self, name: str, codes: Ints) -> Ints:
        """Whether each of some shared values can identify, or only says something about the place they share."""
        carriers = self.comparer.carriers.get(name)
        limit = SHARED_BY.get(name)
        return np.ones(len(codes), bool) if carriers is None or limit is None else carriers.take(codes) < limit

    def of_values(self, name: str) -> Floats:
        """What sharing each value is worth."""
        size, table = self.comparer.records.forms[name].size, self.exact.get(name)
        return np.full(size, self.levels[name][-1], np.float32) if table is None else table[:size]

    def same(self, name: str, codes: Ints) -> Floats:
        """What sharing each of some values is worth."""
        table = self.exact.get(name)
        return table.take(codes) if table is not None else np.full(len(codes), self.levels[name][-1], np.float32)


def bounds_of(
    model: Model, comparer: Comparer, tables: Mapping[str, Table], slack: float = 0.0, *, settled: bool = True
) -> Bounds:
    """The bounds of a file under a model; ``tables`` are its ``value_tables``.

    ``settled`` says that affiliation may also take from a pair what the model says it does.
    """
    levels: dict[str, Floats] = {}
    exact: dict[str, Floats] = {}
    near: dict[str, Floats] = {}
    crossed = 0.0
    for item in comparer.active:
        m, u = np.maximum(model.m[item.name], 1e-9), np.maximum(model.u[item.name], 1e-9)
        bits = np.clip(np.log2(m / u), WEAKEST, STRONGEST)
        best: dict[str, float] = {}
        shares = model.share(item)
        for code, level in enumerate(item.levels, start=DIFFERENT):
            if level.bits is not None:
                bits[code] = level.bits
            elif level.frequency and item.name in tables:
                share = max(shares[code], 1e-9)
                least = u[code] / 10.0 if level.frequency == "near" else 1e-9
                bits[code] = np.clip(np.log2(share / least), 0.0, STRONGEST)
                best[level.frequency] = max(best.get(level.frequency, 0.0), float(share))
        bits[:DIFFERENT] = 0.0
        if item.name == "email":
            bits[DIFFERENT] = max(bits[DIFFERENT], two_mailboxes(model, item))
        levels[item.name] = bits.astype(np.float32)
        if item.name == "given" and "near" in best:  # of swapped names the share may cancel (``swapped_share``)
            crossed = -float(np.log2(best["near"]))
        for into, kind in ((exact, "value"), (near, "near")):
            if kind in best:
                chance = _bits_of(comparer, item.name, tables[item.name])
                into[item.name] = np.clip(np.log2(best[kind]) - chance, 0.0, STRONGEST).astype(np.float32)
    lasting = np.log2(np.maximum(model.lasting.max(axis=0), 1e-9)).astype(np.float32) if settled else None
    among = widest_among(model.neighbours)
    wide = float(widest_support(model.kin, np.ones(1, np.float32))[0])  # what raises identity raises its support
    slack += (1.0 + wide) * max(float(model.slips.max()), 0.0)
    born = [bits_of_misdated(model, item) for item in comparer.active if item.name == "birth"]
    return Bounds(comparer, model.community, model.kin, levels, exact, near, slack, lasting, among, crossed, *born)


def _bits_of(comparer: Comparer, name: str, table: Table) -> Table:
    """log2 of the chance of each value; the file's own table is asked about once, whatever the models."""

    def made() -> tuple[Table, Table]:
        return table, np.log2(np.maximum(table, 1e-9))

    of_table, bits = comparer.once(f"bits:{name}", made)
    return bits if of_table is table else made()[1]


def may_link(bounds: Bounds, left: Ints, right: Ints, needed: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether pairs of canonical record numbers can have ``needed`` bits of identity and support together."""
    needed -= _ROUNDING + bounds.slack
    if bounds.compiled is None:
        return _plain(bounds, left.astype(np.int64), right.astype(np.int64), needed)
    left, right = (np.ascontiguousarray(side, np.int32) for side in (left, right))
    birth = next((item for item in bounds.comparer.active if item.name == "birth"), None)
    none = np.zeros(0, np.float32), np.zeros(0, bool)
    return bounds.compiled.may_link(left, right, needed, none if birth is None else _birth(bounds, birth, left, right))


def _plain(bounds: Bounds, left: Ints, right: Ints, needed: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """``may_link`` without the compiled kernel, which it tells what to find."""
    identity, household = _identity(bounds, left, right)
    possible: np.ndarray[Any, np.dtype[np.bool_]] = identity + widest_support(bounds.kin, identity) >= needed
    open_ = np.flatnonzero(possible if bounds.lasting is not None else possible & (identity < needed))
    asked = identity[open_]
    widest = widest_support(bounds.kin, asked)
    support = _support(bounds, left[open_], right[open_], household[open_])
    possible[open_] = asked + np.minimum(support, widest) >= needed
    return possible


def _identity(bounds: Bounds, left: Ints, right: Ints) -> tuple[Floats, Floats]:
    """The most identity evidence can reach, and what the family name says of a household instead."""
    names = _names(bounds, left, right)
    total = names.bits.copy()
    for item in bounds.comparer.active:
        name = item.name
        if name in ("given", "family"):
            continue
        if name == "birth":
            bits, together = _birth(bounds, item, left, right)
            if bounds.kin > 0:  # born on one day, kin show no more than the file's kin could, the family name among it
                total = np.where(names.apart & together, total + names.household, total)
            else:
                bits = np.where(names.apart, np.minimum(bits, SIBLING_BIRTH), bits)
        elif name in POOLED and "identity" in item.roles():
            contrary = names.contrary if name == "email" else names.contrary_line
            identifying = contrary if "shared" in item.level_names else None
            bits = _pool(bounds, item, left, right, identifying, signed=item.role == "identity")
        elif name not in POOLED and item.role == "identity":
            bits = _form(bounds, item, left, right)
        else:
            continue
        total += bits
    return total, names.household


def _support(bounds: Bounds, left: Ints, right: Ints, household: Floats) -> Floats:
    """The most support can reach, by the formula of ``weights``: both affiliation groups, and what counts besides."""
    groups = {role: Group(len(left)) for role in ("place", "employer", "background")}
    groups["place"].add(household, None)
    found: dict[str, Floats] = {}
    for item in bounds.comparer.active:
        if item.supports() or item.against():
            bits = (_pool if item.name in POOLED else _form)(bounds, item, left, right, signed=bool(item.against()))
            if item.name == "state" and "city" in found:  # it follows from the city
                bits = np.where(found["city"] > 0, np.maximum(bits, 0), bits)
            found[item.name] = bits
            for role in item.supports():
                groups[role].add(np.maximum(bits, 0), None)
            against = item.against()
            if against is not None and bounds.lasting is not None:
                groups[against].add(np.minimum(bits, 0), None)
    place, employer = (bounded_group(groups[role].best, groups[role].sum) for role in ("place", "employer"))
    place += np.where(place > 0, np.float32(bounds.welcome), np.float32(0))
    if bounds.lasting is None:
        gain: Floats = np.maximum(place, employer) + np.float32(0.5) * np.minimum(place, employer)
        return np.minimum(gain, SUPPORT_CAP)
    kept = place + groups["place"].against, employer + groups["employer"].against
    most = most_support(*kept, bounds.lasting)
    back, widest = (np.float32(bits) for bits in bounds.among)
    among = back + most_support(np.minimum(kept[0], widest), kept[1], bounds.lasting)
    most = np.where((back > 0) & (groups["employer"].best > 0), np.maximum(most, among), most)
    most = most + (np.float32(bounds.besides) + groups["background"].against)
    return np.minimum(most, SUPPORT_CAP)


@dataclass(frozen=True)
class _Names:
    """What the names of pairs can say.

    ``apart``: given names contradict each other for certain, or are similar at best; ``contrary`` (for mailboxes) and
    ``contrary_line``: so much that whatever else is shared is shared by two people.
    """

    bits: Floats
    household: Floats
    apart: Ints
    contrary: Ints
    contrary_line: Ints


def _names(bounds: Bounds, left: Ints, right: Ints) -> _Names:
    nothing, nowhere = np.zeros(len(left), np.float32), np.zeros(len(left), bool)
    known = {item.name: item for item in bounds.comparer.active if item.name in ("given", "family")}
    sides = {name: _name(bounds, item, left, right) for name, item in known.items()}
    bits, family, household = (sides[name][0] if name in sides else nothing for name in ("given", "family", ""))
    reach = sides["given"][1] if "given" in sides else np.full(len(left), _MISSING, np.int8)
    apart = (reach == 0) | (reach == 1)
    contrary = contrary_line = reach == 0
    if "family" in sides:
        household = np.where(apart, np.maximum(family, 0), 0).astype(np.float32)
        bits = bits + family - household
        contrary_line = contrary | ((sides["family"][1] == 0) & (reach < 2))
    if len(sides) == 2:
        certain = (sides["given"][0] > CERTAIN_NAME) & (family > CERTAIN_NAME)
        whole = certain & (reach == _EQUAL) & (sides["family"][1] == _EQUAL)
        mixed = certain & ~whole
        bits = np.where(mixed, bits + np.float32(bounds.welcome), bits)
        bits = np.where(whole, bits + np.float32(bounds.community), bits).astype(np.float32)
        charge = bounds.comparer.records.name_charge
        if charge is not None:
            bits[whole] += charge.take(left[whole])
    return _Names(bits, household, apart if known else nowhere, contrary, contrary_line)


def _name(bounds: Bounds, item: Comparison, left: Ints, right: Ints) -> tuple[Floats, Ints]:
    """Bits of given or family names, and what they can reach: as ``may_be_alike``, or equal, or missing."""
    comparer, name = bounds.comparer, item.name
    codes = comparer.records.codes(name)
    a, b = codes.take(left), codes.take(right)
    missing = (a == 0) | (b == 0)
    bits = bounds.exact[name].take(a)
    bits[missing] = 0
    reach = np.full(len(left), _EQUAL, np.int8)
    reach[missing] = _MISSING
    open_ = np.flatnonzero((a != b) & ~missing)
    x, y = a[open_], b[open_]
    alike = comparer.may_be_alike(name, x, y)
    best = np.minimum(bounds.near[name].take(x), bounds.near[name].take(y))
    other = "family" if name == "given" else "given"
    if comparer.records.has(other):
        crossed = comparer.records.codes(other)
        one, two = crossed.take(left), crossed.take(right)
        alike[comparer.may_be_misplaced(x, two[open_]) | comparer.may_be_misplaced(y, one[open_])] = 2
        lone = np.flatnonzero(missing & (a + b > 0) & (a + b == np.where(a > 0, two, one)))
        bits[lone] = np.maximum(bounds.near[name][a[lone] + b[lone]], 0)
        reach[lone] = 2
        if name == "given":
            best += np.where((x == two[open_]) | (y == one[open_]), np.float32(bounds.crossed), np.float32(0))
    plain, similar, different = bounds.of_names(item)
    bits[open_] = np.where(alike == 2, np.maximum(best, plain), np.where(alike == 1, similar, different))
    reach[open_] = alike
    return bits, reach


def _birth(bounds: Bounds, item: Comparison, left: Ints, right: Ints) -> tuple[Floats, Ints]:
    """The level itself is as cheap as a bound of it; also whether both are born on one day, but for a slip."""
    records, exact = bounds.comparer.records, item.code("exact")
    levels = bounds.comparer.levels(left, right, only=["birth"])[0]["birth"]
    same = bounds.same("birth", records.codes("birth")[left])
    bits = np.where(levels == exact, same, bounds.levels["birth"][levels])
    bits = with_misdated(bits, bounds.misdated, levels, are_misdated(records, levels, item, left, right))
    return bits, levels >= item.code("swapped")


def _form(bounds: Bounds, item: Comparison, left: Ints, right: Ints, *, signed: bool = True) -> Floats:
    """Of a field with one value a record."""
    codes = bounds.comparer.records.codes(item.name)
    a, b = codes.take(left), codes.take(right)
    bits = bounds.same(item.name, a)
    missing = (a == 0) | (b == 0)
    bits[missing] = 0
    open_ = np.flatnonzero((a != b) & ~missing)
    bits[open_] = bounds.different(item.name)
    between = bounds.between(item)
    if between is not None:
        bits[open_[bounds.comparer.may_be_near(item.name, a[open_], b[open_])]] = between
    return bits if signed else np.maximum(bits, 0)


def _pool(
    bounds: Bounds, item: Comparison, left: Ints, right: Ints, contrary: Ints | None = None, *, signed: bool = False
) -> Floats:
    """Of interchangeable columns: the best of every column of one side against every one of the other.

    ``signed`` where disagreement takes something from the pair, too. ``contrary`` asks for what identifies alone, and
    says where two people share whatever they share.
    """
    name, between = item.name, bounds.between(item)
    own = bounds.comparer.records.codes(name)
    bits = np.full(len(left), -np.inf, np.float32)
    for place, row in enumerate(own):
        a = row.take(left)
        for across, column in enumerate(own):
            b = column.take(right)
            same = bounds.same(name, a)
            if contrary is not None:
                same = np.where(contrary | ~bounds.identifies(name, a), np.float32(0), same)
            found = np.where(a == b, same, bounds.different(name))
            both = (a > 0) & (b > 0)
            if name == "national_id" and across != place:
                both &= a == b  # numbers of two kinds do not contradict each other
            if between is not None:
                open_ = np.flatnonzero(both & (a != b))
                near = bounds.comparer.may_be_near(name, a[open_], b[open_])
                found[open_[near]] = between
            np.maximum(bits, np.where(both, found, -np.inf), out=bits)
    if name == "own_line":  # a line that the other side has in another column is the same line too
        every = bounds.comparer.records.codes("line")[len(own) :]
        for one, other in ((own, every), (every, own)):
            for row in one:
                a = row.take(left)
                for column in other:
                    met = np.flatnonzero((a == column.take(right)) & (a > 0))
                    same = bounds.same(name, a.take(met))
                    if contrary is not None:
                        same = np.where(contrary[met] | ~bounds.identifies(name, a.take(met)), np.float32(0), same)
                    bits[met] = np.maximum(bits[met], same)
    bits[np.isneginf(bits)] = 0
    # where disagreement is about affiliation, it takes nothing from what identifies
    return bits if signed else np.maximum(bits, 0)
