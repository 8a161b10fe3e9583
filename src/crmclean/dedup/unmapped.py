"""Columns that no field claims: what kind of value they hold, and what they may say about two records.

A column without a known meaning gets a *kind* from its values alone:

    constant     one value                          row_key   every filled cell different
    date         full dates                         identifier   short codes with digits, carried by few records each
    number       quantities                         text      phrases of several words
    category     anything else that repeats

What it may say is proven on the records, without labels. *Likely duplicates* are pairs that share a full name too rare
for chance, or a given name and a mailbox (for companies: a name few records carry). ``agreement`` is the share of them
that agree on the column, among those where both have it and less the namesakes to expect where given and family names
are independent; ``chance`` is the share of all pairs that agree. A column

* of identifiers identifies if likely duplicates agree on it and if, the other way round, records that share one of its
  values mostly share a given name (of companies: the first word of the name);
* of dates identifies if they lie decades apart, as birth dates do, if few records share one, and if likely duplicates
  agree on it; only where the file has no birth date of its own;
* of many repeated values (a birthplace, a household) that likely duplicates agree on supports, by a few bits at most,
  as one more finding about the place or the employer, whichever it goes with more;
* says nothing otherwise. So it is with row numbers, labels of sources, batch dates and owners: likely duplicates
  differ in them, or chance agrees too often for it to mean anything. Nor does a quantity say who somebody is, nor a
  column that repeats the names, which is no second finding.

Dates agree, here, in two of year, month and day. Sums are of counts, so what is found depends neither on the order of
the rows nor on that of the columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.dedup.dates import date_digits
from crmclean.dedup.forms import Form, Ints, code_texts, combine_codes, first_text, hash_texts, mix
from crmclean.dedup.kinds import FEW, Kind, as_category, carriers_of, kind_of, plain
from crmclean.dedup.pairs import pairs_of_runs, runs, sort_with
from crmclean.dedup.priors import Comparison, Frequency, Level
from crmclean.text import match_key

__all__ = [
    "PREFIX",
    "Unmapped",
    "claim",
    "judge_columns",
    "read_unmapped",
    "support_comparisons",
    "support_forms",
]

PREFIX = "other:"
Use = Literal["national_id", "birth_date", "place", "employer", "none"]

_LARGEST_RUN = 8  # records of one name or value beyond which they are no likely duplicates
_RARE = 0.5  # records of a name expected by chance up to which sharing it makes likely duplicates
_ENOUGH = 10  # pairs from which on an agreement is believed
_AGREES = 0.4  # agreement of likely duplicates from which on a column can identify
_TELLING = 0.5  # share of pairs of one value that must share a given name
_YEARS_APART = 10  # between the quartiles of birth years
_MANY = 200.0  # effective values of a date column, and
_VALUES = 30.0  # of a column that supports
_SUPPORTS, _LIFT = 0.5, 5.0  # agreement of likely duplicates, and how many times that of chance, of one that supports
_SUPPORTING = 4  # columns that support at most: further ones are likely to repeat what these say
_NAMED = 1_000  # pairs of a value and a name that are looked at for a column that repeats the names


@dataclass(frozen=True)
class Unmapped:
    """What a column without a field was found to be.

    Attributes
    ----------
    column : str
        Its header.
    kind, use : str
        What its values are, and as what they are compared.
    agreement : float or None
        Share of the likely duplicates with two values that agree; None where there are too few to tell.
    chance : float
        Share of all pairs of filled cells that agree.
    why : str
        The reason for ``use``, in words.
    """

    column: str
    kind: Kind
    use: Use
    agreement: float | None
    chance: float
    why: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def read_unmapped(measures: Mapping[str, Any] | None) -> tuple[Unmapped, ...] | None:
    """The findings of an earlier run from its measures; None where it had none."""
    if measures is None or "unmapped" not in measures:
        return None
    return tuple(Unmapped(**found) for found in measures["unmapped"])


def judge_columns(
    columns: Mapping[str, Sequence[pa.Array]], forms: Mapping[str, Form], entity: str
) -> tuple[Unmapped, ...]:
    """What each column under an ``other:`` name is and may say, in the order of their names.

    Parameters
    ----------
    columns : mapping of field to text columns
        All columns of the file; only those under an ``other:`` name are judged.
    forms : mapping of str to Form
        The compare forms of the others, records in the same order.
    entity : "person" or "company"
    """
    names = sorted(name for name in columns if name.startswith(PREFIX))
    if not names:
        return ()
    telling = next((forms[name] for name in _TELLS[entity] if name in forms), None)
    likely: _Likely | None = None
    found = []
    for name in names:
        kind, form = kind_of(code_texts([first_text(columns[name])], plain))
        if kind in ("constant", "row_key"):
            why = "one value only" if kind == "constant" else "no two records share a value"
            found.append(Unmapped(name[len(PREFIX) :], kind, "none", None, 0.0, why))
            continue
        if kind != "date" and _repeats_names(form, forms):
            found.append(Unmapped(name[len(PREFIX) :], kind, "none", None, 0.0, "it repeats the names"))
            continue
        likely = likely if likely is not None else _likely_duplicates(forms, entity)
        judged = _judged(name[len(PREFIX) :], kind, form, likely, telling)
        found.append(replace(judged, use=_goes_with(form, forms)) if judged.use == "employer" else judged)
    return _bounded(found, has_birth="birth" in forms or entity != "person")


def claim(columns: Mapping[str, list[pa.Array]], found: Iterable[Unmapped]) -> dict[str, list[pa.Array]]:
    """The columns with those that identify under the field they are compared as."""
    claimed = dict(columns)
    for item in found:
        arrays = columns.get(PREFIX + item.column)
        if arrays and item.use in ("national_id", "birth_date"):
            claimed[item.use] = [*claimed.get(item.use, []), *arrays]
    return claimed


def support_forms(columns: Mapping[str, Sequence[pa.Array]], found: Iterable[Unmapped]) -> dict[str, Form]:
    """The compare forms of the columns that support, under their ``other:`` names."""
    names = [PREFIX + item.column for item in found if item.use in _GROUPS]
    return {name: as_category(code_texts([first_text(columns[name])], plain)) for name in names if name in columns}


def support_comparisons(found: Iterable[Unmapped]) -> tuple[Comparison, ...]:
    """The comparisons of the columns that support: equal or not, three bits at most either way."""
    return tuple(
        Comparison(
            PREFIX + item.column,
            item.use,
            (Level("different", 0.3, 0.97), Level("exact", 0.7, 0.03, "value")),
            Frequency(1 / 50, 50.0, least=1 / 8),
            label=item.column,
        )
        for item in found
        if item.use == "place" or item.use == "employer"
    )


# ---- proof


_GROUPS: Mapping[str, tuple[str, ...]] = {"employer": ("company", "site"), "place": ("city", "postal_code", "street")}
_TELLS = {"person": ("given_skeleton", "family_skeleton", "local"), "company": ("company_first",)}


@dataclass(frozen=True)
class _Likely:
    """Pairs of records that are probably one, and how many of them are expected to be namesakes."""

    left: Ints
    right: Ints
    namesakes: float


def _likely_duplicates(forms: Mapping[str, Form], entity: str) -> _Likely:
    """Pairs by a rare full name, or by given name and mailbox; of companies by a name few carry."""
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    namesakes = 0.0
    given, family = forms.get("given_skeleton"), forms.get("family_skeleton")
    if entity == "company" and "company" in forms:
        found.append(_pairs_of(forms["company"].codes))
    if entity == "person" and given is not None and family is not None:
        keys, namesakes = _rare_names(given, family)
        found.append(_pairs_of(keys))
    if entity == "person" and given is not None and "email" in forms:
        mailboxes = np.atleast_2d(forms["email"].codes)
        found += [_pairs_of(combine_codes(row, given.codes, given.size)) for row in mailboxes]
    left, right = (np.concatenate(sides) for sides in zip(*found, strict=True))
    width = int(right.max(initial=0)) + 1
    distinct = np.unique(left * width + right)
    return _Likely(distinct // width, distinct % width, namesakes)


def _pairs_of(codes: Ints) -> tuple[Ints, Ints]:
    """Pairs of records of one code (0 = none), the lower first; of codes that few records have."""
    known = np.flatnonzero(codes)
    values, members = sort_with(codes[known].astype(np.int64), known, len(codes))
    starts, lengths = runs(values)
    few = (lengths > 1) & (lengths <= _LARGEST_RUN)
    left, right = pairs_of_runs(members, starts[few], lengths[few])
    return np.minimum(left, right), np.maximum(left, right)


def _rare_names(given: Form, family: Form) -> tuple[Ints, float]:
    """A key of each full name that chance hardly brings about (0 = none), and the pairs that it brings about still.

    Of N records, N_g of one given and N_f of one family name, N_g N_f / N are expected to have both by chance, and a
    Poisson number of that mean makes half its square of pairs.
    """
    carriers = [form.counts().astype(np.float64) for form in (given, family)]
    count = max(len(given.codes), 1)
    keys = combine_codes(given.codes, family.codes, family.size)
    keys[carriers[0][given.codes] * carriers[1][family.codes] / count > _RARE] = 0
    (some, often), (others, more) = (np.unique(each[1:], return_counts=True) for each in carriers)
    expected = some[:, None] * others / count
    pairs = np.where(expected <= _RARE, expected**2 / 2, 0.0) * often[:, None] * more
    return keys, float(pairs.sum())


def _agreement(kind: Kind, form: Form, likely: _Likely, chance: float) -> tuple[float | None, int]:
    """Share of the duplicates with two values that agree (None = too few to tell), and how many pairs were looked at.

    Namesakes are taken off the likely duplicates, though never more than three quarters of them.
    """
    a, b = form.codes[likely.left], form.codes[likely.right]
    known = np.flatnonzero((a > 0) & (b > 0))
    if len(known) < _ENOUGH:
        return None, len(known)
    a, b = a[known], b[known]
    if kind == "date":
        digits = date_digits(form.values)
        parts = (digits[:, :4], digits[:, 4:6], digits[:, 6:])
        agreed = sum(((part[a] == part[b]).all(axis=1).astype(int) for part in parts), np.zeros(len(a), int)) >= 2
    else:
        agreed = a == b
    namesakes = min(likely.namesakes * len(known) / len(likely.left), 0.75 * len(known))
    excess = max(float(agreed.sum()) - chance * namesakes, 0.0)
    return min(excess / (len(known) - namesakes), 1.0), len(known)


def _judged(column: str, kind: Kind, form: Form, likely: _Likely, telling: Form | None) -> Unmapped:
    carriers = carriers_of(form).astype(np.float64)
    filled = carriers.sum()
    chance = float((carriers * (carriers - 1)).sum() / max(filled * (filled - 1), 1.0))
    agreement, pairs = _agreement(kind, form, likely, chance)

    def verdict(use: Use, why: str) -> Unmapped:
        return Unmapped(column, kind, use, agreement, chance, why)

    if agreement is None:
        return verdict("none", f"only {pairs} likely duplicates to tell by")
    if kind in ("text", "number"):
        return verdict("none", "free text" if kind == "text" else "a quantity")
    told = f"{agreement:.0%} of {pairs:,} likely duplicates agree"
    if kind == "date":
        if agreement < _AGREES:
            return verdict("none", told)
        if not _like_births(form, carriers):
            return verdict("none", "the dates do not lie apart as birth dates do")
        return verdict("birth_date", told)
    if kind == "identifier" and agreement >= _AGREES and telling is not None:
        share = _share_given(telling, form)
        if share is not None and share >= _TELLING:
            return verdict("national_id", f"{told}, and {share:.0%} of the pairs that share a value share a name")
    effective = filled**2 / (carriers**2).sum() if filled else 0.0
    if agreement >= _SUPPORTS and agreement >= _LIFT * chance and effective >= _VALUES:
        return verdict("employer", told)
    return verdict("none", f"{told}, {chance:.1%} of all pairs")


def _like_births(form: Form, carriers: Ints) -> bool:
    """Whether dates are spread over decades, many of them, none carried by a large part of the file."""
    counts = form.counts()[1:]
    years = pc.cast(pc.utf8_slice_codeunits(form.values.slice(1), 0, 4), pa.int64()).to_numpy()
    order = np.argsort(years, kind="stable")
    reached = np.cumsum(counts[order])
    lower, upper = (years[order[np.searchsorted(reached, share * reached[-1])]] for share in (0.25, 0.75))
    effective = carriers.sum() ** 2 / (carriers**2).sum()
    return bool(upper - lower >= _YEARS_APART and effective >= min(_MANY, carriers.sum() / FEW))


def _share_given(form: Form, shared: Form) -> float | None:
    """Share of the pairs of one value of ``shared`` that also agree on ``form``; None where too few pairs have both."""
    pairs = [_pairs_of(row) for row in np.atleast_2d(shared.codes)]
    a, b = (form.codes[np.concatenate(side)] for side in zip(*pairs, strict=True))
    both = (a > 0) & (b > 0)
    return float((a[both] == b[both]).mean()) if int(both.sum()) >= _ENOUGH else None


def _goes_with(form: Form, forms: Mapping[str, Form]) -> Use:
    """The group of affiliation whose fields, where two records share them, the column agrees with most."""

    def share(names: Iterable[str]) -> float:
        return max((_share_given(form, forms[name]) or 0.0 for name in names if name in forms), default=0.0)

    return "place" if share(_GROUPS["place"]) > share(_GROUPS["employer"]) else "employer"


def _repeats_names(form: Form, forms: Mapping[str, Form]) -> bool:
    """Whether the values of a column mostly hold their record's own given or family name."""
    for name in ("given", "family", "company"):
        if name not in forms:
            continue
        names = forms[name]
        packed = np.unique(form.codes.astype(np.int64) * names.size + names.codes)
        value, spelt = packed // names.size, packed % names.size
        told = np.flatnonzero((value > 0) & (spelt > 0) & (pc.utf8_length(names.values).to_numpy()[spelt] > 2))
        hashes = mix(hash_texts(form.values)[value[told]] + mix(hash_texts(names.values)[spelt[told]]))
        told = told[np.argsort(hashes, kind="stable")[:_NAMED]]
        texts = pc.replace_substring(match_key(form.values.take(pa.array(value[told]))), " ", "").to_pylist()
        inside = pc.replace_substring(names.values.take(pa.array(spelt[told])), " ", "").to_pylist()
        if len(told) and sum(one in text for one, text in zip(inside, texts, strict=True)) >= len(told) / 2:
            return True
    return False


def _bounded(found: Sequence[Unmapped], *, has_birth: bool) -> tuple[Unmapped, ...]:
    """One birth date at most, and few columns that support: the best of each, ties by name."""
    ranked = sorted(found, key=lambda item: (-(item.agreement or 0.0), item.column))
    kept = [] if has_birth else [item for item in ranked if item.use == "birth_date"][:1]
    kept += [item for item in ranked if item.use in _GROUPS][:_SUPPORTING]
    return tuple(
        item if item.use in ("none", "national_id") or item in kept else replace(item, use="none", why=_beside(item))
        for item in found
    )


def _beside(item: Unmapped) -> str:
    return "the file has a birth date already" if item.use == "birth_date" else "other columns agree more often"
