"""Comparison levels of names: given and family name read together."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.compare import Levels, Lookups, similar_texts
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table
from crmclean.dedup.own_mailboxes import OwnMailboxes, own_mailboxes
from crmclean.dedup.pairs import score_distinct
from crmclean.dedup.priors import DIFFERENT, ONE_MISSING, Comparison
from crmclean.dedup.tokens import TokenSets
from crmclean.keys import nicknames

__all__ = ["ODD_IN_MISPLACED", "ODD_IN_SIMILAR", "ODD_IN_TYPO", "NameLevels"]

# letters that one of two names may have and the other not, by the length of the shorter one (the last: and longer)
ODD_IN_SIMILAR = np.array([2, 2, 2, 2, 2, 2, 2, 3], np.uint8)
# a typo is one edit, two in names of six letters, or a likeness that three odd letters leave to long names only
ODD_IN_TYPO = np.array([1, 1, 1, 1, 1, 1, 2, 3], np.uint8)
ODD_IN_MISPLACED = 1  # of a name that stands in the other field

_UNDECIDED = 0.5  # bits for one of two readings of names that crossed up to which neither is taken
_SLIPS = ("similar", "typo", "variant")  # levels of a name and what may be it, spelt wrong or another way
_OTHER_FORMS = ("part", "nickname")  # and of a name and what else its owner may be called


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
            self._both_turned(items, found["given"], found["family"], left, right)
            self._crossed(items, found["given"], found["family"], left, right)
            self._spelt_apart(items, found, left, right)

    def _spelt_apart(self, items: dict[str, Comparison], found: Levels, left: Ints, right: Ints) -> None:
        """Near names with a mailbox each are two names: what was taken for a slip becomes a difference."""
        owned = self.own_mailboxes()
        if owned is None:
            return
        for name, item in items.items():
            for levels, by_letter in ((_SLIPS, True), (_OTHER_FORMS, False)):
                codes = [item.code(level) for level in levels if level in item.level_names]
                near = np.flatnonzero(np.isin(found[name], codes))
                apart = owned.both_have(name, left[near], right[near], by_letter=by_letter)
                found[name][near[apart]] = DIFFERENT

    def own_mailboxes(self) -> OwnMailboxes | None:
        """Whose name has a mailbox spelt after it; None where the file does not say."""
        owned: OwnMailboxes | None = self.once("own mailboxes", lambda: own_mailboxes(self.records))
        return owned

    def _crossed(self, items: dict[str, Comparison], given: Ints, family: Ints, left: Ints, right: Ints) -> None:
        """Names that stand in each other's field: swapped, perhaps with a slip, or one of them beside another name.

        Writes the levels of both fields. A record's only name may be anything: where it equals the other record's
        other name, that name agrees (``misplaced``) and the field it stands in says nothing. Where both records have
        two names and only one of them is the same, in the other field, it agrees as what it mostly is in the file, a
        given or a family name, and the other names differ.
        """
        codes = {name: self.records.forms[name].codes for name in ("given", "family")}
        g1, g2, f1, f2 = (codes[name][side] for name in ("given", "family") for side in (left, right))
        one, other = (g1 == f2) & (g1 > 0), (f1 == g2) & (f1 > 0)
        swapped = one & other & (g1 != g2)
        apart = (given < items["given"].code("part")) & (family < items["family"].code("part"))
        half = np.flatnonzero(apart & (one ^ other))
        first, second = np.where(one, f1, g1)[half], np.where(one, g2, f2)[half]  # what is left to compare
        both = (first > 0) & (second > 0)
        is_slip = self._is_slip(first[both], second[both], 2)
        slip = half[both][is_slip]
        for name, levels in (("given", given), ("family", family)):
            levels[swapped] = items[name].code("swapped")
        given[slip], family[slip] = items["given"].code("swapped"), items["family"].code("typo")
        lone = half[~both]
        is_given = np.where(one, (g2 == 0) & (f1 > 0), (g1 == 0) & (f2 > 0))[lone]
        given[lone] = np.where(is_given, items["given"].code("misplaced"), ONE_MISSING)
        family[lone] = np.where(is_given, ONE_MISSING, items["family"].code("misplaced"))
        strange = half[both][~is_slip]
        here = one[strange]  # where the shared name is the given name of the left record
        shared = np.where(here, g1[strange], f1[strange])
        others = np.where(here, f1[strange], g1[strange]), np.where(here, g2[strange], f2[strange])
        self._beside_another(items, (given, family), strange, (shared, shared), others)
        open_ = np.flatnonzero(apart & ~one & ~other & (g1 > 0) & (f1 > 0) & (g2 > 0) & (f2 > 0))
        for mine, theirs, others in ((g1, f2, (f1, g2)), (f1, g2, (g1, f2))):
            near = open_[self._is_slip(mine[open_], theirs[open_], 1)]
            rest = others[0][near], others[1][near]
            self._beside_another(items, (given, family), near, (mine[near], theirs[near]), rest)

    def _both_turned(self, items: dict[str, Comparison], given: Ints, family: Ints, left: Ints, right: Ints) -> None:
        """Two records with their names in the wrong fields: their family names agree there, their given names differ.

        Writes the levels of both fields. *Pulford, Raquel* beside *Pulford, Blake* are two of a family, if the file has
        Pulford more often as a family name, and Raquel and Blake as given names.
        """
        pairs = np.flatnonzero((given == items["given"].code("exact")) & (family == DIFFERENT))
        codes = {name: self.records.forms[name].codes for name in ("given", "family")}
        more = self.carriers["given"] - self.carriers["family"]  # under one dictionary
        turned = more.take(codes["given"].take(left[pairs])) < 0
        for side in (left, right):
            turned &= more.take(codes["family"].take(side[pairs])) > 0
        given[pairs[turned]], family[pairs[turned]] = DIFFERENT, items["family"].code("misplaced")

    def _beside_another(
        self,
        items: dict[str, Comparison],
        levels: tuple[Ints, Ints],
        pairs: Ints,
        shared: tuple[Ints, Ints],
        others: tuple[Ints, Ints],
    ) -> None:
        """One name in the other field, perhaps with a slip, while the records' other names differ.

        One of the two records is the wrong way round. Either it is the one in which the shared name is a family name,
        so that this is a given name and the others are family names; or it is the other way about: *Martin, Heather*
        beside *Garden, Martin* are Heather and Garden of one family. Of the two readings the likelier is taken, by how
        often the file has these names in either field; where they are as likely the names agree as neither.
        """
        is_given = self._tells(*shared) - self._tells(others[0]) - self._tells(others[1])
        levels[0][pairs[is_given > _UNDECIDED]] = items["given"].code("misplaced")
        levels[1][pairs[is_given < -_UNDECIDED]] = items["family"].code("misplaced")

    def _tells(self, *spellings: Ints) -> Table:
        """Log odds, in bits, that a name in some spellings is a given and not a family name, after Laplace."""
        given, family = (sum(self.carriers[name].take(some) for some in spellings) for name in ("given", "family"))
        odds: Table = np.log2((given + 1.0) / (family + 1.0))
        return odds

    def _is_slip(self, a: Ints, b: Ints, most: int) -> Ints:
        """Whether two names are up to so many edits apart, two at most; given and family names share one dictionary."""
        values = self.records.forms["given"].values
        close = np.flatnonzero(self._within("given", a, b, most))

        def score(p: Ints, q: Ints) -> Ints:
            edits, _, length = similar_texts(values, p, q)
            near: Ints = (edits == 0) | ((edits == 1) & (length >= 3)) | ((edits == 2) & (length >= 5))
            return near & (edits <= most) & (length > 5 - 2 * most)

        slip = np.zeros(len(a), bool)
        slip[close] = score_distinct(a[close], b[close], score)
        return slip

    def _name_levels(self, item: Comparison, a: Ints, b: Ints) -> Ints:
        """Levels of pairs of different names."""
        name, forms = item.name, self.records.forms
        values, sets = forms[name].values, self.words()
        skeleton = (
            forms["given_skeleton" if name == "given" else "family_skeleton"].of_parent
            if f"{name}_skeleton" in forms
            else None
        )
        same_code = (
            np.zeros(len(a), bool)
            if skeleton is None
            else (skeleton.take(a) == skeleton.take(b)) & (skeleton.take(a) > 0)
        )
        lengths, marked = self.lengths(name), self.is_abbreviated(name)
        lone = (lengths.take(a) == 1) | (lengths.take(b) == 1)
        both = marked.take(a) & marked.take(b)
        odd = ODD_IN_SIMILAR.take(np.minimum(lengths.take(a), lengths.take(b)), mode="clip")
        masks = self.letters(name)
        x, y = masks.take(a), masks.take(b)
        close = np.maximum(np.bitwise_count(x & ~y), np.bitwise_count(y & ~x)) <= odd
        one_initial = self._one_initial(name, a, b)
        levels = np.full(len(a), DIFFERENT, np.uint8)
        levels[one_initial & (lone | ~both)] = item.code("initial")  # of one, a word, or the first of a further one
        apart = both & ~one_initial  # R. Suresh and S. Suresh are two people
        open_ = np.flatnonzero(~lone & ~apart & (close | same_code | sets.may_share(a, b)))

        def score(p: Ints, q: Ints) -> Ints:
            edits, likeness, length = similar_texts(values, p, q)
            coded = np.zeros(len(p), bool) if skeleton is None else (skeleton[p] == skeleton[q]) & (skeleton[p] > 0)
            scores = np.where((likeness >= 0.88) | coded, item.code("similar"), DIFFERENT)
            scores[sets.share_any(p, q)] = item.code("part")
            typo = (
                ((edits == 1) & (length >= 3)) | ((edits == 2) & (length >= 6)) | ((likeness >= 0.93) & (length >= 6))
            )
            rare = self._may_be_slip(name, p, q)
            scores[typo & rare] = item.code("typo")
            scores[typo & ~rare] = item.code("similar")
            scores[coded & (likeness >= 0.8)] = item.code("variant")
            return scores.astype(np.uint8)

        levels[open_] = np.maximum(levels[open_], score_distinct(a[open_], b[open_], score))
        if name == "given" and "nickname" in item.level_names:
            rest = np.flatnonzero(~lone & ~apart & (levels < item.code("nickname")))
            levels[rest[self._nicknames(a[rest], b[rest])]] = item.code("nickname")
            known, near = (
                self.known_names(),
                np.flatnonzero((levels == item.code("typo")) | (levels == item.code("variant"))),
            )
            levels[near[nicknames.are_two_names(known.take(a[near]), known.take(b[near]))]] = item.code("similar")
        return levels

    def is_abbreviated(self, name: str) -> Ints:
        """Which names are an initial, or have one at their outer end: before a given, behind a family name."""
        pattern = r"^\S(?: |$)" if name == "given" else r"(?:^| )\S$"
        values = self.records.forms[name].values
        marked: Ints = self.once(
            f"abbreviated:{name}", lambda: pc.match_substring_regex(values, pattern).to_numpy(zero_copy_only=False)
        )
        return marked

    def initials(self, name: str) -> Ints:
        """A code of the letter that may stand for each name: that of an abbreviated one, else its first."""

        def made() -> Ints:
            values = self.records.forms[name].values
            letters = pc.utf8_slice_codeunits(values, 0, 1)
            if name == "family":
                behind = pa.array(self.is_abbreviated(name))
                letters = pc.if_else(behind, pc.utf8_slice_codeunits(values, -1), letters)
            codes: Ints = letters.dictionary_encode().indices.to_numpy()
            return codes

        initials: Ints = self.once(f"initial:{name}", made)
        return initials

    def _one_initial(self, name: str, a: Ints, b: Ints) -> Ints:
        """Whether one of two names is abbreviated to the initial of the other."""
        marked, initials = self.is_abbreviated(name), self.initials(name)
        alike: Ints = (marked.take(a) | marked.take(b)) & (initials.take(a) == initials.take(b))
        return alike

    def _nicknames(self, a: Ints, b: Ints) -> Ints:
        """Whether two given names are forms of one another, by their first words."""
        number = self.nicknames()
        x, y = number.take(a), number.take(b)
        asked = np.flatnonzero((x >= 0) & (y >= 0) & (x != y))
        found = np.zeros(len(a), bool)
        found[asked] = nicknames.are_related(x[asked], y[asked])
        return found

    def nicknames(self) -> Ints:
        """The number in the nickname table of the first word of each given name; -1 where it is not in it."""

        def made() -> Ints:
            first = self.records.forms["given_first"]
            assert first.of_parent is not None
            return nicknames.nickname_codes(first.values)[first.of_parent]

        numbers: Ints = self.once("nicknames", made)
        return numbers

    def known_names(self) -> Ints:
        """The number in the nickname table of each whole given name; -1 where it is not in it."""
        values = self.records.forms["given"].values
        numbers: Ints = self.once("known names", lambda: nicknames.nickname_codes(values))
        return numbers

    def _are_two_names(self, found: Levels, left: Ints, right: Ints) -> Ints:
        """Pairs whose given names are known to be two, although they look alike."""
        two = np.zeros(len(left), bool)
        if "given" in found:
            item = next(item for item in self.active if item.name == "given")
            near = np.flatnonzero(found["given"] == item.code("similar"))
            known, codes = self.known_names(), self.records.codes("given")
            two[near] = nicknames.are_two_names(*(known.take(codes.take(side[near])) for side in (left, right)))
        return two

    def may_be_alike(self, name: str, a: Ints, b: Ints) -> Ints:
        """What two different names can reach, judged by codes and letters: uint8.

        0: nothing above "different"; 1: "similar" at best; 2: any level.
        """
        lengths, masks = self.lengths(name), self.letters(name)
        x, y = masks.take(a), masks.take(b)
        apart = np.maximum(np.bitwise_count(x & ~y), np.bitwise_count(y & ~x))
        shorter = np.minimum(lengths.take(a), lengths.take(b))
        alike = (apart <= ODD_IN_SIMILAR.take(shorter, mode="clip")).astype(np.uint8)
        typo = apart <= ODD_IN_TYPO.take(shorter, mode="clip")
        alike[typo & self._may_be_slip(name, a, b)] = 2
        alike[shorter == 1] = 0
        surely = self._one_initial(name, a, b)
        surely |= (shorter > 1) & self.words().may_share(a, b)
        skeleton = self.records.forms.get(f"{name}_skeleton")
        if skeleton is not None and skeleton.of_parent is not None:
            surely |= (shorter > 1) & (skeleton.of_parent.take(a) == skeleton.of_parent.take(b))
        alike[surely] = 2
        if name == "given" and "given_first" in self.records.forms:
            open_ = np.flatnonzero(alike < 2)
            alike[open_[self._nicknames(a[open_], b[open_])]] = 2
        return alike

    def may_be_misplaced(self, a: Ints, b: Ints) -> Ints:
        """Whether the given name of one record may stand in the family name of another, with a slip at most."""
        return (a > 0) & (b > 0) & self._within("given", a, b, ODD_IN_MISPLACED)

    def _may_be_slip(self, name: str, a: Ints, b: Ints) -> Ints:
        """Whether one of two names is rare enough to be a slip of the other: Maria and Mario are two names."""
        few = self.is_rare(name)
        rare: Ints = few.take(a) | few.take(b)
        return rare

    def is_rare(self, name: str) -> Ints:
        """Which names few records have."""
        rare: Ints = self.once(f"rare:{name}", lambda: self.carriers[name] <= 2 + 2e-4 * self.records.count)
        return rare

    def words(self) -> TokenSets:
        """The words of the names; given and family names share one dictionary."""
        form = self.records.forms.get("given") or self.records.forms["family"]
        words: TokenSets = self.once("tokens", lambda: TokenSets.of(form.values))
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
