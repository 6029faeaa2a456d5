"""What ingest did, table by table."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class TableReport:
    """One table: of `rows` read, `kept` stand, `duplicates` collapsed, `quarantined` were set aside.

    `superseded`: rows that a later row of the same account (of decisions: and time) replaces; they are in quarantine
    too but do not count against the limit. `unreadable`: optional values that became null, by column. `unknown`:
    columns of the files that no contract names. `undated`: all rows stand at one fixed moment.
    """

    table: str
    files: tuple[str, ...] = ()
    bytes: int = 0
    rows: int = 0
    kept: int = 0
    duplicates: int = 0
    quarantined: int = 0
    superseded: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    undated: bool = False


@dataclass(frozen=True)
class IngestReport:
    """All tables of the contract, absent ones included with zero rows."""

    tables: dict[str, TableReport]
    accounts: int = 0
    unknown_accounts: int = 0

    def __getitem__(self, table: str) -> TableReport:
        return self.tables[table]

    @property
    def rows(self) -> int:
        """Rows read over all tables."""
        return sum(table.rows for table in self.tables.values())

    @property
    def quarantined(self) -> int:
        """Rows in quarantine over all tables, superseded ones included."""
        return sum(table.quarantined + table.superseded for table in self.tables.values())

    @property
    def unreadable(self) -> int:
        """Optional values over all tables that could not be read and became null."""
        return sum(sum(table.unreadable.values()) for table in self.tables.values())

    @property
    def undated(self) -> frozenset[str]:
        """Tables whose rows have no time."""
        return frozenset(table.table for table in self.tables.values() if table.undated)
