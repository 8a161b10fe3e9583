"""``crmclean check``."""

from __future__ import annotations

from typing import Any

import click

from crmclean.cli.memory import keep_freed_memory
from crmclean.cli.options import asking, common, echo_json, mx_settings, progress, reading
from crmclean.cli.paths import refuse_twice


@click.command(
    "check",
    short_help="Look only: what is wrong with the files, as a report.",
    epilog="Example:  crmclean check leads.csv --rules strict",
)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@reading
@asking
@common
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Map, normalise, validate and score; merge nothing and write nothing but a report to standard output.

    The exit code is 1 if an objective of the rules is missed.
    """
    keep_freed_memory()
    from crmclean.api import check
    from crmclean.cli.talk import summary_table
    from crmclean.pipeline import rows_only_steps

    refuse_twice(options["inputs"])
    with progress(options["quiet"], len(rows_only_steps()) + 1 + options["check_mx"]) as tell:
        result = check(
            list(options["inputs"]),
            rules=list(options["rules"]) or "default",
            plan=options["plan"],
            as_of=options["as_of"],
            region=options["region"],
            progress=tell,
            check_mx=mx_settings(options),
        )
    if options["as_json"]:
        echo_json(result.summary)
    elif not options["quiet"]:
        summary_table(result, None, looked_only=True)
    failed = [item for item in result.objectives if item.passed is False]
    for item in failed:
        click.echo(f"objective missed: {item.name} is {item.actual:.4g}, the target is {item.target:.4g}", err=True)
    if failed:
        ctx.exit(1)
