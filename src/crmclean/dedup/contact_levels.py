"""Comparison levels of mailboxes, telephone lines, identity numbers and domains: pools of interchangeable columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.compare import similar_texts
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table
from crmclean.dedup.name_levels import NameLevels
from crmclean.dedup.named_after import built_from, holds, sounds_like, spells_initial
from crmclean.dedup.pairs import score_distinct
from crmclean.dedup.priors import BOTH_MISSING, DIFFERENT, ONE_MISSING, Comparison
from crmclean.tables.distinct import distinct_texts
from crmclean.tables.evidence import TEXT

__all__ = ["SHARED_BY", "ContactLevels"]

Meetings = Sequence[tuple[Ints, Ints]]

# effective number of names from which on a value counts as a shared one: it says something about the place
SHARED_BY = {"own_line": 4.0, "email": 4.0, "other_line": 1.5}


class ContactLevels(NameLevels):
    """Levels of what people are reached by."""

    def _pool(self, name: str, meetings: Meetings, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        """The least common value that any column of one side shares with any of the other (0 = none); missing levels.

        The least common one says most, and which it is depends neither on the order of the columns nor of the records.

        Parameters
        ----------
        meetings : sequence of two code arrays
            The columns of the left side and those of the right; the first of them says what is missing.
        """
        rank = self._commonness(name)
        match = np.zeros(len(left), np.int32)
        for first, second in meetings:
            for row in first:
                a = row.take(left)
                for other in second:
                    met = np.flatnonzero((a == other.take(right)) & (a > 0))
                    met = met[rank.take(a.take(met)) < rank.take(match.take(met))]
                    match[met] = a.take(met)
        first, second = meetings[0]
        some_left = np.logical_or.reduce([row.take(left) > 0 for row in first])
        some_right = np.logical_or.reduce([row.take(right) > 0 for row in second])
        levels = np.full(len(left), DIFFERENT, np.uint8)
        levels[some_left ^ some_right] = ONE_MISSING
        levels[~some_left & ~some_right] = BOTH_MISSING
        return match, levels

    def share_own_contact(self, left: Ints, right: Ints) -> Ints:
        """Whether pairs share a mailbox or line of somebody's own: no role's, and none that many names have."""
        shared = np.zeros(len(left), bool)
        for name in ("email", "own_line"):
            if name in self.records.forms:
                own = self.carriers[name] < SHARED_BY[name]
                own[0] = False
                if name == "email":
                    own &= ~self._is_role()
                for row in self.records.codes(name):
                    a = row.take(left)
                    for other in self.records.codes(name):
                        shared |= (a == other.take(right)) & own.take(a)
        return shared

    def _is_role(self) -> Ints:
        """Which mailboxes are a role's and nobody's own."""
        role, form = self.records.forms.get("role_mailbox"), self.records.forms["email"]
        if role is None or role.of_parent is None:
            return np.zeros(form.size, bool)
        flags: Ints = role.of_parent > 0
        return flags

    def _commonness(self, name: str) -> Table:
        """How common each value of a pool is, a role's mailbox more than any person's; no value is the commonest."""
        if f"common:{name}" not in self._cache:
            table = self.carriers[name].copy()
            role = self.records.forms.get("role_mailbox")
            if name == "email" and role is not None and role.of_parent is not None:
                table[role.of_parent > 0] += self.records.count
            table[0] = np.inf
            self._cache[f"common:{name}"] = table
        common: Table = self._cache[f"common:{name}"]
        return common

    def _national_id(self, item: Comparison, left: Ints, right: Ints, _: Ints) -> tuple[Ints, Ints]:
        form = self.records.forms["national_id"]
        match, levels = self._pool("national_id", [(form.codes, form.codes)], left, right)
        # a tax number beside a profile's address: numbers of two kinds do not contradict each other
        met = np.logical_or.reduce([(row.take(left) > 0) & (row.take(right) > 0) for row in form.codes])
        levels[(levels == DIFFERENT) & ~met] = ONE_MISSING
        levels[match > 0] = item.code("exact")
        for row in form.codes:
            a, b = row.take(left), row.take(right)
            open_ = np.flatnonzero((levels == DIFFERENT) & (a > 0) & (b > 0))
            open_ = open_[self._near_pooled("national_id", a[open_], b[open_])]

            def score(p: Ints, q: Ints) -> Ints:
                edits, _, length = similar_texts(form.values, p, q)
                near = np.where((edits <= 1) & (length >= 6), item.code("near"), DIFFERENT).astype(np.uint8)
                slips = np.flatnonzero(near == item.code("near"))
                letters = [_sorted_letters(form.values.take(pa.array(side[slips]))) for side in (p, q)]
                near[slips[letters[0] == letters[1]]] = item.code("transposed")
                return near

            levels[open_] = score_distinct(a[open_], b[open_], score)
        return levels, match

    def _site(self, item: Comparison, left: Ints, right: Ints, _: Ints) -> tuple[Ints, Ints]:
        codes = self.records.forms["site"].codes
        match, levels = self._pool("site", [(codes, codes)], left, right)
        levels[match > 0] = item.code("exact")
        return levels, match

    def _own_line(self, item: Comparison, left: Ints, right: Ints, contradicting: Ints) -> tuple[Ints, Ints]:
        own, every = self.records.codes("own_line"), self.records.codes("line")
        others = every[len(own) :]
        match, levels = self._pool("own_line", [(own, own), (own, others), (others, own)], left, right)
        levels[match > 0] = item.code("exact")
        levels[(match > 0) & (contradicting | (self.carriers["own_line"][match] >= SHARED_BY["own_line"]))] = item.code(
            "shared"
        )
        for row in own:
            self._near_lines(item, levels, row.take(left), row.take(right))
        return levels, match

    def _other_line(self, item: Comparison, left: Ints, right: Ints, contradicting: Ints) -> tuple[Ints, Ints]:
        codes = self.records.codes("other_line")
        match, levels = self._pool("other_line", [(codes, codes)], left, right)
        levels[match > 0] = item.code("exact")
        levels[(match > 0) & (contradicting | (self.carriers["other_line"][match] >= SHARED_BY["other_line"]))] = (
            item.code("shared")
        )
        for row in codes:
            self._near_lines(item, levels, row.take(left), row.take(right))
        return levels, match

    def _near_lines(self, item: Comparison, levels: Ints, a: Ints, b: Ints) -> None:
        """Lines one digit or one transposition apart, and lines equal in their last seven digits."""
        tails, high, low = self.line_parts()
        open_ = np.flatnonzero((levels == DIFFERENT) & (a > 0) & (b > 0))
        x, y = a[open_], b[open_]
        if "tail" in item.level_names:
            levels[open_[tails.take(x) == tails.take(y)]] = item.code("tail")
        half = (levels[open_] == DIFFERENT) & ((high.take(x) == high.take(y)) | (low.take(x) == low.take(y)))
        open_, x, y = open_[half], x[half], y[half]

        def score(p: Ints, q: Ints) -> Ints:
            edits, _, _ = similar_texts(self.records.forms["line"].values, p, q)
            return np.where(edits <= 1, item.code("near"), DIFFERENT).astype(np.uint8)

        levels[open_] = score_distinct(x, y, score)

    def line_parts(self) -> tuple[Ints, Ints, Ints]:
        """Of each line: its last seven digits, its number without the last five, and its last five."""

        def made() -> tuple[Ints, Ints, Ints]:
            values = self.records.forms["line"].values  # keys: up to nine digits, or nothing
            filled = pc.if_else(pc.equal(values, ""), pa.scalar("0", TEXT), values)
            numbers = pc.cast(filled, pa.int64()).to_numpy().astype(np.int32)
            return numbers % 10_000_000, numbers // 100_000, numbers % 100_000

        parts: tuple[Ints, Ints, Ints] = self.once("line", made)
        return parts

    def is_number(self) -> Ints:
        """Which identity numbers are mostly digits: one letter more or less in a profile's name is somebody else."""
        if "numbers" not in self._cache:
            values = self.records.forms["national_id"].values
            digits = pc.utf8_length(pc.replace_substring_regex(values, r"[^\d]", "")).to_numpy()
            self._cache["numbers"] = 2 * digits >= pc.utf8_length(values).to_numpy()
        flags: Ints = self._cache["numbers"]
        return flags

    def _near_pooled(self, name: str, a: Ints, b: Ints) -> Ints:
        """False where two different values of a pool cannot reach a level between "different" and the best."""
        if name in ("own_line", "other_line"):
            tails, high, low = self.line_parts()
            alike: Ints = (
                (tails.take(a) == tails.take(b)) | (high.take(a) == high.take(b)) | (low.take(a) == low.take(b))
            )
            return alike
        if name == "national_id":
            numbers = self.is_number()
            slip: Ints = numbers.take(a) & numbers.take(b) & self._within("national_id", a, b)
            return slip
        local, domain = self.records.forms.get("local"), self.records.forms.get("mail_domain")
        if name != "email" or local is None or domain is None or local.of_parent is None or domain.of_parent is None:
            return np.zeros(len(a), bool)
        x, y = local.of_parent.take(a), local.of_parent.take(b)
        near: Ints = (x == y) & (x > 0)
        open_ = np.flatnonzero(~near & (x > 0) & (y > 0) & (domain.of_parent.take(a) == domain.of_parent.take(b)))
        near[open_] = self._within("local", x[open_], y[open_])
        return near

    def _email(self, item: Comparison, left: Ints, right: Ints, contradicting: Ints) -> tuple[Ints, Ints]:
        form = self.records.forms["email"]
        match, levels = self._pool("email", [(form.codes, form.codes)], left, right)
        levels[match > 0] = item.code("exact")
        is_role = self._is_role()
        spread = self.carriers["email"][match] >= SHARED_BY["email"]
        levels[(match > 0) & (contradicting | spread | is_role[match])] = item.code("shared")
        local, domain = self.records.forms.get("local"), self.records.forms.get("mail_domain")
        if local is None or domain is None or local.of_parent is None or domain.of_parent is None:
            return levels, match
        open_ = np.flatnonzero(levels == DIFFERENT)
        carriers = self.carriers["local"]
        for row in form.codes:
            for other in form.codes:
                a, b = row[left[open_]], other[right[open_]]
                found = self._near_mailboxes(item, open_, a, b, left, right)
                by_local = np.where(found == item.code("local"), local.of_parent.take(a), 0)
                before = np.maximum(match[open_] - form.size, 0)
                rarer = (found == levels[open_]) & (carriers[by_local] < carriers[before])
                better = (found > levels[open_]) | rarer
                levels[open_[better]] = found[better]
                match[open_[better]] = np.where(by_local > 0, form.size + by_local, 0)[better]
        return levels, match

    def _says_given(self, asked: Ints, left: Ints, right: Ints) -> Ints:
        """Which of some pairs have a mailbox, that of the left record, with the given name of either in it."""
        said, pairs = np.zeros(len(left), bool), np.flatnonzero(asked)
        local = self.records.forms.get("local")
        if local is None or local.of_parent is None or not len(pairs):
            return said
        given = self.records.forms["given"]
        names = [given.values.take(pa.array(given.codes.take(side[pairs]))) for side in (left, right)]
        for row in self.records.forms["email"].codes:
            box = local.values.take(pa.array(local.of_parent.take(row.take(left[pairs]))))
            for name in names:
                said[pairs] |= holds(box, name)
        return said

    def _near_mailboxes(self, item: Comparison, open_: Ints, a: Ints, b: Ints, left: Ints, right: Ints) -> Ints:
        """Levels of different mailboxes: one local part at two domains, or a slip in the local part at one domain."""
        local, domain = self.records.forms["local"], self.records.forms["mail_domain"]
        assert local.of_parent is not None
        assert domain.of_parent is not None
        found = np.full(len(open_), DIFFERENT, np.uint8)
        x, y, at_x, at_y = (
            local.of_parent.take(a),
            local.of_parent.take(b),
            domain.of_parent.take(a),
            domain.of_parent.take(b),
        )
        same = np.flatnonzero((x == y) & (x > 0))
        derived = self._named_after(x[same], left[open_[same]]) | self._named_after(x[same], right[open_[same]])
        numbered = self._local_letters()[1][x[same]]
        found[same] = np.where(
            derived, np.where(numbered, item.code("named_number"), item.code("named_alike")), item.code("local")
        )

        def slip(p: Ints, q: Ints) -> Ints:
            edits, _, length = similar_texts(domain.values, p, q)
            near_by: Ints = ((edits <= 1) & (length >= 6)) | ((edits == 2) & (length >= 9))
            return near_by

        slipped = score_distinct(at_x[same], at_y[same], slip)
        found[same[slipped]] = item.code("near")
        near = np.flatnonzero((x != y) & (x > 0) & (y > 0) & (at_x == at_y))
        near = near[self._within("local", x[near], y[near])]

        def score(p: Ints, q: Ints) -> Ints:
            edits, _, length = similar_texts(local.values, p, q)
            close: Ints = ((edits <= 1) & (length >= 5)) | ((edits == 2) & (length >= 8))
            return close

        near = near[score_distinct(x[near], y[near], score)]
        one, other = self._named_after(x[near], left[open_[near]]), self._named_after(y[near], right[open_[near]])
        named = one & other
        bare = self._local_letters()[0]
        numbered = (one | other) & (bare[x[near]] == bare[y[near]])
        spelt = np.where(self._one_name(open_[near], left, right), item.code("named_alike"), item.code("named_apart"))
        found[near] = np.where(numbered, item.code("numbered"), np.where(named, spelt, item.code("near")))
        return found

    def _one_name(self, pairs: Ints, left: Ints, right: Ints) -> Ints:
        """Whether both names of pairs are spelt the same; a mailbox after each spelling says that neither is a slip."""
        same = np.ones(len(pairs), bool)
        for name in ("given", "family"):
            if name in self.records.forms:
                codes = self.records.codes(name)
                same &= codes[left[pairs]] == codes[right[pairs]]
        return same

    def _local_letters(self) -> tuple[Ints, Ints]:
        """Code of each local part without a final number of one or two digits, and whether it has one."""
        if "letters" not in self._cache:
            bare = self._bare_locals()
            numbered = pc.not_equal(bare, self.records.forms["local"].values).to_numpy(zero_copy_only=False)
            self._cache["letters"] = (distinct_texts(bare)[0], numbered)
        letters: tuple[Ints, Ints] = self._cache["letters"]
        return letters

    def _named_after(self, locals_: Ints, records: Ints) -> Ints:
        """Whether a mailbox's local part is built from the record's own name and nothing else.

        Asked once for each distinct local part and name; alike spellings only where no exact one fits.
        """
        if not len(records):
            return np.zeros(0, bool)
        forms = self.records.forms
        nobody = np.zeros(self.records.count, np.int32)
        given = forms["given"].codes if "given" in forms else nobody
        family = forms["family"].codes if "family" in forms else nobody
        size = 1 + max((forms[name].size for name in ("given", "family") if name in forms), default=0)
        _, names = np.unique(given[records].astype(np.int64) * size + family[records], return_inverse=True)
        _, first, back = np.unique(names * (int(locals_.max()) + 1) + locals_, return_index=True, return_inverse=True)
        asked = records[first]
        bare = self._bare_locals().take(pa.array(locals_[first]))
        found = built_from(bare, self._spelling("given", asked), self._spelling("family", asked), 1.0)
        rest = np.flatnonzero(~found)
        found[rest] = spells_initial(
            bare.take(pa.array(rest)), self._spelling("given", asked[rest]), self._spelling("family", asked[rest])
        )
        rest = np.flatnonzero(~found)
        words = np.flatnonzero(self._is_several_words(asked[rest]))
        for part in (r" .*$", r"^.* "):
            some = rest[words]
            one, other = self._spelling("given", asked[some], part), self._spelling("family", asked[some], part)
            found[some] |= built_from(bare.take(pa.array(some)), one, other, 1.0)
        rest = np.flatnonzero(~found)
        one, other = self._spelling("given", asked[rest]), self._spelling("family", asked[rest])
        found[rest] = built_from(bare.take(pa.array(rest)), one, other, 0.9)
        rest = np.flatnonzero(~found)
        found[rest] = sounds_like(
            bare.take(pa.array(rest)), self._spelling("given", asked[rest]), self._spelling("family", asked[rest])
        )
        return found[back]

    def _bare_locals(self) -> pa.Array:
        """Local parts without a final number of one or two digits."""
        texts = self.records.forms["local"].values
        return self.once("bare", lambda: pc.replace_substring_regex(texts, r"([^\d])\d{1,2}$", r"\1"))

    def _is_several_words(self, records: Ints) -> Ints:
        """Whether the given or the family name of records has several words."""
        several = np.zeros(len(records), bool)
        for name in ("given", "family"):
            if name in self.records.forms:
                form = self.records.forms[name]
                if f"spaced:{name}" not in self._cache:
                    spaced = pc.match_substring(form.values, " ").to_numpy(zero_copy_only=False)
                    self._cache[f"spaced:{name}"] = spaced
                several |= self._cache[f"spaced:{name}"][form.codes[records]]
        return several

    def _spelling(self, name: str, records: Ints, without: str = " ") -> pa.Array:
        """A name of records run together, or what is left of it when a pattern is taken out."""
        if name not in self.records.forms:
            return pa.array([""] * len(records), TEXT)
        form = self.records.forms[name]
        texts = form.values.take(pa.array(form.codes[records]))
        return pc.replace_substring_regex(texts, without, "")


def _sorted_letters(texts: pa.Array) -> np.ndarray[Any, np.dtype[np.str_]]:
    """The letters of each text in order: one edit that leaves them alone exchanges two neighbours."""
    return np.array(["".join(sorted(text)) for text in texts.to_pylist()], dtype=np.str_)
