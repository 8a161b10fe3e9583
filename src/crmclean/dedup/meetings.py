"""Which blocking rules bring two given records together, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crmclean.dedup.block_keys import BlockKeys
from crmclean.dedup.blocking import Rule, rules_of
from crmclean.dedup.encode import Records

__all__ = ["Meeting", "meetings_of"]


@dataclass(frozen=True)
class Meeting:
    """A blocking rule and two records: whether they agree on all its keys, and what else there is to say.

    ``why`` names the keys they do not share; where they share all, why that may not have been enough: the rule was left
    out, or more records share the keys than are compared all with all. It is empty where the rule brings them together.
    """

    rule: str
    shared: bool
    why: str = ""


def meetings_of(
    records: Records, entity: str, left: int, right: int, reports: Sequence[Mapping[str, Any]] = ()
) -> tuple[Meeting, ...]:
    """For each blocking rule the file allows: does it bring two records (canonical numbers) together?

    Parameters
    ----------
    reports : sequence of mappings, optional
        What each rule did in the run (``blocking`` in the measures): its cap, and whether it was used.
    """
    keys = BlockKeys(records)
    did = {report["name"]: report for report in reports}
    rules = [rule for rule in rules_of(entity) if all(keys.has(name) for name in rule.keys)]
    return tuple(_meeting(keys, rule, left, right, did.get(rule.name, {})) for rule in rules)


def _meeting(keys: BlockKeys, rule: Rule, left: int, right: int, report: Mapping[str, Any]) -> Meeting:
    left_out = "left out of this run, as it makes many pairs and finds next to nothing new"
    used = report.get("used", True)
    if rule.keys[0].startswith("name_order"):
        return _in_order(keys, rule, left, right, report) if used else Meeting(rule.name, False, left_out)
    apart = [said for name in rule.keys if (said := _apart(keys, name, left, right))]
    if apart:
        return Meeting(rule.name, False, ", ".join(apart))
    if not used:
        return Meeting(rule.name, True, left_out)
    size, cap = _block_size(keys, rule, left, right), report.get("cap")
    if cap is None or size <= cap or any(not _apart(keys, name, left, right) for name in rule.refine if keys.has(name)):
        return Meeting(rule.name, True)
    further = ", ".join(name for name in rule.refine if keys.has(name))
    also = f"alike in {further} too or " if further else ""
    why = f"{size:,} records share it, more than {cap:,}: only those {also}close by name meet"
    return Meeting(rule.name, True, why)


def _in_order(keys: BlockKeys, rule: Rule, left: int, right: int, report: Mapping[str, Any]) -> Meeting:
    """The walk in name order: how many places two records are apart."""
    place = np.empty(keys.count, np.int64)
    place[keys.ordered(reverse=rule.keys[0].endswith("reversed"))] = np.arange(keys.count)
    distance, window = abs(int(place[left] - place[right])), report.get("cap")
    near = window is None or distance <= window
    return Meeting(rule.name, near, "" if near else f"{distance:,} places apart in name order, not {window} at most")


def _apart(keys: BlockKeys, name: str, left: int, right: int) -> str:
    """Why two records do not share a key; "" where they do."""
    pool = keys.codes(name).reshape(-1, keys.count)
    one, other = (set(pool[:, record].tolist()) - {0} for record in (left, right))
    if one & other:
        return ""
    return f"{name} differs" if one and other else f"{name} is missing"


def _block_size(keys: BlockKeys, rule: Rule, left: int, right: int) -> int:
    """Records in the smallest block of a rule that two records share."""
    blocks = keys.blocks(rule.keys)
    numbers = blocks.numbers()
    shared = np.intersect1d(numbers[blocks.members == left], numbers[blocks.members == right])
    return min(blocks.lengths[shared - 1].tolist(), default=0)
