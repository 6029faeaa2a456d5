"""Intervals, curve, breakdowns and campaigns against numbers computed by hand."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.errors import InputError, UsageError
from linkage.evaluate import Report, evaluate, read_stories
from linkage.evaluate.intervals import bootstrap
from linkage.evaluate.output import draw
from linkage.evaluate.tallies import tallies
from linkage.evaluate.text import as_text

# account, ring, role, campaign, story, style; found ring, score, verdict, flagged
WORLD = [
    ("a1", "A", "member", "c1", None, "loud", "r1", 0.9, "flagged", True),
    ("a2", "A", "member", "c1", None, "loud", "r1", 0.9, "flagged", True),
    ("a3", "A", "member", "c1", None, "loud", None, None, None, None),
    ("b1", "B", "member", "c1", None, "quiet", "r1", 0.9, "flagged", True),
    ("b2", "B", "member", "c2", None, "quiet", "r2", 0.5, "unexplained", False),
    ("v1", "A", "victim", "c1", "plain", "loud", "r1", 0.9, "flagged", True),
    ("h1", None, "innocent", None, "household", None, "r1", 0.9, "flagged", True),
    ("h2", None, "innocent", None, "household", None, "r3", 0.2, "benign", False),
    ("h3", None, "innocent", None, "household", None, "r3", 0.2, "benign", False),
    ("p1", None, "innocent", None, "plain", None, None, None, None, None),
]


def column(place: int, rows: list[tuple[object, ...]] = WORLD) -> pa.Array:
    return pa.array([row[place] for row in rows])


LABELS = pa.table(
    {"account_id": column(0), "ring_id": column(1), "role": column(2), "campaign_id": column(3)}
)
STORIES = pa.table({"account_id": column(0), "story": column(4), "style": column(5)})
FOUND_ROWS: list[tuple[object, ...]] = [row for row in WORLD if row[6]]
FOUND = pa.table(
    {
        "account_id": column(0, FOUND_ROWS),
        "ring_id": column(6, FOUND_ROWS),
        "ring_score": column(7, FOUND_ROWS),
        "verdict": column(8, FOUND_ROWS),
        "flagged": column(9, FOUND_ROWS),
        "role": pa.array(["member"] * len(FOUND_ROWS)),
    }
)


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(FOUND, LABELS, stories=STORIES)


def test_tallies_by_ring() -> None:
    # Ring 0 found: two of true ring 0, one of true 1, one stranger. True ring 0 has three, true 1 has two.
    both = tallies(np.array([0, 0, -1, 0, 1, 0]), np.array([0, 0, 0, 1, 1, -1]))
    assert both.found.ring.tolist() == [0, 1]
    assert both.found.strangers.tolist() == [1, 0]
    # accounts, pairs, rings (Jaccard 2/5 is no match; 1 of 2 is, but a ring of one is none), B-cubed.
    assert both.found.good.tolist() == [[3, 1, 0, 6 / 4], [1, 0, 0, 1]]
    assert both.found.all.tolist() == [[4, 6, 1, 4], [1, 0, 0, 1]]
    assert both.true.good.tolist() == [[2, 1, 0, 5 / 3], [2, 0, 0, 1]]
    assert both.true.all.tolist() == [[3, 3, 1, 3], [2, 1, 1, 2]]


def test_an_interval_over_two_rings_is_what_their_draws_give() -> None:
    # One true ring of two is found whole, one of two not at all: a draw of both gives 0, 1/2 or 1, with 1/4, 1/2, 1/4.
    both = tallies(np.array([0, 0, -1, -1]), np.array([0, 0, 1, 1]))
    found = bootstrap(both, innocents=300)
    assert found.recall["accounts"] == (0.0, 1.0)
    assert found.precision["accounts"] == (1.0, 1.0)
    # No innocent of 300 was hit: three in 300 at most.
    assert found.per_100_000 == (0.0, 1_000.0)


def test_the_number_of_false_rings_is_chance_too() -> None:
    # One ring of two innocents among 100: it comes 0, 1, 2, 3 or more times; 2.5 % lie below 0, 97.5 % up to 3.
    both = tallies(np.array([0, 0, *[-1] * 98]), np.full(100, -1))
    assert bootstrap(both, innocents=100).per_100_000 == (0.0, 6_000.0)


def test_an_interval_has_the_width_that_the_theory_gives() -> None:
    # 400 rings of two, of which 100 are found: the standard error of the share is sqrt(.25 * .75 / 400) = .02165.
    true = np.repeat(np.arange(400), 2)
    both = tallies(np.where(true < 100, true, -1), true)
    interval = bootstrap(both, innocents=0).recall["accounts"]
    assert interval is not None
    assert interval == pytest.approx((0.25 - 1.96 * 0.02165, 0.25 + 1.96 * 0.02165), abs=0.006)
    assert bootstrap(both, innocents=0) == bootstrap(both, innocents=0)
    assert bootstrap(both, innocents=0).per_100_000 is None


def test_the_curve_takes_rings_by_score(report: Report) -> None:
    # r1 (.9): a1 a2 b1 and h1; then r2 (.5): b2; then r3 (.2): h2 h3. Five true accounts, four true pairs.
    curve = report.detail.curve
    assert curve is not None
    assert curve.threshold.tolist() == [0.9, 0.5, 0.2]
    assert curve.precision.tolist() == pytest.approx([3 / 4, 4 / 5, 4 / 7])
    assert curve.recall.tolist() == pytest.approx([3 / 5, 4 / 5, 4 / 5])
    assert curve.pair_precision.tolist() == pytest.approx([1 / 6, 1 / 6, 1 / 7])
    assert curve.pair_recall.tolist() == pytest.approx([1 / 4] * 3)
    assert curve.average == pytest.approx(3 / 5 * 3 / 4 + 1 / 5 * 4 / 5)


def test_who_is_in_rings_of_which_verdict(report: Report) -> None:
    member, victim, innocent = report.detail.verdicts
    assert (member.flagged, member.unexplained, member.benign, member.alone) == (3, 1, 0, 1)
    assert (victim.flagged, victim.accounts) == (1, 1)
    assert (innocent.flagged, innocent.benign, innocent.alone, innocent.accounts) == (1, 2, 1, 4)


def test_by_innocent_story_victims_left_out(report: Report) -> None:
    told = {one.name: (one.accounts, one.flagged, one.benign) for one in report.detail.decoys}
    assert told == {"household": (3, 1, 2), "plain": (1, 0, 0)}
    assert report.detail.decoys[0].flagged_per_100_000 == pytest.approx(100_000 / 3)


def test_by_style_and_size_of_the_true_ring(report: Report) -> None:
    styles = {one.seen.name: one for one in report.detail.styles}
    assert styles["loud"].account_recall == pytest.approx(2 / 3)
    assert styles["loud"].pair_recall == pytest.approx(1 / 3)
    # r1 holds two of A's three and two others: 2 of 5.
    assert styles["loud"].matched == 0
    assert styles["quiet"].account_recall == pytest.approx(1 / 2)
    assert styles["quiet"].seen.unexplained == 1
    assert [(one.seen.name, one.rings, one.seen.accounts) for one in report.detail.sizes] == [
        ("2 to 4", 2, 5)
    ]


def test_a_listed_style_is_told_choice_by_choice() -> None:
    lists = {"loud": "one/rented/farm/office/burst", "quiet": "one/separate/fresh/round_clock/burst"}
    styles = pa.array([lists.get(str(row[5])) for row in WORLD])
    told = evaluate(FOUND, LABELS, stories=STORIES.set_column(2, "style", styles)).detail.styles
    rings = {one.seen.name: (one.rings, one.seen.accounts) for one in told}
    assert rings == {
        "cards: one": (2, 5),
        "network: rented": (1, 3),
        "network: separate": (1, 2),
        "devices: farm": (1, 3),
        "devices: fresh": (1, 2),
        "hours: office": (1, 3),
        "hours: round clock": (1, 2),
        "registration: burst": (2, 5),
    }


def test_campaigns_are_scored_over_rings(report: Report) -> None:
    # c1 is a1 a2 a3 b1, all but a3 in r1 with h1; c2 is b2 alone, not flagged.
    found = report.detail.campaigns
    assert found is not None
    assert (found.campaigns, found.reached, found.touched) == (2, 1, 1)
    assert (found.pairs.correct, found.pairs.predicted, found.pairs.actual) == (3, 6, 6)
    assert found.bcubed.precision == pytest.approx((3 * 3 / 4 + 1 / 4) / 4)


def test_the_same_curve_is_drawn_in_the_same_bytes(report: Report, tmp_path: Path) -> None:
    for form, start in ((".png", b"\x89PNG"), (".svg", b"<?xml")):
        for name in ("one", "two"):
            draw(report, tmp_path / f"{name}{form}", title="t")
        first, second = ((tmp_path / f"{name}{form}").read_bytes() for name in ("one", "two"))
        assert first == second
        assert first.startswith(start)
    with pytest.raises(UsageError, match=r"\.png or \.svg"):
        draw(report, tmp_path / "curve.gif", title="t")


def test_a_run_without_scores_has_no_curve(tmp_path: Path) -> None:
    bare = evaluate(FOUND.drop_columns(["ring_score", "verdict"]), LABELS)
    assert bare.detail.curve is None
    assert bare.detail.decoys == ()
    assert bare.detail.verdicts[0].flagged == 3
    with pytest.raises(UsageError, match="no curve"):
        draw(bare, tmp_path / "curve.png", title="t")


def test_the_text_names_every_block(report: Report) -> None:
    text = as_text(report, "r")
    for block in ("accounts by verdict", "innocents by story", "true rings by style", "campaigns: 1 of 2"):
        assert block in text


def test_stories_are_read_and_refused(tmp_path: Path) -> None:
    path = tmp_path / "stories.parquet"
    pq.write_table(STORIES.append_column("group_id", pa.nulls(len(WORLD), pa.string())), path)
    assert read_stories(path).column_names == ["account_id", "story", "style"]
    pq.write_table(STORIES.drop_columns(["story"]), path)
    with pytest.raises(InputError, match="column story is missing"):
        read_stories(path)
    with pytest.raises(InputError, match="no such file"):
        read_stories(tmp_path / "gone.parquet")
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    with pytest.raises(InputError, match="cannot be read"):
        read_stories(tmp_path / "broken.parquet")
