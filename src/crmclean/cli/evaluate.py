"""``crmclean evaluate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmclean.cli.options import common, echo_json, text_table

if TYPE_CHECKING:
    from crmclean.evaluate import Evaluation


@click.command(
    "evaluate",
    short_help="Score clusters against a known truth.",
    epilog='Example:  crmclean evaluate deduped.csv truth.csv --id "Contact ID"',
)
@click.argument("predicted", metavar="PREDICTED")
@click.argument("true", metavar="TRUE")
@click.option("--id", "id_", default="", metavar="COLUMN", help="Record id in PREDICTED; of a folder also: line.")
@click.option("--cluster", default="", metavar="COLUMN", help="Cluster id in PREDICTED.")
@click.option("--true-id", default="", metavar="COLUMN", help="Record id in TRUE (or the left one of its pairs).")
@click.option("--true-cluster", default="", metavar="COLUMN", help="Cluster id in TRUE (or the right id of its pairs).")
@click.option("--pairs", is_flag=True, help="Each row of TRUE is a pair of ids; so are columns called id_l, id_r.")
@common
def command(**options: Any) -> None:
    """Say how many duplicates were found, missed and wrong.

    PREDICTED is a file with a record id and a cluster id in each row, as `crmclean dedupe` writes it, or an output
    folder of `crmclean clean`; a folder has link probabilities, so other thresholds are tried as well and the
    probabilities are compared with the truth. TRUE is a file with a record id and a cluster id in each row, or with a
    pair of record ids in each row: then a record in no pair is on its own.

    Columns called crmclean_record_id and crmclean_cluster_id (or record_id, id, cluster_id, cluster) need not be named,
    nor those of a TRUE that has two columns.
    """
    from crmclean.clusterings import read_prediction, read_truth
    from crmclean.evaluate import compare

    if options["predicted"] == "-" and options["true"] == "-":
        raise click.UsageError("standard input cannot be both PREDICTED and TRUE")
    predicted = read_prediction(options["predicted"], options["id_"], options["cluster"])
    truth = read_truth(
        options["true"],
        options["true_id"],
        options["true_cluster"],
        pairs=options["pairs"],
        like=(options["id_"], options["cluster"]),
    )
    found = compare(predicted, truth)
    if options["as_json"]:
        echo_json({"predicted": predicted.name, "true": truth.name, **found.to_dict()})
        return
    click.echo(_text(f"{predicted.name} against {truth.name}", found), nl=False)
    if not options["quiet"]:
        for note in found.notes:
            click.echo(f"Mind: {note}", err=True)
        if predicted.links is None:
            click.echo("To try other thresholds, evaluate an output folder of `crmclean clean`.", err=True)


def _text(title: str, found: Evaluation) -> str:
    pairs, clusters = found.pairs, found.clusters
    rows = [
        (name, _share(item.precision), _share(item.recall), _share(item.f1))
        for name, item in (("pairs", pairs), ("B-cubed", found.bcubed))
    ]
    heading = ("", "precision", "recall", "F1")
    parts = [
        text_table(f"{title}: {found.records:,} records", heading, rows, words=("",)),
        f"pairs: {pairs.true_positive:,} found, {pairs.false_positive:,} wrong, {pairs.false_negative:,} missed\n"
        f"clusters of several records: {clusters.true_of_several:,} true, {clusters.predicted_of_several:,} predicted; "
        f"{clusters.exactly_right:,} exactly right, {clusters.split:,} split, {clusters.merged:,} merged wrongly\n"
        f"largest cluster: {clusters.largest_true:,} true, {clusters.largest_predicted:,} predicted\n",
    ]
    if found.sweep:
        swept = [
            (f"{bar:g}", *map(_share, (scores.precision, scores.recall, scores.f1))) for bar, scores in found.sweep
        ]
        parts.append(text_table("Connected components of the links from", ("threshold", *heading[1:]), swept))
    bins = [item for item in found.reliability if item.links]
    if bins:
        told = [
            (
                f"{item.low:g} to {item.high:g}",
                f"{item.links:,}",
                _share(item.mean_probability),
                _share(item.share_true),
            )
            for item in bins
        ]
        headings = ("probability", "links", "mean", "share true")
        parts.append(text_table("Are the probabilities right?", headings, told, words=("probability",)))
    return "\n".join(parts)


def _share(value: float | None) -> str:
    """Four decimals, never rounded up to certainty."""
    if value is None:
        return "-"
    return f"{value if value == 1 else min(value, 0.9999):.4f}"
