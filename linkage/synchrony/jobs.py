"""Texts that the same accounts send, as one job.

Where an operator has many texts, each has a handful of users, and a handful has too few hours for a schedule to show.
All users of all texts of one job have enough. Two texts belong to one job when the same accounts send both, more of
them than chance and one colleague make; a job is what such pairs connect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

LongArray = npt.NDArray[np.int64]

MOST_HOLDERS = 128
"""A text of more accounts has hours of its own, and would join what only the public joins."""
LEAST_COMMON = 2
"""Accounts that send both texts: one may be a consultant between two companies."""
COMMON_SHARE = 0.2
"""And of the accounts of the rarer text this share: a fifth are not chance where texts have dozens."""
MOST_TEXTS = 256
"""Of an account with more texts the rarest count: pairs of texts grow with their square."""


@dataclass(frozen=True)
class Jobs:
    """Job j has the accounts `member[bounds[j]:bounds[j + 1]]`, ascending and distinct; `text` is its first text."""

    bounds: LongArray
    member: LongArray
    text: LongArray

    def __len__(self) -> int:
        """How many."""
        return len(self.text)


def jobs(bounds: LongArray, holder: LongArray) -> Jobs:
    """The jobs of at least two texts each.

    Text t is held by the accounts `holder[bounds[t]:bounds[t + 1]]`, which are distinct.
    """
    texts = len(bounds) - 1
    held = np.diff(bounds)
    owner = np.repeat(np.arange(texts, dtype=np.int64), held)
    chosen = np.flatnonzero(held[owner] <= MOST_HOLDERS)
    chosen = chosen[_rarest(holder[chosen], held[owner[chosen]], owner[chosen])]
    sends = csr_matrix(
        (np.ones(len(chosen), dtype=np.int32), (owner[chosen], holder[chosen])),
        shape=(texts, int(holder.max(initial=-1)) + 1),
    )
    common = coo_matrix(sends @ sends.T)
    rarer = np.minimum(held[common.row], held[common.col])
    joined = (common.row < common.col) & (common.data >= np.maximum(LEAST_COMMON, COMMON_SHARE * rarer))
    graph = coo_matrix(
        (np.ones(int(joined.sum()), dtype=np.int8), (common.row[joined], common.col[joined])),
        shape=(texts, texts),
    )
    _, label = connected_components(graph, directed=False)
    several = np.bincount(label, minlength=1)[label] > 1
    kept = np.flatnonzero(several[owner])
    width = int(holder.max(initial=-1)) + 1
    cell = np.unique(label[owner[kept]].astype(np.int64) * width + holder[kept])
    job, first = np.unique(cell // max(width, 1), return_index=True)
    _, text = np.unique(label[several], return_index=True)
    return Jobs(
        bounds=np.append(first, len(cell)).astype(np.int64),
        member=cell % max(width, 1),
        text=np.flatnonzero(several)[text].astype(np.int64) if len(job) else np.empty(0, dtype=np.int64),
    )


def _rarest(holder: LongArray, held: LongArray, text: LongArray) -> LongArray:
    """Places of each account's `MOST_TEXTS` rarest texts."""
    order = np.lexsort((text, held, holder))
    account = holder[order]
    start = np.flatnonzero(np.append(True, account[1:] != account[:-1])) if len(order) else order
    rank = np.arange(len(order)) - np.repeat(start, np.diff(np.append(start, len(order))))
    return np.sort(order[rank < MOST_TEXTS])
