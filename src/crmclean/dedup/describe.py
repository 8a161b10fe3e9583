"""The measures of a run: what the data said, as plain JSON-able values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.blocking import Candidates
from crmclean.dedup.cluster import Clusters
from crmclean.dedup.encode import Records
from crmclean.dedup.forms import Form
from crmclean.dedup.frequency import POOLS, Table
from crmclean.dedup.model import Fit

__all__ = ["describe_run"]


def describe_run(
    records: Records,
    carriers: Mapping[str, Table],
    fit: Fit,
    candidates: Candidates,
    clusters: Clusters,
    recall: float | None,
) -> dict[str, Any]:
    """Measures of a run; floats are plain, arrays are lists by level code."""
    model = fit.model
    return {
        "entity": model.entity,
        "records": records.count,
        "prior": model.prior,
        "community": model.community,
        "kin": model.kin,
        "lasting": model.lasting.tolist(),
        "neighbours": model.neighbours,
        "slips": model.slips.tolist(),
        "misdated": model.misdated.tolist(),
        "m": {item.name: [float(share) for share in model.m[item.name]] for item in model.comparisons},
        "u": {item.name: [float(share) for share in model.u[item.name]] for item in model.comparisons},
        "near": {name: [float(share) for share in shares] for name, shares in model.near.items()},
        "levels": {item.name: list(item.level_names) for item in model.comparisons},
        "random_pairs": fit.random_pairs,
        "sampled_pairs": fit.sampled_pairs,
        "expected_matches": fit.expected_matches,
        "candidate_pairs": len(candidates.left),
        "blocking": [asdict(report) for report in candidates.reports],
        "blocking_recall": recall,
        "term_frequencies": {
            name: _commonest(records.forms[POOLS.get(name, name)], table) for name, table in carriers.items()
        },
        "placeholder_dates": list(records.placeholders),
        "unmapped": [found.to_dict() for found in records.unmapped],
        "clusters_examined": clusters.examined,
        "clusters_split": clusters.split,
        "largest_cluster": clusters.largest,
    }


def _commonest(form: Form, carriers: Table, count: int = 10) -> dict[str, Any]:
    """Number of distinct values, and the most carried ones."""
    codes = np.arange(1, form.size)
    least = np.partition(carriers[1:], -count)[-count] if len(codes) > count else -np.inf
    some, level = codes[carriers[1:] > least], codes[carriers[1:] == least]
    texts = form.values.take(pa.array(level))  # of those that carry equally much the first by name
    level = level[pc.select_k_unstable(texts, count, [("", "ascending")]).to_numpy()] if len(level) else level
    top = np.concatenate([some, level])
    texts = form.values.take(pa.array(top)).to_pylist()
    ranked = sorted(zip(texts, carriers[top].tolist(), strict=True), key=lambda pair: (-pair[1], pair[0]))
    return {"distinct": form.size - 1, "commonest": {text: round(float(number), 3) for text, number in ranked[:count]}}
