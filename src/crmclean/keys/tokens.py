"""Words of many values at once: one flat Arrow array and the offsets of each value, edited with masks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.evidence import TEXT
from crmclean.text import map_unique, mask_of

__all__ = ["Tokens", "Vocabulary", "blank_nulls"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Positions = np.ndarray[Any, np.dtype[np.int64]]


def blank_nulls(array: pa.LargeStringArray) -> pa.LargeStringArray:
    """Null as ``""``: a key is never missing."""
    return pc.fill_null(array, "") if array.null_count else array


@dataclass(frozen=True)
class Vocabulary:
    """Words and, for each, which of up to eight lists it is in; the last bit set is that of an unknown word: none."""

    words: pa.LargeStringArray
    bits: Bytes

    @staticmethod
    def of(*lists: Iterable[str]) -> Vocabulary:
        """The words of several lists; list i counts ``2 ** i``."""
        bits: dict[str, int] = {}
        for place, words in enumerate(lists):
            for word in words:
                bits[word] = bits.get(word, 0) | 1 << place
        return Vocabulary(pa.array(list(bits), TEXT), np.array([*bits.values(), 0], np.uint8))

    def for_kernel(self) -> tuple[Positions, Bytes, Bytes, int]:
        """Offsets and bytes of the words, their bits, and how many there are."""
        _, offsets, data = self.words.buffers()
        return np.frombuffer(offsets, np.int64), np.frombuffer(data, np.uint8), self.bits, len(self.words)


@dataclass(frozen=True)
class Tokens:
    """The space-separated words of each value.

    Attributes
    ----------
    values : pyarrow.LargeStringArray
        All words, one after the other.
    offsets : numpy.ndarray
        int64, one more than there are values: value i owns words ``offsets[i]:offsets[i + 1]``.
    """

    values: pa.LargeStringArray
    offsets: Positions

    @staticmethod
    def of(array: pa.LargeStringArray) -> Tokens:
        """Split each value at single spaces; empty words are left out, null has none."""
        pieces = pc.split_pattern(blank_nulls(array), " ")
        offsets = pieces.offsets.to_numpy().astype(np.int64)
        tokens = Tokens(pieces.flatten(), offsets - offsets[0])
        empty = mask_of(pc.equal(tokens.values, ""))
        return tokens.select(~empty) if empty.any() else tokens

    @property
    def counts(self) -> Positions:
        """int64 array: how many words each value has."""
        return np.diff(self.offsets)

    @property
    def starts(self) -> Positions:
        """int64 array: where each value's words begin."""
        return self.offsets[:-1]

    @property
    def ends(self) -> Positions:
        """int64 array: one past each value's last word."""
        return self.offsets[1:]

    def select(self, mask: Mask) -> Tokens:
        """Keep the words where ``mask`` (one truth per word) holds."""
        kept = np.concatenate([[0], np.cumsum(mask)])
        return Tokens(self.values.filter(pa.array(mask)), kept[self.offsets])

    def between(self, starts: Positions, ends: Positions) -> Tokens:
        """Keep, of each value, the words ``starts[i]:ends[i]``, which must lie within its own."""
        if not (starts - self.starts).any() and not (self.ends - ends).any():
            return self
        places = np.arange(len(self.values))
        counts = self.counts
        return self.select((places >= np.repeat(starts, counts)) & (places < np.repeat(ends, counts)))

    def map(self, function: Callable[[list[str]], Sequence[str | None]]) -> Tokens:
        """Transform each distinct word once."""
        return Tokens(map_unique(self.values, function), self.offsets)

    def replace(self, words: pa.Array, replacements: pa.Array) -> Tokens:
        """Each word found in ``words`` becomes the replacement at the same place: a word, several, or none (``""``)."""
        found = replacements.take(pc.index_in(self.values, value_set=words))
        if found.null_count == len(found):
            return self
        replaced = Tokens(pc.coalesce(found, self.values), self.offsets)
        spaced = pc.any(pc.match_substring_regex(replacements, "^$| ")).as_py()
        return Tokens.of(replaced.join()) if spaced else replaced

    def is_in(self, words: pa.Array) -> Mask:
        """One truth per word: whether it is among ``words``."""
        return mask_of(pc.is_in(self.values, value_set=words))

    def join(self, separator: str = " ") -> pa.LargeStringArray:
        """The values again, their words joined."""
        lists = pa.LargeListArray.from_arrays(pa.array(self.offsets), self.values)
        return pc.binary_join(lists, pa.scalar(separator, TEXT))

    def classes(self, vocabulary: Vocabulary) -> Bytes:
        """uint8 array: the sum of the bits of the lists each word is in, 0 for a word of none."""
        places = pc.index_in(self.values, value_set=vocabulary.words).fill_null(-1).to_numpy()
        return np.asarray(vocabulary.bits[places], np.uint8)

    def trim(self, leading: Mask, trailing: Mask, *, keep: int = 1) -> Tokens:
        """Peel words off both ends as long as the masks hold and more than ``keep`` words would remain.

        Of the last two words the first one goes first.
        """
        starts, ends = self.starts.copy(), self.ends.copy()
        if not len(self.values):
            return self
        last = len(self.values) - 1
        while True:
            spare = ends - starts > keep
            front = spare & leading[np.clip(starts, 0, last)]
            starts = starts + front
            spare = ends - starts > keep
            back = spare & trailing[np.clip(ends - 1, 0, last)]
            ends = ends - back
            if not back.any() and not front.any():
                return self.between(starts, ends)
