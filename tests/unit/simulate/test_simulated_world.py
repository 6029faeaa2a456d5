"""What every simulated world must keep, checked on a small one."""

import hashlib
import ipaddress
from pathlib import Path

import duckdb
import pytest

from linkage.simulate import SCALES, WorldSummary, simulate
from linkage.simulate.decoys import STORIES
from linkage.simulate.world import plan

ACCOUNTS = 3_000
TABLES = (
    "accounts",
    "payment_methods",
    "payments",
    "sessions",
    "exchanges",
    "ip_ranges",
    "releases",
    "plans",
    "enforcement",
    "links",
    "allow_list",
    "indicators",
    "labels",
    "stories",
    "truth_identifiers",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


@pytest.fixture(scope="module")
def summary(folder: Path) -> WorldSummary:
    return simulate(folder / "world", accounts=ACCOUNTS, exchanges_per_account=20.0, seed=4)


@pytest.fixture(scope="module")
def world(folder: Path, summary: WorldSummary) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    for table in TABLES:
        connection.execute(f"CREATE TABLE {table} AS FROM '{folder}/world/{table}.parquet'")
    return connection


def one(world: duckdb.DuckDBPyConnection, query: str) -> int:
    row = world.execute(query).fetchone()
    assert row is not None
    return row[0]


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_rings_of_one_style_change_no_byte(tmp_path: Path) -> None:
    # Two easy rings of this seed have chosen alike: a dictionary with a name twice was written in one of two ways.
    styles = plan(5_000, 30, 3, "easy")[0].styles
    assert len(styles) == len(set(styles)) == 11
    for name in ("first", "second"):
        simulate(tmp_path / name, accounts=5_000, exchanges_per_account=1.0, seed=3)
    assert digests(tmp_path / "first") == digests(tmp_path / "second")


@pytest.mark.parametrize("fmt", ["parquet", "csv", "jsonl"])
def test_one_seed_gives_the_same_bytes(tmp_path: Path, fmt: str) -> None:
    for name in ("first", "second"):
        simulate(tmp_path / name, accounts=1_000, exchanges_per_account=5.0, fmt=fmt, text=True)
    assert digests(tmp_path / "first") == digests(tmp_path / "second")


def test_another_seed_gives_another_world(tmp_path: Path, folder: Path, summary: WorldSummary) -> None:
    simulate(tmp_path / "other", accounts=ACCOUNTS, exchanges_per_account=20.0, seed=5)
    same = digests(tmp_path / "other").items() & digests(folder / "world").items()
    assert {name for name, _ in same} <= {"plans.parquet", "releases.parquet"}


def test_the_summary_counts_the_rows(world: duckdb.DuckDBPyConnection, summary: WorldSummary) -> None:
    assert summary.rows == {table: one(world, f"SELECT count(*) FROM {table}") for table in summary.rows}
    assert set(summary.rows) == set(TABLES)
    assert summary.rows["exchanges"] == pytest.approx(20 * ACCOUNTS, rel=0.1)


@pytest.mark.parametrize("table", ["sessions", "exchanges", "payments", "enforcement"])
def test_nobody_acts_before_the_account_exists(world: duckdb.DuckDBPyConnection, table: str) -> None:
    assert (
        one(world, f"SELECT count(*) FROM {table} JOIN accounts USING (account_id) WHERE ts < created_at")
        == 0
    )


@pytest.mark.parametrize("table", ["sessions", "exchanges", "payments", "enforcement"])
def test_all_happens_inside_the_window(world: duckdb.DuckDBPyConnection, table: str) -> None:
    late = "ts >= TIMESTAMPTZ '2026-06-30 00:00:00+00' OR ts < TIMESTAMPTZ '2026-05-31 00:00:00+00'"
    assert one(world, f"SELECT count(*) FROM {table} WHERE {late}") == 0


def test_nobody_acts_after_a_ban(world: duckdb.DuckDBPyConnection) -> None:
    banned = "(SELECT account_id, ts AS until FROM enforcement WHERE action = 'ban')"
    assert (
        one(world, f"SELECT count(*) FROM exchanges JOIN {banned} USING (account_id) WHERE ts >= until") == 0
    )


NOT_OF_ACCOUNTS = (
    "accounts",
    "ip_ranges",
    "releases",
    "plans",
    "allow_list",
    "indicators",
    "truth_identifiers",
)


@pytest.mark.parametrize("table", [t for t in TABLES if t not in NOT_OF_ACCOUNTS])
def test_every_account_named_exists(world: duckdb.DuckDBPyConnection, table: str) -> None:
    assert one(world, f"SELECT count(*) FROM {table} ANTI JOIN accounts USING (account_id)") == 0


def test_ids_are_unique(world: duckdb.DuckDBPyConnection) -> None:
    assert one(world, "SELECT count(DISTINCT account_id) FROM accounts") == ACCOUNTS
    assert one(world, "SELECT count(*) - count(DISTINCT exchange_id) FROM exchanges") == 0


def test_models_and_plans_are_those_on_sale(world: duckdb.DuckDBPyConnection) -> None:
    assert one(world, "SELECT count(*) FROM accounts ANTI JOIN plans USING (plan)") == 0
    early = "SELECT count(*) FROM exchanges JOIN releases USING (model) WHERE ts < released_at"
    assert one(world, early) == 0


def test_exchanges_agree_with_their_session(world: duckdb.DuckDBPyConnection) -> None:
    shown = ("ip", "device_id", "user_agent", "tls_fingerprint")
    same = " AND ".join(f"s.{name} IS NOT DISTINCT FROM e.{name}" for name in shown)
    orphans = f"""
        SELECT count(*) FROM exchanges e WHERE NOT EXISTS (
            FROM sessions s WHERE s.account_id = e.account_id AND {same}
                AND e.ts BETWEEN s.ts AND s.ts + INTERVAL 15 HOUR)
    """
    assert one(world, orphans) == 0


def test_addresses_are_public_and_lie_in_listed_ranges(world: duckdb.DuckDBPyConnection) -> None:
    addresses = [
        ipaddress.ip_address(ip) for (ip,) in world.execute("SELECT DISTINCT ip FROM sessions").fetchall()
    ]
    listed = {
        ipaddress.ip_network(cidr) for (cidr,) in world.execute("SELECT cidr FROM ip_ranges").fetchall()
    }
    assert all(network.is_global for network in listed)
    assert all(address.is_global and not address.is_multicast for address in addresses)
    wide = {4: 16, 6: 32}
    assert {
        ipaddress.ip_network(f"{address}/{wide[address.version]}", strict=False) for address in addresses
    } <= listed
    assert {address.version for address in addresses} == {4, 6}


def test_fingerprints_do_not_pass_for_card_numbers(world: duckdb.DuckDBPyConnection) -> None:
    odd = "NOT regexp_full_match(fingerprint, 'pm_[0-9a-f]{16}')"
    assert one(world, f"SELECT count(*) FROM payment_methods WHERE {odd}") == 0


def test_payments_use_the_cards_on_file(world: duckdb.DuckDBPyConnection) -> None:
    assert (
        one(world, "SELECT count(*) FROM payments ANTI JOIN payment_methods USING (account_id, fingerprint)")
        == 0
    )


def test_every_innocent_story_is_told(world: duckdb.DuckDBPyConnection, summary: WorldSummary) -> None:
    told = {story for (story,) in world.execute("SELECT DISTINCT story FROM stories").fetchall()}
    assert told >= {*STORIES, "plain"}
    assert all(count > 0 for count in summary.decoys.values())


def test_rings_hold_their_share(world: duckdb.DuckDBPyConnection, summary: WorldSummary) -> None:
    query = "SELECT count(*) FROM labels WHERE role = 'member' GROUP BY ring_id ORDER BY 1 DESC"
    sizes = [size for (size,) in world.execute(query).fetchall()]
    assert sum(sizes) == summary.fraud_accounts == pytest.approx(0.012 * ACCOUNTS, abs=3)
    assert len(sizes) == summary.rings
    assert min(sizes) >= 2
    assert 0.3 <= sizes[0] / sum(sizes) <= 0.4


def test_labels_agree_with_their_roles(world: duckdb.DuckDBPyConnection) -> None:
    assert one(world, "SELECT count(*) FROM labels") == ACCOUNTS
    assert one(world, "SELECT count(*) FROM labels WHERE (ring_id IS NULL) <> (role = 'innocent')") == 0
    assert (
        one(
            world,
            "SELECT count(*) FROM labels l JOIN stories s USING (account_id) WHERE l.ring_id <> s.story",
        )
        == 0
    )


def test_place_and_id_do_not_give_rings_away(world: duckdb.DuckDBPyConnection) -> None:
    # Were members placed at random, their mean place would lie in the middle, within a few standard errors.
    for order in ("rowid", "account_id"):
        query = f"""
            SELECT avg(place), count(*) FROM (
                SELECT (row_number() OVER (ORDER BY {order}) - 0.5) / {ACCOUNTS} AS place, role FROM labels)
            WHERE role = 'member'
        """
        row = world.execute(query).fetchone()
        assert row is not None
        assert abs(row[0] - 0.5) < 4 * (1 / 12 / row[1]) ** 0.5


@pytest.mark.parametrize(
    ("story", "value"), [("second_hand_device", "device_id"), ("recycled_address", "ip")]
)
def test_a_passed_on_thing_is_never_held_by_two_at_once(
    world: duckdb.DuckDBPyConnection, story: str, value: str
) -> None:
    # Carriers and offices are shared at once; only homes' lines are passed on.
    homes = (
        "SELECT replace(cidr, '0.0/16', '') FROM ip_ranges WHERE class = 'residential' AND cidr LIKE '%.%'"
    )
    passed = (
        f"regexp_extract(ip, '^[0-9]+[.][0-9]+[.]') IN ({homes})"
        if value == "ip"
        else "device_id IS NOT NULL"
    )
    query = f"""
        WITH held AS (
            SELECT {value} AS value, account_id, min(ts) AS first, max(ts) AS last
            FROM sessions JOIN stories USING (account_id) WHERE story = '{story}' AND {passed} GROUP BY ALL)
        SELECT count(*), count(*) FILTER (a.last >= b.first AND b.last >= a.first)
        FROM held a JOIN held b USING (value) WHERE a.account_id < b.account_id
    """
    pairs, overlapping = world.execute(query).fetchall()[0]
    assert pairs > 0
    assert overlapping == 0


def test_formats_hold_the_same_rows(tmp_path: Path) -> None:
    for fmt in ("parquet", "csv", "jsonl"):
        simulate(tmp_path / fmt, accounts=1_000, exchanges_per_account=5.0, fmt=fmt)
    with duckdb.connect(config={"threads": 1}) as connection:
        for table in TABLES:
            parquet = f"'{tmp_path}/parquet/{table}.parquet'"
            types = {
                name: kind for name, kind, *_ in connection.execute(f"DESCRIBE FROM {parquet}").fetchall()
            }
            text = ", ".join(f"{name}: 'VARCHAR'" for name in types)
            csv = f"read_csv('{tmp_path}/csv/{table}.csv', header = true, all_varchar = true)"
            jsonl = f"read_json('{tmp_path}/jsonl/{table}.jsonl', columns = {{{text}}})"
            cast = ", ".join(
                f"epoch_ms({name}::TIMESTAMPTZ)" if kind.startswith("TIMESTAMP") else f"{name}::{kind}"
                for name, kind in types.items()
            )
            rows = [
                connection.execute(f"SELECT {cast} FROM {source}").fetchall()
                for source in (parquet, csv, jsonl)
            ]
            assert rows[0] == rows[1] == rows[2]


@pytest.mark.parametrize("level", ["careful", "paranoid"])
def test_harder_operators_hold_the_same_promises(tmp_path: Path, level: str) -> None:
    summary = simulate(tmp_path / "world", accounts=1_500, exchanges_per_account=8.0, level=level)
    assert summary.fraud_accounts >= 15
    accounts, exchanges = (f"'{tmp_path}/world/{table}.parquet'" for table in ("accounts", "exchanges"))
    with duckdb.connect() as connection:
        early = f"SELECT count(*) FROM {exchanges} JOIN {accounts} USING (account_id) WHERE ts < created_at"
        assert one(connection, early) == 0


def test_prompts_are_neither_notes_nor_books(tmp_path: Path) -> None:
    simulate(tmp_path / "world", accounts=1_000, exchanges_per_account=10.0, text=True)
    with duckdb.connect() as connection:
        columns = connection.execute(f"FROM '{tmp_path}/world/exchanges.parquet' LIMIT 0").description
        assert columns is not None
        assert "template_id" not in {column[0] for column in columns}
        mean = one(connection, f"SELECT avg(length(prompt)) FROM '{tmp_path}/world/exchanges.parquet'")
    assert 200 <= mean <= 600


def test_large_worlds_are_written_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkage.simulate.world._PART_ROWS", 2_000)
    summary = simulate(tmp_path / "world", accounts=1_000, exchanges_per_account=5.0)
    parts = sorted((tmp_path / "world" / "exchanges").iterdir())
    assert len(parts) > 1
    with duckdb.connect() as connection:
        assert (
            one(connection, f"SELECT count(*) FROM '{tmp_path}/world/exchanges/*.parquet'")
            == summary.rows["exchanges"]
        )


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(FileExistsError, match="not empty"):
        simulate(tmp_path, accounts=1_000)


def test_a_world_too_small_for_its_stories_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="accounts"):
        simulate(tmp_path, accounts=50)


def test_scales_are_those_of_the_command_line() -> None:
    assert {name: scale.accounts for name, scale in SCALES.items()} == {
        "small": 5_000,
        "medium": 200_000,
        "seed": 2_000_000,
    }
