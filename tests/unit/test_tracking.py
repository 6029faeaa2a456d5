"""Ring ids survive the night: each event on hand-made nights."""

import json

import pyarrow as pa
import pytest

from linkage.tracking import CHANGES, track


def night(rings):
    rows = [(account, ring) for ring, accounts in rings.items() for account in accounts]
    return pa.table(
        {"account_id": [row[0] for row in rows], "ring": pa.array([row[1] for row in rows], pa.int32())}
    )


def before(rings, dormant=None):
    rows = [(account, ring) for ring, accounts in rings.items() for account in accounts]
    table = pa.table({"account_id": [row[0] for row in rows], "ring_id": [row[1] for row in rows]})
    if dormant is None:
        return table
    return table.append_column("dormant", pa.array([row[1] in dormant for row in rows]))


def events(tracked):
    return {
        (
            row["ring_id"],
            row["event"],
            tuple(json.loads(row["previous_ids"])),
            row["accounts_added"],
            row["accounts_removed"],
        )
        for row in tracked.changes.to_pylist()
    }


def test_first_night_all_are_born_with_ids_from_their_accounts():
    tracked = track(night({7: "abc", 9: "xy"}), None, "r1")
    again = track(night({1: "yx", 2: "cba"}), None, "r2")
    assert tracked.ids[7] == again.ids[2]
    assert tracked.ids[9] == again.ids[1]
    assert tracked.ids[7].startswith("ring_") and len(tracked.ids[7]) == 17
    assert {(event, added) for _, event, _, added, _ in events(tracked)} == {("born", 3), ("born", 2)}


def test_an_unchanged_ring_keeps_its_id_and_makes_no_row():
    tracked = track(night({3: "abc"}), before({"R": "abc"}), "r2")
    assert tracked.ids == {3: "R"}
    assert tracked.parents == {3: ()}
    assert tracked.changes.num_rows == 0
    assert tracked.changes.schema == CHANGES


@pytest.mark.parametrize(
    ("now", "event", "added", "removed"),
    [
        ("abcd", "grew", 1, 0),
        ("ab", "shrank", 0, 1),
        ("abd", "grew", 1, 1),
        ("abcdefghijklmnop", "grew", 13, 0),
    ],
)
def test_a_ring_that_changes_keeps_its_id(now, event, added, removed):
    tracked = track(night({0: now}), before({"R": "abc"}), "r2")
    assert tracked.ids == {0: "R"}
    assert events(tracked) == {("R", event, ("R",), added, removed)}


def test_merged_rings_go_on_as_the_largest_of_them():
    tracked = track(night({0: "abcdefg"}), before({"big": "abcd", "small": "efg"}), "r2")
    assert tracked.ids == {0: "big"}
    assert tracked.parents == {0: ("small",)}
    assert events(tracked) == {("big", "merged", ("big", "small"), 3, 0), ("small", "died", (), 0, 3)}


def test_a_split_leaves_the_id_with_the_largest_part():
    tracked = track(night({0: "abc", 1: "de"}), before({"R": "abcde"}), "r2")
    assert tracked.ids[0] == "R"
    assert tracked.ids[1] != "R"
    assert tracked.parents == {0: (), 1: ("R",)}
    assert events(tracked) == {("R", "split", ("R",), 0, 2), (tracked.ids[1], "split", ("R",), 2, 0)}


def test_a_ring_that_is_not_found_is_dormant_and_keeps_its_id_when_it_is_back():
    asleep = track(night({0: "xy"}), before({"R": "abc", "S": "xy"}), "r2")
    assert events(asleep) == {("R", "dormant", (), 0, 3)}
    back = track(night({0: "xy", 1: "abd"}), before({"R": "abc", "S": "xy"}, dormant={"R"}), "r3")
    assert back.ids == {0: "S", 1: "R"}
    assert events(back) == {("R", "resurrected", ("R",), 1, 1)}


def test_a_ring_that_still_sleeps_is_not_told_again():
    still = track(night({0: "xy"}), before({"R": "abc", "S": "xy"}, dormant={"R"}), "r3")
    assert still.changes.num_rows == 0


def test_one_account_in_common_is_not_the_same_ring():
    tracked = track(night({0: ["a", "p", "q", "r"]}), before({"R": ["a", "b", "c", "d"]}), "r2")
    assert tracked.ids[0] != "R"
    assert {event for _, event, *_ in events(tracked)} == {"born", "dormant"}


def test_a_new_ring_never_takes_an_id_that_another_still_has():
    first = track(night({0: "ab"}), None, "r1").ids[0]
    # The ring grew by more than it began with, and now those it began with are a ring of their own.
    tracked = track(night({0: "cdefg", 1: "ab"}), before({first: "abcdefg"}), "r2")
    assert tracked.ids[0] == first
    assert tracked.ids[1] != first


def test_the_order_of_rows_does_not_matter():
    now, last = night({0: "abc", 1: "de", 2: "fgh"}), before({"R": "abcde", "S": "fg"})
    turned = now.take(list(range(now.num_rows))[::-1])
    one, other = track(now, last, "r2"), track(turned, last.take(list(range(last.num_rows))[::-1]), "r2")
    assert one.ids == other.ids
    assert one.changes.equals(other.changes)


def test_no_rings_at_all():
    tracked = track(night({}), before({"R": "ab"}), "r2")
    assert tracked.ids == {}
    assert events(tracked) == {("R", "dormant", (), 0, 2)}
    assert track(night({}), None, "r1").changes.num_rows == 0
