"""Sets of words of distinct values: which pairs share a word, and how much of the rarer meaning they share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.forms import Ints, hash_texts

__all__ = ["TokenSets"]

_WIDTH = 10


@dataclass(frozen=True)
class TokenSets:
    """The first ten words of each distinct value.

    Attributes
    ----------
    words : int32 array, shape (values, 10)
        Word codes, 0 = none.
    weight : float32 array
        Inverse document frequency of each word code, log(values / carriers).
    mask : uint64 array
        One bit per word (by hash) of each value, initials and very common words left out: disjoint masks share no
        telling word.
    """

    words: Ints
    weight: Ints
    mask: Ints

    @staticmethod
    def of(values: pa.LargeStringArray) -> TokenSets:
        """Split values on single spaces."""
        lists = pc.split_pattern(values, " ")
        parents = pc.list_parent_indices(lists).to_numpy()
        coded = pc.list_flatten(lists).dictionary_encode()
        texts = coded.dictionary
        codes = coded.indices.to_numpy().astype(np.int32) + 1
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
        return TokenSets(words, weight, np.bitwise_or.reduce(bits[words], axis=1))

    def may_share(self, left: Ints, right: Ints) -> Ints:
        """False where two values certainly share no telling word."""
        common: Ints = (self.mask[left] & self.mask[right]) != 0
        return common

    def share_any(self, left: Ints, right: Ints) -> Ints:
        """Whether two values share a word of at least two letters that is not in most values."""
        return self._shared(left, right)[0].any(axis=1) & self.may_share(left, right)

    def cover(self, left: Ints, right: Ints) -> Ints:
        """Shared word weight as a share of the lighter value's word weight; 1 = one holds all words of the other."""
        shared, words = self._shared(left, right)
        both = np.where(shared, self.weight[words], 0).sum(axis=1)
        whole = np.minimum(self.weight[words].sum(axis=1), self.weight[self.words[right]].sum(axis=1))
        share: Ints = np.divide(both, whole, out=np.zeros(len(both), np.float32), where=whole > 0)
        return share

    def _shared(self, left: Ints, right: Ints) -> tuple[Ints, Ints]:
        words, others = self.words[left], self.words[right]
        shared = np.zeros(words.shape, bool)
        for column in range(_WIDTH):
            shared |= words == others[:, column : column + 1]
        return shared & (words > 0), words
