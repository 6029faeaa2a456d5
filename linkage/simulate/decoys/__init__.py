"""Innocent sharers: one function a story, each lays its story on the accounts it is given."""

from collections.abc import Callable

import numpy as np

from linkage.simulate.canvas import Canvas
from linkage.simulate.codes import I64
from linkage.simulate.decoys import crowds, homes, machines, work
from linkage.simulate.decoys.groups import Groups
from linkage.simulate.knobs import DECOY_KNOBS, Sharing

STORIES = tuple(DECOY_KNOBS)
DECOYS: dict[str, Callable[[Groups], None]] = {
    name: next(getattr(module, name) for module in (homes, work, machines, crowds) if hasattr(module, name))
    for name in STORIES
}


def plant_decoys(canvas: Canvas, free: I64, rng: np.random.Generator) -> I64:
    """Tell every story on accounts from `free` (in its order); the accounts that are left plain."""
    for number, (name, knob) in enumerate(DECOY_KNOBS.items()):
        wanted = max(round(knob.share * len(canvas.accounts)), 2 * knob.low)
        members, free = free[:wanted], free[wanted:]
        if len(members) < wanted:
            raise ValueError(f"too few accounts for the story {name}")
        group = _group(wanted, knob, rng)
        canvas.accounts.story[members] = number
        if knob.high > 1:
            canvas.accounts.group[members] = canvas.groups + group
            canvas.groups += int(group.max()) + 1
        DECOYS[name](Groups(canvas, members, group, number, rng))
    return free


def _group(count: int, knob: Sharing, rng: np.random.Generator) -> I64:
    """Group numbers of `count` accounts: contiguous groups of log-uniform size between low and high."""
    high = min(knob.high, max(knob.low, count // 2))
    drawn = rng.uniform(np.log(knob.low), np.log(high + 1), count // knob.low + 1)
    edges = np.cumsum(np.maximum(np.exp(drawn).astype(np.int64), knob.low))
    group = np.searchsorted(edges, np.arange(count), side="right")
    # A last group that came out too small joins the one before it.
    if group[-1] > 0 and (group == group[-1]).sum() < knob.low:
        group[group == group[-1]] -= 1
    return group.astype(np.int64)
