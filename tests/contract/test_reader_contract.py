"""What every engine's reader gives: the same rows as the exports, in pages that join without a gap or a double."""

import json
import threading
import time
from datetime import UTC, datetime

import pytest
from helpers.blocks import HUB, with_blocks
from helpers.source import INNOCENT, RING
from numba import typeof

from linkage.engine.readable import (
    ACCOUNT_ORDERS,
    HOLDING_ORDERS,
    IDENTIFIER_ORDERS,
    RING_ORDERS,
    AccountFilter,
    IdentifierFilter,
    PageRequest,
    RingFilter,
)
from linkage.errors import StoreError, TimeoutExceededError, UsageError
from linkage.explain import compile_ahead
from linkage.links import evidence


@pytest.fixture
def reader(connect, night):
    night.give(connect(), "one")
    opened = connect().reader()
    yield opened
    opened.close()


def walk(read, order, *, descending=False, limit=3):
    """All rows of a verb, page by page."""
    rows, after = [], None
    while True:
        page = read(PageRequest(limit, order, descending, after))
        assert len(page.rows) == len(page.places) <= limit
        assert all((type(place), type(tie)) == (float, str) for place, tie in page.places)
        rows += page.rows
        if not page.more:
            return rows
        after = page.places[-1]


def only(found):
    (value,) = found.values()
    return value


def ring_of(reader):
    return reader.ring_page(RingFilter(), PageRequest(1, "id")).rows[0]


def test_it_is_pinned_to_its_run(connect, night, reader):
    night.give(connect(), "two", minute=1)
    assert reader.run.run_id == "one"
    assert ring_of(reader).ring_id.startswith("one/")
    assert connect().published() == "two"
    assert connect().reader("one").run.run_id == "one"
    with pytest.raises(StoreError):
        connect().reader("three")


def test_an_empty_store_has_no_reader(connect):
    assert connect().published() is None
    with pytest.raises(StoreError, match="no published run"):
        connect().reader()


def test_rings_and_accounts_are_those_of_the_exports(connect, reader):
    view = connect().view()
    rings = walk(lambda page: reader.ring_page(RingFilter(), page), "id")
    assert [ring.ring_id for ring in rings] == sorted(view.rings()["ring_id"].to_pylist())
    ring = rings[0]
    exported = view.rings().to_pylist()[0]
    for name in ("size", "score", "verdict", "story", "flagged", "first_seen", "last_seen", "top_reasons"):
        assert getattr(ring, name) == exported[name], name
    detail = reader.ring_details([ring.ring_id])[0]
    assert '"shared_cards"' in detail.features
    defence = json.loads(detail.defence)
    assert [one["account"] for one in defence["borderline"]["members"]] == []
    across = {(line["kind"], line["key"]) for one in defence["bridges"] for line in one["lines"]}
    # What it names is found under the same name.
    assert {row.name for row in reader.identifiers(sorted(across))} == across != set()
    members = only(reader.members([ring.ring_id], AccountFilter(), PageRequest(100, "id"))).rows
    assert [row.account_id for row in members] == sorted(RING)
    assert {(row.ring_id, row.verdict) for row in members} == {(ring.ring_id, ring.verdict)}
    assert reader.member_counts([ring.ring_id], AccountFilter()) == {ring.ring_id: 8}
    innocent = reader.accounts([INNOCENT[0], "nobody"])
    assert [(row.account_id, row.ring_id, row.flagged) for row in innocent] == [(INNOCENT[0], None, False)]
    assert reader.rings([ring.ring_id, "nobody"]) == [ring]


def test_links_and_evidence_are_those_of_the_exports(connect, reader):
    exported = connect().view().links().to_pylist()
    links = walk(lambda page: reader.link_page(None, page), "bits", descending=True)
    assert sorted(link.pair for link in links) == [(row["account_a"], row["account_b"]) for row in exported]
    assert [link.bits for link in links] == sorted((row["bits"] for row in exported), reverse=True)
    assert reader.link_count(None) == len(exported)
    assert reader.link_count(10_000.0) == 0
    first = exported[0]
    pair = first["account_a"], first["account_b"]
    lines = reader.evidence([pair, ("no", "pair")])
    assert set(lines) == {pair}
    assert [round(line.bits, 3) for line in lines[pair]] == sorted(
        (round(line.bits, 3) for line in lines[pair]), reverse=True
    )
    assert all(f'"{line.identifier.key}"' in first["evidence"] for line in lines[pair])
    assert [link.pair for link in reader.links([pair, ("no", "pair")])] == [pair]
    ends = reader.links_of([RING[0], INNOCENT[0]], PageRequest(100, "bits", descending=True))
    assert len(ends[RING[0]].rows) == 7
    assert ends[INNOCENT[0]].rows == ()
    ring = ring_of(reader).ring_id
    assert len(only(reader.ring_links([ring], PageRequest(100, "bits"))).rows) == len(exported)


def test_identifiers_their_holders_and_sightings(connect, reader):
    hubs = connect().view().hubs().to_pylist()
    found = walk(lambda page: reader.identifier_page(IdentifierFilter(hub=True), page), "accounts")
    assert sorted((row.kind, row.key, row.accounts) for row in found) == sorted(
        (row["kind"], row["key"], row["accounts"]) for row in hubs
    )
    assert reader.identifier_count(IdentifierFilter(hub=True)) == len(hubs)
    card = reader.identifier_page(IdentifierFilter(kinds=("card",)), PageRequest(10, "accounts")).rows[0]
    assert card.caption != card.key
    assert reader.identifiers([card.name, ("card", "nothing")]) == [card]
    held = reader.holders([card.name], PageRequest(5, "count"))[card.name]
    assert held.more
    assert {row.account_id for row in held.rows} <= set(RING)
    assert all(row.identifier == card for row in held.rows)
    mine = reader.holdings([RING[0], RING[1]], ["card"], PageRequest(5, "first"))
    assert [[row.identifier for row in page.rows] for page in mine.values()] == [[card], [card]]


def test_what_a_ring_shares(reader):
    ring = ring_of(reader).ring_id
    shared = only(reader.shared([ring], PageRequest(100, "members", descending=True))).rows
    assert {row.members for row in shared if row.identifier.kind == "card"} == {8}
    names = [row.identifier.name for row in shared]
    held = reader.shared_holdings(ring, names, 1000)
    assert len(held) == sum(row.members for row in shared)


def test_campaigns_are_those_of_the_exports(connect, reader):
    view = connect().view()
    (exported,) = view.campaigns().to_pylist()
    (campaign,) = reader.campaign_page(1, PageRequest(10, "rings")).rows
    assert {name: getattr(campaign, name) for name in exported} == exported
    assert reader.campaigns([campaign.campaign_id, "none"]) == [campaign]
    assert (reader.campaign_count(1), reader.campaign_count(2)) == (1, 0)
    assert reader.campaign_page(2, PageRequest(10, "rings")).rows == ()
    texts = [(one["kind"], one["key"]) for one in json.loads(campaign.identifiers)]
    assert {row.name for row in reader.identifiers(texts)} == set(texts) != set()
    assert {row.family for row in reader.identifiers(texts)} == {"content"}
    ring, own = ring_of(reader).ring_id, [campaign.campaign_id]
    assert [row.ring_id for row in only(reader.campaign_rings(own, PageRequest(5, "score"))).rows] == [ring]
    page = only(reader.campaign_accounts(own, PageRequest(5, "id")))
    assert page.more
    rest = only(reader.campaign_accounts(own, PageRequest(5, "id", after=page.places[-1])))
    assert [row.account_id for row in (*page.rows, *rest.rows)] == sorted(RING)
    assert {row.ring_id for row in page.rows} == {ring}
    (overlap,) = reader.campaign_overlaps([*own, "none"], 5)[own[0]]
    assert reader.ring_overlaps([ring], 5) == {ring: [overlap]}
    assert (overlap.accounts, overlap.ring_share, overlap.campaign_share) == (8, 1.0, 1.0)


def test_changes_and_days(connect, reader):
    exported = connect().view().changes().to_pylist()
    rows = walk(lambda page: reader.change_page(None, page), "id")
    assert [(row.ring_id, row.event) for row in rows] == [(row["ring_id"], row["event"]) for row in exported]
    assert reader.change_page(["died"], PageRequest(5, "id")).rows == ()
    ring = ring_of(reader).ring_id
    assert [row.event for row in reader.ring_changes([ring])[ring]] == ["born"]
    days = reader.timeline([ring])[ring]
    assert [day.day for day in days] == sorted({day.day for day in days})
    assert sum(day.created for day in days) == 8
    assert sum(day.ended for day in days) == 8


def test_every_order_walks_through_all_rows_once(reader):
    ring = ring_of(reader).ring_id
    for descending in (False, True):
        for order in RING_ORDERS:
            rings = walk(lambda page: reader.ring_page(RingFilter(), page), order, descending=descending)
            assert len(rings) == reader.ring_count(RingFilter())
        for order in ACCOUNT_ORDERS:
            rows = walk(
                lambda page: reader.account_page(AccountFilter(), page),
                order,
                descending=descending,
                limit=50,
            )
            assert len({row.account_id for row in rows}) == len(rows) == len(RING) + len(INNOCENT)
            rows = walk(
                lambda page: reader.members([ring], AccountFilter(), page)[ring], order, descending=descending
            )
            assert sorted(row.account_id for row in rows) == sorted(RING)
        for order in IDENTIFIER_ORDERS:
            rows = walk(
                lambda page: reader.identifier_page(IdentifierFilter(), page), order, descending=descending
            )
            assert len({row.name for row in rows}) == len(rows) == reader.identifier_count(IdentifierFilter())
        for order in HOLDING_ORDERS:
            rows = walk(
                lambda page: reader.holdings([RING[0]], None, page)[RING[0]], order, descending=descending
            )
            assert len({row.identifier.name for row in rows}) == len(rows) > 3
    created = walk(lambda page: reader.account_page(AccountFilter(), page), "created_at", limit=100)
    assert [row.created_at for row in created] == sorted(row.created_at for row in created)


def test_members_of_many_rings_come_at_once(reader):
    ring = ring_of(reader).ring_id
    found = reader.members([ring, "none"], AccountFilter(), PageRequest(3, "id"))
    assert [row.account_id for row in found[ring].rows] == sorted(RING)[:3]
    assert found[ring].more
    assert found["none"].rows == ()


def test_filters(reader):
    ring = ring_of(reader)

    def rings(**parts):
        return reader.ring_count(RingFilter(**parts))

    assert rings() == 1
    assert rings(verdicts=(ring.verdict,), flagged=ring.flagged, min_size=8, max_size=8, kind="card") == 1
    assert rings(min_size=9) == rings(kind="phone") == rings(verdicts=()) == rings(story="none") == 0
    assert rings(min_score=ring.score, max_score=ring.score) == 1
    assert rings(seen_after=datetime(2026, 3, 1, tzinfo=UTC)) == 0
    assert rings(seen_before=datetime(2026, 2, 15, tzinfo=UTC)) == 1
    accounts = reader.account_count
    assert accounts(AccountFilter(in_ring=True)) == 8
    assert accounts(AccountFilter(in_ring=False)) == len(INNOCENT)
    assert accounts(AccountFilter(statuses=("banned",))) == 0
    assert accounts(AccountFilter(created_before=datetime(2026, 1, 2, tzinfo=UTC))) > 0
    assert reader.member_counts([ring.ring_id], AccountFilter(statuses=("banned",))) == {ring.ring_id: 0}


def test_lookup_and_search_see_keys_only_when_told_to(reader):
    card = reader.identifier_page(IdentifierFilter(kinds=("card",)), PageRequest(1, "accounts")).rows[0]
    values = [RING[0], card.key, "' OR 1=1 --"]
    assert {(hit.value, hit.identifier) for hit in reader.lookup(values, personal=False)} == {(RING[0], None)}
    hits = reader.lookup(values, personal=True)
    assert {hit.account_id for hit in hits if hit.identifier == card} == set(RING)
    found = reader.search(card.key[:4], 5, personal=False)
    assert (found.accounts, found.rings, found.identifiers) == ((), (), ())
    assert card in reader.search(card.key[:4], 50, personal=True).identifiers
    assert len(reader.search("ring", 3, personal=False).accounts) == 3
    assert reader.search("%", 3, personal=True).accounts == ()


def test_walks(reader):
    around = reader.neighbourhood(RING[0], 1, 100)
    assert len(around) == 7
    assert all(RING[0] in link.pair for link in around)
    assert len(reader.neighbourhood(RING[0], 2, 10)) == 10
    assert len(reader.neighbourhood(RING[0], 2, 100)) == 28
    assert reader.neighbourhood(INNOCENT[0], 3, 10) == []
    chain = reader.path(RING[0], RING[5], 4)
    assert [set(link.pair) for link in chain] == [{RING[0], RING[5]}]
    assert reader.path(RING[0], INNOCENT[0], 4) == []
    assert reader.path(RING[0], "nobody", 4) == []


def test_explain_is_that_of_the_view(connect, reader):
    assert reader.explain(RING[1], RING[0]) == connect().view().explain(RING[0], RING[1])
    with pytest.raises(UsageError):
        reader.explain(RING[0], "nobody")


def test_what_is_compiled_ahead_is_what_an_explanation_runs(reader, monkeypatch):
    run, types = evidence._evidence_rows, []

    def noted(*arguments):
        types.append([typeof(argument) for argument in arguments])
        return run(*arguments)

    monkeypatch.setattr(evidence, "_evidence_rows", noted)
    compile_ahead()
    reader.explain(*RING[:2])
    assert types[0] == types[1]


def test_an_order_that_there_is_not_is_refused(reader):
    with pytest.raises(UsageError, match="none of the orders"):
        reader.ring_page(RingFilter(), PageRequest(5, "score; DROP TABLE ring"))


def test_time_that_has_run_out_cancels(reader):
    with pytest.raises(TimeoutExceededError):
        reader.within(0.0).accounts([RING[0]])
    bound = reader.within(60.0)
    assert len(bound.accounts(RING)) == 8


def test_many_threads_read_at_once(reader):
    problems = []

    def read():
        try:
            for _ in range(5):
                assert len(reader.within(30).accounts(RING)) == 8
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=read) for _ in range(8)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert time.monotonic() - started < 30


def test_values_are_looked_up_as_they_were_pasted(connect, reader):
    """As the tables would have had them: other spellings of one address, and the fingerprints of what is sealed."""
    rows = walk(lambda page: reader.identifier_page(IdentifierFilter(), page), "accounts", limit=100)
    address = next(row for row in rows if row.kind == "ip")
    pasted = (f" {address.key}:443", f"::ffff:{address.key}", f'"{address.key}"')
    hits = reader.lookup(pasted, personal=True)
    assert {hit.value for hit in hits} == set(pasted)
    # The address itself and neither its network nor its operator.
    assert {hit.identifier for hit in hits} == {address}
    network = next(row for row in rows if row.kind == "subnet")
    assert {hit.identifier for hit in reader.lookup([network.key], personal=True)} == {network}
    assert reader.lookup(pasted, personal=False) == []


def test_a_reader_that_is_cancelled_answers_no_more(reader):
    bound = reader.within(60.0)
    assert len(bound.accounts(RING)) == 8
    bound.cancel()
    for verb in (
        lambda: bound.accounts([RING[0]]),
        lambda: bound.explain(RING[0], RING[1]),
        lambda: bound.lookup([RING[0]], personal=True),
    ):
        with pytest.raises(TimeoutExceededError):
            verb()
    assert len(reader.accounts(RING)) == len(reader.within(60.0).accounts(RING)) == 8


@pytest.fixture
def starred(connect, night):
    with_blocks(night).give(connect(), "one")
    opened = connect().reader()
    yield opened
    opened.close()


def test_stars_and_joins(starred):
    ring = ring_of(starred).ring_id
    blocks = walk(lambda page: starred.stars([ring, "none"], page)[ring], "members", descending=True, limit=1)
    assert [row.members for row in blocks] == [3, 2]
    assert [{one.kind for one in row.identifiers} for row in blocks] == [{"card", "device"}, {"card"}]
    assert starred.stars([ring, "none"], PageRequest(5, "members"))["none"].rows == ()
    inside = starred.star_members(ring, [row.name for row in blocks], 10)
    assert [(row.account_id, row.bits) for row in inside] == [
        (RING[0], 30.0), (RING[1], 29.0), (RING[2], 28.0), (RING[0], 27.0), (RING[5], 26.0),
    ]  # fmt: skip
    assert {row.star for row in inside} == {row.name for row in blocks}
    assert len(starred.star_members(ring, [blocks[0].name], 2)) == 2
    (join,) = only(starred.joins([ring], PageRequest(5, "bits", descending=True))).rows
    assert (join.pair, join.size_a, join.size_b, join.bits) == ((RING[0], RING[4]), 4, 3, 31.5)
    lines = starred.join_evidence([join.pair, ("no", "join")])
    assert set(lines) == {join.pair}
    assert [(line.identifier.kind, line.bits, line.count) for line in lines[join.pair]] == [
        ("card", 20.0, 2), ("device", 11.5, 5),
    ]  # fmt: skip


def test_a_night_without_blocks_has_no_stars(reader):
    ring = ring_of(reader).ring_id
    assert only(reader.stars([ring], PageRequest(5, "members"))).rows == ()
    assert only(reader.joins([ring], PageRequest(5, "bits"))).rows == ()


def test_hubs_say_why(connect, starred):
    (hub,) = connect().view().hubs().to_pylist()
    (row,) = starred.identifier_page(IdentifierFilter(hub=True), PageRequest(5, "accounts")).rows
    assert (row.kind, row.key, row.accounts, row.reason) == ("subnet", hub["key"], hub["accounts"], HUB)
