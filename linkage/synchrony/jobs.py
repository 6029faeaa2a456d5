"""Texts that the same accounts send, as one job.

Where an operator has many texts, each has a handful of users, and a handful has too few hours for a schedule to show.
All users of all texts of one job have enough. Two texts belong to one job when the same accounts send both, more of
them than chance and one colleague make; a job is what such pairs connect. A common text must have a share of its own
accounts in common with the other too: what the public sends holds a fifth of many a rare text's accounts, and would
join what only the public joins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

LongArray = npt.NDArray[np.int64]

COMMON_HOLDERS = 128
"""A text of more accounts is common."""
LEAST_COMMON = 2
"""Accounts that send both texts: one may be a consultant between two companies."""
COMMON_SHARE = 0.2
"""And of the accounts of the rarer text this share: a fifth are not chance where texts have dozens."""
COMMON_SHARE_OF_COMMON = 0.1
"""And of the accounts of a common text this share."""
COMMON_LIFT = 4.0
"""And, of two texts of which one is common, so many times what independence gives."""
MOST_TEXTS = 256
"""Of an account with more texts the rarest count: pairs of texts grow with their square."""


@dataclass(frozen=True)
class Jobs:
    """Job j has the accounts `member[bounds[j]:bounds[j + 1]]`, ascending and distinct; `text` is its first text.

    `texts` is how many of the job's texts each member sends, `of_text` the job of each text, −1 for texts of none.
    """

    bounds: LongArray
    member: LongArray
    texts: LongArray
    text: LongArray
    of_text: LongArray

    def __len__(self) -> int:
        """How many."""
        return len(self.text)

    def of_size(self, least: int) -> Jobs:
        """The jobs of at least so many accounts; `of_text` is −1 for the texts of the others."""
        size = np.diff(self.bounds)
        kept = size >= least
        number = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
        chosen = np.repeat(kept, size)
        return Jobs(
            bounds=np.append(0, np.cumsum(size[kept])).astype(np.int64),
            member=self.member[chosen],
            texts=self.texts[chosen],
            text=self.text[kept],
            of_text=number[self.of_text],
        )


def jobs(bounds: LongArray, holder: LongArray, accounts: int) -> Jobs:
    """The jobs of at least two texts each.

    Text t is held by the accounts `holder[bounds[t]:bounds[t + 1]]`, which are distinct and below `accounts`.
    """
    held = np.diff(bounds)
    owner = np.repeat(np.arange(len(held), dtype=np.int64), held)
    label = _joined(owner, holder, held, accounts)
    several = np.bincount(label, minlength=1)[label] > 1
    first, of_text = np.unique(np.where(several, label, -1), return_inverse=True)
    of_text = of_text - int((first == -1).any())
    kept = np.flatnonzero(of_text[owner] >= 0)
    cell, texts = np.unique(of_text[owner[kept]] * max(accounts, 1) + holder[kept], return_counts=True)
    found, start = np.unique(cell // max(accounts, 1), return_index=True)
    _, text = np.unique(of_text[several], return_index=True)
    return Jobs(
        bounds=np.append(start, len(cell)).astype(np.int64),
        member=cell % max(accounts, 1),
        texts=texts.astype(np.int64),
        text=np.flatnonzero(several)[text].astype(np.int64) if len(found) else np.empty(0, dtype=np.int64),
        of_text=of_text.astype(np.int64),
    )


def _joined(owner: LongArray, holder: LongArray, held: LongArray, accounts: int) -> LongArray:
    """A number for each text, the same for texts of one job."""
    texts = len(held)
    chosen = _rarest(holder, held[owner], owner)
    sends = csr_matrix(
        (np.ones(len(chosen), dtype=np.int32), (owner[chosen], holder[chosen])), shape=(texts, accounts)
    )
    pair = coo_matrix(sends @ sends.T)
    half = pair.row < pair.col
    one, two, common = pair.row[half], pair.col[half], pair.data[half]
    rarer, commoner = np.minimum(held[one], held[two]), np.maximum(held[one], held[two])
    least = np.maximum(LEAST_COMMON, COMMON_SHARE * rarer)
    by_chance = rarer.astype(np.float64) * commoner / max(accounts, 1)
    least = np.where(
        commoner > COMMON_HOLDERS,
        np.maximum(least, np.maximum(COMMON_SHARE_OF_COMMON * commoner, COMMON_LIFT * by_chance)),
        least,
    )
    joined = common >= least
    graph = coo_matrix(
        (np.ones(int(joined.sum()), dtype=np.int8), (one[joined], two[joined])), shape=(texts, texts)
    )
    label: LongArray = connected_components(graph, directed=False)[1].astype(np.int64)
    return label


def _rarest(holder: LongArray, held: LongArray, text: LongArray) -> LongArray:
    """Places of each account's `MOST_TEXTS` rarest texts."""
    order = np.lexsort((text, held, holder))
    account = holder[order]
    start = np.flatnonzero(np.append(True, account[1:] != account[:-1])) if len(order) else order
    rank = np.arange(len(order)) - np.repeat(start, np.diff(np.append(start, len(order))))
    return np.sort(order[rank < MOST_TEXTS])
