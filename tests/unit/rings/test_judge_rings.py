"""From communities to verdicts, ids and reasons, on two rings laid out by hand."""

import json
from itertools import pairwise

from ring_world import RingWorld, busy

from linkage.engine.base import Judged
from linkage.scoring.stage import judge_rings
from linkage.settings import Settings

RINGS = {
    "ring_id", "size", "score", "verdict", "story", "flagged", "first_seen", "last_seen", "top_reasons", "parent_ids",
}  # fmt: skip
MEMBERSHIPS = ["account_id", "ring_id", "ring_score", "verdict", "flagged", "role"]


def two_rings():
    """A farm on a pool of proxies with a stolen account, and a company in its office."""
    world = RingWorld()
    world.add(400, **busy(prepaid_share=0.0))
    farm = world.add(8, ring=3, **busy(prepaid_share=1.0))
    (stolen,) = world.add(1, ring=3, **busy())
    for number in range(10):
        line = world.place(f"20.0.0.{number}", "residential", "BR")
        world.hold(farm, "ip", line)
    world.hold([*farm, stolen], "template", "job", count=80, days=(10, 12))
    world.hold(farm, "template", "other_job", count=80)
    world.hold([stolen], "ip", world.place("21.0.0.1", "residential"), count=60)
    for number in range(4):
        world.hold(farm[2 * number : 2 * number + 2], "card", f"card_{number}")
    firm = world.add(6, ring=8, **busy(), org_id="org_1")
    world.hold(firm, "ip", world.place("30.0.0.1", "corporate"))
    world.hold(firm, "template", "product", count=50)
    world.hold(firm, "card", "company_card")
    for a, b in pairwise(farm):
        world.link(a, b)
    return world


def by_ring(judged: Judged):
    return {row["ring_id"]: row for row in judged.rings.to_pylist()}


def test_verdicts_roles_and_columns():
    judged = judge_rings(two_rings().warehouse(), Settings(), "run_1", None)
    assert judged.memberships.column_names == MEMBERSHIPS
    assert set(judged.rings.column_names) >= RINGS
    worst, best = judged.rings.to_pylist()
    assert (worst["verdict"], worst["flagged"], worst["size"], worst["victims"]) == ("flagged", True, 9, 1)
    assert (best["verdict"], best["flagged"], best["size"]) == ("benign", False, 6)
    assert best["story"]
    rows = {row["account_id"]: row for row in judged.memberships.to_pylist()}
    assert sum(row["flagged"] for row in rows.values()) == 8
    assert (rows["acct_00408"]["role"], rows["acct_00408"]["flagged"]) == ("victim", False)
    assert list(rows) == sorted(rows)
    assert any("pool of 10" in reason for reason in json.loads(worst["top_reasons"]))


def test_an_account_on_the_allow_list_is_a_member_and_never_flagged():
    world = two_rings()
    world.allowed = [402, 7]
    judged = judge_rings(world.warehouse(), Settings(), "run_1", None)
    rows = {row["account_id"]: row for row in judged.memberships.to_pylist()}
    assert sum(row["flagged"] for row in rows.values()) == 7
    told = {name: rows["acct_00402"][name] for name in ("verdict", "flagged", "role")}
    assert told == {"verdict": "flagged", "flagged": False, "role": "member"}


def test_details_explain_every_ring():
    judged = judge_rings(two_rings().warehouse(), Settings(), "run_1", None)
    details = {row["ring_id"]: row for row in judged.details.to_pylist()}
    assert set(details) == set(by_ring(judged))
    worst, best = judged.rings["ring_id"].to_pylist()
    assert {line["group"] for line in json.loads(details[worst]["reasons"])} >= {
        "network",
        "content",
        "payment",
    }
    assert json.loads(details[best]["stories"])[0]["best"]
    assert json.loads(details[worst]["shared"])[0]["members"] == 8


def test_the_same_night_twice_is_the_same_to_the_byte_and_changes_nothing():
    first = judge_rings(two_rings().warehouse(), Settings(), "run_1", None)
    again = judge_rings(two_rings().warehouse(), Settings(), "run_2", first.memberships)
    assert first.memberships.equals(again.memberships)
    assert first.details.equals(again.details)
    assert first.rings.equals(again.rings)
    assert first.changes["event"].to_pylist() == ["born", "born"]
    assert again.changes.num_rows == 0


def test_data_without_behaviour_is_unexplained():
    world = RingWorld()
    wallets = world.add(5, ring=0, created_at=None, country=None)
    world.hold(wallets, "account", "exchange_1")
    for a, b in pairwise(wallets):
        world.link(a, b)
    judged = judge_rings(world.warehouse(), Settings(), "run_1", None)
    assert judged.rings["verdict"].to_pylist() == ["unexplained"]
    assert not any(judged.memberships["flagged"].to_pylist())


def test_no_rings_at_all():
    world = RingWorld()
    world.add(3, **busy())
    judged = judge_rings(world.warehouse(), Settings(), "run_1", None)
    assert judged.rings.num_rows == judged.memberships.num_rows == judged.changes.num_rows == 0
