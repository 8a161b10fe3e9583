"""Comparison levels of company names: equal keys, acronyms, slips, and one name's words within the other's."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from crmclean.dedup.compare import similar_texts
from crmclean.dedup.contact_levels import ContactLevels
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table, effective_number
from crmclean.dedup.pairs import score_distinct
from crmclean.dedup.priors import DIFFERENT, Comparison
from crmclean.dedup.tokens import TokenSets

__all__ = ["CompanyLevels"]

_LEVEL_BITS = 8


class CompanyLevels(ContactLevels):
    """Levels of company names."""

    def _company(self, item: Comparison, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        """Levels, and the value or (code beyond those of the form) what is rarest of the words two names share."""
        form = self.records.forms["company"]
        a, b, levels, rest = self._start(form, left, right)
        equal = (a == b) & (a > 0)
        levels[equal] = item.code("exact")
        shared = np.where(equal, a, 0).astype(np.int32)
        sets, short = self._company_words()
        x, y = a[rest], b[rest]
        result, word = np.full(len(rest), DIFFERENT, np.uint8), np.zeros(len(rest), np.int32)
        near = np.flatnonzero(self._within("company", x, y, 2) | sets.may_share(x, y))
        scores = score_distinct(x[near], y[near], lambda p, q: self._company_score(item, p, q))
        result[near], word[near] = scores & ((1 << _LEVEL_BITS) - 1), scores >> _LEVEL_BITS
        acronym = (short.take(x) == y) | (short.take(y) == x)
        result[acronym], word[acronym] = item.code("acronym"), 0
        levels[rest], shared[rest] = result, word
        return levels, shared

    def _company_score(self, item: Comparison, p: Ints, q: Ints) -> Ints:
        """Level of each distinct pair of names, and above its eight bits the code of what it shares."""
        form, carriers = self.records.forms["company"], self.carriers["company"]
        sets, _ = self._company_words()
        edits, likeness, length = similar_texts(form.values, p, q)
        match = sets.match(p, q)
        levels = np.where((match.cover >= 0.5) | (likeness >= 0.9), item.code("similar"), DIFFERENT)
        levels[match.cover >= 0.9] = item.code("part")
        slip = ((edits == 1) & (length >= 5)) | ((edits == 2) & (length >= 9)) | match.whole
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
        form, (sets, _) = self.records.forms["company"], self._company_words()
        value, code, companion = sets.spread()
        size = len(sets.weight) + len(sets.pairs)
        item = next(item for item in self.active if item.name == "company")
        if item.frequency is None or item.frequency.by == "records":
            carriers: Table = np.bincount(code, form.counts()[value], minlength=size).astype(np.float64)
            return carriers
        return effective_number(code, size, companion, size + 1)

    def _near_company(self, a: Ints, b: Ints) -> Ints:
        """False where two different names can be neither alike nor one the acronym of the other."""
        sets, short = self._company_words()
        near: Ints = (
            self._within("company", a, b, 2) | sets.may_share(a, b) | (short.take(a) == b) | (short.take(b) == a)
        )
        return near

    def _company_words(self) -> tuple[TokenSets, Ints]:
        """The words of each company, and the company whose name is its acronym (0 = none)."""
        if "company" not in self._cache:
            form, acronym = self.records.forms["company"], self.records.forms.get("acronym")
            short = np.zeros(form.size, np.int64)
            if acronym is not None and acronym.of_parent is not None:
                known = pc.fill_null(pc.index_in(acronym.values, form.values), 0).to_numpy()
                short = known[acronym.of_parent]
            self._cache["company"] = (TokenSets.of(form.values), short)
        words: tuple[TokenSets, Ints] = self._cache["company"]
        return words
