"""A file made ready for comparing pairs, and the settings it was made with."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from crmclean.dedup.compare import Levels
from crmclean.dedup.dependence import widest_support
from crmclean.dedup.encode import Columns, Records, encode
from crmclean.dedup.forms import Ints
from crmclean.dedup.frequency import Table, count_values, initial_chances, sound_tables
from crmclean.dedup.levels import Comparer
from crmclean.dedup.priors import comparisons_of
from crmclean.dedup.unmapped import Unmapped, support_comparisons
from crmclean.dedup.weights import Model, Scored, score_pairs, value_tables

if TYPE_CHECKING:
    from crmclean.ruleset.lean import LeanDedup
    from crmclean.ruleset.spec import DedupRules

__all__ = ["Settings", "Workings", "frozen_model", "prepare", "settings_of"]

_ROUNDING = 0.01  # bits that float32 sums may be off


@dataclass(frozen=True)
class Settings:
    """What the dedup core has to know that is not in the data."""

    entity: Literal["person", "company"] = "person"
    match_probability: float = 0.875
    review_probability: float = 0.25
    keep_probability: float = 0.01
    pairs_per_row: int = 12
    max_block: int = 400
    chunk_pairs: int = 1_000_000
    exclude: frozenset[str] = frozenset()
    merge_branches: bool = False


def settings_of(rules: DedupRules | LeanDedup) -> Settings:
    """The core's settings from the rules."""
    return Settings(
        entity=rules.entity,
        match_probability=rules.match_probability,
        review_probability=rules.review_probability,
        pairs_per_row=rules.pairs_per_row,
        exclude=frozenset(rules.exclude),
        merge_branches=rules.merge_branches,
    )


@dataclass(frozen=True)
class Workings:
    """A file made ready for comparing pairs: its records, their comparer and the frequency tables."""

    records: Records
    comparer: Comparer
    tables: Mapping[str, Table]

    def score(self, model: Model, left: Ints, right: Ints) -> tuple[Scored, Levels]:
        """Weights and levels of pairs of canonical record numbers."""
        left, right = left.astype(np.intp), right.astype(np.intp)  # the type NumPy indexes with
        levels, shared = self.comparer.levels(left, right)
        return self.score_compared(model, left, right, levels, shared), levels

    def score_compared(self, model: Model, left: Ints, right: Ints, levels: Levels, shared: Levels) -> Scored:
        """Weights of pairs whose levels and shared values are there already."""
        return score_pairs(model, self.tables, self.records, (left, right), levels, shared)

    def score_likely(self, model: Model, left: Ints, right: Ints, least: float) -> tuple[Ints, Scored, Levels]:
        """Positions, weights and levels of the pairs that can weigh ``least`` bits, asked for in two steps.

        Support is bounded by the identity evidence it supports (``widest_support``): what identifies is
        compared first, and the rest only for the pairs that this leaves in reach.
        """
        left, right = left.astype(np.intp), right.astype(np.intp)
        telling = [item.name for item in self.comparer.active if "identity" in item.roles()]
        levels, shared = self.comparer.levels(left, right, only=telling)
        first = score_pairs(model, self.tables, self.records, (left, right), levels, shared, with_support=False)
        reach = first.identity + widest_support(model.kin, first.identity)
        prior = np.log2(model.prior / (1.0 - model.prior))
        likely = np.flatnonzero(reach >= least - prior - _ROUNDING)
        left, right = left[likely], right[likely]
        levels, found = self.comparer.levels(left, right, known={name: codes[likely] for name, codes in levels.items()})
        shared = {name: codes[likely] for name, codes in shared.items()} | found
        parts = {name: bits[likely] for name, bits in first.parts.items()}
        scored = score_pairs(model, self.tables, self.records, (left, right), levels, shared, known=parts)
        return likely, scored, levels


def prepare(
    fields: Columns, settings: Settings, order: Ints | None = None, unmapped: tuple[Unmapped, ...] | None = None
) -> Workings:
    """Encode the records and count the frequencies of their values."""
    records = encode(fields, settings.entity, exclude=settings.exclude, order=order, unmapped=unmapped)
    comparisons = (*comparisons_of(settings.entity), *support_comparisons(records.unmapped))
    carriers: dict[str, Table] = {}
    comparer = Comparer(records, comparisons, carriers)
    with ThreadPoolExecutor(1) as aside:  # the words of companies are counted without the frequencies of values
        counted = aside.submit(count_values, records, comparisons)
        of_words = records.has("company")
        parts = {"word": comparer.word_carriers(), "word_share": comparer.word_shares()} if of_words else {}
        carriers |= counted.result()
    tables = value_tables(comparer.active, {**carriers, **parts}, records.count)
    tables |= initial_chances(records, tables) | sound_tables(records, comparisons)
    return Workings(records, comparer, tables)


def frozen_model(start: Model, measures: Mapping[str, Any]) -> Model:
    """The model of an earlier run, from its measures; comparisons it did not know keep their priors."""
    shares = {
        side: {
            **getattr(start, side),
            **{name: np.array(values) for name, values in measures[side].items() if name in start.m},
        }
        for side in ("m", "u")
    }
    return Model(
        start.entity,
        start.comparisons,
        shares["m"],
        shares["u"],
        float(measures["prior"]),
        float(measures["community"]),
        float(measures.get("kin", 0.0)),
        {name: np.array(values) for name, values in measures.get("near", {}).items()},
        np.array(measures.get("lasting", start.lasting)).reshape(-1, 4),
        float(measures.get("neighbours", 0.0)),
        np.array(measures.get("slips", start.slips)),
        np.array(measures.get("misdated", start.misdated)),
    )
