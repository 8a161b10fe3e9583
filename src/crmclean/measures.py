"""Measures: what the data says, as integer counts that merge.

A chunk, a partition and a whole file give the same measures, because every count is a sum. What cannot be summed (the
weights a dedup model settled on) is kept under ``model``, written once by the step that needs the whole file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

__all__ = ["Counts", "Measures"]

Counts = Mapping[str, Mapping[str, int]]  # measure -> key -> count

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Measures:
    """Counts by measure and key, and the models that were fitted on them.

    Attributes
    ----------
    counts : mapping
        ``counts["filled"]["Email"]`` is the number of filled cells of the column ``Email``.
    model : mapping
        JSON-able facts of whole-file steps, by step name.
    """

    counts: Counts = field(default_factory=lambda: _NOTHING)
    model: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)

    def adding(self, more: Counts) -> Measures:
        """A copy with counts added."""
        merged = {name: dict(keys) for name, keys in self.counts.items()}
        for name, keys in more.items():
            into = merged.setdefault(name, {})
            for key, count in keys.items():
                into[key] = into.get(key, 0) + count
        return replace(self, counts=merged)

    def with_model(self, name: str, facts: Any) -> Measures:
        """A copy in which step ``name`` has left its facts."""
        return replace(self, model={**self.model, name: facts})

    def count(self, name: str, key: str) -> int:
        """A count; 0 where nothing was counted."""
        return self.counts.get(name, {}).get(key, 0)

    def to_dict(self) -> dict[str, Any]:
        """Plain data with sorted keys, as ``evidence/measures.json`` holds it."""
        counts = {name: dict(sorted(keys.items())) for name, keys in sorted(self.counts.items())}
        return {"counts": counts, "model": dict(sorted(self.model.items()))}

    @staticmethod
    def from_dict(raw: Mapping[str, Any]) -> Measures:
        """Read back what `to_dict` gave."""
        return Measures(raw.get("counts", {}), raw.get("model", {}))
