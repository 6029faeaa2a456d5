"""Simple rules below and an ideal detector above, over the same source and the same labels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from linkage.errors import InputError
from linkage.evaluate.baselines import BASELINES, as_memberships
from linkage.evaluate.compare import score_flagged
from linkage.evaluate.observe import World, observed
from linkage.evaluate.oracle import ceiling
from linkage.evaluate.report import Scores
from linkage.evaluate.truth import IntArray
from linkage.settings import Settings

OWNERS_FILE = "truth_identifiers.parquet"
"""Whose each identifier is, where a simulator wrote it: kind, value as in the tables, owner (a ring_id, or empty)."""

CEILINGS = {
    "owned": "ceiling: own identifiers",
    "oracle": "ceiling: oracle",
}


@dataclass(frozen=True)
class Yardstick:
    """One rule's scores over all of its groups; None where the source lacks what the rule needs."""

    name: str
    title: str
    scores: Scores | None


def yardsticks(
    source: Path, labels: pa.Table, settings: Settings, as_of: datetime | None = None
) -> tuple[Yardstick, ...]:
    """Every baseline, then both ceilings; InputError where the source breaks its contract."""
    found = []
    with observed(source, settings, as_of) as world:
        for name, (title, rule) in BASELINES.items():
            group = rule(world)
            scores = None if group is None else _scores(world, group, labels)
            found.append(Yardstick(name, title, scores))
        told = ceiling(world, labels, _owners(source / OWNERS_FILE))
        for name, title in CEILINGS.items():
            found.append(Yardstick(name, title, _scores(world, getattr(told, name), labels)))
    return tuple(found)


def _scores(world: World, group: IntArray, labels: pa.Table) -> Scores:
    return score_flagged(as_memberships(world, group), labels)


def _owners(path: Path) -> pa.Table | None:
    if not path.exists():
        return None
    try:
        return pq.read_table(path, columns=["kind", "value", "owner"])
    except (OSError, pa.ArrowInvalid) as error:
        raise InputError(f"{path}: cannot be read ({str(error).splitlines()[0]})") from error
