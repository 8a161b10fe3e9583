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
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from crmclean import views
from crmclean.context import Context
from crmclean.deduplication import count_pairs, dedupe, dedupe_source
from crmclean.errors import InvariantBroken, UsageError
from crmclean.ingest import Input, SourceFacts, ingest
from crmclean.objectives import Objective, judge_objectives
from crmclean.pipeline import Pipeline, rows_only_steps
from crmclean.plan import Plan
from crmclean.ruleset.load import RulesLike, resolve_rules
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import Evidence
from crmclean.tables.frames import as_frame

if TYPE_CHECKING:
    import pandas as pd

    from crmclean.deliverability import MxSettings
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
        return as_frame(views.cleaned(self.batch, self.context, several=len(self.sources) > 1 or None))

    @functools.cached_property
    def quarantined(self) -> pd.DataFrame:
        """The rows set aside, as they were read, with their reasons."""
        return as_frame(views.quarantined(self.batch, self.context))

    @functools.cached_property
    def duplicates(self) -> pd.DataFrame:
        """Every record of every cluster of several."""
        return as_frame(views.duplicates(self.batch, self.context))

    @functools.cached_property
    def review(self) -> pd.DataFrame:
        """Pairs for a person to judge, likeliest first."""
        return as_frame(views.review(self.batch, self.context))

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
