"""Reading who belongs together, from files and from output folders, to be scored by `crmclean.evaluate`.

A prediction is a table with a record id and a cluster id in each row (what ``crmclean dedupe`` writes, or any other) or
an output folder of ``crmclean clean``, which has the links as well. A truth is a table of the same kind, or one of
pairs.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crmclean.errors import InputUnreadable, UsageError
from crmclean.evaluate import Clustering, Codes, Links
from crmclean.files.read import read_source
from crmclean.tables.batch import as_text

__all__ = ["read_prediction", "read_truth"]

_IDS = ("crmclean_record_id", "record_id", "id")
_CLUSTERS = ("crmclean_cluster_id", "cluster_id", "cluster")
_PAIRS = (("id_l", "id_r"), ("record_id_l", "record_id_r"), ("crmclean_record_id_l", "crmclean_record_id_r"))
_LINE = "line"


def read_prediction(path: str | os.PathLike[str], id: str = "", cluster: str = "") -> Clustering:
    """A clustering to be judged.

    Parameters
    ----------
    path : path or "-"
        A table of records, or an output folder of ``crmclean clean``.
    id, cluster : str
        The columns of a table; those of ``crmclean dedupe`` when not given. Of a folder, ``id`` can be "line": records
        are then known by their line in the input.

    Raises
    ------
    InputError
        There is no such file or folder, or it cannot be a clustering: a record stands in it twice, say.
    UsageError
        It has no such columns.
    """
    if path != "-" and Path(path).is_dir():
        if cluster or id not in ("", "record_id", "crmclean_record_id", _LINE):
            raise UsageError(
                f"{path} is an output folder, whose records are known by their record id or by --id {_LINE}",
                hint=f"crmclean evaluate {path} TRUE",
            )
        return _of_folder(Path(path), by_line=id == _LINE)
    name, table = _read(path)
    id, cluster = id or _first(table.schema.names, _IDS), cluster or _first(table.schema.names, _CLUSTERS)
    columns = _column(name, table, id, "--id"), _column(name, table, cluster, "--cluster")
    found = _of_table(name, table, *columns, alone=True)
    if pc.count_distinct(found.ids).as_py() < len(found.ids):
        counts = found.ids.value_counts()
        most = counts[int(np.argmax(counts.field("counts")))].as_py()
        raise InputUnreadable(
            f"{name}: the record id {most['values']!r} stands in {most['counts']:,} rows",
            hint="a record has one row; name a column of unique ids: --id COLUMN",
        )
    return found


def read_truth(
    path: str | os.PathLike[str], id: str = "", cluster: str = "", *, pairs: bool = False, like: Sequence[str] = ()
) -> Clustering:
    """A true clustering: a table with a row for each record, or for each true pair.

    Parameters
    ----------
    id, cluster : str
        The columns. When not given: well-known ones, those ``like`` in the prediction, else a table's only two.
    pairs : bool
        Whether a row is a pair; a table with the columns id_l and id_r is one of pairs anyway.

    Raises
    ------
    InputError, UsageError
        As for `read_prediction`; also where one record is in two clusters.
    """
    name, table = _read(path)
    names = table.schema.names
    couple = _couple(names, id, cluster, pairs)
    if couple:
        return _of_pairs(name, *(as_text(table[_column(name, table, item, "")]) for item in couple))
    if pairs:
        raise UsageError(f"which two columns of {name} are a pair is not clear", hint=_naming(names))
    id = id or _first([item for item in names if item != cluster], (*like[:1], *_IDS))
    cluster = cluster or _first([item for item in names if item != id], (*like[1:], *_CLUSTERS))
    if len(names) == 2:  # what is left is the other
        id = id or next(item for item in names if item != cluster)
        cluster = cluster or next(item for item in names if item != id)
    columns = _column(name, table, id, "--true-id"), _column(name, table, cluster, "--true-cluster")
    found = _of_table(name, table, *columns, alone=False)
    codes = found.ids.dictionary_encode().indices.to_numpy(zero_copy_only=False)
    _, first = np.unique(codes, return_index=True)
    if len(first) < len(codes):
        torn = found.labels[first][codes] != found.labels
        if torn.any():
            twice = found.ids[int(torn.argmax())].as_py()
            raise InputUnreadable(
                f"{name}: the record id {twice!r} is in several clusters", hint="give --pairs if its rows are pairs"
            )
        first.sort()
        found = replace(found, ids=found.ids.take(pa.array(first)), labels=found.labels[first])
    return found


def _read(path: str | os.PathLike[str]) -> tuple[str, pa.Table]:
    source = read_source(path, has_header=True)
    return "standard input" if source.name == "-" else source.name, source.table


def _first(names: Sequence[str], usual: Sequence[str]) -> str:
    return next((item for item in usual if item and item in names), "")


def _column(name: str, table: pa.Table, column: str, option: str) -> str:
    """The column, if it was found and is there."""
    names = table.schema.names
    if column and column in names:
        return column
    if column:
        raise UsageError(f"{name} has no column {column!r}", hint=_naming(names))
    what = "record id" if option.endswith("id") else "cluster id"
    raise UsageError(f"which column of {name} is the {what} is not clear: say {option} COLUMN", hint=_naming(names))


def _couple(names: Sequence[str], id: str, cluster: str, pairs: bool) -> tuple[str, str] | None:
    """The two columns of a table of pairs; None where it is none, or they are not known."""
    usual = next((pair for pair in _PAIRS if set(pair) <= set(names)), None)
    if not pairs:
        return None if id or cluster else usual
    if id and cluster:
        return id, cluster
    return usual or ((names[0], names[1]) if len(names) == 2 else None)


def _naming(names: Sequence[str]) -> str:
    return f"one of its columns: {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}"


def _of_table(name: str, table: pa.Table, id: str, cluster: str, *, alone: bool) -> Clustering:
    """Rows with an id; those without a cluster are ``alone``, or else left out."""
    if id == cluster:
        raise UsageError(f"{name}: the column {id!r} cannot be both the record id and the cluster id")
    ids, clusters = (pc.fill_null(as_text(table[item]), "") for item in (id, cluster))
    named, labelled = pc.not_equal(ids, ""), pc.not_equal(clusters, "")
    notes = _counted(named, f"{name}: rows without {id!r}, left out")
    word = "taken as on their own" if alone else "left out"
    notes += _counted(pc.or_(labelled, pc.invert(named)), f"{name}: records without {cluster!r}, {word}")
    kept = named if alone else pc.and_(named, labelled)
    ids, clusters, labelled = ids.filter(kept), clusters.filter(kept), labelled.filter(kept)
    labels = clusters.dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    single = ~labelled.to_numpy(zero_copy_only=False)
    labels = np.where(single, len(ids) + np.arange(len(ids)), labels)
    if not len(ids):
        raise InputUnreadable(f"{name} has no record with an id and a cluster", hint=_naming(table.schema.names))
    return Clustering(name, ids, labels, notes=tuple(notes))


def _counted(fine: pa.BooleanArray, what: str) -> list[str]:
    """A note on how many are not fine, if any."""
    count = len(fine) - (pc.sum(fine).as_py() or 0)
    return [f"{what}: {count:,}"] if count else []


def _of_pairs(name: str, left: pa.Array, right: pa.Array) -> Clustering:
    """Connected components of pairs of ids."""
    from crmclean.dedup.components import components

    whole = pc.and_(*(pc.not_equal(pc.fill_null(side, ""), "") for side in (left, right)))
    notes = _counted(whole, f"{name}: rows without two ids, left out")
    left, right = left.filter(whole), right.filter(whole)
    both = pa.concat_arrays([left, right]).dictionary_encode()
    codes = both.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    one, other = codes[: len(left)], codes[len(left) :]
    labels = components(len(both.dictionary), one, other).astype(np.int64)
    low, high = np.minimum(one, other), np.maximum(one, other)
    given = len(np.unique((low * len(labels) + high)[low < high]))
    sizes = np.bincount(labels)
    implied = int((sizes * (sizes - 1) // 2).sum()) - given
    if implied:
        notes.append(f"{name}: pairs that follow from its {given:,} (A is B, B is C) and count as true: {implied:,}")
    return Clustering(name, both.dictionary, labels, rest_alone=True, notes=tuple(notes))


def _of_folder(folder: Path, *, by_line: bool) -> Clustering:
    """The clusters and links of a run."""
    evidence = folder / "evidence"
    if not (folder / "manifest.json").is_file() or not evidence.is_dir():
        raise InputUnreadable(
            f"{folder} is no output folder of crmclean", hint="name a folder that `crmclean clean` wrote"
        )
    rows = _evidence(evidence, "rows", ["row", "record_id", "source", "line"])
    clusters = _evidence(evidence, "clusters", ["row", "cluster_id"])
    links = _evidence(evidence, "links", ["row_l", "row_r", "probability"])
    count = rows.num_rows
    labels: Codes = count + np.arange(count)  # set aside, say: on its own
    codes = clusters["cluster_id"].combine_chunks().dictionary_encode().indices
    labels[clusters["row"].to_numpy()] = codes.to_numpy(zero_copy_only=False)
    sources = rows["source"].combine_chunks().cast(pa.large_string())
    start = pc.binary_join_element_wise(sources, pa.scalar("", pa.large_string()), pa.scalar(":", pa.large_string()))
    if by_line:
        short = rows["line"].combine_chunks().cast(pa.large_string())
        ids = pc.binary_join_element_wise(start, short, pa.scalar("", pa.large_string()))
    else:
        ids = as_text(rows["record_id"])
        short = _without(ids, start)
    alone = count - clusters.num_rows
    told = f"{folder}: records in no cluster (set aside, say), each on its own where scored: {alone:,}"
    notes = (told,) if alone else ()
    left, right = (links[side].to_numpy().astype(np.int64) for side in ("row_l", "row_r"))
    scored = Links(left, right, links["probability"].to_numpy())
    return Clustering(str(folder), ids, labels, scored, short, notes=notes)


def _without(ids: pa.Array, start: pa.Array) -> pa.Array:
    """Ids without the name of their source in front, where it is there."""
    names = start.dictionary_encode()
    codes = names.indices.to_numpy(zero_copy_only=False)
    for code, name in enumerate(names.dictionary.to_pylist()):  # one round an input
        bare = pc.if_else(pc.starts_with(ids, name), pc.utf8_slice_codeunits(ids, len(name)), ids)
        ids = pc.if_else(pa.array(codes == code), bare, ids)
    return ids


def _evidence(folder: Path, name: str, columns: list[str]) -> pa.Table:
    path = folder / f"{name}.parquet"
    try:
        return pq.read_table(path, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise InputUnreadable(f"{path} cannot be read: {error}", hint="clean the input again") from error
