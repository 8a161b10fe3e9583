"""Personal names: case, order, decoration, parts, and whether it is a name at all.

A correct name keeps every letter, mark and joiner. Case is repaired only where the source has none or shouts.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import text
from crmclean.normalisers._draft import Draft, Mask, cut_off, frame_of, matches, regions_of
from crmclean.normalisers._name_case import repair_case
from crmclean.normalisers._name_junk import judge
from crmclean.normalisers._name_parts import NameParts, natural_order, split_name
from crmclean.normalisers._wordlists import alternation, word_list
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import CellOptions, Normalised

__all__ = ["name_kernel", "normalise_name"]

_WORDS = "lists/name_words.toml"
_STOPS = r" -&(-,/-@\[-`{-~\x{0}-\x{1f}\x{7f}-\x{bf}،，、؛（）“”„«»…"
_TOKEN = rf"[^{_STOPS}'’.-][^{_STOPS}]*"
_TWO = rf"^{_TOKEN} {_TOKEN}$"
_THREE = rf"^{_TOKEN} {_TOKEN} {_TOKEN}$"
_FAMILY_GIVEN = rf"^[^{_STOPS}'’.-][^{_STOPS}.]+, ?[^{_STOPS}'’.-][^{_STOPS}.]+$"
_LOUD = r"^(?:\p{Lu}{2,}[ '’-])*\p{Lu}{4,} \p{Lu}\p{Ll}"  # DUPONT Jean
_EAST = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"
_STRAY = r"^[\s,;|*.\p{Pd}]+|[\s,;|*،，\p{Pd}]+$"
_QUOTED = r"^(?:\"[^\"“”]+\"|“[^\"“”]+”|„[^\"“”„]+“|«[^«»]+»|'[^'’‘]+'|‘[^'’‘]+’)$"


def name_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Normalise distinct values of one name column; ``options.field`` says which.

    Value: case, spacing, order (``full_name`` only) and decoration put right. Attributes of ``full_name``: ``given``,
    ``middle``, ``family``, ``prefix``, ``suffix``; of any field ``email``, where the cell holds one. Verdict: valid
    for a plausible name, invalid for a filler, a bare e-mail address or a phone number, unknown otherwise.
    """
    draft = Draft(values)
    places = regions_of(len(draft.original), options, regions)
    kind = options.field or "full_name"
    draft.replace(_kept_long(draft, text.squash_spaces(draft.value)), "text.spaces")
    _undecorate(draft)
    _close_up(draft)
    hopeless = judge(draft, kind)
    mixed = hopeless | draft.issues.get(
        "name.email_in_name", False
    )  # a name beside an address is read, never rewritten
    if kind == "full_name":
        _reorder(draft, places, ~mixed)
    if options.case == "repair":
        repair_case(draft, kind, places, ~mixed)
    if kind == "full_name":
        _write_parts(
            draft, places, ~hopeless & ~draft.issues.get("name.company_in_name", np.zeros(len(hopeless), bool))
        )
    return draft.finish()


def normalise_name(series: Any, field: str = "full_name", region: str = "", regions: Any = None) -> pd.DataFrame:
    """Normalise a Series of names.

    >>> normalise_name(["JOHN O'BRIEN", "Smith, Jane"])[["value", "given", "family"]].values.tolist()
    [["John O'Brien", 'John', "O'Brien"], ['Jane Smith', 'Jane', 'Smith']]
    """
    return frame_of(series, name_kernel, CellOptions(field=field, region=region), regions)


def _kept_long(draft: Draft, new: pa.Array) -> pa.Array:
    """``new`` for the cells short enough to be worked on, the old value for the others."""
    return new if draft.workable.all() else pc.if_else(pa.array(draft.workable), new, draft.value)


@functools.lru_cache(maxsize=1)
def _decorations() -> str:
    bracketed = alternation(word_list(_WORDS, "decoration.bracketed"))
    dashed = alternation(word_list(_WORDS, "decoration.dashed"))
    return rf"(?i)(?:\s*[(\[{{<]\s*(?:{bracketed})\s*[)\]}}>]|\s+[-–—]+\s*(?:{dashed}))+$"


def _undecorate(draft: Draft) -> None:
    """Drop ``(deleted)``, `` - USD`` and stray commas; never so much that nothing is left."""
    value = draft.value
    mask = draft.workable & (draft.matches(_decorations()) | draft.matches(_STRAY) | draft.matches(_QUOTED))
    if not mask.any():
        return
    some = value.filter(pa.array(mask))
    for _ in range(3):
        some = pc.replace_substring_regex(some, _STRAY, "")
        quoted = pa.array(matches(some, _QUOTED))
        some = pc.if_else(quoted, pc.utf8_slice_codeunits(some, 1, -1), some)
        some = pc.replace_substring_regex(some, _decorations(), "")
    some = pc.replace_substring_regex(some, _STRAY, "")
    some = pc.if_else(matches_any_letter(some), some, value.filter(pa.array(mask)))
    draft.replace(pc.replace_with_mask(value, pa.array(mask), some), "name.decoration")


def matches_any_letter(values: pa.Array) -> pa.Array:
    """Arrow boolean array: where a value still holds a letter."""
    return pa.array(matches(values, r"\p{L}"))


def _close_up(draft: Draft) -> None:
    """``O' Brien`` and ``D' Angelo`` without the gap."""
    gap = r"(^|[ -])([OoDd]['’]) +(\p{L})"
    mask = draft.workable & draft.matches(gap)
    if mask.any():
        closed = pc.replace_substring_regex(draft.value, gap, r"\1\2\3")
        draft.replace(pc.if_else(pa.array(mask), closed, draft.value), "name.spacing")


def _reorder(draft: Draft, places: pa.Array, wanted: Mask) -> None:
    mask = wanted & draft.workable & draft.matches(r"^[^,،，]+[,،，][^,،，]+$")
    if mask.any():  # what is left of a name must not begin or end with a stray mark
        mask &= draft.matches(r"[^\p{Pd}\s]\s*[,،，]\s*[\pL\pM'’ʼ(\"“]")
    if not mask.any():
        return
    simple = mask & draft.matches(_FAMILY_GIVEN) & ~draft.matches(_special()) & ~draft.matches(_no_given())
    if simple.any():
        words = pc.list_flatten(pc.split_pattern_regex(draft.value.filter(pa.array(simple)), ", ?"))
        family, given = (words.take(pa.array(np.arange(place, len(words), 2))) for place in (0, 1))
        turned = pc.binary_join_element_wise(given, family, pa.scalar(" ", TEXT))
        draft.replace(pc.replace_with_mask(draft.value, pa.array(simple), turned), "name.order")
    mask &= ~simple
    if mask.any():
        codes = places.to_pylist()
        draft.replace_where(mask, lambda place, value: natural_order(value, codes[place]), "name.order")


@functools.lru_cache(maxsize=1)
def _special() -> str:
    """Names with a word that needs more thought than its place: honorifics, degrees, particles, Vietnamese surnames."""
    keys = (
        "prefix.written",
        "prefix.after",
        "suffix.anywhere",
        "case.particles",
        "case.conjunctions",
        "suffix.before_family",
    )
    words = frozenset(word.lower() for key in keys for word in word_list(_WORDS, key))
    first = frozenset(word.lower() for word in word_list(_WORDS, "case.vietnamese"))
    begins = rf"^(?:{alternation(first)}|abdul|abdel|abd|abu|عبد|ابو|أبو) "
    begins += r"|[a-z]\.[a-z]{1,2}\.?$| [a-z]\.?$| vi$|вич$|вна$|ична$|[а-яёіїєґ]\.$"
    return rf"(?i)(?:^|[ .-])(?:{alternation(words)}|m|y|i)\.?(?: |$)|{begins}|{_EAST}"


@functools.lru_cache(maxsize=1)
def _no_given() -> str:
    """Where the word after the comma is no given name: a post, a degree, a particle."""
    keys = (
        "order.no_names",
        "suffix.after_comma",
        "suffix.anywhere",
        "prefix.written",
        "case.particles",
        "case.articles",
    )
    words = frozenset(word.lower() for key in keys for word in word_list(_WORDS, key))
    return rf"(?i)^(?:{alternation(words)}),|, ?(?:{alternation(words)}|y|o|or)$"


def _write_parts(draft: Draft, places: pa.Array, plausible: Mask) -> None:
    """Split full names: plain ones by pattern, all at once; the rest one distinct value each."""
    wanted = draft.workable & plausible
    ordered = sorted(word_list(_WORDS, "order.family_first") | word_list(_WORDS, "order.two_families"))
    own_order = np.asarray(pc.is_in(places, pa.array(ordered, TEXT)))
    core, prefix = _without_honorific(draft, wanted & ~own_order)
    plain = wanted & ~own_order & ~matches(core, _special()) & ~matches(core, _LOUD)
    found = {name: pa.nulls(len(draft.value), TEXT) for name in NameParts._fields}
    rest = wanted.copy()
    for pattern, parts in ((_TWO, ("given", "family")), (_THREE, ("given", "middle", "family"))):
        hit = plain & matches(core, pattern)
        rest &= ~hit
        words = pc.list_flatten(pc.split_pattern(core.filter(pa.array(hit)), " "))
        for place, part in enumerate(parts):
            own = words.take(pa.array(np.arange(place, len(words), len(parts))))
            found[part] = pc.replace_with_mask(found[part], pa.array(hit), own)
    found["prefix"] = pc.if_else(pa.array(wanted & ~rest), prefix, found["prefix"])
    _split_rest(draft, rest, places, found)
    for name, values in found.items():
        draft.attribute(name, values)


@functools.lru_cache(maxsize=1)
def _honorific() -> str:
    plain = word_list(_WORDS, "prefix.written") - word_list(_WORDS, "prefix.doubtful")
    return rf"(?i)^(?:{alternation(frozenset(word.lower() for word in plain))})\.? "


def _without_honorific(draft: Draft, wanted: Mask) -> tuple[pa.Array, pa.Array]:
    """The names without one plain honorific in front, and the honorifics."""
    prefix = pa.nulls(len(draft.value), TEXT)
    mask = pa.array(wanted & draft.matches(_honorific()))
    some = draft.value.filter(mask)
    if not len(some):
        return draft.value, prefix
    left = pc.replace_substring_regex(some, _honorific(), "")
    heads = pc.utf8_rtrim_whitespace(cut_off(some, left, behind=False))
    return pc.replace_with_mask(draft.value, mask, left), pc.replace_with_mask(prefix, mask, heads)


def _split_rest(draft: Draft, rest: Any, places: pa.Array, found: dict[str, pa.Array]) -> None:
    positions = np.flatnonzero(rest)
    if not len(positions):
        return
    index = pa.array(positions)
    pairs = zip(draft.value.take(index).to_pylist(), places.take(index).to_pylist(), strict=True)
    parts = [split_name(value, region) for value, region in pairs]
    mask = pa.array(rest)
    for place, name in enumerate(NameParts._fields):
        found[name] = pc.replace_with_mask(found[name], mask, pa.array([part[place] for part in parts], TEXT))
