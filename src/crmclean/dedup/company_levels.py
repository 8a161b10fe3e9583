"""Comparison levels of company names: equal keys, acronyms, slips, and one name's words within the other's."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from crmclean.dedup.compare import similar_texts
from crmclean.dedup.contact_levels import ContactLevels
from crmclean.dedup.forms import Ints, hash_texts
from crmclean.dedup.frequency import Table, effective_number
from crmclean.dedup.pairs import score_distinct
from crmclean.dedup.priors import DIFFERENT, Comparison
from crmclean.dedup.tokens import TokenSets
from crmclean.keys.business_words import RAREST_SHARE, telling_words, word_share
from crmclean.keys.tokens import Tokens
from crmclean.text import mask_of

__all__ = ["CompanyLevels"]

_LEVEL_BITS = 8
_ESTABLISHED = 5  # records from which on a name is no variant of another: a group's companies share its name
# words that tell two companies apart however alike their names are: numbers, Roman ones, single letters
_NUMBER = r"^(?:.*\d.*|i{2,3}|i?v|vi{1,3}|ix|xi{0,3}|[a-z])$"
_SERIAL = r"^(?:\d{1,3}|i{2,3}|iv|vi{1,3}|ix|xi{1,3})$"  # those that one of a series has: "Fund II" beside "Fund"


class CompanyLevels(ContactLevels):
    """Levels of company names."""

    def _company(self, item: Comparison, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        """Levels, and the value or (code beyond those of the form) what is rarest of the words two names share."""
        form = self.records.forms["company"]
        a, b, levels, rest = self._start(form, left, right)
        equal = (a == b) & (a > 0)
        levels[equal] = item.code("exact")
        shared = np.where(equal, a, 0).astype(np.int32)
        sets, short = self.company_words()
        x, y = a[rest], b[rest]
        result, word = np.full(len(rest), DIFFERENT, np.uint8), np.zeros(len(rest), np.int32)
        near = np.flatnonzero(self._within("company", x, y) | sets.may_share(x, y))
        scores = score_distinct(x[near], y[near], lambda p, q: self._company_score(item, p, q))
        result[near], word[near] = scores & ((1 << _LEVEL_BITS) - 1), scores >> _LEVEL_BITS
        acronym = (short.take(x) == y) | (short.take(y) == x)
        result[acronym], word[acronym] = item.code("acronym"), 0
        levels[rest], shared[rest] = result, word
        return levels, shared

    def _company_score(self, item: Comparison, p: Ints, q: Ints) -> Ints:
        """Level of each distinct pair of names, and above its eight bits the code of what it shares."""
        form, carriers = self.records.forms["company"], self.carriers["company"]
        sets, _ = self.company_words()
        edits, likeness, length = similar_texts(form.values, p, q)
        match = sets.match(p, q)
        levels = np.where((match.cover >= 0.5) | (likeness >= 0.9), item.code("similar"), DIFFERENT)
        established = np.minimum(self._company_records()[p], self._company_records()[q]) >= _ESTABLISHED
        levels[(match.cover >= 0.9) & ~established] = item.code("part")
        glued, numbers, serials = self._company_spelling()
        split = sets.count[p] != sets.count[q]  # a slip that moved a space is seen in the whole, others in the words
        slip = split & (((edits == 1) & (length >= 5)) | ((edits == 2) & (length >= 9)))
        slip |= (match.whole & (length >= 5)) | (glued[p] == glued[q])
        other_number = ((numbers[p] & ~numbers[q]) != 0) & ((numbers[q] & ~numbers[p]) != 0)
        other_number |= (serials[p] != 0) & (numbers[q] == 0) | (serials[q] != 0) & (numbers[p] == 0)
        levels[other_number & (levels > DIFFERENT)] = item.code("similar")  # "Fund II" is no slip of "Fund III"
        slip &= ~other_number
        levels[slip] = item.code("typo")
        commoner = np.where(carriers[p] >= carriers[q], p, q)
        value = np.where(levels == item.code("part"), form.size + match.word, np.where(slip, commoner, 0))
        packed: Ints = levels.astype(np.int64) | (value.astype(np.int64) << _LEVEL_BITS)
        return packed

    def word_carriers(self) -> Table:
        """How common each word of the company names, and two words together, are: what ``value_u`` is asked about.

        Where employers are compared, the records that carry it. Where each record is a company, how many companies:
        the effective number of companions, the rarest other words of the names it stands in (or that there is none).
        ``bank`` has as many as there are banks; the word that makes a name has one or two.
        """
        form, (sets, _) = self.records.forms["company"], self.company_words()
        value, code, companion = sets.spread()
        size = len(sets.weight) + len(sets.pairs)
        item = next(item for item in self.active if item.name == "company")
        if item.frequency is None or item.frequency.by == "records":
            carriers: Table = np.bincount(code, form.counts()[value], minlength=size).astype(np.float64)
            return carriers
        return effective_number(code, size, companion, size + 1, form.counts()[value])

    def word_shares(self) -> Table:
        """The share of names in the world with each word, and with two words together; 0 for those no list knows."""
        sets, _ = self.company_words()
        share = word_share(sets.texts)
        share[share <= RAREST_SHARE] = 0.0
        one, other = np.divmod(sets.pairs, len(share))
        both: Table = np.concatenate([share, share[one] * share[other]])
        return both

    def _company_records(self) -> Ints:
        """How many records have each company name."""
        if "company_records" not in self._cache:
            self._cache["company_records"] = self.records.forms["company"].counts()
        counts: Ints = self._cache["company_records"]
        return counts

    def _near_company(self, a: Ints, b: Ints) -> Ints:
        """False where two different names can be neither alike nor one the acronym of the other."""
        sets, short = self.company_words()
        near: Ints = self._within("company", a, b) | sets.may_share(a, b) | (short.take(a) == b) | (short.take(b) == a)
        return near

    def company_words(self) -> tuple[TokenSets, Ints]:
        """The words of each company, and the company whose name is its acronym (0 = none)."""

        def made() -> tuple[TokenSets, Ints]:
            form, acronym = self.records.forms["company"], self.records.forms.get("acronym")
            short = np.zeros(form.size, np.int64)
            if acronym is not None and acronym.of_parent is not None:
                known = pc.fill_null(pc.index_in(acronym.values, form.values), 0).to_numpy()
                short = known[acronym.of_parent]
            return TokenSets.of(telling_words(form.values), word_share), short

        words: tuple[TokenSets, Ints] = self.once("company", made)
        return words

    def _company_spelling(self) -> tuple[Ints, Ints, Ints]:
        """Of each company a hash of its letters without spaces, the set of its numbers, and of those that count."""
        if "spelling" not in self._cache:
            values = self.records.forms["company"].values
            words = Tokens.of(values)
            coded = words.values.dictionary_encode()
            bits, codes = np.uint64(1) << (hash_texts(coded.dictionary) & np.uint64(63)), coded.indices.to_numpy()
            sets = [np.zeros(len(values), np.uint64) for _ in (_NUMBER, _SERIAL)]
            filled = words.counts > 0
            for found, pattern in zip(sets, (_NUMBER, _SERIAL), strict=True):
                meant = mask_of(pc.match_substring_regex(coded.dictionary, pattern))
                found[filled] = np.bitwise_or.reduceat(np.where(meant, bits, np.uint64(0))[codes], words.starts[filled])
            self._cache["spelling"] = (hash_texts(pc.replace_substring(values, " ", "")), *sets)
        spelling: tuple[Ints, Ints, Ints] = self._cache["spelling"]
        return spelling
