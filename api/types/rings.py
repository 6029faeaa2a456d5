"""Rings, what they share, what became of them, and what their scores were made of."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, cast

import strawberry
from strawberry.types import Info

from api import context
from api.types.common import After, Connection, Descending, First, Node, asked
from api.types.defence import Defence, defence_of
from api.types.filters import AccountOrder, AccountWhere
from api.types.graph import Account, Link
from api.types.subgraph import SUBGRAPH, Join, SharedValue, Star, Subgraph, subgraph
from linkage.engine.readable import AccountFilter, ChangeRow, DayRow, OverlapRow, RingRow

if TYPE_CHECKING:
    from api.types.campaigns import Campaign

Context = Info[Any, Any]
#: A ring shows so many campaigns at most, a campaign so many rings side by side.
MOST_OVERLAPS = 100
CampaignType = Annotated["Campaign", strawberry.lazy("api.types.campaigns")]
_BLOOM_LINK = "bloom_link"
# Columns of a ring that are none of its properties.
_NOT_MEASURED = ("feature_ring", _BLOOM_LINK)


@strawberry.type(description="One measured property of a ring.")
class Metric:
    """A column of the export `rings` beyond the fixed ones."""

    name: str = strawberry.field(description="The name of the column.")
    value: float | None = strawberry.field(
        description="Its value where it is a number; null where it is not known."
    )
    text: str | None = strawberry.field(description="Its value where it is no number.")


@strawberry.type(description="One reason for a ring's score.")
class Reason:
    """A contribution to the score."""

    feature: str = strawberry.field(description="The name of the feature.")
    group: str = strawberry.field(description="The group whose cap it falls under.")
    value: float | None = strawberry.field(description="The measured value.")
    bits: float = strawberry.field(description="What it adds to the log odds of fraud, in bits.")
    left: float = strawberry.field(description="Bits that the best innocent story leaves of it.")
    says: str = strawberry.field(description="The observation in words.")
    why: str = strawberry.field(description="Why it speaks for fraud.")


@strawberry.type(description="An innocent story that fits a ring.")
class Story:
    """A benign explanation."""

    story: str = strawberry.field(description="Its name: `household`, `company`, …")
    fit: float = strawberry.field(description="How well it fits, 0 to 1.")
    says: str = strawberry.field(description="The story in words.")
    best: bool = strawberry.field(description="Whether it is the one that was taken.")


@strawberry.type(description="What a ring and a campaign have in common.")
class Overlap:
    """Over `OverlapRow`."""

    accounts: int = strawberry.field(description="Accounts of the ring that take part in the campaign.")
    ring_share: float = strawberry.field(description="Their share of the ring's members, 0 to 1.")
    campaign_share: float = strawberry.field(description="Their share of the campaign's accounts, 0 to 1.")

    @strawberry.field(description="The ring.")
    async def ring(root: strawberry.Parent[OverlapRow], info: Context) -> Ring | None:
        """Read with all others of the page."""
        return cast("Ring | None", await context.of(info).loaders.ring(root.ring_id))

    @strawberry.field(description="The campaign.")
    async def campaign(root: strawberry.Parent[OverlapRow], info: Context) -> CampaignType | None:
        """Read with all others of the page."""
        return cast("Campaign | None", await context.of(info).loaders.campaign(root.campaign_id))


@strawberry.type(description="A day on which something happened in a ring.")
class Day:
    """Over `DayRow`."""

    day: datetime = strawberry.field(description="The beginning of the day, UTC.")
    created: int = strawberry.field(description="Accounts of the ring that were created on it.")
    started: int = strawberry.field(description="Shared values that were first seen in the ring on it.")
    ended: int = strawberry.field(
        description="Accounts that were last seen on it with a value that others hold too."
    )


@strawberry.type(description="What became of a ring since the run before.")
class Change:
    """Over `ChangeRow`."""

    event: str = strawberry.field(
        description="`born`, `grew`, `shrank`, `merged`, `split`, `dormant`, `resurrected` or `died`."
    )
    ring_id: str = strawberry.field(description="The ring's id.")
    run_id: str = strawberry.field(description="The run in which it happened.")
    accounts_added: int = strawberry.field(description="Accounts that are new in it.")
    accounts_removed: int = strawberry.field(description="Accounts that left it.")

    @strawberry.field(description="Ids of the rings that it came from, in the run before.")
    def previous_ids(root: strawberry.Parent[ChangeRow]) -> list[str]:
        """From JSON."""
        return [str(item) for item in json.loads(root.previous_ids)]

    @strawberry.field(description="The ring; null where it is no more.")
    async def ring(root: strawberry.Parent[ChangeRow], info: Context) -> Ring | None:
        """Read with all others of the page."""
        return cast("Ring | None", await context.of(info).loaders.ring(root.ring_id))


@strawberry.type(
    description="A community of linked accounts: one controlling party. Its id survives the night."
)
class Ring(Node):
    """Over `RingRow`."""

    ring_id: str = strawberry.field(description="The ring's id, as in the exports.")
    size: int = strawberry.field(description="How many accounts are in it, victims included.")
    score: float = strawberry.field(description="The chance that it is fraud, 0 to 1.")
    verdict: str = strawberry.field(
        description="`flagged`, `benign` (see `story`) or `unexplained` (to review)."
    )
    flagged: bool = strawberry.field(description="Whether the verdict is `flagged`.")
    first_seen: datetime | None = strawberry.field(description="First activity of any account in it, UTC.")
    last_seen: datetime | None = strawberry.field(description="Last activity of any account in it, UTC.")
    country: str | None = strawberry.field(description="The declared country of most of its accounts.")

    @classmethod
    def is_type_of(cls, row: object, _info: object) -> bool:
        """Whether a row is one of these."""
        return isinstance(row, RingRow)

    @strawberry.field(description="The innocent story that fits best; null where none does.")
    def story(root: strawberry.Parent[RingRow]) -> str | None:
        """Empty text is none."""
        return root.story or None

    @strawberry.field(description="The strongest reasons for the score, in words.")
    def top_reasons(root: strawberry.Parent[RingRow]) -> list[str]:
        """From JSON."""
        return [str(item) for item in json.loads(root.top_reasons)]

    @strawberry.field(description="Ids of the rings that it was made of, in the run before.")
    def parent_ids(root: strawberry.Parent[RingRow]) -> list[str]:
        """From JSON."""
        return [str(item) for item in json.loads(root.parent_ids)]

    @strawberry.field(description="The accounts in it.")
    async def members(
        root: strawberry.Parent[RingRow],
        info: Context,
        first: First = 20,
        after: After = None,
        where: AccountWhere | None = None,
        order_by: AccountOrder = AccountOrder.ID,
        descending: Descending = False,
    ) -> Connection[Account]:
        """Read with all others of the page."""
        carried = context.of(info)
        chosen = where.filter() if where else AccountFilter()
        want = asked(info, "Ring.members", first, after, order_by.value, descending, chosen)

        async def count() -> int:
            return await carried.loaders.many(
                ("member_counts", chosen),
                lambda ids: carried.reader.member_counts(ids, chosen),
                root.ring_id,
                0,
            )

        return cast(
            "Connection[Account]",
            await want.of_each(
                info, lambda ids, page: carried.reader.members(ids, chosen, page), root.ring_id, count
            ),
        )

    @strawberry.field(
        description="The links among its accounts, strongest first. A large block has few: see `shared`."
    )
    async def links(
        root: strawberry.Parent[RingRow],
        info: Context,
        first: First = 20,
        after: After = None,
    ) -> Connection[Link]:
        """Read with all others of the page."""
        carried = context.of(info)
        want = asked(info, "Ring.links", first, after, "bits", True)
        return cast("Connection[Link]", await want.of_each(info, carried.reader.ring_links, root.ring_id))

    @strawberry.field(description="The values that two of its accounts or more hold, most widely held first.")
    async def shared(
        root: strawberry.Parent[RingRow],
        info: Context,
        first: First = 20,
        after: After = None,
    ) -> Connection[SharedValue]:
        """Read with all others of the page."""
        carried = context.of(info)
        want = asked(info, "Ring.shared", first, after, "members", True)
        return cast("Connection[SharedValue]", await want.of_each(info, carried.reader.shared, root.ring_id))

    @strawberry.field(description="All measured properties, by name; shares are 0 to 1, times are UTC.")
    async def metrics(root: strawberry.Parent[RingRow], info: Context) -> list[Metric]:
        """Read with all others of the page."""
        detail = await context.of(info).loaders.detail(root.ring_id)
        features = json.loads(detail.features) if detail else {}
        for name in _NOT_MEASURED:
            features.pop(name, None)
        return [_metric(name, value) for name, value in features.items()]

    @strawberry.field(
        description="An address that opens it in Neo4j Bloom; null where none was configured for the run."
    )
    async def bloom_link(root: strawberry.Parent[RingRow], info: Context) -> str | None:
        """Read with all others of the page."""
        detail = await context.of(info).loaders.detail(root.ring_id)
        link = json.loads(detail.features).get(_BLOOM_LINK) if detail else None
        return None if link is None else str(link)

    @strawberry.field(description="All reasons for the score, the one that counts most first.")
    async def reasons(root: strawberry.Parent[RingRow], info: Context) -> list[Reason]:
        """Read with all others of the page."""
        detail = await context.of(info).loaders.detail(root.ring_id)
        return [Reason(**line) for line in json.loads(detail.reasons)] if detail else []

    @strawberry.field(description="Innocent stories that fit at all, the best first.")
    async def stories(root: strawberry.Parent[RingRow], info: Context) -> list[Story]:
        """Read with all others of the page."""
        detail = await context.of(info).loaders.detail(root.ring_id)
        return [Story(**line) for line in json.loads(detail.stories)] if detail else []

    @strawberry.field(
        description="What it rests on, who is barely in it and what would change its verdict; null if not computed."
    )
    async def defence(root: strawberry.Parent[RingRow], info: Context) -> Defence | None:
        """Read with all others of the page."""
        detail = await context.of(info).loaders.detail(root.ring_id)
        return defence_of(json.loads(detail.defence)) if detail else None

    @strawberry.field(
        description="The campaigns that its accounts work for, those of most first, at most 100."
    )
    async def campaigns(root: strawberry.Parent[RingRow], info: Context) -> list[Overlap]:
        """Read with all others of the page."""
        carried = context.of(info)
        rows = await carried.loaders.many(
            "ring_overlaps",
            lambda rings: carried.reader.ring_overlaps(rings, MOST_OVERLAPS),
            root.ring_id,
            [],
        )
        return cast("list[Overlap]", rows)

    @strawberry.field(description="What became of it since the run before.")
    async def changes(root: strawberry.Parent[RingRow], info: Context) -> list[Change]:
        """Read with all others of the page."""
        carried = context.of(info)
        rows = await carried.loaders.many("ring_changes", carried.reader.ring_changes, root.ring_id, [])
        return cast("list[Change]", rows)

    @strawberry.field(description="The days on which something happened in it, oldest first.")
    async def timeline(root: strawberry.Parent[RingRow], info: Context) -> list[Day]:
        """Read with all others of the page."""
        carried = context.of(info)
        rows: list[DayRow] = list(
            await carried.loaders.many("timeline", carried.reader.timeline, root.ring_id, [])
        )
        return cast("list[Day]", rows)

    @strawberry.field(
        description="Large blocks of its accounts that share the same values, each linked as one and not by all its "
        "pairs, the largest first."
    )
    async def stars(
        root: strawberry.Parent[RingRow],
        info: Context,
        first: First = 20,
        after: After = None,
    ) -> Connection[Star]:
        """Read with all others of the page."""
        carried = context.of(info)
        want = asked(info, "Ring.stars", first, after, "members", True)
        return cast("Connection[Star]", await want.of_each(info, carried.reader.stars, root.ring_id))

    @strawberry.field(
        description="Groups of its accounts that were joined as wholes, by evidence that no pair has alone, the "
        "strongest first."
    )
    async def joins(
        root: strawberry.Parent[RingRow],
        info: Context,
        first: First = 20,
        after: After = None,
    ) -> Connection[Join]:
        """Read with all others of the page."""
        carried = context.of(info)
        want = asked(info, "Ring.joins", first, after, "bits", True)
        return cast("Connection[Join]", await want.of_each(info, carried.reader.joins, root.ring_id))

    @strawberry.field(description="A bounded picture of what holds it together.")
    async def evidence_subgraph(
        root: strawberry.Parent[RingRow],
        info: Context,
        limit: Annotated[
            int, strawberry.argument(description="Sightings, links and spokes at most, 1 to 500 each.")
        ] = 200,
    ) -> Subgraph:
        """Some statements a ring: asked for one ring at a time."""
        context.bounded(info, limit, SUBGRAPH)
        return await subgraph(context.of(info), root.ring_id, limit)


def _metric(name: str, value: object) -> Metric:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Metric(name=name, value=None, text=None if value is None else str(value))
    return Metric(name=name, value=float(value) if math.isfinite(value) else None, text=None)
