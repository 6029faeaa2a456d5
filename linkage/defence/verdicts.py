"""What would change a verdict, and why the best innocent story was taken or rejected: by judging again.

A counterfactual is one measured property set to where it stops saying anything, or to where a story would be met, and
all else left as it is; the ring is then judged by the same rule. Where no single one changes a flag, the strongest are
taken away together until it falls.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.model import Verdict
from linkage.scoring.calibration import AS_IT_IS, Calibration
from linkage.scoring.features import FEATURES, Group
from linkage.scoring.judging import AGAINST_FROM, DEALT_FROM, STORY_FITS, Judgement, judge, numeric
from linkage.scoring.measures import Condition, Either, FloatArray, Ramp
from linkage.scoring.stories import NO_STORY, STORIES
from linkage.scoring.wording import say

#: Observations that say less are not taken away to see what happens.
LEAST_BITS = 0.25
#: So many single changes are told, and so many observations are taken away together at most.
TOLD = 5
TOGETHER = 8
#: So many rings are judged again at a time.
BATCH = 2_000

Degrees = Mapping[Ramp, FloatArray]
"""How far each ramp of the stories is met, an entry a ring."""


@dataclass(frozen=True)
class _Change:
    """Columns of a ring set to values; `what` names them for people, `distance` is how far off they are, in ramps."""

    ring: int
    columns: tuple[tuple[str, float], ...]
    what: tuple[str, ...]
    distance: float


def verdict_reports(
    features: pa.Table,
    flag_score: float,
    calibration: Calibration = AS_IT_IS,
) -> list[dict[str, Any]]:
    """For each row of `ring_feature`, in its order: `story` (or None), `changes`, `together` (or None)."""
    found: list[dict[str, Any]] = []
    for start in range(0, features.num_rows, BATCH):
        part = features.slice(start, BATCH)
        judgement = judge(part, flag_score, calibration=calibration)
        rows = part.to_pylist()
        columns = numeric(part)
        degrees = {ramp: ramp(columns) for story in STORIES for ramp in _ramps(story.fits)}
        changes = [
            change for ring, row in enumerate(rows) for change in _changes(ring, row, judgement, degrees)
        ]
        again = _judged(part, changes, flag_score, calibration)
        for ring, row in enumerate(rows):
            found.append({"story": _story(ring, row, judgement, degrees), "changes": [], "together": None})
        for at, change in enumerate(changes):
            verdict = str(again.verdict[at])
            if verdict == judgement.verdict[change.ring]:
                continue
            report = found[start + change.ring]
            told = _told(change, rows[change.ring], verdict, float(again.score[at]))
            if len(change.columns) > 1:
                report["together"] = report["together"] or told
            else:
                report["changes"].append(told)
        for report in found[start:]:
            report["changes"].sort(key=lambda one: (one["distance"], one["column"]))
            del report["changes"][TOLD:]
            if report["changes"]:
                report["together"] = None
    return found


def _changes(ring: int, row: dict[str, Any], judgement: Judgement, degrees: Degrees) -> Iterator[_Change]:
    """What is tried for a ring: observations away or in full, conditions of its best story met or not."""
    verdict = str(judgement.verdict[ring])
    parts = judgement.parts[:, ring]
    tried: dict[tuple[str, float], _Change] = {}

    def add(ramp: Ramp, target: float, what: str) -> None:
        value = _number(row.get(ramp.column))
        span = abs(ramp.high - ramp.low) or 1.0
        distance = 1.0 if value is None else abs(value - target) / span
        tried.setdefault((ramp.column, target), _Change(ring, ((ramp.column, target),), (what,), distance))

    for at, feature in enumerate(FEATURES):
        if verdict == Verdict.FLAGGED and parts[at] >= LEAST_BITS:
            add(feature.ramp, feature.ramp.low, feature.name)
        elif verdict == Verdict.UNEXPLAINED and parts[at] < feature.bits:
            add(feature.ramp, feature.ramp.high, feature.name)
    best = int(judgement.story[ring])
    if best != NO_STORY:
        for ramp, degree in _leaves(STORIES[best].fits, ring, degrees):
            if verdict == Verdict.BENIGN and degree > 0.0:
                add(ramp, ramp.low, STORIES[best].name)
            elif verdict != Verdict.BENIGN and degree < 1.0:
                add(ramp, ramp.high, STORIES[best].name)
    yield from tried.values()
    if verdict == Verdict.FLAGGED:
        strongest = [int(at) for at in np.argsort(-parts, kind="stable") if parts[at] >= LEAST_BITS][
            :TOGETHER
        ]
        for count in range(2, len(strongest) + 1):
            chosen = [FEATURES[at] for at in strongest[:count]]
            columns = tuple((one.ramp.column, one.ramp.low) for one in chosen)
            yield _Change(ring, columns, tuple(one.name for one in chosen), float(count))


def _judged(
    features: pa.Table, changes: Sequence[_Change], flag_score: float, calibration: Calibration
) -> Judgement:
    """The judgement of each change: a row for each, of its ring, with its columns set."""
    rows = features.take(pa.array([change.ring for change in changes], pa.int64()))
    where: dict[str, list[tuple[int, float]]] = {}
    for at, change in enumerate(changes):
        for column, value in change.columns:
            where.setdefault(column, []).append((at, value))
    for column, cells in where.items():
        values = rows[column].cast(pa.float64()).to_pandas().to_numpy(dtype=np.float64, copy=True)
        places, given = zip(*cells, strict=True)
        values[list(places)] = given
        rows = rows.set_column(rows.column_names.index(column), column, pa.array(values, pa.float64()))
    return judge(rows, flag_score, calibration=calibration)


def _told(change: _Change, row: dict[str, Any], verdict: str, score: float) -> dict[str, Any]:
    if len(change.columns) > 1:
        return {"features": list(change.what), "verdict": verdict, "score": round(score, 4)}
    (column, target), what = change.columns[0], change.what[0]
    return {
        "column": column,
        "value": _number(row.get(column)),
        "target": target,
        "of": what,
        "verdict": verdict,
        "score": round(score, 4),
        "distance": round(change.distance, 4),
    }


def _story(ring: int, row: dict[str, Any], judgement: Judgement, degrees: Degrees) -> dict[str, Any] | None:
    """The best innocent story: how well it fits, what it does not meet, what it leaves, and why it was (not) taken."""
    best = int(judgement.story[ring])
    if best == NO_STORY:
        return None
    story, fit = STORIES[best], float(judgement.fit[ring])
    taken = str(judgement.verdict[ring]) == Verdict.BENIGN
    unmet = [
        {
            "column": ramp.column,
            "value": _number(row.get(ramp.column)),
            "met": round(degree, 3),
            "needed": ramp.high,
        }
        for ramp, degree in _leaves(story.fits, ring, degrees)
        if degree < 1.0
    ]
    unmet.sort(key=lambda one: (one["met"], one["column"]))
    leaves: list[dict[str, Any]] = [
        {
            "group": str(group),
            "bits": round(float(judgement.raw[at, ring]), 2),
            "left": round(float(judgement.residual[at, ring]), 2),
        }
        for at, group in enumerate(Group)
        if judgement.raw[at, ring] >= LEAST_BITS
    ]
    leaves.sort(key=lambda one: (-one["left"], one["group"]))
    against = None
    if judgement.dealt[ring] > DEALT_FROM:
        against = (
            f"{judgement.dealt[ring]:.0f} lines, cards and machines are dealt out to accounts with nothing else in "
            "common, which no innocent story tells"
        )
    elif float(judgement.raw[list(Group).index(Group.ENFORCEMENT), ring]) > AGAINST_FROM:
        against = "banned accounts are replaced, which no innocent story tells"
    return {
        "story": story.name,
        "fit": round(fit, 3),
        "says": say(story.says, row),
        "taken": taken,
        "unmet": unmet,
        "leaves": leaves,
        "why": _why(taken, fit, unmet, leaves, against),
    }


def _why(
    taken: bool, fit: float, unmet: list[dict[str, Any]], leaves: list[dict[str, Any]], against: str | None
) -> str:
    left = ", ".join(
        f"{one['left']:.1f} of {one['bits']:.1f} bits of {one['group']}"
        for one in leaves[:3]
        if one["left"] > 0
    )
    if taken:
        return "it fits, and leaves little to explain" + (f": {left}" if left else "")
    if against:
        return against
    if fit < STORY_FITS:
        short = "; ".join(
            f"{one['column']} is {_shown(one['value'])}, {one['needed']:g} would meet it" for one in unmet[:3]
        )
        return f"it fits only {fit:.0%}: {short}"
    return f"it fits, but does not explain {left}" if left else "it fits, and is outweighed"


def _leaves(condition: Condition, ring: int, degrees: Degrees) -> list[tuple[Ramp, float]]:
    """The ramps that a condition rests on, with how far each is met; of alternatives the best one's."""
    if isinstance(condition, Ramp):
        return [(condition, float(degrees[condition][ring]))]
    parts = condition.parts
    if isinstance(condition, Either):
        parts = (max(parts, key=lambda part: _degree(part, ring, degrees)),)
    return [leaf for part in parts for leaf in _leaves(part, ring, degrees)]


def _degree(condition: Condition, ring: int, degrees: Degrees) -> float:
    if isinstance(condition, Ramp):
        return float(degrees[condition][ring])
    parts = [_degree(part, ring, degrees) for part in condition.parts]
    return max(parts) if isinstance(condition, Either) else math.prod(parts)


def _ramps(condition: Condition) -> Iterator[Ramp]:
    if isinstance(condition, Ramp):
        yield condition
    else:
        for part in condition.parts:
            yield from _ramps(part)


def _number(value: Any) -> float | None:
    if value is None or isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return None
    # No minus nought, which a person would wonder at.
    return float(value) + 0.0


def _shown(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f}"
