"""Person names: key, skeleton, the parts of a full name, and what titles and suffixes say."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.lists import read_rows
from crmclean.keys.romanise import romanise_word, split_east_asian
from crmclean.keys.skeleton import skeletons
from crmclean.keys.tokens import Mask, Tokens, blank_nulls
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.text import ascii_mask, fold_letters, map_subset, map_unique, mask_of, script_of

__all__ = ["honorific_sex", "name_key", "name_skeleton", "name_suffix", "split_name"]

_GENERATIONS = {
    **dict.fromkeys(("jr", "jnr", "junior"), "jr"),
    **dict.fromkeys(("sr", "snr", "senior"), "sr"),
    **{"ii": "ii", "2nd": "ii", "iii": "iii", "3rd": "iii", "iv": "iv", "4th": "iv"},
}
_PARTICLES = pa.array(
    "van von der den de del della di da das dos do du la le los las el al ul bin ibn bint ben abu ter ten zu zur af av".split(),
    TEXT,
)


@lru_cache(maxsize=1)
def _titles() -> dict[str, pa.LargeStringArray]:
    """Title words by use: ``leading``, ``trailing``, and ``weak``, which are also given names or surnames."""
    uses: dict[str, list[str]] = {"leading": [], "trailing": [], "weak": []}
    for row in read_rows("honorifics.csv"):
        folded = fold_letters(pa.array([row["form"]], TEXT))[0].as_py()
        uses[row["use"]].append(folded)
    uses["trailing"].extend(_GENERATIONS)
    return {use: pa.array(sorted(set(words)), TEXT) for use, words in uses.items()}


@lru_cache(maxsize=1)
def _sexes() -> dict[str, pa.LargeStringArray]:
    words: dict[str, list[str]] = {"m": [], "f": []}
    for row in read_rows("honorifics.csv"):
        if row["sex"]:
            words[row["sex"]].append(fold_letters(pa.array([row["form"]], TEXT))[0].as_py())
    return {sex: pa.array(sorted(set(forms)), TEXT) for sex, forms in words.items()}


def _without_titles(tokens: Tokens) -> Tokens:
    """Peel titles off the front, and degrees and generations off the back, never the last word."""
    titles = _titles()
    tokens = tokens.trim(tokens.is_in(titles["leading"]), tokens.is_in(titles["trailing"]))
    weak = tokens.is_in(titles["weak"])
    if not weak.any():
        return tokens
    # a word that is a name too (Sri, Major, King) is a title only in front of two more words
    return tokens.trim(weak, np.zeros_like(weak), keep=2)


def _key_tokens(array: pa.LargeStringArray) -> Tokens:
    folded = blank_nulls(fold_letters(array))

    def other_scripts(part: pa.LargeStringArray) -> pa.LargeStringArray:
        bare = _without_titles(Tokens.of(part)).join()
        tokens = Tokens.of(map_unique(bare, lambda values: [split_east_asian(value) for value in values]))
        return tokens.map(lambda values: [romanise_word(value) for value in values]).join()

    return _without_titles(Tokens.of(map_subset(folded, pc.invert(ascii_mask(folded)), other_scripts)))


def name_key(array: Any) -> pa.LargeStringArray:
    """Names as lower-case ASCII words: folded, romanised, without titles, degrees and generational suffixes.

    >>> name_key(pa.array(["Dr. O’Brien-Müller, Jr.", "श्री राजेश कुमार", "Anne-Marie", None])).to_pylist()
    ['obrien muller', 'rajesh kumar', 'anne marie', '']
    """
    return _key_tokens(as_text(array)).join()


def name_skeleton(array: Any) -> pa.LargeStringArray:
    """The consonant skeleton (``keys.skeleton``) of each word of ``name_key``.

    >>> name_skeleton(pa.array(["Priya Sharma", "प्रिया शर्मा", "Schmidt", "محمد رضایی", "Mohamed Rezaie"])).to_pylist()
    ['pr srm', 'pr srm', 'smt', 'mmt rs', 'mmt rs']
    """
    tokens = _key_tokens(as_text(array))
    encoded = tokens.values.dictionary_encode()
    codes = skeletons(encoded.dictionary).take(encoded.indices)
    return Tokens(codes, tokens.offsets).join()


def name_suffix(array: Any) -> pa.LargeStringArray:
    """The generational suffix of a name (``jr``, ``sr``, ``ii``, ``iii``, ``iv``) or ``""``.

    >>> name_suffix(pa.array(["John Smith, Jr.", "Smith III", "Senior"])).to_pylist()
    ['jr', 'iii', '']
    """
    tokens = Tokens.of(fold_letters(as_text(array)))
    suffixes = tokens.map(lambda values: [_GENERATIONS.get(value, "") for value in values]).values
    found = mask_of(pc.not_equal(suffixes, ""))
    first = np.zeros(len(suffixes), bool)
    first[tokens.starts[tokens.counts > 0]] = True
    chosen = found & ~first
    # the first one that is not the whole name
    rank = np.cumsum(chosen)
    before = np.concatenate([[0], rank])[np.repeat(tokens.starts, tokens.counts)]
    return Tokens(suffixes, tokens.offsets).select(chosen & (rank - before == 1)).join()


def honorific_sex(array: Any) -> pa.LargeStringArray:
    """``m`` or ``f`` where a title says so (Mr, Frau, Smt, آقای), else ``""``; also for a column of bare titles.

    >>> honorific_sex(pa.array(["Mrs Jones", "Herr Dr. Weber", "Dr. Weber", "Smt."])).to_pylist()
    ['f', 'm', '', 'f']
    """
    tokens = Tokens.of(fold_letters(as_text(array)))
    sexes = _sexes()
    titles = _titles()
    leading = tokens.is_in(titles["leading"])
    within = _in_leading_run(tokens, leading)
    female = _any_of(tokens, within & tokens.is_in(sexes["f"]))
    male = _any_of(tokens, within & tokens.is_in(sexes["m"]))
    return pa.array(np.where(female & ~male, "f", np.where(male & ~female, "m", "")), TEXT)


def _in_leading_run(tokens: Tokens, leading: Mask) -> Mask:
    """Which words belong to the titles at the front: those with no other word before them."""
    others = np.concatenate([[0], np.cumsum(~leading)])
    before = others[np.repeat(tokens.starts, tokens.counts)]
    return leading & (others[:-1] == before)


def _any_of(tokens: Tokens, mask: Mask) -> Mask:
    counts = np.concatenate([[0], np.cumsum(mask)])
    return counts[tokens.ends] > counts[tokens.starts]


def split_name(array: Any) -> tuple[pa.LargeStringArray, pa.LargeStringArray, pa.LargeStringArray]:
    """Given, middle and family name keys of full names, for comparing only.

    ``Smith, John A.`` is read from the comma; particles (van der, de la, bin) belong to the family name; Chinese and
    Korean script put the family name first; a single word counts as a given name.

    >>> [part.to_pylist() for part in split_name(pa.array(["Smith, John A.", "Ludwig van Beethoven", "王小明", "Priya"]))]
    [['john', 'ludwig', 'xiaoming', 'priya'], ['a', '', '', ''], ['smith', 'van beethoven', 'wang', '']]
    """
    array = blank_nulls(as_text(array))
    turned = _family_last(array)
    tokens = _key_tokens(turned)
    starts, ends = tokens.starts, tokens.ends
    several = ends - starts > 1
    given_end = np.minimum(starts + 1, ends)
    family_start = np.where(several, _family_start(tokens), ends)
    given = tokens.between(starts, given_end).join()
    middle = tokens.between(given_end, family_start).join()
    return given, middle, tokens.between(family_start, ends).join()


_COMMA_SUFFIX = (
    r"(?i),\s*(?:[js]n?r|junior|senior|i{2,3}|iv|[a-z]{1,4}\.?d|m\.?b\.?a|esq|cpa|b\.?sc|m\.?sc)\.?(?:\s*,.*)?$"
)


def _family_last(array: pa.LargeStringArray) -> pa.LargeStringArray:
    """``Smith, John`` as ``John Smith``; East Asian names with the family name moved to the end."""
    comma = pc.match_substring_regex(array, "[,،、，]")

    def turn(part: pa.LargeStringArray) -> pa.LargeStringArray:
        part = pc.replace_substring_regex(part, _COMMA_SUFFIX, "")
        return pc.replace_substring_regex(part, r"^([^,،、，]+)[,،、，]\s*(.*)$", r"\2 \1")

    array = map_subset(array, comma, turn)
    foreign = pc.invert(ascii_mask(array))
    if not pc.any(foreign).as_py():
        return array
    eastern = pc.and_(foreign, pc.is_in(script_of(array), value_set=pa.array(["Han", "Hangul"], TEXT)))

    def reverse(values: list[str]) -> list[str]:
        turned = []
        for value in values:
            words = value.split()
            words = split_east_asian(words[0]).split() if len(words) == 1 else words
            turned.append(" ".join([*words[1:], *words[:1]]))
        return turned

    return map_subset(array, pc.and_(eastern, pc.invert(comma)), lambda part: map_unique(part, reverse))


def _family_start(tokens: Tokens) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Where the family name starts: the last word, or the particles in front of it; never the first word."""
    particle = tokens.is_in(_PARTICLES)
    start = tokens.ends - 1
    last = max(len(tokens.values) - 1, 0)
    while particle.any():
        back = (start - 1 > tokens.starts) & particle[np.clip(start - 1, 0, last)]
        if not back.any():
            break
        start = start - back
    return start
