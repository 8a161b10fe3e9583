"""What to do about each reason code: the words of ``docs/reason-codes.md``."""

from __future__ import annotations

from crmclean.tables.reasons import REASONS

__all__ = ["advice_on"]

_OF_KIND = {
    "repair": "Nothing. `[normalise] skip` of the rules leaves a field as it is.",
    "format": 'Nothing. `[output] values = "keep"` leaves such cells as they were typed.',
}
_OF_CODE: dict[str, str] = {
    # ---- files
    "file.unaligned": "Look at the line in quarantine.csv, put its cells right in the source and read it again.",
    "file.mixed_encoding": "Nothing, if the letters look right; the row was read in its own encoding.",
    # ---- text
    "text.formula": "Do not open the CSV in a spreadsheet; `[output] excel = true` guards such cells.",
    "text.lookalikes": "Type the word anew in one script; somebody may be passing for somebody else.",
    "text.replacement": "Export again from the system where the letters are still whole, as UTF-8.",
    # ---- missing
    "missing.placeholder": "Nothing; `missing` in the plan of the file (`crmclean plan FILE`) lists more such words.",
    "required.missing": "Fill the cell, or take the field off `[validate] required`.",
    # ---- names
    "name.email_in_name": "Move the address to the e-mail column and ask for the name.",
    "name.phone_in_name": "Move the number to the phone column and ask for the name.",
    "name.company_in_name": "Move the company to its column, or let it stand where a firm bears its owner's name.",
    "name.bogus": "Ask for the name, or delete the record.",
    "name.digits": "Look whether a letter was mistyped or a number was put behind the name.",
    "name.initial_only": "Ask for the whole name when you next speak to the person.",
    # ---- e-mails
    "email.typo_fixed": "Look at a few in changes.csv: the rules asked for it (`[normalise] apply`).",
    "email.syntax": "Ask for the address; nothing can be sent to this one.",
    "email.several": "Give each address a cell of its own; only the first is taken for the record's.",
    "email.words": "Move the words to the notes.",
    "email.disposable": "Do not count on the mailbox; ask for another.",
    "email.role": "Ask for a person's own address if you write to people; such a mailbox never merges two records.",
    "email.typo_domain": 'Compare with the suggestion; `[normalise] apply = ["email.typo_domain"]` applies it.',
    "email.no_domain": "Look for a letter too many or too few at the end of the address.",
    "email.undeliverable": "Look for a mistyped domain, or a company that is gone; mail to it would bounce.",
    "email.bogus": "Ask for the address; somebody did not want to give it.",
    # ---- phones
    "phone.no_number": "Ask for the number, or move the words to the notes.",
    "phone.words": "Move the words to the notes; the number is in the evidence, in canonical form.",
    "phone.impossible": "Ask for the number; digits are missing or too many.",
    "phone.invalid": "Check the number and the country of the record.",
    "phone.country_clash": "Look which of the two is right; for people who work abroad both may be.",
    "phone.no_region": "Fill the country column, or give the region of the file: `--region GB`.",
    "phone.bogus": "Ask for the number; somebody did not want to give it.",
    "phone.spreadsheet": "Export again with the column as text; the lost digits are nowhere in this file.",
    "phone.several": "Give each number a cell of its own; both are in the evidence, in canonical form.",
    "phone.premium": "Do not call it unseen: such numbers cost the caller.",
    # ---- companies and titles
    "company.bogus": "Ask for the company, or empty the cell if the person has none.",
    "title.bogus": "Ask for the title, or empty the cell.",
    # ---- places
    "region.unknown": "Compare with the suggestion in the evidence, if there is one, or check the country.",
    "country.unknown": "Compare with the suggestion in the evidence; until then the row has no country.",
    "postcode.mismatch": "Check the postcode and the country.",
    "place.misplaced": "Move the value to the column that the attribute `belongs_in` names.",
    # ---- websites
    "website.invalid": "Ask for the address, or empty the cell.",
    "website.several": "Give each address a cell of its own.",
    "website.email": "Move the address to the e-mail column.",
    # ---- dates
    "date.unparsed": "Fill in a date, or empty the cell.",
    "date.ambiguous": 'Write `date_order = "dmy"` or `"mdy"` for the column into the plan (`crmclean plan FILE`).',
    "date.future": "Check the year; the date is not taken as evidence of anything.",
    "date.ancient": "Check the century.",
    # ---- consent, flags, picklists
    "consent.unclear": "Find out what was meant; until then the cell grants nothing.",
    "consent.conflict": "Find out what the person wants and make the columns agree.",
    "picklist.unmapped": "Add the value to `[values.FIELD] map`, or choose one that is in it.",
    "number.invalid": "Fill in a number, or empty the cell.",
    # ---- users' own checks
    "check.pattern": "Put the cell right, or the rule.",
    "check.allowed": "Choose an allowed value, or add this one to the rule.",
    "check.range": "Put the cell right, or the rule.",
    "check.columns": "Look which of the two columns is right.",
    # ---- the rest of the file
    "value.contradicted": "Compare with the attribute `suggestion`; `suggestion_basis` names the rows that have it.",
    # ---- quarantine
    "row.nothing_usable": "Delete the record, or fill in something that identifies it; it stands in quarantine.csv.",
    "row.bogus": "Delete the record, or ask the person; it stands in quarantine.csv.",
    # ---- merging
    "merge.survivor": "Nothing. `[survivorship]` of the rules says whose value wins; the evidence names the record.",
    "merge.joined": "Nothing. `[survivorship.fields]` says which fields are joined.",
    "merge.consent": "Nothing: who opted out once stays out. `[consent] later_opt_in_wins` knows one exception.",
    "merge.opt_in": "Nothing, if your law lets a later opt-in count; else `[consent] later_opt_in_wins = false`.",
    "rule.stamped": "Nothing. `[stamp.fields]` of the rules says what is stamped.",
}


def advice_on(code: str) -> str:
    """What a person does about a code of `tables.reasons`: Markdown, one or two sentences.

    Raises
    ------
    KeyError
        The code is not a shipped one.

    >>> advice_on("phone.decimal")
    'Nothing. `[normalise] skip` of the rules leaves a field as it is.'
    """
    return _OF_CODE[code] if code in _OF_CODE else _OF_KIND[REASONS[code].kind]
