"""Yes and no, in many languages and spellings: consent columns with their polarity, and plain flags.

A consent cell says ``true`` or ``false`` *in its own column's sense*: ``Y`` under "Email Opt Out" becomes ``true``,
``Unsubscribed`` under "Marketing status" becomes ``false``. What it means, granted or denied, is the attribute
``consent``. A word we do not know is left as typed and means nothing: silence is never consent.
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.normalisers._draft import frame_of
from crmclean.ruleset.locate import rules_path
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.fields import BY_NAME
from crmclean.tables.normalised import UNKNOWN, VALID, CellOptions, Normalised

__all__ = ["consent_kernel", "flag_kernel", "normalise_consent", "normalise_flag", "yes_or_no"]

_YES, _NO, _GRANTED, _DENIED = range(4)
_SECTIONS: Final = ("yes", "no", "granted", "denied")
_NUMBER: Final = r"^[+-]?0*([01])(?:[.,]0*)?$"  # 1.0 and 0.0 of a spreadsheet


def consent_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Consent cells to ``true``/``false`` in their column's own polarity.

    Parameters
    ----------
    values : large_string array
        Distinct cells.
    options : CellOptions
        ``polarity`` (+1: yes grants, -1: yes denies; 0: that of ``field``, else +1).
    regions : optional
        Ignored.

    Returns
    -------
    Normalised
        Attribute ``consent`` is ``granted`` or ``denied``; a cell that says neither keeps its text, is unknown and has
        the issue ``consent.unclear``.
    """
    values = as_text(values)
    known = BY_NAME[options.field].polarity if options.field in BY_NAME else 0
    polarity = options.polarity or known or 1
    code = _codes(values)
    granted = (code == _GRANTED) | (code == (_YES if polarity > 0 else _NO))
    denied = (code == _DENIED) | (code == (_NO if polarity > 0 else _YES))
    truth = granted if polarity > 0 else denied
    result = _as_flags(values, truth, granted | denied, "consent.value", "consent.unclear")
    words = pa.array(np.where(granted, "granted", "denied"), TEXT)
    meaning = pc.if_else(pa.array(granted | denied), words, pa.scalar(None, TEXT))
    return replace(result, attributes={"consent": meaning})


def flag_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Plain yes/no cells to ``true``/``false``; anything else (a bounce reason, a date) is left as typed.

    Parameters
    ----------
    values : large_string array
        Distinct cells.
    options : CellOptions
        Not used.
    regions : optional
        Ignored.
    """
    values = as_text(values)
    code = _codes(values)
    return _as_flags(values, code == _YES, (code == _YES) | (code == _NO), "flag.value", "")


def normalise_consent(series: pd.Series, polarity: int = 1) -> pd.DataFrame:
    """Consent of a column: ``value`` (true/false in its own sense), ``verdict``, ``reason``, ``issues``, ``consent``.

    >>> normalise_consent(pd.Series(["Yes", "नहीं", "Unsubscribed", "maybe"]), polarity=-1).consent.fillna("?").tolist()
    ['denied', 'granted', 'denied', '?']
    """
    return frame_of(series, consent_kernel, CellOptions(polarity=polarity))


def normalise_flag(series: Any) -> pd.DataFrame:
    """Plain yes/no cells of a Series to ``true``/``false``; anything else is left as typed.

    >>> normalise_flag(["Ja", "0", "হ্যাঁ", "mailbox full"])["value"].tolist()
    ['true', 'false', 'true', 'mailbox full']
    """
    return frame_of(series, flag_kernel, CellOptions())


def yes_or_no(values: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where a cell is a word of a yes/no or consent column.

    >>> yes_or_no(pa.array(["ja", "x", "Ann", ""])).tolist()
    [True, True, False, False]
    """
    return _codes(as_text(values)) >= 0


def _as_flags(values: pa.Array, truth: Any, known: Any, reason: str, unclear: str) -> Normalised:
    canonical = pc.if_else(pa.array(known), pa.array(np.where(truth, "true", "false"), TEXT), values)
    changed = pc.fill_null(pc.not_equal(canonical, values), False)
    present = np.asarray(pc.fill_null(pc.greater(pc.binary_length(pc.utf8_trim_whitespace(values)), 0), False))
    return Normalised(
        canonical,
        pc.if_else(changed, reason, pa.scalar(None, pa.string())),
        np.where(known, VALID, UNKNOWN).astype(np.int8),
        {unclear: present & ~known} if unclear else {},
    )


# ---- words


def _codes(values: pa.LargeStringArray) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Position in `_SECTIONS` of each cell's word; -1 for any other."""
    words, sections = _table()
    folded = _folded(pc.fill_null(values, ""))
    place = pc.index_in(folded, value_set=words)
    codes: np.ndarray[Any, np.dtype[np.int32]] = sections.take(place).fill_null(-1).to_numpy()
    return codes


def _folded(text: pa.LargeStringArray) -> pa.LargeStringArray:
    """Lower case, NFKC, without spaces, punctuation, joiners and Latin accents; ``1.0`` as ``1``."""
    text = pc.replace_substring_regex(pc.utf8_trim_whitespace(text), _NUMBER, r"\1")
    if not pc.all(pc.string_is_ascii(text)).as_py():
        text = pc.utf8_normalize(text, form="NFKD")
        text = pc.replace_substring_regex(text, r"[\x{300}-\x{36F}\x{200C}\x{200D}\x{FE0E}\x{FE0F}]", "")
        text = pc.utf8_normalize(text, form="NFC")
    return pc.replace_substring_regex(pc.utf8_lower(text), r"[\s\pP]+", "")


@lru_cache(maxsize=1)
def _table() -> tuple[pa.LargeStringArray, pa.Int32Array]:
    raw = tomllib.loads(rules_path("lists/yes_no.toml").read_text(encoding="utf-8"))
    spellings = [(word, code) for code, name in enumerate(_SECTIONS) for words in raw[name].values() for word in words]
    folded = _folded(pa.array([unicodedata.normalize("NFC", word) for word, _ in spellings], TEXT)).to_pylist()
    meaning: dict[str, int] = {}
    for key, (word, code) in zip(folded, spellings, strict=True):
        if meaning.setdefault(key, code) != code:
            raise ValueError(f"yes_no.toml: {word!r} is both {_SECTIONS[meaning[key]]} and {_SECTIONS[code]}")
    return pa.array(list(meaning), TEXT), pa.array(list(meaning.values()), pa.int32())
