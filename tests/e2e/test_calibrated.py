"""People decide on rings that a night draws; the next night's scores are truer for the rings that nobody looked at."""

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from click.testing import CliRunner

from linkage.cli import main

AS_OF = "2026-06-30"
CALLED = {"member": "fraud", "innocent": "innocent", "victim": "victim"}


def done(*arguments: object) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_decisions_on_a_drawn_half_make_the_other_half_truer(tmp_path: Path) -> None:
    world, store, config = tmp_path / "world", tmp_path / "store", tmp_path / "linkage.toml"
    options = ("--accounts", 10_000, "--days", 14, "--level", "careful", "--seed", 7)
    done("simulate", "--out", world, *options)
    config.write_text("[review]\nrings = 1000\n")
    night = ("nightly", "--config", config, "--source", world, "--store", store)
    done(*night, "--as-of", AS_OF, "--run-id", "first")
    done("export", "review", "--store", store, "--out", tmp_path / "queue.csv")
    labels = pq.read_table(world / "labels.parquet").to_pydict()
    role = {str(one): str(called) for one, called in zip(labels["account_id"], labels["role"], strict=True)}
    with (tmp_path / "queue.csv").open(newline="") as file:
        queue = list(csv.DictReader(file))
    assert {row["verdict"] for row in queue} == {"flagged", "unexplained", "benign"}
    # All of them were drawn, the worst first: every second one is decided on.
    assert {row["probability"] for row in queue} == {"1.0"}
    queue = queue[::2]
    with (world / "dispositions.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["account_id", "decision", "decided_at", "decided_by", "ring_id", "sampled", "probability"]
        )
        for row in queue:
            for account in json.loads(row["account_ids"]):
                told = (CALLED[role[account]], AS_OF, "ann", row["ring_id"], True, 0.5)
                rows.writerow([account, *told])
    # What is decided after the run's moment is not known to it.
    done(*night, "--as-of", "2026-06-29", "--run-id", "before")
    assert "calibration" not in done("runs", "show", "before", "--store", store)
    summary = done(*night, "--as-of", AS_OF, "--run-id", "second")
    assert "drawn at random" in summary
    assert "log loss" in done("runs", "show", "second", "--store", store)

    done("export", "rings", "--store", store, "--run", "second", "--out", tmp_path / "rings.parquet")
    done("export", "memberships", "--store", store, "--run", "second", "--out", tmp_path / "members.parquet")
    members: dict[str, list[bool]] = {}
    for row in pq.read_table(tmp_path / "members.parquet").to_pylist():
        members.setdefault(row["ring_id"], []).append(role.get(row["account_id"]) == "member")
    looked = {row["ring_id"] for row in queue}
    rings = [
        row for row in pq.read_table(tmp_path / "rings.parquet").to_pylist() if row["ring_id"] not in looked
    ]
    assert len(rings) >= 90
    fraud = np.array([np.mean(members[row["ring_id"]]) > 0.5 for row in rings])
    raw, score = (np.array([row[name] for row in rings]) for name in ("raw_score", "score"))
    assert not np.array_equal(raw, score)
    assert np.mean((score - fraud) ** 2) <= np.mean((raw - fraud) ** 2)
    assert log_loss(score, fraud) < log_loss(raw, fraud)
    # Ranks do not flip, nobody is flagged for the score alone, and what was just decided is not asked again.
    order = np.argsort(raw, kind="stable")
    assert (np.diff(score[order]) >= 0).all()
    assert not any(row["flagged"] for row in rings if row["raw_score"] == 0.49)
    done("export", "review", "--store", store, "--run", "second", "--out", tmp_path / "again.json")
    again = json.loads((tmp_path / "again.json").read_text())
    assert {row["ring_id"] for row in again} == {row["ring_id"] for row in rings}
    told = done("explain", "--ring", rings[0]["ring_id"], "--store", store, "--run", "second")
    assert f"{rings[0]['raw_score']:.3f} before calibration on" in told


def log_loss(score: np.ndarray, fraud: np.ndarray) -> float:
    return float(-np.log(np.where(fraud, score, 1 - score)).mean())
