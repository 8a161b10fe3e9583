"""What is believed about each comparison before a file is seen: levels, their m and u, and what they are evidence of.

``m`` is the share of true pairs that falls on a level and ``u`` the share of random pairs, both among pairs where the
two records have the field. They are starting points with the weight of ``strength`` pairs, and a file with more to say
moves them (``dedup.model``). Levels run from worst to best. The values are round numbers from the record-linkage
literature (error rates of names and dates in Christen, *Data Matching*, 2012, ch. 7; Winkler 2006) and general CRM
experience; none was fitted to a labelled set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "BOTH_MISSING",
    "DIFFERENT",
    "ONE_MISSING",
    "Comparison",
    "Frequency",
    "Level",
    "Role",
    "comparisons_of",
]

Role = Literal["identity", "place", "employer", "background"]
BOTH_MISSING, ONE_MISSING, DIFFERENT = 0, 1, 2


@dataclass(frozen=True)
class Frequency:
    """How the frequency of a shared value becomes a ``u`` of its own (``dedup.weights.value_u``).

    ``base`` is the chance that two different records share a value nobody else carries, believed with the weight of
    ``weight`` records; ``by`` says who is counted: records, or the different names or cities among them.
    """

    base: float
    weight: float
    by: Literal["records", "names", "cities"] = "records"
    scaled: bool = False  # base is a share of sharers per file, so it shrinks as the file grows
    least: float = 0.0  # the chance is never taken to be smaller, so that a shared value says so much at most


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison."""

    name: str
    m: float
    u: float
    frequency: Literal["", "value", "near", "part"] = ""
    role: Role | None = None  # when it differs from the comparison's
    bits: float | None = None  # a weight that no file can move: the level means something only given other findings


@dataclass(frozen=True)
class Comparison:
    """A field, or several read together, and its ordered levels (the two missing ones come first, of weight zero)."""

    name: str
    role: Role
    levels: tuple[Level, ...]
    frequency: Frequency | None = None
    strength: float = 100.0
    label: str = ""

    @property
    def size(self) -> int:
        """Number of level codes, missing ones included."""
        return len(self.levels) + 2

    def code(self, level: str) -> int:
        """The level code of a level name."""
        return self.level_names.index(level)

    @property
    def level_names(self) -> tuple[str, ...]:
        """Names by level code."""
        return ("both_missing", "one_missing", *(level.name for level in self.levels))

    @property
    def between(self) -> list[int]:
        """The codes of the levels that are neither "different", nor the best of all, nor for shared values."""
        inner = [code for code, level in enumerate(self.levels[:-1], DIFFERENT) if level.name != "shared"]
        return inner[1:]

    def supports(self) -> tuple[Role, ...]:
        """The roles, but for what identifies, in which the levels above "different" can speak for a pair."""
        return tuple(sorted({*self.roles()[DIFFERENT + 1 :]} - {"identity"}))

    def against(self) -> Role | None:
        """The role in which a pair pays for being "different".

        None where that is what identifies, or where a level between "different" and the best has another role.
        """
        roles = self.roles()
        own = {roles[DIFFERENT], *(roles[code] for code in self.between)}
        return None if own & {"identity"} or len(own) > 1 else roles[DIFFERENT]

    def roles(self) -> tuple[Role, ...]:
        """The role of each level code."""
        return (self.role, self.role, *(level.role or self.role for level in self.levels))


_GIVEN = Comparison(
    "given",
    "identity",
    (
        Level("different", 0.03, 0.93),
        Level("similar", 0.01, 0.03),
        Level("initial", 0.03, 0.01),
        Level("part", 0.02, 0.004, "near"),
        Level("misplaced", 0.01, 0.0005, "near"),
        Level("nickname", 0.03, 0.003, "near"),
        Level("typo", 0.07, 0.002, "near"),
        Level("variant", 0.03, 0.002, "near"),
        Level("swapped", 0.02, 0.0005, "near"),
        Level("exact", 0.76, 0.01, "value"),
    ),
    Frequency(1 / 300, 200.0),
    strength=300.0,
    label="given name",
)
_FAMILY = Comparison(
    "family",
    "identity",
    (
        Level("different", 0.04, 0.97),
        Level("similar", 0.01, 0.015),
        Level("initial", 0.01, 0.002),
        Level("part", 0.02, 0.002, "near"),
        Level("misplaced", 0.01, 0.0005, "near"),
        Level("typo", 0.08, 0.002, "near"),
        Level("variant", 0.03, 0.001, "near"),
        Level("swapped", 0.02, 0.0005, "near"),
        Level("exact", 0.79, 0.004, "value"),
    ),
    Frequency(1 / 2000, 200.0),
    strength=300.0,
    label="family name",
)
_MIDDLE = Comparison(
    "middle",
    "identity",
    (
        Level("different", 0.10, 0.85),
        Level("initial", 0.30, 0.10),
        Level("exact", 0.60, 0.05),
    ),
    label="middle name",
)
_SUFFIX = Comparison(
    "suffix", "identity", (Level("different", 0.01, 0.5, bits=-40.0), Level("exact", 0.99, 0.5)), label="generation"
)
_SEX = Comparison("sex", "identity", (Level("different", 0.02, 0.5), Level("exact", 0.98, 0.5)), strength=1000.0)
_BIRTH = Comparison(
    "birth",
    "identity",
    (
        Level("different", 0.04, 0.97),
        Level("same_year", 0.02, 0.015),
        Level("same_day", 0.01, 0.0025),  # of another year
        Level("year_and_month", 0.01, 0.001),
        Level("year_and_day", 0.01, 0.0005),
        Level("close", 0.02, 0.002),
        Level("swapped", 0.01, 0.0003),
        Level("digit", 0.08, 0.002),
        Level("exact", 0.80, 1 / 20000, "value"),
    ),
    Frequency(1 / 20000, 1000.0, "names"),
    label="date of birth",
)
_NATIONAL_ID = Comparison(
    "national_id",
    "identity",
    (
        Level("different", 0.06, 0.99997),
        Level("near", 0.05, 1e-5),
        Level("transposed", 0.01, 1e-6),  # of nine wrong digits for each place one exchange of neighbours
        Level("exact", 0.88, 1e-6, "value"),
    ),
    Frequency(0.02, 100.0, "names", scaled=True),
    label="identity number",
)
_EMAIL = Comparison(
    "email",
    "identity",
    (
        Level("different", 0.35, 0.995),
        Level("numbered", 0.01, 0.001, bits=-15.0),
        Level("named_apart", 0.01, 0.001, bits=-5.0),
        Level("named_alike", 0.05, 0.002, bits=0.5),
        Level("named_number", 0.01, 0.0002, bits=5.0),
        Level("shared", 0.05, 0.002, "value", role="employer"),
        Level("near", 0.05, 2e-4),
        Level("local", 0.05, 1e-5, "near"),
        Level("exact", 0.45, 1e-6, "value"),
    ),
    Frequency(0.05, 100.0, "names", scaled=True),
    label="e-mail",
)
_OWN_LINE = Comparison(
    "own_line",
    "identity",
    (
        Level("different", 0.30, 0.997),
        Level("shared", 0.05, 0.002, "value", role="employer"),
        Level("tail", 0.02, 1e-4),
        Level("near", 0.03, 2e-4),
        Level("exact", 0.60, 1e-6, "value"),
    ),
    Frequency(0.1, 100.0, "names", scaled=True),
    label="own telephone",
)
_OTHER_LINE = Comparison(
    "other_line",
    "employer",
    (
        Level("different", 0.20, 0.995),
        Level("shared", 0.30, 0.002, "value"),
        Level("near", 0.03, 0.001),
        Level("exact", 0.32, 1e-5, "value", role="identity"),
    ),
    Frequency(0.5, 100.0, "names", scaled=True),
    label="telephone",
)
_COMPANY = Comparison(
    "company",
    "employer",
    (
        Level("different", 0.08, 0.985),
        Level("similar", 0.03, 0.01),
        Level("acronym", 0.02, 0.001),
        Level("part", 0.05, 0.002, "part"),
        Level("typo", 0.05, 0.0005, "near"),
        Level("exact", 0.60, 0.001, "value"),
    ),
    Frequency(1 / 5000, 200.0),
)
_SITE = Comparison(
    "site",
    "employer",
    (Level("different", 0.15, 0.99), Level("exact", 0.70, 0.001, "value")),
    Frequency(1 / 5000, 200.0),
    label="domain",
)
_STREET = Comparison(
    "street",
    "place",
    (
        Level("different", 0.10, 0.995),
        Level("name", 0.08, 0.002),
        Level("near", 0.12, 2e-4),
        Level("exact", 0.60, 1e-4, "value"),
    ),
    Frequency(0.5, 100.0, "records", scaled=True),
)
_CITY = Comparison(
    "city",
    "place",
    (Level("different", 0.06, 0.96), Level("near", 0.07, 0.004, "near"), Level("exact", 0.75, 0.03, "value")),
    Frequency(1 / 200, 50.0),
)
_POSTCODE = Comparison(
    "postal_code",
    "place",
    (Level("different", 0.10, 0.98), Level("near", 0.06, 0.015), Level("exact", 0.74, 0.001, "value")),
    Frequency(1 / 1000, 100.0),
    label="postcode",
)
_STATE = Comparison(
    "state", "place", (Level("different", 0.04, 0.85), Level("exact", 0.90, 0.15, "value")), Frequency(0.1, 20.0)
)
_COUNTRY = Comparison(
    "country",
    "place",
    (Level("different", 0.04, 0.6, role="background"), Level("exact", 0.96, 0.4, "value")),
    Frequency(0.3, 20.0),
)
_NAME_COUNTRY = Comparison(
    "country", "place", (Level("different", 0.04, 0.6, role="background"), Level("exact", 0.96, 0.4, bits=0.5))
)
_TITLE = Comparison(
    "title",
    "employer",
    (Level("different", 0.55, 0.97, role="background"), Level("exact", 0.45, 0.03, "value")),
    Frequency(1 / 50, 50.0),
    label="job title",
)

_PERSON = (
    *(_GIVEN, _FAMILY, _MIDDLE, _SUFFIX, _SEX, _BIRTH, _NATIONAL_ID, _EMAIL, _OWN_LINE, _OTHER_LINE, _COMPANY, _SITE),
    *(_STREET, _CITY, _POSTCODE, _STATE, _NAME_COUNTRY, _TITLE),
)

_FIRM_NAME = Comparison(
    "company",
    "identity",
    (
        Level("different", 0.08, 0.985),
        Level("similar", 0.08, 0.012),
        Level("acronym", 0.02, 0.0005),
        Level("part", 0.12, 0.002, "part"),
        Level("typo", 0.12, 0.0005, "near"),
        Level("exact", 0.58, 0.0005, "value"),
    ),
    Frequency(0.02, 100.0, "cities", scaled=True),
)
_FIRM_SITE = Comparison(
    "site",
    "identity",
    (Level("different", 0.20, 0.999), Level("exact", 0.80, 1e-4, "value")),
    Frequency(0.2, 100.0, "names", scaled=True),
    label="domain",
)
_FIRM_LINE = Comparison(
    "own_line",
    "employer",
    (
        Level("different", 0.25, 0.997),
        Level("shared", 0.05, 0.002, "value"),
        Level("tail", 0.04, 1e-4),
        Level("near", 0.04, 2e-4),
        Level("exact", 0.62, 1e-5, "value"),
    ),
    Frequency(0.3, 100.0, "names", scaled=True),
    label="telephone",
)
_FIRM_ID = Comparison(
    "national_id", "identity", _NATIONAL_ID.levels, _NATIONAL_ID.frequency, label="registration number"
)

_FIRM = (_FIRM_NAME, _FIRM_ID, _FIRM_SITE, _FIRM_LINE, _STREET, _CITY, _POSTCODE, _STATE, _COUNTRY)


def comparisons_of(entity: str) -> tuple[Comparison, ...]:
    """All comparisons of an entity type, in the order of the packed pattern."""
    return _PERSON if entity == "person" else _FIRM
