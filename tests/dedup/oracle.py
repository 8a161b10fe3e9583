"""A plain, slow twin of the dedup core: every pair of records, one at a time, weights in Python floats.

It shares the levels' definition with the core (each pair is asked about on its own) and repeats the rest: how levels
become weights, how evidence is grouped and bounded, what is a match, and which records hang together.
"""

from __future__ import annotations

import datetime
import itertools
import math
import statistics
from typing import Any

import numpy as np

from crmclean.dedup.priors import DIFFERENT
from crmclean.dedup.weights import Model
from crmclean.dedup.workings import Workings


def weight_of(work: Workings, model: Model, left: int, right: int) -> tuple[float, float]:
    """(weight, identity) of one pair, straight from the formula in ``dedup.weights``."""
    levels, shared = work.comparer.levels(np.array([left]), np.array([right]))
    code = {name: int(array[0]) for name, array in levels.items()}
    parts = {item.name: _part(work, model, item, code, shared, left, right) for item in work.comparer.active}
    items = {item.name: item for item in work.comparer.active}
    whole = all(code.get(name) == items[name].code("exact") for name in ("given", "family") if name in items)
    if whole and {"given", "family", "email"} <= items.keys() and items["email"].name in code:
        two = [DIFFERENT, items["email"].code("named_alike")]
        if code["email"] in two:
            parts["email"] = math.log2(model.m["email"][two].sum() / model.u["email"][two].sum())
    lives_together = 0.0
    weaker = min(parts.get("given", 0), parts.get("family", 0))
    if weaker > 0:
        lives_together = model.community + _meeting(work, left, right)
        if weaker <= 2:  # in between names that agree for certain and names that do not
            lives_together = min(lives_together, 0.0) * weaker / 2
        for name in ("given", "family"):
            level = items[name].level_names[code[name]]
            lives_together *= {"initial": 0.0, "variant": 0.5}.get(level, 1.0)
    charge = min(lives_together, 0.0)
    apart = "given" in code and code["given"] in (DIFFERENT, items["given"].code("similar"))
    kin = model.kin > 0 and apart and "birth" in code and code["birth"] >= items["birth"].code("swapped")
    shown = sum(max(parts[name], 0.0) for name in ("family", "birth") if name in parts)
    identity, groups = 0.0, {"place": [], "employer": [], "background": []}
    for name, part in parts.items():
        role = items[name].roles()[code[name]]
        if name == "family" and apart and not kin and part > 0 and model.entity == "person":
            role = "place"
        if name == "birth" and apart and not kin:
            part = min(part, 5.0)
        if name == "state" and parts.get("city", 0) > 0:
            part = 0.0
        if role == "employer" and name != "title" and part > 0:
            part = max(part + charge, 0.0)
        if role == "identity":
            identity += part
        else:
            groups[role].append(part)
    if code.get("email") == DIFFERENT and code.get("own_line") == DIFFERENT:
        identity -= 1.5
    identity += lives_together + _slips(model, items, code)
    place, employer = _group(groups["place"], charge), _group(groups["employer"])
    if kin:
        identity += min(model.kin - shown, 0.0)
        place = min(place, max(model.kin - shown, 0.0))
    together = place + employer
    neighbours = model.neighbours if _work_together(items, code, parts) else 0.0
    if place > 0 and employer > 0 and not neighbours:
        together = max(place, employer) + 0.5 * min(place, employer)
    kept = (together, place, employer, 0.0)
    lasting = model.lasting[code["email"] if len(model.lasting) > 1 else 0]
    affiliation = math.log2(sum(share * 2.0**bits for share, bits in zip(lasting, kept, strict=True)))
    affiliation += _group(groups["background"]) - math.log2(neighbours * 2.0**place + 1 - neighbours)
    bound = max(identity, 0.0)
    if model.kin > 0:
        told = ["birth", "national_id"]
        if "birth" in code and code["birth"] >= items["birth"].code("swapped"):
            told += ["given", "family"]
        against = sum(max(-parts[name], 0.0) for name in told if name in parts)
        bound = max(bound, min(identity + against, 2 * identity))
        if code.get("birth") == DIFFERENT:
            names = sum(max(parts[name], 0.0) for name in ("given", "family") if name in parts)
            bound = min(bound, max(model.kin - names, 0.0))
    support = min(max(affiliation, 0.0), 14.0, bound) + min(affiliation, 0.0)
    return math.log2(model.prior / (1 - model.prior)) + identity + support, identity


def _part(work: Workings, model: Model, item: Any, code: dict[str, int], shared: Any, left: int, right: int) -> float:
    level = code[item.name]
    if level < DIFFERENT:
        return 0.0
    found = item.levels[level - DIFFERENT]
    m, u = model.m[item.name][level], model.u[item.name][level]
    if item.name == "birth" and found.name != "exact" and (_cannot_be(work, left) or _cannot_be(work, right)):
        if len(model.misdated):
            return math.log2(max(model.misdated[level], 1e-9) / u)
        slips = dict(zip(item.level_names, model.m["birth"], strict=True))
        possible = [0.1 * slips["different"], *(slips[each.name] for each in item.levels[1:-1])]
        return math.log2((0.1 if found.name == "different" else 1.0) * m / sum(possible) / u)
    if found.frequency and item.name in work.tables:
        if item.name == "given" and found.name == "swapped" and "family" in work.tables:
            m = _slip(work, model, m / 2, left, right)
        elif item.name == "family" and found.name == "swapped":
            m = 1.0
        elif found.frequency == "near" and item.name in model.near:
            m = float(model.near[item.name][level]) or m
        table = work.tables[item.name]
        if item.name in shared:
            value = int(shared[item.name][0])
            chance = table[value] if value else 0.0
        else:
            codes = work.records.codes(item.name)
            chance = max(table[codes[left]], table[codes[right]])
            if found.name == "variant":
                chance = max(chance, _sound(work, item, left))
            if item.name == "family" and found.name == "misplaced" and work.records.has("given"):
                given = work.records.codes("given")
                if given[left] == given[right] > 0:
                    chance = table[given[left]]
        if found.frequency == "near":
            chance += u / 10
        return min(max(math.log2(max(m, 1e-9) / max(min(chance, 1.0), 1e-9)), 0.0), 24.0)
    if found.bits is not None:
        return found.bits
    return max(min(math.log2(max(m, 1e-9) / max(u, 1e-9)), 24.0), -10.0)


def _slips(model: Model, items: dict[str, Any], code: dict[str, int]) -> float:
    """What the number of slips adds."""
    known = slips = 0
    for name in ("given", "family", "birth", "national_id"):
        level = items[name].level_names[code[name]] if name in code else "different"
        if level not in ("both_missing", "one_missing", "different") and (name, level) != ("family", "swapped"):
            known += 1
            slips += level != "exact"
    return float(model.slips[known][slips])


def _cannot_be(work: Workings, record: int) -> bool:
    """Whether the birth date of a record is on no calendar, or a lifetime from most of the file's."""
    form = work.records.forms["birth"]
    keys = [key for key in form.values.take(form.codes).to_pylist() if key]
    median = statistics.median(int(key[:4]) for key in keys)
    far = [key for key in keys if abs(int(key[:4]) - median) > 110]
    key = form.values[int(form.codes[record])].as_py()
    if key in far and len(far) <= 0.05 * len(keys):
        return True
    year, month, day = int(key[:4]), int(key[4:6]), int(key[6:])
    if not day:
        return month > 12
    try:
        datetime.date(year, month, day)
    except ValueError:
        return True
    return False


def _work_together(items: dict[str, Any], code: dict[str, int], parts: dict[str, float]) -> bool:
    return any(
        part > 0 and name != "title" and items[name].roles()[code[name]] == "employer" for name, part in parts.items()
    )


def _slip(work: Workings, model: Model, s: float, left: int, right: int) -> float:
    """One person with names swapped once, over two people, in units of the likelier full name."""
    given, family = work.records.codes("given"), work.records.codes("family")

    def known(name: str, code: int) -> float:
        frequency = next(item.frequency for item in model.comparisons if item.name == name)
        chance = work.tables[name][code] * (work.records.count - 1 + frequency.weight)
        return float(chance - frequency.weight * frequency.base) + 1

    orders = []
    for record in (left, right):
        g, f = given[record], family[record]
        first = known("given", g) / (known("given", g) + known("family", g))
        last = known("family", f) / (known("given", f) + known("family", f))
        orders.append(first * last)
    r = min(orders) / max(orders)
    return s * (1 + r) / ((1 + s * r) * (r + s))


def _sound(work: Workings, item: Any, record: int) -> float:
    """How many other records have a name of this sound, as a smoothed share."""
    sound = work.records.codes(f"{item.name}_skeleton")
    others = int((sound == sound[record]).sum()) - 1
    weight, base = item.frequency.weight, item.frequency.base
    return (others + weight * base) / (work.records.count - 1 + weight)


def _group(parts: list[float], charge: float = 0.0) -> float:
    agreed = [part for part in parts if part > 0]
    best = max(agreed, default=0.0)
    return max(best + min((sum(agreed) - best) * 0.25, 2.0) + charge, 0.0) + min([0.0, *parts])


def _meeting(work: Workings, left: int, right: int) -> float:
    """What a full name is charged because its two names come from one country."""
    affinity = work.records.affinity
    if affinity is None:
        return 0.0
    given, family = work.records.codes("given"), work.records.codes("family")
    charges = []
    for record in (left, right):
        lift = float((affinity.given[given[record]] * affinity.family[family[record]]).sum())
        charges.append(min(max(-math.log2(max(lift, 1e-6)), -6.0), 1.0))
    return min(charges)


def all_links(work: Workings, model: Model, keep: float) -> dict[tuple[int, int], tuple[float, float]]:
    """(weight, identity) of every pair of at least ``keep`` probability, by canonical record numbers."""
    found = {}
    for left, right in itertools.combinations(range(work.records.count), 2):
        weight, identity = weight_of(work, model, left, right)
        if 1 / (1 + 2**-weight) >= keep:
            found[left, right] = (weight, identity)
    return found


def components_of(count: int, pairs: Any) -> list[int]:
    """Connected components by union and find; the label is the smallest member."""
    parent = list(range(count))

    def find(node: int) -> int:
        while parent[node] != node:
            node = parent[node]
        return node

    for left, right in pairs:
        a, b = find(int(left)), find(int(right))
        parent[max(a, b)] = min(a, b)
    return [find(node) for node in range(count)]
