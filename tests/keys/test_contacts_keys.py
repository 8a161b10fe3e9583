"""Phones, e-mail addresses, domains."""

from __future__ import annotations

import pytest

from crmclean.keys.emails import (
    email_domain,
    email_key,
    email_local,
    is_disposable,
    is_free_mail,
    is_role,
    registrable_domain,
)
from crmclean.keys.lists import read_words
from crmclean.keys.phones import phone_key, phone_tail
from crmclean.keys.places import website_domain


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("+1 (512) 555-0123", "125550123"),
        ("512.555.0123", "125550123"),
        ("512-555-0123 ext. 45", "125550123"),
        ("512.555.0123 x45", "125550123"),
        ("(512) 555-0123;ext=45", "125550123"),
        ("+1 512 555 0123 #9", "125550123"),
        ("+44 (0)20 7946 0018", "079460018"),
        ("0044 20 7946 0018", "079460018"),
        ("020 7946 0018", "079460018"),
        ("tel:+44-20-7946-0018", "079460018"),
        ("+91 98765 43210", "876543210"),
        ("०९८७६५ ४३२१०", "876543210"),
        ("021-88776655 داخلی ۱۲", "188776655"),
        ("۰۹۱۲ ۳۴۵ ۶۷ ۸۱", "123456781"),
        ("8 (495) 123-45-68 (доб. 12)", "951234568"),
        ("555-0100 / 555-0200", "5550100"),
        ("030/123487", "30123487"),
        ("5551234", "5551234"),
        ("12345", ""),
        ("1234567890", ""),
        ("123456", ""),
        ("000-000-0000", ""),
        ("+1 111 111 1111", ""),
        ("9999999999", ""),
        ("none", ""),
    ],
)
def test_phone_key(value: str, key: str) -> None:
    assert phone_key([value]).to_pylist() == [key]


def test_phone_tail() -> None:
    assert phone_tail(["+1 (512) 555-0123", "0000000000"]).to_pylist() == ["5550123", ""]
    assert phone_tail(["+1 (512) 555-0123"], 4).to_pylist() == ["0123"]


@pytest.mark.parametrize(
    ("value", "key", "local", "domain"),
    [
        ("J.Doe+crm@GoogleMail.com", "jdoe@gmail.com", "j.doe", "googlemail.com"),
        ("John Doe <j.doe@firma.de>", "j.doe@firma.de", "j.doe", "firma.de"),
        ("mailto:A@B.CO", "a@b.co", "a", "b.co"),
        ("a@b.co; c@d.co", "a@b.co", "a", "b.co"),
        ("\u200ba@b.co ", "a@b.co", "a", "b.co"),
        ("राजेश@उदाहरण.भारत", "राजेश@उदाहरण.भारत", "राजेश", "उदाहरण.भारत"),
        ("+tag@x.com", "+tag@x.com", "+tag", "x.com"),
        ("nobody", "", "", ""),
        ("@x.com", "", "", ""),
        ("x@", "", "", ""),
    ],
)
def test_email_parts(value: str, key: str, local: str, domain: str) -> None:
    assert email_key([value]).to_pylist() == [key]
    assert email_local([value]).to_pylist() == [local]
    assert email_domain([value]).to_pylist() == [domain]


def test_kinds_of_mailbox() -> None:
    assert (
        is_role(["info", "No-Reply", "sales.team", "info2", "buchhaltung", "priya", ""]).tolist()
        == [True] * 5 + [False] * 2
    )
    assert (
        is_free_mail(["gmail.com", "rediffmail.com", "web.de", "acme.com", None]).tolist() == [True] * 3 + [False] * 2
    )
    assert is_disposable(["mailinator.com", "x.mailinator.com", "gmail.com", ""]).tolist() == [True, True, False, False]


def test_lists_do_not_contradict_each_other() -> None:
    free, disposable = set(read_words("free_mail.txt").to_pylist()), set(read_words("disposable.txt").to_pylist())
    assert not free & disposable
    assert min(len(free), len(disposable), len(read_words("role_mailboxes.txt"))) > 400
    assert all("@" not in domain and "." in domain and domain == domain.strip() for domain in free | disposable)


def test_domains() -> None:
    values = ["mail.shop.co.uk", "ACME.com.", "com", "", "भारत.भारत", "10.0.0.1"]
    assert registrable_domain(values).to_pylist() == ["shop.co.uk", "acme.com", "", "", "भारत.भारत", ""]
    urls = ["https://user:pw@www.acme.co.uk:8080/a?b#c", "//acme.de", "Acme.IN/x", "http://1.2.3.4/", "acme", None]
    assert website_domain(urls).to_pylist() == ["acme.co.uk", "acme.de", "acme.in", "", "", ""]
