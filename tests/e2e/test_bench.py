"""The benchmark runs, on a world that takes seconds; what it measures is for people to read."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_benchmark_measures_both_forms(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.bench.nightly", "--json", "--out", str(tmp_path)]
    size = ["--accounts", "1000", "--days", "7", "--exchanges-per-account", "10"]
    done = subprocess.run([*command, *size], cwd=ROOT, capture_output=True, text=True, check=True)
    worlds = json.loads(done.stdout)["worlds"]
    assert [world["form"] for world in worlds] == ["template_id", "prompt"]
    for world in worlds:
        assert world["ratio"] > 0
        assert world["night"]["stages"]["sightings"]["peak_mib"] > 0
        assert world["bare"]["groups"] > 1000
    assert not (tmp_path / "store").exists()
