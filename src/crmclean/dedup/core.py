"""Linking records: encode -> blocking -> compare -> weights -> decide -> cluster, in one call.

result = link_records({"first_name": [given], "last_name": [family], "email": [mailbox]}, Settings())
result.cluster                  # one label per record
result.links                    # every pair worth keeping, with its levels, weight, probability and decision
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from crmclean.dedup.blocking import Candidates, Judge, RuleReport, candidate_pairs
from crmclean.dedup.bounds import Bounds, bounds_of, may_link
from crmclean.dedup.cluster import Evaluate, cluster_records
from crmclean.dedup.compare import Levels
from crmclean.dedup.decide import Decisions, decide_links
from crmclean.dedup.describe import describe_run
from crmclean.dedup.encode import Columns, Records
from crmclean.dedup.explanation import Explanation, explain_records
from crmclean.dedup.forms import Ints
from crmclean.dedup.kinship import kin_bits
from crmclean.dedup.model import (
    Chance,
    Fit,
    draw_chance,
    fit_model,
    pairs_of_one_name,
    prior_model,
    sample_pairs,
    with_chance,
)
from crmclean.dedup.priors import DIFFERENT
from crmclean.dedup.unmapped import Unmapped, read_unmapped
from crmclean.dedup.weights import Model, probability_of
from crmclean.dedup.workings import Settings, Workings, frozen_model, prepare
from crmclean.tables.evidence import empty_table, enum_array, evidence_table

__all__ = ["Explanation", "PairCount", "Result", "Settings", "count_pairs", "explain_pair", "link_records"]

_LOOKED_AT = 2_000_000  # candidate pairs looked at to find those the model is fitted to
_SAMPLE = 300_000  # pairs the model is fitted to
_PRIOR_ROOM = 4.0  # for the fit, pairs are ruled out as if the share of matches were this much larger than believed
_PRIOR_SLACK = 4.0  # and their evidence this many bits stronger
_CHUNK = 250_000  # pairs ruled out at a time: their arrays stay in the cache
_ATTESTED = 3.0  # carriers from which on a given name is a name and not a slip
_THREADS = 2
_PRIOR_SHARE = 0.25  # of the prior each pair inside a cluster is charged; the link that joins paid it in full
_FIRM = 3.0  # bits above the match band from which on a link is firm
_DECISIVE = -4.5  # bits against a match from which on an identifier that differs is decisive
_HARDLY = -6.0  # evidence below which contradictions of strong fields keep two records of a chain apart


@dataclass(frozen=True)
class Result:
    """What was decided.

    Attributes
    ----------
    links : pyarrow.Table
        The ``links`` evidence: pairs of at least ``keep_probability``, positions ``row_l < row_r`` in the given
        arrays, sorted by them, with a ``level_<comparison>`` column (uint8) for each comparison the file allowed.
    cluster : int32 array
        Label per record: the smallest position in its cluster.
    measures : dict
        JSON-able: m, u, prior, blocking rules with their counts, summaries. Enough for ``explain_pair``.
    """

    links: pa.Table
    cluster: np.ndarray[Any, np.dtype[np.int32]]
    measures: dict[str, Any]


@dataclass(frozen=True)
class PairCount:
    """How many pairs a file's blocking rules bring together.

    Attributes
    ----------
    records : int
        Number of records.
    reports : tuple of RuleReport
        One for each rule the file allows, in the order in which they are asked.
    pairs : int
        Distinct candidate pairs of the rules that are used.
    unmapped : tuple of Unmapped
        What the columns without a field were found to be.
    """

    records: int
    reports: tuple[RuleReport, ...]
    pairs: int
    unmapped: tuple[Unmapped, ...] = ()


def link_records(
    fields: Columns,
    settings: Settings,
    *,
    kept_apart: Ints | None = None,
    order: Ints | None = None,
    measures: Mapping[str, Any] | None = None,
    unmapped: tuple[Unmapped, ...] | None = None,
) -> Result:
    """Find the records that stand for the same person or company.

    Parameters
    ----------
    fields : mapping of canonical field name to sequence of Arrow text arrays
        See ``tables.fields``; also ``birth_year``, ``birth_month`` and ``birth_day``, and ``other:<header>`` for a
        column without a field (``dedup.unmapped``). Null and "" are missing.
    kept_apart : int64 array, optional
        Code per record, -1 = none. Records with different codes are never joined: such a pair is at most for review.
    order : int64 array, optional
        A rank per record, to tell apart records of identical content.
    measures : mapping, optional
        Frozen m, u and prior of an earlier run (``Result.measures``): used instead of fitting.
    unmapped : tuple of Unmapped, optional
        What the columns under ``other:`` names are; those of ``measures``, or else found out from the data.
    """
    unmapped = read_unmapped(measures) if unmapped is None else unmapped
    work = prepare(fields, settings, order, unmapped)
    count = work.records.count
    start, chance = _believed(work, settings)
    candidates = _candidates(work, start, settings)
    if measures is not None:
        fit = Fit(frozen_model(start, measures), 0, 0, 0.0)
    else:
        fit = _fit(work, start, chance, candidates, settings)
    candidates = _hopeful(work, fit.model, candidates, settings)
    kept, scored, levels = _score_all(work, fit.model, candidates, settings)
    left, right = candidates.left[kept], candidates.right[kept]
    apart = None if kept_apart is None else np.asarray(kept_apart)[work.records.position]
    decisions = decide_links(scored, left, right, apart, settings.match_probability, settings.review_probability)
    matched = decisions.is_match

    evaluate, firm = _guard_evidence(work, fit.model, settings, apart)
    matches = left[matched], right[matched], scored["weight"][matched]
    clusters = cluster_records(count, *matches, evaluate, firm, lambda: _twins(work.records, apart))
    decisions = decisions.guarded(clusters.labels[left] == clusters.labels[right])
    names = [report.name for report in candidates.reports]
    links = _links_table(work.records, left, right, candidates.rules[kept], names, scored["weight"], decisions, levels)
    described = describe_run(
        work.records, work.comparer.carriers, fit, candidates, clusters, candidates.rules[kept][decisions.is_match]
    )
    return Result(links, _labels_by_position(work.records, clusters.labels), described)


def count_pairs(fields: Columns, settings: Settings) -> PairCount:
    """What the blocking rules bring together in a file, without linking it: the very candidates of `link_records`.

    Only samples of the pairs of large rules are compared, to see what a rule is worth. Parameters as there.
    """
    work = prepare(fields, settings)
    start, _ = _believed(work, settings)
    candidates = _candidates(work, start, settings)
    return PairCount(work.records.count, candidates.reports, len(candidates.left), work.records.unmapped)


def explain_pair(
    fields: Columns, settings: Settings, measures: Mapping[str, Any], left: int, right: int
) -> Explanation:
    """Why two records were linked or not, recomputed from the records and the measures of the run.

    Parameters
    ----------
    measures : mapping
        ``Result.measures`` of the run.
    left, right : int
        Positions in the given arrays. The pair need not have been compared.
    """
    work = prepare(fields, settings, unmapped=read_unmapped(measures))
    model = frozen_model(prior_model(settings.entity, work.comparer.active, work.records.count), measures)
    place = np.empty(work.records.count, np.int64)
    place[work.records.position] = np.arange(work.records.count)
    return explain_records(work, model, settings, int(place[left]), int(place[right]))


def _believed(work: Workings, settings: Settings) -> tuple[Model, Chance]:
    """The model before the file is fitted, and the random pairs its u are from."""
    start = prior_model(settings.entity, work.comparer.active, work.records.count)
    chance = draw_chance(work.comparer)
    return with_chance(start, chance), chance


def _candidates(work: Workings, start: Model, settings: Settings) -> Candidates:
    """The candidate pairs, rules judged by what is believed before the file is fitted."""
    return candidate_pairs(
        work.records,
        settings.entity,
        pairs_per_row=settings.pairs_per_row,
        max_block=settings.max_block,
        judge=_judge(work, start, settings),
    )


def _judge(work: Workings, model: Model, settings: Settings) -> Judge:
    """How many matches to expect among pairs, by what is believed before the file is fitted; likely ones only."""
    bounds = bounds_of(model, work.comparer, work.tables)

    def judge(left: Ints, right: Ints) -> float:
        hopeful = np.flatnonzero(_may_link(bounds, left, right, model, settings))
        scored, _ = work.score(model, left[hopeful], right[hopeful])
        return float(probability_of(scored.weight[scored.weight > 0]).sum())

    return judge


def _fit(work: Workings, start: Model, chance: Chance, candidates: Candidates, settings: Settings) -> Fit:
    """The model fitted to a sample of the candidates, the hopeless left out of it."""
    looked = sample_pairs(candidates.left, candidates.right, work.records.count, _LOOKED_AT)
    left, right = candidates.left[looked], candidates.right[looked]
    scale = len(candidates.left) / max(len(looked), 1)
    start = replace(start, kin=kin_bits(work.comparer, left, right, scale))
    able = replace(start, prior=min(start.prior * _PRIOR_ROOM, 0.5))
    hopeful = _may_link(bounds_of(able, work.comparer, work.tables, _PRIOR_SLACK), left, right, able, settings)
    left, right = left[hopeful], right[hopeful]
    chosen = sample_pairs(left, right, work.records.count, _SAMPLE)
    scale *= len(left) / max(len(chosen), 1)
    of_one_name = pairs_of_one_name(work.records, candidates.left, candidates.right)
    return fit_model(
        start,
        work.comparer,
        work.tables,
        chance,
        left[chosen],
        right[chosen],
        scale=scale,
        of_one_name=of_one_name,
    )


def _hopeful(work: Workings, model: Model, candidates: Candidates, settings: Settings) -> Candidates:
    """The candidates that can be kept under the model."""
    bounds = bounds_of(model, work.comparer, work.tables)
    found = np.flatnonzero(_may_link(bounds, candidates.left, candidates.right, model, settings))
    return replace(
        candidates, left=candidates.left[found], right=candidates.right[found], rules=candidates.rules[found]
    )


def _may_link(bounds: Bounds, left: Ints, right: Ints, model: Model, settings: Settings) -> Ints:
    """``may_link`` in chunks, for the evidence that a pair needs to be kept."""
    least = settings.keep_probability / (1 - settings.keep_probability)
    needed = float(np.log2(least) - np.log2(model.prior / (1 - model.prior)))
    size = min(settings.chunk_pairs, _CHUNK)

    def look(start: int) -> Ints:
        return may_link(bounds, left[start : start + size], right[start : start + size], needed)

    with ThreadPoolExecutor(_THREADS) as pool:  # NumPy lets go of the interpreter lock
        return np.concatenate([np.zeros(0, bool), *pool.map(look, range(0, len(left), size))])


def _guard_evidence(work: Workings, model: Model, settings: Settings, apart: Ints | None) -> tuple[Evaluate, float]:
    """What the guard of the clusters asks about pairs of records, and the weight of a firm link."""
    match = min(settings.match_probability, 1.0 - 1e-9)
    bar = float(np.log2(match / (1.0 - match)))
    prior_bits = float(np.log2(model.prior / (1.0 - model.prior)))

    def evaluate(first: Ints, second: Ints) -> tuple[Ints, Ints, Ints]:
        bits, found = _score_chunks(work, model, first, second, settings.chunk_pairs)
        never = _contradicting(work, found, first, second) & (bits < _HARDLY)
        never |= _differing(model, found, _DECISIVE) & (bits < bar)
        contrary = _differing(model, found, 0.0) & (bits + (1 - _PRIOR_SHARE) * prior_bits < bar)
        if apart is not None:
            never |= (apart[first] != apart[second]) & (apart[first] >= 0) & (apart[second] >= 0)
        return bits, never, contrary

    return evaluate, bar + _FIRM


def _score_all(
    work: Workings, model: Model, candidates: Candidates, settings: Settings
) -> tuple[Ints, dict[str, Ints], Levels]:
    """Score the candidates chunk by chunk; keeps the pairs of at least ``keep_probability``."""
    kept: list[Ints] = []
    columns: dict[str, list[Ints]] = {"weight": [], "identity": [], "support": []}
    levels: dict[str, list[Ints]] = {item.name: [] for item in work.comparer.active}
    least = float(np.log2(settings.keep_probability / (1 - settings.keep_probability)))

    def score(start: int) -> tuple[Ints, dict[str, Ints], Levels]:
        part = slice(start, start + settings.chunk_pairs)
        likely, scored, found = work.score_likely(model, candidates.left[part], candidates.right[part], least)
        good = np.flatnonzero(probability_of(scored.weight) >= settings.keep_probability)
        chosen = {name: getattr(scored, name)[good] for name in columns}
        return likely[good] + start, chosen, {name: found[name][good] for name in levels}

    with ThreadPoolExecutor(_THREADS) as pool:  # NumPy, Arrow and RapidFuzz let go of the interpreter lock
        for good, chosen, found in pool.map(score, range(0, len(candidates.left), settings.chunk_pairs)):
            kept.append(good)
            for name, pieces in columns.items():
                pieces.append(chosen[name])
            for name, pieces in levels.items():
                pieces.append(found[name])
    return (
        np.concatenate([np.zeros(0, np.int64), *kept]),
        {name: np.concatenate([np.zeros(0, np.float32), *pieces]) for name, pieces in columns.items()},
        {name: np.concatenate([np.zeros(0, np.uint8), *pieces]) for name, pieces in levels.items()},
    )


def _score_chunks(work: Workings, model: Model, left: Ints, right: Ints, size: int) -> tuple[Ints, Levels]:
    """Evidence of pairs in bits, with a quarter of the prior, and their levels."""
    some_prior = np.float32(_PRIOR_SHARE * np.log2(model.prior / (1.0 - model.prior)))
    weights, levels = [np.zeros(0, np.float32)], {item.name: [np.zeros(0, np.uint8)] for item in work.comparer.active}
    for start in range(0, len(left), size):
        scored, found = work.score(model, left[start : start + size], right[start : start + size])
        weights.append(scored.identity + scored.support + some_prior)
        for name, pieces in levels.items():
            pieces.append(found[name])
    return np.concatenate(weights), {name: np.concatenate(pieces) for name, pieces in levels.items()}


def _twins(records: Records, apart: Ints | None) -> Ints:
    """The first record that is the same as each in everything; the canonical order has such records side by side."""
    same = np.ones(max(records.count - 1, 0), bool)
    known = [form.codes.reshape(-1, records.count) for form in records.forms.values()]
    for row in [*(row for codes in known for row in codes), *([] if apart is None else [apart])]:
        same &= row[1:] == row[:-1]
    numbers = np.arange(records.count)
    numbers[1:][same] = 0
    twins: Ints = np.maximum.accumulate(numbers)
    return twins


def _contradicting(work: Workings, levels: Levels, left: Ints, right: Ints) -> Ints:
    """Pairs never to be joined by a chain: two contradictions of well-formed strong evidence, or one that is meant.

    Jr beside Sr, and ``smith2@`` beside ``smith@`` at one domain, are there to tell two people apart.

    A given name counts as well-formed when several records carry it: a slip of the pen hardly has company.
    """
    contrary = np.zeros(len(left), np.uint8)
    for name in ("given", "birth", "national_id", "sex"):
        if name in levels:
            contrary += levels[name] == DIFFERENT
    if "given" in levels:
        given, carriers = work.records.codes("given"), work.comparer.carriers["given"]
        slip = np.minimum(carriers[given[left]], carriers[given[right]]) < _ATTESTED
        contrary -= (levels["given"] == DIFFERENT) & slip
    found: Ints = contrary >= 2
    if "suffix" in levels:
        found |= levels["suffix"] == DIFFERENT
    if "email" in levels:
        email = next(item for item in work.comparer.active if item.name == "email")
        found |= levels["email"] == email.code("numbered")
    return found


def _differing(model: Model, levels: Levels, bar: float) -> Ints:
    """Pairs that differ in a birth date or identity number, where that weighs ``bar`` bits or less in this file."""
    count = len(next(iter(levels.values()))) if levels else 0
    found = np.zeros(count, bool)
    for name in ("birth", "national_id"):
        if name in levels and np.log2(model.m[name][DIFFERENT] / model.u[name][DIFFERENT]) <= bar:
            found |= levels[name] == DIFFERENT
    return found


def _labels_by_position(records: Records, labels: Ints) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Canonical labels as labels of the caller's rows: the smallest position of each cluster."""
    smallest = np.full(records.count, records.count, np.int32)
    np.minimum.at(smallest, labels, records.position.astype(np.int32))
    cluster = np.empty(records.count, np.int32)
    cluster[records.position] = smallest[labels]
    return cluster


def _links_table(
    records: Records,
    left: Ints,
    right: Ints,
    rules: Ints,
    names: list[str],
    weight: Ints,
    decisions: Decisions,
    levels: Levels,
) -> pa.Table:
    """The links evidence in the caller's row numbers, sorted."""
    if not len(left):
        return empty_table("links")
    a, b = records.position[left], records.position[right]
    row_l, row_r = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((row_r, row_l))
    signed = rules.astype(np.int64)
    first_rule = np.bitwise_count((signed & -signed) - 1).astype(np.int32)
    columns: dict[str, Any] = {
        "row_l": row_l[order].astype(np.int32),
        "row_r": row_r[order].astype(np.int32),
        "blocking_rule": enum_array(first_rule[order], names),
        "weight": weight[order].astype(np.float64),
        "probability": probability_of(weight[order]),
        "decision": enum_array(decisions.band[order], decisions.BANDS),
        "decided_by": enum_array(decisions.reason[order], decisions.REASONS),
    }
    columns |= {f"level_{name}": codes[order] for name, codes in levels.items()}
    return evidence_table("links", columns)
