"""The one registry: which kernel normalises which kind of column. Kernels are imported when first asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping

from crmclean.tables.fields import Kind
from crmclean.tables.normalised import Kernel

__all__ = ["KERNELS", "REGIONAL", "missing_kernel", "text_kernel"]


def _lazily(module: str, name: str) -> Callable[[], Kernel]:
    def get() -> Kernel:
        kernel: Kernel = getattr(importlib.import_module(f"crmclean.normalisers.{module}"), name)
        return kernel

    return get


text_kernel = _lazily("text", "text_kernel")
missing_kernel = _lazily("missing", "missing_kernel")

KERNELS: Mapping[Kind, Callable[[], Kernel]] = {
    Kind.NAME: _lazily("names", "name_kernel"),
    Kind.TITLE: _lazily("titles", "title_kernel"),
    Kind.COMPANY: _lazily("companies", "company_kernel"),
    Kind.EMAIL: _lazily("emails", "email_kernel"),
    Kind.PHONE: _lazily("phones", "phone_kernel"),
    Kind.STREET: _lazily("addresses", "street_kernel"),
    Kind.CITY: _lazily("places", "city_kernel"),
    Kind.REGION: _lazily("places", "region_kernel"),
    Kind.COUNTRY: _lazily("places", "country_kernel"),
    Kind.POSTCODE: _lazily("places", "postcode_kernel"),
    Kind.WEBSITE: _lazily("websites", "website_kernel"),
    Kind.DATE: _lazily("dates", "date_kernel"),
    Kind.CONSENT: _lazily("consent_values", "consent_kernel"),
    Kind.FLAG: _lazily("consent_values", "flag_kernel"),
    Kind.PICKLIST: _lazily("picklists", "picklist_kernel"),
    Kind.PERSON: _lazily("picklists", "picklist_kernel"),
    Kind.NUMBER: _lazily("picklists", "number_kernel"),
}

REGIONAL = frozenset({Kind.NAME, Kind.PHONE, Kind.REGION, Kind.POSTCODE, Kind.STREET, Kind.CITY})
