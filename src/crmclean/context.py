"""The context: everything a step may know besides the batch. Frozen, and it never holds a frame."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field, replace
from typing import Any

from crmclean.measures import Measures
from crmclean.plan import Plan
from crmclean.ruleset.spec import Rules
from crmclean.tables.reasons import severity_of

__all__ = ["Context"]


@dataclass(frozen=True)
class Context:
    """Rules (what we want), plan (what the source is), measures (what the data says) and the day taken as today."""

    rules: Rules
    plan: Plan
    as_of: datetime.date
    measures: Measures = field(default_factory=Measures)

    def with_measures(self, measures: Measures) -> Context:
        """A copy with other measures."""
        return replace(self, measures=measures)

    def with_plan(self, plan: Plan) -> Context:
        """A copy for another source."""
        return replace(self, plan=plan)

    def severity(self, code: str) -> str:
        """Severity of a reason code under these rules; ``off`` when the rules do not want to hear of it."""
        chosen: Any = self.rules.validate_.severity.get(code)
        return str(chosen) if chosen else severity_of(code)
