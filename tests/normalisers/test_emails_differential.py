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


# The kinds of address that RFC 5321 and 5322 are about, and those that are about to be none.
# fmt: off
BY_THE_BOOK = [
    "simple@acme.com", "very.common@acme.com", "x@acme.com", "long.email-address-with-hyphens@and.subdomains.acme.com",
    "user.name+tag+sorting@acme.com", "name/surname@acme.com", "admin@acme", '" "@acme.org', '"john..doe"@acme.org',
    "mailhost!username@acme.org", '"very.(),:;<>[]\\".VERY.\\"very@\\ \\"very\\".unusual"@strange.acme.com',
    "user%acme.com@acme.org", "user-@acme.org", "postmaster@[123.123.123.123]",
    "postmaster@[IPv6:2001:0db8:85a3::8a2e:0370:7334]", "_test@[IPv6:2001:0db8::7334]", "Abc.acme.com",
    "A@b@c@acme.com", 'a"b(c)d,e:f;g<h>i[j\\k]l@acme.com', 'just"not"right@acme.com',
    'this is"not\\allowed@acme.com', "1234567890123456789012345678901234567890123456789012345678901234+x@acme.com",
    "i.like.underscores@but_they_are_not_allowed.acme.com", ".leading@acme.com", "trailing.@acme.com",
    "two..dots@acme.com", "@acme.com", "ann@", "ann", "@", "", "ann@.acme.com", "ann@acme..com", "ann@acme.com.",
    "ann@-acme.com", "ann@acme-.com", "ann@ac--me.com", "ann@acme.c", "ann@acme.123", "ann@123.com", "ann@acme.co.uk",
    "ann@xn--bcher-kva.de", "ann@xn--zz.de", "ann@bücher.de", "änn@acme.com", "用户@例子.广告", "उपयोगकर्ता@उदाहरण.भारत",
    "юзер@екзампл.ком", "θσερ@εχαμπλε.ψομ", "ann@exa\u200bmple.com", "an\u0301n@acme.com", "ann@ﬁne.com",
    "ann@acme。com", "(comment)ann@acme.com", "ann(comment)@acme.com", "ann@acme.com (Ann)", "ann @acme.com",
    "ann@ acme.com", "ann@acme .com", " ann@acme.com ", "ann\t@acme.com", "ann@acme.com\n", "ann\x00@acme.com",
    "ann@localhost", "ann@acme.local", "ann@acme.test", "ann@acme.invalid", "ann@acme.example", "ann@acme.arpa",
    "ann@1.2.3.4", "ann@[1.2.3.4", "ann@acme,com", "ann@acme;com", "ann@acme/com", "ann@acme\\com", "ann@acme.com@",
    "#!$%&'*+-/=?^_`{}|~@acme.org", "ann'@acme.com", "o'neil@acme.com", "ann@a.b.c.d.e.f.g.h.acme.com",
    "ann@" + "a" * 63 + ".com", "ann@" + "a" * 64 + ".com", "a" * 64 + "@acme.com", "a" * 65 + "@acme.com",
    "ann@" + ".".join(["abcdefghij"] * 22) + ".com", "ann@" + ".".join(["abcdefghij"] * 24) + ".com",
    "👍@acme.com", "ann@👍.com", "ann@☃.net", "a‍b@acme.com", "ann@क‍ष.भारत", "ann@नमस्ते.भारत", "ann@مثال.إيران",
    "ann@e\u0301xample.com", "ann@EXAMPLE.COM", "ANN@acme.com", "ann@acme.COM", "=?utf-8?q?ann?=@acme.com",
]
# fmt: on


def test_emails_equal_library_on_what_the_rfcs_are_about() -> None:
    """A cell that email-validator takes is valid and one it refuses is not, but for wrapping that we take off first."""
    texts = sorted(set(BY_THE_BOOK) - {""})
    assert differences(texts) == []


def test_emails_in_wide_letters_are_the_library_s_but_for_their_width() -> None:
    """The library leaves the width of a mailbox's letters; nobody types wide letters into a mail program."""
    found = email_kernel(pa.array(["ａnn@acme.com"], TEXT), CellOptions(field="email"))
    assert by_library("ａnn@acme.com") == "ａnn@acme.com"
    assert (found.value[0].as_py(), found.verdict[0]) == ("ann@acme.com", VALID)
