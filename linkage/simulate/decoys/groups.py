"""Accounts that an innocent story is told of, and what their groups can share.

A story is told for all of its groups at once: `group` numbers each account's group from 0, and what the
group shares is one value a group, looked up by that number.
"""

from dataclasses import dataclass

import numpy as np

from linkage.simulate.base import BIN_WEIGHTS
from linkage.simulate.canvas import Allowed, Canvas
from linkage.simulate.catalog import SERVERS
from linkage.simulate.codes import I64, Bools, Salt, code
from linkage.simulate.held import FOREVER
from linkage.simulate.people import DAY, Own


@dataclass(frozen=True)
class Groups:
    """Accounts of one story and the group of each; `fresh` makes values that no other story has."""

    canvas: Canvas
    members: I64
    group: I64
    story: int
    rng: np.random.Generator

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.group.max()) + 1

    def first(self) -> I64:
        """The first account of each group (groups are contiguous)."""
        return self.members[np.searchsorted(self.group, np.arange(self.count))]

    def fresh(self, salt: Salt, number: int = 0) -> I64:
        """One new code a group."""
        return code(self.canvas.seed, salt, np.arange(self.count), 1_000_003 * (self.story + 1) + number)

    def card(self) -> I64:
        """One new card a group."""
        bins = self.rng.choice(len(BIN_WEIGHTS), self.count, p=np.array(BIN_WEIGHTS) / sum(BIN_WEIGHTS))
        return self.fresh(Salt.CARD) + bins

    def address(self, kind: str) -> I64:
        """One new address a group, in the country of its first account."""
        return self.canvas.addresses.take(kind, self.canvas.accounts.country[self.first()].astype(np.int64))

    def chance(self, share: float) -> Bools:
        """For each account, whether its group (all of it or none) has this trait."""
        return (self.rng.random(self.count) < share)[self.group]

    def some(self, share: float) -> Bools:
        """For each account by itself, whether it is among this share."""
        return self.rng.random(len(self.members)) < share

    def together(self) -> None:
        """Put all accounts of a group in the country of its first."""
        self.canvas.settle(
            self.members, self.canvas.accounts.country[self.first()].astype(np.int64)[self.group]
        )

    def share(self, kind: str, values: I64, who: Bools | None = None, weight: float = 1.0) -> None:
        """Let the accounts (or those of them marked) hold their group's value."""
        chosen = np.arange(len(self.members)) if who is None else np.flatnonzero(who)
        self.canvas.grant(kind, self.members[chosen], values[self.group[chosen]], weight)

    def one_card(self, who: Bools) -> None:
        """Let the marked accounts pay with their group's card and no other."""
        self.share("card", self.card(), who)
        self.canvas.drop(self.members[who], Own.CARD)

    def invited(self, share: float) -> None:
        """Let this share of the accounts be invited by the first of their group (told once all are created)."""
        guests = np.flatnonzero(self.some(share))
        self.canvas.relate(self.members[guests], self.first()[self.group[guests]])

    def allow(self, kind: str, values: I64, share: float, reason: str) -> None:
        """Let the provider know for this share of groups that their value is shared; some entries ran out."""
        known = np.flatnonzero(self.rng.random(self.count) < share)
        days = self.rng.integers(-60, 700, len(known))
        self.canvas.allowed.append(Allowed(kind, values[known], self.fresh(Salt.ORG)[known], reason, days))

    def product(self, share: float) -> None:
        """Let this share of groups call through a product of their own (its prompt and tools)."""
        server = np.array(SERVERS)[self.rng.integers(0, len(SERVERS), self.count)]
        self.share("client", self.fresh(Salt.OWN_CLIENT) + server, self.chance(share), 1.5)

    def join_over_time(self, mean_days: float) -> None:
        """Let the first sign up when it did and the others follow, each some time after."""
        begin = self.canvas.accounts.created[self.first()][self.group].astype(np.int64)
        later = begin + (self.rng.exponential(mean_days * DAY, len(self.members))).astype(np.int64)
        # Whoever would join after the as-of date joined on the first day with the founder.
        created = np.where(
            later < self.canvas.window - DAY, later, begin + self.rng.integers(0, 3_600, len(self.members))
        )
        self.canvas.register(self.members, np.minimum(created, self.canvas.window - 1))

    def pass_on(self, kind: str, shared: I64, other: I64) -> None:
        """Let one account of each group hold the shared value early and one late, and each its own between."""
        window = self.canvas.window
        turn = np.arange(len(self.members)) - np.searchsorted(self.group, self.group)
        last = np.bincount(self.group)[self.group] - 1
        until = (self.rng.uniform(0.2, 0.35, self.count) * window).astype(np.int64)[self.group]
        since = (self.rng.uniform(0.65, 0.8, self.count) * window).astype(np.int64)[self.group]
        early, late = turn == 0, (turn == last) & (turn > 0)
        self.canvas.grant(kind, self.members[early], shared[self.group[early]], 1.0, 0, until[early])
        self.canvas.grant(kind, self.members[early], other[early], 1.0, until[early])
        self.canvas.grant(kind, self.members[late], other[late], 1.0, 0, since[late])
        self.canvas.grant(kind, self.members[late], shared[self.group[late]], 1.0, since[late])
        between = ~early & ~late
        self.canvas.grant(kind, self.members[between], other[between], 1.0, 0, FOREVER)
        # Both must live long enough for the sharing to be seen at all.
        self.canvas.register(self.members, -self.rng.integers(DAY, 200 * DAY, len(self.members)))
        self.canvas.actors.rate[self.members] = np.maximum(self.canvas.actors.rate[self.members], 1.0)
