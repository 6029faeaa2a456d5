"""The commands that read a published run, over a run made by hand."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from cli_fakes import EXPLANATION, MEMBERSHIPS, ODD, RINGS, RUN, FakeEngine, FakeView
from click.testing import CliRunner, Result

import linkage
from linkage.cli import main


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """An engine that the command line opens whatever the store."""
    fake = FakeEngine()
    monkeypatch.setattr("linkage.engine.embedded.EmbeddedEngine", lambda *_: fake)
    return fake


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_export(engine: FakeEngine, tmp_path: Path) -> None:
    out = tmp_path / "m.csv"
    result = invoke("export", "memberships", "--out", str(out))
    assert result.exit_code == 0
    assert "3 rows of run run-1" in result.stdout
    with out.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 3
    assert invoke("export", "graphml", "--out", str(tmp_path / "g.graphml")).exit_code == 0
    assert invoke("export", "rings", "--out", str(tmp_path / "r.xlsx")).exit_code == 2
    assert invoke("export", "rings", "--run", "run-9", "--out", str(out)).exit_code == 2


def test_explain_adds_up(engine: FakeEngine) -> None:
    result = invoke("explain", "a", "b")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "a and b: LINKED"
    bits = [float(line.split()[0]) for line in lines if " bits   " in line]
    # Prior, two lines, the discount inside a family, the sum, what is needed.
    assert bits == [-20.0, 16.5, 9.5, -1.0, 5.0, 4.0]
    assert sum(bits[:4]) == bits[4]
    assert "near-proof" in result.stdout
    assert "hub: carrier" in result.stdout
    assert "both are in ring R1" in result.stdout
    # A caption of someone else's making cannot steer the terminal.
    assert "\x1b" not in result.stdout


def test_a_ring_is_explained(engine: FakeEngine) -> None:
    result = invoke("explain", "--ring", "R1")
    assert result.exit_code == 0
    for line in (
        "R1: FLAGGED, 3 accounts, score 0.900",
        "   +2.5 bits  network: a pool (+2.0 after the story)",
        "  not taken: it fits only 40%",
        "  template_share at 0.15 (it is not known): unexplained, score 0.490",
        "falls into 7 (3 + 1 + 1 + 1 + 1 + …, 6 of them alone)",
        "  3 | 4 accounts: 22.0 bits across 1 link, 20.4 are needed; the strongest, b – the block of card",
        "  c: 1.0 bits above the threshold, 2 links; all rests on card",
        "  and 2 more with fewer than 5 bits above it",
        "  and 1 smaller ones",
        "  1 account sharing none of these",
        "  card …4444: 3 of its accounts, 3 accounts in all",
    ):
        assert line in result.stdout
    assert "\x1b" not in result.stdout
    told = json.loads(invoke("explain", "--ring", "R1", "--format", "json").stdout)
    assert told["defence"]["keystones"][0]["key"] == "4" * 16
    assert told["first_seen"].startswith("2026-06-30")
    assert linkage.open("store").explain_ring("R1")["verdict"] == "flagged"


def test_a_calibrated_ring_and_run_tell_both_scores(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit = {
        "method": "isotonic", "rings": 83, "fraud": 21, "drawn": 60, "weight": 40.5,
        "curve": {"slope": 1.0, "shift": 0.0, "knots": [[-1.0, 0.2], [2.0, 0.8]], "lowers": False},
        "log_loss": {"none": 0.41, "isotonic": 0.33}, "brier": {"none": 0.2, "isotonic": 0.1},
        "bins": [
            {"low": 0.55, "high": 0.7, "rings": 9, "fraud": 7, "raw": 0.62, "score": 0.75, "rate": 0.78},
        ],
        "says": "scores are calibrated on 83 decided rings (isotonic), 60 of them drawn at random",
    }  # fmt: skip
    run = replace(RUN, parameters={**RUN.parameters, "calibration": fit})
    engine.views["run-1"].run = run
    rings = RINGS.append_column("raw_score", [[0.62]]).append_column("decided", [["fraud"]])
    monkeypatch.setattr(FakeView, "rings", lambda _: rings)
    lines = invoke("explain", "--ring", "R1").stdout.splitlines()
    assert lines[1:3] == [
        "  people decided: fraud",
        "  0.620 before calibration on 83 decided rings (isotonic): of those between 0.55 and 0.70 7 of 9 were fraud",
    ]
    monkeypatch.setattr(
        FakeView, "rings", lambda _: rings.set_column(rings.num_columns - 2, "raw_score", [[0.9]])
    )
    assert "(isotonic): none of them had a score like this" in invoke("explain", "--ring", "R1").stdout
    told = json.loads(invoke("explain", "--ring", "R1", "--format", "json").stdout)
    assert told["calibration"]["near"] is None
    shown = invoke("runs", "show", RUN.run_id).stdout
    assert f"  {'calibration':<18}{fit['says']}\n" in shown
    assert f"  {'calibration':<18}isotonic (2 knots), weight of 40.5 rings\n" in shown
    assert "none      log loss 0.4100, Brier score 0.2000 (out of fold)\n" in shown
    assert "0.550 to 0.700: 7 of 9 rings fraud (weighed 0.78), mean score 0.62, calibrated 0.75\n" in shown


def test_rings_that_were_drawn_are_exported(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out = tmp_path / "queue.json"
    refused = invoke("export", "review", "--out", str(out))
    assert refused.exit_code == 2
    assert "was made before rings were drawn for review" in refused.stderr
    rings = RINGS
    for name, value in (("raw_score", 0.9), ("review_stratum", "0.9-1"), ("review_probability", 0.5)):
        rings = rings.append_column(name, [[value]])
    monkeypatch.setattr(FakeView, "rings", lambda _: rings)
    assert invoke("export", "review", "--out", str(out)).exit_code == 0
    (row,) = json.loads(out.read_text())
    assert (row["ring_id"], row["stratum"], row["probability"]) == ("R1", "0.9-1", 0.5)
    assert row["top_reasons"][0] == "one card"
    # The stolen account is not for deciding whether its thieves are a ring.
    assert sorted(row["account_ids"]) == sorted([ODD, "b"])
    assert linkage.open("store").review()["stratum"].tolist() == ["0.9-1"]


@pytest.mark.parametrize("arguments", [["--ring", "R9"], ["a", "b", "--ring", "R1"], ["a"], []])
def test_explain_needs_a_known_ring_or_two_accounts(engine: FakeEngine, arguments: list[str]) -> None:
    assert invoke("explain", *arguments).exit_code == 2


def test_explain_nothing(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = replace(
        EXPLANATION,
        lines=(),
        silent=(),
        bits=0.0,
        posterior=1e-6,
        families=(),
        linked=False,
        reason="not linked: they share nothing that was seen",
        ring_b=None,
    )
    monkeypatch.setattr(FakeView, "explain", lambda *_: nothing)
    result = invoke("explain", "a", "b")
    assert "a and b: NOT LINKED" in result.stdout
    assert "no evidence that counts" in result.stdout
    assert "families of evidence: none" in result.stdout
    assert "rings: a in R1, b in none" in result.stdout


def test_explain_as_json(engine: FakeEngine) -> None:
    told = json.loads(invoke("explain", "a", "b", "--format", "json").stdout)
    assert told["linked"] is True
    assert told["lines"][1]["first_seen"] == "2026-06-30T01:02:03+00:00"
    assert invoke("explain", "a", "nobody").exit_code == 2


def test_evaluate(engine: FakeEngine, tmp_path: Path) -> None:
    labels = tmp_path / "l.csv"
    labels.write_text("account_id,ring_id\nb,A\nc,A\n")
    told = json.loads(invoke("evaluate", "--labels", str(labels), "--format", "json").stdout)
    assert told["run_id"] == "run-1"
    assert told["all"]["accounts"]["recall"] == 0.5
    assert told["all"]["pairs"]["precision"] is None
    assert told["large"]["all"]["accounts"]["predicted"] == 0
    assert told["labels"]["unlabelled"] == 1
    text = invoke("evaluate", "--labels", str(labels), "--min-size", "3").stdout
    assert "flagged rings" in text
    assert "rings of 3 or more" in text
    assert invoke("evaluate", "--labels", str(tmp_path / "gone.csv")).exit_code == 65


def test_evaluate_beside_rules_and_into_files(engine: FakeEngine, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("account_id\nb\nc\nd\n")
    (tmp_path / "links.csv").write_text("account_id,kind,value\nb,tax_number,1\nc,tax_number,1\n")
    (tmp_path / "stories.csv").write_text("account_id,story\nb,A\nc,A\nd,household\n")
    labels = tmp_path / "l.csv"
    labels.write_text("account_id,ring_id\nb,A\nc,A\nd,\n")
    out, curve = tmp_path / "numbers.json", tmp_path / "curve.svg"
    result = invoke(
        "evaluate", "--labels", str(labels), "--source", str(tmp_path), "--stories",
        str(tmp_path / "stories.csv"), "--json", str(out), "--curve", str(curve),
    )  # fmt: skip
    assert result.exit_code == 0
    assert "ceiling: own identifiers" in result.stdout
    assert "the source lacks what it needs" in result.stdout
    told = json.loads(out.read_text())
    assert told["decoys"][0]["name"] == "household"
    assert told["yardsticks"]["owned"]["accounts"]["recall"] == 1.0
    assert told["yardsticks"]["p2p"] is None
    assert "<svg" in curve.read_text()
    beyond = invoke("evaluate", "--labels", str(labels), "--json", str(tmp_path / "no" / "n.json"))
    assert beyond.exit_code == 73


def test_runs_list_and_show(engine: FakeEngine) -> None:
    engine.views["run-2"] = FakeView(replace(RUN, run_id="run-2", finished_at=None, counts={}))
    text = invoke("runs", "list").stdout
    assert [line.split()[0] for line in text.splitlines()] == ["run", "run-1", "run-2"]
    assert [run["run_id"] for run in json.loads(invoke("runs", "list", "--format", "json").stdout)] == [
        "run-1",
        "run-2",
    ]
    shown = invoke("runs", "show", "run-1").stdout
    for part in ("12,345", "ingest 1.5", "123 MiB", "prior", "a note", "2026-06-30"):
        assert part in shown
    assert json.loads(invoke("runs", "show", "run-1", "--format", "json").stdout)["counts"]["rows"] == 12_345
    assert invoke("runs", "show", "run-9").exit_code == 2


def test_runs_diff(engine: FakeEngine) -> None:
    members = MEMBERSHIPS.to_pylist()[1:]
    members[0] |= {"flagged": False}
    members[1] |= {"ring_id": "R2", "flagged": True}
    later = MEMBERSHIPS.from_pylist([*members, members[0] | {"account_id": "new"}], schema=MEMBERSHIPS.schema)
    engine.views["run-2"] = FakeView(replace(RUN, run_id="run-2"), later)
    told = json.loads(invoke("runs", "diff", "run-1", "run-2", "--format", "json").stdout)
    assert told["accounts_added"] == ["new"]
    assert len(told["accounts_removed"]) == 1
    assert told["moved"] == ["c"]
    assert told["newly_flagged"] == ["c"]
    assert "b" in told["no_longer_flagged"]
    assert (told["rings_added"], told["rings_removed"]) == (["R2"], [])
    text = invoke("runs", "diff", "run-1", "run-2").stdout
    assert "run-1 → run-2" in text


@pytest.mark.parametrize(
    "words",
    [
        ("runs", "show", "run-9"),
        ("runs", "diff", "run-1", "run-9"),
        ("runs", "diff", "run-9", "run-1"),
        ("explain", "a", "b", "--run", "run-9"),
        ("export", "rings", "--run", "run-9", "--out", "rings.csv"),
    ],
)
def test_a_run_that_is_not_there_is_a_matter_of_usage(engine: FakeEngine, words: tuple[str, ...]) -> None:
    result = invoke(*words)
    assert result.exit_code == 2
    assert "run run-9" in result.stderr.splitlines()[-1]


def test_runs_prune(engine: FakeEngine) -> None:
    engine.views["run-2"] = FakeView(replace(RUN, run_id="run-2"))
    assert "removed 1 runs" in invoke("runs", "prune", "--keep", "1").stdout
    assert list(engine.views) == ["run-2"]


def test_the_python_api_gives_frames(engine: FakeEngine) -> None:
    run = linkage.open("any")
    assert run.run.run_id == "run-1"
    assert repr(run) == "<linkage run run-1>"
    assert list(run.memberships()["ring_id"]) == ["R1", "R1", "R1"]
    sizes = (len(run.rings()), len(run.links()), len(run.hubs()), len(run.changes()))
    assert sizes == (1, 2, 1, 1)
    assert run.explain("a", "b").linked
    with pytest.raises(AttributeError):
        linkage.no_such_thing  # noqa: B018
