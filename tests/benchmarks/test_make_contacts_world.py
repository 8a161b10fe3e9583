"""The generated contacts are deterministic, look like a CRM, and every duplicate in them can be found in principle."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

ROWS, SEED = 5_000, 7
ROLES = ("info@", "sales@", "office@", "contact@", "admin@", "support@", "hello@")


@pytest.fixture(scope="module")
def script() -> Any:
    return importlib.import_module("make_contacts")


@pytest.fixture(scope="module")
def made(script: Any) -> tuple[pd.DataFrame, pd.Series]:
    frame, truth = script.make_contacts(ROWS, SEED)
    return frame, truth


def test_same_rows_and_seed_give_the_same_contacts(script: Any, made: tuple[pd.DataFrame, pd.Series]) -> None:
    frame, truth = script.make_contacts(ROWS, SEED)
    pd.testing.assert_frame_equal(frame, made[0])
    pd.testing.assert_series_equal(truth, made[1])
    assert not script.make_contacts(ROWS, SEED + 1)[0].equals(frame)


def test_sixteen_text_columns_without_nulls(script: Any, made: tuple[pd.DataFrame, pd.Series]) -> None:
    frame, _ = made
    assert tuple(frame.columns) == script.COLUMNS
    assert len(frame) == ROWS
    assert not frame.isna().any().any()
    assert frame["Record ID"].is_unique


def test_a_quarter_of_the_rows_are_surplus_in_clusters_of_two_to_five(made: tuple[pd.DataFrame, pd.Series]) -> None:
    _, truth = made
    sizes = truth.value_counts()
    assert len(sizes) == ROWS - ROWS // 4
    assert set(sizes) == {1, 2, 3, 4, 5}


def test_ids_and_row_order_do_not_tell_the_truth(made: tuple[pd.DataFrame, pd.Series]) -> None:
    frame, truth = made
    number = frame["Record ID"].astype("int64").to_numpy()
    rank = np.argsort(np.argsort(truth.to_numpy(), kind="stable"))
    assert abs(np.corrcoef(number, rank)[0, 1]) < 0.05
    assert abs(np.corrcoef(np.arange(ROWS), rank)[0, 1]) < 0.05
    neighbours = (truth.to_numpy()[1:] == truth.to_numpy()[:-1]).sum()
    assert neighbours < 10


def evidence(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What a row says about a person besides the name, in forms that can be equal."""
    mail = row["Email"].strip().lower()
    local, _, domain = mail.partition("@")
    if domain and not mail.startswith(ROLES):
        yield "mail", f"{local.split('+')[0]}@{domain}"
    for column in ("Mobile", "Phone"):
        figures = "".join(filter(str.isdigit, row[column].split("x")[0].split(";")[0].split(" E")[0]))
        if len(figures) > 7:
            yield "number", figures[-7:]
    if row["Company"].strip():
        yield "company", row["Company"].strip().lower()[:2]
    if row["Street"]:
        yield "street", "".join(sorted(filter(str.isdigit, row["Street"])))


def test_copies_of_a_person_are_tied_together_by_evidence(made: tuple[pd.DataFrame, pd.Series]) -> None:
    frame, truth = made
    loose = 0
    groups: dict[int, list[dict[str, str]]] = {}
    for record, person in zip(frame.to_dict("records"), truth.tolist(), strict=True):
        groups.setdefault(person, []).append(record)
    several = [records for records in groups.values() if len(records) > 1]
    for records in several:
        said = [set(evidence(record)) for record in records]
        tied, waiting = said.pop(), said
        while any(tied & one for one in waiting):
            tied = tied.union(*[one for one in waiting if tied & one])
            waiting = [one for one in waiting if not one <= tied]
        loose += bool(waiting)
    assert loose <= 0.005 * len(several)  # the crude forms above miss a few mistyped companies


def test_hard_negatives_are_there(made: tuple[pd.DataFrame, pd.Series]) -> None:
    frame, truth = made
    frame = frame.assign(person=truth.to_numpy())
    people_per = {
        column: frame[frame[column] != ""].groupby(column)["person"].nunique()
        for column in ("Phone", "Email", "Street")
    }
    assert people_per["Phone"].max() > 25  # the reseller
    assert people_per["Street"].max() > 30  # a large company
    shared = people_per["Email"][people_per["Email"] > 1]
    assert any(mail.strip().lower().startswith(ROLES) for mail in shared.index)
    assert any(mail.strip().lower().startswith("family.") for mail in shared.index)
    assert {"test@test.com", "n/a"} <= set(shared.index)
    name = frame["First Name"].str.lower() + " " + frame["Last Name"].str.lower()
    namesakes = frame.groupby(name)["person"].nunique()
    assert 0.005 < (namesakes > 1).mean() < 0.1
    assert frame["Last Name"].str.contains(" Jr.", regex=False).any()


def test_relatives_in_a_firm_and_numbers_of_two_people_are_there(script: Any) -> None:
    world = importlib.import_module("contact_world")
    rng = np.random.default_rng(5)
    companies = world.make_companies(9_400, rng)
    people = world.make_people(10_000, companies, rng)
    found = pd.DataFrame(
        {"company": people.company, "given": people.given, "family": people.family, "mobile": people.mobile.to_pylist()}
    )
    workers = found[found["company"] >= 0]
    small = workers[companies.size[workers["company"]] <= 12]
    assert small.duplicated(["company", "family"], keep=False).mean() > 0.05  # without family firms below .01
    shared = found[found.duplicated("mobile", keep=False)]
    assert 0.02 < len(shared) / len(found) < 0.08
    assert shared.groupby("mobile").size().max() <= 6
    assert not shared.duplicated(["mobile", "given"]).any()  # they could be one who has married
    assert people.protected[shared.index].all()


def test_some_women_are_known_by_another_surname(script: Any, made: tuple[pd.DataFrame, pd.Series]) -> None:
    kin, lists = (importlib.import_module(name) for name in ("contact_kin", "contact_lists"))
    known = lists.names()
    given = np.concatenate([known.draw("ru", kind, 50, np.random.default_rng(1)) for kind in ("f", "m")])
    family = np.concatenate([known.draw("ru", f"family_{kind}", 50, np.random.default_rng(2)) for kind in ("f", "m")])
    married = kin.married_name(given, family, np.random.default_rng(3))
    assert (married[:50] != family[:50]).mean() > 0.5
    assert (married[50:] == family[50:]).all()
    low, shares = known.ranges["ru", "family_f"]
    assert ((married[:50] >= low) & (married[:50] < low + len(shares))).all()


def test_native_scripts_and_mojibake_are_there(made: tuple[pd.DataFrame, pd.Series]) -> None:
    text = " ".join(made[0]["First Name"] + made[0]["Last Name"])
    for first, last in (("\u0900", "\u097f"), ("\u0980", "\u09ff"), ("\u0b80", "\u0bff"), ("\u0c00", "\u0c7f")):
        assert any(first <= letter <= last for letter in text)
    assert any("\u0600" <= letter <= "\u06ff" for letter in text)
    assert "Ã" in text


def test_a_handful_of_rows_is_refused_with_a_reason(script: Any) -> None:
    with pytest.raises(ValueError, match="at least 20 rows"):
        script.make_contacts(5, 1)
