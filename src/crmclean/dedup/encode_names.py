"""The compare forms of people's names: given, family and middle name, their parts, generation and sex."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.forms import Form, Ints, code_texts, first_text, join_texts, pool_forms, present
from crmclean.keys import names
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.text import map_subset, match_key

__all__ = ["forms_of_names"]


_PARTS = ("first_name", "last_name", "middle_name")
_LEADING = r"^(?P<name>(?:\S )+\S{2,})(?: (?P<middle>.*))?$"  # initials and the first word after them
_TRAILING = r"^(?:(?P<middle>.*) )?(?P<name>\S{2,}(?: \S)+)$"  # the last word before initials, and them
_HOLDERS = ("last_name", "full_name", "first_name")  # of names and what stands with them

Coded = Mapping[str, Sequence[Form]]


def forms_of_names(used: dict[str, list[pa.Array]], count: int) -> dict[str, Form]:
    """Names, their parts, and what columns say about generation and sex; each column of names is coded once."""
    coded = {name: [code_texts([column], _same) for column in used.get(name, [])] for name in _HOLDERS}
    return _name_forms(used, coded, count) | _name_marks(used, coded)


def _same(values: pa.Array) -> pa.Array:
    return values


def _name_forms(used: dict[str, list[pa.Array]], coded: Coded, count: int) -> dict[str, Form]:
    """Given and family names under one shared dictionary, so that swapped ones can be recognised by their codes."""
    given, family, middle = (_name_form(coded.get(name), used.get(name)) for name in _PARTS)
    given, family, middle = _split_full_names(used, count, given, family, middle)
    if middle is not None:
        given, middle = _with_initials(given, middle, _LEADING, ahead=True)
        family, middle = _with_initials(family, middle, _TRAILING, ahead=False)
    named = {name: form for name, form in (("given", given), ("family", family)) if form is not None}
    forms: dict[str, Form] = {}
    if named:
        shared = pool_forms(list(named.values()))
        forms = {name: Form(row, shared.values) for name, row in zip(named, shared.codes, strict=True) if row.any()}
    if middle is not None:
        forms["middle"] = middle
    return forms | _name_parts(forms)


def _name_form(coded: Sequence[Form] | None, columns: list[pa.Array] | None) -> Form | None:
    if not columns:
        return None
    form = coded[0] if coded and len(coded) == 1 else code_texts([join_texts(columns)], _same)
    return replace(form.derive(lambda values: present(names.name_key(values))), of_parent=None)


def _split_full_names(
    used: dict[str, list[pa.Array]], count: int, given: Form | None, family: Form | None, middle: Form | None
) -> tuple[Form | None, Form | None, Form | None]:
    """Records without given and family name take theirs from the full name (or a given-name column holding it all)."""
    missing = np.ones(count, bool)
    for form in (given, family):
        if form is not None:
            missing &= form.codes == 0
    whole = used.get("full_name")
    if family is None and given is not None and not whole:
        whole, missing, given = used["first_name"], np.ones(count, bool), None
    elif given is None and family is not None and not whole:
        whole, missing, family = used["last_name"], np.ones(count, bool), None
    if not whole or not missing.any():
        return given, family, middle
    raw = code_texts([first_text(whole)], _same)
    parts = [raw.recode(present(as_text(part))) for part in names.split_name(raw.values)]
    merged = [_overlay(old, new, missing) for old, new in zip((given, middle, family), parts, strict=True)]
    return merged[0], merged[2], merged[1]


def _overlay(old: Form | None, new: Form, where: Ints) -> Form:
    """``old`` with the records ``where`` taken from ``new`` (where ``old`` has nothing)."""
    if old is None:
        return Form(np.where(where, new.codes, 0).astype(np.int32), new.values)
    both = code_texts([pa.concat_arrays([old.values, new.values])], _same)
    taken = np.where(where & (old.codes == 0), both.codes[old.size :][new.codes], both.codes[: old.size][old.codes])
    return Form(taken.astype(np.int32), both.values)


def _with_initials(name: Form | None, middle: Form, pattern: str, *, ahead: bool) -> tuple[Form | None, Form]:
    """Initials at the outer end of a name, with the word beside them: ``S. Lakshmi Narayanan`` goes by Lakshmi.

    In South India the initial is the father's or a place's name, before the own name or behind it, and elsewhere
    (``J. Edgar``) whoever has one there goes by the next name. A name that is nothing but initials so takes a word of
    the middle name, which keeps the rest.
    """
    if name is None:
        return name, middle
    alone = pc.match_substring_regex(name.values, r"^\S(?: \S)*$").to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(alone[name.codes] & (middle.codes > 0))
    if not len(rows):
        return name, middle
    pairs, place = np.unique(name.codes[rows].astype(np.int64) * middle.size + middle.codes[rows], return_inverse=True)
    sides = name.values.take(pa.array(pairs // middle.size)), middle.values.take(pa.array(pairs % middle.size))
    texts = pc.binary_join_element_wise(*(sides if ahead else sides[::-1]), pa.scalar(" ", TEXT))
    found = pc.extract_regex(texts, pattern)
    said = np.asarray(found.is_valid(), bool)[place]
    rows, place = rows[said], place[said]
    own, rest = (pc.fill_null(pc.struct_field(found, part), "").take(pa.array(place)) for part in ("name", "middle"))
    return _replaced(name, rows, own), _replaced(middle, rows, rest)


def _replaced(form: Form, rows: Ints, texts: pa.Array) -> Form:
    """A form with other texts in some records."""
    new = code_texts([pa.concat_arrays([form.values, as_text(texts)])], _same)
    codes = new.codes[: form.size][form.codes]
    codes[rows] = new.codes[form.size :]
    held = np.zeros(new.size, bool)
    held[codes] = held[0] = True
    return Form((np.cumsum(held) - 1).astype(np.int32)[codes], new.values.filter(pa.array(held)))


def _name_marks(used: dict[str, list[pa.Array]], coded: Coded) -> dict[str, Form]:
    """Generation (jr, sr, ii ...) and sex as far as the columns say."""
    forms = {}
    # a generation is read behind a name: in a column of its own it has none before it
    some_name, space = pa.scalar("x", TEXT), pa.scalar(" ", TEXT)
    alone = [pc.binary_join_element_wise(some_name, as_text(column), space) for column in used.get("suffix", [])]
    holders = [form.derive(_generation) for name in _HOLDERS for form in coded[name]]
    holders = [*(code_texts([column], _generation) for column in alone), *holders]
    if holders:
        forms["suffix"] = _first_of_pool(pool_forms(holders))
    sexes = [code_texts([column], _sex) for column in used.get("gender", [])]
    sexes += [code_texts([column], names.honorific_sex) for column in used.get("salutation", [])]
    sexes += [form.derive(names.honorific_sex) for name in ("full_name", "first_name") for form in coded[name]]
    sexes = [form for form in sexes if not form.is_empty]
    if sexes:
        texts = first_text([form.values.take(pa.array(form.codes)) for form in sexes])
        forms["sex"] = code_texts([texts], _same)
    return forms


def _generation(texts: pa.Array) -> pa.Array:
    """``names.name_suffix``, and "i" for a name that ends in a bare I (the first, or an initial; harmless)."""
    found, bare = names.name_suffix(texts), pc.ascii_rtrim(texts, "\t\n\f\r ")
    asked = pc.and_(pc.equal(found, ""), pc.or_(pc.ends_with(bare, " I"), pc.ends_with(bare, " i")))
    return map_subset(found, asked, lambda part: _bare_first(texts.filter(asked)))


def _bare_first(texts: pa.Array) -> pa.Array:
    named = pc.match_substring_regex(texts, r"(?i)^\pL{2,}.* I\s*$")
    return pc.if_else(named, pa.scalar("i", TEXT), pa.scalar("", TEXT))


def _sex(texts: pa.Array) -> pa.Array:
    key = match_key(texts)
    male = pc.is_in(key, pa.array(["m", "male", "man", "mr", "masculine", "herr", "homme", "hombre"], TEXT))
    female = pc.is_in(
        key, pa.array(["f", "female", "woman", "w", "mrs", "ms", "feminine", "frau", "femme", "mujer"], TEXT)
    )
    return pc.if_else(male, pa.scalar("m", TEXT), pc.if_else(female, pa.scalar("f", TEXT), pa.scalar("", TEXT)))


def _first_of_pool(pool: Form) -> Form:
    codes = np.atleast_2d(pool.codes)
    best = codes[0].copy()
    for row in codes[1:]:
        np.copyto(best, row, where=best == 0)
    return Form(best, pool.values)


def _name_parts(forms: dict[str, Form]) -> dict[str, Form]:
    """First tokens, initials and skeletons of the names."""
    parts: dict[str, Form] = {}
    if not forms.keys() & {"given", "family"}:
        return parts
    values = (forms.get("given") or forms["family"]).values
    skeleton = names.key_skeleton(values)  # of each word, so the first word's is its first
    called, called_skeleton = _without_initials(values, skeleton, r"^(?:\S )+(\S{2})")
    _, of_family = _without_initials(values, skeleton, r"(\S{2})(?: \S)+$")
    tokens, first_skeleton = (pc.replace_substring_regex(texts, r" .*$", "") for texts in (called, called_skeleton))
    if "given" in forms:
        parts["given_first"] = forms["given"].recode(tokens)
        parts["given_initial"] = forms["given"].recode(pc.utf8_slice_codeunits(values, 0, 1))
        parts["given_skeleton"] = forms["given"].recode(first_skeleton)
    if "family" in forms:
        parts["family_skeleton"] = forms["family"].recode(of_family)
        parts["family_initial"] = forms["family"].recode(pc.utf8_slice_codeunits(values, 0, 1))
    return parts


def _without_initials(values: pa.Array, skeleton: pa.Array, pattern: str) -> tuple[pa.Array, pa.Array]:
    """Names and their skeletons without the initials that a pattern finds at one end; few names have any."""
    marked = pc.match_substring_regex(values, pattern)
    kept = map_subset(values, marked, lambda part: pc.replace_substring_regex(part, pattern, r"\1"))
    return kept, map_subset(skeleton, marked, lambda _: names.key_skeleton(kept.filter(marked)))
