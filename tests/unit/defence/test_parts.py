"""Rings split by infrastructure, laid out by hand."""

import numpy as np
from helpers.holdings import make

from linkage.defence.parts import Part, infrastructure, joining


def split(rows, ring, hubs=()):
    made = make(rows, accounts=len(ring))
    held, arrays = made.seen.holdings, made.arrays
    links = np.ones(held.identifiers, dtype=np.bool_)
    for value in hubs:
        links[made.place[value]] = False
    chosen = joining(links, arrays.support[held.kind], arrays.family[held.kind])
    return infrastructure(held, np.array(ring, dtype=np.int32), chosen), made.place


def test_two_pools_that_only_a_text_joins_are_two_parts():
    rows = [(account, "text", "job") for account in range(6)]
    rows += [(0, "pay", "card"), (1, "pay", "card"), (1, "dev", "phone"), (2, "dev", "phone")]
    rows += [(3, "net", "exit"), (4, "net", "exit")]
    found, place = split(rows, [0] * 6)
    # 0 and 1 share a card, 1 and 2 a device; 3 and 4 an address; 5 the text alone.
    assert (found[0].count, found[0].loose) == (2, 1)
    card, phone, exit_ = place["pay", "card"], place["dev", "phone"], place["net", "exit"]
    assert found[0].parts == (
        Part(3, tuple(sorted([(card, 2), (phone, 2)]))),
        Part(2, ((exit_, 2),)),
    )


def test_hubs_support_and_other_rings_join_nothing():
    rows = [(account, "pay", "hub") for account in range(4)]
    rows += [(account, "sup", "browser") for account in range(4)]
    # A card of ring 0 and of ring 1, one account each.
    rows += [(0, "pay", "card"), (2, "pay", "card")]
    found, _ = split(rows, [0, 0, 1, 1], hubs=[("pay", "hub")])
    assert {ring: (one.count, one.loose, one.parts) for ring, one in found.items()} == {
        0: (0, 2, ()),
        1: (0, 2, ()),
    }


def test_accounts_of_no_ring_are_not_asked():
    rows = [(account, "pay", "card") for account in range(3)]
    found, place = split(rows, [0, 0, -1])
    assert found[0].parts == (Part(2, ((place["pay", "card"], 2),)),)
    assert set(found) == {0}
