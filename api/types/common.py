"""What all types share: nodes, connections, times, and the mark of personal data."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar, cast

import strawberry
from strawberry.schema_directive import Location
from strawberry.types import Info

from api import context
from api.errors import ApiError
from linkage.engine.readable import (
    AccountRow,
    CampaignRow,
    IdentifierRow,
    LinkRow,
    Page,
    PageRequest,
    Place,
    RingRow,
)

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="Null, with the reason in `extensions.withheld`, for who may not read personal data.",
)
class Personal:
    """Marks a field of personal data."""


def _time(value: datetime) -> str:
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware.isoformat().replace("+00:00", "Z")


def _read_time(text: str) -> datetime:
    if not isinstance(text, str) or len(text) > 40:
        raise ValueError("a time is text in ISO 8601")
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a time outside of the calendar") from error


DATE_TIME = strawberry.scalar(
    name="DateTime",
    description="A moment in UTC as ISO 8601, `2026-03-01T12:00:00Z`.",
    serialize=_time,
    parse_value=_read_time,
)

RunArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="An older run to read instead of the published one; one request reads one run, all of it."
    ),
]
First = Annotated[int, strawberry.argument(description="Rows of this page, 1 to 100.")]
After = Annotated[
    str | None,
    strawberry.argument(
        description="The `endCursor` of the page before; the request then reads the run of that page."
    ),
]
Descending = Annotated[
    bool, strawberry.argument(description="Largest first; rows without a value come last.")
]


def node_id(info: Info[Any, Any], row: object) -> str:
    """The global id of a row: readable for accounts and rings, sealed where the key would tell something."""
    match row:
        case AccountRow():
            return f"Account:{row.account_id}"
        case RingRow():
            return f"Ring:{row.ring_id}"
        case IdentifierRow():
            return f"Identifier:{context.of(info).identifier_id(row.name)}"
        case CampaignRow():
            return f"Campaign:{row.campaign_id}"
        case LinkRow():
            return f"Link:{context.of(info).sealer.seal('Link', list(row.pair))}"
        case _:
            raise TypeError(type(row).__name__)


@strawberry.interface(description="Anything that has an id and can be read by it with `node`.")
class Node:
    """A thing with an id."""

    @strawberry.field(description="The id of this object, for `node(id:)`; opaque, the same in every run.")
    def id(root: strawberry.Parent[Any], info: Info[Any, Any]) -> strawberry.ID:
        """The global id."""
        return strawberry.ID(node_id(info, root))


@strawberry.type(description="Where a page stands among its pages.")
class PageInfo:
    """Of the Relay specification; pages go forward only."""

    has_next_page: bool = strawberry.field(description="Whether more rows follow.")
    has_previous_page: bool = strawberry.field(description="Whether the page began after a cursor.")
    start_cursor: str | None = strawberry.field(
        description="The cursor of the first row; null where there is none."
    )
    end_cursor: str | None = strawberry.field(description="The cursor of the last row, for `after:`.")


@dataclass(frozen=True, slots=True)
class Listed:
    """A page as a connection shows it. `count` is asked only when somebody asks for it."""

    page: Page[Any]
    scope: str
    after: bool
    count: Callable[[], Awaitable[int]] | None = None


@dataclass(frozen=True, slots=True)
class _Edge:
    node: Any
    place: Place
    scope: str


@strawberry.type(description="A row of a page.")
class Edge(Generic[T]):
    """A row and its cursor."""

    node: T = strawberry.field(description="The row.")

    @strawberry.field(description="Opaque: where this row stands, for `after:`.")
    def cursor(root: strawberry.Parent[Any], info: Info[Any, Any]) -> str:
        """The sealed place of the row."""
        return _cursor(info, root.scope, root.place)


@strawberry.type(description="A page of rows.")
class Connection(Generic[T]):
    """Of the Relay specification, with `nodes` for who needs no cursors."""

    @strawberry.field(description="The rows.")
    def nodes(root: strawberry.Parent[Any]) -> list[T]:
        """The rows alone."""
        return cast("list[T]", root.page.rows)

    @strawberry.field(description="The rows, each with its cursor.")
    def edges(root: strawberry.Parent[Any]) -> list[Edge[T]]:
        """The rows with cursors."""
        pairs = zip(root.page.rows, root.page.places, strict=True)
        return cast("list[Edge[T]]", [_Edge(row, place, root.scope) for row, place in pairs])

    @strawberry.field(description="Where this page stands.")
    def page_info(root: strawberry.Parent[Any], info: Info[Any, Any]) -> PageInfo:
        """Cursors of the page's ends."""
        places = root.page.places
        return PageInfo(
            has_next_page=root.page.more,
            has_previous_page=root.after,
            start_cursor=_cursor(info, root.scope, places[0]) if places else None,
            end_cursor=_cursor(info, root.scope, places[-1]) if places else None,
        )

    @strawberry.field(
        description="How many rows there are on all pages; a statement of its own. Null where nobody counts them."
    )
    async def total_count(root: strawberry.Parent[Any]) -> int | None:
        """The count, read when asked for."""
        return None if root.count is None else await root.count()


def _cursor(info: Info[Any, Any], scope: str, place: Place) -> str:
    carried = context.of(info)
    return carried.sealer.seal("cursor", [carried.reader.run.run_id, scope, *place])


_EMPTY: Page[Any] = Page((), (), False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that was asked for: as the reader takes it, and the list that its cursors belong to."""

    page: PageRequest
    scope: str

    def listed(self, page: Page[Any], count: Callable[[], Awaitable[int]] | None = None) -> Any:
        """The page as a connection."""
        return Listed(page, self.scope, self.page.after is not None, count)

    async def of_each(
        self,
        info: Info[Any, Any],
        verb: Callable[[Sequence[K], PageRequest], Mapping[K, Page[Any]]],
        parent: K,
        count: Callable[[], Awaitable[int]] | None = None,
    ) -> Any:
        """The page of one parent as a connection, read with those of all parents that are asked for the same."""
        loaders = context.of(info).loaders
        page = await loaders.many(self, lambda parents: verb(parents, self.page), parent, _EMPTY)
        return self.listed(page, count)


def asked(
    info: Info[Any, Any],
    field: str,
    first: int,
    after: str | None,
    order: str,
    descending: bool = False,
    *filters: Hashable,
) -> Asked:
    """Checks size and cursor: a cursor belongs to one list, in one order, with one filter."""
    carried = context.of(info)
    context.bounded(info, first)
    told = hashlib.sha256(repr((field, order, descending, filters)).encode()).hexdigest()[:12]
    place: Place | None = None
    if after is not None:
        try:
            run_id, scope, number, tie = carried.sealer.open("cursor", after)
        except (ValueError, TypeError) as error:
            raise ApiError("BAD_CURSOR", "this is not a cursor of this service") from error
        if scope != told or run_id != carried.reader.run.run_id:
            raise ApiError("BAD_CURSOR", "this cursor belongs to another list, order or filter")
        place = (float(number), str(tie))
    return Asked(PageRequest(first, order, descending, place), told)


def texts(values: Sequence[str] | None, what: str, most: int = 50) -> tuple[str, ...] | None:
    """A filter's list of texts; BAD_INPUT for too many."""
    if values is None:
        return None
    if len(values) > most:
        raise ApiError("BAD_INPUT", f"{what}: at most {most} values")
    return tuple(values)
