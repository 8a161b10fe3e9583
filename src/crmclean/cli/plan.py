"""``crmclean plan``."""

from __future__ import annotations

import click

from crmclean.cli.options import common, echo_json


@click.command(
    "plan",
    short_help="Print how a file would be read and mapped, as TOML.",
    epilog="Example:  crmclean plan leads.csv > plan.toml    then: crmclean clean leads.csv --plan plan.toml -o out/",
)
@click.argument("input_", metavar="INPUT")
@click.option("--rules", multiple=True, metavar="NAME|FILE", help="Rules pack; give several to layer them.")
@click.option("--region", metavar="CC", help="Region where the file does not say.")
@common
def command(input_: str, rules: tuple[str, ...], region: str | None, quiet: bool, as_json: bool) -> None:
    """Print the inferred plan: encoding, delimiter, header row, and what each column means, with how sure it is."""
    from crmclean.ingest import read_input
    from crmclean.planning import infer_plan
    from crmclean.ruleset.load import resolve_rules

    wanted = resolve_rules(list(rules) or "default", region)
    plan = infer_plan(read_input(input_, wanted), wanted)
    if as_json:
        echo_json(plan.to_dict())
    else:
        click.echo(plan.to_toml(comments=not quiet), nl=False)
