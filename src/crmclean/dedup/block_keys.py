"""Blocking keys of a file's records: what a rule of ``blocking`` can ask two records to agree on."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.blocks import Blocks, blocks_of, in_order
from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Form, Ints
from crmclean.dedup.pairs import numbered, stable_order
from crmclean.keys.skeleton import skeletons
from crmclean.tables.evidence import TEXT

__all__ = ["BlockKeys"]

_WIDEST = 2**62
_WORD_LENGTH = 3  # letters of a word that can be a key
_SOUND_LENGTH, _SOUND_SIGNS = 5, 3  # letters of a word, and of its skeleton, that can be a key


class BlockKeys:
    """Blocking keys of the records by name, made when first asked for."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.count = records.count
        self._made: dict[str, Ints] = {}
        self._alphabets: list[tuple[pa.LargeStringArray, Ints]] = []
        self._lock = RLock()

    def has(self, name: str) -> bool:
        """Whether the file has what the key needs."""
        forms = self.records.forms
        if name == "name_pair":
            return "given_skeleton" in forms and "family_skeleton" in forms
        if name.startswith("name_order"):
            return bool(forms.keys() & {"given", "family", "company"})
        if name in ("company_word", "company_sound"):
            return "company" in forms
        if name == "acronym_of":
            return "acronym" in forms
        if name == "national_id_signs":
            return "national_id" in forms
        return name in forms

    def codes(self, name: str) -> Ints:
        """int32 codes, 0 = missing, of shape (n,) or (k, n)."""
        return self._once(name, lambda: np.ascontiguousarray(self._make(name), np.int32))

    def _once(self, name: str, make: Callable[[], Ints]) -> Ints:
        with self._lock:
            if name not in self._made:
                self._made[name] = make()
            return self._made[name]

    def _make(self, name: str) -> Ints:
        forms = self.records.forms
        if name == "name_pair":
            return _name_pairs(self.records)
        if name == "company_word":
            return _company_words(self.records, sound=False)
        if name == "company_sound":
            return _company_words(self.records, sound=True)
        if name == "national_id_signs":
            return _signs(forms["national_id"])
        if name == "acronym_of":
            known = (
                pc.fill_null(pc.index_in(forms["acronym"].values, forms["company"].values), 0)
                .to_numpy()
                .astype(np.int32)
            )
            target = known[forms["acronym"].of_parent]
            own = np.where(np.isin(np.arange(forms["company"].size), target), np.arange(forms["company"].size), 0)
            return np.stack([target[forms["company"].codes], own[forms["company"].codes]])
        return forms[name].codes

    def blocks(self, names: tuple[str, ...]) -> Blocks:
        """The blocks of records that agree on every key; a record of a pool is once in each."""
        return blocks_of([self.codes(name) for name in names], None, self.count)

    def first_alike(self) -> Ints:
        """``Records.first_alike``, made once, as int32."""
        return self._once("first_alike", lambda: self.records.first_alike().astype(np.int32))

    def in_name_order(self, blocks: Blocks, window: int) -> Blocks:
        """Blocks (members end to end) to be walked in name order (family name first)."""
        return in_order(blocks, self._once("rank", self._rank), self.ordered(), window)

    def _rank(self) -> Ints:
        rank = np.empty(self.count, np.int32)
        rank[self.ordered()] = np.arange(self.count, dtype=np.int32)
        return rank

    def ordered(self, *, reverse: bool = False) -> Ints:
        """Records (int32) in alphabetical order of (family, given), or of (given, family); the nameless come first.

        Ties keep the canonical order.
        """
        return self._once("reversed" if reverse else "ordered", lambda: self._ordered(reverse))

    def _ordered(self, reverse: bool) -> Ints:
        names = [name for name in ("family", "given", "company") if name in self.records.forms]
        key = np.zeros(self.count, np.int64)
        width = 1
        for name in names if reverse else names[::-1]:
            places = self._places(name)
            if width > _WIDEST // len(places):
                least_first = names if reverse else names[::-1]
                return np.lexsort([self._places(each)[self.codes(each)] for each in least_first]).astype(np.int32)
            key += places[self.codes(name)] * width
            width *= len(places)
        return stable_order(key).astype(np.int32)

    def _places(self, name: str) -> Ints:
        """The place of each value of a form in alphabetical order; given and family names share their values."""
        values = self.records.forms[name].values
        with self._lock:
            for known, places in self._alphabets:
                if known is values:
                    return places
            self._alphabets.append((values, _alphabetical(values)))
            return self._alphabets[-1][1]


def _alphabetical(values: pa.LargeStringArray) -> Ints:
    places = np.empty(len(values), np.int64)
    places[pc.sort_indices(values).to_numpy()] = np.arange(len(values))
    return places


def _signs(form: Form) -> Ints:
    """One key for the values of the same signs in any order: two of them that changed places leave it as it is."""
    signs = pa.array(["".join(sorted(value)) for value in form.values.to_pylist()], TEXT).dictionary_encode().indices
    codes: Ints = signs.to_numpy().astype(np.int32)[form.codes]  # the missing value comes first, and stays 0
    return codes


def _name_pairs(records: Records) -> Ints:
    """One key for {given, family} in either order, from the skeletons; numbered, so that it packs well."""
    given, family = records.forms["given_skeleton"], records.forms["family_skeleton"]
    shared = pc.fill_null(pc.index_in(given.values, family.values), -1).to_numpy()
    translated = np.where(shared >= 0, shared, family.size + np.arange(given.size))
    a, b = translated[given.codes], family.codes.astype(np.int64)
    size = family.size + given.size
    key = np.minimum(a, b) * size + np.maximum(a, b)
    key[(given.codes == 0) | (family.codes == 0)] = 0
    codes = numbered(key)
    return codes if len(key) and not key.min() else codes + 1  # 0 is what is missing


def _company_words(records: Records, *, sound: bool) -> Ints:
    """The two rarest words of each company name, as they are or as they sound, as a pool of two keys."""
    form = records.forms["company"]
    lists = pc.split_pattern(form.values, " ")
    parents = pc.list_parent_indices(lists).to_numpy()
    coded = pc.list_flatten(lists).dictionary_encode()
    texts, words = coded.dictionary, coded.indices.to_numpy()
    lengths = pc.utf8_length(texts).to_numpy()
    if sound:
        spelt = skeletons(texts).dictionary_encode()
        texts, lengths = spelt.dictionary, lengths[words]
        words = spelt.indices.to_numpy()[words]
        short = (lengths < _SOUND_LENGTH) | (pc.utf8_length(texts).to_numpy()[words] < _SOUND_SIGNS)
    else:
        short = lengths[words] < _WORD_LENGTH
    words = np.where(short, 0, words.astype(np.int64) + 1)
    carriers = np.bincount(words)
    carriers[0] = np.iinfo(np.int64).max
    order = np.lexsort((_alphabetical(texts)[np.maximum(words - 1, 0)], carriers[words], parents))
    place = np.arange(len(order)) - np.searchsorted(parents[order], parents[order])
    pool = np.zeros((2, form.size), np.int32)
    kept = place < 2
    pool[place[kept], parents[order][kept]] = words[order][kept]
    pool[:, 0] = 0
    return pool[:, form.codes]
