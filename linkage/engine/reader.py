"""The second port of an engine: what an API reads of one published run, in rows and pages, never in query text.

Verbs of many parents take them all at once, so that whoever shows a page needs one statement and not one a row.
Identifiers are named by (kind, key), accounts and rings by their ids, links by their two accounts in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from linkage.links.rarity import FAMILY_FLOOR
from linkage.model import Explanation, RunRecord

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


class Reader(Protocol):
    """One published run, pinned. Safe to share between threads; every verb blocks and is one or two statements.

    Ids that the run does not know are absent from results, never an error. TimeoutExceededError from any verb when the
    time of `within` has run out or the reader was cancelled.
    """

    @property
    def run(self) -> RunRecord:
        """The run that is read."""
        ...

    def within(self, seconds: float) -> Reader:
        """The same reader for one request: after so many seconds the database work is cancelled."""
        ...

    def cancel(self) -> None:
        """Ends what runs through a reader of `within`, and all that would run; from any thread, and at once."""
        ...

    def close(self) -> None:
        """Gives back what the reader holds."""
        ...

    def accounts(self, ids: Sequence[str]) -> Sequence[AccountRow]:
        """The accounts of these ids."""
        ...

    def rings(self, ids: Sequence[str]) -> Sequence[RingRow]:
        """The rings of these ids."""
        ...

    def ring_details(self, ids: Sequence[str]) -> Sequence[RingDetail]:
        """What the scores of these rings were made of."""
        ...

    def identifiers(self, names: Sequence[IdentifierName]) -> Sequence[IdentifierRow]:
        """The identifiers of these names."""
        ...

    def campaigns(self, ids: Sequence[str]) -> Sequence[CampaignRow]:
        """The campaigns of these ids."""
        ...

    def links(self, pairs: Sequence[Pair]) -> Sequence[LinkRow]:
        """The links between these accounts."""
        ...

    def evidence(self, pairs: Sequence[Pair]) -> Mapping[Pair, Sequence[EvidenceRow]]:
        """The evidence of each link, strongest line first."""
        ...

    def account_page(self, filter: AccountFilter, page: PageRequest) -> Page[AccountRow]:
        """Accounts in one of ACCOUNT_ORDERS."""
        ...

    def account_count(self, filter: AccountFilter) -> int:
        """How many accounts pass the filter."""
        ...

    def ring_page(self, filter: RingFilter, page: PageRequest) -> Page[RingRow]:
        """Rings in one of RING_ORDERS."""
        ...

    def ring_count(self, filter: RingFilter) -> int:
        """How many rings pass the filter."""
        ...

    def identifier_page(self, filter: IdentifierFilter, page: PageRequest) -> Page[IdentifierRow]:
        """Identifiers in one of IDENTIFIER_ORDERS."""
        ...

    def identifier_count(self, filter: IdentifierFilter) -> int:
        """How many identifiers pass the filter."""
        ...

    def link_page(self, min_bits: float | None, page: PageRequest) -> Page[LinkRow]:
        """All links, in one of LINK_ORDERS."""
        ...

    def link_count(self, min_bits: float | None) -> int:
        """How many links have so many bits."""
        ...

    def change_page(self, events: Sequence[str] | None, page: PageRequest) -> Page[ChangeRow]:
        """What became of the rings, ordered by `id`."""
        ...

    def campaign_page(self, min_rings: int, page: PageRequest) -> Page[CampaignRow]:
        """Campaigns of so many rings, ordered by `rings`."""
        ...

    def campaign_count(self, min_rings: int) -> int:
        """How many campaigns have so many rings."""
        ...

    def members(
        self, rings: Sequence[str], filter: AccountFilter, page: PageRequest
    ) -> Mapping[str, Page[AccountRow]]:
        """A page of each ring's accounts, in one of ACCOUNT_ORDERS."""
        ...

    def member_counts(self, rings: Sequence[str], filter: AccountFilter) -> Mapping[str, int]:
        """How many accounts of each ring pass the filter."""
        ...

    def holdings(
        self, accounts: Sequence[str], kinds: Sequence[str] | None, page: PageRequest
    ) -> Mapping[str, Page[HoldingRow]]:
        """A page of what each account was seen with, in one of HOLDING_ORDERS."""
        ...

    def holders(
        self, names: Sequence[IdentifierName], page: PageRequest
    ) -> Mapping[IdentifierName, Page[HoldingRow]]:
        """A page of who was seen with each identifier, in one of HOLDING_ORDERS."""
        ...

    def links_of(self, accounts: Sequence[str], page: PageRequest) -> Mapping[str, Page[LinkRow]]:
        """A page of each account's links, in one of LINK_ORDERS."""
        ...

    def ring_links(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[LinkRow]]:
        """A page of the links inside each ring, in one of LINK_ORDERS."""
        ...

    def shared(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[SharedRow]]:
        """A page of the values that accounts of each ring share, ordered by `members`."""
        ...

    def shared_holdings(self, ring: str, names: Sequence[IdentifierName], limit: int) -> Sequence[HoldingRow]:
        """Who in the ring was seen with these identifiers, most often first."""
        ...

    def stars(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[StarRow]]:
        """A page of the blocks of each ring's accounts that are linked as stars, ordered by `members`."""
        ...

    def star_members(self, ring: str, stars: Sequence[StarName], limit: int) -> Sequence[StarMemberRow]:
        """Accounts of the ring in these stars, most bits first."""
        ...

    def joins(self, rings: Sequence[str], page: PageRequest) -> Mapping[str, Page[JoinRow]]:
        """A page of the groups of each ring's accounts that were joined as wholes, in one of LINK_ORDERS."""
        ...

    def join_evidence(self, pairs: Sequence[Pair]) -> Mapping[Pair, Sequence[EvidenceRow]]:
        """The evidence of each join, strongest line first."""
        ...

    def campaign_rings(self, campaigns: Sequence[str], page: PageRequest) -> Mapping[str, Page[RingRow]]:
        """A page of the rings of each campaign, in one of RING_ORDERS."""
        ...

    def campaign_accounts(
        self, campaigns: Sequence[str], page: PageRequest
    ) -> Mapping[str, Page[AccountRow]]:
        """A page of who takes part in each campaign, in rings or in none, in one of ACCOUNT_ORDERS."""
        ...

    def campaign_overlaps(self, campaigns: Sequence[str], limit: int) -> Mapping[str, Sequence[OverlapRow]]:
        """What each campaign has in common with its rings, the most accounts first."""
        ...

    def ring_overlaps(self, rings: Sequence[str], limit: int) -> Mapping[str, Sequence[OverlapRow]]:
        """What each ring has in common with its campaigns, the most accounts first."""
        ...

    def ring_changes(self, rings: Sequence[str]) -> Mapping[str, Sequence[ChangeRow]]:
        """What became of each ring since the run before."""
        ...

    def timeline(self, rings: Sequence[str]) -> Mapping[str, Sequence[DayRow]]:
        """Each ring's days on which something happened, oldest first."""
        ...

    def lookup(self, values: Sequence[str], *, personal: bool) -> Sequence[Match]:
        """What pasted values are: account ids and, with `personal`, identifiers (at most 100 holders each).

        Each kind of the run cleans a value as it does when tables are read, and it is looked for as it is and as its
        fingerprint: see `linkage.engine.lookup`.
        """
        ...

    def search(self, text: str, limit: int, *, personal: bool) -> Found:
        """Accounts and rings whose ids and, with `personal`, identifiers whose keys begin with the text."""
        ...

    def neighbourhood(self, account: str, hops: int, limit: int) -> Sequence[LinkRow]:
        """The strongest `limit` links among accounts at most so many hops away, nearest first."""
        ...

    def path(self, account_a: str, account_b: str, max_hops: int) -> Sequence[LinkRow]:
        """A shortest chain of links between two accounts; empty where there is none of so few hops."""
        ...

    def explain(self, account_a: str, account_b: str) -> Explanation:
        """Why two accounts are, or are not, linked; UsageError for an account that the run does not know."""
        ...


class ReaderSource(Protocol):
    """Who opens readers: an engine, as the API sees it."""

    def published(self) -> str | None:
        """The id of the run that is published now; cheap enough to ask at every request."""
        ...

    def reader(self, run_id: str | None = None) -> Reader:
        """A reader of the published run, or of an older one; StoreError where there is none."""
        ...

    def runs(self) -> Sequence[RunRecord]:
        """The ledger, oldest first."""
        ...
