"""A night on every engine: what it leaves when it dies, and how it goes on."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from helpers.night import options, statuses
from helpers.source import INNOCENT, RING, write_source

import linkage.nightly
import linkage.run.gates
import linkage.scoring.stage
from linkage.engine.review import review_queue
from linkage.engine.ringview import explain_ring
from linkage.errors import GateError, LockedError, StoreError
from linkage.nightly import run_nightly
from linkage.progress import Silent
from linkage.scoring.calibration import Calibration, Decided, fit

TABLES = ("memberships", "rings", "links", "hubs", "changes")


class Died(BaseException):
    """As a signal would end the run."""


def dying(error: BaseException) -> Callable[..., None]:
    def stage(*_arguments: object, **_options: object) -> None:
        raise error

    return stage


def test_a_night_finds_the_ring_and_no_innocent(connect, night):
    record = run_nightly(connect(), options(night.source, "one"), Silent())
    view = connect().view()
    assert view.run == record
    assert sorted(view.memberships()["account_id"].to_pylist()) == sorted(RING)
    assert len(set(view.memberships()["ring_id"].to_pylist())) == 1
    assert record.counts["accounts"] == len(RING) + len(INNOCENT)
    assert record.counts["links"] == len(RING) * (len(RING) - 1) // 2 == view.links().num_rows
    assert record.counts["quarantined"] == 0
    assert record.counts["rings"] == 1
    assert set(record.seconds) >= {"ingest", "links", "communities", "judging"}


def test_equal_input_gives_equal_output(connect, night, tmp_path):
    run_nightly(connect(), options(night.source, "night"), Silent())
    for name in TABLES:
        assert getattr(connect().view(), name)().equals(night.served[name]), name


def test_the_truth_is_never_read(connect, night, tmp_path):
    # Whoever opened one of these would say that it is no table.
    source = write_source(tmp_path / "source")
    for name in ("labels", "stories", "truth_identifiers"):
        (source / f"{name}.parquet").write_bytes(b"not to be opened")
    run_nightly(connect(), options(source, "night"), Silent())
    for name in TABLES:
        assert getattr(connect().view(), name)().equals(night.served[name]), name


@pytest.mark.parametrize(
    ("stage", "error"),
    [
        ("identify", Died("killed")),
        ("link_accounts", Died("killed")),
        ("judge_rings", RuntimeError("no idea")),
        ("judge_rings", Died("killed")),
        ("judge_rings", StoreError("full")),
    ],
    ids=str,
)
def test_a_run_that_dies_leaves_the_previous_one_served(connect, night, monkeypatch, stage, error):
    night.give(connect(), "before")
    monkeypatch.setattr(linkage.nightly, stage, dying(error))
    with pytest.raises(type(error)):
        run_nightly(connect(), options(night.source, "dies"), Silent())
    view = connect().view()
    assert view.run.run_id == "before"
    assert view.memberships().equals(night.judged_as("before").memberships)
    assert [run for run in statuses(connect()) if run[0] == "dies"] == [("dies", "failed")]
    record = next(run for run in connect().runs() if run.run_id == "dies")
    assert record.notes[-1] == str(error)
    assert record.finished_at is not None
    with pytest.raises(StoreError):
        connect().view("dies")


def test_a_resumed_run_ends_as_an_undisturbed_one(connect, night, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(linkage.nightly, "judge_rings", dying(Died("killed")))
        with pytest.raises(Died):
            run_nightly(connect(), options(night.source, "night"), Silent())
    with pytest.raises(StoreError):
        connect().view()
    # It takes what was observed from the checkpoint, and does not read the source again.
    monkeypatch.setattr(linkage.nightly, "read_source", dying(AssertionError("read again")))
    record = run_nightly(connect(), options(night.source, resume=True), Silent())
    assert (record.run_id, record.status) == ("night", "published")
    for name in TABLES:
        assert getattr(connect().view(), name)().equals(night.served[name]), name
    untimed = ("links", "stars", "rings", "accounts", "rows", "identifiers", "sightings", "holdings", "hubs")
    assert {name: record.counts[name] for name in untimed} == {
        name: night.run.counts[name] for name in untimed
    }
    assert record.as_of == night.run.as_of
    explained = connect().view().explain(RING[0], RING[1])
    assert explained.linked


def test_a_resumed_run_reads_again_what_has_changed(connect, night, monkeypatch, tmp_path):
    source = write_source(tmp_path / "source")
    with monkeypatch.context() as patched:
        patched.setattr(linkage.nightly, "judge_rings", dying(Died("killed")))
        with pytest.raises(Died):
            run_nightly(connect(), options(source, "one"), Silent())
    with (source / "accounts.csv").open("a") as file:
        file.write("late,2026-01-01,,,active\n")
    record = run_nightly(connect(), options(source, "one", resume=True), Silent())
    assert record.counts["accounts"] == len(RING) + len(INNOCENT) + 1


def test_a_checkpoint_that_died_half_way_is_not_used(connect, night, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(linkage.nightly, "identify", dying(Died("killed")))
        with pytest.raises(Died):
            run_nightly(connect(), options(night.source, "night"), Silent())
    run_nightly(connect(), options(night.source, resume=True), Silent())
    assert connect().view().memberships().equals(night.served["memberships"])


def test_resume_with_nothing_to_resume_is_a_new_run(connect, night):
    record = run_nightly(connect(), options(night.source, resume=True), Silent())
    assert record.status == "published"
    assert connect().view().run.run_id == record.run_id


def test_a_dry_run_publishes_nothing_and_leaves_nothing(connect, night):
    night.give(connect(), "before")
    record = run_nightly(connect(), options(night.source, "tried", dry_run=True), Silent())
    assert record.counts["rings"] == 1
    assert statuses(connect()) == [("before", "published")]
    assert connect().view().run.run_id == "before"


def test_a_night_that_a_gate_refuses_leaves_the_last_one_until_a_person_lets_it_pass(
    connect, night, monkeypatch, tmp_path
):
    monkeypatch.setattr(linkage.run.gates, "LEAST_ACCOUNTS", 100)
    run_nightly(connect(), options(night.source, "whole"), Silent())
    source = write_source(tmp_path / "source")
    # Half of the export did not arrive.
    for table in ("sessions", "exchanges"):
        (source / f"{table}.csv").unlink()
    for dry_run in (True, False):
        with pytest.raises(GateError, match=r"rows where run whole had .* --resume --ungated") as caught:
            run_nightly(connect(), options(source, "torn", dry_run=dry_run), Silent())
        assert caught.value.exit_code == 76
        assert "\n" not in str(caught.value)
        assert connect().view().run.run_id == "whole"
        assert connect().view().memberships().equals(night.served["memberships"])
        assert ("torn", "failed") in statuses(connect())
    # What it had observed is not read again.
    monkeypatch.setattr(linkage.nightly, "read_source", dying(AssertionError("read again")))
    record = run_nightly(connect(), options(source, resume=True, ungated=True), Silent())
    assert connect().view().run == record
    assert record.run_id == "torn"
    assert record.notes[-1].startswith("published although: ")
    assert "rows where run whole had" in record.notes[-1]


def test_a_second_night_while_one_is_under_way_is_refused_and_harms_nothing(connect, night):
    writer = connect()
    run = night.as_run("one")
    writer.begin(replace(run, status="running"))
    with pytest.raises(LockedError) as caught:
        run_nightly(connect(), options(night.source, "two"), Silent())
    assert caught.value.exit_code == 75
    assert statuses(connect()) == [("one", "running")]
    writer.load(run, night.graph)
    writer.publish(run, night.judged_as("one"))
    assert connect().view().run.run_id == "one"


def test_a_published_night_has_succeeded_even_if_another_begins_before_it_tidies_up(connect, night):
    class Hasty:
        """Another process takes the lock as soon as this one gives it back."""

        def __init__(self) -> None:
            self.inner = connect()

        def publish(self, run, judged):
            self.inner.publish(run, judged)
            self.other = connect()
            self.other.begin(night.as_run("next", minute=59, status="running"))

        def __getattr__(self, name):
            return getattr(self.inner, name)

    engine = Hasty()
    record = run_nightly(engine, options(night.source, "one"), Silent())
    assert record.status == "published"
    engine.other.fail(night.as_run("next", minute=59, status="failed"))


def test_old_runs_go_and_as_many_stay_as_are_kept(connect, night):
    settings = options(night.source).settings
    settings = replace(settings, run=replace(settings.run, keep_runs=2))
    for minute, run_id in enumerate(("one", "two", "three")):
        night.give(connect(), run_id, minute=minute)
    run_nightly(connect(), options(night.source, "four", settings=settings), Silent())
    assert [run_id for run_id, _ in statuses(connect())] == ["three", "four"]


def test_rings_keep_their_ids_from_one_night_to_the_next(connect, night):
    first = run_nightly(connect(), options(night.source, "one"), Silent())
    second = run_nightly(connect(), options(night.source, "two"), Silent())
    before, after = connect().view(first.run_id), connect().view(second.run_id)
    assert before.memberships()["ring_id"].to_pylist() == after.memberships()["ring_id"].to_pylist()
    assert before.changes()["event"].to_pylist() == ["born"]
    assert "born" not in after.changes()["event"].to_pylist()


def test_a_ring_that_slept_for_a_night_comes_back_under_its_name(connect, night, tmp_path):
    quiet, back = (write_source(tmp_path / name) for name in ("quiet", "back"))
    for path in quiet.glob("*.csv"):
        if path.stem != "accounts":
            kept = [line for line in path.read_text().splitlines() if not line.startswith("ring")]
            path.write_text("\n".join(kept) + "\n")
    # One of them is gone for good, so that the ring's accounts alone do not give it the name again.
    for path in back.glob("*.csv"):
        kept = [line for line in path.read_text().splitlines() if not line.startswith(f"{RING[0]},")]
        path.write_text("\n".join(kept) + "\n")
    told = []
    for run_id, source in (("one", night.source), ("two", quiet), ("three", quiet), ("four", back)):
        run_nightly(connect(), options(source, run_id), Silent())
        told.append([(row["ring_id"], row["event"]) for row in connect().view().changes().to_pylist()])
    ((ring, born),) = told[0]
    assert born == "born"
    assert told[1:] == [[(ring, "dormant")], [], [(ring, "resurrected")]]
    assert connect().view().memberships()["ring_id"].to_pylist() == [ring] * (len(RING) - 1)
    run_nightly(connect(), options(back, "five"), Silent())
    assert connect().view().changes().num_rows == 0


def test_a_missing_source_is_told_before_anything_else(connect, night, tmp_path):
    night.give(connect(), "before")
    with pytest.raises(Exception, match="not there") as caught:
        run_nightly(connect(), options(tmp_path / "nowhere", "one"), Silent())
    assert getattr(caught.value, "exit_code", None) == 65
    assert connect().view().run.run_id == "before"


@pytest.mark.parametrize("keyed", [False, True])
def test_what_others_tell_of_is_a_feature_and_links_nobody(connect, night, monkeypatch, tmp_path, keyed):
    source = write_source(tmp_path / "source")
    told = [("card", "fp_ring", "card-network"), ("device", "dev-own-40-abcd", "open-feed")]
    rows = "".join(f"{kind},{value},{by},0.9,2027-01-01\n" for kind, value, by in told)
    (source / "indicators.csv").write_text(f"kind,value,source,confidence,valid_until\n{rows}")
    settings = options(source).settings
    if keyed:
        settings = replace(settings, privacy=replace(settings.privacy, key_env="LINKAGE_TEST_KEY"))
        monkeypatch.setenv("LINKAGE_TEST_KEY", "0123456789abcdef0123")
    run_nightly(connect(), options(source, "night", settings=settings), Silent())
    view = connect().view()
    for column in ("account_id", "verdict", "flagged", "role"):
        assert view.memberships()[column].equals(night.served["memberships"][column]), column
    assert view.links()["bits"].equals(night.served["links"]["bits"])
    (ring,) = view.rings().to_pylist()
    assert (ring["indicated"], ring["indicators"], ring["indicator_sources"]) == (
        len(RING),
        1,
        "card-network",
    )
    (before,) = night.served["rings"].to_pylist()
    assert ring["score"] > before["score"]
    reasons = json.loads(view.explanations()["reasons"][0].as_py())
    (line,) = [line for line in reasons if line["feature"] == "indicators"]
    assert line["says"] == "8 of its accounts use 1 values that card-network told of"


def test_decisions_are_kept_with_the_rings_and_the_rest_waits_for_review(connect, night, tmp_path):
    run_nightly(connect(), options(night.source, "one"), Silent())
    (ring,) = connect().view().rings().to_pylist()
    assert (ring["score"], ring["decided"], ring["review_probability"]) == (ring["raw_score"], None, 1.0)
    (row,) = review_queue(connect().view()).to_pylist()
    assert list(row) == [
        "ring_id", "size", "score", "raw_score", "verdict", "story", "stratum", "probability", "top_reasons",
        "account_ids",
    ]  # fmt: skip
    assert row | {"account_ids": None} == {
        **{
            name: ring[name]
            for name in ("ring_id", "size", "score", "raw_score", "verdict", "story", "top_reasons")
        },
        "stratum": ring["review_stratum"],
        "probability": 1.0,
        "account_ids": None,
    }
    some = json.loads(row["account_ids"])
    assert (len(some), set(some) <= set(RING)) == (5, True)
    # The same five whatever the engine: they follow from their names and the run's.
    assert some == sorted(RING, key=lambda one: hashlib.md5(f"one{one}".encode()).hexdigest())[:5]
    source = write_source(tmp_path / "source")
    told = "".join(f"{one},fraud,2026-02-2{at},true,1.0\n" for at, one in enumerate(some))
    late = f"{some[0]},innocent,2026-03-02,true,1.0\n"
    (source / "dispositions.csv").write_text(
        f"account_id,decision,decided_at,sampled,probability\n{told}{late}"
    )
    record = run_nightly(connect(), options(source, "two"), Silent())
    view = connect().view()
    assert view.run == record
    assert record.parameters["calibration"]["method"] == "none"
    assert record.notes == ("1 decided rings are too few to calibrate scores on (10 are needed)",)
    (after,) = view.rings().to_pylist()
    assert (after["decided"], after["score"]) == ("fraud", ring["score"])
    assert review_queue(view).num_rows == 0


def test_a_calibrated_night_is_the_same_on_every_engine(connect, night, monkeypatch, tmp_path):
    seen = Decided(np.full(40, 0.9), np.arange(40) < 4, np.ones(40, dtype=bool), np.ones(40))
    # Of forty rings that score high four were fraud: more rings than a test's world has.
    monkeypatch.setattr(linkage.scoring.stage, "fit", lambda _: fit(seen))
    source = write_source(tmp_path / "source")
    (source / "dispositions.csv").write_text("account_id,decision\nring0,fraud\n")
    record = run_nightly(connect(), options(source, "one"), Silent())
    view = connect().view()
    assert view.run == record
    (ring,) = view.rings().to_pylist()
    calibrated = Calibration.of(view.run.parameters["calibration"])(np.array([ring["raw_score"]]))
    (before,) = night.served["rings"].to_pylist()
    assert ring["raw_score"] == before["score"]
    assert ring["score"] == pytest.approx(calibrated[0], abs=1e-5)
    assert ring["score"] < before["score"]
    told = explain_ring(view, ring["ring_id"])
    assert told["raw_score"] == ring["raw_score"]
    assert told["calibration"]["method"] == "platt"
    assert (told["calibration"]["rings"], told["calibration"]["fraud"]) == (40, 4)


def test_fingerprints_are_keyed_by_the_environment(connect, night, monkeypatch):
    settings = options(night.source).settings
    settings = replace(settings, privacy=replace(settings.privacy, key_env="LINKAGE_TEST_KEY"))
    monkeypatch.setitem(os.environ, "LINKAGE_TEST_KEY", "0123456789abcdef0123")
    run_nightly(connect(), options(night.source, "one", settings=settings), Silent())
    view = connect().view()
    assert sorted(view.memberships()["account_id"].to_pylist()) == sorted(RING)
    text = repr(view.links().to_pydict()) + repr(view.hubs().to_pydict()) + repr(view.explain(*RING[:2]))
    assert "hmac:" in text
    assert not any(plain in text for plain in ("fp_ring", "dev-ring", "93.184"))
