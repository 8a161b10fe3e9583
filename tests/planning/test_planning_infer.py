"""Plans: from the values of whole columns, whatever the order of rows."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmclean
from crmclean import planning
from crmclean.errors import InputMissing, UsageError
from crmclean.files.read import read_source
from crmclean.mapping.known import is_known_header
from crmclean.normalisers.dates import date_kernel
from crmclean.plan import Plan
from crmclean.planning import _marks, infer_plan
from crmclean.ruleset.spec import InputRules, Rules
from crmclean.tables.normalised import CellOptions


def plan_of(rules: Rules | None = None, **columns: list[str | None]) -> Plan:
    return infer_plan(pd.DataFrame({name.replace("_", " "): values for name, values in columns.items()}), rules)


def order_of(plan: Plan, column: str) -> str:
    return plan.of(column).date_order


# ---- dates


def test_a_number_above_12_anywhere_decides_the_order() -> None:
    early = [f"0{day}/0{month}/2025" for day in range(1, 9) for month in range(1, 9)]
    assert order_of(plan_of(Created=[*early, "25/12/2025"]), "Created") == "dmy"
    assert order_of(plan_of(Created=[*early, "12/25/2025"]), "Created") == "mdy"
    assert order_of(plan_of(Created=["2025-12-25", "2025-01-02"]), "Created") == "ymd"


def test_two_columns_may_have_two_orders() -> None:
    plan = plan_of(Created=["25/12/2025", "1/2/2025"], Modified=["12/25/2025", "1/2/2025"])
    assert (order_of(plan, "Created"), order_of(plan, "Modified")) == ("dmy", "mdy")


def test_a_column_that_cannot_tell_follows_the_others_then_the_region() -> None:
    plan = plan_of(Created=["1/2/2025"], Modified=["12/25/2025"])
    assert order_of(plan, "Created") == "mdy"
    assert plan.of("Created").confidence < plan.of("Modified").confidence
    assert order_of(plan_of(Created=["1/2/2025"], Country=["USA"]), "Created") == "mdy"
    assert order_of(plan_of(Created=["1/2/2025"], Country=["India"]), "Created") == "dmy"
    assert order_of(plan_of(Created=["1.2.2025"], Country=["USA"]), "Created") == "dmy"


def test_nothing_decides_then_nothing_is_decided() -> None:
    plan = plan_of(Created=["1/2/2025", "3/4/2025"])
    assert order_of(plan, "Created") == ""
    assert plan.of("Created").confidence <= 0.5
    assert "date_order" in plan.of("Created").why


def test_a_column_that_contradicts_itself_is_left_open() -> None:
    plan = plan_of(Created=["25/12/2025", "12/25/2025", "13/1/2024", "1/13/2024"], Country=["India"] * 4)
    assert order_of(plan, "Created") == ""


def test_one_slip_in_a_hundred_does_not_overrule_the_rest() -> None:
    days = [f"{day}/{month}/2025" for day in range(13, 29) for month in range(1, 13)]
    assert order_of(plan_of(Created=[*days, "12/25/2025"]), "Created") == "dmy"


def test_jalali_years_make_a_jalali_column() -> None:
    plan = plan_of(Created=["1402/12/25", "۱۴۰۳/۰۱/۰۵"], Modified=["2024-03-15", "2024-03-16"])
    assert plan.of("Created").calendar == "jalali"
    assert plan.of("Modified").calendar == "gregorian"


# ---- the region


@pytest.mark.parametrize(
    ("columns", "region"),
    [
        ({"Country": ["Deutschland", "DE", "Germany", "France"]}, "DE"),
        ({"Country": ["भारत", "India", "IN"]}, "IN"),
        ({"Phone": ["+91 98765 43210", "+91 99999 12345", "022 2345 6789"]}, "IN"),
        ({"Email": ["a@acme.in", "b@globex.co.in", "c@initech.in"]}, "IN"),
        ({"Email": ["a@acme.co.uk", "b@globex.uk", "c@initech.org.uk"]}, "GB"),
        ({"Email": ["a@acme.io", "b@globex.ai", "c@initech.co"]}, ""),
        ({"Email": ["a@gmail.com", "b@yahoo.com"]}, ""),
        ({"Country": ["India", "Germany", "Iran", "Brazil"]}, ""),
        ({"Country": [None, ""], "Phone": ["+49 30 1234567", "+49 30 7654321"]}, "DE"),
    ],
)
def test_the_region_is_inferred(columns: dict[str, list[str | None]], region: str) -> None:
    assert plan_of(**columns).region == region


def test_rows_count_not_spellings() -> None:
    assert plan_of(Country=["India"] * 5 + ["Germany", "Deutschland", "DE"]).region == "IN"


def test_the_rules_overrule_everything() -> None:
    rules = Rules(input=InputRules(region="br"), mapping={"E-Mail": "", "Colour": "lead_source"})
    plan = plan_of(rules, Email=["a@acme.in"], Colour=["red"], Country=["India"])
    assert plan.region == "BR"
    assert plan.of("Email").field is None  # by any spelling that folds to the same
    assert plan.of("Colour").field == "lead_source"
    assert plan.of("Colour").confidence == 1.0


# ---- columns


def test_columns_keep_their_order_and_unknown_ones_pass_through() -> None:
    plan = plan_of(Email=["a@x.org"], Shoe_size=["9"], First_Name=["Ann"], Email_Opt_Out=["No"])
    assert [(item.column, item.field) for item in plan.columns] == [
        ("Email", "email"), ("Shoe size", None), ("First Name", "first_name"), ("Email Opt Out", "email_opt_out"),
    ]  # fmt: skip
    assert plan.of("Email Opt Out").polarity == -1
    assert all(item.why for item in plan.columns)


def test_free_text_is_told_from_values() -> None:
    story = "we met at the booth and talked about the new machine"
    plan = plan_of(Notes=["call back", ""], Impressions=[story, story + "s"], Colour=["red", "blue"])
    assert [item.free_text for item in plan.columns] == [True, True, False]


def test_columns_of_an_earlier_run_are_no_contact_fields() -> None:
    frame = pd.DataFrame({"Email": ["a@x.org"], "crmclean_record_id": ["1"], "crmclean_reasons": ["a@x.org"]})
    assert [item.field for item in infer_plan(frame).columns] == ["email", None, None]


def test_a_frame_with_twin_columns_numbers_and_nothing() -> None:
    frame = pd.DataFrame([["a", 1.5, None], ["b", 2.5, None]], columns=["Company", "Company", "Empty"])
    assert [item.column for item in infer_plan(frame).columns] == ["Company", "Company#2", "Empty"]
    assert infer_plan(pd.DataFrame()).columns == ()


def test_a_frame_whose_twins_have_the_name_of_a_third_column() -> None:
    frame = pd.DataFrame([["A", "B", "C", "x"]], columns=["Company", "Company", "Company#2", " "])
    names = ["Company", "Company#2", "Company#2#2", "column_4"]
    assert [item.column for item in infer_plan(frame).columns] == names
    result = crmclean.clean(frame)
    assert result.cleaned.columns.tolist()[:4] == names
    assert result.cleaned.iloc[0].tolist()[:4] == ["A", "B", "C", "x"]


def test_a_plan_survives_its_toml() -> None:
    plan = plan_of(Created=["25/12/2025", None], Email=["a@acme.in", "b@acme.in"], Opt_In=["Yes", "No"])
    again = Plan.from_toml(plan.to_toml())
    assert [(c.column, c.field, c.date_order, c.polarity) for c in again.columns] == [
        (c.column, c.field, c.date_order, c.polarity) for c in plan.columns
    ]


def test_a_path_and_its_source_give_one_plan(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("First Name;Created\nAnn;25/12/2025\nBo;1/2/2025\n", encoding="utf-8")
    plan = infer_plan(path)
    assert plan == infer_plan(read_source(path, known=is_known_header)) == infer_plan(str(path))
    assert plan.source == "leads.csv"
    assert plan.dialect.delimiter == ";"
    assert plan.fields == {"first_name": ["First Name"], "created_at": ["Created"]}
    with pytest.raises(InputMissing):
        infer_plan(tmp_path / "none.csv")


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(UsageError):
        infer_plan(42)  # type: ignore[arg-type]


def test_header_words_are_known_and_cells_are_not() -> None:
    assert all(is_known_header(cell) for cell in ("First Name", "E-MAIL", "पिन कोड", "Person - Name", "createdon"))
    assert not any(is_known_header(cell) for cell in ("Ann", "a@x.org", "12", "", "No", "Acme GmbH", "x"))


# ---- properties

CELLS = {
    "Created": st.sampled_from(["1/2/2025", "3/4/2025", "13/4/2025", "4/13/2025", "2025-01-02", "", "TBD", "1402/1/1"]),
    "Contact": st.sampled_from(["ann@x.in", "Ann Lee", "+91 98765 43210", "", "bo@y.de", "Acme GmbH"]),
    "Title": st.sampled_from(["Mr", "CEO", "Dr.", "", "Sales Manager"]),
    "Country": st.sampled_from(["India", "DE", "USA", "", "भारत"]),
    "Opt In": st.sampled_from(["Yes", "No", "2025-01-01", "Subscribed", ""]),
    "Thing": st.sampled_from(["https://x.org", "India", "12", "a@b.com", ""]),
}


@settings(derandomize=True, max_examples=10, deadline=None)
@given(st.lists(st.fixed_dictionaries(CELLS), min_size=2, max_size=20), st.data())
def test_the_order_of_rows_changes_nothing(rows: list[dict[str, str]], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    assert infer_plan(pd.DataFrame(rows, columns=list(CELLS))) == infer_plan(
        pd.DataFrame(shuffled, columns=list(CELLS))
    )


@settings(derandomize=True, max_examples=10, deadline=None)
@given(st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=4))
def test_any_table_has_a_plan(cells: dict[str, list[str]]) -> None:
    plan = infer_plan(pa.table({name: pa.array(values) for name, values in cells.items()}))
    assert [item.column for item in plan.columns] == list(cells)
    assert [item.field for item in Plan.from_toml(plan.to_toml()).columns] == [item.field for item in plan.columns]


DATES = st.sampled_from(
    ["1/2/2025", "3/4/2025", "13/4/2025", "4/13/2025", "4/4/2025", "1.2.2025", "25.12.2025", "2025-01-02", "TBD",
     "1402/1/1", "1402/13/1", "15 Jan 2025", "24-01-15", "3/4/25", "45366", "31/31/2025"]
)  # fmt: skip


@settings(derandomize=True, max_examples=40, deadline=None)
@given(
    st.lists(DATES, max_size=12), st.lists(DATES, max_size=12), st.integers(0, 60), st.sampled_from(["", "US", "IN"])
)
def test_cleaning_cleaned_dates_changes_nothing(left: list[str], right: list[str], more: int, region: str) -> None:
    rules = Rules(input=InputRules(region=region))
    regular = [f"{1 + day % 28}/{1 + day % 12}/{2020 + day % 5}" for day in range(more)]
    columns = {"Created": [*left, *regular], "Modified": right}
    once = _cleaned(columns, rules)
    assert _cleaned(once, rules) == once


def _cleaned(columns: dict[str, list[str]], rules: Rules) -> dict[str, list[str]]:
    rows = max(map(len, columns.values()))
    padded = {name: pa.array(cells + [""] * (rows - len(cells)), pa.large_string()) for name, cells in columns.items()}
    plan = infer_plan(pa.table(padded), rules)
    return {
        item.column: date_kernel(
            pa.array(columns[item.column], pa.large_string()),
            CellOptions(date_order=item.date_order, calendar=item.calendar, field=item.field or ""),
        ).value.to_pylist()
        for item in plan.columns
    }


def test_consent_in_a_status_is_found_again_after_cleaning() -> None:
    frame = pd.DataFrame({"Status": ["true", "false"], "crmclean_record_id": ["1", "2"]})
    assert infer_plan(frame).of("Status").field == "email_opt_in"
    assert infer_plan(frame[["Status"]]).of("Status").field == "status"


def test_a_sample_of_a_huge_column_does_not_depend_on_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmclean.planning._MOST_DISTINCT", 50)
    monkeypatch.setattr("crmclean.planning._SAMPLE", 20)
    days = [f"{day}/{month}/{year}" for day in range(1, 29) for month in range(1, 13) for year in (2024, 2025)]
    frame = pd.DataFrame({"Created": days})
    assert infer_plan(frame) == infer_plan(frame.iloc[::-1])
    assert order_of(infer_plan(frame), "Created") == "dmy"


@settings(derandomize=True, max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=20)), min_size=1, max_size=20))
def test_a_mark_is_a_function_of_the_value_alone(values: list[str | None]) -> None:
    whole = _marks(pa.array(["pad", *values, "pad"], pa.large_string()).slice(1, len(values)))
    assert whole.tolist() == [_marks(pa.array([value], pa.large_string()))[0] for value in values]
    padded = pa.array(["pad", *values, "pad"], pa.large_string()).slice(1, len(values))
    assert whole.tolist() == planning._plain_marks(padded).tolist()


@pytest.mark.parametrize("distinct", [3, 50_000, 120_000])
def test_columns_are_counted_alike_with_and_without_kernels(monkeypatch: pytest.MonkeyPatch, distinct: int) -> None:
    rows = np.random.default_rng(1).integers(0, distinct, 150_000)
    values = pc.cast(pa.array(rows), pa.large_string())
    values = pa.concat_arrays([values, pa.array([None, "", " ", "é"], pa.large_string())])
    compiled = planning._counted("a", "a", values)
    for module in (planning, sys.modules["crmclean.tables.distinct"]):
        monkeypatch.setattr(module, "kernel", lambda *_: None)
    plain = planning._counted("a", "a", values)
    assert compiled.values.equals(plain.values)
    assert compiled.counts.tolist() == plain.counts.tolist()
