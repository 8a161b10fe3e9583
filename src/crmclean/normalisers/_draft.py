"""What the kernels of this package share: a result in the making, each value's region, and the Series wrapper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT, VERDICTS
from crmclean.tables.normalised import UNKNOWN, CellOptions, Kernel, Normalised

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
    index = series.index if isinstance(series, pd.Series) else None
    table = {"value": as_text(series)}
    if regions is not None:
        table["region"] = as_text(regions)
    rows = pa.table(table)
    names = list(table)
    distinct = rows.group_by(names, use_threads=False).aggregate([])
    places = _positions(rows, distinct, names)
    own = as_text(distinct["region"]) if regions is not None else None
    found = kernel(as_text(distinct["value"]), options, own).take(places)
    words = np.array(VERDICTS, object)[found.verdict]
    columns: dict[str, Any] = {
        "value": found.value.to_pandas(),
        "verdict": words,
        "reason": found.reason.to_pandas(),
        "issues": _joined(found.issues, len(words)),
    }
    columns |= {name: values.to_pandas() for name, values in found.attributes.items()}
    frame = pd.DataFrame(columns)
    if index is not None:
        frame.index = index
    return frame


def _positions(rows: pa.Table, distinct: pa.Table, names: list[str]) -> pa.Array:
    """For each row the position of its distinct combination."""
    codes = np.zeros(rows.num_rows, np.int64)
    own = np.zeros(distinct.num_rows, np.int64)
    for name in names:
        both = pa.chunked_array([*rows[name].chunks, *distinct[name].chunks]).combine_chunks()
        encoded = both.dictionary_encode(null_encoding="encode")
        part = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        size = len(encoded.dictionary)
        codes = codes * size + part[: rows.num_rows]
        own = own * size + part[rows.num_rows :]
    order = np.argsort(own, kind="stable")
    return pa.array(order[np.searchsorted(own[order], codes)])


def _joined(issues: Mapping[str, Mask], count: int) -> Any:
    text = np.full(count, "", object)
    for code, mask in issues.items():
        text[mask] = [f"{old}; {code}" if old else code for old in text[mask]]
    return text
