"""Answers that cannot be written leave the old ones, and no half of a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crmclean.deliverability.cache import AnswerCache
from crmclean.errors import OutputError


def test_a_full_disk_leaves_the_old_answers_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = AnswerCache(tmp_path / "mx.json", 7)
    cache.keep({"acme.in": "accepts"})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError):
        cache.keep({"globex.example": "refuses"})
    assert [path.name for path in tmp_path.iterdir()] == ["mx.json"]
    assert cache.fresh() == {"acme.in": "accepts"}
