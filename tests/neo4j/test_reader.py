"""What only a server can get wrong for a reader: keyed names, time that runs out there, runs published meanwhile."""

import threading
import time

import pytest
from helpers.graph import query
from helpers.source import RING

from linkage.engine.neo4j import server
from linkage.engine.readable import AccountFilter, IdentifierFilter, PageRequest, RingFilter
from linkage.errors import ServerError, StoreError, TimeoutExceededError
from linkage.identifiers.keys import is_fingerprint

ADDRESS = "93.184.216.7"


@pytest.fixture
def reader(connect, night):
    night.give(connect(), "one")
    return connect().reader()


@pytest.fixture
def endless(monkeypatch):
    """Every statement of the reader counts for hours before it does its work."""
    texts = server.statement

    def slow(name: str) -> str:
        text = texts(name)
        if not name.startswith(("reader/", "read_")) or name in (
            "reader/pulse",
            "reader/cancel",
            "read_pointer",
        ):
            return text
        return f"UNWIND range(1, 100000000000) AS one\nWITH count(one) AS many\n{text}"

    monkeypatch.setattr(server, "statement", slow)


def running(login) -> list[str]:
    """Statements that are at work on the server."""
    rows = query(login, "SHOW TRANSACTIONS YIELD currentQuery RETURN currentQuery")
    return [row["currentQuery"] for row in rows if "100000000000" in (row["currentQuery"] or "")]


@pytest.mark.parametrize("verb", ["accounts", "explain", "path", "lookup"])
def test_the_server_ends_what_is_out_of_time(reader, endless, login, verb):
    arguments = {"accounts": ([RING[0]],), "lookup": ([RING[0]],)}.get(verb, (RING[0], RING[1]))
    more = {"path": {"max_hops": 3}, "lookup": {"personal": True}}.get(verb, {})
    began = time.monotonic()
    with pytest.raises(TimeoutExceededError):
        getattr(reader.within(0.4), verb)(*arguments, **more)
    assert time.monotonic() - began < 8
    assert running(login) == []


@pytest.mark.parametrize("verb", ["accounts", "explain"])
def test_the_server_ends_what_is_cancelled(reader, endless, login, verb):
    bound = reader.within(600)
    threading.Timer(0.5, bound.cancel).start()
    began = time.monotonic()
    with pytest.raises(TimeoutExceededError):
        getattr(bound, verb)(*(([RING[0]],) if verb == "accounts" else (RING[0], RING[1])))
    assert time.monotonic() - began < 8
    assert running(login) == []


def test_cancelling_one_request_leaves_others_alone(reader):
    one, other = reader.within(60), reader.within(60)
    one.cancel()
    assert len(other.accounts(RING)) == 8


def test_keyed_identifiers_are_found_by_their_plain_values(connect, night):
    night.give(connect(plain=False), "one")
    reader = connect(plain=False).reader()
    hits = reader.lookup([f" {ADDRESS}:443", "nothing"], personal=True)
    assert {hit.account_id for hit in hits} == set(RING)
    (found,) = {hit.identifier for hit in hits}
    assert is_fingerprint(found.key)
    assert (found.kind, found.accounts) == ("ip", 8)
    assert ADDRESS not in found.caption
    assert reader.search(ADDRESS, 5, personal=True).identifiers == (found,)
    assert reader.search(ADDRESS, 5, personal=False).identifiers == ()
    # Its own fingerprint finds it too, and so does the graph's plain key of what is not personal.
    assert {hit.identifier for hit in reader.lookup([found.key], personal=True)} == {found}
    assert len(reader.holders([found.name], PageRequest(50, "count"))[found.name].rows) == 8


def test_who_lacks_the_key_finds_no_plain_value(connect, night, login, tmp_path):
    from linkage.engine.neo4j import Neo4jEngine

    night.give(connect(plain=False), "one")
    stranger = Neo4jEngine(login, tmp_path / "elsewhere")
    assert stranger.reader().lookup([ADDRESS], personal=True) == []
    assert len(stranger.reader().accounts(RING)) == 8
    stranger.close()


def test_readers_see_their_own_run_while_others_are_published(connect, night):
    """Every reading is one run's and whole, however many nights come by; older runs stay readable."""
    night.give(connect(), "r00")
    done = threading.Event()
    problems: list[str] = []
    pinned = connect().reader("r00")

    def look(follow: bool) -> None:
        source = connect()
        try:
            while not done.is_set():
                reader = source.reader() if follow else pinned.within(60)
                run = reader.run.run_id
                ring = reader.ring_page(RingFilter(), PageRequest(5, "score")).rows
                members = reader.members([ring[0].ring_id], AccountFilter(), PageRequest(100, "id"))
                rows = members[ring[0].ring_id].rows
                seen = (
                    [one.ring_id.split("/")[0] for one in ring],
                    {row.ring_id.split("/")[0] for row in rows},
                    len(rows),
                    reader.member_counts([ring[0].ring_id], AccountFilter()),
                    reader.link_count(None),
                    len(reader.shared([ring[0].ring_id], PageRequest(100, "members"))[ring[0].ring_id].rows)
                    > 3,
                )
                wanted = ([run], {run}, 8, {ring[0].ring_id: 8}, 28, True)
                if seen != wanted:
                    problems.append(f"{run}: {seen}")
        except BaseException as error:
            problems.append(repr(error))
            raise

    threads = [threading.Thread(target=look, args=(follow,)) for follow in (True, False)]
    for thread in threads:
        thread.start()
    for minute in range(1, 3):
        night.give(connect(), f"r{minute:02}", minute=minute)
    done.set()
    for thread in threads:
        thread.join()
    assert problems == []
    for run_id in ("r00", "r01", "r02"):
        reader = connect().reader(run_id)
        assert [ring.ring_id.split("/")[0] for ring in reader.rings(
            [row.ring_id for row in reader.ring_page(RingFilter(), PageRequest(5, "id")).rows]
        )] == [run_id]  # fmt: skip
        assert reader.explain(RING[0], RING[1]).linked


def test_a_run_that_is_pruned_is_no_longer_read(connect, night):
    night.give(connect(), "one")
    reader = connect().reader()
    night.give(connect(), "two", minute=1)
    assert len(reader.accounts(RING)) == 8
    connect().prune(1)
    with pytest.raises(StoreError, match="pruned"):
        reader.accounts(RING)
    with pytest.raises(StoreError):
        connect().reader("one")


def test_a_mark_that_a_dead_writer_left_stops_nobody_for_long(connect, reader, login, monkeypatch):
    from linkage.engine.neo4j import pinned

    monkeypatch.setattr(pinned, "_STALE_SECONDS", 0.3)
    assert len(reader.accounts(RING)) == 8
    query(login, "MATCH (n:Ledger {uid: 'pointer'}) SET n.publishing = true")
    began = time.monotonic()
    assert len(reader.accounts(RING)) == 8
    assert 0.2 < time.monotonic() - began < 5
    with pytest.raises(TimeoutExceededError):
        connect().reader().within(0.1).accounts(RING)
    query(login, "MATCH (n:Ledger {uid: 'pointer'}) SET n.publishing = false")
    assert len(reader.accounts(RING)) == 8


def test_accounts_that_are_gone_and_values_that_changed_are_those_of_the_run(connect, reader, login, night):
    """A later run that lost an account and renamed another's plan: the earlier one is as it was."""
    before = reader.account_page(AccountFilter(), PageRequest(1000, "id")).rows
    query(
        login,
        """MATCH (n:Account {account_id: $id})
        CREATE (n)-[past:PAST_STATE]->(n)
        SET past = properties(n), past.uid = null, past.labels = ['Account'], past.until = n.since + 1
        SET n.since = n.since + 1, n.plan = 'later', n.status = 'banned'""",
        id=RING[0],
    )
    query(
        login,
        """MATCH (n:Account {account_id: $id})
        CREATE (n)-[past:PAST_STATE]->(n)
        SET past = properties(n), past.uid = null, past.labels = ['Account'], past.until = n.since + 1
        SET n = {uid: n.uid}, n:Past REMOVE n:Account""",
        id=RING[1],
    )
    assert reader.account_page(AccountFilter(), PageRequest(1000, "id")).rows == before
    assert reader.account_count(AccountFilter(statuses=("banned",))) == 0
    assert {row.account_id for row in reader.search("ring", 50, personal=False).accounts} == set(RING)


def test_injections_are_values(reader):
    for text in ("' OR 1=1 //", "a:ring0", "`", "*) RETURN n //", "\\", "ring0'}) DETACH DELETE n //"):
        assert reader.accounts([text]) == []
        assert reader.lookup([text], personal=True) == []
        assert reader.search(text, 5, personal=True).accounts == ()
        assert reader.ring_count(RingFilter(kind=text, country=text, story=text)) == 0
        assert reader.account_count(AccountFilter(statuses=(text,))) == 0
        assert reader.identifier_count(IdentifierFilter(kinds=(text,))) == 0
    assert len(reader.accounts(RING)) == 8


def test_a_server_that_is_gone_is_one_clear_error(tmp_path):
    from linkage.engine.neo4j import Login, Neo4jEngine

    engine = Neo4jEngine(Login("bolt://127.0.0.1:9"), tmp_path)
    for ask in (engine.published, engine.reader):
        with pytest.raises(ServerError, match="cannot be reached"):
            ask()
    engine.close()
