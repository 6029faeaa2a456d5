"""Worlds show what their knob table says: rings, stories, what operators do (each knob: `test_operator_knobs`)."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from linkage.simulate import simulate
from linkage.simulate.canvas import release_second
from linkage.simulate.knobs import DECOY_KNOBS, FRAUD_SHARE, PLAIN
from linkage.simulate.levels import LEVELS, Level
from linkage.simulate.people import DAY
from linkage.simulate.world import plan

ACCOUNTS = 20_000
LEVELS_ALL: tuple[Level, ...] = ("easy", "careful", "paranoid")


@pytest.mark.parametrize("level", LEVELS_ALL)
def test_a_world_has_its_shares_of_stories_rings_and_accounts(level: Level) -> None:
    canvas, rings = plan(ACCOUNTS, 30, 3, level)
    accounts = canvas.accounts
    assert (accounts.role == 1).sum() == pytest.approx(FRAUD_SHARE * ACCOUNTS, abs=2)
    told = np.bincount(accounts.story[accounts.story >= 0], minlength=len(DECOY_KNOBS)) / ACCOUNTS
    for share, (name, knob) in zip(told, DECOY_KNOBS.items(), strict=True):
        assert share == pytest.approx(max(knob.share, 2 * knob.low / ACCOUNTS), abs=1e-4), name
        groups = accounts.group[accounts.story == list(DECOY_KNOBS).index(name)]
        if knob.high > 1:
            assert np.unique(groups, return_counts=True)[1].min() >= knob.low, name
    members = accounts.role == 1
    sizes = np.bincount(accounts.ring[members], minlength=rings)
    assert sizes.min() >= 2
    assert sizes.max() == round(0.35 * members.sum())


def test_bans_are_replaced_the_same_day() -> None:
    canvas, rings = plan(ACCOUNTS, 30, 5, "easy")
    banned, replaced = 0, 0
    for member, at, action in canvas.enforcement[:rings]:
        assert (action == 0).all()
        ring = canvas.accounts.ring[member]
        banned += len(member)
        for one, second in zip(ring, at, strict=True):
            created = canvas.accounts.created[(canvas.accounts.ring == one) & (canvas.accounts.role == 1)]
            replaced += bool(((created > second) & (created <= second + 8 * 3_600)).any())
    assert 0.05 <= banned / (canvas.accounts.role == 1).sum() <= 0.3
    assert replaced / banned >= LEVELS["easy"].replaced - 0.15


def test_rings_move_to_the_new_model_within_a_day_and_some_innocents_too() -> None:
    canvas, _ = plan(ACCOUNTS, 30, 6, "easy")
    release = release_second(30)
    soon = (canvas.actors.adopts >= release) & (canvas.actors.adopts <= release + DAY)
    member = canvas.accounts.role == 1
    assert soon[member].mean() > 2 * soon[~member].mean()
    assert soon[~member].mean() == pytest.approx(
        (1 - np.exp(-1 / PLAIN.adopts_days)) * (1 - PLAIN.never_adopts), abs=0.03
    )


def test_two_operators_share_a_network_and_one_has_two() -> None:
    shared, double = 0, 0
    for seed in range(3):
        canvas, rings = plan(ACCOUNTS, 30, seed, "easy")
        pools: dict[int, set[int]] = {ring: set() for ring in range(rings)}
        for held in canvas.granted["ip"]:
            rows = np.flatnonzero((held.value < 0) & (held.owner < ACCOUNTS))
            own = rows[~np.isin(held.value[rows], canvas.vpn)]
            for ring, value in zip(canvas.accounts.ring[held.owner[own]], held.value[own], strict=True):
                if ring >= 0:
                    pools[int(ring)].add(int(value))
        used = [pool for ring in pools.values() for pool in ring]
        shared += len(used) - len(set(used))
        double += sum(len(ring) == 2 for ring in pools.values())
    assert shared >= 1
    assert double >= 3


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, duckdb.DuckDBPyConnection]:
    opened = {}
    for level in LEVELS_ALL:
        folder: Path = tmp_path_factory.mktemp(level) / "world"
        simulate(folder, accounts=8_000, seed=9, level=level)
        connection = duckdb.connect(config={"threads": 1})
        for path in folder.glob("*.parquet"):
            connection.execute(f"CREATE VIEW {path.stem} AS FROM '{path}'")
        opened[level] = connection
    return opened


def one(world: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = world.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_easy_rings_send_their_share_of_all_exchanges_evenly(
    worlds: dict[str, duckdb.DuckDBPyConnection],
) -> None:
    world = worlds["easy"]
    share = "SELECT avg((role = 'member')::INT) FROM exchanges JOIN labels USING (account_id)"
    assert one(world, share) == pytest.approx(16 / 66, abs=0.04)
    # Load inside a ring, of those that were there all the time: near even.
    spread = """
        SELECT median(s) FROM (
            SELECT stddev_pop(n) / avg(n) AS s FROM (
                SELECT ring_id, account_id, count(*) AS n FROM exchanges
                JOIN labels USING (account_id) JOIN accounts USING (account_id)
                WHERE role = 'member' AND status = 'active' AND created_at < TIMESTAMPTZ '2026-05-31' GROUP BY ALL)
            GROUP BY ring_id HAVING count(*) > 2)
    """
    assert one(world, spread) < 0.5


def test_paranoid_members_share_neither_card_nor_device_nor_line(
    worlds: dict[str, duckdb.DuckDBPyConnection],
) -> None:
    for value, table in (("fingerprint", "payment_methods"), ("device_id", "sessions")):
        shared = f"""
            SELECT count(*) FROM (
                SELECT {value} FROM {table} JOIN labels USING (account_id)
                WHERE role = 'member' AND {value} IS NOT NULL GROUP BY 1 HAVING count(DISTINCT account_id) > 1)
        """
        assert one(worlds["paranoid"], shared) == 0
        assert one(worlds["easy"], shared) > 5
    texts = """
        SELECT count(DISTINCT a.account_id) / (SELECT count(*) FROM labels WHERE role = 'member')
        FROM exchanges a JOIN labels l USING (account_id)
        JOIN exchanges b ON b.template_id = a.template_id AND b.account_id <> a.account_id
        JOIN labels k ON k.account_id = b.account_id AND k.ring_id = l.ring_id
        WHERE l.role = 'member' AND k.role = 'member'
    """
    assert one(worlds["paranoid"], texts) > 0.5


def test_a_refused_exchange_goes_out_on_another_account(worlds: dict[str, duckdb.DuckDBPyConnection]) -> None:
    again = """
        SELECT count(DISTINCT a.exchange_id) FROM exchanges a JOIN labels l USING (account_id)
        JOIN exchanges b ON b.template_id = a.template_id AND b.account_id <> a.account_id
            AND b.ts BETWEEN a.ts AND a.ts + INTERVAL 31 SECOND AND b.status_code = 200
        JOIN labels k ON k.account_id = b.account_id AND k.ring_id = l.ring_id
        WHERE a.status_code = 429
    """
    assert one(worlds["easy"], again) >= 3


def test_stolen_keys_belong_to_their_owners(worlds: dict[str, duckdb.DuckDBPyConnection]) -> None:
    world = worlds["easy"]
    assert one(world, "SELECT count(*) FROM labels WHERE role = 'victim'") > 0
    # The victim's own use and the thief's come under the same keys, from lines that the owner never had before.
    keys = """
        SELECT min(n) FROM (SELECT account_id, count(DISTINCT credential_id) AS n FROM exchanges
        JOIN labels USING (account_id) WHERE role = 'victim' GROUP BY 1)
    """
    assert 1 <= one(world, keys) <= 3
    several = "SELECT credential_id FROM exchanges GROUP BY 1 HAVING count(DISTINCT account_id) > 1"
    assert one(world, f"SELECT count(*) FROM ({several})") == 0


def test_stories_show_what_they_tell(worlds: dict[str, duckdb.DuckDBPyConnection]) -> None:
    world = worlds["careful"]

    def of(story: str, query: str) -> Any:
        return one(world, query.replace("TOLD", f"JOIN stories USING (account_id) WHERE story = '{story}'"))

    assert of("cron", "SELECT avg((minute(ts) = 0)::INT) FROM sessions TOLD") > 0.9
    assert of("release_day", "SELECT avg((model = 'aster-5-large')::INT) FROM exchanges TOLD") > 0.3
    reseller = "SELECT count(*) / count(DISTINCT fingerprint) FROM payment_methods TOLD"
    assert of("reseller", reseller) > 3
    referred = (
        "SELECT count(*) / count(DISTINCT referral_code) FROM accounts TOLD AND referral_code IS NOT NULL"
    )
    assert of("hackathon", referred) > 10
    assert of("viral_referral", referred) > 10
    fleet = "SELECT avg((hour(ts) < 6)::INT) FROM exchanges TOLD"
    assert of("service_fleet", fleet) == pytest.approx(0.25, abs=0.05)
    runners = "SELECT count(DISTINCT account_id) / count(DISTINCT ip) FROM sessions TOLD"
    assert of("ci_runners", runners) > 0.2
    niche = """
        SELECT max(n) FROM (SELECT template_id, group_id, count(DISTINCT account_id) AS n FROM exchanges TOLD
        AND template_id IS NOT NULL GROUP BY ALL)
    """
    assert of("niche_prompt", niche) >= 3
    # A number has one owner at a time.
    phones = """
        SELECT count(*), count(*) FILTER (b.created_at < a.closed_at) FROM accounts a
        JOIN accounts b ON b.phone = a.phone AND b.created_at > a.created_at
        JOIN stories s ON s.account_id = a.account_id WHERE s.story = 'recycled_phone'
    """
    pairs, at_once = world.execute(phones).fetchall()[0]
    assert pairs > 5
    assert at_once == 0


def test_invitations_the_allow_list_and_indicators_are_filled(
    worlds: dict[str, duckdb.DuckDBPyConnection],
) -> None:
    world = worlds["easy"]
    early = """
        SELECT count(*) FROM links l JOIN accounts a USING (account_id) JOIN accounts b ON b.account_id = l.value
        WHERE b.created_at > a.created_at OR l.first_seen < a.created_at
    """
    assert one(world, early) == 0
    assert one(world, "SELECT count(DISTINCT role) FROM links JOIN labels USING (account_id)") >= 2
    assert (
        one(
            world,
            "SELECT count(*) FROM allow_list ANTI JOIN (SELECT ip AS value FROM sessions UNION "
            "SELECT fingerprint FROM payment_methods) USING (value)",
        )
        <= 2
    )
    named = one(
        world,
        "SELECT count(*) FROM indicators SEMI JOIN (SELECT ip AS value FROM sessions UNION "
        "SELECT fingerprint FROM payment_methods) USING (value)",
    )
    assert named > 10


def test_styles_belong_to_rings_and_groups_to_innocents(worlds: dict[str, duckdb.DuckDBPyConnection]) -> None:
    world = worlds["careful"]
    told = "SELECT count(*) FROM stories JOIN labels USING (account_id) WHERE"
    assert one(world, f"{told} (style IS NOT NULL) <> (role <> 'innocent')") == 0
    assert one(world, f"{told} group_id IS NOT NULL AND role <> 'innocent'") == 0
    assert one(world, "SELECT count(DISTINCT style) FROM stories") > 3
