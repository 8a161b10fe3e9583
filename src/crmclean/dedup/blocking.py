"""Candidate pairs: a union of blocking rules, each a conjunction of keys, counted before any pair is made.

Each rule sorts its keys and reads the runs of equal ones. From the run lengths the number of pairs is known exactly;
the largest block size that keeps a rule within its share of the pair budget is its cap. Blocks above the cap are not
dropped: they are split by further keys, what is still too large is walked with a window in name order (sorted
neighbourhood, Hernandez & Stolfo 1995). So the number of pairs is linear in the number of records whatever the data.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import RLock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Ints, combine_codes
from crmclean.dedup.pairs import pairs_of_runs, runs, sort_with

__all__ = ["Candidates", "Rule", "RuleReport", "candidate_pairs", "rules_of", "shared_rules"]

_THREADS = 2
_WINDOW = 4
_NEIGHBOURS = 3
_ANYWAY = 300_000
_WIDEST = 2**62


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
    """What a rule did: blocks, the cap, how many blocks were refined, how large the largest was, pairs made."""

    name: str
    blocks: int
    cap: int
    refined_blocks: int
    largest_block: int
    pairs: int


@dataclass(frozen=True)
class Candidates:
    """Distinct candidate pairs sorted by (left, right), with the set of rules that found each as bits."""

    left: Ints
    right: Ints
    rules: Ints
    reports: tuple[RuleReport, ...]


_PERSON_RULES = (
    Rule(("national_id",), ("name_pair", "family_skeleton", "given_skeleton"), 1.0),
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
    Rule(("street_number", "city"), ("company_first",), 0.5),
    Rule(("name_order",), (), 0.5),
)


def rules_of(entity: str) -> tuple[Rule, ...]:
    """The blocking rules of an entity type, in order of how much a shared key means."""
    return _PERSON_RULES if entity == "person" else _FIRM_RULES


def candidate_pairs(records: Records, entity: str, *, pairs_per_row: int, max_block: int) -> Candidates:
    """Make the candidate pairs of a file.

    Parameters
    ----------
    pairs_per_row : int
        Budget of candidate pairs a record over all rules, of which each rule has its share; a small file's rules may
        make more (``_ANYWAY`` pairs each).
    max_block : int
        No block above this size is compared all with all.
    """
    keys = _Keys(records)
    found: list[Ints] = []
    reports: list[RuleReport] = []
    rules = [rule for rule in rules_of(entity) if all(keys.has(name) for name in rule.keys)]
    whole = sum(rule.share for rule in rules)
    width = max(records.count, 1).bit_length()

    def apply(rule: Rule) -> tuple[Ints, Ints, RuleReport]:
        return _apply(rule, keys, int(rule.share * max(pairs_per_row * records.count / whole, _ANYWAY)), max_block)

    with ThreadPoolExecutor(_THREADS) as pool:  # sorting lets go of the interpreter lock
        for number, (left, right, report) in enumerate(pool.map(apply, rules)):
            low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right)
            found.append(((low << width | high)[low != high] << 5) | number)
            reports.append(report)
    packed = np.concatenate(found) if found else np.zeros(0, np.int64)
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


def _apply(rule: Rule, keys: _Keys, budget: int, max_block: int) -> tuple[Ints, Ints, RuleReport]:
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
    left, right = pairs_of_runs(members, starts[~full & (lengths > 1)], lengths[~full & (lengths > 1)])
    if full.any():
        block = np.repeat(np.arange(int(full.sum())), lengths[full])
        inside = members[np.repeat(full, lengths)]
        more = [_refined(keys, block, inside, name, cap) for name in rule.refine if keys.has(name)]
        more.append(_windowed(keys, block, inside, _WINDOW if rule.share >= 0.5 else 1))
        left = np.concatenate([left, *(pair[0] for pair in more)])
        right = np.concatenate([right, *(pair[1] for pair in more)])
    largest = int(lengths.max()) if len(lengths) else 0
    return left, right, RuleReport(rule.name, int((lengths > 1).sum()), cap, int(full.sum()), largest, len(left))


def _cap(lengths: Ints, budget: int, max_block: int) -> int:
    """The largest block size at which all blocks up to it stay within the budget of pairs."""
    sizes, counts = np.unique(lengths, return_counts=True)
    pairs = np.cumsum(counts * (sizes * (sizes - 1) // 2))
    fitting = np.searchsorted(pairs, budget, side="right")
    return int(min(max(sizes[fitting - 1] if fitting else 1, 8), max_block))


def _refined(keys: _Keys, block: Ints, members: Ints, name: str, cap: int) -> tuple[Ints, Ints]:
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


def _windowed(keys: _Keys, block: Ints, members: Ints, window: int) -> tuple[Ints, Ints]:
    """Pairs at most ``window`` places apart when each block is put in name order."""
    by_rank = np.empty(keys.count, np.int64)
    rank = keys.rank()
    by_rank[rank] = np.arange(keys.count)
    block, places = sort_with(block, rank[members], keys.count)
    starts, lengths = runs(block)
    return pairs_of_runs(by_rank[places], starts, lengths, window)


def shared_rules(records: Records, entity: str, left: int, right: int) -> list[tuple[str, bool]]:
    """For each blocking rule the file allows, whether two records (canonical numbers) agree on all its keys."""
    keys = _Keys(records)
    answers = []
    for rule in rules_of(entity):
        if rule.keys[0].startswith("name_order") or not all(keys.has(name) for name in rule.keys):
            continue
        agreed = True
        for name in rule.keys:
            pool = keys.codes(name).reshape(-1, records.count)
            agreed &= bool(set(pool[:, left].tolist()) & set(pool[:, right].tolist()) - {0})
        answers.append((rule.name, agreed))
    return answers


class _Keys:
    """Blocking keys of the records by name, made when first asked for."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.count = records.count
        self._made: dict[str, Ints] = {}
        self._alphabets: list[tuple[pa.LargeStringArray, Ints]] = []
        self._lock = RLock()

    def has(self, name: str) -> bool:
        """Whether the file has what the key needs."""
        forms = self.records.forms
        if name == "name_pair":
            return "given_skeleton" in forms and "family_skeleton" in forms
        if name.startswith("name_order"):
            return bool(forms.keys() & {"given", "family", "company"})
        if name == "company_word":
            return "company" in forms
        if name == "acronym_of":
            return "acronym" in forms
        return name in forms

    def codes(self, name: str) -> Ints:
        """Integer codes, 0 = missing, of shape (n,) or (k, n)."""
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]

    def _make(self, name: str) -> Ints:
        forms = self.records.forms
        if name == "name_pair":
            return _name_pairs(self.records)
        if name == "company_word":
            return _company_words(self.records)
        if name == "acronym_of":
            known = (
                pc.fill_null(pc.index_in(forms["acronym"].values, forms["company"].values), 0)
                .to_numpy()
                .astype(np.int32)
            )
            target = known[forms["acronym"].of_parent]
            own = np.where(np.isin(np.arange(forms["company"].size), target), np.arange(forms["company"].size), 0)
            return np.stack([target[forms["company"].codes], own[forms["company"].codes]])
        return forms[name].codes

    def entries(self, names: tuple[str, ...]) -> tuple[Ints, Ints]:
        """Sorted key values and the records that carry them; a record of a pool comes once per distinct value."""
        joint = self.codes(names[0])
        if joint.dtype != np.int64:
            joint = joint.astype(np.int64)
        for name in names[1:]:
            other = self.codes(name)
            joint = combine_codes(joint, other, int(other.max(initial=0)) + 1)
        several, joint = joint.ndim > 1 and len(joint) > 1, joint.reshape(-1)
        filled = np.flatnonzero(joint)
        values, members = sort_with(joint[filled], filled % self.count if several else filled, self.count)
        if several and len(values):
            fresh = np.concatenate(([True], (values[1:] != values[:-1]) | (members[1:] != members[:-1])))
            values, members = values[fresh], members[fresh]
        return values, members

    def rank(self) -> Ints:
        """Place of each record in name order (family name first); ties keep the canonical order."""
        with self._lock:
            if "rank" not in self._made:
                order = self.ordered()
                rank = np.empty(self.count, np.int64)
                rank[order] = np.arange(self.count)
                self._made["rank"] = rank
            return self._made["rank"]

    def ordered(self, *, reverse: bool = False) -> Ints:
        """Records in alphabetical order of (family, given), or of (given, family); the nameless come first."""
        names = [name for name in ("family", "given", "company") if name in self.records.forms]
        key = np.zeros(self.count, np.int64)
        width = 1
        for name in names if reverse else names[::-1]:
            places = self._places(name)
            if width > _WIDEST // len(places):
                least_first = names if reverse else names[::-1]
                return np.lexsort([self._places(each)[self.codes(each)] for each in least_first])
            key += places[self.codes(name)] * width
            width *= len(places)
        return sort_with(key, np.arange(self.count), self.count)[1]

    def _places(self, name: str) -> Ints:
        """The place of each value of a form in alphabetical order; given and family names share their values."""
        values = self.records.forms[name].values
        with self._lock:
            for known, places in self._alphabets:
                if known is values:
                    return places
            self._alphabets.append((values, _alphabetical(values)))
            return self._alphabets[-1][1]


def _alphabetical(values: pa.LargeStringArray) -> Ints:
    places = np.empty(len(values), np.int64)
    places[pc.sort_indices(values).to_numpy()] = np.arange(len(values))
    return places


def _name_pairs(records: Records) -> Ints:
    """One key for {given, family} in either order, from the skeletons."""
    given, family = records.forms["given_skeleton"], records.forms["family_skeleton"]
    shared = pc.fill_null(pc.index_in(given.values, family.values), -1).to_numpy()
    translated = np.where(shared >= 0, shared, family.size + np.arange(given.size))
    a, b = translated[given.codes], family.codes.astype(np.int64)
    size = family.size + given.size
    key = np.minimum(a, b) * size + np.maximum(a, b)
    key[(given.codes == 0) | (family.codes == 0)] = 0
    return key


def _company_words(records: Records) -> Ints:
    """The two rarest words of each company name, as a pool of two keys."""
    form = records.forms["company"]
    lists = pc.split_pattern(form.values, " ")
    parents = pc.list_parent_indices(lists).to_numpy()
    coded = pc.list_flatten(lists).dictionary_encode()
    words = coded.indices.to_numpy().astype(np.int64) + 1
    words[pc.utf8_length(coded.dictionary).to_numpy()[words - 1] < 3] = 0
    carriers = np.bincount(words)
    carriers[0] = np.iinfo(np.int64).max
    order = np.lexsort((_alphabetical(coded.dictionary)[np.maximum(words - 1, 0)], carriers[words], parents))
    place = np.arange(len(order)) - np.searchsorted(parents[order], parents[order])
    pool = np.zeros((2, form.size), np.int32)
    kept = place < 2
    pool[place[kept], parents[order][kept]] = words[order][kept]
    pool[:, 0] = 0
    return pool[:, form.codes]
