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
from crmclean.dedup.block_pairs import distinct_pairs, is_picked, sample_codes
from crmclean.dedup.blocks import Blocks, blocks_of
from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints
from crmclean.dedup.pairs import are_in, distinct

__all__ = ["Candidates", "Rule", "RuleReport", "candidate_pairs", "rules_of"]

_THREADS = 2
_WINDOW = 4
_NEIGHBOURS = 3
_ANYWAY = 300_000
_CHEAP = 200_000  # a rule that makes no more pairs is used without asking
_SAMPLE = 20_000  # pairs of a rule that are judged
_WORTH = 2_000  # pairs that a match which no other rule finds may cost

Judge = Callable[[Ints, Ints], Ints]


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
        Of pairs of canonical record numbers: how likely each is a match. Rules are asked in order; one that makes many
        pairs and finds next to nothing that the rules before it have not found is left out.
    pairs_per_row : int
        Budget of candidate pairs a record over all rules, of which each rule has its share; a small file's rules may
        make more (``_ANYWAY`` pairs each).
    max_block : int
        No block above this size is compared all with all.
    """
    keys = BlockKeys(records)
    rules = [rule for rule in rules_of(entity) if all(keys.has(name) for name in rule.keys)]
    whole = sum(rule.share for rule in rules)
    width = max(records.count, 1).bit_length()

    def sampled(rule: Rule) -> tuple[list[Blocks], RuleReport, Ints]:
        budget = int(rule.share * max(pairs_per_row * records.count / whole, _ANYWAY))
        found, report = _apply(rule, keys, budget, max_block)
        return found, report, sample_codes(found if judge is not None else [], width, _share(_CHEAP))

    with ThreadPoolExecutor(_THREADS) as pool:  # sorting lets go of the interpreter lock
        asked = list(pool.map(sampled, rules))
    reports = tuple(report for _, report, _ in asked)
    if judge is not None:
        reports = _judged(reports, [codes for _, _, codes in asked], width, judge)
    used = [found if report.used else [] for (found, _, _), report in zip(asked, reports, strict=True)]
    return Candidates(*distinct_pairs(used, width), reports)


def _share(pairs: int) -> float:
    """The share of so many pairs that is their sample."""
    return min(_SAMPLE / max(pairs, 1), 1 - 2**-53)


def _judged(reports: tuple[RuleReport, ...], samples: list[Ints], width: int, judge: Judge) -> tuple[RuleReport, ...]:
    """The reports with what each rule's pairs would add to those of the rules before it, and if that is worth it.

    ``samples`` are the codes of pairs of each rule, picked by one hash: what a rule shares with those before it is
    shared by their samples. All of them are judged together.
    """
    dear = [report.pairs > _CHEAP for report in reports]
    judged = [
        codes[is_picked(codes, _share(report.pairs))] if asked else codes[:0]
        for report, codes, asked in zip(reports, samples, dear, strict=True)
    ]
    pairs = distinct(np.concatenate([np.zeros(0, np.int64), *judged]))
    chance = judge(pairs >> width, pairs & ((1 << width) - 1)) if any(dear) else np.zeros(0)
    known, done = np.zeros(0, np.int64), []
    for report, codes, sample, asked in zip(reports, samples, judged, dear, strict=True):
        if asked:
            fresh = sample[~are_in(sample, known)]
            expected = float(chance[np.searchsorted(pairs, fresh)].sum()) * report.pairs / max(len(sample), 1)
            report = replace(report, expected_new=expected, used=expected * _WORTH >= report.pairs)
        if report.used:
            known = np.concatenate([known, codes])
            known.sort(kind="stable")  # which merges what is in order already
        done.append(report)
    return tuple(done)


def _apply(rule: Rule, keys: BlockKeys, budget: int, max_block: int) -> tuple[list[Blocks], RuleReport]:
    """The blocks of one rule, over-full ones refined, and how many pairs they hold."""
    if rule.keys[0].startswith("name_order"):
        found, report = _in_name_order(rule, keys, budget)
    else:
        blocks = keys.blocks(rule.keys)
        cap = _cap(blocks.lengths, budget, max_block)
        full = blocks.lengths > cap
        found = [blocks.those(~full)]
        if full.any():
            found += _over_full(rule, keys, blocks.apart(full), cap)
        report = RuleReport(rule.name, len(blocks.lengths), cap, int(full.sum()), blocks.largest, 0)
    return found, replace(report, pairs=sum(blocks.pairs for blocks in found))


def _in_name_order(rule: Rule, keys: BlockKeys, budget: int) -> tuple[list[Blocks], RuleReport]:
    """All records as one block, walked in name order."""
    members = keys.ordered(reverse=rule.keys[0].endswith("reversed"))
    window = _NEIGHBOURS if len(members) * _NEIGHBOURS <= budget else 1
    walk = Blocks(members, np.array([0]), np.array([len(members)]), window)
    return [walk], RuleReport(rule.name, 1, window, 0, len(members), 0)


def _over_full(rule: Rule, keys: BlockKeys, blocks: Blocks, cap: int) -> list[Blocks]:
    """The blocks that stand for those above the cap.

    Records that are the same in everything stand back for the first of them.
    """
    first = keys.first_alike().take(blocks.members)
    copy = first != blocks.members
    twins = np.stack((first[copy], blocks.members[copy]), axis=1).ravel()
    found = [Blocks(twins, np.arange(0, len(twins), 2), np.full(len(twins) // 2, 2))]
    blocks = blocks.without(copy)
    full = blocks.lengths > cap
    found.append(blocks.those(~full))
    if full.any():
        blocks = blocks.apart(full)
        for name in filter(keys.has, rule.refine):
            found += _refined(keys, blocks, name, cap)
        found.append(keys.in_name_order(blocks, _WINDOW if rule.share >= 0.5 else 1))
    return found


def _cap(lengths: Ints, budget: int, max_block: int) -> int:
    """The largest block size at which all blocks up to it stay within the budget of pairs."""
    counts = np.bincount(lengths)
    sizes = np.flatnonzero(counts)
    pairs = np.cumsum(counts[sizes] * (sizes * (sizes - 1) // 2))
    fitting = np.searchsorted(pairs, budget, side="right")
    return int(min(max(sizes[fitting - 1] if fitting else 1, 8), max_block))


def _refined(keys: BlockKeys, blocks: Blocks, name: str, cap: int) -> list[Blocks]:
    """Parts of over-full blocks that agree on a further key; parts still too large are walked in order."""
    found = []
    for row in keys.codes(name).reshape(-1, keys.count):
        parts = blocks_of([blocks.numbers(), row.take(blocks.members)], blocks.members, keys.count)
        large = parts.lengths > cap
        found += [parts.those(~large), keys.in_name_order(parts.apart(large), _WINDOW)]
    return found
