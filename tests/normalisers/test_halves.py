"""A kernel in two halves gives what it gives whole, for every kind of value."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from crmclean.normalisers import _halves
from crmclean.normalisers.registry import KERNELS
from crmclean.tables.evidence import TEXT
from crmclean.tables.fields import FIELDS, Kind
from crmclean.tables.normalised import CellOptions

FIELD_OF = {Kind.TEXT: "", **{field.kind: field.name for field in reversed(FIELDS)}, Kind.NAME: "full_name"}
VALUES = [
    *(
        "Dr. Ann O'BRIEN, PhD",
        "test test",
        "ann.lee@acme.com",
        "+1 212 456 7890",
        "J.",
        "प्रिया शर्मा",
        "GLOBEX TRADING GMBH",
    ),
    *(
        "ann (at) acme.com",
        "a@b.c; d@e.org",
        "info@gmial.com",
        "bob@mailinator.com",
        "020 7946 0958",
        "9.87654E+09",
        "12345",
    ),
    *(
        "+91 98765 43210 / 022 2345 6789",
        "ext. 12",
        "31/12/2025",
        "1754400000",
        "1402/12/25",
        "31.02.2024",
        "Mumbai",
        "IN",
    ),
    *(
        "calif.",
        "SW1A 2AA",
        "1234",
        "https://acme.in/x",
        "yes",
        "unsubscribed",
        "42",
        "1,5",
        "VP Sales",
        "12 Main St",
        "",
        "?",
    ),
]


@pytest.mark.parametrize("kind", [pytest.param(kind, id=str(kind)) for kind in KERNELS])
@pytest.mark.parametrize("regions", [False, True])
def test_halves_are_the_whole(kind: Kind, regions: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = KERNELS[kind]
    assert chosen is not None
    kernel, options = chosen(), CellOptions(field=FIELD_OF[kind], region="IN", date_order="dmy")
    for seed in range(4):
        order = np.random.default_rng(seed).permutation(len(VALUES))
        values = pa.array([VALUES[place] for place in order], TEXT)
        own = pa.array([("IN", "US", "")[place % 3] for place in order], TEXT) if regions else None
        whole = kernel(values, options, own)
        monkeypatch.setattr(_halves, "_WORTH", 1)
        found = _halves.in_halves(kernel, values, options, own)
        monkeypatch.undo()
        assert found.value.equals(whole.value)
        assert found.reason.equals(whole.reason)
        assert found.verdict.tolist() == whole.verdict.tolist()
        assert {code: mask.tolist() for code, mask in found.issues.items()} == {
            code: mask.tolist() for code, mask in whole.issues.items()
        }
        assert dict(found.attributes) == dict(whole.attributes)
        for row in range(len(values)):  # where a value has several issues, they come in the kernel's order
            said = [[code for code, mask in part.issues.items() if mask[row]] for part in (whole, found)]
            assert said[0] == said[1]
