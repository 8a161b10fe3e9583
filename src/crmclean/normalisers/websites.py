"""Web addresses: one way to write them, the domain somebody registered, and profiles in social networks.

A scheme is added where there is none, an existing one is kept; the host is lower case; paths, queries and fragments are
the site's business and stay to the letter, but for a lone slash at the end.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.keys.domains import has_public_suffix
from crmclean.keys.emails import registrable_domain
from crmclean.normalisers._draft import Draft, frame_of, matches
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, VALID, CellOptions, Normalised
from crmclean.text import map_subset, mask_of

__all__ = ["normalise_website", "website_kernel"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]

_LONGEST = 2000  # characters
_CHARS = r"[\pL\pM\p{Nd}]"
_HOST_LABEL = rf"{_CHARS}(?:[\pL\pM\p{{Nd}}\-_]*{_CHARS})?"
_URL = (
    r"^(?:(?i:https?)://)?"
    rf"(?:(?:{_HOST_LABEL}\.)+(?:[\pL\pM]{{2,}}|(?i:xn--)[A-Za-z0-9\-]+))\.?"
    r"(?::[0-9]{1,5})?(?:[/?#][^\s\pZ<>\"]*)?$"
)
# Wrappings and slips in front of an address, and what is stuck to its end.
_FRONT = r"^[\s\pZ\"'<(\[]*(?i:url|website|web|homepage|site|www|internet)[\s]*[:=][\s\pZ]*|^[\s\pZ\"'<(\[]+"
_BACK = r"[\s\pZ\"'>\],;]+$"
_BRACKETED = r"^[^()]*\)$"  # a bracket that closes nothing; Wikipedia's closing ones stay
_SLIPS = (
    (r"^(?i)(?:h{0,2}t{1,3}p{1,2}|hpt{1,2}p?|htt)(s?)[:;.,]{0,2}[/\\]{1,3}[:]?[/\\]*", r"http\1://"),
    (r"^(?i)(https?)[:;]{1,2}([\pL\pN])", r"\1://\2"),
    (r"^(?i)(https?)://(?:https?[:;]?/{1,2})", r"\1://"),
    (r"^//", ""),
    (r"^(?i)((?:https?://)?(?:www[.,])?[a-z0-9\-]+),(com|net|org|co\.uk|co\.in|com\.br|de|fr|in|ir|it|es)$", r"\1.\2"),
)
_EMAIL = r"^(?i:mailto:)?[^\s@/:]+@[^\s@/]+\.[^\s@/]+$"
_SEVERAL = re.compile(r"[\s;,|]+(?=(?:https?://|www\.|[\w-]+\.[a-z]{2,}))", re.IGNORECASE)

_NETWORKS = {
    "linkedin.com": "linkedin",
    "twitter.com": "twitter",
    "x.com": "twitter",
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "instagram.com": "instagram",
}
_PROFILE = (
    r"^/(?i:in/|company/|school/|pub/|showcase/|people/|pg/|#!/|@)?@?(?P<handle>[\pL\pM\p{Nd}._%\-]+)/?(?:[?#].*)?$"
)
_NO_HANDLE = pa.array(
    ["home", "login", "feed", "jobs", "share", "sharer", "sharer.php", "intent", "search", "explore", "profile.php",
     "pages", "groups", "events", "watch", "hashtag", "p", "reel", "in", "company", "i", "settings", "help", "about"],
    TEXT,
)  # fmt: skip
_HANDLE = r"^@?[\pL\pM\p{Nd}_][\pL\pM\p{Nd}._\-]*$"
_LINKEDIN_PATH = r"^/?(?i:in|company|pub|school)/[^\s/]+/?$"


def website_kernel(values: pa.Array, options: CellOptions, regions: pa.Array | None = None) -> Normalised:
    """Canonical web addresses; ``regions`` is ignored.

    Returns
    -------
    Normalised
        ``VALID`` where the host lies under a known public suffix (or the cell is a handle in a column of its network).
        Attributes ``domain`` (registrable), ``network`` and ``handle`` (LinkedIn, X/Twitter, Facebook, Instagram),
        ``canonical`` where the cell holds several addresses and stays as typed.
    """
    draft = Draft(values)
    workable = draft.present & mask_of(pc.less_equal(pc.utf8_length(draft.value), _LONGEST))
    text = pc.if_else(pa.array(workable), draft.value, pa.scalar("", TEXT))
    handles = _bare_handles(text, options.field)
    text, several = _first_of(_unwrapped(text))
    url, host = _canonical(text)
    domain = _registered(host)
    valid = mask_of(pc.greater(pc.binary_length(domain), 0)) & workable & ~handles
    none = pa.scalar(None, TEXT)
    draft.replace(pc.if_else(pa.array(valid & ~several), url, draft.value), "website.url")
    draft.verdict[draft.present] = INVALID
    draft.verdict[valid | handles] = VALID
    email = matches(text, _EMAIL) & ~valid
    draft.issue("website.email", email)
    draft.issue("website.several", several & valid)
    draft.issue("website.invalid", draft.present & ~valid & ~handles & ~email)
    draft.attribute("domain", pc.if_else(pa.array(valid), domain, none))
    draft.attribute("canonical", pc.if_else(pa.array(valid & several), url, none))
    _profiles(draft, pc.if_else(pa.array(valid), url, ""), domain, handles, options.field)
    return draft.finish()


def normalise_website(series: Any, field: str = "website") -> pd.DataFrame:
    """Canonical web addresses of a Series.

    >>> found = normalise_website(pd.Series(["WWW.Acme-Widgets.co.uk/", "http://acme.in/Shop?id=7", "none yet"]))
    >>> found["value"].tolist()
    ['https://www.acme-widgets.co.uk', 'http://acme.in/Shop?id=7', 'none yet']
    >>> found["domain"].tolist()[:2]
    ['acme-widgets.co.uk', 'acme.in']
    """
    return frame_of(series, website_kernel, CellOptions(field=field))


def _unwrapped(text: pa.Array) -> pa.Array:
    """Addresses without quotes, brackets, labels and slips of the pen around their scheme."""
    tidy = matches(text, r"^(?:https?://)?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+(?:/[A-Za-z0-9./_\-?&=#%]*)?$")
    return map_subset(text, pa.array(~tidy), _unwrap)


def _unwrap(text: pa.Array) -> pa.Array:
    closed = matches(text, r"\)$") & (matches(text, r"^\s*\(") | matches(text, _BRACKETED))
    text = map_subset(text, pa.array(closed), lambda part: pc.replace_substring_regex(part, r"\)$", ""))
    for pattern, plain in ((_FRONT, ""), (_BACK, ""), *_SLIPS):
        if matches(text, pattern).any():
            text = pc.replace_substring_regex(text, pattern, plain)
    return text


def _first_of(text: pa.Array) -> tuple[pa.Array, Mask]:
    """The first of several addresses, and where there are several."""
    several = matches(text, r"\.[^\s]{2,}[\s;,|]+[^\s]*\.")
    places = np.flatnonzero(several)
    if not len(places):
        return text, several
    parts = [_SEVERAL.split(cell) for cell in text.take(pa.array(places)).to_pylist()]
    several[places] = [len(part) > 1 for part in parts]
    first = pa.array([part[0].rstrip(" ,;|") for part in parts], TEXT)
    mask = np.zeros(len(text), bool)
    mask[places] = True
    return pc.replace_with_mask(text, pa.array(mask), first), several


def _canonical(text: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Canonical address and host; both "" where there is no address."""
    blank = pa.scalar("", TEXT)
    text = map_subset(text, pa.array(~matches(text, _URL)), lambda part: pa.repeat(blank, len(part)))
    body = pc.replace_substring_regex(text, r"^(?i:https?)://", "")
    http = pc.starts_with(text, "http://", ignore_case=True)
    scheme = pc.if_else(http, pa.scalar("http://", TEXT), pa.scalar("https://", TEXT))
    host = pc.replace_substring_regex(body, r"[:/?#].*$", "")
    path = pc.replace_substring_regex(body, r"^[^/?#:]*(?::(?:80|443)\b)?", "")
    host = map_subset(pc.ascii_lower(host), pc.invert(pc.string_is_ascii(host)), _lower)
    host = pc.utf8_rtrim(host, ".")
    path = pc.if_else(pc.equal(path, "/"), blank, path)
    url = pc.binary_join_element_wise(scheme, host, path, blank)
    return pc.if_else(pc.equal(host, ""), blank, url), host


def _lower(hosts: pa.Array) -> pa.Array:
    return pc.utf8_normalize(pc.utf8_lower(hosts), "NFC")


def _registered(host: pa.Array) -> pa.Array:
    """Registrable domains; "" where there is none, or where the top-level domain does not exist."""
    return pc.if_else(pa.array(has_public_suffix(host)), registrable_domain(host), pa.scalar("", TEXT))


# ---- social networks -----------------------------------------------------------------------------


def _network_of(field: str) -> str:
    return field if field in ("linkedin", "twitter", "facebook", "instagram") else ""


def _bare_handles(text: pa.Array, field: str) -> Mask:
    """Cells of a network's own column that hold only a handle."""
    if not _network_of(field):
        return np.zeros(len(text), bool)
    bare = matches(text, _HANDLE) & ~matches(text, r"^(?i:www)\.|\.(?i:com|org|net|in|de|ir|fr)$")
    return bare | (matches(text, _LINKEDIN_PATH) if field == "linkedin" else False)


def _profiles(draft: Draft, url: pa.Array, domain: pa.Array, handles: Mask, field: str) -> None:
    """Attributes ``network`` and ``handle``."""
    network = pc.fill_null(
        pa.array([*_NETWORKS.values()], TEXT).take(pc.index_in(domain, value_set=pa.array([*_NETWORKS], TEXT))), ""
    )
    handle = pa.repeat(pa.scalar("", TEXT), len(url))
    handle = pc.replace_with_mask(handle, pc.not_equal(network, ""), _handles(url.filter(pc.not_equal(network, ""))))
    if handles.any():
        own = pc.replace_substring_regex(draft.value, r"^/?(?i:in|company|pub|school)/|^@|/$", "")
        handle = pc.if_else(pa.array(handles), own, handle)
        network = pc.if_else(pa.array(handles), pa.scalar(_network_of(field), TEXT), network)
    draft.attribute("network", network)
    draft.attribute("handle", handle)


def _handles(urls: pa.Array) -> pa.Array:
    """The handle in each address of a network, "" where its page is nobody's."""
    path = pc.replace_substring_regex(urls, r"^https?://[^/?#]*", "")
    handle = pc.fill_null(as_text(pc.struct_field(pc.extract_regex(path, _PROFILE), "handle")), "")
    return pc.if_else(pc.is_in(pc.ascii_lower(handle), value_set=_NO_HANDLE), pa.scalar("", TEXT), handle)
