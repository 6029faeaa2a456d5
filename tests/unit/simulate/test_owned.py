"""Whose each identifier is: what the simulator tells the ideal detector agrees with who holds what."""

from pathlib import Path

import duckdb
import pytest

from linkage.simulate import simulate
from linkage.simulate.canvas import Owned, blank
from linkage.simulate.owned import owned_table

# Who was seen with which value, by kind, as detection would name it.
HELD = """
    CREATE TABLE held AS
    SELECT DISTINCT account_id, kind, value FROM (
        SELECT account_id, 'card' AS kind, fingerprint AS value FROM payment_methods
        UNION ALL SELECT account_id, 'ip', ip FROM sessions
        UNION ALL SELECT account_id, 'device', device_id FROM sessions
        UNION ALL SELECT account_id, 'template', template_id FROM exchanges
        UNION ALL SELECT account_id, 'system_prompt', system_prompt FROM exchanges
        UNION ALL SELECT account_id, 'tools', tools_hash FROM exchanges
        UNION ALL SELECT account_id, 'phone', phone FROM accounts
        UNION ALL SELECT account_id, 'referral_code', referral_code FROM accounts
        UNION ALL SELECT account_id, 'email_domain', split_part(email, '@', 2) FROM accounts)
    WHERE value IS NOT NULL
"""
KINDS = {
    "card",
    "ip",
    "device",
    "template",
    "system_prompt",
    "tools",
    "phone",
    "referral_code",
    "email_domain",
}


@pytest.fixture(scope="module", params=["easy", "careful"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> duckdb.DuckDBPyConnection:
    folder: Path = tmp_path_factory.mktemp("owned") / "world"
    simulate(folder, accounts=12_000, exchanges_per_account=15.0, seed=6, level=request.param)
    connection = duckdb.connect(config={"threads": 1})
    for path in folder.glob("*.parquet"):
        connection.execute(f"CREATE VIEW {path.stem} AS FROM '{path}'")
    connection.execute(HELD)
    return connection


def rows(world: duckdb.DuckDBPyConnection, query: str) -> list[tuple[object, ...]]:
    return world.execute(query).fetchall()


def test_what_is_one_rings_is_held_by_nobody_else(world: duckdb.DuckDBPyConnection) -> None:
    strangers = """
        SELECT kind, value, held.account_id FROM truth_identifiers
        JOIN held USING (kind, value) JOIN labels ON labels.account_id = held.account_id
        WHERE owner IS NOT NULL AND ring_id IS DISTINCT FROM owner
    """
    assert rows(world, strangers) == []


def test_most_of_what_is_told_was_used(world: duckdb.DuckDBPyConnection) -> None:
    used = """
        SELECT kind, avg((value IN (SELECT value FROM held WHERE held.kind = t.kind))::INT) FROM truth_identifiers t
        GROUP BY kind
    """
    found = dict(rows(world, used))
    assert {"card", "ip", "device", "template"} <= set(found) <= KINDS
    assert all(found[kind] > 0.5 for kind in ("card", "ip", "device", "template")), found


def test_members_are_tied_by_what_their_operator_owns(world: duckdb.DuckDBPyConnection) -> None:
    # What several members of one ring share alone and nobody told would be a hole in the truth. Of addresses there are
    # a few: homes of customers, exits of the ring as well, that their owners never used.
    shared = """
        SELECT kind, value FROM held JOIN labels USING (account_id) WHERE role <> 'victim'
        GROUP BY kind, value HAVING count(*) >= 3 AND count(DISTINCT ring_id) = 1 AND count(ring_id) = count(*)
    """
    missing = f"SELECT kind, value FROM ({shared}) ANTI JOIN truth_identifiers USING (kind, value)"
    assert len(rows(world, shared)) > 12
    assert {kind for kind, _ in rows(world, missing)} <= {"ip"}
    assert len(rows(world, missing)) <= 0.1 * len(rows(world, shared))


def test_what_two_operators_have_is_neithers() -> None:
    canvas = blank(1_000, 30, 1)
    own, rented = canvas.addresses.take("residential", canvas.ordinal[:2] * 0)
    canvas.owned += [Owned("ip", canvas.ordinal[:1] * 0 + rented, ring) for ring in (4, 7)]
    canvas.owned.append(Owned("ip", canvas.ordinal[:1] * 0 + own, 7))
    told = owned_table(canvas).to_pylist()
    assert [row["kind"] for row in told] == ["ip", "ip"]
    assert sorted((row["owner"] is None) for row in told) == [False, True]


def test_a_world_without_rings_has_no_owner(tmp_path: Path) -> None:
    summary = simulate(
        tmp_path / "world", accounts=1_000, exchanges_per_account=5.0, level="careful", fraud=0.0
    )
    assert (summary.rings, summary.fraud_accounts, summary.victims) == (0, 0, 0)
    assert summary.rows["truth_identifiers"] == 0
    assert summary.rows["exchanges"] == pytest.approx(5_000, rel=0.1)
    with duckdb.connect() as connection:
        labels = f"'{tmp_path}/world/labels.parquet'"
        found = connection.execute(
            f"SELECT count(*), count(ring_id), count(*) FILTER (role = 'innocent') FROM {labels}"
        ).fetchall()
    assert found == [(1_000, 0, 1_000)]
