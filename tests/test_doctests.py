"""The examples in docstrings are run: what they show is what comes out."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import crmclean

MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages(crmclean.__path__, prefix="crmclean.")
    if not found.name.endswith("__main__") and "._compiled-" not in found.name  # a library, no module of Python
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_come_out_as_shown(name: str) -> None:
    module = importlib.import_module(name)
    outcome = doctest.testmod(module, extraglobs={"pd": importlib.import_module("pandas")})
    assert outcome.failed == 0


def test_every_normaliser_of_a_series_shows_an_example() -> None:
    """Each public function of `crmclean.normalisers` that takes a Series: usable alone, with an example."""
    found = []
    for name in MODULES:
        if name.startswith("crmclean.normalisers.") and not name.rpartition(".")[2].startswith("_"):
            module = importlib.import_module(name)
            public = [getattr(module, item) for item in getattr(module, "__all__", ())]
            found += [
                item for item in public if getattr(item, "__name__", "").startswith(("normalise_", "repair_", "blank_"))
            ]
    assert len(found) >= 18
    assert [item.__qualname__ for item in found if ">>>" not in (item.__doc__ or "")] == []
