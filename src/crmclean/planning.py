"""Inferring a plan: from the distinct values of whole columns, so that the order of rows never matters.

A column of more than 200,000 distinct values is judged by some 50,000 of them, chosen by a hash of their content: the
same ones whatever the order, and the same ones tonight.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import UsageError
from crmclean.files.layout import unique_names
from crmclean.kernels import kernel
from crmclean.keys.emails import email_domain, is_free_mail
from crmclean.keys.places import country_key
from crmclean.mapping import ColumnGuess, map_table
from crmclean.mapping.known import is_known_header
from crmclean.mapping.packs import fold_header
from crmclean.tables.batch import as_text
from crmclean.tables.distinct import distinct_texts
from crmclean.tables.evidence import TEXT
from crmclean.tables.fields import BY_NAME, Kind, kind_of
from crmclean.tables.frames import is_frame
from crmclean.tables.normalised import CellOptions
from crmclean.text import is_blank, strip_invisible

if TYPE_CHECKING:
    import pandas as pd

    from crmclean.files.read import Source
    from crmclean.normalisers.date_evidence import DateEvidence
    from crmclean.plan import ColumnPlan, DialectPlan, Plan
    from crmclean.ruleset.lean import LeanRules
    from crmclean.ruleset.spec import Rules

__all__ = ["dialect_of", "infer_fields", "infer_plan"]

_THREADS = 2
_MOST_DISTINCT, _SAMPLE = 40_000, 20_000
_STRAY = 50  # one date in fifty decides nothing against the rest
_HALF = 0.5  # a region that is not even half of what is known is no default

_MONTH_FIRST: Final = frozenset({"US", "PH", "PW", "FM", "MH", "GU", "PR", "VI", "AS", "MP", "UM"})

# Country domains that are mostly bought for their letters.
_VANITY: Final = frozenset(
    {
        "ac", "ai", "am", "as", "bz", "cc", "cd", "cf", "co", "cx", "fm", "ga", "gg", "gl", "gq", "im", "io",
        "is", "la", "ly", "me", "ml", "mu", "nu", "pw", "sc", "sh", "so", "st", "tk", "tm", "to", "tv", "vc",
        "vu", "ws",
    }
)  # fmt: skip


@dataclass(frozen=True)
class _Column:
    """One column: its name, its header cell, its distinct values with the number of rows of each."""

    name: str
    header: str
    values: pa.LargeStringArray
    counts: np.ndarray[Any, np.dtype[np.int64]]


def infer_plan(source: str | os.PathLike[str] | pd.DataFrame | pa.Table | Source, rules: Rules | None = None) -> Plan:
    """What a source is: how to read it, what each column means, one date order per date column, the default region.

    Parameters
    ----------
    source : path, pandas.DataFrame, pyarrow.Table or files.read.Source
        A path is read first.
    rules : Rules, optional
        ``rules.mapping`` (header to field, "" leaves a column unmapped) and ``rules.input.region`` win over what the
        data says.

    Returns
    -------
    Plan
        Each column carries how sure the inference is, and why.

    Raises
    ------
    InputError
        If a path cannot be read.
    UsageError
        If ``source`` is none of the above.

    Examples
    --------
    >>> import pandas as pd
    >>> plan = infer_plan(pd.DataFrame({"E-mail": ["ann@acme.in"], "Created": ["25/12/2025"], "Colour": ["red"]}))
    >>> [(column.field, column.date_order) for column in plan.columns]
    [('email', ''), ('created_at', 'dmy'), (None, '')]
    """
    from crmclean.normalisers.date_evidence import date_evidence  # fields are found without these
    from crmclean.plan import DialectPlan, Plan

    opened, columns = _opened(source)
    name, dialect = (opened.name, dialect_of(opened)) if opened else ("", DialectPlan())
    system, guesses = _mapped(columns, rules)
    region, region_why = _region(columns, guesses, rules)
    evidence = {
        column.name: date_evidence(column.values)
        for column, guess in zip(columns, guesses, strict=True)
        if kind_of(guess.field) is Kind.DATE
    }
    plans = [_column_plan(column, guess, evidence, region) for column, guess in zip(columns, guesses, strict=True)]
    return Plan(source=name, system=system, region=region, region_why=region_why, dialect=dialect, columns=tuple(plans))


def infer_fields(source: Source, rules: Rules | LeanRules | None = None) -> dict[str, str]:
    """The canonical field of each column that has one, by column name: `infer_plan` without the rest of a plan."""
    columns = _opened(source)[1]
    return {
        column.name: guess.field
        for column, guess in zip(columns, _mapped(columns, rules)[1], strict=True)
        if guess.field
    }


def _mapped(columns: Sequence[_Column], rules: Rules | LeanRules | None) -> tuple[str, list[ColumnGuess]]:
    """The system the columns are of, and what each of them means; the rules are obeyed."""
    mapped = map_table([column.name for column in columns], {column.name: column.values for column in columns})
    return mapped.system, [
        _overruled(column, guess, rules) for column, guess in zip(columns, mapped.columns, strict=True)
    ]


# ---- opening


def _opened(source: Any) -> tuple[Source | None, list[_Column]]:
    """The columns of anything a plan is inferred from, and the source where it is one."""
    if isinstance(source, str | os.PathLike):
        from crmclean.files.read import read_source  # the readers are only needed for a path

        source = read_source(source, known=is_known_header)
    if is_frame(source):
        return None, _of_frame(source)
    if isinstance(source, pa.Table):
        return None, [_counted(name, name, source[name]) for name in source.schema.names]
    if not hasattr(source, "table") or not hasattr(source, "dialect"):
        raise UsageError(f"a plan is inferred from a path, a DataFrame or a table, not from {type(source).__name__}")
    names = source.table.schema.names
    headers = source.header if len(source.header) == len(names) else names
    with ThreadPoolExecutor(_THREADS) as pool:  # Arrow and NumPy let go of the interpreter lock
        columns = list(pool.map(lambda name, header: _counted(name, header, source.table[name]), names, headers))
    return source, columns


def dialect_of(source: Source) -> DialectPlan:
    """How a source was read, as a plan keeps it."""
    from crmclean.plan import DialectPlan

    return DialectPlan(**{field: getattr(source.dialect, field) for field in DialectPlan.model_fields})


def _of_frame(frame: pd.DataFrame) -> list[_Column]:
    """The columns of a frame as text; values that are not text are written as Python writes them."""
    headers = [str(label) for label in frame.columns]
    columns = []
    for position, (name, header) in enumerate(zip(unique_names(headers), headers, strict=True)):
        series = frame.iloc[:, position]
        text = series.map(str, na_action="ignore") if series.dtype == object else series
        columns.append(_counted(name, header, pa.array(text, from_pandas=True)))
    return columns


def _counted(name: str, header: str, values: Any) -> _Column:
    """Distinct filled values in the order of their text, with their row counts; a share where there are many."""
    text = as_text(values)
    if len(text) > _MOST_DISTINCT:
        text = _thinned(text)
    codes, distinct = distinct_texts(text)
    counts = np.bincount(codes, minlength=len(distinct))
    filled = pc.invert(is_blank(distinct))
    distinct, counts = distinct.filter(filled), counts[np.asarray(filled)]
    order = pc.sort_indices(distinct)
    return _Column(name, header, distinct.take(order), counts[order.to_numpy()])


def _thinned(text: pa.LargeStringArray) -> pa.LargeStringArray:
    """The rows of a share of the values, chosen by their content, when there are too many distinct ones; else all."""
    share = 2 ** int(np.ceil(np.log2(len(text) / _SAMPLE)))
    marks = _marks(text)
    chosen = marks & np.uint64(share - 1) == 0
    if len(np.unique(marks[chosen])) * share <= _MOST_DISTINCT:
        return text
    return text.filter(pa.array(chosen))


def _marks(text: pa.LargeStringArray) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """A cheap hash of each value: its first and last eight bytes and its length, well mixed."""
    compiled, (_, ends, data) = kernel("text_marks", "qBnQ"), text.buffers()
    if compiled is None or data is None:
        return _plain_marks(text)
    marks = np.empty(len(text), np.uint64)
    offsets = np.frombuffer(ends, np.int64, len(text) + 1, text.offset * 8)
    compiled(offsets, np.frombuffer(data, np.uint8), len(text), marks)
    return marks


def _plain_marks(text: pa.LargeStringArray) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """``_marks`` without a kernel."""
    buffers = text.buffers()
    offsets = np.frombuffer(buffers[1], np.int64)[text.offset : text.offset + len(text) + 1]
    first, last = int(offsets[0]), int(offsets[-1])
    data = np.frombuffer(buffers[2], np.uint8, last - first, first) if last > first else np.zeros(0, np.uint8)
    padded = np.concatenate([np.zeros(8, np.uint8), data, np.zeros(8, np.uint8)])
    size = offsets[1:] - offsets[:-1]
    reach = np.minimum(size, 8).astype(np.uint64)
    spare = (np.uint64(8) - reach) * np.uint64(8)
    eights = np.ndarray((len(padded) - 7,), "<u8", padded, 0, (1,))  # the eight bytes from each byte on
    head, tail = eights.take(offsets[:-1] + (8 - first)), eights.take(offsets[1:] - first)
    empty = reach == 0
    spare[empty] = 0
    head, tail = np.where(empty, 0, head << spare), np.where(empty, 0, tail >> spare)
    mark = head * np.uint64(0x9E3779B97F4A7C15) ^ tail * np.uint64(0xC2B2AE3D27D4EB4F) ^ size.astype(np.uint64)
    mark = (mark ^ (mark >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return mark ^ (mark >> np.uint64(29))


# ---- columns


def _overruled(column: _Column, guess: ColumnGuess, rules: Rules | LeanRules | None) -> ColumnGuess:
    """The mapping of the rules, by the header's text or any spelling of it that folds to the same."""
    wishes = dict(rules.mapping) if rules is not None else {}
    folded = {fold_header(header): field for header, field in wishes.items()}
    for key, table in ((column.name, wishes), (column.header, wishes), (fold_header(column.name), folded)):
        if key in table:
            field = table[key] or None
            polarity = BY_NAME[field].polarity if field else 0
            return ColumnGuess(column.name, field, 1.0, "the rules say so", polarity)
    return guess


def _column_plan(column: _Column, guess: ColumnGuess, evidence: Mapping[str, DateEvidence], region: str) -> ColumnPlan:
    from crmclean.plan import ColumnPlan

    facts: dict[str, Any] = {"polarity": guess.polarity}
    confidence, why = guess.confidence, guess.why
    if column.name in evidence:
        calendar = evidence[column.name].calendar
        order, sure, reason = _date_order(column.name, evidence, region)
        facts |= {"date_order": order, "calendar": calendar}
        confidence = round(min(confidence, sure), 2)
        why = "; ".join(part for part in (why, reason, "Jalali years" if calendar == "jalali" else "") if part)
    elif kind_of(guess.field) is Kind.NOTE or (guess.field is None and _is_prose(column)):
        facts["free_text"] = True
    return ColumnPlan(
        column=column.name, header=column.header, field=guess.field, confidence=confidence, why=why, **facts
    )


def _is_prose(column: _Column) -> bool:
    """Sentences: a third of the values has eight words or more."""
    if not len(column.values):
        return False
    long = pc.match_substring_regex(column.values, r"(?:\S+\s+){7}\S")
    return float(np.asarray(long).mean()) >= 1 / 3


# ---- dates


def _date_order(name: str, evidence: Mapping[str, DateEvidence], region: str) -> tuple[str, float, str]:
    """(order, how sure, why) of a column: its own values, else the file's other dates, else the region's habit.

    Whatever is left as typed must be left again in the cleaned file, where all that could be read starts with the
    year: so dates that stand among year-first ones are only read when they themselves say how.
    """
    found = evidence[name]
    if not found.slots:
        return ("ymd", 1.0, "") if found.whole_year_first else ("", 1.0, "")
    if _are_strays(found):
        return "ymd", 0.95, f"the {found.slots} dates that do not start with the year are left as they are"
    own = _decided(found)
    if own:
        return own
    if found.day_first and found.month_first:
        return "", 0.5, f"{found.day_first} dates can only be day first, {found.month_first} only month first"
    if found.whole_year_first:
        return "", 0.5, "year-first dates among others whose day and month cannot be told apart"
    if found.dotted == found.slots:
        return "dmy", 0.9, "dates with dots are day first"
    others = [decision for other, each in evidence.items() if other != name and (decision := _decided(each))]
    orders = {order for order, _, _ in others}
    if len(orders) == 1:
        return orders.pop(), 0.8, "no day above 12; as the other dates of the file"
    if region:
        return "mdy" if region in _MONTH_FIRST else "dmy", 0.65, f"no day above 12; the habit of {region}"
    return "", 0.4, "day and month cannot be told apart; set date_order"


def _are_strays(found: DateEvidence) -> bool:
    return found.slots * _STRAY <= found.whole_year_first


def _decided(found: DateEvidence) -> tuple[str, float, str] | None:
    """What numbers above 12 decide; a stray one in fifty does not count against the rest."""
    order, count, rest = "dmy", found.day_first, found.month_first
    if rest > count:
        order, count, rest = "mdy", rest, count
    if not count or rest * _STRAY > count or _are_strays(found):
        return None
    what = "day" if order == "dmy" else "month"
    dates = "1 date" if count == 1 else f"{count} dates"
    return order, min(0.99, 0.9 + 0.02 * count), f"{dates} with a day above 12: {what} first"


# ---- the region


def _region(columns: Sequence[_Column], guesses: Sequence[ColumnGuess], rules: Rules | None) -> tuple[str, str]:
    """The default region and why: the rules, the countries, the phones' prefixes, the domains; else "".

    A wrong default would turn a good number into another one, so less than half of the evidence decides nothing.
    """
    if rules is not None and rules.input.region:
        return rules.input.region.upper(), "the rules say so"
    of_kind: dict[Kind, list[_Column]] = {}
    for column, guess in zip(columns, guesses, strict=True):
        of_kind.setdefault(kind_of(guess.field), []).append(column)
    for what, votes in (
        ("the most frequent country", [_countries(column) for column in of_kind.get(Kind.COUNTRY, [])]),
        ("the prefixes of the phone numbers", [_prefixes(column) for column in of_kind.get(Kind.PHONE, [])]),
        ("the country domains of e-mails", [_domains(column) for column in of_kind.get(Kind.EMAIL, [])]),
    ):
        region, share = _most_frequent(votes)
        if region:
            return (
                (region, f"{what} ({share:.0%})")
                if share >= _HALF
                else ("", f"mixed: {what} is {region} ({share:.0%})")
            )
    return "", ""


def _most_frequent(votes: Sequence[tuple[pa.Array, np.ndarray[Any, np.dtype[np.int64]]]]) -> tuple[str, float]:
    """The region with the most rows, and its share; ties go to the first in the alphabet."""
    totals: dict[str, int] = {}
    for regions, counts in votes:
        for region, count in zip(regions.to_pylist(), counts.tolist(), strict=True):
            if region:
                totals[region] = totals.get(region, 0) + count
    best = min(totals, key=lambda region: (-totals[region], region), default="")
    return best, totals[best] / sum(totals.values()) if best else 0.0


def _countries(column: _Column) -> tuple[pa.Array, Any]:
    return country_key(column.values), column.counts


def _prefixes(column: _Column) -> tuple[pa.Array, Any]:
    """Regions of the numbers in international form; at most a few thousand of them are asked."""
    from crmclean.normalisers.phones import phone_kernel  # with all its numbering plans

    text = pc.utf8_trim_whitespace(strip_invisible(column.values))
    mask = np.asarray(pc.match_substring_regex(text, r"^(?:\+|00)\d|^\(\+"))
    positions = np.flatnonzero(mask)[:: max(1, int(mask.sum()) // 5000)]
    asked = text.take(pa.array(positions))
    found = phone_kernel(asked, CellOptions(field="phone")).attributes.get("phone_region", pa.nulls(len(asked), TEXT))
    return found, column.counts[positions]


def _domains(column: _Column) -> tuple[pa.Array, Any]:
    """Regions of the country domains, when at least three and a fifth of the companies' domains have one."""
    domains = as_text(email_domain(column.values))
    own = ~np.asarray(is_free_mail(domains)) & np.asarray(pc.greater(pc.utf8_length(domains), 0))
    ending = pc.extract_regex(domains, r"\.(?P<tld>[a-z]{2})$").field(0)
    real = own & ~np.asarray(pc.is_in(pc.fill_null(ending, ""), value_set=pa.array(sorted(_VANITY), TEXT)))
    ending = pc.if_else(pa.array(real), ending, pa.scalar("", TEXT))
    ending = pc.if_else(pc.equal(ending, "uk"), "gb", ending)
    regions = country_key(pc.utf8_upper(ending))
    told = np.asarray(pc.greater(pc.utf8_length(pc.fill_null(regions, "")), 0))
    if told.sum() < 3 or told.sum() < 0.2 * own.sum():
        return pa.array([], TEXT), column.counts[:0]
    return regions, column.counts
