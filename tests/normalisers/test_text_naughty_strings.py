"""The Big List of Naughty Strings through every kernel of text, words, phones, e-mails and web addresses."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow as pa
import pytest

from crmclean.normalisers.emails import email_kernel
from crmclean.normalisers.missing import missing_kernel
from crmclean.normalisers.phones import phone_kernel
from crmclean.normalisers.text import text_kernel
from crmclean.normalisers.websites import website_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import CellOptions

PATH = Path(os.environ.get("CRMCLEAN_EXTRA_DATA", "")) / "oracles" / "oracle_naughty_strings" / "blns.json"
CASES = [
    pytest.param(text_kernel, CellOptions(field="full_name"), id="text"),
    pytest.param(text_kernel, CellOptions(field="notes"), id="notes"),
    pytest.param(missing_kernel, CellOptions(field="phone"), id="missing"),
    pytest.param(phone_kernel, CellOptions(field="phone", region="US"), id="phone"),
    pytest.param(email_kernel, CellOptions(field="email"), id="email"),
    pytest.param(website_kernel, CellOptions(field="website"), id="website"),
]


@pytest.mark.acceptance
@pytest.mark.parametrize(("kernel", "options"), CASES)
def test_text_naughty_strings_pass_through_every_kernel(kernel, options) -> None:  # type: ignore[no-untyped-def]
    if not PATH.is_file():
        pytest.skip("needs CRMCLEAN_EXTRA_DATA with oracles/oracle_naughty_strings")
    strings = sorted({text for text in json.loads(PATH.read_text(encoding="utf-8")) if text})
    array = pa.array(strings, TEXT)
    found = kernel(array, options)
    assert len(found.value) == len(strings)
    assert found.value.null_count == 0
    assert kernel(found.value, options).value.equals(found.value)


@pytest.mark.parametrize(("kernel", "options"), CASES)
@pytest.mark.parametrize(
    "cell", ["a" * 200_000, "9" * 200_000, "@." * 100_000, "(" * 100_000, "a@" * 100_000, " /" * 100_000, "Ã" * 100_000]
)
def test_text_long_cells_cost_little(kernel, options, cell: str) -> None:  # type: ignore[no-untyped-def]
    found = kernel(pa.array([cell], TEXT), options)
    assert found.value[0].as_py() in (cell, cell.strip(), cell[: len(cell)])
