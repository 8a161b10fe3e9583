"""The lists the contact generator draws from, as arrays: names by culture, countries, words.

Reads ``data/cultures.toml``, ``data/countries.toml`` and ``data/words.toml``; nothing here is random.
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

__all__ = ["City", "Names", "country_codes", "load", "names", "plain_ascii", "weighted"]

DATA = Path(__file__).resolve().parent / "data"
TAIL = 9000  # distinct composed surnames kept per culture
LATIN_LINKS = ("", "er", "en", "ing", "a", "o")
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@cache
def load(name: str) -> dict[str, Any]:
    """One data file as a dictionary."""
    with (DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def country_codes() -> list[str]:
    """Country codes in file order; their positions are the country numbers used everywhere."""
    return list(load("countries"))


def plain_ascii(text: str, *, german: bool = False) -> str:
    """Lower-case ASCII letters only: what mailboxes and domains are made of."""
    text = text.translate(GERMAN) if german else text.replace("ß", "ss")
    stripped = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in stripped if "a" <= letter <= "z")


def weighted(entries: list[str]) -> tuple[list[str], np.ndarray]:
    """``["a|3", "b|1"]`` as values and cumulative probabilities."""
    values, weights = zip(*(entry.rsplit("|", 1) for entry in entries), strict=True)
    cumulative = np.cumsum(np.array(weights, float))
    return list(values), cumulative / cumulative[-1]


@dataclass(frozen=True)
class City:
    """A city of a country."""

    name: str
    state: str
    area: str
    postcode: str
    weight: float


@cache
def cities(country: str) -> tuple[City, ...]:
    """The cities of a country."""
    rows = [line.split("|") for line in load("countries")[country]["cities"]]
    return tuple(City(name, state, area, postcode, float(weight)) for name, state, area, postcode, weight in rows)


@dataclass(frozen=True)
class Names:
    """All names of all cultures in one numbering.

    ``latin``, ``native``, ``mailbox`` and the two ``variants`` are Arrow text arrays over that numbering; ``native`` is
    the Latin spelling where a culture writes in Latin. ``ranges`` maps (culture, kind) to the first number and the
    cumulative probabilities of its names; kind is ``m``, ``f``, ``family_m`` or ``family_f``.
    """

    latin: pa.Array
    native: pa.Array
    mailbox: pa.Array
    variants: tuple[pa.Array, pa.Array]
    nicknames: tuple[pa.Array, pa.Array]
    common: np.ndarray  # names of the head of a distribution, as against composed rare ones
    ranges: dict[tuple[str, str], tuple[int, np.ndarray]]
    cultures: list[str]

    def draw(self, culture: str, kind: str, count: int, rng: np.random.Generator) -> np.ndarray:
        """``count`` name numbers, skewed as names are."""
        first, cumulative = self.ranges[culture, kind]
        return first + np.searchsorted(cumulative, rng.random(count), side="right").astype(np.int32)


Entry = tuple[str, str, str, str]  # Latin, native, two variants


def _entry(token: str) -> Entry:
    latin, _, native = token.partition("=")
    spellings = latin.split("|")
    return spellings[0], native or spellings[0], spellings[-1], spellings[len(spellings) // 2]


def _compose(starts: str, ends: str, *, links: bool) -> list[Entry]:
    """Every start with every end, then with a link or a second start between; each Latin spelling once."""
    first = [_entry(token) for token in starts.split()]
    last = [_entry(token) for token in ends.split()]
    native = first[0][0] != first[0][1]
    between = [(link, link) for link in LATIN_LINKS] if not native else [("", ""), *[(a[0], a[1]) for a in first]]
    between = between if links else between[:1]
    seen: dict[str, Entry] = {}
    for middle_latin, middle_native in between:
        for a in first:
            for b in last:
                latin = a[0] + middle_latin.lower() + b[0]
                seen.setdefault(latin, (latin, a[1] + middle_native + b[1], latin, latin))
    return list(seen.values())


def _cumulative(head: int, tail: int, head_mass: float) -> np.ndarray:
    """Zipf-like head, flatter tail."""
    first = 1 / np.sqrt(np.arange(head) + 6.0)
    rest = 1 / np.cbrt(np.arange(tail) + 60.0)
    weights = np.concatenate([head_mass * first / first.sum(), (1 - head_mass) * rest / rest.sum()])
    cumulative: np.ndarray = np.cumsum(weights)
    return np.asarray(cumulative / cumulative[-1])


def _feminine(entry: Entry) -> Entry:
    """Russian surnames agree with the bearer."""

    def decline(text: str) -> str:
        if text.endswith(("ов", "ев", "ёв", "ин", "ын")):
            return text + "а"
        if text.endswith(("ov", "ev", "yov", "in", "yn")):
            return text + "a"
        if text.endswith("ский"):
            return text[:-2] + "ая"
        return text[:-1] + "aya" if text.endswith("sky") else text

    latin, native, one, two = entry
    return decline(latin), decline(native), decline(one), decline(two)


@cache
def names() -> Names:
    """The names, built once."""
    entries: list[Entry] = []
    german: list[bool] = []
    common: list[bool] = []
    ranges: dict[tuple[str, str], tuple[int, np.ndarray]] = {}
    order = np.random.default_rng(0)  # which composed names belong to the tail, and their order: fixed
    for culture, lists in load("cultures").items():
        families = [_entry(token) for token in lists["family"].split()]
        tail = _compose(lists["family_start"], lists["family_end"], links=True)
        tail = [tail[position] for position in order.permutation(len(tail))[:TAIL]]
        pools = {"family_m": (families, tail, 0.42)}
        if culture == "ru":
            pools["family_f"] = ([_feminine(e) for e in families], [_feminine(e) for e in tail], 0.42)
        for sex in "mf":
            given = [_entry(token) for token in lists[f"given_{sex}"].split()]
            rare = _compose(lists["given_start"], lists[f"given_end_{sex}"], links=False)
            pools[sex] = (given, rare, 0.88)
        for kind, (head, rest, mass) in pools.items():
            ranges[culture, kind] = (len(entries), _cumulative(len(head), len(rest), mass))
            entries += head + rest
            common += [True] * len(head) + [False] * len(rest)
            german += [culture == "de"] * (len(head) + len(rest))
        ranges.setdefault((culture, "family_f"), ranges[culture, "family_m"])
    short = {name: forms.split() for name, forms in load("words")["nicknames"].items()}
    latin = [entry[0] for entry in entries]
    return Names(
        latin=pa.array(latin),
        native=pa.array([unicodedata.normalize("NFC", entry[1]) for entry in entries]),
        mailbox=pa.array([plain_ascii(name, german=de) for name, de in zip(latin, german, strict=True)]),
        variants=(pa.array([entry[2] for entry in entries]), pa.array([entry[3] for entry in entries])),
        nicknames=(
            pa.array([short.get(name, [name])[0] for name in latin]),
            pa.array([short.get(name, [name])[-1] for name in latin]),
        ),
        common=np.array(common),
        ranges=ranges,
        cultures=list(load("cultures")),
    )
