"""How closely an account follows the hours of a group, in bits.

For each day on which the account acts, the chance of that day under "it acts when the others act" is set against its
chance under "it acts when anybody acts", both given the hour of the day and whether it is a weekday: the account's own
habits explain nothing then, and neither do a release day or a holiday, since the whole population is the null. The
others' hours leave the account itself out, several sessions of one day are averaged into one vote, and the days are
multiplied. Under the null such a product has mean one, so it is a bet against chance: a value of `2^b` comes up with
probability `2^-b` at most (e-values, Vovk and Wang 2021). Jitter is met by several widths in parallel, as in
SynchroTrap (Cao et al. 2014); their mean is again such a bet.

Of a popular text some of ten thousand accounts follow the others by chance. So within each group the followers are
those that the e-BH procedure accepts (Wang and Ramdas 2022): of all that are accepted, one in ten at most is expected
to be false, counted over all accounts of the text, however they depend on each other.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from linkage.cores import CORES

IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

WIDTHS = np.array([0, 1, 3], dtype=np.int64)
"""Hours on either side in which another's session counts: windows of 1, 3 and 7 hours."""
COVER = 0.3
"""Share of days that a follower spends on something else: what keeps one odd day from undoing all others."""
POPULATION = 5.0
"""Sessions of the population that are mixed into the others' hours: a group of few sessions says little."""
FALSE_DISCOVERIES = 0.1
"""The share of a group's followers that may be false."""
BUSY_DAYS = 5
"""An account that acts on fewer days can follow no schedule that shows: whether it follows one says nothing."""
DAY = 24


@dataclass(frozen=True)
class Activity:
    """Session starts as hours since `begin`, a midnight, ascending, in compressed rows by account.

    `born` is the first day on which each account could act, `weekend` marks the days, `volume` is (days * 24) the
    sessions of all accounts in each hour.
    """

    begin: int
    pointer: LongArray
    hour: LongArray
    born: LongArray
    weekend: npt.NDArray[np.int64]
    volume: FloatArray


def activity(account: IntArray, hour: IntArray, created: IntArray, accounts: int) -> Activity:
    """Activity from at least one (account, hour) pair, sorted and distinct; hours since 1970 (UTC).

    Hours in a row are one session, which is counted where it starts.
    """
    begin = int(hour.min()) // DAY * DAY
    days = (int(hour.max()) - begin) // DAY + 1
    start = np.ones(len(hour), dtype=np.bool_)
    start[1:] = (account[1:] != account[:-1]) | (hour[1:] - hour[:-1] > 1)
    born = np.zeros(accounts, dtype=np.int64)
    born[account] = np.clip((created.astype(np.int64) - begin) // DAY, 0, None)
    # A record that is older than its account's creation is still a day on which it acted.
    np.minimum.at(born, account, (hour.astype(np.int64) - begin) // DAY)
    pointer = np.zeros(accounts + 1, dtype=np.int64)
    np.cumsum(np.bincount(account[start], minlength=accounts), out=pointer[1:])
    kept = hour[start].astype(np.int64) - begin
    # 1 January 1970 was a Thursday.
    weekday = (begin // DAY + np.arange(days) + 3) % 7
    return Activity(
        begin=begin,
        pointer=pointer,
        hour=kept,
        born=born,
        weekend=(weekday >= 5).astype(np.int64),
        volume=np.bincount(kept, minlength=days * DAY).astype(np.float64),
    )


@njit(cache=True, nogil=True)
def smeared(counts: FloatArray, width: int) -> FloatArray:
    """Sums over `width` hours on either side."""
    total = np.zeros(len(counts) + 1)
    for t in range(len(counts)):
        total[t + 1] = total[t] + counts[t]
    out = np.empty(len(counts))
    for t in range(len(counts)):
        out[t] = total[min(t + width + 1, len(counts))] - total[max(t - width, 0)]
    return out


@njit(cache=True, nogil=True)
def _from_day_on(hours, weekend):  # type: ignore[no-untyped-def]
    """(2, days + 1, 24): sums over the days of a class from each day on."""
    days = len(weekend)
    out = np.zeros((2, days + 1, DAY))
    for d in range(days - 1, -1, -1):
        for c in range(2):
            for h in range(DAY):
                out[c, d, h] = out[c, d + 1, h] + (hours[d * DAY + h] if weekend[d] == c else 0.0)
    return out


@njit(cache=True, nogil=True)
def _own(hour, start, stop, born, weekend, width, out):  # type: ignore[no-untyped-def]
    """How often one account's own sessions, smeared, fall on each hour of a class of days: (2, 24) into `out`."""
    out[:] = 0.0
    for q in range(start, stop):
        for t in range(max(hour[q] - width, 0), min(hour[q] + width + 1, len(weekend) * DAY)):
            if t // DAY >= born:
                out[weekend[t // DAY], t % DAY] += 1.0


@njit(cache=True, nogil=True)
def _follow(members, pointer, hour, born, weekend, volumes, volume_sums, widths, out):  # type: ignore[no-untyped-def]
    """Bits of each member of one group into `out`."""
    span = len(weekend) * DAY
    counts = np.zeros(span)
    for m in members:
        for p in range(pointer[m], pointer[m + 1]):
            counts[hour[p]] += 1.0
    bits = np.zeros((len(members), len(widths)))
    own = np.empty((2, DAY))
    for w in range(len(widths)):
        width = widths[w]
        near = smeared(counts, width)
        sums = _from_day_on(near, weekend)
        for i in range(len(members)):
            m = members[i]
            p, stop = pointer[m], pointer[m + 1]
            _own(hour, p, stop, born[m], weekend, width, own)
            # The account's own sessions within the width of the one at hand: hours ascend, so both ends only move on.
            low, high = p, p
            while p < stop:
                day = hour[p] // DAY
                c = weekend[day]
                ratio, sessions = 0.0, 0
                while p < stop and hour[p] // DAY == day:
                    h = hour[p] % DAY
                    while hour[p] - hour[low] > width:
                        low += 1
                    while high < stop and hour[high] - hour[p] <= width:
                        high += 1
                    others = near[hour[p]] - (high - low)
                    ever = sums[c, born[m], h] - own[c, h]
                    null = volumes[w, hour[p]] / volume_sums[w, c, born[m], h]
                    ratio += (others + POPULATION * null) / (ever + POPULATION) / null
                    sessions += 1
                    p += 1
                bits[i, w] += np.log2((1.0 - COVER) * ratio / sessions + COVER)
    for i in range(len(members)):
        best = bits[i].max()
        mean = 0.0
        for w in range(len(widths)):
            mean += 2.0 ** (bits[i, w] - best)
        out[i] = best + np.log2(mean / len(widths))


@njit(cache=True, nogil=True)
def least_bits(bits: FloatArray, false: float, asked: int = 0) -> float:
    """From how many bits on e-BH accepts, at a share `false` of false ones; infinite if it accepts none.

    `asked` is how many were asked, where `bits` leaves out some that can win nothing.
    """
    ordered = np.sort(bits)[::-1]
    count = max(len(ordered), asked)
    for k in range(len(ordered), 0, -1):
        if ordered[k - 1] >= np.log2(count / (false * k)):
            least: float = ordered[k - 1]
            return least
    return np.inf


@njit(cache=True, nogil=True)
def _follow_all(  # type: ignore[no-untyped-def]
    first, last, bounds, members, pointer, hour, born, weekend, volumes, volume_sums, widths, out, held
):
    for g in range(first, last):
        part = slice(bounds[g], bounds[g + 1])
        _follow(members[part], pointer, hour, born, weekend, volumes, volume_sums, widths, out[part])
        held[part] = out[part] >= least_bits(out[part], FALSE_DISCOVERIES)


def in_parts(groups: int, work: Callable[[int, int], None]) -> None:
    """Does `work(first, last)` for parts of so many groups, on all cores."""
    share = max(1, -(-groups // (8 * CORES)))
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(lambda first: work(first, min(first + share, groups)), range(0, groups, share)))


def following(
    acts: Activity, bounds: LongArray, members: LongArray
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Bits by which each member follows its group, and whether it is accepted as a follower.

    Group g is `members[bounds[g]:bounds[g + 1]]`, distinct accounts.
    """
    volumes = np.stack([smeared(acts.volume, width) for width in WIDTHS])
    sums = np.stack([_from_day_on(hours, acts.weekend) for hours in volumes])
    out = np.zeros(len(members))
    held = np.zeros(len(members), dtype=np.bool_)

    def part(first: int, last: int) -> None:
        _follow_all(
            first, last, bounds, members, acts.pointer, acts.hour, acts.born, acts.weekend, volumes, sums, WIDTHS,
            out, held,
        )  # fmt: skip

    in_parts(len(bounds) - 1, part)
    return out, held
