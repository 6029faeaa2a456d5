"""The review queue: rings drawn at random within bands of the score, so that people also see what nobody flagged.

What is looked at because it was flagged tells nothing of what was not. A ring's chance to be drawn is kept with it:
what people decide on it then speaks for the rings that were not drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from linkage.scoring.calibration import BoolArray
from linkage.scoring.measures import FloatArray

# Bands of the score. Most rings are households far below; without bands hardly any draw would meet a doubtful one.
EDGES = (0.1, 0.3, 0.5, 0.9)


class Queue(NamedTuple):
    """An entry a ring: the band that it was drawn from ("" where it was not), and the chance that it had (else NaN)."""

    stratum: np.ndarray
    probability: FloatArray


def draw(ring_ids: Sequence[str], score: FloatArray, waiting: BoolArray, rings: int, run_id: str) -> Queue:
    """Draws `rings` of those that are `waiting`, as evenly over the bands as they have rings.

    The same for the same run: who is drawn follows from the names of run and rings alone, not from their order.
    """
    band = np.searchsorted(EDGES, score, side="right")
    places = [np.flatnonzero(waiting & (band == number)) for number in range(len(EDGES) + 1)]
    stratum = np.full(len(ring_ids), "", dtype=object)
    probability = np.full(len(ring_ids), np.nan)
    for number, (place, count) in enumerate(
        zip(places, shares([len(place) for place in places], rings), strict=True)
    ):
        drawn = sorted(place.tolist(), key=lambda at: _lot(run_id, ring_ids[at]))[:count]
        stratum[drawn] = _name(number)
        probability[drawn] = round(count / max(len(place), 1), 6)
    return Queue(stratum, probability)


def shares(sizes: Sequence[int], rings: int) -> list[int]:
    """How many to draw of each band: evenly, the rest of a small one to the others, the odd ones to the highest."""
    given = [0] * len(sizes)
    left = min(rings, sum(sizes))
    while left:
        open_bands = [at for at in reversed(range(len(sizes))) if given[at] < sizes[at]]
        each = max(left // len(open_bands), 1)
        for at in open_bands[:left]:
            more = min(each, sizes[at] - given[at])
            given[at] += more
            left -= more
    return given


def _name(number: int) -> str:
    low, high = (0.0, *EDGES)[number], (*EDGES, 1.0)[number]
    return f"{low:g}-{high:g}"


def _lot(run_id: str, ring_id: str) -> bytes:
    return hashlib.sha256(f"{run_id}\0{ring_id}".encode()).digest()
