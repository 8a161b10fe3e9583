"""What every normaliser takes and gives: the contract between a kernel and the step that runs it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as _member
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.evidence import TEXT

__all__ = ["INVALID", "UNKNOWN", "VALID", "CellOptions", "Kernel", "Normalised", "unchanged"]

UNKNOWN, VALID, INVALID = 0, 1, 2  # positions in `tables.evidence.VERDICTS`

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class CellOptions:
    """Everything a kernel may know besides the values: the facts of one column and the wishes of the rules.

    Attributes
    ----------
    field : str
        Canonical field of the column ("" when a function is used alone).
    region : str
        Default ISO 3166 alpha-2 region, upper case, "" when unknown.
    date_order : str
        ``"ymd"``, ``"dmy"``, ``"mdy"`` or "" when the column's order is unknown.
    calendar : str
        ``"gregorian"`` or ``"jalali"``.
    polarity : int
        Consent columns: +1 when "yes" grants, -1 when "yes" denies.
    value_map : mapping of str to str
        Picklists: raw value (folded by the kernel) to the CRM's own spelling.
    value_map_closed : bool
        Report values that are not in the map.
    apply : frozenset of str
        Optional repairs the rules switched on, e.g. ``"email.typo_domain"``.
    case : str
        ``"repair"`` (only where the source has none or shouts) or ``"keep"``.
    missing : frozenset of str
        Placeholder words of the plan and the rules, as folded text; added to the shipped lists.
    personas : mapping of str to str
        Titles: ``function/level`` (either may be ``*``) to what the rules call such a person.
    as_of : date
        The day the run takes as today.
    """

    field: str = ""
    region: str = ""
    date_order: str = ""
    calendar: str = "gregorian"
    polarity: int = 0
    value_map: Mapping[str, str] = _member(default_factory=lambda: _NOTHING)
    value_map_closed: bool = False
    apply: frozenset[str] = frozenset()
    case: str = "repair"
    missing: frozenset[str] = frozenset()
    personas: Mapping[str, str] = _member(default_factory=lambda: _NOTHING)
    as_of: datetime.date = datetime.date(2026, 1, 1)


@dataclass(frozen=True)
class Normalised:
    """What a kernel found out about an array of cells; every member has the length of the input.

    Attributes
    ----------
    value : large_string array
        The canonical value; equal to the input where nothing was to be done. Never null where the input was not.
    reason : string array
        Why the value differs from the input: a code of `tables.reasons`; null where it does not.
    verdict : numpy int8 array
        ``VALID``, ``INVALID`` or ``UNKNOWN``; a missing value is ``UNKNOWN``.
    issues : mapping of reason code to numpy bool array
        Everything noteworthy about the cell.
    attributes : mapping of name to large_string array
        What was learnt; null where nothing.
    """

    value: pa.Array
    reason: pa.Array
    verdict: np.ndarray[Any, np.dtype[np.int8]]
    issues: Mapping[str, np.ndarray[Any, np.dtype[np.bool_]]] = _member(default_factory=lambda: _NOTHING)
    attributes: Mapping[str, pa.Array] = _member(default_factory=lambda: _NOTHING)

    def take(self, positions: pa.Array) -> Normalised:
        """The result for each position: maps a result over distinct values back onto the rows."""
        index = positions.to_numpy(zero_copy_only=False)
        return Normalised(
            self.value.take(positions),
            self.reason.take(positions),
            self.verdict[index],
            {code: mask[index] for code, mask in self.issues.items()},
            {name: values.take(positions) for name, values in self.attributes.items()},
        )


class Kernel(Protocol):
    """A normaliser: distinct, non-missing, text-repaired values in; a `Normalised` of the same length out.

    ``regions`` gives each value's own ISO alpha-2 region (from the row's country), null or "" where unknown; kernels
    that do not depend on a place ignore it. A kernel is a pure function of each (value, region, options): neither the
    other values nor their order matter.
    """

    def __call__(self, values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised: ...


def unchanged(values: pa.Array, verdict: int = UNKNOWN) -> Normalised:
    """A `Normalised` that leaves every value as it is."""
    return Normalised(
        values.cast(TEXT) if values.type != TEXT else values,
        pa.nulls(len(values), pa.string()),
        np.where(np.asarray(pc.is_valid(values)), verdict, UNKNOWN).astype(np.int8),
    )
