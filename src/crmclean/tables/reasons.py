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
        What a reader of the report sees.
    example : str
        Before and after, or a cell that earns it.
    """

    code: str
    kind: str
    severity: str
    text: str
    example: str = ""


def _reasons() -> tuple[Reason, ...]:
    repair, form, issue, merge = "repair", "format", "issue", "merge"
    info, warning, error = "info", "warning", "error"
    return (
        # ---- files
        Reason("file.unaligned", issue, error, "the row could not be aligned with the header", "a;b;c;d under 3 headers"),
        Reason("file.mixed_encoding", issue, info, "the row is in another encoding than the file", "cp1252 in UTF-8"),
        # ---- text
        Reason("text.mojibake", repair, info, "wrongly decoded letters were put right", "JosÃ© -> José"),
        Reason("text.invisible", repair, info, "invisible characters were removed", "Ann\\u200b -> Ann"),
        Reason("text.spaces", repair, info, "stray spaces were removed", "  Ann   Lee -> Ann Lee"),
        Reason("text.unicode", form, info, "letters were composed the usual way (NFC)", "e + ́ -> é"),
        Reason("text.formula", issue, warning, "a spreadsheet would run this cell as a formula", "=HYPERLINK(...)"),
        Reason("text.lookalikes", issue, warning, "letters of several scripts are mixed in one word", "Аnna (Cyrillic А)"),
        Reason("text.replacement", issue, warning, "characters were lost before the file reached us", "Jos�"),
        # ---- missing
        Reason("missing.placeholder", repair, info, "a word that stands for nothing was emptied", "n/a -> (empty)"),
        Reason("required.missing", issue, warning, "a required field is empty", ""),
        # ---- names
        Reason("name.case", repair, info, "upper and lower case were put right", "JOHN SMITH -> John Smith"),
        Reason("name.spacing", form, info, "the spacing of the name was put right", "O' Brien -> O'Brien"),
        Reason("name.decoration", repair, info, "something that is no part of the name was removed", "Jane Doe (deleted)"),
        Reason("name.order", form, info, "the name was put in its natural order", "Smith, John -> John Smith"),
        Reason("name.email_in_name", issue, warning, "the name field holds an e-mail address", "ann@example.com"),
        Reason("name.phone_in_name", issue, warning, "the name field holds a phone number", "+1 212 555 0134"),
        Reason("name.company_in_name", issue, warning, "the name field holds a company", "Acme GmbH"),
        Reason("name.bogus", issue, error, "the name is not a person's name", "test test, asdf"),
        Reason("name.digits", issue, warning, "the name holds digits", "J0hn"),
        Reason("name.initial_only", issue, info, "the name is only an initial", "J."),
        # ---- e-mails
        Reason("email.case", form, info, "the e-mail was put in lower case", "Ann@Example.COM -> ann@example.com"),
        Reason("email.unwrapped", repair, info, "the address was taken out of its wrapping", "Ann <ann@x.org> -> ann@x.org"),
        Reason("email.punctuation", repair, info, "stray punctuation was removed", "ann@example.com; -> ann@example.com"),
        Reason("email.deobfuscated", repair, info, "a disguised address was spelled out", "ann (at) example.com"),
        Reason("email.idn", form, info, "the domain was put in its usual form", "xn--... -> its letters"),
        Reason("email.typo_fixed", repair, warning, "a mistyped domain was put right", "gmial.com -> gmail.com"),
        Reason("email.syntax", issue, error, "this is no e-mail address", "ann.example.com"),
        Reason("email.several", issue, info, "the cell holds several addresses", "a@x.org; b@x.org"),
        Reason("email.words", issue, info, "the cell holds words besides the address", "ann@acme.com ask Bob"),
        Reason("email.disposable", issue, warning, "the mailbox is a throwaway one", "x@mailinator.com"),
        Reason("email.role", issue, info, "the mailbox belongs to a role, not a person", "info@acme.example"),
        Reason("email.typo_domain", issue, warning, "the domain looks mistyped", "ann@gmial.com"),
        Reason("email.bogus", issue, error, "the address is a filler", "test@test.com"),
        # ---- phones
        Reason("phone.e164", form, info, "the number was put in international form", "(212) 555-7890 -> +12125557890"),
        Reason("phone.digits", repair, info, "digits of another script were put in Latin digits", "۰۹۱۲ -> 0912"),
        Reason("phone.decimal", repair, info, "the decimal point a spreadsheet had added was removed", "2124567890.0"),
        Reason("phone.no_number", issue, error, "this is no phone number", "ask at reception"),
        Reason("phone.words", issue, info, "the cell holds words besides the number", "212-456-7890 (ask for Ann)"),
        Reason("phone.impossible", issue, error, "no phone number has this length", "12345"),
        Reason("phone.invalid", issue, warning, "no such number is in use in its country", ""),
        Reason("phone.country_clash", issue, warning, "the number belongs to another country than the record", ""),
        Reason("phone.no_region", issue, info, "a national number, but the country is unknown", "020 7946 0000"),
        Reason("phone.bogus", issue, error, "the number is a filler", "000000000, 555-0134"),
        Reason("phone.spreadsheet", issue, error, "a spreadsheet destroyed the number", "9.87654E+09"),
        Reason("phone.several", issue, info, "the cell holds several numbers", "212-... / 646-..."),
        Reason("phone.premium", issue, warning, "the number is a premium-rate one", ""),
        # ---- companies and titles
        Reason("company.case", repair, info, "a shouted company name was put in normal case", "GLOBEX TRADING -> Globex Trading"),
        Reason("company.bogus", issue, warning, "the company is a filler", "self, asdf"),
        Reason("title.case", repair, info, "a shouted title was put in normal case", "SALES MANAGER -> Sales Manager"),
        Reason("title.bogus", issue, info, "the title is a filler", "xxx"),
        # ---- places
        Reason("street.case", repair, info, "a shouted street was put in normal case", "12 MAIN ST -> 12 Main St"),
        Reason("city.case", repair, info, "a shouted city was put in normal case", "PARIS -> Paris"),
        Reason("region.code", form, info, "the region was put in its canonical form", "california -> CA"),
        Reason("region.unknown", issue, info, "the region is not one of its country", ""),
        Reason("country.iso", form, info, "the country was put in its ISO code", "Deutschland -> DE"),
        Reason("country.unknown", issue, warning, "no such country is known", "Absurdistan"),
        Reason("postcode.format", form, info, "the postcode was written the usual way", "sw1a2aa -> SW1A 2AA"),
        Reason("postcode.zeros", repair, info, "lost leading zeros were put back", "2134 -> 02134"),
        Reason("postcode.decimal", repair, info, "a spreadsheet's decimal point was removed", "12345.0 -> 12345"),
        Reason("postcode.mismatch", issue, warning, "the postcode has not the form of its country", "SW1A 2AA in DE"),
        Reason("place.misplaced", issue, info, "the cell belongs in another column", "a city in the state column"),
        # ---- websites
        Reason("website.url", form, info, "the address was written the usual way", "Acme.com/ -> https://acme.com"),
        Reason("website.invalid", issue, warning, "this is no web address", ""),
        Reason("website.several", issue, info, "the cell holds several web addresses", "acme.com; acme.de"),
        Reason("website.email", issue, info, "the website field holds an e-mail address", ""),
        # ---- dates
        Reason("date.iso", form, info, "the date was put in ISO form", "3/15/2024 -> 2024-03-15"),
        Reason("date.jalali", form, info, "a Jalali date was put in the Gregorian calendar", "1402/12/25 -> 2024-03-15"),
        Reason("date.serial", repair, info, "a spreadsheet's day number was put in ISO form", "45366 -> 2024-03-15"),
        Reason("date.epoch", repair, info, "a count of seconds was put in ISO form", "1754400000 -> 2025-08-05T13:20:00Z"),
        Reason("date.unparsed", issue, warning, "this is no date", "TBD"),
        Reason("date.ambiguous", issue, warning, "day and month cannot be told apart in this column", "03/04/2025"),
        Reason("date.future", issue, warning, "the date lies in the future", ""),
        Reason("date.ancient", issue, warning, "the date lies before 1950", ""),
        # ---- consent, flags, picklists
        Reason("consent.value", form, info, "yes and no were written one way", "Y -> true"),
        Reason("consent.unclear", issue, warning, "neither yes nor no", "maybe"),
        Reason("consent.conflict", issue, error, "two columns of the row disagree; taken as denied", ""),
        Reason("flag.value", form, info, "yes and no were written one way", "Y -> true"),
        Reason("picklist.mapped", form, info, "the value was written as the CRM spells it", "trade show -> Trade Show"),
        Reason("picklist.unmapped", issue, info, "the value is not in the map of the rules", ""),
        Reason("number.invalid", issue, info, "this is no number", ""),
        # ---- schema and users' own checks
        Reason("schema.failed", issue, warning, "the cell breaks the schema of the rules", ""),
        Reason("check.pattern", issue, warning, "the cell does not have the form the rules ask for", ""),
        Reason("check.allowed", issue, warning, "the value is not one the rules allow", ""),
        Reason("check.range", issue, warning, "the value lies outside the range of the rules", ""),
        Reason("check.columns", issue, warning, "two columns contradict each other", ""),
        # ---- quarantine
        Reason("row.nothing_usable", issue, error, "nothing in the row identifies anybody", ""),
        Reason("row.bogus", issue, error, "everything that would identify somebody is a filler", ""),
        # ---- merging
        Reason("merge.survivor", merge, info, "the golden record took the value of another record", ""),
        Reason("merge.joined", merge, info, "the values of several records were joined", ""),
        Reason("merge.consent", merge, info, "an opt-out of another record was kept", ""),
        Reason("merge.opt_in", merge, info, "a later dated opt-in won, as the rules allow", ""),
        Reason("rule.stamped", merge, info, "the rules stamped this value", ""),
        # ---- dedup
        Reason("dedup.possible", issue, info, "another record may be the same person", ""),
        # ---- freshness
        Reason("freshness.stale", issue, warning, "nothing confirms the record since the threshold", ""),
        Reason("freshness.unknown", issue, info, "nothing says when the record was last confirmed", ""),
    )


REASONS: MappingProxyType[str, Reason] = MappingProxyType({reason.code: reason for reason in _reasons()})


def severity_of(code: str) -> str:
    """Default severity of a code; ``warning`` for a user's own check."""
    return REASONS[code].severity if code in REASONS else "warning"


def sentence(code: str) -> str:
    """The words a reader sees for a code; the code itself for a user's own check."""
    return REASONS[code].text if code in REASONS else code
