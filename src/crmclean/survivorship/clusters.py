"""Settling clusters: who is merged into whom, and the lasting name of each cluster.

A cluster's id is the smallest record id of its members when it is founded. Afterwards it lives on while any member
stays: the id an earlier run wrote into ``crmclean_cluster_id`` is kept, and where two such clusters meet, the one
whose id sorts first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from crmclean.tables.batch import Batch
from crmclean.tables.evidence import DISPOSITIONS, SCHEMAS, enum_array, evidence_table

__all__ = ["CLUSTER_COLUMN", "settle"]

Ints = np.ndarray[Any, np.dtype[np.int64]]
CLUSTER_COLUMN = "crmclean_cluster_id"


def settle(batch: Batch, positions: Ints, survivors: Ints, statements: pa.Table | None = None) -> Batch:
    """The batch with dispositions, survivor rows, clusters and survivors' cluster ids brought up to date.

    Parameters
    ----------
    positions, survivors : int64 arrays
        Record at ``positions[i]`` is now represented by the one at ``survivors[i]`` (itself, for a master).
    statements : pyarrow.Table, optional
        What this round says about its golden records: columns owner (position), field, value, from_row, survivor_rule.
    """
    quarantined = batch.is_disposition("quarantined")
    nobody = np.empty(0, np.int64)
    old_root = _roots(batch, nobody, nobody)
    root = _roots(batch, positions, survivors)
    merged = root != np.arange(len(batch))
    codes = np.select([quarantined, merged], [DISPOSITIONS.index("quarantined"), DISPOSITIONS.index("merged")], 0)
    rows = batch.rows
    for name, values in (
        ("disposition", enum_array(codes, DISPOSITIONS)),
        ("survivor_row", pa.array((root + batch.first_row).astype(np.int32), mask=~merged)),
    ):
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, rows.schema.field(place), values)
    names = _names(batch, root)
    kept = np.flatnonzero(~quarantined)
    sizes = np.bincount(root[kept], minlength=len(batch))
    clusters = evidence_table(
        "clusters",
        {
            "row": batch.row_numbers[kept],
            "cluster_id": names.take(pa.array(root[kept])),
            "cluster_size": sizes[root[kept]].astype(np.int32),
        },
    )
    if statements is not None:
        found = _survivors(batch, statements, (old_root, _names(batch, old_root)), (root, names))
        batch = batch.replacing(survivors=found)
    return batch.with_rows(rows).replacing(clusters=clusters)


def _roots(batch: Batch, positions: Ints, survivors: Ints) -> Ints:
    """The surviving position of every row, following earlier rounds."""
    root = np.arange(len(batch))
    earlier = batch.rows["survivor_row"]
    has = np.asarray(pc.is_valid(earlier).to_numpy(), bool)
    root[has] = pc.fill_null(earlier, 0).to_numpy()[has] - batch.first_row
    step = np.arange(len(batch))
    step[positions] = survivors
    return step[root]


def _names(batch: Batch, root: Ints) -> pa.Array:
    """Cluster id by position of the surviving row; record ids elsewhere."""
    ids = batch.rows["record_id"].combine_chunks()
    candidates, owners, late = ids, root, np.ones(len(batch), np.int64)
    if CLUSTER_COLUMN in batch.originals.schema.names:
        cells = pc.fill_null(batch.originals[CLUSTER_COLUMN], "").combine_chunks()
        has = np.flatnonzero(np.asarray(pc.not_equal(cells, "")))
        earlier = cells.take(pa.array(has)).cast(ids.type)
        candidates = pa.concat_arrays([ids, earlier])
        owners = np.concatenate([root, root[has]])
        late = np.concatenate([late, np.zeros(len(has), np.int64)])
    several = np.flatnonzero(np.bincount(owners, minlength=len(batch))[owners] > 1)  # one alone names itself
    rank = np.empty(len(several), np.int64)
    rank[pc.sort_indices(candidates.take(pa.array(several))).to_numpy()] = np.arange(len(several))
    order = several[np.lexsort((rank, late[several], owners[several]))]
    owner, first = np.unique(owners[order], return_index=True)
    source = np.arange(len(batch))
    source[owner] = order[first]
    return candidates.take(pa.array(source))


def _survivors(
    batch: Batch, statements: pa.Table, before: tuple[Ints, pa.Array], after: tuple[Ints, pa.Array]
) -> pa.Table:
    """The survivors table after a round.

    ``statements`` holds what this round says, with the master's position in ``owner``. It replaces what earlier
    rounds said about the same golden records; a value that was golden already is traced back to where it came from.
    """
    (_, old_names), (root, names) = before, after
    old = batch.evidence.survivors
    if old.num_rows:
        owner = pc.index_in(old["cluster_id"], old_names).to_numpy().astype(np.int64)
        statements = _traced(statements, old.append_column("owner", pa.array(owner)))
        spoken = np.unique(statements["owner"].to_numpy())
        stays = (root[owner] == owner) & ~np.isin(owner, spoken)
        old = old.append_column("owner", pa.array(owner)).filter(pa.array(stays))
    else:
        old = statements.slice(0, 0)
    table = pa.concat_tables([old.select(statements.schema.names), statements], promote_options="default")
    owner = table["owner"].to_numpy()
    columns = {name: table[name] for name in SCHEMAS["survivors"].names if name != "cluster_id"}
    return evidence_table("survivors", {"cluster_id": names.take(pa.array(owner)), **columns})


def _traced(statements: pa.Table, old: pa.Table) -> pa.Table:
    """Follow an origin that was itself a golden record: the same field and value point to the first source."""
    new = statements.select(["field", "value", "from_row"]).to_pandas()
    earlier = old.select(["field", "value", "from_row", "owner"]).to_pandas()
    earlier = earlier.drop_duplicates(["owner", "field", "value"])
    first_row = earlier.pop("from_row")
    earlier["origin"] = first_row
    position = new["from_row"].astype("int64")
    found = new.assign(owner=position, field=new["field"].astype(str)).merge(
        earlier.assign(owner=earlier["owner"].astype("int64"), field=earlier["field"].astype(str)),
        how="left",
        on=["owner", "field", "value"],
    )
    traced = found["origin"].fillna(found["from_row"]).to_numpy().astype(np.int32)
    place = statements.schema.get_field_index("from_row")
    return statements.set_column(place, "from_row", pa.array(traced))
