"""Comparison levels of candidate pairs: one uint8 code per pair and comparison."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.company_levels import CompanyLevels
from crmclean.dedup.compare import Levels, similar_texts
from crmclean.dedup.dates import date_digits
from crmclean.dedup.forms import Ints
from crmclean.dedup.pairs import score_distinct
from crmclean.dedup.priors import DIFFERENT, ONE_MISSING, Comparison
from crmclean.dedup.tokens import TokenSets

__all__ = ["POOLED", "STRANGE_LETTERS", "Comparer"]

STRANGE_LETTERS = 1  # of a street that the other, which may be written out in it, has not
_GENERATION = 14  # years that parent and child are apart at least
_STREET_WORDS = 3  # number, name and kind of street: fewer words may stand in any other line

POOLED = ("email", "own_line", "other_line", "national_id", "site")


class Comparer(CompanyLevels):
    """Levels of pairs of one file's records."""

    def levels(
        self, left: Ints, right: Ints, *, only: Collection[str] | None = None, known: Levels | None = None
    ) -> tuple[Levels, dict[str, Ints]]:
        """Level codes per comparison, and the int32 code of the value that the pair shares (0 = none).

        Shared values are given for pools and for companies, where codes beyond those of the form stand for parts of
        its values: local parts of mailboxes, words of names (``weights.value_tables``).

        Parameters
        ----------
        left, right : int arrays
            Canonical record numbers of the pairs.
        only : collection of str, optional
            The comparisons to make; names go together, and pools want theirs made or known. All when not given.
        known : mapping, optional
            Levels of these pairs that are there already, and are not made again.
        """
        found: Levels = dict(known or {})
        shared: dict[str, Ints] = {}
        wanted = [item for item in self.active if item.name not in found and (only is None or item.name in only)]
        for item in wanted:
            if item.name == "company":
                found["company"], shared["company"] = self._company(item, left, right)
            elif item.name not in POOLED and item.name not in ("given", "family"):
                method = getattr(self, f"_{item.name}", None)
                found[item.name] = method(item, left, right) if method else self._equality(item, left, right)
        if any(item.name in ("given", "family") for item in wanted):
            self._names(found, left, right)
        pooled = [item for item in wanted if item.name in POOLED]
        if pooled:
            line_apart, mailbox_apart = self._contradicting(found, len(left))
            two = self._are_two_names(found, left, right)
            theirs = two & ~self._says_given(two, left, right)
            apart = {"email": mailbox_apart | theirs, "other_line": line_apart | two}
            for item in pooled:
                pool = getattr(self, f"_{item.name}")
                found[item.name], shared[item.name] = pool(item, left, right, apart.get(item.name, line_apart))
            self._without_series(found, pooled, two, left, right)
        return {item.name: found[item.name] for item in self.active if item.name in found}, shared

    def _without_series(self, found: Levels, items: list[Comparison], two_names: Ints, left: Ints, right: Ints) -> None:
        """Numbers and lines are issued in series, to colleagues and kin: a digit apart they may be nobody's slip.

        Not where both names are quite different, unless two neighbouring digits changed places, as no series has it;
        nor where the given name is and two of the numbers are apart by so little: two slips of one person are rarer
        than two series. The lines of an employer are one series: there one name that differs will do. Its numbers are
        dense, so exchanged digits are mostly somebody else's where both names differ.
        """
        if "given" not in found or "family" not in found:
            return
        issued = [item for item in items if item.name in ("national_id", "own_line", "other_line")]
        near = [found[item.name] == item.code("near") for item in issued]
        changed = [
            found[item.name] == item.code("transposed") if "transposed" in item.level_names else np.zeros_like(slip)
            for item, slip in zip(issued, near, strict=True)
        ]
        slips = [one | other for one, other in zip(near, changed, strict=True)]
        several = np.sum(slips, axis=0, dtype=np.uint8) >= 2 if slips else np.zeros(0, bool)
        unlike, strange = (found["given"] == DIFFERENT) | two_names, found["family"] == DIFFERENT
        for item, digit, slip in zip(issued, near, slips, strict=True):
            other = unlike & ((digit & strange) | (slip & several))
            one_firm = (digit & (unlike | strange)) if item.name == "own_line" else (slip & unlike & strange)
            met = np.flatnonzero(one_firm & ~other)
            other[met] = self._of_one_employer(left[met], right[met])
            found[item.name][other] = DIFFERENT

    def _of_one_employer(self, left: Ints, right: Ints) -> Ints:
        """Whether pairs have the name of a company or a domain in common."""
        met = np.zeros(len(left), bool)
        for name in ("company", "site"):
            if name in self.records.forms:
                rows = np.atleast_2d(self.records.codes(name))
                for one in rows:
                    for other in rows:
                        met |= (one.take(left) == other.take(right)) & (one.take(left) > 0)
        return met

    def may_be_near(self, name: str, a: Ints, b: Ints) -> Ints:
        """False where two different values cannot reach a level between "different" and the best, by cheap signs."""
        if name in POOLED:
            return self._near_pooled(name, a, b)
        if name == "company":
            return self._near_company(a, b)
        if name in ("city", "postal_code"):
            return self._within(name, a, b)
        if name == "street":
            street = self.records.forms.get("street_name")
            if street is None or street.of_parent is None:
                return np.zeros(len(a), bool)
            x, y = street.of_parent.take(a), street.of_parent.take(b)
            alike: Ints = (x > 0) & (y > 0) & self._within("street_name", x, y)
            return alike | self._may_hold(a, b) if "street_number" in self.records.forms else alike
        return np.ones(len(a), bool)

    def _equality(self, item: Comparison, left: Ints, right: Ints) -> Ints:
        a, b, levels, _ = self._start(self.records.forms[item.name], left, right)
        levels[(a == b) & (a > 0)] = item.code("exact")
        return levels

    def _suffix(self, item: Comparison, left: Ints, right: Ints) -> Ints:
        """Generations. Where one record only names its own, it differs if the other was born in another generation.

        Karl Stetten jun. is not the Karl Stetten born thirty years before; a date that differs by its year alone may
        be a slip, and a Karl Stetten of his own age may be the same, with or without the word.
        """
        levels = self._equality(item, left, right)
        asked = np.flatnonzero(levels == ONE_MISSING)
        if "birth" not in self.records.forms or not len(asked):
            return levels
        left, right = left[asked], right[asked]
        born, (year, rest) = self.records.codes("birth"), self._birth_years()
        a, b = born.take(left), born.take(right)
        known = (year.take(a) > 0) & (year.take(b) > 0) & (rest.take(a) != rest.take(b))
        younger = self._generation().take(self.records.codes("suffix"))
        step = younger.take(left) - younger.take(right)  # one of the two is 0
        apart = (year.take(a) - year.take(b)) * step >= _GENERATION
        levels[asked[known & apart]] = DIFFERENT
        return levels

    def _generation(self) -> Ints:
        """Of each suffix: 1 for the younger of two generations, -1 for the elder."""

        def made() -> Ints:
            values = self.records.forms["suffix"].values.to_pylist()
            return np.array([0 if not value else -1 if value in ("sr", "i") else 1 for value in values])

        of_suffix: Ints = self.once("generation", made)
        return of_suffix

    def _birth_years(self) -> tuple[Ints, Ints]:
        """The year of each birth date, and its month and day as one number; 0 where they are not known."""

        def made() -> tuple[Ints, Ints]:
            digits = date_digits(self.records.forms["birth"].values).astype(np.int64)
            return digits[:, :4] @ [1000, 100, 10, 1], digits[:, 4:] @ [1000, 100, 10, 1]

        years: tuple[Ints, Ints] = self.once("birth years", made)
        return years

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
        same = [part.take(x) == part.take(y) for part in (year, month, day)]
        agreed = same[0].astype(np.uint8) + same[1] + same[2]
        result = np.where(same[0], item.code("same_year"), DIFFERENT).astype(np.uint8)
        for part, name in enumerate(("same_day", "year_and_day", "year_and_month")):
            result[(agreed == 2) & ~same[part]] = item.code(name)
        steps = [np.abs(part.take(x) - part.take(y)) for part in (year, month, day)]
        result[np.logical_and.reduce([(step <= 1) | (step == 10) for step in steps])] = item.code("close")
        result[same[0] & (month.take(x) == day.take(y)) & (day.take(x) == month.take(y))] = item.code("swapped")
        some = np.flatnonzero(agreed)  # a slip leaves one part or two as they were
        result[some[_one_slip(digits[x[some]], digits[y[some]])]] = item.code("digit")
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
        name_x, name_y = name.of_parent.take(x), name.of_parent.take(y)
        number_x, number_y = number.of_parent.take(x), number.of_parent.take(y)
        same_name = (name_x == name_y) & (name_x > 0)
        same_number = (number_x == number_y) & (number_x > 0)
        no_number = (number_x == 0) | (number_y == 0)
        result = np.full(len(rest), DIFFERENT, np.uint8)
        result[same_name] = item.code("name")
        result[same_name & same_number] = item.code("near")
        open_ = np.flatnonzero(~same_name & (name_x > 0) & (name_y > 0) & self._within("street_name", name_x, name_y))

        def score(p: Ints, q: Ints) -> Ints:
            edits, likeness, _ = similar_texts(name.values, p, q)
            return (edits <= 2) | (likeness >= 0.88)

        alike = np.zeros(len(rest), bool)
        alike[open_] = score_distinct(name_x[open_], name_y[open_], score)
        result[alike & (same_number | no_number)] = item.code("name")
        result[alike & same_number] = item.code("near")
        held = np.flatnonzero((result < item.code("near")) & self._may_hold(x, y))
        result[held[score_distinct(x[held], y[held], self._holds)]] = item.code("near")
        levels[rest] = result
        return levels

    def _may_hold(self, x: Ints, y: Ints) -> Ints:
        """Whether one of two streets may be written out in the other: one house number, and no strange letters."""
        name, number = self.records.forms["street_name"], self.records.forms["street_number"]
        assert name.of_parent is not None
        assert number.of_parent is not None
        letters = self.letters("street_name")
        a, b = letters[name.of_parent[x]], letters[name.of_parent[y]]
        strange = np.minimum(np.bitwise_count(a & ~b), np.bitwise_count(b & ~a))
        same: Ints = (
            (number.of_parent[x] == number.of_parent[y]) & (number.of_parent[x] > 0) & (strange <= STRANGE_LETTERS)
        )
        return same

    def _holds(self, p: Ints, q: Ints) -> Ints:
        """Whether every word of one of two streets is in the other: a line with the town, a floor or a corner."""
        used, places = np.unique(np.concatenate([p, q]), return_inverse=True)
        sets = TokenSets.of(self.records.forms["street"].values.take(pa.array(used)), ranked=False)
        first, second = places[: len(p)], places[len(p) :]
        enough = np.minimum(sets.count[first], sets.count[second]) >= _STREET_WORDS
        holds: Ints = sets.match(first, second).inside & enough
        return holds

    def _city(self, item: Comparison, left: Ints, right: Ints) -> Ints:
        form = self.records.forms["city"]
        a, b, levels, rest = self._start(form, left, right)
        levels[(a == b) & (a > 0)] = item.code("exact")
        open_ = rest[self._within("city", a[rest], b[rest])]

        def score(p: Ints, q: Ints) -> Ints:
            edits, likeness, length = similar_texts(form.values, p, q)
            near = (
                ((edits <= 1) & (length >= 4)) | ((edits == 2) & (length >= 7)) | ((likeness >= 0.93) & (length >= 6))
            )
            return np.where(near, item.code("near"), DIFFERENT).astype(np.uint8)

        levels[open_] = score_distinct(a[open_], b[open_], score)
        return levels

    def _postal_code(self, item: Comparison, left: Ints, right: Ints) -> Ints:
        form = self.records.forms["postal_code"]
        a, b, levels, rest = self._start(form, left, right)
        levels[(a == b) & (a > 0)] = item.code("exact")
        open_ = rest[self._within("postal_code", a[rest], b[rest])]

        def score(p: Ints, q: Ints) -> Ints:
            edits, _, length = similar_texts(form.values, p, q)
            return np.where((edits <= 1) & (length >= 4), item.code("near"), DIFFERENT).astype(np.uint8)

        levels[open_] = score_distinct(a[open_], b[open_], score)
        return levels


def _one_slip(first: Ints, second: Ints) -> Ints:
    """Whether two rows of eight digits differ by one slip of the pen.

    One wrong digit, two neighbours that changed places, or two digits of one part of the date that did.
    """
    apart = first != second
    count = apart.sum(axis=1)
    one, other = np.argmax(apart, axis=1), 7 - np.argmax(apart[:, ::-1], axis=1)
    rows, part = np.arange(len(first)), np.array([0, 0, 0, 0, 1, 1, 2, 2])
    exchanged = (first[rows, one] == second[rows, other]) & (first[rows, other] == second[rows, one])
    near = (other - one == 1) | (part[one] == part[other])
    slip: Ints = (count == 1) | ((count == 2) & exchanged & near)
    return slip
