"""Make CRM contacts with known duplicates.

    python benchmarks/make_contacts.py --rows 100000 --seed 1 -o contacts.csv --truth truth.csv

Sixteen columns as a CRM exports them, about a quarter of the rows surplus copies of somebody, and what makes
deduplication hard in earnest: colleagues who share company, address, domain and switchboard; ``info@`` mailboxes;
families with one home number; namesakes with name-derived mailboxes at other domains; a reseller's number carried by
hundreds; placeholders. The same rows and seed give the same bytes. The truth is a separate file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
import pandas as pd
import pyarrow as pa
from contact_columns import pick, switch
from contact_copies import country_column, date_column, mail_columns, phone_columns, plan_rows
from contact_lists import load, weighted
from contact_words import address_columns, company_column, name_columns, title_column
from contact_world import CONSUMERS, make_companies, make_people
from pyarrow import csv

__all__ = ["COLUMNS", "make_contacts", "make_table"]

COLUMNS = (
    "Record ID", "First Name", "Last Name", "Job Title", "Company", "Email", "Phone", "Mobile", "Street", "City",
    "State", "Postal Code", "Country", "Lead Source", "Last Activity Date", "Email Opt Out",
)  # fmt: skip
SURPLUS = 0.25


def make_table(rows: int, seed: int) -> tuple[pa.Table, np.ndarray]:
    """``rows`` contacts as an Arrow table of text, and the cluster number of each row."""
    if rows < 20:
        raise ValueError(f"at least 20 rows are needed for a world with colleagues and copies, not {rows}")
    rng = np.random.default_rng([20261122, seed, rows])
    people_count = rows - round(rows * SURPLUS)
    companies = make_companies(people_count - round(people_count * CONSUMERS), rng)
    people = make_people(people_count, companies, rng)
    plan = plan_rows(rows, people, companies, rng)
    first, last = name_columns(plan, people, rng)
    address, country = address_columns(plan, people, companies, rng)
    phone, mobile = phone_columns(plan, people, companies, rng)
    sources, odds = weighted(load("words")["other"]["lead_sources"])
    source = pick(sources, np.searchsorted(odds, rng.random(rows), side="right"))
    opt_out = pick(["", "0", "1"], np.searchsorted([0.15, 0.88], rng.random(rows), side="right"))
    columns = {
        "First Name": first,
        "Last Name": last,
        "Job Title": title_column(plan, people, rng),
        "Company": company_column(plan, companies, rng),
        "Email": mail_columns(plan, people, companies, rng),
        "Phone": phone,
        "Mobile": mobile,
        **address,
        "Country": country_column(plan, country, rng),
        "Lead Source": switch(rng.random(rows) < 0.08, "", source),
        "Last Activity Date": date_column(plan, rng),
        "Email Opt Out": opt_out,
    }
    order = rng.permutation(rows)
    numbers = 1_000_000 + rng.permutation(rows) * 7 % 9_000_000 if rows <= 1_000_000 else 10**9 + rng.permutation(rows)
    table = pa.table({name: column.take(pa.array(order)) for name, column in columns.items()})
    table = table.add_column(0, "Record ID", pa.array(numbers).cast(pa.string()))
    return table.select(list(COLUMNS)), rng.permutation(people_count)[plan.person[order]]


def make_contacts(rows: int, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """Contacts as a frame of text (missing = ""), and the cluster of each, indexed by Record ID in the same order."""
    table, cluster = make_table(rows, seed)
    frame = table.to_pandas()
    return frame, pd.Series(cluster, index=pd.Index(frame["Record ID"]), name="cluster")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--truth", type=Path, help="write the cluster of each Record ID here")
    arguments = parser.parse_args()
    table, cluster = make_table(arguments.rows, arguments.seed)
    options = csv.WriteOptions(quoting_style="needed")
    csv.write_csv(table, arguments.out, options)
    if arguments.truth:
        truth = pa.table({"Record ID": table["Record ID"], "cluster": pa.array(cluster)})
        csv.write_csv(truth, arguments.truth, options)


if __name__ == "__main__":
    main()
