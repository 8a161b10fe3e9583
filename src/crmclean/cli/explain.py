"""``crmclean explain``."""

from __future__ import annotations

from pathlib import Path

import click

from crmclean.cli.options import common, echo_json


@click.command(
    "explain",
    short_help="Say what was done to a record, or why two were (not) merged.",
    epilog='Example:  crmclean explain cleaned/ "crm.csv:003A" "crm.csv:003B"',
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("record_id")
@click.argument("other_id", required=False, metavar="[RECORD_ID]")
@common
def command(folder: Path, record_id: str, other_id: str | None, quiet: bool, as_json: bool) -> None:
    """Explain one record of an output folder: its changes, issues, cluster and trust.

    With two record ids, explain the pair: each comparison with its weight, the probability, and the decision. A pair
    that was never compared is scored afresh from the records and the measures of the run.

    A record is called by its crmclean_record_id, by its id in the CRM, or by the number of its row, from 1.
    """
    from crmclean.explain import explain_pair, explain_record, find_record, pair_text, record_text

    record_id = find_record(folder, record_id)
    if other_id:
        from crmclean.reopen import load_run

        other_id = find_record(folder, other_id)
        pair = explain_pair(*load_run(folder, record_id, other_id), record_id, other_id)
        if as_json:
            echo_json(pair)
        else:
            click.echo(pair_text(pair))
    else:
        record = explain_record(folder, record_id)
        if as_json:
            echo_json(record)
        else:
            click.echo(record_text(record))
