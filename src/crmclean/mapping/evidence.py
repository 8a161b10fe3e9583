"""The values as judge of a header: they confirm it, contradict it, or speak where it is silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from crmclean.mapping.headers import HeaderGuess
from crmclean.mapping.looks import Looks
from crmclean.tables.fields import BY_NAME, Kind

__all__ = ["by_values"]

_MOST, _NEARLY_ALL, _FEW = 0.6, 0.8, 0.1
_LEGAL = 0.5  # of companies: small firms and foreign names go without one

_DATED: Mapping[str, str] = {
    "email_opt_in": "opt_in_at",
    "email_opt_out": "opt_out_at",
    "converted": "converted_at",
    "email_bounced": "bounced_at",
}
_UNDATED = {date: flag for flag, date in _DATED.items()}

# Kinds whose values may be anything: an owner's e-mail address is still the owner.
_UNJUDGED = frozenset({Kind.PERSON, Kind.ID, Kind.NOTE, Kind.TEXT, Kind.PICKLIST, Kind.NUMBER})


def by_values(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    """The guess after a look at the values; unchanged when there are none."""
    if not looks.count or guess.firm:
        return guess
    if not guess.field:
        return _proposed(guess, looks)
    kind = BY_NAME[guess.field].kind
    judge = _JUDGES.get(kind)
    if judge:
        return judge(guess, looks)
    return guess if kind in _UNJUDGED else _taken_over(guess, looks) or guess


def _proposed(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    """What the values say by themselves; a date or a plain number does not tell what it is the date or number of."""
    if looks.email >= _NEARLY_ALL:
        return _now(guess, "email", 0.75, f"{looks.email:.0%} of the values are e-mail addresses")
    if looks.linkedin >= _NEARLY_ALL:
        return _now(guess, "linkedin", 0.75, f"{looks.linkedin:.0%} of the values are LinkedIn addresses")
    if guess.known:
        return guess
    if looks.url >= _NEARLY_ALL:
        return _now(guess, "website", 0.6, f"{looks.url:.0%} of the values are web addresses")
    if looks.phone_marks >= _NEARLY_ALL and looks.count >= 3:
        return _now(guess, "phone", 0.6, f"{looks.phone_marks:.0%} of the values are written like phone numbers")
    if looks.legal_form >= _LEGAL and looks.count >= 3:
        return _now(guess, "company", 0.6, f"{looks.legal_form:.0%} of the values carry a legal form")
    if looks.country_name >= 0.9 and looks.count >= 3:
        return _now(guess, "country", 0.55, f"{looks.country_name:.0%} of the values are names of countries")
    return guess


def _now(guess: HeaderGuess, field: str, confidence: float, why: str) -> HeaderGuess:
    return replace(guess, field=field, confidence=confidence, why=why, polarity=0, known=True)


def _taken_over(guess: HeaderGuess, looks: Looks) -> HeaderGuess | None:
    """A column whose values are plainly of another kind than its header says."""
    kind = BY_NAME[guess.field].kind if guess.field else Kind.TEXT
    said = f"the header says {guess.field}, but "
    if kind is not Kind.EMAIL and looks.email >= _MOST:
        return _now(guess, "email", 0.8, f"{said}{looks.email:.0%} of the values are e-mail addresses")
    if guess.field != "linkedin" and looks.linkedin >= _MOST:
        return _now(guess, "linkedin", 0.8, f"{said}{looks.linkedin:.0%} of the values are LinkedIn addresses")
    written = looks.phone if kind in (Kind.NAME, Kind.EMAIL) else looks.phone_marks
    if kind not in (Kind.PHONE, Kind.POSTCODE, Kind.DATE) and written >= _NEARLY_ALL:
        return _now(guess, "phone", 0.7, f"{said}{written:.0%} of the values are phone numbers")
    if kind in (Kind.EMAIL, Kind.PHONE, Kind.COUNTRY) and looks.yes_no >= _NEARLY_ALL and looks.email < _FEW:
        return _now(guess, "", 0.6, f"{said}the values are yes and no")
    return None


# ---- judges by kind


def _email(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    if looks.email >= _MOST:
        return _confirmed(guess)
    if looks.email < _FEW:
        other = _taken_over(guess, looks)
        if other:
            return other
        if looks.url >= _NEARLY_ALL:
            return _now(guess, "website", 0.7, f"the header says {guess.field}, but the values are web addresses")
        return _doubted(guess, f"only {looks.email:.0%} of the values are e-mail addresses")
    return guess


def _phone(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    if looks.phone >= _MOST:
        return _confirmed(guess)
    return _taken_over(guess, looks) or (guess if looks.digits >= 0.5 else _doubted(guess, "few values hold digits"))


def _name(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    if guess.field == "salutation" and looks.honorific < 0.3 and "title" in guess.why.casefold():
        return _now(guess, "title", 0.75, "a title that is no form of address")
    other = _taken_over(guess, looks)
    if not other and guess.field == "full_name" and looks.legal_form >= _LEGAL and looks.count >= 3:
        return _now(guess, "company", 0.75, f"{looks.legal_form:.0%} of the names carry a legal form")
    return other or guess


def _title(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    if guess.field == "title" and looks.honorific >= _MOST:
        return _now(guess, "salutation", 0.85, f"{looks.honorific:.0%} of the titles are forms of address")
    if looks.number >= 0.9:
        return _now(guess, "", 0.6, f"the header says {guess.field}, but the values are numbers")
    return _taken_over(guess, looks) or guess


def _company(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    if looks.number >= 0.9 and looks.count >= 3:
        return _now(guess, "account_id", 0.7, "the header says company, but the values are numbers")
    return _taken_over(guess, looks) or guess


def _country(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    if looks.country >= _MOST:
        return _confirmed(guess)
    if looks.number >= _NEARLY_ALL:
        return _now(guess, "", 0.7, "the header says country, but the values are numbers (dialling codes?)")
    return _taken_over(guess, looks) or (_doubted(guess, "few values are countries") if looks.country < _FEW else guess)


def _website(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    if looks.url >= _MOST and looks.linkedin < _MOST:
        return _confirmed(guess)
    return _taken_over(guess, looks) or guess


def _date(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    if looks.date + looks.stamp >= _MOST:
        return _confirmed(guess)
    if looks.yes_no >= _NEARLY_ALL:
        flag = _UNDATED.get(guess.field, "")
        return _now(guess, flag, 0.7, f"the header says {guess.field}, but the values are yes and no")
    if looks.date + looks.stamp < _FEW:
        return _taken_over(guess, looks) or _doubted(guess, "few values are dates")
    return guess


def _consent(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    if looks.yes_no >= 0.5:
        return _confirmed(guess)
    if looks.date >= _MOST:
        return _now(guess, _DATED.get(guess.field, ""), 0.75, f"the header says {guess.field}, the values are dates")
    if looks.email >= _MOST:
        return _now(guess, "email", 0.75, f"the header says {guess.field}, the values are e-mail addresses")
    return _doubted(guess, "few values say yes or no") if looks.yes_no < _FEW else guess


def _flag(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    if looks.date >= _MOST:
        return _now(guess, _DATED.get(guess.field, ""), 0.75, f"the header says {guess.field}, the values are dates")
    return guess


def _picklist(guess: HeaderGuess, looks: Looks) -> HeaderGuess:
    if guess.field == "status" and looks.consent_word >= _NEARLY_ALL:
        return _now(guess, "email_opt_in", 0.8, "the values of the status are subscribed and unsubscribed")
    return guess


def _confirmed(guess: HeaderGuess) -> HeaderGuess:
    return replace(guess, confidence=min(1.0, guess.confidence + 0.02 + 0.5 * (0.97 - min(guess.confidence, 0.97))))


def _doubted(guess: HeaderGuess, why: str) -> HeaderGuess:
    """Less sure; a loose reading of a header that its values contradict is dropped."""
    if guess.loose:
        return replace(guess, field="", confidence=0.0, why=f"{guess.why}, but {why}", polarity=0)
    return replace(guess, confidence=guess.confidence * 0.6, why=f"{guess.why}; {why}")


_JUDGES: Mapping[Kind, Callable[[HeaderGuess, Looks], HeaderGuess]] = {
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.NAME: _name,
    Kind.TITLE: _title,
    Kind.COMPANY: _company,
    Kind.COUNTRY: _country,
    Kind.WEBSITE: _website,
    Kind.DATE: _date,
    Kind.CONSENT: _consent,
    Kind.FLAG: _flag,
    Kind.PICKLIST: _picklist,
}
