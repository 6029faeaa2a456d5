"""The rings that a run drew for people to decide on, with what they need to begin."""

from __future__ import annotations

import pyarrow as pa

from linkage.engine.base import View
from linkage.errors import UsageError
from linkage.warehouse import Warehouse

# Enough to decide a ring by: calibration asks for two.
MOST_ACCOUNTS = 5


def review_queue(view: View) -> pa.Table:
    """ring_id, size, score, raw_score, verdict, story, stratum, probability, top_reasons, account_ids: a row a ring.

    `account_ids` are members drawn at random, as a JSON list; `probability` is the ring's chance to have been drawn
    from its `stratum`. UsageError for a run that was made before rings were drawn.
    """
    rings = view.rings()
    if "review_probability" not in rings.column_names:
        raise UsageError(f"run {view.run.run_id} was made before rings were drawn for review")
    with Warehouse.open(None) as warehouse:
        warehouse.register("ring", rings, view=True)
        warehouse.register("membership", view.memberships(), view=True)
        return warehouse.query("views/review", run=view.run.run_id, most=MOST_ACCOUNTS)
