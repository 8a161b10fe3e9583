"""What the kernels of this package share: a result in the making, each value's region, and the Series wrapper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalisers._halves import in_halves
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT, VERDICTS
from crmclean.tables.normalised import UNKNOWN, CellOptions, Kernel, Normalised

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LONGEST", "Draft", "Mask", "cut_off", "frame_of", "matches", "regions_of", "scatter"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]

LONGEST = 200  # characters: a longer cell is no name, company, title or place, and is left exactly as it is


def matches(values: pa.Array, pattern: str) -> Mask:
    """Boolean array: where an RE2 pattern is found; False for null."""
    return np.asarray(pc.fill_null(pc.match_substring_regex(values, pattern), False), bool)


def scatter(values: pa.Array, mask: Mask, function: Callable[[int, str], str | None]) -> pa.Array:
    """``values`` with ``function(position, value)`` in the places of ``mask``, which must not hold nulls.

    The one road from arrays into Python: called for distinct values that no vectorised rule understands.
    """
    positions = np.flatnonzero(mask)
    if not len(positions):
        return values
    old = values.take(pa.array(positions)).to_pylist()
    new = [function(int(position), text) for position, text in zip(positions, old, strict=True)]
    return pc.replace_with_mask(values, pa.array(mask), pa.array(new, TEXT))


def cut_off(whole: pa.Array, left: pa.Array, behind: bool) -> pa.Array:
    """What is missing of each ``whole`` in ``left``, which is its beginning (or its end)."""
    sizes = np.asarray(pc.subtract(pc.binary_length(whole), pc.binary_length(left)), np.int64)
    joined = np.frombuffer(b"".join(whole.cast(pa.large_binary()).to_pylist()), np.uint8)
    ends = np.cumsum(np.asarray(pc.binary_length(whole), np.int64))
    starts = ends - sizes if behind else ends - np.asarray(pc.binary_length(whole), np.int64)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    index = np.repeat(starts - offsets[:-1], sizes) + np.arange(offsets[-1])
    data = joined[index] if len(index) else joined[:0]
    return pa.LargeStringArray.from_buffers(len(whole), pa.py_buffer(offsets), pa.py_buffer(data.tobytes()))


def regions_of(count: int, options: CellOptions, regions: pa.Array | None) -> pa.Array:
    """Each value's ISO alpha-2 region: its own, else the column's default, else ""."""
    if regions is None:
        return pa.repeat(pa.scalar(options.region, TEXT), count)
    own = as_text(regions)
    return pc.if_else(pc.equal(pc.fill_null(own, ""), ""), options.region, own)


class Draft:
    """A `Normalised` in the making: the current value of each cell and the first reason it was changed for."""

    def __init__(self, values: Any) -> None:
        self.original: pa.Array = as_text(values)
        self.value: pa.Array = self.original
        self.present: Mask = np.asarray(pc.fill_null(pc.greater(pc.utf8_length(self.original), 0), False), bool)
        self.workable: Mask = self.present & np.asarray(
            pc.fill_null(pc.less_equal(pc.utf8_length(self.original), LONGEST), False), bool
        )
        self.verdict = np.full(len(self.original), UNKNOWN, np.int8)
        self.issues: dict[str, Mask] = {}
        self.attributes: dict[str, pa.Array] = {}
        self._codes: list[str] = []
        self._reason = np.full(len(self.original), -1, np.int8)

    def short(self) -> pa.Array:
        """The current values, those too long to be worked on as "": what a costly look-up may be given."""
        return self.value if self.workable.all() else pc.if_else(pa.array(self.workable), self.value, "").cast(TEXT)

    def replace(self, new: pa.Array, code: str, *, overrule: bool = False) -> None:
        """Take over new values; cells that differ get the reason ``code`` unless they have one already.

        ``overrule``: the new reason says more than an old one would.
        """
        changed = np.asarray(pc.fill_null(pc.not_equal(self.value, new), False), bool)
        if not changed.any():
            return
        if code not in self._codes:
            self._codes.append(code)
        self._reason[changed & ((self._reason < 0) | overrule)] = self._codes.index(code)
        self.value = as_text(new)

    def replace_where(self, mask: Mask, function: Callable[[int, str], str | None], code: str) -> None:
        """Take over ``function(position, value)`` where ``mask`` holds."""
        self.replace(scatter(self.value, mask & self.workable, function), code)

    def matches(self, pattern: str) -> Mask:
        """Where the current value of a present cell matches an RE2 pattern."""
        return matches(self.value, pattern) & self.present

    def issue(self, code: str, mask: Mask) -> None:
        """Note an issue; an issue of no cell is not kept."""
        if mask.any():
            self.issues[code] = mask & self.present

    def attribute(self, name: str, values: pa.Array) -> None:
        """Keep an attribute; "" becomes null."""
        text = as_text(values)
        self.attributes[name] = pc.if_else(pc.equal(text, ""), pa.scalar(None, TEXT), text)

    def finish(self) -> Normalised:
        """The result; a value that came back to what it was has no reason."""
        same = np.asarray(pc.fill_null(pc.equal(self.value, self.original), True), bool)
        index = np.where(same, -1, self._reason)
        codes = pa.array(self._codes or [""], pa.string())
        reason = codes.take(pa.array(index.astype(np.int32), mask=index < 0))
        verdict = np.where(self.present, self.verdict, UNKNOWN).astype(np.int8)
        return Normalised(self.value, reason, verdict, self.issues, self.attributes)


def frame_of(series: Any, kernel: Kernel, options: CellOptions, regions: Any = None) -> pd.DataFrame:
    """Run a kernel over the distinct values (with their regions) of a Series and lay the result out as a frame.

    Columns: ``value``, ``verdict`` (text), ``reason``, ``issues`` (codes joined by ``"; "``), then the attributes.
    """
    import pandas as pd

    index = series.index if isinstance(series, pd.Series) else None
    values, own, places = _distinct(as_text(series), None if regions is None else as_text(regions))
    found = in_halves(kernel, values, options, own)
    issues = _joined(found.issues, len(values))
    if places is not None:
        found, issues = found.take(places), issues.take(places)
    columns: dict[str, Any] = {
        "value": found.value.to_pandas(),
        "verdict": pa.array(VERDICTS, TEXT).take(pa.array(found.verdict)).to_pandas(),
        "reason": found.reason.to_pandas(),
        "issues": issues.to_pandas(),
    }
    columns |= {name: texts.to_pandas() for name, texts in found.attributes.items()}
    frame = pd.DataFrame(columns)
    if index is not None:
        frame.index = index
    return frame


def _distinct(values: pa.Array, regions: pa.Array | None) -> tuple[pa.Array, pa.Array | None, pa.Array | None]:
    """Distinct values with their regions, and each row's place among them (None: each row is its own)."""
    encoded = values.dictionary_encode(null_encoding="encode")
    if regions is None:
        return encoded.dictionary, None, None if len(encoded.dictionary) == len(values) else encoded.indices
    own = regions.dictionary_encode(null_encoding="encode")
    width = len(own.dictionary)
    codes = encoded.indices.to_numpy().astype(np.int64) * width + own.indices.to_numpy()
    pairs = pa.array(codes).dictionary_encode()
    distinct = pairs.dictionary.to_numpy()
    if len(distinct) == len(values):
        return values, regions, None
    first, second = pa.array(distinct // max(width, 1)), pa.array(distinct % max(width, 1))
    return encoded.dictionary.take(first), own.dictionary.take(second), pairs.indices


def _joined(issues: Mapping[str, Mask], count: int) -> pa.Array:
    """The codes of each value's issues, joined by ``"; "``; each combination is spelt once."""
    combination = np.zeros(count, np.int64)
    for place, mask in enumerate(issues.values()):  # no kernel has more issues than an integer has bits
        combination |= np.asarray(mask, np.int64) << place
    encoded = pa.array(combination).dictionary_encode()
    codes = list(issues)
    texts = [
        "; ".join(code for place, code in enumerate(codes) if number >> place & 1)
        for number in encoded.dictionary.to_pylist()
    ]
    return pa.array(texts, TEXT).take(encoded.indices)
