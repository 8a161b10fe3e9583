"""The whole program on one page: a batch flows down a list of steps.

    normalise, consent, validate, count                look at one row at a time: any chunking gives the same
    contradicted, deduplicate, as read, survive, judge again, look again, staleness, trust      look at the whole file

A step is any object with ``name``, ``scope``, ``measure`` and ``apply``. A step that must know the whole file before
it can act counts first: ``measure`` gives integer counts of each chunk, they are summed into the measures, and only
then is ``apply`` called. No step drops a row, and none changes a cell without writing down why.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

import pyarrow as pa

from crmclean.consent import ConsentStep
from crmclean.context import Context
from crmclean.errors import InvariantBroken
from crmclean.measures import Counts
from crmclean.normalisers.step import NormaliseStep
from crmclean.plan import Plan
from crmclean.profile import CountStep
from crmclean.staleness import StalenessStep
from crmclean.survivorship.adopt import adopt, changed_by
from crmclean.survivorship.step import SurviveStep
from crmclean.tables.batch import Batch
from crmclean.trust import AsReadStep, TrustStep
from crmclean.validators.contradicted import ContradictedStep
from crmclean.validators.evaluate import ValidateStep

__all__ = ["Outcome", "Part", "Pipeline", "Step", "default_steps", "rows_only_steps", "with_step"]


@runtime_checkable
class Step(Protocol):
    """One stage of the pipeline.

    Attributes
    ----------
    name : str
        Written into the evidence.
    scope : "row" or "file"
        ``row``: ``apply`` looks at each row by itself and may be given any chunk. ``file``: it needs all rows.
    """

    @property
    def name(self) -> str: ...

    @property
    def scope(self) -> Literal["row", "file"]: ...

    def measure(self, batch: Batch, context: Context) -> Counts:
        """Integer counts of a chunk; an empty mapping where the step has no need of any."""
        ...

    def apply(self, batch: Batch, context: Context) -> Batch:
        """The batch after the step."""
        ...


@dataclass(frozen=True)
class Part:
    """Consecutive rows of one source, with the plan of that source (its columns named as in the whole)."""

    batch: Batch
    plan: Plan


@dataclass(frozen=True)
class Outcome:
    """What a run gives: the batch with all its evidence, the final context, and seconds by step."""

    batch: Batch
    context: Context
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class JudgeAgain:
    """Runs row steps over the golden records that a merge has changed.

    A golden record mixes cells of several rows: what was learnt about the master's old cells no longer holds, and a
    phone number may stand next to another country now. Judging the record afresh, as if it had come from a file,
    makes its evidence true, and makes the next run agree with this one.
    """

    steps: Sequence[Step]
    name: str = "judge_again"
    scope: Literal["row", "file"] = "file"

    def measure(self, batch: Batch, context: Context) -> Counts:
        """Nothing to count beforehand."""
        return {}

    def apply(self, batch: Batch, context: Context) -> Batch:
        """Replace attributes and add issues (their rule prefixed ``golden.``) of the records merged this round."""
        at = changed_by(batch, "survive")
        if not len(at):
            return batch
        records = batch.records.take(pa.array(at))
        fresh = Batch.of(records)
        for step in self.steps:
            fresh = step.apply(fresh, context)
        return adopt(batch, fresh, at)


def default_steps() -> tuple[Step, ...]:
    """The steps of `clean`, in order. The order is fixed: each step relies on what those before it promise."""
    from crmclean.dedup.step import DeduplicateStep  # not needed to check, plan or profile, and slow to load

    return (
        NormaliseStep(),  # canonical values, attributes, verdicts
        ConsentStep(),  # columns of a row that contradict each other
        ValidateStep(),  # the rules' questions, and which rows are set aside
        CountStep(),  # fill counts of the cleaned cells
        ContradictedStep(),  # slips that other rows of the file spell out
        DeduplicateStep(),  # links and clusters
        AsReadStep(),  # trust of the list as it came in
        SurviveStep(),  # golden records
        JudgeAgain((NormaliseStep(stamps=False), ConsentStep(), ValidateStep())),
        DeduplicateStep(apart=True, name="look_again"),  # what only a golden record reveals goes before a person
        StalenessStep(),
        TrustStep(),
    )


def rows_only_steps() -> tuple[Step, ...]:
    """The steps of `check`: nothing is merged."""
    return (
        NormaliseStep(),
        ConsentStep(),
        ValidateStep(),
        CountStep(),
        ContradictedStep(),
        StalenessStep(),
        TrustStep(),
    )


def with_step(steps: Sequence[Step], added: Step, before: str) -> tuple[Step, ...]:
    """The steps with one more in front of the one named ``before`` (at the end where there is none)."""
    place = next((place for place, step in enumerate(steps) if step.name == before), len(steps))
    return (*steps[:place], added, *steps[place:])


@dataclass(frozen=True)
class Pipeline:
    """A list of steps. Add, replace or leave out steps to build another."""

    steps: Sequence[Step] = field(default_factory=default_steps)

    def run(self, parts: Sequence[Part], context: Context, *, progress: Callable[[str], None] | None = None) -> Outcome:
        """Run all steps over the parts of one row set.

        Parameters
        ----------
        parts : sequence of Part
            Consecutive rows, each with the plan of its source; they may be files or chunks of a file.
        context : Context
            Its plan is the plan of the whole.
        progress : callable, optional
            Called with each step's name before it starts.

        Raises
        ------
        InvariantBroken
            A step lost or added a row.
        """
        seconds: dict[str, float] = {}
        for step in self.steps:
            if progress:
                progress(step.name)
            started = time.perf_counter()
            if step.scope == "file":
                parts = [Part(Batch.concat([part.batch for part in parts]), context.plan)]
            context, parts = _run_step(step, parts, context)
            seconds[step.name] = seconds.get(step.name, 0.0) + time.perf_counter() - started
        batch = Batch.concat([part.batch for part in parts]).check(full=False)
        return Outcome(batch, context, seconds)


def _run_step(step: Step, parts: Sequence[Part], context: Context) -> tuple[Context, list[Part]]:
    measures = context.measures
    for part in parts:
        measures = measures.adding(step.measure(part.batch, context.with_plan(part.plan)))
    context = context.with_measures(measures)
    done = []
    for part in parts:
        batch = step.apply(part.batch, context.with_plan(part.plan))
        if len(batch) != len(part.batch):
            raise InvariantBroken(f"step {step.name} was given {len(part.batch)} rows and gave {len(batch)}")
        done.append(Part(batch, part.plan))
        for name, fact in batch.facts.items():
            context = context.with_measures(context.measures.with_model(name, fact))
    return context, done
