"""Reason codes: the stable words in which crmclean says why.

Every change and every issue carries one of these. A code is ``area.what``; its kind says what it does:

- ``repair``: the cell was wrong and is right now (applied whatever ``[output] values`` says);
- ``format``: the cell was right and is now in canonical form (not applied with ``values = "keep"``);
- ``issue``: something noteworthy about the cell or row; nothing was changed because of it;
- ``merge``: a value moved between records of one cluster.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["REASONS", "Reason", "sentence", "severity_of"]


@dataclass(frozen=True)
class Reason:
    """One reason code.

    Attributes
    ----------
    code : str
        ``area.what``.
    kind : str
        ``repair``, ``format``, ``issue`` or ``merge``.
    severity : str
        Default severity of an issue: ``info``, ``warning`` or ``error``.
    text : str
        What a reader of the report sees. What to do about it stands in `tables.advice`.
    """

    code: str
    kind: str
    severity: str
    text: str


_REPAIR, _FORM, _ISSUE, _MERGE = "repair", "format", "issue", "merge"
_INFO, _WARNING, _ERROR = "info", "warning", "error"
_ALL = (
    # ---- files
    Reason("file.unaligned", _ISSUE, _ERROR, "the row could not be aligned with the header"),
    Reason("file.mixed_encoding", _ISSUE, _INFO, "the row is in another encoding than the file"),
    # ---- text
    Reason("text.mojibake", _REPAIR, _INFO, "wrongly decoded letters were put right"),
    Reason("text.html", _REPAIR, _INFO, "codes of a web page were turned into their characters"),
    Reason("text.invisible", _REPAIR, _INFO, "invisible characters were removed"),
    Reason("text.spaces", _REPAIR, _INFO, "stray spaces were removed"),
    Reason("text.unicode", _FORM, _INFO, "letters were composed the usual way (NFC)"),
    Reason("text.formula", _ISSUE, _WARNING, "a spreadsheet would run this cell as a formula"),
    Reason("text.lookalikes", _ISSUE, _WARNING, "letters of several scripts are mixed in one word"),
    Reason("text.replacement", _ISSUE, _WARNING, "characters were lost before the file reached us"),
    # ---- missing
    Reason("missing.placeholder", _REPAIR, _INFO, "a word that stands for nothing was emptied"),
    Reason("required.missing", _ISSUE, _WARNING, "a required field is empty"),
    # ---- names
    Reason("name.case", _REPAIR, _INFO, "upper and lower case were put right"),
    Reason("name.spacing", _FORM, _INFO, "the spacing of the name was put right"),
    Reason("name.decoration", _REPAIR, _INFO, "something that is no part of the name was removed"),
    Reason("name.order", _FORM, _INFO, "the name was put in its natural order"),
    Reason("name.email_in_name", _ISSUE, _WARNING, "the name field holds an e-mail address"),
    Reason("name.phone_in_name", _ISSUE, _WARNING, "the name field holds a phone number"),
    Reason("name.company_in_name", _ISSUE, _WARNING, "the name field holds a company"),
    Reason("name.bogus", _ISSUE, _ERROR, "the name is not a person's name"),
    Reason("name.digits", _ISSUE, _WARNING, "the name holds digits"),
    Reason("name.initial_only", _ISSUE, _INFO, "the name is only an initial"),
    # ---- e-mails
    Reason("email.case", _FORM, _INFO, "the e-mail was put in lower case"),
    Reason("email.unwrapped", _REPAIR, _INFO, "the address was taken out of its wrapping"),
    Reason("email.punctuation", _REPAIR, _INFO, "stray punctuation was removed"),
    Reason("email.deobfuscated", _REPAIR, _INFO, "a disguised address was spelled out"),
    Reason("email.idn", _FORM, _INFO, "the domain was put in its usual form"),
    Reason("email.typo_fixed", _REPAIR, _WARNING, "a mistyped domain was put right"),
    Reason("email.syntax", _ISSUE, _ERROR, "this is no e-mail address"),
    Reason("email.several", _ISSUE, _INFO, "the cell holds several addresses"),
    Reason("email.words", _ISSUE, _INFO, "the cell holds words besides the address"),
    Reason("email.disposable", _ISSUE, _WARNING, "the mailbox is a throwaway one"),
    Reason("email.role", _ISSUE, _INFO, "the mailbox belongs to a role, not a person"),
    Reason("email.typo_domain", _ISSUE, _WARNING, "the domain looks mistyped"),
    Reason("email.no_domain", _ISSUE, _WARNING, "no such top-level domain is known"),
    Reason("email.undeliverable", _ISSUE, _WARNING, "no mail reaches this domain (asked with --check-mx)"),
    Reason("email.bogus", _ISSUE, _ERROR, "the address is a filler"),
    # ---- phones
    Reason("phone.e164", _FORM, _INFO, "the number was put in international form"),
    Reason("phone.digits", _FORM, _INFO, "digits of another script were put in Latin digits"),
    Reason("phone.decimal", _REPAIR, _INFO, "the decimal point a spreadsheet had added was removed"),
    Reason("phone.no_number", _ISSUE, _ERROR, "this is no phone number"),
    Reason("phone.words", _ISSUE, _INFO, "the cell holds words besides the number"),
    Reason("phone.impossible", _ISSUE, _ERROR, "no phone number has this length"),
    Reason("phone.invalid", _ISSUE, _WARNING, "no such number is in use in its country"),
    Reason("phone.country_clash", _ISSUE, _WARNING, "the number belongs to another country than the record"),
    Reason("phone.no_region", _ISSUE, _INFO, "a national number, but the country is unknown"),
    Reason("phone.bogus", _ISSUE, _ERROR, "the number is a filler"),
    Reason("phone.spreadsheet", _ISSUE, _ERROR, "a spreadsheet destroyed the number"),
    Reason("phone.several", _ISSUE, _INFO, "the cell holds several numbers"),
    Reason("phone.premium", _ISSUE, _WARNING, "the number is a premium-rate one"),
    # ---- companies and titles
    Reason("company.case", _REPAIR, _INFO, "a shouted company name was put in normal case"),
    Reason("company.bogus", _ISSUE, _WARNING, "the company is a filler"),
    Reason("title.case", _REPAIR, _INFO, "a shouted title was put in normal case"),
    Reason("title.bogus", _ISSUE, _INFO, "the title is a filler"),
    # ---- places
    Reason("street.case", _REPAIR, _INFO, "a shouted street was put in normal case"),
    Reason("city.case", _REPAIR, _INFO, "a shouted city was put in normal case"),
    Reason("region.case", _REPAIR, _INFO, "a shouted region was put in normal case"),
    Reason("region.code", _FORM, _INFO, "the region was put in its canonical form"),
    Reason("region.unknown", _ISSUE, _INFO, "the region is not one of its country"),
    Reason("country.iso", _FORM, _INFO, "the country was put in its ISO code"),
    Reason("country.unknown", _ISSUE, _WARNING, "no such country is known"),
    Reason("postcode.format", _FORM, _INFO, "the postcode was written the usual way"),
    Reason("postcode.zeros", _REPAIR, _INFO, "lost leading zeros were put back"),
    Reason("postcode.decimal", _REPAIR, _INFO, "a spreadsheet's decimal point was removed"),
    Reason("postcode.mismatch", _ISSUE, _WARNING, "the postcode has not the form of its country"),
    Reason("place.misplaced", _ISSUE, _INFO, "the cell belongs in another column"),
    # ---- websites
    Reason("website.url", _FORM, _INFO, "the address was written the usual way"),
    Reason("website.invalid", _ISSUE, _WARNING, "this is no web address"),
    Reason("website.several", _ISSUE, _INFO, "the cell holds several web addresses"),
    Reason("website.email", _ISSUE, _INFO, "the website field holds an e-mail address"),
    # ---- dates
    Reason("date.iso", _FORM, _INFO, "the date was put in ISO form"),
    Reason("date.jalali", _FORM, _INFO, "a Jalali date was put in the Gregorian calendar"),
    Reason("date.serial", _REPAIR, _INFO, "a spreadsheet's day number was put in ISO form"),
    Reason("date.epoch", _REPAIR, _INFO, "a count of seconds was put in ISO form"),
    Reason("date.unparsed", _ISSUE, _WARNING, "this is no date"),
    Reason("date.ambiguous", _ISSUE, _WARNING, "day and month cannot be told apart in this column"),
    Reason("date.future", _ISSUE, _WARNING, "the date lies in the future"),
    Reason("date.ancient", _ISSUE, _WARNING, "the date lies before 1950"),
    # ---- consent, flags, picklists
    Reason("consent.value", _FORM, _INFO, "yes and no were written one way"),
    Reason("consent.unclear", _ISSUE, _WARNING, "neither yes nor no"),
    Reason("consent.conflict", _ISSUE, _ERROR, "two columns of the row disagree; taken as denied"),
    Reason("flag.value", _FORM, _INFO, "yes and no were written one way"),
    Reason("picklist.mapped", _FORM, _INFO, "the value was written as the CRM spells it"),
    Reason("picklist.unmapped", _ISSUE, _INFO, "the value is not in the map of the rules"),
    Reason("number.invalid", _ISSUE, _INFO, "this is no number"),
    # ---- users' own checks
    Reason("check.pattern", _ISSUE, _WARNING, "the cell does not have the form the rules ask for"),
    Reason("check.allowed", _ISSUE, _WARNING, "the value is not one the rules allow"),
    Reason("check.range", _ISSUE, _WARNING, "the value lies outside the range of the rules"),
    Reason("check.columns", _ISSUE, _WARNING, "two columns contradict each other"),
    # ---- the rest of the file
    Reason("value.contradicted", _ISSUE, _INFO, "other rows that go with this one spell the value another way"),
    # ---- quarantine
    Reason("row.nothing_usable", _ISSUE, _ERROR, "nothing in the row identifies anybody"),
    Reason("row.bogus", _ISSUE, _ERROR, "everything that would identify somebody is a filler"),
    # ---- merging
    Reason("merge.survivor", _MERGE, _INFO, "the golden record took the value of another record"),
    Reason("merge.joined", _MERGE, _INFO, "the values of several records were joined"),
    Reason("merge.consent", _MERGE, _INFO, "an opt-out of another record was kept"),
    Reason("merge.opt_in", _MERGE, _INFO, "a later dated opt-in won, as the rules allow"),
    Reason("rule.stamped", _MERGE, _INFO, "the rules stamped this value"),
)

REASONS: MappingProxyType[str, Reason] = MappingProxyType({reason.code: reason for reason in _ALL})


def severity_of(code: str) -> str:
    """Default severity of a code; ``warning`` for a user's own check."""
    return REASONS[code].severity if code in REASONS else "warning"


def sentence(code: str) -> str:
    """The words a reader sees for a code; the code itself for a user's own check."""
    return REASONS[code].text if code in REASONS else code
