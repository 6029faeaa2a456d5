"""What a run may know: nothing after the moment that it looks back from."""

from __future__ import annotations

from datetime import UTC, datetime

from linkage.warehouse import Warehouse, ident, literal

# What happened, by the column that says when. A link or a card without a date is known.
_DATED = {
    "payment_methods": "first_seen",
    "payments": "ts",
    "sessions": "ts",
    "exchanges": "ts",
    "links": "first_seen",
    "enforcement": "ts",
}


def hide_future(warehouse: Warehouse, as_of: datetime) -> None:
    """Leaves only what was known at `as_of` (UTC) in the clean tables of events.

    All rows stay in `clean_all_<table>`, which like every `clean_` table never leaves the run.
    """
    moment = as_of.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    for table, column in _DATED.items():
        warehouse.rename(f"clean_{table}", f"clean_all_{table}")
        warehouse.execute(
            f"CREATE VIEW {ident(f'clean_{table}')} AS SELECT * FROM {ident(f'clean_all_{table}')} "
            f"WHERE {ident(column)} IS NULL OR {ident(column)} <= TIMESTAMP {literal(moment)}"
        )
