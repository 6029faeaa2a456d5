"""The nouns that pass between modules: small ones as frozen dataclasses, large ones as Arrow tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa


class Verdict(StrEnum):
    """What is said of a ring."""

    FLAGGED = "flagged"
    BENIGN = "benign"
    UNEXPLAINED = "unexplained"


class Role(StrEnum):
    """What an account is in its ring."""

    MEMBER = "member"
    VICTIM = "victim"


@dataclass(frozen=True)
class Evidence:
    """One line of evidence: a value that two accounts share, and what it says.

    `bits` is 0 for a hub and for what the two never held near each other in time; `why` then says so. `caption` is
    the masked key. `first_seen` is when the value became shared, `last_seen` its last sighting by either (None where
    the source has no dates), `count` the sightings of both.
    """

    kind: str
    family: str
    key: str
    caption: str
    bits: float
    accounts: int
    first_seen: datetime | None
    last_seen: datetime | None
    count: int
    near_proof: bool = False
    why: str = ""


@dataclass(frozen=True)
class Explanation:
    """Why two accounts are, or are not, linked: `prior + bits` against `prior + threshold`, all in log2 odds.

    `lines` make the `bits` (after the discount inside a family), `silent` are shared values that count for nothing.
    `linked` is the rule for this pair alone; `ring_a`, `ring_b` say where the two ended up.
    """

    account_a: str
    account_b: str
    prior: float
    threshold: float
    bits: float
    posterior: float
    families: tuple[str, ...]
    min_families: int
    linked: bool
    reason: str
    lines: tuple[Evidence, ...]
    silent: tuple[Evidence, ...]
    ring_a: str | None = None
    ring_b: str | None = None


@dataclass(frozen=True)
class RunRecord:
    """One night's work as the ledger keeps it.

    `status` is `running`, `ready` (about to be published), `published` or `failed`.
    """

    run_id: str
    status: str
    started_at: datetime
    as_of: datetime
    finished_at: datetime | None = None
    source: str = ""
    undated: bool = False
    parameters: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    peak_memory_mib: float = 0.0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tables:
    """What a run publishes, as Arrow tables; the columns of the first five are those of the exports."""

    memberships: pa.Table
    rings: pa.Table
    links: pa.Table
    hubs: pa.Table
    changes: pa.Table
