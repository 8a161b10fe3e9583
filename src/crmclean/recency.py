"""When a record was last confirmed, by the newest date on which something bore it out, and what is left of it since."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.context import Context
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import TEXT

__all__ = ["NO_DATE", "column_days", "column_moments", "evidence_dates", "evidence_moments", "survival_of"]

Days = np.ndarray[Any, np.dtype[np.int64]]
NO_DATE = int(np.iinfo(np.int32).min)
DAYS_A_YEAR = 365.25
DAY = 86_400


def evidence_dates(batch: Batch, context: Context) -> Days:
    """Newest evidence date per row as days since 1970-01-01; `NO_DATE` where there is none."""
    newest = np.full(len(batch), NO_DATE, np.int64)
    today = (context.as_of - datetime.date(1970, 1, 1)).days
    for field in context.rules.staleness.evidence:
        for column in context.plan.fields.get(field, []):
            days = column_days(batch, column)
            newest = np.maximum(newest, np.where(days <= today, days, NO_DATE))
    return newest


def column_days(batch: Batch, column: str) -> Days:
    """The dates of a normalised date column as days since 1970-01-01; `NO_DATE` where a cell is no date."""
    iso = pc.utf8_slice_codeunits(batch.canonical(column), 0, 10)
    plain = pc.fill_null(pc.match_substring_regex(iso, r"^\d{4}-\d{2}-\d{2}$"), False)
    chosen = pc.if_else(plain, iso, pa.scalar(None, TEXT)).dictionary_encode()
    known = chosen.dictionary.to_pylist()
    days = np.array([_days(text) for text in known] or [NO_DATE], np.int64)
    codes = chosen.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.where(codes >= 0, days[codes], NO_DATE)


def evidence_moments(batch: Batch, context: Context, at: Days) -> Days:
    """As `evidence_dates` for the rows ``at``, in seconds: the scans of one show day have an order too."""
    newest = np.full(len(at), NO_DATE * DAY, np.int64)
    end = ((context.as_of - datetime.date(1970, 1, 1)).days + 1) * DAY
    for field in context.rules.staleness.evidence:
        for column in context.plan.fields.get(field, []):
            moments = column_moments(batch, column, at)
            newest = np.maximum(newest, np.where(moments < end, moments, NO_DATE * DAY))
    return newest


def column_moments(batch: Batch, column: str, at: Days) -> Days:
    """The dates of some rows in seconds since 1970-01-01, with the time of day where the cell has one."""
    days = column_days(batch, column)[at]
    cells = batch.canonical(column).take(pa.array(at))
    seconds = np.zeros(len(at), np.int64)
    if (pc.max(pc.binary_length(cells)).as_py() or 0) > 10:
        parts = pc.extract_regex(cells, r"^\d{4}-\d{2}-\d{2}[T ](?P<h>\d{2}):(?P<m>\d{2})(?::(?P<s>\d{2}))?")
        for name, worth in (("h", 3600), ("m", 60), ("s", 1)):
            part = pc.struct_field(parts, name)
            part = pc.if_else(pc.equal(part, ""), "0", part)
            seconds += pc.fill_null(pc.cast(part, pa.int64()), 0).to_numpy(zero_copy_only=False) * worth
    return days * DAY + np.where(days == NO_DATE, 0, seconds)


def _days(text: str) -> int:
    try:
        return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days
    except ValueError:
        return NO_DATE


def survival_of(age_days: Days, yearly_loss: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """``(1 - yearly_loss) ** years``, 1 for an age of 0 or less."""
    years = np.maximum(age_days, 0) / DAYS_A_YEAR
    return np.power(1.0 - yearly_loss, years)
