"""What each holding is worth: the bits of a value between its holder and anyone less busy who dropped it no sooner.

The bits of a shared value fall with the number of values that the busier of two accounts holds, and with the age of
what the first to drop it saw of it. So every holding is weighed once, and two that share a value get the lesser of
both: of its bits and of what is left of them.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

from linkage.cores import CORES
from linkage.links.holdings import BoolArray, FloatArray, Holdings
from linkage.links.rarity import KindArrays, Rarity, faded, plain_bits


def weigh(
    holdings: Holdings,
    kinds: KindArrays,
    rarity: Rarity,
    *,
    accounts: BoolArray,
    values: BoolArray,
    as_of: int,
) -> FloatArray:
    """A row for each holding: bits when it was fresh, and the share of them that is left at `as_of`.

    Only holdings of the chosen accounts and values have one; the rest is not filled in.
    """
    worth = np.empty((len(holdings.identifier), 2))

    def part(start: int) -> None:
        _weigh(
            start, min(start + share, holdings.accounts), accounts, values, holdings.account_ptr, holdings.identifier,
            holdings.last, holdings.kind, rarity.degree, rarity.strength, rarity.values, rarity.total, kinds.m,
            kinds.cap, kinds.half_life, as_of, worth,
        )  # fmt: skip

    share = -(-max(holdings.accounts, 1) // CORES)
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(part, range(0, holdings.accounts, share)))
    return worth


@njit(cache=True, nogil=True)
def _weigh(  # type: ignore[no-untyped-def]
    account_from,
    account_to,
    accounts,
    chosen,
    account_ptr,
    identifier,
    last,
    kind,
    degree,
    strength,
    values,
    total,
    m,
    cap,
    half_life,
    as_of,
    worth,
):
    for account in range(account_from, account_to):
        if not accounts[account]:
            continue
        for at in range(account_ptr[account], account_ptr[account + 1]):
            value = identifier[at]
            if not chosen[value]:
                continue
            k = kind[value]
            if np.isnan(strength[value]):
                worth[at, 0] = plain_bits(m[k], cap[k], degree[value], float(values[account, k]), total[k])
                worth[at, 1] = faded(float(as_of - last[at]), half_life[k])
            else:
                worth[at, 0] = strength[value]
                worth[at, 1] = 1.0


@njit(cache=True)
def _near_in_time(buckets, start, stop, other, other_stop, window):  # type: ignore[no-untyped-def]
    """Whether two ascending runs of hours hold two that lie at most `window` apart."""
    if buckets[stop - 1] + window < buckets[other] or buckets[other_stop - 1] + window < buckets[start]:
        return False
    i, j = start, other
    while i < stop and j < other_stop:
        gap = buckets[i] - buckets[j]
        if -window <= gap <= window:
            return True
        if gap < 0:
            i += 1
        else:
            j += 1
    return False


@njit(cache=True)
def shared_bits(left, right, window, worth, bucket_ptr, buckets):  # type: ignore[no-untyped-def]
    """Bits of the value that holdings `left` and `right` share; −1 if never near in time."""
    if window > 0 and not _near_in_time(
        buckets, bucket_ptr[left], bucket_ptr[left + 1], bucket_ptr[right], bucket_ptr[right + 1], window
    ):
        return -1.0
    return max(min(worth[left, 0], worth[right, 0]) * min(worth[left, 1], worth[right, 1]), 0.0)
