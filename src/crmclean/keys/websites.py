"""Web addresses: the registrable domain two links to one site share."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.emails import registrable_domain
from crmclean.keys.tokens import blank_nulls
from crmclean.tables.batch import as_text
from crmclean.text import strip_invisible

__all__ = ["website_domain"]


def website_domain(array: Any) -> pa.LargeStringArray:
    """The registrable domain of a web address, with or without scheme, port, path and ``www``.

    >>> website_domain(pa.array(["https://www.shop.example.co.uk:8080/a?b", "Acme.com", "n/a"])).to_pylist()
    ['example.co.uk', 'acme.com', '']
    """
    hosts = pc.utf8_trim_whitespace(blank_nulls(strip_invisible(as_text(array))))
    hosts = pc.replace_substring_regex(hosts, r"^(?i)(?:[a-z][a-z0-9+.-]*:)?/{0,3}(?:[^/?#@\s]*@)?", "")
    hosts = pc.replace_substring_regex(hosts, r"[/?#:\\\s,;].*$", "")
    return registrable_domain(pc.utf8_lower(hosts))
