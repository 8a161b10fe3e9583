"""Reopening an output folder: its input put together again, and the run as it stood before any merge.

No copy of the input is needed: a folder holds none beyond the rows that were merged away or set aside.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crmclean.context import Context
from crmclean.dedup.step import fact_of
from crmclean.errors import InputMissing, InputUnreadable
from crmclean.files.read import read_source
from crmclean.files.sniff import Dialect
from crmclean.measures import Measures
from crmclean.normalisers.step import NormaliseStep
from crmclean.plan import Plan
from crmclean.ruleset.spec import Rules
from crmclean.survivorship.adopt import changed_by, replace_attributes
from crmclean.tables.batch import Batch, as_text
from crmclean.tables.evidence import DISPOSITIONS, TEXT, Evidence, enum_array
from crmclean.undo import replay, reverse

__all__ = ["load_run", "restore"]


def load_run(folder: Path, *pair: str) -> tuple[Batch, Context]:
    """An output folder as a batch whose records are the normalised rows before any merge, and its context.

    With the ids of a pair of records that are both in the cleaned file, after a run that merged others: as it stood
    when golden records were looked at once more, for it was then that this pair was judged.
    """
    originals = restore(folder)
    evidence = folder / "evidence"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    plan = Plan.from_dict(manifest["plan"], name="manifest")
    for name in manifest["added_columns"]:
        originals = originals.append_column(name, pa.repeat(pa.scalar("", TEXT), originals.num_rows))
    originals = originals.select([item.column for item in plan.columns])
    tables = {name: pq.read_table(evidence / f"{name}.parquet") for name, _ in Evidence().items()}
    rows = pq.read_table(evidence / "rows.parquet")
    measures = Measures.from_dict(json.loads((evidence / "measures.json").read_text(encoding="utf-8")))
    context = Context(
        Rules.model_validate(manifest["rules"]), plan, datetime.date.fromisoformat(manifest["as_of"]), measures
    )
    batch = Batch(replay(originals, tables["changes"]), rows, originals, Evidence(**tables))
    again = measures.model.get(fact_of(apart=True))
    own = rows.filter(pc.is_in(rows["record_id"], pa.array(pair, TEXT)))
    if again and len(pair) == 2 and pc.all(pc.equal(own["disposition"], "cleaned")).as_py():
        return batch, context.with_measures(measures.with_model(fact_of(apart=False), again))
    return _before_merges(batch, context), context


def _before_merges(batch: Batch, context: Context) -> Batch:
    """The batch without what merging did: cells, dispositions, and what was learnt about the cells of merged rows."""
    changes = batch.evidence.changes
    golden = changed_by(batch, "survive")
    early = changes.filter(pc.invert(pc.starts_with(changes["step"].cast(pa.string()), "survive")))
    if len(golden):
        # a golden record is judged again after the merge, and what that changes comes after all merges
        first = pc.min(changes.filter(pc.starts_with(changes["step"].cast(pa.string()), "survive"))["seq"])
        early = early.filter(pc.less(early["seq"], first))
    records = replay(batch.originals, early)
    fresh = Batch.of(records.take(pa.array(golden)))
    learnt = NormaliseStep(stamps=False).apply(fresh, context).evidence.attributes
    rows = batch.rows
    standing = pc.equal(rows["disposition"], "quarantined")
    codes = np.where(np.asarray(standing), DISPOSITIONS.index("quarantined"), DISPOSITIONS.index("cleaned"))
    place = rows.schema.get_field_index("disposition")
    rows = rows.set_column(place, rows.schema.field(place), enum_array(codes, DISPOSITIONS))
    before = replace(batch, records=records, rows=rows)
    return replace_attributes(before, learnt, golden)


def restore(folder: Path) -> pa.Table:
    """The input of a run from its output folder: all data rows in their order, under the input's unique column names.

    A missing cell and an empty one are both "" here, as they are in a CSV file.

    Raises
    ------
    InputMissing, InputUnreadable
        The folder is no output of crmclean, or one of its files is gone.
    """
    manifest = _manifest(folder)
    evidence = folder / "evidence"
    rows = pq.read_table(evidence / "rows.parquet")
    columns = [item["column"] for item in manifest["plan"]["column"] if item["column"] not in manifest["added_columns"]]
    cleaned = _cleaned(folder, manifest)
    number = rows["row"].take(pc.index_in(cleaned["crmclean_record_id"], rows["record_id"]))
    order = pc.sort_indices(number)
    records = pa.table({"row": number.take(order)})
    dropped = _dropped(evidence)
    for name in columns:
        present = name in cleaned.schema.names
        values = cleaned[name].take(order) if present else dropped[name]
        records = records.append_column(name, as_text(values))
    changes = pq.read_table(evidence / "changes.parquet")
    kept = pc.is_in(changes["row"], records["row"])
    place = pc.index_in(changes["row"], records["row"]).cast(pa.int32())
    local = changes.set_column(0, "row", place).filter(kept)
    # a dropped column was stored as it was read
    local = local.filter(pc.is_in(local["column"].cast(pa.string()), pa.array(list(cleaned.schema.names), pa.string())))
    records = reverse(records, local)
    originals = pq.read_table(evidence / "originals.parquet")
    both = pa.concat_tables([records, originals.select(records.schema.names).cast(records.schema)])
    both = both.take(pc.sort_indices(both["row"]))
    return pa.table({name: pc.fill_null(as_text(both[name]), "") for name in columns})


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputMissing(
            f"{folder} holds no manifest.json", hint="name a folder that `crmclean clean` wrote"
        ) from error
    except ValueError as error:
        raise InputUnreadable(f"{folder / 'manifest.json'} is damaged: {error}") from error
    if manifest.get("made_by") != "crmclean":
        raise InputUnreadable(f"{folder} was not written by crmclean")
    return manifest


def _dropped(evidence: Path) -> pa.Table:
    path = evidence / "dropped.parquet"
    return pq.read_table(path) if path.exists() else pa.table({})


def _cleaned(folder: Path, manifest: dict[str, Any]) -> pa.Table:
    """cleaned.* under the unique column names of the plan."""
    if manifest["format"] == "parquet":
        return pq.read_table(folder / "cleaned.parquet")
    path = folder / f"cleaned.{manifest['format']}"
    if not path.exists():
        raise InputMissing(f"{path} is gone")
    output = manifest["output"]
    dialect = Dialect(delimiter=output["delimiter"], bom=output["bom"]) if manifest["format"] == "csv" else None
    table = read_source(path, dialect=dialect).table
    ours = [name for name in table.schema.names if name.startswith("crmclean_") or ": " in name]
    plan = [item["column"] for item in manifest["plan"]["column"]]
    written = manifest.get("columns") or plan
    table = table.rename_columns([*written, *table.schema.names[len(written) :]])
    if output["excel"]:
        table = pa.table({name: _unguarded(as_text(table[name])) for name in table.schema.names})
    return table.select([name for name in table.schema.names if name in plan or name in ours])


def _unguarded(values: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(values, r"^'([=@\t\r＝＠+\-＋－])", r"\1").cast(TEXT)
