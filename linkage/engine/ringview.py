"""One ring as people read it, from any published run."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.base import View
from linkage.errors import UsageError

_RING = ("ring_id", "size", "score", "verdict", "story", "flagged", "first_seen", "last_seen")


def explain_ring(view: View, ring_id: str) -> dict[str, Any]:
    """The ring's own row without its features, and what is kept of it as JSON, as objects."""
    ring = _row(view.rings(), ring_id)
    if ring is None:
        raise UsageError(f"run {view.run.run_id} knows no ring {ring_id!r}")
    told = _row(view.explanations(), ring_id) or {}
    threshold = view.run.parameters.get("threshold")
    return {
        **{name: ring.get(name) for name in _RING},
        "threshold": threshold,
        **{name: json.loads(text) for name, text in told.items() if name != "ring_id" and text},
    }


def _row(table: pa.Table, ring_id: str) -> dict[str, Any] | None:
    rows: list[dict[str, Any]] = table.filter(pc.equal(table["ring_id"], ring_id)).to_pylist()
    return rows[0] if rows else None
