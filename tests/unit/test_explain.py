"""`explain`: the pipeline's bits for every link, and for absent links what was there and why it was not enough."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from helpers.observed import write

from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.embedded_view import EmbeddedView
from linkage.explain import moment
from linkage.nightly import NightlyOptions, run_nightly
from linkage.progress import Silent
from linkage.settings import load_settings
from linkage.simulate import simulate

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
TOML = """
[kinds.badge]
family = "registration"
m = 0.9
cap = 30
[kinds.seal]
family = "payment"
m = 0.9
cap = 30
hub = "never"
"""


def run(source: Path, store: Path, toml: str = "") -> EmbeddedView:
    config = store.parent / "linkage.toml"
    config.write_text(toml)
    options = NightlyOptions(source=source, settings=load_settings(config), as_of=AS_OF, run_id="one")
    run_nightly(EmbeddedEngine(store), options, Silent())
    return EmbeddedEngine(store).view()


def handmade(folder: Path) -> Path:
    """Pairs of accounts, each with one thing to explain, among 2,000 with nothing in common."""
    accounts = [f"n{i:04}" for i in range(2_000)]
    sessions, cards, links = [], [], []
    for number, account in enumerate(accounts):
        sessions.append(
            f"{account},2026-02-01T08:00:00Z,81.{number // 250}.{number % 250}.9,dev-{number}-abcdef"
        )
        cards.append(f"{account},fp_{number}x,2026-01-20,2026-02-20")
    for name in ("linked", "one_family", "apart", "near", "weak"):
        accounts += [f"{name}-a", f"{name}-b"]
    cards += [f"linked-{side},fp_linked,2026-01-0{day},2026-02-0{day}" for side, day in (("a", 2), ("b", 5))]
    sessions += [
        f"linked-{side},2026-02-0{day}T10:00:00Z,93.184.216.34,dev-linked-abcdef"
        for side, day in (("a", 2), ("b", 3))
    ]
    links += [f"one_family-{side},seal,S-1,2026-01-02" for side in "ab"]
    sessions += ["apart-a,2026-01-01T10:00:00Z,93.184.217.1,", "apart-a,2026-01-30T10:00:00Z,93.184.217.1,"]
    sessions += ["apart-b,2026-01-15T10:00:00Z,93.184.217.1,"]
    sessions += ["near-a,2026-01-01T10:00:00Z,93.184.218.1,", "near-b,2026-01-03T10:00:00Z,93.184.218.1,"]
    links += [f"weak-{side},badge,B-17,2026-01-02" for side in "ab"]
    # A carrier's address with 600 accounts at one time, and a kind that all hold.
    sessions += [f"n{i:04},2026-02-10T{i % 3:02}:00:00Z,93.184.219.1," for i in range(600)]
    links += [f"{account},club,everyone,2026-01-02" for account in accounts]
    return write(
        folder,
        accounts="account_id\n" + "\n".join(accounts) + "\n",
        payment_methods="account_id,fingerprint,first_seen,last_seen\n" + "\n".join(cards) + "\n",
        sessions="account_id,ts,ip,device_id\n" + "\n".join(sessions) + "\n",
        links="account_id,kind,value,first_seen\n" + "\n".join(links) + "\n",
        allow_list="kind,value,owner,reason,expires_at\n"
        "badge,B-17,Ops,ours,2027-01-01\ncard,fp_linked,Ops,over,2026-01-01\n",
    )


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedView:
    folder = tmp_path_factory.mktemp("explain")
    return run(handmade(folder / "source"), folder / "store", TOML)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedView]:
    folder = tmp_path_factory.mktemp("world")
    simulate(folder / "source", accounts=1_500, days=8, exchanges_per_account=6, seed=11)
    options = NightlyOptions(source=folder / "source", settings=load_settings(), run_id="one")
    run_nightly(EmbeddedEngine(folder / "store"), options, Silent())
    yield EmbeddedEngine(folder / "store").view()


def test_a_link_is_explained_line_by_line(view):
    told = view.explain("linked-b", "linked-a")
    assert (told.account_a, told.account_b) == ("linked-a", "linked-b")
    assert told.linked
    assert told.reason.startswith("linked: ")
    assert set(told.families) == {"payment", "device", "network"}
    lines = {line.kind: line for line in told.lines}
    card = lines["card"]
    assert card.accounts == 2
    assert card.first_seen == datetime(2026, 1, 5, tzinfo=UTC)  # when it became shared
    assert card.last_seen == datetime(2026, 2, 5, tzinfo=UTC)
    assert lines["ip"].first_seen == datetime(2026, 2, 3, 10, tzinfo=UTC)
    assert lines["ip"].count == 2
    assert [line.bits for line in told.lines] == sorted((line.bits for line in told.lines), reverse=True)
    assert told.ring_a == told.ring_b is not None
    assert 0.95 < told.posterior <= 1
    assert told.prior + told.threshold == pytest.approx(4.25, abs=0.01)  # log-odds of 0.95


def test_its_bits_are_the_discounted_sum_of_its_lines(view):
    told = view.explain("linked-a", "linked-b")
    by_family: dict[str, list[float]] = {}
    for line in told.lines:
        by_family.setdefault(line.family, []).append(line.bits)
    assert told.bits == pytest.approx(
        sum(max(bits) + 0.3 * (sum(bits) - max(bits)) for bits in by_family.values())
    )


def test_one_family_alone_is_not_enough_and_says_so(view):
    told = view.explain("one_family-a", "one_family-b")
    assert told.bits == 30.0 > told.threshold
    assert not told.linked
    assert "30.0 bits are enough" in told.reason
    assert "payment" in told.reason
    assert "2 independent families are needed" in told.reason
    assert told.families == ("payment",)
    assert [line.kind for line in told.lines] == ["seal"]
    assert told.ring_a is told.ring_b is None


def test_too_few_bits_say_how_many_are_needed(view):
    told = view.explain("near-a", "near-b")
    assert 0 < told.bits < told.threshold
    assert told.reason == f"not linked: {told.bits:.1f} bits of evidence, {told.threshold:.1f} are needed"


def test_no_overlap_in_time_is_told(view):
    told = view.explain("apart-a", "apart-b")
    assert not told.linked
    silent = {line.kind: line for line in told.silent}
    assert "no overlap in time" in silent["ip"].why
    assert "72 hours" in silent["ip"].why
    assert silent["ip"].bits == 0
    assert "ip" not in {line.kind for line in told.lines}


def test_an_overlap_of_two_days_counts(view):
    told = view.explain("near-a", "near-b")
    assert "ip" in {line.kind for line in told.lines}
    assert not told.linked


def test_a_hub_is_told_with_its_reason(view):
    told = view.explain("n0000", "n0003")
    silent = {line.kind: line for line in told.silent}
    assert silent["ip"].why.startswith("hub: ")
    assert "600 accounts" in silent["ip"].why
    assert silent["ip"].accounts == 600
    assert not told.linked


def test_what_all_share_says_nothing(view):
    told = view.explain("n0700", "n0900")
    assert not told.linked
    assert told.lines == ()
    assert told.bits == 0
    club = next(line for line in told.silent if line.kind == "club")
    assert club.why
    assert "says nothing" in told.reason


def test_the_allow_list_is_told(view):
    told = view.explain("weak-a", "weak-b")
    badge = next(line for line in told.silent if line.kind == "badge")
    assert "allow-list" in badge.why
    # An entry past its date is none: the card of the linked pair still counts.
    assert "card" in {line.kind for line in view.explain("linked-a", "linked-b").lines}


def test_captions_mask_what_is_personal(view):
    told = view.explain("linked-a", "linked-b")
    caption = next(line for line in told.lines if line.kind == "ip").caption
    assert caption != "93.184.216.34"
    assert caption.startswith("93.184")


def test_hours_without_a_date_are_none():
    assert moment(0) is None
    assert moment(24) == datetime(1970, 1, 2, tzinfo=UTC)


def test_two_who_share_nothing(tmp_path):
    source = write(
        tmp_path / "source",
        accounts="account_id\na\nb\n",
        sessions="account_id,ts,ip\na,2026-01-01,8.8.8.8\n",
    )
    told = run(source, tmp_path / "store").explain("a", "b")
    assert told.reason == "not linked: they share nothing that was seen"
    assert (told.bits, told.lines, told.silent, told.families) == (0.0, (), (), ())


def test_an_undated_world_has_no_dates(tmp_path):
    source = write(
        tmp_path / "source",
        accounts="account_id\n" + "".join(f"a{i}\n" for i in range(400)),
        links="account_id,kind,value\n"
        + "".join(f"a{i},{kind},{'v' if i in (1, 2) else i}\n" for i in range(400) for kind in ("x", "y")),
    )
    toml = '[link]\nthreshold = 8\nmin_families = 1\n[sources.links]\nfile = "links.csv"\nundated = true\n'
    told = run(source, tmp_path / "store", toml).explain("a1", "a2")
    assert told.linked
    assert {(line.first_seen, line.last_seen) for line in told.lines} == {(None, None)}
    assert told.min_families == 1


# ── equal to the pipeline ──


def test_for_every_link_of_a_random_world_the_bits_are_the_pipelines(world):
    links = world.links().to_pylist()
    assert len(links) > 50
    for link in random.Random(1).sample(links, min(len(links), 40)):
        told = world.explain(link["account_a"], link["account_b"])
        assert told.linked, link
        assert told.bits == pytest.approx(link["bits"], abs=1e-3)
        assert list(told.families) == sorted(link["families"])
        evidence = [
            (line["kind"], line["key"], line["bits"], line["count"]) for line in json.loads(link["evidence"])
        ]
        explained = [(line.kind, line.key, round(line.bits, 3), line.count) for line in told.lines]
        assert sorted(line[:2] + line[3:] for line in evidence) == sorted(
            line[:2] + line[3:] for line in explained
        )
        for one, two in zip(sorted(evidence), sorted(explained), strict=True):
            assert one[2] == pytest.approx(two[2], abs=2e-3)


def test_accounts_that_no_link_joins_are_explained_as_not_linked(world):
    linked = {(link["account_a"], link["account_b"]) for link in world.links().to_pylist()}
    accounts = sorted({account for pair in linked for account in pair})
    draw = random.Random(2)
    asked = 0
    while asked < 15:
        pair = tuple(sorted(draw.sample(accounts, 2)))
        if pair in linked:
            continue
        asked += 1
        told = world.explain(*pair)
        assert not told.linked, (pair, told.reason)
        assert told.reason.startswith("not linked")
        assert told.bits < told.threshold or len(told.families) < told.min_families
