"""What one would call row by row instead: each field's well-known library, one text at a time."""

from __future__ import annotations

from collections.abc import Callable

import phonenumbers
from dateutil import parser as dates
from email_validator import EmailNotValidError, validate_email
from nameparser import HumanName

__all__ = ["BY_LIBRARY"]


def _phone(text: str) -> tuple[str, int] | None:
    """E.164 and type of a number that is valid."""
    try:
        number = phonenumbers.parse(text, "IN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164, phonenumbers.number_type(number)


def _email(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def _date(text: str) -> str | None:
    try:
        return dates.parse(text).isoformat()
    except (ValueError, OverflowError):
        return None


def _name(text: str) -> dict[str, str]:
    return HumanName(text).as_dict()


def _libraries() -> dict[str, Callable[[str], object]]:
    found: dict[str, Callable[[str], object]] = {
        "phonenumbers": _phone,
        "email-validator": _email,
        "dateutil": _date,
        "nameparser": _name,
    }
    try:
        import cleanco
    except ImportError:  # only the test group installs it
        return found
    return {**found, "cleanco": cleanco.basename}


BY_LIBRARY = _libraries()
