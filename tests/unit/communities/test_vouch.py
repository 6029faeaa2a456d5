"""Values that are vouched for by what ties their users otherwise."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.holdings import make, pairs_of, rule, weigh

from linkage.communities.vouch import Clusters, measure, vouch, vouched_values
from linkage.identifiers.base import Family
from linkage.identifiers.registry import FAMILY_NUMBER
from linkage.links.cohesion import wilson_lower
from linkage.links.linking import BLOCK, link_accounts

RING = 12


def test_what_independent_ties_say_of_clusters():
    # Cluster 0 is accounts 0 to 5, cluster 1 is 6 to 9. Ties: 0-1 and 1-2 inside, 3-6 across, 7-8 inside the other.
    label = np.array([0] * 6 + [1] * 4)
    busy = np.array([True, True, False, True, False, False, False, True, False, False])
    found = measure(label, np.array([0, 1, 3, 7]), np.array([1, 2, 6, 8]), busy)
    assert found.size.tolist() == [6, 4]
    assert found.covered.tolist() == [3, 2]
    assert np.flatnonzero(found.inside_tied).tolist() == [0, 1, 2, 7, 8]
    # Of 0, 1 and 3 the first two, and 7.
    assert (found.busy.tolist(), found.busy_covered.tolist()) == ([3, 1], [2, 1])
    assert found.tied.tolist() == [4, 3]
    assert found.ties.tolist() == [2, 1]
    # 0, 1 and 2 hold together, 7 and 8; 3 and 6 are in two clusters.
    assert found.largest.tolist() == [3, 2]
    # 0, 1 and 2 have all their partners inside, 3 none; of the other cluster 7 and 8 have, 6 has not.
    assert found.inside.tolist() == pytest.approx([3 / 4, 2 / 3])


def made(
    covered: int, size: int, ties: int, inside: float, busy: int = 0, busy_covered: int = 0, largest: int = 2
) -> Clusters:
    one = np.array([1])
    return Clusters(
        label=np.zeros(size, np.int32), inside_tied=np.zeros(size, np.bool_), size=one * size, covered=one * covered,
        busy=one * busy, busy_covered=one * busy_covered, tied=one * covered, ties=one * ties,
        largest=one * largest, inside=np.array([inside]),
    )  # fmt: skip


def test_a_cluster_is_vouched_for_by_a_share_of_its_accounts():
    # Of 12 accounts 6 are tied: at least 0.286 with 95 % confidence. Of 52 accounts 8 are: 0.089.
    assert wilson_lower(6, 12) == pytest.approx(0.2855, abs=0.0001)
    assert wilson_lower(8, 52) == pytest.approx(0.0889, abs=0.0001)
    assert made(6, 12, 3, 0.5).vouched.tolist() == [True]
    assert made(8, 52, 4, 0.5).vouched.tolist() == [False]


def test_of_those_who_can_follow_a_schedule_a_share_is_enough():
    # 30 of 170 are tied, too few of all; 27 of the 40 that act on five days or more are: at least 0.545; of 9, 0.133.
    assert wilson_lower(27, 40) == pytest.approx(0.5455, abs=0.001)
    assert made(30, 170, 29, 0.6).vouched.tolist() == [False]
    assert made(30, 170, 29, 0.6, busy=40, busy_covered=27).vouched.tolist() == [True]
    assert made(30, 170, 29, 0.6, busy=40, busy_covered=9).vouched.tolist() == [False]


def test_one_company_does_not_vouch_for_all_who_use_a_text_that_it_found():
    # 13 of 37 are tied (at least 0.236), 11 of them in one company: of the other 26 two are, at least 0.026.
    assert wilson_lower(2, 26) == pytest.approx(0.0258, abs=0.0001)
    assert made(13, 37, 11, 0.5, largest=11).vouched.tolist() == [False]
    # Five of the other 29 are: at least 0.087, more than of any crowd.
    assert wilson_lower(5, 29) == pytest.approx(0.0865, abs=0.0001)
    assert made(13, 37, 9, 0.5, largest=8).vouched.tolist() == [True]
    # Half of the cluster hangs together by something else: it is that group's own text.
    assert made(19, 37, 18, 0.5, largest=19).vouched.tolist() == [True]
    assert made(18, 37, 17, 0.5, largest=18).vouched.tolist() == [False]


def test_whoever_rents_from_a_pool_has_most_partners_elsewhere():
    # 14 of 25 are tied, in groups of 4 at most; a fifth of their partners is inside, or a tenth.
    assert wilson_lower(10, 21) == pytest.approx(0.3105, abs=0.001)
    label = np.zeros(5_000, np.int32)
    assert replace(made(14, 25, 9, 0.2, largest=4), label=label).vouched.tolist() == [True]
    assert replace(made(14, 25, 9, 0.1, largest=4), label=label).vouched.tolist() == [False]
    # Of 1,000 accounts the cluster is one in 40: a fifth is eight times what it has by chance.
    assert replace(made(14, 25, 9, 0.2, largest=4), label=label[:1_000]).vouched.tolist() == [False]
    # One group that has most of its partners elsewhere is a part of a company.
    assert replace(made(14, 25, 13, 0.2, largest=14), label=label).vouched.tolist() == [False]


def test_one_tie_or_partners_elsewhere_do_not_vouch():
    assert made(2, 3, 1, 1.0).vouched.tolist() == [False]
    assert made(6, 12, 3, 0.1).vouched.tolist() == [False]


def texts(first: int, count: int, name: str):
    """A chain of texts, each used by three accounts in a row: no text ties more than three, together they tie all."""
    return [
        (first + (start + step) % count, "text", f"{name}{start}")
        for start in range(count)
        for step in range(3)
    ]


def cards(first: int, count: int, name: str):
    """Pairs of accounts with one card each."""
    return [(first + a, "pay", f"{name}{a // 2}") for a in range(count)]


def idle(weighed):
    return np.zeros(weighed.holdings.accounts, np.bool_)


def linked_by(rows, threshold=20.0):
    weighed = weigh(make(rows, crowd=20_000), rule(threshold=threshold))
    return pairs_of(link_accounts(weighed)), pairs_of(link_accounts(vouch(weighed, 1, idle(weighed))))


def test_texts_of_accounts_that_cards_tie_are_near_proof():
    before, after = linked_by([*texts(0, RING, "t"), *cards(0, 10, "c")])
    # Only pairs with a card and a text in common are linked by themselves.
    assert set(before) == {(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)}
    # The texts of 9, 10 and 11, and of 10, 11 and 0, have one user each whom a card ties.
    assert {(a, b) for a, b in after if b < RING} >= {(a, a + 1) for a in range(RING - 2)}
    assert (10, 11) not in after


def test_who_shares_a_text_with_one_member_does_not_vouch_for_himself():
    rows = [*texts(0, RING, "t"), *cards(0, 12, "c")]
    _, after = linked_by([*rows, (0, "text", "rare"), (100, "text", "rare")])
    assert not any(b >= 100 for _, b in after)
    # Two of three are in the cluster by more than the text, three of four are enough.
    _, after = linked_by([*rows, *((account, "text", "rare") for account in (0, 3, 100))])
    assert not any(b >= 100 for _, b in after)
    _, after = linked_by([*rows, *((account, "text", "rare") for account in (0, 3, 6, 100))])
    assert (0, 100) in after


def test_texts_of_strangers_stay_what_they_were():
    before, after = linked_by([*texts(0, RING, "t"), *cards(0, 2, "c")])
    assert before == after
    assert set(before) == {(0, 1)}


def test_a_text_that_strangers_use_as_well_is_not_vouched_for():
    rows = [*texts(0, RING, "t"), *cards(0, 8, "c")]
    rows += [(account, "text", "common") for account in (0, 3, 100, 101, 102, 103)]
    _, after = linked_by(rows)
    assert not any(b >= 100 for _, b in after)
    assert (0, 3) not in after


def test_data_of_one_family_has_no_witness():
    weighed = weigh(make(texts(0, RING, "t"), crowd=20_000), rule(threshold=10.0, min_families=1))
    assert vouch(weighed, 1, idle(weighed)) is weighed


def common_texts(first: int, count: int, name: str):
    """Five texts of which each account uses three: each text has three in five of the accounts."""
    return [
        (first + account, "text", f"{name}{number}")
        for account in range(count)
        for number in range(5)
        if (account + number) % 5 > 1
    ]


@pytest.mark.parametrize(("tied", "stars"), [(100, 5), (20, 0)])
def test_common_texts_are_vouched_for_as_one_job(tied, stars):
    # 180 of 300 accounts use each text, too many for pairs; cards tie 100 of them (a bound of 0.29), or only 20 (0.05).
    weighed = weigh(
        make([*common_texts(0, 300, "t"), *cards(0, tied, "c")], crowd=20_000), rule(threshold=20.0)
    )
    assert len(link_accounts(weighed).stars) == 0
    assert len(weighed.hubs.identifier) == 5
    after = link_accounts(vouch(weighed, 1, idle(weighed)))
    assert (len(after.stars), len(after.hubs.identifier)) == (stars, 5 - stars)
    assert np.bincount(after.stars.star, minlength=stars).tolist() == [180] * stars


def test_a_forbidden_text_stays_a_hub_whoever_vouches_for_it():
    world = make([*common_texts(0, 300, "t"), *cards(0, 100, "c")], crowd=20_000)
    weighed = weigh(world, rule(threshold=20.0), barred=[("text", "t0")])
    after = vouch(weighed, 1, idle(weighed))
    text = world.place["text", "t0"]
    assert after.hubs.identifier.tolist() == [text]
    assert not after.rarity.links[text]
    assert len(link_accounts(after).stars) == 4


@pytest.mark.parametrize(("users", "proven"), [(BLOCK, False), (BLOCK + 1, True)])
def test_clusters_by_jobs_vouch_for_common_texts_alone(users, proven):
    """Of the crowd of a public text a fifth may well be tied: what pairs can tell is left to pairs."""
    weighed = weigh(
        make([(account, "text", "t") for account in range(users)], crowd=20_000), rule(threshold=20.0)
    )
    accounts = weighed.holdings.accounts
    label = np.where(np.arange(accounts) < users, 0, np.arange(accounts))
    clusters = measure(label, np.arange(users - 1), np.arange(1, users), idle(weighed))
    assert clusters.vouched[0]
    content = FAMILY_NUMBER[Family.CONTENT]
    assert vouched_values(weighed, content, clusters, common=True).tolist() == [proven]
    assert vouched_values(weighed, content, clusters).tolist() == [
        not proven and bool(weighed.rarity.links[0])
    ]
