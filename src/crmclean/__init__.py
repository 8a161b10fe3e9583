"""crmclean: make a lead or contact file trustworthy, and show that you did.

    import crmclean
    result = crmclean.clean("tradeshow.csv", rules="tradeshow", as_of="2026-11-22")
    result.cleaned, result.quarantined, result.duplicates, result.review      # DataFrames
    result.write("out/")

Importing this package does no work: names are looked up when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from crmclean._version import __version__
from crmclean.errors import CrmCleanError

if TYPE_CHECKING:
    from crmclean import normalisers as normalisers
    from crmclean.api import CleanResult as CleanResult
    from crmclean.api import check as check
    from crmclean.api import clean as clean
    from crmclean.deduplication import dedupe as dedupe
    from crmclean.pipeline import Pipeline as Pipeline
    from crmclean.pipeline import Step as Step
    from crmclean.plan import Plan as Plan
    from crmclean.planning import infer_plan as infer_plan
    from crmclean.ruleset.load import load_rules as load_rules
    from crmclean.ruleset.spec import Rules as Rules
    from crmclean.tables.batch import Batch as Batch

_HOMES = {
    "Batch": "tables.batch",
    "CleanResult": "api",
    "Pipeline": "pipeline",
    "Plan": "plan",
    "Rules": "ruleset.spec",
    "Step": "pipeline",
    "check": "api",
    "clean": "api",
    "dedupe": "deduplication",
    "infer_plan": "planning",
    "load_rules": "ruleset.load",
}
_PACKAGES = frozenset({"normalisers"})

__all__ = [
    "Batch",
    "CleanResult",
    "CrmCleanError",
    "Pipeline",
    "Plan",
    "Rules",
    "Step",
    "__version__",
    "check",
    "clean",
    "dedupe",
    "infer_plan",
    "load_rules",
    "normalisers",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"crmclean.{_HOMES[name]}"), name)
    if name in _PACKAGES:
        return importlib.import_module(f"crmclean.{name}")
    raise AttributeError(f"module 'crmclean' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
