"""E-mail cells as people fill them in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.normalisers.emails import email_kernel, normalise_email
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, VALID, CellOptions
from crmclean.tables.reasons import REASONS


def one(text: str, **options: object) -> dict[str, object]:
    """Everything the kernel says about one cell."""
    found = email_kernel(pa.array([text], TEXT), CellOptions(field="email", **options))  # type: ignore[arg-type]
    row: dict[str, object] = {name: values[0].as_py() for name, values in found.attributes.items()}
    row |= {"value": found.value[0].as_py(), "reason": found.reason[0].as_py(), "verdict": int(found.verdict[0])}
    return row | {"issues": sorted(code for code, mask in found.issues.items() if mask[0])}


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("ann@acme.com", "ann@acme.com", None),
        ("Ann.Lee@Acme.COM", "ann.lee@acme.com", "email.case"),
        ("Ann Lee <ann@acme.com>", "ann@acme.com", "email.unwrapped"),
        ('"Lee, Ann" <Ann@Acme.com>', "ann@acme.com", "email.unwrapped"),
        ("<ann@acme.com>", "ann@acme.com", "email.unwrapped"),
        ("mailto:ann@acme.com", "ann@acme.com", "email.unwrapped"),
        ("MAILTO:ann@acme.com?subject=Hi", "ann@acme.com", "email.unwrapped"),
        ("E-mail: ann@acme.com", "ann@acme.com", "email.unwrapped"),
        ("ایمیل: ann@acme.com", "ann@acme.com", "email.unwrapped"),
        ("ann@acme.com (work)", "ann@acme.com", "email.unwrapped"),
        ("ann@acme.com;", "ann@acme.com", "email.punctuation"),
        (" ann@acme.com. ", "ann@acme.com", "email.punctuation"),
        ("'ann@acme.com'", "ann@acme.com", "email.punctuation"),
        ("ann @ acme.com", "ann@acme.com", "email.punctuation"),
        ("ann＠acme.com", "ann@acme.com", "email.punctuation"),
        ("ann@acme,com", "ann@acme.com", "email.punctuation"),
        ("ａｎｎ＠ａｃｍｅ．ｃｏｍ", "ann@acme.com", "email.punctuation"),
        ("ann@acme。com", "ann@acme.com", "email.punctuation"),
        ("o’brien@acme.com", "o'brien@acme.com", "email.punctuation"),
        ("ann‑lee@acme.com", "ann-lee@acme.com", "email.punctuation"),
        ("ann@acme.com/", "ann@acme.com", "email.punctuation"),
        ("ann@acme..com", "ann@acme.com", "email.punctuation"),
        ("ann@acme.com ann@acme.com", "ann@acme.com", "email.punctuation"),
        ("ann (at) acme.com", "ann@acme.com", "email.deobfuscated"),
        ("ann [at] acme [dot] com", "ann@acme.com", "email.deobfuscated"),
        ("ann at acme dot com", "ann@acme.com", "email.deobfuscated"),
        ("ann{at}acme.com", "ann@acme.com", "email.deobfuscated"),
        ("ann@BÜCHER.de", "ann@bücher.de", "email.case"),
        ("ann@xn--bcher-kva.de", "ann@bücher.de", "email.idn"),
        ("o'brien@acme.com", "o'brien@acme.com", None),
        ("प्रिया@उदाहरण.भारत", "प्रिया@उदाहरण.भारत", None),
        ("ali@مثال.ایران", "ali@مثال.ایران", None),
    ],
)
def test_emails_are_taken_out_of_their_wrapping(text: str, value: str, reason: str | None) -> None:
    found = one(text)
    assert (found["value"], found["reason"], found["verdict"]) == (value, reason, VALID)
    assert one(value)["value"] == value


def test_emails_display_name_is_remembered() -> None:
    assert one("Ann Lee <ann@acme.com>")["display_name"] == "Ann Lee"


@pytest.mark.parametrize(
    "text",
    [
        "ann@acme.com; bob@acme.com",
        "ann@acme.com, bob@acme.com",
        "ann@acme.com / bob@acme.com",
        "ann@acme.com bob@acme.com",
        "Ann <ann@acme.com>, Bob <bob@acme.com>",
        "ann@acme.com | BOB@acme.com",
        "ann@acme.com\nbob@acme.com",
    ],
)
def test_emails_several_lose_nothing(text: str) -> None:
    found = one(text)
    assert (found["value"], found["canonical"], found["second_email"]) == (text, "ann@acme.com", "bob@acme.com")
    assert "email.several" in found["issues"]  # type: ignore[operator]
    assert found["verdict"] == VALID


def test_emails_words_besides_the_address_are_kept() -> None:
    found = one("ann@acme.com ask for Bob")
    assert (found["value"], found["canonical"]) == ("ann@acme.com ask for Bob", "ann@acme.com")
    assert found["issues"] == ["email.words"]


@pytest.mark.parametrize(
    "text",
    [
        "ann.acme.com",
        "r..m51@acme.com",
        "ann@",
        "@acme.com",
        "ann@localhost",
        "ann@foo.test",
        "ann@-acme.com",
        "a@b@c.com",
        '"ann lee"@acme.com',
        "ann",
        "ann@acme",
        "ann@127.0.0.1",
        "a" * 65 + "@acme.com",
        "ann@" + "a" * 300 + ".com",
        "@" * 3000,
        "ann@acme.com" * 200,
    ],
)
def test_emails_invalid_stay_as_typed(text: str) -> None:
    found = one(text)
    assert (found["value"], found["reason"], found["verdict"]) == (text, None, INVALID)
    assert found["issues"] == ["email.syntax"]


@pytest.mark.parametrize(
    ("text", "bogus"),
    [
        ("test@test.com", True),
        ("asdf@asdf.com", True),
        ("none@none.com", True),
        ("noemail@acme.com", True),
        ("a@a.com", True),
        ("test@example.com", True),
        ("none@gmail.com", False),  # somebody may have been first
        ("test@acme.com", False),  # a test mailbox, but a mailbox
        ("ann@example.com", False),  # reserved for samples, and samples use it
        ("acme@acme.com", False),
        ("null@nullschool.net", False),
    ],
)
def test_emails_bogus(text: str, bogus: bool) -> None:
    found = one(text)
    assert ("email.bogus" in found["issues"]) == bogus  # type: ignore[operator]
    assert (found["verdict"] == INVALID) == bogus


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ann@gmail.com", "free"),
        ("info@acme.com", "role"),
        ("ann@mailinator.com", "disposable"),
        ("ann@acme-widgets.com", "work"),
    ],
)
def test_emails_kind(text: str, kind: str) -> None:
    assert one(text)["email_kind"] == kind


def test_emails_typo_is_reported_and_put_right_only_when_asked() -> None:
    found = one("Ann@gmial.com")
    assert (found["value"], found["typo_suggestion"], found["issues"]) == (
        "ann@gmial.com",
        "gmail.com",
        ["email.typo_domain"],
    )
    fixed = one("Ann@gmial.com", apply=frozenset({"email.typo_domain"}))
    assert (fixed["value"], fixed["reason"], fixed["issues"]) == ("ann@gmail.com", "email.typo_fixed", [])
    assert one("ann@mail.com", apply=frozenset({"email.typo_domain"}))["value"] == "ann@mail.com"


@pytest.mark.parametrize(
    ("text", "issue", "meant"),
    [
        ("ann@acme.con", "email.typo_domain", "acme.com"),
        ("ann@sub.acme.comm", "email.typo_domain", "sub.acme.com"),
        ("ann@acme.orgg", "email.typo_domain", "acme.org"),
        ("ann@acme.zzzz", "email.no_domain", None),
        ("ann@acme.co.ukk", "email.no_domain", None),
    ],
)
def test_emails_ending_that_does_not_exist_is_said_and_kept(text: str, issue: str, meant: str | None) -> None:
    found = one(text)
    assert (found["value"], found["issues"], found.get("typo_suggestion")) == (text, [issue], meant)


@pytest.mark.parametrize("text", ["ann@acme.co", "ann@acme.cm", "ann@acme.om", "ann@acme.museum", "ann@उदाहरण.भारत"])
def test_emails_ending_that_exists_is_no_slip(text: str) -> None:
    assert one(text)["issues"] == []


def test_emails_series_keeps_index_and_missing() -> None:
    found = normalise_email(pd.Series(["A@acme.com", None, ""], index=[5, 2, 8]))
    assert found.index.tolist() == [5, 2, 8]
    assert found["verdict"].tolist() == ["valid", "unknown", "unknown"]


PIECES = st.sampled_from(
    [
        "ann",
        "Lee",
        "@",
        "@acme.com",
        "acme",
        ".",
        ".com",
        " ",
        "<",
        ">",
        "(at)",
        " at ",
        "dot",
        ";",
        ",",
        "/",
        "'",
        '"',
        "mailto:",
        "?",
        "प्रिया",
        "भारत",
        "ü",
        "İ",
        "ß",
        "xn--",
        "--",
        "\u200b",
        "́",
        "＠",
        "test",
        "gmial.com",
        "E-mail:",
        "work",
        "\n",
    ]
)
CELLS = st.lists(st.one_of(st.lists(PIECES, max_size=9).map("".join), st.text(max_size=25)), min_size=1, max_size=30)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(CELLS, st.booleans())
def test_emails_any_text_idempotent_and_sound(cells: list[str], fix: bool) -> None:
    array = pa.array(cells, TEXT)
    options = CellOptions(apply=frozenset({"email.typo_domain"}) if fix else frozenset())
    found = email_kernel(array, options)
    assert email_kernel(found.value, options).value.equals(found.value)
    changed = np.asarray(pc.not_equal(found.value, array))
    assert (np.asarray(found.reason.is_valid()) == changed).all()
    assert set(found.issues) <= set(REASONS)
    assert all(value.count("@") == 1 for value in found.value.filter(pa.array(changed)).to_pylist())
    order = pa.array(np.arange(len(cells))[::-1])
    assert email_kernel(array.take(order), options).value.take(order).equals(found.value)
