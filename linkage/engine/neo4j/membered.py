"""Where an account stands in the pages of its ring, on its relationship to the ring: an index reads a page from there.

A page of a ring of 20,000 cannot look at all of them, and no index spans a relationship and the account it starts at.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def member_places(memberships: pa.Table, accounts: pa.Table) -> dict[str, Any]:
    """Columns for MEMBER_OF: ring_id, account_id, created (seconds since 1970), undated (true where that is null)."""
    row = pc.index_in(memberships["account_id"], value_set=accounts["account_id"])
    created = accounts["created_at"].cast(pa.timestamp("us")).take(row).cast(pa.int64())
    # As the reader's statements have a node's time: whole milliseconds, in seconds.
    unknown = pc.is_null(created)
    milliseconds = pc.fill_null(created, 0).to_numpy() // 1000
    return {
        "ring_id": memberships["ring_id"],
        "account_id": memberships["account_id"],
        "created": pa.array(milliseconds / 1000.0, mask=unknown.to_numpy()),
        "undated": pa.array(np.ones(len(row), dtype=np.bool_), mask=pc.invert(unknown).to_numpy()),
    }
