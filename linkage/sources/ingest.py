"""Source files to clean tables: read, check, set aside, collapse, number the accounts."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from linkage.errors import InputError, StoreError
from linkage.settings import Settings
from linkage.sources import clean
from linkage.sources.accounts import number_accounts
from linkage.sources.casts import casts
from linkage.sources.checks import Checked, check, settle
from linkage.sources.contracts import CONTRACTS, Contract
from linkage.sources.discover import Feed, discover
from linkage.sources.duplicates import drop_duplicates, drop_superseded
from linkage.sources.mapping import log
from linkage.sources.parts import Part, blamed, parquet_part, query_part
from linkage.sources.report import IngestReport, TableReport
from linkage.sources.text_parts import text_part
from linkage.warehouse import Warehouse, literal

Progress = Callable[[str, str], None]
"""Called with a table's name and what happens to it: "read", "checked", "done"."""

MACROS = ("time_of_epoch", "time_of_number", "time_of_text", "luhn", "passes_for_card", "mask_cards")


def ingest(
    warehouse: Warehouse,
    source_dir: Path,
    settings: Settings,
    quarantine_dir: Path,
    progress: Progress | None = None,
    *,
    as_of: datetime | None = None,
    leave: frozenset[str] = frozenset(),
) -> IngestReport:
    """Fills the warehouse with `clean_<table>` for every table of the contract, `account`, `source_undated`.

    `as_of` (UTC, default now) bounds plausible times. Tables in `leave` are taken as absent. Writes
    `quarantine_dir/<table>.parquet` for each table with rows in quarantine. Raises InputError when input
    breaks its contract beyond `run.quarantine_limit`, cannot be read, lacks a required column, or holds no
    account; UsageError when a source is configured wrongly.
    """
    moment = as_of or datetime.now(UTC)
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    found = discover(source_dir, settings)
    if "accounts" not in found:
        raise InputError(f"accounts: {source_dir} has no accounts file (accounts.csv, accounts.parquet, …)")
    for macro in MACROS:
        warehouse.run(f"sources/macro_{macro}")
    warehouse.run("sources/quarantined")
    tables: dict[str, TableReport] = {}
    with tempfile.TemporaryDirectory(prefix="linkage-ingest-") as scratch:
        job = _Job(warehouse, source_dir, settings, quarantine_dir, Path(scratch), moment, progress)
        for table, contract in CONTRACTS.items():
            tables[table] = job.table(contract, () if table in leave else found.get(table, ()))
    for name in ("quarantined", "dropped"):
        warehouse.drop(name)
    _note_undated(warehouse, tables)
    accounts, unknown = number_accounts(warehouse)
    return IngestReport(tables, accounts, unknown)


def _note_undated(warehouse: Warehouse, tables: dict[str, TableReport]) -> None:
    rows = ", ".join(f"({literal(report.table)}, {literal(report.undated)})" for report in tables.values())
    warehouse.execute(
        f'CREATE OR REPLACE TABLE source_undated AS SELECT * FROM (VALUES {rows}) AS t ("table", undated)'
    )


@dataclass(frozen=True)
class _Job:
    """What stays the same over all tables of one ingest."""

    warehouse: Warehouse
    source_dir: Path
    settings: Settings
    quarantine_dir: Path
    scratch: Path
    as_of: datetime
    progress: Progress | None

    def table(self, contract: Contract, feeds: tuple[Feed, ...]) -> TableReport:
        """Reads one table; the report says what became of its rows."""
        warehouse = self.warehouse
        if not feeds:
            clean.build(warehouse, contract, [])
            self._quarantine_file(contract).unlink(missing_ok=True)
            return TableReport(contract.table)
        warehouse.run("sources/dropped")
        self._tell(contract, "read")
        parts: list[Part] = []
        for feed in feeds:
            parts.extend(self._parts(contract, feed, len(parts)))
        checked = [self._checked(contract, part) for part in parts]
        self._tell(contract, "checked")
        reasons = self._reasons(contract)
        quarantined = sum(reasons.values())
        rejected = quarantined - sum(one.bad for one in checked)
        rows = sum(one.rows for one in checked) + rejected
        self._stop_over_limit(contract, rows, reasons)
        duplicates = drop_duplicates(warehouse, contract, checked)
        superseded = drop_superseded(warehouse, contract, checked, self.source_dir) if contract.one else 0
        self._write_quarantine(contract)
        clean.build(warehouse, contract, checked)
        unknown = tuple(dict.fromkeys(name for part in parts for name in part.unknown))
        if unknown:
            log.warning("%s: columns that nothing uses: %s", contract.table, ", ".join(unknown))
        unreadable = _added(one.unreadable for one in checked)
        if unreadable:
            told = ", ".join(f"{count:,} of {column}" for column, count in unreadable.items())
            log.warning("%s: values that cannot be read and count as missing: %s", contract.table, told)
        files = [file for feed in feeds for file in feed.files]
        self._tell(contract, "done")
        return TableReport(
            table=contract.table,
            files=tuple(file.name for file in files),
            bytes=sum(file.path.stat().st_size for file in files),
            rows=rows,
            kept=rows - quarantined - duplicates - superseded,
            duplicates=duplicates,
            quarantined=quarantined,
            superseded=superseded,
            reasons=reasons,
            unreadable=unreadable,
            unknown=unknown,
            undated=any(feed.undated for feed in feeds),
        )

    def _parts(self, contract: Contract, feed: Feed, number: int) -> Iterator[Part]:
        if feed.query is not None:
            yield query_part(self.warehouse, contract, feed, number)
            return
        texts = [file for file in feed.files if file.format != "parquet"]
        if texts:
            yield text_part(self.warehouse, contract, feed, texts, number, self.scratch)
        scans = [file for file in feed.files if file.format == "parquet"]
        if scans:
            yield parquet_part(self.warehouse, contract, feed, scans, number + bool(texts))

    def _checked(self, contract: Contract, part: Part) -> Checked:
        read = casts(contract, part.types, self.as_of, undated=part.undated, stored=part.stored is not None)
        with blamed(part.where):
            checked = check(self.warehouse, contract, part, read, self.source_dir)
            return settle(self.warehouse, contract, checked)

    def _reasons(self, contract: Contract) -> dict[str, int]:
        found = self.warehouse.query("sources/reasons", table=contract.table).to_pylist()
        return {row["reason"]: row["rows"] for row in found}

    def _stop_over_limit(self, contract: Contract, rows: int, reasons: dict[str, int]) -> None:
        bad, limit = sum(reasons.values()), self.settings.run.quarantine_limit
        if not bad or bad <= limit * rows:
            return
        path = self._write_quarantine(contract)
        worst = next(iter(reasons))
        raise InputError(
            f"{contract.table}: {bad} of {rows} rows ({bad / rows:.1%}) broke their contract, more than the"
            f" quarantine_limit of {limit:.1%}; most often: {worst} (see {path})"
        )

    def _write_quarantine(self, contract: Contract) -> Path:
        """Writes the table's quarantine, or takes away the one of an earlier run."""
        path = self._quarantine_file(contract)
        if not self._reasons(contract):
            path.unlink(missing_ok=True)
            return path
        try:
            self.quarantine_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self.quarantine_dir}: cannot be written ({error.strerror})") from error
        rows = f'SELECT file, line, reason, row FROM quarantined WHERE "table" = {literal(contract.table)}'
        self.warehouse.write_parquet(f"{rows} ORDER BY file, line", path)
        return path

    def _quarantine_file(self, contract: Contract) -> Path:
        return self.quarantine_dir / f"{contract.table}.parquet"

    def _tell(self, contract: Contract, stage: str) -> None:
        if self.progress is not None:
            self.progress(contract.table, stage)


def _added(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(total)
