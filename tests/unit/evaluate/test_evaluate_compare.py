"""Measures against numbers computed by hand, and against a listing of all pairs."""

from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.evaluate import Report, evaluate

MEMBER, VICTIM, INNOCENT = "member", "victim", "innocent"


def labels(*rows: tuple[str, str | None, str | None]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    names = ("account_id", "ring_id", "role")
    return pa.table(
        {name: pa.array(list(column), pa.string()) for name, column in zip(names, columns, strict=True)}
    )


def memberships(*rows: tuple[str, str, bool, str]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    return pa.table(
        {
            "account_id": pa.array(list(columns[0]), pa.string()),
            "ring_id": pa.array(list(columns[1]), pa.string()),
            "flagged": pa.array(list(columns[2]), pa.bool_()),
            "role": pa.array(list(columns[3]), pa.string()),
        }
    )


# True rings: A of four accounts, B of two, C of one; v1 is borrowed by A.
LABELS = labels(
    ("a1", "A", MEMBER),
    ("a2", "A", MEMBER),
    ("a3", "A", None),
    ("a4", "A", MEMBER),
    ("b1", "B", MEMBER),
    ("b2", "B", MEMBER),
    ("c1", "C", MEMBER),
    ("v1", "A", VICTIM),
    ("i1", "", INNOCENT),
    ("i2", None, None),
    ("i3", " ", None),
    ("i4", None, INNOCENT),
    ("i5", None, INNOCENT),
)
# r1: three of A, an innocent and the victim; r2: B; r3: innocents; r4: the last of A and a stranger.
FOUND = memberships(
    ("a1", "r1", True, MEMBER),
    ("a2", "r1", True, MEMBER),
    ("a3", "r1", True, MEMBER),
    ("i1", "r1", True, MEMBER),
    ("v1", "r1", True, MEMBER),
    ("b1", "r2", False, MEMBER),
    ("b2", "r2", False, MEMBER),
    ("i4", "r2", False, VICTIM),
    ("i2", "r3", False, MEMBER),
    ("i3", "r3", False, MEMBER),
    ("a4", "r4", True, MEMBER),
    ("x1", "r4", True, MEMBER),
)


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(FOUND, LABELS, min_size=5)


def test_accounts_over_all_rings(report: Report) -> None:
    # Predicted: a1 a2 a3 a4 b1 b2 i1 i2 i3; not v1 (a victim), x1 (unlabelled), i4 (a predicted victim).
    score = report.all_rings.accounts
    assert (score.correct, score.predicted, score.actual) == (6, 9, 7)
    assert score.precision == pytest.approx(6 / 9)
    assert score.recall == pytest.approx(6 / 7)
    assert score.f1 == pytest.approx(12 / 16)


def test_pairs_over_all_rings(report: Report) -> None:
    # Predicted: 6 in r1, 1 in r2, 1 in r3. Correct: 3 of A in r1, 1 of B. Actual: 6 of A, 1 of B.
    score = report.all_rings.pairs
    assert (score.correct, score.predicted, score.actual) == (4, 8, 7)


def test_rings_over_all_rings(report: Report) -> None:
    # r1 and A share 3 of 5, r2 is B; r4 has a single labelled account, as has C: neither is a ring.
    score = report.all_rings.rings
    assert (score.matched_predicted, score.predicted, score.matched_actual, score.actual) == (2, 3, 2, 2)
    assert score.precision == pytest.approx(2 / 3)
    assert score.recall == 1.0
    assert score.f1 == pytest.approx(0.8)


def test_bcubed_over_all_rings(report: Report) -> None:
    # Precision: 3 × 3/4 and i1 1/4 in r1, 2 × 1 in r2, 2 × 1/2 in r3, a4 1.
    # Recall: 3 × 3/4 and a4 1/4 of A, 2 × 1 of B, c1 1.
    assert report.all_rings.bcubed.precision == pytest.approx(6.5 / 9)
    assert report.all_rings.bcubed.recall == pytest.approx(5.5 / 7)


def test_false_alarms(report: Report) -> None:
    alarms = report.all_rings.false_alarms
    assert (alarms.innocents, alarms.hit, alarms.victims, alarms.victims_hit) == (5, 3, 1, 1)
    assert alarms.per_100_000 == pytest.approx(60_000)
    assert report.flagged_rings.false_alarms.hit == 1


def test_flagged_rings(report: Report) -> None:
    flagged = report.flagged_rings
    assert (flagged.accounts.correct, flagged.accounts.predicted, flagged.accounts.actual) == (4, 5, 7)
    assert (flagged.pairs.correct, flagged.pairs.predicted, flagged.pairs.actual) == (3, 6, 7)
    assert (flagged.rings.matched_predicted, flagged.rings.predicted) == (1, 1)
    assert (flagged.rings.matched_actual, flagged.rings.actual) == (1, 2)


def test_large_rings_count_the_published_size(report: Report) -> None:
    # Only r1 has five accounts, the victim included; recall is still against all true accounts.
    assert (report.large.accounts.correct, report.large.accounts.predicted, report.large.accounts.actual) == (
        3,
        4,
        7,
    )
    assert report.large_flagged.accounts == report.large.accounts


def test_what_the_labels_hold(report: Report) -> None:
    counts = (report.labelled, report.confirmed, report.true_rings, report.victims, report.unlabelled)
    assert counts == (13, 7, 3, 1, 1)


def test_a_jaccard_of_exactly_one_half_matches() -> None:
    found = memberships(*[(name, "r", True, MEMBER) for name in ("a", "b", "c", "d")])
    report = evaluate(found, labels(*[(n, "A", None) for n in "ab"], *[(n, "B", None) for n in "cd"]))
    rings = report.all_rings.rings
    # One predicted ring matches two true ones and counts once.
    assert (rings.matched_predicted, rings.predicted, rings.matched_actual, rings.actual) == (1, 1, 2, 2)


def test_repeated_labels_collapse_and_a_ring_outweighs_an_empty_one() -> None:
    table = labels(("a", "", None), ("a", "R", None), ("a", "R", None), ("b", "R", None), ("b", "S", None))
    report = evaluate(memberships(("a", "r", True, MEMBER), ("b", "r", True, MEMBER)), table)
    assert report.labelled == 2
    assert report.contradicted == 1
    assert report.all_rings.pairs.correct == 1


def test_no_rings_and_no_labels() -> None:
    nothing = evaluate(memberships(), LABELS)
    assert nothing.all_rings.accounts.precision is None
    assert nothing.all_rings.accounts.recall == 0.0
    assert nothing.all_rings.bcubed.precision is None
    unlabelled = evaluate(FOUND, labels())
    assert unlabelled.unlabelled == 12
    assert unlabelled.all_rings.false_alarms.per_100_000 is None


def test_a_huge_ring_lists_no_pairs() -> None:
    names = [f"a{number}" for number in range(20_000)]
    found = memberships(*[(name, "r", True, MEMBER) for name in names])
    pairs = evaluate(found, labels(*[(name, "A", None) for name in names])).all_rings.pairs
    assert (pairs.correct, pairs.precision) == (20_000 * 19_999 // 2, 1.0)


RING = st.sampled_from([None, "p", "q", "r"])
WORLD = st.lists(
    st.tuples(
        RING, RING, st.sampled_from([MEMBER, VICTIM]), st.sampled_from([MEMBER, VICTIM]), st.booleans()
    ),
    max_size=12,
)


@given(WORLD)
def test_pairs_and_accounts_equal_a_listing(
    world: list[tuple[str | None, str | None, str, str, bool]],
) -> None:
    accounts = [(f"a{number}", *row) for number, row in enumerate(world)]
    truth = labels(*[(name, true, role) for name, true, _, role, _, _ in accounts])
    found = memberships(
        *[(name, ring, flagged, role) for name, _, ring, _, role, flagged in accounts if ring]
    )
    scores = evaluate(found, truth).all_rings
    counted = [
        (true, ring if role == MEMBER else None)
        for _, true, ring, truly, role, _ in accounts
        if truly == MEMBER
    ]
    listed = list(combinations(counted, 2))
    both = [(a, b) for a, b in listed if a[1] and a[1] == b[1]]
    assert scores.pairs.predicted == len(both)
    assert scores.pairs.actual == sum(1 for a, b in listed if a[0] and a[0] == b[0])
    assert scores.pairs.correct == sum(1 for a, b in both if a[0] and a[0] == b[0])
    assert scores.accounts.correct == sum(1 for true, ring in counted if true and ring)
