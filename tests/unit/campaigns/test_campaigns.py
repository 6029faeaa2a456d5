"""Campaigns over rings laid out by hand: which texts make one, who takes part, and what the overlap is."""

import json

import pyarrow as pa
import pytest

from linkage.campaigns import find_campaigns, with_campaigns
from linkage.engine.base import CAMPAIGN_ACCOUNTS, CAMPAIGN_RINGS, CAMPAIGNS, Judged
from linkage.warehouse import Warehouse

KINDS = {"template": "content", "card": "payment", "synchrony": "timing", "hand_off": "timing"}
HOUR = 500_000


class World:
    """Accounts with their rings and what they hold; `verdicts` by ring."""

    def __init__(self, **verdicts: str) -> None:
        self.verdicts = verdicts
        self.account: dict[str, tuple[str | None, str]] = {}
        self.profile: dict[str, tuple[int, int]] = {}
        self.held: list[tuple[str, str, str, int]] = []
        self.hubs: set[str] = set()

    def add(
        self, names: str, ring: str | None = None, role: str = "member", moved: bool = False
    ) -> list[str]:
        made = names.split()
        self.account |= dict.fromkeys(made, (ring, role))
        self.profile |= dict.fromkeys(made, (4 if moved else 0, 8))
        return made

    def hold(self, accounts: list[str], key: str, kind: str = "template", count: int = 1) -> None:
        self.held += [(account, kind, key, count) for account in accounts]

    def find(self, previous: pa.Table | None = None, run_id: str = "one"):
        accounts = sorted(self.account)
        rings = list(self.verdicts)
        values = sorted({(kind, key) for _, kind, key, _ in self.held})
        users = {value: {one for one, kind, key, _ in self.held if (kind, key) == value} for value in values}
        members = [(accounts.index(name), rings.index(ring), role)
                   for name, (ring, role) in self.account.items() if ring is not None]  # fmt: skip
        kinds = list(KINDS)
        tables = {
            "account": {"account": pa.array(range(len(accounts)), pa.int32()), "account_id": accounts},
            "ring_member": {
                "account": pa.array([row[0] for row in members], pa.int32()),
                "ring": pa.array([row[1] for row in members], pa.int32()),
                "role": [row[2] for row in members],
            },
            "ring_verdict": {
                "ring": pa.array(range(len(rings)), pa.int32()),
                "ring_id": rings,
                "verdict": list(self.verdicts.values()),
            },
            "ring_kind": {
                "kind": pa.array(range(len(kinds)), pa.uint16()),
                "name": kinds,
                "family": list(KINDS.values()),
                "support": [False] * len(kinds),
            },
            "population": {"release_share": [0.2]},
            "profile": {
                "account": pa.array(range(len(accounts)), pa.int32()),
                "fresh": [self.profile[name][0] for name in accounts],
                "chances": [self.profile[name][1] for name in accounts],
            },
            "identifier": {
                "identifier": pa.array(range(len(values)), pa.int32()),
                "kind": pa.array([kinds.index(kind) for kind, _ in values], pa.uint16()),
                "accounts": [len(users[value]) for value in values],
            },
            "holding": {
                "account": pa.array([accounts.index(name) for name, *_ in self.held], pa.int32()),
                "identifier": pa.array(
                    [values.index((kind, key)) for _, kind, key, _ in self.held], pa.int32()
                ),
                "first": pa.array([HOUR] * len(self.held), pa.int32()),
                "last": pa.array([HOUR + 24] * len(self.held), pa.int32()),
                "count": [count for *_, count in self.held],
            },
        }
        stored = pa.table(
            {
                "identifier": pa.array(range(len(values)), pa.int32()),
                "kind": [kind for kind, _ in values],
                "key": [key for _, key in values],
                "caption": [f"…{key}" for _, key in values],
                "links": [key not in self.hubs for _, key in values],
            }
        )
        with Warehouse.open(None) as warehouse:
            for name, columns in tables.items():
                warehouse.register(name, pa.table(columns))
            return find_campaigns(warehouse, stored, run_id, previous)


def overlap(found) -> set[tuple[str, int, float, float]]:
    return {
        (row["ring_id"], row["accounts"], row["ring_share"], row["campaign_share"])
        for row in found.rings.to_pylist()
    }


def takers(found) -> list[set[str]]:
    rows = found.accounts.to_pylist()
    ids = sorted({row["campaign_id"] for row in rows})
    return sorted(({row["account_id"] for row in rows if row["campaign_id"] == one} for one in ids), key=min)


def test_one_campaign_runs_over_two_rings_and_one_ring_carries_two():
    """An operator of six runs two jobs with three accounts each; a second operator runs one of them."""
    world = World(A="flagged", B="unexplained")
    first, second = world.add("a1 a2 a3", "A", moved=True), world.add("a4 a5 a6", "A")
    other = world.add("b1 b2 b3 b4", "B")
    world.hold([*first, *other[:3]], "job", count=5)
    world.hold([*first, *other[:2]], "job_variant")
    world.hold(second, "chore", count=2)
    found = world.find()
    assert takers(found) == [{"a1", "a2", "a3", "b1", "b2", "b3"}, {"a4", "a5", "a6"}]
    # The job: 3 of A's 6 and 3 of B's 4, each half of the campaign's 6; the chore: A's other half.
    assert overlap(found) == {("A", 3, 0.5, 0.5), ("B", 3, 0.75, 0.5), ("A", 3, 0.5, 1.0)}
    job, chore = found.campaigns.to_pylist()
    told = ("verdict", "accounts", "rings", "flagged_rings", "outside", "texts", "sightings")
    # 6 · 5 sightings of the job and 5 of its variant.
    assert tuple(job[name] for name in told) == ("flagged", 6, 2, 1, 0, 2, 35)
    assert tuple(chore[name] for name in told) == ("flagged", 3, 1, 1, 0, 1, 6)
    # Half of the job's accounts moved to the new model at once; usual is a fifth.
    assert (job["release_share"], job["release_usual"], chore["release_share"]) == (0.5, 0.2, 0.0)
    assert [(one["key"], one["accounts"]) for one in json.loads(job["identifiers"])] == [
        ("job", 6),
        ("job_variant", 5),
    ]
    works_for = dict(
        zip(
            found.of_account["account_id"].to_pylist(),
            found.of_account["campaign_id"].to_pylist(),
            strict=True,
        )
    )
    # b4 was not seen with the job, but three quarters of its ring were.
    assert works_for["b4"] == works_for["a1"] == job["campaign_id"]
    assert works_for["a4"] == chore["campaign_id"]


def test_a_text_that_everybody_sends_makes_no_campaign():
    world = World(A="flagged", B="flagged")
    rings = world.add("a1 a2", "A"), world.add("b1 b2", "B")
    world.hold([*rings[0], *rings[1]], "hub")
    world.hubs = {"hub"}
    # 4 of 17 who send the other are in suspected rings: less than a quarter.
    world.hold([*rings[0], *rings[1], *world.add(" ".join(f"u{n}" for n in range(13)))], "popular")
    found = world.find()
    assert found.campaigns.num_rows == found.rings.num_rows == found.accounts.num_rows == 0
    assert found.campaigns.schema == CAMPAIGNS


def test_texts_of_benign_rings_and_of_stolen_accounts_make_none():
    world = World(A="benign", B="flagged")
    world.hold(world.add("a1 a2 a3", "A"), "product")
    world.hold([*world.add("b1", "B"), *world.add("v1", "B", role="victim")], "job")
    assert world.find().campaigns.num_rows == 0


def test_accounts_of_no_ring_take_part_by_two_texts_but_not_by_one():
    world = World(A="flagged")
    crew = world.add("a1 a2 a3 a4", "A")
    both, one, stolen = world.add("x1"), world.add("y1"), world.add("v1", "A", role="victim")
    world.hold([*crew, *both, *one, *stolen], "job")
    world.hold([*crew, *both], "other")
    found = world.find()
    assert takers(found) == [{"a1", "a2", "a3", "a4", "x1"}]
    (campaign,) = found.campaigns.to_pylist()
    assert (campaign["accounts"], campaign["outside"]) == (5, 1)
    outside = [row for row in found.accounts.to_pylist() if row["account_id"] == "x1"]
    assert [(row["ring_id"], row["texts"]) for row in outside] == [(None, 2)]


@pytest.mark.parametrize(("both", "campaigns"), [(1, 2), (2, 1)])
def test_a_tenth_of_the_rarer_text_joins_two(both, campaigns):
    """Of 20 accounts a text, one that sends both is 5 %, two are 10 %."""
    world = World(A="flagged")
    members = world.add(" ".join(f"a{n:02}" for n in range(40 - both)), "A")
    world.hold(members[:20], "left")
    world.hold(members[20 - both :], "right")
    assert world.find().campaigns.num_rows == campaigns


def test_ids_survive_the_night_and_go_into_memberships():
    world = World(A="flagged")
    crew = world.add("a1 a2 a3", "A")
    world.hold(crew, "job")
    first = world.find()
    world.hold(world.add("a4", "A"), "job")
    second = world.find(first.of_account, "two")
    assert first.campaigns["campaign_id"].to_pylist() == second.campaigns["campaign_id"].to_pylist()
    assert first.campaigns["campaign_id"][0].as_py().startswith("camp_")
    none = pa.table({"ring_id": pa.array([], pa.string())})
    members = pa.table({"account_id": ["a0", "a1"], "ring_id": ["Z", "A"]})
    judged = with_campaigns(Judged(members, none, none, none), first)
    assert judged.memberships["campaign_id"].to_pylist() == [None, first.campaigns["campaign_id"][0].as_py()]
    assert judged.campaign_rings.schema == CAMPAIGN_RINGS
    assert judged.campaign_accounts.schema == CAMPAIGN_ACCOUNTS


def test_following_each_others_hours_is_told():
    world = World(A="flagged")
    crew = world.add("a1 a2 a3 a4", "A")
    world.hold(crew, "job")
    world.hold(crew[:1], "job", kind="synchrony")
    world.hold(crew[1:3], "a2 refused, a3 sends it within 5 s", kind="hand_off")
    assert world.find().campaigns["synchronous_share"].to_pylist() == [0.25]
