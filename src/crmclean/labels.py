"""Labels: pairs of records that a person has judged, read from a file or a frame.

A table with a row for each pair: the ids of its two records (``left`` and ``right``, or ``record_id_l`` and
``record_id_r`` as in ``review.csv``) and what was judged (``match``, or ``judgement``): yes or no, same or different.
Rows with nothing judged, or ``unsure``, say nothing; so the ``review.csv`` of a run, filled in, is a file of labels.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.judgements import Judgements
from crmclean.errors import InputUnreadable, UsageError
from crmclean.files.read import read_source
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.frames import is_frame

__all__ = ["Labels", "read_labels"]

if TYPE_CHECKING:
    import pandas as pd

Labels: TypeAlias = "Judgements | pd.DataFrame | str | os.PathLike[str]"

_PAIRS = (
    ("left", "right"),
    ("record_id_l", "record_id_r"),
    ("crmclean_record_id_l", "crmclean_record_id_r"),
    ("id_l", "id_r"),
)
_VERDICTS = ("match", "judgement", "same", "label")
_SAME = ("yes", "y", "true", "1", "1.0", "same", "match", "duplicate")
_DIFFERENT = ("no", "n", "false", "0", "0.0", "different", "distinct", "non_match")
_NOTHING = ("", "unsure", "?")


def read_labels(labels: Labels) -> Judgements:
    """The judged pairs of a file or frame.

    Raises
    ------
    InputError
        The file is missing, or a verdict is no word for yes or no.
    UsageError
        It has no columns for two ids and a verdict.
    """
    if isinstance(labels, Judgements):
        return labels
    if is_frame(labels):
        name = "the table of labels"
        table = pa.table({str(column): _texts(labels[column]) for column in labels.columns})
    else:
        source = read_source(cast("str | os.PathLike[str]", labels), has_header=True)
        name, table = source.name, source.table
    names = table.schema.names
    couple = next((pair for pair in _PAIRS if set(pair) <= set(names)), None)
    verdict = next((item for item in _VERDICTS if item in names), None)
    if couple is None or verdict is None:
        raise UsageError(
            f"{name} has no columns for two record ids and a judgement ({', '.join(names[:12])})",
            hint="left,right,match",
        )
    left, right, words = (
        pc.utf8_trim_whitespace(pc.fill_null(as_text(table[item]), "")) for item in (*couple, verdict)
    )
    said = _verdicts(pc.utf8_lower(words), name)
    told = np.flatnonzero(said >= 0)
    one, other = (side.take(pa.array(told)).to_pylist() for side in (left, right))
    return Judgements(one, other, (said[told] == 1).tolist(), name)


def _texts(column: pd.Series[Any]) -> pa.LargeStringArray:
    """Row numbers that an empty cell has turned into floats are whole numbers still."""
    if column.dtype.kind == "f" and not (column.dropna() % 1).any():
        column = column.astype("Int64")
    return pa.array(column.astype(object).where(column.notna(), "").astype(str), TEXT)


def _verdicts(words: pa.Array, name: str) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    """1 = the same, 0 = different, -1 = nothing said."""
    said = np.full(len(words), -2, np.int8)
    for value, meaning in ((1, _SAME), (0, _DIFFERENT), (-1, _NOTHING)):
        said[np.asarray(pc.is_in(words, value_set=pa.array(meaning, TEXT)), bool)] = value
    if (said == -2).any():
        row = int(np.argmax(said == -2))
        raise InputUnreadable(
            f"{name}, pair {row + 1}: {words[row].as_py()!r} is no judgement", hint="yes or no (or nothing, if unsure)"
        )
    return said
