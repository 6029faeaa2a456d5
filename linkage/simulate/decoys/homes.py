"""Innocent sharers at home and on the way: lines, devices and numbers that people share or pass on."""

import numpy as np

from linkage.simulate.base import home_addresses, pick_by_country
from linkage.simulate.catalog import COMMON_CLIENT
from linkage.simulate.codes import Salt, code
from linkage.simulate.decoys.groups import Groups
from linkage.simulate.knobs import PLAIN
from linkage.simulate.people import DAY, Own


def household(g: Groups) -> None:
    """Two to five people in one home: one address, often one card, sometimes one tablet."""
    g.together()
    g.canvas.drop(g.members, Own.HOME)
    g.share("ip", g.address("residential"))
    countries = g.canvas.accounts.country[g.first()].astype(np.int64)
    g.share("ip", g.canvas.addresses.take6(countries), g.chance(PLAIN.v6_share))
    paying = g.chance(0.6) & g.some(0.8)
    g.canvas.set_plan(g.members[paying], "pro")
    g.one_card(paying)
    g.share("device", g.fresh(Salt.DEVICE), g.chance(0.35), 0.7)
    one_phone = g.chance(0.12)
    g.canvas.accounts.phone[g.members[one_phone]] = g.fresh(Salt.PHONE)[g.group[one_phone]]
    g.invited(0.2)


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


def default_device(g: Groups) -> None:
    """Emulators and privacy builds that report one of a few default device ids."""
    defaults = g.canvas.default_devices
    g.canvas.drop(g.members[g.some(0.6)], Own.DEVICES)
    g.canvas.grant("device", g.members, defaults[g.rng.integers(0, len(defaults), len(g.members))], 1.5)


def common_client(g: Groups) -> None:
    """Users of the most common browser on the most common system, and of nothing else."""
    g.canvas.drop(g.members, Own.CLIENTS)
    g.canvas.grant("client", g.members, COMMON_CLIENT)


def second_hand_device(g: Groups) -> None:
    """A laptop that is sold: two accounts held it, weeks apart."""
    g.canvas.drop(g.members, Own.DEVICES)
    g.pass_on("device", g.fresh(Salt.DEVICE), code(g.canvas.seed, Salt.DEVICE, g.members, 5))


def recycled_address(g: Groups) -> None:
    """An address that its provider gives to the next customer weeks after the last one left it."""
    g.together()
    other = home_addresses(g.canvas, g.members, 0)
    g.canvas.drop(g.members, Own.HOME)
    g.pass_on("ip", g.address("residential"), other)


def recycled_phone(g: Groups) -> None:
    """A number that its carrier gives to the next subscriber: the first owner closed long before."""
    accounts, actors = g.canvas.accounts, g.canvas.actors
    g.together()
    number = g.fresh(Salt.PHONE)
    accounts.phone[g.members] = number[g.group]
    given_up = g.rng.integers(-300 * DAY, -60 * DAY, g.count)[g.group]
    first = np.isin(g.members, g.first())
    before = given_up - g.rng.integers(20 * DAY, 400 * DAY, len(g.members))
    after = np.minimum(
        given_up + g.rng.integers(45 * DAY, 240 * DAY, len(g.members)), g.canvas.window - 2 * DAY
    )
    g.canvas.register(g.members, np.where(first, before, after))
    gone = g.members[first]
    accounts.closed[gone] = given_up[first]
    # Their last use lies before the window.
    actors.end[gone] = actors.start[gone]
