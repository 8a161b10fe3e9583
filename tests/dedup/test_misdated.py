"""Birth dates that cannot be are slips, whoever's they are."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from crmclean.dedup.core import Settings, explain_pair, link_records
from crmclean.dedup.dates import birth_key, cannot_be
from crmclean.dedup.misdated import fit_misdated
from crmclean.dedup.priors import DIFFERENT, comparisons_of
from tests.dedup.dedup_files import TEXT, fields_of

BIRTH = next(item for item in comparisons_of("person") if item.name == "birth")
YEARS = [f"{1950 + n % 50}-0{1 + n % 9}-1{n % 10}" for n in range(100)]


@pytest.mark.parametrize(
    ("date", "wrong"),
    [
        ("1984-13-05", True),
        ("1984-02-30", True),
        ("1983-02-29", True),
        ("1984-02-29", False),
        ("1900-02-29", True),
        ("2000-02-29", False),
        ("1984-04-31", True),
        ("1984-00-13", True),
        ("1984-05-00", False),
        ("1984", False),
        ("1984-12-31", False),
        ("1060-04-30", True),
        ("2960-04-30", True),
        ("1880-04-30", False),
        ("", False),
    ],
)
def test_dates_on_no_calendar_or_of_no_lifetime_cannot_be(date, wrong):
    keys = birth_key(pa.array([date, *YEARS], TEXT))
    assert cannot_be(keys, np.arange(len(keys))).tolist() == [wrong, *[False] * len(YEARS)]


def test_in_a_file_of_history_any_year_can_be():
    dates = [*YEARS, *(f"{1400 + 10 * n}-05-20" for n in range(20)), "1460-05-20", "1460-05-42"]
    keys = birth_key(pa.array(["", *dates], TEXT))
    assert cannot_be(keys, np.arange(len(keys))).tolist() == [*[False] * (len(keys) - 1), True]


def test_a_file_without_dates_has_none_that_cannot_be():
    assert not cannot_be(pa.array([""], TEXT), np.zeros(4, np.int32)).any()


def file_of(*births: str) -> list[dict[str, str]]:
    """People of one common name with these dates, among others who are born on days that can be."""
    rows = [{"first_name": "Helga", "last_name": "Mueller", "birth_date": born} for born in births]
    names = [(given, family) for given in ("Helga", "Jonas", "Ada") for family in ("Mueller", "Vogel", "Sommer")]
    rows += [
        {
            "first_name": given,
            "last_name": family,
            "birth_date": f"19{(17 * n) % 83 + 10}-{n % 12 + 1:02}-{n % 28 + 1:02}",
        }
        for n, (given, family) in enumerate(names * 12)
    ]
    return rows


@pytest.mark.parametrize(("slip", "true"), [("1964-16-27", "1964-06-27"), ("1964-06-47", "1964-06-27")])
def test_a_slip_from_such_a_date_says_more_than_one_between_true_dates(slip, true):
    fields = fields_of(file_of(slip, true, "1964-07-27"))
    result = link_records(fields, Settings())
    pairs = [explain_pair(fields, Settings(), result.measures, *pair) for pair in ((0, 1), (1, 2))]
    found = [next(item for item in told.comparisons if item.name == "birth") for told in pairs]
    assert [item.level for item in found] == ["digit", "digit"]
    assert found[0].weight > found[1].weight + 0.5
    assert found[0].m == result.measures["misdated"][BIRTH.code("digit")]
    assert found[0].weight == pytest.approx(np.log2(found[0].m / found[0].u), abs=1e-4)
    assert "slip" in found[0].note
    assert not found[1].note


def test_equal_dates_that_cannot_be_are_a_copy():
    fields = fields_of(file_of("1964-16-27", "1964-16-27", "1971-05-09", "1971-05-09"))
    result = link_records(fields, Settings())
    copy, true = (explain_pair(fields, Settings(), result.measures, *pair) for pair in ((0, 1), (2, 3)))
    assert copy.weight == pytest.approx(true.weight, abs=1e-4)


def test_a_file_without_such_dates_has_no_shares_of_them():
    assert link_records(fields_of(file_of("1964-06-27")), Settings()).measures["misdated"] == []


M = np.array([0, 0, 0.2, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.1, 0.4])


def test_another_date_is_believed_to_be_there_a_tenth_as_often():
    shares = fit_misdated(M, BIRTH, np.zeros(BIRTH.size))
    np.testing.assert_allclose(shares, np.array([0, 0, 0.02, *M[3:10], 0]) / 0.42)


def test_the_matches_move_the_shares_and_not_further_than_fourfold():
    matches = np.zeros(BIRTH.size)
    matches[[DIFFERENT, BIRTH.code("digit")]] = 10, 90
    believed = fit_misdated(M, BIRTH, np.zeros(BIRTH.size))
    np.testing.assert_allclose(fit_misdated(M, BIRTH, matches), (matches + 100 * believed) / 200)
    swamped = fit_misdated(M, BIRTH, 1000 * matches)
    kept = believed[3:9] / 4  # and the whole is one again
    np.testing.assert_allclose(swamped[3:9], kept / (kept.sum() + 1), rtol=0.02)
