"""Comparison levels of names: given and family name read together."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from crmclean.dedup.compare import Levels, Lookups, similar_texts
from crmclean.dedup.forms import Ints
from crmclean.dedup.pairs import score_distinct
from crmclean.dedup.priors import DIFFERENT, ONE_MISSING, Comparison
from crmclean.dedup.tokens import TokenSets
from crmclean.keys import nicknames

__all__ = ["NameLevels"]


class NameLevels(Lookups):
    """Levels of given and family names."""

    def _names(self, found: Levels, left: Ints, right: Ints) -> None:
        """Given and family name together: a pair of swapped names is one finding, not two disagreements."""
        forms = {item.name: self.records.forms[item.name] for item in self.active if item.name in ("given", "family")}
        items = {item.name: item for item in self.active if item.name in forms}
        for name, form in forms.items():
            item = items[name]
            a, b, levels, rest = self._start(form, left, right)
            levels[rest] = self._name_levels(item, a[rest], b[rest])
            levels[(a == b) & (a > 0)] = item.code("exact")
            found[name] = levels
        if len(forms) == 2:
            given, family = forms["given"].codes, forms["family"].codes
            crossed = (
                (given[left] == family[right]) & (family[left] == given[right]) & (given[left] > 0) & (family[left] > 0)
            )
            crossed &= given[left] != given[right]
            for name in forms:
                found[name][crossed] = items[name].code("swapped")

    def _name_levels(self, item: Comparison, a: Ints, b: Ints) -> Ints:
        """Levels of pairs of different names."""
        name, forms = item.name, self.records.forms
        values, sets = forms[name].values, self._words()
        skeleton = (
            forms["given_skeleton" if name == "given" else "family_skeleton"].of_parent
            if f"{name}_skeleton" in forms
            else None
        )
        same_code = np.zeros(len(a), bool) if skeleton is None else (skeleton[a] == skeleton[b]) & (skeleton[a] > 0)
        lengths = self._lengths(name)
        short = (lengths[a] == 1) | (lengths[b] == 1)
        edits_allowed = np.where(np.minimum(lengths[a], lengths[b]) >= 7, 3, 2)
        masks = self._masks(name)
        x, y = masks[a], masks[b]
        close = np.maximum(np.bitwise_count(x & ~y), np.bitwise_count(y & ~x)) <= edits_allowed
        initials = self._initials(name)
        levels = np.full(len(a), DIFFERENT, np.uint8)
        levels[short & (initials[a] == initials[b])] = item.code("initial")
        open_ = np.flatnonzero(~short & (close | same_code | sets.may_share(a, b)))
        carriers = self.carriers[name]

        def score(p: Ints, q: Ints) -> Ints:
            edits, likeness, length = similar_texts(values, p, q)
            coded = np.zeros(len(p), bool) if skeleton is None else (skeleton[p] == skeleton[q]) & (skeleton[p] > 0)
            scores = np.where((likeness >= 0.88) | coded, item.code("similar"), DIFFERENT)
            scores[sets.share_any(p, q)] = item.code("part")
            typo = (
                ((edits == 1) & (length >= 3)) | ((edits == 2) & (length >= 6)) | ((likeness >= 0.93) & (length >= 6))
            )
            rare = np.minimum(carriers[p], carriers[q]) <= 2 + 2e-4 * self.records.count
            scores[typo & rare] = item.code("typo")
            scores[typo & ~rare] = item.code("similar")
            scores[coded & (likeness >= 0.8)] = item.code("variant")
            return scores.astype(np.uint8)

        levels[open_] = score_distinct(a[open_], b[open_], score)
        if name == "given" and "nickname" in item.level_names:
            rest = np.flatnonzero(~short & (levels < item.code("nickname")))
            levels[rest[self._nicknames(a[rest], b[rest])]] = item.code("nickname")
        return levels

    def _nicknames(self, a: Ints, b: Ints) -> Ints:
        """Whether two given names are forms of one another, by their first words.

        Only words of the nickname table are asked about, once per distinct pair.
        """
        first = self.records.forms["given_first"]
        assert first.of_parent is not None
        x, y = first.of_parent[a], first.of_parent[b]
        known = self._has_nicknames()
        asked = np.flatnonzero(known[x] & known[y] & (x != y))

        def score(p: Ints, q: Ints) -> Ints:
            one, other = first.values.take(pa.array(p)), first.values.take(pa.array(q))
            return np.asarray(nicknames.are_nicknames(one, other), bool)

        found = np.zeros(len(a), bool)
        found[asked] = score_distinct(x[asked], y[asked], score)
        return found

    def _has_nicknames(self) -> Ints:
        """Whether each first word of a given name is in the nickname table."""
        if "nicknames" not in self._cache:
            known = np.asarray(nicknames.has_nicknames(self.records.forms["given_first"].values), bool)
            self._cache["nicknames"] = known
        flags: Ints = self._cache["nicknames"]
        return flags

    def may_be_alike(self, name: str, a: Ints, b: Ints) -> Ints:
        """False where two different names cannot reach any level above "different", judged by codes and letters."""
        lengths, masks = self._lengths(name), self._masks(name)
        x, y = masks[a], masks[b]
        edits = np.where(np.minimum(lengths[a], lengths[b]) >= 7, 3, 2)
        alike = np.maximum(np.bitwise_count(x & ~y), np.bitwise_count(y & ~x)) <= edits
        alike |= (lengths[a] == 1) | (lengths[b] == 1)
        alike |= self._words().may_share(a, b)
        skeleton = self.records.forms.get(f"{name}_skeleton")
        if skeleton is not None and skeleton.of_parent is not None:
            alike |= skeleton.of_parent[a] == skeleton.of_parent[b]
        if name == "given" and "given_first" in self.records.forms:
            first = self.records.forms["given_first"].of_parent
            assert first is not None
            known = self._has_nicknames()
            alike |= known[first[a]] & known[first[b]]
        return alike

    def _words(self) -> TokenSets:
        """The words of the names; given and family names share one dictionary."""
        if "tokens" not in self._cache:
            form = self.records.forms.get("given") or self.records.forms["family"]
            self._cache["tokens"] = TokenSets.of(form.values)
        words: TokenSets = self._cache["tokens"]
        return words

    def _contradicting(self, found: Levels, count: int) -> tuple[Ints, Ints]:
        """Pairs whose names speak against each other, so that what they share is shared by different people.

        One answer for telephone lines and one for mailboxes: a different family name is enough for a line unless the
        given names agree; for a mailbox the given names must be there and fail to agree.
        """
        items = {item.name: item for item in self.active}
        nothing = np.zeros(count, bool)
        if "given" not in items and "family" not in items:
            return nothing, nothing
        given = found.get("given", np.zeros(count, np.uint8))
        family_apart = found["family"] == DIFFERENT if "family" in items else nothing
        agrees = given >= items["given"].code("part") if "given" in items else nothing
        contrary = given == DIFFERENT
        if "birth" in found:
            contrary = contrary | (family_apart & (found["birth"] == DIFFERENT))
        return contrary | (family_apart & ~agrees), contrary | (family_apart & ~agrees & (given > ONE_MISSING))
