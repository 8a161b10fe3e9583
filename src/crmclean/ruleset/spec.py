"""The typed rules. Every key a pack may hold is here, with its meaning and default; an unknown key is an error.

Rules are plain frozen data and never hold a frame: the same rules run tonight on other files. A list or table of a
pack replaces the one it extends; a table of tables is merged key by key (see `crmclean.ruleset.load`).
"""

from __future__ import annotations

from typing import Annotated, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from crmclean.tables.fields import BY_NAME

__all__ = [
    "CheckRule",
    "ConsentRules",
    "DedupRules",
    "InputRules",
    "LimitRules",
    "NightlyRules",
    "NormaliseRules",
    "ObjectiveRules",
    "OutputRules",
    "Rules",
    "StalenessRules",
    "StampRules",
    "SurvivorRule",
    "SurvivorshipRules",
    "TrustRules",
    "ValidateRules",
    "ValueMap",
]

Share = Annotated[float, Field(ge=0, le=1)]
Strategy = Literal[
    "master",
    "most_recent",
    "oldest",
    "most_complete",
    "most_trusted",
    "longest",
    "most_frequent",
    "union",
    "join",
    "highest",
]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _fields_exist(names: object) -> None:
    for name in names if isinstance(names, list | tuple | dict) else ():
        if name not in BY_NAME:
            raise ValueError(f"there is no field {name!r}")


def _compiles(pattern: str) -> None:
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        raise ValueError(f"not a regular expression of RE2: {str(error).split(': ', 1)[-1]}") from error


class InputRules(_Frozen):
    """How inputs are read when the file itself does not decide."""

    region: str = ""  # default ISO alpha-2 region of phones and addresses
    encoding: str = ""  # "" = found out
    delimiter: str = ""


class ValueMap(_Frozen):
    """A picklist: how the CRM spells each value."""

    closed: bool = False  # report what is not in the map
    map: dict[str, str] = Field(default_factory=dict)  # raw value (case and spaces do not matter) -> the CRM's spelling


class NormaliseRules(_Frozen):
    """What may be put right."""

    case: Literal["repair", "keep"] = "repair"
    apply: tuple[str, ...] = ()  # optional repairs: "email.typo_domain"
    skip: tuple[str, ...] = ()  # fields that are left as they are
    missing: tuple[str, ...] = ()  # further words that stand for nothing
    personas: dict[str, str] = Field(default_factory=dict)  # of titles: "function/level", "*" being any -> persona

    @field_validator("personas")
    @classmethod
    def _pairs(cls, value: dict[str, str]) -> dict[str, str]:
        for key in value:
            if key.count("/") != 1 or not all(key.split("/")):
                raise ValueError(f"{key!r} is no function/level, such as it/head or */vp")
        return value


class CheckRule(_Frozen):
    """A user's own check on one field or column.

    Exactly one of ``pattern`` (RE2, must match the whole cell), ``allowed``, ``minimum``/``maximum`` (numbers or ISO
    dates), or ``column`` with ``compare`` (this cell against another column) says what is asked. A missing cell is
    never wrong, and a date without a time is the whole day. Issues carry ``name`` in their rule (``check.name``);
    ``message`` is what a row that is set aside for it says.
    """

    name: str
    field: str = ""
    column: str = ""
    pattern: str = ""
    allowed: tuple[str, ...] = ()
    minimum: str | float | int | None = None
    maximum: str | float | int | None = None
    compare: Literal["", "<", "<=", "==", "!=", ">=", ">"] = ""
    other: str = ""  # field or column on the right-hand side of `compare`
    severity: Literal["info", "warning", "error"] = "warning"
    message: str = ""

    @model_validator(mode="after")
    def _one_question(self) -> CheckRule:
        if bool(self.field) == bool(self.column):
            raise ValueError("a check names either a field or a column")
        asked = [
            bool(self.pattern),
            bool(self.allowed),
            self.minimum is not None or self.maximum is not None,
            bool(self.compare),
        ]
        if sum(asked) != 1:
            raise ValueError("a check asks one thing: pattern, allowed, minimum/maximum, or compare with other")
        if self.pattern:
            _compiles(self.pattern)
        if bool(self.compare) != bool(self.other):
            raise ValueError("compare needs other, the column on the right-hand side")
        if self.field and self.field not in BY_NAME:
            raise ValueError(f"there is no field {self.field!r}")
        return self


class ValidateRules(_Frozen):
    """What is asked of the data, and which rows are set aside."""

    required: tuple[str, ...] = ()  # fields that must be filled (an issue, not a quarantine)
    severity: dict[str, Literal["info", "warning", "error", "off"]] = Field(default_factory=dict)  # per reason code
    identifying: tuple[str, ...] = (
        *("first_name", "last_name", "full_name", "email", "email_2", "phone", "mobile", "home_phone", "other_phone"),
        *("company", "website", "linkedin", "national_id"),
    )
    quarantine_nothing_usable: bool = True  # no usable value in any identifying field
    quarantine: tuple[str, ...] = ()  # reason codes that set the whole row aside
    checks: tuple[CheckRule, ...] = ()

    @field_validator("required", "identifying")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        _fields_exist(value)
        return value


class DedupRules(_Frozen):
    """When two records are one entity."""

    enabled: bool = True
    entity: Literal["person", "company"] = "person"
    match_probability: Share = 0.875  # seven to one; at or above: merged
    review_probability: Share = 0.25  # at or above: put before a person
    pairs_per_row: int = Field(default=12, ge=1)  # budget of candidate pairs, per row
    exclude: tuple[str, ...] = ()  # fields that are not compared
    merge_branches: bool = False  # companies: the same company in another city is one record, not a branch
    one_to_one: bool = False  # each record of an input is at most one record of another, and none twice in its own

    @model_validator(mode="after")
    def _bands(self) -> DedupRules:
        if self.review_probability > self.match_probability:
            raise ValueError("review_probability lies above match_probability")
        return self


class SurvivorRule(_Frozen):
    """How the golden value of one field is chosen."""

    strategy: Strategy = "master"
    separator: str = "; "  # union and join
    order: tuple[str, ...] = ()  # `highest`: values from the lowest to the highest


class SurvivorshipRules(_Frozen):
    """How a cluster becomes one golden record."""

    master: tuple[Literal["most_trusted", "most_recent", "most_complete", "oldest"], ...] = (
        "most_trusted",
        "most_complete",
        "most_recent",
    )
    default: Strategy = "master"
    sources: tuple[str, ...] = ()  # the most trusted source first; names or globs
    fields: dict[str, SurvivorRule] = Field(default_factory=dict)
    columns: dict[str, SurvivorRule] = Field(default_factory=dict)  # by the column's name; goes before its field

    @field_validator("fields")
    @classmethod
    def _known(cls, value: dict[str, SurvivorRule]) -> dict[str, SurvivorRule]:
        _fields_exist(value)
        return value


class ConsentRules(_Frozen):
    """Consent is never weakened, except where these rules say so."""

    later_opt_in_wins: bool = False  # a dated opt-in that is newer than every opt-out


class StalenessRules(_Frozen):
    """When a record counts as stale."""

    threshold_days: int = Field(default=730, ge=1)
    ageing_share: Share = 0.5  # ageing from this share of the threshold on
    evidence: tuple[str, ...] = (
        "last_activity_at",
        "verified_at",
        "scanned_at",
        "opt_in_at",
        "converted_at",
        "created_at",
    )
    yearly_loss: dict[str, Share] = Field(
        default_factory=lambda: {
            "record": 0.25,
            "email": 0.22,
            "title": 0.20,
            "company": 0.18,
            "phone": 0.12,
            "mobile": 0.05,
            "street": 0.10,
        }
    )

    @field_validator("evidence")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        _fields_exist(value)
        if "modified_at" in value:
            raise ValueError("modified_at is no evidence: bulk jobs reset it")
        return value


class TrustRules(_Frozen):
    """Weights of the trust score's terms and of the fields within a term; they need not add up to 1."""

    validity: float = Field(default=35, ge=0)
    completeness: float = Field(default=20, ge=0)
    freshness: float = Field(default=20, ge=0)
    uniqueness: float = Field(default=15, ge=0)
    consistency: float = Field(default=10, ge=0)
    fields: dict[str, float] = Field(
        default_factory=lambda: {
            "name": 3.0,
            "email": 3.0,
            "phone": 2.0,
            "company": 2.0,
            "title": 1.0,
            "place": 1.0,
        }
    )
    sources: dict[str, Share] = Field(default_factory=dict)  # how reliable a source is; 1 when not named

    @model_validator(mode="after")
    def _some_weight(self) -> TrustRules:
        if self.validity + self.completeness + self.freshness + self.uniqueness + self.consistency <= 0:
            raise ValueError("at least one term needs a weight above 0")
        return self


class StampRules(_Frozen):
    """Values written into fields of every row of this import where the cell is empty."""

    fields: dict[str, str] = Field(default_factory=dict)
    skip_systems: tuple[str, ...] = ()  # exports of these systems are no import; `crmclean plan` names a file's system

    @field_validator("fields")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        _fields_exist(value)
        return value


class OutputRules(_Frozen):
    """Which columns are written, and how."""

    values: Literal["canonical", "keep"] = "canonical"
    keep: tuple[str, ...] = ()  # columns or fields, in this order; () = all
    drop: tuple[str, ...] = ()
    drop_unused: bool = False  # columns that are empty in every row
    excel: bool = False  # BOM and guarded formulas
    learnt: tuple[str, ...] = ()  # attributes written as columns of their own: title_level becomes crmclean_title_level
    changes_limit: int = Field(default=200_000, ge=0)  # rows of changes.csv; the evidence holds them all


class LimitRules(_Frozen):
    """The circuit breaker: beyond these nothing is published without --force."""

    max_merged_share: Share = 0.5
    max_quarantined_share: Share = 0.25
    max_cluster_size: int = Field(default=50, ge=2)
    min_rows: int = Field(default=20, ge=0)  # shares of fewer rows than this mean nothing


class ObjectiveRules(_Frozen):
    """Measurable targets; a missed one is exit code 1."""

    min_trust: float | None = Field(default=None, ge=0, le=100)
    max_invalid_share: Share | None = None  # rows with an issue of severity error
    max_stale_share: Share | None = None
    max_duplicate_share: Share | None = None  # rows merged away
    max_quarantined_share: Share | None = None
    max_review_pairs: int | None = Field(default=None, ge=0)
    min_fill: dict[str, Share] = Field(default_factory=dict)  # per field

    @field_validator("min_fill")
    @classmethod
    def _known(cls, value: dict[str, float]) -> dict[str, float]:
        _fields_exist(value)
        return value


class NightlyRules(_Frozen):
    """Runs with a state folder."""

    keep_runs: int = Field(default=14, ge=1)


class Rules(_Frozen):
    """Everything we want of a source. ``Rules()`` is the pack ``default``."""

    name: str = "default"
    description: str = ""
    input: InputRules = InputRules()
    mapping: dict[str, str] = Field(default_factory=dict)  # header -> field; "" leaves a column unmapped
    normalise: NormaliseRules = NormaliseRules()
    values: dict[str, ValueMap] = Field(default_factory=dict)  # per field
    validate_: ValidateRules = Field(default=ValidateRules(), alias="validate")
    dedup: DedupRules = DedupRules()
    survivorship: SurvivorshipRules = SurvivorshipRules()
    consent: ConsentRules = ConsentRules()
    staleness: StalenessRules = StalenessRules()
    trust: TrustRules = TrustRules()
    stamp: StampRules = StampRules()
    output: OutputRules = OutputRules()
    limits: LimitRules = LimitRules()
    objectives: ObjectiveRules = ObjectiveRules()
    nightly: NightlyRules = NightlyRules()

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @field_validator("mapping")
    @classmethod
    def _fields(cls, value: dict[str, str]) -> dict[str, str]:
        _fields_exist([name for name in value.values() if name])
        return value

    @field_validator("values")
    @classmethod
    def _value_fields(cls, value: dict[str, ValueMap]) -> dict[str, ValueMap]:
        _fields_exist(value)
        return value
