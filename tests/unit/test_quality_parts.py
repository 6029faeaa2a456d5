"""What is measured again when something changes, and what is kept."""

import json
from pathlib import Path

import pytest

from tests.bench import quality, quality_parts
from tests.bench.quality_parts import CODE, LABELS, NEEDS, PARTS, ROOT, Bench, Case, digest

WORLD = Case("small", "easy", 1)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A bench over code that a test may change."""
    root = tmp_path / "root"
    for part, paths in {
        "world": "linkage/simulate",
        "rules": "linkage/evaluate",
        "night": "linkage/links",
    }.items():
        (root / paths).mkdir(parents=True)
        (root / paths / "code.py").write_text(part)
    monkeypatch.setattr(quality_parts, "ROOT", root)
    parts = {
        "single": ("linkage/single.py",),
        "rules": ("linkage/evaluate",),
        "left_out": ("linkage/left.py",),
    }
    for name in ("single", "left"):
        (root / "linkage" / f"{name}.py").write_text(name)
    monkeypatch.setattr(quality_parts, "CODE", {**CODE, **parts, "report": ("linkage/evaluate",)})
    (tmp_path / "data").mkdir()
    return Bench(tmp_path / "out", tmp_path / "data")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was run, instead of running it."""
    names: list[str] = []

    def run(command: list[str]) -> dict[str, float]:
        names.append(command[1] if command[0] == "linkage" else command[0].rpartition(".")[2])
        return {"cpu_seconds": 1.0, "seconds": 2.0, "peak_mib": 3.0}

    monkeypatch.setattr(quality_parts, "_run", run)
    return names


def measured(bench: Bench, done: list[str], case: Case = WORLD) -> list[str]:
    done.clear()
    assert bench.measure(case, lambda text: None)
    return list(done)


def change(path: str) -> None:
    with (quality_parts.ROOT / path).open("a") as file:
        file.write("#")


def test_all_is_done_once(bench: Bench, done: list[str]) -> None:
    every = ["simulate", "giveaway", "quality_rules", "nightly", "evaluate", "quality_left_out"]
    assert measured(bench, done) == every
    assert measured(bench, done) == []
    assert bench.read(WORLD, "night") == {
        "key": bench.key(WORLD, "night"), "cpu_seconds": 1.0, "seconds": 2.0, "peak_mib": 3.0, "found": {},
    }  # fmt: skip


def test_a_change_of_the_detector_repeats_nights_and_reports(bench: Bench, done: list[str]) -> None:
    measured(bench, done)
    change("linkage/links/code.py")
    assert measured(bench, done) == ["nightly", "evaluate", "quality_left_out"]


def test_a_change_of_the_simulator_repeats_all(bench: Bench, done: list[str]) -> None:
    first = measured(bench, done)
    change("linkage/simulate/code.py")
    assert measured(bench, done) == first


def test_a_change_of_the_yardstick_repeats_no_night(bench: Bench, done: list[str]) -> None:
    measured(bench, done)
    change("linkage/evaluate/code.py")
    assert measured(bench, done) == ["quality_rules", "evaluate"]
    assert measured(Bench(bench.out, bench.data, ("rules",)), done) == []


def test_an_older_result_does_where_one_says_so(bench: Bench, done: list[str]) -> None:
    measured(bench, done)
    change("linkage/evaluate/code.py")
    assert measured(Bench(bench.out, bench.data, PARTS), done) == []


def test_one_part_may_be_asked_for(bench: Bench, done: list[str]) -> None:
    assert measured(Bench(bench.out, bench.data, only=("world", "rules")), done) == [
        "simulate",
        "quality_rules",
    ]


def test_a_world_without_rings_has_no_rules_and_no_give_away(bench: Bench, done: list[str]) -> None:
    assert measured(bench, done, Case("small", "none", 1)) == [
        "simulate",
        "nightly",
        "evaluate",
        "quality_left_out",
    ]


def test_what_a_failed_part_gives_is_not_asked_for(
    bench: Bench, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str]) -> dict[str, float]:
        if command[:2] == ["linkage", "nightly"]:
            raise quality_parts.subprocess.CalledProcessError(70, command)
        done.append(command[0])
        return {"cpu_seconds": 1.0, "seconds": 2.0, "peak_mib": 3.0}

    monkeypatch.setattr(quality_parts, "_run", run)
    said: list[str] = []
    assert not bench.measure(WORLD, said.append)
    assert "small-easy-1: night failed with exit code 70" in said
    assert [part for part in PARTS if bench.read(WORLD, part)] == ["world", "single", "rules"]


def test_a_process_tells_what_it_costs() -> None:
    cost = quality_parts._run(["linkage", "--help"])
    assert cost["cpu_seconds"] > 0
    assert cost["peak_mib"] > 10
    with pytest.raises(quality_parts.subprocess.CalledProcessError):
        quality_parts._run(["linkage", "no-such-command"])


def test_code_that_changed_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    before = digest([tmp_path])
    (tmp_path / "note.md").write_text("not code")
    assert digest([tmp_path]) == before
    assert digest([tmp_path], [tmp_path / "a.py"]) != before
    (tmp_path / "a.py").write_text("2")
    assert digest([tmp_path]) != before


def test_every_place_of_the_code_is_there() -> None:
    places = [path for paths in (*quality_parts._NO_MATTER.values(), *CODE.values()) for path in paths]
    assert [path for path in places if not (ROOT / path).exists()] == []
    assert set(CODE) == set(PARTS) >= set(NEEDS)


def test_results_of_other_code_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench = Bench(tmp_path, tmp_path)
    case = Case(next(iter(LABELS)))
    for part in case.parts:
        (tmp_path / case.name).mkdir(exist_ok=True)
        told = {"key": "another", "cpu_seconds": 60.0, "seconds": 1.0, "peak_mib": 5.0, "found": {part: 1}}
        (tmp_path / case.name / f"{part}.json").write_text(json.dumps(told))
    found = quality.results(bench)[case.name]
    assert found["report"] == {"report": 1, "yardsticks": {"rules": 1}}
    assert found["left_out"] is None
    assert found["cost"]["night"] == (60.0, 5.0)
    assert "rules, night, report measured by other code" in capsys.readouterr().err
