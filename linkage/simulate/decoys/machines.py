"""Innocent sharers that are machines: fleets of service accounts, build runners, jobs on the hour."""

import numpy as np

from linkage.simulate.campaigns import fail_over
from linkage.simulate.catalog import SERVERS
from linkage.simulate.codes import Salt
from linkage.simulate.decoys.groups import Groups
from linkage.simulate.people import DAY, Own, Profile


def service_fleet(g: Groups) -> None:
    """A company's service accounts: one text, one client, even load day and night, sign-up by one script."""
    canvas, actors, accounts = g.canvas, g.canvas.actors, g.canvas.accounts
    canvas.drop(
        g.members, Own.HOME | Own.MOBILE | Own.WORK | Own.VPN | Own.SERVER | Own.DEVICES | Own.CLIENTS
    )
    egress = g.address("hosting")
    g.share("ip", egress, weight=2.0)
    g.share("ip", g.address("hosting"), g.chance(0.5))
    g.allow("ip", egress, 0.3, "service accounts of a customer")
    server = np.array(SERVERS)[g.rng.integers(0, len(SERVERS), g.count)]
    g.share("client", g.fresh(Salt.OWN_CLIENT) + server)
    texts = [g.fresh(Salt.TEMPLATE, number) for number in range(3)]
    for number, text in enumerate(texts):
        g.share("template", text, g.chance(1.0 - 0.3 * number))
    actors.granted_share[g.members] = g.rng.uniform(0.6, 1.0, g.count)[g.group]
    canvas.set_plan(g.members, "payg")
    g.one_card(g.chance(0.8))
    accounts.org[g.members] = g.fresh(Salt.ORG)[g.group]
    accounts.mail_domain[g.members] = g.fresh(Salt.EMAIL)[g.group]
    accounts.mail_shape[g.members] = 4
    actors.profile[g.members] = Profile.FLAT
    actors.noise[g.members] = 20.0
    actors.bursty[g.members], actors.ramp[g.members] = False, False
    actors.device_share[g.members] = 0.0
    actors.grid[g.members[g.chance(0.3)]] = 3_600
    level = g.rng.lognormal(0.0, 1.0, g.count)[g.group]
    actors.rate[g.members] = level * g.rng.lognormal(0.0, 0.15, len(g.members))
    begin = g.rng.uniform(-250 * DAY, 0.4 * canvas.window, g.count)[g.group]
    canvas.register(g.members, (begin + g.rng.random(len(g.members)) * 3_600).astype(np.int64))
    for one in np.flatnonzero(g.rng.random(g.count) < 0.5):
        fleet = g.members[g.group == one]
        at = (g.rng.random(len(fleet)) * canvas.window).astype(np.int64)
        fail_over(canvas, fleet, at, np.full(len(fleet), texts[0][one]), g.rng)


def ci_runners(g: Groups) -> None:
    """Build jobs of strangers: they leave through the same few addresses of a runner service."""
    canvas, actors = g.canvas, g.canvas.actors
    canvas.drop(g.members, Own.MOBILE | Own.WORK | Own.VPN | Own.CLIENTS)
    services = [
        canvas.pools.add(canvas.addresses.take("hosting", np.zeros(12, dtype=np.int64)), 600)
        for _ in range(2)
    ]
    canvas.grant("ip", g.members, np.array(services)[g.rng.integers(0, 2, len(g.members))], 3.0)
    canvas.grant("client", g.members, np.array(SERVERS)[g.rng.integers(0, len(SERVERS), len(g.members))])
    actors.device_share[g.members] = 0.2
    actors.profile[g.members] = Profile.OFFICE
    actors.own_share[g.members] = 0.9


def cron(g: Groups) -> None:
    """Jobs that all start on the hour, each on a machine and with texts of its own."""
    canvas, actors = g.canvas, g.canvas.actors
    canvas.drop(g.members, Own.HOME | Own.MOBILE | Own.WORK | Own.VPN)
    actors.own[g.members] |= np.uint8(Own.SERVER)
    actors.grid[g.members] = 3_600
    actors.profile[g.members] = Profile.FLAT
    actors.noise[g.members] = 20.0
    actors.bursty[g.members] = False
    actors.device_share[g.members] = 0.0
    actors.own_share[g.members] = 0.95
