"""Innocent sharers at work: companies, their agencies and consultants, teams without an office."""

import numpy as np

from linkage.simulate.canvas import Company
from linkage.simulate.catalog import PATHWAYS
from linkage.simulate.codes import Salt
from linkage.simulate.decoys.groups import Groups
from linkage.simulate.people import DAY, Own, Profile


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
    g.product(0.3)
    actors.profile[g.members] = Profile.OFFICE
    g.join_over_time(25.0)
    g.invited(0.5)
    g.canvas.companies = Company(address, org, template)


def large_company(g: Groups) -> None:
    """Hundreds behind one egress: one organisation, sign-on by the company's domain, no cards."""
    g.together()
    actors, accounts = g.canvas.actors, g.canvas.accounts
    egress = g.address("corporate")
    g.share("ip", egress, weight=2.0)
    g.allow("ip", egress, 0.5, "enterprise contract")
    g.share("ip", g.address("corporate"), g.some(0.4), 1.0)
    g.canvas.drop(g.members, Own.WORK | Own.CARD)
    g.canvas.set_plan(g.members, "enterprise")
    accounts.org[g.members] = g.fresh(Salt.ORG)[g.group]
    accounts.mail_domain[g.members] = g.fresh(Salt.EMAIL)[g.group]
    accounts.mail_shape[g.members] = 0
    for number in range(4):
        g.share("template", g.fresh(Salt.TEMPLATE, number), g.some(0.5))
    actors.granted_share[g.members] = g.rng.uniform(0.05, 0.3, len(g.members))
    g.product(0.5)
    actors.profile[g.members] = Profile.OFFICE
    g.join_over_time(60.0)


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
    g.product(0.4)
    g.join_over_time(40.0)
    g.invited(0.6)


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


def reseller(g: Groups) -> None:
    """A reseller under contract: its card pays, its script signs up customers who have nothing else in common."""
    canvas, accounts = g.canvas, g.canvas.accounts
    card = g.card()
    paid = g.some(0.85)
    canvas.set_plan(g.members, "payg")
    g.share("card", card, paid)
    canvas.drop(g.members[paid], Own.CARD)
    g.allow("card", card, 0.8, "reseller under contract")
    accounts.pathway[g.members] = PATHWAYS.index("cloud")
    pattern = g.chance(0.6)
    accounts.mail_shape[g.members[pattern]] = 5
    accounts.mail_domain[g.members[pattern]] = g.fresh(Salt.EMAIL)[g.group[pattern]]
    accounts.referral[g.members] = g.fresh(Salt.REFERRAL)[g.group]
    begin = g.rng.uniform(-200 * DAY, 0.2 * canvas.window, g.count)[g.group]
    created = begin + g.rng.random(len(g.members)) * 60 * DAY
    canvas.register(g.members, np.minimum(created, canvas.window - DAY).astype(np.int64))
    g.invited(0.8)
