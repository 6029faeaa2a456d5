"""Where it goes well and where not: by verdict, by size and style of the true rings, by innocent story."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from linkage.evaluate.tallies import tallies
from linkage.evaluate.truth import NONE, VERDICTS, BoolArray, IntArray, Joined

#: What an operator's style lists, in order, with slashes between (`linkage/simulate/operators.py`).
STYLE_PARTS = ("cards", "network", "devices", "hours", "registration")
#: Smallest sizes of the bands that true rings are told by.
BANDS = (1, 2, 5, 20, 100, 1_000)


@dataclass(frozen=True)
class Seen:
    """How many accounts of one sort lie in rings of which verdict; `alone` in no ring."""

    name: str
    accounts: int
    flagged: int
    unexplained: int
    benign: int
    alone: int

    @property
    def flagged_per_100_000(self) -> float | None:
        """Flagged among 100,000 of the sort."""
        return self.flagged / self.accounts * 100_000 if self.accounts else None

    def numbers(self) -> dict[str, object]:
        """All numbers by name."""
        return {**asdict(self), "flagged_per_100_000": self.flagged_per_100_000}


@dataclass(frozen=True)
class RingGroup:
    """True rings of one sort: where their accounts are, and how much of them is flagged together."""

    seen: Seen
    rings: int
    matched: int
    account_recall: float
    pair_recall: float | None

    def numbers(self) -> dict[str, object]:
        """All numbers by name; `matched` rings have a flagged ring with a Jaccard of half or more."""
        return {
            **self.seen.numbers(),
            "rings": self.rings,
            "matched": self.matched,
            "account_recall": self.account_recall,
            "pair_recall": self.pair_recall,
        }


def by_role(joined: Joined) -> tuple[Seen, ...]:
    """True members, victims and innocents by verdict."""
    innocent = (joined.true == NONE) & ~joined.victim
    member = (joined.true != NONE) & ~joined.victim
    return (
        _seen(joined, "member", member),
        _seen(joined, "victim", joined.victim),
        _seen(joined, "innocent", innocent),
    )


def by_size(joined: Joined) -> tuple[RingGroup, ...]:
    """True rings by how many accounts they have."""
    member = (joined.true != NONE) & ~joined.victim
    if not member.any():
        return ()
    size = np.bincount(joined.true[member])
    band = np.searchsorted(BANDS, size, side="right") - 1
    names = [_band(place) for place in range(len(BANDS))]
    return _groups(joined, member, np.where(member, band[np.where(member, joined.true, 0)], NONE), names)


def by_style(joined: Joined) -> tuple[RingGroup, ...]:
    """True rings by each choice of their operator ("cards: virtual"), where the stories say so.

    A style that is no list of STYLE_PARTS is told whole.
    """
    member = (joined.true != NONE) & ~joined.victim
    parts = [style.split("/") for style in joined.styles]
    if any(len(part) != len(STYLE_PARTS) for part in parts):
        return _groups(joined, member, np.where(member, joined.style, NONE), list(joined.styles))
    found: list[RingGroup] = []
    for place, title in enumerate(STYLE_PARTS):
        names = sorted({part[place] for part in parts})
        number = np.array([names.index(part[place]) for part in parts] + [NONE], dtype=np.int64)
        # The last entry is for accounts without a style, whose number is NONE.
        group = np.where(member, number[joined.style], NONE)
        found += _groups(joined, member, group, [f"{title}: {name.replace('_', ' ')}" for name in names])
    return tuple(found)


def by_decoy(joined: Joined) -> tuple[Seen, ...]:
    """Innocents by their story."""
    innocent = (joined.true == NONE) & ~joined.victim
    found = [
        _seen(joined, name, innocent & (joined.story == number)) for number, name in enumerate(joined.stories)
    ]
    return tuple(sorted((one for one in found if one.accounts), key=lambda one: one.name))


def _groups(joined: Joined, member: BoolArray, group: IntArray, names: list[str]) -> tuple[RingGroup, ...]:
    counted = ~joined.victim
    predicted = np.where((joined.found != NONE) & joined.flagged, joined.found, NONE)
    tally = tallies(predicted[counted], joined.true[counted]).true
    # A ring's group is that of its accounts.
    of_ring = np.full(int(joined.true.max(initial=0)) + 1, NONE, dtype=np.int64)
    of_ring[joined.true[member]] = group[member]
    found = []
    for number, name in enumerate(names):
        rows = of_ring[tally.ring] == number
        if not rows.any():
            continue
        good, every = tally.good[rows].sum(axis=0), tally.all[rows].sum(axis=0)
        found.append(
            RingGroup(
                seen=_seen(joined, name, member & (group == number)),
                rings=int(rows.sum()),
                matched=int(good[2]),
                account_recall=float(good[0] / every[0]),
                pair_recall=float(good[1] / every[1]) if every[1] else None,
            )
        )
    return tuple(found)


def _seen(joined: Joined, name: str, chosen: BoolArray) -> Seen:
    inside = chosen & (joined.found != NONE)
    by_verdict = {
        verdict: int((inside & (joined.verdict == number)).sum()) for number, verdict in enumerate(VERDICTS)
    }
    return Seen(name, int(chosen.sum()), **by_verdict, alone=int((chosen & (joined.found == NONE)).sum()))


def _band(place: int) -> str:
    if place == len(BANDS) - 1:
        return f"{BANDS[place]:,} and more"
    low, high = BANDS[place], BANDS[place + 1] - 1
    return str(low) if low == high else f"{low} to {high}"
