"""Pool swap: an account that begins within hours of another's ban, with what that one used.

The heir's first act is the bet: under chance it falls on any moment at which somebody begins, so its chance to fall
into the hours after a ban is the share of all beginnings that do, the sign-ups of that hour of the day among them, and
no less than the share of the value's own beginnings beyond two a ban: a class begins together, and one of its accounts
may have been banned. All bans of a value's holders are one bet, the heir is asked by the rarest value that it took up,
and of each value e-BH accepts over all accounts that began with it, however long before or after a ban.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numba import njit

from linkage.numbering import runs
from linkage.succession.sendings import DAY, HOUR, BoolArray, FloatArray, LongArray
from linkage.synchrony.following import least_bits

AFTER = np.array([1, 4, 24])
"""Hours after the ban in which the heir may begin."""
QUIET = 14
"""Days without a trace after which an older account's first act is its beginning, and not the first that was kept."""
HEIRS = 2
"""Beginners that one ban explains: a party may open more than it lost. Those beyond come for reasons of their own."""
MOST_BEGIN = 1.0
"""Where chance brings more of a value's beginners into the hours after its bans, a coincidence says nothing: no bet."""
FALSE_SWAPS = 0.1
"""The share of a value's accepted heirs that may be chance."""


@dataclass(frozen=True)
class Bans:
    """Accounts that were stopped, and when (ms since 1970)."""

    account: LongArray
    at: LongArray


@dataclass(frozen=True)
class Left:
    """Who held which value from when on (ms since 1970), for values that a banned account held; sorted by value."""

    value: LongArray
    account: LongArray
    since: LongArray


@dataclass(frozen=True)
class Swapped:
    """Heirs: who was banned, who began, when (hours since 1970), within how many hours, how many values it took up."""

    banned: LongArray
    heir: LongArray
    ban: LongArray
    begin: LongArray
    within: LongArray
    values: LongArray
    bits: FloatArray

    def __len__(self) -> int:
        """How many."""
        return len(self.heir)

    def only(self, kept: BoolArray) -> Swapped:
        """Some of them (a mask over all)."""
        return Swapped(*(getattr(self, one.name)[kept] for one in fields(self)))


def beginners(begin: LongArray, created: LongArray) -> BoolArray:
    """Whether an account's first act is its beginning; −1 stands for what is not known, in both (ms since 1970)."""
    start = int(begin[begin >= 0].min(initial=np.iinfo(np.int64).max - QUIET * DAY))
    return (begin >= 0) & ((created >= start) | (begin >= start + QUIET * DAY))


@dataclass(frozen=True)
class Claims:
    """Beginners with a value each that a banned account held: the last ban before, and `chance` (claims, widths)."""

    value: LongArray
    heir: LongArray
    banned: LongArray
    gap: LongArray
    chance: FloatArray
    fair: BoolArray


def claims(bans: Bans, left: Left, begin: LongArray, begins: BoolArray) -> Claims:
    """Every beginner with every value that it took up when it began, and what chance says of the hours of bans."""
    values = int(left.value.max(initial=-1)) + 1
    holders = np.bincount(left.value, minlength=values)
    # Each value's bans, of those who held it by then, in the order of time.
    order = np.argsort(bans.account, kind="stable")
    first = np.searchsorted(bans.account[order], left.account)
    number = np.searchsorted(bans.account[order], left.account, side="right") - first
    row = np.repeat(np.arange(len(left.value)), number)
    ban = order[runs(first, number)]
    held = left.since[row] <= bans.at[ban]
    of_value, account, at = left.value[row[held]], bans.account[ban[held]], bans.at[ban[held]]
    order = np.lexsort((account, at, of_value))
    of_value, account, at = of_value[order], account[order], at[order]
    many = np.bincount(of_value, minlength=values)
    own = np.bincount(row[held], minlength=len(left.value))
    taken = begins[left.account] & (left.since <= begin[left.account] + DAY) & (many[left.value] > own)
    value, heir = left.value[taken], left.account[taken]
    place = _last_before(of_value, at, value, begin[heir])
    found = place >= 0
    gap = np.where(found, begin[heir] - at[np.maximum(place, 0)], np.iinfo(np.int64).max)
    gap = np.where(account[np.maximum(place, 0)] == heir, np.iinfo(np.int64).max, gap) if len(at) else gap
    everybody = np.sort(begin[begins])
    until = np.append(at[1:], np.iinfo(np.int64).max)
    until[:-1][of_value[1:] != of_value[:-1]] = np.iinfo(np.int64).max
    mine = np.bincount(value, minlength=values)
    chance = np.empty((len(value), len(AFTER)))
    for w, hours in enumerate(AFTER):
        end = np.minimum(at + hours * HOUR, until)
        inside = np.searchsorted(everybody, end, side="right") - np.searchsorted(everybody, at, side="right")
        public = np.bincount(of_value, inside, values)[value]
        within = gap <= hours * HOUR
        share = (public - within + 1.0) / len(everybody)
        excess = np.maximum(np.bincount(value, within, values) - HEIRS * many, 0)[value]
        chance[:, w] = np.maximum(share, (excess + share) / (mine[value] + 1.0))
    # The rarest value of each, chosen without a look at when it began.
    order = np.lexsort((value, holders[value], heir))
    chosen = order[np.unique(heir[order], return_index=True)[1]]
    return Claims(
        value=value[chosen],
        heir=heir[chosen],
        banned=account[np.maximum(place[chosen], 0)] if len(at) else heir[chosen],
        gap=gap[chosen],
        chance=chance[chosen],
        fair=mine[value[chosen], None] * chance[chosen] <= MOST_BEGIN,
    )


def _last_before(of_value: LongArray, at: LongArray, value: LongArray, moment: LongArray) -> LongArray:
    """The place of the last ban of each value at or before each moment, −1 where there is none; bans are sorted."""
    start = np.searchsorted(of_value, value)
    both = np.lexsort(
        (
            np.concatenate([np.zeros(len(at)), np.ones(len(moment))]),
            np.concatenate([at, moment]),
            np.concatenate([of_value, value]),
        )
    )
    asked = both >= len(at)
    before = np.empty(len(moment), dtype=np.int64)
    before[both[asked] - len(at)] = np.cumsum(~asked)[asked] - 1
    return np.where(before >= start, before, -1)


def _accepted(value: LongArray, bits: FloatArray) -> BoolArray:
    """Which claims e-BH accepts among those of their value; NaN stands for a claim without a bet."""
    order = np.flatnonzero(~np.isnan(bits))
    order = order[np.argsort(value[order], kind="stable")]
    bounds = np.flatnonzero(np.append(True, value[order][1:] != value[order][:-1])) if len(order) else order
    out = np.zeros(len(bits), dtype=np.bool_)
    out[order] = _accepted_in(np.append(bounds, len(order)), bits[order])
    return out


@njit(cache=True, nogil=True)
def _accepted_in(bounds, bits):  # type: ignore[no-untyped-def]
    out = np.zeros(len(bits), dtype=np.bool_)
    for v in range(len(bounds) - 1):
        part = slice(bounds[v], bounds[v + 1])
        out[part] = bits[part] >= least_bits(bits[part], FALSE_SWAPS)
    return out


def claim_bits(found: Claims) -> FloatArray:
    """Bits of each beginner: the mean of its bets, one where none is placed."""
    won = np.where(found.gap[:, None] <= AFTER * HOUR, 1.0 / found.chance, 0.0)
    with np.errstate(divide="ignore"):
        bits: FloatArray = np.log2(np.where(found.fair, won, 1.0).mean(axis=1))
    return bits


def pool_swaps(bans: Bans, left: Left, begin: LongArray, created: LongArray) -> Swapped:
    """The accepted heirs; `begin` and `created` are by account, −1 where not known (ms since 1970)."""
    found = claims(bans, left, begin, beginners(begin, created))
    bits = claim_bits(found)
    asked = found.fair.any(axis=1)
    soon = found.gap <= AFTER[-1] * HOUR
    kept = np.flatnonzero(asked & soon & _accepted(found.value, np.where(asked, bits, np.nan)))
    banned, heir, gap = found.banned[kept], found.heir[kept], found.gap[kept]
    # What the heir took up of what that account had held.
    accounts = len(begin)
    of_banned = np.unique(left.value * accounts + left.account)
    many = np.zeros(len(kept), dtype=np.int64)
    rows = np.argsort(left.account, kind="stable")
    start = np.searchsorted(left.account[rows], heir)
    stop = np.searchsorted(left.account[rows], heir, side="right")
    for i in range(len(kept)):
        values = left.value[rows[start[i] : stop[i]]]
        many[i] = np.isin(values * accounts + banned[i], of_banned).sum()
    ended = begin[heir] - gap
    return Swapped(
        banned=banned,
        heir=heir,
        ban=ended // HOUR,
        begin=begin[heir] // HOUR,
        within=AFTER[np.minimum(np.searchsorted(AFTER * HOUR, gap), len(AFTER) - 1)].astype(np.int64),
        values=many,
        bits=bits[kept],
    )
