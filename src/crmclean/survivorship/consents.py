"""Consent of a golden record: the strongest word of all its records, written in each column's own polarity.

With ``[consent] later_opt_in_wins`` an opt-out yields to an opt-in, but only to one that is dated, dated not after the
day of the run, and dated after the opt-out. An opt-out has the date of its own column, if the record has one; else
it may have been made as late as the record was last touched, ``modified_at`` included; if nothing is dated it stands.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.channels import DENIED, GRANTED, States, channel_states, channels, column_states
from crmclean.context import Context
from crmclean.plan import ColumnPlan
from crmclean.recency import NO_DATE, column_days
from crmclean.survivorship.choose import Members, best
from crmclean.tables.batch import Batch
from crmclean.tables.evidence import TEXT
from crmclean.tables.fields import BY_NAME

__all__ = ["GoldenConsent", "golden_consent"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
_NEVER_BEATEN = int(np.iinfo(np.int64).max)
# the days on which a record may have been touched, and with it an opt-out that has no date of its own
_TOUCHED = ("last_activity_at", "verified_at", "scanned_at", "converted_at", "created_at", "modified_at", "bounced_at")


@dataclass(frozen=True)
class GoldenConsent:
    """One consent column of the golden records: its cells, the positions they come from, and the reasons."""

    values: pa.Array
    origin: Ints
    reasons: np.ndarray[Any, Any]


def golden_consent(
    batch: Batch, context: Context, members: Members, is_master: Mask, column: ColumnPlan
) -> GoldenConsent:
    """The cells of one consent column, one per cluster.

    A record that says in this column what counts gives its cell. Where only another column says it, the word is
    written here in this column's polarity: always for an opt-out, and for an opt-in where an opt-out that no longer
    counts would be left standing.
    """
    channel = BY_NAME[column.field or ""].channel
    own = column_states(batch, column)[members.position]
    said = state = channel_states(batch, context.plan, channel)[members.position]
    if context.rules.consent.later_opt_in_wins:
        opted = (said == GRANTED) & _asked(batch, context, channel)[members.position]
        state = _without_beaten(batch, context, members, said, opted)
    strongest = _strongest(members, state)
    counts = strongest[members.cluster]
    nothing_wrong = np.zeros(len(own), bool)
    fits = (own == counts) & batch.filled(column.column)[members.position]
    index, has = best(members, is_master, fits, nothing_wrong, [])
    elsewhere, _ = best(members, is_master, (state == counts) & (counts > 0), nothing_wrong, [])
    denied_here = np.zeros(members.count, bool)
    np.logical_or.at(denied_here, members.cluster, own == DENIED)
    written = ~has & ((strongest == DENIED) | ((strongest == GRANTED) & denied_here))
    origin = members.position[np.where(has, index, np.where(written, elsewhere, np.flatnonzero(is_master)))]
    values = batch.column(column.column).take(pa.array(origin))
    reasons = np.where(strongest == DENIED, "merge.consent", "merge.survivor")
    reasons = np.where((_strongest(members, said) == DENIED) & (strongest == GRANTED), "merge.opt_in", reasons)
    return GoldenConsent(pc.if_else(pa.array(written), _word(strongest, column.polarity), values), origin, reasons)


def _strongest(members: Members, state: States) -> States:
    found = np.zeros(members.count, np.int8)
    np.maximum.at(found, members.cluster, state)
    return found


def _asked(batch: Batch, context: Context, channel: str) -> Mask:
    """The rows whose opt-in date may speak of a channel.

    The date of an opt-in is that of a newsletter unless a column of the row grants the other channel by name: nobody
    who signs up for mail takes back "do not call".
    """
    if channel == "email":
        return np.ones(len(batch), bool)
    states = [column_states(batch, item) for item in channels(context.plan)[channel] if item.polarity > 0]
    return np.logical_or.reduce([state == GRANTED for state in states]) if states else np.zeros(len(batch), bool)


def _without_beaten(batch: Batch, context: Context, members: Members, state: States, opted_in: Mask) -> States:
    """The states without the opt-outs that are older than their cluster's newest dated opt-in."""
    today = (context.as_of - datetime.date(1970, 1, 1)).days
    opted = _newest(batch, context, members, ("opt_in_at",), today)
    opted = np.where(opted_in, opted, NO_DATE)
    newest = np.full(members.count, NO_DATE, np.int64)
    np.maximum.at(newest, members.cluster, opted)
    own = _newest(batch, context, members, ("opt_out_at",), _NEVER_BEATEN)
    touched = _newest(batch, context, members, _TOUCHED, today)
    denied = np.where(own != NO_DATE, own, touched)
    denied = np.where(denied == NO_DATE, _NEVER_BEATEN, denied)
    beaten = (state == DENIED) & (newest[members.cluster] > denied)
    return np.where(beaten, 0, state).astype(np.int8)


def _newest(batch: Batch, context: Context, members: Members, fields: tuple[str, ...], last_day: int) -> Ints:
    """Newest date of some fields per member, days after ``last_day`` left out; `NO_DATE` where there is none."""
    newest = np.full(len(members.position), NO_DATE, np.int64)
    for field in fields:
        for name in context.plan.fields.get(field, []):
            days = column_days(batch, name)[members.position]
            newest = np.maximum(newest, np.where(days <= last_day, days, NO_DATE))
    return newest


def _word(state: States, polarity: int) -> pa.Array:
    yes = (state == GRANTED) if polarity > 0 else (state == DENIED)
    return pc.if_else(pa.array(yes), pa.scalar("true", TEXT), pa.scalar("false", TEXT))
