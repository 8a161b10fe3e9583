"""``crmclean profile``."""

from __future__ import annotations

from typing import Any

import click

from crmclean.cli.options import common, echo_json


@click.command(
    "profile",
    short_help="Fill rates, formats, unused and duplicate columns.",
    epilog="Example:  crmclean profile crm_contacts.csv",
)
@click.argument("input_", metavar="INPUT")
@click.option("--rules", multiple=True, metavar="NAME|FILE", help="Rules pack; give several to layer them.")
@click.option("--region", metavar="CC", help="Region where the file does not say.")
@common
def command(input_: str, rules: tuple[str, ...], region: str | None, quiet: bool, as_json: bool) -> None:
    """Describe every column: what it means, how full it is, what its values look like, and whether it is needed."""
    from crmclean.ingest import read_input
    from crmclean.planning import infer_plan
    from crmclean.profile import advice, profile_columns
    from crmclean.ruleset.load import resolve_rules

    wanted = resolve_rules(list(rules) or "default", region)
    source = read_input(input_, wanted)
    columns = profile_columns(source.table, infer_plan(source, wanted))
    if as_json:
        echo_json({"source": source.name, "rows": source.table.num_rows, "columns": columns, "advice": advice(columns)})
        return
    _table(source.name, source.table.num_rows, columns)
    if not quiet:
        for line in advice(columns):
            click.echo(line)


def _table(name: str, rows: int, columns: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=f"{name}: {rows:,} rows", title_justify="left", box=None, pad_edge=False)
    for heading, justify in (("column", "left"), ("field", "left"), ("filled", "right"), ("distinct", "right")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    table.add_column("looks like")
    for item in columns:
        shape = item["shapes"][0][0] if item["shapes"] else ""
        cells = (item["column"], item["field"] or "-", f"{item['fill_rate']:.0%}", f"{item['distinct']:,}", shape[:40])
        table.add_row(*(Text(str(cell)) for cell in cells))
    console = Console(highlight=False)
    with console.capture() as said:  # rich itself would end the process where the reader has gone
        console.print(table)
    click.echo(said.get(), nl=False)
