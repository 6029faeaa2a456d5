"""Accounts that hang on a ring by one card or one machine."""

from helpers.holdings import NOW
from test_attach import TEAM, communities, team

from linkage.communities.possession import POSSESSIONS
from linkage.identifiers.base import Family

# A card of two accounts has 12 to 13 bits here: more than half of a link, and no link.
THRESHOLD = 22.0


def test_only_what_one_party_possesses_ties():
    assert set(POSSESSIONS) == {Family.PAYMENT, Family.DEVICE}


def test_whoever_pays_with_a_members_card_belongs_to_the_group():
    _, joins, found = communities([*team(0, "a"), (0, "pay", "second"), (TEAM, "pay", "second")], THRESHOLD)
    assert found == [set(range(TEAM + 1))]
    assert [(int(joins.a[0]), int(joins.b[0]))] == [(0, TEAM)]
    assert {int(joins.size_a[0]), int(joins.size_b[0])} == {1, TEAM}


def test_an_address_or_a_text_alone_does_not():
    rows = [*team(0, "a"), (0, "text", "t"), (TEAM, "text", "t")]
    rows += [(1, "net", "n", [NOW]), (TEAM + 1, "net", "n", [NOW])]
    _, joins, found = communities(rows, THRESHOLD)
    assert found == [set(range(TEAM))]
    assert len(joins) == 0


def test_a_card_alone_makes_no_group():
    _, joins, found = communities([(0, "pay", "c"), (1, "pay", "c"), (2, "pay", "c")], THRESHOLD)
    assert found == []
    assert len(joins) == 0


def test_a_card_of_many_accounts_adds_one_join_for_each():
    rows = [*team(0, "a"), (0, "pay", "second"), (TEAM, "pay", "second"), (TEAM + 1, "pay", "second")]
    _, joins, found = communities(rows, THRESHOLD)
    assert found == [set(range(TEAM + 2))]
    assert len(joins) == 2


def test_accounts_on_one_card_belong_to_a_group_as_one_holder():
    # None of the three shares two families with the group; the three together do.
    rows = [*team(0, "a"), *[(TEAM + a, "pay", "c") for a in range(3)]]
    rows += [(0, "text", "t"), (TEAM, "text", "t"), (1, "text2", "u"), (TEAM, "text2", "u")]
    rows += [(2, "net", "n", [NOW]), (TEAM + 1, "net", "n", [NOW])]
    _, _, found = communities(rows, THRESHOLD)
    assert found == [set(range(TEAM + 3))]
