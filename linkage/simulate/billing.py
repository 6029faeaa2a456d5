"""Cards on file and what is paid with them."""

from dataclasses import dataclass

import numpy as np

from linkage.simulate.base import World, holdings
from linkage.simulate.catalog import OUTCOMES, PLAN, PLANS
from linkage.simulate.codes import F64, I64, Salt, unit
from linkage.simulate.held import Bag
from linkage.simulate.people import DAY

_TOP_UPS = np.array([5.0, 10.0, 20.0, 50.0, 100.0])


@dataclass(frozen=True)
class Methods:
    """Cards on file: account (row number), card code, and when it was first and last seen (seconds)."""

    account: I64
    card: I64
    first: I64
    last: I64


@dataclass(frozen=True)
class Payments:
    """Payments in order of time: account (row number), second, card code, amount in USD, outcome."""

    account: I64
    at: I64
    card: I64
    amount: F64
    outcome: I64


def draw_methods(world: World, ids: I64, rng: np.random.Generator) -> Methods:
    """The cards of these accounts; a card is entered within the first hour unless a story says when."""
    held = holdings(world, "card", ids)
    account = ids[held.owner]
    created = world.canvas.accounts.created[account].astype(np.int64)
    first = np.maximum(created, held.start * (held.start > 0)) + rng.integers(20, 3_600, len(account))
    early = held.start == 0
    first = np.where(early, created + rng.integers(20, 3_600, len(account)), first)
    end = np.minimum(world.actors.end[account].astype(np.int64), world.canvas.window - 1)
    first = np.minimum(first, world.canvas.window - 1)
    last = np.maximum(first, end - (rng.random(len(account)) * 30 * DAY).astype(np.int64))
    return Methods(account, held.value, first, last)


def draw_payments(world: World, ids: I64, rng: np.random.Generator) -> Payments:
    """What these accounts pay in the window: a fee each month, or credit as it runs out."""
    canvas, actors = world.canvas, world.actors
    held = holdings(world, "card", ids)
    price = np.array([plan.price for plan in PLANS])[canvas.accounts.plan[ids]]
    prepaid = canvas.accounts.plan[ids] == PLAN["payg"]
    months = np.maximum(actors.end[ids] - actors.start[ids], 0) / (30 * DAY)
    busy = np.minimum(np.log1p(np.maximum(actors.rate[ids], 0.0)), 6.0)
    count = rng.poisson(months * np.where(prepaid, 0.5 * busy, price > 0))
    count[np.bincount(held.owner, minlength=len(ids)) == 0] = 0
    owner = np.repeat(np.arange(len(ids)), count)
    low, high = actors.start[ids[owner]].astype(np.int64), actors.end[ids[owner]].astype(np.int64)
    at = low + (rng.random(len(owner)) * np.maximum(high - low, 1)).astype(np.int64)
    order = np.argsort(at, kind="stable")
    owner, at = owner[order], at[order]
    top_up = _TOP_UPS[rng.integers(0, len(_TOP_UPS), len(owner))]
    card = Bag(held, len(ids)).draw(owner, at, rng)
    paid = Payments(
        ids[owner], at, card, np.where(prepaid[owner], top_up, price[owner]), _outcomes(world, card, rng)
    )
    kept = np.flatnonzero(card != 0)
    return Payments(paid.account[kept], paid.at[kept], card[kept], paid.amount[kept], paid.outcome[kept])


def _outcomes(world: World, card: I64, rng: np.random.Generator) -> I64:
    """Outcomes by card: some cards are stolen, and their owners take the money back."""
    taken_back = np.full(len(card), 0.002)
    if world.canvas.chargebacks:
        known = np.array(sorted(world.canvas.chargebacks), dtype=np.int64)
        share = np.array([world.canvas.chargebacks[int(one)] for one in known])
        place = np.minimum(np.searchsorted(known, card), len(known) - 1)
        taken_back = np.where(known[place] == card, np.maximum(share[place], 0.002), taken_back)
    # A card that fails once tends to fail again.
    weak = 0.01 + 0.12 * unit(world.seed, Salt.CARD, card, 77) ** 3
    draw = rng.random(len(card))
    edges = (taken_back, taken_back + 0.008, taken_back + 0.008 + weak)
    names = ("chargeback", "refunded", "declined", "paid")
    return np.select(
        [draw < edge for edge in edges], [OUTCOMES.index(n) for n in names[:3]], OUTCOMES.index("paid")
    )
