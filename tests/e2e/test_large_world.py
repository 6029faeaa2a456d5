"""A world of 100,000 accounts, end to end: too long for CI."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from linkage.cli import main
from linkage.simulate import simulate


@pytest.mark.full
@pytest.mark.parametrize("seed", [101, 102])
def test_rings_of_a_large_world_are_found_and_innocents_left_alone(tmp_path: Path, seed: int) -> None:
    world, store = tmp_path / "world", tmp_path / "store"
    simulate(world, accounts=100_000, seed=seed)
    runner = CliRunner()
    night = runner.invoke(main, ["nightly", "--source", str(world), "--store", str(store)])
    assert night.exit_code == 0, night.output
    told = runner.invoke(
        main,
        ["evaluate", "--labels", str(world / "labels.parquet"), "--store", str(store), "--format", "json"],
    )
    assert told.exit_code == 0, told.output
    flagged = json.loads(told.stdout)["flagged"]
    assert flagged["accounts"]["precision"] >= 0.99
    assert flagged["accounts"]["recall"] >= 0.85
    assert flagged["pairs"]["precision"] >= 0.95
    assert flagged["pairs"]["recall"] >= 0.85
    assert flagged["false_alarms"]["per_100_000"] <= 20
