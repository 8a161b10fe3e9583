"""Sets of words of distinct values: which pairs share a word, and how much of their meaning they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.compare import similar_texts
from crmclean.dedup.forms import Ints, hash_texts, letter_masks
from crmclean.dedup.pairs import score_distinct
from crmclean.tables.evidence import TEXT

__all__ = ["TokenSets", "WordMatch"]

_WIDTH = 10
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
    word : int array
        Code of the rarest word that agrees, or of the two rarest (``TokenSets.spread``); 0 = none.
    """

    cover: Ints
    whole: Ints
    word: Ints


@dataclass(frozen=True)
class TokenSets:
    """The ten rarest words of each distinct value.

    Attributes
    ----------
    words : int32 array, shape (values, 10)
        Word codes, 0 = none.
    weight : float32 array
        Inverse document frequency of each word code, log(values / carriers).
    mask : uint64 array
        One bit per word (by hash) of each value, initials and very common words left out: disjoint masks share no
        telling word.
    texts, lengths, letters : by word code
        The words, their lengths, and the letters that occur in them.
    pairs : int64 array
        Sorted codes ``word * words + word`` of the two-word combinations of each value's four rarest words.
    content : uint64 array
        A hash of each value.
    """

    words: Ints
    weight: Ints
    mask: Ints
    texts: pa.LargeStringArray
    lengths: Ints
    letters: Ints
    pairs: Ints
    content: Ints

    @staticmethod
    def of(values: pa.LargeStringArray) -> TokenSets:
        """Split values on single spaces."""
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
        codes = codes[rarest_first]  # the parents stay as they are
        place = np.arange(len(parents)) - np.searchsorted(parents, parents)
        kept = place < _WIDTH
        words = np.zeros((len(values), _WIDTH), np.int32)
        words[parents[kept], place[kept]] = codes[kept]
        carriers = np.bincount(words.ravel(), minlength=len(texts) + 1).astype(np.float64)
        lengths = np.concatenate(([0], pc.utf8_length(texts).to_numpy()))
        weight = np.log((len(values) + 1.0) / np.maximum(carriers, 1.0)).astype(np.float32)
        weight[lengths <= 0] = 0.0
        bits = np.concatenate(([np.uint64(0)], np.uint64(1) << (hash_texts(texts) & np.uint64(63))))
        bits[(lengths <= 1) | (carriers > 20 + 0.02 * len(values))] = 0
        texts = pa.concat_arrays([pa.array([""], TEXT), texts])
        mask = np.bitwise_or.reduce(bits[words], axis=1)
        twos = [
            np.minimum(words[:, i], words[:, j]).astype(np.int64) * len(weight) + np.maximum(words[:, i], words[:, j])
            for i, j in _TWOS
        ]
        both = [code[words[:, j] > 0] for code, (_, j) in zip(twos, _TWOS, strict=True)]
        pairs = np.unique(np.concatenate(both))
        return TokenSets(words, weight, mask, texts, lengths, letter_masks(texts), pairs, hash_texts(values))

    def may_share(self, left: Ints, right: Ints) -> Ints:
        """False where two values certainly share no telling word."""
        common: Ints = (self.mask.take(left) & self.mask.take(right)) != 0
        return common

    def share_any(self, left: Ints, right: Ints) -> Ints:
        """Whether two values share a word of at least two letters that is not in most values."""
        return self._shared(left, right)[0].any(axis=1) & self.may_share(left, right)

    def match(self, left: Ints, right: Ints) -> WordMatch:
        """Which words of two values are the same, slips of the pen among them."""
        turned = self.content.take(left) > self.content.take(
            right
        )  # codes depend on the order of the rows, words on their like
        left, right = np.where(turned, right, left), np.where(turned, left, right)
        ours, theirs = self.words[left], self.words[right]
        found, taken = self._shared(left, right)[0], self._shared(right, left)[0]
        told = ours.copy()
        rare = self.weight[ours]  # what each agreeing word is worth: as much as the commoner of the two
        for i in range(_WIDTH):
            for j in range(_WIDTH):
                open_ = np.flatnonzero((ours[:, i] > 0) & ~found[:, i] & (theirs[:, j] > 0) & ~taken[:, j])
                if len(open_):
                    slip = open_[self._is_slip(ours[open_, i], theirs[open_, j])]
                    found[slip, i] = taken[slip, j] = True
                    commoner = slip[self.weight[theirs[slip, j]] < rare[slip, i]]
                    told[commoner, i] = theirs[commoner, j]
                    rare[commoner, i] = self.weight[theirs[commoner, j]]
        sides = [(self.weight[ours] * found, self.weight[ours]), (self.weight[theirs] * taken, self.weight[theirs])]
        sums = [(hit.sum(axis=1), whole.sum(axis=1)) for hit, whole in sides]
        covers = [np.divide(hit, whole, out=np.zeros_like(hit), where=whole > 0) for hit, whole in sums]
        some = found.any(axis=1)
        every = (found | (ours == 0)).all(axis=1) & (taken | (theirs == 0)).all(axis=1)
        word = self._telling(told, np.where(found, rare, -1.0))
        return WordMatch(np.maximum(*covers), every & some & (np.minimum(*covers) > 0), np.where(some, word, 0))

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
        """Whether two words are one edit apart (two in words of eight letters); words of three letters never are."""
        lengths = np.minimum(self.lengths[one], self.lengths[other])
        x, y = self.letters[one], self.letters[other]
        apart = np.maximum(np.bitwise_count(x & ~y), np.bitwise_count(y & ~x))
        open_ = np.flatnonzero((lengths >= 4) & (apart <= np.where(lengths >= 8, 2, 1)))

        def score(p: Ints, q: Ints) -> Ints:
            edits, _, length = similar_texts(self.texts, p, q)
            near: Ints = (edits <= 1) | ((edits == 2) & (length >= 8))
            return near

        slip = np.zeros(len(one), bool)
        slip[open_] = score_distinct(one[open_], other[open_], score)
        return slip

    def _shared(self, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        words, others = self.words[left], self.words[right]
        shared = np.zeros(words.shape, bool)
        for column in range(_WIDTH):
            shared |= words == others[:, column : column + 1]
        return shared & (words > 0), words
