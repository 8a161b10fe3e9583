"""Person names: key, skeleton, the parts of a full name, and what titles and suffixes say."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.arabic import spell_signs
from crmclean.keys.lists import read_rows
from crmclean.keys.romanise import read_word, romanise_word, split_east_asian
from crmclean.keys.skeleton import word_skeletons
from crmclean.keys.sound import sounds
from crmclean.keys.tokens import Mask, Tokens, Vocabulary, blank_nulls
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.folding import letter_table
from crmclean.tables.lanes import by_kernel
from crmclean.text import ascii_mask, fold_letters, map_subset, map_unique, mask_of, script_of

__all__ = [
    "honorific_sex",
    "key_skeleton",
    "name_key",
    "name_skeleton",
    "name_sound",
    "name_suffix",
    "split_name",
    "written_key",
]

_GENERATIONS = {
    **dict.fromkeys(("jr", "jnr", "junior"), "jr"),
    **dict.fromkeys(("sr", "snr", "senior"), "sr"),
    **dict.fromkeys(("ii", "2nd"), "ii"),
    **dict.fromkeys(("iii", "3rd"), "iii"),
    **dict.fromkeys(("iv", "4th"), "iv"),
}
_PARTICLE_WORDS = (
    "van von vom der den de del della di da das dos do du la le los las el al ul bin ibn bint ben abu ter ten zu zur"
    " zum af av st san santa"
)
_PARTICLES = pa.array(_PARTICLE_WORDS.split(), TEXT)


_LEADING, _TRAILING, _WEAK, _MALE, _FEMALE = 1, 2, 4, 8, 16


@lru_cache(maxsize=1)
def _titles() -> Vocabulary:
    """Title words of ``honorifics.csv`` with their uses and the sex they tell, as bits."""
    rows = read_rows("honorifics.csv")
    folded = fold_letters(pa.array([row["form"] for row in rows], TEXT)).to_pylist()
    forms = [form.replace(" ", "") for form in folded]

    def those(column: str, value: str) -> list[str]:
        return [form for row, form in zip(rows, forms, strict=True) if row[column] == value]

    uses = [those("use", "leading"), [*those("use", "trailing"), *_GENERATIONS], those("use", "weak")]
    return Vocabulary.of(*uses, those("sex", "m"), those("sex", "f"))


@lru_cache(maxsize=1)
def _split_titles() -> str:
    """Pattern of the titles that fold to two words (г-жа, Sig.ra, Dott.ssa)."""
    forms = fold_letters(pa.array([row["form"] for row in read_rows("honorifics.csv")], TEXT)).to_pylist()
    return "|".join(sorted({form for form in forms if " " in form}))


def _folded(array: pa.LargeStringArray) -> pa.LargeStringArray:
    """Folded words; a title that folded to two words is one again."""
    folded = fold_letters(blank_nulls(array))
    pattern = rf"(^| )({_split_titles()})( |$)"
    split = pc.match_substring_regex(folded, pattern)

    def join(part: pa.LargeStringArray) -> pa.LargeStringArray:
        found = pc.extract_regex(part, rf"^(?P<before>(?:.*? )??)(?P<title>{_split_titles()})(?P<after>(?: .*)?)$")
        title = pc.replace_substring(pc.struct_field(found, "title"), " ", "")
        before, after = pc.struct_field(found, "before"), pc.struct_field(found, "after")
        return pc.binary_join_element_wise(before, title, after, pa.scalar("", TEXT))

    return map_subset(folded, split, join)


def _without_titles(tokens: Tokens) -> Tokens:
    """Peel titles off the front, and degrees and generations off the back, never the last word."""
    classes = tokens.classes(_titles())
    while classes.any():
        count = len(tokens.values)
        tokens = tokens.trim((classes & _LEADING) > 0, (classes & _TRAILING) > 0)
        weak = (tokens.classes(_titles()) & _WEAK) > 0
        # a word that is a name too (Sri, Major, King) is a title only in front of two more words
        tokens = tokens.trim(weak, np.zeros_like(weak), keep=2)
        if len(tokens.values) == count:
            break
        classes = tokens.classes(_titles())
    return tokens


@lru_cache(maxsize=1)
def _degrees() -> str:
    """Pattern of a full name and the degrees after its commas: ``Jane Roe, MA, P.E.``."""
    rows = [row["form"] for row in read_rows("honorifics.csv") if row["use"] in ("comma", "trailing")]
    spelt = "|".join(r"\.?[\s-]*".join(form.replace("-", "")) for form in [*rows, *_GENERATIONS] if form.isascii())
    return rf"(?i)^(\s*\S+\s[^,]*)(?:,\s*(?:{spelt})\.?\s*)+$"


def _without_degrees(array: pa.LargeStringArray) -> pa.LargeStringArray:
    comma = pc.match_substring(array, ",")
    return map_subset(array, comma, lambda part: pc.replace_substring_regex(part, _degrees(), r"\1"))


def _spelt_generations(array: pa.LargeStringArray) -> pa.LargeStringArray:
    """``Weber sen.`` as ``Weber sr``: small and with its full stop, which tells it from Amartya Sen and Lee Jun."""
    asked = pc.match_substring_regex(array, r"\S\s+(?:sen|jun)\.\s*$")

    def spell(part: pa.LargeStringArray) -> pa.LargeStringArray:
        part = pc.replace_substring_regex(part, r"\s+sen\.\s*$", " sr")
        return pc.replace_substring_regex(part, r"\s+jun\.\s*$", " jr")

    return map_subset(array, asked, spell)


def _key_tokens(array: pa.LargeStringArray, read: Callable[[str], str] = romanise_word) -> Tokens:
    folded = _folded(_without_degrees(_spelt_generations(blank_nulls(array))))

    def other_scripts(part: pa.LargeStringArray) -> pa.LargeStringArray:
        bare = _one_arabic_name(_without_titles(Tokens.of(part)).join())
        tokens = Tokens.of(map_unique(bare, lambda values: [split_east_asian(value) for value in values]))
        return tokens.map(lambda values: [read(value) for value in values]).join()

    return _without_titles(Tokens.of(map_subset(folded, pc.invert(ascii_mask(folded)), other_scripts)))


def _one_arabic_name(folded: pa.LargeStringArray) -> pa.LargeStringArray:
    """Arabic names of two words as one, as Latin letters mostly write them: Abdulrahman, Nuruddin, Nasrullah."""
    servant = pc.replace_substring_regex(folded, r"(^| )(عبد) (ال)", r"\1\2\3")
    return pc.replace_substring_regex(servant, r" (الدین|الله)( |$)", r"\1\2")


def name_key(array: Any) -> pa.LargeStringArray:
    """Names as lower-case ASCII words: folded, romanised, without titles, degrees and generational suffixes.

    >>> name_key(pa.array(["Dr. O’Brien-Müller, Jr.", "श्री राजेश कुमार", "Anne-Marie", None])).to_pylist()
    ['obrien muller', 'rajesh kumar', 'anne marie', '']
    """
    texts = blank_nulls(as_text(array))
    return by_kernel(texts, _name_key, "name_keys", "BBnqBBn", *letter_table(), *_kernel_titles().for_kernel())


def _name_key(array: pa.LargeStringArray) -> pa.LargeStringArray:
    return _key_tokens(array).join()


@lru_cache(maxsize=1)
def _kernel_titles() -> Vocabulary:
    """`_titles`, and the halves of those that fold to two words."""
    titles, halves = _titles(), [form.split(" ") for form in _split_titles().split("|")]
    uses = titles.bits[: len(titles.words)]
    words = [titles.words.filter(pa.array(uses & bit > 0)).to_pylist() for bit in (_LEADING, _TRAILING, _WEAK)]
    return Vocabulary.of(*words, (), (), [half[0] for half in halves], [half[1] for half in halves])


def written_key(array: Any) -> pa.LargeStringArray:
    """As ``name_key``, but a name in Arabic script has the vowels it is written with, and no others.

    >>> written_key(pa.array(["مشکل", "مُشکِل", "محمد", "Ann Lee"])).to_pylist()
    ['mshkl', 'mushkil', 'mohammad', 'ann lee']
    """
    array = blank_nulls(as_text(array))
    signed = pc.match_substring_regex(array, r"[\x{64b}-\x{650}ؤھڑ]")
    array = map_subset(array, signed, lambda part: map_unique(part, lambda texts: [spell_signs(t) for t in texts]))
    return _key_tokens(array, read_word).join()


def name_sound(array: Any) -> pa.LargeStringArray:
    """How names sound (``keys.sound``); a name in Arabic script by the vowels it is written with.

    >>> name_sound(pa.array(["Noori", "نوری", "प्रिया शर्मा", "Preeya Sharma", "عُمرا", "Umra"])).to_pylist()
    ['nuri', 'nuri', 'pria Sarma', 'pria Sarma', 'umra', 'umra']
    """
    return sounds(written_key(array))


def name_skeleton(array: Any) -> pa.LargeStringArray:
    """The consonant skeleton (``keys.skeleton``) of each word of ``name_key``.

    >>> name_skeleton(pa.array(["Priya Sharma", "प्रिया शर्मा", "Schmidt", "محمد رضایی", "Mohamed Rezaie"])).to_pylist()
    ['pr srm', 'pr srm', 'smt', 'mmt rs', 'mmt rs']
    """
    return key_skeleton(name_key(array))


def key_skeleton(keys: Any) -> pa.LargeStringArray:
    """``name_skeleton`` of names that are keys already."""
    return word_skeletons(blank_nulls(as_text(keys)))


def name_suffix(array: Any) -> pa.LargeStringArray:
    """The generational suffix of a name (``jr``, ``sr``, ``ii``, ``iii``, ``iv``) or ``""``.

    >>> name_suffix(pa.array(["John Smith, Jr.", "Smith III", "Weber sen.", "Senior"])).to_pylist()
    ['jr', 'iii', 'sr', '']
    """
    texts = blank_nulls(as_text(array))
    table = letter_table(others=True)
    return by_kernel(texts, _name_suffix, "name_suffixes", "BBnqBBnqB", *table, *_kernel_generations())


@lru_cache(maxsize=1)
def _kernel_generations() -> tuple[Any, ...]:
    """The words for generations, each with the number of its suffix, and the suffixes."""
    suffixes = list(dict.fromkeys(_GENERATIONS.values()))
    numbers = np.array([*map(suffixes.index, _GENERATIONS.values())], np.uint8) + np.uint8(1)
    words = Vocabulary(pa.array(list(_GENERATIONS), TEXT), np.append(numbers, np.uint8(0)))
    return *words.for_kernel(), *Vocabulary.of(suffixes).for_kernel()[:2]


def _name_suffix(array: pa.LargeStringArray) -> pa.LargeStringArray:
    texts = _spelt_generations(array)
    asked = _may_have_suffix(texts)
    return map_subset(pc.if_else(asked, texts, pa.scalar("", TEXT)), asked, _suffixes)


def _may_have_suffix(array: pa.LargeStringArray) -> pa.Array:
    """Names of several words with a generation among them, and those in other letters than ASCII."""
    words = "|".join(sorted(_GENERATIONS, key=len, reverse=True))
    return pc.or_(pc.invert(ascii_mask(array)), pc.match_substring_regex(array, rf"(?i)[^a-z](?:{words})(?:[^a-z]|$)"))


def _suffixes(array: pa.LargeStringArray) -> pa.LargeStringArray:
    tokens = Tokens.of(fold_letters(array))
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
    tokens = Tokens.of(_folded(as_text(array)))
    classes = tokens.classes(_titles())
    within = _in_leading_run(tokens, (classes & _LEADING) > 0)
    female = _any_of(tokens, within & ((classes & _FEMALE) > 0))
    male = _any_of(tokens, within & ((classes & _MALE) > 0))
    return pa.array(np.where(female & ~male, "f", np.where(male & ~female, "m", "")), TEXT)


def _in_leading_run(tokens: Tokens, leading: Mask) -> Mask:
    """Which words belong to the titles at the front: those with no other word before them."""
    others = np.concatenate([[0], np.cumsum(~leading)])
    before = others[np.repeat(tokens.starts, tokens.counts)]
    return np.asarray(leading & (others[:-1] == before), bool)


def _any_of(tokens: Tokens, mask: Mask) -> Mask:
    counts = np.concatenate([[0], np.cumsum(mask)])
    return np.asarray(counts[tokens.ends] > counts[tokens.starts], bool)


def split_name(array: Any) -> tuple[pa.LargeStringArray, pa.LargeStringArray, pa.LargeStringArray]:
    """Given, middle and family name keys of full names, for comparing only.

    ``Smith, John A.`` is read from the comma; particles (van der, de la, bin) belong to the family name; Chinese and
    Korean script put the family name first; a single word counts as a given name.

    >>> names = pa.array(["Smith, John A.", "Ludwig van Beethoven", "王小明", "Priya"])
    >>> [part.to_pylist() for part in split_name(names)]
    [['john', 'ludwig', 'xiaoming', 'priya'], ['a', '', '', ''], ['smith', 'van beethoven', 'wang', '']]
    """
    array = _spelt_generations(blank_nulls(as_text(array)))
    turned = _family_last(array)
    tokens = _patronymic_last(_key_tokens(turned))
    starts, ends = tokens.starts, tokens.ends
    several = ends - starts > 1
    given_end = np.minimum(starts + 1, ends)
    family_start = np.where(several, _family_start(tokens), ends)
    given = tokens.between(starts, given_end).join()
    middle = tokens.between(given_end, family_start).join()
    return given, middle, tokens.between(family_start, ends).join()


def _patronymic_last(tokens: Tokens) -> Tokens:
    """``Ivanov Ivan Ivanovich``, the Russian official order, with the family name moved to the end."""
    three = tokens.counts == 3
    father = mask_of(pc.match_substring_regex(tokens.values, "[a-z]{2}(?:[oe]v(?:ich|na)|ichna|yevna|yevich)$"))
    turned = three.copy()
    turned[three] = father[tokens.ends[three] - 1] & ~father[tokens.starts[three]] & ~father[tokens.starts[three] + 1]
    if not turned.any():
        return tokens
    order = np.arange(len(tokens.values))
    first = tokens.starts[turned]
    order[first], order[first + 1], order[first + 2] = first + 1, first + 2, first
    return Tokens(tokens.values.take(pa.array(order)), tokens.offsets)


def _family_last(array: pa.LargeStringArray) -> pa.LargeStringArray:
    """``Smith, John`` as ``John Smith``; East Asian names with the family name moved to the end."""
    array = _without_degrees(array)
    comma = pc.match_substring_regex(array, "[,،、，]")

    def turn(part: pa.LargeStringArray) -> pa.LargeStringArray:
        generation = "(?i:[js]n?r|junior|senior|i{2,3}|iv)"
        return pc.replace_substring_regex(part, rf"^([^,،、，]+)[,،、，]\s*(.*?)(?:\s+{generation}\.?)?$", r"\2 \1")

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
