"""What people decided: of each account the latest decision that the run may know."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from linkage.run.horizon import hide_future
from linkage.sources import CONTRACTS
from linkage.warehouse import Warehouse

MOMENT = datetime(2026, 6, 10, tzinfo=UTC)
HOUR = int(MOMENT.timestamp() // 3600)
ROWS = [
    ("a", "fraud", datetime(2026, 6, 1), None, None),
    ("a", "innocent", datetime(2026, 6, 8), "true", 0.25),
    ("a", "fraud", datetime(2026, 6, 12), "1", 0.5),
    ("b", "victim", None, "false", 0.5),
    ("b", "fraud", datetime(2026, 6, 9, 12), "1", 0.0),
    ("c", "innocent", None, None, None),
    ("unknown", "fraud", datetime(2026, 6, 1), None, None),
]


def decisions(as_of: datetime | None) -> list[dict[str, object]]:
    names = ("account_id", "decision", "decided_at", "sampled", "probability")
    types = (pa.string(), pa.string(), pa.timestamp("us"), pa.string(), pa.float64())
    columns = [pa.array(column, kind) for column, kind in zip(zip(*ROWS, strict=True), types, strict=True)]
    with Warehouse.open(None) as warehouse:
        for table, contract in CONTRACTS.items():
            empty = {column.name: pa.array([], pa.timestamp("us")) for column in contract.columns}
            warehouse.register(f"clean_{table}", pa.table(empty))
        warehouse.register("clean_dispositions", pa.table(dict(zip(names, columns, strict=True))))
        accounts = pa.table({"account": pa.array(range(3), pa.int32()), "account_id": ["a", "b", "c"]})
        warehouse.register("account", accounts)
        if as_of:
            hide_future(warehouse, as_of)
        warehouse.run("nightly/decision", hour=HOUR)
        return warehouse.records("SELECT * FROM decision ORDER BY account")


@pytest.mark.parametrize(
    ("as_of", "first"),
    [
        (None, {"decision": "fraud", "age": -48.0, "sampled": True, "probability": 0.5}),
        (MOMENT, {"decision": "innocent", "age": 48.0, "sampled": True, "probability": 0.25}),
        (datetime(2026, 6, 5, tzinfo=UTC), {"decision": "fraud", "age": 216.0, "sampled": False, "probability": None}),
    ],
)  # fmt: skip
def test_the_latest_decision_stands_that_the_run_may_know(as_of, first):
    assert decisions(as_of)[0] == {"account": 0, **first}


def test_a_decision_without_a_date_is_the_oldest_and_a_chance_of_nought_is_none():
    _, second, third = decisions(MOMENT)
    assert second == {"account": 1, "decision": "fraud", "age": 12.0, "sampled": True, "probability": None}
    assert third == {
        "account": 2,
        "decision": "innocent",
        "age": None,
        "sampled": False,
        "probability": None,
    }
