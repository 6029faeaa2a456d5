"""Plain users live as their knob table says: every knob measured on a world without rings."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from linkage.simulate import simulate
from linkage.simulate.base import World, finish, holdings
from linkage.simulate.canvas import Canvas, blank, release_second
from linkage.simulate.catalog import ACTIONS, PATHWAYS, PLANS
from linkage.simulate.codes import Salt, code
from linkage.simulate.knobs import PLAIN, Plain
from linkage.simulate.people import DAY, NEVER, NO_CHANNEL, Own, Profile
from linkage.simulate.spellings import SPELLINGS
from linkage.simulate.traffic import _day_weights
from linkage.simulate.world import plan

ACCOUNTS = 20_000
SEED = 7


@dataclass(frozen=True)
class Seen:
    """People before any story, the planned world, and what the tables of a world show."""

    people: Canvas
    world: World
    tables: duckdb.DuckDBPyConnection

    def holds(self, kind: str, flag: Own) -> Any:
        """Of people who have this of their own: what they hold, and how many they are."""
        found = holdings(self.bare, kind, np.arange(ACCOUNTS, dtype=np.int64))
        return found, int((self.people.actors.own & np.uint8(flag) > 0).sum())

    @property
    def bare(self) -> World:
        """The people as a world of their own."""
        return finish(self.people, 1.0, None)

    @property
    def innocent(self) -> int:
        """Accounts of the planned world."""
        return len(self.world.canvas.accounts)

    def acted(self, action: str) -> int:
        """Enforcement of this sort."""
        number = ACTIONS.index(action)
        return sum(int((what == number).sum()) for _, _, what in self.world.canvas.enforcement)

    def one(self, query: str) -> Any:
        row = self.tables.execute(query).fetchone()
        assert row is not None
        return row[0]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder: Path = tmp_path_factory.mktemp("plain") / "world"
    simulate(folder, accounts=8_000, seed=SEED, level="careful", fraud=0.0)
    tables = duckdb.connect(config={"threads": 1})
    for path in folder.glob("*.parquet"):
        tables.execute(f"CREATE VIEW {path.stem} AS FROM '{path}'")
    canvas, rings = plan(ACCOUNTS, 30, SEED, "careful", fraud=0.0)
    assert rings == 0
    return Seen(blank(ACCOUNTS, 30, SEED), finish(canvas, 33.0, None), tables)


def share(chosen: Any) -> float:
    return float(np.mean(chosen))


def adopted_by(s: Seen, days: float) -> float:
    release, adopts = release_second(30), s.people.actors.adopts
    return share(adopts[adopts != NEVER] <= release + days * DAY)


def volumes(s: Seen) -> Any:
    """Volumes beside what the plan's mean is, of those who are not idle."""
    actors = s.people.actors
    busy = actors.rate > 0
    return actors.rate[busy] / np.array(PLAIN.plan_volume)[s.people.accounts.plan[busy]]


def flagged(flag: Own) -> Callable[[Seen], float]:
    return lambda s: share(s.people.actors.own & np.uint8(flag) > 0)


def mean_folded(mean: float, most: float) -> float:
    """The mean of an exponential that begins again at `most`."""
    return mean - most / np.expm1(most / mean)


def homes(s: Seen, six: bool) -> Any:
    found, owners = s.holds("ip", Own.HOME)
    kind = found.value >= 1 << 40
    first = (kind == six) & (found.weight == 1.0)
    return found.rows(first), owners


#: Each knob: what is measured, what the table says, and how far apart the two may be.
MEASURED: dict[str, Callable[[Seen], tuple[Any, Any, float]]] = {
    "created_in_window": lambda s: (share(s.people.accounts.created >= 0), PLAIN.created_in_window, 0.01),
    "age_days": lambda s: (
        -s.people.accounts.created[s.people.accounts.created < 0].mean() / DAY,
        mean_folded(PLAIN.age_days, PLAIN.oldest_days),
        6,
    ),
    "oldest_days": lambda s: (-s.people.accounts.created.min() / DAY, PLAIN.oldest_days, 10),
    "phone_share": lambda s: (share(s.people.accounts.phone != 0), PLAIN.phone_share, 0.02),
    "promo_share": lambda s: (
        share((s.people.accounts.referral > 0) & (s.people.accounts.referral < 1_000)), PLAIN.promo_share, 0.01,
    ),
    "promo_codes": lambda s: (
        len(np.unique(s.people.accounts.referral[s.people.accounts.referral < 1_000])) - 1, PLAIN.promo_codes, 0,
    ),
    "referred_share": lambda s: (share(s.people.accounts.referral >= 1_000), PLAIN.referred_share, 0.01),
    # Only whoever came later than the friend can have been invited: about half.
    "invited_share": lambda s: (
        len(s.world.canvas.relations[-1].account) / s.innocent, PLAIN.invited_share / 2, 0.006,
    ),
    "mail_shapes": lambda s: (
        np.bincount(s.people.accounts.mail_shape, minlength=6) / ACCOUNTS, np.array(PLAIN.mail_shapes), 0.02,
    ),
    "volume_sigma": lambda s: (np.log(volumes(s)).std(), PLAIN.volume_sigma, 0.03),
    "volume_cap": lambda s: (min(s.people.actors.rate.max(), PLAIN.volume_cap), PLAIN.volume_cap, 100),
    "plan_volume": lambda s: (
        [round(float(np.median(s.people.actors.rate[(s.people.accounts.plan == place) & (s.people.actors.rate > 0)])
            * np.exp(PLAIN.volume_sigma**2 / 2) / PLAIN.plan_volume[place]), 1) for place in (0, 1, 2, 3)],
        [1.0] * 4, 0.2,
    ),
    "idle_share": lambda s: (share(s.people.actors.rate == 0), PLAIN.idle_share, 0.01),
    "profiles": lambda s: (
        np.bincount(s.people.actors.profile, minlength=5) / ACCOUNTS, np.array(PLAIN.profiles), 0.02,
    ),
    "bursty_share": lambda s: (share(s.people.actors.bursty), PLAIN.bursty_share, 0.02),
    "even_share": lambda s: (
        share(s.people.actors.noise[s.people.actors.profile != Profile.FLAT] == 20.0), PLAIN.even_share, 0.02,
    ),
    "cron_share": lambda s: (
        share(s.people.actors.grid[s.people.actors.own & np.uint8(Own.SERVER) > 0] > 0), PLAIN.cron_share, 0.05,
    ),
    "no_ramp": lambda s: (share(~s.people.actors.ramp), PLAIN.no_ramp, 0.02),
    "holiday_share": lambda s: (away(s), PLAIN.holiday_share, 0.02),
    "churn_share": lambda s: (
        share(s.world.actors.end[: s.innocent] < s.world.canvas.window), PLAIN.churn_share + PLAIN.banned, 0.02,
    ),
    "payload_sigma": lambda s: (
        s.one("SELECT stddev(m) FROM (SELECT avg(ln(input_tokens)) AS m FROM exchanges GROUP BY account_id "
              "HAVING count(*) >= 30)"),
        PLAIN.payload_sigma, 0.15,
    ),
    "never_adopts": lambda s: (share(s.people.actors.adopts == NEVER), PLAIN.never_adopts, 0.02),
    "adopts_days": lambda s: (adopted_by(s, PLAIN.adopts_days), 1 - np.exp(-1), 0.02),
    "release_surge": lambda s: (surge(s), PLAIN.release_surge, 0.25),
    "mobile_share": lambda s: (flagged(Own.MOBILE)(s), PLAIN.mobile_share, 0.02),
    "work_share": lambda s: (flagged(Own.WORK)(s), PLAIN.work_share, 0.02),
    "server_share": lambda s: (flagged(Own.SERVER)(s), PLAIN.server_share, 0.01),
    "vpn_share": lambda s: (flagged(Own.VPN)(s), PLAIN.vpn_share, 0.02),
    "v6_share": lambda s: (
        len(np.unique(homes(s, six=True)[0].owner)) / homes(s, six=True)[1], PLAIN.v6_share, 0.02,
    ),
    "move_share": lambda s: (
        share(homes(s, six=False)[0].end < s.people.window) * len(homes(s, six=False)[0].owner) / ACCOUNTS,
        PLAIN.move_share, 0.02,
    ),
    "own_client_share": lambda s: (
        share(np.isin(np.arange(ACCOUNTS), (c := s.holds("client", Own.CLIENTS)[0]).owner[c.value >> 8 > 0])),
        PLAIN.own_client_share, 0.02,
    ),
    "templated": lambda s: (share(s.people.actors.own_share >= 0.5), PLAIN.templated, 0.02),
    "second_channel": lambda s: (share(s.people.actors.channel != NO_CHANNEL), PLAIN.second_channel, 0.02),
    "second_card_share": lambda s: (
        share(np.unique(s.holds("card", Own.CARD)[0].owner, return_counts=True)[1] == 2),
        PLAIN.second_card_share, 0.01,
    ),
    "free_card_share": lambda s: (
        share(np.isin(np.flatnonzero(s.people.accounts.plan == 0), s.holds("card", Own.CARD)[0].owner)),
        PLAIN.free_card_share, 0.02,
    ),
    "virtual_share": lambda s: (
        share((s.holds("card", Own.CARD)[0].value & 255) >= 56), PLAIN.virtual_share, 0.015,
    ),
    "popular_templates": lambda s: (popular(s), PLAIN.popular_templates, 12),
    "users_of_a_cgnat_address": lambda s: (
        sum(len(s.people.pools.members[-pool - 1]) for country in s.people.mobile for pool in country),
        ACCOUNTS * PLAIN.mobile_share / PLAIN.users_of_a_cgnat_address, 21,
    ),
    "users_of_a_vpn_pool": lambda s: (
        len(s.people.vpn), ACCOUNTS // 40 // PLAIN.users_of_a_vpn_pool + 2, 0,
    ),
    "vpn_pool": lambda s: (
        [len(s.people.pools.members[-pool - 1]) for pool in s.people.vpn],
        [PLAIN.vpn_pool] * len(s.people.vpn), 0,
    ),
    "rate_limited": lambda s: (s.acted("rate_limit") / s.innocent, PLAIN.rate_limited, 0.006),
    "suspended": lambda s: (s.acted("suspend") / s.innocent, PLAIN.suspended, 0.003),
    "banned": lambda s: (s.acted("ban") / s.innocent, PLAIN.banned, 0.004),
    # Around 2 % of what is sent is refused; of busy users some meet it many times as often as others.
    "refusal_sigma": lambda s: (
        s.one("SELECT stddev(ln(r)) FROM (SELECT avg((status_code = 429)::INT) AS r FROM exchanges "
              "GROUP BY account_id HAVING count(*) >= 300) WHERE r > 0"),
        PLAIN.refusal_sigma, 0.45,
    ),
    "model_fickle": lambda s: (fickle(s), PLAIN.model_fickle, 0.02),
    "indicator_noise": lambda s: (
        len(s.world.canvas.indicated[-2].value) / s.innocent, PLAIN.indicator_noise, 0.001,
    ),
}  # fmt: skip


def away(s: Seen) -> float:
    """People who were there all the time and do not work evenly, with days on which they send nothing."""
    actors = s.people.actors
    people = np.flatnonzero((actors.start == 0) & (actors.noise < 10))
    weights = _day_weights(s.bare, people, np.random.default_rng(1))
    missing = (weights == 0.0).sum(axis=1)
    assert missing.max() == 12
    return share(missing > 0)


def popular(s: Seen) -> int:
    """Texts of the public collections in use; none beyond the last of them."""
    ranks = np.arange(1, 2 * PLAIN.popular_templates, dtype=np.int64)
    ids = SPELLINGS["template"](code(SEED, Salt.TEMPLATE, 0, 88_000 + ranks)).to_pylist()
    sent = {row[0] for row in s.tables.execute("SELECT DISTINCT template_id FROM exchanges").fetchall()}
    used = np.flatnonzero(np.isin(ids, list(sent - {None})))
    assert used.max() < PLAIN.popular_templates
    return len(used)


def surge(s: Seen) -> float:
    """Exchanges on the day of the release beside the same weekday a week before and after."""
    count = "SELECT count(*) FROM exchanges WHERE ts::DATE = DATE '2026-05-31' + "
    day = release_second(30) // DAY
    around = [s.one(f"{count}{other}") for other in (day - 7, day + 7) if 0 <= other < 30]
    return float(s.one(f"{count}{day}") / np.mean(around))


def fickle(s: Seen) -> float:
    """Before the newest model: exchanges with another than the user's most frequent one (a quarter hits it again)."""
    usual = """
        SELECT max(n) / sum(n) AS top, sum(n) AS sent FROM (
            SELECT account_id, model, count(*) AS n FROM exchanges WHERE model <> 'aster-5-large' GROUP BY ALL)
        GROUP BY account_id
    """
    return float(s.one(f"SELECT (1 - median(top)) / 0.75 FROM ({usual}) WHERE sent >= 100"))


@pytest.mark.parametrize("knob", [field.name for field in fields(Plain)])
def test_a_knob_is_as_its_table_says(seen: Seen, knob: str) -> None:
    measured, told, tolerance = MEASURED[knob](seen)
    assert measured == pytest.approx(told, abs=max(tolerance, 1e-9), rel=0)


def test_plans_and_pathways_go_together(seen: Seen) -> None:
    accounts = seen.people.accounts
    for place, offered in enumerate(PLANS):
        assert share(accounts.plan == place) == pytest.approx(offered.share, abs=0.01)
    assert share(accounts.pathway == PATHWAYS.index("research")) == pytest.approx(0.01, abs=0.003)
