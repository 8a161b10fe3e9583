"""Coded columns: a compare form as int32 codes per record plus the distinct values the codes stand for.

Everything after ``encode`` works on these codes. Code 0 is always "missing" and ``values[0]`` is always ``""``, so a
table indexed by code needs no mask. Codes are numbered by first appearance and mean nothing outside their form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.kernels import kernel
from crmclean.tables.batch import as_text
from crmclean.tables.distinct import distinct_texts
from crmclean.tables.evidence import TEXT
from crmclean.tables.hashes import hash_texts, mix

__all__ = [
    "Form",
    "Ints",
    "code_first",
    "code_texts",
    "combine_codes",
    "first_text",
    "hash_texts",
    "join_texts",
    "letter_masks",
    "mix",
    "pool_forms",
    "present",
]

Ints = np.ndarray[Any, Any]
Kernel = Callable[[pa.Array], pa.Array]


_NO_VALUE = frozenset(
    {
        *("n a", "none", "null", "unknown", "not available", "not applicable", "not provided", "no name", "tbd"),
        *("test", "xxx", "blank", "undefined", "missing"),
    }
)


_GLANCE = 1 << 14  # values looked at to see how many are distinct


@dataclass(frozen=True)
class Form:
    """One compare form of one field.

    Attributes
    ----------
    codes : int32 array, shape (n,) or (k, n)
        Code per record, 0 = missing. A *pool* (several interchangeable columns, such as all telephone numbers) has
        one row per column.
    values : pyarrow.LargeStringArray
        The distinct values; ``values[0]`` is ``""``.
    of_parent : int32 array, optional
        For a derived form: the code of each code of the form it was derived from.
    """

    codes: Ints
    values: pa.LargeStringArray
    of_parent: Ints | None = None

    @property
    def size(self) -> int:
        """Number of codes, the missing one included."""
        return len(self.values)

    @property
    def is_empty(self) -> bool:
        """No record has a value."""
        return self.size <= 1

    def derive(self, kernel: Kernel) -> Form:
        """The form of ``kernel`` of each distinct value; ``kernel`` is called once, on distinct values."""
        return self.recode(kernel(self.values))

    def recode(self, derived: pa.Array) -> Form:
        """A form whose distinct values are replaced one for one by ``derived`` (equal ones merge)."""
        indices, values = distinct_texts(derived)
        indices[0] = 0
        return Form(indices.take(self.codes), values, indices)

    def take(self, records: Ints) -> Form:
        """The same form with the records in another order."""
        return replace(self, codes=self.codes.take(records, axis=-1))

    def counts(self) -> Ints:
        """int64 number of records carrying each code (a pool counts a record once per column)."""
        return np.bincount(self.codes.ravel(), minlength=self.size)


def code_texts(columns: Sequence[pa.Array], kernel: Kernel) -> Form:
    """Code one column (codes of shape (n,)) or a pool of columns (codes of shape (k, n)) under one dictionary."""
    texts = [as_text(column) for column in columns]
    whole = texts[0] if len(texts) == 1 else pa.concat_arrays(texts)
    shape = (len(texts[0]),) if len(texts) == 1 else (len(texts), len(texts[0]))
    if _are_mostly_distinct(whole):
        codes, values = distinct_texts(kernel(pc.fill_null(whole, "")))
        return Form(codes.reshape(shape), values)
    codes, values = distinct_texts(whole)
    return replace(Form(codes.reshape(shape), values).derive(kernel), of_parent=None)


def code_first(columns: Sequence[pa.Array], kernel: Kernel) -> Form:
    """``code_texts`` of ``first_text`` of the columns; a single one has only distinct values searched for blanks."""
    if len(columns) > 1:
        return code_texts([first_text(columns)], kernel)
    return code_texts(columns, lambda values: kernel(pc.fill_null(first_text([values]), "")))


def pool_forms(forms: Sequence[Form]) -> Form:
    """The records of several forms under one dictionary; codes of shape (k, n)."""
    shared = code_texts([pa.concat_arrays([form.values for form in forms])], lambda values: values)
    start, rows = 0, []
    for form in forms:
        rows.append(np.atleast_2d(shared.codes[start : start + form.size].take(form.codes)))
        start += form.size
    return Form(np.concatenate(rows), shared.values)


def _are_mostly_distinct(texts: pa.LargeStringArray) -> bool:
    """Whether about half of many values or more are distinct: finding those costs more than the kernel saves then.

    Of ``s`` values drawn from ``d`` equally frequent ones, about ``s * s / 2d`` are repeats. It does not matter for the
    codes whether the guess is right.
    """
    if len(texts) < 8 * _GLANCE:
        return False
    spread = pa.array(np.arange(_GLANCE) * (len(texts) // _GLANCE))
    repeats = _GLANCE - len(pc.unique(texts.take(spread)))
    return repeats * len(texts) < _GLANCE * _GLANCE


def combine_codes(first: Ints, second: Ints, second_size: int) -> Ints:
    """int64 code of a conjunction; 0 where either part is missing."""
    joint: Ints = first.astype(np.int64) * second_size + second
    joint[(first == 0) | (second == 0)] = 0
    return joint


def first_text(columns: Sequence[pa.Array]) -> pa.LargeStringArray:
    """Row by row the first value that is neither null nor blank."""
    filled = [
        pc.if_else(pc.equal(pc.utf8_trim_whitespace(column), ""), None, column) for column in map(as_text, columns)
    ]
    return as_text(filled[0] if len(filled) == 1 else pc.coalesce(*filled))


def join_texts(columns: Sequence[pa.Array], separator: str = " ") -> pa.LargeStringArray:
    """Row by row the values joined, missing ones left out; null where all are missing."""
    if len(columns) == 1:
        return as_text(columns[0])
    filled = [pc.fill_null(as_text(column), "") for column in columns]  # "skip" would drop rows of nulls altogether
    return first_text([pc.utf8_trim_whitespace(pc.binary_join_element_wise(*filled, pa.scalar(separator, TEXT)))])


def letter_masks(texts: pa.LargeStringArray) -> Ints:
    """uint64 set of the bytes of each text (byte modulo 64): two texts one edit apart differ in at most two bits.

    An edit of one ASCII character changes at most one byte and so adds at most one member and removes at most one.
    """
    texts = pc.fill_null(as_text(texts), "")
    count = len(texts)
    offsets = np.frombuffer(texts.buffers()[1], np.int64, count + 1, texts.offset * 8)
    start, size = int(offsets[0]), int(offsets[-1] - offsets[0])
    data = np.frombuffer(texts.buffers()[2], np.uint8, size, start) if size else np.zeros(0, np.uint8)
    run = kernel("letter_masks", "qBnQ")
    if run is None:
        return _plain_masks(offsets - start, data)
    masks = np.empty(count, np.uint64)
    run(offsets - start, data, count, masks)
    return masks


def _plain_masks(offsets: Ints, data: Ints) -> Ints:
    masks = np.zeros(len(offsets) - 1, np.uint64)
    filled = np.flatnonzero(np.diff(offsets))
    if len(filled):
        bits = np.uint64(1) << (data & np.uint8(63)).astype(np.uint64)
        masks[filled] = np.bitwise_or.reduceat(bits, offsets[:-1][filled])
    return masks


def present(texts: pa.Array) -> pa.Array:
    """Keys with the words for "no value" blanked out."""
    return pc.if_else(pc.is_in(texts, pa.array(sorted(_NO_VALUE), TEXT)), pa.scalar("", TEXT), texts)
