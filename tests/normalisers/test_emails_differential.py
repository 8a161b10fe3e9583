"""The vectorised e-mail reader says what `email-validator` says."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from email_validator import EmailNotValidError, validate_email

from crmclean.normalisers._email_cells import canonical_address
from crmclean.normalisers.emails import email_kernel, plain_mask
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import VALID, CellOptions
from tests.normalisers.email_samples import mixed, realistic


def by_library(text: str) -> str | None:
    """The library's own canonical form, in lower case; None where it refuses."""
    try:
        found = validate_email(text, check_deliverability=False, strict=True)
    except EmailNotValidError:
        return None
    return f"{found.local_part}@{found.domain}"


def differences(texts: list[str]) -> list[tuple[str, object, object]]:
    """Where the kernel decides otherwise than the library, or a plain address is not what the library makes of it."""
    array = pa.array(texts, TEXT)
    plain = plain_mask(array)
    found = email_kernel(array, CellOptions(field="email"))
    valid = (found.verdict == VALID) | found.issues.get("email.bogus", np.zeros(len(texts), bool))
    values = found.value.to_pylist()
    kept = found.attributes["canonical"].to_pylist() if "canonical" in found.attributes else [None] * len(texts)
    out: list[tuple[str, object, object]] = []
    for place, text in enumerate(texts):
        want, got = by_library(text), values[place]
        if plain[place]:
            same = want is not None and valid[place] and got == text.lower() == want.lower()
        elif want is not None and not text.startswith(("'", "`")):  # a quotation mark in front is taken off
            local, _, domain = want.rpartition("@")  # lower case is for the part before the @ only: the domain is done
            same = valid[place] and got in (text, f"{local.lower()}@{domain}")
        elif valid[place]:  # something was taken off the address: what is left is one
            address = kept[place] or got
            same = by_library(address) == address
        else:
            same = want is None and got == text
        if not same:
            out.append((text, got, want))
    return out


def test_emails_equal_library() -> None:
    assert differences(mixed(15_000)) == []


@pytest.mark.acceptance
@pytest.mark.parametrize("part", range(1, 6))
def test_emails_equal_library_at_length(part: int) -> None:
    """Five times 210,000 distinct texts."""
    assert differences(mixed(210_000, part)) == []


def test_emails_fast_path_answers_realistic_values() -> None:
    assert plain_mask(pa.array(realistic(20_000), TEXT)).mean() >= 0.95


@pytest.mark.parametrize("length", [63, 64, 65, 66])
@pytest.mark.parametrize("part", ["local", "label", "whole"])
def test_emails_length_limits_equal_library(length: int, part: str) -> None:
    text = {
        "local": "a" * length + "@acme.com",
        "label": "ann@" + "a" * length + ".com",
        "whole": "ann@" + "a" * 50 + "." + "b" * (length - 59) + ".com",
    }[part]
    found = email_kernel(pa.array([text], TEXT), CellOptions())
    assert (found.verdict[0] == VALID) == (by_library(text) is not None)


def test_emails_canonical_address_is_a_fixed_point() -> None:
    for text in mixed(2_000, seed=9):
        address = canonical_address(text)
        assert address is None or canonical_address(address) == address
