"""A published run made by hand, and an engine that serves it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from linkage.engine.base import CAMPAIGN_ACCOUNTS, CAMPAIGN_RINGS, CAMPAIGNS
from linkage.errors import StoreError, UnknownRunError, UsageError
from linkage.model import Evidence, Explanation, RunRecord

BEGUN = datetime(2026, 6, 30, 1, 2, 3, tzinfo=UTC)
RUN = RunRecord(
    run_id="run-1",
    status="published",
    started_at=BEGUN,
    as_of=datetime(2026, 6, 30, tzinfo=UTC),
    finished_at=BEGUN.replace(minute=3),
    source="world",
    parameters={"prior": -20.0},
    counts={
        "rows": 12_345,
        "quarantined": 1,
        "identifiers": 7,
        "hubs": 1,
        "links": 2,
        "rings": 1,
        "flagged": 1,
    },
    seconds={"ingest": 1.5, "publish": 0.5},
    peak_memory_mib=123.4,
    notes=("a note",),
)
EVIDENCE = '[{"kind": "device_id", "key": "d1", "bits": 9.5, "count": 3}]'
ODD = 'a<&">\x01\x1b[31m=1+1,é'
"""An account id that breaks whatever is not escaped."""

MEMBERSHIPS = pa.table(
    {
        "account_id": [ODD, "b", "c"],
        "ring_id": ["R1", "R1", "R1"],
        "ring_score": [0.9, 0.9, 0.9],
        "verdict": ["flagged"] * 3,
        "flagged": [True, True, False],
        "role": ["member", "member", "victim"],
    }
)
RINGS = pa.table(
    {
        "ring_id": ["R1"],
        "size": [3],
        "score": [0.9],
        "verdict": ["flagged"],
        "story": ["household"],
        "flagged": [True],
        "first_seen": pa.array([BEGUN.replace(tzinfo=None)], pa.timestamp("us")),
        "last_seen": pa.array([None], pa.timestamp("us")),
        "top_reasons": [json.dumps(["one card", 'a "quoted", one'])],
        "parent_ids": ["[]"],
    }
)
LINKS = pa.table(
    {
        "account_a": [ODD, "b"],
        "account_b": ["b", "z"],
        "bits": [12.5, 3.25],
        "families": pa.array([["device", "payment"], ["device"]], pa.list_(pa.string())),
        "evidence": [EVIDENCE, "[]"],
    }
)
HUBS = pa.table({"kind": ["ip"], "key": ["192.0.2.1"], "accounts": [5_000], "reason": ["carrier"]})
CHANGES = pa.table({"ring_id": ["R1"], "event": ["merged"], "previous_ids": ['["R0", "R2"]']})
_CARD = {"kind": "card", "key": "4" * 16, "caption": "…\x1b[2J4444"}
DEFENCE = {
    "keystones": [{**_CARD, "ties": 9, "pieces": 7, "sizes": [3, 1, 1, 1, 1], "alone": 6}],
    "bridges": [
        {
            "small": 3, "large": 4, "bits": 22.0, "needed": 20.4, "edges": 1, "a": {"account": "b"},
            "b": {"star": [_CARD]}, "edge_bits": 21.5, "lines": [{**_CARD, "bits": 12.0}],
        }
    ],
    "borderline": {
        "count": 3,
        "members": [{"account": "c", "bits": 21.0, "above": 1.0, "edges": 2, "rests_on": _CARD}],
    },
    "parts": {
        "count": 2,
        "loose": 1,
        "parts": [{"size": 2, "values": [{**_CARD, "members": 2}]}],
    },
    "story": {
        "story": "household", "fit": 0.4, "says": "a household: 3 accounts", "taken": False,
        "unmet": [], "leaves": [], "why": "it fits only 40%",
    },
    "changes": [
        {
            "column": "template_share", "value": None, "target": 0.15, "of": "template_share",
            "verdict": "unexplained", "score": 0.49, "distance": 1.0,
        }
    ],
    "together": None,
}  # fmt: skip
REASON = {
    "feature": "pool",
    "group": "network",
    "value": 0.9,
    "bits": 2.5,
    "left": 2.0,
    "says": "a pool",
    "why": "w",
}
EXPLANATIONS = pa.table(
    {
        "ring_id": ["R1"],
        "reasons": [json.dumps([REASON])],
        "stories": ["[]"],
        "shared": [json.dumps([{"kind": "card", "key": "…4444", "members": 3, "accounts": 3}])],
        "defence": [json.dumps(DEFENCE)],
    }
)

LINE = Evidence("device_id", "device", "d1", "d…1", 9.5, 2, BEGUN, BEGUN, 3)
EXPLANATION = Explanation(
    account_a="a",
    account_b="b",
    prior=-20.0,
    threshold=24.0,
    bits=25.0,
    posterior=0.97,
    families=("device", "payment"),
    min_families=2,
    linked=True,
    reason="linked: 25.0 bits from device, payment, 24.0 are needed",
    lines=(
        replace(
            LINE, kind="payment_method", family="payment", bits=16.5, caption="card\x1b[2J", near_proof=True
        ),
        LINE,
    ),
    silent=(replace(LINE, kind="ip", family="network", bits=0.0, accounts=5_000, why="hub: carrier"),),
    ring_a="R1",
    ring_b="R1",
)


@dataclass
class FakeView:
    """A run with the tables above."""

    run: RunRecord = RUN
    members: pa.Table = field(default_factory=lambda: MEMBERSHIPS)

    def memberships(self) -> pa.Table:
        return self.members

    def rings(self) -> pa.Table:
        return RINGS

    def links(self) -> pa.Table:
        return LINKS

    def hubs(self) -> pa.Table:
        return HUBS

    def changes(self) -> pa.Table:
        return CHANGES

    def explanations(self) -> pa.Table:
        return EXPLANATIONS

    def campaigns(self) -> pa.Table:
        return CAMPAIGNS.empty_table()

    def campaign_rings(self) -> pa.Table:
        return CAMPAIGN_RINGS.empty_table()

    def campaign_accounts(self) -> pa.Table:
        return CAMPAIGN_ACCOUNTS.empty_table()

    def explain(self, account_a: str, account_b: str) -> Explanation:
        if "nobody" in (account_a, account_b):
            raise UsageError("run run-1 knows no account 'nobody'")
        return replace(EXPLANATION, account_a=account_a, account_b=account_b)


@dataclass
class FakeEngine:
    """Serves some runs."""

    store: Path = Path("linkage-store")
    views: dict[str, FakeView] = field(default_factory=lambda: {"run-1": FakeView()})

    def view(self, run_id: str | None = None) -> FakeView:
        chosen = run_id or (list(self.views)[-1] if self.views else "")
        if run_id is not None and run_id not in self.views:
            raise UnknownRunError(f"the store {self.store} has no run {run_id}")
        if chosen not in self.views:
            raise StoreError(f"the store {self.store} has no published run")
        return self.views[chosen]

    def runs(self) -> Sequence[RunRecord]:
        return [view.run for view in self.views.values()]

    def prune(self, keep: int) -> Sequence[str]:
        gone = list(self.views)[:-keep]
        for run_id in gone:
            del self.views[run_id]
        return gone
