"""Judgements in words: reasons, stories and shared identifiers of each ring, as JSON for people."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.identifiers.registry import Kinds
from linkage.scoring.features import FEATURES, Group
from linkage.scoring.judging import Judgement
from linkage.scoring.stories import STORIES

# Reasons that say less than this are noise to a reader.
LEAST_BITS = 0.25
MOST_REASONS = 5
# Stories that fit worse than this are not worth telling.
LEAST_FIT = 0.2


def reasons(features: pa.Table, judgement: Judgement) -> list[list[dict[str, Any]]]:
    """For each ring its contributions, strongest first: name, group, value, bits, bits that the story leaves, words."""
    rows = features.to_pylist()
    found: list[list[dict[str, Any]]] = [[] for _ in rows]
    groups = list(Group)
    of_group = np.array([groups.index(feature.group) for feature in FEATURES])
    # A group's cap takes from all its rows alike, so that what is left of them adds up.
    total = np.stack([judgement.parts[of_group == number].sum(axis=0) for number in range(len(groups))])[
        of_group
    ]
    left_share = np.divide(judgement.residual[of_group], total, out=np.zeros_like(total), where=total > 0)
    for number, ring in zip(*np.nonzero(judgement.parts >= LEAST_BITS), strict=True):
        feature = FEATURES[number]
        row = rows[ring]
        found[ring].append(
            {
                "feature": feature.name,
                "group": str(feature.group),
                "value": _plain(row[feature.ramp.column]),
                "bits": round(float(judgement.parts[number, ring]), 2),
                "left": round(float(judgement.parts[number, ring] * left_share[number, ring]), 2),
                "says": say(feature.says, row),
                "why": feature.why,
            }
        )
    for lines in found:
        lines.sort(key=lambda line: (-line["left"], -line["bits"], line["feature"]))
    return found


def top_reasons(lines: Sequence[Mapping[str, Any]]) -> str:
    """The strongest reasons as a JSON list of sentences."""
    return json.dumps([line["says"] for line in lines[:MOST_REASONS]], ensure_ascii=False)


def stories(features: pa.Table, judgement: Judgement) -> list[list[dict[str, Any]]]:
    """For each ring the innocent stories that fit at all, best first: name, fit, sentence, whether it is the best."""
    rows = features.to_pylist()
    found: list[list[dict[str, Any]]] = [[] for _ in rows]
    for number, ring in zip(*np.nonzero(judgement.fits >= LEAST_FIT), strict=True):
        story = STORIES[number]
        found[ring].append(
            {
                "story": story.name,
                "fit": round(float(judgement.fits[number, ring]), 3),
                "says": say(story.says, rows[ring]),
                "best": bool(judgement.story[ring] == number),
            }
        )
    for lines in found:
        lines.sort(key=lambda line: (not line["best"], -line["fit"], line["story"]))
    return found


def shared(table: pa.Table, kinds: Kinds) -> dict[int, list[dict[str, Any]]]:
    """For each ring number the identifiers that most members share, masked for people."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        kind = kinds.by_name[row["kind"]]
        found.setdefault(row["ring"], []).append(
            {
                "kind": row["kind"],
                "key": kind.caption(row["key"]),
                "members": row["holders"],
                "accounts": row["accounts"],
            }
        )
    return found


def say(text: str, row: Mapping[str, Any]) -> str:
    """A sentence with a ring's values in it; what is not known reads as 0."""
    return text.format_map(_Values(row))


class _Values(dict[str, Any]):
    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        return 0.0 if value is None or (isinstance(value, float) and math.isnan(value)) else value


def _plain(value: Any) -> float | None:
    return None if value is None or math.isnan(value) else round(float(value), 4)
