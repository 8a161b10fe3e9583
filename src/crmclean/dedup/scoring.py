"""Scored pairs of a file: the ones worth keeping out of the candidates, and the links evidence they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from crmclean.dedup.blocking import Candidates
from crmclean.dedup.compare import Levels
from crmclean.dedup.decide import Decisions
from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints
from crmclean.dedup.pairs import are_in, stable_order
from crmclean.dedup.weighed import UNIT
from crmclean.dedup.weights import Model, Scored, probability_of
from crmclean.dedup.workings import Settings, Workings
from crmclean.tables.evidence import empty_table, enum_array, evidence_table

__all__ = ["Compared", "Found", "evidence_of", "links_table", "recall_of", "score_all"]

_THREADS = 2
_Portion = tuple[Ints, dict[str, Ints], dict[str, Ints], Levels]  # positions, weights, what identifies, levels
_KEPT = ("weight", "identity", "support")  # what is kept of a scored pair


@dataclass(frozen=True)
class Found:
    """Scored pairs of canonical record numbers, the rules that brought them together as bits, and their levels.

    ``telling`` holds what each comparison identifies (``weights.Scored``).
    """

    left: Ints
    right: Ints
    rules: Ints
    scored: dict[str, Ints]
    telling: dict[str, Ints]
    levels: Levels

    def recall(self) -> float | None:
        """Estimated share of the matches that some blocking rule found; None where none is expected."""
        met = self.rules > 0
        return recall_of(self.rules[met], probability_of(self.scored["weight"][met]))

    def are_among(self, left: Ints, right: Ints, count: int) -> Ints:
        """Which of the pairs found are among some pairs of ``count`` records."""
        return are_in(_codes(self.left, self.right, count), np.sort(_codes(left, right, count)))

    def with_pairs(self, work: Workings, model: Model, left: Ints, right: Ints, rules: Ints | None = None) -> Found:
        """With some pairs that are to be there, whatever they weigh; ``rules`` are those that found them."""
        count = max(work.records.count, 1)
        asked, first = np.unique(_codes(left, right, count), return_index=True)
        known = np.sort(_codes(self.left, self.right, count), kind="stable")  # most of them are in order
        new = ~are_in(asked, known)
        asked, first = asked[new], first[new]
        met = np.zeros(len(asked), self.rules.dtype) if rules is None else rules[first]
        left, right = asked // count, asked % count
        scored, levels = work.score(model, left, right)
        return Found(
            np.concatenate([self.left, left]),
            np.concatenate([self.right, right]),
            np.concatenate([self.rules, met]),
            {name: np.concatenate([found, getattr(scored, name)]) for name, found in self.scored.items()},
            {name: np.concatenate([found, scored.telling[name]]) for name, found in self.telling.items()},
            {name: np.concatenate([found, levels[name]]) for name, found in self.levels.items()},
        )

    def places(self, left: Ints, right: Ints, count: int) -> Ints:
        """Where some pairs of ``count`` records are among those found; -1 where they are not."""
        codes, asked = _codes(self.left, self.right, count), _codes(left, right, count)
        order = np.argsort(codes, kind="stable")
        codes = codes[order]
        at = np.minimum(np.searchsorted(codes, asked), max(len(codes) - 1, 0))
        if not len(codes):
            return np.full(len(asked), -1)
        places: Ints = np.where(codes[at] == asked, order[at], -1)
        return places


def _codes(left: Ints, right: Ints, count: int) -> Ints:
    """One int64 code for each pair of ``count`` records, whichever comes first."""
    codes: Ints = np.minimum(left, right).astype(np.int64) * count + np.maximum(left, right)
    return codes


def _even(pairs: int, most: int) -> int:
    """The size of equal chunks of so many pairs at most, as many for one thread as for the other."""
    chunks = -(-pairs // (most * _THREADS)) * _THREADS
    return -(-pairs // max(chunks, 1)) or 1


@dataclass(frozen=True)
class Compared:
    """Levels of some candidate pairs that are there already.

    Attributes
    ----------
    place : int32 array, a candidate pair each
        Its place in ``levels`` and ``shared``; -1 where it has not been compared.
    levels, shared : mapping of comparison name to array
        As ``Comparer.levels`` gives them.
    """

    place: Ints
    levels: Levels
    shared: Levels

    def of(self, chosen: Ints | slice) -> Compared:
        """Of some of the candidate pairs."""
        return replace(self, place=self.place[chosen])

    def split(self) -> tuple[Ints, Ints]:
        """The pairs that have not been compared, and those that have."""
        return np.flatnonzero(self.place < 0), np.flatnonzero(self.place >= 0)

    def taken(self, pairs: Ints) -> tuple[Levels, Levels]:
        """Levels and shared values of compared pairs."""
        at = self.place[pairs]
        levels, shared = ({name: codes[at] for name, codes in kind.items()} for kind in (self.levels, self.shared))
        return levels, shared


def score_all(
    work: Workings, model: Model, candidates: Candidates, settings: Settings, compared: Compared | None = None
) -> Found:
    """Score the candidates chunk by chunk; keeps the pairs of at least ``keep_probability``."""
    active = work.comparer.active
    identifying = [item.name for item in active if "identity" in item.roles()]
    size = _even(len(candidates.left), settings.chunk_pairs)

    def score(start: int) -> _Portion:
        part = slice(start, start + size)
        known = None if compared is None else compared.of(part)
        pairs = candidates.left[part], candidates.right[part]
        at, weights, telling, levels = _scored_part(work, model, *pairs, settings, known)
        return at + start, weights, telling, levels

    with ThreadPoolExecutor(_THREADS) as pool:  # NumPy, Arrow and RapidFuzz let go of the interpreter lock
        done = list(pool.map(score, range(0, len(candidates.left), size)))
    at = np.concatenate([np.zeros(0, np.int64), *(each[0] for each in done)])
    return Found(
        candidates.left[at].astype(np.int64),
        candidates.right[at].astype(np.int64),
        candidates.rules[at],
        {name: np.concatenate([np.zeros(0, np.float32), *(each[1][name] for each in done)]) for name in _KEPT},
        {name: np.concatenate([np.zeros(0, np.float32), *(each[2][name] for each in done)]) for name in identifying},
        {item.name: np.concatenate([np.zeros(0, np.uint8), *(each[3][item.name] for each in done)]) for item in active},
    )


def _scored_part(
    work: Workings, model: Model, left: Ints, right: Ints, settings: Settings, compared: Compared | None
) -> _Portion:
    """Those pairs that are to be kept, in order."""
    least = float(np.log2(settings.keep_probability / (1 - settings.keep_probability)))
    new, old = (np.arange(len(left)), np.zeros(0, np.int64)) if compared is None else compared.split()
    likely, scored, levels = work.score_likely(model, left[new], right[new], least)
    portions = [_kept(new[likely], scored, levels, settings)]
    if compared is not None and len(old):
        levels, shared = compared.taken(old)
        scored = work.score_compared(model, left[old].astype(np.intp), right[old].astype(np.intp), levels, shared)
        portions.append(_kept(old, scored, levels, settings))
    at = np.concatenate([portion[0] for portion in portions])
    order = np.argsort(at, kind="stable")
    weights, telling, levels = (
        {name: np.concatenate([portion[kind][name] for portion in portions])[order] for name in portions[0][kind]}
        for kind in (1, 2, 3)
    )
    return at[order], weights, telling, levels


def _kept(at: Ints, scored: Scored, levels: Levels, settings: Settings) -> _Portion:
    """Of pairs at some positions those of at least ``keep_probability``."""
    good = np.flatnonzero(probability_of(scored.weight) >= settings.keep_probability)
    return (
        at[good],
        {name: getattr(scored, name)[good] for name in _KEPT},
        {name: bits[good] for name, bits in scored.telling.items()},
        {name: codes[good] for name, codes in levels.items()},
    )


def evidence_of(
    work: Workings, model: Model, left: Ints, right: Ints, size: int, found: Found | None = None
) -> tuple[dict[str, Ints], dict[str, Ints], Levels]:
    """Identity and support of pairs, what each comparison identifies, and levels, ``size`` pairs at a time.

    Pairs that were ``found`` are not scored again.
    """
    places = np.full(len(left), -1) if found is None else found.places(left, right, work.records.count)
    new, old = np.flatnonzero(places < 0), np.flatnonzero(places >= 0)
    size = max(min(size, -(-len(new) // _THREADS)), 1)
    portions = [new[start : start + size] for start in range(0, max(len(new), 1), size)]
    with ThreadPoolExecutor(_THREADS) as pool:
        told = list(pool.map(lambda some: work.score(model, left[some], right[some]), portions))
    weights = [{name: getattr(scored, name) for name in ("identity", "support")} for scored, _ in told]

    def columns(known: Mapping[str, Ints] | None, told: Sequence[Mapping[str, Ints]]) -> dict[str, Ints]:
        put = {name: np.concatenate([portion[name] for portion in told]) for name in told[0]}
        return {name: _placed(old, new, None if known is None else known[name], places, put[name]) for name in put}

    return (
        columns(None if found is None else found.scored, weights),
        columns(None if found is None else found.telling, [scored.telling for scored, _ in told]),
        columns(None if found is None else found.levels, [levels for _, levels in told]),
    )


def _placed(old: Ints, new: Ints, known: Ints | None, places: Ints, fresh: Ints) -> Ints:
    """A column put together from what was known of pairs and what has been found out."""
    column = np.empty(len(places), fresh.dtype)
    column[new] = fresh
    if known is not None:
        column[old] = known[places[old]]
    return column


def links_table(records: Records, found: Found, names: list[str], decisions: Decisions) -> pa.Table:
    """The links evidence in the caller's row numbers, sorted; pairs that no rule found are there by judgement."""
    weight, levels = found.scored["weight"], found.levels
    if not len(weight):
        return empty_table("links")
    a, b = records.position[found.left], records.position[found.right]
    row_l, row_r = np.minimum(a, b), np.maximum(a, b)
    order = stable_order(_codes(a, b, records.count))
    signed = found.rules.astype(np.int64)
    first_rule = np.bitwise_count((signed & -signed) - 1).astype(np.int32)
    first_rule[signed == 0] = len(names)
    columns: dict[str, Any] = {
        "row_l": row_l[order].astype(np.int32),
        "row_r": row_r[order].astype(np.int32),
        "blocking_rule": enum_array(first_rule[order], [*names, "judgement"]),
        "weight": weight[order].astype(np.float64),
        "probability": probability_of(weight[order]),
        "decision": enum_array(decisions.band[order], decisions.BANDS),
        "decided_by": enum_array(decisions.reason[order], decisions.REASONS),
    }
    columns |= {f"level_{name}": codes[order] for name, codes in levels.items()}
    return evidence_table("links", columns)


def recall_of(rules: Ints, probability: Ints) -> float | None:
    """Share of the matches that some blocking rule brings together, estimated from how many rules found each.

    Chao's lower bound of those that no rule finds (Chao 1987): f1 (f1 - 1) / (2 (f2 + 1)), f1 the matches found by one
    rule only and f2 those by exactly two, pairs counted by their probability and summed in whole 4096ths, so that their
    order does not matter. It is a lower bound where rules overlap, as the shipped ones do; rules that complement each
    other make it too many. Matches that the model does not know are not in it. None where less than one is expected.
    """
    times = np.bitwise_count(rules.astype(np.uint32))
    share = np.rint(np.asarray(probability) * UNIT).astype(np.int64)
    found, once, twice = (int(share[some].sum()) / UNIT for some in (times > 0, times == 1, times == 2))
    missed = max(once * (once - 1), 0.0) / (2 * (twice + 1))
    return found / (found + missed) if found >= 1 else None
