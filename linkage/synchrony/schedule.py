"""Whether the accounts of a group, taken together, act on one schedule: bits for the group, not for an account.

Half of an operation's accounts act on a day or two, too few for any one of them to follow a schedule that shows. So the
group is one bet: the accounts are taken in turn, and each account's days are foretold from those before it, against
what the whole population does in that hour of the nearby days. By chance each prediction has mean one whatever came
before it, so their product is a test martingale (Shafer and Vovk 2019), and a product of `2^b` comes up with
probability `2^-b` at most, however the accounts differ. Nearby days alone are compared, since a text that many come
upon in one week makes strangers act in the same week.

Over all groups those are accepted that the e-BH procedure accepts (Wang and Ramdas 2022).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

from linkage.synchrony.following import (
    DAY,
    POPULATION,
    WIDTHS,
    Activity,
    FloatArray,
    LongArray,
    in_parts,
    least_bits,
    smeared,
)

REACH = 7
"""Days on either side whose same hours are what could have been."""
ELSEWHERE = 0.1
"""Share of days on something else. A party's accounts act when the scheduler starts them; whoever meets once a week and
works whenever it likes on other days loses most of what the meetings win."""
FALSE_SCHEDULES = 0.05
"""The share of groups that are accepted by chance."""


@njit(cache=True, nogil=True)
def _bet(members, pointer, hour, born, weekend, volume, width):  # type: ignore[no-untyped-def]
    """Bits of one group at one width; `volume` is smeared by that width."""
    days = len(weekend)
    near = np.zeros(days * DAY)
    bits = 0.0
    for m in members:
        p, stop = pointer[m], pointer[m + 1]
        while p < stop:
            day = hour[p] // DAY
            ratio, sessions = 0.0, 0
            while p < stop and hour[p] // DAY == day:
                h = hour[p] % DAY
                seen, everybody = 0.0, 0.0
                for d in range(max(born[m], day - REACH), min(days, day + REACH + 1)):
                    if weekend[d] == weekend[day]:
                        seen += near[d * DAY + h]
                        everybody += volume[d * DAY + h]
                null = volume[hour[p]] / everybody
                ratio += (near[hour[p]] + POPULATION * null) / (seen + POPULATION) / null
                sessions += 1
                p += 1
            bits += np.log2((1.0 - ELSEWHERE) * ratio / sessions + ELSEWHERE)
        for q in range(pointer[m], stop):
            for t in range(max(hour[q] - width, 0), min(hour[q] + width + 1, len(near))):
                near[t] += 1.0
    return bits


@njit(cache=True, nogil=True)
def _bet_all(first, last, bounds, members, pointer, hour, born, weekend, volumes, widths, out):  # type: ignore[no-untyped-def]
    for g in range(first, last):
        for w in range(len(widths)):
            out[g, w] = _bet(
                members[bounds[g] : bounds[g + 1]], pointer, hour, born, weekend, volumes[w], widths[w]
            )


def schedule_bits(acts: Activity, bounds: LongArray, members: LongArray) -> FloatArray:
    """Bits by which each group acts on one schedule, mean over the widths.

    Group g is `members[bounds[g]:bounds[g + 1]]`, distinct accounts, in an order that their hours have no part in.
    """
    volumes = np.stack([smeared(acts.volume, width) for width in WIDTHS])
    bits = np.zeros((len(bounds) - 1, len(WIDTHS)))

    def part(first: int, last: int) -> None:
        _bet_all(
            first,
            last,
            bounds,
            members,
            acts.pointer,
            acts.hour,
            acts.born,
            acts.weekend,
            volumes,
            WIDTHS,
            bits,
        )

    in_parts(len(bits), part)
    mean: FloatArray = np.logaddexp2.reduce(bits, axis=1) - np.log2(len(WIDTHS))
    return mean


def on_schedule(bits: FloatArray) -> npt.NDArray[np.bool_]:
    """Which groups are accepted, of all that were asked."""
    accepted: npt.NDArray[np.bool_] = bits >= least_bits(bits, FALSE_SCHEDULES)
    return accepted
