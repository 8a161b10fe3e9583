"""``crmclean rules``."""

from __future__ import annotations

from pathlib import Path

import click

from crmclean.cli.options import common, echo_json


@click.group("rules", short_help="List, show, check and start rules packs.")
def command() -> None:
    """List, show, check and start rules packs."""


@command.command("list", epilog="Example:  crmclean rules list")
@common
def list_(quiet: bool, as_json: bool) -> None:
    """The packs that come with crmclean."""
    from crmclean.ruleset.load import list_packs

    packs = list_packs()
    if as_json:
        echo_json(packs)
        return
    for name, description in packs.items():
        click.echo(name if quiet else f"{name:12} {description}")


@command.command("show", epilog="Example:  crmclean rules show tradeshow")
@click.argument("pack", nargs=-1)
@common
def show(pack: tuple[str, ...], quiet: bool, as_json: bool) -> None:
    """Every key of a pack with its value, after everything it extends."""
    from crmclean.ruleset.load import load_rules
    from crmclean.ruleset.show import to_toml

    rules = load_rules(*(pack or ("default",)))
    if as_json:
        echo_json(rules.model_dump(mode="json", by_alias=True))
    else:
        click.echo(to_toml(rules), nl=False)


@command.command("check", epilog="Example:  crmclean rules check our_rules.toml")
@click.argument("pack", nargs=-1, required=True)
@common
def check(pack: tuple[str, ...], quiet: bool, as_json: bool) -> None:
    """Say what is wrong with a pack of your own; exit code 4 if anything is."""
    from crmclean.ruleset.load import load_rules

    rules = load_rules(*pack)
    if as_json:
        echo_json({"name": rules.name, "valid": True})
    elif not quiet:
        click.echo(f"{' + '.join(pack)}: fine")


@command.command("init", epilog="Example:  crmclean rules init our_rules.toml --extends tradeshow")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--extends", default="default", metavar="PACK", help="The pack to build on.")
@common
def init(file: Path, extends: str, quiet: bool, as_json: bool) -> None:
    """Write a small pack of your own to start from."""
    from crmclean.ruleset.load import init_pack

    path = init_pack(file, extends=extends)
    if as_json:
        echo_json({"file": str(path)})
    elif not quiet:
        click.echo(f"{path} is there; edit it, then: crmclean clean leads.csv --rules {path} -o out/")
