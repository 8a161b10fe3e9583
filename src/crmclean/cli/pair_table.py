"""The table of blocking rules that ``crmclean dedupe --count-pairs`` prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from crmclean.cli.options import text_table

if TYPE_CHECKING:
    from crmclean.dedup.blocking import RuleReport
    from crmclean.dedup.core import PairCount
    from crmclean.dedup.unmapped import Unmapped

__all__ = ["pair_facts", "pair_table"]

_HEADINGS = ("rule", "blocks", "largest block", "cap", "blocks refined", "pairs", "expected new", "used")


def pair_facts(found: PairCount) -> dict[str, Any]:
    """Under the names of ``measures.json``: records, blocking (a mapping for each rule), candidate_pairs,
    blocking_recall and unmapped."""
    return {
        "records": found.records,
        "blocking": [asdict(report) for report in found.reports],
        "candidate_pairs": found.pairs,
        "blocking_recall": found.recall,
        "unmapped": [item.to_dict() for item in found.unmapped],
    }


def pair_table(found: PairCount, name: str) -> str:
    """For a person to read."""
    asked = any(report.expected_new is not None for report in found.reports)
    rows = [_cells(report) for report in found.reports]
    width = len(_HEADINGS) if asked else _HEADINGS.index("expected new")
    title = f"{'standard input' if name == '-' else name}: {found.records:,} records"
    table = text_table(title, _HEADINGS[:width], [row[:width] for row in rows], words=("rule", "used"))
    per = f", {found.pairs / found.records:,.1f} a record" if found.records else ""
    told = "".join(f"{_column_line(item)}\n" for item in found.unmapped)
    recall = "" if found.recall is None else f"{_share(found.recall)} of the matches are among them, by estimate\n"
    return f"{table}{found.pairs:,} distinct candidate pairs{per}\n{recall}{told}"


def _share(share: float) -> str:
    """In per cent with one decimal, never rounded up to all."""
    return f"{int(share * 1000) / 10:.1f} %"


_USES = {
    "national_id": "compared as an identity number",
    "birth_date": "compared as a birth date",
    "place": "supports, as a place does",
    "employer": "supports, as an employer does",
    "none": "not compared",
}


def _column_line(item: Unmapped) -> str:
    """What a column without a field says, and why."""
    return f"column {item.column!r} has no field ({item.kind.replace('_', ' ')}): {_USES[item.use]}; {item.why}"


def _cells(report: RuleReport) -> tuple[str, ...]:
    walked = report.name.startswith("name_order")  # no blocks: each record with its next few in name order
    return (
        report.name,
        "-" if walked else f"{report.blocks:,}",
        "-" if walked else f"{report.largest_block:,}",
        f"next {report.cap}" if walked else f"{report.cap:,}",
        "-" if walked else f"{report.refined_blocks:,}",
        f"{report.pairs:,}",
        "" if report.expected_new is None else f"{report.expected_new:,.0f}",
        "yes" if report.used else "no",
    )
