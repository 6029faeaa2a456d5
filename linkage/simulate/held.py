"""What actors hold: values with weights and times, and drawing from them."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from linkage.simulate.codes import F64, I32, I64, Bools, Salt, below, unit

#: How often a value outside its time is drawn again before the exact choice is made.
_ROUNDS = 3
FOREVER = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Held:
    """Who holds what: one row a holding; times in seconds of the window, end exclusive."""

    owner: I64
    value: I64
    weight: F64
    start: I32
    end: I32

    @staticmethod
    def of(
        owner: I64,
        value: I64 | int,
        weight: npt.NDArray[np.float64] | float = 1.0,
        start: npt.NDArray[np.integer] | int = 0,
        end: npt.NDArray[np.integer] | int = FOREVER,
    ) -> "Held":
        """Holdings of these owners; each other part is one for all or one for each."""
        size = owner.shape
        return Held(
            owner,
            np.broadcast_to(np.asarray(value, dtype=np.int64), size),
            np.broadcast_to(np.asarray(weight, dtype=np.float64), size),
            np.broadcast_to(np.asarray(start, dtype=np.int32), size),
            np.broadcast_to(np.asarray(end, dtype=np.int32), size),
        )

    @staticmethod
    def join(parts: "list[Held]") -> "Held":
        """All parts as one, sorted by owner; the order inside an owner is that of the parts."""
        if not parts:
            return Held.of(np.empty(0, dtype=np.int64), 0)
        owner = np.concatenate([part.owner for part in parts])
        order = np.argsort(owner, kind="stable")
        return Held(
            owner[order],
            np.concatenate([part.value for part in parts])[order],
            np.concatenate([part.weight for part in parts])[order],
            np.concatenate([part.start for part in parts])[order],
            np.concatenate([part.end for part in parts])[order],
        )

    def rows(self, chosen: I64 | Bools) -> "Held":
        """The chosen holdings."""
        return Held(
            self.owner[chosen], self.value[chosen], self.weight[chosen], self.start[chosen], self.end[chosen]
        )

    def of_owners(self, owners: I64) -> "Held":
        """Holdings of these owners (self sorted by owner), each owner renamed to its place in the list."""
        first = np.searchsorted(self.owner, owners, side="left")
        count = np.searchsorted(self.owner, owners, side="right") - first
        place = np.repeat(np.arange(len(owners), dtype=np.int64), count)
        found = self.rows(np.repeat(first - (np.cumsum(count) - count), count) + np.arange(count.sum()))
        return Held(place, found.value, found.weight, found.start, found.end)


class Bag:
    """Holdings of `owners` actors numbered from 0, ready to draw from."""

    def __init__(self, held: Held, owners: int) -> None:
        self._held = held
        self._first = np.searchsorted(held.owner, np.arange(owners + 1), side="left")
        self._edges = np.concatenate([[0.0], np.cumsum(held.weight)])

    def draw(self, owner: I64, at: npt.NDArray[np.integer], rng: np.random.Generator) -> I64:
        """One value for each owner at each time, by weight among those held then; 0 where none is."""
        out = np.zeros(len(owner), dtype=np.int64)
        rows = np.flatnonzero(self._first[owner + 1] > self._first[owner])
        for _ in range(_ROUNDS):
            picked = self._by_weight(owner[rows], rng)
            good = (self._held.start[picked] <= at[rows]) & (at[rows] < self._held.end[picked])
            out[rows[good]] = self._held.value[picked[good]]
            rows = rows[~good]
        if rows.size:
            out[rows] = self._heaviest(owner[rows], at[rows])
        return out

    def _by_weight(self, owner: I64, rng: np.random.Generator) -> I64:
        low, high = self._edges[self._first[owner]], self._edges[self._first[owner + 1]]
        found = np.searchsorted(self._edges, low + rng.random(len(owner)) * (high - low), side="right") - 1
        # The sum of many weights is not exact: a draw at the edge may fall on the neighbour's holding.
        return np.asarray(np.clip(found, self._first[owner], self._first[owner + 1] - 1), dtype=np.int64)

    def _heaviest(self, owner: I64, at: npt.NDArray[np.integer]) -> I64:
        """The heaviest value held at the time: what repeated rejection would seldom reach."""
        count = self._first[owner + 1] - self._first[owner]
        begin = np.cumsum(count) - count
        place = np.repeat(self._first[owner] - begin, count) + np.arange(count.sum())
        when = np.repeat(at, count)
        valid = (self._held.start[place] <= when) & (when < self._held.end[place])
        weight = np.where(valid, self._held.weight[place], 0.0)
        best = np.maximum.reduceat(weight, begin)
        row = np.repeat(np.arange(len(owner)), count)
        hit = np.flatnonzero((weight == best[row]) & (weight > 0.0))
        out = np.zeros(len(owner), dtype=np.int64)
        out[row[hit]] = self._held.value[place[hit]]
        return out


@dataclass
class Pools:
    """Addresses that many rotate over. A pool's code is negative, so that it can stand for an address."""

    members: list[I64] = field(default_factory=list)
    periods: list[int] = field(default_factory=list)

    def add(self, addresses: I64, period: int) -> int:
        """A new pool whose users change address every `period` seconds; its code."""
        self.members.append(addresses)
        self.periods.append(period)
        return -len(self.members)

    def resolve(self, seed: int, value: I64, actor: I64, at: npt.NDArray[np.integer]) -> I64:
        """Addresses for values that are addresses or pools, by who asks and when."""
        out = value.copy()
        rows = np.flatnonzero(value < 0)
        if not rows.size:
            return out
        sizes = np.array([len(pool) for pool in self.members])
        first = np.cumsum(sizes) - sizes
        pool = -value[rows] - 1
        slot = at[rows] // np.array(self.periods)[pool]
        place = below(sizes[pool], unit(seed, Salt.ROTATION, actor[rows], slot, pool))
        out[rows] = np.concatenate(self.members)[first[pool] + place]
        return out
