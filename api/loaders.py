"""Batches: what all rows of a page ask for is read by one verb, however many rows there are."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from strawberry.dataloader import DataLoader

from linkage.engine.readable import (
    AccountRow,
    CampaignRow,
    IdentifierName,
    IdentifierRow,
    LinkRow,
    Pair,
    RingDetail,
    RingRow,
)

if TYPE_CHECKING:
    from api.context import Context

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Loaders:
    """The loaders of one request; what it has read once it does not read again."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._made: dict[Hashable, DataLoader[Any, Any]] = {}

    async def account(self, account_id: str) -> AccountRow | None:
        """An account by its id."""
        reader = self._context.reader
        return await self._one("account", reader.accounts, lambda row: row.account_id, account_id)

    async def ring(self, ring_id: str) -> RingRow | None:
        """A ring by its id."""
        return await self._one("ring", self._context.reader.rings, lambda row: row.ring_id, ring_id)

    async def detail(self, ring_id: str) -> RingDetail | None:
        """What a ring's score was made of."""
        reader = self._context.reader
        return await self._one("detail", reader.ring_details, lambda row: row.ring_id, ring_id)

    async def identifier(self, name: IdentifierName) -> IdentifierRow | None:
        """An identifier by its kind and key."""
        return await self._one("identifier", self._context.reader.identifiers, lambda row: row.name, name)

    async def campaign(self, campaign_id: str) -> CampaignRow | None:
        """A campaign by its id."""
        reader = self._context.reader
        return await self._one("campaign", reader.campaigns, lambda row: row.campaign_id, campaign_id)

    async def link(self, pair: Pair) -> LinkRow | None:
        """A link by its accounts."""
        return await self._one("link", self._context.reader.links, lambda row: row.pair, pair)

    async def many(
        self, what: Hashable, verb: Callable[[Sequence[K]], Mapping[K, V]], key: K, missing: Any = None
    ) -> V:
        """What the verb gives for this key; `what` names the verb with its other arguments."""

        async def load(keys: list[K]) -> list[Any]:
            found = await self._context.read(lambda: verb(keys))
            return [found.get(one, missing) for one in keys]

        value: V = await self._loader(what, load).load(key)
        return value

    async def _one(
        self, what: str, verb: Callable[[Sequence[K]], Sequence[V]], key_of: Callable[[V], K], key: K
    ) -> V | None:
        async def load(keys: list[K]) -> list[V | None]:
            rows = await self._context.read(lambda: verb(keys))
            found = {key_of(row): row for row in rows}
            return [found.get(one) for one in keys]

        value: V | None = await self._loader(what, load).load(key)
        return value

    def _loader(self, what: Hashable, load: Callable[[list[Any]], Any]) -> DataLoader[Any, Any]:
        loader = self._made.get(what)
        if loader is None:
            # Values of a whole page: more than one statement's worth of parents never comes together.
            loader = self._made[what] = DataLoader(load_fn=load)
        return loader
