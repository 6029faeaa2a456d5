"""What holds a ring together, to be drawn: values and who holds them, links, blocks and joins."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import strawberry
from strawberry.types import Info

from api import context
from api.types.graph import Account, Evidence, Identifier, Link, Sighting
from linkage.engine.readable import JoinRow, PageRequest, SharedRow, StarMemberRow, StarName, StarRow

Context = Info[Any, Any]
#: A picture of more is none any more.
SUBGRAPH = 500
_WIDEST = 50


@strawberry.type(description="A value that accounts of a ring share.")
class SharedValue:
    """Over `SharedRow`."""

    members: int = strawberry.field(description="How many accounts of the ring hold it.")

    @strawberry.field(description="The value.")
    def identifier(root: strawberry.Parent[SharedRow]) -> Identifier:
        """Part of the row."""
        return cast("Identifier", root.identifier)


def _star_id(info: Context, name: StarName) -> strawberry.ID:
    return strawberry.ID(context.of(info).sealer.seal("Star", [list(one) for one in name]))


@strawberry.type(
    description="A large block of a ring's accounts that share one near-proof value, or the same two values."
)
class Star:
    """Over `StarRow`."""

    members: int = strawberry.field(description="How many accounts of the ring are in it.")

    @strawberry.field(description="Names the block among those of its ring; opaque, the same in every run.")
    def star_id(root: strawberry.Parent[StarRow], info: Context) -> strawberry.ID:
        """Sealed: it holds the keys of the values."""
        return _star_id(info, root.name)

    @strawberry.field(description="The value, or the two, that all its accounts hold.")
    def identifiers(root: strawberry.Parent[StarRow]) -> list[Identifier]:
        """Part of the row."""
        return cast("list[Identifier]", list(root.identifiers))


@strawberry.type(description="An account is in a block.")
class Spoke:
    """Over `StarMemberRow`."""

    bits: float = strawberry.field(description="What the block's values alone say of this account, in bits.")

    @strawberry.field(description="The `starId` of the block.")
    def star_id(root: strawberry.Parent[StarMemberRow], info: Context) -> strawberry.ID:
        """Sealed."""
        return _star_id(info, root.star)

    @strawberry.field(description="The account.")
    async def account(root: strawberry.Parent[StarMemberRow], info: Context) -> Account:
        """Read with all others."""
        return cast("Account", await context.of(info).loaders.account(root.account_id))


@strawberry.type(description="Two groups of accounts that were joined as wholes.")
class Join:
    """Over `JoinRow`."""

    size_a: int = strawberry.field(description="How many accounts the first group had.")
    size_b: int = strawberry.field(description="How many accounts the second group had.")
    bits: float = strawberry.field(
        description="The evidence between the groups, in bits, each value counted once."
    )

    @strawberry.field(description="An account of the first group.")
    async def account_a(root: strawberry.Parent[JoinRow], info: Context) -> Account:
        """Read with all others."""
        return cast("Account", await context.of(info).loaders.account(root.account_a))

    @strawberry.field(description="An account of the second group.")
    async def account_b(root: strawberry.Parent[JoinRow], info: Context) -> Account:
        """Read with all others."""
        return cast("Account", await context.of(info).loaders.account(root.account_b))

    @strawberry.field(description="The lines of evidence, strongest first.")
    async def evidence(root: strawberry.Parent[JoinRow], info: Context) -> list[Evidence]:
        """Read with all others of the page."""
        carried = context.of(info)
        rows = await carried.loaders.many("join_evidence", carried.reader.join_evidence, root.pair, [])
        return cast("list[Evidence]", rows)


@strawberry.type(
    description="What there is to draw of a ring: its widest shared values and who holds them, its links, its blocks "
    "as stars, its joins."
)
class Subgraph:
    """Bounded, strongest first."""

    identifiers: list[SharedValue] = strawberry.field(
        description="The values that most accounts share, at most 50."
    )
    sightings: list[Sighting] = strawberry.field(description="Who was seen with them, most often first.")
    links: list[Link] = strawberry.field(description="The strongest links.")
    stars: list[Star] = strawberry.field(description="The largest blocks, at most 50.")
    spokes: list[Spoke] = strawberry.field(description="Who is in these blocks, most bits first.")
    joins: list[Join] = strawberry.field(
        description="The strongest joins of groups that were taken as wholes, at most 50."
    )
    complete: bool = strawberry.field(description="Whether nothing was left out.")


async def subgraph(carried: context.Context, ring: str, limit: int) -> Subgraph:
    """Four statements at once, and two more for what the first ones named."""
    reader = carried.reader
    strongest = PageRequest(limit, "bits", descending=True)
    shared, links, stars, joins = await asyncio.gather(
        carried.read(lambda: reader.shared([ring], PageRequest(_WIDEST, "members", descending=True))[ring]),
        carried.read(lambda: reader.ring_links([ring], strongest)[ring]),
        carried.read(lambda: reader.stars([ring], PageRequest(_WIDEST, "members", descending=True))[ring]),
        carried.read(lambda: reader.joins([ring], PageRequest(_WIDEST, "bits", descending=True))[ring]),
    )
    names = [row.identifier.name for row in shared.rows]
    held = await carried.read(lambda: reader.shared_holdings(ring, names, limit + 1))
    blocks = [row.name for row in stars.rows]
    spokes = await carried.read(lambda: reader.star_members(ring, blocks, limit + 1)) if blocks else []
    return Subgraph(
        identifiers=cast("list[SharedValue]", shared.rows),
        sightings=cast("list[Sighting]", held[:limit]),
        links=cast("list[Link]", links.rows),
        stars=cast("list[Star]", stars.rows),
        spokes=cast("list[Spoke]", spokes[:limit]),
        joins=cast("list[Join]", joins.rows),
        complete=not (shared.more or links.more or stars.more or joins.more)
        and len(held) <= limit
        and len(spokes) <= limit,
    )
