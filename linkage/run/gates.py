"""Gates: how far a night may be from the published one before a person has to say that it is right."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from linkage.model import RunRecord
from linkage.run.before import Standing
from linkage.settings.model import GateSettings

# In a small store a night's difference is chance, or somebody trying things out.
LEAST_ACCOUNTS = 1_000
# Fewer flagged accounts are a ring or two, which may well come and go.
LEAST_FLAGGED = 100


def refusals(
    limits: GateSettings, standing: Standing | None, run: RunRecord, memberships: pa.Table
) -> tuple[str, ...]:
    """What speaks against publishing `run`, a phrase each; nothing where it may be published.

    A first night has nothing to be compared with.
    """
    if standing is None or standing.run.counts.get("accounts", 0) < LEAST_ACCOUNTS:
        return ()
    return (*_lost(limits, standing.run, run), *_flagged(limits, standing, run, memberships))


def _lost(limits: GateSettings, before: RunRecord, run: RunRecord) -> Iterator[str]:
    for name, limit in (("rows", limits.lost_rows), ("accounts", limits.lost_accounts)):
        had, has = before.counts.get(name, 0), run.counts[name]
        if had - has > limit * had:
            yield f"{has:,} {name} where run {before.run_id} had {had:,} (gates.lost_{name} = {limit:g})"


def _flagged(
    limits: GateSettings, standing: Standing, run: RunRecord, memberships: pa.Table
) -> Iterator[str]:
    before, now = _flagged_accounts(standing.memberships), _flagged_accounts(memberships)
    added, gone, accounts = len(now - before), len(before - now), run.counts["accounts"]
    if added > limits.newly_flagged * accounts:
        yield (
            f"{added:,} of {accounts:,} accounts are newly flagged (gates.newly_flagged ="
            f" {limits.newly_flagged:g})"
        )
    if len(before) >= LEAST_FLAGGED and gone > limits.no_longer_flagged * len(before):
        yield (
            f"{gone:,} of {len(before):,} flagged accounts no longer are (gates.no_longer_flagged ="
            f" {limits.no_longer_flagged:g})"
        )


def _flagged_accounts(memberships: pa.Table) -> set[str]:
    return set(memberships.filter(memberships["flagged"])["account_id"].to_pylist())
