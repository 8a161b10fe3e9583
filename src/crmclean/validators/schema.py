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
from crmclean.validators.comparing import COMPARE, Moments, compare_moments, moments_of, number_bounds

if TYPE_CHECKING:
    import pandera.pandas as pandera

__all__ = ["Failure", "build_schema", "failures", "reason_of"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]
_WORDS: dict[str, Callable[[Any, Any], Any]] = {
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
            good = pa.array(_within(pc.fill_null(values, ""), rule) | np.asarray(values.is_null()))
        return pd.Series(np.asarray(pc.fill_null(good, True), bool), index=series.index)

    return judge


def _within(values: pa.Array, rule: CheckRule) -> Mask:
    bounds = (rule.minimum, ">="), (rule.maximum, "<=")
    if any(isinstance(bound, str) for bound, _ in bounds):
        good: Mask = np.ones(len(values), bool)
        cells = moments_of(values)
        for bound, sign in bounds:
            if bound is not None:
                good &= _holds(values, cells, pa.array([str(bound)] * len(values), TEXT), sign)
        return good
    low, high = number_bounds(values)
    good = ~np.isnan(low)
    if rule.minimum is not None:
        good &= low >= float(rule.minimum)
    if rule.maximum is not None:
        good &= high <= float(rule.maximum)
    return good


def _holds(left: pa.Array, cells: Moments, right: pa.Array, sign: str) -> Mask:
    """A comparison of dates where both sides are dates, else of words."""
    both, as_moments = compare_moments(cells, moments_of(right), sign)
    holds: Mask = np.where(both, as_moments, _as_words(left, right, sign))
    return holds


def _as_words(left: pa.Array, right: pa.Array, sign: str) -> Mask:
    return np.asarray(pc.fill_null(_WORDS[sign](left, right), True), bool)


def _versus(rule: CheckRule, column: str, other: str) -> Callable[[pd.DataFrame], pd.Series[bool]]:
    def judge(frame: pd.DataFrame) -> pd.Series[bool]:
        left, right = as_text(frame[column]), as_text(frame[other])
        missing = np.asarray(pc.or_(left.is_null(), right.is_null()))
        left, right = pc.fill_null(left, ""), pc.fill_null(right, "")
        (a, _), (b, _) = number_bounds(left), number_bounds(right)
        numbers = ~np.isnan(a) & ~np.isnan(b)
        good = np.where(numbers, COMPARE[rule.compare](a, b), _holds(left, moments_of(left), right, rule.compare))
        return pd.Series(good | missing, index=frame.index)

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
