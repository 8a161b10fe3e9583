"""Explaining: what was done to one record, and why two records were merged, put before a person, or kept apart.

Everything comes from an output folder: the evidence holds what was decided, and the input is put together again from
the cleaned file and the changes, so that a pair nobody compared can be scored with the measures of that very run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crmclean.context import Context
from crmclean.dedup import core
from crmclean.dedup.explanation import ADJUSTED
from crmclean.dedup.step import compared_fields, settings_of
from crmclean.dedup.words import decision_words, finding_words, name_words
from crmclean.errors import InputUnreadable, UsageError
from crmclean.tables.batch import Batch
from crmclean.tables.reasons import sentence

__all__ = ["explain_pair", "explain_record", "find_record", "pair_text", "record_text"]


def find_record(folder: Path, called: str) -> str:
    """The record id of what a person calls a record: that id, its id in its source, or the number of its row, from 1.

    Raises
    ------
    UsageError
        No record is called so, or records of several sources are.
    InputError
        The folder is no output of crmclean.
    """
    rows = _read(_evidence(folder), "rows")
    sources = pc.unique(rows["source"].combine_chunks().cast(pa.string())).to_pylist()
    ids = rows["record_id"]
    for names in ([called], [f"{source}:{called}" for source in sources]):
        found = ids.filter(pc.is_in(ids, pa.array(names, ids.type))).to_pylist()
        if len(found) > 1:
            raise UsageError(f"{folder} has several records {called!r}: {', '.join(found)}", hint="name one of these")
        if found:
            return str(found[0])
    if called.isdecimal() and 1 <= int(called) <= rows.num_rows:
        return str(ids[int(called) - 1])
    raise UsageError(
        f"{folder} has no record {called!r}", hint="the column crmclean_record_id of cleaned.csv and duplicates.csv"
    )


def explain_record(folder: Path, record_id: str) -> dict[str, Any]:
    """What an output folder knows about one record.

    Keys: record_id, source, line, disposition, cluster_id, members (record ids of the cluster, survivor first),
    changes, issues, trust (terms, score, grade, reasons; only for cleaned records), survivors, links.

    Raises
    ------
    UsageError
        The folder has no record of that id.
    InputError
        The folder is no output of crmclean.
    """
    evidence = _evidence(folder)
    rows = _read(evidence, "rows")
    row = _row_of(rows, record_id, folder)
    own = rows.slice(row, 1).to_pylist()[0]
    clusters = _read(evidence, "clusters")
    cluster = _where(clusters, "row", row)
    cluster_id = cluster["cluster_id"][0].as_py() if cluster.num_rows else None
    members = clusters.filter(pc.equal(clusters["cluster_id"], cluster_id)) if cluster_id else clusters.slice(0, 0)
    return {
        "record_id": record_id,
        "source": own["source"],
        "line": own["line"],
        "disposition": own["disposition"],
        "cluster_id": cluster_id,
        "members": _members(rows, members, own),
        "changes": _plain(_where(_read(evidence, "changes"), "row", row), "column field seq before after step reason"),
        "issues": _plain(
            _where(_read(evidence, "issues"), "row", row), "column field value rule reason verdict severity"
        ),
        "trust": next(iter(_where(_read(evidence, "trust"), "row", row).to_pylist()), None),
        "survivors": _survivors(evidence, rows, cluster_id),
        "links": _links(evidence, rows, row),
    }


def explain_pair(batch: Batch, context: Context, left: str, right: str) -> dict[str, Any]:
    """Why two records of a run reopened for them (`crmclean.reopen.load_run`) were or were not merged.

    Keys: left, right, decision, decided_by, together (in one cluster), prior, weight, probability, comparisons (name,
    level, left and right value, m, u, weight, group, note), blocking (rule, shared, and why it does not bring them
    together). The decision is what the run said; for a pair it never compared, ``decided_by`` says that and the rest is
    computed now.
    """
    row_l, row_r = (_row_of(batch.rows, item, "the run") for item in (left, right))
    if row_l == row_r:
        raise UsageError("the two record ids are the same")
    said = _link_of(batch.evidence.links, min(row_l, row_r), max(row_l, row_r))
    measures = context.measures.model.get("dedup")
    if not measures:
        raise UsageError("this run was made without deduplication", hint="[dedup] enabled = true")
    # as in the run: values are as rare as they are among the records that were compared
    compared = np.union1d(np.flatnonzero(batch.is_disposition("cleaned")), [row_l, row_r])
    fields = compared_fields(batch, context, compared)
    places = (int(place) for place in np.searchsorted(compared, [row_l, row_r]))
    found = core.explain_pair(fields, settings_of(context.rules.dedup), measures, *places)
    clusters = dict(zip(*(batch.evidence.clusters[name].to_pylist() for name in ("row", "cluster_id")), strict=True))
    together = row_l in clusters and clusters.get(row_l) == clusters.get(row_r)
    return {
        "left": left,
        "right": right,
        "together": together,
        "decision": said["decision"] if said else None,
        "decided_by": said["decided_by"] if said else _unsaid(found),
        **found.to_dict(),
    }


def _unsaid(found: core.Explanation) -> str:
    """Why the run said nothing of a pair."""
    if any(not meeting.why for meeting in found.meetings):
        return "too unlikely to be kept"
    if any(meeting.shared for meeting in found.meetings):
        return "too unlikely to be kept, or never compared"
    return "never compared"


def _evidence(folder: Path) -> Path:
    path = folder / "evidence"
    if not (folder / "manifest.json").is_file() or not path.is_dir():
        raise InputUnreadable(
            f"{folder} is no output folder of crmclean", hint="name a folder that `crmclean clean` wrote"
        )
    return path


def _read(evidence: Path, name: str) -> pa.Table:
    try:
        return pq.read_table(evidence / f"{name}.parquet")
    except (OSError, pa.ArrowInvalid) as error:
        raise InputUnreadable(f"{evidence / name}.parquet cannot be read: {error}") from error


def _row_of(rows: pa.Table, record_id: str, where: Path | str) -> int:
    place = pc.index(rows["record_id"], pa.scalar(record_id, rows["record_id"].type)).as_py()
    if place < 0:
        raise UsageError(
            f"{where} has no record {record_id!r}",
            hint="the column crmclean_record_id of cleaned.csv and duplicates.csv",
        )
    return int(place)


def _where(table: pa.Table, column: str, value: Any) -> pa.Table:
    return table.filter(pc.equal(table[column], value))


def _plain(table: pa.Table, names: str) -> list[dict[str, Any]]:
    found = table.select(names.split()).to_pylist()
    return sorted(found, key=lambda item: (item.get("seq", 0), str(item["column"])))


def _members(rows: pa.Table, members: pa.Table, own: Mapping[str, Any]) -> list[str]:
    if not members.num_rows:
        return [own["record_id"]]
    chosen = rows.take(members["row"])
    found = zip(chosen["disposition"].to_pylist(), chosen["record_id"].to_pylist(), strict=True)
    return [record for _, record in sorted(found)]  # "cleaned" sorts before "merged"


def _survivors(evidence: Path, rows: pa.Table, cluster_id: str | None) -> list[dict[str, Any]]:
    table = _read(evidence, "survivors")
    own = table.filter(pc.equal(table["cluster_id"], cluster_id)) if cluster_id else table.slice(0, 0)
    ids = rows["record_id"].take(own["from_row"]).to_pylist() if own.num_rows else []
    return [
        {"field": item["field"], "value": item["value"], "from": record, "rule": item["survivor_rule"]}
        for item, record in zip(own.to_pylist(), ids, strict=True)
    ]


def _links(evidence: Path, rows: pa.Table, row: int) -> list[dict[str, Any]]:
    table = _read(evidence, "links")
    own = table.filter(pc.or_(pc.equal(table["row_l"], row), pc.equal(table["row_r"], row)))
    found = []
    for item in own.to_pylist():
        other = item["row_r"] if item["row_l"] == row else item["row_l"]
        record = rows["record_id"][other].as_py()
        found.append({"with": record, "decision": item["decision"], "probability": item["probability"]})
    return sorted(found, key=lambda item: (-item["probability"], item["with"]))


def _link_of(links: pa.Table, row_l: int, row_r: int) -> dict[str, Any] | None:
    own = links.filter(pc.and_(pc.equal(links["row_l"], row_l), pc.equal(links["row_r"], row_r)))
    return next(iter(own.to_pylist()), None)


# ---- in words


def record_text(record: Mapping[str, Any]) -> str:
    """`explain_record` for a person to read."""
    lines = [f"{record['record_id']}  ({record['source']}, line {record['line']}): {record['disposition']}"]
    if len(record["members"]) > 1:
        lines.append(f"  cluster {record['cluster_id']}: {', '.join(record['members'])}")
    if record["trust"]:
        trust = record["trust"]
        terms = ", ".join(f"{name} {trust[name]:.2f}" for name in _TERMS)
        lines.append(f"  trust {trust['score']:.1f} ({trust['grade']}): {terms}")
    lines += [
        f"  issue    {item['column'] or 'row'}: {sentence(item['reason'])} ({item['value']})"
        for item in record["issues"]
    ]
    for item in record["changes"]:
        why = sentence(item["reason"])
        lines.append(
            f"  changed  {item['column']}: {item['before'] or '(empty)'} -> {item['after'] or '(empty)'}: {why}"
        )
    lines += [
        f"  kept     {item['field']}: {item['value']} from {item['from']} ({item['rule']})"
        for item in record["survivors"]
    ]
    lines += [
        f"  link     {item['with']}: {item['decision']} at {_chance(item['probability'])}" for item in record["links"]
    ]
    return "\n".join(lines)


_TERMS = ("validity", "completeness", "freshness", "uniqueness", "consistency")


def pair_text(pair: Mapping[str, Any]) -> str:
    """`explain_pair` for a person to read: what speaks for and against, and a waterfall of the weights, in bits."""
    state = "one entity" if pair["together"] else "kept apart"
    if pair["together"] and pair["decision"] != "match":
        state += ", through other records of it"
    lines = [f"{pair['left']}  and  {pair['right']}: {state}", f"  {_said(pair)}"]
    found = [item for item in pair["comparisons"] if item["level"] not in ("both_missing", "one_missing")]
    plain = [item for item in found if item["level"] != ADJUSTED]
    for word, sign in (("for it", 1), ("against", -1)):
        told = sorted((item for item in plain if item["weight"] * sign > 0), key=lambda item: -sign * item["weight"])
        lines += [f"  {word}: {', '.join(_finding_words(item) for item in told)}"] if told else []
    one_sided = [name_words(item["name"]) for item in pair["comparisons"] if item["level"] == "one_missing"]
    lines += [f"  says nothing, as one record lacks it: {', '.join(one_sided)}"] if one_sided else []
    lines.append(
        f"  {pair['prior_weight']:+8.2f}  prior: one random pair in {1 / max(pair['prior'], 1e-300):,.0f} is a match"
    )
    sides = (("who it is", pair["identity"], True), ("place and employer", pair["support"], False))
    for heading, bits, identifies in sides:
        parts = [item for item in found if (item["group"] == "identity") == identifies]
        lines += [f"            {heading}, {bits:+.2f} bits:", *map(_waterfall_line, parts)] if parts else []
    lines.append(f"  {pair['weight']:+8.2f}  = {_chance(pair['probability'])}: {pair['band']}")
    met = [item["rule"] for item in pair["blocking"] if not item["why"]]
    lines += [f"  brought together by: {', '.join(met)}"] if met else []
    lines += [f"  not by {item['rule']}: {item['why']}" for item in pair["blocking"] if item["why"]]
    return "\n".join(lines)


def _said(pair: Mapping[str, Any]) -> str:
    """What the run decided and why, or why it decided nothing."""
    if not pair["decision"]:
        return f"the run kept nothing about them: {pair['decided_by']}"
    return f"the run said {pair['decision'].replace('_', '-')}: {decision_words(pair['decided_by'])}"


def _waterfall_line(item: Mapping[str, Any]) -> str:
    if item["level"] == ADJUSTED:
        return f"  {item['weight']:+8.2f}  {item['note']}"
    values = f"  ({item['left'] or '-'} | {item['right'] or '-'})"
    note = f"  [{item['note']}]" if item.get("note") else ""
    found = finding_words(item["name"], item["level"])
    return f"  {item['weight']:+8.2f}  {name_words(item['name'])}: {found}{values}{note}"


def _finding_words(item: Mapping[str, Any]) -> str:
    name = name_words(item["name"])
    if item["level"] in ("exact", "different"):
        return f"{'same' if item['level'] == 'exact' else 'different'} {name}"
    return f"{name} ({finding_words(item['name'], item['level'])})"


def _chance(probability: float) -> str:
    """Four decimals, never rounded up to certainty."""
    return f"{int(probability * 10_000) / 10_000:.4f}"
