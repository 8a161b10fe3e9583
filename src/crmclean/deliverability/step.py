"""The step that looks up the domains of a file's e-mail addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.deliverability.lookup import REFUSES, UNKNOWN, MxSettings, look_up
from crmclean.measures import Counts
from crmclean.pipeline import Step, with_step
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import TEXT, constant, evidence_table
from crmclean.tables.fields import Kind

__all__ = ["MxStep", "with_mx"]

Ask = Callable[[Sequence[str]], Mapping[str, str]]
_REASON = "email.undeliverable"


@dataclass(frozen=True)
class MxStep:
    """Attribute ``mail_domain`` (accepts, refuses, unknown) of each valid address; issue ``email.undeliverable``.

    Attributes
    ----------
    settings : MxSettings
        How domains are asked.
    ask : callable, optional
        Domains to answers; the name servers when not given.
    """

    settings: MxSettings = field(default_factory=MxSettings)
    ask: Ask | None = None
    name: str = "check_mx"
    scope: Literal["row", "file"] = "file"

    def measure(self, batch: Batch, context: Context) -> Counts:
        """Nothing to count beforehand."""
        return {}

    def apply(self, batch: Batch, context: Context) -> Batch:
        """Ask for the distinct domains of all e-mail columns, and write down what was said of each address."""
        columns = [item.column for item in context.plan.columns if item.kind is Kind.EMAIL]
        found = {column: _domains(batch, column) for column in columns}
        distinct = pa.chunked_array(
            [pc.drop_null(domains) for domains in found.values()] or [pa.array([], TEXT)]
        ).unique()
        if not len(distinct):
            return batch
        names = sorted(distinct.to_pylist())
        ask = self.ask or partial(look_up, settings=self.settings)
        answers = ask(names)
        said = pa.array([answers.get(name, UNKNOWN) for name in names], TEXT)
        for column, domains in found.items():
            answer = said.take(pc.index_in(domains, value_set=pa.array(names, TEXT)))
            batch = _write_down(batch, column, answer, context)
        return batch


def with_mx(steps: Sequence[Step], check_mx: MxSettings | bool) -> tuple[Step, ...]:
    """The steps with an `MxStep` in front of what judges by it."""
    settings = check_mx if isinstance(check_mx, MxSettings) else MxSettings()
    return with_step(steps, MxStep(settings), "staleness")


def _domains(batch: Batch, column: str) -> pa.Array:
    """The domain of each valid address of a standing record, null elsewhere."""
    good = batch.filled(column) & ~batch.flagged(column, verdict="invalid") & ~batch.is_disposition("merged")
    domain = pc.replace_substring_regex(batch.canonical(column), "^.*@", "")
    usable = pa.array(good & np.asarray(pc.match_substring(batch.canonical(column), "@").fill_null(False), bool))
    return pc.if_else(usable, domain, pa.scalar(None, TEXT))


def _write_down(batch: Batch, column: str, answer: pa.Array, context: Context) -> Batch:
    at = np.flatnonzero(np.asarray(answer.is_valid(), bool))
    learnt: dict[str, Any] = {
        "row": batch.row_numbers[at],
        "column": constant(column, len(at)),
        "name": constant("mail_domain", len(at)),
        "value": answer.take(pa.array(at)),
    }
    batch = batch.adding(attributes=evidence_table("attributes", learnt))
    severity = context.severity(_REASON)
    at = np.flatnonzero(np.asarray(pc.equal(answer, REFUSES).fill_null(False), bool))
    if severity == "off" or not len(at):
        return batch
    issue = {
        "row": batch.row_numbers[at],
        "column": constant(column, len(at)),
        "field": constant(context.plan.of(column).field, len(at)),
        "value": batch.column(column).take(pa.array(at)),
        "rule": constant("check_mx", len(at)),
        "reason": constant(_REASON, len(at)),
        "verdict": constant("invalid", len(at)),
        "severity": constant(severity, len(at)),
    }
    return batch.adding(issues=evidence_table("issues", issue))
