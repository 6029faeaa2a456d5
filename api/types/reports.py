"""Runs, hubs, explanations, and what lookups and searches find."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry.types import Info

from api import context
from api.types.common import Personal
from api.types.graph import Account, Identifier, Link
from api.types.rings import Ring
from linkage.engine.readable import IdentifierRow, Match
from linkage.model import Evidence, Explanation, RunRecord

Context = Info[Any, Any]


@strawberry.type(description="A number that a run counted.")
class Count:
    """A name and a number."""

    name: str = strawberry.field(description="What was counted: `accounts`, `links`, `rings`, …")
    value: float = strawberry.field(description="How many.")


@strawberry.type(description="One night's work.")
class Run:
    """Over `RunRecord`."""

    run_id: str = strawberry.field(
        description="The run's id, for the argument `run:` and the header X-Linkage-Run."
    )
    status: str = strawberry.field(description="`published`, `running`, `ready` or `failed`.")
    started_at: datetime = strawberry.field(description="When it began, UTC.")
    finished_at: datetime | None = strawberry.field(description="When it ended, UTC; null while it runs.")
    as_of: datetime = strawberry.field(description="The moment up to which it saw the world, UTC.")
    undated: bool = strawberry.field(description="Whether its source had no times.")

    @strawberry.field(description="What it counted, by name.")
    def counts(root: strawberry.Parent[RunRecord]) -> list[Count]:
        """Sorted by name."""
        return [Count(name=name, value=float(value)) for name, value in sorted(root.counts.items())]

    @strawberry.field(description="Bits of evidence that a link needs.")
    def threshold(root: strawberry.Parent[RunRecord]) -> float | None:
        """Of its parameters."""
        value = root.parameters.get("threshold")
        return None if value is None else float(value)

    @strawberry.field(description="Log2 odds that two random accounts share an owner.")
    def prior(root: strawberry.Parent[RunRecord]) -> float | None:
        """Of its parameters."""
        value = root.parameters.get("prior")
        return None if value is None else float(value)

    @strawberry.field(description="Whether it is the run that this request reads.")
    def current(root: strawberry.Parent[RunRecord], info: Context) -> bool:
        """Against the request's own run."""
        return root.run_id == context.of(info).reader.run.run_id


@strawberry.type(description="An identifier that was kept from linking, and why.")
class Hub:
    """Over `IdentifierRow`."""

    accounts: int = strawberry.field(description="How many accounts hold it.")
    kind: str = strawberry.field(description="Its kind.")

    @strawberry.field(description="Why it says nothing; null where its kind never links by itself.")
    def reason(root: strawberry.Parent[IdentifierRow]) -> str | None:
        """Empty text is none."""
        return root.reason or None

    @strawberry.field(description="The identifier.")
    def identifier(root: strawberry.Parent[IdentifierRow]) -> Identifier:
        """The row itself."""
        return cast("Identifier", root)


@strawberry.type(description="A value that two accounts share, and what it says of this pair.")
class ExplanationLine:
    """Over `Evidence` of the model."""

    kind: str = strawberry.field(description="The kind of value.")
    family: str = strawberry.field(description="The family of evidence.")
    bits: float = strawberry.field(description="What it says, in bits; 0 where it says nothing.")
    accounts: int = strawberry.field(description="How many accounts hold it.")
    first_seen: datetime | None = strawberry.field(description="When it became shared, UTC.")
    last_seen: datetime | None = strawberry.field(description="Its last sighting by either, UTC.")
    count: int = strawberry.field(description="Sightings of both accounts with it.")
    near_proof: bool = strawberry.field(description="Whether it links without a second family.")

    @strawberry.field(description="Why it says nothing; null where it counts.")
    def why(root: strawberry.Parent[Evidence]) -> str | None:
        """Empty text is none."""
        return root.why or None

    @strawberry.field(description="The value, or its keyed fingerprint.", directives=[Personal()])
    def key(root: strawberry.Parent[Evidence], info: Context) -> str | None:
        """Personal."""
        return _revealed(root, info, "ExplanationLine.key", root.key)

    @strawberry.field(description="The value, masked for display.", directives=[Personal()])
    def caption(root: strawberry.Parent[Evidence], info: Context) -> str | None:
        """Personal."""
        return _revealed(root, info, "ExplanationLine.caption", root.caption)

    @strawberry.field(description="The value as a node.")
    async def identifier(root: strawberry.Parent[Evidence], info: Context) -> Identifier | None:
        """Read with all others."""
        found = await context.of(info).loaders.identifier((root.kind, root.key))
        return cast("Identifier | None", found)


def _revealed(line: Evidence, info: Context, field: str, value: str) -> str | None:
    carried = context.of(info)
    return carried.reveal(field, f"Identifier:{carried.identifier_id((line.kind, line.key))}", value)


@strawberry.type(description="Why two accounts are, or are not, linked.")
class PairExplanation:
    """Over `Explanation`."""

    account_a: str = strawberry.field(description="Id of the account whose id comes first.")
    account_b: str = strawberry.field(description="Id of the other account.")
    linked: bool = strawberry.field(description="Whether the rule links this pair by itself.")
    reason: str = strawberry.field(description="The rule's answer in words.")
    prior: float = strawberry.field(description="Log2 odds of one owner before any evidence.")
    threshold: float = strawberry.field(description="Bits of evidence that are needed.")
    bits: float = strawberry.field(description="Bits of evidence that there are, discounts taken off.")
    posterior: float = strawberry.field(description="The chance of one owner after the evidence, 0 to 1.")
    families: list[str] = strawberry.field(description="Families of evidence that count.")
    min_families: int = strawberry.field(
        description="Families that are needed, unless a value is near-proof."
    )
    lines: list[ExplanationLine] = strawberry.field(description="What counts, strongest first.")
    silent: list[ExplanationLine] = strawberry.field(description="What they share and what says nothing.")

    @strawberry.field(description="The ring of the first account.")
    async def ring_a(root: strawberry.Parent[Explanation], info: Context) -> Ring | None:
        """Read with all others."""
        return await _ring(info, root.ring_a)

    @strawberry.field(description="The ring of the second account.")
    async def ring_b(root: strawberry.Parent[Explanation], info: Context) -> Ring | None:
        """Read with all others."""
        return await _ring(info, root.ring_b)


async def _ring(info: Context, ring_id: str | None) -> Ring | None:
    found = None if ring_id is None else await context.of(info).loaders.ring(ring_id)
    return cast("Ring | None", found)


@strawberry.type(description="An account that a pasted value led to.")
class LookupMatch:
    """Over `Match`."""

    @strawberry.field(description="The account.")
    async def account(root: strawberry.Parent[Match], info: Context) -> Account:
        """Read with all others; its ring is a field of it."""
        return cast("Account", await context.of(info).loaders.account(root.account_id))

    @strawberry.field(
        description="The identifier that the value is; null where the value is the account's id."
    )
    def identifier(root: strawberry.Parent[Match]) -> Identifier | None:
        """Part of the row."""
        return cast("Identifier | None", root.identifier)


@strawberry.type(description="What one pasted value was found to be.")
class LookupResult:
    """A value and its matches."""

    value: str = strawberry.field(description="The value as it was pasted.")
    matches: list[LookupMatch] = strawberry.field(
        description="Accounts that it leads to, at most 100 an identifier."
    )


@strawberry.type(description="What a search found: ids or values that begin with the text.")
class SearchResult:
    """Bounded lists."""

    accounts: list[Account] = strawberry.field(description="Accounts by their ids.")
    rings: list[Ring] = strawberry.field(description="Rings by their ids.")
    identifiers: list[Identifier] = strawberry.field(
        description="Identifiers by their values; always empty for who may not read personal data."
    )


@strawberry.type(description="What lies around an account.")
class Neighbourhood:
    """Accounts and links."""

    accounts: list[Account] = strawberry.field(description="The accounts, the one that was asked for first.")
    links: list[Link] = strawberry.field(
        description="The links among them: fewest hops first, then the strongest."
    )


@strawberry.type(description="A chain of links between two accounts.")
class LinkPath:
    """Accounts and links in order."""

    accounts: list[Account] = strawberry.field(description="The accounts from one end to the other.")
    links: list[Link] = strawberry.field(description="The links between them.")


@strawberry.type(description="Who asks.")
class Me:
    """The request's principal."""

    name: str = strawberry.field(description="The credential: `key:<id>` or `jwt:<subject>`.")
    role: str = strawberry.field(description="`viewer`, `investigator`, `enforcer` or `admin`.")
    personal_data: bool = strawberry.field(description="Whether personal data may be read.")
