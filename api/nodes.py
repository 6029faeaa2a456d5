"""From a global id to its row."""

from __future__ import annotations

from api.context import Context
from linkage.engine.readable import LinkRow
from linkage.errors import UsageError


async def node_of(carried: Context, node_id: str) -> object | None:
    """The row that an id names; None for ids that nobody gave out."""
    kind, _, rest = node_id.partition(":")
    try:
        match kind:
            case "Account":
                return await carried.loaders.account(rest)
            case "Ring":
                return await carried.loaders.ring(rest)
            case "Identifier":
                return await carried.loaders.identifier(tuple(carried.sealer.open("Identifier", rest)))
            case "Campaign":
                return await carried.loaders.campaign(rest)
            case "Link":
                pair: LinkRow | None = await carried.loaders.link(tuple(carried.sealer.open("Link", rest)))
                return pair
    except (ValueError, UsageError):
        return None
    return None
