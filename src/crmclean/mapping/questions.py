"""Whole sentences at the head of a column that ask for consent, as registration forms export them.

No pack can list them, and a column of consent that nobody reads is one whose "no" may be lost in a merge. So they are
read by their words, and only where there is one reading: somebody is spoken of, one channel is named, and the sentence
says either that something is wanted or, once, that it is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from crmclean.keys.lists import read_toml

__all__ = ["asked_consent"]

_OPT_IN: Mapping[str, str] = {"email": "email_opt_in", "phone": "call_opt_in", "sms": "sms_opt_in"}
_OPT_OUT: Mapping[str, str] = {
    "email": "email_opt_out",
    "phone": "do_not_call",
    "sms": "sms_opt_out",
    "fax": "fax_opt_out",
    "mail": "mail_opt_out",
}
_SHORTEST = 4  # words; shorter headers are the packs' business
_TWO_WORDS = ("opt out", "opted out")  # one way of saying no


def asked_consent(words: Sequence[str]) -> str:
    """The consent field that the folded words of a header ask about; "" for any other header.

    >>> asked_consent("i agree to receive marketing emails".split())
    'email_opt_in'
    >>> asked_consent("please do not call me".split()), asked_consent("how did you hear about us".split())
    ('do_not_call', '')
    """
    known = _words()
    said = set(words)
    if len(words) < _SHORTEST or not said & known["persons"] or said & known["asking"]:
        return ""
    channels = [name for name in _OPT_OUT if said & known[f"channel:{name}"]]
    refusals = _refusals(words, known["no"])
    if len(channels) != 1 or refusals > 1 or not (refusals or said & known["yes"]):
        return ""
    return (_OPT_OUT if refusals else _OPT_IN).get(channels[0], "")


def _refusals(words: Sequence[str], no: frozenset[str]) -> int:
    text = f" {' '.join(words)} "
    count = 0
    for pair in _TWO_WORDS:
        count += text.count(f" {pair} ")
        text = text.replace(f" {pair} ", "  ")
    plain = text.split()
    if "ne" in plain:
        plain = [word for word in plain if word != "pas"]  # "ne ... pas" is one
    return count + sum(word in no for word in plain)


@lru_cache(maxsize=1)
def _words() -> Mapping[str, frozenset[str]]:
    raw = read_toml("consent_questions.toml")
    words = {name: frozenset(raw[name]) for name in ("persons", "yes", "no", "asking")}
    return words | {f"channel:{name}": frozenset(entries) for name, entries in raw["channels"].items()}
