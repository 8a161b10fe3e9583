"""The library's front door: `clean`, `check` and `dedupe`, and the result they give.

result = crmclean.clean("tradeshow.csv", rules="tradeshow", as_of="2026-11-22")
result.cleaned, result.quarantined, result.duplicates, result.review      # DataFrames
result.write("out/")
"""

from __future__ import annotations

import datetime
import functools
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean import views
from crmclean.context import Context
from crmclean.errors import InvariantBroken, UsageError
from crmclean.ingest import Input, SourceFacts, ingest, read_input
from crmclean.objectives import Objective, judge_objectives
from crmclean.pipeline import Pipeline, rows_only_steps
from crmclean.plan import Plan
from crmclean.planning import infer_fields
from crmclean.ruleset.load import RulesLike, resolve_rules
from crmclean.ruleset.spec import Rules
from crmclean.tables.batch import Batch, as_text
from crmclean.tables.evidence import TEXT, Evidence
from crmclean.tables.fields import BY_NAME

if TYPE_CHECKING:
    from crmclean.dedup.core import PairCount
    from crmclean.dedup.judgements import Judged
    from crmclean.deliverability import MxSettings
    from crmclean.files.read import Source
    from crmclean.labels import Labels

__all__ = ["CleanResult", "RulesLike", "check", "clean", "count_pairs", "dedupe", "dedupe_source"]

DateLike = datetime.date | str
PlanLike = Plan | str | os.PathLike[str] | Sequence[Plan] | None


@dataclass(frozen=True)
class CleanResult:
    """What a run gives: a batch with all its evidence, and the views people open.

    Attributes
    ----------
    batch : Batch
        Every row that was read, its current and original cells, and the evidence.
    context : Context
        Rules, plan, measures and the day taken as today.
    sources : list of SourceFacts
        What was read.
    added_columns : tuple of str
        Columns that the rules asked for and no input had.
    seconds : mapping of str to float
        Wall time by step.
    plans : sequence of Plan
        The plan of each input, under the input's own column names.
    """

    batch: Batch
    context: Context
    sources: list[SourceFacts]
    added_columns: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    plans: Sequence[Plan] = ()

    @functools.cached_property
    def cleaned(self) -> pd.DataFrame:
        """One golden row per entity: the input's columns, then ours; all text."""
        return _frame(views.cleaned(self.batch, self.context, several=len(self.sources) > 1 or None))

    @functools.cached_property
    def quarantined(self) -> pd.DataFrame:
        """The rows set aside, as they were read, with their reasons."""
        return _frame(views.quarantined(self.batch, self.context))

    @functools.cached_property
    def duplicates(self) -> pd.DataFrame:
        """Every record of every cluster of several."""
        return _frame(views.duplicates(self.batch, self.context))

    @functools.cached_property
    def review(self) -> pd.DataFrame:
        """Pairs for a person to judge, likeliest first."""
        return _frame(views.review(self.batch, self.context))

    @property
    def evidence(self) -> Evidence:
        """The evidence tables (Arrow); ``.to_pandas()`` makes frames of them."""
        return self.batch.evidence

    @property
    def trust(self) -> float:
        """Mean trust of the cleaned records, 0 to 100; NaN where there are none."""
        scores = self.batch.evidence.trust["score"]
        return float(pc.mean(scores).as_py()) if len(scores) else float("nan")

    @property
    def as_read(self) -> Mapping[str, Any]:
        """Trust of the list as it came in, by the same formula: ``rows``, ``score``, ``terms`` and ``sources``.

        Empty where nothing was read, or where the pipeline has no `AsReadStep`.
        """
        found: Mapping[str, Any] = self.batch.facts.get("as_read", {})
        return found

    @property
    def balance(self) -> dict[str, int]:
        """Rows read, cleaned, merged away and quarantined; the first is the sum of the others."""
        counts = {name: int(self.batch.is_disposition(name).sum()) for name in ("cleaned", "merged", "quarantined")}
        if sum(counts.values()) != len(self.batch):
            raise InvariantBroken(f"{len(self.batch)} rows were read, but {counts} are accounted for")
        return {"read": len(self.batch), **counts}

    @functools.cached_property
    def summary(self) -> dict[str, Any]:
        """The numbers of the report (the content of ``report.json``)."""
        from crmclean.publish import summary_of

        return summary_of(self)

    @functools.cached_property
    def objectives(self) -> list[Objective]:
        """The rules' objectives with what was reached."""
        return judge_objectives(self.batch, self.context)

    def write(
        self, folder: str | os.PathLike[str], *, format: str = "csv", force: bool = False, attributes: bool = False
    ) -> Path:
        """Write all files of a run into a folder that appears whole or not at all.

        Raises
        ------
        CircuitBroken
            More would be merged or set aside than the rules allow, and ``force`` is not given.
        OutputOccupied, OutputError
            The folder holds something else, or cannot be written.
        """
        from crmclean.publish import publish

        return publish(self, Path(folder), format=format, force=force, attributes=attributes)


def clean(
    inputs: Input | Sequence[Input],
    *,
    rules: RulesLike = "default",
    plan: PlanLike = None,
    as_of: DateLike | None = None,
    region: str | None = None,
    pipeline: Pipeline | None = None,
    labels: Labels | None = None,
    progress: Callable[[str], None] | None = None,
    check_mx: MxSettings | bool = False,
) -> CleanResult:
    """Clean a file, a DataFrame or several of them.

    Parameters
    ----------
    inputs : path, "-", binary file, DataFrame, or a sequence of these
        Several inputs are one row set.
    rules : str, path, mapping, Rules, or a sequence of these
        Rules packs; later ones are layered over earlier ones.
    plan : Plan or path of a plan in TOML, optional
        How to read and map the input; inferred when not given.
    as_of : date or ISO text, optional
        The day taken as today; the system's date when not given.
    region : str, optional
        Default ISO alpha-2 region of phones and addresses; overrides the rules.
    pipeline : Pipeline, optional
        Other steps than the default ones.
    labels : path, DataFrame or Judgements, optional
        Pairs of records that a person has judged (`crmclean.labels`), by record id or row number: obeyed, and learnt
        from within bounds.
    progress : callable, optional
        Called with the name of each step before it starts.
    check_mx : MxSettings or bool
        Ask name servers whether mail can reach the e-mail addresses' domains; the only thing that uses the network.

    Raises
    ------
    InputError, RulesError, PlanError
        See `crmclean.errors`.
    """
    steps = (pipeline or Pipeline()).steps
    if labels is not None:
        from crmclean.dedup.step import with_judgements
        from crmclean.labels import read_labels

        steps = with_judgements(steps, read_labels(labels))
    return _run(inputs, rules, plan, as_of, region, _with_mx(Pipeline(steps), check_mx), progress)


def check(
    inputs: Input | Sequence[Input],
    *,
    rules: RulesLike = "default",
    plan: PlanLike = None,
    as_of: DateLike | None = None,
    region: str | None = None,
    progress: Callable[[str], None] | None = None,
    check_mx: MxSettings | bool = False,
) -> CleanResult:
    """Map, normalise, validate and score, but merge nothing. Parameters as in `clean`."""
    return _run(inputs, rules, plan, as_of, region, _with_mx(Pipeline(rows_only_steps()), check_mx), progress)


def _with_mx(pipeline: Pipeline, check_mx: MxSettings | bool) -> Pipeline:
    if check_mx is False:
        return pipeline
    from crmclean.deliverability import with_mx

    return Pipeline(with_mx(pipeline.steps, check_mx))


def _run(
    inputs: Input | Sequence[Input],
    rules: RulesLike,
    plan: PlanLike,
    as_of: DateLike | None,
    region: str | None,
    pipeline: Pipeline,
    progress: Callable[[str], None] | None,
) -> CleanResult:
    wanted = resolve_rules(rules, region)
    if progress:
        progress("read")
    several: list[Any] = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
    started = time.perf_counter()
    ingested = ingest(several, wanted, resolve_plans(plan))
    read_seconds = time.perf_counter() - started
    context = Context(wanted, ingested.plan, resolve_day(as_of))
    outcome = pipeline.run(ingested.parts, context, progress=progress)
    seconds = {"read": read_seconds, **outcome.seconds}
    return CleanResult(outcome.batch, outcome.context, ingested.sources, ingested.added, seconds, ingested.plans)


def resolve_plans(plan: PlanLike) -> list[Plan] | None:
    """Plans from objects or TOML files; one plan serves every input, several go with the inputs in order."""
    if plan is None:
        return None
    several: list[Any] = list(plan) if isinstance(plan, list | tuple) else [plan]
    return [_plan(item) for item in several]


def _plan(plan: Plan | str | os.PathLike[str]) -> Plan:
    return plan if isinstance(plan, Plan) else Plan.read(plan)


def resolve_day(as_of: DateLike | None) -> datetime.date:
    """The day taken as today."""
    if as_of is None:
        return datetime.date.today()
    if isinstance(as_of, datetime.datetime):
        return as_of.date()
    if isinstance(as_of, datetime.date):
        return as_of
    try:
        return datetime.date.fromisoformat(as_of)
    except ValueError as error:
        raise UsageError(f"as_of {as_of!r} is no ISO date", hint="--as-of 2026-11-22") from error


def dedupe(
    data: Input,
    *,
    mapping: Mapping[str, str] | None = None,
    entity: Literal["person", "company"] = "person",
    rules: RulesLike = "default",
    labels: Labels | None = None,
    one_to_one: str | None = None,
) -> pd.DataFrame:
    """The rows and columns of the input in order, plus what the dedup core found.

    Parameters
    ----------
    data : DataFrame, path, "-" or binary file
        The records; nothing is normalised or changed.
    mapping : mapping of column to field, optional
        What the columns mean; inferred from headers and data when not given. Columns it leaves out are still compared
        if their data tell what they are.
    entity : {"person", "company"}
        What one record stands for.
    labels : path, DataFrame or Judgements, optional
        Pairs of records that a person has judged (`crmclean.labels`), by the number of their rows (from 1), which is
        also their crmclean_record_id, or by the input's own id column: obeyed, and learnt from within bounds.
    one_to_one : str, optional
        A column that says which source a row is from (an import list, the CRM). Each row is then joined with at most
        one row of any other source, the likeliest, and with none of its own; equally likely ones are left apart.

    Returns
    -------
    DataFrame
        The input's columns, then crmclean_record_id, crmclean_cluster_id and crmclean_match_probability (the
        probability of the record's best match link; missing for a record that stands alone).
    """
    wanted = resolve_rules(rules)
    source = read_input(data, wanted)
    table = dedupe_source(source, mapping=mapping, entity=entity, rules=wanted, labels=labels, one_to_one=one_to_one)
    if isinstance(data, pd.DataFrame):
        ours = _frame(table.select(table.schema.names[-3:]))
        ours.index = data.index
        return pd.concat([data, ours], axis=1)
    return _frame(table)


def dedupe_source(
    source: Source,
    *,
    mapping: Mapping[str, str] | None,
    entity: Literal["person", "company"],
    rules: Rules,
    labels: Labels | None = None,
    one_to_one: str | None = None,
) -> pa.Table:
    """As `dedupe`, from a source to an Arrow table; lines without cells stand in ``crmclean_raw``."""
    from crmclean.dedup.core import link_records  # not needed for the other commands
    from crmclean.dedup.step import settings_of

    fields = _compared(source, mapping, rules)
    settings = replace(settings_of(rules.dedup), entity=entity)
    count = source.table.num_rows
    number = pa.array(np.arange(1, count + 1)).cast(TEXT)
    judged = _judged(labels, [number, *fields.get("id", [])]) if labels is not None else None
    sources = _sources(source, one_to_one) if one_to_one is not None else None
    result = link_records(fields, settings, judged=judged, sources=sources)
    matches = result.links.filter(pc.equal(result.links["decision"], "match"))
    best = np.full(count, np.nan)
    for side in ("row_l", "row_r"):
        np.fmax.at(best, matches[side].to_numpy(), matches["probability"].to_numpy())
    table = source.table.select([name for name in source.table.schema.names if not name.startswith("crmclean_")])
    table = table.append_column("crmclean_record_id", number)
    table = table.append_column("crmclean_cluster_id", number.take(pa.array(result.cluster.astype(np.int64))))
    table = table.append_column("crmclean_match_probability", views.share_text(best))
    if not source.unaligned:
        return table
    return table.append_column("crmclean_raw", pa.array([source.unaligned.get(row) for row in range(count)], TEXT))


def _sources(source: Source, column: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A code for each value of the column that says where a row is from; -1 where it is empty."""
    if column not in source.table.schema.names:
        raise UsageError(f"{source.name} has no column {column!r} that could say which source a row is from")
    names = pc.utf8_trim_whitespace(pc.fill_null(as_text(source.table[column]), ""))
    codes = names.dictionary_encode().indices.to_numpy().astype(np.int64)
    return np.where(np.asarray(pc.equal(names, "")), -1, codes)


def _judged(labels: Labels, known: list[pa.Array]) -> Judged:
    """The judged pairs by row; records are called by one of the ``known`` columns."""
    from crmclean.dedup.judgements import Judged
    from crmclean.labels import read_labels

    return Judged.of(len(known[0]), *read_labels(labels).find(known))


def count_pairs(
    data: Input,
    *,
    mapping: Mapping[str, str] | None = None,
    entity: Literal["person", "company"] = "person",
    rules: RulesLike = "default",
) -> PairCount:
    """How many pairs of records `dedupe` would look at, rule by rule, without linking any. Parameters as there.

    Returns
    -------
    PairCount
        ``records``, a ``RuleReport`` for each blocking rule, and the number of distinct candidate ``pairs``.
    """
    from crmclean.dedup import core
    from crmclean.dedup.step import settings_of

    wanted = resolve_rules(rules)
    fields = _compared(read_input(data, wanted), mapping, wanted)
    return core.count_pairs(fields, replace(settings_of(wanted.dedup), entity=entity))


def _compared(source: Source, mapping: Mapping[str, str] | None, rules: Rules) -> dict[str, list[pa.Array]]:
    """Field -> columns; what has no field goes along under ``other:<header>``."""
    names = [name for name in source.table.schema.names if not name.startswith("crmclean_")]
    if mapping is None:
        meaning = infer_fields(source, rules)
    else:
        unknown = [name for name in mapping if name not in names]
        if unknown:
            raise UsageError(
                f"the map names column {unknown[0]!r}, which {source.name} does not have ({', '.join(names[:12])})"
            )
        wrong = [value for value in mapping.values() if value and value not in BY_NAME and value not in _BIRTH_PARTS]
        if wrong:
            raise UsageError(
                f"the map names field {wrong[0]!r}, which does not exist", hint="crmclean plan FILE shows fields"
            )
        meaning = dict(mapping)
    fields: dict[str, list[pa.Array]] = {}
    for name in names:
        field = meaning.get(name) or f"other:{name}"
        fields.setdefault(field, []).append(pc.fill_null(as_text(source.table[name]), ""))
    return fields


_BIRTH_PARTS = ("birth_year", "birth_month", "birth_day")


def _frame(table: pa.Table) -> pd.DataFrame:
    dtype = pd.StringDtype(na_value=np.nan)
    frame: pd.DataFrame = table.to_pandas(types_mapper=lambda kind: dtype if kind == TEXT else None)
    return frame
