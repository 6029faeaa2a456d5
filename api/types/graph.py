"""Accounts, identifiers, sightings, links and evidence: the graph, each type over a row of the reader."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry
from strawberry.types import Info

from api import context
from api.types.common import After, Connection, Descending, First, Node, Personal, asked, node_id, texts
from api.types.filters import SightingOrder
from linkage.engine.readable import AccountRow, EvidenceRow, HoldingRow, IdentifierRow, LinkRow
from linkage.explain import moment
from linkage.identifiers.registry import KINDS

if TYPE_CHECKING:
    from api.types.rings import Ring

Context = Info[Any, Any]
RingType = Annotated["Ring", strawberry.lazy("api.types.rings")]


@strawberry.type(description="An account was seen with an identifier.")
class Sighting:
    """Over `HoldingRow`."""

    count: int = strawberry.field(description="How many times it was seen, by hours or days of the kind.")

    @strawberry.field(description="The account.")
    async def account(root: strawberry.Parent[HoldingRow], info: Context) -> Account:
        """Read with all others of the page."""
        return cast("Account", await context.of(info).loaders.account(root.account_id))

    @strawberry.field(description="The identifier.")
    def identifier(root: strawberry.Parent[HoldingRow]) -> Identifier:
        """Part of the row."""
        return cast("Identifier", root.identifier)

    @strawberry.field(description="First time, UTC, to the hour; null where the source has no dates.")
    def first_seen(root: strawberry.Parent[HoldingRow]) -> datetime | None:
        """From hours since 1970."""
        return moment(root.first)

    @strawberry.field(description="Last time, UTC, to the hour; null where the source has no dates.")
    def last_seen(root: strawberry.Parent[HoldingRow]) -> datetime | None:
        """From hours since 1970."""
        return moment(root.last)


@strawberry.type(description="One line of a link's evidence: a value that both accounts hold.")
class Evidence:
    """Over `EvidenceRow`."""

    bits: float = strawberry.field(
        description="What the value says for one owner, in bits (log2 of the odds)."
    )
    count: int = strawberry.field(description="Sightings of both accounts with it.")

    @strawberry.field(description="The value that they share.")
    def identifier(root: strawberry.Parent[EvidenceRow]) -> Identifier:
        """Part of the row."""
        return cast("Identifier", root.identifier)

    @strawberry.field(description="When the value became shared, UTC; null where the source has no dates.")
    def first_seen(root: strawberry.Parent[EvidenceRow]) -> datetime | None:
        """From hours since 1970."""
        return moment(root.first)

    @strawberry.field(description="Its last sighting by either, UTC; null where the source has no dates.")
    def last_seen(root: strawberry.Parent[EvidenceRow]) -> datetime | None:
        """From hours since 1970."""
        return moment(root.last)


@strawberry.type(description="Two accounts, and the evidence that one party controls or pays for both.")
class Link(Node):
    """Over `LinkRow`."""

    bits: float = strawberry.field(
        description="All evidence together, in bits, dependence inside families discounted."
    )

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is one of these."""
        return isinstance(row, LinkRow)

    @strawberry.field(description="The account whose id comes first.")
    async def account_a(root: strawberry.Parent[LinkRow], info: Context) -> Account:
        """Read with all others of the page."""
        return cast("Account", await context.of(info).loaders.account(root.account_a))

    @strawberry.field(description="The account whose id comes second.")
    async def account_b(root: strawberry.Parent[LinkRow], info: Context) -> Account:
        """Read with all others of the page."""
        return cast("Account", await context.of(info).loaders.account(root.account_b))

    @strawberry.field(description="The ring that both are in; null where they are not in one.")
    async def ring(root: strawberry.Parent[LinkRow], info: Context) -> RingType | None:
        """Read with all others of the page."""
        if root.ring_id is None:
            return None
        return cast("Ring", await context.of(info).loaders.ring(root.ring_id))

    @strawberry.field(description="The lines of evidence, strongest first.")
    async def evidence(root: strawberry.Parent[LinkRow], info: Context) -> list[Evidence]:
        """Read with all others of the page."""
        carried = context.of(info)
        rows = await carried.loaders.many("evidence", carried.reader.evidence, root.pair, [])
        return cast("list[Evidence]", rows)

    @strawberry.field(description="Families of evidence among the lines that count, sorted.")
    async def families(root: strawberry.Parent[LinkRow], info: Context) -> list[str]:
        """Of the same lines, by the rule of the exports."""
        carried = context.of(info)
        rows = await carried.loaders.many("evidence", carried.reader.evidence, root.pair, [])
        return sorted({row.identifier.family for row in rows if row.counts})


@strawberry.interface(
    description="A value that two accounts or more hold, in canonical form. Values of one holder are not kept."
)
class Identifier(Node):
    """Over `IdentifierRow`."""

    kind: str = strawberry.field(description="The kind of value: `card`, `ip`, `template`, …")
    family: str = strawberry.field(description="The family of evidence that the kind belongs to.")
    accounts: int = strawberry.field(description="How many accounts hold it.")
    degree: float = strawberry.field(
        description="Accounts that count for its rarity: a group that other evidence joins counts once."
    )
    links: bool = strawberry.field(description="Whether it can link accounts; false for a hub.")
    near_proof: bool = strawberry.field(description="Whether it links without a second family of evidence.")
    supporting: bool = strawberry.field(description="Whether its kind only supports links that others make.")

    @classmethod
    def resolve_type(cls, row: IdentifierRow, _info: object, _type: object) -> str:
        """The type of the row's kind."""
        return type_name(row)

    @strawberry.field(description="The value, or its keyed fingerprint.", directives=[Personal()])
    def key(root: strawberry.Parent[IdentifierRow], info: Context) -> str | None:
        """Personal."""
        return context.of(info).reveal("Identifier.key", node_id(info, root), root.key)

    @strawberry.field(description="The value, masked for display.", directives=[Personal()])
    def caption(root: strawberry.Parent[IdentifierRow], info: Context) -> str | None:
        """Personal."""
        return context.of(info).reveal("Identifier.caption", node_id(info, root), root.caption)

    @strawberry.field(description="Why it was kept from linking; null where it was not.")
    def hub_reason(root: strawberry.Parent[IdentifierRow]) -> str | None:
        """The reason of a hub."""
        return None if root.links else root.reason or None

    @strawberry.field(description="The accounts that were seen with it.")
    async def sightings(
        root: strawberry.Parent[IdentifierRow],
        info: Context,
        first: First = 20,
        after: After = None,
        order_by: SightingOrder = SightingOrder.COUNT,
        descending: Descending = True,
    ) -> Connection[Sighting]:
        """Read with all others of the page."""
        carried = context.of(info)
        want = asked(info, "Identifier.sightings", first, after, order_by.value, descending)

        async def count() -> int:
            return root.accounts

        return cast(
            "Connection[Sighting]", await want.of_each(info, carried.reader.holders, root.name, count)
        )


def type_name(row: IdentifierRow) -> str:
    """The name of an identifier's type."""
    return _TYPE_NAMES.get(row.kind, "OtherIdentifier")


def _pascal(kind: str) -> str:
    return "".join(part.capitalize() for part in kind.split("_")) + "Identifier"


def _is_of(kind: str | None) -> Any:
    def is_type_of(_cls: type, row: object, _info: object) -> bool:
        return isinstance(row, IdentifierRow) and (
            row.kind not in KINDS if kind is None else row.kind == kind
        )

    return classmethod(is_type_of)


_TYPE_NAMES = {name: _pascal(name) for name in KINDS}
IDENTIFIER_TYPES: list[type] = [
    strawberry.type(
        type(_pascal(name), (Identifier,), {"is_type_of": _is_of(name), "__doc__": kind.title}),
        description=f"An identifier of the kind `{name}`: {kind.title}.",
    )
    for name, kind in KINDS.items()
]
IDENTIFIER_TYPES.append(
    strawberry.type(
        type("OtherIdentifier", (Identifier,), {"is_type_of": _is_of(None)}),
        description="An identifier of a kind that only the configuration or the data names.",
    )
)


@strawberry.type(description="An account of the service.")
class Account(Node):
    """Over `AccountRow`."""

    account_id: str = strawberry.field(description="The operator's own id of the account.")
    created_at: datetime | None = strawberry.field(description="When it was created, UTC.")
    status: str | None = strawberry.field(
        description="`active`, `suspended` or `banned`; null where unknown."
    )
    plan: str | None = strawberry.field(description="The plan that it is on.")
    pathway: str | None = strawberry.field(description="How it came: `api`, `console`, `education`, …")
    country: str | None = strawberry.field(description="Its declared country.")
    known: bool = strawberry.field(description="False where only tables other than `accounts` name it.")
    ring_score: float | None = strawberry.field(
        description="Score of its ring, 0 to 1; null outside of rings."
    )
    verdict: str | None = strawberry.field(
        description="Verdict on its ring: `flagged`, `benign`, `unexplained`."
    )
    flagged: bool = strawberry.field(description="In a flagged ring and no victim there.")
    role: str | None = strawberry.field(description="`member`, or `victim` of a ring that borrowed it.")

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is one of these."""
        return isinstance(row, AccountRow)

    @strawberry.field(description="The organisation that it declares.", directives=[Personal()])
    def org_id(root: strawberry.Parent[AccountRow], info: Context) -> str | None:
        """Personal."""
        return context.of(info).reveal("Account.orgId", node_id(info, root), root.org_id)

    @strawberry.field(description="The ring that it is in; null where it is in none.")
    async def ring(root: strawberry.Parent[AccountRow], info: Context) -> RingType | None:
        """Read with all others of the page."""
        if root.ring_id is None:
            return None
        return cast("Ring", await context.of(info).loaders.ring(root.ring_id))

    @strawberry.field(description="The identifiers that it was seen with and that others hold too.")
    async def sightings(
        root: strawberry.Parent[AccountRow],
        info: Context,
        first: First = 20,
        after: After = None,
        kinds: Annotated[list[str] | None, strawberry.argument(description="Of these kinds only.")] = None,
        order_by: SightingOrder = SightingOrder.COUNT,
        descending: Descending = True,
    ) -> Connection[Sighting]:
        """Read with all others of the page."""
        carried = context.of(info)
        listed = texts(kinds, "kinds")
        want = asked(info, "Account.sightings", first, after, order_by.value, descending, listed)
        return cast(
            "Connection[Sighting]",
            await want.of_each(
                info, lambda ids, page: carried.reader.holdings(ids, listed, page), root.account_id
            ),
        )

    @strawberry.field(description="Its links to other accounts, strongest first.")
    async def links(
        root: strawberry.Parent[AccountRow],
        info: Context,
        first: First = 20,
        after: After = None,
    ) -> Connection[Link]:
        """Read with all others of the page."""
        carried = context.of(info)
        want = asked(info, "Account.links", first, after, "bits", True)
        return cast("Connection[Link]", await want.of_each(info, carried.reader.links_of, root.account_id))
