"""What each innocent story of the judge is needed for: the last night judged again without it.

`python -m tests.bench.quality_left_out WORLD STORE ANSWER` reads the tables that the night kept and writes as JSON,
for the judge as it is (no name), without each of its stories and without any of them, the innocents that would be
flagged or left unexplained, by what they were made as.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from linkage.engine.embedded import EmbeddedEngine
from linkage.scoring.judging import judge
from linkage.scoring.stories import STORIES
from linkage.settings import Settings

# Innocents by what they were made as, with how many of them are members of a ring of which verdict.
_SEEN = """
    SELECT
        stories.story AS name,
        count(*) AS accounts,
        count(*) FILTER (verdict = 'flagged') AS flagged,
        count(*) FILTER (verdict = 'unexplained') AS unexplained
    FROM labels
    JOIN stories USING (account_id)
    JOIN account USING (account_id)
    LEFT JOIN ring_member ON ring_member.account = account.account AND ring_member.role = 'member'
    LEFT JOIN judged USING (ring)
    WHERE labels.role = 'innocent'
    GROUP BY ALL
    ORDER BY 1
"""


def left_out(world: Path, store: Path) -> list[dict[str, Any]]:
    """One entry a judgement: the stories left `out`, and the `innocents` by name, accounts, flagged, unexplained."""
    view = EmbeddedEngine(store).view()
    tables = store / "runs" / view.run.run_id / "tables"
    features = pq.read_table(tables / "ring_feature.parquet").sort_by("ring")
    found = []
    with duckdb.connect(config={"threads": 1}) as connection:
        for folder, name in (
            (world, "labels"),
            (world, "stories"),
            (tables, "account"),
            (tables, "ring_member"),
        ):
            connection.execute(f"CREATE VIEW {name} AS FROM '{folder / name}.parquet'")
        names = [story.name for story in STORIES]
        for out in ([], *([name] for name in names), names):
            verdict = judge(features, Settings().rings.flag_score, without=out).verdict
            connection.register("judged", pa.table({"ring": features["ring"], "verdict": verdict.tolist()}))
            found.append({"out": out, "innocents": connection.sql(_SEEN).to_arrow_table().to_pylist()})
            connection.unregister("judged")
    return found


if __name__ == "__main__":
    Path(sys.argv[3]).write_text(json.dumps(left_out(Path(sys.argv[1]), Path(sys.argv[2]))), encoding="utf-8")
