"""What a person sees on the terminal after a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crmclean.publish import notes_of

if TYPE_CHECKING:
    from crmclean.api import CleanResult
    from crmclean.ingest import SourceFacts

__all__ = ["summary_table"]


def summary_table(result: CleanResult, folder: Path | None, *, looked_only: bool = False) -> None:
    """How the inputs were read, headline, row balance, worst problems and where everything is.

    ``looked_only`` is the report of `check`: it goes to standard output and nothing was merged or written.
    """
    console = Console(stderr=not looked_only, highlight=False, soft_wrap=True)
    with console.capture() as said:
        pairs = _summary(console, result, looked_only)
    click.echo(said.get(), nl=False, err=not looked_only)
    if folder:
        for what, file in _written(folder, result.balance, pairs):
            click.echo(f"{what}: {file}", err=True)


def _summary(console: Console, result: CleanResult, looked_only: bool) -> int:
    """Everything but where the files are; gives the number of pairs that wait for a person."""
    for source in result.sources:
        for line in _reading(source):
            console.print(Text(line))
    if not any(item.field for item in result.context.plan.columns):
        name = result.sources[0].name if result.sources else "FILE"
        console.print(Text(f"No column was recognised: say what they mean with `crmclean plan {name}` and --plan."))
    balance, trust = result.balance, result.trust
    score = "no record to score" if trust != trust else f"{trust:.1f} of 100"
    was = result.as_read.get("score")
    console.print(Text(f"Trust: {score}" + ("" if was is None else f" ({was:.1f} as it came in)"), style="bold"))
    console.print(
        f"{balance['read']:,} rows read = {balance['cleaned']:,} cleaned + {balance['merged']:,} merged away "
        f"+ {balance['quarantined']:,} set aside"
    )
    evidence = result.evidence
    pairs = 0 if looked_only or not evidence.links.num_rows else len(result.review)
    changes = f"{result.summary['done']['cells_changed']:,} cells {'would change' if looked_only else 'changed'}"
    console.print(
        changes if looked_only else f"{changes}; {pairs:,} {'pair waits' if pairs == 1 else 'pairs wait'} for a person"
    )
    for note in notes_of(result):
        console.print(Text(f"Mind: {note}"))
    problems = result.summary.get("problems", [])
    if problems:
        console.print(_problems(problems[:5]))
    return pairs


def _reading(source: SourceFacts) -> Iterator[str]:
    """``leads.csv: 40 rows; 5 other lines kept apart (2 blank, 3 footer)``, and what is worth knowing."""
    others = sum(source.not_data.values())
    kinds = ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in source.not_data.items())
    name = "standard input" if source.name == "-" else source.name
    apart = f"; {others:,} other {'line' if others == 1 else 'lines'} kept apart ({kinds})" if others else ""
    yield f"{name}: {source.rows:,} rows{apart}"
    for note in source.notes:
        yield f"  {note}"


def _written(folder: Path, balance: Mapping[str, int], pairs: int) -> Iterator[tuple[str, Path]]:
    yield "Report", folder / "report.html"
    yield "Cleaned file", next(iter(sorted(folder.glob("cleaned.*"))), folder)
    if balance["quarantined"]:
        yield "Set aside", folder / "quarantine.csv"
    if pairs:
        yield "To be judged", folder / "review.csv"


def _problems(problems: list[dict[str, Any]]) -> Table:
    from crmclean.tables.reasons import sentence

    table = Table(title="What is wrong", title_justify="left", box=None, pad_edge=False)
    table.add_column("rows", justify="right")
    table.add_column("problem")
    for item in problems:
        code = str(item.get("reason", item.get("code", "")))
        table.add_row(f"{item.get('rows', item.get('count', 0)):,}", Text(sentence(code)))
    return table
