"""Memberships and labels brought together: one row an account, rings as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.warehouse import Warehouse

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

NONE = -1
"""Stands for "in no ring"."""


@dataclass(frozen=True)
class Joined:
    """One row for each labelled account.

    `found` and `true` number the predicted and the true ring (NONE: in none), `flagged` and `size` are the
    membership's own flag and the size of its ring, `victim` is the truth. A predicted victim is in no ring
    here: the run says that the account is not the operator's. `unlabelled` and `contradicted` count accounts.
    """

    found: IntArray
    true: IntArray
    flagged: BoolArray
    size: IntArray
    victim: BoolArray
    unlabelled: int
    contradicted: int


_LABELS = """
CREATE TABLE truth AS
SELECT
    CAST(account_id AS VARCHAR) AS account_id,
    min(ring) FILTER (role IS DISTINCT FROM 'innocent') AS ring,
    count(DISTINCT ring) FILTER (role IS DISTINCT FROM 'innocent') > 1 AS contradicted,
    bool_or(role IS NOT DISTINCT FROM 'victim') AS victim
FROM (SELECT account_id, nullif(trim(CAST(ring_id AS VARCHAR)), '') AS ring, lower(role) AS role FROM labels)
GROUP BY 1
"""

_JOINED = """
WITH sizes AS (SELECT ring_id, count(*) AS size FROM memberships GROUP BY ring_id)
SELECT
    m.ring_id AS found,
    coalesce(m.flagged, false) AS flagged,
    coalesce(s.size, 0) AS size,
    t.ring AS truth,
    t.victim,
    t.contradicted
FROM truth AS t
LEFT JOIN (SELECT * FROM memberships WHERE role IS DISTINCT FROM 'victim') AS m
    ON CAST(m.account_id AS VARCHAR) = t.account_id
LEFT JOIN sizes AS s ON s.ring_id = m.ring_id
"""

_UNLABELLED = """
SELECT count(DISTINCT account_id) FROM memberships AS m
WHERE NOT EXISTS (SELECT 1 FROM truth AS t WHERE t.account_id = CAST(m.account_id AS VARCHAR))
"""


def join(memberships: pa.Table, labels: pa.Table) -> Joined:
    """Joins on the account; labels of one account are collapsed, a ring outweighs an empty one."""
    with Warehouse.open() as warehouse:
        warehouse.register("memberships", _with(memberships, "role"), view=True)
        warehouse.register("labels", _with(_with(labels, "ring_id"), "role"), view=True)
        warehouse.execute(_LABELS)
        rows = warehouse.arrow(_JOINED)
        unlabelled = int(warehouse.scalar(_UNLABELLED) or 0)
    return Joined(
        found=_numbered(rows["found"]),
        true=_numbered(rows["truth"]),
        flagged=rows["flagged"].to_numpy(zero_copy_only=False).astype(np.bool_),
        size=rows["size"].to_numpy(zero_copy_only=False).astype(np.int64),
        victim=rows["victim"].to_numpy(zero_copy_only=False).astype(np.bool_),
        unlabelled=unlabelled,
        contradicted=int(rows["contradicted"].to_numpy(zero_copy_only=False).astype(np.bool_).sum()),
    )


def _with(table: pa.Table, name: str) -> pa.Table:
    if name not in table.column_names:
        return table.append_column(name, pa.nulls(table.num_rows, pa.string()))
    return table.set_column(table.column_names.index(name), name, table[name].cast(pa.string()))


def _numbered(values: pa.ChunkedArray) -> IntArray:
    """Distinct texts as numbers from 0, null as NONE."""
    codes = values.combine_chunks().dictionary_encode()
    if isinstance(codes, pa.ChunkedArray):
        codes = codes.unify_dictionaries().combine_chunks()
    numbers: IntArray = codes.indices.fill_null(NONE).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers
