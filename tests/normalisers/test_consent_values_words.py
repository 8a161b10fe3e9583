"""Yes, no and consent words: polarity, languages, and never a guess."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmclean.normalisers.consent_values import consent_kernel, flag_kernel, normalise_consent, yes_or_no
from crmclean.tables.evidence import TEXT
from crmclean.tables.normalised import UNKNOWN, VALID, CellOptions

YES = ["yes", "Y", "TRUE", "1", "1.0", "on", "x", "✓", "Ja", "oui", "sí", "Sim", "да", "evet", "हाँ", "हां",
       "అవును", "ஆம்", "হ্যাঁ", "بله", "نعم", "是", "はい", "네",
       "ναι", "ano", "Áno", "igen", "כן", "ใช่", "Có", "Ya", "होय", "હા", "yes please", "同意"]  # fmt: skip
NO = ["no", "N", "false", "0", "0.0", "off", "☐", "Nein", "non", "não", "нет", "hayır", "नहीं", "లేదు", "இல்லை", "না",
      "خیر", "لا", "否", "いいえ", "아니요",
      "όχι", "ne", "nem", "לא", "ไม่", "Không", "Tidak", "नाही", "ના", "不同意"]  # fmt: skip
GRANTED = ["Subscribed", "opted in", "Opt-In", "Marketing contact", "Allow", "granted", "Consent given", "abonné"]
DENIED = ["Unsubscribed", "Opted out", "opt-out", "Non-marketing contact", "No consent", "Bounced", "cleaned",
          "Do Not Allow", "revoked", "abgemeldet", "Do not contact", "Non-Subscribed",
          "unsub", "DND", "No, thanks"]  # fmt: skip
UNCLEAR = ["maybe", "pending", "?", "2", "yes and no", "Ann", "unknown", "10", "no idea"]


def meanings(words: list[str], polarity: int) -> list[str | None]:
    found = consent_kernel(pa.array(words, TEXT), CellOptions(polarity=polarity))
    return found.attributes["consent"].to_pylist()


@pytest.mark.parametrize("polarity", [1, -1])
def test_polarity_turns_yes_and_no_but_not_words_of_consent(polarity: int) -> None:
    yes, no = ("granted", "denied") if polarity > 0 else ("denied", "granted")
    assert meanings(YES, polarity) == [yes] * len(YES)
    assert meanings(NO, polarity) == [no] * len(NO)
    assert meanings(GRANTED, polarity) == ["granted"] * len(GRANTED)
    assert meanings(DENIED, polarity) == ["denied"] * len(DENIED)


def test_values_are_written_in_the_columns_own_sense() -> None:
    opted_out = consent_kernel(pa.array(["Yes", "Unsubscribed", "Subscribed"], TEXT), CellOptions(polarity=-1))
    assert opted_out.value.to_pylist() == ["true", "true", "false"]
    opted_in = consent_kernel(pa.array(["Yes", "Unsubscribed", "Subscribed"], TEXT), CellOptions(polarity=1))
    assert opted_in.value.to_pylist() == ["true", "false", "true"]
    assert opted_in.reason.to_pylist() == ["consent.value"] * 3


def test_without_a_polarity_that_of_the_field_holds() -> None:
    found = consent_kernel(pa.array(["yes"], TEXT), CellOptions(field="email_opt_out"))
    assert found.attributes["consent"].to_pylist() == ["denied"]


def test_what_is_unclear_is_left_as_typed_and_means_nothing() -> None:
    found = consent_kernel(pa.array(UNCLEAR, TEXT), CellOptions(polarity=1))
    assert found.value.to_pylist() == UNCLEAR
    assert found.attributes["consent"].null_count == len(UNCLEAR)
    assert found.issues["consent.unclear"].all()
    assert (found.verdict == UNKNOWN).all()


def test_silence_is_neither_consent_nor_an_issue() -> None:
    found = consent_kernel(pa.array(["", None, " "], TEXT), CellOptions(polarity=-1))
    assert found.value.to_pylist() == ["", None, " "]
    assert not found.issues["consent.unclear"].any()
    assert found.attributes["consent"].null_count == 3


def test_flags_have_no_meaning_beyond_yes_and_no() -> None:
    found = flag_kernel(pa.array(["Yes", "0", "2024-01-05", "mailbox full", "Unsubscribed"], TEXT), CellOptions())
    assert found.value.to_pylist() == ["true", "false", "2024-01-05", "mailbox full", "Unsubscribed"]
    assert found.verdict.tolist() == [VALID, VALID, UNKNOWN, UNKNOWN, UNKNOWN]
    assert dict(found.issues) == {}


def test_the_series_function_keeps_the_index() -> None:
    frame = normalise_consent(pd.Series(["Y", None], index=["a", "b"]), polarity=-1)
    assert frame.loc["a", "consent"] == "denied"
    assert frame.index.tolist() == ["a", "b"]


@settings(derandomize=True, max_examples=40, deadline=None)
@given(
    st.lists(st.one_of(st.text(max_size=20), st.sampled_from(YES + NO + GRANTED + DENIED + UNCLEAR)), max_size=30),
    st.sampled_from([1, -1]),
)
def test_cleaning_again_changes_neither_value_nor_meaning(words: list[str], polarity: int) -> None:
    options = CellOptions(polarity=polarity)
    once = consent_kernel(pa.array(words, TEXT), options)
    again = consent_kernel(once.value, options)
    assert again.value.equals(once.value)
    assert again.attributes["consent"].equals(once.attributes["consent"])
    flags = flag_kernel(pa.array(words, TEXT), options)
    assert flag_kernel(flags.value, options).value.equals(flags.value)


@settings(derandomize=True, max_examples=25, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_taken(text: str) -> None:
    assert len(yes_or_no(pa.array([text]))) == 1
