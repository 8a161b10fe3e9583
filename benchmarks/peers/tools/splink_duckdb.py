"""Splink on DuckDB: the comparisons, blocking rules and training of its own demonstrations, per kind of file.

fake_1000, febrl3 and historical_50k follow the notebooks that Splink publishes for these very sets. The contacts
follow its guides: clean and lower-case first, placeholders and role mailboxes to null, ready-made comparisons, term
frequencies on names and identifiers, one comparison for what is highly correlated (employer, switchboard, address),
several tight blocking rules, u by random sampling, the prior from deterministic rules, m by expectation maximisation
over rules that leave each column free at least once. Of the settings tried these scored best: without the levels for
swapped names, double names and numbers in the wrong column F1 falls by .02, with both names in one comparison, or
company, telephone and address as comparisons of their own, by .08 to .12.
Clusters are its connected components at .95, the threshold of its tutorials.

    python splink_duckdb.py INPUT.csv FIELDS.json OUT_FOLDER
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

DEFAULT = 0.95  # clusters of Splink's tutorials
FLOOR = 0.5  # pairs below are not kept
U_PAIRS = 5e6  # as in its notebook on 50k persons; it stops earlier where every level was seen often enough
EM_PAIRS = 2e6  # its `max_pairs`, so that training does not grow with the file

TEXT = "nullif(trim(regexp_replace(lower(strip_accents({0})), '[^\\p{{L}}\\p{{M}}\\p{{N}}]+', ' ', 'g')), '')"
PLAIN = "nullif(trim({0}), '')"


@dataclass(frozen=True)
class Model:
    """What a set needs: SQL of each prepared column, comparisons, rules to compare by, to train by, to count by."""

    columns: dict[str, str]
    comparisons: Callable[[], list]
    blocking: list
    training: list
    deterministic: list
    recall: float


def _names(*, together: bool) -> list:
    """Names as one comparison with the frequency of the whole name, or as two with a frequency each."""
    if together:
        return [cl.ForenameSurnameComparison("first", "last", forename_surname_concat_col_name="whole")]
    return [cl.NameComparison(one).configure(term_frequency_adjustments=True) for one in ("first", "last")]


SWAPPED = "first_l = last_r and last_l = first_r"
CROSSED = "(mobile_l = phone_r or phone_l = mobile_r)"


def _name(column: str, exact: list, also: str, label: str) -> cl.CustomComparison:
    """A name as in the ready-made comparison, with what the documentation calls business knowledge beside it."""
    return cl.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            *exact,
            cll.JaroWinklerLevel(column, 0.92),
            cll.JaroWinklerLevel(column, 0.88),
            cll.CustomLevel(also, label),
            cll.JaroWinklerLevel(column, 0.7),
            cll.ElseLevel(),
        ],
    )


def _person() -> list:
    """First name (initials, swapped names), last name (part of a double name), mobile (in either column)."""
    initial = "(length(first_l) = 1 or length(first_r) = 1) and first_l[1] = first_r[1]"
    part = "least(length(last_l), length(last_r)) > 3 and (contains(last_l, last_r) or contains(last_r, last_l))"
    frequent = [cll.ExactMatchLevel(one, term_frequency_adjustments=True) for one in ("first", "last")]
    said_already = cll.Or(cll.NullLevel("last"), cll.CustomLevel(SWAPPED)).configure(is_null_level=True)
    absent = f"(mobile_l is null or mobile_r is null) and not coalesce({CROSSED}, false)"
    return [
        _name("first", [cll.NullLevel("first"), frequent[0], cll.CustomLevel(SWAPPED, "swapped")], initial, "initial"),
        _name("last", [said_already, frequent[1]], part, "part"),
        cl.CustomComparison(
            output_column_name="mobile",
            comparison_levels=[
                cll.CustomLevel(absent).configure(is_null_level=True),
                cll.CustomLevel(f"mobile_l = mobile_r or {CROSSED}", "the same, in either column"),
                cll.DamerauLevenshteinLevel("mobile", 1),
                cll.ElseLevel(),
            ],
        ),
    ]


def _affiliation() -> cl.CustomComparison:
    """Employer, switchboard and address in one: "columns that are not highly correlated", ask its guides."""
    absent = " and ".join(f"({one}_l is null or {one}_r is null)" for one in ("company", "phone", "street", "city"))
    return cl.CustomComparison(
        output_column_name="affiliation",
        comparison_levels=[
            cll.CustomLevel(absent, "nothing to compare").configure(is_null_level=True),
            cll.And(
                cll.ExactMatchLevel("company"), cll.Or(cll.ExactMatchLevel("phone"), cll.ExactMatchLevel("street"))
            ).configure(tf_adjustment_column="company"),
            cll.ExactMatchLevel("phone", term_frequency_adjustments=True),
            cll.ExactMatchLevel("company", term_frequency_adjustments=True),
            cll.ExactMatchLevel("street", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("company", 0.9),
            cll.ExactMatchLevel("postcode", term_frequency_adjustments=True),
            cll.ExactMatchLevel("city", term_frequency_adjustments=True),
            cll.ElseLevel(),
        ],
    )


_FORMS = (
    "inc|incorporated|llc|ltd|limited|pvt|private|plc|corp|corporation|co|company|gmbh|ag|kg|sa|sas|sarl|srl|sl|ltda|"
    "pty|fze|fzc|bv|nv|oy|ab|as|pjsc|ooo|ooo|llp|lp|me|eireli"
)
_PHONE = "right(regexp_replace(regexp_extract({0}, '^[^x;eE]*'), '[^0-9]', '', 'g'), 9)"
_NUMBER = f"case when length({_PHONE}) < 7 or regexp_matches({_PHONE}, '^(\\d)(' || left({_PHONE}, 1) || ')*$') "
_NUMBER += f"then null else {_PHONE} end"
_MAIL = (
    "case when regexp_matches(lower(trim({0})), '^(info|sales|office|contact|admin|support|hello|test|none|na|n/a)@') "
    "or not contains({0}, '@') then null else regexp_replace(lower(trim({0})), '\\+[^@]*@', '@') end"
)
_UNKNOWN = "case when lower({0}) in ('unknown', 'n/a', 'test', '-') then null else {1} end"

CONTACTS = Model(
    columns={
        "first": TEXT.format('"First Name"'),
        "last": _UNKNOWN.format(
            '"Last Name"', TEXT.format("""regexp_replace("Last Name", '\\s+(Jr|Sr)\\.?\\s*$', '', 'i')""")
        ),
        "email": _MAIL.format('"Email"'),
        "phone": _NUMBER.format('"Phone"'),
        "mobile": _NUMBER.format('"Mobile"'),
        "company": _UNKNOWN.format(
            '"Company"',
            "nullif(trim(regexp_replace(" + TEXT.format('"Company"') + f", '\\b({_FORMS})\\b', '', 'g')), '')",
        ),
        "street": TEXT.format('"Street"'),
        "postcode": TEXT.format('"Postal Code"'),
        "city": TEXT.format('"City"'),
        "whole": "first || ' ' || last",
        "mailbox": "regexp_extract(email, '^[^@]+')",
    },
    comparisons=lambda: [
        *_person(),
        cl.JaroWinklerAtThresholds("email", [0.92, 0.85]).configure(term_frequency_adjustments=True),
        _affiliation(),
    ],
    blocking=[
        block_on("email"),
        block_on("mobile"),
        block_on("first", "last"),
        block_on("last", "company"),
        block_on("first", "company"),
        block_on("mailbox", "substr(last, 1, 2)"),
        block_on("phone", "last"),
        block_on("phone", "first"),
        block_on("street", "last"),
        block_on("street", "first"),
        block_on("postcode", "substr(first, 1, 2)", "substr(last, 1, 2)"),
        "l.mobile = r.phone",
        "l.first = r.last and l.last = r.first",
    ],
    training=[block_on("first", "last"), block_on("mobile"), block_on("email")],
    deterministic=[block_on("email"), block_on("mobile", "last"), block_on("first", "last", "company")],
    recall=0.7,
)

FAKE_1000 = Model(  # notebook "deduplicate fake 1000"
    columns={
        "first": TEXT.format("first_name"),
        "last": TEXT.format("surname"),
        "dob": PLAIN.format("dob"),
        "city": TEXT.format("city"),
        "email": PLAIN.format("lower(email)"),
        "whole": "first || ' ' || last",
    },
    comparisons=lambda: [
        *_names(together=False),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ],
    blocking=[
        block_on("first", "city"),
        block_on("last"),
        block_on("first", "last"),
        block_on("dob"),
        block_on("email"),
        block_on("substr(first, 1, 3)", "substr(dob, 1, 4)"),
    ],
    training=[block_on("first", "last"), block_on("dob"), block_on("email")],
    deterministic=[block_on("first", "dob"), block_on("email")],
    recall=0.8,
)

FEBRL = Model(  # notebook "deduplicate febrl 3"
    columns={
        "first": TEXT.format("given_name"),
        "last": TEXT.format("surname"),
        "dob": PLAIN.format("date_of_birth"),
        "ssn": PLAIN.format("soc_sec_id"),
        "number": PLAIN.format("street_number"),
        "street": TEXT.format("address_1"),
        "suburb": TEXT.format("suburb"),
        "postcode": PLAIN.format("postcode"),
        "whole": "first || ' ' || last",
    },
    comparisons=lambda: [
        *_names(together=False),
        cl.DamerauLevenshteinAtThresholds("dob", [1, 2]),
        cl.DamerauLevenshteinAtThresholds("ssn", [1, 2]),
        cl.ExactMatch("number").configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("street", [0.9, 0.7]).configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
    ],
    blocking=[
        block_on("ssn"),
        block_on("first"),
        block_on("last"),
        block_on("dob"),
        block_on("postcode"),
        block_on("street"),
        block_on("suburb", "number"),
    ],
    training=[block_on("dob"), block_on("ssn"), block_on("first", "last")],
    deterministic=[block_on("ssn"), block_on("first", "last", "dob")],
    recall=0.9,
)

HISTORICAL = Model(  # notebook "deduplicate 50k rows historical persons"
    columns={
        "first": TEXT.format("first_name"),
        "last": TEXT.format("surname"),
        "dob": PLAIN.format("dob"),
        "place": TEXT.format("birth_place"),
        "postcode": PLAIN.format("upper(postcode_fake)"),
        "occupation": TEXT.format("occupation"),
        "whole": "first || ' ' || last",
    },
    comparisons=lambda: [
        *_names(together=True),
        cl.DateOfBirthComparison("dob", input_is_string=True, datetime_metrics=["year", "year"],
                                 datetime_thresholds=[1, 10]),
        cl.PostcodeComparison("postcode"),
        cl.ExactMatch("place").configure(term_frequency_adjustments=True),
        cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
    ],
    blocking=[
        block_on("substr(first, 1, 3)", "substr(last, 1, 4)"),
        block_on("last", "dob"),
        block_on("first", "dob"),
        block_on("postcode", "first"),
        block_on("postcode", "last"),
        block_on("dob", "place"),
        block_on("substr(postcode, 1, 3)", "dob"),
        block_on("substr(postcode, 1, 3)", "first"),
        block_on("substr(postcode, 1, 3)", "last"),
        block_on("substr(first, 1, 2)", "substr(last, 1, 2)", "substr(dob, 1, 4)"),
    ],
    training=[block_on("first", "last"), block_on("dob")],
    deterministic=[
        block_on("whole", "dob"), block_on("substr(first, 1, 3)", "last", "dob"),
        block_on("substr(postcode, 1, 2)", "dob", "last"),
    ],
    recall=0.6,
)  # fmt: skip

MODELS = {"contacts": CONTACTS, "fake_1000": FAKE_1000, "febrl": FEBRL, "historical_50k": HISTORICAL}


def _prepare(path: str, columns: dict[str, str], database: duckdb.DuckDBPyConnection) -> None:
    """The table ``prepared``: a row number and the columns the model names, in the order that they are defined."""
    read = f"from read_csv('{path}', all_varchar = true, header = true, parallel = false)"
    plain = {name: sql for name, sql in columns.items() if name not in {"whole", "mailbox"}}
    derived = {name: sql for name, sql in columns.items() if name not in plain}
    database.execute(
        "create table prepared as with raw as (select row_number() over () - 1 as unique_id, * "
        + read
        + "), cleaned as (select unique_id, "
        + ", ".join(f"{sql} as {name}" for name, sql in plain.items())
        + " from raw) select *, "
        + ", ".join(f"{sql} as {name}" for name, sql in derived.items())
        + " from cleaned"
    )


def main() -> None:
    """The common contract of the tools."""
    source, fields, out = sys.argv[1:4]
    shape = json.loads(Path(fields).read_text())["shape"]
    if shape not in MODELS:
        sys.exit(f"no Splink settings are written for {shape}")
    model = MODELS[shape]
    database = duckdb.connect()
    _prepare(source, model.columns, database)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=model.comparisons(),
        blocking_rules_to_generate_predictions=model.blocking,
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection=database)
    linker = Linker(api.register("prepared"), settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(model.deterministic, recall=model.recall)
    training.estimate_u_using_random_sampling(max_pairs=U_PAIRS)
    for rule in model.training:
        training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=EM_PAIRS)
    pairs = linker.inference.predict(threshold_match_probability=FLOOR)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=DEFAULT)
    table = clusters.physical_name
    database.execute(f"copy (select unique_id as row, cluster_id as cluster from {table}) to '{out}/clusters.csv'")
    columns = "unique_id_l as row_l, unique_id_r as row_r, match_probability as probability"
    database.execute(f"copy (select {columns} from {pairs.physical_name}) to '{out}/pairs.csv'")


if __name__ == "__main__":
    main()
