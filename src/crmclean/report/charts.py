"""Geometry of the charts, in percent of their box, so that text inside them never scales with the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["bins", "grade_band", "heights", "stacked"]

# Where each grade begins on the axis of 0 to 100.
BANDS = (("F", 0, 60), ("D", 60, 70), ("C", 70, 80), ("B", 80, 90), ("A", 90, 100))
_LEAST = 0.8  # a sliver still has to be seen


def grade_band(score: float) -> str:
    """The grade whose band holds a score.

    >>> grade_band(100), grade_band(60), grade_band(0)
    ('A', 'D', 'F')
    """
    return next((grade for grade, low, high in BANDS if low <= score < high), "A")


def stacked(counts: Mapping[str, int], keys: Iterable[str]) -> list[dict[str, Any]]:
    """Segments of one bar: key, count, x and width in percent; empty parts are left out.

    >>> [(part["key"], part["x"], part["width"]) for part in stacked({"a": 3, "b": 0, "c": 1}, "abc")]
    [('a', 0.0, 75.0), ('c', 75.0, 25.0)]
    """
    present = [(key, counts.get(key, 0)) for key in keys if counts.get(key, 0) > 0]
    total = sum(count for _, count in present)
    wide = [max(100 * count / total, _LEAST) for _, count in present]
    scale = 100 / sum(wide) if wide else 1.0
    parts, start = [], 0.0
    for (key, count), width in zip(present, wide, strict=True):
        parts.append({"key": key, "count": count, "x": round(start, 2), "width": round(width * scale, 2)})
        start += width * scale
    return parts


def heights(counts: Iterable[int]) -> list[float]:
    """Bar heights in percent of the tallest."""
    listed = list(counts)
    most = max(listed, default=0)
    return [round(max(100 * count / most, 2.0), 2) if count and most else 0.0 for count in listed]


def bins(histogram: list[int]) -> list[dict[str, Any]]:
    """Columns of the score histogram: x, width, height (percent), grade and count; empty ones are left out."""
    step = 100 / max(len(histogram), 1)
    return [
        {
            "x": round(place * step + step * 0.06, 2),
            "width": round(step * 0.88, 2),
            "height": height,
            "grade": grade_band(place * step),
            "count": count,
            "low": round(place * step),
            "high": round((place + 1) * step),
        }
        for place, (count, height) in enumerate(zip(histogram, heights(histogram), strict=True))
        if count
    ]
