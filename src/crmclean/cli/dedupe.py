"""``crmclean dedupe``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmclean.cli.lean import quick_imports, without_helpers, without_pandas
from crmclean.cli.memory import keep_freed_memory
from crmclean.cli.options import common, echo_json
from crmclean.cli.paths import refuse_overwriting

if TYPE_CHECKING:
    from crmclean.deduplication import Deduped


@click.command(
    "dedupe",
    short_help="Add cluster ids to a file and change nothing else.",
    epilog="\b\nExample:  crmclean dedupe accounts.csv -o deduped.csv --entity company\n"
    "          crmclean dedupe contacts.csv -o deduped.csv --labels judged.csv\n"
    "          crmclean dedupe contacts.csv --count-pairs",
)
@click.argument("input_", metavar="INPUT")
@click.option("-o", "--output", metavar="OUT", help="CSV (.parquet, .xlsx) file to write; - for standard output.")
@click.option("--map", "map_", metavar="FILE", help='What the columns mean, as TOML lines: "Column" = "field".')
@click.option("--entity", type=click.Choice(["person", "company"]), default="person", help="What one row stands for.")
@click.option("--rules", multiple=True, metavar="NAME|FILE", help="Rules pack; give several to layer them.")
@click.option("--labels", metavar="FILE", help="Judged pairs: two record ids or row numbers, and yes or no.")
@click.option("--one-to-one", metavar="COLUMN", help="Join each row with at most one row of another source (COLUMN).")
@click.option("--count-pairs", is_flag=True, help="Only print what each blocking rule would compare; write nothing.")
@common
@click.pass_obj
def command(process: Mapping[str, bool] | None, /, **options: Any) -> None:
    """Find duplicates and write the input's rows and columns in order, plus three columns.

    crmclean_record_id numbers the rows, crmclean_cluster_id is the same for all rows of one person or company, and
    crmclean_match_probability says how sure the best link of a row is. No cell is changed. A line whose cells do not
    fit the header stands in a fourth column, crmclean_raw, as it was.

    --labels names a CSV file of pairs that a person has judged, with the columns left, right and match (yes or no), or
    a review.csv with its judgement column filled in. Judged pairs are obeyed, and weights are learnt from them.

    --one-to-one names a column that says which source a row is from, an import list or the CRM, say: each row is then
    joined with at most one row of another source, the likeliest, and with none of its own.

    With --count-pairs nothing is linked and nothing written: a table says how many pairs of records each blocking rule
    brings together, how large its blocks are, and above which size they are refined.
    """
    if not (options["output"] or options["count_pairs"]):
        raise click.UsageError("say where to write: -o OUT (or --count-pairs to write nothing)")
    keep_freed_memory()
    if process and process["alone"]:
        without_helpers()
        without_pandas()
    if options["count_pairs"]:
        _count(options)
    else:
        _dedupe(options)


def _dedupe(options: dict[str, Any]) -> None:
    with quick_imports():
        import pyarrow.compute as pc

        import crmclean.dedup.core  # noqa: F401
        from crmclean.cli.outfile import write_outfile
        from crmclean.deduplication import dedupe_source
        from crmclean.inputs import read_input
        from crmclean.ruleset.lean import lean_rules

    if options["output"] != "-":
        refuse_overwriting(options["input_"], Path(options["output"]))
    elif options["as_json"]:
        raise click.UsageError("the table and --json cannot both go to standard output")
    wanted = lean_rules(list(options["rules"]) or "default")
    mapping = _mapping(options["map_"])
    source = read_input(options["input_"], wanted)
    found = dedupe_source(
        source,
        mapping=mapping,
        entity=options["entity"],
        rules=wanted,
        labels=options["labels"],
        one_to_one=options["one_to_one"],
    )
    write_outfile(found.table, options["output"], source)
    # a cluster bears its first row's number
    first = pc.equal(found.table["crmclean_cluster_id"], found.table["crmclean_record_id"])
    entities = pc.sum(first).as_py() or 0
    facts = {"rows": found.table.num_rows, "entities": entities, "duplicates": found.table.num_rows - entities}
    notes = [*source.notes, *_notes(found, options["entity"])]
    if options["as_json"]:
        echo_json({**facts, "notes": notes, "compared": found.compared, "left_out": found.left_out})
    elif not options["quiet"]:
        for note in (*source.notes, *_columns(found), *_notes(found, options["entity"])):
            click.echo(f"{source.name}: {note}", err=True)
    rows = f"{_counted(facts['rows'], 'row')} {'is' if facts['rows'] == 1 else 'are'}"
    records = _counted(entities, f"{options['entity']} record")
    duplicates = _counted(facts["duplicates"], "duplicate")
    click.echo(f"crmclean: {rows} {records}; {duplicates}; {options['output']}", err=True)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _columns(found: Deduped) -> list[str]:
    """What each column was compared as, and which were not: a wrong guess is seen here."""
    told = ", ".join(f"{name} ({use.replace('_', ' ')})" for name, use in found.compared.items())
    lines = [f"compared {told}"] if told else []
    return [*lines, f"not compared: {', '.join(found.left_out)}"] if found.left_out else lines


def _notes(found: Deduped, entity: str) -> list[str]:
    """What a person has to know to trust the outcome."""
    if found.table.num_rows < 2:
        return []
    if not found.identifies:
        what = ("name, e-mail, phone, birth date or id", "company name, website or registration number")
        needed = what[entity == "company"]
        return [f"no column tells who a row is ({needed}), so nothing was joined; say what columns mean with --map"]
    if entity == "company" and not {"company", "full_name", "last_name"} & set(found.compared.values()):
        return ["no column is known to hold the companies' names; say which with --map"]
    return []


def _count(options: dict[str, Any]) -> None:
    from crmclean.cli.pair_table import pair_facts, pair_table
    from crmclean.deduplication import count_pairs
    from crmclean.inputs import read_input
    from crmclean.ruleset.lean import lean_rules

    wanted = lean_rules(list(options["rules"]) or "default")
    mapping = _mapping(options["map_"])
    source = read_input(options["input_"], wanted)
    found = count_pairs(source, mapping=mapping, entity=options["entity"], rules=wanted)
    if options["as_json"]:
        echo_json({**pair_facts(found), "entity": options["entity"], "source": source.name, "notes": source.notes})
        return
    if not options["quiet"]:
        for note in source.notes:
            click.echo(f"{source.name}: {note}", err=True)
        if options["output"]:
            click.echo(f"crmclean: {options['output']} is not written, as --count-pairs only counts", err=True)
    click.echo(pair_table(found, source.name), nl=False)


def _mapping(path: str | None) -> dict[str, str] | None:
    from crmclean.errors import PlanError

    if path is None:
        return None
    try:
        raw = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise PlanError(f"the map {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanError(f"the map {path} is not valid TOML: {error}") from error
    pairs = raw.get("map", raw)
    wrong = [key for key, value in pairs.items() if not isinstance(value, str)]
    if wrong:
        raise PlanError(f"the map {path}: {wrong[0]!r} is not given a field name", hint='"E-mail" = "email"')
    return dict(pairs)
