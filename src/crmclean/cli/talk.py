"""What a person sees on the terminal after a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crmclean.publish import notes_of

if TYPE_CHECKING:
    from crmclean.api import CleanResult

__all__ = ["summary_table"]


def summary_table(result: CleanResult, folder: Path | None, *, to_stdout: bool = False) -> None:
    """Headline, row balance, worst problems and where the report is."""
    console = Console(stderr=not to_stdout, highlight=False, soft_wrap=True)
    balance, trust = result.balance, result.trust
    score = "no record to score" if trust != trust else f"{trust:.1f} of 100"
    was = result.as_read.get("score")
    console.print(Text(f"Trust: {score}" + ("" if was is None else f" ({was:.1f} as it came in)"), style="bold"))
    console.print(
        f"{balance['read']:,} rows read = {balance['cleaned']:,} cleaned + {balance['merged']:,} merged away "
        f"+ {balance['quarantined']:,} set aside"
    )
    evidence = result.evidence
    pairs = len(result.review) if evidence.links.num_rows else 0
    changed = result.summary["done"]["cells_changed"]
    console.print(f"{changed:,} cells changed; {pairs:,} pairs wait for a person")
    for note in notes_of(result):
        console.print(Text(f"Mind: {note}"))
    problems = result.summary.get("problems", [])
    if problems:
        console.print(_problems(problems[:5]))
    if folder:
        click.echo(f"Report: {folder / 'report.html'}", err=not to_stdout)
        click.echo(f"Cleaned file: {next(iter(sorted(folder.glob('cleaned.*'))), folder)}", err=not to_stdout)


def _problems(problems: list[dict[str, Any]]) -> Table:
    from crmclean.tables.reasons import sentence

    table = Table(title="What is wrong", title_justify="left", box=None, pad_edge=False)
    table.add_column("rows", justify="right")
    table.add_column("problem")
    for item in problems:
        code = str(item.get("reason", item.get("code", "")))
        table.add_row(f"{item.get('rows', item.get('count', 0)):,}", Text(sentence(code)))
    return table
