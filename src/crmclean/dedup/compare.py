"""Similarity of values, and the look-ups that comparing a file's values needs. The only home of RapidFuzz.

Equality is decided on codes. Similarity is scored once per distinct pair of values, and only for those that a cheap
bound on the edit distance (which letters occur) has not ruled out. All measures are symmetric.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import OSA, Indel, JaroWinkler
from rapidfuzz.process import cpdist

from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Form, Ints, letter_masks
from crmclean.dedup.frequency import Table
from crmclean.dedup.priors import BOTH_MISSING, DIFFERENT, ONE_MISSING, Comparison

__all__ = ["ODD_LETTERS", "Levels", "Lookups", "likeness_of", "overlap_of", "similar_texts"]

_BYTES = 2**26  # of text compared at a time
_LONGEST = 256  # characters of a value that are compared: the time grows with their square

# letters that one of two near values may have and the other not, by form
ODD_LETTERS: Mapping[str, int] = {
    "given": 2,
    "city": 2,
    "postal_code": 2,
    "street_name": 3,
    "company": 2,
    "local": 2,
    "national_id": 1,
}

Levels = dict[str, np.ndarray[Any, np.dtype[np.uint8]]]


def similar_texts(values: pa.LargeStringArray, left: Ints, right: Ints) -> tuple[Ints, Ints, Ints]:
    """OSA distance (3 = more than two edits), Jaro-Winkler similarity and the shorter length of pairs of values."""
    scored = [_similar_part(values, left[some], right[some]) for some in _parts(values, left, right)]
    edits, likeness, length = zip(*scored, strict=True)
    return np.concatenate(edits), np.concatenate(likeness), np.concatenate(length)


def _parts(values: pa.LargeStringArray, left: Ints, right: Ints) -> list[slice]:
    """The pairs in parts of so many bytes of text that long values do not fill the memory."""
    offsets = np.frombuffer(values.buffers()[1], np.int64, len(values) + 1, values.offset * 8)
    size = np.cumsum(offsets[left + 1] - offsets[left] + offsets[right + 1] - offsets[right])
    whole = int(size[-1]) if len(size) else 0
    cuts = np.unique(np.searchsorted(size, np.arange(_BYTES, whole, _BYTES))).tolist()
    return [slice(start, stop) for start, stop in zip([0, *cuts], [*cuts, len(left)], strict=True)]


def _similar_part(values: pa.LargeStringArray, left: Ints, right: Ints) -> tuple[Ints, Ints, Ints]:
    if not len(left):
        return np.zeros(0, np.uint8), np.zeros(0, np.float32), np.zeros(0, np.int64)
    one, other = values.take(pa.array(left)), values.take(pa.array(right))
    lengths = pc.utf8_length(one).to_numpy(), pc.utf8_length(other).to_numpy()
    if max(side.max() for side in lengths) > _LONGEST:
        one, other = (pc.utf8_slice_codeunits(side, 0, _LONGEST) for side in (one, other))
    first, second = one.to_pylist(), other.to_pylist()
    edits = cpdist(first, second, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8, workers=1)
    likeness = cpdist(
        first, second, scorer=JaroWinkler.normalized_similarity, score_cutoff=0.75, dtype=np.float32, workers=1
    )
    return edits, likeness, np.minimum(*lengths)


def likeness_of(first: pa.Array, second: pa.Array, cutoff: float) -> Ints:
    """Jaro-Winkler similarity of texts element by element; 0 below ``cutoff``."""
    scorer = JaroWinkler.normalized_similarity
    left, right = first.to_pylist(), second.to_pylist()
    likeness: Ints = cpdist(left, right, scorer=scorer, score_cutoff=cutoff, dtype=np.float32, workers=1)
    return likeness


def overlap_of(first: pa.Array, second: pa.Array) -> Ints:
    """Share of the letters of two texts that are the same and in order: twice their longest common subsequence over the
    letters of both (the normalised indel similarity), element by element."""
    if not len(first):
        return np.zeros(0, np.float32)
    scorer = Indel.normalized_similarity
    overlap: Ints = cpdist(first.to_pylist(), second.to_pylist(), scorer=scorer, dtype=np.float32, workers=1)
    return overlap


@dataclass
class Lookups:
    """The file behind a comparison: its records, how common its values are, and tables by value made when asked for.

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
    _locks: dict[str, RLock] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.active = tuple(item for item in self.comparisons if item.name in self.records.forms)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made when first asked for; whoever asks in the meantime waits for it."""
        if name not in self._cache:
            with self._locks.setdefault(name, RLock()):
                if name not in self._cache:
                    self._cache[name] = make()
        return self._cache[name]

    def _start(self, form: Form, left: Ints, right: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Codes of both sides, levels with the missing ones set and the rest "different", and where both differ."""
        a, b = form.codes.take(left), form.codes.take(right)
        levels = np.full(len(a), DIFFERENT, np.uint8)
        levels[(a == 0) | (b == 0)] = ONE_MISSING
        levels[(a == 0) & (b == 0)] = BOTH_MISSING
        return a, b, levels, np.flatnonzero((a != b) & (levels == DIFFERENT))

    def letters(self, name: str) -> Ints:
        """``letter_masks`` of each value."""
        masks: Ints = self.once(f"mask:{name}", lambda: letter_masks(self.records.forms[name].values))
        return masks

    def lengths(self, name: str) -> Ints:
        """Characters of each value."""
        lengths: Ints = self.once(f"length:{name}", lambda: pc.utf8_length(self.records.forms[name].values).to_numpy())
        return lengths

    def _within(self, name: str, a: Ints, b: Ints, edits: int | None = None) -> Ints:
        """Whether two values can be so many edits apart, judged by the letters that occur in each (``ODD_LETTERS``)."""
        most = ODD_LETTERS[name] if edits is None else edits
        masks = self.letters(name)
        x, y = masks.take(a), masks.take(b)
        return np.maximum(np.bitwise_count(x & ~y), np.bitwise_count(y & ~x)) <= most
