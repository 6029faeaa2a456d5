"""Operators that send the same texts are parted where nothing else mixes their accounts."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.holdings import Row, link, make, rule

from linkage.communities.density import density
from linkage.communities.parties import MISTAKEN, PARTED_BITS, apart_bits, part_parties, parted, parties
from linkage.engine.base import Partition
from linkage.links.kernels import Pairs
from linkage.links.stars import no_stars
from linkage.run.parted import with_parties


def test_bits_for_two_parties_by_hand():
    # Three groups of three on the first side, one of four on the second: 9 and 4 of 13 tied accounts.
    count = np.array([[3, 0], [3, 0], [3, 0], [0, 4]], dtype=float)
    own, other = np.log2(0.95 / (9 / 13)), np.log2(0.95 / (4 / 13))
    assert apart_bits(count, 0)[1] == pytest.approx(3 * 2 * own + 3 * other)
    assert apart_bits(count, 1)[0] == apart_bits(count, 0)[1]
    # One account of a group of four is on the other side: 6 and 4 of 10 that are in groups of two and more.
    count = np.array([[3, 0], [3, 1], [1, 0], [0, 3]], dtype=float)
    tied = np.array([6, 4]) / 10
    expected = (2 + 2) * np.log2(0.95 / tied[0]) + np.log2(MISTAKEN / tied[1]) + 2 * np.log2(0.95 / tied[1])
    assert apart_bits(count, 0)[1] == pytest.approx(expected)
    # Of a pair that is half here and half there either side may be the first: 2 · .5 · .5 by chance, .05 for two.
    assert apart_bits(np.array([[1.0, 1.0]]), 0)[1] == pytest.approx(np.log2(MISTAKEN / 0.5))
    # Nothing ties anybody of the second side.
    assert apart_bits(np.array([[3.0, 0.0]]), 0).tolist() == [0.0, 0.0]


def test_mixing_never_speaks_for_two_however_small_a_side_is():
    # 80 accounts of 4,000, each with one of the other side: what chance does, though rarer than mistakes.
    count = np.array([[1, 1]] * 80 + [[2, 0]] * 1_960, dtype=float)
    assert apart_bits(count, 0)[1] < 0
    # Pairs dealt out to a side of 2 % and the rest without a look at either.
    rng = np.random.default_rng(1)
    drawn = rng.binomial(2, 0.02, 10_000)
    assert apart_bits(np.stack([2 - drawn, drawn], axis=1).astype(float), 0)[1] < 0


def numbered(*counts: int) -> np.ndarray:
    return np.repeat(np.arange(len(counts)), counts)


def test_clusters_are_put_together_while_other_ties_mix_them():
    cluster = numbered(10, 10, 10)
    # Groups of two over the first two clusters, and five groups of two inside the third.
    group = np.concatenate([np.arange(10), np.arange(10), 10 + np.arange(10) // 2])
    common = np.full((3, 3), 50.0)
    # The third keeps to itself: 5 accounts after the first, of a third of all: 5 · log2(.95 · 3) and 10 that do not.
    assert apart_bits(np.array([[1, 1, 0]] * 10 + [[0, 0, 2]] * 5, dtype=float), 0)[2] == 0.0
    side = parted(cluster, group, common)
    assert side.tolist() == [0] * 20 + [1] * 10
    # With two groups in it there are 2 · log2(.95 / (4 / 24)) + 10 · log2(.95 / (20 / 24)) = 6.9 bits: too few.
    few = np.where(np.arange(30) >= 24, -1, group)
    assert 2 * np.log2(0.95 * 6) + 10 * np.log2(0.95 * 1.2) < PARTED_BITS
    assert parted(cluster, few, common).tolist() == [0] * 30


def test_clusters_of_which_nothing_else_is_known_go_with_whom_they_share_most_texts():
    cluster = numbered(12, 12, 4)
    group = np.concatenate([np.arange(12) // 3, 4 + np.arange(12) // 3, [-1] * 4])
    near_second = np.array([[0.0, 9.0, 1.0], [9.0, 0.0, 20.0], [1.0, 20.0, 0.0]])
    assert parted(cluster, group, near_second).tolist() == [1] * 12 + [0] * 16


def test_who_sends_no_text_goes_with_whom_all_else_ties_him_to():
    cluster = np.append(numbered(12, 12), [-1, -1])
    group = np.concatenate([np.arange(12) // 3, 4 + np.arange(12) // 3, [7, -1]])
    assert parted(cluster, group, np.zeros((2, 2))).tolist() == [0] * 12 + [1] * 12 + [1, 0]


def test_a_side_of_two_is_none():
    cluster = numbered(30, 2)
    group = np.concatenate([np.arange(30) // 2, [20, 20]])
    # One account after the first in a side of 2 among 32: 4 bits, and 15 that are where most are.
    assert parted(cluster, group, np.ones((2, 2))).tolist() == [0] * 32


def test_what_the_network_mixes_is_looked_at_without_it():
    # One pool of exits has everybody; the cards of four accounts each keep to the clusters.
    cluster = numbered(12, 12)
    pool, cards = np.zeros(24, np.int64), np.arange(24) // 4
    assert parted(cluster, pool, np.ones((2, 2))).tolist() == [0] * 24
    assert parties(cluster, [pool, cards], np.ones((2, 2))).tolist() == [0] * 12 + [1] * 12
    # Cards that are dealt out over both are one party's.
    assert parties(cluster, [pool, np.arange(24) % 6], np.ones((2, 2))).tolist() == [0] * 24
    # What the first look parted is looked at on its own: of three, cards part the third and lines the first.
    three = numbered(12, 12, 12)
    lines = np.where(three == 0, 0, 1)
    cards = np.where(three == 2, 100, 0) + np.arange(36) % 3
    assert parties(three, [lines, cards], np.ones((3, 3))).tolist() == [1] * 12 + [0] * 12 + [2] * 12


SIZE = 16


def two_operators(*, mixed: bool) -> list[Row]:
    """Two times 16 accounts on three texts of all, six of each half, and cards and machines of four accounts each.

    `mixed`: the cards and machines are dealt out without a look at the texts.
    """
    rows: list[Row] = []
    for account in range(2 * SIZE):
        half = account // SIZE
        rows += [(account, "text", f"all {n}") for n in range(3)]
        rows += [(account, "text", f"own {half} {n}") for n in range(6)]
        card = account % 8 if mixed else account // 4
        rows += [(account, "pay", card), (account, "dev", card)]
    return rows


@pytest.mark.parametrize("mixed", [False, True])
def test_one_campaign_of_two_operators_is_two_parties(mixed: bool):
    made = make(two_operators(mixed=mixed), crowd=50_000)
    linked = link(made, rule(threshold=22.0))
    community = np.arange(made.accounts, dtype=np.int32)
    community[: 2 * SIZE] = 0
    found = part_parties(linked, community, 1)[: 2 * SIZE]
    expected = [0] * 2 * SIZE if mixed else [0] * SIZE + [1] * SIZE
    assert found.tolist() == expected
    whole = Partition(community, density(made.accounts, community, linked.pairs.a, linked.pairs.b))
    kept = with_parties(linked, whole, 1)
    assert (kept is whole) == mixed
    assert kept.of_accounts(2 * SIZE).tolist() == expected


def test_stars_go_with_most_of_their_members_and_stay_in_communities_that_are_not_parted():
    made = make(two_operators(mixed=False), crowd=50_000)
    linked = link(made, rule(threshold=22.0))
    crowd = 2 * SIZE
    # A star of three of the second party and one of the first, and one of the crowd in a community of another.
    stars = replace(
        no_stars(),
        first=np.zeros(2, np.int32),
        second=np.full(2, -1, np.int32),
        star=np.array([0, 0, 0, 0, 1, 1]),
        account=np.array([0, SIZE, SIZE + 1, SIZE + 2, crowd, crowd + 1], np.int32),
        bits=np.full(6, 30.0),
    )
    community = np.arange(made.accounts, dtype=np.int32)
    community[: 2 * SIZE] = 0
    vertices = np.append(community, [0, community[crowd + 2]]).astype(np.int32)
    whole = Partition(vertices, density(made.accounts, community, linked.pairs.a, linked.pairs.b))
    kept = with_parties(replace(linked, stars=stars), whole, 1).community
    assert kept[made.accounts] == kept[SIZE] != kept[0]
    assert kept[made.accounts + 1] == kept[crowd + 2]


def test_who_has_nothing_but_a_link_goes_with_whom_it_links_him_to():
    made = make(two_operators(mixed=False), crowd=50_000)
    linked = link(made, rule(threshold=22.0))
    stray = 2 * SIZE
    pairs = linked.pairs
    added = Pairs(
        np.append(pairs.a, np.int32(SIZE)), np.append(pairs.b, np.int32(stray)), np.append(pairs.bits, 23.0),
        np.concatenate([pairs.family_bits, pairs.family_bits[:1]]),
    )  # fmt: skip
    community = np.arange(made.accounts, dtype=np.int32)
    community[: stray + 1] = 0
    found = part_parties(replace(linked, pairs=added), community, 1)[: stray + 1]
    assert found.tolist() == [0] * SIZE + [1] * (SIZE + 1)


def test_without_texts_there_is_nothing_to_part_by():
    rows = [(account, kind, account // 4) for account in range(16) for kind in ("pay", "dev")]
    linked = link(make(rows, crowd=1_000), rule(threshold=15.0))
    community = np.zeros(linked.holdings.accounts, dtype=np.int32)
    assert part_parties(linked, community, 1) is community
    nobody = link(make([], accounts=0), rule())
    assert part_parties(nobody, community[:0], 1).tolist() == []


def test_data_of_one_family_has_nothing_else():
    made = make(two_operators(mixed=False), crowd=50_000)
    linked = link(made, rule(threshold=22.0, min_families=1))
    community = np.zeros(made.accounts, dtype=np.int32)
    assert part_parties(linked, community, 1) is community
