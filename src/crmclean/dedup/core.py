"""Linking records: encode -> blocking -> compare -> weights -> decide -> cluster, in one call.

result = link_records({"first_name": [given], "last_name": [family], "email": [mailbox]}, Settings())
result.cluster                  # one label per record
result.links                    # every pair worth keeping, with its levels, weight, probability and decision
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from crmclean.dedup.asking import pairs_to_ask
from crmclean.dedup.blocking import Candidates, Judge, RuleReport, candidate_pairs
from crmclean.dedup.bound_layout import layout_of
from crmclean.dedup.bounds import Bounds, bounds_of, may_link
from crmclean.dedup.branches import branch_pairs
from crmclean.dedup.cluster import Clusters, Guard, cluster_records
from crmclean.dedup.decide import Decisions, decide_links
from crmclean.dedup.describe import describe_run
from crmclean.dedup.encode import Columns, Records
from crmclean.dedup.explanation import Explanation, explain_records
from crmclean.dedup.forms import Ints
from crmclean.dedup.guard import guard_of
from crmclean.dedup.judgements import Judged, cluster_judged, taught_chance, taught_matches
from crmclean.dedup.kinship import find_kin
from crmclean.dedup.model import (
    Chance,
    Fit,
    draw_chance,
    fit_model,
    pairs_of_one_name,
    prior_model,
    sample_pairs,
    with_chance,
    with_kin,
)
from crmclean.dedup.one_to_one import winning_links
from crmclean.dedup.scoring import Compared, Found, links_table, score_all
from crmclean.dedup.unmapped import Unmapped, read_unmapped
from crmclean.dedup.weighed import Weighed
from crmclean.dedup.weights import Model, probability_of
from crmclean.dedup.workings import Settings, Workings, frozen_model, prepare
from crmclean.kernels import are_compiled

__all__ = ["Explanation", "PairCount", "Result", "Settings", "count_pairs", "explain_pair", "link_records"]

_LOOKED_AT = 400_000  # candidate pairs looked at to find those the model is fitted to
_SAMPLE = 120_000  # pairs the model is fitted to
_PRIOR_ROOM = 4.0  # for the fit, pairs are ruled out as if the share of matches were this much larger than believed
_PRIOR_SLACK = 4.0  # and their evidence this many bits stronger
_CHUNK = 250_000  # pairs ruled out at a time: their arrays stay in the cache
_THREADS = 2


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
    recall : float or None
        Estimated share of the matches that are among the candidate pairs (``scoring.recall_of``); None: no matches.
    """

    records: int
    reports: tuple[RuleReport, ...]
    pairs: int
    unmapped: tuple[Unmapped, ...] = ()
    recall: float | None = None


def link_records(
    fields: Columns,
    settings: Settings,
    *,
    kept_apart: Ints | None = None,
    order: Ints | None = None,
    measures: Mapping[str, Any] | None = None,
    unmapped: tuple[Unmapped, ...] | None = None,
    judged: Judged | None = None,
    sources: Ints | None = None,
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
    judged : Judged, optional
        Pairs that a person has judged, by position.
    sources : int array, optional
        Code of the source of each record, -1 = none: link the sources one to one (``one_to_one``).
    """
    unmapped = read_unmapped(measures) if unmapped is None else unmapped
    work = prepare(fields, settings, order, unmapped)
    told = _Told.of(work.records, kept_apart, sources, judged)
    fit, candidates, compared, to_ask = _fitted(work, settings, measures, told.judged)
    found = score_all(work, fit.model, candidates, settings, compared)
    found = found.with_pairs(work, fit.model, to_ask.left, to_ask.right, to_ask.rules)
    if told.judged is not None:
        found = found.with_pairs(work, fit.model, told.judged.left, told.judged.right)
    decisions = _decided(work, fit.model, found, settings, to_ask, told)
    guard = guard_of(work, fit.model, settings, told.apart, told.sources, found)
    clusters = _clustered(work, found, decisions.is_match, guard, told)
    decisions = decisions.guarded(clusters.labels[found.left] == clusters.labels[found.right])
    links = links_table(work.records, found, [report.name for report in candidates.reports], decisions)
    described = describe_run(work.records, work.comparer.carriers, fit, candidates, clusters, found.recall())
    if told.judged is not None:
        described["judged"] = told.judged.counts()
    return Result(links, _labels_by_position(work.records, clusters.labels), described)


@dataclass(frozen=True)
class _Told:
    """What is known of a file's records beside their fields, by canonical number: codes and judged pairs, or None."""

    apart: Ints | None
    sources: Ints | None
    judged: Judged | None

    @staticmethod
    def of(records: Records, kept_apart: Ints | None, sources: Ints | None, judged: Judged | None) -> _Told:
        """From codes and judgements by position."""
        apart, sources = (
            None if codes is None else np.asarray(codes)[records.position] for codes in (kept_apart, sources)
        )
        return _Told(apart, sources, None if judged is None else judged.renumbered(_places(records)))


def _fitted(
    work: Workings, settings: Settings, measures: Mapping[str, Any] | None, judged: Judged | None
) -> tuple[Fit, Candidates, Compared | None, Candidates]:
    """The model of the file, the candidates that can be kept under it, and those that a person should see anyway.

    Third are the levels of the candidates that the model was fitted to.
    """
    start, chance, candidates = _believed_and_candidates(work, settings)
    with ThreadPoolExecutor(1) as aside:
        asked = aside.submit(pairs_to_ask, work, candidates)
        if measures is not None:
            fit, compared = Fit(frozen_model(start, measures), 0, 0, 0.0), None
        else:
            fit, compared = _fit(work, start, chance, candidates, settings, judged)
        hopeful = _hopeful(work, fit.model, candidates, settings)
        compared = None if compared is None else compared.of(hopeful)
        return fit, _those(candidates, hopeful), compared, asked.result()


def _decided(
    work: Workings, model: Model, found: Found, settings: Settings, to_ask: Candidates, told: _Told
) -> Decisions:
    """The decision on each pair found: by its weight and branches, and by what is known beside them, in that order."""
    branches = branch_pairs(model, found.levels, found.scored["identity"], settings.match_probability)
    bands = (settings.match_probability, settings.review_probability)
    pairs = found.left, found.right
    decisions = decide_links(found.scored, *pairs, told.apart, *bands, branches, settings.merge_branches)
    decisions = decisions.asked(found.are_among(to_ask.left, to_ask.right, work.records.count))
    if told.judged is not None:
        decisions = decisions.judged(told.judged.together(*pairs), told.judged.apart(*pairs))
    return decisions if told.sources is None else _one_to_one(found, decisions, told.sources)


def _one_to_one(found: Found, decisions: Decisions, sources: Ints) -> Decisions:
    """The decisions with those match links held down that a likelier one of their records rules out."""
    at = np.flatnonzero(decisions.is_match)
    weight = np.where(decisions.is_judged[at], np.inf, found.scored["weight"][at])
    lost = np.zeros(len(found.left), bool)
    lost[at] = ~winning_links(found.left[at], found.right[at], weight, sources)
    return decisions.one_to_one(lost)


def _clustered(work: Workings, found: Found, matched: Ints, guard: Guard, told: _Told) -> Clusters:
    """The clusters of the match links, guarded, judgements obeyed."""
    matches = found.left[matched], found.right[matched], found.scored["weight"][matched]
    if told.judged is None:
        return cluster_records(work.records.count, *matches, guard, lambda: work.records.first_alike(told.apart))
    marks = told.judged.marks
    return cluster_judged(
        told.judged, work.records.count, matches, guard, lambda: work.records.first_alike(told.apart, marks)
    )


def _places(records: Records) -> Ints:
    """The canonical number of each position."""
    place = np.empty(records.count, np.int64)
    place[records.position] = np.arange(records.count)
    return place


def count_pairs(fields: Columns, settings: Settings) -> PairCount:
    """What the blocking rules bring together in a file, without linking it: the very candidates of `link_records`.

    Pairs are compared only to see what rules are worth and how much they find, samples of them where there are many,
    by what is believed before the file is fitted. Parameters as there.
    """
    work = prepare(fields, settings)
    start, _, candidates = _believed_and_candidates(work, settings)
    looked = sample_pairs(candidates.left, candidates.right, work.records.count, _LOOKED_AT)
    some = _those(candidates, looked)
    likely = score_all(work, start, _those(some, _hopeful(work, start, some, settings)), settings)
    return PairCount(
        work.records.count, candidates.reports, len(candidates.left), work.records.unmapped, likely.recall()
    )


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
    place = _places(work.records)
    return explain_records(work, model, settings, int(place[left]), int(place[right]), measures.get("blocking", ()))


def _believed(work: Workings, settings: Settings) -> tuple[Bounds, Model, Chance]:
    """The model before the file is fitted, its bounds, and the random pairs its u are from."""
    chance = draw_chance(work.comparer, work.tables)
    start = with_chance(prior_model(settings.entity, work.comparer.active, work.records.count), chance)
    return bounds_of(start, work.comparer, work.tables).made(), start, chance


def _look_up(work: Workings) -> None:
    """Make the largest of the tables that comparing pairs and ruling them out will ask for."""
    work.comparer.own_mailboxes()
    if are_compiled():
        layout_of(work.comparer)


def _believed_and_candidates(work: Workings, settings: Settings) -> tuple[Model, Chance, Candidates]:
    """What is believed before the file is fitted, and the candidate pairs of the rules that are worth it by that.

    Random pairs are looked at, and tables made, while the first rules make their pairs.
    """
    with ThreadPoolExecutor(2) as aside:
        believed = aside.submit(_believed, work, settings)
        tables = aside.submit(_look_up, work)
        candidates = candidate_pairs(
            work.records,
            settings.entity,
            pairs_per_row=settings.pairs_per_row,
            max_block=settings.max_block,
            judge=_judge(work, lambda: believed.result()[:2], settings),
        )
        tables.result()
        return *believed.result()[1:], candidates


def _judge(work: Workings, believed: Callable[[], tuple[Bounds, Model]], settings: Settings) -> Judge:
    """How likely pairs are matches by what is believed before the file is fitted; 0 for those more likely not."""

    def judge(left: Ints, right: Ints) -> Ints:
        bounds, model = believed()
        hopeful = np.flatnonzero(_may_link(bounds, left, right, model, replace(settings, keep_probability=0.5)))
        chance = np.zeros(len(left))

        def score(some: Ints) -> None:
            likely, scored, _ = work.score_likely(model, left[some], right[some], 0.0)
            sure = scored.weight > 0
            chance[some[likely[sure]]] = probability_of(scored.weight[sure])

        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(score, np.array_split(hopeful, _THREADS)))
        return chance

    return judge


def _fit(
    work: Workings, start: Model, chance: Chance, candidates: Candidates, settings: Settings, judged: Judged | None
) -> tuple[Fit, Compared]:
    """The model fitted to a sample of the candidates, the hopeless left out of it; and the levels of the sample."""
    taught = None
    if judged is not None:
        levels, _ = work.comparer.levels(judged.left.astype(np.intp), judged.right.astype(np.intp))
        taught = taught_matches(work.comparer.active, levels, judged)
        chance = taught_chance(work.comparer.active, levels, judged, chance)
    looked = sample_pairs(candidates.left, candidates.right, work.records.count, _LOOKED_AT)
    left, right = candidates.left[looked], candidates.right[looked]
    scale = len(candidates.left) / max(len(looked), 1)
    kin = find_kin(work.comparer, left, right, scale)
    start = with_kin(start, kin)
    able = replace(start, prior=min(start.prior * _PRIOR_ROOM, 0.5))
    bounds = bounds_of(able, work.comparer, work.tables, _PRIOR_SLACK, settled=False)
    hopeful = np.flatnonzero(_may_link(bounds, left, right, able, settings))
    left, right = left[hopeful], right[hopeful]
    chosen = sample_pairs(left, right, work.records.count, _SAMPLE, again=True)
    scale *= len(left) / max(len(chosen), 1)
    sample = Weighed(work.comparer, work.tables, left[chosen], right[chosen])
    place = np.full(len(candidates.left), -1, np.int32)
    place[looked[hopeful[chosen]]] = np.arange(len(chosen))
    drawn = np.zeros(0, np.int64)
    if able.prior * chance.pairs >= 1:  # else no match is to be expected among the random pairs
        drawn = np.flatnonzero(_may_link(bounds, chance.left, chance.right, able, settings))
    of_one_name = pairs_of_one_name(work.records, candidates.left, candidates.right)
    fit = fit_model(
        start,
        work.comparer,
        work.tables,
        chance,
        sample,
        scale=scale,
        of_one_name=of_one_name,
        hopeful=drawn,
        taught=taught,
        kin=kin,
    )
    return fit, Compared(place, sample.levels, sample.shared)


def _hopeful(work: Workings, model: Model, candidates: Candidates, settings: Settings) -> Ints:
    """Positions of the candidates that can be kept under the model."""
    bounds = bounds_of(model, work.comparer, work.tables)
    return np.flatnonzero(_may_link(bounds, candidates.left, candidates.right, model, settings))


def _those(candidates: Candidates, chosen: Ints) -> Candidates:
    """Some of the candidates."""
    left, right, rules = candidates.left[chosen], candidates.right[chosen], candidates.rules[chosen]
    return replace(candidates, left=left, right=right, rules=rules)


def _may_link(bounds: Bounds, left: Ints, right: Ints, model: Model, settings: Settings) -> Ints:
    """``may_link`` in chunks, for the evidence that a pair needs to be kept."""
    least = settings.keep_probability / (1 - settings.keep_probability)
    needed = float(np.log2(least) - np.log2(model.prior / (1 - model.prior)))
    size = max(min(settings.chunk_pairs, _CHUNK, -(-len(left) // _THREADS)), 1)

    def look(start: int) -> Ints:
        return may_link(bounds, left[start : start + size], right[start : start + size], needed)

    with ThreadPoolExecutor(_THREADS) as pool:  # NumPy lets go of the interpreter lock
        return np.concatenate([np.zeros(0, bool), *pool.map(look, range(0, len(left), size))])


def _labels_by_position(records: Records, labels: Ints) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Canonical labels as labels of the caller's rows: the smallest position of each cluster."""
    smallest = np.full(records.count, records.count, np.int32)
    np.minimum.at(smallest, labels, records.position.astype(np.int32))
    cluster = np.empty(records.count, np.int32)
    cluster[records.position] = smallest[labels]
    return cluster
