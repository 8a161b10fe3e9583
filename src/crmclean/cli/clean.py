"""``crmclean clean``."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmclean.cli.memory import keep_freed_memory
from crmclean.cli.options import Tell, asking, common, echo_json, mx_settings, progress, reading
from crmclean.cli.paths import refuse_folder_of_input, refuse_twice

if TYPE_CHECKING:
    from crmclean.api import CleanResult
    from crmclean.runs import State


@click.command(
    "clean",
    short_help="Clean files: one golden row per person, and the evidence.",
    epilog="Example:  crmclean clean badge_scans.csv registrants.csv -o show/ --rules tradeshow --region DE",
)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", metavar="DIR", help="Where to: absent, empty, or an earlier output.")
@reading
@click.option("--labels", metavar="FILE", help="Judged pairs: left,right,match, or a review.csv that is filled in.")
@click.option("--state", metavar="DIR", help="State of a nightly job: lock, stored plan, one output folder a run.")
@click.option(
    "--format", "format_", type=click.Choice(["csv", "parquet", "xlsx"]), default="csv", help="Of the cleaned file."
)
@click.option("--attributes", is_flag=True, help="Write what was learnt (phone type, name parts ...) as columns.")
@click.option("--dry-run", is_flag=True, help="Do everything but write.")
@click.option("--force", is_flag=True, help="Publish even if more would change than the rules allow.")
@asking
@common
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Clean one or several files into a folder that appears whole or not at all.

    INPUT is a CSV, TSV, Parquet or Excel file, gzipped or not, or "-" for standard input. Several inputs are one list:
    the same person in two of them becomes one golden row.
    """
    if not (options["output"] or options["state"] or options["dry_run"]):
        raise click.UsageError("say where to write: -o DIR (or --dry-run to write nothing)")
    keep_freed_memory()
    refuse_twice(options["inputs"])
    with progress(options["quiet"], _steps() + options["check_mx"]) as tell:
        result, folder = _clean(options, tell)
    failed = [item for item in result.objectives if item.passed is False]
    if options["as_json"]:
        echo_json({**result.summary, "folder": str(folder) if folder else None})
    _talk(result, folder, options["quiet"] or options["as_json"])
    for item in failed:
        click.echo(f"objective missed: {item.name} is {item.actual:.4g}, the target is {item.target:.4g}", err=True)
    broken = _would_break(result) if options["dry_run"] and not options["force"] else []
    for limit in broken:
        click.echo(f"it would not be published without --force: {limit}", err=True)
    if failed or broken:
        ctx.exit(1)


def _would_break(result: CleanResult) -> list[str]:
    from crmclean.objectives import broken_limits

    return list(broken_limits(result.batch, result.context))


def _steps() -> int:
    from crmclean.pipeline import default_steps

    return len(default_steps()) + 2  # reading before them, writing after them


def _clean(options: dict[str, Any], tell: Tell) -> tuple[CleanResult, Path | None]:
    if options["dry_run"]:
        return _compute(options, None, tell), None
    from crmclean.publish import check_folder
    from crmclean.runs import State, hold_lock

    if options["state"]:
        folder = Path(options["state"])
        state = State(folder, Path(options["output"]) if options["output"] else folder / "runs")
        with hold_lock(state.lock):
            return _nightly(options, state, tell)
    output = Path(options["output"])
    refuse_folder_of_input(options["inputs"], output)
    check_folder(output)  # before the work, not only after it
    with hold_lock(output.parent / f".{output.name}.crmclean-lock", tidy=True):
        result = _compute(options, None, tell)
        return result, _write(result, output, options, tell)


def _compute(options: dict[str, Any], plans: Any, tell: Tell) -> CleanResult:
    from crmclean.api import clean

    return clean(
        list(options["inputs"]),
        rules=list(options["rules"]) or "default",
        plan=options["plan"] or plans,
        as_of=options["as_of"],
        region=options["region"],
        labels=options["labels"],
        progress=tell,
        check_mx=mx_settings(options),
    )


def _write(result: CleanResult, folder: Path, options: dict[str, Any], tell: Tell) -> Path:
    if tell:
        tell("write")
    return result.write(folder, format=options["format_"], force=options["force"], attributes=options["attributes"])


def _nightly(options: dict[str, Any], state: State, tell: Tell) -> tuple[CleanResult, Path]:
    from crmclean.runs import run_folder_name

    state.prepare()
    stored = None if options["plan"] else state.plans(len(options["inputs"]))
    result = _compute(options, stored, tell)
    name = run_folder_name(datetime.datetime.now(datetime.UTC), state.output)
    run = _write(result, state.output / name, options, tell)
    state.point_to(run)
    if stored is None:
        state.keep_plans(result.plans)
    state.prune(result.context.rules.nightly.keep_runs)
    return result, run


def _talk(result: CleanResult, folder: Path | None, quiet: bool) -> None:
    if quiet:
        balance, trust = result.balance, result.trust
        score = "-" if trust != trust else f"{trust:.1f}"
        line = (
            f"{balance['read']:,} rows read: {balance['cleaned']:,} cleaned, {balance['merged']:,} merged away, "
            f"{balance['quarantined']:,} set aside; trust {score}"
        )
        click.echo(f"crmclean: {line}; {folder or 'nothing was written (--dry-run)'}", err=True)
        return
    from crmclean.cli.talk import summary_table

    summary_table(result, folder)
    if not folder:
        click.echo("Nothing was written (--dry-run).", err=True)
