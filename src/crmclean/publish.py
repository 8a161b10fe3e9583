"""Publishing: all files of a run, into a folder that appears whole or not at all.

Everything is written into a new folder next to the target, flushed to the disk, and then put in its place by renaming.
A run that is killed leaves at most a folder whose name starts with ``.crmclean-``, which the next run removes.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crmclean import views
from crmclean._version import __version__
from crmclean.consent import opted_out_elsewhere
from crmclean.context import Context
from crmclean.errors import CircuitBroken, OutputError, OutputOccupied, UsageError
from crmclean.files.write import output_delimiter, write_table
from crmclean.objectives import broken_limits
from crmclean.report.facts import ColumnFact, FileFact, ObjectiveFact, ReportFacts, SourceFact
from crmclean.report.render import render_html
from crmclean.report.summary import summarise
from crmclean.tables.batch import as_text
from crmclean.tables.fields import BY_NAME

if TYPE_CHECKING:
    from crmclean.api import CleanResult

__all__ = ["FORMATS", "check_folder", "check_limits", "is_ours", "notes_of", "publish", "summary_of"]

FORMATS = {"csv": "csv", "parquet": "parquet", "xlsx": "xlsx"}
MANIFEST = "manifest.json"
_SCRATCH = ".crmclean-"


def check_limits(result: CleanResult) -> None:
    """Raise `CircuitBroken` if more would be merged or set aside than the rules allow."""
    broken = broken_limits(result.batch, result.context)
    if broken:
        raise CircuitBroken(
            "nothing was published: " + "; ".join(broken), hint="look at it with --dry-run, then pass --force to go on"
        )


def publish(
    result: CleanResult, folder: Path, *, format: str = "csv", force: bool = False, attributes: bool = False
) -> Path:
    """Write the files of a run; see `CleanResult.write`."""
    if format not in FORMATS:
        raise UsageError(f"there is no format {format!r}", hint=f"one of {', '.join(FORMATS)}")
    if not force:
        check_limits(result)
    check_folder(folder)
    with _whole_folder(folder) as scratch:
        _write_all(result, scratch, format, attributes)
    return folder


def is_ours(folder: Path) -> bool:
    """Whether a folder holds an output of crmclean."""
    try:
        made_by = json.loads((folder / MANIFEST).read_text(encoding="utf-8")).get("made_by")
        return bool(made_by == "crmclean")
    except (OSError, ValueError, AttributeError):
        return False


def check_folder(folder: Path) -> None:
    """Raise `OutputOccupied` unless a folder is absent, empty, or an earlier output of ours."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OutputOccupied(f"{folder} is not a folder", hint="choose another folder with -o")
    if folder.is_dir() and any(folder.iterdir()) and not is_ours(folder):
        raise OutputOccupied(f"{folder} holds files that crmclean did not write", hint="choose another folder with -o")


@contextlib.contextmanager
def _whole_folder(folder: Path) -> Iterator[Path]:
    """A scratch folder that takes the place of ``folder`` if the block succeeds, and vanishes if it does not."""
    scratch = folder.with_name(f"{_SCRATCH}{folder.name}-{os.getpid()}")
    old = folder.with_name(f"{_SCRATCH}{folder.name}-{os.getpid()}-old")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        scratch.mkdir()
        yield scratch
        _flush(scratch)
        if folder.exists():
            os.replace(folder, old)
        os.replace(scratch, folder)
        _flush_directory(folder.parent)
    except OSError as error:
        _restore(folder, old)
        raise OutputError.of(error, folder) from error
    except OutputError as error:  # a writer of files only knows the scratch folder
        _restore(folder, old)
        cause = error.__cause__
        raise OutputError.of(cause, folder) if isinstance(cause, OSError) else error from cause
    finally:
        _restore(folder, old)
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _restore(folder: Path, old: Path) -> None:
    """Put the previous output back if the new one did not make it."""
    if old.exists() and not folder.exists():
        os.replace(old, folder)


def _sweep(folder: Path) -> None:
    """Remove what a killed run has left; its last good output, if it was killed between two renames, comes back."""
    for left in folder.parent.glob(f"{_SCRATCH}{folder.name}-*"):
        name = left.name.removeprefix(f"{_SCRATCH}{folder.name}-")
        if not re.fullmatch(r"\d+(-old)?", name):
            continue
        if name.endswith("-old") and not folder.exists() and is_ours(left):
            os.replace(left, folder)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _flush(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as handle:
                os.fsync(handle.fileno())


def _flush_directory(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# ---- the files


def _write_all(result: CleanResult, folder: Path, format: str, attributes: bool) -> None:
    started = time.perf_counter()
    files: dict[str, int | None] = {}
    with ThreadPoolExecutor(1) as beside:  # Parquet is compressed outside the interpreter: use the second core
        evidence = beside.submit(_write_evidence, result, folder / "evidence")
        _write_views(result, folder, format, attributes, files)
        summary = summary_of(result, files)
        evidence.result()
    _write_json(folder / "report.json", summary)
    (folder / "report.html").write_text(render_html(summary), encoding="utf-8")
    seconds = {**result.seconds, "write": time.perf_counter() - started}
    _write_json(folder / "timings.json", {"seconds": {name: round(value, 3) for name, value in seconds.items()}})
    _write_json(folder / MANIFEST, manifest_of(result, files, format))


def _write_views(
    result: CleanResult, folder: Path, format: str, attributes: bool, files: dict[str, int | None]
) -> None:
    dialect = _dialect(result)
    header = {item.column: item.header for item in result.context.plan.columns}
    limit = result.context.rules.output.changes_limit
    tables: dict[str, Callable[[], pa.Table]] = {
        "cleaned": lambda: _cleaned(result, attributes),
        "quarantine": lambda: views.quarantined(result.batch, result.context),
        "duplicates": lambda: views.duplicates(result.batch, result.context),
        "review": lambda: views.review(result.batch, result.context),
        "changes": lambda: views.changes(result.batch, limit),
    }
    for name, make in tables.items():
        table = make()
        file = f"{name}.{FORMATS[format]}" if name == "cleaned" else f"{name}.csv"
        files[file] = table.num_rows
        if name in ("cleaned", "quarantine", "duplicates") and not file.endswith(".parquet"):
            table = table.rename_columns([header.get(column, column) for column in table.schema.names])
        kind = format if name == "cleaned" else "csv"
        write_table(table, folder / file, format=kind, **(dialect if kind == "csv" else {}))  # type: ignore[arg-type]


def _cleaned(result: CleanResult, attributes: bool) -> pa.Table:
    table = views.cleaned(result.batch, result.context, several=len(result.sources) > 1 or None)
    return views.with_attributes(table, result.batch) if attributes else table


def _dialect(result: CleanResult) -> dict[str, Any]:
    """As the first input was written, in UTF-8."""
    plan, output = result.context.plan.dialect, result.context.rules.output
    first = result.sources[0]
    return {
        "delimiter": output_delimiter(plan.delimiter),
        "quoting": "all" if plan.quote_all else "minimal",
        "bom": output.excel or first.bom,
        "line_terminator": plan.line_terminator if plan.line_terminator in ("\n", "\r\n") else "\n",
        "formula_guard": output.excel,
    }


def _write_evidence(result: CleanResult, folder: Path) -> None:
    folder.mkdir()
    batch, context = result.batch, result.context
    ids = as_text(batch.rows["record_id"])
    tables = {"rows": batch.rows, **dict(batch.evidence.items())}
    for name, table in tables.items():
        if name != "rows":
            for column, named in (("row", "record_id"), ("row_l", "record_id_l"), ("row_r", "record_id_r")):
                if column in table.schema.names and name in ("links", "clusters", "trust"):
                    table = table.append_column(named, ids.take(table[column].combine_chunks()))
        _write_parquet(table, folder / f"{name}.parquet")
    gone = pc.not_equal(batch.rows["disposition"], "cleaned")
    inputs = [item.column for item in context.plan.columns if item.column not in result.added_columns]
    originals = pa.table({"row": batch.rows["row"]})
    for column in inputs:
        originals = originals.append_column(column, batch.originals[column])
    _write_parquet(originals.filter(gone), folder / "originals.parquet")
    dropped = [n for n in views.dropped_columns(context.plan, context.rules.output, _filled(result)) if n in inputs]
    earlier = [name for name in batch.originals.schema.names if name.startswith("crmclean_")]
    if dropped or earlier:
        kept = pc.equal(batch.rows["disposition"], "cleaned")
        table = pa.table({"row": batch.rows["row"]})
        for column in [*dropped, *earlier]:
            table = table.append_column(column, batch.originals[column])
        _write_parquet(table.filter(kept), folder / "dropped.parquet")
    _write_json(folder / "measures.json", context.measures.to_dict())


def _write_parquet(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd", compression_level=1, write_statistics=False)


def _write_json(path: Path, data: Any) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, default=str, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def manifest_of(result: CleanResult, files: Mapping[str, int | None], format: str) -> dict[str, Any]:
    """What made this folder, from what, and whether the sums come out."""
    rules = result.context.rules
    dialect = _dialect(result)
    return {
        "made_by": "crmclean",
        "version": __version__,
        "schema": 1,
        "as_of": result.context.as_of.isoformat(),
        "format": format,
        "balance": result.balance,
        "inputs": [
            {
                "name": item.name,
                "digest": item.digest,
                "rows": item.rows,
                "columns": list(item.columns),
                "encoding": item.encoding,
                "not_data": dict(item.not_data),
                "notes": list(item.notes),
            }
            for item in result.sources
        ],
        "rules": rules.model_dump(mode="json", by_alias=True),
        "plan": result.context.plan.to_dict(),
        "added_columns": list(result.added_columns),
        "columns": views.output_columns(result.context.plan, rules.output, _filled(result)),
        "output": {"delimiter": dialect["delimiter"], "bom": dialect["bom"], "excel": rules.output.excel},
        "files": dict(files),
        "trust": None if result.trust != result.trust else round(result.trust, 6),
        "trust_as_read": result.as_read.get("score"),
        "objectives": [
            {"name": item.name, "target": item.target, "actual": item.actual, "passed": item.passed}
            for item in result.objectives
        ],
    }


def _filled(result: CleanResult) -> dict[str, int]:
    counts = result.context.measures
    return {item.column: counts.count("filled", item.column) for item in result.context.plan.columns}


def _columns_without_field(context: Context) -> list[str]:
    """Notes on the columns without a field that were compared all the same."""
    found = context.measures.model.get("dedup", {}).get("unmapped", [])
    words = {"national_id": "as an identity number", "birth_date": "as a birth date"}
    return [
        f"{item['column']} has no field, but was compared {words.get(item['use'], 'as support')}: {item['why']}"
        for item in found
        if item["use"] != "none"
    ]


def notes_of(result: CleanResult) -> list[str]:
    """What whoever uses the output should know beforehand, in sentences."""
    said = views.output_notes(result.batch, result.context)
    at = opted_out_elsewhere(result.batch, result.context.plan)
    if len(at):
        ids = result.batch.rows["record_id"].take(pa.array(at)).to_pylist()
        some = ", ".join(sorted(ids)[:3]) + (", ..." if len(ids) > 3 else "")
        said.append(f"records holding an address that another row, kept apart, opts out: {len(ids):,} ({some})")
    return said


def summary_of(result: CleanResult, files: Mapping[str, int | None] | None = None) -> dict[str, Any]:
    """The numbers of the report."""
    context = result.context
    rules = context.rules
    facts = ReportFacts(
        as_of=context.as_of,
        rules=rules.name,
        version=__version__,
        sources=tuple(
            SourceFact(item.name, item.rows, len(item.columns), item.digest, item.encoding, item.not_data)
            for item in result.sources
        ),
        columns=tuple(
            ColumnFact(item.column, item.field or "", BY_NAME[item.field].label if item.field else "")
            for item in context.plan.columns
        ),
        objectives=tuple(
            ObjectiveFact(item.name, item.target, item.actual, item.passed, item.unit) for item in result.objectives
        ),
        files=tuple(FileFact(name, rows) for name, rows in (files or {}).items()),
        balance=result.balance,
        threshold_days=rules.staleness.threshold_days,
        match_probability=rules.dedup.match_probability,
        review_probability=rules.dedup.review_probability,
        blocking_recall=context.measures.model.get("dedup", {}).get("blocking_recall"),
        trust_weights={
            name: float(getattr(rules.trust, name))
            for name in ("validity", "completeness", "freshness", "uniqueness", "consistency")
        },
        dropped_columns=tuple(views.dropped_columns(context.plan, rules.output, _filled(result))),
        before_score=result.as_read.get("score"),
        before_terms=result.as_read.get("terms", {}),
        before_sources=result.as_read.get("sources", {}),
        notes=(
            *notes_of(result),
            *_columns_without_field(context),
            *(f"{item.name}: {note}" for item in result.sources for note in item.notes),
        ),
    )
    return summarise(result.batch, facts)
