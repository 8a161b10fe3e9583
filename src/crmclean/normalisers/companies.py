"""Company names: shouting put right with care, legal form recognised, fillers found.

What a company calls itself is its own affair: whispered and mixed-case names, short capitals (IBM, SAP, BASF, IKEA)
and everything outside Latin letters stay to the letter.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import text
from crmclean.keys.lists import read_toml
from crmclean.normalisers._draft import Draft, Mask, cut_off, frame_of, matches
from crmclean.normalisers._letter_case import capitalised, is_shouted, lowered, shouted, turkic
from crmclean.normalisers._name_junk import all_filler, filler_form, fillers
from crmclean.normalisers._wordlists import alternation, word_list, word_map
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, VALID, CellOptions, Normalised

__all__ = ["company_kernel", "normalise_company"]

_WORDS = "lists/company_words.toml"
_WORD = re.compile(r"[^\W_](?:[^\s/,;:()|\"“”„«»–—+-]*[^\W_.])?\.?")
_CLUSTER = re.compile(r"(?!mc|sch|str|spr|spl|scr|shr|thr|chr|phr|sph|szc)[bcdfghjklmnpqrstvwxz]{3}")  # JPMORGAN
_POLISH_FORM = re.compile(
    r"(\bSp(?:\.|ółka)? ?)(Z ?O\.? ?O\b)"
)  # two words and two letters: no list of words can hold it
_ANONIM = re.compile(r"\bA\.?Ş\.?$")  # a Turkish company's form
_SPACELESS = re.compile(r"[぀-ヿ㐀-鿿가-힣]")
_WEAK_LENGTH = 2
_WEAK_WRITTEN = frozenset(["Co", "Oy", "Ab", "Ky", "e.V.", "eG"])  # other short forms count in capitals only
_MOST_FORMS = 4


def company_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Normalise distinct company names.

    Value: spacing, and case where several words, or one long word, shout. Attributes where a legal form is recognised:
    ``legal_form`` as written and ``company_base``, the name without it. Issue: ``company.bogus``.
    """
    draft = Draft(values)
    squashed = text.squash_spaces(draft.value)
    draft.replace(pc.if_else(pa.array(draft.workable), squashed, draft.value), "text.spaces")
    bogus = _bogus(draft)
    draft.issue("company.bogus", bogus)
    if options.case == "repair":
        wanted = shouted(draft.value) & ~bogus & (draft.matches(r"[A-Z]{5,}") | draft.matches(r"[^\x00-\x7f]"))
        draft.replace_where(wanted, lambda _, value: repaired(value), "company.case")
    _write_form(draft, draft.workable & ~bogus)
    draft.verdict[draft.workable & matches(draft.value, r"[\p{L}\p{M}]|\p{Nd}.*\p{Nd}")] = VALID
    draft.verdict[bogus] = INVALID
    return draft.finish()


def normalise_company(series: Any) -> pd.DataFrame:
    """Normalise a Series of company names.

    >>> frame = normalise_company(["GLOBEX TRADING GMBH", "IBM", "Acme Inc."])
    >>> frame["value"].tolist(), frame["legal_form"].tolist()[::2]
    (['Globex Trading GmbH', 'IBM', 'Acme Inc.'], ['GmbH', 'Inc.'])
    """
    return frame_of(series, company_kernel, CellOptions(field="company"))


def _bogus(draft: Draft) -> Mask:
    forms = filler_form(draft.value)
    every, hard = all_filler()
    acronym = shouted(draft.value) & matches(draft.value, r"^[A-Z]{3,4}$")  # AAA, DFG and XYZ may be real
    listed = fillers(forms, "companies.whole") & ~(acronym & matches(forms, "^(?:abcd?|xyz)$"))
    found = listed | (matches(forms, every) & matches(forms, hard) & ~acronym)
    return (found | ~matches(draft.value, r"[\p{L}\p{M}\p{N}\p{S}]")) & draft.workable


# ---- case ---------------------------------------------------------------------------------------


def repaired(value: str) -> str:
    """One company name, put right if it shouts and it is sure that it does.

    >>> repaired("GLOBEX TRADING CO., LTD."), repaired("SAP DEUTSCHLAND AG & CO. KG"), repaired("NVIDIA")
    ('Globex Trading Co., Ltd.', 'SAP Deutschland AG & Co. KG', 'NVIDIA')
    """
    if not is_shouted(value) or re.search(r"[Ͱ-ӿ԰-֏Ⴀ-ჿ]", value):
        return value
    words = [word for word in _WORD.findall(value) if lowered(word).replace(".", "") not in _forms_written()]
    long = [word for word in words if len(word) >= (5 if len(words) > 1 else 8)]
    if not any(_is_word(word) for word in long):
        return value
    first, turkish = True, turkic(value) or bool(_ANONIM.search(value))

    def write(found: re.Match[str]) -> str:
        nonlocal first
        edge = first or found.end() == len(value)
        if not edge and len(found.group()) < 4:  # a small word
            edge = value[: found.start()].rstrip().endswith((",", "/", "(", "-", "–"))
        out = _written(found.group(), first, edge, turkish)
        first = False
        return out

    return _POLISH_FORM.sub(lambda found: found.group(1) + found.group(2).lower(), _WORD.sub(write, value))


@functools.lru_cache(maxsize=1 << 16)
def _is_word(word: str) -> bool:
    """Whether capitals are a shouted word rather than an acronym: it can be pronounced, and is long or well known."""
    small = lowered(word)
    if small in word_list(_WORDS, "case.acronyms") or not re.fullmatch(r"[^\W\d_]+(?:['’.][^\W\d_]*)*", small):
        return False
    if small in word_list(_WORDS, "case.words"):
        return True
    if _CLUSTER.match(small):
        return False
    return len(small) >= 5 and bool(re.search(r"[aeiouyàáâäãåæèéêëìíîïòóôöõøùúûüıœ]", small)) and "." not in small[:-1]


@functools.lru_cache(maxsize=1)
def _forms_written() -> dict[str, str]:
    return {word.replace(".", ""): display for word, display in word_map(_WORDS, "case.forms").items()}


@functools.lru_cache(maxsize=1 << 16)
def _written(word: str, first: bool, edge: bool, turkish: bool) -> str:
    small = lowered(word, turkish)
    form = _forms_written().get(small.replace(".", ""))
    if form is not None and not first:
        return word if "." in form and "." not in word else _dotted(word, form)
    if small in word_list(_WORDS, "case.small"):
        return capitalised(word, turkish) if edge else small
    if not _is_word(word):
        return word
    if re.match(r"mc[bcdfghjklmnpqrstvwxz]?[a-z]{3}", small):
        return "Mc" + capitalised(word[2:])
    parts = re.split(r"(['’])", word)
    if len(parts) == 3 and len(parts[0]) == 1:
        return capitalised(parts[0], turkish) + parts[1] + capitalised(parts[2], turkish)
    return capitalised(word, turkish)


def _dotted(word: str, form: str) -> str:
    """The dots of ``word``, no more and no fewer, between the letters of ``form``: S.P.A. and SpA give S.p.A."""
    letters = iter(form.replace(".", ""))
    return "".join(mark if mark == "." else next(letters, mark) for mark in word)


# ---- legal form ---------------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _form_patterns() -> tuple[str, str]:
    """Two RE2 patterns: legal forms behind the name, legal forms before it."""
    found: dict[str, list[str]] = {}
    spaceless: dict[str, str] = {}
    for use in ("trailing", "leading"):
        words = {word for country in read_toml("legal_forms.toml")["country"].values() for word in country.get(use, [])}
        strong = [word for word in words if _letters(word) > _WEAK_LENGTH]
        short = [word for word in words if _letters(word) <= _WEAK_LENGTH]
        weak = [word for word in short if word.isupper() or word in _WEAK_WRITTEN]
        dotted = "|".join(
            sorted({r"\.".join(word.replace(".", "")) + r"\.?" for word in short if word.replace(".", "").isalpha()})
        )
        found[use] = [rf"(?i:{_spelt(strong)})"] * bool(strong) + [rf"(?:{_spelt(weak)})|(?i:{dotted})"] * bool(weak)
        glued = frozenset(word for word in strong if _SPACELESS.search(word))
        spaceless[use] = alternation(glued) or "[^\\x{0}-\\x{10ffff}]"  # nothing
    behind, before = "|".join(found["trailing"]), "|".join(found["leading"])
    trailing = rf"(?:[\s,(&/+]+(?:{behind})\.?|\(?(?:{spaceless['trailing']}))\)?$"
    leading = rf"^(?:(?:{before})[\s.]+|\(?(?:{spaceless['leading']})\)?)"
    return trailing, leading


def _letters(word: str) -> int:
    return sum(letter.isalpha() for letter in word)


def _spelt(words: list[str]) -> str:
    """An alternation in which dots are optional and blanks may be any."""
    spelt = set()
    for word in words:
        plain = word.replace(".", "")
        if plain.isascii() and plain.isalpha() and len(plain) <= 5:
            spelt.add("".join(letter + r"\.?" for letter in plain))
        spelt.add(alternation(frozenset([plain])).replace(" ", r"[\s.]+"))
        if any(part.isupper() for part in plain.split()):  # "SAB de CV" is also "S.A.B. de C.V."
            spelt.add(r"[\s.]+".join(_maybe_dotted(part) for part in plain.split()))
        spelt.add(alternation(frozenset([word])))
    return "|".join(sorted(spelt, key=lambda item: (-len(item), item)))


def _maybe_dotted(word: str) -> str:
    if word.isascii() and word.isupper() and len(word) <= 5:
        return "".join(letter + r"\.?" for letter in word)
    return alternation(frozenset([word]))


def _write_form(draft: Draft, wanted: Mask) -> None:
    """Without groups in the pattern RE2 stays fast; what was cut off is read from the bytes that are left over."""
    form, base = pa.nulls(len(draft.value), TEXT), pa.nulls(len(draft.value), TEXT)
    for pattern, behind in zip(_form_patterns(), (True, False), strict=True):
        mask = wanted & matches(draft.value, pattern)
        some = draft.value.filter(pa.array(mask))
        left = pc.replace_substring_regex(some, pattern, "")
        for _ in range(_MOST_FORMS - 1 if behind else 0):  # one form a pass: GmbH & Co. KG
            left = pc.replace_substring_regex(left, pattern, "")
        cut = pc.utf8_trim(cut_off(some, left, behind), " ,;")
        cut = pc.replace_substring_regex(cut, r"^\(([^()]*)\)?$|^([^()]*)\)$", r"\1\2")  # but (Pty) Ltd keeps its pair
        left = pc.utf8_trim(left, " ,;(")
        named = matches(left, r"[\p{L}\p{N}]")
        if not behind:  # "Joint Stock Company of Long Distance": all of it is the name
            named &= ~matches(left, r"^(?i:of|for)\s")
        mask[np.flatnonzero(mask)[~named]] = False
        form = pc.replace_with_mask(form, pa.array(mask), cut.filter(pa.array(named)))
        base = pc.replace_with_mask(base, pa.array(mask), left.filter(pa.array(named)))
        wanted = wanted & ~mask
    draft.attribute("legal_form", form)
    draft.attribute("company_base", base)
