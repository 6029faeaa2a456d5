"""What is too common to link, what is common because one party owns it, and what that costs."""

import math

import numpy as np
import pytest
from helpers.holdings import KINDS, NOW, Made, family_bits, hubs_of, link, make, pairs_of, rule, starred

from linkage.links.evidence import combine, pair_evidence
from linkage.links.linking import LinkGraph
from linkage.links.rarity import prior_log_odds, threshold_bits

LARGE = 600
"""More accounts than any block that is expanded into pairs."""
CROWD = 20_000


def whole_rule(made: Made, posterior: float = 0.95):
    """The rule that a night applies to so many accounts."""
    prior = prior_log_odds(made.accounts)
    return rule(threshold=threshold_bits(prior, posterior), prior=prior)


def lives(accounts, *kinds: str, by: int = 1):
    """Values that nobody else has: one of each kind for every `by` accounts."""
    return [(a, kind, f"own-{kind}-{place // by}") for place, a in enumerate(accounts) for kind in kinds]


def linked_by_pair_rule(graph: LinkGraph, pairs: list[tuple[int, int]]) -> list[bool]:
    """What the rule for pairs says of each pair of accounts by itself."""
    a, b = (np.array(side, np.int32) for side in zip(*pairs, strict=True))
    evidence = pair_evidence(graph.holdings, graph.kinds, graph.rarity, a, b, as_of=graph.as_of)
    bits, families, proof = combine(
        graph.kinds, graph.rarity, graph.rule, graph.holdings.kind, evidence, len(a)
    )
    return ((bits >= graph.rule.threshold) & ((families >= graph.rule.min_families) | proof)).tolist()


def test_a_carrier_nat_becomes_a_hub_with_its_reason_and_links_nothing():
    # Thousands behind one address at one time, each with a card and a device of one's own.
    accounts = range(LARGE)
    made = make([(a, "net", "nat", [NOW]) for a in accounts] + lives(accounts, "pay", "dev"), crowd=5_000)
    graph = link(made, whole_rule(made))
    reason = hubs_of(made, graph)["net", "nat"]
    assert f"{LARGE:,} accounts" in reason
    assert "nothing else in common" in reason
    assert len(graph.pairs) == 0
    assert len(graph.stars) == 0


def test_a_popular_prompt_is_a_hub_although_its_users_have_ties_of_their_own():
    # Couples share a card and a device; which of them uses the popular prompt is chance.
    rng = np.random.default_rng(1)
    accounts = range(8 * LARGE)
    rows = lives(accounts, "pay", "dev", by=2)
    users = sorted(rng.choice(8 * LARGE, LARGE, replace=False).tolist())
    made = make(rows + [(a, "text", "popular") for a in users], crowd=2_000)
    graph = link(made, whole_rule(made))
    assert "unrelated groups" in hubs_of(made, graph)["text", "popular"]
    found = pairs_of(graph)
    # The couples, the popular prompt or not, and nobody else.
    assert set(found) == {(a, a + 1) for a in range(0, 8 * LARGE, 2)}
    assert max(found.values()) == pytest.approx(min(found.values()), abs=1e-3)
    assert len(graph.stars) == 0


def test_a_small_value_whose_users_ties_do_not_hold_it_is_a_hub_too():
    # 40 of a class use one text; each belongs to a family of three that does not.
    rows = lives(range(120), "pay", "dev", by=3) + [(a, "text", "class") for a in range(0, 120, 3)]
    made = make(rows, crowd=2_000)
    graph = link(made, whole_rule(made))
    assert ("text", "class") in hubs_of(made, graph)
    assert all(a // 3 == b // 3 for a, b in pairs_of(graph))


def test_what_only_two_or_three_hold_is_no_hub():
    made = make(lives(range(30), "pay", "dev", by=3), crowd=2_000)
    graph = link(made, whole_rule(made))
    assert hubs_of(made, graph) == {}
    assert len(graph.pairs) == 30


def test_a_rings_own_card_and_template_become_a_star_of_all_its_accounts():
    ring = range(LARGE)
    made = make(
        [(a, kind, "ring") for a in ring for kind in ("pay", "text")] + lives(ring, "dev"), crowd=CROWD
    )
    graph = link(made, whole_rule(made))
    assert starred(graph) == [set(ring)]
    assert hubs_of(made, graph) == {}
    assert len(graph.pairs) == 0
    assert (graph.stars.bits >= graph.rule.threshold).all()


def test_a_star_takes_only_those_who_hold_both_of_its_values():
    ring = range(LARGE)
    rows = [(a, "pay", "ring") for a in ring] + [(a, "text", "job") for a in ring]
    rows += [(a, "text", "job") for a in range(LARGE, LARGE + 40)]  # a text that a few others copied
    made = make(rows, crowd=CROWD)
    graph = link(made, whole_rule(made))
    assert starred(graph) == [set(ring)]
    assert not any(LARGE <= account < LARGE + 40 for pair in pairs_of(graph) for account in pair)


def test_two_rings_on_one_text_are_two_stars():
    rows = [(a, "text", "job") for a in range(2 * LARGE)]
    rows += [(a, "pay", f"card{a // LARGE}") for a in range(2 * LARGE)]
    made = make(rows, crowd=2 * CROWD)
    graph = link(made, whole_rule(made))
    assert sorted(map(min, starred(graph))) == [0, LARGE]
    assert sorted(map(len, starred(graph))) == [LARGE, LARGE]


def test_two_popular_things_that_go_together_only_by_chance_make_no_star():
    rng = np.random.default_rng(2)
    one, two = (rng.choice(8_000, 2_000, replace=False).tolist() for _ in range(2))
    made = make([(a, "text", "p") for a in one] + [(a, "net", "vpn", [NOW]) for a in two], accounts=8_000)
    graph = link(made, whole_rule(made))
    assert len(graph.stars) == 0
    assert len(graph.pairs) == 0
    assert set(hubs_of(made, graph)) == {("text", "p"), ("net", "vpn")}


def test_a_large_card_whose_holders_devices_tie_them_too_is_near_proof():
    # No common text: cohesion alone tells the ring's card from a common one.
    ring = range(LARGE)
    rows = [(a, "pay", "ring") for a in ring] + lives(ring, "dev", "text", by=6)
    made = make(rows, crowd=5_000)
    graph = link(made, whole_rule(made))
    assert ("pay", "ring") not in hubs_of(made, graph)
    assert bool(graph.rarity.near_proof[made.place["pay", "ring"]])
    assert set(ring) in starred(graph)


def test_a_group_that_other_families_join_counts_once_in_the_degree():
    # 90 accounts of one card, which devices and texts tie in sixes: of 15 groups the card is as rare as of 15 accounts.
    ring = range(90)
    made = make([(a, "pay", "ring") for a in ring] + lives(ring, "dev", "text", by=6), crowd=5_000)
    graph = link(made, whole_rule(made))
    place = made.place["pay", "ring"]
    assert graph.rarity.degree[place] <= 15
    if not graph.rarity.near_proof[place]:
        within = pairs_of(graph)[0, 1]
        assert family_bits(graph, 0, "payment") >= math.log2(0.5 * 5_090 / 14) - 1e-3
        assert within >= graph.rule.threshold


def test_an_allowed_identifier_links_nothing_and_says_so():
    rows = [(a, kind, "v") for a in range(4) for kind in ("pay", "dev", "text")]
    made = make(rows, crowd=5_000)
    by = whole_rule(made)
    assert len(link(made, by).pairs) == 6
    graph = link(made, by, barred=[("pay", "v"), ("dev", "v")])
    assert len(graph.pairs) == 0
    hubs = hubs_of(made, graph)
    assert set(hubs) == {("pay", "v"), ("dev", "v")}
    assert all("allow-list" in reason for reason in hubs.values())


@pytest.mark.parametrize("size", [3, 10, 30, 60, 120, 250, 300, 1_000])
def test_a_ring_on_one_card_and_one_template_is_found_whatever_its_size(size: int):
    ring = range(size)
    made = make(
        [(a, kind, "ring") for a in ring for kind in ("pay", "text")] + lives(ring, "dev"), crowd=20_000
    )
    graph = link(made, whole_rule(made))
    joined = set().union(*starred(graph), *map(set, pairs_of(graph)))
    assert joined == set(ring)


def test_twenty_thousand_accounts_on_one_card_and_one_template_cost_a_star_and_no_pairs():
    ring = range(20_000)
    made = make([(a, kind, "ring") for a in ring for kind in ("pay", "text")], crowd=300_000)
    graph = link(made, whole_rule(made))
    assert len(graph.pairs) == 0
    assert len(graph.evidence.pair) == 0
    assert starred(graph) == [set(ring)]
    assert len(graph.stars.account) == 20_000


@pytest.mark.parametrize("crowd", [1_800, 600], ids=["a quarter", "a half"])
def test_a_ring_that_is_a_large_part_of_all_accounts_is_still_one(crowd: int):
    # No independence lets the same 600 of 1,200 hold two values and none of the others either.
    ring = range(LARGE)
    made = make([(a, kind, "ring") for a in ring for kind in ("pay", "text")], crowd=crowd)
    assert starred(link(made, whole_rule(made))) == [set(ring)]


def test_pairs_grow_with_the_accounts_and_not_with_the_square_of_a_block():
    counts = []
    for size in (2_000, 4_000, 8_000):
        rows = [(a, kind, "ring") for a in range(size) for kind in ("pay", "text")]
        rows += lives(range(size), "dev", by=4)
        graph = link(made := make(rows, crowd=5_000), whole_rule(made))
        counts.append(len(graph.pairs))
        assert set(range(size)) <= set().union(*starred(graph))
    # Within the fours of a device at most.
    assert counts == [pytest.approx(1.5 * size, rel=0.01) for size in (2_000, 4_000, 8_000)] or counts == [
        0,
        0,
        0,
    ]


# ── members of a star are linked by the rule for pairs as well ──


def every_other(members: set[int]) -> list[tuple[int, int]]:
    told = sorted(members)
    return [
        (told[i], told[(i * 7 + 1) % len(told)])
        for i in range(len(told))
        if told[i] != told[(i * 7 + 1) % len(told)]
    ]


def test_members_of_a_star_are_linked_in_pairs_too():
    ring = range(LARGE)
    made = make([(a, kind, "ring") for a in ring for kind in ("pay", "text")], crowd=CROWD)
    graph = link(made, whole_rule(made))
    assert all(linked_by_pair_rule(graph, every_other(starred(graph)[0])))


def test_a_star_rests_on_two_families_that_both_count():
    # A card and a habit of 2 bits: not two families for a pair, so no star either.
    overrides = KINDS | {"weak": {"family": "network", "m": 0.5, "cap": 2.0}}
    rows = [(a, kind, "v") for a in range(LARGE) for kind in ("pay", "weak")]
    made = make(rows, crowd=CROWD, overrides=overrides)
    graph = link(made, rule(threshold=15.0))
    for members in starred(graph):
        assert all(linked_by_pair_rule(graph, every_other(members)))


def test_a_star_asks_for_an_overlap_in_time_where_its_kind_does():
    # One address that passed from hand to hand over a year, and a text that all of its holders use.
    rows = [(a, "net", "exit", [NOW - 365 * 24 + a * 14]) for a in range(LARGE)]
    rows += [(a, "text", "job") for a in range(LARGE)]
    made = make(rows, crowd=CROWD)
    graph = link(made, whole_rule(made))
    for members in starred(graph):
        assert all(linked_by_pair_rule(graph, every_other(members)))


# ── consistency of the whole stage ──


@pytest.mark.parametrize("seed", range(4))
def test_the_bits_of_every_link_are_those_of_its_evidence(seed: int):
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(60):  # groups of all sizes that share some values of some kinds
        members = rng.choice(700, rng.integers(2, 12), replace=False)
        for kind in rng.choice(sorted(KINDS), rng.integers(1, 4), replace=False):
            value = int(rng.integers(0, 10**6))
            rows += [
                (int(a), str(kind), value, [NOW - int(d) * 24 for d in rng.integers(0, 20, 3)])
                for a in members
            ]
    rows += [(int(a), "net", "nat", [NOW]) for a in rng.choice(700, 500, replace=False)]
    made = make(rows, crowd=3_000)
    graph = link(made, whole_rule(made))
    assert len(graph.pairs) > 20
    bits, families, proof = combine(
        graph.kinds, graph.rarity, graph.rule, graph.holdings.kind, graph.evidence, len(graph.pairs)
    )
    assert bits == pytest.approx(graph.pairs.bits, abs=1e-3)
    assert ((families >= graph.rule.min_families) | proof).all()
    assert (graph.pairs.bits >= graph.rule.threshold).all()
    assert graph.pairs.family_bits.sum(axis=1) == pytest.approx(graph.pairs.bits, abs=1e-2)
    hubs = set(graph.hubs.identifier.tolist())
    assert hubs.isdisjoint(graph.evidence.identifier.tolist())
    assert hubs == set(np.flatnonzero(~graph.rarity.links).tolist())
