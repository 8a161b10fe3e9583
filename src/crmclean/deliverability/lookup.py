"""Ask name servers whether domains take mail (RFC 5321 section 5.1, RFC 7505)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crmclean.deliverability.cache import AnswerCache
from crmclean.errors import UsageError

if TYPE_CHECKING:
    from dns.resolver import Resolver

__all__ = ["ACCEPTS", "REFUSES", "UNKNOWN", "MxSettings", "ask_domains", "look_up"]

ACCEPTS, REFUSES, UNKNOWN = "accepts", "refuses", "unknown"


@dataclass(frozen=True, kw_only=True)
class MxSettings:
    """How domains are asked.

    Attributes
    ----------
    cache : path, optional
        File that keeps the answers; none are kept when not given.
    days : float
        How long an answer is believed; what was unknown is asked again at once.
    timeout : float
        Seconds a domain may take, all its questions together.
    nameserver : str
        Address of a name server, with ``:port`` if it is not 53; the system's own when "".
    workers : int
        How many domains are asked at a time.
    """

    cache: str | os.PathLike[str] | None = None
    days: float = 7
    timeout: float = 5
    nameserver: str = ""
    workers: int = 16

    def __post_init__(self) -> None:
        if self.days < 0 or self.timeout <= 0 or self.workers < 1:
            raise UsageError("check_mx: days may not be negative; timeout and workers must be above 0")


def look_up(domains: Sequence[str], settings: MxSettings) -> dict[str, str]:
    """Domain -> `ACCEPTS`, `REFUSES` or `UNKNOWN`; from the cache where it has a fresh answer.

    Raises
    ------
    UsageError
        dnspython is not installed, or the name server's address is none.
    OutputError
        The cache cannot be written.
    """
    cache = AnswerCache(Path(settings.cache), settings.days) if settings.cache is not None else None
    known = cache.fresh() if cache else {}
    answers = {domain: known[domain] for domain in domains if domain in known}
    asked = ask_domains(sorted(set(domains) - answers.keys()), settings)
    if cache:
        cache.keep({domain: answer for domain, answer in asked.items() if answer != UNKNOWN})
    return answers | asked


def ask_domains(domains: Sequence[str], settings: MxSettings) -> dict[str, str]:
    """As `look_up`, without a cache."""
    if not domains:
        return {}
    resolver = _resolver(settings)
    with ThreadPoolExecutor(min(settings.workers, len(domains))) as pool:
        return dict(
            zip(domains, pool.map(lambda domain: _ask(resolver, domain, settings.timeout), domains), strict=True)
        )


def _resolver(settings: MxSettings) -> Resolver:
    try:
        import dns.resolver
    except ImportError as error:
        raise UsageError("looking up mail servers needs dnspython", hint='pip install "crmclean[mx]"') from error
    if not settings.nameserver:
        try:
            return dns.resolver.Resolver()
        except dns.resolver.NoResolverConfiguration as error:
            raise UsageError("the system names no name server", hint="--nameserver 192.0.2.1") from error
    resolver = dns.resolver.Resolver(configure=False)
    host, _, port = settings.nameserver.rpartition(":") if settings.nameserver.count(":") == 1 else (
        settings.nameserver, "", "53"
    )  # fmt: skip
    try:
        resolver.nameservers = [host]
        resolver.port = int(port)
    except ValueError as error:
        raise UsageError(f"{settings.nameserver!r} is no address of a name server", hint="127.0.0.1:53") from error
    return resolver


def _ask(resolver: Resolver, domain: str, seconds: float) -> str:
    """MX first; without any, the domain's own address takes its mail. A single MX of "." says that it wants none."""
    import dns.exception
    import dns.name
    import dns.resolver

    try:
        name = dns.name.from_text(domain + ".", idna_codec=dns.name.IDNA_2008)
    except (dns.exception.DNSException, UnicodeError):
        return UNKNOWN
    for kind in ("MX", "A", "AAAA"):
        try:
            found = resolver.resolve(name, kind, lifetime=seconds / 3, search=False)
        except dns.resolver.NXDOMAIN:
            return REFUSES
        except dns.resolver.NoAnswer:
            continue
        except (dns.exception.DNSException, OSError):
            return UNKNOWN
        null = kind == "MX" and len(found) == 1 and found[0].exchange == dns.name.root
        return REFUSES if null else ACCEPTS
    return REFUSES
