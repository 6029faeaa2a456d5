"""What is measured of rings, on rings laid out by hand."""

from datetime import timedelta
from itertools import pairwise

import pytest
from ring_world import START, RingWorld, busy

from linkage.links.cohesion import wilson_lower
from linkage.rings import ring_features
from linkage.settings import Settings


def features(world, settings=None):
    warehouse = world.warehouse()
    ring_features(warehouse, settings or Settings())
    return {row["ring"]: row for row in warehouse.records("SELECT * FROM ring_feature")}, warehouse


def roles(warehouse):
    return {row["account"]: row["role"] for row in warehouse.records("SELECT * FROM ring_member")}


def crowd(world, count=300):
    """Others, so that what two share is not shared by everybody."""
    return world.add(count, **busy(prepaid_share=0.0, payments=1, declined=0, chargebacks=0))


def test_accounts_and_links_alone_give_a_row_without_facts():
    world = RingWorld()
    a, b, c = world.add(3, ring=5, created_at=None, country=None)
    world.link(a, b, 20.0)
    world.link(b, c, 30.0)
    found, _ = features(world)
    row = found[5]
    assert (row["size"], row["links"], row["mean_bits"], row["min_bits"]) == (3, 2, 25.0, 20.0)
    assert row["template_share"] is None
    assert row["abroad_share"] is None
    assert row["first_seen"] is None


def test_how_tightly_a_ring_hangs_together():
    world = RingWorld()
    clique, chain, pair = world.add(4, ring=0), world.add(4, ring=1), world.add(2, ring=2)
    for at, one in enumerate(clique):
        for other in clique[at + 1 :]:
            world.link(one, other)
    for one, other in pairwise(chain):
        world.link(one, other)
    # Across a cut: of neither ring.
    world.link(clique[3], chain[0])
    # A fifth account hangs on the clique by one link.
    (tail,) = world.add(1, ring=0)
    world.link(clique[3], tail)
    world.link(*pair)
    found, _ = features(world)
    assert (found[0]["core"], found[1]["core"], found[2]["core"]) == (3, 1, 1)
    # Of the partners of the clique's last account three are tied to each other, the tail to none: 3 pairs of 6. The
    # tail has no two partners, and is not asked.
    assert found[0]["clustering"] == pytest.approx((1 + 1 + 1 + 0.5) / 4)
    assert found[1]["clustering"] == 0.0
    assert found[2]["clustering"] is None


def test_a_star_ties_all_of_its_accounts():
    world = RingWorld()
    ring = world.add(6, ring=0)
    world.star(ring[:5])
    # The star says of two of them that they are tied, and of the last one nothing.
    world.link(ring[0], ring[1])
    world.link(ring[4], ring[5])
    # Of a star, the accounts outside of the ring tie nobody in it.
    lone = world.add(2, ring=1)
    world.star([lone[0], *world.add(7)])
    world.link(*lone)
    row, other = (features(world)[0][ring] for ring in (0, 1))
    assert (row["core"], row["clustering"]) == (4, 1.0)
    assert (other["core"], other["clustering"]) == (1, None)


def test_no_rings_at_all():
    world = RingWorld()
    crowd(world, 3)
    assert features(world)[0] == {}


def test_private_texts_count_and_popular_ones_do_not():
    world = RingWorld()
    others = crowd(world)
    ring = world.add(4, ring=0, **busy())
    world.hold(ring[:3], "template", "t_private", count=60)
    world.hold(ring + others[:200], "template", "t_popular", count=30)
    row = features(world)[0][0]
    assert row["template_members"] == pytest.approx(0.75)
    assert row["template_share"] == pytest.approx(3 * 60 / 400)
    assert row["templates"] == 1


def test_a_common_pool_is_told_from_an_office():
    world = RingWorld()
    crowd(world)
    pool = [world.place(f"20.0.0.{n}", "residential", "BR") for n in range(4)]
    office = world.place("30.0.0.1", "corporate")
    farm, firm = world.add(5, ring=0, **busy()), world.add(5, ring=1, **busy())
    for key in pool:
        world.hold(farm, "ip", key)
    world.hold(firm, "ip", office)
    for account in firm:
        world.hold([account], "ip", world.place(f"40.0.0.{account % 250}", "residential"))
    found, _ = features(world)
    assert (found[0]["rotating_share"], found[0]["pool_addresses"], found[0]["abroad_share"]) == (1.0, 4, 1.0)
    assert (found[0]["own_place_share"], found[0]["pool_countries"]) == (0.0, 1)
    assert (found[1]["rotating_share"], found[1]["pool_addresses"], found[1]["office_share"]) == (0.0, 0, 1.0)
    assert (found[1]["main_address_class"], found[1]["own_home_share"]) == ("corporate", 1.0)
    assert found[1]["corporate_share"] == pytest.approx(0.5)


def test_vpn_exits_and_carriers_are_no_pool():
    world = RingWorld()
    crowd(world)
    ring = world.add(4, ring=0, **busy())
    for number in range(5):
        world.hold(ring, "ip", world.place(f"50.0.0.{number}", ("vpn", "cgnat")[number % 2]))
    assert features(world)[0][0]["pool_addresses"] == 0


def test_cards_devices_and_phones():
    world = RingWorld()
    crowd(world)
    ring = world.add(6, ring=0, **busy(prepaid_share=1.0, payments=2, declined=0, chargebacks=1))
    for number in range(3):
        world.hold(ring[2 * number : 2 * number + 2], "card", f"card_{number}")
        world.hold(ring[2 * number : 2 * number + 2], "device", f"device_{number}")
        world.hold(ring[2 * number : 2 * number + 2], "phone", f"phone_{number}")
    row = features(world)[0][0]
    assert (row["cards"], row["shared_cards"], row["accounts_per_card"]) == (3, 3, 2.0)
    assert (row["shared_devices"], row["shared_device_share"], row["shared_phones"]) == (3, 1.0, 3)
    assert row["payer_share"] == pytest.approx(1 / 3)
    assert 0.5 < row["prepaid_above"] < 1
    assert row["chargeback_members"] == 6


def test_cards_dealt_out_to_strangers_are_told_from_those_of_a_house():
    world = RingWorld()
    crowd(world)
    ring = world.add(10, ring=0, **busy())
    for number in range(5):
        world.hold(ring[2 * number : 2 * number + 2], "card", f"card_{number}")
    # Of the first card's payers both come from one line, of the second's both work on one machine; a carrier's address,
    # which the third card's share, is no place, and a line that payers of two cards share is neither card's home.
    world.hold(ring[:2], "ip", world.place("198.51.100.7", "residential"))
    world.hold(ring[2:4], "device", "tablet")
    world.hold(ring[4:6], "ip", world.place("198.51.100.8", "cgnat"))
    world.hold([ring[6], ring[8]], "ip", world.place("198.51.100.9", "residential"))
    row = features(world)[0][0]
    assert (row["shared_cards"], row["cards_apart"]) == (5, 3)
    # Nor do the two who share that line share anything else: it is dealt out like the cards. The first line and the
    # tablet are a house's.
    assert (row["lines_apart"], row["devices_apart"]) == (1, 0)


def test_an_organisation_is_a_house_for_its_cards():
    world = RingWorld()
    crowd(world)
    ring = world.add(6, ring=0, **busy(), org_id="org_1")
    for number in range(3):
        world.hold(ring[2 * number : 2 * number + 2], "card", f"card_{number}")
    assert features(world)[0][0]["cards_apart"] == 0


def test_houses():
    world = RingWorld()
    crowd(world)
    one = world.add(3, ring=0, **busy(), org_id="org_1")
    other = world.add(2, ring=0, **busy())
    world.hold(other, "email_domain", "firm.example")
    world.add(1, ring=0, **busy())
    assert one
    row = features(world)[0][0]
    assert row["org_share"] == pytest.approx(3 / 6)
    assert row["domain_share"] == pytest.approx(2 / 6)
    assert row["housed_share"] == pytest.approx(5 / 6)
    assert row["orgs"] == 1


def test_a_schedule_is_followed_by_those_with_days_enough():
    world = RingWorld()
    crowd(world)
    busy_ones = world.add(6, ring=0, **busy(active_days=9))
    world.add(14, ring=0, **busy(active_days=2))
    assert features(world)[0][0]["on_schedule"] is None
    world.hold(busy_ones[:5], "synchrony", "template-1")
    row = features(world)[0][0]
    # 5 of 20 are tied by timing, and of the 6 that can be 5: at least 0.499.
    assert row["joined_timing"] == pytest.approx(0.25)
    assert row["on_schedule"] == pytest.approx(wilson_lower(5, 6), abs=1e-6)


def test_one_schedule_of_a_job_holds_all_its_accounts():
    world = RingWorld()
    crowd(world)
    ring = world.add(20, ring=0, **busy(active_days=2))
    world.hold(ring[:16], "schedule", "jobs-template-1")
    row = features(world)[0][0]
    assert row["joined_timing"] is None
    assert row["scheduled"] == pytest.approx(0.8)
    assert row["on_schedule"] == pytest.approx(0.8)


def test_who_goes_on_where_another_was_stopped_is_no_sign_of_fraud():
    world = RingWorld()
    crowd(world)
    ring = world.add(6, ring=0, **busy(active_days=9))
    before = features(world)[0][0]
    for kind in ("hand_off", "spare_account", "pool_swap"):
        world.hold(ring[:2], kind, "one refused, two sends it within 5 s")
    assert features(world)[0][0] == before


def test_who_meets_on_two_lines_knows_each_other():
    world = RingWorld()
    crowd(world)
    ring = world.add(8, ring=0, **busy())
    for number in range(4):
        world.hold(
            ring[2 * number : 2 * number + 2], "ip", world.place(f"198.51.100.{number}", "residential")
        )
    assert features(world)[0][0]["lines_apart"] == 4
    # A second line that the same two use is theirs: they meet.
    world.hold(ring[:2], "ip", world.place("198.51.100.9", "residential"))
    assert features(world)[0][0]["lines_apart"] == 3


def test_a_company_that_signs_on_its_staff_replaces_nobody():
    world = RingWorld()
    crowd(world)
    day = START + timedelta(days=10)
    world.add(1, ring=0, **busy(banned=True, banned_at=day), created_at=START - timedelta(days=30))
    world.add(18, ring=0, **busy(), created_at=day + timedelta(hours=6))
    row = features(world)[0][0]
    assert row["replacements"] == 1
    # 1 - 54 of 966 hours: those two days before the sign-ups, and those before the first.
    assert row["replaced_above"] == pytest.approx(1 - 96 / (40 * 24 + 6))


def test_members_who_replace_banned_ones():
    world = RingWorld()
    crowd(world)
    banned_at = START + timedelta(days=10)
    world.add(2, ring=0, **busy(banned=True, banned_at=banned_at), created_at=START - timedelta(days=30))
    world.add(2, ring=0, **busy(), created_at=banned_at + timedelta(hours=6))
    world.add(1, ring=0, **busy(), created_at=banned_at + timedelta(days=9))
    row = features(world)[0][0]
    assert (row["banned"], row["replacements"]) == (2, 2)
    assert 1.5 < row["replaced_above"] < 2
    assert row["banned_share"] == pytest.approx(0.4)


def test_created_together():
    world = RingWorld()
    crowd(world)
    world.add(4, ring=0, **busy(), created_at=START)
    world.add(1, ring=0, **busy(), created_at=START - timedelta(days=90))
    assert features(world)[0][0]["creation_burst"] == pytest.approx(0.8)


def test_countries_that_are_not_served():
    world = RingWorld()
    crowd(world)
    ring = world.add(2, ring=0, **busy())
    world.hold(ring, "ip", world.place("60.0.0.1", "residential", "XX"), count=30)
    world.hold(ring, "ip", world.place("60.0.0.2", "residential", "US"), count=10)
    assert features(world)[0][0]["unserved_share"] == 0
    served = Settings(regions=type(Settings().regions)(served=("US", "GB")))
    assert features(world, served)[0][0]["unserved_share"] == pytest.approx(0.75)


def test_what_others_tell_of_counts_for_those_who_use_it():
    world = RingWorld()
    others = crowd(world)
    ring, quiet = world.add(6, ring=0, **busy()), world.add(6, ring=1, **busy())
    world.hold(ring[:4], "card", "told")
    world.hold(ring[3:5], "device", "told too")
    world.hold(others[:1], "ip", "198.51.100.1")
    # A carrier's address tells nothing of those who happen to use it.
    world.hold(ring + quiet + others[:40], "ip", "198.51.100.2")
    world.indicate("card", "told", 0.8, "feed")
    world.indicate("device", "told too", 1.0, "exchange", "feed")
    for place in (1, 2):
        world.indicate("ip", f"198.51.100.{place}", 1.0, "open")
    found, _ = features(world)
    row = found[0]
    assert (row["indicated"], row["indicators"], row["indicator_sources"]) == (5, 2, "exchange, feed")
    # Four of 0.8, of whom one is surer, and one more; of all 312 accounts six are named by something rare.
    sure = 3 * 0.8 + 2 * 1.0
    assert row["indicated_above"] == pytest.approx(wilson_lower(sure, 6) - 6 / 312, abs=1e-3)
    assert (found[1]["indicated"], found[1]["indicators"]) == (0, 0)
    assert found[1]["indicated_above"] is None


def ring_with_a_borrowed_account(days, own_days):
    world = RingWorld()
    crowd(world)
    ring = world.add(4, ring=0, **busy())
    (borrowed,) = world.add(1, ring=0, **busy())
    world.hold(ring, "template", "job")
    world.hold([borrowed], "template", "job", days=days)
    world.hold([borrowed], "ip", world.place("70.0.0.1", "residential"), count=50, days=own_days)
    return world, borrowed


def test_a_borrowed_account_is_a_victim_and_not_counted():
    world, borrowed = ring_with_a_borrowed_account((14, 17), (0, 29))
    found, warehouse = features(world)
    assert roles(warehouse)[borrowed] == "victim"
    assert set(roles(warehouse).values()) == {"member", "victim"}
    assert (found[0]["size"], found[0]["victims"]) == (4, 1)


@pytest.mark.parametrize(
    ("days", "own_days"), [((0, 29), (0, 29)), ((14, 17), (14, 17)), ((0, 4), (0, 29)), ((14, 17), (14, 29))]
)
def test_whoever_was_with_the_ring_all_along_or_from_the_start_is_a_member(days, own_days):
    world, account = ring_with_a_borrowed_account(days, own_days)
    assert roles(features(world)[1])[account] == "member"


def test_most_of_a_ring_may_be_borrowed_if_it_sent_its_texts():
    # Three of five: of guests who share an address that would be too many to be believed.
    world = RingWorld()
    crowd(world)
    ring = world.add(2, ring=0, **busy())
    borrowed = world.add(3, ring=0, **busy())
    world.hold(ring, "template", "job")
    world.hold([ring[0]], "template", "second job")
    for number, account in enumerate(borrowed):
        days = (12 + number, 15 + number)
        world.hold([account], "template", "job", days=days)
        world.hold([account], "template", "second job", days=days)
        world.hold([account], "ip", world.place(f"70.0.0.{number}", "residential"), count=50, days=(0, 29))
    found, warehouse = features(world)
    assert {roles(warehouse)[account] for account in borrowed} == {"victim"}
    # What one member and borrowed accounts send is a text of the ring all the same.
    assert (found[0]["size"], found[0]["victims"], found[0]["templates"]) == (2, 3, 2)


@pytest.mark.parametrize(("others", "victims"), [(1, 0), (2, 3)])
def test_two_others_must_remain_of_a_ring_that_is_mostly_borrowed(others: int, victims: int):
    world = RingWorld()
    crowd(world)
    ring = world.add(others, ring=0, **busy())
    world.hold(ring, "template", "job")
    for number, account in enumerate(world.add(3, ring=0, **busy())):
        world.hold([account], "template", "job", days=(12 + number, 15 + number))
        world.hold([account], "ip", world.place(f"70.0.0.{number}", "residential"), count=50, days=(0, 29))
    assert features(world)[0][0]["victims"] == victims


def test_a_ring_cannot_be_made_of_victims():
    world = RingWorld()
    crowd(world)
    guests = world.add(3, ring=0, **busy())
    world.hold(guests, "ip", world.place("80.0.0.1", "residential"), days=(10, 12))
    for guest in guests:
        world.hold([guest], "ip", world.place(f"81.0.0.{guest % 250}", "residential"), count=50)
    assert set(roles(features(world)[1]).values()) == {"member"}
