"""The port that every engine fills: it stores a run's graph, partitions it and serves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from linkage.communities.density import Density
from linkage.communities.graph import Graph
from linkage.links.holdings import IntArray
from linkage.model import Explanation, RunRecord


@dataclass(frozen=True)
class RunGraph:
    """All of a run that is not a judgement: the tables that an engine keeps, and the graph that it partitions.

    accounts: account, account_id and what is known of it.  identifiers (of two holders or more): identifier, kind,
    kind_number, family, supporting, key, caption, accounts, degree, strength, links, near_proof, reason (of a hub).
    holdings: account, identifier, first, last, count (hours since 1970).  hours: account, identifier, bucket for
    kinds with a time window.  value_counts: account, kind, values.  kinds: kind, name, personal, family, m, cap,
    window, half_life, near_proof, support, commonness, total.  links: link, a, b, bits.  evidence: link, identifier,
    bits, first, last, count.  stars: star, first, second.  star_members: star, account, bits.  joins: join, a, b,
    size_a, size_b, bits, of groups that were joined as wholes (a, b: an account of each).  join_evidence: as evidence.
    """

    accounts: pa.Table
    identifiers: pa.Table
    holdings: pa.Table
    hours: pa.Table
    value_counts: pa.Table
    kinds: pa.Table
    links: pa.Table
    evidence: pa.Table
    stars: pa.Table
    star_members: pa.Table
    joins: pa.Table
    join_evidence: pa.Table
    graph: Graph


@dataclass(frozen=True)
class PartitionParams:
    """`threshold` in bits: what must lie across a cut for its sides to stay together. `seed` of Leiden."""

    threshold: float
    seed: int


@dataclass(frozen=True)
class Partition:
    """The community of each vertex of the graph, numbered by first appearance, and each account's density."""

    community: IntArray
    density: Density

    def of_accounts(self, accounts: int) -> np.ndarray:
        """The communities of the accounts alone."""
        return self.community[:accounts]


CAMPAIGNS = pa.schema(
    [
        ("campaign_id", pa.string()), ("verdict", pa.string()), ("accounts", pa.int64()), ("rings", pa.int64()),
        ("flagged_rings", pa.int64()), ("outside", pa.int64()), ("texts", pa.int64()), ("sightings", pa.int64()),
        ("first_seen", pa.timestamp("us")), ("last_seen", pa.timestamp("us")), ("synchronous_share", pa.float64()),
        ("release_share", pa.float64()), ("release_usual", pa.float64()), ("identifiers", pa.string()),
    ]
)  # fmt: skip
CAMPAIGN_RINGS = pa.schema(
    [
        ("campaign_id", pa.string()), ("ring_id", pa.string()), ("accounts", pa.int64()),
        ("ring_share", pa.float64()), ("campaign_share", pa.float64()),
    ]
)  # fmt: skip
CAMPAIGN_ACCOUNTS = pa.schema(
    [
        ("campaign_id", pa.string()), ("account_id", pa.string()), ("ring_id", pa.string()), ("texts", pa.int64()),
        ("sightings", pa.int64()),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """What the run says of its communities: tables in the columns of the exports, and each ring's detail.

    `details` has one row a ring, sorted by id: ring_id, and as JSON `reasons`, `stories`, `shared`, and `defence`, what
    the ring rests on and what would change its verdict, with keys of identifiers as the run's tables have them.
    `calibration` is for the run's record: what scores were calibrated on, empty where nobody has decided anything.
    """

    memberships: pa.Table
    rings: pa.Table
    changes: pa.Table
    details: pa.Table
    campaigns: pa.Table = field(default_factory=CAMPAIGNS.empty_table)
    campaign_rings: pa.Table = field(default_factory=CAMPAIGN_RINGS.empty_table)
    campaign_accounts: pa.Table = field(default_factory=CAMPAIGN_ACCOUNTS.empty_table)
    calibration: Mapping[str, Any] = field(default_factory=dict)


def with_details(judged: Judged, more: pa.Table) -> Judged:
    """With the columns of another table of one row a ring added to the details."""
    return replace(judged, details=judged.details.join(more, "ring_id").sort_by("ring_id"))


class View(Protocol):
    """One published run, pinned: every reader's only source. Tables have the columns of the exports."""

    @property
    def run(self) -> RunRecord:
        """The run that this view reads."""
        ...

    def memberships(self) -> pa.Table:
        """account_id, ring_id, ring_score, verdict, flagged, role, campaign_id: a row for each account in any ring."""
        ...

    def rings(self) -> pa.Table:
        """A row for each ring, with one column a feature."""
        ...

    def links(self) -> pa.Table:
        """account_a, account_b, bits, families, evidence (JSON)."""
        ...

    def hubs(self) -> pa.Table:
        """kind, key, accounts, reason."""
        ...

    def changes(self) -> pa.Table:
        """ring_id, event, run_id, previous_ids, accounts_added, accounts_removed."""
        ...

    def explanations(self) -> pa.Table:
        """ring_id, and what people read of each ring as JSON: reasons, stories, shared, defence."""
        ...

    def campaigns(self) -> pa.Table:
        """A row for each campaign: see `linkage.campaigns`."""
        ...

    def campaign_rings(self) -> pa.Table:
        """campaign_id, ring_id, accounts in both, their share of the ring and of the campaign."""
        ...

    def campaign_accounts(self) -> pa.Table:
        """campaign_id, account_id, ring_id, texts, sightings."""
        ...

    def explain(self, account_a: str, account_b: str) -> Explanation:
        """Why two accounts are, or are not, linked; UsageError for an account that the run does not know."""
        ...


class Engine(Protocol):
    """Stores, partitions, publishes and serves runs. A run is visible whole or not at all."""

    def folder(self, run: RunRecord) -> Path:
        """A folder on this machine for the run's quarantine and its scratch files (`work/`)."""
        ...

    def begin(self, run: RunRecord) -> None:
        """Takes the lock and opens the run; LockedError when another run holds it, StoreError when it cannot write."""
        ...

    def load(self, run: RunRecord, graph: RunGraph) -> None:
        """Stores accounts, identifiers, sightings and links of a run that nobody sees yet."""
        ...

    def partition(self, run: RunRecord, params: PartitionParams) -> Partition:
        """Communities and densities of the loaded graph; the same for the same graph and seed."""
        ...

    def publish(self, run: RunRecord, judged: Judged) -> None:
        """Makes the run the one that readers see: all at once, or not."""
        ...

    def fail(self, run: RunRecord) -> None:
        """Closes a run that ends without being published; what was served before still is."""
        ...

    def discard(self, run: RunRecord) -> None:
        """Removes all traces of a run that was only tried."""
        ...

    def view(self, run_id: str | None = None) -> View:
        """The published run, or an older one; StoreError where there is none, UnknownRunError for a wrong name."""
        ...

    def runs(self) -> Sequence[RunRecord]:
        """The ledger, oldest first."""
        ...

    def prune(self, keep: int) -> Sequence[str]:
        """Removes all but the newest `keep` published runs and the leftovers of dead ones; the ids removed."""
        ...
