"""Candidate pairs: a union of blocking rules, each a conjunction of keys, counted before any pair is made.

Each rule sorts its keys and reads the runs of equal ones. From the run lengths the number of pairs is known exactly;
the largest block size that keeps a rule within its share of the pair budget is its cap. Blocks above the cap are not
dropped: they are split by further keys, what is still too large is walked with a window in name order (sorted
neighbourhood, Hernandez & Stolfo 1995). So the number of pairs is linear in the number of records whatever the data.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from crmclean.dedup.block_keys import BlockKeys
from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints, mix
from crmclean.dedup.pairs import pairs_of_runs, runs, sort_with

__all__ = ["Candidates", "Rule", "RuleReport", "candidate_pairs", "rules_of"]

_THREADS = 2
_WINDOW = 4
_NEIGHBOURS = 3
_ANYWAY = 300_000
_CHEAP = 200_000  # a rule that makes no more pairs is used without asking
_SAMPLE = 20_000  # pairs of a rule that are judged
_WORTH = 2_000  # pairs that a match which no other rule finds may cost

Judge = Callable[[Ints, Ints], float]


@dataclass(frozen=True)
class Rule:
    """A blocking rule: pairs that agree on every key. ``share`` is its part of the pair budget."""

    keys: tuple[str, ...]
    refine: tuple[str, ...] = ()
    share: float = 1.0

    @property
    def name(self) -> str:
        """The keys, joined."""
        return "+".join(self.keys)


@dataclass(frozen=True)
class RuleReport:
    """What a rule did: blocks, the cap, how many blocks were refined, how large the largest was, pairs made.

    ``expected_new`` are the matches that no rule before it would find, estimated on a sample of its pairs (None: not
    asked); a rule that costs too many pairs for them is not ``used``.
    """

    name: str
    blocks: int
    cap: int
    refined_blocks: int
    largest_block: int
    pairs: int
    expected_new: float | None = None
    used: bool = True


@dataclass(frozen=True)
class Candidates:
    """Distinct candidate pairs sorted by (left, right), with the set of rules that found each as bits."""

    left: Ints
    right: Ints
    rules: Ints
    reports: tuple[RuleReport, ...]


_PERSON_RULES = (
    Rule(("national_id",), ("name_pair", "family_skeleton", "given_skeleton"), 1.0),
    Rule(("national_id_signs",), ("birth", "postal_code", "family_skeleton", "given_skeleton"), 0.25),
    Rule(("email",), ("name_pair", "family_skeleton", "given_skeleton"), 1.0),
    Rule(("line",), ("name_pair", "family_skeleton", "given_skeleton"), 1.5),
    Rule(("name_pair",), ("company", "site", "postal_code", "city", "birth", "street"), 2.0),
    Rule(("birth", "family_skeleton"), ("given_skeleton",), 0.5),
    Rule(("birth", "given_skeleton"), ("family_skeleton",), 0.5),
    Rule(("local",), ("family_skeleton", "given_skeleton"), 0.5),
    Rule(("company", "family_skeleton"), ("given_skeleton",), 0.5),
    Rule(("company", "given_skeleton"), ("family_skeleton",), 0.5),
    Rule(("site", "family_skeleton"), ("given_skeleton",), 0.5),
    Rule(("street", "given_skeleton"), ("family_skeleton",), 0.5),
    Rule(("street", "family_skeleton"), ("given_skeleton",), 0.5),
    Rule(("postal_code", "family_skeleton"), ("given_initial",), 0.5),
    Rule(("postal_code", "given_skeleton"), ("family_initial",), 0.5),
    Rule(("family_skeleton", "given_initial"), ("city",), 1.0),
    Rule(("given_skeleton", "family_initial"), (), 0.4),
    Rule(("city", "family_skeleton"), (), 0.4),
    Rule(("city", "given_skeleton"), (), 0.25),
    Rule(("birth",), ("postal_code", "city"), 0.5),
    Rule(("street",), (), 0.25),
    Rule(("family_skeleton",), (), 0.25),
    Rule(("given_skeleton",), (), 0.1),
    Rule(("name_order",), (), 0.5),
    Rule(("name_order_reversed",), (), 0.5),
)
_FIRM_RULES = (
    Rule(("national_id",), ("company",), 1.0),
    Rule(("company",), ("site", "line", "postal_code", "city"), 2.0),
    Rule(("site",), ("company",), 1.0),
    Rule(("line",), ("company_first",), 1.5),
    Rule(("acronym_of",), ("city",), 0.5),
    Rule(("street", "city"), ("company_first",), 1.0),
    Rule(("street",), ("company_first",), 1.0),
    Rule(("company_first", "city"), ("street",), 1.0),
    Rule(("company_first", "postal_code"), ("street",), 0.5),
    Rule(("company_first",), ("city",), 0.5),
    Rule(("company_word",), ("city",), 2.0),
    Rule(("company_sound",), ("city",), 1.0),
    Rule(("street_number", "city"), ("company_first",), 0.5),
    Rule(("name_order",), (), 0.5),
)


def rules_of(entity: str) -> tuple[Rule, ...]:
    """The blocking rules of an entity type, in order of how much a shared key means."""
    return _PERSON_RULES if entity == "person" else _FIRM_RULES


def candidate_pairs(
    records: Records, entity: str, *, pairs_per_row: int, max_block: int, judge: Judge | None = None
) -> Candidates:
    """Make the candidate pairs of a file.

    Parameters
    ----------
    judge : callable, optional
        Of pairs of canonical record numbers: how many matches to expect among them. Rules are asked in order; one
        that makes many pairs and finds next to nothing that the rules before it have not found is left out.
    pairs_per_row : int
        Budget of candidate pairs a record over all rules, of which each rule has its share; a small file's rules may
        make more (``_ANYWAY`` pairs each).
    max_block : int
        No block above this size is compared all with all.
    """
    keys = BlockKeys(records)
    found: list[Ints] = []
    reports: list[RuleReport] = []
    rules = [rule for rule in rules_of(entity) if all(keys.has(name) for name in rule.keys)]
    whole = sum(rule.share for rule in rules)
    width = max(records.count, 1).bit_length()

    def apply(rule: Rule) -> tuple[Ints, Ints, RuleReport]:
        return _apply(rule, keys, int(rule.share * max(pairs_per_row * records.count / whole, _ANYWAY)), max_block)

    def pack(rule: Rule) -> tuple[Ints, RuleReport]:
        left, right, report = apply(rule)
        low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right)
        codes = (low << width | high)[low != high]
        codes.sort()
        return codes, report

    with ThreadPoolExecutor(_THREADS) as pool:  # sorting lets go of the interpreter lock
        for codes, report in pool.map(pack, rules):
            if judge is not None and len(codes) > _CHEAP:
                report = _judged(report, codes, found, width, judge)
            found.append(codes if report.used else codes[:0])
            reports.append(report)
    packed = np.concatenate([np.zeros(0, np.int64), *(codes << 5 | number for number, codes in enumerate(found))])
    found.clear()
    packed.sort()
    codes = packed >> 5
    starts, _ = runs(codes)
    bits = np.left_shift(np.uint32(1), (packed & 31).astype(np.uint32), dtype=np.uint32)
    rules_found = np.bitwise_or.reduceat(bits, starts) if len(starts) else np.zeros(0, np.uint32)
    distinct = codes[starts]
    return Candidates(
        (distinct >> width).astype(np.int32),
        (distinct & ((1 << width) - 1)).astype(np.int32),
        rules_found,
        tuple(reports),
    )


def _judged(report: RuleReport, codes: Ints, found: list[Ints], width: int, judge: Judge) -> RuleReport:
    """The report with what a rule's pairs would add to those already ``found``, and whether that is worth them."""
    sample = codes[mix(codes) < np.uint64(int(2**64 * min(_SAMPLE / len(codes), 1 - 2**-53)))]
    fresh = sample
    for known in found:
        places = np.searchsorted(known, fresh)
        if len(known):
            fresh = fresh[known[np.minimum(places, len(known) - 1)] != fresh]
    expected = judge(fresh >> width, fresh & ((1 << width) - 1)) * len(codes) / max(len(sample), 1)
    return replace(report, expected_new=expected, used=expected * _WORTH >= len(codes))


def _apply(rule: Rule, keys: BlockKeys, budget: int, max_block: int) -> tuple[Ints, Ints, RuleReport]:
    """Pairs of one rule, over-full blocks refined."""
    if rule.keys[0].startswith("name_order"):
        members = keys.ordered(reverse=rule.keys[0].endswith("reversed"))
        window = _NEIGHBOURS if len(members) * _NEIGHBOURS <= budget else 1
        left, right = pairs_of_runs(members, np.array([0]), np.array([len(members)]), window)
        return left, right, RuleReport(rule.name, 1, window, 0, len(members), len(left))
    values, members = keys.entries(rule.keys)
    starts, lengths = runs(values)
    cap = _cap(lengths, budget, max_block)
    full = lengths > cap
    report = RuleReport(rule.name, int((lengths > 1).sum()), cap, int(full.sum()), int(lengths.max(initial=0)), 0)
    found = [pairs_of_runs(members, starts[~full], lengths[~full])]
    if full.any():
        inside = np.repeat(full, lengths)
        found += _over_full(rule, keys, values[inside], members[inside], cap)
    left, right = (np.concatenate(side) for side in zip(*found, strict=True))
    return left, right, replace(report, pairs=len(left))


def _over_full(rule: Rule, keys: BlockKeys, values: Ints, members: Ints, cap: int) -> list[tuple[Ints, Ints]]:
    """Pairs of blocks above the cap: records that are the same in everything stand back for the first of them."""
    first = keys.first_alike()[members]
    copy = first != members
    found = [(first[copy], members[copy])]
    values, members = values[~copy], members[~copy]
    starts, lengths = runs(values)
    full = lengths > cap
    found.append(pairs_of_runs(members, starts[~full], lengths[~full]))
    if full.any():
        block = np.repeat(np.arange(int(full.sum())), lengths[full])
        inside = members[np.repeat(full, lengths)]
        found += [_refined(keys, block, inside, name, cap) for name in rule.refine if keys.has(name)]
        found.append(_windowed(keys, block, inside, _WINDOW if rule.share >= 0.5 else 1))
    return found


def _cap(lengths: Ints, budget: int, max_block: int) -> int:
    """The largest block size at which all blocks up to it stay within the budget of pairs."""
    sizes, counts = np.unique(lengths, return_counts=True)
    pairs = np.cumsum(counts * (sizes * (sizes - 1) // 2))
    fitting = np.searchsorted(pairs, budget, side="right")
    return int(min(max(sizes[fitting - 1] if fitting else 1, 8), max_block))


def _refined(keys: BlockKeys, block: Ints, members: Ints, name: str, cap: int) -> tuple[Ints, Ints]:
    """Pairs inside over-full blocks that agree on a further key; sub-blocks still too large are walked in order."""
    pool = keys.codes(name).reshape(-1, keys.count)
    lefts, rights = [], []
    for row in pool:
        inner = row[members].astype(np.int64)
        known = np.flatnonzero(inner)
        sub = block[known] * (int(inner.max(initial=0)) + 1) + inner[known]
        sub, inside = sort_with(sub, members[known], keys.count)
        starts, lengths = runs(sub)
        small = (lengths > 1) & (lengths <= cap)
        left, right = pairs_of_runs(inside, starts[small], lengths[small])
        large = lengths > cap
        chosen = np.repeat(large, lengths)
        again = _windowed(keys, np.repeat(np.arange(int(large.sum())), lengths[large]), inside[chosen], _WINDOW)
        lefts += [left, again[0]]
        rights += [right, again[1]]
    return np.concatenate(lefts), np.concatenate(rights)


def _windowed(keys: BlockKeys, block: Ints, members: Ints, window: int) -> tuple[Ints, Ints]:
    """Pairs at most ``window`` places apart when each block is put in name order."""
    by_rank = np.empty(keys.count, np.int64)
    rank = keys.rank()
    by_rank[rank] = np.arange(keys.count)
    block, places = sort_with(block, rank[members], keys.count)
    starts, lengths = runs(block)
    return pairs_of_runs(by_rank[places], starts, lengths, window)
