"""The second port of an engine: what an API reads of one published run, in rows and pages, never in query text.

Verbs of many parents take them all at once, so that whoever shows a page needs one statement and not one a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from linkage.engine.readable import (
    AccountFilter,
    AccountRow,
    CampaignRow,
    ChangeRow,
    DayRow,
    EvidenceRow,
    Found,
    HoldingRow,
    IdentifierFilter,
    IdentifierName,
    IdentifierRow,
    JoinRow,
    LinkRow,
    Match,
    OverlapRow,
    Page,
    PageRequest,
    Pair,
    RingDetail,
    RingFilter,
    RingRow,
    SharedRow,
    StarMemberRow,
    StarName,
    StarRow,
)
from linkage.model import Explanation, RunRecord


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
