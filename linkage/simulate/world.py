"""A world of accounts with planted rings and innocent sharers, written in the input format."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from linkage.simulate import tables
from linkage.simulate.base import World, finish, home_addresses
from linkage.simulate.billing import draw_methods, draw_payments
from linkage.simulate.campaigns import plant_operators
from linkage.simulate.canvas import Canvas, Indicated, blank
from linkage.simulate.codes import I64
from linkage.simulate.decoys import STORIES, plant_decoys
from linkage.simulate.knobs import FRAUD_SHARE, PLAIN, SCALES, Scale
from linkage.simulate.levels import LEVELS, Level
from linkage.simulate.owned import owned_table
from linkage.simulate.people import churn
from linkage.simulate.traffic import draw_exchanges, draw_sessions
from linkage.simulate.write import Format, Sink

#: Expected exchanges in one part: what bounds memory, whatever the number of accounts.
_PART_ROWS = 500_000
_FEWEST_ACCOUNTS = 1_000


@dataclass(frozen=True)
class WorldSummary:
    """What was written: rows by table, rings, accounts in them and borrowed by them, accounts by story."""

    rows: dict[str, int]
    rings: int
    fraud_accounts: int
    victims: int
    decoys: dict[str, int]
    seconds: float


def simulate(
    out: Path,
    *,
    accounts: int,
    days: int = 30,
    exchanges_per_account: float = 33.0,
    seed: int = 1,
    text: bool = False,
    fmt: Format = "parquet",
    level: Level = "easy",
    largest_ring: float = 0.35,
    fraud: float = FRAUD_SHARE,
) -> WorldSummary:
    """Write a world into the folder `out` (made if missing, refused unless empty).

    The world ends at `tables.AS_OF` and has `days` of traffic, on average `exchanges_per_account` of them an
    account. With `text`, exchanges carry the prompt instead of the template's id. `largest_ring` is that ring's
    share of all fraudulent accounts, which are the share `fraud` of all (0: a world without rings). The same arguments
    give the same bytes.
    """
    begun = time.perf_counter()
    if accounts < _FEWEST_ACCOUNTS or days < 7:
        raise ValueError(f"a world needs at least {_FEWEST_ACCOUNTS} accounts and 7 days to hold every story")
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty")
    canvas, rings = plan(accounts, days, seed, level, largest_ring, fraud)
    world = finish(canvas, exchanges_per_account, LEVELS[level].traffic_share if rings else None)
    rows = _write_small_tables(canvas, out, fmt) | _write_large_tables(world, out, fmt, text=text)
    found = canvas.accounts
    told = np.bincount(found.story[found.story >= 0], minlength=len(STORIES))
    return WorldSummary(
        rows=rows,
        rings=rings,
        fraud_accounts=int((found.role == 1).sum()),
        victims=int((found.role == 2).sum()),
        decoys={name: int(count) for name, count in zip(STORIES, told, strict=True)},
        seconds=time.perf_counter() - begun,
    )


def plan(
    accounts: int,
    days: int,
    seed: int,
    level: Level,
    largest_ring: float = 0.35,
    fraud: float = FRAUD_SHARE,
) -> tuple[Canvas, int]:
    """A canvas with all stories told and all rings laid, and the number of rings."""
    canvas = blank(accounts, days, seed)
    # Stories take accounts in an order of their own: a row's place says nothing about its story.
    order = np.random.default_rng([seed, 2]).permutation(accounts)
    free = plant_decoys(canvas, order, np.random.default_rng([seed, 3]))
    rings = plant_operators(canvas, free, level, largest_ring, fraud, np.random.default_rng([seed, 4]))
    rng = np.random.default_rng([seed, 5])
    innocent = np.flatnonzero(canvas.accounts.role == 0)
    # Who passes for a customer comes and goes like one, and meets the same mistakes.
    ordinary = np.flatnonzero(canvas.accounts.role != 1) if LEVELS[level].persona < 1 else np.arange(accounts)
    churn(canvas.accounts, canvas.actors, ordinary, rng)
    _enforce_at_random(canvas, ordinary[canvas.accounts.status[ordinary] == 0], rng)
    _relate_at_random(canvas, innocent, rng)
    return canvas, rings


def _enforce_at_random(canvas: Canvas, innocent: I64, rng: np.random.Generator) -> None:
    """Actions against accounts of no ring: rate limits, mistakes that are taken back, single abusers."""
    draw = rng.random(len(innocent))
    begin, end = canvas.actors.start[innocent].astype(np.int64), canvas.actors.end[innocent]
    at = begin + (rng.random(len(innocent)) * np.maximum(end - begin, 1)).astype(np.int64)
    limited = draw < PLAIN.rate_limited
    suspended = ~limited & (draw < PLAIN.rate_limited + PLAIN.suspended)
    banned = draw > 1 - PLAIN.banned
    canvas.enforce(innocent[limited], at[limited], "rate_limit")
    canvas.enforce(innocent[suspended], at[suspended], "suspend")
    again = np.minimum(at + rng.integers(3_600, 72 * 3_600, len(at)), canvas.window - 1)
    canvas.enforce(innocent[suspended], again[suspended], "reinstate")
    canvas.enforce(innocent[banned], at[banned], "ban")


def _relate_at_random(canvas: Canvas, innocent: I64, rng: np.random.Generator) -> None:
    """Friends who invited friends, and what feeds of indicators name by mistake or because VPNs are shared."""
    guests = innocent[rng.random(len(innocent)) < PLAIN.invited_share]
    canvas.relate(guests, rng.choice(innocent, len(guests)))
    named = innocent[rng.random(len(innocent)) < PLAIN.indicator_noise]
    exits = np.concatenate([canvas.pools.members[-code - 1][:4] for code in canvas.vpn])
    for values, low in ((home_addresses(canvas, named, 0), 0.1), (np.unique(exits), 0.3)):
        confidence = rng.uniform(low, 0.9, len(values)).round(2)
        canvas.indicated.append(Indicated("ip", values, confidence, rng.integers(-20, 90, len(values))))


def _write_small_tables(canvas: Canvas, out: Path, fmt: Format) -> dict[str, int]:
    """The tables that fit in memory; their row counts."""
    small: dict[str, pa.Table] = {
        "ip_ranges": canvas.addresses.table(),
        "releases": tables.releases_table(canvas),
        "plans": tables.plans_table(),
        "enforcement": tables.enforcement_table(canvas),
        "links": tables.links_table(canvas),
        "allow_list": tables.allow_list_table(canvas),
        "indicators": tables.indicators_table(canvas),
        "truth_identifiers": owned_table(canvas),
    }
    for name, table in small.items():
        with Sink(out, name, fmt) as sink:
            sink.write(table)
    return {name: table.num_rows for name, table in small.items()}


def _write_large_tables(world: World, out: Path, fmt: Format, *, text: bool) -> dict[str, int]:
    """The tables with rows an account, part after part of the accounts; their row counts."""
    canvas = world.canvas
    parts = _parts(world)
    single = ("accounts", "payment_methods", "payments", "labels", "stories")
    with ExitStack() as stack:
        sinks = {name: stack.enter_context(Sink(out, name, fmt)) for name in single}
        for name in ("sessions", "exchanges"):
            sinks[name] = stack.enter_context(Sink(out, name, fmt, folder=len(parts) > 1))
        for number, (ids, actors) in enumerate(parts):
            rng = np.random.default_rng([world.seed, 6, number])
            sinks["accounts"].write(tables.accounts_table(canvas, ids))
            sinks["labels"].write(tables.labels_table(canvas, ids))
            sinks["stories"].write(tables.stories_table(canvas, ids))
            sinks["payment_methods"].write(tables.methods_table(canvas, draw_methods(world, ids, rng)))
            sinks["payments"].write(tables.payments_table(canvas, draw_payments(world, ids, rng)))
            sessions = draw_sessions(world, actors, rng)
            exchanges = draw_exchanges(world, actors, sessions, sinks["exchanges"].rows, rng)
            traffic = tables.TrafficTables(world, actors, sessions, exchanges)
            sinks["sessions"].write(traffic.sessions())
            sinks["exchanges"].write(traffic.exchanges(text=text))
        return {name: sink.rows for name, sink in sinks.items()}


def _parts(world: World) -> list[tuple[I64, I64]]:
    """Accounts cut into runs of about equal traffic; each with its actors, borrowers included."""
    count = len(world.canvas.accounts)
    number = max(1, round(float(world.actors.rate.sum()) / _PART_ROWS))
    edges = np.linspace(0, count, number + 1).astype(np.int64)
    borrowers = np.arange(count, len(world.actors), dtype=np.int64)
    owner = world.actors.account[borrowers]
    return [
        (
            ids := np.arange(low, high, dtype=np.int64),
            np.concatenate([ids, borrowers[(owner >= low) & (owner < high)]]),
        )
        for low, high in pairwise(edges)
    ]


__all__ = ["SCALES", "Scale", "WorldSummary", "plan", "simulate"]
