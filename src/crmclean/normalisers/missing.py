"""Words that stand for nothing: "n/a", "not provided", "keine Angabe", "ندارد" and the like become an empty cell.

Which words count depends on the kind of column (`rules/lists/missing.toml`): "None" is nothing in a phone column, may
be an answer in a picklist, and is somebody's family name in a name column.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.lists import read_toml
from crmclean.normalisers._draft import Draft, frame_of
from crmclean.tables.evidence import TEXT
from crmclean.tables.fields import BY_NAME, Kind, kind_of
from crmclean.tables.normalised import CellOptions, Normalised
from crmclean.text import map_subset, mask_of

__all__ = ["blank_missing", "missing_kernel"]

_LONGEST = 40  # characters, of four bytes at most; no placeholder is longer
_NEVER = (Kind.ID, Kind.NOTE, Kind.TEXT)
_PROPER_NAMES = (Kind.NAME, Kind.CITY, Kind.REGION, Kind.PERSON)  # Nan is a town, too
_SHELL = r"^[\s\pZ\"'`“”‘’(\[<{,;|*\p{Pd}]+|[\s\pZ\"'`“”‘’)\]>}.!,;|*\p{Pd}]+$"


def missing_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Cells with placeholder words emptied (reason ``missing.placeholder``); ``regions`` is ignored.

    ``options.field`` decides which words count; ``options.missing`` adds words in any kind but ids. Ids, free text and
    unmapped columns are never emptied, except by a word of ``options.missing`` in free text.
    """
    draft = Draft(values)
    kind = kind_of(options.field) if options.field in BY_NAME else Kind.TEXT
    words = _words(kind if options.field else None, frozenset(options.missing))
    if not len(words) or not len(draft.value):
        return draft.finish()
    short = mask_of(pc.less_equal(pc.binary_length(draft.value), 4 * _LONGEST))
    folded = _fold(map_subset(draft.value, pa.array(~short), lambda part: pa.repeat(pa.scalar("", TEXT), len(part))))
    found = mask_of(pc.is_in(folded, value_set=words))
    left = np.flatnonzero(~found & short)
    bare = pc.replace_substring_regex(folded.take(pa.array(left)), _SHELL, "")
    found[left] = mask_of(pc.and_(pc.is_in(bare, value_set=words), pc.greater(pc.binary_length(bare), 0)))
    draft.replace(pc.if_else(pa.array(found & draft.present), pa.scalar("", TEXT), draft.value), "missing.placeholder")
    return draft.finish()


def blank_missing(series: Any, field: str = "", missing: frozenset[str] = frozenset()) -> pd.DataFrame:
    """A Series with its placeholder words emptied.

    Without a field every word of the lists counts but those that may be names.

    >>> blank_missing(pd.Series(["N/A", "Ann", "(unknown)", "keine Angabe", "Null"]), "last_name")["value"].tolist()
    ['', 'Ann', '', '', 'Null']
    """
    return frame_of(series, missing_kernel, CellOptions(field=field, missing=missing))


def _fold(values: pa.Array) -> pa.Array:
    """Lower case, outer spaces gone, inner runs of space single."""
    lowered = pc.utf8_trim_whitespace(pc.utf8_lower(values))
    doubled = pc.match_substring_regex(lowered, r"[\s\pZ]{2}|[\t\n\x{A0}]")
    return map_subset(lowered, doubled, lambda part: pc.replace_substring_regex(part, r"[\s\pZ]+", " "))


@functools.lru_cache(maxsize=64)
def _words(kind: Kind | None, added: frozenset[str]) -> pa.Array:
    """The words that stand for nothing in a kind of column; None for a Series of no known kind."""
    lists = read_toml("missing.toml")
    if kind is None or kind is Kind.NAME:
        words = {*lists["always"], *lists["names"]}
    elif kind in _NEVER:
        words = set()
    elif str(kind) in lists["answers"]:
        words = {*lists["always"], *lists["nothing"].get(str(kind), ())}
    else:
        words = {*lists["always"], *lists["values"]}
    if kind is None or kind in _PROPER_NAMES:
        words -= {*lists["maybe_names"]}
    if kind is not Kind.ID:
        words |= added | {word.lower() for word in added}
    return pa.array(sorted(words), TEXT)
