"""Mistyped mailbox domains are recognised, real ones left alone."""

from __future__ import annotations

import random
from pathlib import Path

import publicsuffixlist
import pyarrow as pa
import pytest
from rapidfuzz.distance import OSA

from crmclean.keys.domains import has_public_suffix, typo_domain
from crmclean.keys.emails import registrable_domain
from crmclean.keys.lists import read_toml, read_words
from crmclean.tables.evidence import TEXT


def meant(domain: str) -> str | None:
    return typo_domain(pa.array([domain], TEXT))[0].as_py()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("domain", "popular"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.cm", "gmail.com"),
        ("gmail.comm", "gmail.com"),
        ("yaho.com", "yahoo.com"),
        ("yahooo.com", "yahoo.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotnail.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("iclod.com", "icloud.com"),
        ("rediffmial.com", "rediffmail.com"),
        ("redifmal.com", "rediffmail.com"),
        ("protonmal.cm", "protonmail.com"),
        ("aol.con", "aol.com"),
        ("yandx.ru", "yandex.ru"),
    ],
)
def test_domains_slips_are_recognised(domain: str, popular: str) -> None:
    if domain == "protonmal.cm":  # two slips, one of them in the ending: too far
        assert meant(domain) is None
    else:
        assert meant(domain) == popular


@pytest.mark.parametrize(
    "domain",
    [
        "mail.com",
        "email.com",
        "ymail.com",
        "jmail.com",
        "gmail.com",
        "yahoo.fr",
        "outlook.sa",
        "hotmail.gr",
        "sol.com",
        "abl.com",
        "acme.com",
        "gm.com",
        "mailchimp.com",
        "gmailacme.com",
        "",
        "com",
        "प्रिया.भारत",
        "web.dev",
        "gml.de",
        "qa.com",
    ],
)
def test_domains_real_ones_are_left_alone(domain: str) -> None:
    assert meant(domain) is None


def test_domains_popular_real_and_free_ones_are_never_slips() -> None:
    lists = read_toml("typo_domains.toml")
    known = [*lists["popular"], *lists["real"], *read_words("free_mail.txt").to_pylist()]
    assert typo_domain(pa.array(known, TEXT)).null_count == len(known)


def test_domains_suggestions_are_near() -> None:
    slips = ["gamil.com", "hotmali.co.uk", "rediffmai.con", "googelmail.com", "yahho.co.in"]
    for slip, found in zip(slips, typo_domain(pa.array(slips, TEXT)).to_pylist(), strict=True):
        assert found is None or OSA.distance(slip, found) <= 2


def test_domains_public_suffix() -> None:
    domains = ["acme.com", "acme.co.in", "acme.corp", "acme.internal", "acme.ایران", "ACME.DE", "", "acme"]
    assert has_public_suffix(pa.array(domains, TEXT)).tolist() == [True, True, False, False, True, True, False, False]


def test_domains_registrable_equals_the_public_suffix_list() -> None:
    """The short cut for domains of two or three labels answers as the library does, for every rule and around it."""
    chance = random.Random(3)
    lines = Path(publicsuffixlist.PSLFILE).read_text(encoding="utf-8").splitlines()
    rules = sorted({line.split(" ")[0].lstrip("*!.").lower() for line in lines if line and not line.startswith("//")})
    domains = set(rules) | {f"x.{rule}" for rule in rules if chance.random() < 0.3}
    domains |= {f"{chance.choice('xyz')}.{'.'.join(rule.split('.')[-2:])}" for rule in rules}
    domains |= {f"a{number}.{chance.choice(rules).rpartition('.')[2]}" for number in range(2_000)}
    domains |= {"acme.corp", "x.np", "a.b.np", "www.ck", "y.ck", "mm", "a-b.com", "-.com", "a.com.", ".com", "a..com"}
    suffixes = publicsuffixlist.PublicSuffixList()
    texts = sorted(domain for domain in domains if "." in domain)
    expected = [suffixes.privatesuffix(text.strip(". ")) or "" for text in texts]
    assert registrable_domain(pa.array(texts, TEXT)).to_pylist() == expected
