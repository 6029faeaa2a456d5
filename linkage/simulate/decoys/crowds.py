"""Innocent crowds: courses, events, and strangers who meet the same text, code or release."""

import numpy as np

from linkage.simulate.canvas import release_second
from linkage.simulate.catalog import HARNESS
from linkage.simulate.codes import Salt, code
from linkage.simulate.decoys.groups import Groups
from linkage.simulate.people import DAY, Own, Profile


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


def hackathon(g: Groups) -> None:
    """One weekend at one venue: sign-up within hours, one event code, one starter text, then mostly silence."""
    canvas, actors, accounts = g.canvas, g.canvas.actors, g.canvas.accounts
    g.together()
    begin = g.rng.integers(1, max(2, canvas.days - 4), g.count)[g.group] * DAY + 8 * 3_600
    venue = g.address("corporate")
    canvas.grant("ip", g.members, venue[g.group], 8.0, begin, begin + 2 * DAY)
    g.share("template", g.fresh(Salt.TEMPLATE))
    actors.granted_share[g.members] = g.rng.uniform(0.2, 0.6, len(g.members))
    accounts.referral[g.members] = g.fresh(Salt.REFERRAL)[g.group]
    canvas.set_plan(g.members, "free")
    harness = g.some(0.5)
    canvas.drop(g.members[harness], Own.CLIENTS)
    canvas.grant(
        "client", g.members[harness], np.array(HARNESS)[g.rng.integers(0, len(HARNESS), int(harness.sum()))]
    )
    canvas.register(g.members, begin + g.rng.integers(-6 * 3_600, 3 * 3_600, len(g.members)))
    actors.ramp[g.members] = False
    actors.rate[g.members] = np.maximum(actors.rate[g.members], 0.5)
    over = g.members[g.some(0.6)]
    until = begin[np.isin(g.members, over)] + 2 * DAY + g.rng.integers(0, 2 * DAY, len(over))
    actors.end[over] = np.minimum(np.maximum(until, actors.start[over] + 1), canvas.window)


def viral_referral(g: Groups) -> None:
    """A code that went viral: strangers sign up within days, and its owner's account is their referrer."""
    canvas = g.canvas
    begin = g.rng.uniform(-120 * DAY, 0.6 * canvas.window, g.count)[g.group]
    created = np.minimum(begin + g.rng.exponential(2 * DAY, len(g.members)), canvas.window - DAY).astype(
        np.int64
    )
    owner = np.isin(g.members, g.first())
    created[owner] -= g.rng.integers(10 * DAY, 100 * DAY, g.count)
    canvas.register(g.members, created)
    canvas.accounts.referral[g.members[~owner]] = g.fresh(Salt.REFERRAL)[g.group[~owner]]
    g.invited(0.9)


def niche_prompt(g: Groups) -> None:
    """Strangers who found the same rare prompt in a blog, each in its own week after it was published."""
    canvas = g.canvas
    published = g.rng.uniform(-20 * DAY, 0.5 * canvas.window, g.count)[g.group]
    found = np.maximum(published + g.rng.exponential(5 * DAY, len(g.members)), 0).astype(np.int64)
    canvas.grant(
        "template", g.members, g.fresh(Salt.TEMPLATE)[g.group], 1.0, np.minimum(found, canvas.window - 1)
    )
    canvas.actors.granted_share[g.members] = g.rng.uniform(0.2, 0.6, len(g.members))
    canvas.actors.rate[g.members] = np.maximum(canvas.actors.rate[g.members], 0.2)


def release_day(g: Groups) -> None:
    """Enthusiasts: they move to the new model within hours, and a quarter signed up for it that day."""
    canvas, actors = g.canvas, g.canvas.actors
    release = release_second(canvas.days)
    actors.adopts[g.members] = release + g.rng.integers(300, 18 * 3_600, len(g.members))
    new = g.members[g.some(0.25)]
    canvas.register(new, release + g.rng.integers(0, 24 * 3_600, len(new)))
    actors.ramp[g.members] = False
    actors.rate[g.members] = np.maximum(actors.rate[g.members], 0.3)
