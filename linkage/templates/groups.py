"""Templates within one account: the wordings that its distinct texts repeat.

Greedy cover, account by account: the shingle that explains most (texts that hold it x its bits) leads, the
texts that hold it form a group, and what at least half of them share is the group's core. Further texts that
hold most of the core join, all of them leave, and the next leader is sought among the rest. Slot text falls
away because it varies inside the group, even where a few texts of the account share a row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.templates.compiled import (
    Hashes,
    Ints16,
    Ints32,
    Ints64,
    compiled,
    keep_heaviest,
    slot_of,
    table_size,
)
from linkage.templates.params import TemplateParams
from linkage.templates.shingles import Shingles
from linkage.templates.weights import BIT, weight_of


@dataclass(frozen=True)
class Groups:
    """Template candidates, one row each: `keys` and `weights` are `core_shingles` wide, zero-padded.

    A weight is the shingle's bits x the share of the group that holds it, in 256ths, heaviest first.
    """

    accounts: Ints64
    keys: Hashes
    weights: Ints32


@compiled
def _repeated(
    values: Hashes, offsets: Ints64, rows: Ints64, least: int
) -> tuple[Hashes, Ints32, Ints64, Ints32]:
    """Shingles in at least `least` of the rows, their counts, and each row's share of them (offsets, ids)."""
    total = 0
    for row in rows:
        total += offsets[row + 1] - offsets[row]
    size = table_size(total)
    table = np.zeros(size, dtype=np.uint64)
    ids = np.zeros(size, dtype=np.int32)
    for row in rows:
        for i in range(offsets[row], offsets[row + 1]):
            slot = slot_of(table, size, values[i])
            table[slot] = values[i]
            ids[slot] += 1
    kept = 0
    for slot in range(size):
        if ids[slot] >= least:
            kept += 1
    keys = np.empty(kept, dtype=np.uint64)
    counts = np.empty(kept, dtype=np.int32)
    entries, kept = 0, 0
    for slot in range(size):
        if ids[slot] >= least:
            keys[kept] = table[slot]
            counts[kept] = ids[slot]
            entries += ids[slot]
            ids[slot] = kept
            kept += 1
        else:
            ids[slot] = -1
    starts = np.zeros(len(rows) + 1, dtype=np.int64)
    shared = np.empty(entries, dtype=np.int32)
    entries = 0
    for r in range(len(rows)):
        row = rows[r]
        for i in range(offsets[row], offsets[row + 1]):
            found = ids[slot_of(table, size, values[i])]
            if found >= 0:
                shared[entries] = found
                entries += 1
        starts[r + 1] = entries
    return keys, counts, starts, shared


@compiled
def _leader(keys: Hashes, counts: Ints32, bits: Ints32, least: int, rare: int) -> int:
    """The shingle that explains most of the texts still in play; -1 if none repeats. Ties go to the hash."""
    best, best_score = -1, 0
    for k in range(len(keys)):
        if counts[k] >= least and bits[k] >= rare:
            score = int(counts[k]) * int(bits[k])
            if score > best_score or (score == best_score and best >= 0 and keys[k] < keys[best]):
                best, best_score = k, score
    return best


@compiled
def _group_account(
    values: Hashes,
    offsets: Ints64,
    rows: Ints64,
    bits_of: Ints16,
    least: int,
    rare: int,
    core_share: float,
    member_share: float,
    out_keys: Hashes,
    out_weights: Ints32,
    free: NDArray[np.bool_],
) -> int:
    """Write the account's groups, mark the rows that are in none, return the number of groups."""
    keys, counts, starts, shared = _repeated(values, offsets, rows, least)
    bits = np.empty(len(keys), dtype=np.int32)
    for k in range(len(keys)):
        bits[k] = weight_of(bits_of, keys[k])
    live = np.ones(len(rows), dtype=np.bool_)
    groups = 0
    while groups < len(out_keys):
        leader = _leader(keys, counts, bits, least, rare)
        if leader < 0:
            break
        inside = np.zeros(len(rows), dtype=np.bool_)
        held = np.zeros(len(keys), dtype=np.int32)
        size = int(counts[leader])
        for r in range(len(rows)):
            if live[r]:
                for i in range(starts[r], starts[r + 1]):
                    if shared[i] == leader:
                        inside[r] = True
            if inside[r]:
                for i in range(starts[r], starts[r + 1]):
                    held[shared[i]] += 1
        weights = np.zeros(len(keys), dtype=np.int32)
        total = 0
        for k in range(len(keys)):
            if held[k] >= least and held[k] >= core_share * size:
                weights[k] = int(bits[k]) * int(held[k]) // size
                total += int(weights[k])
        for r in range(len(rows)):
            if live[r] and not inside[r]:
                weight = 0
                for i in range(starts[r], starts[r + 1]):
                    weight += int(weights[shared[i]])
                inside[r] = weight >= member_share * total
            if inside[r]:
                live[r] = False
                for i in range(starts[r], starts[r + 1]):
                    counts[shared[i]] -= 1
        for k in range(len(keys)):
            if weights[k] > 0:
                keep_heaviest(out_keys[groups], out_weights[groups], keys[k], weights[k])
        groups += 1
    for r in range(len(rows)):
        free[rows[r]] = live[r]
    return groups


@compiled
def _group(
    values: Hashes,
    offsets: Ints64,
    order: Ints64,
    bounds: Ints64,
    bits_of: Ints16,
    texts: int,
    least: int,
    rare: int,
    core_share: float,
    member_share: float,
    per_account: int,
    owners: Ints64,
    keys: Hashes,
    weights: Ints32,
    free: NDArray[np.bool_],
) -> int:
    """Group every account of a batch; `owners` gets each group's position in `bounds`.

    `order` sorts each account's rows by content: of a large account the first `texts` stand for the rest.
    """
    groups = 0
    for account in range(len(bounds) - 1):
        first, end = bounds[account], bounds[account + 1]
        rows = order[first : min(end, first + texts)]
        # Two texts are all that some accounts have.
        needed = max(2, min(least, len(rows)))
        if len(rows) < needed:
            free[first:end] = True
            continue
        room = min(per_account, len(rows) // 2)
        found = _group_account(
            values,
            offsets,
            rows,
            bits_of,
            needed,
            rare,
            core_share,
            member_share,
            keys[groups : groups + room],
            weights[groups : groups + room],
            free,
        )
        owners[groups : groups + found] = account
        groups += found
    return groups


def group_texts(
    shingles: Shingles, accounts: Ints64, bounds: Ints64, bits_of: Ints16, params: TemplateParams
) -> tuple[Groups, NDArray[np.bool_]]:
    """Template candidates of each account, and which rows are in none.

    Account `accounts[i]` has the rows `bounds[i]` to `bounds[i + 1]`.
    """
    rows = len(shingles.digests)
    owners = np.empty(rows // 2, dtype=np.int64)
    keys = np.zeros((rows // 2, params.core_shingles), dtype=np.uint64)
    weights = np.zeros((rows // 2, params.core_shingles), dtype=np.int32)
    free = np.zeros(rows, dtype=np.bool_)
    found = _group(
        shingles.values,
        shingles.offsets,
        np.lexsort((shingles.digests, np.repeat(np.arange(len(accounts)), np.diff(bounds)))),
        bounds,
        bits_of,
        params.account_texts,
        params.least_texts,
        int(params.rare_bits * BIT),
        params.core_share,
        params.member_share,
        params.account_templates,
        owners,
        keys,
        weights,
        free,
    )
    return Groups(accounts[owners[:found]], keys[:found].copy(), weights[:found].copy()), free
