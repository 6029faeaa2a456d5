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
        assert all(world["ratio"][name] > 0 for name in ("one", "a_kind"))
        assert world["night"]["stages"]["sightings"]["peak_mib"] > 0
        assert world["bare"]["a_kind"]["groups"] > 1000
        assert world["bare"]["one"]["groups"] >= world["bare"]["a_kind"]["groups"]
    assert not (tmp_path / "store").exists()


def test_the_soak_tells_memory_and_meets_no_surprise() -> None:
    size = ["--accounts", "300", "--ring", "50", "--small-rings", "5", "--requests", "200"]
    command = [sys.executable, "-m", "tests.bench.api_soak", "--json", "--interval", "100", *size]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert [row["requests"] for row in found] == [100, 200]
    assert all(row["mib"] > 50 and row["unexpected"] == [] for row in found)


def test_the_api_is_measured_beside_a_bare_route() -> None:
    size = ["--accounts", "300", "--ring", "150", "--small-rings", "5", "--requests", "20", "--phases", "1"]
    command = [sys.executable, "-m", "tests.bench.api", "--json", "--clients", "4", *size]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["graphql"]["errors"] == found["bare"]["errors"] == 0
    assert found["ratio_p50"] > 0
