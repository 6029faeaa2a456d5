"""The stage: texts and active hours in, sightings of synchrony out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.identifiers.base import Family
from linkage.identifiers.registry import Kinds
from linkage.synchrony.following import DAY, Activity, FloatArray, IntArray, LongArray, activity, following
from linkage.synchrony.jobs import Jobs, jobs
from linkage.synchrony.schedule import on_schedule, schedule_bits
from linkage.warehouse import Warehouse

BoolArray = npt.NDArray[np.bool_]

LEAST_HOLDERS = 3
"""Accounts of a group: two have no "others" to follow."""
MOST_DAYS = 90
"""Days that are looked at, the newest: an operation that nobody stopped shows itself in a quarter."""
TIERS = ("synchrony", "close_synchrony")
SCHEDULE = "schedule"
LEAST_TEXTS = 2
"""Texts of a job of which an account is of the job without a look at its hours: one may have been met elsewhere …"""
LEAST_BITS = 1.0
"""… and with fewer its own hours must be twice as likely on the schedule as anywhere."""


@dataclass(frozen=True)
class _Groups:
    """Accounts whose hours are held against each other: `member[bounds[g]:bounds[g + 1]]` of group `name[g]`."""

    bounds: LongArray
    member: LongArray
    name: list[str]
    jobs: Jobs

    @property
    def first_job(self) -> int:
        """The number of the first group that is a job; the texts come before."""
        return len(self.name) - len(self.jobs)


def see_synchrony(warehouse: Warehouse, kinds: Kinds, accounts: int) -> int:
    """Adds to `raw_holding` which accounts of a text act when its other accounts act; the number of such sightings.

    Needs `raw_holding`, `raw_value`, `account` and `profile_day`. Only texts of the content family are asked, one by
    one and as jobs, since synchrony is sharpest among accounts that share some; an account counts where it follows the
    rest by the tier's bits.
    """
    content = [number for number, kind in enumerate(kinds) if kind.family is Family.CONTENT]
    acts = warehouse.query("synchrony/active_day", days=MOST_DAYS)
    holders = warehouse.query("synchrony/content_holder", kinds=content, least=2)
    if not acts.num_rows or not holders.num_rows:
        return 0
    when = activity(*_hours(acts), accounts)
    groups = _groups(holders, kinds, accounts)
    bits, follows = following(when, groups.bounds, groups.member)
    owner = np.repeat(np.arange(len(groups.name)), np.diff(groups.bounds))
    starts = when.pointer[groups.member]
    stops = when.pointer[groups.member + 1]
    held = {tier: follows & (bits >= kinds[kinds.number(tier)].cap) for tier in TIERS}
    held[SCHEDULE] = _scheduled(when, groups, bits) & (stops > starts)
    parts = []
    for tier, holds in held.items():
        number = kinds.number(tier)
        chosen = np.flatnonzero(holds)
        parts.append(
            pa.table(
                {
                    "account": groups.member[chosen],
                    "tier": pa.array(np.full(len(chosen), number), pa.uint16()),
                    "value": pa.array([groups.name[i] for i in owner[chosen]], pa.string()),
                    "first": pa.array((when.begin + when.hour[starts[chosen]]) // DAY * DAY, pa.int32()),
                    "last": pa.array((when.begin + when.hour[stops[chosen] - 1]) // DAY * DAY, pa.int32()),
                    "count": stops[chosen] - starts[chosen],
                }
            )
        )
    followed = pa.concat_tables(parts)
    warehouse.register("followed", followed)
    for name in ("hold", "values"):
        warehouse.run(f"synchrony/{name}")
    warehouse.drop("followed")
    return int(followed.num_rows)


def _scheduled(when: Activity, groups: _Groups, bits: FloatArray) -> BoolArray:
    """Which entries of `groups.member` are accounts of a job that is on one schedule."""
    jobs = groups.jobs
    start = groups.bounds[groups.first_job]
    kept = on_schedule(schedule_bits(when, jobs.bounds, jobs.member))
    sure = (jobs.texts >= LEAST_TEXTS) | (bits[start:] >= LEAST_BITS)
    held = np.zeros(len(groups.member), dtype=np.bool_)
    held[start:] = np.repeat(kept, np.diff(jobs.bounds)) & sure
    return held


def _groups(holders: pa.Table, kinds: Kinds, accounts: int) -> _Groups:
    """The accounts of each text, and of each job of several texts."""
    kind, value = holders["kind"].to_numpy(), holders["value_hash"].to_numpy()
    member = holders["account"].to_numpy().astype(np.int64)
    new = np.flatnonzero((kind[1:] != kind[:-1]) | (value[1:] != value[:-1])) + 1
    start = np.concatenate([[0], new]).astype(np.int64)
    bounds = np.append(start, len(member))
    name = [f"{kinds[int(kind[i])].name}-{int(value[i]):016x}" for i in start]
    found = jobs(bounds, member, accounts).of_size(LEAST_HOLDERS)
    size = np.concatenate([np.diff(bounds), np.diff(found.bounds)])
    kept = size >= LEAST_HOLDERS
    return _Groups(
        bounds=np.append(0, np.cumsum(size[kept])),
        member=np.concatenate([member, found.member])[np.repeat(kept, size)],
        name=[
            one
            for one, held in zip([*name, *(f"jobs-{name[text]}" for text in found.text)], kept, strict=True)
            if held
        ],
        jobs=found,
    )


def _hours(acts: pa.Table) -> tuple[IntArray, IntArray, IntArray]:
    """Account, hour and creation of each hour in which an account sent something, sorted."""
    account, day, hours, since, created = (
        acts[name].to_numpy() for name in ("account", "day", "hours", "since", "created")
    )
    spread = np.unpackbits(hours.astype("<u4").view(np.uint8).reshape(-1, 4), axis=1, bitorder="little")
    row, hour = np.nonzero(spread)
    hour = day[row].astype(np.int64) * DAY + hour
    kept = hour >= since[row]
    return account[row][kept], hour[kept].astype(np.int32), created[row][kept]
