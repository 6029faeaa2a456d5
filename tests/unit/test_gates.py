"""Gates compare a night with the published one, and say in a phrase what is too far from it."""

from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from linkage.model import RunRecord
from linkage.run.before import Standing
from linkage.run.gates import LEAST_ACCOUNTS, LEAST_FLAGGED, refusals
from linkage.settings.model import GateSettings

START = datetime(2026, 6, 1, tzinfo=UTC)
LIMITS = GateSettings()


def record(run_id: str, rows: int = 100_000, accounts: int = 10_000) -> RunRecord:
    counts = {"rows": rows, "accounts": accounts}
    return RunRecord(run_id=run_id, status="published", started_at=START, as_of=START, counts=counts)


def memberships(flagged: range, others: range = range(0)) -> pa.Table:
    names = [f"a{number}" for number in (*flagged, *others)]
    flags = [True] * len(flagged) + [False] * len(others)
    return pa.table({"account_id": pa.array(names, pa.string()), "flagged": pa.array(flags, pa.bool_())})


LAST = Standing(
    record("last"),
    memberships(range(400), range(5_000, 9_000)),
    memberships(range(0)).drop_columns("flagged"),
)


def found(run: RunRecord | None = None, members: pa.Table = LAST.memberships, standing=LAST, limits=LIMITS):
    return refusals(limits, standing, run or record("now"), members)


def test_a_night_like_the_last_passes():
    assert found() == ()


def test_a_first_night_has_nothing_to_be_compared_with():
    assert found(record("now", rows=1), memberships(range(9_000)), standing=None) == ()


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (record("now", rows=50_000), None),
        (record("now", rows=49_999), "49,999 rows where run last had 100,000 (gates.lost_rows = 0.5)"),
        (record("now", rows=300_000), None),
        (record("now", accounts=8_000), None),
        (
            record("now", accounts=7_999),
            "7,999 accounts where run last had 10,000 (gates.lost_accounts = 0.2)",
        ),
        (record("now", accounts=90_000), None),
    ],
)
def test_an_export_that_broke_is_seen_by_what_is_missing(run, told):
    assert found(run) == (() if told is None else (told,))


@pytest.mark.parametrize(
    ("members", "told"),
    [
        (memberships(range(900)), None),
        (
            memberships(range(901)),
            "501 of 10,000 accounts are newly flagged (gates.newly_flagged = 0.05)",
        ),
        # Who is in a ring that is not flagged is not accused.
        (memberships(range(400), range(400, 9_000)), None),
        (memberships(range(200)), None),
        (
            memberships(range(199)),
            "201 of 400 flagged accounts no longer are (gates.no_longer_flagged = 0.5)",
        ),
    ],
)
def test_a_detector_that_went_wild_or_blind_is_seen_by_whom_it_flags(members, told):
    assert found(members=members) == (() if told is None else (told,))


def test_everything_that_is_wrong_is_told():
    phrases = found(record("now", rows=0, accounts=100), memberships(range(20_000, 20_050)))
    assert len(phrases) == 4


def test_a_store_for_trying_has_no_gates():
    small = replace(LAST, run=record("last", accounts=LEAST_ACCOUNTS - 1))
    assert found(record("now", rows=0, accounts=0), memberships(range(400)), standing=small) == ()


def test_a_few_flagged_accounts_may_go():
    few = replace(LAST, memberships=memberships(range(LEAST_FLAGGED - 1)))
    assert found(members=memberships(range(0)), standing=few) == ()


def test_a_gate_can_be_opened():
    wide = GateSettings(lost_rows=1, lost_accounts=1, newly_flagged=1, no_longer_flagged=1)
    assert found(record("now", rows=0, accounts=0), memberships(range(0)), limits=wide) == ()
