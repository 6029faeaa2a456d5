"""What the verbs of `Reader` take and give: rows, pages and filters, and how things are named.

Identifiers are named by (kind, key), accounts and rings by their ids, links by their two accounts in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from linkage.links.rarity import FAMILY_FLOOR

T = TypeVar("T")

#: (kind, key) of an identifier.
IdentifierName = tuple[str, str]
#: (account_a, account_b) of a link, sorted.
Pair = tuple[str, str]
#: The one or two identifiers that a star rests on, the first and the second.
StarName = tuple[IdentifierName, ...]
#: Where a row stands in its page's order: a number, then a text that no other row has.
Place = tuple[float, str]


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account and the ring that it is in, if any. `known` is false where only other tables name it."""

    account_id: str
    created_at: datetime | None
    status: str | None
    plan: str | None
    pathway: str | None
    org_id: str | None
    country: str | None
    known: bool
    ring_id: str | None
    ring_score: float | None
    verdict: str | None
    flagged: bool
    role: str | None


@dataclass(frozen=True, slots=True)
class IdentifierRow:
    """A value that two accounts or more hold. `links` is false for a hub, `reason` says why it is one."""

    kind: str
    key: str
    caption: str
    family: str
    accounts: int
    degree: float
    links: bool
    near_proof: bool
    supporting: bool
    reason: str

    @property
    def name(self) -> IdentifierName:
        """(kind, key)."""
        return self.kind, self.key


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """An account was seen with an identifier: hours since 1970 of first and last (0: undated), and how often."""

    account_id: str
    identifier: IdentifierRow
    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Two accounts and the bits of evidence between them; `ring_id` where both are in one ring."""

    account_a: str
    account_b: str
    bits: float
    ring_id: str | None

    @property
    def pair(self) -> Pair:
        """The two accounts in order."""
        return self.account_a, self.account_b


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One line of a link's evidence, in bits; times as in `HoldingRow`."""

    account_a: str
    account_b: str
    identifier: IdentifierRow
    bits: float
    first: int
    last: int
    count: int

    @property
    def counts(self) -> bool:
        """Whether the line counts as a family of its own, as in the exports."""
        return not self.identifier.supporting and self.bits >= FAMILY_FLOOR


@dataclass(frozen=True, slots=True)
class RingRow:
    """A ring as the exports have it, without its features; `top_reasons` and `parent_ids` are JSON lists."""

    ring_id: str
    size: int
    score: float
    verdict: str
    story: str
    flagged: bool
    first_seen: datetime | None
    last_seen: datetime | None
    top_reasons: str
    parent_ids: str
    country: str | None


@dataclass(frozen=True, slots=True)
class RingDetail:
    """What a ring's score was made of, as JSON: features (object), reasons, stories and shared values (lists).

    `defence` is an object: see `linkage.defence`; its identifiers are named by kind and key as in this reader.
    """

    ring_id: str
    features: str
    reasons: str
    stories: str
    shared: str
    defence: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What became of a ring since the run before; `previous_ids` is a JSON list."""

    ring_id: str
    event: str
    run_id: str
    previous_ids: str
    accounts_added: int
    accounts_removed: int


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of a ring: accounts created, shared values first seen, accounts last seen with one. UTC."""

    ring_id: str
    day: datetime
    created: int
    started: int
    ended: int


@dataclass(frozen=True, slots=True)
class SharedRow:
    """A value that two accounts of a ring or more hold, and how many of them do."""

    identifier: IdentifierRow
    members: int


@dataclass(frozen=True, slots=True)
class StarRow:
    """A block of a ring's accounts that all hold one near-proof value, or the same two: linked without their pairs.

    `members`: how many accounts of the ring. Blocks on the same values are one row.
    """

    identifiers: tuple[IdentifierRow, ...]
    members: int

    @property
    def name(self) -> StarName:
        """Its identifiers' names."""
        return tuple(row.name for row in self.identifiers)


@dataclass(frozen=True, slots=True)
class StarMemberRow:
    """An account that is in a star, and the bits that the star's values alone give it."""

    star: StarName
    account_id: str
    bits: float


@dataclass(frozen=True, slots=True)
class JoinRow:
    """Two groups of accounts that were joined as wholes, each named by one of its accounts; the bits between them."""

    account_a: str
    account_b: str
    size_a: int
    size_b: int
    bits: float

    @property
    def pair(self) -> Pair:
        """The two accounts."""
        return self.account_a, self.account_b


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A behaviour over rings, as the export `campaigns` has it: see `linkage.campaigns`.

    `identifiers` are its texts as a JSON list (kind, key, caption, accounts), named as in this reader.
    """

    campaign_id: str
    verdict: str
    accounts: int
    rings: int
    flagged_rings: int
    outside: int
    texts: int
    sightings: int
    first_seen: datetime | None
    last_seen: datetime | None
    synchronous_share: float | None
    release_share: float | None
    release_usual: float | None
    identifiers: str


@dataclass(frozen=True, slots=True)
class OverlapRow:
    """How many accounts a ring and a campaign have in common, and what share of either that is."""

    campaign_id: str
    ring_id: str
    accounts: int
    ring_share: float
    campaign_share: float


@dataclass(frozen=True, slots=True)
class Match:
    """What a value as it was pasted is: an account's id, or an identifier that the account holds."""

    value: str
    account_id: str
    identifier: IdentifierRow | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, at most `limit` of each."""

    accounts: tuple[AccountRow, ...]
    rings: tuple[RingRow, ...]
    identifiers: tuple[IdentifierRow, ...]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in order, where each stands, and whether more follow."""

    rows: tuple[T, ...]
    places: tuple[Place, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The next `limit` rows after a place, in one of the orders that the verb names; rows without a value last."""

    limit: int
    order: str
    descending: bool = False
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class RingFilter:
    """Each part that is not None must hold. `kind`: some value of this kind joins members of the ring."""

    verdicts: tuple[str, ...] | None = None
    flagged: bool | None = None
    min_score: float | None = None
    max_score: float | None = None
    min_size: int | None = None
    max_size: int | None = None
    seen_after: datetime | None = None
    seen_before: datetime | None = None
    country: str | None = None
    kind: str | None = None
    story: str | None = None


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Each part that is not None must hold."""

    statuses: tuple[str, ...] | None = None
    plans: tuple[str, ...] | None = None
    countries: tuple[str, ...] | None = None
    verdicts: tuple[str, ...] | None = None
    flagged: bool | None = None
    in_ring: bool | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class IdentifierFilter:
    """Each part that is not None must hold; `hub` true: only what was kept from linking."""

    kinds: tuple[str, ...] | None = None
    families: tuple[str, ...] | None = None
    hub: bool | None = None
    min_accounts: int | None = None


#: What the pages can be ordered by; the engine knows no others.
RING_ORDERS = ("id", "score", "size", "first_seen", "last_seen")
ACCOUNT_ORDERS = ("id", "created_at", "ring_score")
IDENTIFIER_ORDERS = ("accounts", "degree")
HOLDING_ORDERS = ("count", "first", "last")
LINK_ORDERS = ("bits",)
