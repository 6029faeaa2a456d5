"""The drawing pieces: codes and their spelling, holdings, groups, ring sizes, addresses."""

import ipaddress

import numpy as np
import pyarrow as pa
import pytest

from linkage.simulate.addresses import home6, ip_strings, plan_addresses
from linkage.simulate.base import home_addresses
from linkage.simulate.canvas import blank
from linkage.simulate.codes import Salt, code, hex_strings, join_pieces, mix
from linkage.simulate.decoys import _group
from linkage.simulate.held import Bag, Held, Pools
from linkage.simulate.knobs import SCALES, Sharing
from linkage.simulate.operators import ring_sizes
from linkage.simulate.texts import prompts


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_mix_is_a_bijection_on_what_it_is_given() -> None:
    numbers = np.arange(100_000, dtype=np.uint64)
    assert len(np.unique(mix(numbers))) == len(numbers)


def test_a_code_leaves_its_lowest_byte_free() -> None:
    codes = code(1, Salt.CARD, np.arange(1_000))
    assert (codes > 0).all()
    assert (codes & 255 == 0).all()


def test_hex_strings_spell_the_number() -> None:
    assert hex_strings(ints(255, 4096), "x_", 4).to_pylist() == ["x_00ff", "x_1000"]
    assert [len(text) for text in hex_strings(ints(1), width=32).to_pylist()] == [32]


def test_pieces_are_joined_row_by_row() -> None:
    bank = pa.array(["", "a", "bc", "."])
    assert join_pieces(bank, np.array([[1, 3, 2], [0, 0, 1], [0, 0, 0]])).to_pylist() == ["a.bc", "a", ""]


def test_only_what_is_held_at_the_time_is_drawn() -> None:
    owner = ints(0, 0, 2)
    bag = Bag(
        Held.of(owner, ints(10, 20, 30), np.array([1.0, 1e-9, 1.0]), ints(0, 50, 0), ints(50, 100, 100)), 3
    )
    asked = np.repeat(ints(0, 0, 1, 2, 2), 200)
    at = np.repeat(ints(10, 60, 10, 10, 200), 200)
    drawn = bag.draw(asked, at, np.random.default_rng(1)).reshape(5, 200)
    assert [set(row.tolist()) for row in drawn] == [{10}, {20}, {0}, {30}, {0}]


def test_holdings_are_drawn_by_weight() -> None:
    bag = Bag(Held.of(ints(0, 0), ints(1, 2), np.array([3.0, 1.0])), 1)
    drawn = bag.draw(
        np.zeros(20_000, dtype=np.int64), np.zeros(20_000, dtype=np.int64), np.random.default_rng(1)
    )
    assert (drawn == 1).mean() == pytest.approx(0.75, abs=0.02)


def test_holdings_of_some_owners_are_renumbered() -> None:
    held = Held.join([Held.of(ints(7, 3, 7), ints(1, 2, 3))])
    found = held.of_owners(ints(3, 5, 7))
    assert found.owner.tolist() == [0, 2, 2]
    assert found.value.tolist() == [2, 1, 3]


def test_a_pool_gives_one_address_a_period_and_all_in_the_end() -> None:
    pools = Pools()
    pool = pools.add(ints(1, 2, 3), period=100)
    at = np.arange(0, 10_000)
    shown = pools.resolve(1, np.full(len(at), pool), np.zeros(len(at), dtype=np.int64), at)
    assert set(shown.tolist()) == {1, 2, 3}
    assert all(len(set(shown[i : i + 100].tolist())) == 1 for i in range(0, 10_000, 100))
    assert pools.resolve(1, ints(99), ints(0), ints(0)).tolist() == [99]


def test_groups_cover_all_and_none_is_too_small() -> None:
    for seed in range(20):
        group = _group(101, Sharing(0.1, 4, 25, "they share"), np.random.default_rng(seed))
        assert len(group) == 101
        assert (np.diff(group) >= 0).all()
        assert np.bincount(group).min() >= 4


def test_ring_sizes_have_one_large_and_a_tail() -> None:
    sizes = ring_sizes(2_400, 0.35, np.random.default_rng(1))
    assert sum(sizes) == 2_400
    assert sizes[0] == 840
    assert min(sizes) == 2
    assert max(sizes[1:]) <= 0.12 * 2_400 + 2


def test_a_cluster_has_twenty_thousand_at_most() -> None:
    sizes = ring_sizes(24_000, SCALES["seed"].largest_ring, np.random.default_rng(1))
    assert sizes[0] == 20_000
    assert max(ring_sizes(100_000, 0.35, np.random.default_rng(1))) == 20_000
    tail = np.array(sizes[1:])
    # A heavy tail: most rings are tiny, a tenth of them holds most accounts.
    assert np.median(tail) <= 5
    assert np.sort(tail)[-len(tail) // 10 :].sum() > 0.5 * tail.sum()


def test_homes_have_prefixes_of_their_own_and_spell_them_as_usual() -> None:
    plan = plan_addresses(np.full(21, 100), np.full(21, 200), np.random.default_rng(1))
    stories = plan.take6(np.repeat([0, 5], 50))
    homes = home6(np.repeat([0, 5], 50), np.tile(np.arange(50), 2))
    both = np.concatenate([stories, homes])
    assert len(np.unique(both)) == 200
    spelled = ip_strings(np.concatenate([[(1 << 24) + 5], both])).to_pylist()
    assert spelled[0] == "1.0.0.5"
    networks = {ipaddress.ip_network(c) for c in plan.ranges["cidr"] if ":" in str(c)}
    for text in spelled[1:]:
        address = ipaddress.ip_address(text)
        assert address.is_global
        assert any(address in network for network in networks)
    assert len({ipaddress.ip_network(f"{text}/64", strict=False) for text in spelled[1:]}) == 200


def test_addresses_are_handed_out_once() -> None:
    plan = plan_addresses(np.full(21, 100), np.full(21, 200), np.random.default_rng(1))
    taken = np.concatenate([plan.take("residential", np.zeros(30_000, dtype=np.int64)) for _ in range(2)])
    assert len(np.unique(taken)) == 60_000
    with pytest.raises(ValueError, match="no residential address left"):
        plan.take("residential", np.zeros(10_000, dtype=np.int64))


def test_a_template_fixes_all_but_its_slots() -> None:
    rows = np.arange(4, dtype=np.uint64)
    first, second, variant, other = prompts(
        code(1, Salt.TEMPLATE, ints(5, 5, 5, 6)) + ints(0, 0, 1, 0), rows
    ).to_pylist()
    common = {tuple(text.split()[:5]) for text in (first, second)}
    assert first != second
    assert len(common) == 1
    assert len({first, second, variant, other}) == 4


def test_a_blank_world_is_settled_by_its_seed() -> None:
    first, second, other = blank(1_000, 30, 1), blank(1_000, 30, 1), blank(1_000, 30, 2)
    assert (first.accounts.created == second.accounts.created).all()
    assert (first.accounts.created != other.accounts.created).any()


def test_no_two_accounts_live_in_one_home() -> None:
    canvas = blank(2_000, 30, 1)
    everyone = np.arange(2_000, dtype=np.int64)
    canvas.settle(everyone[:50], np.full(50, 20))
    homes = np.concatenate([home_addresses(canvas, everyone, number) for number in (0, 1)])
    assert len(np.unique(homes)) == 4_000
    assert (
        home_addresses(canvas, everyone[:50], 0) >> 16 << 16
        == canvas.addresses.spaces["residential", 20].bases
    ).all()
