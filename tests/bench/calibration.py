"""Do calibrated scores say how often rings are fraud? Decisions on drawn rings, measured on those nobody decided on.

`python -m tests.bench.calibration WORLD… [--rings N]`: of each simulated world a night is run; of the rings that it
draws for review every second one is decided as the truth has it (the rest of them stands in for doubtful rings that
were not drawn), and the next night is calibrated on that. Printed for the rings that were not decided: share of fraud
beside the mean score, before and after, by raw score.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from linkage.engine.base import View
from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.review import review_queue
from linkage.nightly import NightlyOptions, run_nightly
from linkage.progress import Silent
from linkage.settings import Settings
from linkage.settings.model import ReviewSettings

EDGES = (0.0, 0.06, 0.1, 0.2, 0.3, 0.5, 0.9, 1.0)
LABELS = {"member": "fraud", "innocent": "innocent", "victim": "victim"}


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.calibration", description=__doc__)
    parser.add_argument("world", type=Path, nargs="+")
    parser.add_argument(
        "--rings", type=int, default=10_000, help="drawn for review, of which half are decided"
    )
    parser.add_argument("--as-of", default="2026-06-30")
    arguments = parser.parse_args()
    moment = datetime.fromisoformat(arguments.as_of).replace(tzinfo=UTC)
    settings = replace(Settings(), review=ReviewSettings(rings=arguments.rings))
    for world in arguments.world:
        with tempfile.TemporaryDirectory() as folder:
            source, store = Path(folder) / "source", Path(folder) / "store"
            source.mkdir()
            for path in world.iterdir():
                (source / path.name).symlink_to(path.resolve())
            queue = review_queue(night(source, store, settings, moment, "first")).to_pylist()[::2]
            decisions = decide(queue, world, moment)
            pd.DataFrame(decisions).to_csv(source / "dispositions.csv", index=False)
            view = night(source, store, settings, moment, "second")
            decided = {row["ring_id"] for row in queue}
            print(f"### {world.name}\n\n{table(view, truth(view, world), decided)}\n", flush=True)


def night(source: Path, store: Path, settings: Settings, moment: datetime, run_id: str) -> View:
    """What a night publishes."""
    run_nightly(EmbeddedEngine(store), NightlyOptions(source, settings, moment, run_id), Silent())
    return EmbeddedEngine(store).view()


def decide(queue: list[dict[str, Any]], world: Path, at: datetime) -> list[dict[str, Any]]:
    """A row of `dispositions` for each account that the queue names, as the truth has it."""
    labels = pd.read_parquet(world / "labels.parquet").set_index("account_id")["role"].astype(str)
    return [
        {
            "account_id": account,
            "decision": LABELS.get(labels.get(account, "innocent"), "innocent"),
            "decided_at": at.isoformat(),
            "ring_id": row["ring_id"],
            "sampled": True,
            "probability": row["probability"] / 2,
        }
        for row in queue
        for account in json.loads(row["account_ids"])
    ]


def truth(view: View, world: Path) -> pd.DataFrame:
    """ring_id, score, raw_score, verdict, and whether most of its members are somebody's fraud."""
    labels = pd.read_parquet(world / "labels.parquet")[["account_id", "role"]].astype(str)
    members = view.memberships().to_pandas().query("role == 'member'")[["account_id", "ring_id"]]
    known = members.merge(labels, on="account_id", how="left")
    share = (known["role"] == "member").groupby(known["ring_id"]).mean()
    rings = view.rings().to_pandas()[["ring_id", "size", "score", "raw_score", "verdict"]]
    return rings.assign(fraud=rings["ring_id"].map(share).fillna(0.0) > 0.5)


def table(view: View, rings: pd.DataFrame, decided: set[str]) -> str:
    """Reliability of the scores of rings that were not decided, before and after, as Markdown."""
    fit = view.run.parameters.get("calibration", {})
    rest = rings[~rings["ring_id"].isin(decided)]
    lines = [
        f"{len(rings):,} rings, {len(rings) - len(rest):,} of them decided. {fit.get('says', 'Nothing decided.')}.",
        "",
        "| raw score | rings | fraud | mean raw score | mean score |",
        "|---|---|---|---|---|",
    ]
    place = np.clip(np.searchsorted(EDGES, rest["raw_score"], side="right") - 1, 0, len(EDGES) - 2)
    for number, part in rest.groupby(place):
        means = (f"{part[name].mean():.3f}" for name in ("fraud", "raw_score", "score"))
        lines.append(f"| {EDGES[number]:g} to {EDGES[number + 1]:g} | {len(part):,} | {' | '.join(means)} |")
    lines += ["", "| | before | after |", "|---|---|---|"]
    lines += [
        f"| {name} | {measure(rest['raw_score'], rest['fraud']):.4f} | {measure(rest['score'], rest['fraud']):.4f} |"
        for name, measure in (
            ("expected calibration error", expected_error),
            ("Brier score", lambda score, fraud: ((score - fraud) ** 2).mean()),
            ("log loss", log_loss),
        )
    ]
    flags = {
        name: f"{chosen.sum():,} ({(chosen & ~rings['fraud']).sum():,} innocent)"
        for name, chosen in (
            ("before", rings["raw_score"] >= Settings().rings.flag_score),
            ("after", rings["verdict"] == "flagged"),
        )
    }
    lines.append(f"| flagged, of all rings | {flags['before']} | {flags['after']} |")
    return "\n".join(lines)


def expected_error(score: pd.Series, fraud: pd.Series) -> float:
    """How far, on average over rings, the mean score of a tenth lies from its share of fraud."""
    place = np.searchsorted(EDGES[1:-1], score, side="right")
    off = (score - fraud).groupby(place).agg(["sum", "count"])
    return float(off["sum"].abs().sum() / off["count"].sum())


def log_loss(score: pd.Series, fraud: pd.Series) -> float:
    """Mean over rings, in nats."""
    held = score.clip(1e-6, 1 - 1e-6)
    return float(-np.log(np.where(fraud, held, 1 - held)).mean())


if __name__ == "__main__":
    main()
