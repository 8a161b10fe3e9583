"""Fitting m, u and the prior to a file without labels.

* u: random pairs drawn from the canonical record order (so from the content), each level's rate smoothed with a gamma
  prior worth ``EVENTS`` events, and freed of the matches that a random pair can be.
* m and the prior: expectation maximisation (Dempster, Laird & Rubin 1977; Winkler 1988) over a sample of the
  candidate pairs chosen by content. The E-step is the full weight of ``weights.score_pairs``, term frequencies and
  bounds included, so the model learns from the pairs that it would itself call matches; the M-step has a Dirichlet
  prior of ``strength`` pairs for each comparison, and no level moves further than fourfold from what was believed.

Posterior probabilities are rounded to 1/4096 and summed as integers: sums do not depend on the order of the pairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from crmclean.dedup.colleagues import find_colleagues
from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints, mix
from crmclean.dedup.frequency import Table
from crmclean.dedup.kinship import Kinship
from crmclean.dedup.levels import Comparer
from crmclean.dedup.pairs import sort_words
from crmclean.dedup.priors import DIFFERENT, Comparison
from crmclean.dedup.slips import fit_slips, slip_codes
from crmclean.dedup.weighed import UNIT, Weighed
from crmclean.dedup.weights import Model, chance_of_value
from crmclean.kernels import kernel

__all__ = [
    "EVENTS",
    "Chance",
    "Fit",
    "draw_chance",
    "fit_model",
    "pairs_of_one_name",
    "prior_model",
    "sample_pairs",
    "with_chance",
    "with_kin",
]

EVENTS = 5.0  # random pairs that the prior of u is worth on each level
_PART = 80_000  # pairs looked at at a time
_ROUNDS = 30
_SETTLED = 0.002  # the change of the expected matches from one round to the next at which fitting stops
_COMMUNITY_PAIRS = 20.0
_RANDOM_PAIRS = 200_000
_PRIOR_MATCHES_PER_ROW = 0.02
_MOST_PRIOR_MATCHES = 1000.0  # as many as the belief in m is worth at most: a large file speaks for itself
_LARGEST_PRIOR = 0.02  # where the file is too small to tell
_LARGEST_FITTED = 0.2
_TELLS = 200  # records from which on a file may say that more of its pairs are matches


@dataclass(frozen=True)
class Fit:
    """A fitted model and what it was fitted on."""

    model: Model
    random_pairs: int
    sampled_pairs: int
    expected_matches: float


def prior_model(entity: str, comparisons: tuple[Comparison, ...], records: int) -> Model:
    """The model before the file is seen; the prior of a match is one duplicate for five records."""
    pairs = max(records * (records - 1) / 2, 1.0)
    return Model(
        entity,
        comparisons,
        {item.name: _shares(item, "m") for item in comparisons},
        {item.name: _shares(item, "u") for item in comparisons},
        min(0.2 * max(records, 1) / pairs, _LARGEST_PRIOR),
    )


@dataclass(frozen=True)
class Chance:
    """What random pairs look like.

    Attributes
    ----------
    left, right : int arrays
        The pairs that were drawn.
    rates : mapping of comparison name to int array
        How many of them fell on each level code.
    near : mapping of comparison name and level code to float64 array
        Of the pairs on a near level the chance of the commoner of their two values, in rising order.
    """

    left: Ints
    right: Ints
    rates: Mapping[str, Ints]
    near: Mapping[tuple[str, int], Table] = field(default_factory=dict)

    @property
    def pairs(self) -> int:
        """How many were drawn."""
        return len(self.left)


def draw_chance(comparer: Comparer, tables: Mapping[str, Table]) -> Chance:
    """The levels of random pairs of the file; ``tables`` are its ``value_tables``."""
    drawn = random_pairs(comparer.records.count)
    levels, shared = comparer.levels(*drawn)
    rates = {item.name: np.bincount(levels[item.name], minlength=item.size) for item in comparer.active}
    near = {}
    for item in comparer.active:
        if item.name not in tables or item.frequency is None or item.frequency.by != "records":
            continue  # where carriers are not records, a value's chance is no share of the pairs
        for code, level in enumerate(item.levels, start=DIFFERENT):
            if level.frequency == "near" and level.name != "swapped":
                met = np.flatnonzero(levels[item.name] == code)
                value = shared[item.name][met] if item.name in shared else None
                sides = drawn[0][met], drawn[1][met]
                codes = np.full(len(met), code, np.uint8)
                near[item.name, code] = np.sort(chance_of_value(item, tables, comparer.records, *sides, codes, value))
    return Chance(*drawn, rates, near)


def with_chance(model: Model, chance: Chance) -> Model:
    """The model with u from random pairs, freed of the matches that its prior and m expect among them."""
    drawn = {name: counts[DIFFERENT:].sum() for name, counts in chance.rates.items()}
    matches = {name: count * model.prior * model.m[name] for name, count in drawn.items()}
    model = replace(model, u=_u_of(model, chance.rates, matches))
    return replace(model, near=_near_of(model, chance))


def with_kin(model: Model, kin: Kinship | None) -> Model:
    """The model with what kin can show, as far as its m tells them from slips."""
    if kin is None:
        return model
    item = next(item for item in model.comparisons if item.name == "birth")
    return replace(model, kin=kin.bits(model.m["birth"], item))


def _near_of(model: Model, chance: Chance) -> dict[str, Table]:
    """How likely two near values stand for one another: what makes the weights of a near level fair odds.

    The odds m' / p(a, b) of two near values, p the chance of the commoner one, must average to m over the random pairs
    on the level: m' = m / (u E[1 / p]). The mean is smoothed with five pairs that leave m' at m.
    """
    near = {}
    for item in model.comparisons:
        codes = [code for name, code in chance.near if name == item.name]
        if not codes:
            continue
        known = np.zeros(item.size)
        for code in codes:
            u = model.u[item.name][code]
            met = np.minimum(chance.near[item.name, code] + u / 10.0, 1.0)
            surplus = (u * float((1.0 / met).sum()) + EVENTS) / (len(met) + EVENTS)
            known[code] = min(model.m[item.name][code] / surplus, 1.0)
        near[item.name] = known
    return near


def fit_model(
    model: Model,
    comparer: Comparer,
    tables: Mapping[str, Table],
    chance: Chance,
    sample: Weighed,
    *,
    scale: float = 1.0,
    of_one_name: int = 0,
    hopeful: Ints,
    taught: Mapping[str, Table] | None = None,
    kin: Kinship | None = None,
) -> Fit:
    """Fit ``model`` to candidate pairs.

    Parameters
    ----------
    sample : Weighed
        A sample of the candidate pairs; those that can be no match may be left out.
    scale : float
        How many candidate pairs each pair of the sample stands for.
    of_one_name : int
        ``pairs_of_one_name`` of all candidate pairs.
    hopeful : int array
        Places of the random pairs of ``chance`` that can be matches.
    taught : mapping of comparison name to float64 array by level code, optional
        Matches to count besides (``judgements.taught_matches``).
    kin : Kinship, optional
        ``find_kin`` of all candidate pairs.
    """
    records = comparer.records
    drawn = Weighed(comparer, tables, chance.left[hopeful], chance.right[hopeful])
    colleagues = find_colleagues(comparer, tables)
    slips = slip_codes(comparer.active, sample.levels, len(sample.pairs[0]))
    expected = 0.0
    model = with_chance(model, chance)
    for _ in range(_ROUNDS):
        before = expected
        posterior, kept = sample.posterior(model)
        expected = float(posterior.sum()) / UNIT * scale
        prior = _prior_of(records.count, expected)
        m = dict(model.m)
        found = sample.matches(posterior, kept)
        for item in comparer.active:
            m[item.name] = _m_of(item, found[item.name], (taught or {}).get(item.name))
        community = _community_of(comparer, sample.levels, posterior, scale, of_one_name)
        u = _u_of(model, chance.rates, drawn.matches(*drawn.posterior(model)))
        model = replace(model, m=m, u=u, prior=prior, community=community, lasting=sample.lasting(kept))
        model = replace(model, neighbours=colleagues.neighbours(model), slips=fit_slips(slips, posterior, scale / UNIT))
        model = replace(model, near=_near_of(model, chance), misdated=sample.misdated(posterior, m))
        model = with_kin(model, kin)
        if abs(expected - before) <= _SETTLED * expected:
            break
    return Fit(model, chance.pairs, len(sample.pairs[0]), expected)


def _prior_of(records: int, expected: float) -> float:
    """The share of matches among all pairs: those expected, and some that are believed beside them."""
    believed = min(_PRIOR_MATCHES_PER_ROW * max(records, 1), _MOST_PRIOR_MATCHES)
    largest = _LARGEST_FITTED if records >= _TELLS else _LARGEST_PRIOR
    return min((expected + believed) / max(records * (records - 1) / 2, 1.0), largest)


def pairs_of_one_name(records: Records, left: Ints, right: Ints) -> int:
    """How many of some pairs have the same given and the same family name."""
    if not records.has("given", "family"):
        return 0
    given, family = records.codes("given"), records.codes("family")
    run = kernel("same_names", "iinii")
    if run is None or left.dtype != np.int32:
        return _plain_of_one_name(given, family, left, right)
    return run(left, right, len(left), given, family)


def _plain_of_one_name(given: Ints, family: Ints, left: Ints, right: Ints) -> int:
    same = np.flatnonzero(given.take(left) == given.take(right))
    one, other = left[same], right[same]
    return int(((given[one] > 0) & (family[one] == family[other]) & (family[one] > 0)).sum())


def _community_of(comparer: Comparer, levels: Mapping[str, Ints], posterior: Ints, scale: float, pairs: int) -> float:
    """Bits that a shared full name is charged: log2 of how many more namesakes there are than independence explains.

    Namesakes are the candidate pairs of one full name less the expected matches among them; independence would give
    pairs * P(same given name) * P(same family name) of them, within each country where the file names countries.
    """
    items = {item.name: item for item in comparer.active}
    if "given" not in items or "family" not in items:
        return 0.0
    count = comparer.records.count
    both = (levels["given"] == items["given"].code("exact")) & (levels["family"] == items["family"].code("exact"))
    namesakes = max(pairs - float(posterior[both].sum()) / UNIT * scale, 0.0)
    expected = count * (count - 1) / 2
    if comparer.records.affinity is not None:
        expected *= comparer.records.affinity.namesakes
    else:
        for name in ("given", "family"):
            carriers = comparer.carriers[name].copy()
            carriers[0] = 0.0
            expected *= float((carriers * (carriers - 1)).sum()) / max(count * (count - 1), 1)
    lift = (namesakes + _COMMUNITY_PAIRS * 2**1.5) / (expected + _COMMUNITY_PAIRS)
    return -float(np.clip(np.log2(lift), 0.0, 5.0))


def random_pairs(records: int) -> tuple[Ints, Ints]:
    """Pairs of different records: all of them in a small file, else a fixed-seed draw over the canonical order.

    Sorted by the first of the two: what is known of neighbours is in one place.
    """
    if records * (records - 1) // 2 <= _RANDOM_PAIRS:
        left, right = np.triu_indices(records, 1)
        return left.astype(np.int64), right.astype(np.int64)
    drawn = np.random.Generator(np.random.PCG64(20261122)).integers(0, records, (2, _RANDOM_PAIRS))
    apart = drawn[0] != drawn[1]
    width = max(records - 1, 1).bit_length()
    codes = sort_words(drawn[0][apart] << width | drawn[1][apart], 0, 2 * width)
    return codes >> width, codes & (1 << width) - 1


def sample_pairs(left: Ints, right: Ints, records: int, size: int, *, again: bool = False) -> Ints:
    """Positions of about ``size`` pairs (or all), chosen by a hash of the canonical record numbers.

    ``again`` is for a sample of a sample, which the same hash would take whole.
    """
    if len(left) <= size:
        return np.arange(len(left))
    limit, found = np.uint64(int(2**64 * (size / len(left)))), []
    for start in range(0, len(left), _PART):  # a part of them at a time stays in the cache
        part = slice(start, start + _PART)
        hashes = mix(left[part].astype(np.uint64) * np.uint64(records) + right[part].astype(np.uint64))
        hashes = mix(~hashes) if again else hashes
        found.append(np.flatnonzero(hashes < limit) + start)
    return np.concatenate(found)


def _shares(item: Comparison, side: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    shares = np.array([0.0, 0.0, *(getattr(level, side) for level in item.levels)])
    shares[DIFFERENT:] /= shares[DIFFERENT:].sum()
    return shares


def _m_of(item: Comparison, matches: Table, taught: Table | None = None) -> Table:
    """Share of each level among the matches, with the Dirichlet prior and a floor."""
    believed = _shares(item, "m")
    seen = np.where(np.arange(item.size) < DIFFERENT, 0.0, matches)
    fitted = seen + item.strength * believed + (0.0 if taught is None else taught)
    fitted = np.clip(fitted / fitted.sum(), believed / 4.0, believed * 4.0)
    shares: Table = fitted / fitted.sum()
    return shares


def _u_of(model: Model, rates: Mapping[str, Ints], matches: Mapping[str, Table]) -> dict[str, Table]:
    """Share of each level among random pairs, freed of the matches among them."""
    u = dict(model.u)
    for item in model.comparisons:
        if item.name not in rates:
            continue
        believed = _shares(item, "u")
        counts = rates[item.name].astype(np.float64)
        counts[:DIFFERENT] = 0.0
        drawn = counts.sum()
        fitted = np.zeros(item.size)
        above = slice(DIFFERENT + 1, item.size)
        events = np.maximum(counts[above] - matches[item.name][above], 0.0)
        fitted[above] = (events + EVENTS) / (drawn + EVENTS / believed[above])
        fitted[DIFFERENT] = max(1.0 - fitted[above].sum(), 0.02)
        u[item.name] = fitted / fitted.sum()
    return u
