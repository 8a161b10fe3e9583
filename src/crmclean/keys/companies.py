"""Company names: the words that make the name, without legal form, article, conjunction and punctuation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.business_words import is_small_word
from crmclean.keys.lists import read_toml
from crmclean.keys.romanise import romanise
from crmclean.keys.tokens import Tokens, Vocabulary, blank_nulls
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.folding import letter_table
from crmclean.tables.lanes import by_kernel
from crmclean.text import ascii_mask, fold_letters, map_subset

__all__ = [
    "company_acronym",
    "company_key",
    "company_tokens",
    "ends_in_form",
    "has_legal_form",
    "legal_form_ends",
    "plain_words",
    "without_own_acronym",
]


_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]+$")  # of our own list, not of data


_USES = _LEADING, _TRAILING, _PAIRED, _CONJUNCTION, _ARTICLE = 1, 2, 4, 8, 16


@dataclass(frozen=True)
class _Forms:
    """What ``rules/lists/legal_forms.toml`` says, folded; forms of several words have ``_`` between them."""

    vocabulary: Vocabulary  # bits as above
    phrases: str  # alternatives of a pattern: forms of several words
    glued: str  # forms of scripts that put no space between words
    short: tuple[pa.LargeStringArray, pa.LargeStringArray]
    ambiguous: pa.LargeStringArray  # forms that mean something else inside a name


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    table = read_toml("legal_forms.toml")
    short = table["abbreviations"]
    *words, conjunctions, articles, spelt, meant, ambiguous = _fold_lists(
        *(
            [form for country in table["country"].values() for form in country.get(use, [])]
            for use in ("leading", "trailing", "paired")
        ),
        *(table["conjunctions"], table["articles"], [*short], [*short.values()], table["ambiguous"]),
    )
    every = sorted(set().union(*words), key=lambda form: (-len(form), form))
    marked = [sorted(form.replace(" ", "_") for form in set(found)) for found in words]
    return _Forms(
        vocabulary=Vocabulary.of(*marked, conjunctions, articles),
        phrases="|".join(form for form in every if " " in form),
        glued="|".join(form for form in every if _UNSPACED.match(form)),
        short=(pa.array(spelt, TEXT), pa.array(meant, TEXT)),
        ambiguous=pa.array(ambiguous, TEXT),
    )


def _fold_lists(*lists: Sequence[str]) -> list[list[str]]:
    """The lists folded, empty words left out; all at once, as compiling the patterns is what takes time."""
    folded = iter(_join_initials(fold_letters(pa.array([word for words in lists for word in words], TEXT))).to_pylist())
    return [[word for _ in words if (word := next(folded))] for words in lists]


def _join_initials(array: pa.LargeStringArray) -> pa.LargeStringArray:
    """``s a`` -> ``sa``, ``a b volvo`` -> ``ab volvo``: a run of single letters is one word."""
    may = pc.match_substring_regex(array, r"(?:^| )[^ ] [^ ](?: |$)")
    plain = pc.and_(may, ascii_mask(array))
    array = map_subset(array, plain, lambda part: _join_letters(part, "[A-Za-z]"))
    return map_subset(array, pc.and_not(may, plain), lambda part: _join_letters(part, r"\pL"))


def _join_letters(array: pa.LargeStringArray, letter: str) -> pa.LargeStringArray:
    runs = pc.match_substring_regex(array, f"(?:^| ){letter} {letter}(?: |$)")

    def join(part: pa.LargeStringArray) -> pa.LargeStringArray:
        part = pc.replace_substring(part, " ", "  ")
        part = _glue(pa.scalar(" ", TEXT), part, pa.scalar(" ", TEXT))
        part = pc.replace_substring_regex(part, f" ({letter}) ", "\x01\\1\x01")
        part = pc.replace_substring(pc.replace_substring(part, "\x01\x01", ""), "\x01", " ")
        return pc.utf8_trim(pc.replace_substring_regex(part, " +", " "), " ")

    return map_subset(array, runs, join)


def _glue(*pieces: Any) -> pa.LargeStringArray:
    return pc.binary_join_element_wise(*pieces, pa.scalar("", TEXT))


_TRADING_AS = r"(?i)^.*\b(?:d\s*/\s*b\s*/\s*a|d\.b\.a\.?|dba|t/a|trading as|doing business as)\b[\s.:]+(\S.*)$"

# a legal form in capitals straight behind small letters: "SiemensAG"
_CAPITALS = r"(SA|AG|SE|NV|BV|AB|GmbH|Ltd|LTD|Inc|INC|LLC|PLC|SpA|SRL|Corp)\.?$"
_GLUED_FORM = r"(\p{Ll}{3})" + _CAPITALS
# Patterns with classes of all scripts' letters take milliseconds to compile, so only values are asked for which simple
# ones without them cannot rule it out: here, characters that no small letter comes before, and what is no ASCII letter.
_MAY_BE_GLUED = r"[^\x00-\x60]{3}" + _CAPITALS
_MAY_ABBREVIATE = r"(?:^|[^A-Za-z0-9])\S{1,2}\s*[&+＆]\s*\S{1,2}(?:$|[^A-Za-z0-9])"


def _plain(array: Any) -> pa.LargeStringArray:
    """Folded words, ``&`` as a word, initials joined, the trading name where two are given."""
    array = blank_nulls(as_text(array))
    doing = pc.match_substring_regex(array, r"(?i)\b(?:d[\s/.]*b[\s/.]*a|t/a|trading as|doing business as)\b")
    array = map_subset(array, doing, lambda part: pc.replace_substring_regex(part, _TRADING_AS, r"\1"))
    glued = pc.match_substring_regex(array, _MAY_BE_GLUED)
    array = map_subset(array, glued, lambda part: pc.replace_substring_regex(part, _GLUED_FORM, r"\1 \2"))
    signs = pc.match_substring_regex(array, "[&+＆]")
    array = map_subset(array, signs, _spell_signs)
    folded = _join_initials(fold_letters(array))
    return map_subset(folded, pc.invert(ascii_mask(folded)), _space_out)


def _spell_signs(array: pa.LargeStringArray) -> pa.LargeStringArray:
    """``&`` as a word, but ``AT&T`` and ``E & Y`` as one: next to a single letter it is a part of an abbreviation."""

    def join(part: pa.LargeStringArray) -> pa.LargeStringArray:
        for one, other in ((r"\pL", r"\pL{1,2}"), (r"\pL{2}", r"\pL")):
            letters = rf"(^|[^\pL\pN])({one})\s*[&+＆]\s*({other})($|[^\pL\pN])"
            part = pc.replace_substring_regex(part, letters, r"\1\2\3\4")
        return part

    array = map_subset(array, pc.match_substring_regex(array, _MAY_ABBREVIATE), join)
    return pc.replace_substring_regex(array, "[&+＆]", " and ")


def _space_out(array: pa.LargeStringArray) -> pa.LargeStringArray:
    """Put the space that Chinese, Japanese, Korean and Thai do not write between name and form."""
    glued = _forms().glued
    array = pc.replace_substring_regex(array, f"^({glued})(.)", r"\1 \2")
    return pc.replace_substring_regex(array, f"^(.+?)({glued})$", r"\1 \2")


def company_tokens(array: Any) -> Tokens:
    """The words of ``company_key`` as ``keys.tokens.Tokens``."""
    plain = _plain(array)
    tokens = _without_forms(plain)
    words = tokens.join()
    foreign = pc.invert(ascii_mask(words))
    if pc.any(foreign).as_py():
        # forms are taken off in their own script first; a romanised one must not look like a Latin one
        tokens = Tokens.of(map_subset(words, foreign, romanise))
    return tokens


def _marked(plain: pa.LargeStringArray) -> Tokens:
    """The words, each legal form of several words made one with ``_``."""
    forms = _forms()
    several = pc.match_substring_regex(plain, f"(?:^| )(?:{forms.phrases})(?: |$)")

    def mark(part: pa.LargeStringArray) -> pa.LargeStringArray:
        for _ in range(2):  # one phrase a pass
            found = pc.extract_regex(part, f"^(?P<before>(?:.*? )??)(?P<form>{forms.phrases})(?P<after>(?: .*)?)$")
            form = pc.replace_substring(pc.struct_field(found, "form"), " ", "_")
            part = pc.coalesce(_glue(pc.struct_field(found, "before"), form, pc.struct_field(found, "after")), part)
        return part

    return Tokens.of(map_subset(plain, several, mark))


def _without_forms(plain: pa.LargeStringArray) -> Tokens:
    forms = _forms()
    tokens = _trim_forms(_marked(plain))
    joins = (tokens.classes(forms.vocabulary) & _CONJUNCTION) > 0
    if joins.any():
        filled = tokens.counts > 0
        joins[tokens.starts[filled]] = False
        joins[tokens.ends[filled] - 1] = False
        tokens = tokens.select(~joins)
    tokens = tokens.replace(*forms.short)
    marked = pc.match_substring(tokens.values, "_")
    if pc.any(marked).as_py():
        tokens = Tokens.of(pc.replace_substring(tokens.join(), "_", " "))
    return tokens


def _trim_forms(tokens: Tokens) -> Tokens:
    """Peel legal forms and articles off both ends, and conjunctions off the back (``Smith & Co``; but ``E.ON``)."""
    classes = tokens.classes(_forms().vocabulary)
    trailing = (classes & (_TRAILING | _CONJUNCTION | _ARTICLE)) > 0
    leading = (classes & (_LEADING | _ARTICLE)) > 0
    paired = (classes & _PAIRED) > 0
    if paired.any():
        # "SC Dacia SRL" loses both, "SC Johnson" nothing
        several = tokens.counts > 1
        closed = np.zeros(len(tokens.starts), bool)
        closed[several] = (classes[tokens.ends[several] - 1] & _TRAILING) > 0
        leading |= paired & np.repeat(closed, tokens.counts)
    return tokens.trim(leading, trailing)


def company_key(array: Any) -> pa.LargeStringArray:
    """Companies as lower-case ASCII words, without legal form, leading article and conjunctions.

    A legal form goes only where its country writes it (``PT Telkom``, ``Acme GmbH``) and never if nothing would
    remain: ``AS Roma`` and ``SA Power`` keep theirs.

    >>> names = ["The Acme Co., Ltd.", "Müller & Söhne GmbH & Co. KG", "AS Roma", "ООО Ромашка"]
    >>> company_key(pa.array(names)).to_pylist()
    ['acme', 'muller sohne', 'as roma', 'romashka']
    """
    texts = blank_nulls(as_text(array))
    return by_kernel(texts, _company_key, "company_keys", "BBnqBBn", *letter_table(), *_kernel_forms().for_kernel())


def _company_key(array: pa.LargeStringArray) -> pa.LargeStringArray:
    return company_tokens(array).join()


@lru_cache(maxsize=1)
def _kernel_forms() -> Vocabulary:
    """The words of `_forms` for the kernel: uses, first words of phrases, phrases, and what it is not made for."""
    forms, phrases = _forms(), _forms().phrases.split("|")
    words, bits = pc.replace_substring(forms.vocabulary.words, "_", " "), forms.vocabulary.bits[:-1]
    uses = [words.filter(pa.array(bits & bit > 0)).to_pylist() for bit in _USES]
    openings = [phrase.split(" ")[0] for phrase in phrases]
    return Vocabulary.of(*uses, openings, phrases, [*forms.short[0].to_pylist(), "trading", "doing"])


def company_acronym(array: Any) -> pa.LargeStringArray:
    """The initials of the key's words, those that only join others left out, where there are two or more; else ``""``.

    >>> company_acronym(pa.array(["Centre National de la Recherche Scientifique", "Acme"])).to_pylist()
    ['cnrs', '']
    """
    return _initials(Tokens.of(company_key(array)))


def without_own_acronym(keys: pa.LargeStringArray) -> pa.LargeStringArray:
    """Keys without a last word that is the acronym of the words before it.

    >>> without_own_acronym(pa.array(["international business machines ibm", "dell emc"], TEXT)).to_pylist()
    ['international business machines', 'dell emc']
    """
    tokens = Tokens.of(keys)
    filled = tokens.counts > 1
    head = tokens.between(tokens.starts, tokens.ends - filled)
    last = tokens.between(tokens.ends - filled, tokens.ends).join()
    own = pc.and_(pa.array(filled), pc.equal(_initials(head), last))
    return pc.if_else(own, head.join(), blank_nulls(keys))


def _initials(tokens: Tokens) -> pa.LargeStringArray:
    tokens = tokens.select(~is_small_word(tokens.values))
    initials = Tokens(pc.utf8_slice_codeunits(tokens.values, 0, 1), tokens.offsets).join("")
    return pc.if_else(pa.array(tokens.counts > 1), initials, pa.scalar("", TEXT))


def plain_words(array: Any) -> pa.LargeStringArray:
    """Names as folded words, nothing taken off but punctuation."""
    return _plain(array)


def legal_form_ends(tokens: Tokens) -> np.ndarray[Any, np.dtype[np.int64]]:
    """How many words of each value stand before the end of its first legal form; all where it has none inside.

    A form that begins a value is part of its name (``AS Roma``); forms in a row end it together (``SE & Co. KGaA``).

    >>> legal_form_ends(Tokens.of(pa.array(["acme se and co kgaa paris", "as roma", "acme ag"], TEXT))).tolist()
    [5, 2, 2]
    """
    forms = _forms()
    classes = tokens.classes(forms.vocabulary)
    place = np.arange(len(tokens.values)) - np.repeat(tokens.starts, tokens.counts)
    form = ((classes & _TRAILING) > 0) | _in_phrases(tokens)
    joined = (form & (place > 0)) | ((classes & _CONJUNCTION) > 0)
    begun = np.flatnonzero(form & (place > 0) & ~tokens.is_in(forms.ambiguous))
    first = np.append(begun, len(form))[np.searchsorted(begun, tokens.starts)]
    stops = np.flatnonzero(~joined)
    after = np.append(stops, len(form))[np.searchsorted(stops, first)]
    ends: np.ndarray[Any, np.dtype[np.int64]] = np.minimum(after, tokens.ends) - tokens.starts
    return ends


def ends_in_form(tokens: Tokens) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether the last word of each value is a legal form."""
    form = (tokens.classes(_forms().vocabulary) & _TRAILING) > 0
    filled = tokens.counts > 0
    ends = np.zeros(len(filled), bool)
    ends[filled] = form[tokens.ends[filled] - 1]
    return ends


def _in_phrases(tokens: Tokens) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which words belong to a legal form of several words."""
    marked = _marked(tokens.join())
    parts = pc.utf8_length(pc.replace_substring_regex(marked.values, "[^_]", "")).to_numpy() + 1
    several = (parts > 1) & ((marked.classes(_forms().vocabulary) & _TRAILING) > 0)
    return np.repeat(several, parts)


def has_legal_form(array: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether a name carries a legal form: a sign that it is a company and not a person."""
    tokens = _marked(_plain(array))
    forms = (tokens.classes(_forms().vocabulary) & (_LEADING | _TRAILING)) > 0
    bare = tokens.trim(forms, forms)
    return np.asarray(bare.counts < tokens.counts, bool)
