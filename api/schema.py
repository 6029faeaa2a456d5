"""The root of the schema: what can be asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, cast

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from api import context
from api.errors import ApiError
from api.nodes import node_of
from api.types.campaigns import Campaign
from api.types.common import DATE_TIME, After, Connection, Descending, First, Node, RunArgument, asked, texts
from api.types.filters import (
    AccountOrder,
    AccountWhere,
    IdentifierOrder,
    IdentifierWhere,
    RingOrder,
    RingWhere,
)
from api.types.graph import IDENTIFIER_TYPES, Account, Identifier, Link
from api.types.reports import (
    Hub,
    LinkPath,
    LookupResult,
    Me,
    Neighbourhood,
    PairExplanation,
    Run,
    SearchResult,
)
from api.types.rings import Change, Ring
from linkage.engine.readable import AccountFilter, IdentifierFilter, Match, RingFilter

Context = Info[Any, Any]
_HOPS = 4
_NEIGHBOURS = 500


@strawberry.type(description="Everything that can be read of one run.")
class Query:
    """The root. `run:` is read before anything is resolved: see `api.execute`."""

    @strawberry.field(description="Who asks, with which role.")
    def me(self, info: Context) -> Me:
        """The principal."""
        who = context.of(info).principal
        return Me(name=who.name, role=str(who.role), personal_data=who.personal)

    @strawberry.field(description="An object by its id; null where the run does not know it.")
    async def node(self, info: Context, id: strawberry.ID, run: RunArgument = None) -> Node | None:
        """By the type that the id names."""
        return cast("Node | None", await node_of(context.of(info), str(id)))

    @strawberry.field(description="Objects by their ids, at most 100, in the same order.")
    async def nodes(
        self, info: Context, ids: list[strawberry.ID], run: RunArgument = None
    ) -> list[Node | None]:
        """Each as `node` gives it."""
        carried = context.of(info)
        if len(ids) > carried.bounds.page:
            raise ApiError("BAD_INPUT", f"at most {carried.bounds.page} ids")
        return cast("list[Node | None]", await asyncio.gather(*(node_of(carried, str(one)) for one in ids)))

    @strawberry.field(description="The run that this request reads.")
    def run(self, info: Context, run: RunArgument = None) -> Run:
        """Pinned."""
        return cast("Run", context.of(info).reader.run)

    @strawberry.field(description="The published runs that can still be read, newest first.")
    async def runs(self, info: Context) -> list[Run]:
        """From the ledger."""
        carried = context.of(info)
        records = await carried.read(carried.ledger)
        return cast("list[Run]", [run for run in reversed(records) if run.status == "published"][:100])

    @strawberry.field(description="A ring by its id.")
    async def ring(
        self,
        info: Context,
        ring_id: Annotated[str, strawberry.argument(description="As in the exports: `ring_…`.")],
        run: RunArgument = None,
    ) -> Ring | None:
        """Null where the run does not know it."""
        return cast("Ring | None", await context.of(info).loaders.ring(ring_id))

    @strawberry.field(description="Rings.")
    async def rings(
        self,
        info: Context,
        first: First = 20,
        after: After = None,
        where: RingWhere | None = None,
        order_by: RingOrder = RingOrder.SCORE,
        descending: Descending = True,
        run: RunArgument = None,
    ) -> Connection[Ring]:
        """A page."""
        carried = context.of(info)
        chosen = where.filter() if where else RingFilter()
        want = asked(info, "Query.rings", first, after, order_by.value, descending, chosen)
        page = await carried.read(lambda: carried.reader.ring_page(chosen, want.page))

        async def count() -> int:
            return await carried.read(lambda: carried.reader.ring_count(chosen))

        return cast("Connection[Ring]", want.listed(page, count))

    @strawberry.field(description="An account by its own id.")
    async def account(
        self,
        info: Context,
        account_id: Annotated[str, strawberry.argument(description="The operator's id of the account.")],
        run: RunArgument = None,
    ) -> Account | None:
        """Null where the run does not know it."""
        return cast("Account | None", await context.of(info).loaders.account(account_id))

    @strawberry.field(description="Accounts; the export `memberships` is `where: {inRing: true}`.")
    async def accounts(
        self,
        info: Context,
        first: First = 20,
        after: After = None,
        where: AccountWhere | None = None,
        order_by: AccountOrder = AccountOrder.ID,
        descending: Descending = False,
        run: RunArgument = None,
    ) -> Connection[Account]:
        """A page."""
        carried = context.of(info)
        chosen = where.filter() if where else AccountFilter()
        want = asked(info, "Query.accounts", first, after, order_by.value, descending, chosen)
        page = await carried.read(lambda: carried.reader.account_page(chosen, want.page))

        async def count() -> int:
            return await carried.read(lambda: carried.reader.account_count(chosen))

        return cast("Connection[Account]", want.listed(page, count))

    @strawberry.field(description="Identifiers, by how many accounts hold them.")
    async def identifiers(
        self,
        info: Context,
        first: First = 20,
        after: After = None,
        where: IdentifierWhere | None = None,
        order_by: IdentifierOrder = IdentifierOrder.ACCOUNTS,
        descending: Descending = True,
        run: RunArgument = None,
    ) -> Connection[Identifier]:
        """A page."""
        chosen = where.filter() if where else IdentifierFilter()
        return cast(
            "Connection[Identifier]",
            await _identifiers(info, "Query.identifiers", chosen, first, after, order_by.value, descending),
        )

    @strawberry.field(description="Identifiers that were kept from linking, most widely held first.")
    async def hubs(
        self,
        info: Context,
        first: First = 20,
        after: After = None,
        kinds: Annotated[list[str] | None, strawberry.argument(description="Of these kinds only.")] = None,
        run: RunArgument = None,
    ) -> Connection[Hub]:
        """A page."""
        chosen = IdentifierFilter(kinds=texts(kinds, "kinds"), hub=True)
        return cast(
            "Connection[Hub]", await _identifiers(info, "Query.hubs", chosen, first, after, "accounts", True)
        )

    @strawberry.field(description="All links, strongest first.")
    async def links(
        self,
        info: Context,
        first: First = 20,
        after: After = None,
        min_bits: Annotated[float | None, strawberry.argument(description="So many bits at least.")] = None,
        run: RunArgument = None,
    ) -> Connection[Link]:
        """A page."""
        carried = context.of(info)
        want = asked(info, "Query.links", first, after, "bits", True, min_bits)
        page = await carried.read(lambda: carried.reader.link_page(min_bits, want.page))

        async def count() -> int:
            return await carried.read(lambda: carried.reader.link_count(min_bits))

        return cast("Connection[Link]", want.listed(page, count))

    @strawberry.field(description="What became of the rings since the run before, by ring.")
    async def changes(
        self,
        info: Context,
        first: First = 20,
        after: After = None,
        events: Annotated[list[str] | None, strawberry.argument(description="These events only.")] = None,
        run: RunArgument = None,
    ) -> Connection[Change]:
        """A page."""
        carried = context.of(info)
        listed = texts(events, "events")
        want = asked(info, "Query.changes", first, after, "id", False, listed)
        page = await carried.read(lambda: carried.reader.change_page(listed, want.page))
        return cast("Connection[Change]", want.listed(page))

    @strawberry.field(description="Behaviours over rings, those of most rings first.")
    async def campaigns(
        self,
        info: Context,
        first: First = 20,
        after: After = None,
        min_rings: Annotated[int, strawberry.argument(description="Of so many rings at least.")] = 2,
        run: RunArgument = None,
    ) -> Connection[Campaign]:
        """A page."""
        carried = context.of(info)
        want = asked(info, "Query.campaigns", first, after, "rings", True, min_rings)
        page = await carried.read(lambda: carried.reader.campaign_page(min_rings, want.page))

        async def count() -> int:
            return await carried.read(lambda: carried.reader.campaign_count(min_rings))

        return cast("Connection[Campaign]", want.listed(page, count))

    @strawberry.field(description="A campaign by its id.")
    async def campaign(
        self,
        info: Context,
        campaign_id: Annotated[str, strawberry.argument(description="As in the exports: `camp_…`.")],
        run: RunArgument = None,
    ) -> Campaign | None:
        """Null where the run does not know it."""
        return cast("Campaign | None", await context.of(info).loaders.campaign(campaign_id))

    @strawberry.field(description="Accounts, rings and identifiers whose ids or values begin with a text.")
    async def search(
        self,
        info: Context,
        text: Annotated[str, strawberry.argument(description="3 to 200 characters, compared as they are.")],
        limit: Annotated[int, strawberry.argument(description="Of each, 1 to 50.")] = 10,
        run: RunArgument = None,
    ) -> SearchResult:
        """Values are not even looked at for who may not read them."""
        carried = context.of(info)
        context.bounded(info, limit, 50)
        if not 3 <= len(text) <= 200:
            raise ApiError("BAD_INPUT", "a search needs 3 to 200 characters")
        personal = carried.principal.personal
        found = await carried.read(lambda: carried.reader.search(text, limit, personal=personal))
        if not personal:
            carried.withheld.add("SearchResult.identifiers")
        for row in found.identifiers:
            # That it begins with the text is told by finding it.
            carried.note(f"Identifier:{carried.identifier_id(row.name)}")
        return SearchResult(
            accounts=cast("list[Account]", found.accounts),
            rings=cast("list[Ring]", found.rings),
            identifiers=cast("list[Identifier]", found.identifiers),
        )

    @strawberry.field(
        description="Pasted values (account ids, mail addresses, IPs, phone numbers, fingerprints), in any spelling "
        "that the tables may have, and the accounts that they lead to. A value of one account alone leads nowhere."
    )
    async def lookup(
        self,
        info: Context,
        values: Annotated[list[str], strawberry.argument(description="At most 1,000, as they were pasted.")],
        run: RunArgument = None,
    ) -> list[LookupResult]:
        """For who may not read personal data, values are compared with account ids only."""
        carried = context.of(info)
        if len(values) > carried.bounds.values:
            raise ApiError("BAD_INPUT", f"at most {carried.bounds.values:,} values")
        wanted = list(dict.fromkeys(value.strip() for value in values))
        personal = carried.principal.personal
        matches = await carried.read(lambda: carried.reader.lookup(wanted, personal=personal))
        if not personal:
            carried.withheld.add("LookupMatch.identifier")
        found: dict[str, list[Match]] = {value: [] for value in wanted}
        for match in matches:
            found[match.value].append(match)
            if match.identifier is not None:
                carried.note(f"Identifier:{carried.identifier_id(match.identifier.name)}")
        return [LookupResult(value=value, matches=cast("Any", rows)) for value, rows in found.items()]

    @strawberry.field(
        description="Why two accounts are, or are not, linked; null where the run does not know both."
    )
    async def explain(self, info: Context, a: str, b: str, run: RunArgument = None) -> PairExplanation | None:
        """Computed from the sightings, by the rule of the run."""
        carried = context.of(info)
        if a == b:
            raise ApiError("BAD_INPUT", "an explanation needs two different accounts")
        if len(await carried.read(lambda: carried.reader.accounts([a, b]))) < 2:
            return None
        return cast("PairExplanation", await carried.read(lambda: carried.reader.explain(a, b)))

    @strawberry.field(description="A shortest chain of links between two accounts; null where there is none.")
    async def path(
        self,
        info: Context,
        a: str,
        b: str,
        max_hops: Annotated[int, strawberry.argument(description="Links at most, 1 to 8.")] = 6,
        run: RunArgument = None,
    ) -> LinkPath | None:
        """A statement a hop."""
        carried = context.of(info)
        context.bounded(info, max_hops, 8)
        links = await carried.read(lambda: carried.reader.path(a, b, max_hops))
        if not links:
            return None
        ends, here = [a], a
        for link in links:
            here = link.account_b if link.account_a == here else link.account_a
            ends.append(here)
        return LinkPath(accounts=await _accounts(carried, ends), links=cast("list[Link]", links))

    @strawberry.field(
        description="The strongest links around an account; null where the run does not know it."
    )
    async def neighbourhood(
        self,
        info: Context,
        account: Annotated[str, strawberry.argument(description="The operator's id of the account.")],
        hops: Annotated[int, strawberry.argument(description="How far, 1 to 4.")] = 1,
        limit: Annotated[int, strawberry.argument(description="Links at most, 1 to 500.")] = 100,
        run: RunArgument = None,
    ) -> Neighbourhood | None:
        """A statement a hop."""
        carried = context.of(info)
        context.bounded(info, hops, _HOPS)
        context.bounded(info, limit, _NEIGHBOURS)
        if await carried.loaders.account(account) is None:
            return None
        links = await carried.read(lambda: carried.reader.neighbourhood(account, hops, limit))
        ends = dict.fromkeys([account, *(end for link in links for end in link.pair)])
        return Neighbourhood(accounts=await _accounts(carried, list(ends)), links=cast("list[Link]", links))


async def _accounts(carried: context.Context, ids: Sequence[str]) -> list[Account]:
    found = await asyncio.gather(*(carried.loaders.account(one) for one in ids))
    return cast("list[Account]", [row for row in found if row is not None])


async def _identifiers(
    info: Context,
    field: str,
    chosen: IdentifierFilter,
    first: int,
    after: str | None,
    order: str,
    descending: bool,
) -> Any:
    carried = context.of(info)
    want = asked(info, field, first, after, order, descending, chosen)
    page = await carried.read(lambda: carried.reader.identifier_page(chosen, want.page))

    async def count() -> int:
        return await carried.read(lambda: carried.reader.identifier_count(chosen))

    return want.listed(page, count)


def build_schema() -> GraphQLSchema:
    """The executable schema."""
    return built()._schema


def built() -> strawberry.Schema:
    """The schema with its printer."""
    return strawberry.Schema(
        query=Query,
        types=IDENTIFIER_TYPES,
        config=StrawberryConfig(scalar_map={datetime: DATE_TIME}),
    )


def schema_text() -> str:
    """The SDL, as it is committed."""
    return built().as_str() + "\n"
