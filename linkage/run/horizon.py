"""What a run may know: not the truth, and nothing after the moment that it looks back from."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from linkage.settings import Settings
from linkage.sources import ingest
from linkage.sources.ingest import Progress
from linkage.sources.report import IngestReport
from linkage.warehouse import Warehouse, ident, literal

# What happened, by the column that says when. A link, a card or a decision without a date is known.
_DATED = {
    "payment_methods": "first_seen",
    "payments": "ts",
    "sessions": "ts",
    "exchanges": "ts",
    "links": "first_seen",
    "enforcement": "ts",
    "dispositions": "decided_at",
}


# The truth, where a source has it: detection must not see it.
NEVER_READ = frozenset({"labels"})


def read_source(
    warehouse: Warehouse,
    source: Path,
    settings: Settings,
    quarantine: Path,
    as_of: datetime | None,
    detail: Progress | None = None,
) -> IngestReport:
    """The source's clean tables as a run may see them: without the truth, and nothing later than `as_of`."""
    report = ingest(
        warehouse,
        source,
        settings,
        quarantine,
        detail,
        # Later rows are plausible too: they are only not known yet.
        as_of=max(as_of, datetime.now(UTC)) if as_of else None,
        leave=NEVER_READ,
    )
    if as_of is not None:
        hide_future(warehouse, as_of)
    return report


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
