"""Batches made by hand for the report's tests: a tiny one to count on paper, and a realistic one to look at."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa

from crmclean.report import ColumnFact, HistoryPoint, ObjectiveFact, ReportFacts, SourceFact
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import TEXT, evidence_table

TERMS = ("validity", "completeness", "freshness", "uniqueness", "consistency")


def text_table(columns: dict[str, list[Any]]) -> pa.Table:
    return pa.table({name: pa.array(values, TEXT) for name, values in columns.items()})


def rows_table(
    disposition: list[str], source: list[str], survivor: list[int | None] | None = None, first: int = 0
) -> pa.Table:
    count = len(disposition)
    return evidence_table(
        "rows",
        {
            "row": pa.array(range(first, first + count), pa.int32()),
            "record_id": [f"r{n:05d}" for n in range(count)],
            "source": pa.array(source, pa.string()),
            "line": pa.array(range(2, count + 2), pa.int64()),
            "encoding": "utf-8",
            "disposition": pa.array(disposition, pa.string()),
            "survivor_row": pa.array(survivor or [None] * count, pa.int32()),
        },
    )


def rows_of(name: str, keys: tuple[str, ...], entries: list[tuple[Any, ...]], **types: pa.DataType) -> pa.Table:
    """An evidence table from tuples in the order of ``keys``."""
    if not entries:
        return evidence_table(name, {key: pa.array([], types.get(key, pa.string())) for key in keys})
    columns = dict(zip(keys, zip(*entries, strict=True), strict=True))
    return evidence_table(name, {key: pa.array(list(values), types.get(key)) for key, values in columns.items()})


def issues_table(entries: list[tuple[Any, ...]]) -> pa.Table:
    """(row, column, field, value, reason, verdict, severity)."""
    keys = ("row", "column", "field", "value", "rule", "reason", "verdict", "severity")
    full = [(*entry[:4], entry[4].split(".")[0], *entry[4:]) for entry in entries]
    return rows_of("issues", keys, full, row=pa.int32())


def changes_table(entries: list[tuple[Any, ...]]) -> pa.Table:
    """(row, column, field, before, after, reason)."""
    keys = ("row", "column", "field", "seq", "before", "after", "step", "reason")
    full = [(*entry[:3], 0, *entry[3:5], entry[5].split(".")[0], entry[5]) for entry in entries]
    return rows_of("changes", keys, full, row=pa.int32(), seq=pa.int16())


def trust_table(entries: list[tuple[Any, ...]]) -> pa.Table:
    """(row, score, grade, five terms)."""
    keys = ("row", "score", "grade", *TERMS, "reasons")
    return rows_of("trust", keys, [(*entry, "") for entry in entries], row=pa.int32())


def freshness_table(entries: list[tuple[Any, ...]]) -> pa.Table:
    """(row, field, age_days, status)."""
    keys = ("row", "field", "evidence_date", "age_days", "survival", "status")
    full = [
        (row, field, None, age, None if age is None else 0.75 ** (age / 365.25), status)
        for row, field, age, status in entries
    ]
    kinds = {"row": pa.int32(), "evidence_date": pa.date32(), "age_days": pa.int32(), "survival": pa.float32()}
    return rows_of("freshness", keys, full, **kinds)


def links_table(entries: list[tuple[Any, ...]]) -> pa.Table:
    """(row_l, row_r, blocking_rule, weight, probability, decision)."""
    keys = ("row_l", "row_r", "blocking_rule", "weight", "probability", "decision", "decided_by")
    return rows_of("links", keys, [(*entry, "model") for entry in entries], row_l=pa.int32(), row_r=pa.int32())


def clusters_table(entries: list[tuple[Any, ...]]) -> pa.Table:
    """(row, cluster_id, cluster_size)."""
    keys = ("row", "cluster_id", "cluster_size")
    return rows_of("clusters", keys, entries, row=pa.int32(), cluster_size=pa.int32())


def field_trust_table(entries: list[tuple[Any, ...]]) -> pa.Table:
    """(row, field, trust)."""
    keys = ("row", "field", "validity", "survival", "corroboration", "source", "trust")
    full = [(row, field, 1.0, 1.0, 1.0, 1.0, trust) for row, field, trust in entries]
    return rows_of("field_trust", keys, full, row=pa.int32())


def small() -> tuple[Batch, ReportFacts]:
    """Eight rows of two files, counted by hand in the tests."""
    records = text_table(
        {
            "Name": ["Ann Lee", "Bo Ek", "Ann Lee", "test", "प्रिया शर्मा", "Eva Ruiz", None, "Kim"],
            "Mail": ["ann@x.org", "bo@", "ann@x.org", "test@test.com", "priya@y.in", "", "info@z.de", "kim@k.kr"],
            "Rep": ["Ada", "Ada", "Bob", "Bob", "Ada", "Bob", "", "Ada"],
            "Extra": ["1", "", "", "", "", "", "", ""],
        }
    )
    rows = rows_table(
        ["cleaned", "cleaned", "merged", "quarantined", "cleaned", "cleaned", "cleaned", "cleaned"],
        ["a.csv"] * 5 + ["b.csv"] * 3,
        [None, None, 0, None, None, None, None, None],
    )
    batch = Batch.of(records, rows).adding(
        issues=issues_table(
            [
                (1, "Mail", "email", "bo@", "email.syntax", "invalid", "error"),
                (3, "Mail", "email", "test@test.com", "email.bogus", "invalid", "error"),
                (3, "Name", "full_name", "test", "name.bogus", "invalid", "error"),
                (5, "Mail", "email", "", "required.missing", "invalid", "warning"),
                (6, "Mail", "email", "info@z.de", "email.role", "valid", "info"),
                (6, None, None, None, "freshness.stale", "unknown", "warning"),
            ]
        ),
        changes=changes_table(
            [
                (0, "Name", "full_name", "ANN LEE", "Ann Lee", "name.case"),
                (1, "Name", "full_name", "  Bo Ek", "Bo Ek", "text.spaces"),
                (7, "Mail", "email", "Kim@K.kr", "kim@k.kr", "email.case"),
                (0, "Extra", None, "", "1", "merge.survivor"),
            ]
        ),
        links=links_table(
            [
                (0, 2, "email", 14.0, 0.998, "match"),
                (4, 5, "name", 1.0, 0.6, "review"),
                (4, 7, "name", -3.0, 0.05, "non_match"),
            ]
        ),
        clusters=clusters_table([(0, "r00000", 2), (2, "r00000", 2)]),
        freshness=freshness_table(
            [
                (0, "*", 10, "fresh"),
                (1, "*", 300, "ageing"),
                (6, "*", 900, "stale"),
                (7, "*", None, "unknown"),
                (0, "email", 10, "fresh"),
                (6, "email", 900, "stale"),
                (2, "email", 900, "stale"),
            ]
        ),
        field_trust=field_trust_table([(0, "email", 0.9), (1, "email", 0.1), (2, "email", 0.0)]),
        trust=trust_table(
            [
                (0, 95.0, "A", 1.0, 1.0, 0.9, 1.0, 1.0),
                (1, 55.0, "F", 0.4, 1.0, 0.8, 1.0, 1.0),
                (4, 80.0, "B", 1.0, 0.9, 0.5, 0.9, 1.0),
                (5, 62.0, "D", 1.0, 0.4, 0.5, 0.9, 1.0),
                (6, 40.0, "F", 1.0, 0.5, 0.1, 1.0, 1.0),
                (7, 88.0, "B", 1.0, 1.0, 0.5, 1.0, 1.0),
                (2, 1.0, "F", 0.0, 0.0, 0.0, 0.0, 0.0),
            ]
        ),
    )
    facts = ReportFacts(
        as_of="2026-11-22",
        sources=(
            SourceFact("a.csv", 5, 4, "ab" * 32, "utf-8", {"preamble": 2}),
            SourceFact("b.csv", 3, 4, "", "cp1252", {"blank": 1}),
        ),
        columns=(
            ColumnFact("Name", "full_name", "Name"),
            ColumnFact("Mail", "email", "E-mail"),
            ColumnFact("Rep", "owner", "Owner"),
            ColumnFact("Extra"),
        ),
        threshold_days=365,
        before_score=52.5,
    )
    return batch.check(), facts


# ---- the realistic one

PEOPLE = [
    ("प्रिया", "शर्मा", "भारत इलेक्ट्रॉनिक्स", "IN"),
    ("Priya", "Sharma", "Bharat Electronics", "IN"),
    ("தமிழ்ச்செல்வன்", "முருகன்", "சென்னை மென்பொருள்", "IN"),
    ("శ్రీనివాస్", "రెడ్డి", "హైదరాబాద్ టెక్", "IN"),
    ("অনির্বাণ", "চট্টোপাধ্যায়", "কলকাতা ট্রেডার্স", "IN"),
    ("علی", "رضایی", "شرکت پارس‌سافت", "IR"),
    ("مریم", "کریمی", "گروه صنعتی البرز", "IR"),
    ("José", "Álvarez", "Grupo Andino", "ES"),
    ("Søren", "Østergaard", "Nordlys A/S", "DK"),
    ("Анна", "Кузнецова", "Северный Ветер", "RU"),
    ("Ελένη", "Παπαδοπούλου", "Αιγαίο ΑΕ", "GR"),
    ("美玲", "王", "上海晨光科技", "CN"),
    ("Ann", "Lee", "Acme Tools", "US"),
    ("John", "Smith", "Globex Trading", "US"),
    ("Maria", "García-Lopez", "Initech", "MX"),
    ("Fatima", "Al-Sayed", "Gulf Petroleum", "AE"),
    ("Zoë", "O'Brien", "Hooli", "IE"),
    ("Nguyễn", "Thị Hoa", "Sao Mai", "VN"),
]
OWNERS = {
    "Dana Whitfield": 0.04,
    "Marcus Bell": 0.09,
    "Inês Carvalho": 0.05,
    "रोहित वर्मा": 0.12,
    "Tom Becker": 0.34,
    "سارا احمدی": 0.08,
    "": 0.25,
}
ORIGINS = {
    "Hannover Messe 2026": 0.22,
    "Website form": 0.1,
    "Bought list Q3": 0.45,
    "Partner referral": 0.03,
    "GITEX": 0.15,
}
TITLES = ["Head of Procurement", "Sales Manager", "महाप्रबंधक", "مدیر فروش", "CTO", "Buyer", "விற்பனை மேலாளர்"]
TROUBLES = [
    ("Email", "email", "ann.lee@gmial.com", "email.typo_domain", "unknown", "warning"),
    ("Email", "email", "ann.lee.example.com", "email.syntax", "invalid", "error"),
    ("Email", "email", "test@test.com", "email.bogus", "invalid", "error"),
    ("Email", "email", "x9@mailinator.com", "email.disposable", "valid", "warning"),
    ("Phone", "phone", "12345", "phone.impossible", "invalid", "error"),
    ("Phone", "phone", "9.87654E+09", "phone.spreadsheet", "invalid", "error"),
    ("Phone", "phone", "۰۲۱ ۵۵۵۵ ۰۱۲۳", "phone.country_clash", "valid", "warning"),
    ("Name", "full_name", "asdf asdf", "name.bogus", "invalid", "error"),
    ("Name", "full_name", "<script>alert(1)</script>", "name.company_in_name", "invalid", "warning"),
    ("Company", "company", '=HYPERLINK("http://evil.example")', "text.formula", "unknown", "warning"),
    ("Country", "country", "Absurdistan", "country.unknown", "invalid", "warning"),
    ("Opt out", "email_opt_out", "maybe", "consent.unclear", "unknown", "warning"),
    ("Email", "email", "", "required.missing", "invalid", "warning"),
    ("Email", "email", "info@acme.example", "email.role", "valid", "info"),
]
FIXES = [
    ("Name", "full_name", "JOHN SMITH", "John Smith", "name.case"),
    ("Name", "full_name", "JosÃ© Ãlvarez", "José Álvarez", "text.mojibake"),
    ("Name", "full_name", "  Ann   Lee ", "Ann Lee", "text.spaces"),
    ("Email", "email", "Ann.Lee@Example.COM", "ann.lee@example.com", "email.case"),
    ("Email", "email", "Ann Lee <ann.lee@example.com>", "ann.lee@example.com", "email.unwrapped"),
    ("Phone", "phone", "(212) 555-7890", "+12125557890", "phone.e164"),
    ("Phone", "phone", "۰۹۱۲ ۳۴۵ ۶۷۸۹", "+989123456789", "phone.digits"),
    ("Country", "country", "भारत", "IN", "country.iso"),
    ("Last activity", "last_activity_at", "1402/12/25", "2024-03-15", "date.jalali"),
    ("Company", "company", "n/a", "", "missing.placeholder"),
    ("Title", "title", "", "Head of Procurement", "merge.survivor"),
    ("Opt out", "email_opt_out", "false", "true", "merge.consent"),
]


def demo(count: int = 420, seed: int = 7) -> tuple[Batch, ReportFacts]:
    """A tradeshow file and a CRM export with everything a report can show."""
    draw = random.Random(seed)
    cells: dict[str, list[Any]] = {name: [] for name in _DEMO_COLUMNS}
    disposition, survivor, source, issues, changes, trust, fresh, per_field, clusters, links = ([] for _ in range(10))
    row = 0
    while row < count:
        given, family, company, country = draw.choice(PEOPLE)
        origin, owner = draw.choice(list(ORIGINS)), draw.choice(list(OWNERS))
        size = min(draw.choice([1, 1, 1, 1, 1, 1, 2, 2, 3, 4]), count - row)
        for place in range(size):
            mark = f"{row:03d}"
            values = (
                mark,
                f"{given} {family}",
                f"contact{row}@example.com" if draw.random() > 0.1 else "",
                f"+91 98450 {10000 + row}" if draw.random() > 0.25 else "",
                company,
                draw.choice(TITLES) if draw.random() > 0.4 else "",
                country,
                owner,
                origin,
                f"2026-0{1 + row % 9}-1{row % 9}" if draw.random() > 0.2 else "",
                draw.choice(["true", "false", ""]),
                "from booth 4",
            )
            for name, value in zip(cells, values, strict=True):
                cells[name].append(value)
            source.append("tradeshow_2026.csv" if row < count * 0.45 else "crm_export.csv")
            bad = draw.random() < (OWNERS[owner] + ORIGINS[origin]) / 1.4
            kind = "merged" if place else "quarantined" if bad and draw.random() < 0.25 else "cleaned"
            disposition.append(kind)
            survivor.append(row - place if place else None)
            issues += [(row, *draw.choice(TROUBLES)) for _ in range(1 + (draw.random() < 0.3) if bad else 0)]
            changes += [(row, *fix) for fix in draw.sample(FIXES, draw.choice([0, 1, 1, 2, 3]))]
            if size > 1:
                clusters.append((row, f"r{row - place:05d}", size))
            if place:
                links.append(
                    (
                        row - place,
                        row,
                        draw.choice(["email", "name + phone", "name + company"]),
                        11.0,
                        draw.choice([0.9995, 0.995, 0.97]),
                        "match",
                    )
                )
            age = None if not values[9] else int(draw.triangular(5, 1500, 200))
            status = "unknown" if age is None else "fresh" if age < 180 else "ageing" if age < 365 else "stale"
            fresh.append((row, "*", age, status))
            for field, slack in (("email", 1.0), ("title", 1.3), ("phone", 0.6)):
                older = None if age is None else int(age * slack)
                fresh.append(
                    (
                        row,
                        field,
                        older,
                        "unknown"
                        if older is None
                        else "fresh"
                        if older < 180
                        else "ageing"
                        if older < 365
                        else "stale",
                    )
                )
            terms = (
                draw.uniform(0.3, 0.7) if bad else draw.uniform(0.92, 1.0),
                sum(bool(value) for value in values) / len(values),
                0.5 if age is None else 0.75 ** (age / 365.25),
                draw.choice([1.0, 1.0, 1.0, 0.6]),
                0.7 if bad and draw.random() < 0.3 else 1.0,
            )
            score = 100 * sum(term * weight for term, weight in zip(terms, (0.35, 0.2, 0.2, 0.15, 0.1), strict=True))
            grade = next((name for bound, name in ((90, "A"), (80, "B"), (70, "C"), (60, "D")) if score >= bound), "F")
            trust.append((row, score, grade, *terms))
            per_field += [
                (row, "email", 0.4 if bad else 0.9),
                (row, "phone", draw.uniform(0.5, 1.0)),
                (row, "title", draw.uniform(0.3, 0.9)),
                (row, "full_name", 0.95),
            ]
            row += 1
    # a group whose first record was set aside keeps its second
    for place, kind in enumerate(disposition):
        if kind == "merged" and disposition[survivor[place]] == "quarantined":
            disposition[survivor[place]] = "cleaned"
    links += [(n, n + 7, "name", 1.5, 0.62, "review") for n in range(3, count - 8, 31)]
    batch = Batch.of(text_table(cells), rows_table(disposition, source, survivor)).adding(
        issues=issues_table(issues),
        changes=changes_table(changes),
        trust=trust_table(trust),
        freshness=freshness_table(fresh),
        field_trust=field_trust_table(per_field),
        clusters=clusters_table(clusters),
        links=links_table(links),
    )
    first = source.count("tradeshow_2026.csv")
    facts = ReportFacts(
        as_of="2026-11-22",
        rules="default + tradeshow",
        version="0.1.0",
        sources=(
            SourceFact(
                "tradeshow_2026.csv", first, 12, "9f2c41d07be8" * 5, "utf-8", {"preamble": 3, "blank": 4, "footer": 1}
            ),
            SourceFact("crm_export.csv", count - first, 12, "0b77e19a5c3d" * 5, "cp1252", {"repeated_header": 2}),
        ),
        columns=tuple(ColumnFact(*item) for item in _DEMO_COLUMNS.items()),
        objectives=(
            ObjectiveFact("min_trust", 80.0, 81.2, True, "score"),
            ObjectiveFact("min_fill.email", 0.95, 0.913, False, "share"),
            ObjectiveFact("max_invalid_share", 0.01, 0.0, True, "share"),
            ObjectiveFact("max_stale_share", 0.3, 0.512, False, "share"),
            ObjectiveFact("Bounce rate of the last mailing", "< 2%", None, None),
        ),
        history=(
            HistoryPoint("2026-11-19", 61.0),
            HistoryPoint("2026-11-20", 66.4),
            HistoryPoint("2026-11-21", 71.9),
            HistoryPoint("2026-11-22", 78.0),
        ),
        threshold_days=365,
        match_probability=0.95,
        review_probability=0.5,
        trust_weights={"validity": 0.35, "completeness": 0.2, "freshness": 0.2, "uniqueness": 0.15, "consistency": 0.1},
        before_score=58.3,
        dropped_columns=("Internal score",),
        notes=("4 rows of tradeshow_2026.csv were in another encoding than the file and were read as cp1252.",),
    )
    return batch.check(), facts


_DEMO_COLUMNS = {
    "Lead ID": "id",
    "Name": "full_name",
    "Email": "email",
    "Phone": "phone",
    "Company": "company",
    "Title": "title",
    "Country": "country",
    "Owner": "owner",
    "Lead source": "lead_source",
    "Last activity": "last_activity_at",
    "Opt out": "email_opt_out",
    "Booth note": "",
}
