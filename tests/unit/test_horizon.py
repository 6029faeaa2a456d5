"""A run looks back from its moment: what happened later is not known to it."""

from datetime import UTC, datetime

import pyarrow as pa

from linkage.run.horizon import hide_future
from linkage.warehouse import Warehouse

TABLES = {
    "payment_methods": "first_seen", "payments": "ts", "sessions": "ts", "exchanges": "ts", "links": "first_seen",
    "enforcement": "ts", "dispositions": "decided_at",
}  # fmt: skip


def at(day: int) -> datetime:
    return datetime(2026, 6, day)


def test_what_happened_later_is_hidden_and_what_has_no_date_is_known():
    with Warehouse.open(None) as warehouse:
        for table, column in TABLES.items():
            rows = pa.table(
                {"account_id": ["a", "b", "c"], column: pa.array([at(1), at(3), None], pa.timestamp("us"))}
            )
            warehouse.register(f"clean_{table}", rows)
        # A view, as ingest leaves for Parquet.
        warehouse.execute("ALTER TABLE clean_sessions RENAME TO stored")
        warehouse.execute("CREATE VIEW clean_sessions AS SELECT * FROM stored")
        hide_future(warehouse, datetime(2026, 6, 2, tzinfo=UTC))
        for table in TABLES:
            assert warehouse.arrow(f"SELECT account_id FROM clean_{table} ORDER BY 1")[
                "account_id"
            ].to_pylist() == [
                "a",
                "c",
            ], table
            assert warehouse.rows(f"clean_all_{table}") == 3
