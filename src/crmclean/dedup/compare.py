"""Comparison levels of candidate pairs: one uint8 code per pair and comparison.

Equality is decided on codes. Similarity is scored once per distinct pair of values, and only for those that a cheap
bound on the edit distance (which letters occur) has not ruled out. All measures are symmetric.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from crmclean.dedup.dates import date_digits
from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Form, Ints, letter_masks
from crmclean.dedup.frequency import Table
from crmclean.dedup.pairs import score_distinct
from crmclean.dedup.priors import BOTH_MISSING, DIFFERENT, ONE_MISSING, Comparison
from crmclean.dedup.tokens import TokenSets
from crmclean.keys import nicknames, phones
from crmclean.tables.evidence import TEXT

__all__ = ["Comparer", "Levels", "similar_texts"]

Levels = dict[str, np.ndarray[Any, np.dtype[np.uint8]]]
_SHARED_BY = 4.0  # effective number of names from which on a line or mailbox counts as a shared one


def similar_texts(values: pa.LargeStringArray, left: Ints, right: Ints) -> tuple[Ints, Ints, Ints]:
    """OSA distance (3 = more than two edits), Jaro-Winkler similarity and the shorter length of pairs of values."""
    if not len(left):
        return np.zeros(0, np.uint8), np.zeros(0, np.float32), np.zeros(0, np.int64)
    first, second = values.take(pa.array(left)).to_pylist(), values.take(pa.array(right)).to_pylist()
    edits = cpdist(first, second, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8, workers=1)
    likeness = cpdist(first, second, scorer=JaroWinkler.normalized_similarity, score_cutoff=0.75, dtype=np.float32, workers=1)
    lengths = pc.utf8_length(values).to_numpy()
    return edits, likeness, np.minimum(lengths[left], lengths[right])


@dataclass
class Comparer:
    """Levels of pairs of one file's records.

    Parameters
    ----------
    records : Records
        The file, encoded.
    comparisons : tuple of Comparison
        Which to make; those whose form the file lacks are left out of ``active``.
    carriers : mapping of str to float64 table
        ``count_values`` of the file.
    """

    records: Records
    comparisons: tuple[Comparison, ...]
    carriers: Mapping[str, Table]
    active: tuple[Comparison, ...] = ()
    _cache: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.active = tuple(item for item in self.comparisons if item.name in self.records.forms)

    def levels(self, left: Ints, right: Ints) -> tuple[Levels, dict[str, Ints]]:
        """Level codes per comparison, and for pools the int32 code of the value the pair shares (0 = none).

        Parameters
        ----------
        left, right : int arrays
            Canonical record numbers of the pairs.
        """
        found: Levels = {}
        shared: dict[str, Ints] = {}
        for item in self.active:
            name = item.name
            if name in ("given", "family"):
                continue
            if name in ("email", "own_line", "other_line", "national_id", "site"):
                continue
            method = getattr(self, f"_{name}", None)
            found[name] = method(item, left, right) if method else self._equality(item, left, right)
        self._names(found, left, right)
        line_apart, mailbox_apart = self._contradicting(found, len(left))
        for item in self.active:
            if item.name in ("email", "own_line", "other_line", "national_id", "site"):
                pool = getattr(self, f"_{item.name}")
                found[item.name], shared[item.name] = pool(item, left, right, mailbox_apart if item.name == "email" else line_apart)
        return {item.name: found[item.name] for item in self.active}, shared

    # -- single forms ---------------------------------------------------------------------------------------------

    def _start(self, form: Form, left: Ints, right: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Codes of both sides, levels with the missing ones set and the rest "different", and where both differ."""
        a, b = form.codes[left], form.codes[right]
        levels = np.full(len(a), DIFFERENT, np.uint8)
        levels[(a == 0) | (b == 0)] = ONE_MISSING
        levels[(a == 0) & (b == 0)] = BOTH_MISSING
        return a, b, levels, np.flatnonzero((a != b) & (levels == DIFFERENT))

    def _equality(self, item: Comparison, left: Ints, right: Ints) -> Ints:
        a, b, levels, _ = self._start(self.records.forms[item.name], left, right)
        levels[(a == b) & (a > 0)] = item.code("exact")
        return levels

    def _masks(self, name: str) -> Ints:
        if f"mask:{name}" not in self._cache:
            self._cache[f"mask:{name}"] = letter_masks(self.records.forms[name].values)
        masks: Ints = self._cache[f"mask:{name}"]
        return masks

    def _lengths(self, name: str) -> Ints:
        if f"length:{name}" not in self._cache:
            self._cache[f"length:{name}"] = pc.utf8_length(self.records.forms[name].values).to_numpy()
        lengths: Ints = self._cache[f"length:{name}"]
        return lengths

    def _within(self, name: str, a: Ints, b: Ints, edits: int) -> Ints:
        """Whether two values can be within so many edits, judged by the letters that occur in each."""
        masks = self._masks(name)
        x, y = masks[a], masks[b]
        return np.maximum(np.bitwise_count(x & ~y), np.bitwise_count(y & ~x)) <= edits

    def _middle(self, item: Comparison, left: Ints, right: Ints) -> Ints:
        form = self.records.forms["middle"]
        a, b, levels, rest = self._start(form, left, right)
        levels[(a == b) & (a > 0)] = item.code("exact")

        def score(x: Ints, y: Ints) -> Ints:
            first, second = form.values.take(pa.array(x)), form.values.take(pa.array(y))
            same = pc.equal(pc.utf8_slice_codeunits(first, 0, 1), pc.utf8_slice_codeunits(second, 0, 1))
            return np.where(same.to_numpy(zero_copy_only=False), item.code("initial"), DIFFERENT).astype(np.uint8)

        levels[rest] = score_distinct(a[rest], b[rest], score)
        return levels

    def _birth(self, item: Comparison, left: Ints, right: Ints) -> Ints:
        form = self.records.forms["birth"]
        a, b, levels, rest = self._start(form, left, right)
        levels[(a == b) & (a > 0)] = item.code("exact")
        if "birth" not in self._cache:
            digits = date_digits(form.values).astype(np.int64)
            parts = [digits[:, :4] @ [1000, 100, 10, 1], digits[:, 4:6] @ [10, 1], digits[:, 6:] @ [10, 1]]
            self._cache["birth"] = (digits, *(part.astype(np.int16) for part in parts))
        digits, year, month, day = self._cache["birth"]
        x, y = a[rest], b[rest]
        same = [part[x] == part[y] for part in (year, month, day)]
        agreed = same[0].astype(np.uint8) + same[1] + same[2]
        result = np.where(same[0], item.code("same_year"), DIFFERENT).astype(np.uint8)
        result[agreed == 2] = item.code("two_parts")
        steps = [np.abs(part[x] - part[y]) for part in (year, month, day)]
        result[np.logical_and.reduce([(step <= 1) | (step == 10) for step in steps])] = item.code("close")
        result[same[0] & (month[x] == day[y]) & (day[x] == month[y])] = item.code("swapped")
        close = np.flatnonzero(agreed == 2)
        apart = digits[x[close]] != digits[y[close]]
        count = apart.sum(axis=1)
        crossed = (digits[x[close]].sum(axis=1) == digits[y[close]].sum(axis=1)) & (count == 2)
        result[close[(count == 1) | crossed]] = item.code("digit")
        levels[rest] = result
        return levels

    def _company(self, item: Comparison, left: Ints, right: Ints) -> Ints:
        form = self.records.forms["company"]
        a, b, levels, rest = self._start(form, left, right)
        levels[(a == b) & (a > 0)] = item.code("exact")
        if "company" not in self._cache:
            acronym = pc.index_in(self.records.forms["acronym"].values, form.values) if "acronym" in self.records.forms else None
            short = np.zeros(form.size, np.int64)
            if acronym is not None:
                known = pc.fill_null(acronym, 0).to_numpy()
                short = known[self.records.forms["acronym"].of_parent]
            self._cache["company"] = (TokenSets.of(form.values), short)
        sets, short = self._cache["company"]
        x, y = a[rest], b[rest]
        result = np.full(len(rest), DIFFERENT, np.uint8)
        near = np.flatnonzero(self._within("company", x, y, 2) | sets.may_share(x, y))

        def score(p: Ints, q: Ints) -> Ints:
            edits, likeness, length = similar_texts(form.values, p, q)
            cover = sets.cover(p, q)
            scores = np.where((cover >= 0.5) | (likeness >= 0.9), item.code("similar"), DIFFERENT)
            scores[cover >= 0.9] = item.code("part")
            typo = ((edits == 1) & (length >= 5)) | ((edits == 2) & (length >= 9)) | ((likeness >= 0.95) & (length >= 8))
            scores[typo] = item.code("typo")
            return scores.astype(np.uint8)

        result[near] = score_distinct(x[near], y[near], score)
        result[(short[x] == y) | (short[y] == x)] = item.code("acronym")
        levels[rest] = result
        return levels

    def _street(self, item: Comparison, left: Ints, right: Ints) -> Ints:
        form, name = self.records.forms["street"], self.records.forms.get("street_name")
        number = self.records.forms.get("street_number")
        a, b, levels, rest = self._start(form, left, right)
        levels[(a == b) & (a > 0)] = item.code("exact")
        if name is None or number is None or name.of_parent is None or number.of_parent is None:
            return levels
        x, y = a[rest], b[rest]
        name_x, name_y = name.of_parent[x], name.of_parent[y]
        number_x, number_y = number.of_parent[x], number.of_parent[y]
        same_name = (name_x == name_y) & (name_x > 0)
        same_number = (number_x == number_y) & (number_x > 0)
        no_number = (number_x == 0) | (number_y == 0)
        result = np.full(len(rest), DIFFERENT, np.uint8)
        result[same_name] = item.code("name")
        result[same_name & same_number] = item.code("near")
        open_ = np.flatnonzero(~same_name & (name_x > 0) & (name_y > 0) & self._within("street_name", name_x, name_y, 3))

        def score(p: Ints, q: Ints) -> Ints:
            edits, likeness, _ = similar_texts(name.values, p, q)
            return (edits <= 2) | (likeness >= 0.88)

        alike = np.zeros(len(rest), bool)
        alike[open_] = score_distinct(name_x[open_], name_y[open_], score)
        result[alike & (same_number | no_number)] = item.code("name")
        result[alike & same_number] = item.code("near")
        levels[rest] = result
        return levels

    def _city(self, item: Comparison, left: Ints, right: Ints) -> Ints:
        form = self.records.forms["city"]
        a, b, levels, rest = self._start(form, left, right)
        levels[(a == b) & (a > 0)] = item.code("exact")
        open_ = rest[self._within("city", a[rest], b[rest], 2)]

        def score(p: Ints, q: Ints) -> Ints:
            edits, likeness, length = similar_texts(form.values, p, q)
            near = ((edits <= 1) & (length >= 4)) | ((edits == 2) & (length >= 7)) | ((likeness >= 0.93) & (length >= 6))
            return np.where(near, item.code("near"), DIFFERENT).astype(np.uint8)

        levels[open_] = score_distinct(a[open_], b[open_], score)
        return levels

    def _postal_code(self, item: Comparison, left: Ints, right: Ints) -> Ints:
        form = self.records.forms["postal_code"]
        a, b, levels, rest = self._start(form, left, right)
        levels[(a == b) & (a > 0)] = item.code("exact")
        open_ = rest[self._within("postal_code", a[rest], b[rest], 2)]

        def score(p: Ints, q: Ints) -> Ints:
            edits, _, length = similar_texts(form.values, p, q)
            return np.where((edits <= 1) & (length >= 4), item.code("near"), DIFFERENT).astype(np.uint8)

        levels[open_] = score_distinct(a[open_], b[open_], score)
        return levels

    # -- names ----------------------------------------------------------------------------------------------------

    def _names(self, found: Levels, left: Ints, right: Ints) -> None:
        """Given and family name together: a pair of swapped names is one finding, not two disagreements."""
        forms = {item.name: self.records.forms[item.name] for item in self.active if item.name in ("given", "family")}
        items = {item.name: item for item in self.active if item.name in forms}
        if "tokens" not in self._cache and forms:
            self._cache["tokens"] = TokenSets.of(next(iter(forms.values())).values)
        for name, form in forms.items():
            item = items[name]
            a, b, levels, rest = self._start(form, left, right)
            levels[rest] = self._name_levels(item, a[rest], b[rest])
            levels[(a == b) & (a > 0)] = item.code("exact")
            found[name] = levels
        if len(forms) == 2:
            given, family = forms["given"].codes, forms["family"].codes
            crossed = (given[left] == family[right]) & (family[left] == given[right]) & (given[left] > 0) & (family[left] > 0)
            crossed &= given[left] != given[right]
            for name in forms:
                found[name][crossed] = items[name].code("swapped")

    def _name_levels(self, item: Comparison, a: Ints, b: Ints) -> Ints:
        """Levels of pairs of different names."""
        name, forms = item.name, self.records.forms
        values, sets = forms[name].values, self._cache["tokens"]
        skeleton = forms["given_skeleton" if name == "given" else "family_skeleton"].of_parent if f"{name}_skeleton" in forms else None
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
            typo = ((edits == 1) & (length >= 3)) | ((edits == 2) & (length >= 6)) | ((likeness >= 0.93) & (length >= 6))
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

    def _initials(self, name: str) -> Ints:
        if f"initial:{name}" not in self._cache:
            first = pc.utf8_slice_codeunits(self.records.forms[name].values, 0, 1)
            self._cache[f"initial:{name}"] = first.dictionary_encode().indices.to_numpy()
        initials: Ints = self._cache[f"initial:{name}"]
        return initials

    def _nicknames(self, a: Ints, b: Ints) -> Ints:
        """Whether two given names are forms of one another, asked once per distinct pair of first tokens."""
        first = self.records.forms["given_first"]
        assert first.of_parent is not None
        x, y = first.of_parent[a], first.of_parent[b]

        def score(p: Ints, q: Ints) -> Ints:
            asked = nicknames.are_nicknames(first.values.take(pa.array(p)), first.values.take(pa.array(q)))
            return np.asarray(asked, bool)

        found: Ints = score_distinct(x, y, score) & (x != y)
        return found

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
        return contrary | (family_apart & ~agrees), contrary | (family_apart & ~agrees & (given > ONE_MISSING))

    # -- pools ----------------------------------------------------------------------------------------------------

    def _pool(self, first: Ints, second: Ints, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        """The value shared by any column of one side and any of the other (0 = none), and the missing levels."""
        count = len(left)
        match = np.zeros(count, np.int32)
        some_left, some_right = np.zeros(count, bool), np.zeros(count, bool)
        for row in first:
            a = row[left]
            some_left |= a > 0
            for other in second:
                b = other[right]
                np.copyto(match, a, where=(a == b) & (match == 0))
        for other in second:
            some_right |= other[right] > 0
        levels = np.full(count, DIFFERENT, np.uint8)
        levels[some_left ^ some_right] = ONE_MISSING
        levels[~some_left & ~some_right] = BOTH_MISSING
        return match, levels

    def _national_id(self, item: Comparison, left: Ints, right: Ints, _: Ints) -> tuple[Ints, Ints]:
        form = self.records.forms["national_id"]
        match, levels = self._pool(form.codes, form.codes, left, right)
        levels[match > 0] = item.code("exact")
        for row in form.codes:
            a, b = row[left], row[right]
            open_ = np.flatnonzero((levels == DIFFERENT) & (a > 0) & (b > 0))
            open_ = open_[self._within("national_id", a[open_], b[open_], 1)]

            def score(p: Ints, q: Ints) -> Ints:
                edits, _, length = similar_texts(form.values, p, q)
                return np.where((edits <= 1) & (length >= 6), item.code("near"), DIFFERENT).astype(np.uint8)

            levels[open_] = score_distinct(a[open_], b[open_], score)
        return levels, match

    def _site(self, item: Comparison, left: Ints, right: Ints, _: Ints) -> tuple[Ints, Ints]:
        codes = self.records.forms["site"].codes
        match, levels = self._pool(codes, codes, left, right)
        levels[match > 0] = item.code("exact")
        return levels, match

    def _own_line(self, item: Comparison, left: Ints, right: Ints, contradicting: Ints) -> tuple[Ints, Ints]:
        own, every = self.records.codes("own_line"), self.records.codes("line")
        match, levels = self._pool(own, own, left, right)
        if len(every) > len(own):
            for one, other in ((own, every[len(own) :]), (every[len(own) :], own)):
                crossed, _ = self._pool(one, other, left, right)
                np.copyto(match, crossed, where=match == 0)
        levels[match > 0] = item.code("exact")
        levels[(match > 0) & (contradicting | (self.carriers["own_line"][match] >= _SHARED_BY))] = item.code("shared")
        for row in own:
            self._near_lines(item, levels, row[left], row[right])
        return levels, match

    def _other_line(self, item: Comparison, left: Ints, right: Ints, contradicting: Ints) -> tuple[Ints, Ints]:
        codes = self.records.codes("other_line")
        match, levels = self._pool(codes, codes, left, right)
        levels[match > 0] = item.code("exact")
        levels[(match > 0) & (contradicting | (self.carriers["other_line"][match] > 1.5))] = item.code("shared")
        for row in codes:
            self._near_lines(item, levels, row[left], row[right])
        return levels, match

    def _near_lines(self, item: Comparison, levels: Ints, a: Ints, b: Ints) -> None:
        """Lines one digit or one transposition apart, and lines equal in their last seven digits."""
        if "line" not in self._cache:
            values = self.records.forms["line"].values
            tails = phones.phone_tail(values, 7).dictionary_encode().indices.to_numpy()
            numbers = pc.cast(pc.if_else(pc.match_substring_regex(values, r"^\d{1,18}$"), values, "0"), pa.int64()).to_numpy()
            self._cache["line"] = (tails, numbers // 100000, numbers % 100000)
        tails, high, low = self._cache["line"]
        open_ = np.flatnonzero((levels == DIFFERENT) & (a > 0) & (b > 0))
        x, y = a[open_], b[open_]
        if "tail" in item.level_names:
            levels[open_[tails[x] == tails[y]]] = item.code("tail")
        half = (levels[open_] == DIFFERENT) & ((high[x] == high[y]) | (low[x] == low[y]))
        open_, x, y = open_[half], x[half], y[half]

        def score(p: Ints, q: Ints) -> Ints:
            edits, _, _ = similar_texts(self.records.forms["line"].values, p, q)
            return np.where(edits <= 1, item.code("near"), DIFFERENT).astype(np.uint8)

        levels[open_] = score_distinct(x, y, score)

    def _email(self, item: Comparison, left: Ints, right: Ints, contradicting: Ints) -> tuple[Ints, Ints]:
        form = self.records.forms["email"]
        match, levels = self._pool(form.codes, form.codes, left, right)
        levels[match > 0] = item.code("exact")
        role = self.records.forms.get("role_mailbox")
        is_role = np.zeros(form.size, bool) if role is None else role.of_parent > 0
        spread = self.carriers["email"][match] >= _SHARED_BY
        levels[(match > 0) & (contradicting | spread | is_role[match])] = item.code("shared")
        local, domain = self.records.forms.get("local"), self.records.forms.get("mail_domain")
        if local is None or domain is None or local.of_parent is None or domain.of_parent is None:
            return levels, match
        for row in form.codes:
            for other in form.codes:
                open_ = np.flatnonzero(levels == DIFFERENT)
                a, b = row[left[open_]], other[right[open_]]
                found = self._near_mailboxes(item, open_, a, b, left, right)
                levels[open_] = np.maximum(levels[open_], found)
        return levels, match

    def _near_mailboxes(self, item: Comparison, open_: Ints, a: Ints, b: Ints, left: Ints, right: Ints) -> Ints:
        """Levels of different mailboxes: one local part at two domains, or a slip in the local part at one domain."""
        local, domain = self.records.forms["local"], self.records.forms["mail_domain"]
        assert local.of_parent is not None
        assert domain.of_parent is not None
        found = np.full(len(open_), DIFFERENT, np.uint8)
        x, y, at_x, at_y = local.of_parent[a], local.of_parent[b], domain.of_parent[a], domain.of_parent[b]
        same = np.flatnonzero((x == y) & (x > 0))
        derived = self._named_after(x[same], left[open_[same]]) | self._named_after(x[same], right[open_[same]])
        numbered = self._local_letters()[1][x[same]]
        found[same] = np.where(derived, np.where(numbered, item.code("named_number"), item.code("named_alike")), item.code("local"))

        def slip(p: Ints, q: Ints) -> Ints:
            edits, _, length = similar_texts(domain.values, p, q)
            return ((edits <= 1) & (length >= 6)) | ((edits == 2) & (length >= 9))

        slipped = score_distinct(at_x[same], at_y[same], slip)
        found[same[slipped]] = item.code("near")
        near = np.flatnonzero((x != y) & (x > 0) & (y > 0) & (at_x == at_y))
        near = near[self._within("local", x[near], y[near], 2)]

        def score(p: Ints, q: Ints) -> Ints:
            edits, _, length = similar_texts(local.values, p, q)
            return ((edits <= 1) & (length >= 5)) | ((edits == 2) & (length >= 8))

        near = near[score_distinct(x[near], y[near], score)]
        named = self._named_after(x[near], left[open_[near]]) & self._named_after(y[near], right[open_[near]])
        bare = self._local_letters()[0]
        numbered = named & (bare[x[near]] == bare[y[near]])
        found[near] = np.where(numbered, item.code("numbered"), np.where(named, item.code("named_alike"), item.code("near")))
        return found

    def _local_letters(self) -> tuple[Ints, Ints]:
        """Code of each local part without a final number of one or two digits, and whether it has one."""
        if "letters" not in self._cache:
            texts = pc.replace_substring_regex(self.records.forms["local"].values, r"([^\d])\d{1,2}$", r"\1")
            numbered = pc.not_equal(texts, self.records.forms["local"].values).to_numpy(zero_copy_only=False)
            self._cache["letters"] = (texts.dictionary_encode().indices.to_numpy(), numbered)
        letters: tuple[Ints, Ints] = self._cache["letters"]
        return letters

    def _named_after(self, locals_: Ints, records: Ints) -> Ints:
        """Whether a mailbox's local part is built from the record's own name and nothing else."""
        forms = self.records.forms
        if not len(records):
            return np.zeros(0, bool)
        locals_text = forms["local"].values.take(pa.array(locals_))
        bare = pc.replace_substring_regex(locals_text, r"([^\d])\d{1,2}$", r"\1")
        givens, families = self._name_spellings("given", records), self._name_spellings("family", records)
        found = np.zeros(len(records), bool)
        for given in givens:
            for family in families:
                found |= _built_from(bare, given, family)
        return found

    def _name_spellings(self, name: str, records: Ints) -> list[pa.Array]:
        """A name run together, and its first and last word."""
        if name not in self.records.forms:
            return [pa.array([""] * len(records), TEXT)]
        form = self.records.forms[name]
        texts = form.values.take(pa.array(form.codes[records]))
        first, last = pc.replace_substring_regex(texts, r" .*$", ""), pc.replace_substring_regex(texts, r"^.* ", "")
        whole = pc.replace_substring(texts, " ", "")
        return [whole] if whole.equals(texts) else [whole, first, last]


def _built_from(bare: pa.Array, given: pa.Array, family: pa.Array) -> Ints:
    """Whether a text is a name, or is put together from names and initials; an unknown given name may be any initial."""
    g, f = pc.utf8_slice_codeunits(given, 0, 1), pc.utf8_slice_codeunits(family, 0, 1)
    unknown = pc.equal(given, "").to_numpy(zero_copy_only=False)
    found = np.zeros(len(bare), bool)
    for first, second in ((given, family), (family, given), (g, family), (family, g), (given, f), (f, given)):
        built = pc.binary_join_element_wise(first, second, pa.scalar("", TEXT))
        found |= pc.equal(bare, built).to_numpy(zero_copy_only=False)
    found |= unknown & pc.equal(pc.utf8_slice_codeunits(bare, 1), family).to_numpy(zero_copy_only=False)
    for one in (given, family):
        found |= pc.equal(bare, one).to_numpy(zero_copy_only=False)
    blank: Ints = pc.equal(bare, "").to_numpy(zero_copy_only=False)
    return found & ~blank
