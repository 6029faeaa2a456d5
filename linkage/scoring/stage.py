"""The stage that judges: from communities to rings with ids, scores, verdicts, stories and reasons."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa

from linkage.engine.base import Judged
from linkage.identifiers.registry import Kinds
from linkage.rings import ring_features
from linkage.scoring import wording
from linkage.scoring.calibration import Calibration, fit
from linkage.scoring.decided import outcomes
from linkage.scoring.judging import Judgement, judge
from linkage.scoring.review import Queue, draw
from linkage.scoring.stories import NO_STORY, STORIES
from linkage.settings import Settings
from linkage.tracking import Tracked, track
from linkage.warehouse import Warehouse

# Shared identifiers that a ring's detail names.
MOST_SHARED = 8


def judge_rings(
    warehouse: Warehouse, settings: Settings, run_id: str, previous_memberships: pa.Table | None
) -> Judged:
    """Judges the communities in `member` and gives them the ids of the rings that they continue.

    Scores are calibrated on what people decided, where they did, and some rings are drawn for them to decide on. Reads
    member, account, profile, holding, identifier, kind_number, network, link, star_member, density, indicated,
    allowed_account and decision; leaves `ring_member`, `ring_feature` and `ring_verdict`.
    """
    ring_features(warehouse, settings)
    features = warehouse.arrow("SELECT * FROM ring_feature ORDER BY ring")
    judgement = judge(features, settings.rings.flag_score)
    rings = [int(ring) for ring in features["ring"].to_pylist()]
    decided = outcomes(warehouse, rings)
    told = fit(decided.observed(judgement.raw_score)) if warehouse.rows("decision") else {}
    if told:
        judgement = judge(features, settings.rings.flag_score, calibration=Calibration.of(told))
    tracked = track(warehouse.query("scoring/named"), previous_memberships, run_id)
    reasons = wording.reasons(features, judgement)
    queue = draw(
        [tracked.ids[ring] for ring in rings],
        judgement.score,
        decided.waiting(settings.review.again),
        settings.review.rings,
        run_id,
    )
    warehouse.register("ring_verdict", _verdicts(rings, judgement, tracked, reasons, decided.word, queue))
    return Judged(
        memberships=warehouse.query("scoring/memberships"),
        rings=warehouse.query("scoring/rings"),
        changes=tracked.changes,
        details=_details(warehouse, settings, features, judgement, tracked, reasons),
        calibration=told,
    )


def _verdicts(
    rings: list[int],
    judgement: Judgement,
    tracked: Tracked,
    reasons: list[list[dict[str, object]]],
    decided: np.ndarray,
    queue: Queue,
) -> pa.Table:
    names = np.array([*(story.name for story in STORIES), ""], dtype=object)
    told = np.where(judgement.story == NO_STORY, len(STORIES), judgement.story)
    return pa.table(
        {
            "ring": pa.array(rings, pa.int32()),
            "ring_id": pa.array([tracked.ids[ring] for ring in rings], pa.string()),
            "score": pa.array(judgement.score, pa.float64()),
            "verdict": pa.array(judgement.verdict.tolist(), pa.string()),
            "story": pa.array(names[told].tolist(), pa.string()),
            "fit": pa.array(judgement.fit.round(4), pa.float64()),
            "top_reasons": pa.array([wording.top_reasons(lines) for lines in reasons], pa.string()),
            "parent_ids": pa.array([json.dumps(tracked.parents[ring]) for ring in rings], pa.string()),
            "raw_score": pa.array(judgement.raw_score, pa.float64()),
            "decided": pa.array([word or None for word in decided.tolist()], pa.string()),
            "review_stratum": pa.array([band or None for band in queue.stratum], pa.string()),
            "review_probability": pa.array(queue.probability, pa.float64(), from_pandas=True),
        }
    )


def _details(
    warehouse: Warehouse,
    settings: Settings,
    features: pa.Table,
    judgement: Judgement,
    tracked: Tracked,
    reasons: list[list[dict[str, object]]],
) -> pa.Table:
    """ring_id, and as JSON: `reasons` (every contribution), `stories` (all that fit), `shared` (identifiers)."""
    names = [str(row["name"]) for row in warehouse.records("SELECT name FROM kind_number")]
    shared = wording.shared(
        warehouse.query("scoring/shared", most=MOST_SHARED), Kinds.build(settings.kinds, names)
    )
    stories = wording.stories(features, judgement)
    rings = features["ring"].to_pylist()

    def column(values: list[object]) -> pa.Array:
        return pa.array([json.dumps(value, ensure_ascii=False) for value in values], pa.string())

    table = pa.table(
        {
            "ring_id": pa.array([tracked.ids[ring] for ring in rings], pa.string()),
            "reasons": column(list(reasons)),
            "stories": column(list(stories)),
            "shared": column([shared.get(ring, []) for ring in rings]),
        }
    )
    return table.sort_by("ring_id")
