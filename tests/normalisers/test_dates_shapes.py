"""Dates: every shape met, one order per column, calendars against slow twins."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.normalisers._calendars import civil_from_days, days_from_civil, days_from_jalali
from crmclean.normalisers.date_evidence import date_evidence
from crmclean.normalisers.dates import date_kernel, normalise_date, parse_dates
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, UNKNOWN, VALID, CellOptions, Normalised
from crmclean.tables.reasons import REASONS

AS_OF = datetime.date(2026, 11, 22)


def run(*values: str | None, **options: object) -> Normalised:
    return date_kernel(pa.array(values, TEXT), CellOptions(as_of=AS_OF, **options))  # type: ignore[arg-type]


def canonical(value: str, **options: object) -> str:
    return str(run(value, **options).value[0].as_py())


SHAPES = [
    ("2026-01-15", "", "2026-01-15"),
    ("2024-03-12 09:14", "", "2024-03-12T09:14"),
    ("2024-06-01 08:00:00", "", "2024-06-01T08:00:00"),
    ("2026-01-20T21:05:06.335Z", "", "2026-01-20T21:05:06.335Z"),
    ("2026-03-05T14:15:33+01:00", "", "2026-03-05T14:15:33+01:00"),
    ("2026-03-05T14:15:33+0530", "", "2026-03-05T14:15:33+05:30"),
    ("2026-03-05T14:15-03", "", "2026-03-05T14:15-03:00"),
    ("2026-03-05 14:15:33 UTC", "", "2026-03-05T14:15:33Z"),
    ("2026-03-05 14:15:33 (GMT+05:30)", "", "2026-03-05T14:15:33+05:30"),
    ("3/15/2024", "mdy", "2024-03-15"),
    ("3/15/2024 2:30 PM", "mdy", "2024-03-15T14:30"),
    ("3/15/2024 2:30\u202fPM", "mdy", "2024-03-15T14:30"),
    ("3/4/2025, 10:22 AM", "mdy", "2025-03-04T10:22"),
    ("3/4/2025, 10:22 AM", "dmy", "2025-04-03T10:22"),
    ("3/4/2025 12:05:09 a.m.", "dmy", "2025-04-03T00:05:09"),
    ("15/01/2026", "dmy", "2026-01-15"),
    ("15.01.26", "dmy", "2026-01-15"),
    ("1-1-24 12:00 PM", "mdy", "2024-01-01T12:00"),
    ("03-05-2026", "dmy", "2026-05-03"),
    ("2026/1/5", "", "2026-01-05"),
    ("2026.01.05", "", "2026-01-05"),
    ("15 Jan 2026", "", "2026-01-15"),
    ("Jan 15, 2026", "", "2026-01-15"),
    ("January 15th, 2026", "", "2026-01-15"),
    ("05-Mar-2026", "", "2026-03-05"),
    ("05-MAR-26", "", "2026-03-05"),
    ("2026-Mar-05", "", "2026-03-05"),
    ("Thursday, March 5, 2026", "", "2026-03-05"),
    ("Thu Jan 15 10:15:00 2026", "", "2026-01-15T10:15:00"),
    ("Thu Jan 15 10:15:00 UTC 2026", "", "2026-01-15T10:15:00Z"),
    ("15.01.2026, 10:15 Uhr", "dmy", "2026-01-15T10:15"),
    ("15.01.2026 kl. 10:15", "dmy", "2026-01-15T10:15"),
    ("15/01/2026 10h15", "dmy", "2026-01-15T10:15"),
    ("15. toukokuuta 2026", "", "2026-05-15"),
    ("15 Ιανουαρίου 2026", "", "2026-01-15"),
    ("2026. január 15.", "", "2026-01-15"),
    ("15. ledna 2026", "", "2026-01-15"),
    ("15 січня 2026", "", "2026-01-15"),
    ("15 ianuarie 2026", "", "2026-01-15"),
    ("15 ינואר 2026", "", "2026-01-15"),
    ("15 जानेवारी 2026", "", "2026-01-15"),
    ("45000.0", "", "2023-03-15"),
    ("45000.50", "", "2023-03-15T12:00:00"),
    ("20260115.0", "", "2026-01-15"),
    ("Thu, 05 Mar 2026 14:15:33 +0000", "", "2026-03-05T14:15:33+00:00"),
    ("15. März 2026", "", "2026-03-15"),
    ("15 janvier 2026", "", "2026-01-15"),
    ("1er août 2025", "", "2025-08-01"),
    ("15 de enero de 2026", "", "2026-01-15"),
    ("15 de março de 2026", "", "2026-03-15"),
    ("15 gennaio 2026", "", "2026-01-15"),
    ("15 maart 2026", "", "2026-03-15"),
    ("15 января 2026 г.", "", "2026-01-15"),
    ("१५ जनवरी २०२६", "", "2026-01-15"),
    ("15 జనవరి 2026", "", "2026-01-15"),
    ("15 ஜனவரி 2026", "", "2026-01-15"),
    ("১৫ জানুয়ারি ২০২৬", "", "2026-01-15"),
    ("۱۵ ژانویه ۲۰۲۶", "", "2026-01-15"),
    ("15 كانون الثاني 2026", "", "2026-01-15"),
    ("١٥ يناير ٢٠٢٦", "", "2026-01-15"),
    ("15 Ocak 2026", "", "2026-01-15"),
    ("2026年1月15日", "", "2026-01-15"),
    ("۱۵ فروردین ۱۴۰۲", "", "2023-04-04"),
    ("1754400000", "", "2025-08-05T13:20:00Z"),
    ("1754400000123", "", "2025-08-05T13:20:00.123Z"),
    ("45366", "", "2024-03-15"),
    ("45366.5", "", "2024-03-15T12:00:00"),
    ("20240315", "", "2024-03-15"),
    ("20260115T141533Z", "", "2026-01-15T14:15:33Z"),
    ("20260115141533", "", "2026-01-15T14:15:33"),
    ("15/3/2024 à 14:30", "dmy", "2024-03-15T14:30"),
    ("5/5/2024", "", "2024-05-05"),
    ("29/2/2024", "", "2024-02-29"),
]


@pytest.mark.parametrize(("value", "order", "expected"), SHAPES)
def test_a_shape_is_read(value: str, order: str, expected: str) -> None:
    found = run(value, date_order=order)
    assert found.value[0].as_py() == expected
    assert found.verdict[0] == VALID
    assert found.attributes["date"][0].as_py() == expected[:10]
    assert (found.reason[0].as_py() is None) == (value == expected)


@pytest.mark.parametrize(
    "value",
    ["TBD", "0/0/00", "0000-00-00", "2024-02-30", "2023-02-29", "2024-13-01", "Jan 2026", "2026", "12:30", "yesterday",
     "2026-01-15T24:00", "2026-01-15 13:00 PM", "1/2/3/4", "15 Foo 2026", "99999", "12345", "2024-03-12 09:14 IST",
     "2026-01-15T10:00:00+25:00", "31/04/2024", "१५ foo २०२६", "x" * 500, "1-2", "0", "-5"],
)  # fmt: skip
def test_what_is_no_date_is_left_as_typed(value: str) -> None:
    found = run(value, date_order="dmy")
    assert found.value[0].as_py() == value
    assert found.issues["date.unparsed"][0]
    assert found.verdict[0] == INVALID


def test_without_an_order_only_certain_dates_are_read() -> None:
    found = run("3/4/2025", "15/4/2025", "4/15/2025", "4/4/2025", date_order="")
    assert found.value.to_pylist() == ["3/4/2025", "2025-04-15", "2025-04-15", "2025-04-04"]
    assert found.issues["date.ambiguous"].tolist() == [True, False, False, False]
    assert found.verdict.tolist() == [UNKNOWN, VALID, VALID, VALID]


def test_the_order_of_the_column_is_never_bent_for_one_cell() -> None:
    found = run("4/15/2025", date_order="dmy")
    assert found.value[0].as_py() == "4/15/2025"
    assert found.issues["date.unparsed"][0]


def test_a_column_that_starts_with_the_year_says_nothing_about_stray_dates() -> None:
    found = run("15/4/2025", "3/4/25", "24-01-15", "2025-04-15", date_order="ymd")
    assert found.value.to_pylist() == ["15/4/2025", "3/4/25", "24-01-15", "2025-04-15"]
    assert found.issues["date.ambiguous"].tolist() == [True, True, True, False]


def test_two_digit_years_fall_into_a_window() -> None:
    assert canonical("1/2/46", date_order="dmy") == "2046-02-01"
    assert canonical("1/2/47", date_order="dmy") == "1947-02-01"
    assert canonical("1/2/30", date_order="dmy", field="birth_date") == "1930-02-01"


def test_future_and_ancient_dates() -> None:
    assert run("2027-01-01", field="created_at").issues["date.future"][0]
    assert not run("2026-11-23", field="created_at").issues["date.future"][0]  # tomorrow: another time zone
    assert not run("2027-01-01", field="converted_at").issues["date.future"][0]
    assert run("1949-12-31", field="created_at").issues["date.ancient"][0]
    assert not run("1949-12-31", field="birth_date").issues["date.ancient"][0]
    assert run("1899-12-31", field="birth_date").verdict[0] == INVALID


def test_years_of_another_calendar_are_not_taken_for_gregorian_ones() -> None:
    found = run("1402/12/25", field="created_at")
    assert found.value[0].as_py() == "1402/12/25"
    assert found.attributes["date"][0].as_py() is None
    jalali = run("1402/12/25", "۱۴۰۲/۱۲/۲۵", "2024-03-15", calendar="jalali")
    assert jalali.value.to_pylist() == ["2024-03-15"] * 3
    assert jalali.reason.to_pylist() == ["date.jalali", "date.jalali", None]


def test_missing_cells_are_unknown_and_without_issue() -> None:
    found = run("", None, "  ")
    assert found.value.to_pylist() == ["", None, "  "]
    assert found.verdict.tolist() == [UNKNOWN] * 3
    assert not any(mask.any() for mask in found.issues.values())


def test_reasons_are_known_codes() -> None:
    found = run("3/4/2025", "45366", "1754400000", "TBD", date_order="dmy")
    assert set(found.reason.drop_null().to_pylist()) | set(found.issues) <= set(REASONS)
    assert found.reason.to_pylist() == ["date.iso", "date.serial", "date.epoch", None]


def test_a_series_keeps_its_index_and_parse_dates_gives_days() -> None:
    series = pd.Series(["15/01/2026", None, "15/01/2026"], index=[7, 8, 9])
    frame = normalise_date(series)
    assert frame.index.tolist() == [7, 8, 9]
    assert frame["date"].fillna("").tolist() == ["2026-01-15", "", "2026-01-15"]
    days = parse_dates(series, CellOptions(date_order="dmy"))
    assert days.dtype == np.dtype("datetime64[D]")
    assert np.isnat(days).tolist() == [False, True, False]


def test_an_empty_and_a_sliced_array() -> None:
    assert len(run().value) == 0
    sliced = pa.array(["x", "15/01/2026", "y"], TEXT).slice(1, 1)
    assert date_kernel(sliced, CellOptions(date_order="dmy")).value.to_pylist() == ["2026-01-15"]


# ---- properties

ANY = st.one_of(
    st.text(max_size=40),
    st.sampled_from([value for value, _, _ in SHAPES]),
    st.from_regex(r"\A[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}( [0-9]{1,2}:[0-9]{2}( [AaPp][Mm])?)?\Z"),
    st.from_regex(r"\A[0-9۰-۹०-९TZ:+. /-]{1,30}\Z"),
)
ORDERS = st.sampled_from(["", "dmy", "mdy", "ymd"])


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(ANY, max_size=25), ORDERS, st.sampled_from(["gregorian", "jalali"]))
def test_cleaning_again_changes_nothing(values: list[str], order: str, calendar: str) -> None:
    once = run(*values, date_order=order, calendar=calendar)
    again = run(*once.value.to_pylist(), date_order=order, calendar=calendar)
    assert again.value.equals(once.value)


@settings(derandomize=True, max_examples=25, deadline=None)
@given(st.lists(ANY, min_size=2, max_size=6), ORDERS, st.randoms(use_true_random=False))
def test_a_cell_is_read_the_same_in_any_company(values: list[str], order: str, random: object) -> None:
    alone = [run(value, date_order=order).value[0].as_py() for value in values]
    assert run(*values, date_order=order).value.to_pylist() == alone
    assert run(*reversed(values), date_order=order).value.to_pylist() == alone[::-1]


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.datetimes(datetime.datetime(1950, 1, 1), datetime.datetime(2046, 12, 31)))
def test_every_way_to_write_a_moment_gives_that_moment(moment: datetime.datetime) -> None:
    for order, form in (
        ("dmy", "%d/%m/%Y %H:%M:%S"),
        ("mdy", "%m-%d-%y %I:%M:%S %p"),
        ("", "%Y-%m-%dT%H:%M:%S"),
        ("", "%d %B %Y %H:%M:%S"),
        ("", "%b %d, %Y, %I:%M:%S %p"),
    ):
        written = moment.strftime(form)
        assert canonical(written, date_order=order) == moment.strftime("%Y-%m-%dT%H:%M:%S"), written


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.integers(-200_000, 500_000))
def test_civil_dates_agree_with_the_standard_library(day: int) -> None:
    date = datetime.date(1970, 1, 1) + datetime.timedelta(day)
    year, month, of_month = (np.array([part]) for part in (date.year, date.month, date.day))
    assert days_from_civil(year, month, of_month).tolist() == [day]
    assert [part.tolist() for part in civil_from_days(np.array([day]))] == [[date.year], [date.month], [date.day]]


# ---- the Jalali calendar against the 2820-year table of breaks, an independent slow rule

_BREAKS = (-61, 9, 38, 199, 426, 686, 756, 818, 1111, 1181, 1210, 1635, 2060, 2097, 2192, 2262, 2324, 2394, 2456, 3178)


def _slow_new_year(year: int) -> tuple[datetime.date, bool]:
    """(1 Farvardin, whether the year is leap) by counting leap years from break to break."""
    gregorian_year, leaps, before, jump = year + 621, -14, _BREAKS[0], 0
    for at in _BREAKS[1:]:
        jump = at - before
        if year < at:
            break
        leaps += jump // 33 * 8 + jump % 33 // 4
        before = at
    n = year - before
    leaps += n // 33 * 8 + (n % 33 + 3) // 4
    if jump % 33 == 4 and jump - n == 4:
        leaps += 1
    leap_gregorian = gregorian_year // 4 - (gregorian_year // 100 + 1) * 3 // 4 - 150
    march = 20 + leaps - leap_gregorian
    if jump - n < 6:
        n = n - jump + (jump + 4) // 33 * 33
    return datetime.date(gregorian_year, 3, march), ((n + 1) % 33 - 1) % 4 == 0 and (n + 1) % 33 != 0


def test_jalali_dates_agree_with_a_slow_rule_for_every_day_of_150_years() -> None:
    epoch = datetime.date(1970, 1, 1)
    for year in range(1300, 1451):
        first, leap = _slow_new_year(year)
        lengths = [31] * 6 + [30] * 5 + [30 if leap else 29]
        months = np.concatenate([np.full(length, month) for month, length in enumerate(lengths, start=1)])
        days = np.concatenate([np.arange(1, length + 1) for length in lengths])
        expected = (first - epoch).days + np.arange(len(days))
        assert (days_from_jalali(np.full(len(days), year), months, days) == expected).all(), year
        outside = days_from_jalali(np.array([year, year]), np.array([12, 7]), np.array([30, 31]))
        assert (outside > 0).tolist() == [leap and outside[0] > 0, False] or not leap


@pytest.mark.parametrize(
    ("jalali", "gregorian"),
    [
        ("1399/12/30", "2021-03-20"),
        ("1403/12/30", "2025-03-20"),
        ("1357/11/22", "1979-02-11"),
        ("1404/01/01", "2025-03-21"),
    ],
)
def test_known_jalali_days(jalali: str, gregorian: str) -> None:
    assert canonical(jalali, calendar="jalali") == gregorian


# ---- what a column tells


def test_evidence_counts_what_decides() -> None:
    found = date_evidence(
        pa.array(["3/4/2025", "15/4/2025", "4/15/2025", "01.02.2025", "2025-01-01", "x", "", "1402/1/2"])
    )
    assert (found.filled, found.slots, found.day_first, found.month_first, found.dotted) == (7, 4, 1, 1, 1)
    assert (found.whole_year_first, found.jalali, found.gregorian) == (2, 1, 5)
