"""Bits of shared values: by hand, by a plain reference, and by the rule about families."""

import math
from collections import defaultdict

import numpy as np
import pytest
from helpers.holdings import DAY, KINDS, NOW, Made, make, rule
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.links.evidence import combine, pair_evidence
from linkage.links.kernels import find_pairs
from linkage.links.rarity import (
    FAMILY_FLOOR,
    LinkRule,
    Rarity,
    families_bits,
    family_bits,
    prior_log_odds,
    threshold_bits,
    value_bits,
)

CROWD = 1_000


def pairs(
    made: Made, by: LinkRule, rarity: Rarity | None = None, *, block: int = 64, supporting: bool = True
):
    found = find_pairs(
        made.seen.holdings,
        made.arrays,
        rarity or made.plain(),
        by,
        block=block,
        as_of=NOW,
        supporting=supporting,
    )
    return dict(zip(zip(found.a.tolist(), found.b.tolist(), strict=True), found.bits.tolist(), strict=True))


def lines(made: Made, a: int, b: int, **options: bool) -> dict[tuple[str, object], float]:
    """Bits of each value that two accounts share."""
    found = pair_evidence(
        made.seen.holdings, made.arrays, made.plain(), np.array([a], np.int32), np.array([b], np.int32),
        as_of=NOW, **options,
    )  # fmt: skip
    names = {at: value for value, at in made.place.items()}
    return {names[int(at)]: bits for at, bits in zip(found.identifier, found.bits.tolist(), strict=True)}


def test_one_shared_value_gives_log2_of_m_over_u():
    # d = 3 hold the card, S = 1,000 of the crowd + 3 here, the busier account holds n = 1.
    made = make([(0, "pay", "c"), (1, "pay", "c"), (2, "pay", "c")], crowd=CROWD)
    assert lines(made, 0, 1)["pay", "c"] == pytest.approx(math.log2(0.5 / (2 * 1 / 1_003)))


def test_the_busier_account_decides_what_a_coincidence_is_worth():
    rows = [(0, "pay", "c"), (1, "pay", "c"), *((1, "pay", f"own{i}") for i in range(9))]
    made = make(rows, crowd=CROWD)
    # n = 10 cards of account 1, S = 1,000 + 1 + 10.
    assert lines(made, 0, 1)["pay", "c"] == pytest.approx(math.log2(0.5 / (1 * 10 / 1_011)))


def test_the_cap_holds_and_bits_are_never_negative():
    rare = make([(0, "net", "a"), (1, "net", "a")], crowd=60_000)
    assert lines(rare, 0, 1)["net", "a"] == 12.0
    common = make([(i, "pay", "c") for i in range(10)])
    assert lines(common, 0, 1, all_values=True)["pay", "c"] == 0.0
    # (d - 1) · n / S = 9 / 10 > m = 0.5: nothing, not less than nothing.
    assert value_bits(0.5, 20.0, 10.0, 1.0, 10.0, 0.0, 0.0) == 0.0


def test_two_holders_of_one_group_leave_half_an_outsider():
    assert value_bits(0.5, 40.0, 1.0, 1.0, 1_024.0, 0.0, 0.0) == pytest.approx(10.0)
    assert value_bits(0.5, 40.0, 0.0, 1.0, 1_024.0, 0.0, 0.0) == pytest.approx(10.0)


def test_evidence_halves_with_the_age_at_which_the_first_of_two_dropped_it():
    fresh, stale = NOW, NOW - 100 * DAY
    rows = [
        (0, "old", "x", [stale]),
        (1, "old", "x", [stale, fresh]),
        (2, "old", "y", [fresh]),
        (3, "old", "y", [fresh]),
    ]
    made = make(rows, crowd=CROWD)
    full = math.log2(0.5 / (1 / 1_004))
    assert lines(made, 0, 1)["old", "x"] == pytest.approx(full / 2)
    assert lines(made, 2, 3)["old", "y"] == pytest.approx(full)
    # What lies ahead of the run's moment is not older than new.
    assert value_bits(0.5, 20.0, 2.0, 1.0, 1_004.0, -24.0, 2_400.0) == pytest.approx(full)


def test_a_kind_without_hubs_gives_its_whole_cap_however_common():
    made = make([(i, "never", "t") for i in range(40)])
    assert lines(made, 3, 30)["never", "t"] == 14.0


def test_prior_and_threshold():
    assert prior_log_odds(1_025) == pytest.approx(-10.0)
    assert prior_log_odds(1_025, partners=4.0) == pytest.approx(-8.0)
    assert threshold_bits(-10.0, 0.5) == pytest.approx(10.0)
    assert threshold_bits(-10.0, 0.95) == pytest.approx(10.0 + math.log2(19))
    assert rule(threshold=10.0, prior=-10.0).posterior == pytest.approx(0.5)
    # A single account has nobody to share an owner with: no division by zero.
    assert math.isfinite(prior_log_odds(1)) and math.isfinite(prior_log_odds(0))


def test_a_family_counts_its_best_line_in_full_and_the_rest_at_a_discount():
    rows = [(a, kind, "v") for a in (0, 1) for kind in ("text", "text2", "dev")]
    made = make(rows, crowd=CROWD)
    text, device = math.log2(0.6 * 1_002), math.log2(0.4 * 1_002)
    found = pairs(made, rule(threshold=10.0, discount=0.25))
    assert found[0, 1] == pytest.approx(text + 0.25 * text + device, abs=1e-4)
    assert pairs(made, rule(threshold=10.0, discount=0.0))[0, 1] == pytest.approx(text + device, abs=1e-4)
    assert pairs(made, rule(threshold=10.0, discount=1.0))[0, 1] == pytest.approx(2 * text + device, abs=1e-4)


def test_many_lines_of_a_family_say_no_more_than_a_series_would():
    # One text at 0.25 of it, four at 0.25 of what is at most 1 / 0.75 texts.
    rows = [(a, "text", f"v{n}") for a in (0, 1) for n in range(5)] + [(a, "dev", "v") for a in (0, 1)]
    made = make(rows, crowd=CROWD)
    # Each account holds five of the 1,010 (account, text) pairs.
    text, device = math.log2(0.6 * 1_010 / 5), math.log2(0.4 * 1_002)
    assert pairs(made, rule(threshold=10.0, discount=0.25))[0, 1] == pytest.approx(
        text * (1 + 0.25 / 0.75) + device, abs=1e-3
    )
    # Lines that are independent, and lines that only repeat the best one.
    assert pairs(made, rule(threshold=10.0, discount=1.0))[0, 1] == pytest.approx(5 * text + device, abs=1e-3)
    assert pairs(made, rule(threshold=10.0, discount=0.0))[0, 1] == pytest.approx(text + device, abs=1e-3)


@pytest.mark.parametrize("block", [5, 128])
def test_a_large_line_after_many_small_ones_is_not_given_up_too_early(block: int):
    """The pool is a large block, whose line comes after the exits': it lifts what their series may say."""
    kinds = {
        **KINDS,
        "exit": {"family": "network", "m": 0.5, "cap": 2.0},
        "pool": {"family": "network", "m": 0.5, "cap": 12.0},
    }
    rows = [(account, "exit", number) for number in range(30) for account in (0, 1)]
    rows += [(account, "pool", "pool") for account in range(6)]
    rows += [(account, "text", "text") for account in (0, 1)]
    made = make(rows, crowd=4_000, overrides=kinds)
    # The pool's line, and of thirty exits 0.3 of what is at most 1 / 0.7 pools; and the text.
    pool = math.log2(0.5 * 4_006 / 5)
    bits = pool + 0.3 * pool / 0.7 + math.log2(0.6 * 4_002)
    assert pairs(made, rule(threshold=bits - 0.1), block=block)[0, 1] == pytest.approx(bits, abs=1e-3)


def test_the_bits_of_families_at_once_are_those_of_each():
    best, further = np.array([8.0, 8.0, 8.0, 0.0]), np.array([4.0, 40.0, 40.0, 0.0])
    discount = np.array([0.3, 0.3, 1.0, 1.0])
    expected = [8.0 + 0.3 * 4.0, 8.0 + 0.3 * 8.0 / 0.7, 48.0, 0.0]
    assert families_bits(best, further, discount) == pytest.approx(expected)
    assert [family_bits(*row) for row in zip(best, further, discount, strict=True)] == pytest.approx(expected)


def test_the_discount_can_differ_by_family():
    made = make([(a, kind, "v") for a in (0, 1) for kind in ("text", "text2")], crowd=CROWD)
    by = rule(threshold=1.0, min_families=1)
    content = int(made.arrays.family[made.kinds.number("text")])
    by.discount[:] = 0.0
    by.discount[content] = 0.5
    assert pairs(made, by)[0, 1] == pytest.approx(1.5 * math.log2(0.6 * 1_002), abs=1e-4)


def test_one_family_is_not_enough_however_strong():
    made = make(
        [(a, kind, value) for a in (0, 1) for kind, value in (("text", "t"), ("text2", "u"))], crowd=CROWD
    )
    assert pairs(made, rule(threshold=5.0, min_families=2)) == {}
    assert set(pairs(made, rule(threshold=5.0, min_families=1))) == {(0, 1)}


def test_two_families_below_the_threshold_are_not_enough():
    made = make([(a, kind, "v") for a in (0, 1) for kind in ("pay", "dev")], crowd=CROWD)
    bits = math.log2(0.5 * 1_002) + math.log2(0.4 * 1_002)
    assert pairs(made, rule(threshold=bits + 0.01)) == {}
    assert set(pairs(made, rule(threshold=bits - 0.01))) == {(0, 1)}


def test_a_family_below_the_floor_does_not_count():
    # A card of 400 accounts among 1,400: log2(0.5 · 1,400 / 399) = 0.8 bits.
    rows = [(i, "pay", "common") for i in range(400)] + [(0, "text", "t"), (1, "text", "t")]
    made = make(rows, crowd=CROWD)
    assert 0 < lines(made, 0, 1)["pay", "common"] < FAMILY_FLOOR
    assert pairs(made, rule(threshold=8.0), block=1_000) == {}
    assert (0, 1) in pairs(made, rule(threshold=8.0, min_families=1), block=1_000)


def test_a_near_proof_kind_needs_no_second_family_but_the_threshold():
    made = make([(0, "proof", "mail"), (1, "proof", "mail")], crowd=CROWD)
    bits = math.log2(0.5 * 1_002)
    assert pairs(made, rule(threshold=bits - 0.1))[0, 1] == pytest.approx(bits, abs=1e-4)
    assert pairs(made, rule(threshold=bits + 0.1)) == {}


def test_supporting_kinds_never_make_a_link_and_never_count_as_a_family():
    alone = make([(0, "sup", "ua"), (1, "sup", "ua")], crowd=CROWD)
    assert pairs(alone, rule(threshold=1.0, min_families=1)) == {}
    with_one = make([(a, kind, "v") for a in (0, 1) for kind in ("sup", "pay")], crowd=CROWD)
    assert lines(with_one, 0, 1)["sup", "v"] >= FAMILY_FLOOR
    assert pairs(with_one, rule(threshold=1.0, min_families=2)) == {}


def test_supporting_kinds_add_their_bits_to_what_others_link():
    made = make([(a, kind, "v") for a in (0, 1) for kind in ("sup", "pay", "dev")], crowd=CROWD)
    without = math.log2(0.5 * 1_002) + math.log2(0.4 * 1_002)
    assert pairs(made, rule(threshold=without + 5.0))[0, 1] == pytest.approx(without + 6.0, abs=1e-4)
    assert pairs(made, rule(threshold=without + 5.0), supporting=False) == {}


def test_an_address_seen_before_and_after_another_had_it_does_not_overlap():
    first, middle, last = NOW - 30 * DAY, NOW - 15 * DAY, NOW
    made = make([(0, "net", "a", [first, last]), (1, "net", "a", [middle])], crowd=CROWD)
    assert lines(made, 0, 1) == {}
    assert lines(made, 0, 1, all_values=True) == {("net", "a"): -1.0}
    assert pairs(made, rule(threshold=0.5, min_families=1)) == {}


@pytest.mark.parametrize(
    ("hours", "shared"), [(0, True), (3 * DAY, True), (3 * DAY + 1, False), (10 * DAY, False)]
)
@pytest.mark.parametrize("order", [1, -1], ids=["before", "after"])
def test_a_window_is_closed_at_its_length(hours: int, shared: bool, order: int):
    made = make(
        [(0, "net", "a", [NOW - 20 * DAY]), (1, "net", "a", [NOW - 20 * DAY + order * hours])], crowd=CROWD
    )
    assert (("net", "a") in lines(made, 0, 1)) is shared
    assert ((0, 1) in pairs(made, rule(threshold=0.5, min_families=1))) is shared


def test_every_sighting_is_asked_not_only_the_first_and_the_last():
    hours = [NOW - day * DAY for day in (60, 50, 31, 10)]
    near = make([(0, "net", "a", hours), (1, "net", "a", [NOW - 40 * DAY, NOW - 30 * DAY, NOW])], crowd=CROWD)
    assert ("net", "a") in lines(near, 0, 1)
    far = make([(0, "net", "a", hours), (1, "net", "a", [NOW - 40 * DAY, NOW - 20 * DAY, NOW])], crowd=CROWD)
    assert lines(far, 0, 1) == {}


def test_a_recycled_address_is_as_rare_as_its_holders_at_one_time():
    # Ten subscribers, each a week, one after the other; the last two share it.
    rows = [(i, "net", "a", [NOW - 70 * DAY + i * 7 * DAY]) for i in range(10)] + [(9, "net", "b", [0])]
    made = make([*rows, (10, "net", "a", [NOW - 7 * DAY])], crowd=CROWD)
    # 9 (day −7) and 10 (day −7): d = 2 in any three days, although 11 held it; n = 2 for the busier.
    assert lines(made, 9, 10)["net", "a"] == pytest.approx(math.log2(0.5 * (CROWD + 12) / 2))
    assert lines(made, 3, 9) == {}


def test_pairs_come_sorted_once_each_and_the_smaller_account_first():
    made = make([(i, kind, "v") for i in range(12) for kind in ("pay", "dev", "text")], crowd=CROWD)
    found = find_pairs(
        made.seen.holdings, made.arrays, made.plain(), rule(threshold=5.0), block=64, as_of=NOW
    )
    assert found.a.tolist() == [a for a in range(12) for _ in range(a + 1, 12)]
    assert found.b.tolist() == [b for a in range(12) for b in range(a + 1, 12)]


def test_hubs_give_nothing_and_large_blocks_only_speak_for_pairs_that_others_propose():
    rows = [(i, "pay", "big") for i in range(20)] + [(0, "dev", "d"), (1, "dev", "d")]
    made = make(rows, crowd=CROWD)
    both = math.log2(0.4 * 1_002) + math.log2(0.5 * 1_020 / 19)
    assert pairs(made, rule(threshold=10.0), block=8)[0, 1] == pytest.approx(both, abs=1e-4)
    assert set(pairs(made, rule(threshold=1.0, min_families=1), block=8)) == {(0, 1)}
    rarity = made.plain()
    rarity.links[made.place["pay", "big"]] = False
    assert pairs(made, rule(threshold=10.0), rarity, block=8) == {}
    assert pairs(made, rule(threshold=1.0, min_families=1), rarity, block=8)[0, 1] == pytest.approx(
        math.log2(0.4 * 1_002), abs=1e-4
    )


def test_no_sightings_give_no_pairs():
    for made in (make([]), make([], crowd=5), make([(0, "pay", "only")])):
        assert pairs(made, rule(threshold=0.0, min_families=1)) == {}


@pytest.mark.parametrize(
    ("crowd", "bits", "enough"), [(50, math.log2(60 / 18), False), (200, math.log2(210 / 18), True)]
)
def test_a_near_proof_value_proves_from_as_many_bits_as_make_a_family(crowd: int, bits: float, enough: bool):
    # d = 10 hold it, n = 1, S = crowd + 10, m = 0.5: 0.5 · S / 9.
    made = make([(i, "proof", "all") for i in range(10)], crowd=crowd)
    assert lines(made, 0, 1)["proof", "all"] == pytest.approx(bits)
    assert ((0, 1) in pairs(made, rule(threshold=1.5, min_families=2))) is enough


def test_a_near_proof_value_that_says_nothing_proves_nothing():
    # Held by all ten, so 0 bits; a device of log2(0.4 · 10) = 2 bits is all there is.
    rows = [(i, "proof", "all") for i in range(10)] + [(i, "dev", max(i, 1)) for i in range(10)]
    made = make(rows)
    by = rule(threshold=1.5, min_families=2)
    evidence = pair_evidence(
        made.seen.holdings,
        made.arrays,
        made.plain(),
        np.array([0], np.int32),
        np.array([1], np.int32),
        as_of=NOW,
    )
    bits, _, proof = combine(made.arrays, made.plain(), by, made.seen.holdings.kind, evidence, 1)
    assert bits[0] == pytest.approx(2.0)
    assert not proof[0]
    assert pairs(made, by) == {}


# ── a reference in plain Python ──

SHARED = st.tuples(
    st.integers(0, 7),
    st.sampled_from(sorted(KINDS)),
    st.integers(0, 2),
    st.lists(st.integers(0, 12).map(lambda day: NOW - day * DAY), min_size=1, max_size=3),
)
WORLDS = st.lists(SHARED, min_size=2, max_size=60)
RULES = st.tuples(st.floats(0.5, 30.0), st.integers(1, 3), st.sampled_from([0.0, 0.3, 1.0]))


def summed(bits: list[float], discount: float) -> float:
    """The best line of a family and a part of the others."""
    further = sum(bits) - max(bits)
    if discount < 1.0:
        further = min(further, max(bits) / (1.0 - discount))
    return max(bits) + discount * further


def reference(
    made: Made, rows, by: LinkRule, block: int
) -> dict[tuple[int, int], tuple[float, int, bool, bool]]:
    """(bits, families, near-proof, candidate) of every pair, one value after another."""
    hours: dict = defaultdict(lambda: defaultdict(set))
    for account, kind, value, seen in rows:
        hours[kind, value][account].update(seen)
    busy = defaultdict(lambda: defaultdict(set))
    for account, kind, value, _ in rows:
        busy[account][kind].add(value)
    out = {}
    for a in range(8):
        for b in range(a + 1, 8):
            by_family: dict[int, list[float]] = defaultdict(list)
            strong, proof, candidate = set(), False, False
            for (kind, value), held in hours.items():
                if a not in held or b not in held:
                    continue
                options = made.kinds.by_name[kind]
                window = KINDS[kind].get("window")
                if (
                    window
                    and min(abs(x - y) for x in held[a] for y in held[b]) > window.total_seconds() / 3600
                ):
                    continue
                others = made.seen.peak[made.place[kind, value]] - 1
                n = max(len(busy[a][kind]), len(busy[b][kind]))
                u = min(max(others, 0.5) * n / made.seen.total[made.kinds.number(kind)], 1.0)
                bits = min(math.log2(options.m / u), options.cap)
                if "half_life" in KINDS[kind]:
                    age = NOW - min(max(held[a]), max(held[b]))
                    bits *= 0.5 ** (age / (100 * DAY))
                bits = max(bits, 0.0)
                if kind == "never":
                    bits = 14.0
                family = int(made.arrays.family[made.kinds.number(kind)])
                by_family[family].append(bits)
                if kind != "sup":
                    candidate |= len(held) <= block
                    proof |= kind == "proof" and bits >= FAMILY_FLOOR
                    if bits >= FAMILY_FLOOR:
                        strong.add(family)
            total = sum(summed(b, float(by.discount[f])) for f, b in by_family.items())
            out[a, b] = (total, len(strong), proof, candidate)
    return out


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WORLDS, RULES, st.integers(2, 8), st.sampled_from([0, 50]))
def test_find_pairs_and_its_evidence_equal_a_plain_reference(rows, numbers, block, crowd):
    threshold, families, discount = numbers
    by = rule(threshold=threshold, min_families=families, discount=discount)
    made = make(rows, crowd=crowd, accounts=8)
    found = pairs(made, by, block=block)
    wanted = reference(made, rows, by, block)
    for pair, (bits, number, proof, candidate) in wanted.items():
        if abs(bits - threshold) < 1e-3:  # sums are kept in single precision
            continue
        linked = bool(candidate and bits >= threshold and (number >= families or proof))
        assert (pair in found) is linked, pair
        if linked:
            assert found[pair] == pytest.approx(bits, abs=1e-3)
    a, b = (np.array(side, np.int32) for side in zip(*wanted, strict=True))
    evidence = pair_evidence(made.seen.holdings, made.arrays, made.plain(), a, b, as_of=NOW)
    bits, number, proof = combine(made.arrays, made.plain(), by, made.seen.holdings.kind, evidence, len(a))
    assert bits == pytest.approx([line[0] for line in wanted.values()], abs=1e-6)
    assert number.tolist() == [line[1] for line in wanted.values()]
    assert proof.tolist() == [line[2] for line in wanted.values()]


@settings(max_examples=40, deadline=None)
@given(WORLDS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    by = rule(threshold=4.0, min_families=1)
    one, two = make(rows, crowd=50, accounts=8), make(shuffled, crowd=50, accounts=8)
    assert pairs(one, by) == pairs(two, by)
