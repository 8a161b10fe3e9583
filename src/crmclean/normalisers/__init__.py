"""Normalisers: one module per kind of value, each usable alone on a Series.

    crmclean.normalisers.phones.normalise_phone(series, region="IN")
    crmclean.normalisers.normalise_phone(series, region="IN")          # the same

Each gives a frame with the index of the Series: ``value``, ``verdict``, ``reason``, ``issues`` and what was learnt.
Display values and compare keys never mix: a normaliser writes what a person would write; keys live in `crmclean.keys`.
Modules are imported when first asked for.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOMES = {
    "blank_missing": "missing",
    "normalise_city": "places",
    "normalise_company": "companies",
    "normalise_consent": "consent_values",
    "normalise_country": "places",
    "normalise_date": "dates",
    "normalise_email": "emails",
    "normalise_flag": "consent_values",
    "normalise_name": "names",
    "normalise_number": "picklists",
    "normalise_phone": "phones",
    "normalise_picklist": "picklists",
    "normalise_postcode": "places",
    "normalise_region": "places",
    "normalise_street": "addresses",
    "normalise_title": "titles",
    "normalise_website": "websites",
    "repair_text": "text",
}
_MODULES = frozenset(_HOMES.values())

__all__ = [
    "blank_missing",
    "normalise_city",
    "normalise_company",
    "normalise_consent",
    "normalise_country",
    "normalise_date",
    "normalise_email",
    "normalise_flag",
    "normalise_name",
    "normalise_number",
    "normalise_phone",
    "normalise_picklist",
    "normalise_postcode",
    "normalise_region",
    "normalise_street",
    "normalise_title",
    "normalise_website",
    "repair_text",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"crmclean.normalisers.{_HOMES[name]}"), name)
    if name in _MODULES:
        return importlib.import_module(f"crmclean.normalisers.{name}")
    raise AttributeError(f"module 'crmclean.normalisers' has no attribute {name!r}")
