"""The rules' own checks as a pandera schema, and its failures as plain positions.

Every check is a function of a whole column; regular expressions run in RE2 (`pyarrow.compute`), so no pattern a user
writes can take more than linear time. A missing cell is never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.plan import Plan
from crmclean.ruleset.spec import CheckRule, Rules
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT

if TYPE_CHECKING:
    import pandera.pandas as pandera

__all__ = ["Failure", "build_schema", "failures", "reason_of"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": pc.less,
    "<=": pc.less_equal,
    "==": pc.equal,
    "!=": pc.not_equal,
    ">=": pc.greater_equal,
    ">": pc.greater,
}


@dataclass(frozen=True)
class Failure:
    """The rows of one column that one check found wrong."""

    check: str
    column: str
    positions: np.ndarray[Any, np.dtype[np.int64]]


def reason_of(rule: CheckRule) -> str:
    """The reason code of the issues a check raises: the shipped code of its kind."""
    if rule.pattern:
        return "check.pattern"
    if rule.allowed:
        return "check.allowed"
    return "check.columns" if rule.compare else "check.range"


def build_schema(rules: Rules, plan: Plan) -> pandera.DataFrameSchema:
    """The pandera schema of some rules for the columns of a plan.

    Every mapped column is optional nullable text; each `CheckRule` becomes a named check on the columns of its field,
    column against column a check on the frame. Validate with ``lazy=True`` to hear everything at once.
    """
    import pandera.pandas as pandera

    checks: dict[str, list[pandera.Check]] = {item.column: [] for item in plan.columns}
    wide: list[pandera.Check] = []
    for rule in rules.validate_.checks:
        for column in _columns(rule.column, rule.field, plan):
            if rule.compare:
                others = _columns(rule.other, rule.other, plan)[:1]
                wide += [pandera.Check(_versus(rule, column, o), name=f"{rule.name}\t{column}") for o in others]
            else:
                checks[column].append(pandera.Check(_single(rule), name=f"{rule.name}\t{column}", ignore_na=True))
    columns = {
        name: pandera.Column(str, checks=found, nullable=True, required=False)
        for name, found in checks.items()
        if found
    }
    return pandera.DataFrameSchema(columns, checks=wide, strict=False)


def _columns(column: str, field: str, plan: Plan) -> list[str]:
    if column and any(item.column == column for item in plan.columns):
        return [column]
    return plan.fields.get(field, [])


def _single(rule: CheckRule) -> Callable[[pd.Series[str]], pd.Series[bool]]:
    def judge(series: pd.Series[str]) -> pd.Series[bool]:
        values = as_text(series)
        if rule.pattern:
            good = pc.match_substring_regex(values, f"^(?:{rule.pattern})$")
        elif rule.allowed:
            good = pc.is_in(values, pa.array(rule.allowed, TEXT))
        else:
            good = _within(values, rule)
        return pd.Series(np.asarray(pc.fill_null(good, True), bool), index=series.index)

    return judge


def _within(values: pa.Array, rule: CheckRule) -> pa.Array:
    numeric = not any(isinstance(bound, str) for bound in (rule.minimum, rule.maximum))
    left: Any = _numbers(values) if numeric else values
    good: Any = pc.is_valid(left)
    if rule.minimum is not None:
        good = pc.and_(good, pc.fill_null(pc.greater_equal(left, rule.minimum), False))
    if rule.maximum is not None:
        good = pc.and_(good, pc.fill_null(pc.less_equal(left, rule.maximum), False))
    return good


def _numbers(values: pa.Array) -> pa.Array:
    plain = pc.match_substring_regex(values, r"^\s*[-+]?\d+(\.\d+)?\s*$")
    return pc.cast(pc.utf8_trim_whitespace(pc.if_else(plain, values, pa.scalar(None, TEXT))), pa.float64())


def _versus(rule: CheckRule, column: str, other: str) -> Callable[[pd.DataFrame], pd.Series[bool]]:
    def judge(frame: pd.DataFrame) -> pd.Series[bool]:
        left, right = as_text(frame[column]), as_text(frame[other])
        a, b = _numbers(left), _numbers(right)
        as_numbers = pc.fill_null(_COMPARE[rule.compare](a, b), True)
        as_words = pc.fill_null(_COMPARE[rule.compare](left, right), True)
        both = pc.and_(pc.is_valid(a), pc.is_valid(b))
        return pd.Series(np.asarray(pc.if_else(both, as_numbers, as_words), bool), index=frame.index)

    return judge


def failures(frame: pd.DataFrame, schema: pandera.DataFrameSchema) -> Iterator[Failure]:
    """Every failure of the schema, by check and column; the frame's index must be 0, 1, 2, ..."""
    import pandera.errors

    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        named = cases[cases["check"].astype(str).str.contains("\t", regex=False)]
        for check, rows in named.groupby("check", sort=True):
            name, column = str(check).split("\t", 1)
            yield Failure(name, column, np.unique(rows["index"].to_numpy(dtype=np.int64)))


def checked_frame(columns: Sequence[tuple[str, pa.Array]]) -> pd.DataFrame:
    """The columns as a frame of pandas ``str`` in which an empty cell is missing."""
    return pd.DataFrame(
        {
            name: pc.if_else(pc.equal(pc.binary_length(values), 0), pa.scalar(None, TEXT), values).to_pandas(
                types_mapper=lambda kind: pd.StringDtype(na_value=np.nan) if kind == TEXT else None
            )
            for name, values in columns
        }
    )
