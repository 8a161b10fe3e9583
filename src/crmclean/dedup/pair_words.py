"""What a link rests on, in words: which comparisons agreed, which nearly did, and which differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.words import decision_words, finding_words, name_words
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import TEXT

__all__ = ["pair_reasons"]

Ints = np.ndarray[Any, np.dtype[np.int64]]

_FOUND = 2  # the first level code that is a finding


def pair_reasons(links: pa.Table, batch: Batch) -> pa.Array:
    """What links rest on, in words: "same e-mail; family name: a slip apart". One text per distinct pattern of levels.

    Where something else than the probability decided, that comes first.
    """
    found = _findings(links, batch)
    if "decided_by" not in links.schema.names or not links.num_rows:
        return found
    deciders = links["decided_by"].combine_chunks().cast(TEXT).dictionary_encode()
    words = ["" if name == "model" else decision_words(name) for name in deciders.dictionary.to_pylist()]
    decided = pa.array(words, TEXT).take(deciders.indices)
    both = pc.binary_join_element_wise(decided, found, pa.scalar("; ", TEXT))
    return pc.if_else(pc.equal(decided, ""), found, pc.utf8_rtrim(both, "; "))


def _findings(links: pa.Table, batch: Batch) -> pa.Array:
    """Which comparisons agreed, nearly did, and differ."""
    named = {**batch.facts.get("look_again", {}).get("levels", {}), **batch.facts.get("dedup", {}).get("levels", {})}
    levels = [name for name in links.schema.names if name.startswith("level_")]
    if not levels or not links.num_rows:
        return pa.array([""] * links.num_rows, TEXT)
    columns = [pc.fill_null(links[name], 0).to_numpy() for name in levels]
    # missing on one side or on both is no word, and halves the patterns many times over
    columns = [np.where(codes < _FOUND, 0, codes) for codes in columns]
    first, inverse = _distinct_rows(columns)
    patterns = zip(*(codes[first].tolist() for codes in columns), strict=True)
    texts = [_words({name[6:]: code for name, code in zip(levels, row, strict=True)}, named) for row in patterns]
    return pa.array(texts, TEXT).take(pa.array(inverse))


def _distinct_rows(columns: Sequence[Ints]) -> tuple[Ints, Ints]:
    """A row of each distinct combination of small numbers, and for each row the place of its combination."""
    combined = np.zeros(len(columns[0]), np.int64)
    size = 1
    for codes in columns:
        width = int(codes.max(initial=0)) + 1
        if size > (1 << 62) // width:  # number the combinations met so far anew
            encoded = pa.array(combined).dictionary_encode()
            combined, size = encoded.indices.to_numpy().astype(np.int64), len(encoded.dictionary)
        combined = combined * width + codes
        size *= width
    encoded = pa.array(combined).dictionary_encode()
    inverse = encoded.indices.to_numpy().astype(np.int64)
    first = np.empty(len(encoded.dictionary), np.int64)
    first[inverse[::-1]] = np.arange(len(inverse))[::-1]
    return first, inverse


def _words(codes: Mapping[str, int], named: Mapping[str, Sequence[str]]) -> str:
    """The comparison levels of one pair in words: what is the same, what is alike, and what differs."""
    same, alike, differs = [], [], []
    for name, code in codes.items():
        level = named[name][code] if name in named and code < len(named[name]) else "both_missing"
        label = name_words(name)
        if level == "exact":
            same.append(f"same {label}")
        elif level == "different":
            differs.append(f"different {label}")
        elif level not in ("both_missing", "one_missing"):
            alike.append(f"{label}: {finding_words(name, level)}")
    return "; ".join([*same, *alike, *differs])
