"""What the guard of the clusters (``cluster``) asks about the records of a file."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from crmclean.dedup.branches import branch_pairs
from crmclean.dedup.cluster import Guard
from crmclean.dedup.compare import Levels
from crmclean.dedup.forms import Ints
from crmclean.dedup.joining import Evidence
from crmclean.dedup.priors import DIFFERENT
from crmclean.dedup.scoring import Found, evidence_of
from crmclean.dedup.weights import Model
from crmclean.dedup.workings import Settings, Workings

__all__ = ["guard_of"]

_LEADING = "given"
_SAME = ("both_missing", "exact", "shared")  # levels of two values that are the same
_FIRM = 3.0  # bits above the match band from which on a link is firm


def guard_of(
    work: Workings,
    model: Model,
    settings: Settings,
    apart: Ints | None = None,
    sources: Ints | None = None,
    found: Found | None = None,
) -> Guard:
    """What the guard of the clusters asks about pairs of records, what it holds them against, and what is firm.

    Parameters
    ----------
    apart, sources : int array, optional
        Code per canonical record, -1 = none: records of different ``apart``, and records of one source, never meet.
    found : Found, optional
        Pairs that have been scored.
    """
    match = min(settings.match_probability, 1.0 - 1e-9)
    bar = float(np.log2(match / (1.0 - match)))
    prior = float(np.log2(model.prior / (1.0 - model.prior)))

    def evaluate(first: Ints, second: Ints) -> Evidence:
        weights, telling, levels = evidence_of(work, model, first, second, settings.chunk_pairs, found)
        bits, identity = weights["identity"] + weights["support"], weights["identity"]
        never = _meant_apart(work, levels, len(first))
        branches = branch_pairs(model, levels, identity, settings.match_probability)
        if settings.merge_branches:
            bits = np.where(branches, np.maximum(bits, identity), bits)
        else:
            never |= branches
        contrary = _differing(model, levels) & (bits + prior < bar)
        if apart is not None:
            never |= (apart[first] != apart[second]) & (apart[first] >= 0) & (apart[second] >= 0)
        if sources is not None:
            never |= (sources[first] == sources[second]) & (sources[first] >= 0)
        leading = list(telling).index(_LEADING) if _LEADING in telling else None
        equal = _equal(work, levels, len(first))
        return Evidence(bits, never, contrary, *_findings(telling, levels, bits), leading, equal)

    return Guard(evaluate, prior, bar + _FIRM)


def _findings(telling: Mapping[str, Ints], levels: Levels, bits: Ints) -> tuple[Ints, Ints]:
    """What each comparison says of who a pair's records are, the rest as one finding, and what is known."""
    rest = bits - sum(telling.values(), np.zeros_like(bits))
    known = [levels[name] >= DIFFERENT for name in telling]
    return np.stack([*telling.values(), rest]), np.stack([*known, np.ones(len(bits), bool)])


def _equal(work: Workings, levels: Levels, count: int) -> Ints:
    """Pairs that are equal in everything that either of them has."""
    equal = np.ones(count, bool)
    for item in work.comparer.active:
        same = np.isin(item.level_names, _SAME)
        equal &= same.take(levels[item.name])
    return equal


def _meant_apart(work: Workings, levels: Levels, count: int) -> Ints:
    """Pairs that a chain must never join: what differs is there to tell two people apart.

    Jr beside Sr, and ``smith2@`` beside ``smith@`` at one domain; but a birth date or identity number that both have
    says that the number in the mailbox is a slip.
    """
    found = np.zeros(count, bool)
    if "suffix" in levels:
        found |= levels["suffix"] == DIFFERENT
    if "email" in levels:
        known = {item.name: item for item in work.comparer.active}
        numbered = levels["email"] == known["email"].code("numbered")
        for name in ("birth", "national_id"):
            if name in levels:
                numbered &= levels[name] != known[name].code("exact")
        found |= numbered
    return found


def _differing(model: Model, levels: Levels) -> Ints:
    """Pairs that differ in a birth date or identity number, where that speaks against a match in this file."""
    count = len(next(iter(levels.values()))) if levels else 0
    found = np.zeros(count, bool)
    for name in ("birth", "national_id"):
        if name in levels and model.m[name][DIFFERENT] <= model.u[name][DIFFERENT]:
            found |= levels[name] == DIFFERENT
    return found
