"""What lists can be filtered and ordered by. No filter takes a value that a viewer may not read."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from api.types.common import texts
from linkage.engine.readable import AccountFilter, IdentifierFilter, RingFilter
from linkage.model import Verdict

strawberry.enum(Verdict, name="Verdict", description="What is said of a ring.")


@strawberry.enum(description="What rings are ordered by.")
class RingOrder(Enum):
    """Orders of rings."""

    ID = "id"
    SCORE = "score"
    SIZE = "size"
    FIRST_SEEN = "first_seen"
    LAST_SEEN = "last_seen"


@strawberry.enum(description="What accounts are ordered by.")
class AccountOrder(Enum):
    """Orders of accounts."""

    ID = "id"
    CREATED_AT = "created_at"
    RING_SCORE = "ring_score"


@strawberry.enum(description="What identifiers are ordered by.")
class IdentifierOrder(Enum):
    """Orders of identifiers."""

    ACCOUNTS = "accounts"
    DEGREE = "degree"


@strawberry.enum(description="What sightings are ordered by.")
class SightingOrder(Enum):
    """Orders of sightings."""

    COUNT = "count"
    FIRST_SEEN = "first"
    LAST_SEEN = "last"


@strawberry.input(description="Rings for which all of this holds.")
class RingWhere:
    """A filter of rings."""

    verdicts: list[Verdict] | None = strawberry.field(default=None, description="One of these verdicts.")
    flagged: bool | None = strawberry.field(default=None, description="Flagged, or not.")
    min_score: float | None = strawberry.field(default=None, description="Score at least, 0 to 1.")
    max_score: float | None = strawberry.field(default=None, description="Score at most, 0 to 1.")
    min_size: int | None = strawberry.field(default=None, description="Accounts at least.")
    max_size: int | None = strawberry.field(default=None, description="Accounts at most.")
    seen_after: datetime | None = strawberry.field(
        default=None, description="Last seen at or after this moment."
    )
    seen_before: datetime | None = strawberry.field(
        default=None, description="First seen before this moment."
    )
    country: str | None = strawberry.field(
        default=None, description="Most of its accounts are of this country."
    )
    kind: str | None = strawberry.field(
        default=None, description="Accounts share a value of this kind: `card`, …"
    )
    story: str | None = strawberry.field(
        default=None, description="The innocent story that was found to fit."
    )

    def filter(self) -> RingFilter:
        """As the reader takes it."""
        verdicts = None if self.verdicts is None else [str(verdict.value) for verdict in self.verdicts]
        return RingFilter(
            verdicts=texts(verdicts, "verdicts"),
            flagged=self.flagged,
            min_score=self.min_score,
            max_score=self.max_score,
            min_size=self.min_size,
            max_size=self.max_size,
            seen_after=self.seen_after,
            seen_before=self.seen_before,
            country=self.country,
            kind=self.kind,
            story=self.story,
        )


@strawberry.input(description="Accounts for which all of this holds.")
class AccountWhere:
    """A filter of accounts."""

    statuses: list[str] | None = strawberry.field(
        default=None, description="`active`, `suspended` or `banned`."
    )
    plans: list[str] | None = strawberry.field(default=None, description="One of these plans.")
    countries: list[str] | None = strawberry.field(default=None, description="One of these countries.")
    verdicts: list[Verdict] | None = strawberry.field(
        default=None, description="In a ring of one of these verdicts."
    )
    flagged: bool | None = strawberry.field(
        default=None, description="Member of a flagged ring and no victim."
    )
    in_ring: bool | None = strawberry.field(default=None, description="In any ring, or in none.")
    created_after: datetime | None = strawberry.field(
        default=None, description="Created at or after this moment."
    )
    created_before: datetime | None = strawberry.field(
        default=None, description="Created before this moment."
    )

    def filter(self) -> AccountFilter:
        """As the reader takes it."""
        verdicts = None if self.verdicts is None else [str(verdict.value) for verdict in self.verdicts]
        return AccountFilter(
            statuses=texts(self.statuses, "statuses"),
            plans=texts(self.plans, "plans"),
            countries=texts(self.countries, "countries", 300),
            verdicts=texts(verdicts, "verdicts"),
            flagged=self.flagged,
            in_ring=self.in_ring,
            created_after=self.created_after,
            created_before=self.created_before,
        )


@strawberry.input(
    description="Identifiers for which all of this holds. There is no filter by value: see `lookup`."
)
class IdentifierWhere:
    """A filter of identifiers."""

    kinds: list[str] | None = strawberry.field(
        default=None, description="One of these kinds: `card`, `ip`, …"
    )
    families: list[str] | None = strawberry.field(
        default=None, description="One of these families of evidence."
    )
    hub: bool | None = strawberry.field(default=None, description="Kept from linking, or not.")
    min_accounts: int | None = strawberry.field(
        default=None, description="Held by so many accounts at least."
    )

    def filter(self) -> IdentifierFilter:
        """As the reader takes it."""
        return IdentifierFilter(
            kinds=texts(self.kinds, "kinds"),
            families=texts(self.families, "families"),
            hub=self.hub,
            min_accounts=self.min_accounts,
        )
