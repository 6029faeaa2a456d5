"""What each account does by itself, on a handful of exchanges."""

from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from linkage.profiles import profile, see_days
from linkage.sources.contracts import CONTRACTS
from linkage.warehouse import Warehouse, ident

START = datetime(2026, 6, 1)


def at(day=0.0, hour=0.0):
    return START + timedelta(days=day, hours=hour)


def world(accounts, **tables):
    """A warehouse with the clean tables of the contract, empty but for the rows given."""
    warehouse = Warehouse.open(None)
    for name, contract in CONTRACTS.items():
        columns = ", ".join(f"{ident(column.name)} {column.type}" for column in contract.columns)
        warehouse.execute(f"CREATE TABLE {ident('clean_' + name)} ({columns})")
        rows = tables.get(name, [])
        if rows:
            warehouse.register("given", pa.Table.from_pylist(rows))
            warehouse.execute(f"INSERT INTO {ident('clean_' + name)} BY NAME SELECT * FROM given")
            warehouse.drop("given")
    texts = ", ".join(
        f"{name} VARCHAR" for name in ("account_id", "status", "plan", "pathway", "org_id", "country")
    )
    warehouse.execute(f"CREATE TABLE account (account INTEGER, created_at TIMESTAMP, {texts})")
    for number, row in enumerate(accounts):
        warehouse.register("given", pa.Table.from_pylist([{"account": number, "status": "active", **row}]))
        warehouse.execute("INSERT INTO account BY NAME SELECT * FROM given")
    return warehouse


def profiles(warehouse):
    see_days(warehouse)
    profile(warehouse)
    return {row["account"]: row for row in warehouse.records("SELECT * FROM profile ORDER BY account")}


def exchange(account, ts, **more):
    return {"account_id": account, "ts": ts, **more}


def test_every_account_has_a_row_and_what_is_not_known_is_null():
    rows = profiles(world([{"account_id": "a"}, {"account_id": "b"}]))
    assert set(rows) == {0, 1}
    assert rows[0]["exchanges"] is None
    assert rows[0]["prepaid_share"] is None
    assert rows[0]["banned"] is False


def test_volume_days_and_hours():
    sent = [
        exchange("a", at(day, hour), input_tokens=10, output_tokens=2)
        for day in range(10)
        for hour in (9, 10)
    ]
    row = profiles(world([{"account_id": "a", "created_at": at(-1)}], exchanges=sent))[0]
    assert (row["exchanges"], row["active_days"], row["hours_of_day"], row["span_days"]) == (20, 10, 2, 10)
    assert (row["tokens_in"], row["tokens_out"]) == (200, 40)
    # From 11 to 8 o'clock, over midnight.
    assert row["pause"] == 22
    assert row["days_to_start"] == pytest.approx(1 + 9 / 24)
    assert row["evenness"] == pytest.approx(0)
    assert row["ramp"] == pytest.approx(1)
    assert row["peak_share"] == pytest.approx(0.1)


def test_whoever_never_sleeps_has_no_pause():
    sent = [exchange("a", at(hour=hour)) for hour in range(24)]
    assert profiles(world([{"account_id": "a"}], exchanges=sent))[0]["pause"] == 0


def test_a_slow_start_shows_in_the_ramp():
    sent = [
        exchange("a", at(day, minute / 60)) for day in range(10) for minute in range(1 if day < 2 else 10)
    ]
    assert profiles(world([{"account_id": "a"}], exchanges=sent))[0]["ramp"] == pytest.approx(5 * 2 / 82)


def test_the_share_of_a_new_model_in_its_first_two_days():
    sent = [
        exchange("a", at(0), model="old"),
        exchange("a", at(5, 1), model="old"),
        exchange("a", at(5, 2), model="new"),
        exchange("a", at(6), model="new"),
        exchange("a", at(8), model="new"),
    ]
    released = [{"model": "old", "released_at": at(-300)}, {"model": "new", "released_at": at(5)}]
    row = profiles(world([{"account_id": "a"}], exchanges=sent, releases=released))[0]
    assert (row["fresh"], row["chances"], row["models"]) == (2, 3, 2)


def test_money_and_refusals():
    row = profiles(
        world(
            [{"account_id": "a", "plan": "pro"}],
            exchanges=[
                exchange("a", at(), status_code=code, input_tokens=50, output_tokens=50)
                for code in (200, 429)
            ],
            payment_methods=[
                {"account_id": "a", "fingerprint": "c1", "funding": "virtual"},
                {"account_id": "a", "fingerprint": "c2", "funding": "credit"},
            ],
            payments=[
                {"account_id": "a", "ts": at(), "outcome": outcome, "amount": 5.0}
                for outcome in ("paid", "declined", "chargeback")
            ],
            plans=[{"plan": "pro", "monthly_allowance": 3000.0}],
        )
    )[0]
    assert (row["cards"], row["prepaid_share"], row["refused_share"]) == (2, 0.5, 0.5)
    assert (row["payments"], row["declined"], row["chargebacks"], row["paid"]) == (3, 1, 1, 5.0)
    # 200 tokens in the one day seen, of 100 a day.
    assert row["plan_use"] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("actions", "banned"),
    [
        ([("ban", 1)], True),
        ([("ban", 1), ("reinstate", 2)], False),
        ([("ban", 1), ("reinstate", 2), ("ban", 3)], True),
        ([("suspend", 1)], False),
        ([("rate_limit", 1)], False),
    ],
)
def test_a_ban_stands_until_it_is_taken_back(actions, banned):
    told = [{"account_id": "a", "ts": at(day), "action": action} for action, day in actions]
    row = profiles(world([{"account_id": "a"}], enforcement=told))[0]
    assert row["banned"] is banned
    assert (row["banned_at"] is not None) is banned


def test_sessions_alone_give_the_dates():
    row = profiles(world([{"account_id": "a"}], sessions=[{"account_id": "a", "ts": at(3)}]))[0]
    assert row["first_activity"] == row["last_activity"] == at(3)
    assert row["exchanges"] is None
