"""Finding duplicates and changing nothing else: `dedupe` and what it would compare.

A room of its own beside `api`, as it needs neither the steps of `clean` nor, for a file, pandas: half of what a small
file's run would take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.errors import UsageError
from crmclean.inputs import Input, read_input
from crmclean.planning import infer_fields
from crmclean.ruleset.lean import LeanRules, lean_rules
from crmclean.tables.batch import as_text
from crmclean.tables.evidence import TEXT
from crmclean.tables.fields import BY_NAME
from crmclean.tables.frames import as_frame, is_frame
from crmclean.tables.shares import share_text

if TYPE_CHECKING:
    import pandas as pd

    from crmclean.dedup.core import PairCount, Result
    from crmclean.dedup.judgements import Judged
    from crmclean.files.read import Source
    from crmclean.labels import Labels
    from crmclean.ruleset.load import RulesLike
    from crmclean.ruleset.spec import Rules

__all__ = ["Deduped", "count_pairs", "dedupe", "dedupe_source"]


@dataclass(frozen=True)
class Deduped:
    """What `dedupe` found, and what it went by.

    Attributes
    ----------
    table : pyarrow.Table
        The input's columns, then those of crmclean; lines without cells stand in ``crmclean_raw``.
    compared : dict of str to str
        Column -> what it was compared as, in the order of the file; columns that were not compared are not in it.
    left_out : tuple of str
        The other columns.
    identifies : bool
        Whether anything that was compared can tell who a record is; else no two records are ever joined.
    """

    table: pa.Table
    compared: dict[str, str]
    left_out: tuple[str, ...]
    identifies: bool


def dedupe(
    data: Input,
    *,
    mapping: Mapping[str, str] | None = None,
    entity: Literal["person", "company"] = "person",
    rules: RulesLike = "default",
    labels: Labels | None = None,
    one_to_one: str | None = None,
) -> pd.DataFrame:
    """The rows and columns of the input in order, plus what the dedup core found.

    Parameters
    ----------
    data : DataFrame, path, "-" or binary file
        The records; nothing is normalised or changed.
    mapping : mapping of column to field, optional
        What the columns mean; inferred from headers and data when not given. Columns it leaves out are still compared
        if their data tell what they are.
    entity : {"person", "company"}
        What one record stands for.
    labels : path, DataFrame or Judgements, optional
        Pairs of records that a person has judged (`crmclean.labels`), by the number of their rows (from 1), which is
        also their crmclean_record_id, or by the input's own id column: obeyed, and learnt from within bounds.
    one_to_one : str, optional
        A column that says which source a row is from (an import list, the CRM). Each row is then joined with at most
        one row of any other source, the likeliest, and with none of its own; equally likely ones are left apart.

    Returns
    -------
    DataFrame
        The input's columns, then crmclean_record_id, crmclean_cluster_id and crmclean_match_probability (the
        probability of the record's best match link, 1 if a person judged it; missing for a record that stands alone).

    Raises
    ------
    UsageError
        The input is of a kind that cannot be read, or an option names what is not there.
    """
    wanted = lean_rules(rules)
    source = read_input(data, wanted)
    found = dedupe_source(source, mapping=mapping, entity=entity, rules=wanted, labels=labels, one_to_one=one_to_one)
    if is_frame(data):
        import pandas as pd  # a caller with a frame has it

        ours = as_frame(found.table.select(found.table.schema.names[-3:]))
        ours.index = data.index
        return pd.concat([data, ours], axis=1)
    return as_frame(found.table)


def dedupe_source(
    source: Source,
    *,
    mapping: Mapping[str, str] | None,
    entity: Literal["person", "company"],
    rules: Rules | LeanRules,
    labels: Labels | None = None,
    one_to_one: str | None = None,
) -> Deduped:
    """As `dedupe`, from a source to an Arrow table."""
    from crmclean.dedup.compared import tells_who  # not needed for the other commands
    from crmclean.dedup.core import link_records
    from crmclean.dedup.workings import settings_of

    _refuse_entity(entity)
    meaning = _meaning(source, mapping, rules)
    fields = _by_field(source, meaning)
    settings = replace(settings_of(rules.dedup), entity=entity)
    number = pa.array(np.arange(1, source.table.num_rows + 1)).cast(TEXT)
    judged = _judged(labels, [number, *fields.get("id", [])]) if labels is not None else None
    sources = _sources(source, one_to_one) if one_to_one is not None else None
    result = link_records(fields, settings, judged=judged, sources=sources)
    compared = _compared_as(meaning, result, entity, settings.exclude)
    left_out = tuple(name for name in _own_names(source) if name not in compared)
    return Deduped(
        _with_clusters(source, number, result), compared, left_out, tells_who(result.measures["levels"], entity)
    )


def _with_clusters(source: Source, number: pa.Array, result: Result) -> pa.Table:
    """The columns of a source and what was found."""
    best = np.full(len(number), np.nan)
    matches = result.links.filter(pc.equal(result.links["decision"], "match"))
    probability = np.where(pc.equal(matches["decided_by"], "judgement"), 1.0, matches["probability"])
    for side in ("row_l", "row_r"):
        np.fmax.at(best, matches[side].to_numpy(), probability)
    table = source.table.select(_own_names(source))
    table = table.append_column("crmclean_record_id", number)
    table = table.append_column("crmclean_cluster_id", number.take(pa.array(result.cluster.astype(np.int64))))
    table = table.append_column("crmclean_match_probability", share_text(best))
    if not source.unaligned:
        return table
    return table.append_column(
        "crmclean_raw", pa.array([source.unaligned.get(row) for row in range(len(number))], TEXT)
    )


def _own_names(source: Source) -> list[str]:
    """The columns of a source that no earlier run of ours wrote."""
    return [name for name in source.table.schema.names if not name.startswith("crmclean_")]


def _refuse_entity(entity: str) -> None:
    if entity not in ("person", "company"):
        raise UsageError(f"a record can stand for a person or a company, not for a {entity!r}")


def _compared_as(meaning: Mapping[str, str], result: Result, entity: str, exclude: frozenset[str]) -> dict[str, str]:
    """The columns that were compared and what as: their field, or what their data proved them to be."""
    from crmclean.dedup.compared import fields_of

    known = fields_of(entity) - exclude
    proved = {item["column"]: item["use"] for item in result.measures["unmapped"] if item["use"] != "none"}
    return {name: field for name, field in meaning.items() if field in known} | proved


def _sources(source: Source, column: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A code for each value of the column that says where a row is from; -1 where it is empty."""
    if column not in source.table.schema.names:
        raise UsageError(f"{source.name} has no column {column!r} that could say which source a row is from")
    names = pc.utf8_trim_whitespace(pc.fill_null(as_text(source.table[column]), ""))
    codes = names.dictionary_encode().indices.to_numpy().astype(np.int64)
    return np.where(np.asarray(pc.equal(names, "")), -1, codes)


def _judged(labels: Labels, known: list[pa.Array]) -> Judged:
    """The judged pairs by row; records are called by one of the ``known`` columns."""
    from crmclean.dedup.judgements import Judged
    from crmclean.labels import read_labels

    return Judged.of(len(known[0]), *read_labels(labels).find(known))


def count_pairs(
    data: Input,
    *,
    mapping: Mapping[str, str] | None = None,
    entity: Literal["person", "company"] = "person",
    rules: RulesLike | LeanRules = "default",
) -> PairCount:
    """How many pairs of records `dedupe` would look at, rule by rule, without linking any. Parameters as there.

    Returns
    -------
    PairCount
        ``records``, a ``RuleReport`` for each blocking rule, and the number of distinct candidate ``pairs``.
    """
    from crmclean.dedup import core
    from crmclean.dedup.workings import settings_of

    _refuse_entity(entity)
    wanted = lean_rules(rules)
    fields = _compared(read_input(data, wanted), mapping, wanted)
    return core.count_pairs(fields, replace(settings_of(wanted.dedup), entity=entity))


def _meaning(source: Source, mapping: Mapping[str, str] | None, rules: Rules | LeanRules) -> dict[str, str]:
    """The field of each column that has one, in the order of the file."""
    names = _own_names(source)
    if mapping is None:
        found = infer_fields(source, rules)
        return {name: found[name] for name in names if name in found}
    unknown = [name for name in mapping if name not in names]
    if unknown:
        raise UsageError(
            f"the map names column {unknown[0]!r}, which {source.name} does not have ({', '.join(names[:12])})"
        )
    wrong = [value for value in mapping.values() if value and value not in BY_NAME and value not in _BIRTH_PARTS]
    if wrong:
        raise UsageError(
            f"the map names field {wrong[0]!r}, which does not exist", hint="crmclean plan FILE shows fields"
        )
    return {name: mapping[name] for name in names if mapping.get(name)}


def _compared(source: Source, mapping: Mapping[str, str] | None, rules: Rules | LeanRules) -> dict[str, list[pa.Array]]:
    """What the core is given of a source."""
    return _by_field(source, _meaning(source, mapping, rules))


def _by_field(source: Source, meaning: Mapping[str, str]) -> dict[str, list[pa.Array]]:
    """Field -> columns; what has no field goes along under ``other:<header>``."""
    fields: dict[str, list[pa.Array]] = {}
    for name in _own_names(source):
        field = meaning.get(name) or f"other:{name}"
        fields.setdefault(field, []).append(pc.fill_null(as_text(source.table[name]), ""))
    return fields


_BIRTH_PARTS = ("birth_year", "birth_month", "birth_day")
