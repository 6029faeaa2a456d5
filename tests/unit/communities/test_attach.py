"""Accounts that are left over and the groups that take them in."""

from helpers.holdings import NOW, link, make, pairs_of, rule

from linkage.communities.native import partition
from linkage.communities.rounds import join_groups

TEAM = 12


def communities(rows, threshold=26.0):
    made = make(rows, crowd=20_000)
    linked = link(made, rule(threshold=threshold))
    graph, joins = join_groups(linked, 1)
    label = partition(graph, threshold, 1)
    found = {}
    for account in range(max(row[0] for row in rows) + 1):
        found.setdefault(int(label[account]), set()).add(account)
    return linked, joins, [members for members in found.values() if len(members) > 1]


def team(first: int, name: str, size: int = TEAM):
    """Accounts on one card, one device and one registration each."""
    return [(first + a, kind, f"{kind}-{name}") for a in range(size) for kind in ("pay", "dev", "old")]


def test_an_account_that_shares_one_thing_each_with_several_members_is_taken_in():
    # The newcomer shares a text with one member and an address with another: no pair has two families.
    rows = [*team(0, "a"), (0, "text", "t"), (TEAM, "text", "t")]
    rows += [(1, "net", "n", [NOW]), (TEAM, "net", "n", [NOW])]
    linked, joins, found = communities(rows)
    assert all(b < TEAM for _, b in pairs_of(linked))
    assert found == [set(range(TEAM + 1))]
    assert len(joins) == 1
    assert {int(joins.size_a[0]), int(joins.size_b[0])} == {1, TEAM}


def test_one_family_alone_takes_nobody_in():
    rows = team(0, "a")
    for number in range(5):
        rows += [(number, "net", f"n{number}", [NOW]), (TEAM, "net", f"n{number}", [NOW])]
    _, joins, found = communities(rows)
    assert len(joins) == 0
    assert found == [set(range(TEAM))]


def test_an_account_between_two_groups_joins_the_nearer_and_bridges_none():
    middle = 2 * TEAM
    rows = team(0, "a") + team(TEAM, "b")
    rows += [(0, "text", "ta"), (1, "net", "na", [NOW]), (2, "text2", "ua")]
    rows += [(TEAM, "text", "tb"), (TEAM + 1, "net", "nb", [NOW])]
    rows += [(middle, "text", "ta"), (middle, "net", "na", [NOW]), (middle, "text2", "ua")]
    rows += [(middle, "text", "tb"), (middle, "net", "nb", [NOW])]
    _, _, found = communities(rows)
    assert found == [{*range(TEAM), middle}, set(range(TEAM, 2 * TEAM))]
