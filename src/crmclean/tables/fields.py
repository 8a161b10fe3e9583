"""The canonical fields: what a column can mean, of which kind it is, and what it says about identity.

A *kind* decides which normaliser, which checks and which comparison levels a column gets. A *group* says what the
field is evidence of when two records agree on it: the person, the person's affiliation, or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

__all__ = ["BY_NAME", "CONSENT_FIELDS", "FIELDS", "Field", "Group", "Kind", "kind_of"]


class Kind(StrEnum):
    """What sort of value a column holds."""

    ID = "id"
    NAME = "name"
    TITLE = "title"
    COMPANY = "company"
    EMAIL = "email"
    PHONE = "phone"
    STREET = "street"
    CITY = "city"
    REGION = "region"
    POSTCODE = "postcode"
    COUNTRY = "country"
    WEBSITE = "website"
    PERSON = "person"  # an owner or rep: a label for a colleague of ours, not a contact
    PICKLIST = "picklist"
    DATE = "date"
    CONSENT = "consent"  # yes/no/unknown per channel, with a polarity
    FLAG = "flag"  # yes/no without consent meaning
    NUMBER = "number"
    NOTE = "note"  # free text
    TEXT = "text"  # anything else: passed through untouched


class Group(StrEnum):
    """What agreement on a field is evidence of."""

    PERSON = "person"
    AFFILIATION = "affiliation"
    NONE = "none"


@dataclass(frozen=True)
class Field:
    """One canonical field."""

    name: str
    kind: Kind
    group: Group = Group.NONE
    label: str = ""
    channel: str = ""  # consent fields: which channel they speak about
    polarity: int = 0  # consent fields: +1 "yes" grants, -1 "yes" denies, 0 not a consent field

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.name.replace("_", " ").capitalize())


_P, _A = Group.PERSON, Group.AFFILIATION
FIELDS: tuple[Field, ...] = (
    Field("id", Kind.ID, label="Record id"),
    Field("account_id", Kind.ID),
    Field("badge_id", Kind.ID),
    Field("salutation", Kind.NAME, _P),
    Field("first_name", Kind.NAME, _P),
    Field("middle_name", Kind.NAME, _P),
    Field("last_name", Kind.NAME, _P),
    Field("suffix", Kind.NAME, _P),
    Field("full_name", Kind.NAME, _P),
    Field("nickname", Kind.NAME, _P),
    Field("gender", Kind.PICKLIST, _P),
    Field("birth_date", Kind.DATE, _P),
    Field("national_id", Kind.ID, _P),
    Field("title", Kind.TITLE, _A, "Job title"),
    Field("department", Kind.TITLE, _A),
    Field("company", Kind.COMPANY, _A),
    Field("email", Kind.EMAIL, _P, "E-mail"),
    Field("email_2", Kind.EMAIL, _P, "Second e-mail"),
    Field("phone", Kind.PHONE, _A),
    Field("mobile", Kind.PHONE, _P),
    Field("home_phone", Kind.PHONE, _P),
    Field("other_phone", Kind.PHONE, _A),
    Field("fax", Kind.PHONE, _A),
    Field("phone_extension", Kind.ID, _A),
    Field("street", Kind.STREET, _A),
    Field("street_2", Kind.STREET, _A),
    Field("city", Kind.CITY, _A),
    Field("state", Kind.REGION, _A, "State or region"),
    Field("postal_code", Kind.POSTCODE, _A, "Postcode"),
    Field("country", Kind.COUNTRY, _A),
    Field("website", Kind.WEBSITE, _A),
    Field("linkedin", Kind.WEBSITE, _P, "LinkedIn"),
    Field("twitter", Kind.WEBSITE, _P, "X / Twitter"),
    Field("facebook", Kind.WEBSITE, _P),
    Field("instagram", Kind.WEBSITE, _P),
    Field("industry", Kind.PICKLIST),
    Field("employees", Kind.NUMBER),
    Field("revenue", Kind.NUMBER),
    Field("owner", Kind.PERSON),
    Field("owner_id", Kind.ID),
    Field("created_by", Kind.PERSON),
    Field("modified_by", Kind.PERSON),
    Field("lead_source", Kind.PICKLIST),
    Field("campaign", Kind.PICKLIST),
    Field("event", Kind.PICKLIST),
    Field("status", Kind.PICKLIST),
    Field("rating", Kind.PICKLIST),
    Field("tags", Kind.PICKLIST),
    Field("created_at", Kind.DATE),
    Field("modified_at", Kind.DATE),
    Field("last_activity_at", Kind.DATE),
    Field("scanned_at", Kind.DATE),
    Field("verified_at", Kind.DATE),
    Field("opt_in_at", Kind.DATE),
    Field("opt_out_at", Kind.DATE),
    Field("converted_at", Kind.DATE),
    Field("bounced_at", Kind.DATE),
    Field("email_opt_out", Kind.CONSENT, channel="email", polarity=-1),
    Field("email_opt_in", Kind.CONSENT, channel="email", polarity=1),
    Field("do_not_call", Kind.CONSENT, channel="phone", polarity=-1),
    Field("call_opt_in", Kind.CONSENT, channel="phone", polarity=1),
    Field("sms_opt_out", Kind.CONSENT, channel="sms", polarity=-1),
    Field("sms_opt_in", Kind.CONSENT, channel="sms", polarity=1),
    Field("fax_opt_out", Kind.CONSENT, channel="fax", polarity=-1),
    Field("mail_opt_out", Kind.CONSENT, channel="mail", polarity=-1),
    Field("email_bounced", Kind.FLAG),
    Field("converted", Kind.FLAG),
    Field("deleted", Kind.FLAG),
    Field("consent_basis", Kind.PICKLIST),
    Field("notes", Kind.NOTE),
)

BY_NAME: MappingProxyType[str, Field] = MappingProxyType({field.name: field for field in FIELDS})
CONSENT_FIELDS: tuple[Field, ...] = tuple(field for field in FIELDS if field.kind is Kind.CONSENT)


def kind_of(field: str | None) -> Kind:
    """The kind of a canonical field; ``Kind.TEXT`` for an unmapped column."""
    return BY_NAME[field].kind if field else Kind.TEXT
