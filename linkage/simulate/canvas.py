"""The world while it is being planned: stories and operators draw on it, traffic reads it."""

from dataclasses import dataclass, field

import numpy as np

from linkage.simulate.addresses import AddressPlan, plan_addresses
from linkage.simulate.catalog import ACTIONS, COUNTRIES, MODELS, PATHWAYS, PLAN, PLANS, STATUSES
from linkage.simulate.codes import F64, I32, I64, U8, Salt, code
from linkage.simulate.held import FOREVER, Held, Pools
from linkage.simulate.knobs import PLAIN
from linkage.simulate.people import DAY, Accounts, Actors, draw_accounts, draw_actors

KINDS = ("ip", "device", "client", "template", "card")


@dataclass(frozen=True)
class Planned:
    """Single exchanges that a story fixes: by whom, at which second, with which template and status."""

    actor: I64
    at: I64
    template: I64
    status: I64


@dataclass(frozen=True)
class Relations:
    """Accounts that another one invited or referred: the invited, the inviter, the second."""

    account: I64
    other: I64
    at: I64


@dataclass(frozen=True)
class Allowed:
    """What the provider knows to be shared: values of one kind, their owners (codes), days until it expires."""

    kind: str
    value: I64
    owner: I64
    reason: str
    days: I64


@dataclass(frozen=True)
class Indicated:
    """Values of one kind that an outside feed names: confidence, days until the naming expires."""

    kind: str
    value: I64
    confidence: F64
    days: I64


@dataclass(frozen=True)
class Owned:
    """Values of one kind (named as detection names it) that a ring's operator has for itself."""

    kind: str
    value: I64
    ring: int


@dataclass(frozen=True)
class Company:
    """Small companies, one row each: where a consultant may also work."""

    address: I64
    org: I64
    template: I64


@dataclass
class Canvas:
    """All that is known of the world. Times are seconds of the window; accounts are row numbers."""

    seed: int
    days: int
    accounts: Accounts
    actors: Actors
    addresses: AddressPlan
    ordinal: I64
    settled: I64
    room: I64
    mobile: list[list[int]]
    vpn: list[int]
    offices: list[I64]
    default_devices: I64
    granted: dict[str, list[Held]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    pools: Pools = field(default_factory=Pools)
    schedules: list[F64] = field(default_factory=list)
    borrowers: list[Actors] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    relations: list[Relations] = field(default_factory=list)
    allowed: list[Allowed] = field(default_factory=list)
    indicated: list[Indicated] = field(default_factory=list)
    owned: list[Owned] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    groups: int = 0
    enforcement: list[tuple[I64, I64, U8]] = field(default_factory=list)
    rented: dict[int, list[int]] = field(default_factory=dict)
    exits: dict[int, I64] = field(default_factory=dict)
    companies: Company | None = None
    chargebacks: dict[int, float] = field(default_factory=dict)

    @property
    def window(self) -> int:
        """Seconds from the start of the window to the as-of date."""
        return self.days * DAY

    def grant(
        self,
        kind: str,
        owner: I64,
        value: I64 | int,
        weight: F64 | float = 1.0,
        start: I64 | I32 | int = 0,
        end: I64 | I32 | int = FOREVER,
    ) -> None:
        """Let these actors hold a value of the kind, all of them one or each its own."""
        self.granted[kind].append(Held.of(owner, value, weight, start, end))

    def drop(self, owner: I64, own: int) -> None:
        """Take from these actors what they hold of their own (flags of Own)."""
        self.actors.own[owner] &= np.uint8(255 - own)

    def set_plan(self, members: I64, plan: str) -> None:
        """Put the accounts on a plan and its usual pathway."""
        self.accounts.plan[members] = PLAN[plan]
        self.accounts.pathway[members] = PATHWAYS.index(PLANS[PLAN[plan]].pathway)

    def settle(self, members: I64, country: I64) -> None:
        """Move the accounts to a country: their homes, and their days to its hours."""
        moving = self.accounts.country[members] != country
        self.accounts.country[members] = country
        for one in np.unique(country[moving]):
            movers = members[moving & (country == one)]
            # Whoever moves gets a number of its own there, or it would live where another does.
            self.ordinal[movers] = self.settled[one] + np.arange(len(movers))
            self.settled[one] += len(movers)
            if self.settled[one] > self.room[one]:
                raise ValueError(f"no home left in {COUNTRIES[one].code}")
        offsets = np.array([c.utc_offset for c in COUNTRIES])
        self.actors.utc_offset[members] = offsets[country]

    def register(self, members: I64, created: I64) -> None:
        """Let the accounts be created at these seconds and begin soon after."""
        self.accounts.created[members] = created
        begin = np.maximum(created + 60 + (members * 7_919) % 1_800, 0)
        self.actors.start[members] = np.minimum(begin, self.window - 1)

    def schedule(self, weights: F64) -> int:
        """Add hours of the window (days x 24 weights) in which several actors work; its number."""
        self.schedules.append(weights)
        return len(self.schedules) - 1

    def style(self, name: str) -> int:
        """The number of a ring's style; rings of one style have one number (a name twice is written in two ways)."""
        if name not in self.styles:
            self.styles.append(name)
        return self.styles.index(name)

    def borrow(self, actors: Actors) -> I64:
        """Add others who use existing accounts; their actor numbers."""
        first = len(self.accounts) + sum(len(part) for part in self.borrowers)
        self.borrowers.append(actors)
        return np.arange(first, first + len(actors), dtype=np.int64)

    def relate(self, account: I64, other: I64, wait: I64 | int = 0) -> None:
        """Record that the accounts were invited by others, `wait` seconds after they were created."""
        apart = np.flatnonzero(
            (account != other) & (self.accounts.created[other] < self.accounts.created[account])
        )
        at = np.minimum(self.accounts.created[account].astype(np.int64) + wait, self.window - 1)
        self.relations.append(Relations(account[apart], other[apart], at[apart]))

    def enforce(self, members: I64, at: I64, action: str) -> None:
        """Record an action of the provider against the accounts; a ban ends their use."""
        self.enforcement.append((members, at, np.full(len(members), ACTIONS.index(action), dtype=np.uint8)))
        if action == "ban":
            self.accounts.status[members] = STATUSES.index("banned")
            self.actors.end[members] = np.minimum(self.actors.end[members], at)


def release_second(days: int) -> int:
    """When the newest model comes out, in seconds of the window: 15:00 of a day past its middle."""
    share = next(model.age for model in MODELS if model.in_window)
    return int(share * days) * DAY + 15 * 3_600


def blank(count: int, days: int, seed: int) -> Canvas:
    """A world of plain users only."""
    rng = np.random.default_rng([seed, 1])
    accounts = draw_accounts(count, days, rng)
    actors = draw_actors(accounts, days, release_second(days), rng)
    people = np.bincount(accounts.country, minlength=len(COUNTRIES)).astype(np.int64)
    # Each country has homes for those who are born there and those whom stories move there.
    room = 2 * people + count // 25 + 64
    plan = plan_addresses(people, 2 * room, rng)
    # The first addresses are the accounts' homes, two each, so stories take theirs from behind them.
    plan.used = {("residential", country): 2 * int(size) for country, size in enumerate(room)}
    canvas = Canvas(
        seed=seed,
        days=days,
        accounts=accounts,
        actors=actors,
        addresses=plan,
        ordinal=_ordinals(accounts.country, people),
        settled=people.copy(),
        room=room,
        mobile=[],
        vpn=[],
        offices=[],
        default_devices=code(seed, Salt.DEVICE, np.arange(max(3, count // 60_000)), 10**9),
    )
    _common_networks(canvas, people)
    return canvas


def _ordinals(country: U8, people: I64) -> I64:
    """Each account's number among those of its country."""
    order = np.argsort(country, kind="stable")
    first = np.repeat(np.cumsum(people) - people, people)
    out = np.empty(len(country), dtype=np.int64)
    out[order] = np.arange(len(country)) - first
    return out


def _common_networks(canvas: Canvas, people: I64) -> None:
    """Carriers, VPN exits and offices that plain users share by chance."""
    for country, size in enumerate(people):
        wanted = int(size * PLAIN.mobile_share / PLAIN.users_of_a_cgnat_address) + 1
        kind = "cgnat" if country % 2 else "mobile"
        exits = canvas.addresses.take(kind, np.full(wanted, country))
        # A carrier's region has few exits; a subscriber never meets those of another region.
        canvas.mobile.append([canvas.pools.add(exits[i : i + 4], 7_200) for i in range(0, wanted, 4)])
    count = len(canvas.accounts)
    places = np.arange(len(COUNTRIES))
    for number in range(count // 40 // PLAIN.users_of_a_vpn_pool + 2):
        homes = np.resize(places[: 3 + number % 5], PLAIN.vpn_pool)
        # Some services sell homes' lines as exits: customers who want to look like a household use them too.
        kind = "residential_proxy" if number % 4 == 1 else "vpn"
        canvas.vpn.append(canvas.pools.add(canvas.addresses.take(kind, homes), 14_400))
    for country, size in enumerate(people):
        canvas.offices.append(canvas.addresses.take("corporate", np.full(int(size) // 12 + 1, country)))
