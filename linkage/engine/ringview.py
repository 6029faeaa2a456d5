"""One ring as people read it, from any published run."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from linkage.engine.base import View
from linkage.errors import UsageError

_RING = (
    "ring_id", "size", "score", "raw_score", "verdict", "story", "flagged", "first_seen", "last_seen", "decided",
)  # fmt: skip


def explain_ring(view: View, ring_id: str) -> dict[str, Any]:
    """The ring's own row without its features, and what is kept of it as JSON, as objects."""
    ring = _row(view.rings(), ring_id)
    if ring is None:
        raise UsageError(f"run {view.run.run_id} knows no ring {ring_id!r}")
    told = _row(view.explanations(), ring_id) or {}
    parameters = view.run.parameters
    return {
        **{name: ring.get(name) for name in _RING},
        "threshold": parameters.get("threshold"),
        "calibration": _calibrated(parameters.get("calibration"), ring.get("raw_score")),
        **{name: json.loads(text) for name, text in told.items() if name != "ring_id" and text},
    }


def _calibrated(fit: dict[str, Any] | None, raw_score: float | None) -> dict[str, Any] | None:
    """What moved a score: the fit in short, and `near`, the decided rings with such scores; None where nothing did."""
    if fit is None or raw_score is None or fit["method"] == "none":
        return None
    near = next((one for one in fit["bins"] if one["low"] <= raw_score <= one["high"]), None)
    return {
        **{name: fit[name] for name in ("method", "rings", "fraud", "drawn")},
        "lowers": fit["curve"]["lowers"],
        "near": near and {name: near[name] for name in ("low", "high", "rings", "fraud")},
    }


def _row(table: pa.Table, ring_id: str) -> dict[str, Any] | None:
    rows: list[dict[str, Any]] = table.filter(pc.equal(table["ring_id"], ring_id)).to_pylist()
    return rows[0] if rows else None
