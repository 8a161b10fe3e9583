"""Names of one country meet oftener than their frequencies say; the formula by hand, and what it does to namesakes."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from crmclean.dedup.affinity import affinity_of
from crmclean.dedup.core import Settings, link_records
from tests.dedup.dedup_files import fields_of


def _file() -> list[tuple[str, str, str]]:
    rng = np.random.default_rng(7)
    names = {
        "FR": (["Théo", "Zoé", "Léa"], ["Brunet", "Denis", "Petit"]),
        "IN": (["Asha", "Ravi", "Neha", "Partha"], ["Rao", "Iyer", "Prasad"]),
    }
    rows = []
    for country, count in (("FR", 80), ("IN", 240), ("", 30)):
        given, family = names[country or "FR"]
        rows += [(str(rng.choice(given)), str(rng.choice(family)), country) for _ in range(count)]
    return rows


def test_the_charge_is_the_logarithm_of_the_lift() -> None:
    rows = _file()
    codings = [
        {value: code for code, value in enumerate(["", *sorted({row[k] for row in rows} - {""})])} for k in range(3)
    ]
    given, family, country = (np.array([codings[k][row[k]] for row in rows]) for k in range(3))
    affinity = affinity_of(given, family, country, (len(codings[0]), len(codings[1]), len(codings[2])))
    assert affinity is not None
    told = [row for row in rows if row[2]]
    share = {name: count / len(told) for name, count in Counter(row[2] for row in told).items()}

    def of_name(place: int, name: str, where: str) -> float:
        here = [row for row in told if row[place] == name]
        return (sum(row[2] == where for row in here) + 2 * share[where]) / (len(here) + 2)

    for one, other in (("Théo", "Brunet"), ("Asha", "Rao"), ("Asha", "Petit")):
        lift = sum(of_name(0, one, c) * of_name(1, other, c) / share[c] for c in share)
        found = affinity.bits(np.array([codings[0][one]]), np.array([codings[1][other]]))
        assert found[0] == pytest.approx(min(max(-math.log2(lift), -6.0), 1.0), abs=0.01)
    theo, asha = (
        affinity.bits(np.array([codings[0][g]]), np.array([codings[1][f]]))[0]
        for g, f in (("Théo", "Brunet"), ("Asha", "Rao"))
    )
    assert theo < asha < 0  # the rarer the country, the less its names say together


def test_namesakes_within_a_country_are_counted() -> None:
    rows = _file()
    codings = [
        {value: code for code, value in enumerate(["", *sorted({row[k] for row in rows} - {""})])} for k in range(3)
    ]
    coded = [np.array([codings[k][row[k]] for row in rows]) for k in range(3)]
    affinity = affinity_of(*coded, tuple(len(each) for each in codings))
    assert affinity is not None
    told = [row for row in rows if row[2]]
    expected = 0.0
    for where in ("FR", "IN"):
        here = [row for row in told if row[2] == where]
        chance = 1.0
        for place in (0, 1):
            counts = Counter(row[place] for row in here)
            chance *= sum(n * (n - 1) for n in counts.values()) / (len(here) * (len(here) - 1))
        expected += (len(here) / len(told)) ** 2 * chance
    assert affinity.namesakes == pytest.approx(expected, rel=1e-3)


def test_a_file_of_one_country_has_none() -> None:
    codes = np.array([1, 1, 2, 2] * 40)
    assert affinity_of(codes, codes, np.ones(160, np.int64), (3, 3, 2)) is None


def test_two_bearers_of_a_rare_countrys_name_are_not_one_person() -> None:
    """The full name is met twice among two thousand contacts; both bearers are from the country with thirty."""
    rng = np.random.default_rng(3)
    syllables = ["ka", "ro", "mi", "te", "su", "la", "vo", "ni"]
    many = ["".join(rng.choice(syllables, 3)).title() for _ in range(400)]
    rows = [
        {"first_name": str(rng.choice(many)), "last_name": str(rng.choice(many)), "country": "IN", "city": "Pune"}
        for _ in range(1900)
    ]
    few = ["Théo", "Zoé", "Léa", "Hugo", "Inès"], ["Brunet", "Denis", "Petit", "Leroy", "Garnier"]
    rows += [
        {"first_name": str(rng.choice(few[0])), "last_name": str(rng.choice(few[1])), "country": "FR", "city": city}
        for city in (f"Ville {n}" for n in range(60))
    ]
    result = link_records(fields_of(rows), Settings())
    labels = result.cluster[1900:]
    assert len(set(labels.tolist())) == len(labels)
