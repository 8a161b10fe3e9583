"""Web addresses as people fill them in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.normalisers.websites import website_kernel
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import INVALID, VALID, CellOptions
from crmclean.tables.reasons import REASONS


def one(text: str, field: str = "website") -> dict[str, object]:
    """Everything the kernel says about one cell."""
    found = website_kernel(pa.array([text], TEXT), CellOptions(field=field))
    row: dict[str, object] = {name: values[0].as_py() for name, values in found.attributes.items()}
    row |= {"value": found.value[0].as_py(), "reason": found.reason[0].as_py(), "verdict": int(found.verdict[0])}
    return row | {"issues": sorted(code for code, mask in found.issues.items() if mask[0])}


@pytest.mark.parametrize(
    ("text", "value", "domain"),
    [
        ("acme.com", "https://acme.com", "acme.com"),
        ("WWW.Acme.com/", "https://www.acme.com", "acme.com"),
        ("http://acme.com", "http://acme.com", "acme.com"),
        (
            "HTTPS://Shop.Acme.co.uk/Path/?utm_source=x&Id=7#Top",
            "https://shop.acme.co.uk/Path/?utm_source=x&Id=7#Top",
            "acme.co.uk",
        ),
        ("http:/acme.com", "http://acme.com", "acme.com"),
        ("https;//acme.com", "https://acme.com", "acme.com"),
        ("http//acme.com", "http://acme.com", "acme.com"),
        ("https:acme.com", "https://acme.com", "acme.com"),
        ("htp://acme.com", "http://acme.com", "acme.com"),
        ("ttps://acme.com", "https://acme.com", "acme.com"),
        ("www.acme,com", "https://www.acme.com", "acme.com"),
        ("http.com", "https://http.com", "http.com"),
        ("https://http.com//x", "https://http.com//x", "http.com"),
        ("http:\\\\acme.com", "http://acme.com", "acme.com"),
        ("https://https://acme.com", "https://acme.com", "acme.com"),
        ("//acme.com", "https://acme.com", "acme.com"),
        ("https://acme.com:443/", "https://acme.com", "acme.com"),
        ("http://acme.com:8080/x", "http://acme.com:8080/x", "acme.com"),
        ("<https://acme.com>", "https://acme.com", "acme.com"),
        ("(acme.com)", "https://acme.com", "acme.com"),
        ("Website: acme.com", "https://acme.com", "acme.com"),
        ("acme.com.", "https://acme.com", "acme.com"),
        ("https://en.wikipedia.org/wiki/Foo_(bar)", "https://en.wikipedia.org/wiki/Foo_(bar)", "wikipedia.org"),
        ("BÜCHER.de", "https://bücher.de", "bücher.de"),
        ("उदाहरण.भारत", "https://उदाहरण.भारत", "उदाहरण.भारत"),
        ("https://acme.com/ürün?q=شیراز", "https://acme.com/ürün?q=شیراز", "acme.com"),
        ("xn--bcher-kva.de", "https://xn--bcher-kva.de", "xn--bcher-kva.de"),
    ],
)
def test_websites_canonical(text: str, value: str, domain: str) -> None:
    found = one(text)
    assert (found["value"], found["domain"], found["verdict"]) == (value, domain, VALID)
    assert one(value)["reason"] is None


@pytest.mark.parametrize(
    "text",
    [
        "acme",
        "none yet",
        "localhost",
        "http://192.168.1.1",
        "acme.corp",
        "ftp://acme.com",
        "co.uk",
        "http://",
        "a" * 3000,
    ],
)
def test_websites_invalid_stay_as_typed(text: str) -> None:
    found = one(text)
    assert (found["value"], found["verdict"], found["issues"]) == (text, INVALID, ["website.invalid"])


def test_websites_email_and_several() -> None:
    assert one("ann@acme.com")["issues"] == ["website.email"]
    found = one("www.acme.com, acme.de")
    assert (found["value"], found["canonical"]) == ("www.acme.com, acme.de", "https://www.acme.com")
    assert found["issues"] == ["website.several"]


@pytest.mark.parametrize(
    ("text", "field", "network", "handle"),
    [
        ("https://www.linkedin.com/in/priya-sharma-123/", "linkedin", "linkedin", "priya-sharma-123"),
        ("in.linkedin.com/in/priya", "website", "linkedin", "priya"),
        ("linkedin.com/company/acme/about", "linkedin", "linkedin", None),
        ("in/priya-sharma", "linkedin", "linkedin", "priya-sharma"),
        ("@acme", "twitter", "twitter", "acme"),
        ("https://twitter.com/acme?lang=en", "twitter", "twitter", "acme"),
        ("x.com/acme", "website", "twitter", "acme"),
        ("https://facebook.com/acme.widgets", "facebook", "facebook", "acme.widgets"),
        ("https://www.facebook.com/profile.php?id=3", "facebook", "facebook", None),
        ("acme.in", "instagram", None, None),
        ("@acme.india", "instagram", "instagram", "acme.india"),
    ],
)
def test_websites_profiles(text: str, field: str, network: str | None, handle: str | None) -> None:
    found = one(text, field)
    assert (found.get("network"), found.get("handle")) == (network, handle)
    assert found["verdict"] == VALID


PIECES = st.sampled_from(
    [
        "http",
        "https",
        "://",
        ":",
        "/",
        "//",
        "www.",
        "acme",
        ".com",
        ".co.uk",
        "?q=1",
        "#",
        " ",
        ",",
        "@",
        "(",
        ")",
        "<",
        ">",
        ":443",
        ":80",
        "भारत",
        ".भारत",
        "É",
        "İ",
        "́",
        "xn--",
        "-",
        "_",
        "\\",
        "in/",
        "linkedin.com",
        "website: ",
        ";",
        ".",
        "\n",
        "%20",
    ]
)
CELLS = st.lists(st.one_of(st.lists(PIECES, max_size=8).map("".join), st.text(max_size=25)), min_size=1, max_size=30)


@settings(derandomize=True, deadline=None, max_examples=30)
@given(CELLS, st.sampled_from(["website", "linkedin", "twitter", "instagram"]))
def test_websites_any_text_idempotent_and_sound(cells: list[str], field: str) -> None:
    array = pa.array(cells, TEXT)
    options = CellOptions(field=field)
    found = website_kernel(array, options)
    assert website_kernel(found.value, options).value.equals(found.value)
    changed = np.asarray(pc.not_equal(found.value, array))
    assert (np.asarray(found.reason.is_valid()) == changed).all()
    assert set(found.issues) <= set(REASONS)
    order = pa.array(np.arange(len(cells))[::-1])
    assert website_kernel(array.take(order), options).value.take(order).equals(found.value)


def test_websites_profile_of_a_shouted_address_has_its_handle() -> None:
    assert one("HTTPS://LINKEDIN.COM/IN/ANN-LEE")["handle"] == "ANN-LEE"
    assert one("/IN/ann-lee", "linkedin")["handle"] == "ann-lee"
