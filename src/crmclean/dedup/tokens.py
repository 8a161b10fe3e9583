"""Sets of words of distinct values: which pairs share a word, and how much of their meaning they share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.compare import similar_texts
from crmclean.dedup.forms import Ints, hash_texts, letter_masks
from crmclean.dedup.pairs import distinct, score_distinct
from crmclean.tables.evidence import TEXT
from crmclean.text import ascii_mask, map_subset

__all__ = ["TokenSets", "WordMatch"]

_WIDTH = 16
_RAREST = 1e-4  # the share of names with a word that no list knows
_COMMON = 200  # names with one word from which on it tells nothing
_SHORTEST = 3  # letters of an abbreviation
_LONGEST = 40  # letters of a word that may be abbreviated
_TWOS = tuple((i, j) for i in range(4) for j in range(i + 1, 4))


@dataclass(frozen=True)
class WordMatch:
    """How the words of two values agree.

    Attributes
    ----------
    cover : float32 array
        Weight of the words that agree, as a share of all words of the value that it covers better: 1 = one value
        holds all words of the other.
    whole : bool array
        Every word of both has its like in the other.
    inside : bool array
        Every word of one of them has its like in the other.
    word : int array
        Code of the rarest word that agrees, or of the two rarest (``TokenSets.spread``); 0 = none.
    """

    cover: Ints
    whole: Ints
    inside: Ints
    word: Ints


@dataclass(frozen=True)
class TokenSets:
    """The sixteen rarest words of each distinct value.

    Attributes
    ----------
    words : int32 array, shape (values, 16)
        Word codes, 0 = none.
    weight : float32 array
        Inverse document frequency of each word code, log(values / carriers).
    mask : uint64 array
        One bit per word (by hash) of each value, initials and very common words left out: disjoint masks share no
        telling word.
    texts, lengths, letters, numbers, consonants : by word code
        The words, their lengths, the letters that occur in them, whether they have a digit, and how long they are
        without vowels behind the first letter.
    pairs : int64 array
        Sorted codes ``word * words + word`` of the two-word combinations of each value's four rarest words.
    content : uint64 array
        A hash of each value.
    shortened : bool
        Whether words may be abbreviated ("intl", "pharm"): those of companies may.
    """

    words: Ints
    weight: Ints
    mask: Ints
    texts: pa.LargeStringArray
    lengths: Ints
    letters: Ints
    numbers: Ints
    consonants: Ints
    pairs: Ints
    content: Ints
    shortened: bool = False

    @cached_property
    def count(self) -> Ints:
        """How many words of each value there are."""
        words: Ints = np.count_nonzero(self.words, axis=1)
        return words

    @staticmethod
    def of(
        values: pa.LargeStringArray, share: Callable[[pa.Array], Ints] | None = None, *, ranked: bool = True
    ) -> TokenSets:
        """Split values on single spaces.

        Parameters
        ----------
        share : callable, optional
            The share of all names in the world that have each word: of two words that the file has once, the one that
            is common elsewhere weighs less. Words may then be abbreviated, too.
        ranked : bool
            Rarest words first; else in their own order, so that the words of a value do not depend on other values.
        """
        lists = pc.split_pattern(values, " ")
        parents = pc.list_parent_indices(lists).to_numpy()
        coded = pc.list_flatten(lists).dictionary_encode()
        texts = coded.dictionary
        codes = coded.indices.to_numpy().astype(np.int32) + 1
        once = np.unique(parents * np.int64(len(texts) + 1) + codes, return_index=True)[1]
        once.sort()  # a word that a value repeats is one word, at its first place
        parents, codes = parents[once], codes[once]
        times = np.bincount(codes)
        rarest_first = np.lexsort((times[codes], parents))
        codes = codes[rarest_first] if ranked else codes  # the parents stay as they are
        place = np.arange(len(parents)) - np.searchsorted(parents, parents)
        kept = place < _WIDTH
        words = np.zeros((len(values), _WIDTH), np.int32)
        words[parents[kept], place[kept]] = codes[kept]
        carriers = np.bincount(words.ravel(), minlength=len(texts) + 1).astype(np.float64)
        lengths = np.concatenate(([0], pc.utf8_length(texts).to_numpy()))
        weight = np.log((len(values) + 1.0) / np.maximum(carriers, 1.0)).astype(np.float32)
        if share is not None:  # a word that no list knows is taken for one that the file has once
            known = np.log(np.concatenate(([1.0], share(texts)))) / np.log(_RAREST)
            weight = np.minimum(weight, known * min(np.log(len(values) + 1.0), -np.log(_RAREST))).astype(np.float32)
        weight[lengths <= 0] = 0.0
        bits = np.concatenate(([np.uint64(0)], np.uint64(1) << (hash_texts(texts) & np.uint64(63))))
        bits[(lengths <= 1) | (carriers > _COMMON + 0.02 * len(values))] = 0
        texts = pa.concat_arrays([pa.array([""], TEXT), texts])
        mask = np.bitwise_or.reduce(bits[words], axis=1)
        twos = [
            np.minimum(words[:, i], words[:, j]).astype(np.int64) * len(weight) + np.maximum(words[:, i], words[:, j])
            for i, j in _TWOS
        ]
        both = [code[words[:, j] > 0] for code, (_, j) in zip(twos, _TWOS, strict=True)]
        pairs = distinct(np.concatenate(both))
        numbers = pc.match_substring_regex(texts, r"\d").to_numpy(zero_copy_only=False)
        bare = texts if share is None else _without_vowels(texts)
        spelt = (texts, lengths, letter_masks(texts), numbers, pc.utf8_length(bare).to_numpy())
        return TokenSets(words, weight, mask, *spelt, pairs, hash_texts(values), share is not None)

    def may_share(self, left: Ints, right: Ints) -> Ints:
        """False where two values certainly share no telling word."""
        common: Ints = (self.mask.take(left) & self.mask.take(right)) != 0
        return common

    def share_any(self, left: Ints, right: Ints) -> Ints:
        """Whether two values share a word of at least two letters that is not in most values."""
        return _same(self.words[left], self.words[right]).any(axis=1) & self.may_share(left, right)

    def match(self, left: Ints, right: Ints) -> WordMatch:
        """Which words of two values are the same, slips of the pen among them."""
        turned = self.content.take(left) > self.content.take(
            right
        )  # codes depend on the order of the rows, words on their like
        left, right = np.where(turned, right, left), np.where(turned, left, right)
        ours, theirs = self.words[left], self.words[right]
        width = max((int(np.count_nonzero(side.any(axis=0))) for side in (ours, theirs)), default=0)
        ours, theirs = ours[:, : max(width, 1)], theirs[:, : max(width, 1)]  # the words of a value come first
        found, taken = _same(ours, theirs), _same(theirs, ours)
        told = ours.copy()
        rare = self.weight[ours]  # what each agreeing word is worth: as much as the commoner of the two
        for alike in (self._is_slip, self._is_short) if self.shortened else (self._is_slip,):
            some = np.ones(len(left), bool) if alike == self._is_slip else found.any(axis=1)
            for i in range(width):
                for j in range(width):
                    open_ = np.flatnonzero(some & (ours[:, i] > 0) & ~found[:, i] & (theirs[:, j] > 0) & ~taken[:, j])
                    if len(open_):
                        near = open_[alike(ours[open_, i], theirs[open_, j])]
                        found[near, i] = taken[near, j] = True
                        commoner = near[self.weight[theirs[near, j]] < rare[near, i]]
                        told[commoner, i] = theirs[commoner, j]
                        rare[commoner, i] = self.weight[theirs[commoner, j]]
        sides = [(self.weight[ours] * found, self.weight[ours]), (self.weight[theirs] * taken, self.weight[theirs])]
        sums = [(hit.sum(axis=1), whole.sum(axis=1)) for hit, whole in sides]
        covers = [np.divide(hit, whole, out=np.zeros_like(hit), where=whole > 0) for hit, whole in sums]
        some = found.any(axis=1)
        all_ours, all_theirs = (found | (ours == 0)).all(axis=1), (taken | (theirs == 0)).all(axis=1)
        word = self._telling(told, np.where(found, rare, -1.0))
        whole = all_ours & all_theirs & some & (np.minimum(*covers) > 0)
        return WordMatch(np.maximum(*covers), whole, (all_ours | all_theirs) & some, np.where(some, word, 0))

    def _telling(self, words: Ints, weight: Ints) -> Ints:
        """The code of the two weightiest words together, or of the weightiest alone where two are not known together.

        Words of negative weight are left out.
        """
        places = np.arange(len(words))
        first = weight.argmax(axis=1)
        top: Ints = words[places, first].astype(np.int64)
        rest = weight.copy()
        rest[places, first] = -1.0
        second = rest.argmax(axis=1)
        other = np.where(rest[places, second] > 0, words[places, second], 0).astype(np.int64)
        if not len(self.pairs):
            return top
        wanted = np.minimum(top, other) * len(self.weight) + np.maximum(top, other)
        slot = np.minimum(np.searchsorted(self.pairs, wanted), len(self.pairs) - 1)
        code: Ints = np.where((other > 0) & (self.pairs[slot] == wanted), len(self.weight) + slot, top)
        return code

    def spread(self) -> tuple[Ints, Ints, Ints]:
        """Of every word of every value, and of every two of its four rarest: value, code, companion.

        The companion is the rarest other word of the value, ``len(weight) + len(pairs)`` where there is none.
        """
        size = len(self.weight)
        none = size + len(self.pairs)
        values, codes, companions = [], [], []
        words = self.words.astype(np.int64)
        for i in range(_WIDTH):
            at = np.flatnonzero(words[:, i])
            values.append(at)
            codes.append(words[at, i])
            companions.append(words[at, 0 if i else 1])
        for i, j in _TWOS:
            at = np.flatnonzero(words[:, j])
            one, two = words[at, i], words[at, j]
            values.append(at)
            codes.append(size + np.searchsorted(self.pairs, np.minimum(one, two) * size + np.maximum(one, two)))
            companions.append(words[at, next(k for k in range(3) if k not in (i, j))])
        companion = np.concatenate(companions)
        return np.concatenate(values), np.concatenate(codes), np.where(companion > 0, companion, none)

    def _is_slip(self, one: Ints, other: Ints) -> Ints:
        """Whether two words are one edit apart (two in words of eight letters); short words and numbers never are."""
        lengths = np.minimum(self.lengths[one], self.lengths[other])
        x, y = self.letters[one], self.letters[other]
        apart = np.maximum(np.bitwise_count(x & ~y), np.bitwise_count(y & ~x))
        number = self.numbers[one] | self.numbers[other]
        open_ = np.flatnonzero((lengths >= 4) & ~number & (apart <= np.where(lengths >= 8, 2, 1)))

        def score(p: Ints, q: Ints) -> Ints:
            edits, _, length = similar_texts(self.texts, p, q)
            near: Ints = (edits <= 1) | ((edits == 2) & (length >= 8))
            return near

        slip = np.zeros(len(one), bool)
        slip[open_] = score_distinct(one[open_], other[open_], score)
        return slip

    def _is_short(self, one: Ints, other: Ints) -> Ints:
        """Whether one word abbreviates the other: its beginning, or its first and last letter and some between.

        A contraction ("mfg", "univrsl") has at most half the letters of the word, or lacks vowels only.
        """
        shorter = self.lengths[one] > self.lengths[other]
        one, other = np.where(shorter, other, one), np.where(shorter, one, other)
        few = (self.lengths[one] >= _SHORTEST) & (self.lengths[one] < self.lengths[other])
        few &= self.lengths[other] <= _LONGEST
        open_ = np.flatnonzero(few & ((self.letters[one] & ~self.letters[other]) == 0))
        short = np.zeros(len(one), bool)
        short[open_] = score_distinct(one[open_], other[open_], self._abbreviates)
        return short

    def _abbreviates(self, one: Ints, other: Ints) -> Ints:
        """Of distinct pairs of words, whether the shorter one abbreviates the longer one."""
        longer = self.lengths[one] > self.lengths[other]
        one, other = np.where(longer, other, one), np.where(longer, one, other)
        size = int(self.lengths[other].max(initial=0))
        brief, whole = (self._characters(words, size) for words in (one, other))
        rows, place, start = np.arange(len(one)), np.zeros(len(one), np.int64), np.zeros(len(one), np.int64)
        for column in range(size):  # how many letters of the brief word were met in order, and in the same place
            wanted = brief[rows, np.minimum(place, size - 1)]
            met = (place < self.lengths[one]) & (wanted == whole[:, column])
            start += met & (place == column) & (start == column)
            place += met
        every = place == self.lengths[one]
        ends = brief[rows, self.lengths[one] - 1] == whole[rows, self.lengths[other] - 1]
        few = (2 * self.lengths[one] <= self.lengths[other]) | (self.consonants[one] == self.consonants[other])
        contracted = every & (start > 0) & ends & few
        short: Ints = contracted | (start == self.lengths[one])
        return short

    def _characters(self, words: Ints, size: int) -> Ints:
        """The letters of words as code points, shape (words, size), 0 behind their end."""
        texts = pc.utf8_rpad(self.texts.take(pa.array(words)), size, "\0")
        joined = "".join(texts.to_pylist())
        letters: Ints = np.frombuffer(joined.encode("utf-32-le"), np.uint32).reshape(len(words), size)
        return letters


def _same(words: Ints, others: Ints) -> Ints:
    """Which words of one side the other side has too."""
    shared = np.zeros(words.shape, bool)
    for column in range(others.shape[1]):
        shared |= words == others[:, column : column + 1]
    same: Ints = shared & (words > 0)
    return same


def _without_vowels(words: pa.LargeStringArray) -> pa.LargeStringArray:
    """Words without the vowels behind their first letter."""
    plain = ascii_mask(words)  # letters of all scripts make a pattern that takes long to compile
    words = map_subset(words, plain, lambda part: pc.replace_substring_regex(part, r"([A-Za-z])[aeiou]+", r"\1"))
    foreign = pc.invert(plain)
    return map_subset(words, foreign, lambda part: pc.replace_substring_regex(part, r"(\pL)[aeiou]+", r"\1"))
