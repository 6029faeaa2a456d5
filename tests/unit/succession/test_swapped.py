"""Pool swaps: bits by hand, a wave of bans that is answered, and what sign-ups of a class and of the public give."""

import numpy as np
import pytest

from linkage.identifiers.registry import KINDS
from linkage.succession.sendings import DAY, HOUR
from linkage.succession.swapped import (
    AFTER,
    FALSE_SWAPS,
    HEIRS,
    QUIET,
    Bans,
    Left,
    beginners,
    claim_bits,
    claims,
    pool_swaps,
)

START = 20_000 * DAY


class World:
    """Accounts with their first act, bans, and who held what from when on."""

    def __init__(self, public: int, days: int, seed: int = 1) -> None:
        self.rng = np.random.default_rng(seed)
        self.days = days
        # One account opens the calendar; it was there before.
        self.begin = [START, *(START + (self.rng.random(public) * days * DAY).astype(np.int64)).tolist()]
        self.created = [START - DAY, *self.begin[1:]]
        self.bans: list[tuple[int, int]] = []
        self.left: list[tuple[int, int, int]] = []

    def account(self, at: int, created: int | None = None) -> int:
        """A new account that first acts then."""
        self.begin.append(START + at)
        self.created.append(START + at if created is None else created)
        return len(self.begin) - 1

    def ban(self, account: int, at: int) -> None:
        self.bans.append((account, START + at))

    def hold(self, value: int, *accounts: int) -> None:
        """They hold it since they began, by the day as the sightings are."""
        self.left += [(value, account, self.begin[account] // DAY * DAY) for account in accounts]

    @property
    def parts(self) -> tuple[Bans, Left, np.ndarray, np.ndarray]:
        bans = np.array(sorted(self.bans), np.int64).reshape(-1, 2)
        left = np.array(sorted(self.left), np.int64).reshape(-1, 3)
        return (
            Bans(bans[:, 0], bans[:, 1]),
            Left(left[:, 0], left[:, 1], left[:, 2]),
            np.array(self.begin, np.int64),
            np.array(self.created, np.int64),
        )

    def swaps(self) -> set[tuple[int, int]]:
        found = pool_swaps(*self.parts)
        return set(zip(found.banned.tolist(), found.heir.tolist(), strict=True))


def hourly(world: World, hours: int) -> None:
    """The public: one beginning in the middle of each hour."""
    for hour in range(hours):
        world.account(hour * HOUR + HOUR // 2)


def test_bits_by_hand():
    world = World(0, 30)
    hourly(world, 30 * 24)
    old = world.account(10 * DAY)
    heir = world.account(20 * DAY + HOUR // 4)
    world.ban(old, 20 * DAY)
    world.hold(0, old, heir)
    bans, left, begin, created = world.parts
    found = claims(bans, left, begin, beginners(begin, created))
    # 722 begin, of others one an hour. (The old account began as well, and not after its ban.)
    chance = np.array([1 + 1, 4 + 1, 24 + 1]) / 722
    assert AFTER.tolist() == [1, 4, 24]
    assert found.heir.tolist() == [heir]
    assert found.chance[0] == pytest.approx(chance)
    assert claim_bits(found) == pytest.approx([np.log2(np.mean(1 / chance))])
    swaps = pool_swaps(bans, left, begin, created)
    assert (swaps.banned.tolist(), swaps.heir.tolist()) == ([old], [heir])
    assert (swaps.within.tolist(), swaps.values.tolist()) == ([1], [1])
    assert (swaps.ban.tolist(), swaps.begin.tolist()) == ([20_020 * 24], [20_020 * 24])


def test_beginners_beyond_two_a_ban_count_as_what_they_are():
    world = World(0, 30)
    hourly(world, 30 * 24)
    old, heir = world.account(10 * DAY), world.account(20 * DAY + HOUR // 4)
    others = [world.account(20 * DAY + 2 * HOUR + minute) for minute in (1, 2)]
    world.ban(old, 20 * DAY)
    world.hold(0, old, heir, *others)
    bans, left, begin, created = world.parts
    found = claims(bans, left, begin, beginners(begin, created))
    # Three follow within 4 hours, one more than a ban explains, of three that could.
    assert HEIRS == 2
    share = np.array([1 + 1, 4 + 3, 24 + 3]) / 724
    place = found.heir.tolist().index(heir)
    assert found.chance[place] == pytest.approx([share[0], (1 + share[1]) / 4, (1 + share[2]) / 4])
    assert found.fair[place].all()
    assert claim_bits(found)[place] == pytest.approx(np.log2(np.mean(1 / found.chance[place])))


def test_who_was_there_before_the_data_begins_where_it_was_silent_long_enough():
    begin = START + np.array([0, 5, QUIET, QUIET + 5, 3]) * DAY
    created = np.array([START - DAY, START - DAY, START - DAY, -1, START + 2 * DAY])
    assert beginners(begin, created).tolist() == [False, False, True, True, True]
    assert beginners(np.array([-1, -1]), np.array([-1, START])).tolist() == [False, False]


def test_a_wave_of_bans_that_is_answered_within_hours():
    world = World(10_000, 30)
    old = [world.account(int(world.rng.integers(0, 10 * DAY))) for _ in range(20)]
    for account in old:
        world.ban(account, 20 * DAY + int(world.rng.integers(0, HOUR)))
    new = [world.account(20 * DAY + HOUR + int(world.rng.integers(0, 4 * HOUR))) for _ in range(30)]
    world.hold(7, *old, *new)
    found = pool_swaps(*world.parts)
    assert set(found.heir.tolist()) <= set(new)
    assert len(found) >= 25
    assert np.all(found.bits >= KINDS["pool_swap"].cap)


def test_a_class_gives_nothing_even_where_one_of_it_was_banned():
    world = World(2_000, 30)
    for text in range(20):
        first = world.account(5 * DAY + text * HOUR)
        world.ban(first, 12 * DAY + text * HOUR)
        pupils = [world.account(12 * DAY + text * HOUR + int(world.rng.integers(0, HOUR))) for _ in range(25)]
        world.hold(text, first, *pupils)
    assert world.swaps() == set()


def test_a_public_value_gives_nothing():
    world = World(3_000, 30)
    for account in world.rng.choice(3_000, 60, replace=False).tolist():
        world.ban(account, int(world.rng.integers(0, 30 * DAY)))
    world.hold(0, *world.rng.choice(3_000, 900, replace=False).tolist())
    assert world.swaps() == set()


def test_who_used_it_before_or_elsewhere_is_no_heir():
    world = World(2_000, 30)
    old = world.account(2 * DAY)
    world.ban(old, 20 * DAY)
    before, late = world.account(20 * DAY - HOUR), world.account(20 * DAY + HOUR // 2)
    world.hold(0, old, before)
    world.hold(1, old)
    # It begins after the ban, and takes the value up days later.
    world.left.append((0, late, START + 25 * DAY))
    assert world.swaps() == set()
    bans, left, begin, created = world.parts
    assert late not in claims(bans, left, begin, beginners(begin, created)).heir.tolist()


def test_by_chance_a_bet_has_mean_one_and_few_are_accepted():
    won, accepted, values = [], 0, 0
    for seed in range(20):
        world = World(3_000, 30, seed=seed)
        banned = world.rng.choice(np.arange(1, 3_000), 150, replace=False)
        for account in banned.tolist():
            world.ban(account, int(world.rng.integers(0, 30 * DAY)))
        for value, account in enumerate(banned.tolist()):
            world.hold(value, account, *world.rng.choice(np.arange(1, 3_000), 8, replace=False).tolist())
        bans, left, begin, created = world.parts
        found = claims(bans, left, begin, beginners(begin, created))
        won += (2.0 ** claim_bits(found)).tolist()
        accepted += len(world.swaps())
        values += 150
    assert len(won) > 2_000
    assert np.mean(won) < 1.1
    # Within a value one in ten may be false, 300 of 3,000: a bet that has to win ten times as much as it costs, and
    # that of eight accounts, does so more seldom.
    assert accepted <= 0.2 * FALSE_SWAPS * values


def test_nobody_was_banned():
    none = np.empty(0, np.int64)
    assert (
        len(pool_swaps(Bans(none, none), Left(none, none, none), np.array([START]), np.array([START]))) == 0
    )
    assert len(pool_swaps(Bans(none, none), Left(none, none, none), none, none)) == 0
