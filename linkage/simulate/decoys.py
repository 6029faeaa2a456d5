"""Innocent sharers: one function a story, each lays its story on the accounts it is given.

A story is told for all of its groups at once: `group` numbers each account's group from 0, and what the
group shares is one value a group, looked up by that number.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from linkage.simulate.base import BIN_WEIGHTS, home_addresses, pick_by_country
from linkage.simulate.canvas import Canvas, Company
from linkage.simulate.catalog import COMMON_CLIENT, HARNESS, SERVERS
from linkage.simulate.codes import I64, Bools, Salt, code
from linkage.simulate.held import FOREVER
from linkage.simulate.knobs import DECOY_KNOBS, Sharing
from linkage.simulate.people import DAY, Own, Profile


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


def household(g: Groups) -> None:
    """Two to five people in one home: one address, often one card, sometimes one tablet."""
    g.together()
    g.canvas.drop(g.members, Own.HOME)
    g.share("ip", g.address("residential"))
    paying = g.chance(0.6) & g.some(0.8)
    g.canvas.set_plan(g.members[paying], "pro")
    g.one_card(paying)
    g.share("device", g.fresh(Salt.DEVICE), g.chance(0.35), 0.7)
    one_phone = g.chance(0.12)
    g.canvas.accounts.phone[g.members[one_phone]] = g.fresh(Salt.PHONE)[g.group[one_phone]]


def small_company(g: Groups) -> None:
    """A team on one card behind one office address, with prompts of its own."""
    g.together()
    actors, accounts = g.canvas.actors, g.canvas.accounts
    address, template = g.address("corporate"), g.fresh(Salt.TEMPLATE)
    g.share("ip", address, weight=1.5)
    g.canvas.drop(g.members, Own.WORK)
    g.canvas.set_plan(g.members, "team")
    g.one_card(g.chance(0.8))
    organised = g.chance(0.7)
    org = g.fresh(Salt.ORG)
    accounts.org[g.members[organised]] = org[g.group[organised]]
    own_mail = g.chance(0.8)
    accounts.mail_domain[g.members[own_mail]] = g.fresh(Salt.EMAIL)[g.group[own_mail]]
    g.share("template", template)
    g.share("template", g.fresh(Salt.TEMPLATE, 1), g.some(0.6))
    actors.granted_share[g.members] = g.rng.uniform(0.1, 0.6, g.count)[g.group]
    _product(g, 0.3)
    actors.profile[g.members] = Profile.OFFICE
    _join_over_time(g, 25.0)
    g.canvas.companies = Company(address, org, template)


def large_company(g: Groups) -> None:
    """Hundreds behind one egress: one organisation, sign-on by the company's domain, no cards."""
    g.together()
    actors, accounts = g.canvas.actors, g.canvas.accounts
    g.share("ip", g.address("corporate"), weight=2.0)
    g.share("ip", g.address("corporate"), g.some(0.4), 1.0)
    g.canvas.drop(g.members, Own.WORK | Own.CARD)
    g.canvas.set_plan(g.members, "enterprise")
    accounts.org[g.members] = g.fresh(Salt.ORG)[g.group]
    accounts.mail_domain[g.members] = g.fresh(Salt.EMAIL)[g.group]
    accounts.mail_shape[g.members] = 0
    for number in range(4):
        g.share("template", g.fresh(Salt.TEMPLATE, number), g.some(0.5))
    actors.granted_share[g.members] = g.rng.uniform(0.05, 0.3, len(g.members))
    _product(g, 0.5)
    actors.profile[g.members] = Profile.OFFICE
    _join_over_time(g, 60.0)


def cafe_wifi(g: Groups) -> None:
    """Guests of one café or hotel, each there on a few days, seldom on the same ones."""
    g.together()
    address = g.address("residential")
    for _ in range(4):
        guests = g.some(0.6)
        day = g.rng.integers(0, g.canvas.days, int(guests.sum())) * DAY
        owner = g.members[guests]
        g.canvas.grant("ip", owner, address[g.group[guests]], 2.5, day, day + DAY)


def carrier_nat(g: Groups) -> None:
    """People whose only line is a mobile one: thousands behind a few addresses of their carrier."""
    g.canvas.drop(g.members, Own.HOME | Own.WORK)
    country = g.canvas.accounts.country[g.members].astype(np.int64)
    exits = pick_by_country(g.canvas.mobile, country, g.rng.random(len(g.members)))
    g.canvas.grant("ip", g.members, exits)


def vpn_exits(g: Groups) -> None:
    """Customers of a few VPN services, who rotate over the same exits."""
    pools = np.array(g.canvas.vpn)
    g.canvas.grant("ip", g.members, pools[g.rng.integers(0, len(pools), len(g.members))], 2.5)


def open_harness(g: Groups) -> None:
    """Users of one open-source harness: its prompt, its tools and its task templates are everybody's."""
    g.canvas.drop(g.members, Own.CLIENTS)
    g.canvas.grant("client", g.members, np.array(HARNESS)[g.rng.integers(0, len(HARNESS), len(g.members))])
    for number in range(3):
        text = int(code(g.canvas.seed, Salt.TEMPLATE, 0, 77_000 + number)[0])
        g.canvas.grant("template", g.members[g.some(0.8)], text)
    g.canvas.actors.granted_share[g.members] = g.rng.uniform(0.3, 0.8, len(g.members))


def popular_prompts(g: Groups) -> None:
    """Collectors of public prompts, who use little else."""
    g.canvas.actors.popular_share[g.members] = g.rng.uniform(0.6, 0.9, len(g.members))
    g.canvas.actors.own_share[g.members] = 0.1


def university_course(g: Groups) -> None:
    """A class: one campus, one assignment text, sign-up in one week, work before the deadlines."""
    g.together()
    actors, accounts, window = g.canvas.actors, g.canvas.accounts, g.canvas.window
    g.share("ip", g.address("education"), weight=1.2)
    g.share("ip", g.address("education"), g.some(0.5), 0.6)
    g.canvas.drop(g.members, Own.CARD | Own.WORK)
    g.canvas.set_plan(g.members, "education")
    accounts.mail_domain[g.members] = g.fresh(Salt.EMAIL)[g.group]
    for number in range(3):
        g.share("template", g.fresh(Salt.TEMPLATE, number), g.some(0.7))
    actors.granted_share[g.members] = g.rng.uniform(0.4, 0.8, len(g.members))
    begin = g.rng.uniform(-60 * DAY, 0.3 * window, g.count)[g.group]
    g.canvas.register(g.members, (begin + g.rng.random(len(g.members)) * 5 * DAY).astype(np.int64))
    actors.profile[g.members] = Profile.STUDENT
    for number in range(g.count):
        working = g.members[(g.group == number) & g.some(0.7)]
        actors.schedule[working] = g.canvas.schedule(_course_hours(g.canvas.days, g.rng))


def _course_hours(days: int, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Hours of the window in which a class works: two labs a week, evenings before a deadline."""
    hours = np.full((days, 24), 0.2)
    hours[:, 0:7] = 0.02
    lab, at = int(rng.integers(0, 3)), int(rng.integers(8, 15))
    for day in range(days):
        if day % 7 in (lab, lab + 2):
            hours[day, at : at + 2] = 3.0
        if day % 7 == 6:
            hours[day, 17:23] = 2.0
    return hours.ravel()


def agency(g: Groups) -> None:
    """Staff who work in clients' accounts: the agency's office, laptops, card and texts in all of them."""
    actors = g.canvas.actors
    g.share("ip", g.address("corporate"), weight=0.8)
    for number in range(3):
        g.share("device", g.fresh(Salt.DEVICE, number), g.some(0.4), 0.6)
    paid = g.some(0.5)
    g.canvas.set_plan(g.members[paid], "payg")
    g.one_card(paid)
    g.share("template", g.fresh(Salt.TEMPLATE))
    actors.granted_share[g.members] = g.rng.uniform(0.1, 0.4, len(g.members))
    actors.profile[g.members] = Profile.OFFICE


def default_device(g: Groups) -> None:
    """Emulators and privacy builds that report one of a few default device ids."""
    defaults = g.canvas.default_devices
    g.canvas.drop(g.members[g.some(0.6)], Own.DEVICES)
    g.canvas.grant("device", g.members, defaults[g.rng.integers(0, len(defaults), len(g.members))], 1.5)


def common_client(g: Groups) -> None:
    """Users of the most common browser on the most common system, and of nothing else."""
    g.canvas.drop(g.members, Own.CLIENTS)
    g.canvas.grant("client", g.members, COMMON_CLIENT)


def remote_team(g: Groups) -> None:
    """Colleagues without an office: one card, one private template, everyone at home."""
    actors = g.canvas.actors
    g.canvas.drop(g.members, Own.WORK)
    g.canvas.set_plan(g.members, "team")
    g.one_card(g.some(0.9))
    g.share("template", g.fresh(Salt.TEMPLATE))
    actors.granted_share[g.members] = g.rng.uniform(0.2, 0.7, g.count)[g.group]
    own_mail = g.chance(0.5)
    g.canvas.accounts.mail_domain[g.members[own_mail]] = g.fresh(Salt.EMAIL)[g.group[own_mail]]
    _product(g, 0.4)
    _join_over_time(g, 40.0)


def second_hand_device(g: Groups) -> None:
    """A laptop that is sold: two accounts held it, weeks apart."""
    g.canvas.drop(g.members, Own.DEVICES)
    _pass_on(g, "device", g.fresh(Salt.DEVICE), code(g.canvas.seed, Salt.DEVICE, g.members, 5))


def recycled_address(g: Groups) -> None:
    """An address that its provider gives to the next customer weeks after the last one left it."""
    g.together()
    other = home_addresses(g.canvas, g.members, 0)
    g.canvas.drop(g.members, Own.HOME)
    _pass_on(g, "ip", g.address("residential"), other)


def consultant(g: Groups) -> None:
    """One person with an account at each of several companies: one laptop, one home, other offices."""
    g.together()
    canvas, companies = g.canvas, g.canvas.companies
    canvas.drop(g.members, Own.HOME | Own.DEVICES | Own.WORK)
    g.share("ip", g.address("residential"))
    g.share("device", g.fresh(Salt.DEVICE))
    canvas.actors.profile[g.members] = Profile.OFFICE
    if companies is None:
        return
    client = g.rng.integers(0, len(companies.address), len(g.members))
    canvas.grant("ip", g.members, companies.address[client], 0.7)
    canvas.grant("template", g.members, companies.template[client])
    canvas.accounts.org[g.members] = companies.org[client]
    canvas.actors.granted_share[g.members] = 0.3


def _product(g: Groups, share: float) -> None:
    """Let this share of groups call through a product of their own (its prompt and tools)."""
    server = np.array(SERVERS)[g.rng.integers(0, len(SERVERS), g.count)]
    g.share("client", g.fresh(Salt.OWN_CLIENT) + server, g.chance(share), 1.5)


def _join_over_time(g: Groups, mean_days: float) -> None:
    """Let the first sign up when it did and the others follow, each some time after."""
    begin = g.canvas.accounts.created[g.first()][g.group].astype(np.int64)
    later = begin + (g.rng.exponential(mean_days * DAY, len(g.members))).astype(np.int64)
    # Whoever would join after the as-of date joined on the first day with the founder.
    created = np.where(later < g.canvas.window - DAY, later, begin + g.rng.integers(0, 3_600, len(g.members)))
    g.canvas.register(g.members, np.minimum(created, g.canvas.window - 1))


def _pass_on(g: Groups, kind: str, shared: I64, other: I64) -> None:
    """Let one account of each group hold the shared value early and one late, and each its own between."""
    window = g.canvas.window
    turn = np.arange(len(g.members)) - np.searchsorted(g.group, g.group)
    last = np.bincount(g.group)[g.group] - 1
    until = (g.rng.uniform(0.2, 0.35, g.count) * window).astype(np.int64)[g.group]
    since = (g.rng.uniform(0.65, 0.8, g.count) * window).astype(np.int64)[g.group]
    early, late = turn == 0, (turn == last) & (turn > 0)
    g.canvas.grant(kind, g.members[early], shared[g.group[early]], 1.0, 0, until[early])
    g.canvas.grant(kind, g.members[early], other[early], 1.0, until[early])
    g.canvas.grant(kind, g.members[late], other[late], 1.0, 0, since[late])
    g.canvas.grant(kind, g.members[late], shared[g.group[late]], 1.0, since[late])
    between = ~early & ~late
    g.canvas.grant(kind, g.members[between], other[between], 1.0, 0, FOREVER)
    # Both must live long enough for the sharing to be seen at all.
    g.canvas.register(g.members, -g.rng.integers(DAY, 200 * DAY, len(g.members)))
    g.canvas.actors.rate[g.members] = np.maximum(g.canvas.actors.rate[g.members], 0.5)


DECOYS: dict[str, Callable[[Groups], None]] = {
    story.__name__: story
    for story in (
        household,
        small_company,
        large_company,
        cafe_wifi,
        carrier_nat,
        vpn_exits,
        open_harness,
        popular_prompts,
        university_course,
        agency,
        default_device,
        common_client,
        remote_team,
        second_hand_device,
        recycled_address,
        consultant,
    )
}
STORIES = tuple(DECOYS)


def plant_decoys(canvas: Canvas, free: I64, rng: np.random.Generator) -> I64:
    """Tell every story on accounts from `free` (in its order); the accounts that are left plain."""
    for number, (name, tell) in enumerate(DECOYS.items()):
        knob = DECOY_KNOBS[name]
        wanted = max(round(knob.share * len(canvas.accounts)), 2 * knob.low)
        members, free = free[:wanted], free[wanted:]
        if len(members) < wanted:
            raise ValueError(f"too few accounts for the story {name}")
        canvas.accounts.story[members] = number
        tell(Groups(canvas, members, _group(wanted, knob, rng), number, rng))
    return free


def _group(count: int, knob: Sharing, rng: np.random.Generator) -> I64:
    """Group numbers of `count` accounts: contiguous groups of log-uniform size between low and high."""
    high = min(knob.high, max(knob.low, count // 2))
    drawn = rng.uniform(np.log(knob.low), np.log(high + 1), count // knob.low + 1)
    edges = np.cumsum(np.maximum(np.exp(drawn).astype(np.int64), knob.low))
    group = np.searchsorted(edges, np.arange(count), side="right")
    # A last group that came out too small joins the one before it.
    if group[-1] > 0 and (group == group[-1]).sum() < knob.low:
        group[group == group[-1]] -= 1
    return group.astype(np.int64)
