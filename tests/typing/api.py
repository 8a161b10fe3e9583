"""The public interface as a type checker sees it. Never run: mypy checks it (see test_typing_api.py)."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import pandas as pd

import crmclean
from crmclean import Batch, CleanResult, CrmCleanError, Pipeline, Plan, Rules, Step, load_rules

frame = pd.DataFrame({"Email": ["a@b.org"]})

result = crmclean.clean("leads.csv", rules="tradeshow", as_of="2026-11-22", region="IN")
assert_type(result, CleanResult)
assert_type(result.cleaned, pd.DataFrame)
assert_type(result.review, pd.DataFrame)
assert_type(result.trust, float)
assert_type(result.balance, dict[str, int])
assert_type(result.write("out"), Path)
assert_type(result.batch, Batch)
assert_type(crmclean.clean([frame, "crm.csv"], rules=["default", {"staleness": {"threshold_days": 90}}]), CleanResult)
assert_type(crmclean.dedupe(frame, mapping={"Email": "email"}, entity="company"), pd.DataFrame)
assert_type(crmclean.infer_plan("leads.csv"), Plan)
assert_type(load_rules("strict"), Rules)
assert_type(crmclean.__version__, str)

steps: tuple[Step, ...] = tuple(Pipeline().steps)
code: int = CrmCleanError.exit_code
