"""Campaigns: behaviours that can run over several rings, with their texts and what they have in common with rings."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry.types import Info

from api import context
from api.types.common import After, Connection, Descending, First, Node, asked
from api.types.defence import Named
from api.types.filters import AccountOrder, RingOrder
from api.types.graph import Account, Identifier
from api.types.rings import MOST_OVERLAPS, Overlap, Ring
from linkage.engine.readable import CampaignRow

Context = Info[Any, Any]


@strawberry.type(description="A text of a campaign.")
class CampaignText:
    """One of its identifiers."""

    value: Named = strawberry.field(description="The template, system prompt or set of tools.")
    accounts: int = strawberry.field(description="How many of the campaign's accounts send it.")


@strawberry.type(
    description="A behaviour that can run over several rings: private texts that the same accounts send."
)
class Campaign(Node):
    """Over `CampaignRow`."""

    campaign_id: str = strawberry.field(
        description="The campaign's id, as in the exports. It survives the night."
    )
    verdict: str = strawberry.field(description="`flagged` where one of its rings is, else `unexplained`.")
    sightings: int = strawberry.field(description="How often its accounts were seen with its texts, by days.")
    first_seen: datetime | None = strawberry.field(description="First sighting of any of its texts, UTC.")
    last_seen: datetime | None = strawberry.field(description="Last sighting of any of its texts, UTC.")
    synchronous_share: float | None = strawberry.field(
        description="Share of its accounts that follow the hours of a text's others, 0 to 1."
    )
    release_share: float | None = strawberry.field(
        description="Of its accounts with traffic after a release, the share that moved to the new model, 0 to 1."
    )
    release_usual: float | None = strawberry.field(description="The same share of all accounts.")

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is one of these."""
        return isinstance(row, CampaignRow)

    @strawberry.field(
        description="The text that most of its accounts send: template, system prompt or set of tools."
    )
    async def identifier(root: strawberry.Parent[CampaignRow], info: Context) -> Identifier:
        """The first of its texts."""
        first = json.loads(root.identifiers)[0]
        return cast("Identifier", await context.of(info).loaders.identifier((first["kind"], first["key"])))

    @strawberry.field(description="Its texts, those that most of its accounts send first, at most 20.")
    def texts(root: strawberry.Parent[CampaignRow]) -> list[CampaignText]:
        """From JSON."""
        return [
            CampaignText(value=Named(kind=one["kind"], key=one["key"]), accounts=one["accounts"])
            for one in json.loads(root.identifiers)
        ]

    @strawberry.field(description="How many texts it has.")
    def text_count(root: strawberry.Parent[CampaignRow]) -> int:
        """Part of the row."""
        return root.texts

    @strawberry.field(
        description="How many rings take part with two accounts or more that send one of its texts."
    )
    def ring_count(root: strawberry.Parent[CampaignRow]) -> int:
        """Part of the row."""
        return root.rings

    @strawberry.field(description="How many of them are flagged.")
    def flagged_ring_count(root: strawberry.Parent[CampaignRow]) -> int:
        """Part of the row."""
        return root.flagged_rings

    @strawberry.field(description="How many accounts take part, in rings and in none.")
    def account_count(root: strawberry.Parent[CampaignRow]) -> int:
        """Part of the row."""
        return root.accounts

    @strawberry.field(description="How many of them are in no ring.")
    def outside_count(root: strawberry.Parent[CampaignRow]) -> int:
        """Part of the row."""
        return root.outside

    @strawberry.field(
        description="What it has in common with each ring, the most accounts first, at most 100 rings."
    )
    async def overlaps(root: strawberry.Parent[CampaignRow], info: Context) -> list[Overlap]:
        """Read with all others of the page."""
        carried = context.of(info)
        rows = await carried.loaders.many(
            "campaign_overlaps",
            lambda ids: carried.reader.campaign_overlaps(ids, MOST_OVERLAPS),
            root.campaign_id,
            [],
        )
        return cast("list[Overlap]", rows)

    @strawberry.field(description="The rings that take part.")
    async def rings(
        root: strawberry.Parent[CampaignRow],
        info: Context,
        first: First = 20,
        after: After = None,
        order_by: RingOrder = RingOrder.SCORE,
        descending: Descending = True,
    ) -> Connection[Ring]:
        """Read with all others of the page."""
        carried = context.of(info)
        want = asked(info, "Campaign.rings", first, after, order_by.value, descending)

        async def count() -> int:
            return root.rings

        return cast(
            "Connection[Ring]",
            await want.of_each(info, carried.reader.campaign_rings, root.campaign_id, count),
        )

    @strawberry.field(description="The accounts that take part, in rings and in none.")
    async def accounts(
        root: strawberry.Parent[CampaignRow],
        info: Context,
        first: First = 20,
        after: After = None,
        order_by: AccountOrder = AccountOrder.ID,
        descending: Descending = False,
    ) -> Connection[Account]:
        """Read with all others of the page."""
        carried = context.of(info)
        want = asked(info, "Campaign.accounts", first, after, order_by.value, descending)

        async def count() -> int:
            return root.accounts

        return cast(
            "Connection[Account]",
            await want.of_each(info, carried.reader.campaign_accounts, root.campaign_id, count),
        )
