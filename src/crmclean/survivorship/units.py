"""What survives together: the parts of a name, of an address, a phone and its extension come from one record."""

from __future__ import annotations

from dataclasses import dataclass

from crmclean.plan import ColumnPlan, Plan
from crmclean.ruleset.spec import Rules, SurvivorRule
from crmclean.tables.fields import Kind

__all__ = ["Unit", "units_of"]

_TOGETHER: tuple[tuple[str, ...], ...] = (
    ("salutation", "first_name", "middle_name", "last_name", "suffix", "full_name"),
    ("street", "street_2", "city", "state", "postal_code", "country"),
    ("phone", "phone_extension"),
    ("owner", "owner_id"),
)
# fields whose own date says which one to keep
_LATEST = frozenset(
    {"last_activity_at", "scanned_at", "verified_at", "modified_at", "opt_in_at", "opt_out_at", "bounced_at"}
)
_EARLIEST = frozenset({"created_at", "converted_at"})


@dataclass(frozen=True)
class Unit:
    """Columns whose values come from one record, and the rule by which it is chosen."""

    columns: tuple[ColumnPlan, ...]
    rule: SurvivorRule
    kind: str  # "values", "consent", "flag" or "joined"
    own_date: int = 0  # +1: the latest own date wins, -1: the earliest

    @property
    def name(self) -> str:
        """The survivor rule as the evidence names it."""
        if self.kind in ("consent", "flag"):
            return self.kind
        return {1: "latest", -1: "earliest"}.get(self.own_date, self.rule.strategy)


def units_of(plan: Plan, rules: Rules) -> list[Unit]:
    """Every column in exactly one unit; only whether a record is deleted stays with the master.

    A column that is mapped to nothing (a question of the show, a field of the customer's own) is the master's where he
    has something in it, or as ``[survivorship.columns]`` says.
    """
    units: list[Unit] = []
    taken: set[str] = set()
    for group in _TOGETHER:
        for columns in _sets(plan, group):
            taken.update(item.column for item in columns)
            units.append(Unit(columns, _rule(columns[0].field, rules, columns), "values"))
    for item in plan.columns:
        if item.column in taken or item.field == "deleted":
            continue
        units.append(_single(item, rules))
    return units


def _sets(plan: Plan, group: tuple[str, ...]) -> list[tuple[ColumnPlan, ...]]:
    """The columns of a group, the first of each field together, then the second of each, and so on.

    A file with a mailing and an other address has two places, and neither may be put together from two records.
    """
    sets: list[list[ColumnPlan]] = []
    met: dict[str, int] = {}
    for item in plan.columns:
        if item.field in group:
            place = met[item.field] = met.get(item.field, -1) + 1
            if place == len(sets):
                sets.append([])
            sets[place].append(item)
    return [tuple(columns) for columns in sets]


def _single(item: ColumnPlan, rules: Rules) -> Unit:
    rule = _rule(item.field, rules, (item,))
    if item.kind is Kind.CONSENT:
        return Unit((item,), rule, "consent")
    explicit = item.field in rules.survivorship.fields or item.column in rules.survivorship.columns
    if item.kind is Kind.FLAG and not explicit:
        return Unit((item,), rule, "flag")
    if rule.strategy in ("join", "union"):
        return Unit((item,), rule, "joined")
    if item.kind is Kind.DATE and not explicit:
        return Unit((item,), rule, "values", 1 if item.field in _LATEST else -1 if item.field in _EARLIEST else 0)
    return Unit((item,), rule, "values")


def _rule(field: str | None, rules: Rules, columns: tuple[ColumnPlan, ...]) -> SurvivorRule:
    for item in columns:
        if item.column in rules.survivorship.columns:
            return rules.survivorship.columns[item.column]
    for item in columns:
        if item.field in rules.survivorship.fields:
            return rules.survivorship.fields[item.field]
    return SurvivorRule(strategy=rules.survivorship.default)
